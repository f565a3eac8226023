"""usage forecast."""

from __future__ import annotations

from typing import Annotated

import typer

from instagen_usage_cli import errors, options
from instagen_usage_cli.commands.report_options import ReportOptions, dimensions, one_of, report_to_date
from instagen_usage_cli.measures import PROJECTED


@report_to_date
def forecast(
    given: ReportOptions,
    by: options.By = None,
    measure: options.ForecastMeasure = "cost",
    backtest: Annotated[bool, typer.Option("--backtest", help="How such a projection did in each past month.")] = False,
) -> None:
    """The month so far, its burn rate, and where it will end, with an 80 % range."""
    from instagen_usage_cli import reports
    from instagen_usage_cli.output.forecast import backtest_document, document
    from instagen_usage_cli.reports import forecast as forecasts

    one_of("--measure", measure, list(PROJECTED))
    columns = dimensions(by, reports.DIMENSIONS, default=())
    if backtest and columns:
        raise errors.BacktestOfOne
    with given.opened() as archive:
        if backtest:
            replayed = forecasts.backtest(archive, given.filter, measure=measure, zone=given.zone, now=given.now)
            shown = backtest_document(replayed)
        else:
            answer = forecasts.forecast(
                archive, given.filter, measure=measure, by=columns, zone=given.zone, now=given.now
            )
            shown = document(answer)
    given.write(shown)
