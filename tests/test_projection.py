"""Projections worked out by hand, their laws, and the bar: errors and ranges on the demo's and two generated histories.

The seeds of the generated histories were not chosen; other seeds are checked together.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from statistics import median
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli import demo
from instagen_usage_cli.projection import CHECKPOINTS, METHODS, Checkpoint, Projection, backtest, project

if TYPE_CHECKING:
    from collections.abc import Callable

History = list[tuple[date, float]]
UnknownHistory = Sequence[tuple[date, float | None]]
DAY = timedelta(days=1)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MONDAY = date(2026, 8, 31)
# A week from Monday on, 30.0 in all.
WEEK = (5.0, 6.0, 5.0, 4.0, 8.0, 2.0, 0.0)


def days(amounts: Sequence[float], *, until: date) -> History:
    """Complete days up to the one before `until`."""
    return [(until - DAY * (len(amounts) - index), amount) for index, amount in enumerate(amounts)]


def without(history: History, *ago: int) -> UnknownHistory:
    """The same history, of which the days so long before its end are unknown."""
    return [(day, None if len(history) - index in ago else amount) for index, (day, amount) in enumerate(history)]


def seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - made-up days, no secrets


def weekly(length: int, *, until: date) -> History:
    """The same week again and again."""
    dates = (until - DAY * ago for ago in range(length, 0, -1))
    return [(day, WEEK[day.weekday()]) for day in dates]


def at_midnight(history: UnknownHistory) -> Projection:
    """The projection at the end of a history."""
    return projected(history, today=history[-1][0] + DAY, so_far=0.0, elapsed=0.0)


def projected(history: UnknownHistory, *, today: date, so_far: float, elapsed: float) -> Projection:
    """The projection where the month to date is what the history has of it, and today's amount."""
    first = today.replace(day=1)
    to_date = sum(amount for day, amount in history if day >= first and amount is not None) + so_far
    return project(history, today=today, to_date=to_date, elapsed=elapsed)


# --- worked out by hand -------------------------------------------------------------------------------------------


def test_nothing_is_known_without_a_complete_day() -> None:
    made = projected([], today=date(2026, 11, 1), so_far=1.5, elapsed=0.25)
    assert made == Projection(1.5, None, None, None, None, None, None, 0, "none")


def test_less_than_seven_days_are_a_plain_average_without_a_range() -> None:
    # 9 in 3 days; 26.5 days to come: half of the 4th, and the 5th to the 30th.
    made = projected(days([2.0, 3.0, 4.0], until=date(2026, 11, 4)), today=date(2026, 11, 4), so_far=1.0, elapsed=0.5)
    assert made == Projection(10.0, 79.5, 89.5, None, None, 3.0, 90.0, 3, "average")


@pytest.mark.parametrize(("length", "method"), [(1, "average"), (6, "average"), (7, "weekday")])
def test_the_method_changes_with_the_seventh_day(length: int, method: str) -> None:
    made = at_midnight(days([3.0] * length, until=date(2026, 11, 10)))
    assert (made.method, made.days_used) == (method, length)
    assert made.projected == pytest.approx(3.0 * (min(length, 9) + 21))
    assert made.method in METHODS


@pytest.mark.parametrize("length", [7, 13, 20, 56, 400])
def test_a_constant_history_goes_on_without_a_doubt(length: int) -> None:
    made = projected(days([4.0] * length, until=date(2026, 11, 23)), today=date(2026, 11, 23), so_far=1.0, elapsed=0.5)
    assert made.to_date == 4.0 * min(length, 22) + 1
    assert made.expected_rest == pytest.approx(4.0 * 7.5)
    assert made.projected == made.low == made.high == pytest.approx(made.to_date + 30)
    assert (made.burn_rate_per_day, made.run_rate_per_month) == (4.0, 120.0)
    assert made.days_used == min(length, 56)


@pytest.mark.parametrize("length", [35, 56, 100, 300])
@pytest.mark.parametrize("day", [1, 2, 11, 23, 28, 30])
def test_a_strict_week_goes_on_exactly(length: int, day: int) -> None:
    today = date(2026, 11, day)
    made = at_midnight(weekly(length, until=today))
    rest = sum(WEEK[date(2026, 11, later).weekday()] for later in range(day, 31))
    assert made.expected_rest == pytest.approx(rest)
    assert (made.low, made.high) == pytest.approx((rest + made.to_date,) * 2, rel=0.01)
    assert made.burn_rate_per_day == pytest.approx(30 / 7)
    assert made.run_rate_per_month == pytest.approx(30 * 30 / 7)


@pytest.mark.parametrize("length", [7, 14])
def test_less_than_three_weeks_are_trusted_in_part(length: int) -> None:
    friday = projected(weekly(length, until=date(2026, 7, 31)), today=date(2026, 7, 31), so_far=0.0, elapsed=0.0)
    assert friday.expected_rest is not None
    assert 30 / 7 < friday.expected_rest < 8


def test_the_burn_rate_is_the_last_seven_days() -> None:
    made = at_midnight(days([100.0] * 30 + [1, 2, 3, 4, 5, 6, 7], until=date(2026, 2, 10)))
    assert (made.burn_rate_per_day, made.run_rate_per_month) == (4.0, 112.0)


@pytest.mark.parametrize(("today", "rest"), [(date(2026, 2, 20), 9), (date(2028, 2, 20), 10), (date(2026, 12, 31), 1)])
def test_months_have_their_own_length(today: date, rest: int) -> None:
    made = at_midnight(days([1.0] * 60, until=today))
    assert made.expected_rest == pytest.approx(rest)
    assert made.projected == pytest.approx(today.day - 1 + rest)


def test_on_the_last_day_only_what_is_left_of_it_is_to_come() -> None:
    history = weekly(60, until=date(2026, 11, 30))
    monday = projected(history, today=date(2026, 11, 30), so_far=4.0, elapsed=0.75)
    assert monday.expected_rest == pytest.approx(5 / 4)
    over = projected(history, today=date(2026, 11, 30), so_far=4.0, elapsed=1.0)
    assert over.expected_rest == 0
    assert over.projected == over.low == over.high == over.to_date


def test_on_the_first_day_the_month_to_date_is_today() -> None:
    made = projected(days([1.0] * 31, until=date(2026, 11, 1)), today=date(2026, 11, 1), so_far=0.5, elapsed=0.5)
    assert made.to_date == 0.5
    assert made.projected == pytest.approx(30)


def test_more_today_than_expected_counts_now_and_changes_nothing_to_come() -> None:
    history = weekly(60, until=date(2026, 11, 20))
    usual, busy = (projected(history, today=date(2026, 11, 20), so_far=much, elapsed=0.5) for much in (4.0, 400.0))
    assert busy.expected_rest == usual.expected_rest
    assert busy.to_date - usual.to_date == pytest.approx(396)


@pytest.mark.parametrize("length", [1, 6, 7, 14, 100, 400])
def test_idle_days_go_on_idle(length: int) -> None:
    made = at_midnight(days([0.0] * length, until=date(2026, 11, 23)))
    assert (made.to_date, made.expected_rest, made.projected, made.run_rate_per_month) == (0, 0, 0, 0)
    assert (made.low, made.high) == ((None, None) if length < 7 else (0, 0))


def test_idle_days_before_the_first_use_do_not_count() -> None:
    made = at_midnight(days([0.0] * 90 + [4.0] * 21, until=date(2026, 11, 22)))
    assert made.projected == pytest.approx(4.0 * 30)
    assert made.days_used == 21


def test_a_refund_counts_in_the_month_to_date_only() -> None:
    made = at_midnight(days([4.0] * 55 + [-10.0], until=date(2026, 11, 22)))
    idle = at_midnight(days([4.0] * 55 + [0.0], until=date(2026, 11, 22)))
    assert made.to_date == 4.0 * 20 - 10
    assert made.expected_rest == idle.expected_rest


@pytest.mark.parametrize("ago", [1, 2, 3, 5, 9, 20, 40])
@pytest.mark.parametrize("times", [50.0, 5000.0])
@pytest.mark.parametrize(("noise", "share"), [(0.0, 0.05), (0.25, 0.15)])
def test_one_runaway_day_says_little_about_the_rest(ago: int, times: float, noise: float, share: float) -> None:
    dice = seeded(ago)
    history = [(day, amount * dice.lognormvariate(0, noise)) for day, amount in weekly(90, until=date(2026, 11, 11))]
    calm = at_midnight(history)
    day, amount = history[-ago]
    history[-ago] = (day, 30 / 7 * times)
    wild = at_midnight(history)
    assert calm.expected_rest is not None
    assert wild.expected_rest == pytest.approx(calm.expected_rest, rel=share)
    assert wild.to_date - calm.to_date == pytest.approx(30 / 7 * times - amount if ago <= 10 else 0)


def test_bursts_that_come_again_and_again_are_expected_again() -> None:
    # A burst counts for little, but most months of the past had one or two: of 31 days 51 or 71 in all.
    amounts = [21.0 if day % 20 == 0 else 1.0 for day in range(400)]
    made = at_midnight(days(amounts, until=date(2026, 10, 1)))
    assert made.projected == pytest.approx(2 * 31, rel=0.2)
    assert made.low is not None
    assert made.high is not None
    assert made.low < 51 < 2 * 31 < made.high


def test_lasting_growth_is_expected_to_last() -> None:
    amounts = [1.005**day for day in range(400)]
    made = at_midnight(days(amounts, until=date(2026, 10, 1)))
    rest = sum(1.005**day for day in range(400, 431))
    assert made.expected_rest == pytest.approx(rest, rel=0.05)
    assert made.expected_rest is not None
    assert made.expected_rest > 31 * 1.005**399


# --- days of unknown amount ----------------------------------------------------------------------------------------


def test_an_unknown_day_is_left_out_and_does_not_count_as_idle() -> None:
    history = weekly(100, until=date(2026, 11, 23))
    whole, gaps = at_midnight(history), at_midnight(without(history, 1, 3, 10, 40))
    assert gaps.expected_rest == pytest.approx(whole.expected_rest)
    assert gaps.days_used == 56 - 4
    assert gaps.burn_rate_per_day == pytest.approx((30 - WEEK[6] - WEEK[4]) / 5)


@pytest.mark.parametrize("length", [8, 15, 100])
def test_where_the_last_days_are_unknown_so_is_the_projection(length: int) -> None:
    made = at_midnight(without(days([4.0] * length, until=date(2026, 11, 23)), *range(1, 9)))
    assert made == Projection(made.to_date, None, None, None, None, None, None, 0, "none")


def test_idle_days_do_not_speak_for_unknown_ones() -> None:
    # Only Mondays to Fridays are used, and their amounts are unknown for two weeks.
    history = days([0.0 if number % 7 in (5, 6) else 4.0 for number in range(70)], until=date(2026, 11, 9))
    assert at_midnight(without(history, *range(3, 8), *range(10, 15))).method == "none"


def test_where_all_days_in_use_are_unknown_idle_ones_tell_nothing() -> None:
    history = days([4.0] * 30 + [0.0] * 20, until=date(2026, 11, 23))
    assert at_midnight(without(history, *range(21, 51))).method == "none"
    assert at_midnight(without(history, *range(21, 50))).method == "weekday"


def test_a_weekday_that_is_always_unknown_is_taken_as_a_usual_day() -> None:
    history = days([4.0] * 70, until=date(2026, 11, 22))
    made = at_midnight(without(history, *range(1, 70, 7)))
    assert made.projected == pytest.approx(4.0 * (21 - 3) + 4.0 * 9)


def test_few_known_days_are_a_plain_average() -> None:
    made = at_midnight(without(days([4.0] * 10, until=date(2026, 11, 11)), 2, 4, 8, 9, 10))
    assert (made.method, made.days_used, made.burn_rate_per_day) == ("average", 5, 4.0)


def test_a_month_with_an_unknown_day_is_not_replayed() -> None:
    history = days([1.0] * 91, until=date(2026, 12, 1))
    assert {check.month.month for check in backtest(without(history, 45))} == {9, 11}
    assert all(check.projected == pytest.approx(check.actual) for check in backtest(without(history, 45)))


# --- the backtest -------------------------------------------------------------------------------------------------


def test_a_checkpoint_is_the_end_of_its_day() -> None:
    # September begins with 10 a day to the 5th, goes on with 4; nothing was known before.
    history = days([10.0] * 5 + [4.0] * 25, until=date(2026, 10, 1))
    fifth = backtest(history)[0]
    assert fifth == Checkpoint(date(2026, 9, 1), 5, 150.0, 300.0, 300.0, None, None, 100.0, 100.0, None)


def test_only_whole_months_are_replayed() -> None:
    history = days([1.0] * 91, until=date(2026, 12, 1))
    assert history[0][0] == date(2026, 9, 1)
    replayed = [(check.month.month, check.day) for check in backtest(history)]
    assert replayed == [(month, day) for month in (9, 10, 11) for day in CHECKPOINTS]
    assert {check.month.month for check in backtest(history[1:-1])} == {10}
    assert backtest(history[1:30]) == backtest([]) == []


def test_the_range_of_a_steady_history_holds_in_spite_of_rounding() -> None:
    held = [check.held for check in backtest(days([0.1] * 400, until=date(2026, 11, 1)))]
    assert len(held) == 39
    assert all(held)


def test_errors_are_signed_and_unknown_for_an_idle_month() -> None:
    history = days([2.0] * 30 + [0.0] * 31 + [1.0] * 30, until=date(2026, 12, 1))
    first, idle, late = (check for check in backtest(history) if check.day == 20)
    assert first.error_pct == first.naive_error_pct == pytest.approx(0)
    assert (idle.actual, idle.error_pct, idle.naive_error_pct) == (0, None, None)
    assert late.error_pct is not None
    assert late.error_pct < 0


@given(st.data())
def test_a_checkpoint_knows_what_was_known_then(data: st.DataObject) -> None:
    history = data.draw(HISTORIES)
    for check in backtest(history):
        known = [(day, amount) for day, amount in history if day < check.month.replace(day=check.day + 1)]
        made = at_midnight(known)
        assert (made.low is None) == (check.held is None)
        assert check.projected == pytest.approx(made.projected)
        if check.held is not None:
            assert (check.low, check.high) == pytest.approx((made.low, made.high))


# --- laws ---------------------------------------------------------------------------------------------------------

AMOUNTS = st.one_of(st.just(0.0), st.floats(1e-4, 1e6), st.floats(1.0, 20.0))
HISTORIES = st.builds(
    lambda amounts, until: days(amounts, until=until),
    st.one_of(st.lists(AMOUNTS, min_size=1, max_size=40), st.lists(AMOUNTS, min_size=60, max_size=120)),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
)
SHARES = st.floats(0, 1)


def numbers(made: Projection) -> list[float | None]:
    return [
        made.to_date,
        made.expected_rest,
        made.projected,
        made.low,
        made.high,
        made.burn_rate_per_day,
        made.run_rate_per_month,
    ]


@given(HISTORIES, AMOUNTS, SHARES)
def test_the_projection_is_in_its_range_and_not_below_the_month_to_date(
    history: History, so_far: float, elapsed: float
) -> None:
    made = projected(history, today=history[-1][0] + DAY, so_far=so_far, elapsed=elapsed)
    assert all(math.isfinite(number) for number in numbers(made) if number is not None)
    assert made.projected is not None
    assert made.projected >= made.to_date
    assert (made.low is None) == (made.high is None) == (len(history) < 7)
    if made.low is not None and made.high is not None:
        assert made.to_date <= made.low <= made.projected <= made.high


@given(HISTORIES, AMOUNTS, SHARES, st.sets(st.integers(1, 120)))
def test_nothing_is_projected_below_a_month_to_date_that_the_history_has_in_part(
    history: History, more: float, elapsed: float, unknown: set[int]
) -> None:
    """The imports begin within the month and the day, or days of it are unknown."""
    today = history[-1][0] + DAY
    to_date = more + sum(amount for day, amount in history if day >= today.replace(day=1))
    made = project(without(history, *unknown), today=today, to_date=to_date, elapsed=elapsed)
    assert made.to_date == to_date
    assert all(math.isfinite(number) for number in numbers(made) if number is not None)
    assert made.projected is None or made.projected >= to_date
    if made.low is not None and made.high is not None and made.projected is not None:
        assert to_date <= made.low <= made.projected <= made.high


@given(HISTORIES, AMOUNTS, SHARES, st.sampled_from([1e-3, 0.5, 3.0, 1e6]))
def test_another_unit_changes_nothing_else(history: History, so_far: float, elapsed: float, unit: float) -> None:
    today = history[-1][0] + DAY
    made = projected(history, today=today, so_far=so_far, elapsed=elapsed)
    other = projected(
        [(day, amount * unit) for day, amount in history], today=today, so_far=so_far * unit, elapsed=elapsed
    )
    assert (other.method, other.days_used) == (made.method, made.days_used)
    for number, scaled in zip(numbers(made), numbers(other), strict=True):
        assert scaled == (None if number is None else pytest.approx(number * unit, rel=1e-6, abs=1e-9 * unit))


@given(HISTORIES, AMOUNTS, SHARES)
def test_the_hours_that_pass_take_from_the_rest(history: History, so_far: float, elapsed: float) -> None:
    today = history[-1][0] + DAY
    morning, later = (projected(history, today=today, so_far=so_far, elapsed=share) for share in (0.0, elapsed))
    assert morning.expected_rest is not None
    assert later.expected_rest is not None
    assert later.expected_rest <= morning.expected_rest


# --- the bar ------------------------------------------------------------------------------------------------------


def demo_history() -> History:
    """The cost of the complete days of the demo; its first day is a part of one."""
    cost: dict[date, float] = defaultdict(float)
    for request in demo.traffic(NOW):
        cost[request.started_at.date()] += float(request.cost_usd)
    return [(day, cost[day]) for day in sorted(cost) if min(cost) < day < NOW.date()]


def growing(seed: int = 20230101) -> History:
    """Three years of 6 % more each month, quiet weekends, and days that differ by a quarter."""
    dice = seeded(seed)
    dates = [date(2023, 1, 1) + DAY * day for day in range(1096)]
    return [
        (
            day,
            10 * 1.06 ** (age / 30.4) * (0.4 if day.weekday() >= 5 else 1) * dice.lognormvariate(0, 0.25),
        )
        for age, day in enumerate(dates)
    ]


def bursting(seed: int = 20240101) -> History:
    """Three years of 5 % less each month, quieter weekends, and one day in fifty that is 5 to 20 times as expensive."""
    dice = seeded(seed)
    dates = [date(2023, 1, 1) + DAY * day for day in range(1096)]
    return [
        (
            day,
            100
            * 0.95 ** (age / 30.4)
            * (0.5 if day.weekday() >= 5 else 1)
            * dice.lognormvariate(0, 0.35)
            * (dice.uniform(5, 20) if dice.random() < 0.02 else 1),
        )
        for age, day in enumerate(dates)
    ]


@cache
def replayed(make: Callable[[], History]) -> list[Checkpoint]:
    return backtest(make())


def median_errors(checks: Sequence[Checkpoint], day: int) -> tuple[float, float]:
    """Of the projection and of the naive run rate, regardless of their sign."""
    errors = [abs(check.error_pct) for check in checks if check.day == day and check.error_pct is not None]
    naive = [abs(check.naive_error_pct) for check in checks if check.day == day and check.naive_error_pct is not None]
    return median(errors), median(naive)


def share_held(checks: Sequence[Checkpoint]) -> float:
    known = [check.held for check in checks if check.held is not None]
    return sum(known) / len(known)


GENERATED = (growing, bursting)
ALL = (demo_history, *GENERATED)


def test_the_histories_are_what_they_should_be() -> None:
    assert [len(replayed(make)) for make in ALL] == [6, 108, 108]
    assert (demo_history()[0][0], demo_history()[-1][0]) == (date(2026, 8, 26), date(2026, 11, 22))


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize("day", CHECKPOINTS)
def test_the_median_error_is_no_worse_than_the_naive_run_rates(make: Callable[[], History], day: int) -> None:
    error, naive = median_errors(replayed(make), day)
    assert error <= naive


@pytest.mark.parametrize("make", ALL)
def test_it_is_clearly_better_in_the_first_third_of_the_month(make: Callable[[], History]) -> None:
    for day in (5, 10):
        error, naive = median_errors(replayed(make), day)
        assert error <= 0.8 * naive


@pytest.mark.parametrize("make", GENERATED)
def test_the_range_holds_in_eight_of_ten_cases(make: Callable[[], History]) -> None:
    assert 0.7 <= share_held(replayed(make)) <= 0.9


def test_the_range_holds_in_eight_of_ten_cases_of_all_three() -> None:
    assert 0.7 <= share_held([check for make in ALL for check in replayed(make)]) <= 0.9


@pytest.mark.parametrize("make", GENERATED)
def test_other_seeds_say_the_same(make: Callable[[int], History]) -> None:
    checks = [check for seed in range(8) for check in backtest(make(seed))]
    for day, share in zip(CHECKPOINTS, (0.75, 0.8, 0.9), strict=True):
        error, naive = median_errors(checks, day)
        assert error <= share * naive
        assert 0.7 <= share_held([check for check in checks if check.day == day]) <= 0.9
    assert 0.75 <= share_held(checks) <= 0.85
