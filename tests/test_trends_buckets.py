"""The buckets of `usage trends` and `usage stats`: days of 23 and 25 hours, half-hour zones, partial ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from instagen_usage_cli.choices import INTERVALS
from tests.support.answers import column, content
from tests.support.traffic import (
    DAY,
    DENSE_TO,
    FOUR_DAYS,
    LONG_AND_SHORT_DAYS,
    QUARTER,
    TEN_CALLS,
    TWO_MIDNIGHTS,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]


# --- days of 23 and 25 hours, half-hour zones, the ends of the earth -------------------------------------


@pytest.mark.parametrize("report", ["trends", "stats"])
@pytest.mark.parametrize(("zone", "day", "hours"), [*LONG_AND_SHORT_DAYS, *TWO_MIDNIGHTS])
def test_a_day_has_as_many_hours_as_the_clock_gives_it(
    quarters: Run, report: str, zone: str, day: str, hours: float
) -> None:
    before, after = (str(date.fromisoformat(day) + number * DAY) for number in (-1, 1))
    outcome = quarters(report, "--every", "day", "--since", before, "--until", after, "--tz", zone)
    assert column(outcome, "bucket", "total_tokens", "partial") == [
        (before, "96", "false"),
        (day, f"{4 * hours:.0f}", "false"),
        (after, "96", "false"),
    ]


@pytest.mark.parametrize("report", ["trends", "stats"])
@pytest.mark.parametrize(("zone", "day", "hours"), LONG_AND_SHORT_DAYS)
def test_a_day_alone_is_one_bucket(quarters: Run, report: str, zone: str, day: str, hours: float) -> None:
    outcome = quarters(report, "--every", "day", "--since", day, "--until", day, "--tz", zone)
    assert column(outcome, "bucket", "total_tokens", "partial") == [(day, f"{4 * hours:.0f}", "false")]


@pytest.mark.parametrize("report", ["trends", "stats"])
@pytest.mark.parametrize(("zone", "day", "hours"), TWO_MIDNIGHTS)
def test_a_day_of_two_midnights_alone_is_one_bucket(
    quarters: Run, report: str, zone: str, day: str, hours: float
) -> None:
    outcome = quarters(report, "--every", "day", "--since", day, "--until", day, "--tz", zone)
    assert column(outcome, "bucket", "total_tokens", "partial") == [(day, f"{4 * hours:.0f}", "false")]


def test_the_first_hour_of_a_day_of_two_midnights_is_in_a_row(quarters: Run) -> None:
    window = ("--since", "2026-10-24", "--until", "2026-10-25T00:30:00+00:00", "--tz", "Atlantic/Azores")
    for report in ("stats", "trends"):
        outcome = quarters(report, "--every", "day", *window)
        assert column(outcome, "bucket", "total_tokens", "partial") == [
            ("2026-10-24", "96", "false"),
            ("2026-10-25", "2", "true"),
        ]


def hours_of(quarters: Run, report: str, zone: str, day: str) -> list[tuple[datetime, int]]:
    outcome = quarters(report, "--every", "hour", "--since", day, "--until", day, "--tz", zone)
    found = column(outcome, "bucket", "total_tokens", "partial")
    assert {partial for *_, partial in found} == {"false"}
    return [(datetime.fromisoformat(bucket), int(tokens)) for bucket, tokens, _ in found]


@pytest.mark.parametrize("report", ["trends", "stats"])
@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        *(case for case in [*LONG_AND_SHORT_DAYS, *TWO_MIDNIGHTS] if case[0] != "Australia/Lord_Howe"),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ],
)
def test_an_hour_holds_what_lies_between_its_start_and_the_next(
    quarters: Run, report: str, zone: str, day: str, hours: float
) -> None:
    found = hours_of(quarters, report, zone, day)
    assert sum(tokens for _, tokens in found) == 4 * hours
    starts = [start for start, _ in found]
    assert starts == sorted(set(starts))
    assert [tokens for _, tokens in found[:-1]] == [(next_ - start) // QUARTER for start, next_ in pairwise(starts)]


@pytest.mark.parametrize(
    ("zone", "window", "expected"),
    [
        # November 2026 begins on a Sunday; October has 31 days and, in Paris, an hour more
        (
            "Europe/Paris",
            ("2026-10-01", "2026-11-30"),
            [("2026-10-01", 31 * 96 + 4, "false"), ("2026-11-01", 0, "true")],
        ),
        ("Asia/Kolkata", ("2026-10-01", "2026-11-30"), [("2026-10-01", 31 * 96, "false"), ("2026-11-01", 0, "true")]),
        ("Europe/Paris", ("2026-03-02", "2026-03-31"), [("2026-03-01", 30 * 96 - 4, "true")]),
    ],
)
def test_months(quarters: Run, zone: str, window: tuple[str, str], expected: list[tuple[str, int, str]]) -> None:
    """The running month holds what there is so far: from its beginning in the zone to twelve o'clock UTC."""
    begin = datetime(2026, 11, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    so_far = (DENSE_TO - begin) // QUARTER + 1
    for report in ("trends", "stats"):
        outcome = quarters(report, "--every", "month", "--since", window[0], "--until", window[1], "--tz", zone)
        found = [
            (bucket, int(tokens), partial)
            for bucket, tokens, partial in column(outcome, "bucket", "total_tokens", "partial")
        ]
        assert found == [(bucket, number or so_far, partial) for bucket, number, partial in expected]


def test_weeks_begin_on_monday_in_the_zone(quarters: Run) -> None:
    for report in ("trends", "stats"):
        outcome = quarters(
            report, "--every", "week", "--since", "2026-10-20", "--until", "2026-11-01", "--tz", "America/New_York"
        )
        assert column(outcome, "bucket", "total_tokens", "partial") == [
            ("2026-10-19", str(6 * 96), "true"),
            ("2026-10-26", str(7 * 96 + 4), "false"),
        ]


# --- partial buckets ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # from 09:07:33 to 12:07:33, which is 14:37:33 to 17:37:33 in Kolkata, where an hour begins at half past
        ("UTC", [("09:00:00+00:00", 3, "true"), ("10:00:00+00:00", 4, "false"), ("11:00:00+00:00", 4, "false"),
                 ("12:00:00+00:00", 1, "true")]),
        ("Asia/Kolkata", [("14:00:00+05:30", 1, "true"), ("15:00:00+05:30", 4, "false"),
                          ("16:00:00+05:30", 4, "false"), ("17:00:00+05:30", 3, "true")]),
    ],
)  # fmt: skip
def test_a_rolling_window_with_odd_ends(
    quarters: Run, monkeypatch: pytest.MonkeyPatch, zone: str, expected: list[tuple[str, int, str]]
) -> None:
    monkeypatch.setenv("USAGE_NOW", "2026-11-23T12:07:33Z")
    for report in ("trends", "stats"):
        found = column(
            quarters(report, "--every", "hour", "--last", "3h", "--tz", zone), "bucket", "total_tokens", "partial"
        )
        assert found == [(f"2026-11-23T{clock}", str(number), partial) for clock, number, partial in expected]


def test_a_window_that_ends_on_a_bucket_does_not_show_the_next_one(quarters: Run) -> None:
    """Now is twelve o'clock: the hour that begins then is not in the window."""
    for report in ("trends", "stats"):
        found = column(quarters(report, "--every", "hour", "--last", "2h"), "bucket", "total_tokens", "partial")
        assert found == [("2026-11-23T10:00:00+00:00", "4", "false"), ("2026-11-23T11:00:00+00:00", "4", "false")]


def test_a_window_that_ends_in_the_future_stops_at_the_running_bucket(quarters: Run) -> None:
    for report in ("trends", "stats"):
        window = (report, "--since", "2026-11-22", "--until", "2026-11-30")
        assert column(quarters(*window, "--every", "day"), "bucket", "total_tokens", "partial") == [
            ("2026-11-22", "96", "false"),
            ("2026-11-23", "49", "true"),
        ]
        assert column(quarters(*window, "--every", "month"), "bucket", "total_tokens", "partial") == [
            ("2026-11-01", "145", "true")
        ]
        hours = column(quarters(*window, "--every", "hour"), "bucket", "total_tokens", "partial")
        assert len(hours) == 24 + 13
        assert hours[-1] == ("2026-11-23T12:00:00+00:00", "1", "true")
        assert {partial for *_, partial in hours[:-1]} == {"false"}


def test_the_running_bucket_is_partial_in_every_series(add: Add) -> None:
    run = add("time,key,tokens\n2026-11-23T11:00:00Z,a,1\n2026-11-20T10:00:00Z,b,1\n2026-11-23T11:59:00Z,,1\n")
    found = column(
        run("trends", "--last", "24h", "--by", "key", "--measure", "requests", "--format", "csv"),
        "bucket",
        "access_key",
        "requests",
        "partial",
    )
    assert sorted(found) == [
        ("2026-11-22", "", "0", "true"),
        ("2026-11-22", "a", "0", "true"),
        ("2026-11-23", "", "1", "true"),
        ("2026-11-23", "a", "1", "true"),
    ]


def test_partial_is_marked_in_every_format(add: Add) -> None:
    run = add(TEN_CALLS)
    week = ("trends", "--every", "week", *FOUR_DAYS)
    assert run(*week).out.count("partial") == 2
    assert "Partial: 2026-10-26, 2026-11-02." in run(*week).out
    assert run(*week, "--format", "markdown").out.count("partial") == 2
    assert [row["partial"] for row in run(*week, "--format", "json").json["rows"]] == [True, True]
    assert [json.loads(line)["partial"] for line in run(*week, "--format", "jsonl").out.splitlines()] == [True, True]
    assert column(run(*week, "--format", "csv"), "partial") == [("true",), ("true",)]


@pytest.mark.parametrize("window", [("--period", "all"), ("--since", "2026-11-20", "--until", "2026-11-30")])
def test_what_is_counted_after_now_is_in_a_row(add: Add, window: tuple[str, ...]) -> None:
    """A clock may be wrong, and USAGE_NOW looks back."""
    run = add("time,tokens\n2026-11-20T09:00:00Z,1\n2026-11-24T10:00:00Z,2\n")
    for every in INTERVALS:
        found = content(run("trends", "--every", every, "--measure", "tokens", *window, "--format", "json"))
        assert sum(row["total_tokens"] or 0 for row in found["rows"]) == found["total"]["total_tokens"] == 3


def test_what_is_counted_after_now_is_in_the_pattern(add: Add) -> None:
    run = add("time,tokens\n2026-11-20T09:00:00Z,1\n2026-11-24T10:00:00Z,2\n")
    found = column(
        run("trends", "--by", "weekday", "--measure", "tokens", "--period", "all", "--format", "csv"), "total_tokens"
    )
    assert sum(int(tokens or 0) for (tokens,) in found) == 3
