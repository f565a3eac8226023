"""usage overlaps."""

from __future__ import annotations

from instagen_usage_cli.commands.report_options import ReportOptions, report


@report
def overlaps(given: ReportOptions) -> None:
    """Days on which sources may tell of the same requests."""
    from instagen_usage_cli.output.overlaps import document
    from instagen_usage_cli.reports.overlaps import overlaps as ask

    given.write(document(given.ask(ask)))
