"""Every number of `usage trends` by every interval, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.answers import as_number, column, content, rows
from tests.support.traffic import (
    BUCKETS,
    FOUR_DAYS,
    MORNING,
    TEN_CALLS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]

MEASURES = {
    "cost": "cost_usd",
    "requests": "requests",
    "tokens": "total_tokens",
    "input": "input_tokens",
    "output": "output_tokens",
    "errors": "failed_requests",
}


# --- every measure by every interval ------------------------------------------------------------------

BY_HAND: dict[tuple[str, str], list[tuple[str, ...]]] = {
    ("cost", "day"): [("0.75",), ("0.01",), ("0.02",), ("2.251",)],
    ("cost", "week"): [("0.78",), ("2.251",)],
    ("cost", "month"): [("0.76",), ("2.271",)],
    ("cost", "hour"): [("0",), ("0",), ("2.25",), ("0.001",), ("",)],
    ("requests", "day"): [("3",), ("1",), ("1",), ("4",)],
    ("requests", "week"): [("5",), ("4",)],
    ("requests", "month"): [("4",), ("5",)],
    ("requests", "hour"): [("0",), ("0",), ("3",), ("1",), ("",)],
    ("tokens", "day"): [("380",), ("15",), ("37",), ("1655",)],
    ("tokens", "week"): [("432",), ("1655",)],
    ("tokens", "month"): [("395",), ("1692",)],
    ("tokens", "hour"): [("0",), ("0",), ("1650",), ("5",), ("",)],
    ("input", "day"): [("350",), ("10",), ("30",), ("1505",)],
    ("input", "week"): [("390",), ("1505",)],
    ("input", "month"): [("360",), ("1535",)],
    ("input", "hour"): [("0",), ("0",), ("1500",), ("5",), ("",)],
    ("output", "day"): [("30",), ("5",), ("7",), ("159",)],
    ("output", "week"): [("42",), ("159",)],
    ("output", "month"): [("35",), ("166",)],
    ("output", "hour"): [("0",), ("0",), ("159",), ("0",), ("",)],
    # The share of success is over what is known to have failed or not; without requests there is none.
    ("errors", "day"): [("1", "66.6667"), ("0", "100"), ("0", "100"), ("1", "66.6667")],
    ("errors", "week"): [("1", "80"), ("1", "66.6667")],
    ("errors", "month"): [("1", "75"), ("1", "75")],
    ("errors", "hour"): [("0", ""), ("0", ""), ("0", "100"), ("1", "0"), ("", "")],
    # p95, p50, p99 and samples of what succeeded: of 1000 and 2000, p95 is 1000 + 0.95 × 1000
    ("latency", "day"): [
        ("1950", "1500", "1990", "2"),
        ("300", "300", "300", "1"),
        ("400", "400", "400", "1"),
        ("19500", "15000", "19900", "2"),
    ],
    # of 300, 400, 1000, 2000: p95 is 1000 + 0.85 × 1000, p50 400 + 0.5 × 600, p99 1000 + 0.97 × 1000
    ("latency", "week"): [("1850", "700", "1970", "4"), ("19500", "15000", "19900", "2")],
    # of 300, 1000, 2000: p95 is 1000 + 0.9 × 1000; of 400, 10000, 20000: 10000 + 0.9 × 10000
    ("latency", "month"): [("1900", "1000", "1980", "3"), ("19000", "10000", "19800", "3")],
}
SHOWN = {name: (main,) for name, main in MEASURES.items()} | {
    "errors": ("failed_requests", "success_pct"),
    "latency": ("p95_duration_ms", "p50_duration_ms", "p99_duration_ms", "duration_samples"),
}
# The window cuts the first week and month at their beginning, the last ones at their end, and the first hour.
PARTIAL = {
    "day": ["false"] * 4,
    "week": ["true", "true"],
    "month": ["true", "true"],
    "hour": ["true", "false", "false", "false", "false"],
}


@pytest.mark.parametrize(("measure", "every"), BY_HAND)
def test_every_measure_by_every_interval(add: Add, measure: str, every: str) -> None:
    window = MORNING if every == "hour" else FOUR_DAYS
    found = rows(add(TEN_CALLS)("trends", "--measure", measure, "--every", every, *window, "--format", "csv"))
    assert [row["bucket"] for row in found] == BUCKETS[every]
    assert [row["partial"] for row in found] == PARTIAL[every]
    numbers = [[as_number(row[name]) for name in SHOWN[measure]] for row in found]
    assert numbers == [
        [None if cell == "" else pytest.approx(float(cell), rel=1e-6) for cell in cells]
        for cells in BY_HAND[measure, every]
    ]


def test_latency_by_the_hour(add: Add) -> None:
    """A dash where nothing was timed; the failed request of the fourth hour is no sample."""
    found = column(
        add(TEN_CALLS)("trends", "--measure", "latency", "--every", "hour", *MORNING, "--format", "csv"),
        "p95_duration_ms",
        "p50_duration_ms",
        "p99_duration_ms",
    )
    assert found == [("", "", ""), ("", "", ""), ("19500.0", "15000.0", "19900.0"), ("", "", ""), ("", "", "")]


def test_samples_are_unknown_outside_the_imported_span(add: Add) -> None:
    found = column(
        add(TEN_CALLS)("trends", "--measure", "latency", "--every", "hour", *MORNING, "--format", "csv"),
        "duration_samples",
    )
    assert found == [("0",), ("0",), ("2",), ("0",), ("",)]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("cost", {"cost_usd": "3.031"}),
        ("requests", {"requests": "9"}),
        ("tokens", {"total_tokens": "2087"}),
        ("input", {"input_tokens": "1895"}),
        ("output", {"output_tokens": "201"}),
        ("errors", {"failed_requests": "2", "success_pct": "75"}),
        # of 300, 400, 1000, 2000, 10000, 20000: p50 is 1500, p95 10000 + 0.75 × 10000, p99 10000 + 0.95 × 10000
        (
            "latency",
            {
                "p50_duration_ms": "1500",
                "p95_duration_ms": "17500",
                "p99_duration_ms": "19500",
                "duration_samples": "6",
            },
        ),
    ],
)
def test_totals(add: Add, measure: str, expected: dict[str, str]) -> None:
    found = content(add(TEN_CALLS)("trends", "--measure", measure, *FOUR_DAYS, "--format", "json"))
    assert {name: float(value) for name, value in found["total"].items()} == {
        name: pytest.approx(float(value), rel=1e-12) for name, value in expected.items()
    }
    assert (found["measure"], found["every"], found["by"]) == (measure, "day", [])


def test_by_two_dimensions_of_which_one_is_unknown(add: Add) -> None:
    found = column(
        add(TEN_CALLS)("trends", "--measure", "input", "--by", "key,model", *FOUR_DAYS, "--format", "csv"),
        "bucket",
        "access_key",
        "model",
        "input_tokens",
    )
    # five series in each of four buckets; of the last one's m-b with key k the tokens are unknown
    assert len(found) == 20
    assert {row[:3]: row[3] for row in found if row[3] != "0"} == {
        ("2026-10-30", "k", "m-a"): "300",
        ("2026-10-30", "", "m-b"): "50",
        ("2026-10-31", "", "m-a"): "10",
        ("2026-11-01", "", "m-b"): "30",
        ("2026-11-02", "k", "m-b"): "",
        ("2026-11-02", "k", "m-a"): "1000",
        ("2026-11-02", "j", "m-a"): "505",
    }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--model", "m-a"), ["0.75", "0.01", "0", "2.251"]),
        (("--model", "m-b"), ["0", "0", "0.02", ""]),
        (("--key", "k"), ["0.75", "0", "0", "1.5"]),
        (("--status", "error"), ["0", "0", "0", "0.001"]),
        (("--model", "m-?", "--key", "j"), ["0", "0", "0", "0.751"]),
    ],
)
def test_filters(add: Add, filters: tuple[str, ...], expected: list[str]) -> None:
    """0 where the imports tell of no such request; unknown where they tell of one without a cost."""
    found = column(add(TEN_CALLS)("trends", *FOUR_DAYS, *filters, "--format", "csv"), "cost_usd")
    assert [cost for (cost,) in found] == expected


def test_before_and_after_the_imports_nothing_is_known(add: Add) -> None:
    log = "time,tokens,cost_usd\n2026-11-03T09:10:00Z,5,1\n2026-11-05T09:10:00Z,7,2\n"
    run = add(log)
    window = ("--since", "2026-11-01", "--until", "2026-11-07", "--format", "csv")
    expected = ["", "", "1", "0", "2", "", ""]
    assert [cost for (cost,) in column(run("trends", *window), "cost_usd")] == expected
    hours = ("--since", "2026-11-03T08:00", "--until", "2026-11-03T11:00", "--format", "csv", "--measure", "requests")
    assert column(run("trends", "--every", "hour", *hours), "requests") == [("",), ("1",), ("0",)]
    # with a filter that leaves only one of them, the other day is known to have had none
    days = column(run("trends", *window, "--measure", "tokens"), "total_tokens")
    assert [tokens for (tokens,) in days] == ["", "", "5", "0", "7", "", ""]


def test_all_time_goes_from_the_first_request_to_the_last(add: Add) -> None:
    run = add(TEN_CALLS)
    days = column(run("trends", "--period", "all", "--format", "csv", "--measure", "requests"), "bucket", "requests")
    assert days == list(zip(BUCKETS["day"], ["3", "1", "1", "4"], strict=True))
    hours = column(run("trends", "--period", "all", "--every", "hour", "--format", "csv"), "bucket", "cost_usd")
    assert len(hours) == 14 + 24 + 24 + 10  # from ten o'clock on Friday to nine on Monday
    assert (hours[0], hours[-1]) == (
        ("2026-10-30T10:00:00+00:00", "0.75"),
        ("2026-11-02T09:00:00+00:00", "0.001"),
    )
    only = column(run("trends", "--until", "2026-10-31", "--format", "csv", "--measure", "requests"), "requests")
    assert only == [("3",), ("1",)]


@pytest.mark.parametrize("pattern", [(), ("--by", "weekday"), ("--by", "hour-of-day"), ("--by", "key")])
@pytest.mark.parametrize(
    "window",
    [
        ("--since", "2026-10-31T10:00", "--until", "2026-10-31T11:00"),
        ("--period", "2025-01"),
        ("--since", "2026-11-24", "--until", "2026-11-25"),
    ],
)
def test_an_empty_window_has_no_rows_and_says_so(add: Add, window: tuple[str, ...], pattern: tuple[str, ...]) -> None:
    run = add(TEN_CALLS)
    for measure in ("cost", "latency"):
        outcome = run("trends", *window, *pattern, "--measure", measure, "--format", "csv")
        assert rows(outcome) == []
        assert "no requests in" in outcome.err
        assert content(run("trends", *window, *pattern, "--measure", measure, "--format", "json"))["rows"] == []


def test_requests_without_a_duration_are_not_denied(add: Add) -> None:
    run = add("time,tokens\n2026-11-20T09:00:00Z,5\n2026-11-20T10:00:00Z,5\n")
    assert "no requests" not in run("trends", "--measure", "latency").err
    assert "no requests" not in run("trends", "--measure", "latency", "--period", "all").err


def test_since_the_beginning_of_the_calendar(add: Add) -> None:
    run = add(TEN_CALLS)
    window = ("--since", "0001-01-02", "--until", "0001-01-03", "--format", "csv")
    assert run("stats", *window).code == 0
    assert run("trends", *window).code == 0


def test_latency_leaves_out_what_failed_and_what_has_no_duration(add: Add) -> None:
    log = "time,tokens,status,latency (ms)\n" + "".join(
        f"2026-11-20T09:{minute:02}:00Z,1,{status},{duration}\n"
        for minute, (status, duration) in enumerate(
            [("ok", 100), ("ok", 300), ("error", 99999), ("", 200), ("ok", ""), ("ok", 0)]
        )
    )
    found = rows(add(log)("trends", "--measure", "latency", "--last", "7d", "--format", "csv"))
    known = [row for row in found if row["p50_duration_ms"]]
    # of 0, 100, 200, 300: the unknown outcome counts as not failed
    assert [(row["bucket"], row["p50_duration_ms"], row["duration_samples"]) for row in known] == [
        ("2026-11-20", "150.0", "4")
    ]
    assert float(known[0]["p95_duration_ms"]) == pytest.approx(285)
    assert float(known[0]["p99_duration_ms"]) == pytest.approx(297)


def test_latency_is_of_single_requests_where_a_statement_counts(add: Add) -> None:
    """20 of 22 are 90.9 %: the statement counts, but says nothing of durations (or this is to be said in a note)."""
    log = "time,tokens,cost_usd,latency (ms)\n" + "".join(
        f"2026-11-20T10:{minute:02}:00Z,10,0.01,{100 + minute}\n" for minute in range(20)
    )
    add(log)
    run = add("date,requests,tokens,cost_usd\n2026-11-20,22,220,0.22\n", "statement.csv")
    window = ("--since", "2026-11-20", "--until", "2026-11-20", "--measure", "latency", "--format", "csv")
    assert column(run("trends", *window), "p50_duration_ms", "duration_samples") == [("109.5", "20")]


# --- statements ---------------------------------------------------------------------------------------


def test_a_statement_that_sticks_out_of_its_bucket_makes_it_partial(add: Add) -> None:
    """Days of Shanghai begin at 16:00 UTC the day before, to which they are counted wholly."""
    run = add(
        "date,requests,tokens\n2026-11-16,5,50\n2026-11-17,3,30\n2026-11-19,1,10\n",
        "days.csv",
        "--source-tz",
        "Asia/Shanghai",
    )
    window = ("--since", "2026-11-15", "--until", "2026-11-19", "--measure", "requests", "--format", "csv")
    assert column(run("trends", *window), "bucket", "requests", "partial") == [
        ("2026-11-15", "5", "true"),
        ("2026-11-16", "3", "true"),
        ("2026-11-17", "0", "true"),  # that of the 17th in Shanghai reaches into it
        ("2026-11-18", "1", "true"),
        ("2026-11-19", "0", "true"),
    ]
    # that of the 16th in Shanghai begins on Sunday in UTC, and sticks out of its week
    weeks = column(run("trends", *window, "--every", "week"), "bucket", "requests", "partial")
    assert weeks == [("2026-11-09", "5", "true"), ("2026-11-16", "4", "true")]
    shanghai = column(run("trends", *window, "--tz", "Asia/Shanghai"), "bucket", "requests", "partial")
    assert shanghai[:4] == [
        ("2026-11-15", "", "false"),
        ("2026-11-16", "5", "false"),
        ("2026-11-17", "3", "false"),
        ("2026-11-18", "0", "false"),
    ]
    hours = column(
        run("trends", "--since", "2026-11-15T15:00", "--until", "2026-11-15T18:00", *window[4:], "--every", "hour"),
        "requests",
        "partial",
    )
    assert hours == [("", "false"), ("5", "true"), ("", "true")]


def test_the_statement_of_a_month_sticks_out_of_its_first_day(add: Add) -> None:
    run = add("Date,Model,Cost (USD)\n2026-08,a,12.5\n2026-09,a,7.25\n")
    window = ("--since", "2026-08-30", "--until", "2026-09-02", "--format", "csv")
    assert column(run("trends", *window), "bucket", "cost_usd", "partial") == [
        ("2026-08-30", "0", "false"),
        ("2026-08-31", "0", "false"),
        ("2026-09-01", "7.25", "true"),
        ("2026-09-02", "", "true"),  # of a day within a statement nothing is known
    ]
    months = ("--since", "2026-08-01", "--until", "2026-09-30", "--every", "month", "--format", "csv")
    assert column(run("trends", *months), "bucket", "cost_usd", "partial") == [
        ("2026-08-01", "12.5", "false"),
        ("2026-09-01", "7.25", "false"),
    ]


def test_a_statement_counts_in_the_window_that_holds_its_start(add: Add) -> None:
    run = add("date,requests,tokens,cost_usd\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n")
    cut = ("--since", "2026-11-18T12:00", "--until", "2026-11-20T12:00", "--format", "csv")
    assert column(run("trends", *cut), "bucket", "cost_usd", "partial") == [
        ("2026-11-18", "0", "true"),
        ("2026-11-19", "2", "false"),
        ("2026-11-20", "4", "true"),
    ]
    weekdays = ("trends", "--by", "weekday", "--since", "2026-11-18", "--until", "2026-11-19", "--format", "csv")
    assert column(run(*weekdays), "weekday", "cost_usd") == [("Wednesday", "1"), ("Thursday", "2")]


def test_the_imports_of_a_statement_reach_to_the_end_of_its_last_bucket(add: Add) -> None:
    run = add("date,requests,tokens,cost_usd\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n")
    window = ("--since", "2026-11-20", "--until", "2026-11-20T03:00", "--every", "hour", "--format", "csv")
    within = [("4", "true"), ("", "true"), ("", "true")]
    assert column(run("trends", *window), "cost_usd", "partial") == within
    assert column(run("stats", *window), "cost_usd", "partial") == within
    days = ("--since", "2026-11-20", "--until", "2026-11-21", "--every", "day", "--format", "csv")
    assert column(run("trends", *days), "cost_usd", "partial") == [("4", "false"), ("", "false")]


def test_statements_of_months_make_no_day_stand_out(add: Add) -> None:
    run = add("Date,Model,Cost (USD)\n" + "".join(f"2026-{month:02},a,5\n" for month in range(1, 12)))
    found = column(run("trends", "--last", "90d", "--format", "csv"), "cost_usd", "unusual")
    assert {unusual for cost, unusual in found if cost == "5"} == {""}
