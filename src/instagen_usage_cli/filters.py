"""What a report looks at: a window and the dimensions to keep, as the one parameter the SQL takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from instagen_usage_cli.window import Window

# The dimensions that a filter has patterns for.
DIMENSIONS = ("model", "provider", "key", "project", "user", "session", "source", "status")
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
            "since": naive(self.window.since),
            "until": naive(self.window.until),
            **{name: list(patterns) for name, patterns in self.patterns.items()},
            "count": self.count,
            "cost": self.cost,
            "takes_whole_bills": self.takes_whole_bills,
        }

    @property
    def patterns(self) -> dict[str, tuple[str, ...]]:
        """The patterns of each dimension."""
        return {name: getattr(self, name) for name in DIMENSIONS}

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the SQL that the patterns need: `match_model` and so on."""
        return tuple(f"match_{name}" for name, patterns in self.patterns.items() if patterns)

    @property
    def takes_whole_bills(self) -> bool:
        """Whether what was billed as one sum is asked for: all of it, and not only list prices."""
        return self.count == "best" and self.cost != "list" and not any(self.patterns.values())


def is_pattern(value: str) -> bool:
    """Whether the value of a filter is a glob pattern, and not one name."""
    return not GLOB_MARKS.isdisjoint(value)


def pattern_of(name: str) -> str:
    """The glob pattern that matches this name alone."""
    return "".join(f"[{mark}]" if mark in GLOB_MARKS else mark for mark in name)


def naive(moment: datetime | None) -> datetime | None:
    """A UTC time as the SQL takes it."""
    return None if moment is None else moment.replace(tzinfo=None)
