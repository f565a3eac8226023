"""LiteLLM spend logs: the same rows in every format, who a request is across sources, and the traps of the table."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import md5, sha256
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, total
from tests.support.corpus import CORPUS
from tests.support.logs import MODEL, SECRETS, lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

FOLDER = CORPUS / "litellm-spend"
FORMATS = ("rows_{}.jsonl", "page_v2_{}.json", "dump_{}.csv", "dump_{}.parquet")
VERSIONS = ("1.109.1", "1.83.0")
START = datetime(2026, 9, 21, 14, 0, tzinfo=UTC)
WORDS = "PLANTED-my-diagnosis-is"


def spend_row(number: int, **changes: object) -> dict[str, Any]:
    """A row as `/spend/logs?summarize=false` answers it."""
    start = START + timedelta(seconds=number)
    row: dict[str, Any] = {
        "request_id": f"chatcmpl-{number:032x}",
        "call_type": "acompletion",
        "api_key": sha256(b"a key").hexdigest(),
        "spend": 0.0,
        "total_tokens": number + 1,
        "prompt_tokens": number,
        "completion_tokens": 1,
        "startTime": f"{start:%Y-%m-%dT%H:%M:%S}.250000Z",
        "endTime": f"{start:%Y-%m-%dT%H:%M:%S}.750000Z",
        "model": f"openai/{MODEL}",
        "custom_llm_provider": "openai",
        "api_base": "https://llm.submodel.ai/v1/",
        "metadata": {},
        "cache_hit": "None",
        "status": "success",
        "messages": {},
        "response": {},
    }
    return row | changes


def payload_of(row: dict[str, Any]) -> dict[str, Any]:
    """The StandardLoggingPayload of the same call: other names, times in seconds, the model without its provider."""
    start, end = (datetime.fromisoformat(row[name]) for name in ("startTime", "endTime"))
    kept = (
        "call_type",
        "custom_llm_provider",
        "api_base",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "status",
    )
    return {name: row[name] for name in kept} | {
        "id": row["request_id"],
        "litellm_call_id": row.get("litellm_call_id"),
        "cache_hit": {"True": True, "False": False}.get(row["cache_hit"]),
        # the log has microseconds, the table milliseconds
        "startTime": start.timestamp() + 0.0004,
        "endTime": end.timestamp() + 0.0004,
        "model": MODEL,
        "response_cost": row["spend"],
        "metadata": {"user_api_key_hash": row["api_key"], "user_api_key_alias": "search"},
    }


def body_of(row: dict[str, Any]) -> dict[str, Any]:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    created = int(datetime.fromisoformat(row["startTime"]).timestamp())
    return {
        "id": row["request_id"],
        "object": "chat.completion",
        "created": created,
        "model": MODEL,
        "usage": {name: row[name] for name in names},
    }


def as_csv(records: list[dict[str, Any]]) -> bytes:
    """As PostgreSQL writes a table: JSON columns as text."""
    out = io.StringIO()
    writer = csv.DictWriter(out, records[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {key: json.dumps(cell) if isinstance(cell, (dict, list)) else cell for key, cell in record.items()}
        for record in records
    )
    return out.getvalue().encode()


def forget_all(tmp_path: Path) -> Path:
    database = tmp_path / "usage.duckdb"
    database.unlink(missing_ok=True)
    return database


# --- totals worked out by hand ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "cost"),
    [
        ("1.109.1", "0.0000254 0.0003896 0.0002388 0.000398 0.0000044"),
        ("1.83.0", "0.0000254 0.0001848 0.0002388 0.0000044 0.0000044"),
    ],
)
def test_the_numbers_of_a_real_proxy(run: Run, version: str, cost: str) -> None:
    """Eight answers, one of them from the cache at no cost, and three failures; two answers have no price.

    1.109.1 writes 10 prompt tokens of its own counting beside two failures: nobody said that they were metered.
    1.83.0 estimated one stream (10 and 3 instead of 1250 and 185).
    """
    run("import", FOLDER / f"rows_{version}.jsonl")
    sent = [1270, 1210, 1210, 1220, 1230, 1240, 10, 1250 if version == "1.109.1" else 10]
    got = [0, 181, 181, 182, 183, 184, 3, 185 if version == "1.109.1" else 3]
    assert measures(run) == (11, 3, sum(sent), sum(got), sum(map(Decimal, cost.split())))
    found = total(run)
    assert (found["unmetered_requests"], found["unpriced_requests"]) == (3, 2)


def test_the_numbers_of_instagen(run: Run) -> None:
    """At 0.10/0.50 per million: an answer, its two cache hits for nothing, a background response and a batch of two
    rows each, one failure that had begun to answer and one that had not."""
    run("import", FOLDER / "instagen.jsonl")
    cost = Decimal("0.00006") + Decimal("0.00015") + Decimal("0.0000075") + Decimal("0.00001")
    assert cost == Decimal("0.0002275")
    assert measures(run, "--provider", "instagen") == (7, 2, 3 * 300 + 500 + 25 + 40, 3 * 60 + 200 + 10 + 12, cost)


# --- one row, whatever the format ---------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_the_formats_tell_of_the_same_requests(run: Run, tmp_path: Path, version: str) -> None:
    files = [FOLDER / name.format(version) for name in FORMATS]
    database = tmp_path / "usage.duckdb"
    run("import", files[0])
    first = rows(database, "requests")
    assert len(first) == 11
    page = json.loads(files[1].read_text("utf-8"))
    pages = [page | {"data": page["data"][:6]}, page | {"data": page["data"][6:], "page": 2}]
    files.append(written(tmp_path / "pages.jsonl", lines(pages)))
    files.append(written(tmp_path / "rows.json", json.dumps(page["data"], indent=2).encode()))
    run("import", *files[1:])
    run("import", *files, "--again")
    assert rows(database, "requests") == first
    forget_all(tmp_path)
    for file in reversed(files):
        run("import", file)
    assert rows(database, "requests") == first


def test_a_file_in_halves_is_the_file(run: Run, tmp_path: Path) -> None:
    records = [json.loads(line) for line in (FOLDER / "instagen.jsonl").read_text("utf-8").splitlines()]
    database = tmp_path / "usage.duckdb"
    run("import", FOLDER / "instagen.jsonl")
    whole = rows(database, "requests")
    forget_all(tmp_path)
    # The cost of the background response and of the batch stands in the second half, of their calls in the first.
    run("import", written(tmp_path / "b.json", json.dumps(records[4:]).encode()))
    run("import", written(tmp_path / "a.csv", as_csv(records[:4])))
    assert rows(database, "requests") == whole


def test_a_short_id_is_the_same_in_every_spelling_of_its_time(run: Run, tmp_path: Path) -> None:
    spellings = ["2026-09-21T14:00:05.250000Z", "2026-09-21T14:00:05.25+00:00", "2026-09-21 14:00:05.25"]
    for number, spelling in enumerate([*spellings, "2026-09-22 14:00:05.25"]):
        record = spend_row(5, request_id="chatcmpl-417", startTime=spelling, endTime=None)
        run("import", written(tmp_path / f"{number}.jsonl", lines([record])))
    assert [row["started_at"][:10] for row in rows(tmp_path / "usage.duckdb", "requests")] == [
        "2026-09-21",
        "2026-09-22",
    ]


# --- one call, whatever the source --------------------------------------------------------------------


def test_a_call_is_one_request_in_every_source(run: Run, tmp_path: Path) -> None:
    failed = spend_row(3, request_id="5d3c3f6e-6f0e-4a9e-9f5b-1f0f3f6f7a73", status="failure", prompt_tokens=0)
    failed |= {"completion_tokens": 0, "total_tokens": 0}
    cached = spend_row(4, request_id=f"chatcmpl-{1:032x}", cache_hit="True", litellm_call_id="call-of-a-cache-hit")
    spends = [
        spend_row(1, spend=0.5),
        spend_row(2),
        failed,
        cached | {"request_id": f"{cached['request_id']}_cache_hit1790000004.25"},
    ]
    files = [
        written(tmp_path / "spend.jsonl", lines(spends)),
        written(tmp_path / "payload.jsonl", lines(map(payload_of, [spends[0], spends[1], failed, cached]))),
        written(tmp_path / "bodies.jsonl", lines(map(body_of, spends[:2]))),
    ]
    found = []
    for order in permutations(files):
        database = forget_all(tmp_path)
        for file in order:
            assert run("import", file).code == 0
        found.append(rows(database, "requests"))
        assert total(run)["requests"] == 4
    assert all(stored == found[0] for stored in found)
    assert {row["access_key"] for row in found[0]} == {"search"}
    # This is the key of any source that knows the provider's id, such as a span of OpenTelemetry.
    keys = {str(row["request_key"]) for row in table(tmp_path / "usage.duckdb", "requests")}
    expected = md5(f'["upstream","chatcmpl-{2:032x}",null]'.encode(), usedforsecurity=False).hexdigest()
    assert expected in {key.replace("-", "") for key in keys}


def test_a_cache_hit_is_one_request_in_log_and_table(run: Run, tmp_path: Path) -> None:
    hit = spend_row(4, cache_hit="True", litellm_call_id="00000000-0000-4000-8000-000000000004")
    table_row = hit | {"request_id": f"{hit['request_id']}_cache_hit1790000004.2512"}
    log_line = payload_of(hit | {"request_id": f"{hit['request_id']}_cache_hit1790000004.2507"})
    run("import", written(tmp_path / "a.jsonl", lines([table_row])), written(tmp_path / "b.jsonl", lines([log_line])))
    assert total(run)["requests"] == 1


def test_two_cache_hits_of_an_old_version_are_two(run: Run, tmp_path: Path) -> None:
    """It does not say the id of the call: the time behind the id of the answer tells them apart."""
    first = spend_row(1)
    hits = [
        first | {"request_id": f"{first['request_id']}_cache_hit17900000{at}.5", "cache_hit": "True"} for at in (10, 11)
    ]
    run("import", written(tmp_path / "log.jsonl", lines([first, *hits])))
    found = rows(tmp_path / "usage.duckdb", "requests")
    said = sorted((row["cache_hit"], row["reported_cost_usd"]) for row in found)
    assert said == [("false", ""), ("true", "0"), ("true", "0")]


@pytest.mark.parametrize("suffix", ["_batch_cost", "_background_cost"])
def test_a_cost_that_comes_later_is_of_the_same_call(run: Run, tmp_path: Path, suffix: str) -> None:
    """Neither is the call counted twice nor its cost lost, be it with or without the row of the call itself."""
    empty = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
    call = spend_row(7, call_type="acreate", model="no/price", **empty)
    cost = spend_row(90, request_id=call["request_id"] + suffix, call_type="aretrieve", model="no/price", spend=0.25)
    a = written(tmp_path / "a.jsonl", lines([call]))
    b = written(tmp_path / "b.jsonl", lines([cost]))
    for order in ([a, b], [b, a], [b]):
        database = forget_all(tmp_path)
        for file in order:
            run("import", file)
        assert measures(run) == (1, 0, 90, 1, Decimal("0.25"))
        (row,) = rows(database, "requests")
        assert row["operation"] == ("acreate" if len(order) == 2 else "")
    run("import", a)
    assert total(run)["requests"] == 1


def test_log_and_table_are_told_apart(run: Run, tmp_path: Path) -> None:
    """Both have a type of call and a start, and either may hold a word of the other in what a caller added."""
    row = spend_row(1, metadata={"spend_logs_metadata": {"response_time": 1}})
    payload = payload_of(row) | {"request_id": "of a caller", "model_parameters": {"spend": 1, "api_key": "no"}}
    for name, record in (("litellm-spend", row), ("litellm", payload)):
        for indent in (None, 2):
            file = written(tmp_path / f"{name}-{indent}.json", json.dumps(record, indent=indent).encode())
            assert run("import", file).code == 0
    found = table(tmp_path / "usage.duckdb", "imports")
    assert [each["source"] for each in found] == ["litellm-spend", "litellm-spend", "litellm", "litellm"]


# --- what a row says ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "model", "name"),
    [
        ("openai", f"openai/{MODEL}", MODEL),
        ("openai", MODEL, MODEL),
        ("openai", "gpt-4o", "gpt-4o"),
        ("openai", "openai/gpt-4o", "gpt-4o"),
        ("openai", "deepseek-ai/DeepSeek-V3.1", "deepseek-ai/DeepSeek-V3.1"),
        ("hosted_vllm", f"hosted_vllm/{MODEL}", MODEL),
        ("deepseek", "deepseek/deepseek-chat", "deepseek-chat"),
        ("", "submodel/x", "submodel/x"),
    ],
)
def test_the_model_is_without_its_provider(run: Run, tmp_path: Path, provider: str, model: str, name: str) -> None:
    run("import", written(tmp_path / "log.jsonl", lines([spend_row(1, custom_llm_provider=provider, model=model)])))
    (row,) = rows(tmp_path / "usage.duckdb", "requests")
    assert (row["model"], row["provider"], row["host"]) == (name, "instagen", "llm.submodel.ai")


def test_a_key_is_a_name_or_a_fingerprint(run: Run, tmp_path: Path) -> None:
    secret = SECRETS["openai"]
    records = [
        spend_row(1, api_key=sha256(secret.encode()).hexdigest()),
        spend_row(2, api_key=secret),
        spend_row(3, metadata={"user_api_key_alias": secret}),
        spend_row(4, metadata=json.dumps({"user_api_key_alias": "search"})),
        spend_row(5, api_key=""),
    ]
    run("import", written(tmp_path / "log.jsonl", lines(records)))
    found = [row["access_key"] for row in rows(tmp_path / "usage.duckdb", "requests")]
    fingerprint = sha256(secret.encode()).hexdigest()[:12]
    assert sorted(found) == sorted([fingerprint, fingerprint, fingerprint, "search", ""])
    assert_nowhere(tmp_path, secret)


def test_daily_totals_are_no_requests(run: Run, tmp_path: Path) -> None:
    """Without `summarize=false` the same route answers sums of days."""
    days = [
        {"startTime": "2026-09-22", "spend": 0.5, "users": {"alice": 0.5}, "models": {MODEL: 0.5}, "f" * 64: 0.5},
        {"startTime": "2026-09-23", "spend": 0, "users": {}, "models": {}},
    ]
    for indent in (None, 2):
        outcome = run("import", written(tmp_path / "days.json", json.dumps(days, indent=indent).encode()))
        assert outcome.code == 1
        assert "summarize=false" in outcome.err
    assert not (tmp_path / "usage.duckdb").exists() or rows(tmp_path / "usage.duckdb", "requests") == []


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_no_content_is_stored(run: Run, tmp_path: Path, form: str) -> None:
    said = [{"role": "user", "content": WORDS}]
    failure = {"error_code": "400", "error_class": "BadRequestError", "error_message": WORDS, "traceback": WORDS}
    metadata = {"error_information": failure, "proxy_server_request": {"body": WORDS}, "user_agent": WORDS}
    content = {
        "messages": said,
        "response": {"choices": said},
        "proxy_server_request": {"messages": said, "metadata": WORDS, "prompt_tokens": 5},
        "metadata": metadata | {"guardrail_information": said, "spend_logs_metadata": {"note": WORDS}},
    }
    records = [spend_row(1, **content), spend_row(2, **content, status="failure")]
    file = tmp_path / f"log.{form}"
    if form == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        texts = [
            {key: json.dumps(x) if isinstance(x, (dict, list)) else x for key, x in row.items()} for row in records
        ]
        pq.write_table(pa.Table.from_pylist(texts), file)
    else:
        bad = [spend_row(3, **content, spend=WORDS), spend_row(4, **content) | {"startTime": WORDS}]
        written(file, as_csv([*records, *bad]) if form == "csv" else lines([*records, *bad]))
    assert run("import", file).code == 0
    (imported,) = table(tmp_path / "usage.duckdb", "imports")
    assert (imported["source"], imported["new"]) == ("litellm-spend", 2)
    assert {row["error_type"] for row in rows(tmp_path / "usage.duckdb", "requests")} == {"BadRequestError"}
    assert WORDS not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, WORDS)


def test_a_failure_that_the_log_guesses_the_prompt_of_has_unknown_tokens(run: Run, tmp_path: Path) -> None:
    guessed = {"status": "failure", "prompt_tokens": 10, "completion_tokens": 0, "total_tokens": 10}
    counted = {"usage_object": {"prompt_tokens": 10, "completion_tokens": 0, "total_tokens": 10}}
    records = [
        payload_of(spend_row(1)) | guessed | {"metadata": {}},
        payload_of(spend_row(2)) | guessed | {"metadata": counted},
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert sorted(row["input_tokens"] for row in rows(tmp_path / "usage.duckdb", "requests")) == ["", "10"]
