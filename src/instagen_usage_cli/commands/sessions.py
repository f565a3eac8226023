"""usage sessions."""

from __future__ import annotations

from instagen_usage_cli import formats, options
from instagen_usage_cli.commands.report_options import ReportOptions, one_of, report
from instagen_usage_cli.commands.requests import COUNTS


@report
def sessions(given: ReportOptions, sort: options.SortSessions = "costliest", limit: options.Limit = 20) -> None:
    """Requests grouped by session, the costliest first."""
    from instagen_usage_cli.output.sessions import document
    from instagen_usage_cli.reports.sessions import SORTS
    from instagen_usage_cli.reports.sessions import sessions as ask

    one_of("--sort", sort, SORTS)
    one_of("--count", given.filter.count, COUNTS)
    with given.opened() as archive:
        answer = ask(archive, given.filter, sort=sort, limit=limit, zone=given.zone)
    given.write(document(answer, for_people=given.format in formats.FOR_PEOPLE))
