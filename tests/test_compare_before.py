"""`usage stats` beside the window just before, its empty buckets and its partial marks: numbers worked out by hand."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.answers import column, content, rows
from tests.support.calls import FIRST
from tests.support.ledgers import FixedLedger, Ledger, few
from tests.support.terminals import cut, terminal, too_long
from tests.support.traffic import breakdowns, busy_log, filters_, zones

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]
    Record = dict[str, Any]

COMPARED = ("requests", "total_tokens", "cost_usd")
CHANGES = {
    "requests": "requests_change_pct",
    "total_tokens": "total_tokens_change_pct",
    "cost_usd": "cost_change_pct",
}
# In October one request, in the second week of November four, in the third three.
WEEKS = """\
time,model,key,status,tokens,cost
2026-10-20T09:00:00Z,a,x,ok,1,1
2026-11-09T00:00:00Z,a,x,ok,10,2
2026-11-10T10:01:00Z,b,,ok,10,3
2026-11-12T10:01:00Z,c,z,error,0,
2026-11-15T23:59:59Z,a,z,ok,20,0.125
2026-11-16T00:00:00Z,a,,ok,15,2.5
2026-11-20T10:01:00Z,d,,ok,15,1
2026-11-22T23:59:59Z,c,x,ok,5,0.5
"""
THIRD_WEEK = ("--since", "2026-11-16", "--until", "2026-11-22")


# --- by hand ------------------------------------------------------------------------------------------


def test_the_total_and_its_change(add: Add) -> None:
    found = content(add(WEEKS)("stats", *THIRD_WEEK, "--compare", "--format", "json"))
    before = found["before"]
    assert before["window"] == {
        "label": "the 7 days before",
        "since": "2026-11-09T00:00:00+00:00",
        "until": "2026-11-16T00:00:00+00:00",
        "zone": "UTC",
    }
    assert {name: found["total"][name] for name in COMPARED} == {
        "requests": 3,
        "total_tokens": 35,
        "cost_usd": 4,
    }
    assert before["total"] == {"requests": 4, "total_tokens": 40, "cost_usd": Decimal("5.125")}
    assert {name: float(value) for name, value in before["change_pct"].items()} == {
        "requests": -25.0,
        "total_tokens": -12.5,
        "cost_usd": pytest.approx(-1.125 / 5.125 * 100, rel=1e-14),
    }


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (
            "model",
            {
                # requests, tokens and cost; before; change in percent
                ("a",): (("1", "15", "2.5"), ("2", "30", "2.125"), (-50.0, -50.0, 0.375 / 2.125 * 100)),
                ("d",): (("1", "15", "1"), ("0", "0", "0"), (None, None, None)),
                # of the request before no tokens were counted, and no cost was known
                ("c",): (("1", "5", "0.5"), ("1", "0", ""), (0.0, None, None)),
                ("b",): (("0", "0", "0"), ("1", "10", "3"), (-100.0, -100.0, -100.0)),
            },
        ),
        (
            "key",
            {
                ("",): (("2", "30", "3.5"), ("1", "10", "3"), (100.0, 200.0, 0.5 / 3 * 100)),
                ("x",): (("1", "5", "0.5"), ("1", "10", "2"), (0.0, -50.0, -75.0)),
                ("z",): (("0", "0", "0"), ("2", "20", "0.125"), (-100.0, -100.0, -100.0)),
            },
        ),
        (
            "status,key",
            {
                ("ok", ""): (("2", "30", "3.5"), ("1", "10", "3"), (100.0, 200.0, 0.5 / 3 * 100)),
                ("ok", "x"): (("1", "5", "0.5"), ("1", "10", "2"), (0.0, -50.0, -75.0)),
                ("ok", "z"): (("0", "0", "0"), ("1", "20", "0.125"), (-100.0, -100.0, -100.0)),
                ("error", "z"): (("0", "0", "0"), ("1", "0", ""), (-100.0, None, None)),
            },
        ),
    ],
)
def test_each_row_and_what_it_was_before(
    add: Add, by: str, expected: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]]
) -> None:
    found = rows(add(WEEKS)("stats", *THIRD_WEEK, "--compare", "--by", by, "--format", "csv"))
    names = ["access_key" if name == "key" else name for name in by.split(",")]
    # what was used only before comes last
    assert [tuple(row[name] for name in names) for row in found] == list(expected)
    for row, (now, before, changes) in zip(found, expected.values(), strict=True):
        assert tuple(row[name] for name in COMPARED) == now
        assert tuple(row[f"before_{name}"] for name in COMPARED) == before
        assert [float(row[name]) if row[name] else None for name in CHANGES.values()] == [
            None if change is None else pytest.approx(change, rel=1e-14) for change in changes
        ]


def test_people_see_the_change_in_the_cards_and_programs_when_they_ask(add: Add) -> None:
    run = add(WEEKS)
    out = run("stats", *THIRD_WEEK).out
    figures = next(line for line in out.splitlines() if "$4.00" in line)
    assert re.findall(r"[▲▼=] [0-9.]+ %", figures) == ["▼ 25.0 %", "▼ 12.5 %", "▼ 22.0 %"]
    assert "Compared with the 7 days before." in out
    assert "Change" not in out
    without = run("stats", *THIRD_WEEK, "--no-compare").out
    assert "▼" not in without
    assert "Compared" not in without
    assert content(run("stats", *THIRD_WEEK, "--format", "json"))["before"] is None
    assert "before_requests" not in rows(run("stats", *THIRD_WEEK, "--format", "csv"))[0]
    with_rows = run("stats", *THIRD_WEEK, "--compare").out
    assert re.findall(r"^Total .*", with_rows, re.MULTILINE)[0].endswith("▼ 22.0 %")


def test_what_the_imports_do_not_reach_is_not_compared(add: Add) -> None:
    run = add(WEEKS)
    window = ("--since", "2026-10-20", "--until", "2026-10-31", "--compare")
    found = content(run("stats", *window, "--format", "json"))
    assert found["before"]["total"] == dict.fromkeys(COMPARED)
    assert found["before"]["change_pct"] == dict.fromkeys(COMPARED)
    out = run("stats", *window).out
    assert "Not compared with the 12 days before: the imports do not reach back to 2026-10-08 00:00." in out
    assert "▲" not in out
    # the imports begin at nine o'clock that day: a day before that is not covered wholly either
    for since in ("2026-10-21", "2026-10-20T12:00"):
        day = content(run("stats", "--since", since, "--until", "2026-10-21", "--compare", "--format", "json"))
        assert day["before"]["total"] == dict.fromkeys(COMPARED)
    covered = ("--since", "2026-10-20T10:00", "--until", "2026-10-20T11:00", "--compare", "--format", "json")
    assert content(run("stats", *covered))["before"]["total"]["requests"] == 1


def test_asked_for_a_comparison_the_columns_are_always_the_same(add: Add) -> None:
    run = add(WEEKS)
    for format_ in ("csv", "json"):
        answers = [
            run("stats", *window, "--compare", "--format", format_)
            for window in (THIRD_WEEK, ("--since", "2026-10-20", "--until", "2026-10-31"))
        ]
        covered, uncovered = [
            list(rows(answer)[0]) if format_ == "csv" else list(content(answer)["rows"][0]) for answer in answers
        ]
        assert uncovered == covered


def test_nothing_after_something_is_a_change(add: Add) -> None:
    run = add(
        "time,model,tokens,cost_usd\n2026-11-01T09:00:00Z,a,1,1\n2026-11-10T10:00:00Z,a,10,2\n2026-11-20T10:00:00Z,b,1,1\n"
    )
    window = ("--since", "2026-11-12", "--until", "2026-11-14", "--compare")
    [row] = content(run("stats", *window, "--format", "json"))["rows"]
    assert (row["requests"], row["before_requests"], row["requests_change_pct"]) == (0, 1, -100)
    found = content(run("stats", *window, "--format", "json"))
    assert {name: found["total"][name] for name in COMPARED} == dict.fromkeys(COMPARED, 0)
    assert found["before"]["change_pct"] == dict.fromkeys(COMPARED, -100)


def test_nothing_before_is_no_change(add: Add) -> None:
    """From nothing to something is no number of percent."""
    run = add("time,tokens,cost_usd\n2026-11-01T09:00:00Z,1,1\n2026-11-20T10:00:00Z,1,1\n")
    found = content(run("stats", *THIRD_WEEK, "--compare", "--format", "json"))
    assert found["before"]["change_pct"] == dict.fromkeys(COMPARED)
    assert "▲" not in run("stats", *THIRD_WEEK).out
    assert "Compared with the 7 days before." in run("stats", *THIRD_WEEK).out


def test_a_filter_holds_for_both_windows(add: Add) -> None:
    run = add(WEEKS)
    found = content(run("stats", *THIRD_WEEK, "--compare", "--model", "a", "--format", "json"))
    assert found["before"]["total"] == {"requests": 2, "total_tokens": 30, "cost_usd": Decimal("2.125")}
    assert found["total"]["requests"] == 1
    found = content(run("stats", *THIRD_WEEK, "--compare", "--key", "?", "--status", "ok", "--format", "json"))
    assert found["before"]["total"] == {"requests": 2, "total_tokens": 30, "cost_usd": Decimal("2.125")}


def test_all_time_has_nothing_before(add: Add) -> None:
    run = add(WEEKS)
    for window in (("--period", "all"), ("--until", "2026-11-15"), ("--since", "2026-12-01", "--until", "2026-12-31")):
        assert content(run("stats", *window, "--compare", "--format", "json"))["before"] is None
        assert "ompared" not in run("stats", *window, "--compare").out


def test_a_statement_is_before_where_it_begins(add: Add) -> None:
    run = add(
        "date,requests,tokens,cost_usd\n2026-11-17,1,1,1\n2026-11-18,5,50,1\n2026-11-19,3,30,2\n2026-11-20,4,40,4\n"
    )
    day = ("--since", "2026-11-19T12:00", "--until", "2026-11-20T12:00", "--compare", "--format", "json")
    found = content(run("stats", *day))
    # from noon to noon: that of the 19th begins at midnight, before the window
    assert (found["total"]["requests"], found["before"]["total"]["requests"]) == (4, 3)


# --- as much of the one before ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "zone", "window", "requests", "before", "said"),
    [
        ("2026-11-23T12:00", "UTC", ("--last", "24h"), 96, 96, "the 24 hours before."),
        ("2026-11-23T12:07:33", "UTC", ("--last", "3h"), 12, 12, "the 3 hours before."),
        ("2026-11-23T12:00", "UTC", ("--period", "today"), 48, 48, "up to the same time (2026-11-22 12:00); today is"),
        # 14 hours of the long day of Paris are gone at one o'clock, and 13 of the day before
        (
            "2026-10-25T12:00",
            "Europe/Paris",
            ("--period", "today"),
            56,
            52,
            "(2026-10-24 13:00); today is not over yet",
        ),
        ("2026-10-26T12:00", "Europe/Paris", ("--period", "yesterday"), 100, 96, "the day before."),
        ("2026-10-26T12:00", "Europe/Paris", ("--period", "today"), 52, 56, "(2026-10-25 13:00); today is not over"),
        ("2026-03-31T12:00", "UTC", ("--period", "this-month"), 2928, 2688, "all of February 2026, which is shorter"),
        (
            "2026-03-15T12:00",
            "UTC",
            ("--period", "this-month"),
            1392,
            1392,
            "(2026-02-15 12:00); March 2026 is not over",
        ),
        ("2026-11-10T12:00", "Europe/Paris", ("--period", "2026-10"), 2980, 2880, "September 2026."),
        # from midnight in New York, an hour later in UTC than the week before
        (
            "2026-11-04T12:00",
            "America/New_York",
            ("--period", "this-week"),
            220,
            220,
            "(2026-10-28 07:00); this week is",
        ),
        ("2026-11-04T12:00", "America/New_York", ("--period", "last-week"), 676, 672, "the week before."),
        ("2026-11-20T00:00", "UTC", ("--since", "2026-11-10", "--until", "2026-11-12"), 288, 288, "the 3 days before."),
        (
            "2026-11-20T00:00",
            "Europe/Paris",
            ("--since", "2026-10-25", "--until", "2026-10-25"),
            100,
            96,
            "the day before",
        ),
        (
            "2026-11-20T00:00",
            "Australia/Lord_Howe",
            ("--since", "2026-10-04", "--until", "2026-10-04"),
            94,
            96,
            "the day",
        ),
        ("2026-11-20T00:00", "Pacific/Kiritimati", ("--period", "2026-03"), 2976, 2688, "February 2026."),
        # of three days one and a half are gone
        (
            "2026-11-23T12:07:33",
            "UTC",
            ("--since", "2026-11-22", "--until", "2026-11-24"),
            145,
            145,
            "up to the same time (2026-11-20 12:07); the window is not over yet",
        ),
        (
            "2026-11-20T12:00",
            "UTC",
            ("--since", "2026-11-20T10:00", "--until", "2026-11-20T11:30"),
            6,
            6,
            "the time of equal length before (2026-11-20 08:30 → 2026-11-20 10:00)",
        ),
    ],
)
def test_as_much_of_the_window_before(  # noqa: PLR0913, PLR0917 - a case has that many parts
    run: Run,
    dense: Path,
    monkeypatch: pytest.MonkeyPatch,
    now: str,
    zone: str,
    window: tuple[str, ...],
    requests: int,
    before: int,
    said: str,
) -> None:
    monkeypatch.setenv("USAGE_NOW", f"{now}Z")
    asking = ("stats", *window, "--tz", zone, "--db", dense, "--compare")
    found = content(run(*asking, "--format", "json"))
    assert (found["total"]["requests"], found["before"]["total"]["requests"]) == (requests, before)
    assert float(found["before"]["change_pct"]["requests"]) == pytest.approx((requests - before) / before * 100, abs=0)
    assert said in run(*asking).out
    [row] = found["rows"]
    assert (row["requests"], row["before_requests"]) == (requests, before)


def test_a_window_before_that_began_before_the_log(run: Run, dense: Path) -> None:
    """January began in Kiritimati fourteen hours before it did in UTC, where the log begins."""
    asking = ("stats", "--period", "2026-02", "--tz", "Pacific/Kiritimati", "--db", dense)
    said = "Not compared with January 2026: the imports do not reach back to 2026-01-01 00:00."
    assert said in run(*asking).out
    assert content(run(*asking, "--compare", "--format", "json"))["before"]["total"]["requests"] is None


# --- laws ---------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(run: Run, filled_folder: Path) -> Ledger:
    """Two weeks of calls of three sources, and some statements."""
    return FixedLedger(run, filled_folder)


def exact_change(now: Decimal | int | None, before: Decimal | int | None) -> Fraction | None:
    if now is None or not before:
        return None
    return (Fraction(now) - Fraction(before)) / Fraction(before) * 100


def assert_changes(now: Record, before: Record, changes: Record) -> None:
    for name in COMPARED:
        expected = exact_change(now[name], before[name])
        assert (changes[name] is None) == (expected is None)
        if expected is not None:
            assert float(changes[name]) == pytest.approx(float(expected), rel=1e-14, abs=0)


windows = st.tuples(st.integers(0, 17 * 86_400), st.integers(3_600, 9 * 86_400)).map(
    lambda found: (
        "--since", (FIRST + timedelta(seconds=found[0])).isoformat(),
        "--until", (FIRST + timedelta(seconds=sum(found))).isoformat(),
    )
)  # fmt: skip
days = st.tuples(st.integers(1, 15), st.integers(0, 6)).map(
    lambda found: (
        "--since", str((FIRST + timedelta(days=found[0])).date()),
        "--until", str((FIRST + timedelta(days=sum(found))).date()),
    )
)  # fmt: skip
named = st.sampled_from([("--period", "last-week"), ("--period", "this-week"), ("--last", "5d"), ("--last", "100h")])


@few(16)
@given(
    window=st.one_of(windows, days, named),
    zone=zones,
    by=breakdowns,
    filters=filters_,
    now=st.sampled_from(["2026-10-15T13:07:33Z", "2026-10-12T03:00:00Z", "2026-11-23T12:00:00Z"]),
)
def test_the_window_before_is_what_it_is_when_asked_for(
    mixed: Ledger, window: tuple[str, ...], zone: str, by: str, filters: tuple[str, ...], now: str
) -> None:
    asking = ("--tz", zone, "--by", by, *filters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("USAGE_NOW", now)
        plain = mixed.stats(*window, *asking)
        found = mixed.stats(*window, *asking, "--compare")
    before = found["before"]
    assert found["total"] == plain["total"]
    if before is None:
        return  # a window that has not begun
    span = [datetime.fromisoformat(before["window"][name]) for name in ("since", "until")]
    then = mixed.stats("--since", span[0].isoformat(), "--until", span[1].isoformat(), *asking)
    if span[0] < FIRST:
        assert before["total"] == before["change_pct"] == dict.fromkeys(COMPARED)
        return
    assert before["total"] == {name: then["total"][name] for name in COMPARED}
    if found["total"]["requests"]:
        assert_changes(found["total"], before["total"], before["change_pct"])
    assert_rows_are_both(found["rows"], plain["rows"], then["rows"], by)


def assert_rows_are_both(found: list[Record], now: list[Record], then: list[Record], by: str) -> None:
    """Each row has what it is now, what it was then, and the change; each of now and then has a row."""
    names = ["access_key" if name == "key" else name for name in by.split(",")]
    rows_now, rows_then = ({tuple(row[name] for name in names): row for row in each} for each in (now, then))
    keys = [tuple(row[name] for name in names) for row in found]
    assert keys[: len(now)] == list(rows_now)
    assert keys[len(now) :] == [key for key in rows_then if key not in rows_now]
    nothing = dict.fromkeys(COMPARED, 0)
    for key, row in zip(keys, found, strict=True):
        was = {name: row[f"before_{name}"] for name in COMPARED}
        assert was == {name: rows_then.get(key, nothing)[name] for name in COMPARED}
        assert_changes(row, was, {name: row[change] for name, change in CHANGES.items()})
        for name, value in rows_now.get(key, nothing).items():
            assert row[name] == value


@few(5)
@given(day=st.integers(1, 8), filters=filters_)
def test_a_window_and_the_one_before_are_one(mixed: Ledger, day: int, filters: tuple[str, ...]) -> None:
    first, last = ((FIRST + timedelta(days=number)).isoformat() for number in (day, 2 * day))
    found = mixed.stats("--since", first, "--until", last, "--compare", *filters)
    whole = mixed.stats("--since", FIRST.isoformat(), "--until", last, *filters)
    for name in COMPARED:
        parts = [found["total"][name], found["before"]["total"][name]]
        assert sum(part or 0 for part in parts) == (whole["total"][name] or 0)


# --- formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["model", "key,status"])
def test_formats_agree_cell_for_cell(add: Add, by: str) -> None:
    run = add(WEEKS)
    asking = ("stats", *THIRD_WEEK, "--compare", "--by", by)
    in_json: list[Record] = content(run(*asking, "--format", "json"))["rows"]
    lines = run(*asking, "--format", "jsonl").out.splitlines()
    assert [json.loads(line, parse_float=Decimal) for line in lines] == in_json
    cells = rows(run(*asking, "--format", "csv"))
    assert len(cells) == len(in_json)
    for mine, theirs in zip(cells, in_json, strict=True):
        assert list(mine) == list(theirs)
        for name, value in theirs.items():
            if value is None or isinstance(value, str):
                assert mine[name] == (value or "")
            else:
                assert Decimal(mine[name]) == value
    markdown = run(*asking, "--format", "markdown").out
    assert markdown.count("▼ 100.0 %") == sum(row["cost_change_pct"] == -100 for row in in_json)
    assert "\x1b" not in run(*asking).out


def test_a_comparison_beside_buckets_is_of_the_whole(add: Add) -> None:
    found = content(add(WEEKS)("stats", *THIRD_WEEK, "--compare", "--every", "day", "--format", "json"))
    assert found["before"]["total"] == {"requests": 4, "total_tokens": 40, "cost_usd": Decimal("5.125")}
    assert "before_requests" not in found["rows"][0]


def test_a_comparison_of_another_kind_is_refused(add: Add) -> None:
    outcome = add(WEEKS)("stats", "--compare", "yesterday")
    assert (outcome.code, outcome.out) == (2, "")


# --- empty and partial buckets --------------------------------------------------------------------------


def test_empty_buckets_are_known_inside_the_imports_only(add: Add) -> None:
    """The imports go from the 9th to the 12th."""
    log = "time,model,tokens,cost_usd\n2026-11-09T09:00:00Z,a,5,1\n2026-11-12T10:00:00Z,b,7,\n"
    run = add(log)
    window = ("--since", "2026-11-07", "--until", "2026-11-14", "--every", "day", "--format", "csv")
    found = rows(run("stats", *window))
    assert [(row["bucket"], row["requests"], row["total_tokens"], row["cost_usd"]) for row in found] == [
        ("2026-11-07", "", "", ""),
        ("2026-11-08", "", "", ""),
        ("2026-11-09", "1", "5", "1"),
        ("2026-11-10", "0", "0", "0"),
        ("2026-11-11", "0", "0", "0"),
        ("2026-11-12", "1", "7", ""),
        ("2026-11-13", "", "", ""),
        ("2026-11-14", "", "", ""),
    ]
    assert {row["partial"] for row in found} == {"false"}
    # a filter does not change what the imports cover
    only = column(run("stats", *window, "--model", "b"), "requests", "cost_usd")
    assert only == [("", ""), ("", ""), ("0", "0"), ("0", "0"), ("0", "0"), ("1", ""), ("", ""), ("", "")]
    # a breakdown has rows only for what there was
    parts = column(run("stats", *window, "--by", "model"), "bucket", "model", "requests", "partial")
    assert parts == [("2026-11-09", "a", "1", "false"), ("2026-11-12", "b", "1", "false")]


def test_an_empty_window_has_no_buckets(add: Add) -> None:
    run = add(WEEKS)
    for window in (
        ("--since", "2026-11-01", "--until", "2026-11-03"),
        ("--since", "2026-12-01", "--until", "2026-12-05"),
    ):
        outcome = run("stats", *window, "--every", "day", "--format", "csv")
        assert rows(outcome) == []
        assert "no requests in" in outcome.err


def test_the_edges_of_a_window_are_partial_in_every_row(add: Add) -> None:
    run = add(WEEKS)
    window = ("--since", "2026-11-09T00:00:01", "--until", "2026-11-22T23:00", "--every", "week", "--format", "csv")
    assert column(run("stats", *window), "bucket", "requests", "partial") == [
        ("2026-11-09", "3", "true"),
        ("2026-11-16", "2", "true"),
    ]
    whole = ("--since", "2026-11-09", "--until", "2026-11-22", "--every", "week", "--format", "csv")
    assert column(run("stats", *whole), "bucket", "requests", "partial") == [
        ("2026-11-09", "4", "false"),
        ("2026-11-16", "3", "false"),
    ]
    by_model = column(run("stats", *window, "--by", "model"), "bucket", "model", "partial")
    assert {partial for *_, partial in by_model} == {"true"}
    table = run("stats", *window[:-2], "--by", "model").out
    assert table.count("partial") == len(by_model)


def test_the_running_bucket_is_partial(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    run = add(WEEKS)
    monkeypatch.setenv("USAGE_NOW", "2026-11-22T23:59:59.5Z")
    for window in (("--period", "all"), ("--last", "70d"), ("--since", "2026-11-20", "--until", "2026-11-30")):
        found = rows(run("stats", *window, "--every", "day", "--format", "csv"))
        assert (found[-1]["bucket"], found[-1]["requests"], found[-1]["partial"]) == ("2026-11-22", "1", "true")
        assert {row["partial"] for row in found[1:-1]} == {"false"}
    monkeypatch.setenv("USAGE_NOW", "2026-11-23T00:00:00Z")
    found = rows(run("stats", "--period", "all", "--every", "day", "--format", "csv"))
    assert (found[-1]["bucket"], found[-1]["partial"]) == ("2026-11-22", "false")


def test_a_bucket_after_now_is_partial(add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    run = add(WEEKS)
    monkeypatch.setenv("USAGE_NOW", "2026-11-18T12:00:00Z")
    found = column(
        run("stats", "--period", "all", "--every", "day", "--format", "csv"), "bucket", "requests", "partial"
    )
    assert found[-1] == ("2026-11-22", "1", "true")


# --- a terminal ---------------------------------------------------------------------------------------

needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")


@needs_a_terminal
@pytest.mark.parametrize("width", [80, 120, 200])
def test_comparisons_fit_a_terminal_and_cut_no_number(add: Add, width: int) -> None:
    add(busy_log())
    for arguments in (("--compare",), ("--compare", "--by", "model,key"), ("--every", "day"), ("--every", "week")):
        out = terminal(width, "stats", *arguments)
        assert (too_long(out, width), cut(out)) == ([], []), arguments


@needs_a_terminal
def test_cards_of_a_narrow_terminal_cut_no_number(add: Add) -> None:
    add(busy_log())
    assert cut(terminal(60, "stats")) == []


@needs_a_terminal
@pytest.mark.parametrize(
    ("width", "arguments"),
    [
        (80, ("--every", "week", "--by", "model,key")),
        (80, ("--every", "hour", "--last", "1d", "--wide")),
        (80, ("--compare", "--wide")),
        (120, ("--compare", "--wide")),
    ],
)
def test_no_number_is_cut(add: Add, width: int, arguments: tuple[str, ...]) -> None:
    add(busy_log())
    assert cut(terminal(width, "stats", *arguments)) == []


@needs_a_terminal
def test_buckets_by_two_names_fit_80_columns(add: Add) -> None:
    add(busy_log())
    assert too_long(terminal(80, "stats", "--every", "week", "--by", "model,key"), 80) == []


def test_behind_the_end_of_the_imports_all_is_unknown(add: Add) -> None:
    """The imports end on the 13th: of what came later nothing is 0, and nothing fell by 100 %."""
    run = add("time,model,key,cost_usd\n2026-11-01T00:00:00Z,a,x,1\n2026-11-13T10:00:00Z,a,y,2\n")
    asked = ("stats", "--since", "2026-11-14", "--until", "2026-11-20", "--by", "key", "--compare")
    found = content(run(*asked, "--format", "json"))
    assert [(row["access_key"], row["requests"], row["before_requests"]) for row in found["rows"]] == [("y", None, 1)]
    assert {row["cost_change_pct"] for row in found["rows"]} == {None}
    assert found["total"]["requests"] is None


def test_the_total_is_not_compared_where_its_rows_are_not(add: Add) -> None:
    run = add(WEEKS)
    asked = ("stats", "--since", "2026-10-19", "--until", "2026-11-22", "--by", "key", "--compare")
    assert "Not compared with" in run(*asked).out
    assert "▲" not in run(*asked).out
    assert "▼" not in run(*asked).out
    assert "▲" not in run(*asked, "--format", "markdown").out


def test_where_the_imports_end_within_the_window_it_is_said(add: Add) -> None:
    """A twentieth of the window may be missing at its end without a word: of 7 days 8.4 hours."""
    run = add("time,model,tokens\n2026-11-01T00:00:00Z,a,1\n2026-11-23T03:36:01Z,a,1\n")
    said = "what came later is not known"
    assert said not in run("stats", "--last", "7d").out
    assert f"The imports end 2026-11-23 03:36: {said}." in run("stats", "--last", "6d").out
    assert said in run("trends", "--last", "6d").out
    assert "The imports begin 2026-11-01 00:00: what came before is not known." in run("stats", "--last", "60d").out
