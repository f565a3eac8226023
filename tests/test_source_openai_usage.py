"""OpenAI's usage and costs: pages of the API and the dashboard's CSV exports."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import SECRETS, lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

FOLDER = CORPUS / "openai-usage"
USAGE = FOLDER / "completions_usage_2025-10-06_2025-10-11.csv"
COSTS = FOLDER / "cost_2025-10-06_2025-10-09.csv"
DAY = 1_790_812_800  # 2026-10-01, the first second of a UTC day
WIDTH = 86_400
MODEL = "gpt-5-nano"


def result(**fields: object) -> dict[str, Any]:
    usual = {"object": "organization.usage.completions.result", "model": MODEL, "service_tier": "default"}
    return usual | {"num_model_requests": 2, "input_tokens": 30, "output_tokens": 4} | fields


def amount(value: object, currency: object = "usd", **fields: object) -> dict[str, Any]:
    usual = {"object": "organization.costs.result", "line_item": None, "project_id": None}
    return usual | {"amount": {"value": value, "currency": currency}} | fields


def bucket(*results: object, start: int = DAY, **fields: object) -> dict[str, Any]:
    return {"object": "bucket", "start_time": start, "end_time": start + WIDTH, "results": list(results)} | fields


def page(*buckets: dict[str, Any]) -> dict[str, Any]:
    return {"object": "page", "data": list(buckets), "has_more": False, "next_page": None}


def stored(tmp_path: Path) -> list[dict[str, str]]:
    assert rows(tmp_path / "usage.duckdb", "requests") == []
    return rows(tmp_path / "usage.duckdb", "statements")


def import_pages(run: Run, tmp_path: Path, *pages: dict[str, Any], name: str = "pages.jsonl") -> list[dict[str, str]]:
    outcome = run("import", written(tmp_path / name, lines(pages)))
    assert outcome.code == 0, outcome.err
    return stored(tmp_path)


# --- totals -------------------------------------------------------------------------------------------


def test_the_totals_of_a_usage_export(run: Run, tmp_path: Path) -> None:
    """Those of a real export of October 2025: cached tokens lie inside the input, equal rows of a bucket add up."""
    run("import", USAGE)
    whole = total(run)
    assert (whole["requests"], whole["input_tokens"], whole["output_tokens"]) == (53, 339_711, 549_459)
    assert whole["cache_read_tokens"] == 13_952
    assert whole["input_tokens"] - whole["cache_read_tokens"] == 325_759
    assert len(stored(tmp_path)) == 5, "two of the six rows have equal dimensions"


def test_the_totals_of_a_cost_export(run: Run) -> None:
    run("import", COSTS)
    assert total(run)["cost_usd"] == Decimal("2.98595375")


def test_usage_and_its_costs_are_of_one_account(run: Run, tmp_path: Path) -> None:
    """Costs name their organization and usage does not: with different accounts both would be counted."""
    run("import", USAGE, COSTS)
    assert {row["account"] for row in stored(tmp_path)} == {""}
    run("import", USAGE, COSTS, "--set", "account=acme", "--again")
    assert {row["account"] for row in stored(tmp_path)} == {"acme"}


def test_the_totals_of_the_examples_of_the_specification(run: Run, tmp_path: Path) -> None:
    run("import", FOLDER / "usage_completions_page.json")
    (row,) = stored(tmp_path)
    assert [row[name] for name in ("requests", "input_tokens", "cache_read_tokens", "cache_write_5m_tokens")] == [
        *("5", "1000", "400", "100"),
    ]
    assert row["output_tokens"] == "500"
    assert total(run)["total_tokens"] == 1500


def test_an_export_without_usage_is_no_error(run: Run, tmp_path: Path) -> None:
    outcome = run("import", FOLDER / "completions_usage_empty.csv")
    assert (outcome.code, outcome.err) == (0, "")
    assert "3 not a request: an empty bucket" in outcome.out
    assert stored(tmp_path) == []


# --- traps --------------------------------------------------------------------------------------------


def test_amounts_are_numbers_or_texts_and_never_pass_through_a_double(run: Run, tmp_path: Path) -> None:
    values = (0.06, "0.000000000001", "0.100000000000000000000000000000", "0E-6176", 1e-05, "-0.5")
    (row,) = import_pages(run, tmp_path, page(bucket(*(amount(value) for value in values))))
    assert (row["kind"], row["reported_cost_usd"]) == ("cost", "-0.339989999999")
    assert (row["requests"], row["input_tokens"], row["output_tokens"]) == ("", "", "")
    assert row["reported_cost_kind"] == "billed"


@pytest.mark.parametrize("currency", ["eur", "", None])
def test_an_amount_that_is_not_in_dollars_is_skipped(run: Run, tmp_path: Path, currency: str | None) -> None:
    (row,) = import_pages(run, tmp_path, page(bucket(amount(1, currency), amount(2, "USD"))))
    assert row["reported_cost_usd"] == "2"
    assert skipped_places(run) == [[1, 1, "amount is not in US dollars"]]


@pytest.mark.parametrize(
    ("line_item", "model"),
    [
        ("gpt-4o-2024-08-06, input", "gpt-4o-2024-08-06"),
        ("gpt-5-nano, cached input", "gpt-5-nano"),
        ("o1, output", "o1"),
        ("text-embedding-3-small", "text-embedding-3-small"),
        ("web search tool calls", ""),
        ("Promotional credit", ""),
        ("storage", ""),
        (None, ""),
    ],
)
def test_a_line_item_of_a_model_begins_with_it(run: Run, tmp_path: Path, line_item: str | None, model: str) -> None:
    (row,) = import_pages(run, tmp_path, page(bucket(amount("0.25", line_item=line_item))))
    assert (row["model"], row["reported_cost_usd"]) == (model, "0.25")


def test_a_batch_is_a_tier(run: Run, tmp_path: Path) -> None:
    results = (result(batch=True), result(batch=False, output_tokens=5), result(batch=None, service_tier=None))
    found = import_pages(run, tmp_path, page(bucket(*results)))
    assert sorted(row["service_tier"] for row in found) == ["", "batch", "default"]


def test_the_endpoints_of_one_day_do_not_replace_each_other(run: Run, tmp_path: Path) -> None:
    """Each endpoint has pages of its own; calls of tools are counted with the completions already."""
    assert run("import", FOLDER / "other_endpoints.jsonl").code == 0
    import_pages(run, tmp_path, page(bucket(result())))
    assert total(run)["requests"] == 7 + 3 + 2 + 5 + 1 + 2
    assert total(run)["input_tokens"] == 5000 + 300 + 30
    import_pages(run, tmp_path, page(bucket(result(num_model_requests=3))), name="later.jsonl")
    assert total(run)["requests"] == 7 + 3 + 2 + 5 + 1 + 3, "a later export replaces its bucket"


def test_the_costs_of_two_organizations_do_not_replace_each_other(run: Run, tmp_path: Path) -> None:
    """Usage does not name the organization, so it must be said."""
    for name, cost in (("a", 1), ("b", 2), ("b", 4)):
        file = written(tmp_path / f"{name}-{cost}.jsonl", lines([page(bucket(amount(cost)))]))
        assert run("import", file, "--set", f"account=org-{name}").code == 0
    assert total(run)["cost_usd"] == 5


def test_a_report_with_keys_stands_beside_one_without(run: Run, tmp_path: Path) -> None:
    """Completions by key or by the hour are no other telling of the embeddings of the same day."""
    embeddings = result(object="organization.usage.embeddings.result", num_model_requests=7, output_tokens=0)
    import_pages(run, tmp_path, page(bucket(embeddings)), name="embeddings.jsonl")
    import_pages(run, tmp_path, page(bucket(result(api_key_id="key_a"), result(api_key_id="key_b"))), name="keys.jsonl")
    assert total(run)["requests"] == 7 + 2 + 2
    hour = bucket(result(num_model_requests=9)) | {"end_time": DAY + 3600}
    import_pages(run, tmp_path, page(hour), name="hours.jsonl")
    assert total(run)["requests"] == 7 + 9, "the finer buckets of one report count"


def test_a_page_without_a_bucket_is_an_answer(run: Run, tmp_path: Path) -> None:
    """So that a scheduled import of a day without usage does not fail."""
    outcome = run("import", written(tmp_path / "empty.json", json.dumps(page()).encode()))
    assert (outcome.code, outcome.err) == (0, "")
    assert "Read 0 records from 1 file." in outcome.out
    assert "openai-usage, requests, no records" in outcome.out


def test_days_are_utc_whatever_the_zone_of_the_import(run: Run, tmp_path: Path) -> None:
    """ISO times lack their offset at times: seconds since 1970 win, and without them the times are UTC."""
    text = USAGE.read_text("utf-8").splitlines()
    iso_only = "\n".join([text[0], *(",," + line.split(",", 2)[2] for line in text[1:])])
    assert run("import", USAGE, "--source-tz", "Asia/Shanghai").code == 0
    before = stored(tmp_path)
    assert run("import", written(tmp_path / "iso.csv", iso_only.encode()), "--source-tz", "Asia/Shanghai").code == 0
    assert stored(tmp_path) == before
    assert total(run)["requests"] == 53


def test_the_old_usage_endpoint_is_refused(run: Run, tmp_path: Path) -> None:
    record = {"aggregation_timestamp": DAY, "n_requests": 1, "n_context_tokens_total": 5, "n_generated_tokens_total": 6}
    file = written(tmp_path / "old.json", json.dumps({"object": "list", "data": [record]}).encode())
    outcome = run("import", file)
    assert outcome.code == 1
    assert "of the old /v1/usage, which is not read" in outcome.err


# --- containers ---------------------------------------------------------------------------------------


def test_the_same_buckets_in_any_container_are_stored_once(run: Run, tmp_path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    buckets = [bucket(result(), result(model="other"), start=DAY + number * WIDTH) for number in range(3)]
    buckets.append(bucket(start=DAY + 3 * WIDTH))
    flat = [
        {"start_time": found["start_time"], "end_time": found["end_time"]} | item
        for found in buckets
        for item in found["results"]
    ]
    headings = [name for name in flat[0] if name != "object"]
    table_rows = "\n".join(",".join(str(row[name]) for name in headings) for row in flat)
    files = [
        written(tmp_path / "pages.jsonl", lines([page(*buckets[:2]), page(*buckets[2:])])),
        written(tmp_path / "page.json", json.dumps(page(*buckets), indent=2).encode()),
        written(tmp_path / "array.json", json.dumps(buckets, indent=2).encode()),
        written(tmp_path / "buckets.jsonl", lines(reversed(buckets))),
        written(tmp_path / "rows.csv", f"{','.join(headings)}\n{table_rows}\n".encode()),
    ]
    columns = {name: [row[name] for row in flat] for name in headings}
    parquet.write_table(pa.table(columns), tmp_path / "rows.parquet")
    files.append(tmp_path / "rows.parquet")
    for file in files:
        assert run("import", file).code == 0
        assert len(stored(tmp_path)) == 6, file
        assert total(run)["requests"] == 12
    imports = table(tmp_path / "usage.duckdb", "imports")
    assert [record["new"] for record in imports] == [6, 0, 0, 0, 0, 0]
    assert [record["already_stored"] for record in imports[1:]] == [6, 6, 6, 6, 6]


def test_a_page_of_nothing_but_empty_buckets_is_known(run: Run, tmp_path: Path) -> None:
    assert import_pages(run, tmp_path, page(bucket(), bucket(start=DAY + WIDTH))) == []
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["skipped"]) == ("openai-usage", 2, 2)
    assert skipped_places(run) == []


def test_counts_are_numbers_of_any_form_and_unknown_fields_are_ignored(run: Run, tmp_path: Path) -> None:
    strange = result(num_model_requests="3.0", input_tokens=1e3, output_tokens="7", new_field=[{"a": None}])
    (row,) = import_pages(run, tmp_path, page(bucket(strange, new_field=1)))
    assert (row["requests"], row["input_tokens"], row["output_tokens"]) == ("3", "1000", "7")


def test_results_that_are_no_objects_do_not_cost_their_neighbours(run: Run, tmp_path: Path) -> None:
    (row,) = import_pages(run, tmp_path, page(bucket(results="none"), bucket(7, result())))
    assert row["requests"] == "2"
    assert skipped_places(run) == [[2, 1, "neither usage nor costs"]]


def test_no_text_of_an_unknown_field_is_stored(run: Run, tmp_path: Path) -> None:
    words = "PLANTED-my-diagnosis-is"
    good = page(bucket(result(prompt=words), description=words))
    bad = page(bucket(result(num_model_requests=words), amount(words), start=DAY + WIDTH))
    cut = json.dumps(good)[:-9]
    assert run("import", written(tmp_path / "pages.jsonl", lines([good, bad]) + cut.encode())).code == 0
    assert len(stored(tmp_path)) == 1
    assert words not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, words)


def test_a_secret_for_a_key_is_stored_as_its_fingerprint(run: Run, tmp_path: Path) -> None:
    secret = SECRETS["openai"]
    (row,) = import_pages(run, tmp_path, page(bucket(result(api_key_id=secret))))
    assert len(row["access_key"]) == 12
    assert_nowhere(tmp_path, secret)
