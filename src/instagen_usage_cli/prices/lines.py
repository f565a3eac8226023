"""The lines of a price list: a CSV file in US dollars per million, by hand or by the program, checked the same."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# A price is written with at most six decimals, and below this many dollars per million.
HIGHEST = 1_000_000
PRICE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?")


class Item(NamedTuple):
    """What a price list has prices of; an empty host is any, an empty tier the ordinary one."""

    provider: str
    host: str
    model: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: whose price, of what and when, in US dollars per million tokens (`per_request`: per million requests).

    It is for requests with more than `input_above` input tokens, from `effective_from` (a UTC date; None = as far back
    as anything is known) until `effective_until` (not included; None = still). A price of None is none, 0 is free.
    """

    provider: str = ""
    host: str = ""
    model: str
    tier: str = ""
    input_above: int | None = None
    input: Decimal | None = None
    output: Decimal | None = None
    cache_read: Decimal | None = None
    cache_write_5m: Decimal | None = None
    cache_write_1h: Decimal | None = None
    reasoning: Decimal | None = None
    per_request: Decimal | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    checked_on: date | None = None
    source: str = ""

    @property
    def item(self) -> Item:
        """What it is the price of, at any time and for any size of a request."""
        return Item(self.provider, self.host, self.model, self.tier)

    @property
    def prices(self) -> tuple[object, ...]:
        """Its prices, behind the size of the requests that they are for."""
        return self.input_above, *(getattr(self, name) for name in PRICES)

    @property
    def opening(self) -> date:
        """The first day on which it holds."""
        return self.effective_from or date.min

    @property
    def closing(self) -> date:
        """The first day on which it holds no longer."""
        return self.effective_until or date.max


COLUMNS = tuple(field.name for field in fields(Line))
PRICES = ("input", "output", "cache_read", "cache_write_5m", "cache_write_1h", "reasoning", "per_request")
DATES = ("effective_from", "effective_until", "checked_on")


def read(path: Path) -> list[Line]:
    """The lines of the price list at `path`, all of them sound. Raises `BadPrices`, with the file and the line."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise errors.BadPrices(path=path, line=1, why=why.lower()) from error
    numbered = list(_numbered(path, text))
    check(path, numbered)
    return [line for _, line in numbered]


def write(lines: Iterable[Line]) -> str:
    """The text of a price list with those lines, in their order."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_text(getattr(line, name)) for name in COLUMNS] for line in lines)
    return out.getvalue()


def check(path: Path, numbered: Iterable[tuple[int, Line]]) -> None:
    """Check that no two lines are valid at once and that every size of a request has a line. Raises `BadPrices`."""
    by_item: dict[Item, list[tuple[int, Line]]] = {}
    for number, line in numbered:
        by_item.setdefault(line.item, []).append((number, line))
    for group in by_item.values():
        _check_overlaps(path, group)
        _check_sizes(path, group)


def _check_overlaps(path: Path, group: list[tuple[int, Line]]) -> None:
    """Refuse two lines for the same size of request that hold on the same day."""
    in_time = sorted(group, key=lambda each: (each[1].input_above or 0, each[1].opening))
    for (number, line), (next_number, following) in pairwise(in_time):
        if line.input_above == following.input_above and following.opening < line.closing:
            first, second = sorted((number, next_number))
            why = f"it holds on the same days as line {first} ({line.model}); close one with effective_until"
            raise errors.BadPrices(path=path, line=second, why=why)


def _check_sizes(path: Path, group: list[tuple[int, Line]]) -> None:
    """Refuse a line for large requests that holds on other days than the one for all others."""
    spans = {(line.opening, line.closing) for _, line in group if line.input_above is None}
    for number, line in group:
        if line.input_above is not None and (line.opening, line.closing) not in spans:
            why = "a line with input_above needs one without it that holds from and until the same days"
            raise errors.BadPrices(path=path, line=number, why=why)


def _numbered(path: Path, text: str) -> Iterator[tuple[int, Line]]:
    """The lines with their numbers in the file."""
    import csv

    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        names = next(reader, [])
        _check_names(path, names)
        for number, cells in enumerate(reader, start=2):
            if reader.line_num != number:
                raise errors.BadPrices(path=path, line=number, why="it has a line break within a cell")
            yield number, _line(path, number, names, cells)
    except csv.Error as error:
        raise errors.BadPrices(path=path, line=reader.line_num, why=str(error)) from error


def _check_names(path: Path, names: list[str]) -> None:
    """Refuse columns other than ours: we would not know what they mean."""
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or tuple(names) != COLUMNS:
        found = f"there is no column {unknown[0]!r}" if unknown else "its first line does not name the columns"
        why = f"{found}; a price list has {','.join(COLUMNS)}, in US dollars per million"
        raise errors.BadPrices(path=path, line=1, why=why)


def _line(path: Path, number: int, names: list[str], cells: list[str]) -> Line:
    if len(cells) != len(names):
        raise errors.BadPrices(path=path, line=number, why=f"it has {len(cells)} cells, not {len(names)}")
    named = dict(zip(names, cells, strict=True))
    blank = [name for name, cell in named.items() if cell != cell.strip()]
    if blank:
        raise errors.BadPrices(path=path, line=number, why=f"{blank[0]} has a blank around it")
    try:
        line = Line(**{name: _value(name, cell) for name, cell in named.items()})  # type: ignore[arg-type]
        check_line(line)
    except ValueError as error:
        raise errors.BadPrices(path=path, line=number, why=error) from error
    return line


def check_line(line: Line) -> None:
    """Check that one line makes sense by itself. Raises `ValueError`, which says why it does not."""
    if not line.model:
        why = "it names no model"
    elif not line.provider and not line.host:
        why = "it names neither a provider nor a host"
    elif all(getattr(line, name) is None for name in PRICES):
        why = "it has no price; 0 is free"
    elif line.effective_until is not None and line.closing <= line.opening:
        why = f"effective_until {line.effective_until} is not after effective_from {line.effective_from}"
    else:
        return
    raise ValueError(why)


def price(name: str, cell: str) -> Decimal:
    """A price as it is written: US dollars per million, plain digits. Raises `ValueError`."""
    if PRICE.fullmatch(cell):
        return Decimal(cell)
    if not NUMBER.fullmatch(cell):
        kind = "has an unknown unit" if any(mark.isdigit() for mark in cell) else "is not a number"
        why = f"{kind}; write US dollars per million, such as 0.2"
    elif Decimal(cell) < 0:
        why = "is negative"
    elif Decimal(cell) >= HIGHEST:
        why = f"is {HIGHEST:,} dollars per million or more"
    else:
        why = "has more than six decimals, or is not written plainly, such as 0.2"
    raise _wrong(name, cell, why)


def _value(name: str, cell: str) -> object:
    if name in PRICES:
        return price(name, cell) if cell else None
    if name in DATES:
        return day(name, cell) if cell else None
    if name == "input_above":
        return _size(cell) if cell else None
    return cell


def day(name: str, cell: str) -> date:
    """A date as it is written: 2026-01-31. Raises `ValueError`."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        with suppress(ValueError):
            return date.fromisoformat(cell)
    raise _wrong(name, cell, "is not a date such as 2026-01-31")


def _size(cell: str) -> int:
    if re.fullmatch(r"[1-9][0-9]{0,11}", cell):
        return int(cell)
    raise _wrong("input_above", cell, "is not a whole number of tokens from 1 on")


def _wrong(name: str, cell: str, why: str) -> ValueError:
    return ValueError(f"{name} {cell!r} {why}")


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
