"""`usage models`: what each model was used for, what it cost, and how well and how fast it answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.reports import COST_PARTS
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.reports.basis import Basis, basis

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.window import Window

# Percentiles of fewer requests than this are marked, and no model is judged by them.
FEW = 20
COLUMNS = (
    "model",
    "provider",
    "requests",
    "failed_requests",
    "judged_requests",
    "success_pct",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "output_input_ratio",
    "cache_share_pct",
    "cost_usd",
    "cost_share_pct",
    "cost_per_request_usd",
    "cost_per_million_tokens_usd",
    "cost_per_1k_output_usd",
    "p50_duration_ms",
    "p95_duration_ms",
    "p99_duration_ms",
    "few_samples",
    "duration_samples",
    "p50_ttft_ms",
    "p95_ttft_ms",
    "p99_ttft_ms",
    "few_ttft_samples",
    "ttft_samples",
    "output_tokens_per_second",
    "efficient",
    "first_at",
    "last_at",
)


@dataclass(frozen=True)
class Models:
    """The answer of `usage models`: a row per model and provider, the costliest first, and the same over everything.

    Percentiles are of single successful requests; `few_samples` tells where those are fewer than `few`. What a gateway
    answered from its cache counts neither for them nor for `success_pct`. `efficient` is None for a model that cannot
    be judged: one without a cost, or with fewer than `few` requests.
    """

    rows: Result
    total: dict[str, Any]
    few: int
    window: Window
    zone: ZoneInfo
    basis: Basis


def models(archive: Archive, filter_: Filter, *, zone: ZoneInfo, cost_parts: bool = False) -> Models:
    """The models in use in the filter; with `cost_parts` they have what their cost is made of."""
    archive.scan(filter_, Scan(cache_share=True))
    found = archive.ask("models", filter_, few=FEW)
    return Models(
        rows=found.where("part", "rows").only(*COLUMNS, *(COST_PARTS if cost_parts else ())),
        total=found.where("part", "total").records()[0],
        few=FEW,
        window=filter_.window,
        zone=zone,
        basis=basis(archive, filter_),
    )
