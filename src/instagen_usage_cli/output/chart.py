"""Charts of measures over time for a terminal, as text. They read without colours too.

One series becomes bars of our own, because no library draws them in eighths of a line. Several become curves of
braille dots, drawn by plotille. Where two curves meet in a cell, their dots are joined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from instagen_usage_cli.output.columns import UNKNOWN, cell_width, clean, shortened
from instagen_usage_cli.output.painting import (
    BETWEEN,
    COLOURS,
    PLAIN,
    UNKNOWN_MARK,
    Line,
    Unit,
    bold_words,
    flowing,
    highest,
    known,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MARKERS = "●▲■○△□"
EIGHTHS = " ▁▂▃▄▅▆▇█"
NO_DOTS = "\u2800"
DOTS_ACROSS, DOTS_UP = 2, 4
MOST_TICKS = 6
ROWS_OF_NOTHING = 2
WIDEST_BAR = 8
GAP_FROM = 3
MARKER_EVERY = 6
LONGEST_NAME = 32


@dataclass(frozen=True)
class _Scale:
    """The vertical axis: the value at its top, its height in lines, and the labels by lines above 0."""

    top: float
    rows: int
    ticks: Mapping[int, str]


@dataclass(frozen=True)
class _Plot:
    """What is drawn between the axes, the top line first; the middle column of each value; what explains it."""

    cells: list[Line]
    middles: Sequence[int]
    legend: list[Line]


@dataclass(frozen=True)
class _Label:
    """A label below the plot: the column that it is for, and the one where it begins."""

    middle: int
    begin: int
    text: str


def lines(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None]]],
    *,
    title: str,
    unit: Unit,
    width: int,
    height: int = 15,
    colour: bool,
) -> str:
    """A chart of series over time, each a name and a value per label: one as bars, several as curves.

    `None` is unknown and leaves a gap. Values are not negative: the axis begins at 0, and `unit` says what stands at
    its ticks. No line is wider than `width` cells; `height` is that of the plot itself, and at most reached. A series
    without a name has no legend.
    """
    named = [
        (shortened(clean(name).strip(), LONGEST_NAME), [known(value) for value in values]) for name, values in series
    ]
    scale = _scale(highest(value for _, values in named for value in values) or 0.0, unit, height, width // 2)
    margin = max(map(cell_width, scale.ticks.values())) + len(" │")
    columns = max(width - margin, 1)
    together = max(-(-len(labels) // columns), 1)
    drawn = [(name, _gathered(values, together)) for name, values in named]
    names = [shortened(clean(label), width) for label in labels[::together]]
    plot = _bars(*drawn[0], columns, scale) if len(drawn) == 1 else _curves(drawn, len(names), columns, scale)
    if together > 1:
        plot.legend.append([(f"of every {together} the highest is drawn", PLAIN)])
    below = _spread(names, [margin + middle for middle in plot.middles], width)
    return written(
        [
            *flowing(bold_words(title), width, 1),
            *_framed(plot.cells, scale, margin, below),
            *flowing(plot.legend, width, BETWEEN),
        ],
        colour=colour,
    )


def _gathered(values: Sequence[float | None], together: int) -> list[float | None]:
    """The highest of every few values, for where there is no room for each."""
    return [highest(values[first : first + together]) for first in range(0, len(values), together)]


def _scale(peak: float, unit: Unit, height: int, longest: int) -> _Scale:
    """An axis from 0 to the peak or just above, in round steps of as many lines each, told apart by their labels."""
    if peak <= 0:
        return _Scale(1.0, min(ROWS_OF_NOTHING, max(height, 1)), {0: shortened(unit(0.0), longest)})
    most = max(min(MOST_TICKS, height // 2), 1)
    for step in _steps(peak / most):
        number = math.ceil(peak / step * (1 - 1e-12))
        ticks = [shortened(unit(float(f"{step * count:.12g}")), longest) for count in range(number + 1)]
        if number <= most and (len(set(ticks)) == len(ticks) or number == 1):
            break
    each = max(height // number, 1)
    return _Scale(step * number, each * number, {each * count: tick for count, tick in enumerate(ticks)})


def _steps(least: float) -> Iterable[float]:
    """1, 2 and 5 of every power of ten, from just below `least`."""
    power = math.floor(math.log10(least))
    while True:
        yield from (float(f"{digit}e{power}") for digit in (1, 2, 5))
        power += 1


def _bars(name: str, values: Sequence[float | None], columns: int, scale: _Scale) -> _Plot:
    """A bar for each value, all of the same width."""
    pitch = min(columns // max(len(values), 1), WIDEST_BAR + 1)
    wide = pitch - 1 if pitch >= GAP_FROM else pitch
    cells: list[Line] = [[] for _ in range(scale.rows)]
    for value in values:
        for row, mark in enumerate(_bar(value, scale)):
            cells[scale.rows - 1 - row] += [(mark * wide, COLOURS[0]), (" " * (pitch - wide), PLAIN)]
    legend: list[Line] = [[("█", COLOURS[0]), (f" {name}", PLAIN)]] if name else []
    if None in values:
        legend.append([(f"{UNKNOWN_MARK} unknown", PLAIN)])
    return _Plot(cells, [number * pitch + (wide - 1) // 2 for number in range(len(values))], legend)


def _bar(value: float | None, scale: _Scale) -> str:
    """A bar from the bottom up; something is never nothing."""
    if value is None:
        return UNKNOWN_MARK + " " * (scale.rows - 1)
    eighths = max(round(value / scale.top * scale.rows * 8), int(value > 0))
    return "".join(EIGHTHS[min(max(eighths - row * 8, 0), 8)] for row in range(scale.rows))


def _curves(series: Sequence[tuple[str, Sequence[float | None]]], buckets: int, columns: int, scale: _Scale) -> _Plot:
    """A curve for each series, the first on top, with its marker every few columns."""
    across = [(2 * bucket + 1) * columns // buckets for bucket in range(buckets)]
    cells: list[Line] = [[(NO_DOTS, PLAIN)] * columns for _ in range(scale.rows)]
    looks = [(MARKERS[number % len(MARKERS)], COLOURS[number % len(COLOURS)]) for number in range(len(series))]
    drawn = [[None if value is None else _dot(value, scale) for value in values] for _, values in series]
    for dots, (_, colour) in reversed(list(zip(drawn, looks, strict=True))):
        _draw(cells, across, dots, colour)
    every = max(-(-MARKER_EVERY * buckets // columns), 1)
    for number, dots in reversed(list(enumerate(drawn))):
        for bucket, dot in _marked(dots, every, number * every // len(series)):
            cells[scale.rows - 1 - dot // DOTS_UP][across[bucket] // DOTS_ACROSS] = looks[number]
    legend = [
        [look, (f" {name or UNKNOWN}{'' if any(dot is not None for dot in dots) else ' (unknown)'}", PLAIN)]
        for (name, _), look, dots in zip(series, looks, drawn, strict=True)
    ]
    cells = [[(mark.replace(NO_DOTS, " "), colour) for mark, colour in row] for row in cells]
    return _Plot(cells, [dot // DOTS_ACROSS for dot in across], legend)


def _dot(value: float, scale: _Scale) -> int:
    """How many dots above the lowest a value is drawn; a tick's value at the top of the tick's line."""
    return max(math.ceil(value / scale.top * scale.rows * DOTS_UP - 1e-9) - 1, 0)


def _draw(cells: list[Line], across: Sequence[int], dots: Sequence[int | None], colour: str) -> None:
    """Draw a curve into cells that may hold others already."""
    from plotille import Canvas

    rows, columns = len(cells), len(cells[0])
    canvas = Canvas(columns, rows, xmin=0, ymin=0, xmax=columns * DOTS_ACROSS, ymax=rows * DOTS_UP)
    points = list(zip(across, dots, strict=True))
    for (x, y), (next_x, next_y) in pairwise(points):
        if y is not None and next_y is not None:
            canvas.line(x, y, next_x, next_y)
    for row, line in enumerate(canvas.plot(linesep="\n").split("\n")):
        for column, mark in enumerate(line):
            if mark != NO_DOTS:
                cells[row][column] = (chr(ord(mark) | ord(cells[row][column][0])), colour)


def _marked(dots: Sequence[int | None], every: int, first: int) -> Iterable[tuple[int, int]]:
    """The buckets that get a marker, with their dots: every few, and both sides of a gap."""
    for bucket, dot in enumerate(dots):
        around = [*dots[max(bucket - 1, 0) : bucket], *dots[bucket + 1 : bucket + 2]]
        if dot is not None and (bucket % every == first or None in around or not around):
            yield bucket, dot


def _framed(cells: list[Line], scale: _Scale, margin: int, below: Sequence[_Label]) -> Iterable[Line]:
    """The plot with its axes, and what stands below."""
    for row, line in enumerate(cells):
        tick = scale.ticks.get(scale.rows - row)
        yield [(f"{_right(tick or '', margin - 2)} {'┤' if tick else '│'}", PLAIN), *line]
    middles = {label.middle for label in below}
    end = margin + (sum(cell_width(text) for text, _ in cells[0]) if cells else 0)
    axis = "".join("┬" if column in middles else "─" for column in range(margin, end))
    yield [(f"{_right(scale.ticks[0], margin - 2)} └{axis}", PLAIN)]
    text = ""
    for label in below:
        text += " " * (label.begin - cell_width(text)) + label.text
    if text:
        yield [(text, PLAIN)]


def _spread(labels: Sequence[str], middles: Sequence[int], width: int) -> list[_Label]:
    """As many labels as stand apart, at even distances."""
    room = max(map(cell_width, labels), default=0) + BETWEEN
    pitch = (middles[-1] - middles[0]) / max(len(middles) - 1, 1) if middles else 0
    found: list[_Label] = []
    free = 0
    for number in range(0, len(labels), math.ceil(room / pitch) if pitch else 1):
        taken = cell_width(labels[number])
        begin = max(min(middles[number] - taken // 2, width - taken), 0)
        if begin >= free:
            found.append(_Label(middles[number], begin, labels[number]))
            free = begin + taken + BETWEEN
    return found


def _right(text: str, width: int) -> str:
    return " " * (width - cell_width(text)) + text
