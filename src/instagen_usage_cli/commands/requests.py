"""usage requests."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.commands.asking import Asked, one_of, report

# Where a statement and requests tell of the same day: a statement has no single requests to list.
COUNTS = ("best", "requests")


@report
def requests(
    asked: Asked, id_: options.Id = None, sort: options.SortRequests = "newest", limit: options.Limit = 20
) -> None:
    """Single requests, the newest or costliest first, or those of an id: for looking into a spike."""
    from instagen_usage_cli.output.requests import document
    from instagen_usage_cli.reports.requests import SORTS
    from instagen_usage_cli.reports.requests import requests as ask

    one_of("--sort", sort, SORTS)
    one_of("--count", asked.filter.count, COUNTS)
    if id_:
        asked = asked.everywhere()
    with asked.opened() as store:
        answer = ask(store, asked.filter, sort=sort, limit=limit, ids=id_ or (), zone=asked.zone)
    asked.write(document(answer))
