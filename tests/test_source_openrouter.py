"""OpenRouter: what is billed, by whom, and that a generation is one request in whatever file it comes."""

from __future__ import annotations

import csv
import io
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

FOLDER = CORPUS / "openrouter"
WORDS = "PLANTED-my-diagnosis-is"


def generation(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": f"gen-1790000000-{number:020d}",
        "created_at": f"2026-09-21T14:00:{number:02d}+00:00",
        "model": "openai/gpt-oss-120b",
        "total_cost": 0.0001,
        "usage": 0.0001,
        "is_byok": False,
        "streamed": False,
        "cancelled": False,
        "finish_reason": "stop",
        "native_tokens_prompt": 100 + number,
        "native_tokens_completion": 10,
    } | more


def day(date: str, **more: object) -> dict[str, Any]:
    return {
        "date": date,
        "model": "openai/gpt-oss-120b",
        "model_permaslug": "openai/gpt-oss-120b",
        "endpoint_id": "e-1",
        "usage": 0.01,
        "byok_usage_inference": 0,
        "requests": 10,
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "reasoning_tokens": 0,
    } | more


def requests_of(tmp_path: Path) -> list[dict[str, str]]:
    return rows(tmp_path / "usage.duckdb", "requests")


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_generations(run: Run) -> None:
    """Native counts, not the normalised ones (trap 5); of the cancelled one nothing is known (trap 4).

    With an own key the fee is not the cost (trap 8): 0.000325 and 0.0065 by the provider; without the latter the cost
    of the last is unknown. The free model really costs 0.
    """
    run("import", FOLDER / "generations.jsonl")
    sent, got = 1200 + 3050 + 52 + 300 + 10, 260 + 50 + 720 + 20 + 5
    cost = Decimal("0.000213") + Decimal("0.000325") + Decimal("0.0065") + Decimal("0.00009")
    assert measures(run, "--cost", "reported") == (6, 2, sent, got, cost)
    assert cost == Decimal("0.007128")
    whole = total(run)
    assert (whole["cache_read_tokens"], whole["reasoning_tokens"]) == (1024, 90 + 600)


def test_the_numbers_of_activity(run: Run) -> None:
    """Two days; two endpoints of one model are one row of the first. 1e-05 is an amount (trap 17)."""
    run("import", FOLDER / "activity_two_days.json")
    sent, got = 60_000 + 20_000 + 300 + 50, 15_000 + 5000 + 900 + 12
    assert measures(run) == (54, None, sent, got, Decimal("0.02001"))


def test_the_numbers_of_the_exports(run: Run) -> None:
    run("import", FOLDER / "export_2026.csv", FOLDER / "export_2025.csv")
    cost = Decimal("0.000213") + Decimal("0.006825") + Decimal("0.0000021")
    assert measures(run, "--cost", "reported") == (5, 1, 1200 + 52 + 3050 + 12, 260 + 720 + 50 + 3, cost)


def test_the_numbers_of_the_daily_export(run: Run) -> None:
    """What the providers of own keys charged counts as well (trap 8)."""
    run("import", FOLDER / "daily.csv")
    sent, got = 70_965_665 + 51_000 + 87_199_493, 3_009_973 + 900 + 2_795_119
    cost = Decimal("430.07") + Decimal("505.87") + Decimal("0.0125") + Decimal("0.25")
    assert measures(run, "--cost", "reported") == (4115 + 20 + 4254, None, sent, got, cost)


def test_a_day_in_activity_is_not_counted_beside_its_requests(run: Run, tmp_path: Path) -> None:
    generations = written(tmp_path / "g.jsonl", lines(generation(number) for number in range(10)))
    activity = written(tmp_path / "a.json", json.dumps({"data": [day("2026-09-21")]}).encode())
    assert run("import", generations, activity).code == 0
    assert total(run)["requests"] == 10


# --- times --------------------------------------------------------------------------------------------


def test_times_without_a_zone_are_utc(run: Run, tmp_path: Path) -> None:
    """Whatever zone the user's other files are in (trap 12)."""
    assert run("import", FOLDER / "export_2025.csv", FOLDER / "daily.csv", "--source-tz", "Asia/Shanghai").code == 0
    assert [row["started_at"] for row in requests_of(tmp_path)] == ["2025-12-06 05:46:40.25"]
    days = {row["bucket_start"] for row in rows(tmp_path / "usage.duckdb", "statements")}
    assert days == {"2026-05-12 00:00:00", "2026-05-13 00:00:00"}


def test_the_longer_time_is_the_duration(run: Run, tmp_path: Path) -> None:
    """OpenRouter calls `latency` the whole; where a stream was generated for longer, it is the first token."""
    records = [
        generation(1, streamed=True, latency=500, generation_time=4000),
        generation(2, streamed=True, latency=1250, generation_time=1200),
        generation(3, streamed=False, latency=500, generation_time=4000),
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    found = [(row["duration_ms"], row["ttft_ms"]) for row in requests_of(tmp_path)]
    assert found == [("4000", "500"), ("1250", ""), ("4000", "")]


# --- who a request is ---------------------------------------------------------------------------------


def shapes() -> dict[str, list[tuple[str, bytes]]]:
    records = [generation(number) for number in range(3)]
    return {
        "lines": [("a.jsonl", lines(records))],
        "answers": [("a.jsonl", lines({"data": record} for record in records))],
        "array": [("a.json", json.dumps(records, indent=1).encode())],
        "page": [("a.json", json.dumps({"data": records}).encode())],
        "split": [("a.json", json.dumps({"data": records[0]}, indent=1).encode()), ("b.jsonl", lines(records[1:]))],
        "twice": [("a.jsonl", lines(records + records)), ("b.jsonl", lines(reversed(records)))],
    }


@pytest.mark.parametrize("shape", shapes())
def test_a_generation_is_one_request_in_any_file(run: Run, tmp_path: Path, shape: str) -> None:
    reference = written(tmp_path / "reference.jsonl", lines(generation(number) for number in range(3)))
    files = [written(tmp_path / name, content) for name, content in shapes()[shape]]
    assert run("import", *files).code == 0
    assert [row["input_tokens"] for row in requests_of(tmp_path)] == ["100", "101", "102"]
    assert run("import", reference).code == 0
    assert measures(run)[:4] == (3, 0, 303, 30)


def test_a_generation_is_one_request_in_csv_and_parquet(run: Run, tmp_path: Path) -> None:
    from pyarrow import csv as arrow_csv
    from pyarrow import parquet

    parquet.write_table(arrow_csv.read_csv(FOLDER / "export_2026.csv"), tmp_path / "export.parquet")
    assert run("import", FOLDER / "export_2026.csv").code == 0
    assert run("import", tmp_path / "export.parquet").code == 0
    assert len(requests_of(tmp_path)) == 4
    assert run("import", FOLDER / "generations.jsonl").code == 0
    assert len(requests_of(tmp_path)) == 4 + 6 - 1


def test_the_answer_that_a_client_saved_is_the_same_request(run: Run, tmp_path: Path) -> None:
    """Its id is that of the generation; the tokens of the fullest count and OpenRouter's cost hold."""
    body = {
        "id": "gen-1790000000-aB3dE5fG7hI9jK1lM3nO",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "openai/gpt-oss-120b",
        "usage": {"prompt_tokens": 1200, "completion_tokens": 260, "total_tokens": 1460, "cost": 0.000213},
    }
    answer = written(tmp_path / "answer.jsonl", lines([body]))
    options = ("--set", "provider=openrouter", "--set", "host=openrouter.ai")
    assert run("import", answer, *options).code == 0
    assert run("import", FOLDER / "generations.jsonl").code == 0
    (row,) = [row for row in requests_of(tmp_path) if row["upstream_id"] == body["id"]]
    assert len(requests_of(tmp_path)) == 6
    assert (row["source"], row["reported_cost_kind"], row["input_tokens"]) == ("openrouter", "billed", "1200")


def test_a_later_activity_replaces_its_days(run: Run, tmp_path: Path) -> None:
    first = [day("2026-09-20"), day("2026-09-21", requests=4)]
    later = [day("2026-09-21 00:00:00", requests=12), day("2026-09-22 00:00:00")]
    for name, days in (("a.json", first), ("b.json", later)):
        assert run("import", written(tmp_path / name, json.dumps({"data": days}).encode())).code == 0
    assert total(run)["requests"] == 10 + 12 + 10


# --- what is not as it should be ----------------------------------------------------------------------


def test_wrong_types_and_missing_fields_are_told(run: Run, tmp_path: Path) -> None:
    records = [
        day("2026-09-20"),
        day("soon"),
        day("2026-09-20 07:00:00"),
        day("2026-09-20", requests="many"),
        day("2026-09-20", usage=["much"]),
        day("2026-09-20", byok_usage_inference="some"),
        day("2026-09-20", completion_tokens=1.5),
        day("2026-09-21", an_unknown_field={"x": 1}),
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    found = [(row["line"], row["reason"]) for row in run("skipped", "--format", "json").json["rows"]]
    assert found == [
        (2, "no time"),
        (3, "not a day"),
        (4, "requests is not a whole number"),
        (5, "cost is not a number"),
        (6, "BYOK cost is not a number"),
        (7, "completion tokens are not a whole number"),
    ]
    assert total(run)["requests"] == 20


def test_a_day_beyond_all_days_is_one_bad_record(run: Run, tmp_path: Path) -> None:
    days = ("294247-01-10", "infinity", "-infinity", "290309-12-22 (BC)", "9999-12-31")
    content = json.dumps({"data": [day("2026-09-21"), *map(day, days)]}).encode()
    assert run("import", written(tmp_path / "activity.json", content)).code == 0
    assert measures(run)[:4] == (10, None, 1000, 100)
    reasons = [row["reason"] for row in run("skipped", "--format", "json").json["rows"]]
    assert reasons == ["a time before 2015 or in the future"] * len(days)


def test_no_content_is_stored(run: Run, tmp_path: Path) -> None:
    said = {
        "http_referer": WORDS,
        "user_agent": WORDS,
        "origin": WORDS,
        "upstream_id": WORDS,
        "native_finish_reason": WORDS,
        "provider_responses": [{"status": 200, "error": WORDS}],
        "messages": [{"role": "user", "content": WORDS}],
        "output": WORDS,
    }
    records = [generation(1, **said), generation(2, **said, created_at=None), generation(3, **said, total_cost=WORDS)]
    file = written(tmp_path / "log.jsonl", lines(records) + json.dumps(generation(4, **said))[:-5].encode())
    assert run("import", file).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == ("openrouter", 4, 1, 3)
    assert_nowhere(tmp_path, WORDS)


def test_a_secret_as_the_name_of_a_key_is_stored_as_its_fingerprint(run: Run, tmp_path: Path) -> None:
    secret = "sk-or-v1-0123456789abcdef0123456789abcdef"  # noqa: S105 - made up
    found = list(csv.reader(io.StringIO((FOLDER / "export_2026.csv").read_text("utf-8"))))
    out = io.StringIO()
    csv.writer(out).writerows([[secret if cell == "web-app" else cell for cell in cells] for cells in found])
    assert run("import", written(tmp_path / "export.csv", out.getvalue().encode())).code == 0
    assert_nowhere(tmp_path, secret)
