"""The bar of projections: replayed at days of every month of series that nobody made up, and of the demo at any clock.

The series are the commits a day of public repositories (`series/SOURCES.tsv`), a cent each.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import demo
from instagen_usage_cli.projection import CHECKPOINTS, Checkpoint, backtest
from tests.test_projection import bursting, growing, median_errors, share_held

if TYPE_CHECKING:
    from tests.test_projection import History

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
SERIES = ("aider", "duckdb", "langfuse")
GENERATED = {"growing": growing, "bursting": bursting}
NAMES = (*SERIES, *GENERATED, "demo")
EVERY_DAY = range(1, 29)
# A sixteenth of a year and some hours apart, so that all days of the month and of the week have their turn.
CLOCKS = [datetime(2026, 1, 1, 7, 30, tzinfo=UTC) + timedelta(days=22.8 * number) for number in range(20)]


def commits(name: str) -> History:
    with (Path(__file__).parent / "series" / f"{name}.csv").open(encoding="utf-8") as file:
        found = {date.fromisoformat(row["date"]): int(row["commits"]) / 100 for row in csv.DictReader(file)}
    first, last = min(found), max(found)
    # The last day is not over.
    return [(first + DAY * number, found.get(first + DAY * number, 0.0)) for number in range((last - first).days)]


def demo_at(now: datetime) -> History:
    cost: dict[date, float] = defaultdict(float)
    for request in demo.traffic(now):
        cost[request.started_at.date()] += float(request.cost_usd)
    return [(day, cost[day]) for day in sorted(cost) if min(cost) < day < now.date()]


@cache
def histories(name: str) -> list[History]:
    if name == "demo":
        return [demo_at(now) for now in CLOCKS]
    return [GENERATED[name]() if name in GENERATED else commits(name)]


@cache
def replayed(name: str, *, every_day: bool = False) -> list[Checkpoint]:
    days = EVERY_DAY if every_day else CHECKPOINTS
    return [check for history in histories(name) for check in backtest(history, days)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("day", CHECKPOINTS)
def test_no_checkpoint_is_worse_than_the_naive_run_rate(name: str, day: int) -> None:
    error, naive = median_errors(replayed(name), day)
    # Of the 30 months of langfuse at day 20 the naive median is the last of eight between 4.2 and 5.8 %, before a gap
    # to 8.4 %; even 90 % of the naive run rate in the mean do not reach it (docs/reports.md).
    assert error <= naive * (1.25 if (name, day) == ("langfuse", 20) else 1.02)


@pytest.mark.parametrize("day", CHECKPOINTS)
def test_it_is_clearly_better_over_all_of_them(day: int) -> None:
    # Each counts the same: the errors of steady series and of those without any order differ tenfold.
    ratios = [error / naive for error, naive in (median_errors(replayed(name), day) for name in NAMES)]
    assert sum(ratios) / len(ratios) <= 0.8


@pytest.mark.parametrize("name", NAMES)
def test_it_is_better_over_the_days_of_a_month(name: str) -> None:
    checks = replayed(name, every_day=True)
    ratios = [error / naive for error, naive in (median_errors(checks, day) for day in EVERY_DAY)]
    assert sum(ratios) / len(ratios) < 0.95
    assert sum(ratio > 1.02 for ratio in ratios) <= 6


@pytest.mark.parametrize("day", EVERY_DAY)
def test_on_no_day_of_the_month_it_is_worse_over_all_of_them(day: int) -> None:
    error, naive = median_errors([check for name in NAMES for check in replayed(name, every_day=True)], day)
    assert error < naive


@pytest.mark.parametrize("name", NAMES)
def test_no_series_has_a_range_that_rarely_holds(name: str) -> None:
    assert 0.65 <= share_held(replayed(name)) <= 0.9


def test_the_ranges_hold_in_eight_of_ten_cases() -> None:
    assert 0.75 <= share_held([check for name in NAMES for check in replayed(name)]) <= 0.88
