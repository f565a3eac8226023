"""What is shown without a command: the month so far, or what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli.commands.asking import moment_now, window_asked, zone_asked
from instagen_usage_cli.commands.stats import overview

if TYPE_CHECKING:
    from pathlib import Path


def welcome(database: Path) -> None:
    """The cards of the current month, or what to do first."""
    from instagen_usage_cli import output

    if not _has_imports(database):
        output.write_lines(_first_steps(database))
        return
    zone = zone_asked(None, None)
    output.write(
        overview(database, window_asked(period="this-month", zone=zone, now=moment_now()), zone, breakdown=False),
        "table",
        None,
    )


def show_version() -> None:
    """The name and version of the program."""
    from instagen_usage_cli import __version__, output

    output.write_lines([f"usage {__version__}"])


def _has_imports(database: Path) -> bool:
    from instagen_usage_cli import importing, store

    if not database.exists():
        return False
    with store.open_reading(database) as opened:
        return bool(importing.listed(opened).rows)


def _first_steps(database: Path) -> list[str]:
    return [
        f"There is no data yet in {database}.",
        "Import a usage log:   usage import FILE     (an export, a gateway's log, traces …)",
        "Or what is here:      usage import          (logs of coding agents and clients on this machine)",
        "Or try it out:        usage demo            (made-up traffic in a database of its own)",
    ]
