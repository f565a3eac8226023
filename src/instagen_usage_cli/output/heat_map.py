"""A heat map of the week for a terminal, as text. It reads without colours too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

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
    from collections.abc import Mapping, Sequence

SHADES = " ░▒▓█"
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = 24
HOUR_LABEL_EVERY = 3


def heat_map(cells: Mapping[tuple[int, int], float | None], *, title: str, unit: Unit, width: int, colour: bool) -> str:
    """The week by ISO weekday (1 to 7) and hour (0 to 23), the darker the more; what is missing or `None` is unknown.

    Values are not negative, and only 0 is blank. `unit` says what the shades stand for.
    """
    values = {slot: known(cells.get(slot)) for slot in ((day, hour) for day in range(1, 8) for hour in range(HOURS))}
    peak = highest(values.values()) or 0.0
    across = 2 if width >= len(WEEKDAYS[0]) + 1 + 2 * HOURS else 1
    hours = [(f"{hour:02}".ljust(HOUR_LABEL_EVERY * across), PLAIN) for hour in range(0, HOURS, HOUR_LABEL_EVERY)]
    days = [
        [(f"{name} ", PLAIN), *((_shade(values[day, hour], peak) * across, COLOURS[0]) for hour in range(HOURS))]
        for day, name in enumerate(WEEKDAYS, 1)
    ]
    return written(
        [
            *flowing(bold_words(title), width, 1),
            [(" " * (len(WEEKDAYS[0]) + 1), PLAIN), *hours],
            *days,
            *flowing(_heat_legend(values, peak, unit), width, BETWEEN),
        ],
        colour=colour,
    )


def _shade(value: float | None, peak: float) -> str:
    if value is None:
        return UNKNOWN_MARK
    return SHADES[math.ceil(value / peak * (len(SHADES) - 1) * (1 - 1e-12)) if value else 0]


def _heat_legend(values: Mapping[tuple[int, int], float | None], peak: float, unit: Unit) -> list[Line]:
    """The shades with the most that each stands for here, and when it was lowest and highest."""
    known = {slot: value for slot, value in values.items() if value is not None}
    legend: list[Line] = []
    for shade in SHADES[1:]:
        most = highest(value for value in known.values() if _shade(value, peak) == shade)
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
