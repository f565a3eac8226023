"""Every source against its corpus: what is stored, where every record went, and what must never be stored."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import store as stores
from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import (
    CASES,
    CORPUS,
    OTHER_FOLDERS,
    OUTCOMES,
    SEQUENTIAL,
    SOURCES,
    assert_adds_up,
    assert_stored,
    options,
)
from tests.support.logs import MODEL, SECRETS, lines, litellm_record, written
from tests.support.stored import INTERNAL, assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Row = dict[str, str]

pytestmark = pytest.mark.threads


# --- the corpus ---------------------------------------------------------------------------------------


def test_every_file_of_the_corpus_is_a_case() -> None:
    paths = [path for path in CORPUS.glob("*/*") if path.is_file() and path.parent.name not in OTHER_FOLDERS]
    files = {path.relative_to(CORPUS).as_posix() for path in paths}
    cases = {name for name in files if not name.endswith((".expected.csv", "README.md", "cases.toml"))}
    assert cases == set(CASES)
    assert files >= {f"{case}.expected.csv" for case in CASES} | {f"{name}/README.md" for name in SOURCES}


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_stored_as_expected_and_only_once(run: Run, tmp_path: Path, case: str) -> None:
    database = tmp_path / "usage.duckdb"
    outcome = run("import", CORPUS / case, *options(case))
    assert (outcome.code, outcome.err) == (0, "")
    assert_stored(case, database)
    assert sorted(skipped_places(run)) == CASES[case].get("skipped_at", [])
    assert run("import", CORPUS / case, *options(case), "--again").code == 0
    assert_stored(case, database)
    first, again = table(database, "imports")
    assert first["source"] == again["source"] == case.split("/", maxsplit=1)[0]
    counts = {name: CASES[case].get(name, 0) for name in ("read", *OUTCOMES)}
    assert {name: first[name] for name in counts} == counts
    assert_adds_up(first)
    counts |= {"new": 0, "already_stored": counts["new"]}
    assert {name: again[name] for name in counts} == counts


@pytest.mark.parametrize(
    "case",
    # Where records depend on those before, as in streams of several lines, the adapter says where each stands.
    {(Path(case).parent, Path(case).suffix): case for case in CASES if case.split("/")[0] not in SEQUENTIAL}.values(),
)
def test_rows_are_read_in_their_order_by_all_threads(
    run: Run, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record's line follows from its place: a join, such as DuckDB makes of a long list, would shuffle rows."""
    plans: list[str] = []
    plain_run = stores.Store.run

    def explained(store: stores.Store, text: str, **params: object) -> None:
        if "insert into staging.staged" in text:
            plans.append(str(store.query(f"explain {text}", **params).rows[0][1]).upper())
        plain_run(store, text, **params)

    monkeypatch.setattr(stores.Store, "run", explained)
    assert run("import", CORPUS / case, *options(case), "--dry-run").code == 0
    assert plans
    for plan in plans:
        assert "JOIN" not in plan
        assert re.search("BATCH.INSERT", plan)
    assert not (tmp_path / "usage.duckdb").exists()


def test_requests_are_stored_in_the_order_of_their_time(run: Run, tmp_path: Path) -> None:
    times = ["2026-07-03T10:00:00Z", "2026-07-03T09:00:00Z", "2026-07-03T11:00:00Z"]
    for name, order in {"sorted": sorted(times), "unsorted": times}.items():
        records = [{"timestamp": time, "model": MODEL, "input_tokens": 1, "id": f"{name}{time}"} for time in order]
        file = written(tmp_path / f"{name}.jsonl", lines(records))
        database = tmp_path / f"{name}.duckdb"
        assert run("import", file, "--db", database).code == 0
        stored = [row["started_at"] for row in table(database, "requests")]
        assert len(stored) == 3
        assert stored == sorted(stored)


def test_an_unchanged_file_is_not_read_again(run: Run, tmp_path: Path) -> None:
    cases = ("litellm/instagen.jsonl", "openai-response/stored_list.json", "csv/utf16.csv", "csv/daily.csv")
    files: list[str | Path] = [CORPUS / case for case in cases]
    files.append(written(tmp_path / "zipped.jsonl", (CORPUS / "jsonl/iso.ndjson").read_bytes(), ".gz"))
    files.append(written(tmp_path / "bytes.csv", (CORPUS / "csv/bom_newlines.csv").read_bytes(), ".zst"))
    assert run("import", *files).code == 0
    assert "6 files have not changed since the last import" in run("import", *files).out
    assert len(table(tmp_path / "usage.duckdb", "imports")) == 6


@pytest.mark.parametrize("ending", [".gz", ".zst"])
@pytest.mark.parametrize(
    "case",
    [
        "litellm/instagen.jsonl",
        "openai-response/streams.sse",
        "csv/dashboard_en.csv",
        "csv/daily.csv",
        "jsonl/array.json",
    ],
)
def test_a_compressed_case_is_stored_alike(run: Run, tmp_path: Path, case: str, ending: str) -> None:
    file = written(tmp_path / Path(case).name, (CORPUS / case).read_bytes(), ending)
    assert run("import", file, *options(case)).code == 0
    assert_stored(case, tmp_path / "usage.duckdb")


def test_the_whole_corpus_in_one_import(run: Run, tmp_path: Path) -> None:
    cases = [case for case in CASES if not options(case) and case != "jsonl/with_content_flat.jsonl"]
    assert run("import", *(CORPUS / case for case in cases)).code == 0
    records = table(tmp_path / "usage.duckdb", "imports")
    for record in records:
        assert_adds_up(record)
    counts = {Path(record["path"]).relative_to(CORPUS).as_posix(): record["read"] for record in records}
    assert counts == {case: CASES[case]["read"] for case in cases}


def test_bad_lines_are_told_once_whatever_is_imported_beside(run: Run, tmp_path: Path) -> None:
    others = ("jsonl/bad_lines.jsonl", "csv/tabs.tsv", "litellm/instagen.jsonl")
    assert run("import", CORPUS / "csv/bad_lines.csv", *(CORPUS / case for case in others)).code == 0
    reads = [(record["read"], record["skipped"]) for record in table(tmp_path / "usage.duckdb", "imports")]
    assert reads == [(6, 3), (6, 3), (2, 0), (8, 0)]
    assert len(skipped_places(run)) == 6


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_a_litellm_log(run: Run) -> None:
    """Eight answers: six of 1218 to 1224 tokens, one estimated (8), one from the cache; three failures."""
    run("import", CORPUS / "litellm/loopback_1.95.0.jsonl")
    sent = 1218 + 1219 + 8 + 1221 + 1222 + 1223 + 1224 + 1224
    got = 168 + 169 + 3 + 171 + 172 + 173 + 174 + 174
    assert measures(run) == (11, 3, sent, got, Decimal("0.0001772"))
    assert (sent, got) == (8559, 1204)
    assert total(run)["unmetered_requests"] == 3
    assert total(run)["unpriced_requests"] == 6


def test_the_numbers_of_an_instagen_litellm_log(run: Run) -> None:
    """At list prices 0.20/0.80 (V3.1 and GLM-4.5-FP8), 0.10/0.50 (gpt-oss) and 0.20/0.30 (Qwen3) per million."""
    run("import", CORPUS / "litellm/instagen.jsonl")
    deepseek = Decimal("0.0004") + Decimal("0.0004")  # 2000 × 0.2 + 500 × 0.8; its two cache hits are free
    oss = Decimal("0.00003") + Decimal("0.00003")  # 300 × 0.1 + 60 × 0.5
    glm = Decimal("0.000002") + Decimal("0.000016")  # 10 × 0.2 + 20 × 0.8, not the 0.00001 of the client
    qwen = Decimal("0.000008") + Decimal("0.0000006")  # 40 × 0.2 + 2 × 0.3
    cost = deepseek + oss + glm + qwen
    assert cost == Decimal("0.0008866")
    assert measures(run, "--provider", "instagen") == (7, 1, 6350, 1582, cost)
    # At Anthropic's 3 and 15, 0.3 for what is cached, 3.75 and 6 for what is written for 5 minutes and for an hour.
    sonnet = (510 * 3 + 1000 * Decimal("0.3") + 500 * Decimal("3.75") + 1000 * 6 + 90 * 15) / 1_000_000
    assert sonnet == Decimal("0.011055")  # not the 0.0123 of the client
    assert measures(run, "--provider", "anthropic") == (1, 0, 3010, 90, sonnet)


def test_the_numbers_of_responses(run: Run) -> None:
    run("import", CORPUS / "openai-response/prompt_caching.jsonl", CORPUS / "openai-response/streams.sse")
    sent, got = 4 * 1149 + 50 + 38, 315 + 353 + 297 + 339 + 7 + 61
    assert (sent, got) == (4684, 1372)
    assert measures(run)[:4] == (7, 0, sent, got)
    assert total(run)["cache_read_tokens"] == 1024 + 48
    assert total(run)["unmetered_requests"] == 1


def test_the_numbers_of_a_csv_export(run: Run) -> None:
    """They are those of its last row, which is no request."""
    run("import", CORPUS / "csv/dashboard_en.csv")
    assert measures(run) == (5, 1, 12_346_988, 11_266, Decimal("1234.561144"))
    assert total(run)["total_tokens"] == 12_358_254


def test_the_numbers_of_a_csv_statement(run: Run) -> None:
    run("import", CORPUS / "csv/daily.csv")
    assert measures(run) == (2010, 12, 4_020_000, 804_000, Decimal("0.804"))


def test_the_numbers_of_json_records(run: Run) -> None:
    """1010 sent and 3000 generated at 0.20/0.60 per million, as the price list says; no word on failures."""
    run("import", CORPUS / "jsonl/array.json")
    assert measures(run) == (2, None, 1010, 3000, Decimal("0.002002"))


# --- broken lines -------------------------------------------------------------------------------------

COUNT = 10_000


def jsonl_record(number: int) -> dict[str, Any]:
    return {
        "time": 1_790_000_000 + number,
        "model": MODEL,
        "input_tokens": number,
        "output_tokens": 1,
        "question": f"PLANTED question {number}",
    }


def broken_json(record: Callable[[int], dict[str, Any]]) -> tuple[bytes, list[int]]:
    """10,000 lines: the first cut in its middle, one with a byte that is no UTF-8, the last cut at its end."""
    good = [json.dumps(record(number)).encode() for number in range(1, COUNT + 1)]
    good[0] = good[0][:60]
    good[4999] = good[4999].replace(b"PLANTED", b"PLANTED \xff\xfe")
    good[9999] = good[9999][:-20]
    return b"\n".join(good), [1, 5000, 10_000]


def broken_csv() -> tuple[bytes, list[int]]:
    """A heading and 10,000 lines: one too short, one with a model that is no UTF-8, one with words for a number."""
    good = [f"{1_790_000_000 + number},{MODEL},{number},1,PLANTED {number}".encode() for number in range(1, COUNT + 1)]
    good[0] = good[0].rsplit(b",", 1)[0]
    good[4999] = good[4999].replace(b"oss", b"\xff\xfe")
    good[9999] = good[9999].replace(b",10000,", b",PLANTED many,")
    return b"\n".join([b"time,model,input tokens,output tokens,question", *good]) + b"\n", [2, 5001, 10_001]


BROKEN: dict[str, Callable[[], tuple[bytes, list[int]]]] = {
    "csv": broken_csv,
    "jsonl": lambda: broken_json(jsonl_record),
    "litellm": lambda: broken_json(litellm_record),
}


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("source", BROKEN)
def test_three_bad_lines_of_ten_thousand_are_told(run: Run, tmp_path: Path, source: str, ending: str) -> None:
    content, bad = BROKEN[source]()
    file = written(tmp_path / ("log.csv" if source == "csv" else "log.jsonl"), content, ending)
    outcome = run("import", file)
    assert outcome.code == 0, outcome.err
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == (source, COUNT, COUNT - 3, 3)
    found = run("skipped", "--format", "json").json["rows"]
    assert [row["line"] for row in found] == bad
    assert {row["path"] for row in found} == {str(file)}
    sent = sum(range(1, COUNT + 1)) - 1 - 5000 - 10_000
    assert total(run)["requests"] == total(run)["output_tokens"] == COUNT - 3
    assert total(run)["input_tokens"] == sent
    assert_nowhere(tmp_path, "PLANTED")


# --- what is never stored -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_in_a_key_column_is_stored_as_its_fingerprint(run: Run, tmp_path: Path, kind: str) -> None:
    secret = SECRETS[kind]
    at = "2026-10-20T10:00:00Z"
    csv_file = written(
        tmp_path / "keys.csv",
        f"time,model,api key,input tokens\n{at},a,{secret},1\n{at},b,Bearer {secret},2\n".encode(),
    )
    statement = written(tmp_path / "days.csv", f"date,key,requests\n2026-09-01,{secret},5\n".encode())
    jsonl = written(
        tmp_path / "keys.jsonl",
        lines(
            [
                {"time": at, "model": "c", "api_key": secret, "input_tokens": 3},
                {"time": at, "model": "d", "api_key": secret, "input_tokens": "three"},
            ]
        ),
    )
    litellm = written(
        tmp_path / "gateway.jsonl",
        lines([litellm_record(5) | {"metadata": {"user_api_key_alias": secret}}]),
    )
    assert run("import", csv_file, statement, jsonl, litellm).code == 0
    fingerprint = sha256(secret.encode()).hexdigest()[:12]
    database = tmp_path / "usage.duckdb"
    found = [row["access_key"] for name in INTERNAL for row in rows(database, name)]
    assert found == [fingerprint] * 5
    assert_nowhere(tmp_path, secret)


@pytest.mark.parametrize("source", ["csv", "jsonl", "litellm", "openai-response"])
def test_a_secret_given_on_the_command_line_is_stored_as_its_fingerprint(run: Run, tmp_path: Path, source: str) -> None:
    case = {
        "litellm": "litellm/instagen.jsonl",
        "openai-response": "openai-response/prompt_caching.jsonl",
        "csv": "csv/equal_rows.csv",
        "jsonl": "jsonl/iso.ndjson",
    }[source]
    secret = SECRETS["openai"]
    assert run("import", CORPUS / case, "--set", f"key={secret}").code == 0
    found = {row["access_key"] for row in rows(tmp_path / "usage.duckdb", "requests")}
    assert found == {sha256(secret.encode()).hexdigest()[:12]}
    assert_nowhere(tmp_path, secret)


def test_a_name_is_no_secret(run: Run, tmp_path: Path) -> None:
    names = ["team-alpha", "production_search_backend", "Backend (EU) 2026", "团队甲", "key-1", "alice@example.org"]
    content = "time,model,key,input tokens\n" + "".join(f"2026-10-20T10:00:00Z,a,{name},1\n" for name in names)
    run("import", written(tmp_path / "keys.csv", content.encode()))
    assert sorted(row["access_key"] for row in rows(tmp_path / "usage.duckdb", "requests")) == sorted(names)


WORDS = "PLANTED-my-diagnosis-is"


def content_of(source: str) -> bytes:
    """A log of that source with words in every field that holds content, in lines good and bad."""
    said = {"role": "user", "content": WORDS}
    if source == "csv":
        return (
            "time,model,input tokens,output tokens,message,answer\n"
            f"2026-10-21T10:00:00Z,a,1,2,{WORDS},{WORDS}\n"
            f"2026-10-21T10:00:01Z,a,{WORDS},2,{WORDS},{WORDS}\n"
            f"{WORDS},a,1,2,{WORDS},{WORDS}\n"
            f"2026-10-21T10:00:02Z,a,1,2,{WORDS}\n"
            f"2026-10-21T10:00:03Z,a,1,2,{WORDS},{WORDS},{WORDS}\n"
        ).encode()
    if source == "jsonl":
        good: dict[str, Any] = {"time": "2026-10-21T10:00:00Z", "model": "a", "input_tokens": 1, "messages": [said]}
        bad = [good | {"input_tokens": WORDS}, good | {"time": WORDS}]
    elif source == "litellm":
        answer = {"response": {"choices": [{"message": said}]}, "error_str": WORDS}
        error = {"error_information": {"error_message": WORDS, "traceback": WORDS, "error_class": "BadRequestError"}}
        good = litellm_record(1) | {"messages": [said], "model_parameters": {"prompt": WORDS}} | answer | error
        bad = [good | {"prompt_tokens": WORDS}, good | {"startTime": WORDS}]
    else:
        good = {
            "id": "chatcmpl-0123456789abcdef0123456789abcdef",
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": "a",
            "choices": [{"index": 0, "message": said}],
            "instructions": WORDS,
            "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
        }
        error_body = {"error": {"message": WORDS, "type": "invalid_request_error", "code": None}}
        bad = [good | {"id": None}, good | {"usage": {"prompt_tokens": WORDS}}, error_body]
    cut = json.dumps(good)[:-5]
    return lines([good, *bad]) + f"{cut}\n{WORDS}\n".encode() + b'["' + WORDS.encode() + b'"]\n'


@pytest.mark.parametrize("source", ["csv", "jsonl", "litellm", "openai-response"])
def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path, source: str) -> None:
    file = written(tmp_path / ("log.csv" if source == "csv" else "log.jsonl"), content_of(source))
    assert run("import", file).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    bad = {"csv": 4, "jsonl": 5, "litellm": 5, "openai-response": 6}[source]
    assert (record["source"], record["read"], record["new"], record["skipped"]) == (source, bad + 1, 1, bad)
    assert WORDS not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, WORDS)
    assert WORDS in run("skipped", "--show").out, "the file itself still has them"


# --- who a request is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["litellm", "openai-response"])
def test_small_servers_number_their_answers_from_one_again(run: Run, tmp_path: Path, source: str) -> None:
    """Ollama and the like answer `chatcmpl-` and a number below 1000: two calls a day apart may share it."""
    if source == "litellm":
        records = [litellm_record(day * 86_400) | {"id": "chatcmpl-417"} for day in (1, 2)]
    else:
        usage = {"prompt_tokens": 5, "completion_tokens": 6, "total_tokens": 11}
        records = [
            {
                "id": "chatcmpl-417",
                "object": "chat.completion",
                "created": 1_790_000_000 + day * 86_400,
                "model": MODEL,
                "usage": usage,
            }
            for day in (1, 2)
        ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert len(rows(tmp_path / "usage.duckdb", "requests")) == 2


def test_a_row_stays_itself_in_another_zone(run: Run, tmp_path: Path) -> None:
    """The zone is no part of who a request is: the same file read in another one replaces its earlier reading."""
    run("import", CORPUS / "csv/equal_rows.csv")
    assert run("import", CORPUS / "csv/equal_rows.csv", "--source-tz", "Asia/Shanghai").code == 0
    found = [row["started_at"] for row in rows(tmp_path / "usage.duckdb", "requests")]
    assert found == ["2026-10-08 04:00:00"] * 3
