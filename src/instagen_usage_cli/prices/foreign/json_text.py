"""The content of a JSON text with exact numbers, and the line at which each of its keys stands."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    # The keys that lead to a value, from the outermost inwards; an element of a list has its number.
    Keys = tuple[str, ...]

# A string, a bracket or a comma of a JSON text; all else says nothing of where a key stands.
MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]', re.DOTALL)


def parse(path: Path, text: str) -> object:
    """The content of the file, its numbers as `Decimal`. Raises `BadPrices`, also for a key that stands there twice."""
    import json

    try:
        return json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=Decimal, object_pairs_hook=_without_twins
        )
    except json.JSONDecodeError as error:
        raise errors.BadPrices(path=path, line=error.lineno, why=f"it is not JSON: {error.msg.lower()}") from error
    except LookupError as error:
        why = f"the key {printable(error.args[0])} stands there twice"
        raise errors.BadPrices(path=path, line=_line_of_twin(text), why=why) from error
    except RecursionError as error:
        raise errors.BadPrices(path=path, line=1, why="it is nested too deeply") from error


def line_of(text: str, keys: Keys) -> int:
    """The line of the key to which these keys lead, or of the last one that is there."""
    reached = max(
        ((len(found), -at) for found, at in _keys(text) if found == keys[: len(found)]),
        default=(0, 0),
    )
    return _line_at(text, -reached[1])


def printable(name: str) -> str:
    """A name from the file as it can be shown: what nothing displays, such as a control character, is escaped."""
    return name if name.isprintable() else ascii(name)


def _number(literal: str) -> Decimal:
    """The number; one beyond all bounds is infinite, and refused where a price is expected."""
    try:
        return Decimal(literal)
    except ArithmeticError:
        return Decimal("Infinity")


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON. Raises `LookupError` with a key that stands in it twice."""
    content = dict(pairs)
    if len(content) < len(pairs):
        seen = set()
        for name, _ in pairs:
            if name in seen:
                raise LookupError(name)
            seen.add(name)
    return content


def _line_of_twin(text: str) -> int:
    """The line of the first key that its object has already."""
    seen = set()
    for keys, at in _keys(text):
        if keys in seen:
            return _line_at(text, at)
        seen.add(keys)
    return 1


def _line_at(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _keys(text: str) -> Iterator[tuple[Keys, int]]:
    """Every key of a JSON text, behind those that lead to it, and where it begins."""
    import json

    keys: list[str] = []
    is_list: list[bool] = []
    is_key = False
    for found in MARKS.finditer(text):
        mark = found[0]
        if mark in "{[":
            keys.append("0")
            is_list.append(mark == "[")
            is_key = mark == "{"
        elif not keys:
            continue
        elif mark in "]}":
            keys.pop()
            is_list.pop()
        elif mark == ",":
            is_key = not is_list[-1]
            if is_list[-1]:
                keys[-1] = str(int(keys[-1]) + 1)
        elif mark == ":":
            is_key = False
        elif is_key:
            keys[-1] = json.loads(mark)
            yield tuple(keys), found.start()
