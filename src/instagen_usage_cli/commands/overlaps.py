"""usage overlaps."""

from __future__ import annotations

from instagen_usage_cli.commands.asking import Asked, report


@report
def overlaps(asked: Asked) -> None:
    """Days on which sources may tell of the same requests."""
    from instagen_usage_cli.output.overlaps import document
    from instagen_usage_cli.reports.overlaps import overlaps as ask

    with asked.opened() as store:
        answer = ask(store, asked.filter, zone=asked.zone)
    asked.write(document(answer))
