"""usage models, and usage models compare."""

from __future__ import annotations

from typing import Annotated

import typer

from instagen_usage_cli import errors, options
from instagen_usage_cli.commands.report_options import ReportOptions, refuse_options, report

app = typer.Typer()


@app.callback(invoke_without_command=True)
@report
def models(given: ReportOptions, context: typer.Context, cost_parts: options.CostParts = False) -> None:
    """What each model costs, and how well and how fast it answers."""
    from instagen_usage_cli.output.models import document
    from instagen_usage_cli.reports.models import models as ask

    if context.invoked_subcommand is not None:
        refuse_options(context)
        return
    given.write(document(given.ask(ask, cost_parts=cost_parts)))


@app.command()
@report
def compare(
    given: ReportOptions,
    models: Annotated[
        list[str],
        typer.Argument(metavar="MODEL...", help="Two models or more by their exact names, the baseline first."),
    ],
) -> None:
    """Models side by side, and whether the difference is more than noise."""
    from instagen_usage_cli.output.compare import document
    from instagen_usage_cli.reports.compare import compare as ask

    if len(models) < 2 or len(set(models)) < len(models):  # noqa: PLR2004 - one model and another
        raise errors.NoTwoModels(models=", ".join(models))
    if given.filter.model:
        raise errors.ModelsTwice
    answer = given.ask(ask, models)
    given.write(document(answer, in_words=given.is_in_words, with_overview=given.is_for_people))
