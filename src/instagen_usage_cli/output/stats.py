"""How the answer of `usage stats` is shown: cards, the breakdown, and what the numbers rest on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.measures import MEASURES
from instagen_usage_cli.output import basis, window
from instagen_usage_cli.output.columns import UNKNOWN, change, money, percent, short
from instagen_usage_cli.output.document import Card, Document
from instagen_usage_cli.output.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from instagen_usage_cli.reports.stats import Before, Stats
    from instagen_usage_cli.result import Result

# Shown with --wide, and in every other format.
WIDE = (
    "cache_read_tokens",
    "reasoning_tokens",
    "unpriced_requests",
    "unmetered_requests",
    "before_requests",
    "before_total_tokens",
    "before_cost_usd",
    "requests_change_pct",
    "total_tokens_change_pct",
)
# What makes room for the parts of the cost.
BESIDE_PARTS = ("failed_requests", "input_tokens", "output_tokens", "total_tokens", "cost_share_pct")
DAY = timedelta(days=1)


def document(stats: Stats, *, breakdown: bool = True) -> Document:
    """The document of a `Stats`; without `breakdown` just the cards."""
    rows = stats.rows if breakdown else stats.rows.where(stats.rows.names[0], object())
    return Document(
        name="stats",
        rows=rows,
        cards=_cards(stats) if stats.has_data else (),
        total=_total_row(stats) if breakdown and rows.rows else None,
        hidden=(*_idle_columns(stats), *basis.idle_parts(stats.rows, stats.total)),
        only_wide=(*WIDE, *(BESIDE_PARTS if basis.cost_parts(stats.rows) else ())),
        droppable=("total_tokens", "cost_share_pct", "failed_requests", "output_tokens", "input_tokens"),
        bars="cost_share_pct",
        sparks=_sparks(stats, rows),
        every=stats.every,
        **frame(stats, notes=_notes(stats), details=_details(stats)),
    )


def _total_row(stats: Stats) -> dict[str, Any]:
    measures = (*MEASURES, *basis.cost_parts(stats.rows))
    row = {name: stats.total[name] for name in stats.rows.names if name in measures and name in stats.total}
    if "cost_change_pct" in stats.rows.names and stats.before is not None:
        row |= {f"before_{name}": value for name, value in stats.before.total.items()}
        row |= {f"{name.removesuffix('_usd')}_change_pct": value for name, value in stats.before.change_pct.items()}
    return row


def _idle_columns(stats: Stats) -> tuple[str, ...]:
    """Columns that would say nothing: no failures, no cost to share, no partial bucket."""
    idle = []
    if not stats.total["failed_requests"]:
        idle.append("failed_requests")
    if not stats.total["cost_usd"]:
        idle.append("cost_share_pct")
    if "partial" in stats.rows.names and not any(record["partial"] for record in stats.rows.records()):
        idle.append("partial")
    return tuple(idle)


def _sparks(stats: Stats, rows: Result) -> tuple[tuple[float | None, ...], ...]:
    """The cost per hour or day of each row; the requests, where nothing has a cost."""
    if not stats.sparks.rows:
        return ()
    measure = "cost_usd" if stats.total["cost_usd"] else "requests"
    found: dict[tuple[Any, ...], dict[datetime, float]] = {}
    for record in stats.sparks.records():
        key = tuple(record[name] for name in stats.by)
        found.setdefault(key, {})[record["bucket"]] = float(record[measure] or 0)
    slots = _window_slots(stats)
    return tuple(
        tuple(
            found.get(tuple(record[name] for name in stats.by), {}).get(slot, _nothing(slot, stats)) for slot in slots
        )
        for record in rows.records()
    )


def _cards(stats: Stats) -> tuple[Card, ...]:
    total = stats.total
    cost = basis.words(stats.basis) or ("no prices known" if total["cost_usd"] is None else "as stated")
    return (
        _card(stats, "Requests", "requests", _count(total["requests"]), _success(total)),
        _card(stats, "Tokens", "total_tokens", _tokens(total["total_tokens"]), _in_and_out(total)),
        _card(stats, "Cost", "cost_usd", _money(total["cost_usd"]), cost),
    )


def _card(stats: Stats, title: str, measure: str, figure: str, detail: str) -> Card:
    before = stats.before
    change_pct = before.change_pct[measure] if before is not None else None
    return Card(title, figure, detail, _series(stats, measure), "" if change_pct is None else change(change_pct))


def _count(value: int | None) -> str:
    return UNKNOWN if value is None else f"{value:,}"


def _tokens(value: int | None) -> str:
    return UNKNOWN if value is None else short(value)


def _money(value: Decimal | None) -> str:
    return UNKNOWN if value is None else money(value)


def _success(total: dict[str, Any]) -> str:
    """The share of success among the requests whose outcome is known."""
    failed, judged = total["failed_requests"], total["judged_requests"]
    if failed is None or not judged:
        return "failures unknown"
    if failed > judged:  # a statement that contradicts itself
        return f"{failed:,} failed"
    if judged < total["requests"]:
        return f"{failed:,} of {judged:,} known failed"
    return f"{failed:,} failed · {percent((judged - failed) * 100 / judged)} ok"


def _in_and_out(total: dict[str, Any]) -> str:
    return f"in {_tokens(total['input_tokens'])} · out {_tokens(total['output_tokens'])}"


def _series(stats: Stats, measure: str) -> tuple[float | None, ...]:
    """The measure per hour or day of the window, 0 where there was nothing."""
    found = {record["bucket"]: float(record[measure] or 0) for record in stats.series.records()}
    if stats.total[measure] is None:
        return ()
    return tuple(found.get(slot, _nothing(slot, stats)) for slot in _window_slots(stats))


def _nothing(slot: datetime, stats: Stats) -> float | None:
    """What a slot without requests had: nothing, or what the imports do not tell."""
    covered = stats.covered
    if covered["covered_since"] is None:
        return None
    following = slot + (timedelta(hours=1) if stats.slot == "hour" else DAY)
    return 0.0 if following > covered["covered_since"] and slot < covered["covered_until"] else None


def _window_slots(stats: Stats) -> tuple[datetime, ...]:
    """The slots of the window; where it is open, from the first to the last that has anything."""
    seen = [record["bucket"] for record in stats.series.records()]
    if not seen:
        return ()
    first = stats.window.since or min(seen).replace(tzinfo=UTC)
    last = stats.window.until or max(seen).replace(tzinfo=UTC) + timedelta(seconds=1)
    return tuple(_slots(first, last, stats))


def _slots(first: datetime, last: datetime, stats: Stats) -> Iterator[datetime]:
    """The starts, naive UTC, of the slots that touch the window."""
    if stats.slot == "hour":
        slot = first.astimezone(stats.zone).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        while slot < last:
            yield slot.replace(tzinfo=None)
            slot += timedelta(hours=1)
        return
    day = first.astimezone(stats.zone).date()
    while (start := datetime(day.year, day.month, day.day, tzinfo=stats.zone).astimezone(UTC)) < last:
        yield start.replace(tzinfo=None)
        day += DAY


def _notes(stats: Stats) -> Iterator[str]:
    if stats.before is not None:
        yield _comparison(stats.before, stats)
    yield from window.reach(stats.window, stats.covered, stats.now, stats.zone)


def _comparison(before: Before, stats: Stats) -> str:
    if before.is_covered:
        return f"Compared with {before.window.label}."
    since = window.clock(before.window.since, stats.zone)
    return f"Not compared with {before.window.label}: the imports do not reach back to {since}."


def _details(stats: Stats) -> dict[str, Any]:
    """What JSON has of it beside the rows."""
    total = stats.total
    return {
        "every": stats.every,
        "total": {name: total[name] for name in (*MEASURES, *basis.cost_parts(stats.rows)) if name in total},
        "before": _before_details(stats),
    }


def _before_details(stats: Stats) -> dict[str, Any] | None:
    """The window just before: its totals and the change since, unknown where the imports do not reach back to it."""
    if stats.before is None:
        return None
    return {
        "window": window.details(stats.before.window, stats.zone),
        "total": stats.before.total,
        "change_pct": stats.before.change_pct,
    }
