"""Charts for a terminal, as text: measures over time, and a heat map of the week. They read without colours too.

One series becomes bars of our own, because no library draws them in eighths of a line. Several become curves of
braille dots, drawn by plotille. Where two curves meet in a cell, their dots are joined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TypeAlias

from instagen_usage_cli.output.columns import UNKNOWN, cell_width, clean, shortened

# Some text with its colour, an SGR code, where colours are shown; and what stands on a line.
Piece: TypeAlias = tuple[str, str]
Line: TypeAlias = list[Piece]
Unit: TypeAlias = Callable[[float], str]

PLAIN, BOLD = "", "1"
# Cyan, magenta, green, red, blue, and the terminal's own: those of the 16 that read on white and on black.
COLOURS = ("36", "35", "32", "31", "34", PLAIN)
MARKERS = "●▲■○△□"
UNKNOWN_MARK = "·"
EIGHTHS = " ▁▂▃▄▅▆▇█"
SHADES = " ░▒▓█"
NO_DOTS = "\u2800"
DOTS_ACROSS, DOTS_UP = 2, 4
MOST_TICKS = 6
ROWS_OF_NOTHING = 2
WIDEST_BAR = 8
GAP_FROM = 3
MARKER_EVERY = 6
LONGEST_NAME = 32
BETWEEN = 2
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
HOUR_LABEL_EVERY = 3


@dataclass(frozen=True)
class _Scale:
    """The vertical axis: the value at its top, its height in lines, and the labels by lines above 0."""

    top: float
    rows: int
    ticks: Mapping[int, str]


@dataclass(frozen=True)
class _Plot:
    """What is drawn between the axes, the top line first; the column of each value; what explains it."""

    cells: list[Line]
    places: Sequence[int]
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
    known = [
        (shortened(clean(name).strip(), LONGEST_NAME), [_known(value) for value in values]) for name, values in series
    ]
    scale = _scale(_highest(value for _, values in known for value in values) or 0.0, unit, height, width // 2)
    margin = max(map(cell_width, scale.ticks.values())) + len(" │")
    columns = max(width - margin, 1)
    together = max(-(-len(labels) // columns), 1)
    drawn = [(name, _gathered(values, together)) for name, values in known]
    names = [shortened(clean(label), width) for label in labels[::together]]
    plot = _bars(*drawn[0], columns, scale) if len(drawn) == 1 else _curves(drawn, len(names), columns, scale)
    if together > 1:
        plot.legend.append([(f"of every {together} the highest is drawn", PLAIN)])
    below = _spread(names, [margin + place for place in plot.places], width)
    return _written(
        [
            *_flowing(_title(title), width, 1),
            *_framed(plot.cells, scale, margin, below),
            *_flowing(plot.legend, width, BETWEEN),
        ],
        colour=colour,
    )


def heat_map(cells: Mapping[tuple[int, int], float | None], *, title: str, unit: Unit, width: int, colour: bool) -> str:
    """The week by ISO weekday (1 to 7) and hour (0 to 23), the darker the more; what is missing or `None` is unknown.

    Values are not negative, and only 0 is blank. `unit` says what the shades stand for.
    """
    values = {slot: _known(cells.get(slot)) for slot in ((day, hour) for day in range(1, 8) for hour in range(HOURS))}
    peak = _highest(values.values()) or 0.0
    across = 2 if width >= len(WEEKDAYS[0]) + 1 + 2 * HOURS else 1
    hours = [(f"{hour:02}".ljust(HOUR_LABEL_EVERY * across), PLAIN) for hour in range(0, HOURS, HOUR_LABEL_EVERY)]
    days = [
        [(f"{name} ", PLAIN), *((_shade(values[day, hour], peak) * across, COLOURS[0]) for hour in range(HOURS))]
        for day, name in enumerate(WEEKDAYS, 1)
    ]
    return _written(
        [
            *_flowing(_title(title), width, 1),
            [(" " * (len(WEEKDAYS[0]) + 1), PLAIN), *hours],
            *days,
            *_flowing(_heat_legend(values, peak, unit), width, BETWEEN),
        ],
        colour=colour,
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else max(float(value), 0.0)


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _gathered(values: Sequence[float | None], together: int) -> list[float | None]:
    """The highest of every few values, for where there is no room for each."""
    return [_highest(values[first : first + together]) for first in range(0, len(values), together)]


def _scale(peak: float, unit: Unit, height: int, longest: int) -> _Scale:
    """An axis from 0 to the peak or just above, in round steps of as many lines each, told apart by their labels."""
    if peak <= 0:
        return _Scale(1.0, min(ROWS_OF_NOTHING, max(height, 1)), {0: shortened(unit(0.0), longest)})
    most = max(min(MOST_TICKS, height // 2), 1)
    for step in _steps(peak / most):
        number = math.ceil(peak / step * (1 - 1e-12))
        ticks = [shortened(unit(float(f"{step * place:.12g}")), longest) for place in range(number + 1)]
        if number <= most and (len(set(ticks)) == len(ticks) or number == 1):
            break
    each = max(height // number, 1)
    return _Scale(step * number, each * number, {each * place: tick for place, tick in enumerate(ticks)})


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
    return _Plot(cells, [place * pitch + (wide - 1) // 2 for place in range(len(values))], legend)


def _bar(value: float | None, scale: _Scale) -> str:
    """A bar from the bottom up; something is never nothing."""
    if value is None:
        return UNKNOWN_MARK + " " * (scale.rows - 1)
    eighths = max(round(value / scale.top * scale.rows * 8), int(value > 0))
    return "".join(EIGHTHS[min(max(eighths - row * 8, 0), 8)] for row in range(scale.rows))


def _curves(series: Sequence[tuple[str, Sequence[float | None]]], buckets: int, columns: int, scale: _Scale) -> _Plot:
    """A curve for each series, the first on top, with its marker every few columns."""
    across = [(2 * place + 1) * columns // buckets for place in range(buckets)]
    cells: list[Line] = [[(NO_DOTS, PLAIN)] * columns for _ in range(scale.rows)]
    looks = [(MARKERS[place % len(MARKERS)], COLOURS[place % len(COLOURS)]) for place in range(len(series))]
    drawn = [[None if value is None else _dot(value, scale) for value in values] for _, values in series]
    for dots, (_, colour) in reversed(list(zip(drawn, looks, strict=True))):
        _draw(cells, across, dots, colour)
    every = max(-(-MARKER_EVERY * buckets // columns), 1)
    for place, dots in reversed(list(enumerate(drawn))):
        for bucket, dot in _marked(dots, every, place * every // len(series)):
            cells[scale.rows - 1 - dot // DOTS_UP][across[bucket] // DOTS_ACROSS] = looks[place]
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
    for place in range(0, len(labels), math.ceil(room / pitch) if pitch else 1):
        begin = max(min(middles[place] - cell_width(labels[place]) // 2, width - cell_width(labels[place])), 0)
        if begin >= free:
            found.append(_Label(middles[place], begin, labels[place]))
            free = begin + cell_width(labels[place]) + BETWEEN
    return found


def _shade(value: float | None, peak: float) -> str:
    if value is None:
        return UNKNOWN_MARK
    return SHADES[math.ceil(value / peak * (len(SHADES) - 1) * (1 - 1e-12)) if value else 0]


def _heat_legend(values: Mapping[tuple[int, int], float | None], peak: float, unit: Unit) -> list[Line]:
    """The shades with the most that each stands for here, and when it was lowest and highest."""
    known = {slot: value for slot, value in values.items() if value is not None}
    legend: list[Line] = []
    for shade in SHADES[1:]:
        most = _highest(value for value in known.values() if _shade(value, peak) == shade)
        if most is not None:
            legend.append([(shade * 2, COLOURS[0]), (f" up to {unit(most)}", PLAIN)])
    if len(known) < len(values):
        legend.append([(f"{UNKNOWN_MARK} unknown", PLAIN)])
    for word, pick in (("lowest", min), ("highest", max)):
        if known:
            value = pick(known.values())
            legend.append([(f"{word} {unit(value)}{_when([slot for slot in known if known[slot] == value])}", PLAIN)])
    return legend


def _when(slots: Sequence[tuple[int, int]]) -> str:
    """The hour of the week, where it is one."""
    return f" ({WEEKDAYS[slots[0][0] - 1]} {slots[0][1]:02})" if len(slots) == 1 else ""


def _title(title: str) -> list[Line]:
    return [[(word, BOLD)] for word in clean(title).split()]


def _flowing(items: Iterable[Line], width: int, between: int) -> Iterable[Line]:
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


def _right(text: str, width: int) -> str:
    return " " * (width - cell_width(text)) + text


def _written(lines_: Iterable[Line], *, colour: bool) -> str:
    return "".join(f"{_painted(line, colour=colour)}\n" for line in lines_)


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
