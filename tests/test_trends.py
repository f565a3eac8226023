"""Every number of `usage trends`, worked out by hand, and what must hold for any log, window, zone and filter."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli.__main__ import run as run_program
from tests.conftest import NOW
from tests.test_laws import FIRST, MODELS, Ledger, few, statement, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]
    Record = dict[str, Any]
    Cells = list[dict[str, str]]

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MEASURES = {
    "cost": "cost_usd",
    "requests": "requests",
    "tokens": "total_tokens",
    "input": "input_tokens",
    "output": "output_tokens",
    "errors": "failed_requests",
}
INTERVALS = ("hour", "day", "week", "month")
DIMENSIONS = ("model", "provider", "key", "project", "user", "source", "status")
COLUMNS = {"key": "access_key"}


@pytest.fixture
def add(run: Run, tmp_path: Path) -> Add:
    """Import a text as a file of that name, with options; gives the program to ask."""

    def add_(text: str, name: str = "log.csv", *options: str) -> Run:
        file = tmp_path / name
        file.write_text(text, "utf-8")
        outcome = run("import", file, *(options or ("--source-tz", "UTC")))
        assert outcome.code == 0, outcome.err
        return run

    return add_


def rows(outcome: Outcome) -> Cells:
    """The rows of a CSV answer."""
    assert outcome.code == 0, outcome.err
    return list(csv.DictReader(io.StringIO(outcome.out, newline="")))


def column(outcome: Outcome, *names: str) -> list[tuple[str, ...]]:
    """Some columns of a CSV answer, row by row."""
    return [tuple(row[name] for name in names) for row in rows(outcome)]


def content(outcome: Outcome) -> Record:
    """A JSON answer, with exact numbers."""
    assert outcome.code == 0, outcome.err
    found: Record = json.loads(outcome.out, parse_float=Decimal)
    return found


# --- every measure by every interval ------------------------------------------------------------------

# Friday, Saturday, Sunday, Monday. Nothing is known of the tokens sent, the cost, the outcome of the third-last.
TEN_CALLS = """\
time,model,key,status,input tokens,output tokens,cost,latency (ms)
2026-10-30T10:10:00Z,m-a,k,ok,100,10,0.5,1000
2026-10-30T10:50:00Z,m-a,k,ok,200,20,0.25,2000
2026-10-30T12:00:00Z,m-b,,error,50,0,0,500
2026-10-31T23:59:59Z,m-a,,ok,10,5,0.01,300
2026-11-01T00:00:00Z,m-b,,ok,30,7,0.02,400
2026-11-02T08:00:00Z,m-b,k,,,9,,
2026-11-02T08:30:00Z,m-a,k,ok,1000,100,1.5,10000
2026-11-02T08:45:00Z,m-a,j,ok,500,50,0.75,20000
2026-11-02T09:15:00Z,m-a,j,error,5,0,0.001,40
"""
FOUR_DAYS = ("--since", "2026-10-30", "--until", "2026-11-02")
MORNING = ("--since", "2026-11-02T06:30", "--until", "2026-11-02T11:00")
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
BUCKETS = {
    "day": ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"],
    "week": ["2026-10-26", "2026-11-02"],
    "month": ["2026-10-01", "2026-11-01"],
    "hour": [f"2026-11-02T{hour:02}:00:00+00:00" for hour in range(6, 11)],
}
# The window cuts the first week and month at their beginning, the last ones at their end, and the first hour.
PARTIAL = {
    "day": ["false"] * 4,
    "week": ["true", "true"],
    "month": ["true", "true"],
    "hour": ["true", "false", "false", "false", "false"],
}


def as_number(cell: str) -> float | None:
    return float(cell) if cell else None


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
    log = "time,tokens,cost\n2026-11-03T09:10:00Z,5,1\n2026-11-05T09:10:00Z,7,2\n"
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
    log = "time,tokens,cost,latency (ms)\n" + "".join(
        f"2026-11-20T10:{minute:02}:00Z,10,0.01,{100 + minute}\n" for minute in range(20)
    )
    add(log)
    run = add("date,requests,tokens,cost\n2026-11-20,22,220,0.22\n", "statement.csv")
    window = ("--since", "2026-11-20", "--until", "2026-11-20", "--measure", "latency", "--format", "csv")
    assert column(run("trends", *window), "p50_duration_ms", "duration_samples") == [("109.5", "20")]


# --- days that stand out ------------------------------------------------------------------------------

JUDGED = date(2026, 11, 16)  # a Monday
BEFORE = [JUDGED - timedelta(weeks=week) for week in range(8, 0, -1)]
FIRST_OF_ALL = date(2026, 9, 20)  # the Sunday before the first of them
AFTER = date(2026, 11, 18)


def many(days: dict[date, int], **labels: str) -> str:
    """A log with so many requests at noon of each day, and one before and one after all of them."""
    names = "".join(f",{name}" for name in labels)
    cells = "".join(f",{value}" for value in labels.values())
    lines = [
        f"{day}T12:{place % 60:02}:{place // 60:02}Z,1{cells}\n"
        for day, number in sorted({FIRST_OF_ALL: 1, AFTER: 1, **days}.items())
        for place in range(number)
    ]
    return f"time,tokens{names}\n" + "".join(lines)


def judgement(outcome: Outcome, day: date = JUDGED, **labels: str) -> tuple[Any, ...]:
    """What is said of a day: whether it is unusual, its z, and what was usual."""
    [row] = [
        row
        for row in rows(outcome)
        if row["bucket"] == str(day) and all(row[name] == value for name, value in labels.items())
    ]
    typical = next(name for name in row if name.startswith("typical_"))
    return row["unusual"], as_number(row["z_score"]), as_number(row[typical])


def last_days(run: Run, *more: str) -> Outcome:
    return run("trends", "--since", "2026-11-10", "--until", "2026-11-18", "--format", "csv", *more)


@pytest.mark.parametrize(
    ("history", "value", "unusual", "z", "typical"),
    [
        # The median is 10.5; the deviations .5 five times, 1.5 twice, 2.5: their median is .5
        ([10, 12, 11, 9, 10, 13, 10, 11], 20, "true", 0.6745 * 9.5 / 0.5, 10.5),
        ([10, 12, 11, 9, 10, 13, 10, 11], 13, "false", 0.6745 * 2.5 / 0.5, 10.5),
        ([10, 12, 11, 9, 10, 13, 10, 11], 8, "false", -0.6745 * 2.5 / 0.5, 10.5),
        ([10, 12, 11, 9, 10, 13, 10, 11], 7, "true", -0.6745 * 3.5 / 0.5, 10.5),
        # The MAD is 0, the mean deviation 8 / 8: 1.253314 takes its place
        ([10, 10, 10, 10, 18, 10, 10, 10], 14, "false", 4 / 1.253314, 10),
        ([10, 10, 10, 10, 18, 10, 10, 10], 15, "true", 5 / 1.253314, 10),
        ([10, 10, 10, 10, 18, 10, 10, 10], 10, "false", 0, 10),
        # Always the same: there is no z for another value
        ([10, 10, 10, 10, 10, 10, 10, 10], 10, "false", 0, 10),
        ([10, 10, 10, 10, 10, 10, 10, 10], 11, "true", None, 10),
        ([0, 0, 0, 0, 0, 0, 0, 0], 1, "true", None, 0),
        ([0, 0, 0, 0, 0, 0, 0, 0], 0, "false", 0, 0),
        # Days without requests are days of 0: median 5, MAD 5
        ([0, 10, 0, 10, 0, 10, 0, 10], 10, "false", 0.6745, 5),
        ([0, 10, 0, 10, 0, 10, 0, 10], 31, "true", 0.6745 * 26 / 5, 5),
    ],
)
def test_a_day_stands_out_against_the_same_weekday(
    add: Add, history: list[int], value: int, unusual: str, z: float | None, typical: float
) -> None:
    # The Mondays that came more than eight weeks before, and the other weekdays, do not count.
    noise = {JUDGED - timedelta(weeks=9): 100, JUDGED - DAY: 50, BEFORE[3] + DAY: 70}
    run = add(many({**dict(zip(BEFORE, history, strict=True)), JUDGED: value, **noise}))
    found = judgement(last_days(run, "--measure", "requests"))
    assert found == (unusual, None if z is None else pytest.approx(z, rel=1e-12, abs=0), typical)
    tokens = judgement(last_days(run, "--measure", "tokens"))
    assert tokens == found


@pytest.mark.parametrize(("first", "judged"), [("2026-10-18", True), ("2026-10-19", False), ("2026-10-20", False)])
def test_four_whole_weekdays_are_the_least(add: Add, first: str, judged: bool) -> None:  # noqa: FBT001 - a case
    """Of a log that begins at noon on the 19th, that Monday is not whole, and three are left."""
    days = {day: 10 for day in BEFORE if str(day) >= first} | {JUDGED: 99, AFTER: 1, date.fromisoformat(first): 10}
    lines = many(days).splitlines(keepends=True)
    run = add("".join(line for line in lines if not line.startswith(str(FIRST_OF_ALL))))
    found = judgement(last_days(run, "--measure", "requests"))
    assert found == (("true", None, 10.0) if judged else ("", None, None))
    if not judged:
        only = ("--since", str(JUDGED), "--until", str(JUDGED), "--measure", "requests")
        assert "No day is judged yet" in run("trends", *only).out


def test_a_day_that_is_not_over_is_not_judged(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    run = add(many({**dict.fromkeys(BEFORE, 10), JUDGED: 3}))
    monkeypatch.setenv("USAGE_NOW", f"{JUDGED}T23:59:59Z")
    outcome = run("trends", "--last", "3d", "--measure", "requests", "--format", "csv")
    assert judgement(outcome) == ("", None, None)


def test_the_last_day_of_the_imports_is_not_judged(add: Add) -> None:
    """It may be that only half of it was imported."""
    lines = many({**dict.fromkeys(BEFORE, 10), JUDGED: 3}).splitlines(keepends=True)
    run = add("".join(line for line in lines if not line.startswith(str(AFTER))))
    assert judgement(last_days(run, "--measure", "requests")) == ("", None, None)


def test_a_day_that_until_cuts_is_not_judged_by_what_is_left(add: Add) -> None:
    run = add(many({**dict.fromkeys(BEFORE, 10), JUDGED: 10}))
    cut = ("--since", "2026-11-10", "--until", f"{JUDGED}T12:03", "--measure", "requests")
    assert judgement(run("trends", *cut, "--format", "csv"))[0] != "true"
    assert "stands out" not in run("trends", *cut).out


def test_a_day_that_since_cuts_is_not_said_to_stand_out_by_another_number(add: Add) -> None:
    run = add(many({**dict.fromkeys(BEFORE, 10), JUDGED: 40}))
    cut = ("--since", f"{JUDGED}T12:30", "--until", "2026-11-18", "--measure", "requests")
    [number] = [row["requests"] for row in rows(run("trends", *cut, "--format", "csv")) if row["bucket"] == str(JUDGED)]
    assert number == "10"
    assert "10, on a Monday usually 10" not in run("trends", *cut).out


def test_costs_are_compared_exactly(add: Add) -> None:
    """0.1 and 0.2 in two hours of a day are the 0.3 of every other one."""
    log = "time,cost\n2026-09-20T09:00:00Z,1\n"
    log += "".join(f"{day}T09:00:00Z,0.3\n" for day in BEFORE)
    log += f"{JUDGED}T09:00:00Z,0.1\n{JUDGED}T12:00:00Z,0.2\n{AFTER}T09:00:00Z,1\n"
    assert judgement(last_days(add(log))) == ("false", 0.0, 0.3)


def test_each_series_is_judged_by_its_own_past(add: Add) -> None:
    one = many({**dict.fromkeys(BEFORE, 10), JUDGED: 10}, key="alpha")
    other = many({**dict(zip(BEFORE, [1, 3] * 4, strict=True)), JUDGED: 20}, key="")
    run = add(one + other.split("\n", 1)[1])
    found = last_days(run, "--measure", "requests", "--by", "key")
    assert judgement(found, access_key="alpha") == ("false", 0.0, 10.0)
    assert judgement(found, access_key="") == ("true", pytest.approx(0.6745 * 18), 2.0)
    assert judgement(last_days(run, "--measure", "requests", "--key", "alpha")) == ("false", 0.0, 10.0)


def test_latency_is_judged_by_the_percentiles_of_the_days_before(add: Add) -> None:
    """A day without samples says nothing: of eight Mondays four are left, at 100, 200, 300 and 400 ms."""
    log = f"time,tokens,latency (ms)\n{FIRST_OF_ALL}T09:00:00Z,1,5\n"
    log += "".join(f"{day}T09:00:00Z,1,{100 * place}\n" for place, day in enumerate(BEFORE[::2], 1))
    log += f"{JUDGED}T09:00:00Z,1,900\n{AFTER}T09:00:00Z,1,5\n"
    found = judgement(last_days(add(log), "--measure", "latency"))
    assert found == ("true", pytest.approx(0.6745 * 650 / 100), 250.0)


def test_it_is_not_said_that_weeks_are_missing_when_they_are_not(add: Add) -> None:
    run = add(many(dict.fromkeys(BEFORE, 10)))
    assert "four earlier weeks" not in run("trends", "--since", str(AFTER), "--measure", "requests").out


def test_only_days_are_judged(add: Add) -> None:
    run = add(many({**dict.fromkeys(BEFORE, 10), JUDGED: 40}))
    for every in ("hour", "week", "month"):
        found = rows(last_days(run, "--measure", "requests", "--every", every))
        assert set(found[0]) == {"bucket", "requests", "partial"}


@pytest.mark.parametrize("zone", ["Europe/Paris", "Pacific/Kiritimati", "Etc/GMT+12", "Asia/Kolkata"])
def test_days_are_judged_in_the_zone(add: Add, zone: str) -> None:
    """Requests at noon in the zone: the clock changes between the days compared, and the weekday is the zone's."""
    days = {FIRST_OF_ALL: 1, AFTER: 1, **dict(zip(BEFORE, [1, 3] * 4, strict=True)), JUDGED: 20}
    log = "time,tokens\n" + "".join(
        f"{datetime(day.year, day.month, day.day, 0, 5 + place, tzinfo=ZoneInfo(zone)).isoformat()},1\n"
        for day, number in days.items()
        for place in range(number)
    )
    found = judgement(last_days(add(log), "--measure", "requests", "--tz", zone))
    assert found == ("true", pytest.approx(0.6745 * 18), 2.0)


def test_the_day_eight_weeks_before_a_long_day_is_read_whole(add: Add) -> None:
    """The first bucket is October 25 in Paris, which has 25 hours; eight Sundays before it is August 30."""
    sundays = [date(2026, 10, 25) - timedelta(weeks=week) for week in range(4, 0, -1)]
    log = "time,tokens\n2026-08-20T00:00:00Z,1\n2026-08-29T22:10:00Z,90\n"  # ten minutes past midnight
    log += "".join(f"{day}T12:00:00Z,10\n" for day in sundays) + "2026-10-25T22:45:00Z,10\n2026-10-28T00:00:00Z,1\n"
    window = ("--since", "2026-10-25T23:30", "--until", "2026-10-27", "--tz", "Europe/Paris", "--measure", "tokens")
    unusual, _, typical = judgement(add(log)("trends", *window, "--format", "csv"), date(2026, 10, 25))
    # of 90, 0, 0, 0, 10, 10, 10, 10 the median is 10, and without the 90 it is 5
    assert not unusual or typical == 10.0


def test_the_note_gives_the_number_that_makes_it_stand_out(add: Add) -> None:
    run = add(many({**dict.fromkeys(BEFORE, 10), JUDGED: 40}))
    out = run("trends", "--since", "2026-11-10", "--measure", "requests").out
    assert "Mon 2026-11-16: 40, on a Monday usually 10 (always the same before)." in out
    run = add(many({**dict(zip(BEFORE, [1, 3] * 4, strict=True)), JUDGED: 20}), "other.csv", "--set", "model=x")
    out = run("trends", "--since", "2026-11-10", "--measure", "requests", "--by", "model").out
    assert "Mon 2026-11-16, x: 20, on a Monday usually 2 (z = 12.1)." in out


# --- days of 23 and 25 hours, half-hour zones, the ends of the earth -------------------------------------

DENSE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
DENSE_TO = datetime(2026, 11, 23, 12, tzinfo=UTC)


def every_quarter(folder: Path) -> Path:
    """A database with one request of one token at every quarter of an hour of 2026, up to now."""
    number = (DENSE_TO - DENSE_FROM) // QUARTER + 1
    lines = [f"{DENSE_FROM + place * QUARTER:%Y-%m-%dT%H:%M:%SZ},1\n" for place in range(number)]
    (folder / "log.csv").write_text("time,tokens\n" + "".join(lines), "utf-8")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setenv("USAGE_NOW", NOW)
        patch.setenv("USAGE_CONFIG", str(folder / "config.toml"))
        assert run_program(["import", str(folder / "log.csv"), "--db", str(folder / "usage.duckdb")]) == 0
    return folder / "usage.duckdb"


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return every_quarter(tmp_path_factory.mktemp("dense"))


@pytest.fixture
def quarters(run: Run, dense: Path) -> Run:
    """The program over the database of quarters of an hour, in CSV."""

    def run_(*arguments: str) -> Outcome:
        measure = ("--measure", "tokens") if arguments[0] == "trends" else ()
        return run(*arguments, *measure, "--db", dense, "--format", "csv")

    return run_


LONG_AND_SHORT_DAYS = [
    ("Europe/Paris", "2026-03-29", 23),
    ("Europe/Paris", "2026-10-25", 25),
    ("America/New_York", "2026-03-08", 23),
    ("America/New_York", "2026-11-01", 25),
    ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ("Asia/Kolkata", "2026-10-25", 24),
    ("Pacific/Kiritimati", "2026-11-10", 24),
    ("Etc/GMT+12", "2026-11-10", 24),
    # where the clock skips midnight, or turns back to the hour before it
    ("America/Santiago", "2026-09-06", 23),
    ("America/Santiago", "2026-04-04", 25),
    ("Africa/Cairo", "2026-04-24", 23),
    ("Africa/Cairo", "2026-10-29", 25),
    ("America/Havana", "2026-03-08", 23),
    ("Atlantic/Azores", "2026-03-29", 23),
]
# where the hour after midnight comes twice (Havana did, until a law of 2026 that not every DuckDB knows)
TWO_MIDNIGHTS = [("Atlantic/Azores", "2026-10-25", 25)]


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
    run = add("date,requests,tokens,cost\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n")
    cut = ("--since", "2026-11-18T12:00", "--until", "2026-11-20T12:00", "--format", "csv")
    assert column(run("trends", *cut), "bucket", "cost_usd", "partial") == [
        ("2026-11-18", "0", "true"),
        ("2026-11-19", "2", "false"),
        ("2026-11-20", "4", "true"),
    ]
    weekdays = ("trends", "--by", "weekday", "--since", "2026-11-18", "--until", "2026-11-19", "--format", "csv")
    assert column(run(*weekdays), "weekday", "cost_usd") == [("Wednesday", "1"), ("Thursday", "2")]


def test_the_imports_of_a_statement_reach_to_the_end_of_its_last_bucket(add: Add) -> None:
    run = add("date,requests,tokens,cost\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n")
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
    run = add("date,requests,tokens,cost\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n")
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


WEEK_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


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


# --- laws ---------------------------------------------------------------------------------------------


def mixed_calls(number: int = 160) -> list[Record]:
    """Calls of two weeks, with everything that may be unknown."""
    return [
        {
            "number": place,
            "at": FIRST + timedelta(minutes=place * place * 53 % 20_011, seconds=place),
            "model": MODELS[place % 3],
            "key": (None, "alpha", "beta")[place * 7 % 5 % 3],
            "project": (None, "search")[place % 2],
            "user": (None, "alice", "bob")[place * 11 % 7 % 3],
            "failed": place % 6 == 0,
            "input": None if place % 9 == 0 else place * 31 % 5000,
            "output": None if place % 11 == 0 else place * 17 % 900,
            "cached": (None, 0, 7)[place % 3],
            "cost": (None, "0.5", "0.000001", None, "0.125")[place % 5],
        }
        for place in range(number)
    ]


def fill(folder: Path) -> None:
    """A database in a folder, with requests of three sources, and statements of which one counts where requests are."""
    calls = mixed_calls()
    days = {0: 3, 2: 90, 13: 1, 16: 2}
    files = {
        "log.csv": written("csv", calls[:60]),
        "log.jsonl": written("jsonl", calls[60:110]),
        "gateway.jsonl": written("litellm", calls[90:]),
        "days.csv": statement(days),
    }
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setenv("USAGE_NOW", NOW)
        patch.setenv("USAGE_CONFIG", str(folder / "config.toml"))
        for name, text in files.items():
            (folder / name).write_bytes(text)
            arguments = [str(folder / name), "--source-tz", "UTC", "--db", str(folder / "usage.duckdb")]
            assert run_program(["import", *arguments]) == 0


@pytest.fixture(scope="module")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mixed")
    fill(folder)
    return folder


@pytest.fixture
def mixed(run: Run, filled_folder: Path) -> Ledger:
    """Two weeks of calls of three sources, and some statements."""
    return Ledger(run, filled_folder)


def asked(ledger: Ledger, *arguments: str) -> Record:
    """The trends of all time, or of the window that is named."""
    window = () if "--since" in arguments else ("--period", "all")
    return content(ledger.run("trends", *window, *arguments, "--format", "json", "--db", ledger.path))


def known_sum(found: Sequence[Record], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in found if row[name] is not None), Decimal(0))


def of_rows(found: Record, measure: str) -> Decimal:
    return known_sum(found["rows"], MEASURES[measure])


zones = st.sampled_from(["UTC", "Europe/Paris", "Asia/Kolkata", "Pacific/Kiritimati", "Etc/GMT+12"])
breakdowns = st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=3, unique=True).map(",".join)
filters_ = st.sampled_from(
    [
        (),
        ("--model", "*/*o*"),
        ("--key", "alpha*", "--status", "ok"),
        ("--source", "csv*"),
        ("--count", "requests"),
        ("--count", "statements"),
        ("--user", "alice", "--user", "bob", "--provider", "instagen"),
    ]
)


def moments(number: int) -> st.SearchStrategy[list[str]]:
    """So many different times in and around the two weeks, in order."""
    least, most = -2 * 86_400, 19 * 86_400
    found = st.lists(st.integers(least, most), min_size=number, max_size=number, unique=True)
    return found.map(lambda seconds: [(FIRST + timedelta(seconds=each)).isoformat() for each in sorted(seconds)])


@pytest.mark.parametrize("measure", MEASURES)
@few(3)
@given(every=st.sampled_from(INTERVALS), by=breakdowns, filters=filters_, zone=zones, window=moments(2))
def test_the_buckets_sum_to_the_total_and_so_do_breakdowns(
    mixed: Ledger, measure: str, every: str, by: str, filters: tuple[str, ...], zone: str, window: list[str]
) -> None:
    main = MEASURES[measure]
    for span in ((), ("--since", window[0], "--until", window[1])):
        whole = mixed.total(*span, *filters)[main] or 0
        asking = (*span, "--measure", measure, "--every", every, "--tz", zone, *filters)
        found = asked(mixed, *asking)
        assert (found["total"][main] or 0) == whole
        assert of_rows(found, measure) == whole
        assert_bucket_for_bucket(found["rows"], asked(mixed, *asking, "--by", by)["rows"], main)


def assert_bucket_for_bucket(whole: list[Record], parts: list[Record], name: str) -> None:
    buckets = [row["bucket"] for row in whole]
    assert list(dict.fromkeys(row["bucket"] for row in parts)) == buckets
    for row in whole:
        of_it = [part for part in parts if part["bucket"] == row["bucket"]]
        assert known_sum(of_it, name) == (row[name] or 0)
        # what is unknown in the whole is unknown or 0 in each part
        assert row[name] is not None or not any(part[name] for part in of_it)
        assert row["partial"] == any(part["partial"] for part in of_it)


patterns = st.sampled_from(["weekday", "hour-of-day", "weekday,hour-of-day", "hour-of-day,key", "model,weekday"])


@pytest.mark.parametrize("names", ["weekday", "hour-of-day", "weekday,hour-of-day,key"])
def test_patterns_sum_to_the_total(mixed: Ledger, names: str) -> None:
    """The last day of the imports is that of a statement; what failed is not known of it."""
    day = ("--since", "2026-10-17", "--until", "2026-10-17")
    for measure, main in MEASURES.items():
        whole = mixed.total(*day)[main]
        assert of_rows(asked(mixed, "--measure", measure, "--by", names, *day), measure) == (whole or 0)
        assert bool(whole) == (measure != "errors")


@pytest.mark.parametrize("measure", MEASURES)
@few(4)
@given(names=patterns, filters=filters_, zone=zones, seconds=st.integers(0, 14 * 86_400))
def test_patterns_of_a_window_inside_the_imports_sum_to_the_total(
    mixed: Ledger, measure: str, names: str, filters: tuple[str, ...], zone: str, seconds: int
) -> None:
    window = ("--since", (FIRST + timedelta(seconds=seconds)).isoformat(), "--until", "2026-10-16", "--tz", zone)
    found = asked(mixed, "--measure", measure, "--by", names, *window, *filters)
    assert of_rows(found, measure) == (mixed.total(*window, *filters)[MEASURES[measure]] or 0)


@few(10)
@given(
    cuts=moments(3),
    zone=zones,
    measure=st.sampled_from(list(MEASURES)),
    every=st.sampled_from(INTERVALS),
    filters=filters_,
)
def test_two_windows_that_touch_are_one(
    mixed: Ledger, cuts: list[str], zone: str, measure: str, every: str, filters: tuple[str, ...]
) -> None:
    since, between, until = cuts
    main = MEASURES[measure]
    asking = ("--measure", measure, "--every", every, "--tz", zone, *filters)
    first = asked(mixed, *asking, "--since", since, "--until", between)
    second = asked(mixed, *asking, "--since", between, "--until", until)
    both = asked(mixed, *asking, "--since", since, "--until", until)
    assert of_rows(first, measure) + of_rows(second, measure) == of_rows(both, measure)
    # bucket by bucket, too: the one that is cut is in both
    sums: dict[str, Decimal] = {}
    for row in (*first["rows"], *second["rows"]):
        sums[row["bucket"]] = sums.get(row["bucket"], Decimal(0)) + (row[main] or 0)
    for row in both["rows"]:
        assert sums.pop(row["bucket"], Decimal(0)) == (row[main] or 0)
    assert not any(sums.values())


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """The first instant at which a zone's clock shows that day, by looking at every quarter of an hour."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while moment.astimezone(zone).date() < day:
        moment += QUARTER
    return moment


def bucket_of(moment: datetime, every: str, zone: ZoneInfo) -> tuple[datetime, datetime, str]:
    """Where the bucket that holds an instant begins and ends, and how it is called."""
    clock = moment.astimezone(zone)
    if every == "hour":
        begins = moment - timedelta(minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
        return begins, begins + timedelta(hours=1), begins.astimezone(zone).isoformat()
    first = {
        "day": clock.date(),
        "week": clock.date() - clock.weekday() * DAY,
        "month": clock.date().replace(day=1),
    }[every]
    after = {"day": first + DAY, "week": first + 7 * DAY, "month": (first + 32 * DAY).replace(day=1)}[every]
    return first_moment(first, zone), first_moment(after, zone), str(first)


def expected_rows(
    since: datetime, until: datetime, now: datetime, every: str, zone: ZoneInfo
) -> list[tuple[str, str, str]]:
    """Bucket, requests and partial of a window over the quarters of an hour."""
    found = []
    begins, ends, name = bucket_of(since, every, zone)
    while begins < min(until, now + INSTANT):
        first, last = max(begins, since, DENSE_FROM), min(ends, until, DENSE_TO + INSTANT)
        number = max(-((DENSE_FROM - last) // QUARTER) + ((DENSE_FROM - first) // QUARTER), 0)
        is_known = ends > DENSE_FROM and begins <= DENSE_TO
        is_partial = begins < since or ends > min(until, now)
        found.append((name, str(number) if is_known else "", str(is_partial).lower()))
        begins, ends, name = bucket_of(ends, every, zone)
    return found if any(number not in ("", "0") for _, number, _ in found) else []


LENGTHS = {"hour": 30 * 60, "day": 12 * 1440, "week": 60 * 1440, "month": 300 * 1440}


@few(24)
@given(
    every=st.sampled_from(INTERVALS),
    zone=st.sampled_from(
        [
            "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati",
            "Pacific/Chatham", "Etc/GMT+12", "America/Santiago", "America/St_Johns",
        ]
    ),
    start=st.integers(-3 * 86400, 328 * 86400),
    share=st.floats(0.01, 1),
    past=st.sampled_from([None, 0, 1, 3_601]),
)  # fmt: skip
def test_any_window_in_any_zone(
    run: Run, dense: Path, every: str, zone: str, start: int, share: float, past: int | None
) -> None:
    """Buckets, their numbers and their marks, against a count in Python; `past` seconds before the end it is now."""
    since = DENSE_FROM + timedelta(seconds=start)
    until = since + timedelta(seconds=int(LENGTHS[every] * 60 * share))
    now = DENSE_TO if past is None else until - timedelta(seconds=past)
    if since >= now:
        return
    expected = expected_rows(since, until, now, every, ZoneInfo(zone))
    window = ("--since", since.isoformat(), "--until", until.isoformat(), "--tz", zone, "--every", every)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("USAGE_NOW", now.isoformat())
        for report in ("trends", "stats"):
            measure = ("--measure", "requests") if report == "trends" else ()
            outcome = run(report, *window, *measure, "--db", dense, "--format", "csv")
            found = [row for row in column(outcome, "bucket", "requests", "partial") if is_up_to(row[0], now, zone)]
            if past:
                # of what comes after now, which is in the store, only the running bucket holds a part
                assert [(name, partial) for name, _, partial in found] == [(name, mark) for name, _, mark in expected]
                found, expected_part = found[:-1], expected[:-1]
                assert found == expected_part
            else:
                assert found == expected


def is_up_to(bucket: str, now: datetime, zone: str) -> bool:
    begins = datetime.fromisoformat(bucket)
    if begins.tzinfo is None:
        begins = first_moment(begins.date(), ZoneInfo(zone))
    return begins <= now


# --- percentiles --------------------------------------------------------------------------------------


def quantile(values: Sequence[int], share: float) -> float:
    """The percentile between the two values around it, in proportion."""
    found = sorted(values)
    place = share * (len(found) - 1)
    low = int(place)
    high = min(low + 1, len(found) - 1)
    return found[low] + (found[high] - found[low]) * (place - low)


timed = st.lists(
    st.tuples(
        st.integers(0, 3 * 1440),
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["ok", "ok", "", "error"]),
        st.one_of(st.none(), st.integers(0, 100_000)),
    ),
    min_size=40,
    max_size=120,
    unique_by=lambda each: each[0],
)


@few(3)
@given(records=timed)
def test_percentiles_against_a_count_in_python(
    run: Run, tmp_path: Path, records: list[tuple[int, str, str, int | None]]
) -> None:
    one = Ledger(run, Path(tempfile.mkdtemp(dir=tmp_path)))
    lines = [
        f"{(FIRST + timedelta(minutes=minute)).isoformat()},1,{key},{status},{'' if duration is None else duration}\n"
        for minute, key, status, duration in records
    ]
    one.add("log.csv", ("time,tokens,key,status,latency (ms)\n" + "".join(lines)).encode())
    places: dict[str, Callable[[datetime], Any]] = {
        "day": lambda moment: str(moment.date()),
        "hour": lambda moment: moment.replace(minute=0).isoformat(),
        "weekday": lambda moment: WEEK_DAYS[moment.weekday()],
        "hour-of-day": lambda moment: moment.hour,
    }
    zone = ZoneInfo("Asia/Kolkata")
    for how, place_of in places.items():
        expected: dict[tuple[Any, str], list[int]] = {}
        for minute, key, status, duration in records:
            if duration is not None and status != "error":
                place = place_of((FIRST + timedelta(minutes=minute)).astimezone(zone))
                expected.setdefault((place, key), []).append(duration)
        by = ("--every", how, "--by", "key") if how in INTERVALS else ("--by", f"{how},key")
        name = "bucket" if how in INTERVALS else how.replace("-", "_")
        found = {
            (row[name], row["access_key"] or ""): row
            for row in asked(one, "--measure", "latency", *by, "--tz", zone.key)["rows"]
            if row["duration_samples"]
        }
        assert {place: row["duration_samples"] for place, row in found.items()} == {
            place: len(values) for place, values in expected.items()
        }
        for place, values in expected.items():
            for share, percentile in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")):
                value = float(found[place][f"{percentile}_duration_ms"])
                assert value == pytest.approx(quantile(values, share), rel=1e-9, abs=1e-9)


# --- formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("--every", "day", "--by", "key,model"),
        ("--every", "hour", "--measure", "latency", "--tz", "Asia/Kolkata"),
        ("--every", "week", "--measure", "errors"),
        ("--every", "month", "--measure", "tokens", "--by", "status"),
        ("--by", "weekday,key", "--measure", "input"),
        ("--by", "hour-of-day", "--measure", "latency"),
    ],
)
def test_formats_agree_cell_for_cell(add: Add, arguments: tuple[str, ...]) -> None:
    run = add(TEN_CALLS)
    asking = ("trends", *arguments, *FOUR_DAYS)
    in_json: list[Record] = content(run(*asking, "--format", "json"))["rows"]
    lines = run(*asking, "--format", "jsonl").out.splitlines()
    assert [json.loads(line, parse_float=Decimal) for line in lines] == in_json
    cells = rows(run(*asking, "--format", "csv"))
    assert len(cells) == len(in_json) > 0
    for mine, theirs in zip(cells, in_json, strict=True):
        assert {name: as_cell(value) for name, value in theirs.items()} == {
            name: as_cell(as_value(cell, theirs[name])) for name, cell in mine.items()
        }
    table, markdown = run(*asking, "--wide").out, run(*asking, "--format", "markdown", "--wide").out
    assert "\x1b" not in table + markdown
    body = [line for line in markdown.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert len([line for line in body if "**Total**" not in line]) == len(in_json)


def as_value(cell: str, like: Any) -> Any:  # noqa: ANN401 - of any type
    """A CSV cell as the type that JSON has it in."""
    if cell == "":
        return None
    if isinstance(like, bool):
        return {"true": True, "false": False}[cell]
    return Decimal(cell) if isinstance(like, int | Decimal) else cell


def as_cell(value: Any) -> Any:  # noqa: ANN401 - of any type
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# --- the command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "colour"), "--by does not know 'colour'"),
        (("--by", "model,weekdays"), "--by does not know 'weekdays'"),
        (("--by", ""), "--by does not know ''"),
        (("--every", "minute"), "--every does not know 'minute'"),
        (("--every", "Day"), "--every does not know 'Day'"),
        (("--measure", "money"), "--measure does not know 'money'"),
        (("--measure", "cost_usd"), "--measure does not know 'cost_usd'"),
        (("--chart", "--format", "csv"), "--chart draws for people"),
        (("--chart", "--output", "trend.json"), "--chart draws for people"),
        (("--chart", "--by", "weekday", "--format", "jsonl"), "--chart draws for people"),
        (("--by", "weekday", "--every", "day"), "leave out --every day"),
        (("--by", "model,hour-of-day", "--every", "hour"), "leave out --every hour"),
        (("--by", "weekday,model", "--chart"), "a heat map draws one week"),
        (("--last", "7d", "--period", "today"), "a window is given twice"),
    ],
)
def test_a_wrong_command_line_is_refused(add: Add, arguments: tuple[str, ...], said: str) -> None:
    outcome = add(TEN_CALLS)("trends", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


# --- for people ---------------------------------------------------------------------------------------


def test_a_breakdown_begins_with_a_line_for_each_series(add: Add) -> None:
    run = add(TEN_CALLS)
    out = run("trends", "--by", "key", "--measure", "tokens", *FOUR_DAYS).out
    assert re.findall(r"^(\S+) +([0-9,]+)$", out.split("Time")[0], re.MULTILINE) == [
        ("k", "1,430"),
        ("j", "555"),
        ("–", "102"),
    ]
    assert re.findall(r"^Total +([0-9,]+)", out, re.MULTILINE) == ["2,087"]
    out = run("trends", "--by", "key", "--measure", "latency", *FOUR_DAYS).out
    # of each, over the whole window
    assert re.findall(r"^(\S+) +([0-9.]+ m?s)$", out.split("Time")[0], re.MULTILINE) == [
        ("j", "20.0 s"),
        ("k", "9.20 s"),
        ("–", "395 ms"),
    ]


def test_a_series_without_a_known_cost_did_not_cost_nothing(add: Add) -> None:
    run = add("time,model,tokens\n2026-11-10T10:00:00Z,a,10\n2026-11-20T10:00:00Z,b,15\n")
    assert re.findall(r"^a .*", run("stats", "--by", "model").out, re.MULTILINE)[0].split()[-1] == "–"
    [first, *_] = re.findall(r"^a .*", run("trends", "--by", "model").out, re.MULTILINE)
    assert first.split() == ["a", "–"]


def test_the_others_are_not_drawn_where_they_are_unknown(add: Add) -> None:
    log = "time,model,tokens\n" + "".join(f"2026-11-10T10:00:00Z,m{number},{10 + number}\n" for number in range(9))
    window = ("--since", "2026-11-08", "--until", "2026-11-12", "--by", "model", "--measure", "tokens")
    out = add(log)("trends", *window, "--chart").out
    assert "□ 4 others" in out
    plot = out.split("┤", 1)[1].split("└")[0]
    assert (plot.count("●"), plot.count("□")) == (1, 1)


def test_the_heat_map_has_the_hours_of_the_zone(add: Add) -> None:
    run = add(TEN_CALLS)
    asking = ("trends", "--by", "weekday", "--chart", "--measure", "requests", *FOUR_DAYS)
    # three requests in an hour; nine o'clock was covered for half an hour, with one: 2 per hour
    assert "highest 3 (Mon 08)" in run(*asking).out
    assert "highest 3 (Mon 09)" in run(*asking, "--tz", "Europe/Paris").out
    assert "highest 3 (Sun 20)" in run(*asking, "--tz", "Etc/GMT+12").out
    [monday] = [line for line in run(*asking).out.splitlines() if line.startswith("Mon ")]
    # two cells per hour: nothing up to eight, three requests then, and after nine nothing is known
    assert monday == "Mon " + "  " * 8 + "██▓▓" + "··" * 14


# --- a terminal ---------------------------------------------------------------------------------------

WORDS = ("alpha", "beta", "gamma")
TRENDS_SHOWN = [
    ("--every", "hour", "--last", "2d"),
    ("--by", "model", "--last", "9d"),
    ("--by", "model", "--measure", "latency"),
    ("--by", "model", "--measure", "errors", "--every", "week"),
    ("--by", "weekday", "--measure", "requests"),
    ("--by", "hour-of-day,model", "--measure", "input"),
    ("--chart",),
    ("--chart", "--by", "model", "--every", "week"),
    ("--chart", "--by", "weekday", "--tz", "Asia/Kolkata"),
    ("--chart", "--measure", "latency", "--every", "hour", "--last", "9d"),
]


def busy_log() -> str:
    """Requests of three models with long names and large numbers, every three hours for 70 days."""
    lines = ["time,model,key,status,input tokens,output tokens,cost,latency (ms)"]
    begin = datetime(2026, 9, 14, tzinfo=UTC)
    for place in range(70 * 8):
        word = WORDS[place % 3]
        peak = 40 if place == 540 else 1
        lines.append(
            f"{(begin + place * timedelta(hours=3)):%Y-%m-%dT%H:%M:%SZ},organisation/{word}-instruct-with-a-long-name,"
            f"{word}-production-key,{'error' if place % 17 == 0 else 'ok'},{(123456 + place * 991) * peak},"
            f"{(34567 + place * 97) * peak},{(12.345 + place) * peak:.3f},{12345 + place * 37}"
        )
    return "\n".join(lines) + "\n"


def terminal(width: int, *arguments: str) -> str:
    """What the program shows in a terminal of that width, without its colours."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "instagen_usage_cli", *arguments],
        env=os.environ | {"TERM": "xterm-256color"},
        dimensions=(60, width),
        encoding="utf-8",
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", str(child.before)).replace("\r\n", "\n")


# The names of models and keys have no digits: a digit at such a mark is of a number or a time that was cut.
CUT = re.compile(r"[0-9$,.]…|…\.?[0-9]")


def too_long(out: str, width: int) -> list[str]:
    """The lines that do not fit a terminal of that width."""
    from rich.cells import cell_len

    return [line for line in out.split("\n") if cell_len(line) > width]


def cut(out: str) -> list[str]:
    """The lines in which a number or a time is cut."""
    return [line for line in out.split("\n") if CUT.search(line)]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_trends_fit_a_terminal_and_cut_no_number(add: Add, width: int) -> None:
    add(busy_log())
    for arguments in TRENDS_SHOWN:
        out = terminal(width, "trends", *arguments)
        assert (too_long(out, width), cut(out)) == ([], []), arguments


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--by", "model,key", "--measure", "tokens"),
        ("--by", "model,key,provider", "--last", "9d"),
        ("--by", "model,key,provider", "--last", "9d", "--measure", "latency"),
        ("--by", "status", "--wide"),
    ],
)
def test_a_breakdown_by_several_names_cuts_no_number(add: Add, arguments: tuple[str, ...]) -> None:
    add(busy_log())
    assert cut(terminal(60, "trends", *arguments)) == []


def test_a_table_on_a_pipe_has_no_colour_and_is_not_squeezed(add: Add) -> None:
    run = add(busy_log())
    for arguments in TRENDS_SHOWN:
        assert "\x1b" not in run("trends", *arguments).out
    assert f"organisation/{WORDS[0]}-instruct-with-a-long-name" in run("trends", "--by", "model,key,provider").out
