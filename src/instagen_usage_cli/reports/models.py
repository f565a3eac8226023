"""`usage models`: what each model was used for, what it cost, and how well and how fast it answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from instagen_usage_cli.reports import COST_PARTS
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.archive import Scan

if TYPE_CHECKING:
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

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


@dataclass(frozen=True, kw_only=True)
class Models(Answer):
    """The answer of `usage models`: a row per model and provider, the costliest first, and the same over everything.

    Percentiles are of single successful requests; `few_samples` tells where those are fewer than `few`. What a gateway
    answered from its cache counts neither for them nor for `success_pct`. `efficient` is None for a model that cannot
    be judged: one without a cost, or with fewer than `few` requests.
    """

    few: int


def models(archive: Archive, question: Question, *, cost_parts: bool = False) -> Models:
    """The models in use in the filter; with `cost_parts` they have what their cost is made of."""
    archive.scan(question.filter, Scan(cache_share=True))
    found = archive.ask("models", question.filter, few=FEW)
    rows = found.where("part", "rows").only(*COLUMNS, *(COST_PARTS if cost_parts else ()))
    return Models.of(archive, question, rows, total=found.where("part", "total").records()[0], few=FEW)
