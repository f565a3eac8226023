"""`usage forecast --backtest`: how a projection did in past months."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from instagen_usage_cli import projection
from instagen_usage_cli.measures import PROJECTED_UNITS
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.past import ask_past, tidy
from instagen_usage_cli.result import Column, Result
from instagen_usage_cli.window import Window

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive


@dataclass(frozen=True, kw_only=True)
class Backtest(Answer):
    """Each checkpoint of each past month: what would have been projected, and what came; `checkpoints` are its rows.

    `first` and `last` are the days that were replayed, None without imports; `has_requests` says whether any request
    fits the filters, `has_unknown_days` whether some of their days have no known amount.
    """

    checkpoints: tuple[projection.Checkpoint, ...]
    measure: str
    first: date | None
    last: date | None
    has_requests: bool
    has_unknown_days: bool
    has_long_statements: bool


def backtest(archive: Archive, question: Question, *, measure: str) -> Backtest:
    """What would have been projected on day 5, 10 and 20 of each complete month, and what came."""
    past = ask_past(archive, question, measure=measure, by=(), look_back=None)
    history = past.history(()) if past is not None and past.amounts else []
    checkpoints = tuple(projection.backtest(history))
    return Backtest.of(
        archive,
        question.filtered(window=Window(None, question.now, "All time")),
        _rows(checkpoints, measure),
        checkpoints=checkpoints,
        measure=measure,
        first=history[0][0] if history else None,
        last=history[-1][0] if history else None,
        has_requests=past is not None and bool(past.amounts),
        has_unknown_days=any(amount is None for _, amount in history),
        has_long_statements=past is not None and past.has_long_statements(()),
    )


def _rows(checkpoints: Sequence[projection.Checkpoint], measure: str) -> Result:
    unit = PROJECTED_UNITS[measure]
    columns = (
        Column("month", "VARCHAR"),
        Column("day", "BIGINT"),
        *(Column(f"{name}_{unit}", "DOUBLE") for name in ("actual", "projected", "low", "high")),
        Column("error_change_pct", "DOUBLE"),
        Column(f"naive_{unit}", "DOUBLE"),
        Column("naive_error_change_pct", "DOUBLE"),
        Column("held", "BOOLEAN"),
    )
    rows = tuple(
        (
            f"{point.month:%Y-%m}",
            point.day,
            *map(tidy, (point.actual, point.projected, point.low, point.high)),
            point.error_pct,
            tidy(point.naive),
            point.naive_error_pct,
            point.held,
        )
        for point in checkpoints
    )
    return Result(columns, rows)
