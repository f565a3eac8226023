"""`usage forecast`: where the month is heading, and how such a projection did in past months."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import projection
from instagen_usage_cli.measures import PROJECTED, PROJECTED_UNITS
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.reports.basis import Basis, basis
from instagen_usage_cli.result import Column, Result
from instagen_usage_cli.window import Window, midnight

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.projection import Projection
    from instagen_usage_cli.reports.archive import Archive

# The value of --measure → the column it is read from, and the unit that the names of the answer's columns carry.
# The projection looks back at most this far: a year of replays, each with the eight weeks before it.
HISTORY = timedelta(days=365 + 31 + 8 * 7)
DAY = timedelta(days=1)
STORED_DIGITS = 12
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Forecast:
    """The month so far and its projected end, per combination of the dimensions (`rows`) and for everything (`whole`).

    `begins` is where the imports begin; `as_of` the moment up to which the month is known: now, or where they end.
    `whole` is None where the month has no complete or running day that is known. `series` has the amount of each day of
    the month so far; `unknown_days` are those of the month and the days behind the projection that have no known
    amount, though there were requests; `rows_have_unknown_days` says whether single rows have such days.
    """

    rows: Result
    whole: Projection | None
    to_date: Any
    measure: str
    by: tuple[str, ...]
    month: date
    begins: datetime | None
    as_of: datetime | None
    now: datetime
    zone: ZoneInfo
    series: tuple[float | None, ...]
    unknown_days: tuple[date, ...]
    rows_have_unknown_days: bool
    has_long_statements: bool
    basis: Basis


@dataclass(frozen=True)
class Backtest:
    """Each checkpoint of each past month: what would have been projected, and what came; `checkpoints` are its rows.

    `first` and `last` are the days that were replayed, None without imports; `has_requests` says whether any request
    fits the filters, `has_unknown_days` whether some of their days have no known amount.
    """

    rows: Result
    checkpoints: tuple[projection.Checkpoint, ...]
    measure: str
    zone: ZoneInfo
    first: date | None
    last: date | None
    has_requests: bool
    has_unknown_days: bool
    has_long_statements: bool
    basis: Basis


@dataclass(frozen=True)
class _Past:
    """The complete days that the imports cover, and the amount per day of each series, also of the running day.

    `told_from` has the first complete day after the statements longer than a day, for each series that has any.
    """

    days: tuple[date, ...]
    amounts: dict[Key, dict[date, Any]]
    told_from: dict[Key, date]
    today: date
    elapsed: float
    begins: datetime
    as_of: datetime

    def history(self, key: Key) -> list[tuple[date, float | None]]:
        """The complete days of a series that tell something: 0 without anything, None where the amount is unknown."""
        amounts = self.amounts.get(key, {})
        told = [(day, amounts.get(day, 0)) for day in self.days if day >= self.told_from.get(key, day)]
        return [(day, None if amount is None else float(amount)) for day, amount in told]

    def has_long_statements(self, key: Key) -> bool:
        """Whether a statement longer than a day reaches into the days that a projection looks at."""
        return key in self.told_from and self.told_from[key] > self.today - projection.WINDOW * DAY

    def unknown_days(self, key: Key) -> tuple[date, ...]:
        """The days that a projection looks at, and of the month, whose amount is unknown."""
        days = self.amounts.get(key, {}).items()
        return tuple(day for day, amount in days if amount is None and day >= self.today - projection.WINDOW * DAY)

    def to_date(self, key: Key) -> Any:  # noqa: ANN401 - decimal or integer
        """The exact amount of the month so far; None where there were requests and none has a known one."""
        first = self.today.replace(day=1)
        found = [value for day, value in self.amounts.get(key, {}).items() if day >= first]
        known = [value for value in found if value is not None]
        return None if found and not known else sum(known)

    def projected(self, key: Key) -> Projection:
        """The projection of a series; one without numbers, where its month or its days are not known."""
        to_date = self.to_date(key)
        is_known = to_date is not None and not self.has_long_statements(key)
        history = self.history(key) if is_known else []
        found = projection.project(history, today=self.today, to_date=float(to_date or 0), elapsed=self.elapsed)
        return replace(
            found,
            burn_rate_per_day=_tidy(found.burn_rate_per_day),
            run_rate_per_month=_tidy(found.run_rate_per_month),
            projected=_tidy(found.projected),
            low=_tidy(found.low),
            high=_tidy(found.high),
        )


def forecast(
    archive: Archive, filter_: Filter, *, measure: str, by: tuple[str, ...], zone: ZoneInfo, now: datetime
) -> Forecast:
    """The current month of the zone: to date, burn rate, run rate, and its projected end with an 80 % range."""
    month = now.astimezone(zone).date().replace(day=1)
    begin = midnight(month, zone)
    past = _past(archive, filter_, measure=measure, by=by, zone=zone, now=now, split_at=begin)
    is_known = past is not None and past.today >= month and bool(past.amounts)
    whole = past.projected(()) if past is not None and is_known else None
    keys = _series_of(past, month, by) if past is not None and is_known else []
    this_month = replace(filter_, window=Window(begin, now, "This month"))
    return Forecast(
        rows=Result(_columns(by, measure), tuple(_row(past, key, month) for key in keys if past is not None)),
        whole=whole,
        to_date=past.to_date(()) if past is not None and is_known else None,
        measure=measure,
        by=by,
        month=month,
        begins=past.begins if past is not None else None,
        as_of=past.as_of if past is not None else None,
        now=now,
        zone=zone,
        series=_month_series(past, month) if past is not None and is_known else (),
        unknown_days=past.unknown_days(()) if past is not None else (),
        rows_have_unknown_days=past is not None and any(past.unknown_days(key) for key in keys),
        has_long_statements=past is not None and past.has_long_statements(()),
        basis=basis(archive, this_month),
    )


def backtest(archive: Archive, filter_: Filter, *, measure: str, zone: ZoneInfo, now: datetime) -> Backtest:
    """What would have been projected on day 5, 10 and 20 of each complete month, and what came."""
    everything = replace(filter_, window=Window(None, now, "All time"))
    past = _past(archive, everything, measure=measure, by=(), zone=zone, now=now, look_back=None)
    history = past.history(()) if past is not None and past.amounts else []
    checkpoints = tuple(projection.backtest(history))
    return Backtest(
        rows=_backtest_rows(checkpoints, measure),
        checkpoints=checkpoints,
        measure=measure,
        zone=zone,
        first=history[0][0] if history else None,
        last=history[-1][0] if history else None,
        has_requests=past is not None and bool(past.amounts),
        has_unknown_days=any(amount is None for _, amount in history),
        has_long_statements=past is not None and past.has_long_statements(()),
        basis=basis(archive, everything),
    )


def _past(
    archive: Archive,
    filter_: Filter,
    *,
    measure: str,
    by: tuple[str, ...],
    zone: ZoneInfo,
    now: datetime,
    look_back: timedelta | None = HISTORY,
    split_at: datetime | None = None,
) -> _Past | None:
    """What is known up to now; None where nothing is."""
    covered = archive.covered
    if covered["covered_since"] is None:
        return None
    since = None if look_back is None else midnight(now.astimezone(zone).date() - look_back, zone)
    window = Window(since, now, "")
    looked_at = replace(filter_, window=window)
    archive.scan(looked_at, Scan(by=by, every="day", zone=zone, split_at=split_at))
    parts = ["utc"] if zone.key == "UTC" else []
    found = archive.ask("forecast", looked_at, parts=parts, by=list(by), zone=zone.key).records()
    as_of = min(now, _aware(covered["covered_until"])).replace(microsecond=0)
    today, elapsed = _place_in_day(as_of, zone)
    begin = _aware(covered["covered_since"])
    first = _first_complete(begin if since is None else max(begin, since), zone)
    return _Past(
        days=tuple(first + DAY * number for number in range(max((today - first).days, 0))),
        amounts=_amounts(found, by, PROJECTED[measure]),
        told_from=_told_from(found, by, zone),
        today=today,
        elapsed=elapsed,
        begins=begin,
        as_of=as_of,
    )


def _amounts(records: list[dict[str, Any]], by: tuple[str, ...], column: str) -> dict[Key, dict[date, Any]]:
    """The amount per day of each series, and of all together under the empty key."""
    amounts: dict[Key, dict[date, Any]] = {}
    for record in records:
        for key in _keys(record, by):
            days = amounts.setdefault(key, {})
            known = [value for value in (days.get(record["day"]), record[column]) if value is not None]
            days[record["day"]] = sum(known) if known else None
    return amounts


def _told_from(records: list[dict[str, Any]], by: tuple[str, ...], zone: ZoneInfo) -> dict[Key, date]:
    """The first complete day after the statements longer than a day, per series that has any."""
    found: dict[Key, date] = {}
    for record in records:
        if record["longer_until"] is not None:
            first = _first_complete(_aware(record["longer_until"]), zone)
            found |= {key: max(first, found.get(key, first)) for key in _keys(record, by)}
    return found


def _keys(record: dict[str, Any], by: tuple[str, ...]) -> set[Key]:
    """The series that a record belongs to: its own, and that of everything."""
    return {(), tuple(record[name] for name in by)}


def _series_of(past: _Past, month: date, by: tuple[str, ...]) -> list[Key]:
    """The series of the month, the largest first; without dimensions the one of everything."""
    if not by:
        return [()]
    used = [key for key, days in past.amounts.items() if key and any(day >= month for day in days)]
    used.sort(key=lambda key: (-(past.to_date(key) or 0), [str(part) for part in key]))
    return used


def _columns(by: tuple[str, ...], measure: str) -> tuple[Column, ...]:
    kind = "DECIMAL(38,12)" if measure == "cost" else "BIGINT"
    unit = PROJECTED_UNITS[measure]
    return (
        Column("month", "VARCHAR"),
        *(Column(name, "VARCHAR") for name in by),
        Column(f"to_date_{unit}", kind),
        Column(f"burn_rate_{unit}_per_day", "DOUBLE"),
        Column(f"run_rate_{unit}_per_month", "DOUBLE"),
        *(Column(f"{name}_{unit}", "DOUBLE") for name in ("projected", "low", "high")),
        Column("complete_days", "BIGINT"),
        Column("method", "VARCHAR"),
    )


def _row(past: _Past, key: Key, month: date) -> tuple[Any, ...]:
    found = past.projected(key)
    return (
        f"{month:%Y-%m}",
        *key,
        past.to_date(key),
        found.burn_rate_per_day,
        found.run_rate_per_month,
        found.projected,
        found.low,
        found.high,
        found.days_used,
        found.method,
    )


def _backtest_rows(checkpoints: Sequence[projection.Checkpoint], measure: str) -> Result:
    unit = PROJECTED_UNITS[measure]
    columns = (
        Column("month", "VARCHAR"),
        Column("day", "BIGINT"),
        *(Column(f"{name}_{unit}", "DOUBLE") for name in ("actual", "projected", "low", "high")),
        Column("error_change_pct", "DOUBLE"),
        Column(f"naive_{unit}", "DOUBLE"),
        Column("naive_error_change_pct", "DOUBLE"),
        Column("held", "BOOLEAN"),
    )
    rows = tuple(
        (
            f"{point.month:%Y-%m}",
            point.day,
            *map(_tidy, (point.actual, point.projected, point.low, point.high)),
            point.error_pct,
            _tidy(point.naive),
            point.naive_error_pct,
            point.held,
        )
        for point in checkpoints
    )
    return Result(columns, rows)


def _tidy(amount: float | None) -> float | None:
    """To the last digit that the store keeps: what is beyond it comes from adding floats."""
    return None if amount is None else round(amount, STORED_DIGITS)


def _month_series(past: _Past, month: date) -> tuple[float | None, ...]:
    """The amount of each day of the month so far: 0 where there was nothing, unknown where the imports do not tell."""
    amounts = past.amounts.get((), {})
    if past.has_long_statements(()):
        return (None,) * ((past.today - month).days + 1)
    told = dict.fromkeys((*past.days, past.today), 0) | amounts
    found = (told.get(month + DAY * number) for number in range((past.today - month).days + 1))
    return tuple(None if amount is None else float(amount) for amount in found)


def _place_in_day(moment: datetime, zone: ZoneInfo) -> tuple[date, float]:
    """The day of a moment in the zone, and the share of it that has passed."""
    day = moment.astimezone(zone).date()
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    return day, (moment - start) / (end - start)


def _first_complete(moment: datetime, zone: ZoneInfo) -> date:
    """The first day of the zone that begins at that moment or after it."""
    day = moment.astimezone(zone).date()
    return day if midnight(day, zone) >= moment else day + DAY


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
