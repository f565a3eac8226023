"""What a report hands to the writers: rows, and what is said around them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from instagen_usage_cli.result import Column, Result

    # Draws a chart of at most that many columns, with colours or without.
    Chart = Callable[[int, bool], str]


@dataclass(frozen=True)
class Card:
    """A small panel: a title, one large figure with its change, what belongs to it, and a series for a sparkline."""

    title: str
    figure: str
    detail: str
    series: tuple[float | None, ...] = ()
    change: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """Rows for every format; heading, cards, total row and notes for people; details for JSON.

    `hidden` columns are not shown to people, `only_wide` ones only with `--wide`; `droppable` ones go, first to last,
    where a terminal is too narrow. `bars` names the column that is drawn as a bar in a
    terminal; `sparks` has a small series per row. `overview` is a table above the rows, `chart` a drawing in their
    place; both are for people only. `lines` are text in place of the table, each wrapped to the terminal behind its
    leading spaces. `empty` is said on stderr when there are no rows.
    """

    name: str
    rows: Result
    title: str = ""
    subtitle: str = ""
    cards: tuple[Card, ...] = ()
    total: dict[str, Any] | None = None
    hidden: tuple[str, ...] = ()
    only_wide: tuple[str, ...] = ()
    droppable: tuple[str, ...] = ()
    bars: str | None = None
    sparks: tuple[tuple[float | None, ...], ...] = ()
    overview: Document | None = None
    chart: Chart | None = None
    lines: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    details: dict[str, Any] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    every: str | None = None
    empty: str = ""

    def narrowed(self) -> Document:
        """The same without the columns that only `--wide` shows to people."""
        return replace(self, hidden=(*self.hidden, *self.only_wide), only_wide=())

    @property
    def columns(self) -> list[Column]:
        """The columns that people see."""
        return [column for column in self.rows.columns if column.name not in self.hidden]
