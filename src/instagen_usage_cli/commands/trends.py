"""usage trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import errors, options
from instagen_usage_cli.commands.report_options import ReportOptions, dimensions, known, one_of, report
from instagen_usage_cli.measures import OVER_TIME

if TYPE_CHECKING:
    from instagen_usage_cli.reports.trends import Trends


@report
def trends(
    given: ReportOptions,
    every: options.Every = None,
    by: options.TrendsBy = None,
    measure: options.Measure = "cost",
    chart: options.Chart = False,
) -> None:
    """A measure over time: per hour, day, week or month, with the days that stand out; or its weekly pattern."""
    from instagen_usage_cli import reports
    from instagen_usage_cli.output.trends import document, heat_map
    from instagen_usage_cli.reports.trends import BY

    interval = known("--every", every, reports.INTERVALS)
    columns = dimensions(by, BY, default=())
    one_of("--measure", measure, list(OVER_TIME))
    if chart and not given.is_for_people:
        raise errors.ChartNeedsTable(format=given.format)
    answer, is_week = _answer(given, measure, columns, interval, chart=chart)
    given.write(heat_map(answer) if is_week else document(answer, chart=chart))


def _answer(
    given: ReportOptions, measure: str, by: tuple[str, ...], every: str | None, *, chart: bool
) -> tuple[Trends, bool]:
    """The trends, or the pattern where `--by` names one; and whether it is to be drawn as a week."""
    from instagen_usage_cli.reports import check_rows
    from instagen_usage_cli.reports.trends import PATTERNS, patterns, trends

    pattern = [column for column in by if column in PATTERNS.values()]
    if not pattern:
        interval = every or "day"
        check_rows(given.filter.window, interval, given.now)
        with given.opened() as archive:
            found = trends(
                archive, given.filter, measure=measure, by=by, every=interval, zone=given.zone, now=given.now
            )
        return found, False
    if every is not None:
        raise errors.PatternWithEvery(every=every)
    if chart and len(by) > len(pattern):
        raise errors.WeekOfOne
    week = tuple(PATTERNS.values()) if chart else by
    with given.opened() as archive:
        return patterns(archive, given.filter, measure=measure, by=week, zone=given.zone, now=given.now), chart
