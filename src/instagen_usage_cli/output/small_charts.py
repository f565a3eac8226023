"""Small drawings of a table's values: a bar for each, a small series of bars for many."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

SPARKS = "▁▂▃▄▅▆▇█"
EIGHTHS = " ▏▎▍▌▋▊▉"
BAR_WIDTH = 10


def sparkline(series: Sequence[float | None], width: int) -> str:
    """The series as small bars, the mean of several where there are more than room; nothing for fewer than two.

    What is unknown is left blank.
    """
    if len(series) < 2 or width < 1:  # noqa: PLR2004 - one value is no trend
        return ""
    bins = min(len(series), width)
    edges = [place * len(series) // bins for place in range(bins + 1)]
    means = [_mean(series[start:end]) for start, end in pairwise(edges)]
    top = max((mean for mean in means if mean is not None), default=None)
    return "" if top is None else "".join(_spark(mean, top) for mean in means)


def _mean(values: Sequence[float | None]) -> float | None:
    """The mean of the known values; None where none is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _spark(value: float | None, top: float) -> str:
    if value is None:
        return " "
    return SPARKS[max(int(value / top * len(SPARKS) - 1e-9), 0) if top > 0 else 0]


def draw_bars(values: Sequence[Any], name: str) -> list[str]:
    """A bar per value: a percentage of the whole, anything else of the largest."""
    known = [float(value or 0) for value in values]
    top = 100.0 if name.endswith("_pct") else max(known, default=0.0)
    return [_bar(value / top) if top > 0 else "" for value in known]


def _bar(share: float) -> str:
    eighths = round(share * BAR_WIDTH * 8)
    full, rest = divmod(max(eighths, 0), 8)
    return "█" * full + (EIGHTHS[rest] if rest else "")
