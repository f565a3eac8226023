"""usage keys."""

from __future__ import annotations

from instagen_usage_cli.commands.asking import Asked, report


@report
def keys(asked: Asked) -> None:
    """Each access key: when it was used, its failures and 429s, cost and peaks, and how much of its limits is free."""
    from instagen_usage_cli.output.keys import document
    from instagen_usage_cli.reports.keys import keys as ask

    with asked.opened() as store:
        answer = ask(store, asked.filter, asked.settings, zone=asked.zone, now=asked.now)
    asked.write(document(answer))
