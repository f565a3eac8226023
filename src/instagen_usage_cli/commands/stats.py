"""usage stats, and the overviews made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import options
from instagen_usage_cli.choices import DIMENSIONS, INTERVALS
from instagen_usage_cli.commands.report_options import (
    ReportOptions,
    check_optional,
    read_clock,
    read_dimensions,
    report,
)

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.output import Document
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.window import Window


@report
def stats(
    given: ReportOptions,
    by: options.By = None,
    every: options.Every = None,
    compare: options.Compare = None,
    cost_parts: options.CostParts = False,
) -> None:
    """Requests, tokens and cost of a window, as cards and broken down."""
    from instagen_usage_cli import reports
    from instagen_usage_cli.output.stats import document
    from instagen_usage_cli.reports.stats import stats as ask

    interval = check_optional("--every", every, list(INTERVALS))
    columns = read_dimensions(by, DIMENSIONS, default=() if interval else ("model",))
    if interval:
        reports.check_rows(given.filter.window, interval, given.now)
    comparison = {None: "total" if given.is_for_people else None, True: "rows", False: None}[compare]
    given.write(document(given.ask(ask, by=columns, every=interval, compare=comparison, cost_parts=cost_parts)))


def overview(database: Path, window: Window, zone: ZoneInfo) -> Document:
    """The document of `usage stats` for a window, with nothing else asked."""
    from instagen_usage_cli import reports

    with reports.opened(database) as archive:
        return overview_of(archive, window, zone)


def overview_of(archive: Archive, window: Window, zone: ZoneInfo, *, breakdown: bool = True) -> Document:
    """The same of an open archive, with the cards alone where there is to be no `breakdown`."""
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.output.stats import document
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.stats import stats as ask

    answer = ask(archive, Question(Filter(window=window), zone, read_clock()), compare="total")
    return document(answer, breakdown=breakdown)
