"""How the answer of `usage stats` is shown: cards, the breakdown, and what the numbers rest on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import UNKNOWN, money, percent, short
from instagen_usage_cli.output.document import Card, Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from instagen_usage_cli.reports import Stats
    from instagen_usage_cli.window import Window

# Shown with --wide, and in every other format.
WIDE = ("cache_read_tokens", "reasoning_tokens", "unpriced_requests", "unmetered_requests")
STATES = ("list", "billed", "gateway", "client", "cache_hit", "unpriced", "unmetered")
DAY = timedelta(days=1)
MODELS_NAMED = 3


def document(stats: Stats, *, wide: bool = False, breakdown: bool = True) -> Document:
    """The document of a `Stats`; without `breakdown` just the cards."""
    total = stats.total
    has_data = bool(total["requests"] or total["cost_usd"] or stats.rows.rows)
    rows = stats.rows if breakdown else stats.rows.where(stats.rows.names[0], object())
    return Document(
        name="stats",
        rows=rows,
        title=stats.window.label,
        subtitle=_span(stats),
        cards=_cards(stats) if has_data else (),
        total=_total_row(stats) if breakdown and rows.rows else None,
        hidden=() if wide else (*WIDE, *_idle_columns(stats)),
        droppable=("total_tokens", "cost_share_pct", "failed_requests"),
        bars="cost_share_pct",
        notes=tuple(_notes(stats)) if has_data else (),
        details=_details(stats),
        zone=stats.zone,
        every=stats.every,
        empty="" if has_data else f"no requests in {_span(stats)}",
    )


def _total_row(stats: Stats) -> dict[str, Any]:
    return {name: stats.total[name] for name in stats.rows.names if name in stats.total and _is_measure(name)}


def _is_measure(name: str) -> bool:
    return name.endswith(("requests", "_tokens", "_usd", "_pct"))


def _idle_columns(stats: Stats) -> tuple[str, ...]:
    """Columns that would say nothing: no failures, no cost to share."""
    idle = []
    if not stats.total["failed_requests"]:
        idle.append("failed_requests")
    if not stats.total["cost_usd"]:
        idle.append("cost_share_pct")
    return tuple(idle)


def _span(stats: Stats) -> str:
    """The exact window with its zone."""
    since = _clock(stats.window.since, stats.total["first_at"], stats)
    until = _clock(stats.window.until, stats.total["last_at"], stats)
    return f"{since} → {until} {stats.zone.key}"


def _clock(moment: datetime | None, seen: datetime | None, stats: Stats) -> str:
    """An end of the window; where it is open, the first or last request seen."""
    if moment is None and seen is not None:
        moment = seen.replace(tzinfo=UTC)
    return "…" if moment is None else f"{moment.astimezone(stats.zone):%Y-%m-%d %H:%M}"


def _cards(stats: Stats) -> tuple[Card, ...]:
    total = stats.total
    return (
        Card("Requests", _count(total["requests"]), _success(total), _series(stats, "requests")),
        Card("Tokens", _tokens(total["total_tokens"]), _in_and_out(total), _series(stats, "total_tokens")),
        Card("Cost", _money(total["cost_usd"]), _basis(total), _series(stats, "cost_usd")),
    )


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
    if judged < total["requests"]:
        return f"{failed:,} of {judged:,} known failed"
    return f"{failed:,} failed · {percent((judged - failed) * 100 / judged)} ok"


def _in_and_out(total: dict[str, Any]) -> str:
    return f"in {_tokens(total['input_tokens'])} · out {_tokens(total['output_tokens'])}"


def _basis(total: dict[str, Any]) -> str:
    """What the cost rests on, in two words."""
    priced = {
        "list": total["list_requests"],
        "billed": total["billed_requests"],
        "reported": total["gateway_requests"] + total["client_requests"],
    }
    found = [word for word, requests in priced.items() if requests]
    if not found:
        return "no prices known" if total["cost_usd"] is None else "as stated"
    return {"list": "at list prices"}.get(found[0], f"as {found[0]}") if len(found) == 1 else ", ".join(found)


def _series(stats: Stats, measure: str) -> tuple[float, ...]:
    """The measure per hour or day of the window, 0 where there was nothing."""
    found = {record["bucket"]: float(record[measure] or 0) for record in stats.series.records()}
    if not found:
        return ()
    first = stats.window.since or min(found).replace(tzinfo=UTC)
    last = stats.window.until or max(found).replace(tzinfo=UTC) + timedelta(seconds=1)
    return tuple(found.get(slot, 0.0) for slot in _slots(first, last, stats))


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
    total = stats.total
    parts = []
    if total["list_requests"]:
        lists = ", ".join(total["price_lists"] or ())
        parts.append(f"{total['list_requests']:,} requests at list prices ({lists})")
    if total["billed_requests"]:
        parts.append(f"{total['billed_requests']:,} as billed")
    said = total["gateway_requests"] + total["client_requests"]
    if said:
        parts.append(f"{said:,} as a gateway or client reported")
    if total["cache_hit_requests"]:
        parts.append(f"{total['cache_hit_requests']:,} free from a gateway's cache")
    if total["unpriced_requests"]:
        parts.append(f"{total['unpriced_requests']:,} without a price, not counted ({_names(stats)})")
    if total["unmetered_requests"]:
        parts.append(f"{total['unmetered_requests']:,} with unknown tokens, not counted")
    if parts:
        yield "Cost: " + ", ".join(parts) + "."
    yield from _statement_notes(stats)


def _names(stats: Stats) -> str:
    names = [record["model"] for record in stats.unpriced.records()]
    more = f" and {len(names) - MODELS_NAMED} more" if len(names) > MODELS_NAMED else ""
    return ", ".join(names[:MODELS_NAMED]) + more


def _statement_notes(stats: Stats) -> Iterator[str]:
    stated = stats.stated
    spans = stated["statement_spans"] + stated["request_spans"]
    if not spans:
        return
    if stated["request_spans"] == 0 and not stated["seen_requests"]:
        yield f"Counted from statements of {_days(spans)}, which have no single requests."
        return
    yield (
        f"Statements cover {_days(spans)} with {stated['stated_requests']:,} requests, the log has"
        f" {stated['seen_requests']:,} of them: {_days(stated['statement_spans'])} counted by statement,"
        f" {stated['request_spans']} by single requests, never both."
    )


def _days(number: int) -> str:
    return f"{number} day{'s' if number != 1 else ''}"


def _details(stats: Stats) -> dict[str, Any]:
    """What JSON carries beside the rows."""
    total = stats.total
    return {
        "window": _window(stats.window, stats),
        "every": stats.every,
        "total": {name: total[name] for name in stats.rows.names if _is_measure(name) and name in total},
        "cost_basis": {f"{state}_requests": total[f"{state}_requests"] for state in STATES}
        | {
            "price_lists": total["price_lists"] or [],
            "unpriced_models": [row[0] for row in stats.unpriced.rows],
        },
        "statements": stats.stated,
    }


def _window(window: Window, stats: Stats) -> dict[str, Any]:
    return {"label": window.label, "since": window.since, "until": window.until, "zone": stats.zone.key}
