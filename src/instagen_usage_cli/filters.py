"""What a report looks at: a window and the dimensions to keep, as the one parameter the SQL takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from instagen_usage_cli.window import Window

COUNTS = ("best", "requests", "statements")
COSTS = ("auto", "reported", "list")
GLOB_MARKS = frozenset("*?[")


@dataclass(frozen=True, kw_only=True)
class Filter:
    """A window, and glob patterns per dimension (none = everything).

    `count` says what counts where a statement and requests tell of the same day: `best` takes the requests if
    they cover at least 95 % of the statement, else the statement. `cost` says what a cost is: `auto` what was billed,
    else the list price, else what a gateway or client reported; `reported` or `list` only that.
    """

    window: Window
    model: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    project: tuple[str, ...] = ()
    user: tuple[str, ...] = ()
    session: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    count: str = field(default="best")
    cost: str = field(default="auto")

    def as_struct(self) -> dict[str, object]:
        """What the SQL parameter `$filter` begins with: every key is always there, times are naive UTC."""
        return {
            "since": _naive(self.window.since),
            "until": _naive(self.window.until),
            "model": list(self.model),
            "provider": list(self.provider),
            "key": list(self.key),
            "project": list(self.project),
            "user": list(self.user),
            "session": list(self.session),
            "source": list(self.source),
            "status": list(self.status),
            "count": self.count,
            "cost": self.cost,
            "split_at": None,
        }


def is_pattern(value: str) -> bool:
    """Whether the value of a filter is a glob pattern, and not one name."""
    return not GLOB_MARKS.isdisjoint(value)


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)
