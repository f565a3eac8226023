"""usage forecast."""

from __future__ import annotations

from typing import Annotated

import typer

from instagen_usage_cli import errors, options
from instagen_usage_cli.commands.asking import Asked, dimensions, one_of, report_to_date
from instagen_usage_cli.measures import PROJECTED


@report_to_date
def forecast(
    asked: Asked,
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
    with asked.opened() as store:
        if backtest:
            replayed = forecasts.backtest(store, asked.filter, measure=measure, zone=asked.zone, now=asked.now)
            shown = backtest_document(replayed)
        else:
            answer = forecasts.forecast(
                store, asked.filter, measure=measure, by=columns, zone=asked.zone, now=asked.now
            )
            shown = document(answer)
    asked.write(shown)
