"""How the answer of `usage keys` is shown: a line per access key, its peaks, and how much of its limits is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import window
from instagen_usage_cli.output.columns import percent
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.keys import Keys

# Shown with --wide, and in every other format.
WIDE = (
    "total_tokens",
    "peak_requests_per_minute_at",
    "peak_tokens_per_minute_at",
    "peak_concurrent_requests_at",
    "requests_per_minute_limit",
    "tokens_per_minute_limit",
    "concurrent_requests_limit",
)
DROPPABLE = (
    "first_used_at",
    "peak_tokens_per_minute",
    "last_used_at",
    "failed_requests",
    "days_since_last_used",
    "cost_usd",
    "rate_limited_requests",
    "peak_requests_per_minute",
    "peak_concurrent_requests",
)
# A limit, and the column that says how much of it is free.
LIMITED = {
    "requests_per_minute_limit": "requests_per_minute_headroom_pct",
    "tokens_per_minute_limit": "tokens_per_minute_headroom_pct",
    "concurrent_requests_limit": "concurrent_headroom_pct",
}


def document(keys: Keys) -> Document:
    """The document of a `Keys`."""
    total = keys.total
    return Document(
        name="keys",
        rows=keys.rows,
        total={name: total[name] for name in keys.rows.names if name in total} if keys.has_data else None,
        hidden=_unlimited(keys),
        only_wide=WIDE,
        droppable=DROPPABLE,
        **frame(keys, notes=_notes(keys), details=_details(keys)),
    )


def _unlimited(keys: Keys) -> tuple[str, ...]:
    """The columns about limits that no key has."""
    records = keys.rows.records()
    idle = (limit for limit in LIMITED if all(record[limit] is None for record in records))
    return tuple(name for limit in idle for name in (limit, LIMITED[limit]))


def _notes(keys: Keys) -> Iterator[str]:
    if keys.instagen is not None:
        yield _beside_instagen(keys, keys.instagen)
    yield _peaks(keys.total)
    yield from _limits(keys)
    if keys.total["unexplained_failures"]:
        yield f"429s: {_failures(keys.total['unexplained_failures'])} the HTTP status, so there may be more."
    if keys.window.since is not None or keys.window.until is not None:
        yield "First and last use are those in this window; keys not used in it are not listed (--period all has all)."
    if keys.stated_uses:
        yield (
            f"The last use of {_keys(keys.stated_uses)} is known only from a statement: shown is where its span begins,"
            " and the idle days count from where it ends."
        )


def _beside_instagen(keys: Keys, instagen: dict[str, Any]) -> str:
    peak = instagen["peak_concurrent_requests"]
    moment = window.clock(None, keys.zone, instagen["peak_concurrent_requests_at"])
    return (
        f"Peak of {peak:,} concurrent request{'s' if peak != 1 else ''} to InstaGen at {moment},"
        f" {percent(instagen['used_pct'])} of its documented {instagen['documented_per_ip']:,} per IP (your keys may"
        " call from several IPs)."
    )


def _peaks(total: dict[str, Any]) -> str:
    """What the peaks are of, and how much of everything they know."""
    single, timed, requests = total["single_requests"], total["timed_requests"], total["requests"]
    if not single:
        return "Peaks are unknown: statements do not tell when in their span a request was made."
    sentence = "Peaks are per calendar minute (UTC), a request counting in the one in which it began"
    if single != requests:
        sentence += f", of {single:,} single requests (statements have no peaks)"
    if not timed:
        return f"{sentence}; concurrency is unknown, as no request has a duration."
    known = f"all {timed:,}" if timed == single else f"{timed:,} of {single:,}"
    return f"{sentence}; concurrency is from start and duration, known for {known} requests."


def _limits(keys: Keys) -> Iterator[str]:
    if len(_unlimited(keys)) < len(LIMITED) * 2:
        yield "Free: how much of the limit in the config is left at the peak; below 0 % the peak was beyond it."
    if keys.idle_limits:
        yield f"The config has limits for {_keys(keys.idle_limits)} without requests in this window."


def _failures(number: int) -> str:
    return "1 failed request does not say" if number == 1 else f"{number:,} failed requests do not say"


def _keys(number: int) -> str:
    return "1 key" if number == 1 else f"{number:,} keys"


def _details(keys: Keys) -> dict[str, Any]:
    """What JSON has of it beside the rows."""
    total = keys.total
    return {
        "total": {name: total[name] for name in keys.rows.names if name in total and name != "access_key"},
        "instagen": keys.instagen,
        "peaks_of": {name: total[name] or 0 for name in ("single_requests", "timed_requests")},
        "unexplained_failures": total["unexplained_failures"] or 0,
    }
