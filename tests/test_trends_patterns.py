"""`usage trends` by weekday and hour of the day, worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from tests.support.answers import column, rows
from tests.support.traffic import (
    DAY,
    FOUR_DAYS,
    LONG_AND_SHORT_DAYS,
    TEN_CALLS,
    WEEK_DAYS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]


# --- patterns -----------------------------------------------------------------------------------------


def test_patterns_by_hand(add: Add) -> None:
    """Nine calls from Friday 10:10 to Monday 09:15; an hour or a weekday is as long as the imports cover it."""
    run = add(TEN_CALLS)
    window = ("--period", "all", "--format", "csv")
    found = rows(run("trends", "--by", "weekday", "--measure", "requests", *window))
    assert [(row["weekday"], row["requests"]) for row in found] == [
        ("Monday", "4"),
        ("Friday", "3"),
        ("Saturday", "1"),
        ("Sunday", "1"),
    ]
    # per day: 4 in nine hours and a half (the quarter of an hour that holds the last call is covered to its end), 3 in
    # 14 hours (that of the first is covered from its beginning), 1 in 24
    means = [float(row["mean_requests"]) for row in found]
    assert means == [pytest.approx(each) for each in (4 / 9.5 * 24, 3 / 14 * 24, 1, 1)]
    hours: dict[str, tuple[object, object]] = {
        row["hour_of_day"]: (row["requests"], float(row["mean_requests"]))
        for row in rows(run("trends", "--by", "hour-of-day", "--measure", "requests", *window))
    }
    assert list(hours) == [str(hour) for hour in range(24)]
    assert hours["10"] == ("2", pytest.approx(2 / 3))
    # nine o'clock twice, and for half an hour on Monday
    assert hours["9"] == ("1", pytest.approx(1 / 2.5))
    assert hours["8"] == ("3", pytest.approx(1))
    assert hours["7"] == ("0", 0)
    assert hours["12"] == ("1", pytest.approx(1 / 3))
    assert hours["0"] == ("1", pytest.approx(1 / 3))
    assert hours["23"] == ("1", pytest.approx(1 / 3))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("cost", {"cost_usd": "2.251"}),
        ("tokens", {"total_tokens": "1655"}),
        ("input", {"input_tokens": "1505"}),
        ("output", {"output_tokens": "159"}),
        ("errors", {"failed_requests": "1", "success_pct": "66.66666666666666"}),
        (
            "latency",
            {
                "p50_duration_ms": "15000.0",
                "p95_duration_ms": "19500.0",
                "p99_duration_ms": "19900.0",
                "duration_samples": "2",
            },
        ),
    ],
)
def test_every_measure_by_weekday(add: Add, measure: str, expected: dict[str, str]) -> None:
    found = rows(
        add(TEN_CALLS)("trends", "--by", "weekday", "--measure", measure, "--period", "all", "--format", "csv")
    )
    monday = next(row for row in found if row["weekday"] == "Monday")
    numbers = {name: float(monday[name]) for name in expected}
    assert numbers == {name: pytest.approx(float(value)) for name, value in expected.items()}


def test_patterns_by_a_dimension(add: Add) -> None:
    found = rows(
        add(TEN_CALLS)("trends", "--by", "key,weekday", "--measure", "requests", *FOUR_DAYS, "--format", "csv")
    )
    assert list(found[0]) == ["access_key", "weekday", "requests", "mean_requests"]
    assert {(row["access_key"], row["weekday"]): row["requests"] for row in found} == {
        ("k", "Friday"): "2", ("j", "Friday"): "0", ("", "Friday"): "1",
        ("k", "Saturday"): "0", ("j", "Saturday"): "0", ("", "Saturday"): "1",
        ("k", "Sunday"): "0", ("j", "Sunday"): "0", ("", "Sunday"): "1",
        ("k", "Monday"): "2", ("j", "Monday"): "2", ("", "Monday"): "0",
    }  # fmt: skip


@pytest.mark.parametrize("pattern", ["hour-of-day", "weekday", "hour-of-day,weekday"])
def test_the_last_request_is_in_the_pattern(add: Add, pattern: str) -> None:
    run = add("time,tokens\n2026-11-19T23:00:00Z,1\n2026-11-20T00:00:00Z,2\n")
    found = column(run("trends", "--by", pattern, "--measure", "tokens", "--format", "csv"), "total_tokens")
    assert sum(int(tokens) for (tokens,) in found) == 3


def test_a_single_request_has_a_pattern(add: Add) -> None:
    run = add("time,tokens\n2026-11-20T09:30:00Z,7\n")
    outcome = run("trends", "--by", "hour-of-day", "--measure", "tokens", "--format", "csv")
    assert column(outcome, "hour_of_day", "total_tokens") == [("9", "7")]


def test_the_last_day_of_a_statement_is_in_the_pattern(add: Add) -> None:
    run = add("date,requests,tokens,cost_usd\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n")
    outcome = run("trends", "--by", "weekday", "--format", "csv")
    assert column(outcome, "weekday", "cost_usd", "mean_cost_usd") == [
        ("Wednesday", "1", "1.0"),
        ("Thursday", "2", "2.0"),
        ("Friday", "4", "4.0"),
    ]


def test_the_last_moment_of_the_imports_is_no_hour_of_thousands(add: Add) -> None:
    """One request in each hour, one second past its beginning."""
    run = add("time,tokens\n" + "".join(f"2026-11-20T0{hour}:00:01Z,1\n" for hour in range(6, 10)))
    found = rows(run("trends", "--by", "hour-of-day", "--measure", "requests", "--format", "csv"))
    assert [(row["hour_of_day"], row["requests"]) for row in found] == [(str(hour), "1") for hour in range(6, 10)]
    assert max(float(row["mean_requests"]) for row in found) <= 4


@pytest.mark.parametrize(
    ("zone", "sunday", "hours"),
    [case for case in LONG_AND_SHORT_DAYS if date.fromisoformat(case[1]).weekday() == 6],
)
def test_the_weekday_on_which_the_clock_changes(quarters: Run, zone: str, sunday: str, hours: float) -> None:
    """One request a quarter of an hour: 96 in a day of 24 hours, however long the day is."""
    monday = str(date.fromisoformat(sunday) - 6 * DAY)
    outcome = quarters("trends", "--by", "weekday", "--since", monday, "--until", sunday, "--tz", zone)
    assert [(name, int(tokens), float(mean)) for name, tokens, mean in column(
        outcome, "weekday", "total_tokens", "mean_total_tokens"
    )] == [(name, 4 * hours if name == "Sunday" else 96, 96.0) for name in WEEK_DAYS]  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Paris", "2026-10-25", {2: 8}),
        ("Europe/Paris", "2026-03-29", {2: 0}),
        ("America/New_York", "2026-11-01", {1: 8}),
        ("America/New_York", "2026-03-08", {2: 0}),
        ("Australia/Lord_Howe", "2026-04-05", {1: 6}),
        ("Australia/Lord_Howe", "2026-10-04", {2: 2}),
        ("Asia/Kolkata", "2026-10-25", {}),
        ("Pacific/Kiritimati", "2026-11-10", {}),
        ("Etc/GMT+12", "2026-11-10", {}),
        ("America/Santiago", "2026-04-04", {23: 8}),
        ("America/Santiago", "2026-09-06", {0: 0}),
        ("Atlantic/Azores", "2026-10-25", {0: 8}),
    ],
)
def test_the_hours_of_a_day_on_which_the_clock_changes(
    quarters: Run, zone: str, day: str, expected: dict[int, int]
) -> None:
    """An hour that comes twice holds twice as much, and as much per hour; one that is skipped is no row."""
    outcome = quarters("trends", "--by", "hour-of-day", "--since", day, "--until", day, "--tz", zone)
    found = {int(hour): (int(tokens), float(mean)) for hour, tokens, mean in column(
        outcome, "hour_of_day", "total_tokens", "mean_total_tokens"
    )}  # fmt: skip
    numbers = dict.fromkeys(range(24), 4) | expected
    assert found == {hour: (number, 4.0) for hour, number in numbers.items() if number}


def test_a_pattern_of_a_window_with_odd_ends(quarters: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """From 09:07:33 to 12:07:33; the imports end at twelve, of whose hour nothing is covered."""
    monkeypatch.setenv("USAGE_NOW", "2026-11-23T12:07:33Z")
    found = column(
        quarters("trends", "--by", "hour-of-day", "--last", "3h"), "hour_of_day", "total_tokens", "mean_total_tokens"
    )[:3]
    assert [(hour, tokens) for hour, tokens, _ in found] == [("9", "3"), ("10", "4"), ("11", "4")]
    # of nine o'clock 52 minutes and 27 seconds
    assert float(found[0][2]) == pytest.approx(3 / ((52 * 60 + 27) / 3600))
    assert [float(mean) for *_, mean in found[1:]] == [4, 4]
