"""Where the headings of a CSV file stand: below which title lines and comments, between which marks."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING

from instagen_usage_cli.importing.fields import MEASURES, field_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DELIMITERS = (",", ";", "\t", "|")
MAX_ROWS = 100  # so many rows are looked at: titles are shorter
QUOTE, BACKSLASH = '"', "\\"


@dataclass(frozen=True)
class HeadingRow:
    """The headings of a CSV file and how its cells are written.

    `skip` counts the records up to and including the headings, `lines` their lines: a heading in quotes may go over
    several. `escape` is what stands before a quote within quotes.
    """

    headings: list[str]
    delimiter: str
    skip: int
    lines: int
    escape: str = QUOTE


@dataclass(frozen=True)
class _Row:
    cells: list[str]
    delimiter: str
    skip: int
    lines: int


def find(head: str, wanted: dict[str, str], skip_lines: int = 0) -> HeadingRow:
    """The heading row in the first lines of a CSV file.

    It is the first that has a time and a measure by its headings or by the `wanted` field=heading pairs, or all
    headings of a known source; else the first that is as wide as most. After `skip_lines` it is the next filled one.
    """
    lines = list(StringIO(head, newline=""))
    named = re.fullmatch(r"\"?sep=(.)\"?", lines[0].strip("\r\n\ufeff"), re.IGNORECASE) if lines else None
    before = max(skip_lines, 1 if named else 0)
    text = "".join(lines[before:])
    rows = [
        _Row(cells, delimiter, before + number, before + line)
        for delimiter in ((named[1],) if named else DELIMITERS)
        for number, line, cells in _rows(text, delimiter)
    ]
    filled = [row for row in rows if any(row.cells)]
    if skip_lines:
        first = min((row.skip for row in filled), default=0)
        filled = [row for row in filled if row.skip == first]
    found = _first_known(filled, wanted) or _first_of_most(rows, filled) or _Row([], ",", before, before)
    return HeadingRow(found.cells, found.delimiter, found.skip, found.lines, _escape(text, found, found.skip - before))


def samples(head: str, row: HeadingRow) -> dict[str, set[str]]:
    """What the filled cells below each heading say, as far as the first lines go; the last row may be cut off."""
    text = "".join(islice(StringIO(head, newline=""), row.lines, None))
    rows = [cells for cells in _reader(text, row.delimiter, row.escape) if len(cells) == len(row.headings)]
    columns = zip(row.headings, zip(*rows, strict=True), strict=False)
    return {heading: {cell.strip() for cell in cells} - {""} for heading, cells in columns}


def _reader(text: str, delimiter: str, escape: str = QUOTE, *, strict: bool = False) -> Iterator[list[str]]:
    """The rows of a text; what cannot be read ends it."""
    is_doubled = escape == QUOTE
    reader = csv.reader(
        StringIO(text, newline=""),
        delimiter=delimiter,
        doublequote=is_doubled,
        escapechar=None if is_doubled else escape,
        strict=strict,
    )
    try:
        yield from reader
    except csv.Error:  # a cell of more than 128 KiB, or a quote that stands where none may
        return


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """The first rows, each with how many records and lines there are up to its end."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    number = 0
    try:
        for number, cells in enumerate(islice(reader, MAX_ROWS), 1):
            yield number, reader.line_num, [" ".join(cell.split()) for cell in cells]
    except csv.Error:
        return


def _first_known(rows: list[_Row], wanted: dict[str, str]) -> _Row | None:
    """The first row that is known for headings; of the ways to part it, the one with most of them."""
    known = [(row.skip, -len(row.cells), row) for row in map(_without_hash, rows) if _is_known(row.cells, wanted)]
    return min(known, key=lambda each: each[:2])[2] if known else None


def _without_hash(row: _Row) -> _Row:
    """Some programs write a hash before the first heading."""
    first, *others = row.cells
    return _Row([first.lstrip("# "), *others], row.delimiter, row.skip, row.lines) if first.startswith("#") else row


def _is_known(cells: list[str], wanted: dict[str, str]) -> bool:
    folded = {cell.casefold() for cell in cells}
    fields = {found for cell in cells if (found := field_of(cell)[0])}
    fields |= {field for field, heading in wanted.items() if heading and heading.casefold() in folded}
    has_measure = not fields.isdisjoint(MEASURES)
    return ("started_at" in fields and has_measure) or any(folded.issuperset(each) for each in _known_headings())


@cache
def _known_headings() -> tuple[frozenset[str], ...]:
    """The headings of every source that has tables, whether it is read or not."""
    from instagen_usage_cli.adapters import ADAPTERS
    from instagen_usage_cli.adapters.unread import UNREAD

    sets: Iterable[tuple[str, ...]] = [each for source in (*ADAPTERS, *UNREAD) for each in source.headings]
    return tuple(frozenset(each) for each in sets)


def _first_of_most(rows: list[_Row], filled: list[_Row]) -> _Row | None:
    """The first row of the width that most rows have, between the mark that parts most of them; else the first row."""
    widths = Counter((row.delimiter, len(row.cells)) for row in rows if len(row.cells) > 1)
    filled = [row for row in filled if not row.cells[0].startswith("#")] or filled
    for (delimiter, width), _ in sorted(widths.items(), key=lambda each: (-each[1], -each[0][1])):
        found = next(
            (
                row
                for row in filled
                if row.delimiter == delimiter and len(row.cells) == width and sum(map(bool, row.cells)) > 1
            ),
            None,
        )
        if found:
            return found
    return min(filled, key=lambda row: (row.skip, -len(row.cells))) if filled else None


def _escape(text: str, row: _Row, skip: int) -> str:
    """What stands before a quote within quotes: another one, or a backslash where only so more rows can be read."""
    if BACKSLASH + QUOTE not in text:
        return QUOTE
    whole = {escape: _whole_rows(text, row, skip, escape) for escape in (QUOTE, BACKSLASH)}
    return BACKSLASH if whole[BACKSLASH] > whole[QUOTE] else QUOTE


def _whole_rows(text: str, row: _Row, skip: int, escape: str) -> int:
    rows = islice(_reader(text, row.delimiter, escape, strict=True), skip, None)
    return sum(len(cells) == len(row.cells) for cells in rows)
