"""usage explain."""

from __future__ import annotations

from instagen_usage_cli import options
from instagen_usage_cli.commands.asking import Asked, one_of, report
from instagen_usage_cli.commands.requests import COUNTS


@report
def explain(asked: Asked, ids: options.RequestIds) -> None:
    """The arithmetic of one request, from its tokens to its cost."""
    from instagen_usage_cli.output.explain import document
    from instagen_usage_cli.reports.explain import explain as ask

    one_of("--count", asked.filter.count, COUNTS)
    asked = asked.everywhere()
    with asked.opened() as store:
        answer = ask(store, asked.filter, ids, zone=asked.zone)
    asked.write(document(answer, as_text=asked.is_for_people, in_words=asked.format == "markdown"))
