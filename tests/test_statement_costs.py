"""What was billed stands in a statement of its own: the costs of providers' reports beside their usage."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

USAGE = """date,model,requests,input tokens,output tokens
2026-11-10,gpt-4o-2024-08-06,10,1000000,100000
2026-11-10,gpt-4o-mini,5,1000000,100000
2026-11-11,gpt-4o-mini,5,1000000,100000
"""
# A day of it, with something that has no model.
COST = """date,model,cost
2026-11-10,gpt-4o-2024-08-06,2.00
2026-11-10,gpt-4o-mini,0.20
2026-11-10,,0.05
"""
# At 0.15 and 0.60 per million; gpt-4o at 2.50 and 10.00.
MINI = Decimal("0.21")
WHOLE = Decimal("3.50")


@pytest.fixture
def imported(import_text: Run) -> Callable[..., None]:
    """Import texts as CSV files of OpenAI's host, in their order."""

    def import_(*texts: str) -> None:
        for number, text in enumerate(texts):
            constants = ("--set", "provider=openai", "--set", "host=api.openai.com")
            assert import_text(text, f"{number}.csv", *constants, "--source-tz", "UTC").code == 0

    return import_


def answer(run: Run, *arguments: str) -> dict[str, Any]:
    outcome = run(*arguments, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    found: dict[str, Any] = json.loads(outcome.out, parse_float=Decimal)
    return found


def by_model(run: Run, *arguments: str) -> dict[str | None, tuple[Any, Any]]:
    rows = answer(run, "stats", "--by", "model", *arguments)["rows"]
    return {row["model"]: (row["requests"], row["cost_usd"]) for row in rows}


@pytest.mark.parametrize("order", [(USAGE, COST), (COST, USAGE)])
def test_what_was_billed_is_the_cost_of_its_days(
    run: Run, imported: Callable[..., None], order: tuple[str, ...]
) -> None:
    imported(*order)
    found = answer(run, "stats")
    assert (found["total"]["requests"], found["total"]["cost_usd"]) == (20, Decimal("2.25") + MINI)
    assert (found["total"]["unpriced_requests"], found["total"]["unmetered_requests"]) == (0, 0)
    basis = found["cost_basis"]
    assert (basis["billed_requests"], basis["billed_usd"]) == (15, Decimal("2.25"))
    assert (basis["list_requests"], basis["list_usd"]) == (5, MINI)
    assert by_model(run) == {
        "gpt-4o-2024-08-06": (10, Decimal("2.00")),
        "gpt-4o-mini": (10, Decimal("0.20") + MINI),
        None: (None, Decimal("0.05")),
    }


def test_a_list_price_is_asked_for_without_the_bill(run: Run, imported: Callable[..., None]) -> None:
    imported(USAGE, COST)
    assert by_model(run, "--cost", "list") == {"gpt-4o-2024-08-06": (10, WHOLE), "gpt-4o-mini": (10, 2 * MINI)}
    found = answer(run, "stats", "--cost", "reported")
    assert (found["total"]["cost_usd"], found["cost_basis"]["unreported_requests"]) == (Decimal("2.25"), 5)


def test_a_filter_takes_its_part_of_the_bill(run: Run, imported: Callable[..., None]) -> None:
    """A filter by something that the bill does not name leaves list prices: nobody knows that part of it."""
    keyed = USAGE.replace("date,model", "date,key,model").replace("-10,gpt", "-10,team,gpt").replace("-11,", "-11,me,")
    imported(keyed, COST)
    assert answer(run, "stats", "--model", "gpt-4o-mini")["total"]["cost_usd"] == Decimal("0.20") + MINI
    assert answer(run, "stats", "--key", "team")["total"]["cost_usd"] == WHOLE + MINI
    assert answer(run, "stats")["total"]["cost_usd"] == Decimal("2.25") + MINI


def test_the_cost_of_a_token_is_that_of_the_bill(run: Run, imported: Callable[..., None]) -> None:
    imported(USAGE, COST)
    rows = {row["model"]: row for row in answer(run, "models")["rows"]}
    assert rows["gpt-4o-2024-08-06"]["cost_per_request_usd"] == Decimal("0.2")
    assert rows["gpt-4o-2024-08-06"]["cost_per_1k_output_usd"] == Decimal("0.02")
    # $0.41 for 2.2 million tokens and 10 requests.
    assert rows["gpt-4o-mini"]["cost_per_million_tokens_usd"] == pytest.approx(Decimal("0.186363636364"))
    assert rows["gpt-4o-mini"]["cost_per_request_usd"] == Decimal("0.041")


def test_a_bill_of_other_names_leaves_the_cost_of_a_model_unknown(run: Run, imported: Callable[..., None]) -> None:
    imported(USAGE, "date,model,cost\n2026-11-10,GPT-4o,2.00\n2026-11-11,GPT-4o mini,0.10\n")
    assert answer(run, "stats")["total"]["cost_usd"] == Decimal("2.1")
    assert by_model(run)["gpt-4o-2024-08-06"] == (10, None)
    assert by_model(run)["GPT-4o"] == (None, Decimal(2))
    # Of that model alone nobody knows the bill.
    assert answer(run, "stats", "--model", "gpt-4o-2024-08-06")["total"]["cost_usd"] == WHOLE


def test_usage_that_says_what_was_billed_needs_no_bill(run: Run, imported: Callable[..., None]) -> None:
    imported("date,model,requests,cost\n2026-11-10,gpt-4o-mini,5,2.24\n", COST)
    assert answer(run, "stats")["total"]["cost_usd"] == Decimal("2.24")


def test_a_bill_alone_is_counted(run: Run, imported: Callable[..., None]) -> None:
    imported(COST)
    total = answer(run, "stats")["total"]
    assert (total["requests"], total["cost_usd"]) == (None, Decimal("2.25"))
    assert total["total_tokens"] is None


def test_requests_are_billed_as_one_sum(run: Run, imported: Callable[..., None]) -> None:
    """What was billed is the cost of the day, however many of its requests are known; nobody knows a part of it."""
    requests = "time,model,input tokens,output tokens\n2026-11-10T10:00:00Z,gpt-4o-mini,1000000,100000\n"
    imported(requests, COST)
    found = answer(run, "stats")
    assert (found["total"]["requests"], found["total"]["cost_usd"]) == (1, Decimal("2.25"))
    assert (found["cost_basis"]["billed_requests"], found["total"]["unpriced_requests"]) == (1, 0)
    assert by_model(run)["gpt-4o-mini"] == (1, Decimal("0.20"))
    assert answer(run, "stats", "--model", "gpt-4o-mini")["total"]["cost_usd"] == MINI
    assert answer(run, "stats", "--cost", "list")["total"]["cost_usd"] == MINI
    assert answer(run, "requests")["rows"][0]["cost_usd"] == MINI
    assert answer(run, "stats", "--count", "requests")["total"]["cost_usd"] == MINI
    assert answer(run, "stats", "--count", "statements")["total"]["cost_usd"] == Decimal("2.25")
    imported(USAGE)
    assert answer(run, "stats")["total"]["cost_usd"] == Decimal("2.25") + MINI
    assert answer(run, "stats", "--count", "requests")["total"]["cost_usd"] == MINI


def test_a_bill_for_a_month_of_statements_and_requests_is_counted_once(run: Run, imported: Callable[..., None]) -> None:
    """The requests of one day cover its statement; the bill is that of both."""
    requests = "".join(f"2026-11-11T1{hour}:00:00Z,gpt-4o-mini,1000,100\n" for hour in range(5))
    imported(USAGE, "date,cost\n2026-11,9.99\n", "time,model,input tokens,output tokens\n" + requests)
    total = answer(run, "stats", "--period", "this-month")["total"]
    assert (total["requests"], total["input_tokens"], total["cost_usd"]) == (20, 2_005_000, Decimal("9.99"))


def test_usage_that_says_a_part_of_the_bill_leaves_it_whole(run: Run, imported: Callable[..., None]) -> None:
    imported("date,model,requests,cost\n2026-11-10,m,5,0.40\n", "date,cost\n2026-11,12.34\n")
    assert answer(run, "stats", "--period", "this-month")["total"]["cost_usd"] == Decimal("12.34")


def test_a_bill_for_the_month_is_that_of_its_days(run: Run, imported: Callable[..., None]) -> None:
    imported(USAGE, "date,cost\n2026-11,9.99\n")
    found = answer(run, "stats", "--period", "this-month")
    assert (found["total"]["requests"], found["total"]["cost_usd"]) == (20, Decimal("9.99"))


def test_table_and_csv_say_the_same(run: Run, imported: Callable[..., None]) -> None:
    imported(USAGE, COST)
    table = run("stats", "--by", "model").out
    assert "$2.46" in table
    assert "$2.25 as billed (15 requests)" in table
    rows = run("stats", "--by", "model", "--format", "csv").out.splitlines()
    place = rows[0].split(",").index("cost_usd")
    assert sum(Decimal(row.split(",")[place]) for row in rows[1:]) == Decimal("2.46")


# --- widths -------------------------------------------------------------------------------------------

DAY = "date,model,requests\n2026-11-10,m,1000\n"


def hours(*requests: int) -> str:
    """The first hours of that day."""
    rows = (f"2026-11-10T{hour:02}:00:00Z,m,{number}\n" for hour, number in enumerate(requests))
    return "time,model,requests\n" + "".join(rows)


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("finer", "expected"), [((500, 450), 950), ((500, 449), 1000), ((500, 700), 1200)])
def test_finer_buckets_count_where_they_tell_of_all_of_it(
    run: Run, imported: Callable[..., None], finer: tuple[int, ...], expected: int, order: int
) -> None:
    imported(*(DAY, hours(*finer))[::order])
    assert answer(run, "stats")["total"]["requests"] == expected


def test_of_three_widths_each_span_is_told_once(run: Run, imported: Callable[..., None]) -> None:
    """The days tell of the month, and the hours of one of them: the other days stay days."""
    imported("date,model,requests\n2026-11,m,1030\n", DAY + "2026-11-11,m,30\n", hours(500, 480))
    assert answer(run, "stats", "--period", "this-month")["total"]["requests"] == 980 + 30


def test_a_bill_that_begins_before_the_window_is_not_nothing(run: Run, imported: Callable[..., None]) -> None:
    imported(hours(60, 60), "date,cost\n2026-11-10,24.00\n")
    first = ("--since", "2026-11-10T00:00", "--until", "2026-11-10T01:00")
    second = ("--since", "2026-11-10T01:00", "--until", "2026-11-10T02:00")
    assert answer(run, "stats", *first)["total"]["cost_usd"] == 24
    found = answer(run, "stats", *second)
    assert (found["total"]["requests"], found["total"]["cost_usd"]) == (60, None)
    assert found["cost_basis"]["billed_outside_requests"] == 60
    assert "Not in the cost: 60 requests on a bill that begins outside of this window." in run("stats", *second).out


def test_a_request_of_unknown_host_is_of_the_place_of_its_provider(run: Run, tmp_path: Path) -> None:
    """A trace without the address of its server, beside the provider's own report: never both."""
    stated = tmp_path / "report.csv"
    stated.write_text("date,model,requests,input tokens,output tokens\n2026-11-10,m,2,300,30\n", "utf-8")
    constants = ("--set", "provider=openai", "--set", "host=api.openai.com", "--source-tz", "UTC")
    assert run("import", stated, *constants).code == 0
    seen = tmp_path / "trace.csv"
    lines = [f"2026-11-10T0{hour}:00:00Z,m,100,10\n" for hour in (1, 2)]
    seen.write_text("time,model,input tokens,output tokens\n" + lines[0], "utf-8")
    assert run("import", seen, "--set", "provider=openai").code == 0
    found = answer(run, "stats")
    assert (found["total"]["requests"], found["total"]["input_tokens"]) == (2, 300), "the statement counts"
    assert answer(run, "stats", "--count", "requests")["total"]["input_tokens"] == 100
    seen.write_text("time,model,input tokens,output tokens\n" + "".join(lines), "utf-8")
    assert run("import", seen, "--set", "provider=openai").code == 0
    found = answer(run, "stats")
    assert (found["total"]["requests"], found["total"]["input_tokens"]) == (2, 200), "the requests count"
    # Of two places, nobody knows which one it was.
    other = tmp_path / "other.csv"
    other.write_bytes(stated.read_bytes())
    assert run("import", other, "--set", "provider=openai", "--set", "host=eu.api.openai.com").code == 0
    assert answer(run, "stats")["total"]["requests"] == 6


def test_rows_that_do_not_say_how_many_requests_are_named(run: Run, imported: Callable[..., None]) -> None:
    """They have to count as something in the numbers of what is priced, but nobody is told that it was one request."""
    imported("date,model,input tokens,output tokens\n2026-11-10,gpt-4o-mini,1000,10\n2026-11-11,gpt-4o-mini,1000,10\n")
    found = answer(run, "stats")
    assert found["total"]["requests"] is None
    assert (found["cost_basis"]["list_requests"], found["cost_basis"]["uncounted_rows"]) == (2, 2)
    said = "2 rows of statements do not say of how many requests they are; each is taken as one here."
    assert said in " ".join(run("stats").out.split())


# --- tokens, and hours --------------------------------------------------------------------------------


def test_a_statement_whose_parts_do_not_add_up_keeps_the_total(run: Run, import_text: Run) -> None:
    log = "date,model,requests,input tokens,output tokens,total tokens\n"
    log += "2026-11-20,a,3,100,50,1350\n2026-11-20,b,3,100,50,150\n2026-11-21,b,1,7,3,\n"
    assert "1 record whose parts do not add up to the total; only that is kept" in import_text(log).out
    found = run("stats", "--by", "model", "--format", "json").json["rows"]
    tokens = {row["model"]: (row["input_tokens"], row["output_tokens"], row["total_tokens"]) for row in found}
    assert tokens == {"a": (None, None, 1350), "b": (107, 53, 160)}


def test_one_row_that_does_not_add_up_takes_the_parts_of_its_bucket(run: Run, import_text: Run) -> None:
    log = "date,model,requests,input tokens,output tokens,total tokens\n"
    log += "2026-11-20,a,3,100,50,1350\n2026-11-20,a,3,100,50,150\n2026-11-20,a,1,7,3,\n"
    import_text(log)
    total = run("stats", "--format", "json").json["total"]
    assert (total["input_tokens"], total["output_tokens"], total["total_tokens"]) == (None, None, 1510)


def test_days_have_no_hour(run: Run, import_text: Run) -> None:
    import_text("date,model,requests,input tokens\n2026-11-20,a,24,2400\n", "daily.csv")
    import_text(
        "time,model,requests,input tokens\n2026-11-21T05:00:00Z,a,3,30\n2026-11-21T06:00:00Z,a,4,40\n", "hourly.csv"
    )
    for by, expected in {"hour-of-day": {5: 3, 6: 4}, "weekday": {"Friday": 24, "Saturday": 7}}.items():
        command = ("trends", "--measure", "requests", "--by", by)
        found = run(*command, "--format", "json").json["rows"]
        assert {row[by.replace("-", "_")]: row["requests"] for row in found if row["requests"]} == expected
        is_told = "Statements of whole days have no hour and are left out." in run(*command).out
        assert is_told == (by == "hour-of-day")
