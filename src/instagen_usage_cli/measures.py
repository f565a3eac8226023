"""What reports measure: their columns, and the values of `--measure`, each list in this one place."""

from __future__ import annotations

# The columns of a breakdown, behind its dimensions.
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
# The value of --measure of trends → its columns; the first is what is drawn and judged.
OVER_TIME = {
    "cost": ("cost_usd",),
    "requests": ("requests",),
    "tokens": ("total_tokens",),
    "input": ("input_tokens",),
    "output": ("output_tokens",),
    "errors": ("failed_requests", "success_pct"),
    "latency": ("p95_duration_ms", "p50_duration_ms", "p99_duration_ms", "duration_samples"),
}
# The value of --measure of forecast → its column.
PROJECTED = {"cost": "cost_usd", "requests": "requests", "tokens": "total_tokens"}
# The value of --measure of forecast → the unit in the names of its columns.
PROJECTED_UNITS = {"cost": "usd", "requests": "requests", "tokens": "tokens"}
