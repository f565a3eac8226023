"""Portkey: cents, times in three forms, and who a request is with and without an id."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run

FOLDER = CORPUS / "portkey"
WORDS = "PLANTED-my-diagnosis-is"


def request(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": f"3c90c3cc-1000-4b50-8888-{number:012d}",
        "trace_id": "trace-1",
        "mode": "single",
        "created_at": f"2026-10-21T10:00:{number:02d}Z",
        "is_success": True,
        "ai_org": "openai",
        "ai_model": "openai/gpt-oss-120b",
        "req_units": 100 + number,
        "res_units": 10,
        "total_units": 110 + number,
        "request_url": "https://llm.submodel.ai/v1/chat/completions",
        "cost": 0,
        "cost_currency": "USD",
        "response_time": 500,
        "response_status_code": 200,
        "metadata": {"_user": "alice"},
    } | more


def requests_of(tmp_path: Path) -> list[dict[str, str]]:
    return rows(tmp_path / "usage.duckdb", "requests")


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_an_export(run: Run) -> None:
    """0.28 cents are 0.0028 dollars (trap 7); 0 cents mean that there is no price (trap 2), 0 tokens none (trap 4)."""
    run("import", FOLDER / "export.jsonl")
    assert measures(run, "--cost", "reported") == (4, 1, 2000 + 1000 + 1, 500 + 100 + 0, Decimal("0.00280002"))
    # InstaGen's list price of DeepSeek-V3.1: 2000 × 0.2 + 500 × 0.8 per million.
    assert total(run, "--provider", "instagen")["cost_usd"] == Decimal("0.0008")


def test_the_numbers_of_an_older_export(run: Run) -> None:
    """An answer from the cache costs nothing."""
    run("import", FOLDER / "older.jsonl")
    assert measures(run, "--cost", "reported") == (3, 1, 200, 40, Decimal("0.0006"))


def test_cents_are_divided_exactly(run: Run, tmp_path: Path) -> None:
    costs = {
        "0.1": "0.001",
        "12.5": "0.125",
        "0.0000000001": "0.000000000001",
        "1e-05": "0.0000001",
        "99999.99": "999.9999",
    }
    records = [request(number, cost="COST") for number in range(len(costs))]
    content = lines(records).decode()
    for cost in costs:
        content = content.replace('"COST"', cost, 1)
    assert run("import", written(tmp_path / "log.jsonl", content.encode())).code == 0
    assert [row["reported_cost_usd"] for row in requests_of(tmp_path)] == list(costs.values())


def test_a_table_of_it_is_in_cents_too(run: Run, tmp_path: Path) -> None:
    """And not a CSV of dollars."""
    content = (
        "id,created_at,ai_org,ai_model,req_units,res_units,total_units,cost,cost_currency\n"
        "3c90c3cc-1000-4b50-8888-000000000001,2026-10-21T10:00:01Z,openai,gpt-4.1,101,10,111,0.28,USD\n"
    )
    assert run("import", written(tmp_path / "export.csv", content.encode())).code == 0
    assert run("import", written(tmp_path / "log.jsonl", lines([request(1)]))).code == 0
    (row,) = requests_of(tmp_path)
    assert row["reported_cost_usd"] == "0.0028"


# --- times --------------------------------------------------------------------------------------------

TIMES = (
    "2026-10-21T10:00:01Z",
    "2026-10-21T10:00:01.000Z",
    "2026-10-21T12:00:01+02:00",
    "2026-10-21 10:00:01",
    "Wed Oct 21 2026 10:00:01 GMT+0000 (Coordinated Universal Time)",
    "Wed Oct 21 2026 06:30:01 GMT-0330 (Newfoundland Standard Time)",
    "Wed Oct 21 2026 15:30:01 GMT+0530",
    1_792_576_801_000,
    1_792_576_801,
)


def test_a_time_is_the_same_in_every_form(run: Run, tmp_path: Path) -> None:
    """Also for who a request without an id is (trap 12)."""
    records = [request(number, created_at=time) for number, time in enumerate(TIMES)]
    assert run("import", written(tmp_path / "log.jsonl", lines(records)), "--source-tz", "Asia/Tokyo").code == 0
    assert [row["started_at"] for row in requests_of(tmp_path)] == ["2026-10-21 10:00:01"] * len(TIMES)
    for place, time in enumerate(TIMES):
        bare = request(1, created_at=time, id=None, ai_model="bare")
        assert run("import", written(tmp_path / f"{place}.jsonl", lines([bare]))).code == 0
    assert len(requests_of(tmp_path)) == len(TIMES) + 1


# --- who a request is ---------------------------------------------------------------------------------


def shapes() -> dict[str, list[tuple[str, bytes]]]:
    records = [request(number) for number in range(3)]
    return {
        "array": [("a.json", json.dumps(records, indent=2).encode())],
        "split": [("a.jsonl", lines(records[:1])), ("b.jsonl", lines(records[1:]))],
        "twice": [("a.jsonl", lines(records + records)), ("b.jsonl", lines(reversed(records)))],
        "fewer": [
            ("a.jsonl", lines({key: record[key] for key in list(record) if key != "trace_id"} for record in records))
        ],
    }


@pytest.mark.parametrize("shape", shapes())
def test_a_request_is_one_in_any_file(run: Run, tmp_path: Path, shape: str) -> None:
    reference = written(tmp_path / "reference.jsonl", lines(request(number) for number in range(3)))
    files = [written(tmp_path / name, content) for name, content in shapes()[shape]]
    assert run("import", *files).code == 0
    assert [row["input_tokens"] for row in requests_of(tmp_path)] == ["100", "101", "102"]
    assert run("import", reference).code == 0
    assert measures(run)[:4] == (3, 0, 303, 30)


def test_equal_rows_without_an_id_are_as_many_requests(run: Run, tmp_path: Path) -> None:
    assert run("import", FOLDER / "older.jsonl").code == 0
    content = (FOLDER / "older.jsonl").read_bytes()
    assert run("import", written(tmp_path / "twice.jsonl", content + content)).code == 0
    assert len(requests_of(tmp_path)) == 6


def test_short_ids_count_together_with_their_time(run: Run, tmp_path: Path) -> None:
    records = [request(1, id="7"), request(2, id="7")]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert len(requests_of(tmp_path)) == 2


# --- what is not as it should be ----------------------------------------------------------------------


def test_what_is_missing_is_unknown(run: Run, tmp_path: Path) -> None:
    """An export has the fields that were asked for."""
    few = {key: request(1)[key] for key in ("id", "created_at", "ai_model", "req_units")}
    assert run("import", written(tmp_path / "log.jsonl", lines([few]))).code == 0
    (row,) = requests_of(tmp_path)
    columns = ("source", "input_tokens", "output_tokens", "status", "provider", "reported_cost_usd", "cache_hit")
    assert [row[column] for column in columns] == ["portkey", "101", "", "", "", "", ""]


def test_a_time_beyond_all_numbers_is_one_bad_record(run: Run, tmp_path: Path) -> None:
    times = (10**15, 10**16, 10**17, 10**18, -(10**18), 2**63 - 1, 2**63, 1e300, "NaN", "294247-01-10", "9" * 400)
    records = [request(0), *(request(number, created_at=time) for number, time in enumerate(times, 1))]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert len(requests_of(tmp_path)) == 1
    reasons = [row["reason"] for row in run("skipped", "--format", "json").json["rows"]]
    beyond = "a time before 2015 or in the future"
    assert reasons == [beyond if time == "294247-01-10" else "no time" for time in times]


def test_another_currency_is_refused(run: Run, tmp_path: Path) -> None:
    records = [request(number, cost=1, cost_currency=said) for number, said in enumerate(("usd", "", None, "INR"))]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert [row["reported_cost_usd"] for row in requests_of(tmp_path)] == ["0.01"] * 3
    assert [row["reason"] for row in run("skipped", "--format", "json").json["rows"]] == ["cost is not in US dollars"]


def test_no_content_and_no_metadata_is_stored(run: Run, tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "request": {"body": {"messages": [{"role": "user", "content": WORDS}]}},
        "response": {"body": {"choices": [{"message": {"content": WORDS}}]}},
        "request.body": WORDS,
        "response.body": WORDS,
        "metadata": {"note": WORDS, "_user": "alice"},
        "config": WORDS,
        "prompt_slug": WORDS,
        "mode": WORDS,
        "request_url": f"https://llm.submodel.ai/v1?q={WORDS}",
    }
    records = [request(1, **said), request(2, **said | {"created_at": WORDS}), request(3, **said | {"cost": WORDS})]
    file = written(tmp_path / "log.jsonl", lines(records) + json.dumps(request(4, **said))[:-5].encode())
    assert run("import", file).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == ("portkey", 4, 1, 3)
    assert [row["user"] for row in requests_of(tmp_path)] == ["alice"]
    assert_nowhere(tmp_path, WORDS)
