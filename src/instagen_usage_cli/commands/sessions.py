"""usage sessions."""

from __future__ import annotations

from instagen_usage_cli import formats, options
from instagen_usage_cli.commands.asking import Asked, one_of, report
from instagen_usage_cli.commands.requests import COUNTS


@report
def sessions(asked: Asked, sort: options.SortSessions = "costliest", limit: options.Limit = 20) -> None:
    """Requests grouped by session, the costliest first."""
    from instagen_usage_cli.output.sessions import document
    from instagen_usage_cli.reports.sessions import SORTS
    from instagen_usage_cli.reports.sessions import sessions as ask

    one_of("--sort", sort, SORTS)
    one_of("--count", asked.filter.count, COUNTS)
    with asked.opened() as store:
        answer = ask(store, asked.filter, sort=sort, limit=limit, zone=asked.zone)
    asked.write(document(answer, for_people=asked.format in formats.FOR_PEOPLE))
