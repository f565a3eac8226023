"""How the answer of `usage models` is shown: a line per model, with the measures that tell models apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import basis
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.models import Models

# Shown with --wide, and in every other format.
WIDE = (
    "judged_requests",
    "input_tokens",
    "output_tokens",
    "cost_per_1k_output_usd",
    "duration_samples",
    "p95_ttft_ms",
    "p99_ttft_ms",
    "few_ttft_samples",
    "ttft_samples",
    "first_at",
    "last_at",
)
# What goes where a terminal is too narrow, the first of them first.
DROPPABLE = (
    *reversed(WIDE),
    "cache_share_pct",
    "failed_requests",
    "output_input_ratio",
    "p99_duration_ms",
    "p50_ttft_ms",
    "total_tokens",
    "cost_per_request_usd",
    "efficient",
    "cost_usd",
    "cost_share_pct",
    "output_tokens_per_second",
    "provider",
)
# What makes room for the parts of the cost.
BESIDE_PARTS = (
    "failed_requests",
    "success_pct",
    "total_tokens",
    "output_input_ratio",
    "cost_share_pct",
    "cost_per_request_usd",
    "p50_duration_ms",
    "p95_duration_ms",
    "p99_duration_ms",
    "few_samples",
    "p50_ttft_ms",
    "output_tokens_per_second",
    "efficient",
)
# What no total can have.
OF_A_MODEL = ("efficient", "few_samples", "few_ttft_samples")


def document(models: Models) -> Document:
    """The document of a `Models`."""
    return Document(
        name="models",
        rows=models.rows,
        total=_total_row(models) if models.has_data else None,
        hidden=(*_idle_columns(models), *basis.idle_parts(models.rows, models.total)),
        only_wide=(*WIDE, *(BESIDE_PARTS if basis.cost_parts(models.rows) else ())),
        droppable=DROPPABLE,
        bars="cost_share_pct",
        **frame(models, notes=_notes(models), details={"total": _total_row(models), "few_below": models.few}),
    )


def _total_row(models: Models) -> dict[str, Any]:
    left_out = ("model", "provider", *OF_A_MODEL)
    return {name: models.total[name] for name in models.rows.names if name not in left_out}


def _idle_columns(models: Models) -> Iterator[str]:
    """Columns that would say nothing: no second provider, no failures, no mark; nobody to be more efficient than."""
    records = models.rows.records()
    if len({record["provider"] for record in records}) < 2:  # noqa: PLR2004 - nothing to tell apart
        yield "provider"
    if not models.total["failed_requests"]:
        yield "failed_requests"
    for name in ("few_samples", "few_ttft_samples"):
        if not any(record[name] for record in records):
            yield name
    if _judged(records) < 2:  # noqa: PLR2004 - the only one is no choice
        yield "efficient"


def _judged(records: list[dict[str, Any]]) -> int:
    return sum(record["efficient"] is not None for record in records)


def _notes(models: Models) -> Iterator[str]:
    if basis.cost_parts(models.rows):
        return
    records = models.rows.records()
    if models.total["duration_samples"]:
        yield "Durations and tokens per second are those of single requests that did not fail."
    if models.basis.requests["cache_hit"]:
        yield "Answers from a gateway's cache are not timed, and do not count for success."
    if any(record["few_samples"] for record in records):
        yield f"* Fewer than {models.few} requests: their percentiles say little."
    if _judged(records) > 1:
        names = ", ".join(str(record["model"]) for record in records if record["efficient"])
        yield (
            f"Efficient: {names}. No other model with {models.few} requests or more is at least as good in cost per"
            " token, p95 and success, and better in one of them."
        )
