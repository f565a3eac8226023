"""`usage trends`: a measure per hour, day, week or month, and its pattern over the hours of a week."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from instagen_usage_cli import sql
from instagen_usage_cli.choices import PATTERNS
from instagen_usage_cli.filters import naive
from instagen_usage_cli.measures import OVER_TIME
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A day is judged by the eight weeks before it: with what of the first day lies before the window, up to 25 hours.
HISTORY = timedelta(days=8 * 7 + 2)


BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Trends(Answer):
    """A measure over time, or over the hours of a week: `every` is None for a pattern.

    `series` has the measure of each combination over the whole window. `by` are the columns of the breakdown, `columns`
    those of the measure, the drawn one first. Rows of days say with `unusual` whether they stand out, None where the
    past is too short to tell. A pattern's `mean_…` is per day of that weekday, or per hour.
    """

    series: Result
    measure: str
    columns: tuple[str, ...]
    by: tuple[str, ...]
    every: str | None

    @property
    def has_data(self) -> bool:
        """Whether any request has the measure; empty buckets are rows, too."""
        return bool(self.rows.rows) if self.every is None else self.total["first_at"] is not None


def trends(archive: Archive, question: Question, *, measure: str, by: tuple[str, ...], every: str) -> Trends:
    """The measure per bucket and combination of the dimensions, with empty buckets, and days that stand out."""
    question = _count_single(question) if measure == "latency" else question
    filter_, zone = question.filter, question.zone
    earlier = _add_history(filter_) if every == "day" else filter_
    scan = Scan(by=by, every=every, zone=zone, split_at=filter_.window.since)
    shared = {"every": every, "zone": zone.key, "measure": measure}
    parts = ["utc"] if zone.key == "UTC" else []
    if measure == "latency":
        parts = ["latency"]
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
        now=question.now.replace(tzinfo=None),
        **shared,
    )
    columns = OVER_TIME[measure]
    judged = ("unusual", "z_score", f"typical_{columns[0]}") if every == "day" else ()
    rows = found.renamed("typical", f"typical_{columns[0]}").where("part", "rows")
    return Trends.of(
        archive,
        question,
        rows.only("bucket", *by, *columns, "partial", *judged),
        total=found.where("part", "total").records()[0],
        series=found.where("part", "series").only(*by, *columns),
        measure=measure,
        columns=columns,
        by=by,
        every=every,
    )


def patterns(archive: Archive, question: Question, *, measure: str, by: tuple[str, ...]) -> Trends:
    """The measure per weekday, per hour of the day, or both, as `by` says beside its dimensions."""
    question = _count_single(question) if measure == "latency" else question
    filter_, zone = question.filter, question.zone
    pattern = [column for column in by if column in PATTERNS.values()]
    dimensions = tuple(column for column in by if column not in pattern)
    archive.scan(filter_, Scan(by=dimensions, every="hour", zone=zone, within_hours="hour_of_day" in pattern))
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
    rows = _add_means(found, columns[0], per_day="hour_of_day" not in pattern) if mean else found
    return Trends.of(
        archive,
        question,
        _name_weekdays(rows).only(*by, *columns, *mean),
        series=rows.where("weekday", object()),
        measure=measure,
        columns=(*mean, *columns),
        by=by,
        every=None,
    )


def _count_single(question: Question) -> Question:
    """Only single requests have a latency, also where a statement counts."""
    return question.filtered(count="requests") if question.filter.count == "best" else question


def _add_history(filter_: Filter) -> Filter:
    window = filter_.window
    if window.since is None:
        return filter_
    since = max(window.since, BEGINNING + HISTORY) - HISTORY
    return replace(filter_, window=replace(window, since=since))


def _add_means(found: Result, measure: str, *, per_day: bool) -> Result:
    """The measure per hour of the pattern's time, or per 24 of them; unknown where there was no such time."""
    place, hours = found.names.index(measure), found.names.index("hours")
    unit = 24 if per_day else 1
    rows = tuple(
        (*row, None if row[place] is None or not row[hours] else float(row[place]) * unit / row[hours])
        for row in found.rows
    )
    return Result((*found.columns, Column(f"mean_{measure}", "DOUBLE")), rows)


def _name_weekdays(found: Result) -> Result:
    place = found.names.index("weekday")
    columns = list(found.columns)
    columns[place] = Column("weekday", "VARCHAR")
    rows = tuple(
        (*row[:place], None if row[place] is None else WEEKDAYS[row[place] - 1], *row[place + 1 :])
        for row in found.rows
    )
    return Result(tuple(columns), rows)
