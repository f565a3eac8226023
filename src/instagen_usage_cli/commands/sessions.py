"""usage sessions."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.choices import COUNTS_OF_SINGLE, SESSION_ORDERS
from instagen_usage_cli.commands.report_options import ReportOptions, check_choice, report


@report
def sessions(given: ReportOptions, sort: options.SortSessions = "costliest", limit: options.Limit = 20) -> None:
    """Requests grouped by session, the costliest first."""
    from instagen_usage_cli.output.sessions import document
    from instagen_usage_cli.reports.sessions import sessions as ask

    check_choice("--sort", sort, SESSION_ORDERS)
    check_choice("--count", given.filter.count, COUNTS_OF_SINGLE)
    given.write(document(given.ask(ask, sort=sort, limit=limit), in_words=given.is_in_words))
