"""What a month will come to: a projection from complete days, its 80 % range, and how it did in past months.

In one sentence: what each weekday usually takes, at the level of the last weeks and of the month so far, corrected by
how the same projection turned out on past days, which also give the range.

1. The *shape* of the week is the trimmed mean of each weekday over up to 8 weeks. The *level* is a mean of the same
   days without that shape, in which a day counts half as much as one 10 days later and never as more than a busy one:
   a runaway day counts fully in the month to date, but says little about the rest. As the month passes, the mean of
   its own days counts more and more beside it, up to a half at its end.
2. The same projection is made for every third day of the past year, from the days before it, and what then came is
   divided by what was expected. The median of these ratios corrects the projection: they show lasting growth, and
   bursts that come again and again. Their outer tenths are the range, so it holds as often as it would have held so
   far, whatever the days look like.
3. With less of a past to replay, the ratios correct less, and more of the range comes from the scatter of the days.

With less than a week of complete days it is a plain average without a range. A day of unknown amount is left out: it is
neither idle nor usual. If at least as many of the last 7 days are unknown as have an amount, nothing is projected.
Idle days alone, with unknown ones between them, are not projected, either.

Amounts are floats of any unit (dollars, tokens, requests), because a projection is an estimate. Unknown is None.
"""

from __future__ import annotations

import calendar
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

# Simulated on 26 shapes of use over 3 years: none of these numbers is sharp, their neighbours do nearly as well.
WEEK = 7
WINDOW = 8 * WEEK  # days behind shape and level
START_UP = 2 * WEEK  # so many days of a new use are enough for a replay, and idle days before it are left out
HALF_LIFE = 10  # days; the level then rests on some 28 days
LEVEL_DAYS = 28
MONTH_SHARE = 0.5  # what the level of the days of the month counts at its end
FAR, FAR_AT_LEAST = 2.0, 1.4  # robust standard deviations of the logarithm above the usual, or so many times it
ROBUST = 1.4826  # median absolute deviation to standard deviation
REPLAY_DAYS, REPLAY_STEP = 365, 3
REPLAY_MOST = 4.0  # that use once began from nothing says nothing about how often it doubles
TAIL, TAIL_DEVIATIONS = 0.1, 1.2816  # an 80 % range leaves a tenth on either side
FEW, FEW_FOR_TAILS = 2, 3  # stretches of the past as long as the rest of the month, to correct it and for its range
CAUTION = 2.2  # days in a row are alike, and levels drift: more than the scatter of single days shows
CHECKPOINTS = (5, 10, 20)

Method = Literal["weekday", "average", "none"]
METHODS: dict[Method, str] = {
    "weekday": "usual weekdays at the level of the last weeks and the month; past projections correct it",
    "average": "plain average: less than 7 complete days",
    "none": "no complete day yet, or too many of the last are unknown",
}


@dataclass(frozen=True)
class Projection:
    """Where a month is heading, in the unit of the history.

    `projected` is `to_date` + `expected_rest`; the month ends between `low` and `high` in 8 of 10 cases. The burn rate
    is the mean of those of the last 7 complete days (each weekday once) whose amount is known; the run rate is that
    times the days of the month. `days_used` are the complete days behind its shape and level.
    """

    to_date: float
    expected_rest: float | None
    projected: float | None
    low: float | None
    high: float | None
    burn_rate_per_day: float | None
    run_rate_per_month: float | None
    days_used: int
    method: Method


@dataclass(frozen=True)
class Checkpoint:
    """What would have been projected at the end of a day of a past month, and what the month came to.

    `naive` is the month to date by the days elapsed, times the days of the month. Errors are signed percentages of the
    actual (above 0: too high), None where that is 0. `held` says whether the actual was within the range.
    """

    month: date
    day: int
    actual: float
    projected: float
    naive: float
    low: float | None
    high: float | None
    error_pct: float | None
    naive_error_pct: float | None
    held: bool | None


def project(history: Sequence[tuple[date, float | None]], *, today: date, to_date: float, elapsed: float) -> Projection:
    """The projection of the month of `today`.

    `history` holds complete days in order without gaps (an idle day is a 0, an unknown one None) up to the day before
    `today`; `to_date` is the amount of the month so far, also of days that are not complete; `elapsed` the share of
    today that has passed, 0 to 1.
    """
    return _project(_Days([amount for _, amount in history]), len(history), today, to_date, elapsed)


def backtest(
    history: Sequence[tuple[date, float | None]], checkpoints: Sequence[int] = CHECKPOINTS
) -> list[Checkpoint]:
    """The ends of these days of every month of which `history` knows all days, each from the days known by then."""
    days = _Days([amount for _, amount in history])
    return [
        _checkpoint(days, start, first, day)
        for start, (first, _) in enumerate(history)
        if first.day == 1 and start + _month_days(first) <= len(history)
        if days.are_known(start, start + _month_days(first))
        for day in checkpoints
        if day < _month_days(first)
    ]


def _checkpoint(days: _Days, start: int, month: date, day: int) -> Checkpoint:
    """The end of a day of the month whose first day is at index `start`."""
    actual, to_date = days.total(start, start + _month_days(month)), days.total(start, start + day)
    made = _project(days, start + day, month.replace(day=day + 1), to_date, elapsed=0.0)
    projected = to_date + (made.expected_rest or 0.0)
    naive = to_date / day * _month_days(month)
    error, naive_error = (100 * (guess - actual) / abs(actual) if actual else None for guess in (projected, naive))
    slack = 1e-9 * abs(actual)  # a steady history has a range of no width, give or take a rounding
    held = None if made.low is None or made.high is None else made.low - slack <= actual <= made.high + slack
    return Checkpoint(month, day, actual, projected, naive, made.low, made.high, error, naive_error, held)


def _project(days: _Days, known: int, today: date, to_date: float, elapsed: float) -> Projection:
    """The projection from the first `known` days, the last of which is the day before `today`."""
    recent = days.window(known, WEEK)
    if not _is_telling(recent, days.window(known)):
        return Projection(to_date, None, None, None, None, None, None, 0, "none")
    burn_rate = _mean(_known(recent))
    run_rate = burn_rate * _month_days(today)
    ahead = _month_days(today) - today.day + 1
    if len(_known(days.window(known))) < WEEK:
        rest = max(0.0, burn_rate) * (ahead - elapsed)
        used = len(_known(recent))
        return Projection(to_date, rest, to_date + rest, None, None, burn_rate, run_rate, used, "average")
    fit = days.fit(known)
    expected = fit.expected(ahead, today.day - 1, elapsed)
    low, rest, high = (multiple * expected for multiple in days.multiples(known, ahead, today.day - 1))
    ends = to_date + rest, to_date + low, to_date + high
    return Projection(to_date, rest, *ends, burn_rate, run_rate, fit.days, "weekday")


@dataclass(frozen=True)
class _Fit:
    """The weekdays' weights (mean 1) from the day after on, the level, and the scatter of days around both.

    `usual` has the latest day first: what it counts, and the weight of its weekday; nothing where it is unknown. `days`
    is how many known ones there are, `used` how many of them since the first that was not idle.
    """

    shape: tuple[float, ...]
    level: float
    scatter: float
    usual: tuple[tuple[float, float], ...]
    days: int
    used: int

    def expected(self, ahead: int, past: int, elapsed: float = 0.0) -> float:
        """The amount of the `ahead` days from here on that end a month, of the first of which a share has passed.

        `past` days of the month are over.
        """
        weights = sum(self.shape[day % WEEK] for day in range(1, ahead)) + (1 - elapsed) * self.shape[0]
        so_far = sum(amount for amount, _ in self.usual[:past])
        weights_so_far = sum(weight for _, weight in self.usual[:past])
        by_month = MONTH_SHARE / ((weights_so_far + weights) or 1.0)
        return (self.level * (1 - by_month * weights_so_far) + by_month * so_far) * weights


class _Days:
    """The amounts of days, None where unknown, and the fits so far, which the replays of all checkpoints share."""

    def __init__(self, amounts: Sequence[float | None]) -> None:
        self._amounts = amounts
        self._fits: dict[int, _Fit] = {}

    def total(self, start: int, end: int) -> float:
        """The sum of the known days from index `start` to before `end`."""
        return sum(_known(self._amounts[start:end]))

    def are_known(self, start: int, end: int) -> bool:
        """Whether all days from index `start` to before `end` are known."""
        return None not in self._amounts[start:end]

    def window(self, known: int, length: int = WINDOW) -> Sequence[float | None]:
        """The last days, at most `length`, of the first `known`."""
        return self._amounts[max(0, known - length) : known]

    def fit(self, known: int) -> _Fit:
        """The fit to the first `known` days. A refund counts as idle: it does not come again."""
        if known not in self._fits:
            window = self.window(known)
            self._fits[known] = _fit([None if amount is None else max(0.0, amount) for amount in window])
        return self._fits[known]

    def replays(self, known: int, ahead: int, past: int) -> list[float]:
        """What came divided by what was expected `ahead` days before, for days that are known by now; sorted.

        As if each of them were the one after the first `past` days of a month.
        """
        latest = known - ahead
        replayed = range(latest, max(START_UP, latest - REPLAY_DAYS) - 1, -REPLAY_STEP)
        fits = ((day, self.fit(day)) for day in replayed if self.are_known(day - START_UP, day + ahead))
        return sorted(
            max(0.0, min(REPLAY_MOST, self.total(day, day + ahead) / expected))
            for day, fit in fits
            if fit.used >= START_UP and (expected := fit.expected(ahead, past)) > 0
        )

    def multiples(self, known: int, ahead: int, past: int) -> tuple[float, float, float]:
        """By what to multiply the expected amount for the lower end, the projection and the upper end.

        Replays overlap; how far they can be trusted depends on how many stretches of `ahead` days they make up.
        """
        fit = self.fit(known)
        spread = CAUTION * fit.scatter * math.sqrt(1 / ahead + 1 / min(fit.days, LEVEL_DAYS))
        widest = min(math.log(REPLAY_MOST), TAIL_DEVIATIONS * spread)
        low, middle, high = math.exp(-widest), 1.0, math.exp(widest)
        if replays := self.replays(known, ahead, past):
            stretches = len(replays) * REPLAY_STEP / ahead
            tail = TAIL / (1 + FEW_FOR_TAILS / stretches)
            trust = stretches / (stretches + 1)
            low = low ** (1 - trust) * _quantile(replays, tail) ** trust  # nothing, where often nothing came
            high += trust * (_quantile(replays, 1 - tail) - high)
            middle += max(0.0, 1 - FEW / stretches) * (_quantile(replays, 0.5) - 1)
        return min(low, middle), middle, max(middle, high)


def _is_telling(recent: Sequence[float | None], window: Sequence[float | None]) -> bool:
    """Whether days tell a level: of the recent ones all are known, or more have an amount than are unknown.

    Where days of the window are unknown, idle ones alone tell nothing.
    """
    unknown = recent.count(None)
    if unknown:
        return len(recent) - unknown - recent.count(0) > unknown
    return bool(recent) and (None not in window or any(_known(window)))


def _known(amounts: Iterable[float | None]) -> list[float]:
    return [amount for amount in amounts if amount is not None]


def _fit(window: Sequence[float | None]) -> _Fit:
    """The fit to days of which at least a week is known, none below 0."""
    idle = next((day for day, amount in enumerate(window) if amount), len(window))
    used = len(_known(window[idle:]))
    if idle >= WEEK:  # less may be a weekend
        window = window[-max(len(window) - idle, START_UP) :]
    shape = _shape(window)
    amounts = _known(window)
    ages = [age for age, amount in zip(reversed(range(len(window))), window, strict=True) if amount is not None]
    weights = [shape[(-1 - age) % WEEK] for age in ages]
    most = _most(amount / weight for amount, weight in zip(amounts, weights, strict=True) if weight)
    usual = [min(amount, most * weight) for amount, weight in zip(amounts, weights, strict=True)]
    recency = [0.5 ** (age / HALF_LIFE) for age in ages]
    level = _dot(recency, usual) / _dot(recency, weights)
    misses = [amount / level - weight for amount, weight in zip(usual, weights, strict=True)] if level else []
    counted = dict(zip(ages, zip(usual, weights, strict=True), strict=True))
    latest_first = tuple(counted.get(age, (0.0, 0.0)) for age in range(len(window)))
    return _Fit(shape, level, math.sqrt(_dot(misses, misses) / (len(amounts) - 2)), latest_first, len(amounts), used)


def _shape(window: Sequence[float | None]) -> tuple[float, ...]:
    """The weights of the weekdays, beginning with the one after the window.

    Of two days of a weekday the lower counts: the other may be a runaway. Less than three weeks are trusted in part. A
    weekday that is never known is taken as a usual day.
    """
    groups = (sorted(_known(window[(day + len(window)) % WEEK :: WEEK])) for day in range(WEEK))
    means = [_mean(group[1:-1] or group[:1]) if group else None for group in groups]
    usual = _mean(_known(means))
    trust = min(1.0, (len(_known(window)) // WEEK + 1) / 4)
    return tuple(1 + trust * (mean / usual - 1) if usual and mean is not None else 1.0 for mean in means)


def _most(amounts: Iterable[float]) -> float:
    """The most that a day may count. Idle days are left out: they do not say how much a busy one takes."""
    logs = sorted(math.log(amount) for amount in amounts if amount)
    if not logs:
        return 0.0
    usual = _quantile(logs, 0.5)
    deviation = ROBUST * _quantile(sorted(abs(log - usual) for log in logs), 0.5)
    return math.exp(min(logs[-1], usual + max(FAR * deviation, math.log(FAR_AT_LEAST))))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies, interpolated."""
    place = share * (len(ordered) - 1)
    below, above = ordered[math.floor(place)], ordered[math.ceil(place)]
    return below + place % 1 * (above - below)


def _mean(amounts: Sequence[float]) -> float:
    return sum(amounts) / len(amounts)


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(left, right, strict=True))


def _month_days(day: date) -> int:
    return calendar.monthrange(day.year, day.month)[1]
