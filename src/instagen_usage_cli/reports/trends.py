"""`usage trends`: a measure per hour, day, week or month, and its pattern over the hours of a week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import sql
from instagen_usage_cli.filters import naive
from instagen_usage_cli.measures import OVER_TIME
from instagen_usage_cli.reports import DIMENSIONS
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.reports.basis import Basis, basis
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.window import Window

# The values of --by that are no dimension, but a place in the week → their columns.
PATTERNS = {"hour-of-day": "hour_of_day", "weekday": "weekday"}
BY = DIMENSIONS | PATTERNS
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A day is judged by the eight weeks before it: with what of the first day lies before the window, up to 25 hours.
HISTORY = timedelta(days=8 * 7 + 2)


BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Trends:
    """A measure over time, or over the hours of a week: `every` is None for a pattern.

    `series` has the measure of each combination over the whole window. `by` are the columns of the breakdown, `columns`
    those of the measure, the drawn one first. Rows of days say with `unusual` whether they stand out, None where the
    past is too short to tell. A pattern's `mean_…` is per day of that weekday, or per hour.
    """

    rows: Result
    series: Result
    total: dict[str, Any]
    measure: str
    columns: tuple[str, ...]
    by: tuple[str, ...]
    every: str | None
    window: Window
    zone: ZoneInfo
    basis: Basis
    covered: dict[str, Any]
    now: datetime


def trends(
    archive: Archive,
    filter_: Filter,
    *,
    measure: str,
    by: tuple[str, ...],
    every: str,
    zone: ZoneInfo,
    now: datetime,
) -> Trends:
    """The measure per bucket and combination of the dimensions, with empty buckets, and days that stand out."""
    filter_ = _single_requests(filter_) if measure == "latency" else filter_
    earlier = _with_history(filter_) if every == "day" else filter_
    scan = Scan(by=by, every=every, zone=zone, split_at=filter_.window.since)
    shared = {"every": every, "zone": zone.key, "measure": measure}
    parts = ["utc"] if zone.key == "UTC" else []
    if measure == "latency":
        archive.keep("trend_latency", earlier, split_at=filter_.window.since, by=list(by), **shared)
        archive.scan(filter_)
    else:
        archive.scan(earlier, scan)
        archive.keep("trend_sums", earlier, parts=parts, by=list(by), **shared)
    found = archive.query(
        sql.compose("reports", "trends", parts),
        since=naive(filter_.window.since),
        until=naive(filter_.window.until),
        history_since=naive(earlier.window.since),
        now=now.replace(tzinfo=None),
        **shared,
    )
    columns = OVER_TIME[measure]
    judged = ("unusual", "z_score", f"typical_{columns[0]}") if every == "day" else ()
    rows = found.renamed("typical", f"typical_{columns[0]}").where("part", "rows")
    return Trends(
        rows=rows.only("bucket", *by, *columns, "partial", *judged),
        series=found.where("part", "series").only(*by, *columns),
        total=found.where("part", "total").records()[0],
        measure=measure,
        columns=columns,
        by=by,
        every=every,
        window=filter_.window,
        zone=zone,
        basis=basis(archive, filter_),
        covered=archive.covered,
        now=now,
    )


def patterns(
    archive: Archive,
    filter_: Filter,
    *,
    measure: str,
    by: tuple[str, ...],
    zone: ZoneInfo,
    now: datetime,
) -> Trends:
    """The measure per weekday, per hour of the day, or both, as `by` says beside its dimensions."""
    filter_ = _single_requests(filter_) if measure == "latency" else filter_
    pattern = [column for column in by if column in PATTERNS.values()]
    dimensions = tuple(column for column in by if column not in pattern)
    archive.scan(filter_, Scan(by=dimensions, every="hour", zone=zone))
    found = archive.ask(
        "patterns",
        filter_,
        parts=["latency"] if measure == "latency" else [],
        measure=measure,
        pattern=pattern,
        by=list(dimensions),
        zone=zone.key,
    )
    columns = OVER_TIME[measure]
    mean = () if measure == "latency" else (f"mean_{columns[0]}",)
    rows = _with_means(found, columns[0], per_day="hour_of_day" not in pattern) if mean else found
    return Trends(
        rows=_named_weekdays(rows).only(*by, *columns, *mean),
        series=rows.where("weekday", object()),
        total={},
        measure=measure,
        columns=(*mean, *columns),
        by=by,
        every=None,
        window=filter_.window,
        zone=zone,
        basis=basis(archive, filter_),
        covered=archive.covered,
        now=now,
    )


def _single_requests(filter_: Filter) -> Filter:
    """Only single requests have a latency, also where a statement counts."""
    return replace(filter_, count="requests") if filter_.count == "best" else filter_


def _with_history(filter_: Filter) -> Filter:
    window = filter_.window
    if window.since is None:
        return filter_
    since = max(window.since, BEGINNING + HISTORY) - HISTORY
    return replace(filter_, window=replace(window, since=since))


def _with_means(found: Result, measure: str, *, per_day: bool) -> Result:
    """The measure per hour of the pattern's time, or per 24 of them; unknown where there was no such time."""
    place, hours = found.names.index(measure), found.names.index("hours")
    unit = 24 if per_day else 1
    rows = tuple(
        (*row, None if row[place] is None or not row[hours] else float(row[place]) * unit / row[hours])
        for row in found.rows
    )
    return Result((*found.columns, Column(f"mean_{measure}", "DOUBLE")), rows)


def _named_weekdays(found: Result) -> Result:
    place = found.names.index("weekday")
    columns = list(found.columns)
    columns[place] = Column("weekday", "VARCHAR")
    rows = tuple(
        (*row[:place], None if row[place] is None else WEEKDAYS[row[place] - 1], *row[place + 1 :])
        for row in found.rows
    )
    return Result(tuple(columns), rows)
