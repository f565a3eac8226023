"""`usage overlaps`: the days and hosts on which sources without a common id may tell of the same requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from instagen_usage_cli import sql
from instagen_usage_cli.reports.answer import Answer

if TYPE_CHECKING:
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive


@dataclass(frozen=True, kw_only=True)
class Overlaps(Answer):
    """The answer of `usage overlaps`: a row per day (`bucket`, naive UTC), host and source, the newest day first.

    `alike_requests` are those that another source of the same day and host has with the same tokens, within two
    minutes. `basis` tells what the costs rest on.
    """

    @property
    def days(self) -> int:
        """How many days and hosts there are."""
        return len({(record["bucket"], record["host"]) for record in self.rows.records()})


def overlaps(archive: Archive, question: Question) -> Overlaps:
    """The days and hosts in the filter that more than one source tells of, not all of it under common ids."""
    archive.run(sql.load("readers", "values"))  # what a common id is
    return Overlaps.of(archive, question, archive.ask("overlaps", question.filter, zone=question.zone.key))
