"""Anthropic's usage and cost reports: pages of the Admin API and the Console's CSV exports."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

FOLDER = CORPUS / "anthropic-usage"
TOKENS = FOLDER / "claude_api_tokens_2026-10.csv"
MODEL = "claude-opus-5"


def result(**fields: object) -> dict[str, Any]:
    written_tokens = {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4}
    usual = {"uncached_input_tokens": 10, "cache_read_input_tokens": 20, "cache_creation": written_tokens}
    return usual | {"output_tokens": 5, "model": MODEL, "service_tier": "standard", "api_key_id": None} | fields


def amount(cents: object, currency: str = "USD", **fields: object) -> dict[str, Any]:
    return {"amount": cents, "currency": currency, "cost_type": "tokens", "model": MODEL} | fields


def bucket(*results: object, day: int = 1, **fields: object) -> dict[str, Any]:
    times = {"starting_at": f"2026-10-{day:02}T00:00:00Z", "ending_at": f"2026-10-{day + 1:02}T00:00:00Z"}
    return times | {"results": list(results)} | fields


def page(*buckets: dict[str, Any]) -> dict[str, Any]:
    return {"data": list(buckets), "has_more": False, "next_page": None}


def stored(tmp_path: Path) -> list[dict[str, str]]:
    assert rows(tmp_path / "usage.duckdb", "requests") == []
    return rows(tmp_path / "usage.duckdb", "statements")


def import_pages(run: Run, tmp_path: Path, *pages: dict[str, Any], name: str = "pages.jsonl") -> list[dict[str, str]]:
    outcome = run("import", written(tmp_path / name, lines(pages)))
    assert outcome.code == 0, outcome.err
    return stored(tmp_path)


# --- totals -------------------------------------------------------------------------------------------


def test_the_totals_of_a_usage_report(run: Run, tmp_path: Path) -> None:
    """The counts of input are disjoint: 1500 uncached, 200 read, 500 and 1000 written. Requests are not counted."""
    run("import", FOLDER / "usage_report.json")
    whole = total(run)
    assert (whole["input_tokens"], whole["output_tokens"]) == (1500 + 200 + 500 + 1000, 500)
    assert whole["cache_read_tokens"] == 200
    (row,) = stored(tmp_path)
    assert (row["requests"], row["cache_write_5m_tokens"], row["cache_write_1h_tokens"]) == ("", "500", "1000")
    assert (row["project"], row["user"], row["access_key"]) == ("wrkspc_example", "user_example", "apikey_example")


def test_the_totals_of_a_token_export(run: Run, tmp_path: Path) -> None:
    """The same for the Console's file; rows that differ in their context window only are one."""
    run("import", TOKENS)
    sent = 46_981 + 15_969 + 1000 + 2000 + 300_000 + 50_000
    assert (total(run)["input_tokens"], total(run)["output_tokens"]) == (sent, 16_932 + 1000 + 2000)
    assert len(stored(tmp_path)) == 3
    assert {row["requests"] for row in stored(tmp_path)} == {""}


def test_the_totals_of_a_cost_report(run: Run, tmp_path: Path) -> None:
    """Amounts are cents: 123.78912 + 0.0000000034 + 123.45 + 10, of which the last two have no model."""
    run("import", FOLDER / "cost_report.json")
    assert total(run)["cost_usd"] == Decimal("1.2378912") + Decimal("0.000000000034") + Decimal("1.2345") + Decimal(
        "0.1"
    )
    assert [row["reported_cost_usd"] for row in stored(tmp_path) if not row["model"]] == ["1.3345"]


def test_the_totals_of_a_cost_export(run: Run, tmp_path: Path) -> None:
    """The Console's file has dollars, as billed, not at list prices; models have their display names."""
    run("import", FOLDER / "claude_api_cost_2026-08.csv")
    assert total(run)["cost_usd"] == Decimal("0.47")
    assert {row["model"] for row in stored(tmp_path)} == {"Claude Haiku 4.5", "Claude Sonnet 4.5", ""}


# --- traps --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cents", "dollars"),
    [("123.45", "1.2345"), ("0.0000000001", "0.000000000001"), ("99999999999.99", "999999999.9999"), ("-10", "-0.1")],
)
def test_cents_become_dollars_without_a_double(run: Run, tmp_path: Path, cents: str, dollars: str) -> None:
    (row,) = import_pages(run, tmp_path, page(bucket(amount(cents))))
    assert (row["kind"], row["reported_cost_usd"], row["reported_cost_kind"]) == ("cost", dollars, "billed")
    assert (row["requests"], row["input_tokens"], row["output_tokens"]) == ("", "", "")


def test_amounts_in_another_currency_are_skipped(run: Run, tmp_path: Path) -> None:
    (row,) = import_pages(run, tmp_path, page(bucket(amount("1", "EUR"), amount("2", "usd"))))
    assert row["reported_cost_usd"] == "0.02"
    assert skipped_places(run) == [[1, 1, "amount is not in US dollars"]]


@pytest.mark.parametrize("cost_type", ["web_search", "code_execution", "session_usage", None])
def test_what_is_no_token_keeps_its_cost(run: Run, tmp_path: Path, cost_type: str | None) -> None:
    (row,) = import_pages(run, tmp_path, page(bucket(amount("250", cost_type=cost_type, model=None))))
    assert (row["model"], row["reported_cost_usd"]) == ("", "2.5")


def test_days_are_utc_whatever_the_zone_of_the_import(run: Run, tmp_path: Path) -> None:
    run("import", TOKENS, "--source-tz", "Asia/Shanghai")
    assert {row["bucket_start"] for row in stored(tmp_path)} == {"2026-10-01 00:00:00", "2026-10-02 00:00:00"}
    assert {row["bucket_width"] for row in stored(tmp_path)} == {"day"}


def test_hours_of_an_export_are_hours(run: Run, tmp_path: Path) -> None:
    text = TOKENS.read_text("utf-8").splitlines()
    first = text[1].replace("2026-10-01", "2026-10-01T00:00:00Z")
    second = text[1].replace("2026-10-01", "2026-10-01 13:00")
    run("import", written(tmp_path / "hours.csv", "\n".join([text[0], first, second, ""]).encode()))
    found = [(row["bucket_start"], row["bucket_end"]) for row in stored(tmp_path)]
    assert found == [
        ("2026-10-01 00:00:00", "2026-10-01 01:00:00"),
        ("2026-10-01 13:00:00", "2026-10-01 14:00:00"),
    ]


def test_usage_and_its_costs_do_not_replace_each_other(run: Run, tmp_path: Path) -> None:
    import_pages(run, tmp_path, page(bucket(result())), name="usage.jsonl")
    found = import_pages(run, tmp_path, page(bucket(amount("100"))), name="costs.jsonl")
    assert sorted(row["kind"] for row in found) == ["cost", "usage"]
    assert total(run)["input_tokens"] == 37
    import_pages(run, tmp_path, page(bucket(result(output_tokens=6))), name="later.jsonl")
    assert total(run)["output_tokens"] == 6, "a later report replaces its bucket"


def test_an_older_export_has_one_column_for_cache_writes(run: Run, tmp_path: Path) -> None:
    text = TOKENS.read_text("utf-8").splitlines()[:2]
    older = [line.split(",") for line in text]
    older[0][7] = "usage_input_tokens_cache_write"
    for row in older:
        del row[8]
    file = written(tmp_path / "older.csv", "\n".join(",".join(row) for row in [*older, []]).encode())
    assert run("import", file).code == 0
    (found,) = stored(tmp_path)
    assert (found["input_tokens"], found["cache_write_5m_tokens"]) == (str(46_981 + 15_969 + 2000), "15969")


# --- containers ---------------------------------------------------------------------------------------


def test_the_same_buckets_in_any_container_are_stored_once(run: Run, tmp_path: Path) -> None:
    buckets = [bucket(result(), result(model="other"), day=day) for day in (1, 2, 3)]
    buckets.append(bucket(day=4))
    offset = [found | {"starting_at": found["starting_at"].replace("Z", "+00:00")} for found in buckets]
    files = [
        written(tmp_path / "pages.jsonl", lines([page(*buckets[:2]), page(*buckets[2:])])),
        written(tmp_path / "page.json", json.dumps(page(*buckets), indent=2).encode()),
        written(tmp_path / "array.json", json.dumps(offset, indent=2).encode()),
        written(tmp_path / "buckets.jsonl", lines(reversed(buckets))),
    ]
    for file in files:
        assert run("import", file).code == 0
        assert len(stored(tmp_path)) == 6, file
        assert total(run)["input_tokens"] == 6 * 37
    imports = table(tmp_path / "usage.duckdb", "imports")
    assert [record["new"] for record in imports] == [6, 0, 0, 0]


def test_an_export_as_parquet_is_stored_alike(run: Run, tmp_path: Path) -> None:
    from pyarrow import csv, parquet

    parquet.write_table(csv.read_csv(TOKENS), tmp_path / "tokens.parquet")
    assert run("import", tmp_path / "tokens.parquet").code == 0
    before = stored(tmp_path)
    assert run("import", TOKENS).code == 0
    assert stored(tmp_path) == before
    assert [record["new"] for record in table(tmp_path / "usage.duckdb", "imports")] == [4, 0]


def test_a_page_of_nothing_but_empty_buckets_is_known(run: Run, tmp_path: Path) -> None:
    assert import_pages(run, tmp_path, page(bucket(), bucket(day=2))) == []
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["skipped"]) == ("anthropic-usage", 2, 2)
    assert skipped_places(run) == []


def test_what_is_missing_or_of_another_type_is_told(run: Run, tmp_path: Path) -> None:
    results = (
        result(uncached_input_tokens=None),
        result(output_tokens={}),
        result(cache_creation=None, cache_read_input_tokens=None, new_field=["a"]),
        7,
    )
    (row,) = import_pages(run, tmp_path, page(bucket(*results)))
    assert (row["input_tokens"], row["cache_read_tokens"]) == ("10", ""), "what is not said of a cache is unknown"
    assert skipped_places(run) == [
        [1, 1, "no tokens"],
        [2, 1, "output is not a whole number"],
        [4, 1, "no tokens"],
    ]


def test_no_text_of_an_unknown_field_is_stored(run: Run, tmp_path: Path) -> None:
    words = "PLANTED-my-diagnosis-is"
    good = page(bucket(result(prompt=words), amount("1", description=words), note=words))
    bad = page(bucket(result(output_tokens=words), amount(words), day=2))
    cut = json.dumps(good)[:-9]
    assert run("import", written(tmp_path / "pages.jsonl", lines([good, bad]) + cut.encode())).code == 0
    assert len(stored(tmp_path)) == 2
    assert words not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, words)
