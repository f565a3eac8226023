"""Coloured pieces of text, and lines made of them: what every drawing for a terminal consists of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeAlias

from instagen_usage_cli.output.columns import cell_width, clean, shortened

# Some text with its colour, an SGR code, where colours are shown; and what stands on a line.
Piece: TypeAlias = tuple[str, str]
Line: TypeAlias = list[Piece]
# Says what a value is, in its unit.
Unit: TypeAlias = Callable[[float], str]

PLAIN, BOLD = "", "1"
# Cyan, magenta, green, red, blue, and the terminal's own: those of the 16 that read on white and on black.
COLOURS = ("36", "35", "32", "31", "34", PLAIN)
UNKNOWN_MARK = "·"
BETWEEN = 2


def known(value: float | None) -> float | None:
    """The value as it can be drawn: no less than 0, and unknown where it is not finite."""
    return None if value is None or not math.isfinite(value) else max(float(value), 0.0)


def highest(values: Iterable[float | None]) -> float | None:
    """The highest of the known values; None where none is known."""
    return max((value for value in values if value is not None), default=None)


def bold_words(words: str) -> list[Line]:
    """The words of a title, to be `flowing`."""
    return [[(word, BOLD)] for word in clean(words).split()]


def flowing(items: Iterable[Line], width: int, between: int) -> Iterable[Line]:
    """Items beside each other, on as many lines as they take."""
    line: Line = []
    used = 0
    for item in items:
        room = width - sum(cell_width(text) for text, _ in item[:-1])
        fitted = [*item[:-1], (shortened(item[-1][0], room), item[-1][1])]
        taken = sum(cell_width(text) for text, _ in fitted)
        if line and used + between + taken > width:
            yield line
            line, used = [], 0
        if line:
            line.append((" " * between, PLAIN))
            used += between
        line += fitted
        used += taken
    if line:
        yield line


def written(lines: Iterable[Line], *, colour: bool) -> str:
    """The text of the lines, with colours where they are wanted."""
    return "".join(f"{_painted(line, colour=colour)}\n" for line in lines)


def _painted(line: Line, *, colour: bool) -> str:
    """A line without trailing spaces, with the codes of its colours where they are wanted."""
    marks: list[Piece] = []
    for text, code in line:
        for mark in text:
            marks.append((mark, marks[-1][1] if mark == " " and marks else code))
    while marks and marks[-1][0].isspace():
        marks.pop()
    painted = ""
    for code, run in groupby(marks, key=lambda mark: mark[1] if colour else PLAIN):
        part = "".join(mark for mark, _ in run)
        painted += f"\x1b[{code}m{part}\x1b[0m" if code else part
    return painted
