"""usage stats, and the overviews made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import options
from instagen_usage_cli.commands.asking import Asked, dimensions, known, moment_now, report

if TYPE_CHECKING:
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.output import Document
    from instagen_usage_cli.window import Window


@report
def stats(
    asked: Asked,
    by: options.By = None,
    every: options.Every = None,
    compare: options.Compare = None,
    cost_parts: options.CostParts = False,
) -> None:
    """Requests, tokens and cost of a window, as cards and broken down."""
    from instagen_usage_cli import reports
    from instagen_usage_cli.output.stats import document
    from instagen_usage_cli.reports.stats import stats as ask

    interval = known("--every", every, reports.INTERVALS)
    columns = dimensions(by, reports.DIMENSIONS, default=() if interval else ("model",))
    if interval:
        reports.check_rows(asked.filter.window, interval, asked.now)
    comparison = {None: "total" if asked.is_for_people else None, True: "rows", False: None}[compare]
    with asked.opened() as store:
        answer = ask(
            store,
            asked.filter,
            by=columns,
            every=interval,
            zone=asked.zone,
            now=asked.now,
            compare=comparison,
            cost_parts=cost_parts,
        )
    asked.write(document(answer))


def overview(database: Path, window: Window, zone: ZoneInfo, *, breakdown: bool = True) -> Document:
    """The document of `usage stats` for a window, with nothing else asked."""
    from instagen_usage_cli import reports
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.output.stats import document
    from instagen_usage_cli.reports.stats import stats as ask

    with reports.opened(database) as store:
        answer = ask(store, Filter(window=window), zone=zone, now=moment_now(), compare="total")
    return document(answer, breakdown=breakdown)
