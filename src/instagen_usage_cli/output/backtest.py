"""How the answer of `usage forecast --backtest` is shown: how far past projections would have been off."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.measures import PROJECTED_UNITS
from instagen_usage_cli.output import basis
from instagen_usage_cli.output.columns import UNKNOWN, percent
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.forecast import LONG_STATEMENTS, MEASURED, NOUNS
from instagen_usage_cli.output.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.projection import Checkpoint
    from instagen_usage_cli.reports.backtest import Backtest


def document(backtest: Backtest) -> Document:
    """The document of a `Backtest`."""
    return Document(
        name="forecast-backtest",
        rows=backtest.rows,
        droppable=(f"low_{PROJECTED_UNITS[backtest.measure]}", f"high_{PROJECTED_UNITS[backtest.measure]}"),
        **frame(
            backtest,
            title=f"How the projection would have done: {MEASURED[backtest.measure]}",
            subtitle="" if backtest.first is None else f"replayed on the days {backtest.first} to {backtest.last}",
            notes=_notes(backtest),
            basis_notes=basis.notes(backtest.basis, cost=backtest.measure == "cost"),
            details={"measure": backtest.measure, "summary": list(_summary(backtest.checkpoints))},
            empty=_why_no_replay(backtest),
        ),
    )


def _why_no_replay(backtest: Backtest) -> str:
    if not backtest.has_requests:
        return "no request fits the filters"
    if backtest.has_long_statements:
        return LONG_STATEMENTS
    more = f", with a known {NOUNS[backtest.measure]} of each day" if backtest.has_unknown_days else ""
    return f"no past month is complete in the imports{more}"


def _summary(checkpoints: tuple[Checkpoint, ...]) -> Iterator[dict[str, Any]]:
    """Per checkpoint: the median error of the projection and of the naive run rate, and how often the range held."""
    for day in dict.fromkeys(point.day for point in checkpoints):
        points = [point for point in checkpoints if point.day == day]
        ranged = [point.held for point in points if point.held is not None]
        yield {
            "day": day,
            "months": len(points),
            "median_error_pct": _median([point.error_pct for point in points]),
            "naive_median_error_pct": _median([point.naive_error_pct for point in points]),
            "ranges": len(ranged),
            "held": sum(ranged),
        }


def _median(errors: list[float | None]) -> float | None:
    known = [abs(error) for error in errors if error is not None]
    return median(known) if known else None


def _notes(backtest: Backtest) -> Iterator[str]:
    for line in _summary(backtest.checkpoints):
        ours, naive = (_or_unknown(line[name]) for name in ("median_error_pct", "naive_median_error_pct"))
        held = f"the range held in {line['held']} of {line['ranges']}" if line["ranges"] else "no range yet"
        months = f"{line['months']} month{'s' if line['months'] != 1 else ''}"
        yield f"Day {line['day']}: median error {ours}, of the naive run rate {naive}, over {months}; {held}."
    if backtest.has_unknown_days:
        yield f"A month that has a day of unknown {NOUNS[backtest.measure]} is not replayed."
    yield "Naive: month to date ÷ days elapsed × days of the month. Each line knows only the days before it."


def _or_unknown(value: float | None) -> str:
    return UNKNOWN if value is None else percent(value)
