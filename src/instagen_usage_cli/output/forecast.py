"""How the answer of `usage forecast` is shown: where the month is heading."""

from __future__ import annotations

from calendar import monthrange
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.measures import PROJECTED_UNITS
from instagen_usage_cli.output import basis, window
from instagen_usage_cli.output.columns import UNKNOWN, UTC_ZONE, text
from instagen_usage_cli.output.document import Card, Document
from instagen_usage_cli.output.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from instagen_usage_cli.projection import Projection
    from instagen_usage_cli.reports.forecast import Forecast

MEASURED = {"cost": "projected cost", "requests": "projected requests", "tokens": "projected tokens"}
NOUNS = {"cost": "cost", "requests": "number of requests", "tokens": "number of tokens"}
BEHIND_BY_HOURS = 1
LONG_STATEMENTS = "statements longer than a day tell nothing of their days"


def document(forecast: Forecast) -> Document:
    """The document of a `Forecast`."""
    month = f"{forecast.month:%B %Y}"
    whole = forecast.whole
    return Document(
        name="forecast",
        rows=forecast.rows,
        cards=_cards(forecast, whole) if whole is not None else (),
        only_wide=() if forecast.by else ("month",),
        droppable=("month", f"run_rate_{PROJECTED_UNITS[forecast.measure]}_per_month", "complete_days"),
        **frame(
            forecast,
            title=f"{month}: {MEASURED[forecast.measure]}",
            subtitle=_as_of(forecast),
            notes=_notes(forecast, whole) if whole is not None else (),
            basis_notes=basis.notes(forecast.basis, cost=forecast.measure == "cost"),
            details=_details(forecast),
            empty=f"nothing is known of {month}: {_why_nothing(forecast)}",
        ),
    )


def _as_of(forecast: Forecast) -> str:
    """Up to when the month is known."""
    return f"as of {window.clock(forecast.as_of, forecast.zone)} {forecast.zone.key}" if forecast.as_of else ""


def _amount(value: Any, measure: str) -> str:  # noqa: ANN401 - decimal, integer or float
    if value is None:
        return UNKNOWN
    unit = PROJECTED_UNITS[measure]
    return f"{value:,.0f}" if unit == "requests" else text(f"_{unit}", value, UTC_ZONE)


def _why_nothing(forecast: Forecast) -> str:
    if forecast.as_of is None:
        return "nothing has been imported"
    if forecast.as_of.astimezone(forecast.zone).date() >= forecast.month:
        return "no request fits the filters"
    return f"the imports end {window.clock(forecast.as_of, forecast.zone)}"


def _cards(forecast: Forecast, whole: Projection) -> tuple[Card, ...]:
    measure = forecast.measure
    days = monthrange(forecast.month.year, forecast.month.month)[1]
    run_rate = f"{_amount(whole.run_rate_per_month, measure)} a month"
    return (
        Card("Month to date", _amount(forecast.to_date, measure), _elapsed(forecast, days), forecast.series),
        Card("Burn rate", f"{_amount(whole.burn_rate_per_day, measure)} a day", run_rate),
        Card("Projected", _amount(whole.projected, measure), _range(whole, measure)),
    )


def _elapsed(forecast: Forecast, days: int) -> str:
    return f"day {len(forecast.series)} of {days}"


def _range(whole: Projection, measure: str) -> str:
    if whole.low is None or whole.high is None:
        return "no range yet"
    return f"80 %: {_amount(whole.low, measure)} to {_amount(whole.high, measure)}"


def _notes(forecast: Forecast, whole: Projection) -> Iterator[str]:
    yield _method(forecast, whole)
    if whole.burn_rate_per_day is not None:
        days = _days(min(whole.days_used, 7))
        yield f"Burn rate: the average of the last {days}; run rate: it × the days of the month."
    if forecast.begins is not None and forecast.begins.astimezone(forecast.zone).date() > forecast.month:
        yield f"The imports begin {window.clock(forecast.begins, forecast.zone)}: what came before is not known."
    if forecast.as_of is not None and (forecast.now - forecast.as_of).total_seconds() > BEHIND_BY_HOURS * 3600:
        yield f"The imports end {window.clock(forecast.as_of, forecast.zone)}: what came later is not known yet."
    if forecast.by:
        yield "Each row is projected by itself, so that the rows need not add up to the projection of all."
    if forecast.by and forecast.rows_have_unknown_days:
        yield f"A row leaves out its own days of unknown {NOUNS[forecast.measure]}."
    if forecast.unknown_days:
        yield _left_out(forecast.unknown_days, NOUNS[forecast.measure])


def _method(forecast: Forecast, whole: Projection) -> str:
    """How it was projected, in words."""
    if forecast.to_date is None:
        return "Projection: none, because no request of the month has a known amount."
    if forecast.has_long_statements:
        return f"Projection: none, because {LONG_STATEMENTS}."
    if whole.method == "weekday":
        return (
            f"Projection: the month to date and, for the rest, {_days(whole.days_used)} of usual weekdays at the level"
            " of the last weeks and of this month; a runaway day counts little, and what past projections missed is"
            " corrected, which also gives the range. How it would have done in past months: usage forecast --backtest."
        )
    if whole.method == "average":
        return (
            f"Projection: a plain average of {_days(whole.days_used)}, without a range; from 7 complete days on it goes"
            " by weekday."
        )
    if forecast.unknown_days:
        return f"Projection: none, because too few of the last complete days have a known {NOUNS[forecast.measure]}."
    return "Projection: none, because no complete day is known."


def _left_out(days: Sequence[date], noun: str) -> str:
    """Which days are in no number, because nothing of them is known."""
    if len(days) == 1:
        return f"1 day of unknown {noun} is left out: {days[0]}."
    return f"{len(days)} days of unknown {noun} are left out: between {min(days)} and {max(days)}."


def _days(number: int) -> str:
    return f"{number} complete day{'s' if number != 1 else ''}"


def _details(forecast: Forecast) -> dict[str, Any]:
    whole = forecast.whole
    unit = PROJECTED_UNITS[forecast.measure]
    total = {} if whole is None else {
        f"to_date_{unit}": forecast.to_date,
        f"burn_rate_{unit}_per_day": whole.burn_rate_per_day,
        f"run_rate_{unit}_per_month": whole.run_rate_per_month,
        f"projected_{unit}": whole.projected,
        f"low_{unit}": whole.low,
        f"high_{unit}": whole.high,
        "complete_days": whole.days_used,
        "method": whole.method,
    }  # fmt: skip
    return {
        "month": f"{forecast.month:%Y-%m}",
        "as_of": forecast.as_of,
        "zone": forecast.zone.key,
        "measure": forecast.measure,
        "total": total,
    }
