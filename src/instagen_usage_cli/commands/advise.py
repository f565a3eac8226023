"""usage advise."""

from __future__ import annotations

from instagen_usage_cli.commands.report_options import ReportOptions, report


@report
def advise(given: ReportOptions) -> None:
    """What would save money or tokens, the largest amount first, each with its evidence."""
    from instagen_usage_cli.output.advise import document
    from instagen_usage_cli.reports.advise import advise as ask

    given.write(document(given.ask(ask)))
