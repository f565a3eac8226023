"""usage forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from instagen_usage_cli import errors, options
from instagen_usage_cli.choices import DIMENSIONS
from instagen_usage_cli.commands.report_options import ReportOptions, check_choice, read_dimensions, report_to_date
from instagen_usage_cli.measures import PROJECTED

if TYPE_CHECKING:
    from instagen_usage_cli.output import Document


@report_to_date
def forecast(
    given: ReportOptions,
    by: options.By = None,
    measure: options.ForecastMeasure = "cost",
    backtest: Annotated[bool, typer.Option("--backtest", help="How such a projection did in each past month.")] = False,
) -> None:
    """The month so far, its burn rate, and where it will end, with an 80 % range."""
    check_choice("--measure", measure, list(PROJECTED))
    columns = read_dimensions(by, DIMENSIONS, default=())
    if backtest and columns:
        raise errors.BacktestOfOne
    given.write(_replay(given, measure) if backtest else _project(given, measure, columns))


def _project(given: ReportOptions, measure: str, by: tuple[str, ...]) -> Document:
    from instagen_usage_cli.output.forecast import document
    from instagen_usage_cli.reports.forecast import forecast as ask

    return document(given.ask(ask, measure=measure, by=by))


def _replay(given: ReportOptions, measure: str) -> Document:
    from instagen_usage_cli.output.backtest import document
    from instagen_usage_cli.reports.backtest import backtest as ask

    return document(given.ask(ask, measure=measure))
