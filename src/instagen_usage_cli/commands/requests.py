"""usage requests."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.choices import COUNTS_OF_SINGLE, REQUEST_ORDERS
from instagen_usage_cli.commands.report_options import ReportOptions, check_choice, report


@report
def requests(
    given: ReportOptions, id_: options.Id = None, sort: options.SortRequests = "newest", limit: options.Limit = 20
) -> None:
    """Single requests, the newest or costliest first, or those of an id: for looking into a spike."""
    from instagen_usage_cli.output.requests import document
    from instagen_usage_cli.reports.requests import requests as ask

    check_choice("--sort", sort, REQUEST_ORDERS)
    check_choice("--count", given.filter.count, COUNTS_OF_SINGLE)
    widened = given.widened() if id_ else given
    given.write(document(widened.ask(ask, sort=sort, limit=limit, ids=id_ or ())))
