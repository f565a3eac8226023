"""usage whatif."""

from __future__ import annotations

from instagen_usage_cli import errors, options
from instagen_usage_cli.choices import DIMENSIONS
from instagen_usage_cli.commands.report_options import ReportOptions, read_dimensions, report


@report
def whatif(
    given: ReportOptions,
    model_from: options.ModelFrom,
    model_to: options.ModelTo,
    provider_to: options.ProviderTo = None,
    by: options.By = None,
) -> None:
    """What the same tokens would have cost with another model."""
    from instagen_usage_cli.output.whatif import document
    from instagen_usage_cli.reports.whatif import whatif as ask

    if given.filter.model:
        raise errors.ModelFromTwice
    columns = read_dimensions(by, DIMENSIONS, default=())
    answer = given.ask(ask, model_from=model_from, model_to=model_to, provider_to=provider_to, by=columns)
    given.write(document(answer, titled=given.is_for_people))
