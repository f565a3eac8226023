"""`usage forecast`: where the month is heading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.measures import PROJECTED_UNITS
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.past import DAY, ask_past
from instagen_usage_cli.result import Column, Result
from instagen_usage_cli.window import Window, midnight

if TYPE_CHECKING:
    from datetime import date, datetime

    from instagen_usage_cli.projection import Projection
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.reports.past import Key, Past


@dataclass(frozen=True, kw_only=True)
class Forecast(Answer):
    """The month so far and its projected end, per combination of the dimensions (`rows`) and for everything (`whole`).

    `begins` is where the imports begin; `as_of` the moment up to which the month is known: now, or where they end.
    `whole` is None where the month has no complete or running day that is known. `series` has the amount of each day of
    the month so far; `unknown_days` are those of the month and the days behind the projection that have no known
    amount, though there were requests; `rows_have_unknown_days` says whether single rows have such days.
    """

    whole: Projection | None
    to_date: Any
    measure: str
    by: tuple[str, ...]
    month: date
    begins: datetime | None
    as_of: datetime | None
    series: tuple[float | None, ...]
    unknown_days: tuple[date, ...]
    rows_have_unknown_days: bool
    has_long_statements: bool

    @property
    def has_data(self) -> bool:
        """Whether the month is projected as a whole."""
        return self.whole is not None


def forecast(archive: Archive, question: Question, *, measure: str, by: tuple[str, ...]) -> Forecast:
    """The current month of the zone: to date, burn rate, run rate, and its projected end with an 80 % range."""
    month = question.now.astimezone(question.zone).date().replace(day=1)
    begin = midnight(month, question.zone)
    past = ask_past(archive, question, measure=measure, by=by, split_at=begin)
    is_known = past is not None and past.today >= month and bool(past.amounts)
    whole = past.projected(()) if past is not None and is_known else None
    keys = _series_of(past, month, by) if past is not None and is_known else []
    return Forecast.of(
        archive,
        question.filtered(window=Window(begin, question.now, "This month")),
        Result(_columns(by, measure), tuple(_row(past, key, month) for key in keys if past is not None)),
        whole=whole,
        to_date=past.to_date(()) if past is not None and is_known else None,
        measure=measure,
        by=by,
        month=month,
        begins=past.begins if past is not None else None,
        as_of=past.as_of if past is not None else None,
        series=_month_series(past, month) if past is not None and is_known else (),
        unknown_days=past.unknown_days(()) if past is not None else (),
        rows_have_unknown_days=past is not None and any(past.unknown_days(key) for key in keys),
        has_long_statements=past is not None and past.has_long_statements(()),
    )


def _series_of(past: Past, month: date, by: tuple[str, ...]) -> list[Key]:
    """The series of the month, the largest first; without dimensions the one of everything."""
    if not by:
        return [()]
    used = [key for key, days in past.amounts.items() if key and any(day >= month for day in days)]
    used.sort(key=lambda key: (-(past.to_date(key) or 0), [str(part) for part in key]))
    return used


def _columns(by: tuple[str, ...], measure: str) -> tuple[Column, ...]:
    kind = "DECIMAL(38,12)" if measure == "cost" else "BIGINT"
    unit = PROJECTED_UNITS[measure]
    return (
        Column("month", "VARCHAR"),
        *(Column(name, "VARCHAR") for name in by),
        Column(f"to_date_{unit}", kind),
        Column(f"burn_rate_{unit}_per_day", "DOUBLE"),
        Column(f"run_rate_{unit}_per_month", "DOUBLE"),
        *(Column(f"{name}_{unit}", "DOUBLE") for name in ("projected", "low", "high")),
        Column("complete_days", "BIGINT"),
        Column("method", "VARCHAR"),
    )


def _row(past: Past, key: Key, month: date) -> tuple[Any, ...]:
    found = past.projected(key)
    return (
        f"{month:%Y-%m}",
        *key,
        past.to_date(key),
        found.burn_rate_per_day,
        found.run_rate_per_month,
        found.projected,
        found.low,
        found.high,
        found.days_used,
        found.method,
    )


def _month_series(past: Past, month: date) -> tuple[float | None, ...]:
    """The amount of each day of the month so far: 0 where there was nothing, unknown where the imports do not tell."""
    amounts = past.amounts.get((), {})
    if past.has_long_statements(()):
        return (None,) * ((past.today - month).days + 1)
    amount_of_day = dict.fromkeys((*past.days, past.today), 0) | amounts
    found = (amount_of_day.get(month + DAY * number) for number in range((past.today - month).days + 1))
    return tuple(None if amount is None else float(amount) for amount in found)
