"""The writer for people: cards, a table that fits the terminal, and what the numbers rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli.output.columns import cell_width, clean, is_number, shortened
from instagen_usage_cli.output.fitting import GAP, SHORTEST_TEXT, drop_columns, format_cells, least_width, shorten_texts
from instagen_usage_cli.output.headings import heading
from instagen_usage_cli.output.small_charts import BAR_WIDTH, draw_bars, sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text

    from instagen_usage_cli.output.document import Card, Chart, Document
    from instagen_usage_cli.result import Column

CARDS_WIDTH = 100
WIDEST = 10_000


def print_document(document: Document, console: Console, *, wide: bool = False) -> None:
    """Print a document. On a pipe nothing is squeezed and there are no bars; `wide`, no column goes."""
    width = console.width if console.is_terminal else None
    if document.title:
        console.print(_title(document, width or _cards_width(console)), highlight=False)
        console.print()
    if document.cards:
        console.print(_cards(document.cards, _cards_width(console)))
        if document.rows.rows:
            console.print()
    if document.overview is not None:
        _print_table(document.overview, console, width)
        console.print()
    if document.chart is not None:
        _print_chart(document.chart, console)
    elif document.lines:
        _print_lines(document.lines, console, width)
    else:
        _print_table(document, console, width, wide=wide)
    for note in document.notes:
        console.print()
        console.print(clean(note), markup=False, highlight=False, style="dim", soft_wrap=width is None)


def _print_table(document: Document, console: Console, width: int | None, *, wide: bool = False) -> None:
    """Print the rows. Where even the shortest texts do not fit, the terminal breaks the lines, and no number is cut."""
    from rich.measure import Measurement

    if not document.rows.rows:
        return
    table = _table(document, None if wide else width)
    room = console.width
    console.width = max(room, Measurement.get(console, console.options.update(max_width=WIDEST), table).maximum)
    console.print(table, no_wrap=True, crop=False)
    console.width = room


def _print_chart(chart: Chart, console: Console) -> None:
    from rich.text import Text

    width = console.width if console.is_terminal else CARDS_WIDTH
    drawn = chart(width, console.is_terminal and not console.no_color)
    console.print(Text.from_ansi(drawn.rstrip("\n")), no_wrap=True, crop=False)


def _print_lines(lines: Sequence[str], console: Console, width: int | None) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for line in map(clean, lines):
        content = line.lstrip(" ")
        if width is None or not content:
            console.print(Text(line), soft_wrap=True)
        else:
            console.print(Padding(Text(content), (0, 0, 0, len(line) - len(content)), expand=False))


def _cards_width(console: Console) -> int:
    return console.width if console.is_terminal else CARDS_WIDTH


def _title(document: Document, width: int) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    title, subtitle = Text(clean(document.title), style="bold"), Text(clean(document.subtitle), style="dim")
    if title.cell_len + subtitle.cell_len + GAP > width:
        return Text("\n").join((title, subtitle))
    grid = Table.grid(expand=False)
    grid.width = width
    grid.add_column()
    grid.add_column(justify="right")
    grid.add_row(title, subtitle)
    return grid


def _cards(cards: Sequence[Card], width: int) -> RenderableType:
    from rich import box
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    beside = _beside(cards, width)
    room = width // beside - 4
    panels = []
    for card in cards:
        lines = [_figure(card, room), Text(shortened(card.detail, room), style="dim")]
        lines.append(Text(sparkline(card.series, room), style="cyan"))
        panels.append(Panel(Text("\n").join(lines), title=card.title, title_align="left", box=box.ROUNDED))
    grid = Table.grid(expand=False)
    grid.width = width
    for _ in range(beside):
        grid.add_column(ratio=1)
    for first in range(0, len(panels), beside):
        grid.add_row(*panels[first : first + beside])
    return grid


def _beside(cards: Sequence[Card], width: int) -> int:
    """How many cards stand beside each other: all, if none of their numbers is cut by that, else one."""
    needed = max(cell_width(text) for card in cards for text in (f"{card.figure}  {card.change}", card.detail))
    return len(cards) if needed <= width // len(cards) - 4 else 1


def _figure(card: Card, room: int) -> Text:
    """The figure, and at the other end of the line its change, if there is room for it."""
    from rich.text import Text

    gap = room - cell_width(card.figure) - cell_width(card.change)
    change = " " * gap + card.change if card.change and gap > 0 else ""
    return Text.assemble((card.figure, "bold"), (change, "cyan"))


def _table(document: Document, width: int | None) -> Table:
    from rich.table import Table
    from rich.text import Text

    columns = document.columns
    records = document.rows.records() + ([document.total] if document.total else [])
    cells = {column.name: format_cells(column, records, document) for column in columns}
    if document.total:
        cells[columns[0].name][-1] = "Total"
    columns = drop_columns(columns, cells, document.droppable, width)
    drawings = _drawings(document, columns, cells, width)
    shorten_texts(columns, cells, None if width is None else width - (BAR_WIDTH + GAP) * len(drawings))
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for column in columns:
        is_right = is_number(column.type)
        table.add_column(heading(column.name), justify="right" if is_right else "left", no_wrap=True)
    for _ in drawings:
        table.add_column("", no_wrap=True)
    for number in range(len(records)):
        is_total = document.total is not None and number == len(records) - 1
        drawn = (Text("" if is_total else drawing[number], style="cyan") for drawing in drawings)
        row = (Text(cells[column.name][number]) for column in columns)
        table.add_row(*row, *drawn, style="bold" if is_total else "")
    return table


def _drawings(
    document: Document, columns: list[Column], cells: dict[str, list[str]], width: int | None
) -> list[list[str]]:
    """What is drawn beside the rows, where a terminal has room: a bar for a column, a small series."""
    if width is None:
        return []
    drawings = []
    if document.bars in cells:
        drawings.append(draw_bars([record[document.bars] for record in document.rows.records()], document.bars))
    if document.sparks:
        drawings.append([sparkline(series, BAR_WIDTH) for series in document.sparks])
    room = width - least_width(columns, cells, 2 * SHORTEST_TEXT)
    return drawings[: max(room // (BAR_WIDTH + GAP), 0)]
