"""usage explain."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.commands.report_options import ReportOptions, one_of, report
from instagen_usage_cli.commands.requests import COUNTS


@report
def explain(given: ReportOptions, ids: options.RequestIds) -> None:
    """The arithmetic of one request, from its tokens to its cost."""
    from instagen_usage_cli.output.explain import document
    from instagen_usage_cli.reports.explain import explain as ask

    one_of("--count", given.filter.count, COUNTS)
    given = given.everywhere()
    with given.opened() as archive:
        answer = ask(archive, given.filter, ids, zone=given.zone)
    given.write(document(answer, as_text=given.is_for_people, in_words=given.format == "markdown"))
