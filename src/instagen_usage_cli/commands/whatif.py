"""usage whatif."""

from __future__ import annotations

from instagen_usage_cli import errors, options
from instagen_usage_cli.commands.asking import Asked, dimensions, report


@report
def whatif(
    asked: Asked,
    model_from: options.ModelFrom,
    model_to: options.ModelTo,
    provider_to: options.ProviderTo = None,
    by: options.By = None,
) -> None:
    """What the same tokens would have cost with another model."""
    from instagen_usage_cli import reports
    from instagen_usage_cli.output.whatif import document
    from instagen_usage_cli.reports.whatif import whatif as ask

    if asked.filter.model:
        raise errors.ModelFromTwice
    columns = dimensions(by, reports.DIMENSIONS, default=())
    with asked.opened() as store:
        answer = ask(
            store,
            asked.filter,
            model_from=model_from,
            model_to=model_to,
            provider_to=provider_to,
            by=columns,
            zone=asked.zone,
        )
    asked.write(document(answer, titled=asked.is_for_people))
