"""usage keys."""

from __future__ import annotations

from instagen_usage_cli.commands.report_options import ReportOptions, report


@report
def keys(given: ReportOptions) -> None:
    """Each access key: when it was used, its failures and 429s, cost and peaks, and how much of its limits is free."""
    from instagen_usage_cli.output.keys import document
    from instagen_usage_cli.reports.keys import keys as ask

    given.write(document(given.ask(ask, given.settings)))
