"""What is shown without a command: the month so far, or what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import formats
from instagen_usage_cli.commands.report_options import read_clock, read_window, read_zone
from instagen_usage_cli.commands.stats import overview_of

if TYPE_CHECKING:
    from pathlib import Path

    from instagen_usage_cli.output import Document


def welcome(database: Path) -> None:
    """The cards of the current month, or what to do first."""
    from instagen_usage_cli import output

    document = _month_so_far(database)
    if document is None:
        output.write_lines(_first_steps(database))
    else:
        output.write(document, formats.DEFAULT, None)


def show_version() -> None:
    """The name and version of the program."""
    from instagen_usage_cli import __version__, output

    output.write_lines([f"usage {__version__}"])


def _month_so_far(database: Path) -> Document | None:
    """The cards of the current month; None where nothing has been imported yet."""
    from instagen_usage_cli import reports

    if not database.exists():
        return None
    with reports.opened(database) as archive:
        if not archive.facts["has_imports"]:
            return None
        zone = read_zone(None, None)
        window = read_window(period="this-month", zone=zone, now=read_clock())
        return overview_of(archive, window, zone, breakdown=False)


def _first_steps(database: Path) -> list[str]:
    return [
        f"There is no data yet in {database}.",
        "Import a usage log:   usage import FILE     (an export, a gateway's log, traces …)",
        "Or what is here:      usage import          (logs of coding agents and clients on this machine)",
        "Or try it out:        usage demo            (made-up traffic in a database of its own)",
    ]
