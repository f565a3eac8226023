"""How the answer of `usage models compare` is shown: what was compared, and a line per measure and model."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import basis
from instagen_usage_cli.output.columns import UNKNOWN, change, text
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame, span
from instagen_usage_cli.output.headings import heading
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.basis import Basis
    from instagen_usage_cli.reports.compare import Comparison

# Of mixed units: put in words for people.
IN_WORDS = ("measure", "baseline_value", "value", "difference", "p_value")
# What people are not shown: it is in the words.
SAID_ELSEWHERE = ("unit", "difference_pct")
WIDE = ("statistic", "baseline_samples", "samples")
SMALLEST_CHANCE = 0.001
A_HUNDREDTH = 0.01


def document(comparison: Comparison, *, in_words: bool = False, with_overview: bool = False) -> Document:
    """The document of a `Comparison`. `in_words`, each value is text in the unit of its measure.

    `with_overview`, the models stand above the table, and the only one beside the baseline is not named in it again.
    """
    rows = comparison.rows if comparison.has_data else Result(comparison.rows.columns, ())
    return Document(
        name="models compare",
        rows=_in_words(rows, comparison) if in_words else rows,
        hidden=(*SAID_ELSEWHERE, *(_in_the_overview(comparison) if with_overview else ())),
        only_wide=WIDE,
        droppable=(*WIDE, "p_value", "higher_pct"),
        overview=_overview(comparison) if with_overview and comparison.has_data else None,
        **frame(
            comparison,
            notes=_notes(comparison),
            basis_notes=_basis_notes(comparison.basis),
            details=_details(comparison),
            empty=f"no single requests of {' or '.join(comparison.models)} in {span(comparison)}",
        ),
    )


def _details(comparison: Comparison) -> dict[str, Any]:
    return {
        "models": _models(comparison),
        "method": {
            "test": "Mann-Whitney rank test, two-sided, normal approximation, corrected for ties and continuity;"
            " Fisher's exact test for success, two-sided, of large samples its normal approximation",
            "level": comparison.level,
            "least_samples": comparison.least_samples,
        },
    }


def _in_the_overview(comparison: Comparison) -> tuple[str, ...]:
    is_alone = len(comparison.models) == 2  # noqa: PLR2004 - one, and the baseline
    return ("baseline", "model") if is_alone else ("baseline",)


def _models(comparison: Comparison) -> list[dict[str, Any]]:
    """Each model with its single requests in the window; the first one is the baseline."""
    used = {record["model"]: record for record in comparison.used.records()}
    return [
        {
            "model": model,
            "requests": used[model]["requests"] if model in used else 0,
            "failed_requests": used[model]["failed_requests"] if model in used else 0,
            "is_baseline": model == comparison.baseline,
        }
        for model in comparison.models
    ]


def _overview(comparison: Comparison) -> Document:
    columns = (
        Column("model", "VARCHAR"),
        Column("requests", "BIGINT"),
        Column("failed_requests", "BIGINT"),
        Column("is_baseline", "BOOLEAN"),
    )
    rows = tuple(tuple(model[column.name] for column in columns) for model in _models(comparison))
    return Document(name="models", rows=Result(columns, rows), zone=comparison.zone)


def _in_words(rows: Result, comparison: Comparison) -> Result:
    columns = tuple(Column(column.name, "VARCHAR") if column.name in IN_WORDS else column for column in rows.columns)
    return Result(columns, tuple(tuple(_words(record, comparison).values()) for record in rows.records()))


def _words(record: dict[str, Any], comparison: Comparison) -> dict[str, Any]:
    measure, zone = record["measure"], comparison.zone
    return record | {
        "measure": heading(measure),
        "baseline_value": text(measure, record["baseline_value"], zone),
        "value": text(measure, record["value"], zone),
        "difference": _difference(record),
        "p_value": _chance(record["p_value"]),
    }


def _difference(record: dict[str, Any]) -> str:
    """The difference in percent, or in percentage points where the values are percentages themselves."""
    if record["unit"] == "pct":
        return UNKNOWN if record["difference"] is None else change(record["difference"]).replace("%", "pts")
    return UNKNOWN if record["difference_pct"] is None else change(record["difference_pct"])


def _chance(p_value: float | None) -> str:
    """A p value with two digits; below a hundredth never rounded up to it."""
    if p_value is None:
        return UNKNOWN
    if p_value < SMALLEST_CHANCE:
        return f"<{SMALLEST_CHANCE}"
    return f"{p_value:.2g}" if p_value >= A_HUNDREDTH else f"{math.floor(p_value * 1e4) / 1e4:.4f}"


def _notes(comparison: Comparison) -> Iterator[str]:
    missing = [model["model"] for model in _models(comparison) if not model["requests"]]
    for model in missing:
        yield f"{model} has no single requests in this window."
    yield (
        "Baseline and value: what is typical of a successful request, the mean for $/request and the median for the"
        " rest; success is over all requests with a known outcome. Higher: how often a random request of the model is"
        " higher than one of the baseline, a tie counting half."
    )
    yield (
        f"More than noise: p < {comparison.level} in a two-sided Mann–Whitney rank test over every request (normal"
        f" approximation, corrected for ties; Fisher's exact test for success), with {comparison.least_samples}"
        " requests or more of each. With many requests even a small difference is more than noise, and it may come from"
        " the work that each was given."
    )
    if comparison.basis.requests["cache_hit"]:
        yield "Answers from a gateway's cache are not compared."


def _basis_notes(found: Basis) -> Iterator[str]:
    """What the costs rest on; of statements that there are some, since only single requests are compared."""
    no_statements = {"statement_spans": 0, "request_spans": 0}
    yield from basis.notes(replace(found, stated=found.stated | no_statements))
    if any(found.stated[name] for name in no_statements):
        yield "Only single requests are compared; statements of the same time are left out."
