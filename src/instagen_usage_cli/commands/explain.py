"""usage explain."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.choices import COUNTS_OF_SINGLE
from instagen_usage_cli.commands.report_options import ReportOptions, check_choice, report


@report
def explain(given: ReportOptions, ids: options.RequestIds) -> None:
    """The arithmetic of one request, from its tokens to its cost."""
    from instagen_usage_cli.output.explain import document
    from instagen_usage_cli.reports.explain import explain as ask

    check_choice("--count", given.filter.count, COUNTS_OF_SINGLE)
    answer = given.widened().ask(ask, ids)
    in_words = given.is_in_words and not given.is_for_people
    given.write(document(answer, as_text=given.is_for_people, in_words=in_words))
