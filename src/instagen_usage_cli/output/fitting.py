"""How the columns of a table fit a terminal: its cells as text, and which of them go or are shortened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import cell_width, is_number, shortened, text
from instagen_usage_cli.output.headings import heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instagen_usage_cli.output.document import Document
    from instagen_usage_cli.result import Column

GAP = 2
# Below ten cents, cents do not tell amounts apart.
SMALL = 0.1
CENT = 0.01
SHORTEST_TEXT = 12
# Where columns that may go have gone, and it is still too wide.
LEAST_TEXT = 6


def format_cells(column: Column, records: list[dict[str, Any]], document: Document) -> list[str]:
    """The cells of a column as people read them, amounts aligned; nothing where a total has no such column."""
    cells = [
        text(column.name, record[column.name], document.zone, document.every) if column.name in record else ""
        for record in records
    ]
    return _aligned(_finer(column, records, cells)) if column.name.endswith("_usd") else cells


def _finer(column: Column, records: list[dict[str, Any]], cells: list[str]) -> list[str]:
    """Amounts of a column in which all are small, with more digits, so that they can be told apart."""
    values = [record.get(column.name) for record in records]
    if max((abs(value) for value in values if value is not None), default=SMALL) >= SMALL:
        return cells
    return [
        f"${value:.4f}" if value is not None and value >= CENT else cell
        for value, cell in zip(values, cells, strict=True)
    ]


def _aligned(cells: list[str]) -> list[str]:
    """Amounts padded on the right, so that their decimal points stand under each other."""
    after = [len(cell.rpartition(".")[2]) if "." in cell else -1 for cell in cells]
    most = max(after, default=0)
    return [cell + " " * (most - decimals) for cell, decimals in zip(cells, after, strict=True)]


def _widths(columns: list[Column], cells: dict[str, list[str]]) -> dict[str, int]:
    return {
        column.name: max(cell_width(heading(column.name)), *(cell_width(cell) for cell in cells[column.name]))
        for column in columns
    }


def drop_columns(
    columns: list[Column], cells: dict[str, list[str]], droppable: Sequence[str], width: int | None
) -> list[Column]:
    """The columns without those that must go for the rest to fit."""
    for name in droppable:
        if width is None or least_width(columns, cells) <= width:
            break
        columns = [column for column in columns if column.name != name]
    return columns


def least_width(columns: list[Column], cells: dict[str, list[str]], shortest: int = SHORTEST_TEXT) -> int:
    """The width of the table when its texts are as short as they may be."""
    widths = _widths(columns, cells)
    return sum(
        found if _is_numeric(columns, name) else min(found, shortest) for name, found in widths.items()
    ) + GAP * len(columns)


def _is_numeric(columns: list[Column], name: str) -> bool:
    return next(is_number(column.type) for column in columns if column.name == name)


def shorten_texts(columns: list[Column], cells: dict[str, list[str]], width: int | None) -> None:
    """Make the table fit by shortening its texts, the widest first; numbers are never cut."""
    if width is None:
        return
    widths = _widths(columns, cells)
    texts = [column.name for column in columns if column.type == "VARCHAR"]  # no time, no number
    while sum(widths.values()) + GAP * len(columns) > width:
        widest = max(texts, key=lambda name: widths[name], default=None)
        if widest is None or widths[widest] <= LEAST_TEXT:
            return
        widths[widest] -= 1
        cells[widest] = [shortened(cell, widths[widest]) for cell in cells[widest]]
