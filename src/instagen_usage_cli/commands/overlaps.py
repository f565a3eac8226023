"""usage overlaps."""

from __future__ import annotations

from instagen_usage_cli.commands.report_options import ReportOptions, report


@report
def overlaps(given: ReportOptions) -> None:
    """Days on which sources may tell of the same requests."""
    from instagen_usage_cli.output.overlaps import document
    from instagen_usage_cli.reports.overlaps import overlaps as ask

    with given.opened() as archive:
        answer = ask(archive, given.filter, zone=given.zone)
    given.write(document(answer))
