"""Days of `usage trends` that stand out against the same weekday before, worked out by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.answers import as_number, rows
from tests.support.traffic import (
    DAY,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]


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
