"""`usage keys`: how each access key was used: when, how much, at what cost, and how hard at its busiest.

Peaks are of single requests that began in the window: one that began before it and still ran in it does not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import instagen
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from instagen_usage_cli.config import Config
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

# How many concurrent requests InstaGen's documentation allows per IP address.
DOCUMENTED_PER_IP = 1000
# A limit in the config → the peak that it limits, and how much of it is then still free.
LIMITED = {
    "requests_per_minute": ("peak_requests_per_minute", "requests_per_minute_headroom_pct"),
    "tokens_per_minute": ("peak_tokens_per_minute", "tokens_per_minute_headroom_pct"),
    "concurrent_requests": ("peak_concurrent_requests", "concurrent_headroom_pct"),
}
CONCURRENT = ("peak_concurrent_requests", "peak_concurrent_requests_at")
USED = (
    "access_key",
    "requests",
    "failed_requests",
    "rate_limited_requests",
    "total_tokens",
    "cost_usd",
    "peak_requests_per_minute",
    "peak_requests_per_minute_at",
    "peak_tokens_per_minute",
    "peak_tokens_per_minute_at",
)
DATES = ("days_since_last_used", "first_used_at", "last_used_at")


@dataclass(frozen=True, kw_only=True)
class Keys(Answer):
    """The answer of `usage keys`: a row per key, and the same over all of them; peaks of the total are no sums.

    `instagen` has the most concurrent requests to InstaGen, when that was (naive UTC), and how much that is of what its
    documentation allows; None where none are known. `stated_uses` counts keys whose last use only a statement tells,
    `idle_limits` those that have limits in the config but no row.
    """

    instagen: dict[str, Any] | None
    stated_uses: int
    idle_limits: int


def keys(archive: Archive, question: Question, settings: Config) -> Keys:
    """How each access key was used, measured against the limits in the config."""
    filter_ = question.filter
    archive.scan(filter_, Scan(by=("access_key",), rate_limits=True))
    found = archive.ask("keys", filter_, provider=instagen.PROVIDER, now=question.now.replace(tzinfo=None))
    total = next(iter(found.where("part", "total").records()), dict.fromkeys(found.names))
    is_mixed = 0 < (total["timed_by_provider"] or 0) < (total["timed_requests"] or 0)
    parameters = {"parts": ["provider"], "provider": instagen.PROVIDER} if is_mixed else {}
    concurrency = archive.ask("concurrency", filter_, **parameters)
    total |= _find_concurrency(concurrency, "total", None)
    rows = found.where("part", "rows")
    stated_uses = sum(record["is_last_use_stated"] or False for record in rows.records())
    rows = _add_concurrency(rows, concurrency).only(*USED, *CONCURRENT, *DATES)
    names = {record["access_key"] for record in rows.records()}
    return Keys.of(
        archive,
        question,
        _add_headroom(rows, settings),
        total=total,
        instagen=_measure_instagen(concurrency, total),
        stated_uses=stated_uses,
        idle_limits=len(settings.limits.keys() - names - {"*"}),
    )


def _add_concurrency(rows: Result, concurrency: Result) -> Result:
    place = rows.names.index("access_key")
    columns = tuple(column for column in concurrency.columns if column.name in CONCURRENT)
    extended = (row + tuple(_find_concurrency(concurrency, "rows", row[place]).values()) for row in rows.rows)
    return Result(rows.columns + columns, tuple(extended))


def _find_concurrency(concurrency: Result, part: str, key: str | None) -> dict[str, Any]:
    """The most concurrent requests and when that was; None where no duration is known."""
    found = concurrency.where("part", part).where("access_key", key).only(*CONCURRENT).records()
    return found[0] if found else dict.fromkeys(CONCURRENT)


def _measure_instagen(concurrency: Result, total: dict[str, Any]) -> dict[str, Any] | None:
    """The same for InstaGen alone, beside what it allows."""
    if not total["timed_by_provider"]:
        return None
    is_alone = total["timed_by_provider"] == total["timed_requests"]
    peak = _find_concurrency(concurrency, "total" if is_alone else "provider", None)
    return peak | {
        "documented_per_ip": DOCUMENTED_PER_IP,
        "used_pct": peak["peak_concurrent_requests"] * 100 / DOCUMENTED_PER_IP,
    }


def _add_headroom(rows: Result, settings: Config) -> Result:
    """The rows with each limit of their key, and how much of it is free at the peak, in percent."""
    columns = [
        column
        for limit, (_, headroom) in LIMITED.items()
        for column in (Column(f"{limit}_limit", "BIGINT"), Column(headroom, "DOUBLE"))
    ]
    extended = []
    for record, row in zip(rows.records(), rows.rows, strict=True):
        limits = settings.limits_of(record["access_key"])
        for limit, (peak, _) in LIMITED.items():
            allowed = getattr(limits, limit)
            row += (allowed, headroom_pct(record[peak], allowed))  # noqa: PLW2901 - a tuple grows by being replaced
        extended.append(row)
    return Result(rows.columns + tuple(columns), tuple(extended))


def headroom_pct(peak: int | None, limit: int | None) -> float | None:
    """How much of a limit is free at a peak, in percent, negative beyond it; None where one of them is unknown."""
    return None if peak is None or limit is None else (limit - peak) * 100 / limit
