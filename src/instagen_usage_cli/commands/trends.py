"""usage trends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import errors, options
from instagen_usage_cli.choices import DIMENSIONS, INTERVALS, PATTERNS
from instagen_usage_cli.commands.report_options import (
    ReportOptions,
    check_choice,
    check_optional,
    read_dimensions,
    report,
)
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
    from instagen_usage_cli.reports.trends import trends as ask

    interval = check_optional("--every", every, list(INTERVALS))
    columns = read_dimensions(by, DIMENSIONS | PATTERNS, default=())
    check_choice("--measure", measure, list(OVER_TIME))
    if chart and not given.is_for_people:
        raise errors.ChartNeedsTable(format=given.format)
    if {*columns} & {*PATTERNS.values()}:
        answer = _ask_patterns(given, measure, columns, interval, is_week=chart)
        given.write(heat_map(answer) if chart else document(answer))
    else:
        reports.check_rows(given.filter.window, interval or "day", given.now)
        answer = given.ask(ask, measure=measure, by=columns, every=interval or "day")
        given.write(document(answer, chart=chart))


def _ask_patterns(
    given: ReportOptions, measure: str, by: tuple[str, ...], every: str | None, *, is_week: bool
) -> Trends:
    """The pattern of a week that `--by` names; where it `is_week`, by its days and their hours."""
    from instagen_usage_cli.reports.trends import patterns

    if every is not None:
        raise errors.PatternWithEvery(every=every)
    if is_week and {*by} - {*PATTERNS.values()}:
        raise errors.WeekOfOne
    return given.ask(patterns, measure=measure, by=tuple(PATTERNS.values()) if is_week else by)
