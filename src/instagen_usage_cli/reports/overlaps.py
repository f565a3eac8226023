"""`usage overlaps`: the days and hosts on which sources without a common id may tell of the same requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from instagen_usage_cli import sql
from instagen_usage_cli.reports.basis import Basis, basis

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.window import Window


@dataclass(frozen=True)
class Overlaps:
    """The answer of `usage overlaps`: a row per day (`bucket`, naive UTC), host and source, the newest day first.

    `alike_requests` are those that another source of the same day and host has with the same tokens, within two
    minutes. `basis` tells what the costs rest on.
    """

    rows: Result
    window: Window
    zone: ZoneInfo
    basis: Basis

    @property
    def days(self) -> int:
        """How many days and hosts there are."""
        return len({(record["bucket"], record["host"]) for record in self.rows.records()})


def overlaps(archive: Archive, filter_: Filter, *, zone: ZoneInfo) -> Overlaps:
    """The days and hosts in the filter that more than one source tells of, not all of it under common ids."""
    archive.run(sql.load("readers", "values"))  # what a common id is
    rows = archive.ask("overlaps", filter_, zone=zone.key)
    return Overlaps(rows=rows, window=filter_.window, zone=zone, basis=basis(archive, filter_))
