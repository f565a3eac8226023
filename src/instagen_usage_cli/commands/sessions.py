"""usage sessions."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.commands.report_options import ReportOptions, check_choice, report
from instagen_usage_cli.commands.requests import COUNTS


@report
def sessions(given: ReportOptions, sort: options.SortSessions = "costliest", limit: options.Limit = 20) -> None:
    """Requests grouped by session, the costliest first."""
    from instagen_usage_cli.output.sessions import document
    from instagen_usage_cli.reports.sessions import SORTS
    from instagen_usage_cli.reports.sessions import sessions as ask

    check_choice("--sort", sort, SORTS)
    check_choice("--count", given.filter.count, COUNTS)
    given.write(document(given.ask(ask, sort=sort, limit=limit), in_words=given.is_in_words))
