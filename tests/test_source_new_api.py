"""The logs of new-api and one-api: what a request, a token, a duration and a dollar is there, and who a request is."""

from __future__ import annotations

import csv
import io
import json
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, total
from tests.support.corpus import CORPUS
from tests.support.logs import SECRETS, lines, litellm_record, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Entry = dict[str, Any]

AT = 1_793_000_000  # 2026-10-26 07:33:20 UTC
MODEL = "openai/gpt-oss-120b"
NEW_API = ("admin_page.json", "user_pages.jsonl", "token_old.json", "logs.csv")
ONE_API = ("page.json", "pages_before_0.6.10.jsonl", "logs.csv")


def entry(number: int = 1, other: dict[str, Any] | str | None = None, **fields: object) -> Entry:
    """An entry of new-api's log, as the program writes it."""
    return {
        "id": number,
        "user_id": 7,
        "created_at": AT + number,
        "type": 2,
        "content": "",
        "username": "alice",
        "token_name": "backend",
        "model_name": MODEL,
        "quota": 5,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "use_time": 2,
        "is_stream": False,
        "channel": 3,
        "channel_name": "instagen",
        "token_id": 12,
        "group": "default",
        "ip": "",
        "request_id": f"20261026073320{number:09d}aBcDeFgH",
        "other": other if isinstance(other, str) else json.dumps({"frt": -1000, "cache_tokens": 0} | (other or {})),
    } | fields


def one_entry(number: int = 1, **fields: object) -> Entry:
    """An entry of one-api's log."""
    return {
        "id": number,
        "user_id": 4,
        "created_at": AT + number,
        "type": 2,
        "content": "",
        "username": "dora",
        "token_name": "nightly",
        "model_name": MODEL,
        "quota": 5,
        "prompt_tokens": 100,
        "completion_tokens": 10,
        "channel": 2,
        "request_id": f"20261026073320{number:09d}98765432",
        "elapsed_time": 1500,
        "is_stream": False,
        "system_prompt_reset": False,
    } | fields


def page(entries: list[Entry], *, is_bare: bool = False) -> dict[str, Any]:
    listed = {"page": 1, "page_size": 100, "total": len(entries), "items": entries}
    return {"data": entries if is_bare else listed, "message": "", "success": True}


def stored(run: Run, tmp_path: Path, entries: list[Entry], *options: str) -> list[dict[str, Any]]:
    """The requests of these entries, by their time."""
    outcome = run("import", written(tmp_path / "log.jsonl", lines(entries)), *options)
    assert outcome.code == 0, outcome.err
    return sorted(table(tmp_path / "usage.duckdb", "requests"), key=lambda row: (row["started_at"], row["upstream_id"]))


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_new_api(run: Run) -> None:
    """Two refusals and a broken stream failed. InstaGen's list prices go before the gateway's quota."""
    run("import", CORPUS / "new-api/admin_page.json")
    sent = 1500 + 300 + (10 + 2000 + 1500) + 3 + 1000 + 400 + 50 + 20
    got = 200 + 60 + 120 + 2 + 100 + 100 + 10 + 30
    assert (sent, got) == (6783, 622)
    deepseek = (2953 * Decimal("0.2") + 412 * Decimal("0.8")) / 1_000_000
    oss = (320 * Decimal("0.1") + 90 * Decimal("0.5")) / 1_000_000
    unlisted = Decimal("0.01008") + Decimal("0.04") + Decimal("0.5")  # Claude, an image, a video
    assert measures(run) == (12, 3, sent, got, deepseek + oss + unlisted)
    assert total(run)["cache_read_tokens"] == 1024 + 2000
    assert total(run)["unmetered_requests"] == 2  # the refusals; the image and the video have a cost
    quota = 746 + 162 + 5040 + 2 + 880 + 48 + 20_000 + 250_000  # without the 400 of the subscription
    assert total(run, "--cost", "reported")["cost_usd"] == Decimal(quota) / 500_000


def test_the_numbers_of_one_api(run: Run) -> None:
    """Three calls, of which one counted nothing, and two tests of channels."""
    run("import", CORPUS / "one-api/page.json")
    assert measures(run)[:4] == (5, 0, 1207, 303)
    assert total(run, "--cost", "reported")["cost_usd"] == Decimal(242) / 500_000
    assert total(run)["unmetered_requests"] == 3


def entries_of(name: str) -> Iterator[Entry]:
    """The entries of a file of the corpus that are answers of the API."""
    content = (CORPUS / name).read_text("utf-8")
    pages = [json.loads(content)] if name.endswith(".json") else [json.loads(line) for line in content.splitlines()]
    for each in pages:
        data = each.get("data") or []
        yield from data["items"] if isinstance(data, dict) else data


@pytest.mark.parametrize("name", NEW_API[:3])
def test_the_quotas_of_the_corpus_follow_from_their_rows(name: str) -> None:
    """The formula that was verified on genuine rows: what `usage` takes for the charge is what new-api charges."""
    checked = 0
    for found in entries_of(f"new-api/{name}"):
        other = json.loads(found["other"] or "{}", parse_float=Decimal)
        if found["type"] != 2 or other.get("model_price", 0) != -1:
            continue
        cached, written_1h = other["cache_tokens"], other.get("cache_creation_tokens_1h", 0)
        rest = other.get("cache_creation_tokens", 0) - written_1h
        counted = found["prompt_tokens"] - (0 if other.get("claude") else cached)
        counted += cached * other["cache_ratio"] + rest * other.get("cache_creation_ratio", 0)
        counted += written_1h * other.get("cache_creation_ratio_1h", 0)
        counted += found["completion_tokens"] * other["completion_ratio"]
        quota = counted * other["model_ratio"] * other["group_ratio"]
        assert found["quota"] == Decimal(quota).quantize(Decimal(1), ROUND_HALF_UP)
        checked += 1
    assert checked == {"admin_page.json": 8, "user_pages.jsonl": 6, "token_old.json": 3}[name]


def test_the_quotas_of_one_api_follow_from_their_rows() -> None:
    ratios = {MODEL: (Decimal("0.05"), 5), "deepseek-ai/DeepSeek-V3.1": (Decimal("0.1"), 4)}
    for name in ONE_API[:2]:
        for found in entries_of(f"one-api/{name}"):
            if found["type"] == 2:
                ratio, completion = ratios[found["model_name"]]
                quota = (found["prompt_tokens"] + completion * found["completion_tokens"]) * ratio
                assert found["quota"] == quota.quantize(Decimal(1), ROUND_CEILING)


# --- traps --------------------------------------------------------------------------------------------


def test_only_calls_are_requests(run: Run, tmp_path: Path) -> None:
    """Top-ups, refunds and logins are no requests, and neither is what of a task is settled later."""
    settled = {"task_id": "task_1", "pre_consumed_quota": 5, "actual_quota": 9}
    entries = [entry(kind, type=kind) for kind in range(10)]
    entries += [entry(20, settled), entry(21, quota=-400, prompt_tokens=0, completion_tokens=0)]
    found = stored(run, tmp_path, entries)
    assert [row["upstream_id"] for row in found] == [entry(2)["request_id"], entry(5)["request_id"]]
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["read"], record["new"], record["skipped"]) == (12, 2, 10)
    assert run("skipped", "--format", "json").json["rows"] == [], "they are no bad records"


def test_the_log_tells_the_end_of_a_call(run: Run, tmp_path: Path) -> None:
    """Seconds in new-api, milliseconds in one-api; a time to the first token of -1000 is none."""
    new = [entry(1, use_time=30), entry(2, {"frt": 640.0}, is_stream=True), entry(3, use_time=0)]
    found = stored(run, tmp_path, new)
    assert [(str(row["started_at"])[11:], row["duration_ms"], row["ttft_ms"], row["stream"]) for row in found] == [
        ("07:32:51", 30_000, None, False),
        ("07:33:20", 2000, 640, True),
        ("07:33:23", 0, None, False),
    ]
    run("forget", "1")
    (row,) = stored(run, tmp_path, [one_entry(5, elapsed_time=1250)])
    assert (str(row["started_at"])[11:], row["duration_ms"]) == ("07:33:23.750000", 1250)


@pytest.mark.parametrize(
    ("other", "sent", "written_5m", "written_1h"),
    [
        ({"cache_tokens": 60}, 100, None, None),
        ({"cache_tokens": 60, "cache_creation_tokens": 20}, 100, 20, None),
        ({"cache_tokens": 60, "usage_semantic": "anthropic"}, 160, None, None),
        ({"cache_tokens": 60, "claude": True, "cache_creation_tokens": 30}, 190, 30, None),
        ({"cache_tokens": 60, "claude": True, "cache_creation_tokens_5m": 5, "cache_creation_tokens_1h": 7}, 172, 5, 7),
        (
            {
                "cache_tokens": 60,
                "claude": True,
                "cache_creation_tokens": 30,
                "cache_creation_tokens_5m": 5,
                "cache_creation_tokens_1h": 7,
            },
            190,
            23,
            7,
        ),
        ({"cache_tokens": 600}, 700, None, None),
    ],
)
def test_cached_tokens_are_part_of_the_input(
    run: Run, tmp_path: Path, other: dict[str, Any], sent: int, written_5m: int | None, written_1h: int | None
) -> None:
    """OpenAI's prompt tokens have them, Anthropic's do not; more than the prompt cannot be a part of it."""
    (row,) = stored(run, tmp_path, [entry(1, other)])
    assert (row["input_tokens"], row["cache_read_tokens"], row["output_tokens"]) == (sent, other["cache_tokens"], 10)
    assert (row["cache_write_5m_tokens"], row["cache_write_1h_tokens"]) == (written_5m, written_1h)


@pytest.mark.parametrize(
    ("unit", "quota", "cost"),
    [
        (None, 5, "0.00001"),
        (None, 8_999_999_999_999_999, "17999999999.999998"),
        ("1000000", 5, "0.000005"),
        ("3", 1, "0.333333333333"),
        ("3", 2, "0.666666666667"),
        ("71428.57", 71_428_570, "1000"),
    ],
)
@pytest.mark.parametrize("make", [entry, one_entry])
def test_a_quota_is_an_exact_amount(
    run: Run, tmp_path: Path, make: Callable[..., Entry], unit: str | None, quota: int, cost: str
) -> None:
    options = ["--set", f"quota_per_unit={unit}"] if unit else []
    (row,) = stored(run, tmp_path, [make(1, quota=quota)], *options)
    assert (row["reported_cost_usd"], row["reported_cost_kind"]) == (Decimal(cost), "gateway")


def test_another_unit_gives_the_same_request_another_cost(run: Run, tmp_path: Path) -> None:
    stored(run, tmp_path, [entry(1)])
    (row,) = stored(run, tmp_path, [entry(1)], "--set", "quota_per_unit=1000")
    assert row["reported_cost_usd"] == Decimal("0.005")


def test_what_was_not_charged_has_no_cost(run: Run, tmp_path: Path) -> None:
    """A subscription pays otherwise; a quota of 0, or below, beside tokens says nothing about what they are worth."""
    entries = [entry(1, {"billing_source": "subscription"}), entry(2, quota=0), entry(3, quota=-7)]
    entries.append(entry(4, {"billing_source": "wallet"}))
    found = stored(run, tmp_path, entries)
    assert [row["reported_cost_usd"] for row in found] == [None, None, None, Decimal("0.00001")]
    assert [row["reported_cost_kind"] for row in found] == [None, None, None, "gateway"]
    assert [row["input_tokens"] for row in found] == [100] * 4


def test_a_failure_has_unknown_tokens(run: Run, tmp_path: Path) -> None:
    nothing: Entry = {"prompt_tokens": 0, "completion_tokens": 0, "quota": 0}
    entries = [
        entry(
            1,
            {"status_code": 429, "error_code": "rate_limit_exceeded", "error_type": "openai_error"},
            type=5,
            **nothing,
        ),
        entry(2, {"status_code": 500, "error_code": "it went wrong, said the server"}, type=5, **nothing),
        entry(3, {"stream_status": {"status": "error", "end_reason": "timeout"}}),
        entry(4, **nothing),
        entry(5, {"violation_fee": True}, prompt_tokens=0, completion_tokens=0, quota=25_000),
    ]
    found = stored(run, tmp_path, entries)
    assert [(row["status"], row["http_status"], row["error_type"], row["input_tokens"]) for row in found] == [
        ("error", 429, "rate_limit_exceeded", None),
        ("error", 500, None, None),
        ("error", None, "timeout", 100),
        (None, None, None, None),
        ("error", None, "violation_fee", None),
    ]


def test_the_model_is_the_one_that_answered(run: Run, tmp_path: Path) -> None:
    mapped = {"is_model_mapped": True, "upstream_model_name": MODEL}
    entries = [entry(1, mapped, model_name="gpt-oss"), entry(2, mapped), entry(3, mapped | {"is_model_mapped": False})]
    found = stored(run, tmp_path, entries)
    assert [(row["model"], row["requested_model"]) for row in found] == [
        (MODEL, "gpt-oss"),
        (MODEL, None),
        (MODEL, None),
    ]


def test_a_test_of_a_channel_is_a_request_of_nobody(run: Run, tmp_path: Path) -> None:
    """All tests of one run share a request id, and two alike are two; forks write a cost that nobody pays."""
    test = one_entry(1, type=5, username="", token_name="", user_id=0)
    found = stored(run, tmp_path, [test, test, test | {"model_name": "other", "quota": 90}])
    assert [(row["operation"], row["status"], row["reported_cost_usd"]) for row in found] == [("test", None, None)] * 3


@pytest.mark.parametrize(
    "other",
    [
        "",
        "{",
        "[]",
        "null",
        '{"cache_tokens": "many", "frt": null, "stream_status": "ok", "claude": 1}',
        '{"stream_status": {"status": 1}, "cache_tokens": [1], "status_code": {}}',
    ],
)
def test_a_strange_other_does_not_lose_a_request(run: Run, tmp_path: Path, other: str) -> None:
    (row,) = stored(run, tmp_path, [entry(1, other)])
    assert (row["input_tokens"], row["cache_read_tokens"], row["status"]) == (100, None, "ok")


def test_new_and_missing_fields_do_not_matter(run: Run, tmp_path: Path) -> None:
    bare = {name: entry(2)[name] for name in ("created_at", "type", "model_name", "quota", "use_time")}
    found = stored(run, tmp_path, [entry(1, {"later": [1]}, later={"deep": True}), bare])
    assert [row["input_tokens"] for row in found] == [100, None]


# --- who a request is ---------------------------------------------------------------------------------


def as_csv(entries: list[Entry]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(entries[0]))
    writer.writeheader()
    writer.writerows(entries)
    return out.getvalue().encode()


def as_parquet(path: Path, entries: list[Entry]) -> Path:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.Table.from_pylist(entries), path)
    return path


@pytest.mark.parametrize("without", [{}, {"request_id": ""}])
@pytest.mark.parametrize("make", [entry, one_entry])
def test_a_request_is_itself_in_every_form(
    run: Run, tmp_path: Path, make: Callable[..., Entry], without: Entry
) -> None:
    """As a page, an array, lines, a table, in any order, in two files, and with the ids of another page."""
    entries = [make(number, **without) for number in range(1, 7)]
    assert len(stored(run, tmp_path, entries)) == 6
    before = rows(tmp_path / "usage.duckdb", "requests")
    shuffled = [entries[place] for place in (3, 0, 5, 1, 4, 2)]
    moved = [each | {"id": place} for place, each in enumerate(shuffled)]
    is_bare = make is one_entry
    files = [
        written(tmp_path / "page.json", json.dumps(page(shuffled, is_bare=is_bare), indent=1).encode()),
        written(tmp_path / "pages.jsonl", lines([page(moved[:3], is_bare=True), page(moved[3:], is_bare=is_bare)])),
        written(tmp_path / "array.json", json.dumps(moved).encode()),
        written(tmp_path / "table.csv", as_csv(moved)),
        as_parquet(tmp_path / "table.parquet", shuffled),
        written(tmp_path / "half.jsonl", lines(entries[:4])),
        written(tmp_path / "other_half.jsonl", lines(entries[2:])),
    ]
    outcome = run("import", *files)
    assert outcome.code == 0, outcome.err
    assert rows(tmp_path / "usage.duckdb", "requests") == before
    name = "one-api" if is_bare else "new-api"
    assert {record["source"] for record in table(tmp_path / "usage.duckdb", "imports")} == {name}


def test_equal_entries_without_ids_are_as_many_as_one_file_has(run: Run, tmp_path: Path) -> None:
    twin = entry(1, request_id="")
    assert len(stored(run, tmp_path, [twin, twin | {"id": 2}, entry(3, request_id="")])) == 3
    run("import", written(tmp_path / "again.jsonl", lines([twin, twin])))
    assert len(rows(tmp_path / "usage.duckdb", "requests")) == 3


def test_every_try_of_a_request_is_a_request(run: Run, tmp_path: Path) -> None:
    """new-api writes them under one request id: two failures, alike in all they say, and a success."""
    failed = entry(1, {"status_code": 429}, type=5, quota=0, prompt_tokens=0, completion_tokens=0)
    found = stored(run, tmp_path, [failed, failed | {"id": 2}, entry(1, created_at=AT + 9)])
    assert [row["status"] for row in found] == ["error", "error", "ok"]
    assert len(stored(run, tmp_path, [failed, failed | {"id": 2}, entry(1, created_at=AT + 9)], "--again")) == 3


def test_the_id_of_the_answer_joins_what_other_logs_tell(run: Run, tmp_path: Path) -> None:
    """But the number that most providers put in the header is not the id of the answer."""
    answer = f"chatcmpl-{5:032x}"
    litellm = written(tmp_path / "litellm.jsonl", lines([litellm_record(5)]))
    header = entry(2, upstream_request_id="9f8e7d6c5b4a39281706f5e4d3c2b1a0")
    first = entry(1, upstream_request_id=answer, created_at=litellm_record(5)["endTime"] // 1)
    found = stored(run, tmp_path, [first, header])
    assert [row["upstream_id"] for row in found] == [answer, header["request_id"]]
    assert run("import", litellm).code == 0
    (merged, alone) = sorted(
        table(tmp_path / "usage.duckdb", "requests"), key=lambda row: row["upstream_id"], reverse=True
    )
    assert (merged["upstream_id"], merged["source"], alone["source"]) == (answer, "litellm", "new-api")
    assert (merged["project"], merged["reported_cost_usd"]) == ("default", Decimal("0.00001"))


# --- recognised, refused, never stored ----------------------------------------------------------------


def test_pages_behind_an_error_of_the_api_are_read(run: Run, tmp_path: Path) -> None:
    failed = {"message": "too many {requests}", "success": False}
    pages = [failed, page([entry(1), entry(2)]), page([]), page([entry(3)])]
    assert len(stored(run, tmp_path, pages)) == 3
    (bad,) = run("skipped", "--format", "json").json["rows"]
    assert (bad["line"], bad["reason"]) == (1, "an error of the API instead of a page")


def test_an_error_alone_is_told(run: Run, tmp_path: Path) -> None:
    for name in ("new-api", "one-api"):
        file = written(tmp_path / f"{name}.json", b'{\n "message": "no",\n "success": false\n}\n')
        outcome = run("import", file, "--from", name)
        assert (outcome.code, "an error of the API instead of a page" in outcome.err) == (1, True)


@pytest.mark.parametrize("value", ["abc", "0", "-1", "", "1e6", "0.0"])
def test_a_unit_that_is_none_is_refused(run: Run, value: str) -> None:
    outcome = run("import", CORPUS / "new-api/logs.csv", "--set", f"quota_per_unit={value}")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (2, "", 1)


WORDS = "PLANTED-my-diagnosis-is"


@pytest.mark.parametrize("source", ["new-api", "one-api"])
def test_no_content_is_stored(run: Run, tmp_path: Path, source: str) -> None:
    """Nor a message, an address or what only administrators see; a token's name that is a secret is fingerprinted."""
    secret = SECRETS["openai"]
    told = {"content": WORDS, "ip": WORDS, "channel_name": WORDS, "token_name": secret, "later": WORDS}
    said: dict[str, Any] = {
        "admin_info": {"use_channel": [WORDS]},
        "reject_reason": WORDS,
        "reason": WORDS,
        "stream_status": {"status": "error", "end_reason": "eof", "end_error": WORDS, "errors": [WORDS]},
        "error_code": f"{WORDS} and more",
    }
    if source == "new-api":
        entries = [entry(1, said, **told), entry(2, said, type=5, **told), entry(3, quota=WORDS, **told)]
    else:
        entries = [one_entry(1, **told), one_entry(2, type=5, **told), one_entry(3, quota=WORDS, **told)]
    failed = {"success": False, "message": WORDS}
    cut = json.dumps(entries[0])[:-9].encode()
    assert run("import", written(tmp_path / "log.jsonl", lines([*entries, failed]) + cut)).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == (source, 5, 2, 3)
    assert WORDS not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, WORDS)
    assert_nowhere(tmp_path, secret)
    keys = {row["access_key"] for row in rows(tmp_path / "usage.duckdb", "requests")}
    assert keys == {sha256(secret.encode()).hexdigest()[:12]}
