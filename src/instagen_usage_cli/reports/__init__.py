"""Questions to the store and their answers: one SQL file per question."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import prices, sql
from instagen_usage_cli import store as stores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store
    from instagen_usage_cli.window import Window

# The value of --by → the column of a breakdown.
DIMENSIONS = {
    "model": "model",
    "provider": "provider",
    "key": "access_key",
    "project": "project",
    "user": "user",
    "source": "source",
    "status": "status",
}
INTERVALS = ("hour", "day", "week", "month")
MEASURES = (
    "requests",
    "failed_requests",
    "input_tokens",
    "cache_read_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cost_usd",
    "cost_share_pct",
    "unpriced_requests",
    "unmetered_requests",
)
# A window up to this long has its small series by hour, a longer one by day.
HOURLY_SERIES_UP_TO = 72


@dataclass(frozen=True)
class Stats:
    """The answer of `usage stats`: the breakdown, the same measures over everything, and what they rest on.

    `series` has the measures per hour or day of the window; `unpriced` the models without a price; `stated` how
    statements and requests of the same days were weighed, if there are any.
    """

    rows: Result
    total: dict[str, Any]
    series: Result
    window: Window
    zone: ZoneInfo
    every: str | None
    slot: str
    unpriced: Result
    stated: dict[str, Any] = field(default_factory=dict)


@contextmanager
def opened(database: Path) -> Iterator[Store]:
    """The database, read-only, with the views and current prices that reports stand on. Raises as `open_reading`."""
    with stores.open_reading(database) as store:
        prices.overlay(store)
        for name in sql.names("views"):
            store.run(sql.load("views", name))
        yield store


def stats(store: Store, filter_: Filter, *, by: tuple[str, ...], every: str | None, zone: ZoneInfo) -> Stats:
    """Requests, tokens and cost by the given dimensions (values of `DIMENSIONS`) and interval, in one pass."""
    slot = _slot(filter_.window)
    struct = filter_.as_struct()
    found = store.query(sql.load("reports", "stats"), filter=struct, by=list(by), every=every, slot=slot, zone=zone.key)
    buckets = ("bucket",) if every else ()
    total = found.where("part", "total").records()[0]
    nothing = found.where("part", "none")
    return Stats(
        rows=found.where("part", "rows").only(*buckets, *by, *MEASURES),
        total=total,
        series=found.where("part", "series").only("bucket", *MEASURES),
        window=filter_.window,
        zone=zone,
        every=every,
        slot=slot,
        unpriced=_unpriced(store, struct) if total["unpriced_requests"] else nothing.only("model", "requests"),
        stated=store.query(sql.load("reports", "stated"), filter=struct).records()[0],
    )


def _unpriced(store: Store, struct: dict[str, object]) -> Result:
    return store.query(sql.load("reports", "unpriced"), filter=struct)


def _slot(window: Window) -> str:
    hours = window.hours
    return "hour" if hours is not None and hours <= HOURLY_SERIES_UP_TO else "day"
