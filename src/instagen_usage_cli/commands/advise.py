"""usage advise."""

from __future__ import annotations

from instagen_usage_cli.commands.asking import Asked, report


@report
def advise(asked: Asked) -> None:
    """What would save money or tokens, the largest amount first, each with its evidence."""
    from instagen_usage_cli.output.advise import document
    from instagen_usage_cli.reports.advise import advise as ask

    with asked.opened() as store:
        answer = ask(store, asked.filter, zone=asked.zone, now=asked.now)
    asked.write(document(answer))
