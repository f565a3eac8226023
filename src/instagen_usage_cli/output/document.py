"""What a report hands to the writers: rows, and what is said around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from instagen_usage_cli.result import Result


@dataclass(frozen=True)
class Card:
    """A small panel: a title, one large figure, what belongs to it, and a series for a sparkline."""

    title: str
    figure: str
    detail: str
    series: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Document:
    """Rows for every format; heading, cards, total row and notes for people; details for JSON.

    `hidden` columns are not shown to people; `droppable` ones go, first to last, where a terminal is too narrow.
    `bars` names the column whose share is drawn as a bar in a terminal. `empty` is said on stderr when there are
    no rows.
    """

    name: str
    rows: Result
    title: str = ""
    subtitle: str = ""
    cards: tuple[Card, ...] = ()
    total: dict[str, Any] | None = None
    hidden: tuple[str, ...] = ()
    droppable: tuple[str, ...] = ()
    bars: str | None = None
    notes: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    every: str | None = None
    empty: str = ""
