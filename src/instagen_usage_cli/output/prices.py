"""How `usage prices` shows prices: in US dollars per million, with the line where they stand, and what they change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.basis import GAPS
from instagen_usage_cli.output.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from instagen_usage_cli.reports.prices_in_force import Differences, History, Listing
    from instagen_usage_cli.result import Result

UNIT = "US dollars per million tokens"
# Shown with --wide, and in every other format.
WIDE = ("is_own", "checked_on", "per_request_usd_per_million")
# What a terminal that is too narrow does not show, the first of them first.
DROPPABLE = (
    "checked_on",
    "list_model",
    "per_request_usd_per_million",
    "reasoning_usd_per_million",
    "cache_write_1h_usd_per_million",
    "cache_write_5m_usd_per_million",
    "cache_read_usd_per_million",
    "in_use",
    "is_own",
    "host",
    "effective_until",
    "effective_from",
    "line",
    "price_list",
    "provider",
)
# The columns that say nothing where they are all empty.
OPTIONAL = (
    "host",
    "tier",
    "input_above",
    "cache_read_usd_per_million",
    "cache_write_5m_usd_per_million",
    "cache_write_1h_usd_per_million",
    "reasoning_usd_per_million",
    "per_request_usd_per_million",
    "effective_from",
    "effective_until",
    "checked_on",
    "is_own",
    "in_use",
    "gap",
)
FALLBACKS = (
    "Where the line has no price for them, cached tokens and those written to a cache are at the input price, and"
    " reasoning tokens at the output price."
)
ON_TOP = ("cache_read_usd_per_million", "cache_write_5m_usd_per_million", "reasoning_usd_per_million")
# How the exact id in the price lists was found for the model of a request.
FOUND_BY = {
    "exact": "the exact id",
    "alias": "the id by an alias",
    "prefix": "the id behind a prefix",
    "prefix and alias": "the id by an alias behind a prefix",
}
PROVIDER_BY = {
    "host": "the provider by the host",
    "alias": "the provider by an alias",
    "exact": "the provider as it is named",
}


def listing(answer: Listing, *, in_words: bool = False) -> Document:
    """The document of a `Listing`; `in_words` says a gap in words."""
    rows = _in_words(answer.rows) if in_words else answer.rows
    of = "All prices" if answer.is_everything else "Prices of the models in use"
    return Document(
        name="prices",
        rows=rows,
        title=of,
        subtitle=f"{answer.on} (UTC), {UNIT}",
        hidden=tuple(_idle(rows)),
        only_wide=(*WIDE, *_alike(rows)),
        droppable=DROPPABLE,
        notes=tuple(_listing_notes(answer)) if rows.rows else (),
        details={"at": str(answer.on), "unit": UNIT, "catalogue": answer.catalogue},
        empty="" if rows.rows else f"no price matches on {answer.on}",
    )


def history(answer: History) -> Document:
    """The document of a `History`."""
    rows = answer.rows
    return Document(
        name="prices_of",
        rows=rows,
        title=answer.model,
        subtitle=f"all its prices, {UNIT}",
        hidden=tuple(_idle(rows)),
        only_wide=(*WIDE[1:], *_own_id(answer)),
        droppable=DROPPABLE,
        notes=tuple(_history_notes(answer)),
        details={
            "model": answer.model,
            "at": str(answer.on),
            "unit": UNIT,
            "catalogue": answer.catalogue,
            "in_use": answer.in_use.records(),
        },
        empty="" if rows.rows else f"no price list has {answer.model}",
    )


def differences(answer: Differences) -> Document:
    """The document of a `Differences`."""
    records = answer.rows.records()
    names = ("before_unpriced_requests", "after_unpriced_requests")
    return Document(
        name="prices_diff",
        rows=answer.rows,
        title=f"{answer.before} → {answer.after}" if records else "",
        subtitle="months in UTC, where the cost differs" if records else "",
        total=answer.total if records else None,
        hidden=() if any(record[name] for record in records for name in names) else names,
        droppable=("provider", "requests", "cost_change_pct"),
        notes=(*(_difference_notes(answer) if records else ()), *_case_notes(answer)),
        details={"before": answer.before, "after": answer.after, "cost": answer.cost, "total": answer.total},
        empty="" if records else f"no cost differs between {answer.before} and {answer.after}",
    )


def _case_notes(answer: Differences) -> Iterator[str]:
    for name, model, listed in answer.other_cases:
        yield f"{name} has {listed}, which differs in letter case only from {model} in use, and is no price of it."


def _in_words(rows: Result) -> Result:
    """The rows with their gaps in words."""
    gap = rows.names.index("gap")
    return replace(rows, rows=tuple((*row[:gap], _gap(row[gap]), *row[gap + 1 :]) for row in rows.rows))


def _gap(gap: str | None) -> str | None:
    return {"day": "not listed for that day"}.get(gap, GAPS[gap]) if gap else None


def _idle(rows: Result) -> Iterator[str]:
    """Columns that would say nothing."""
    records = rows.records()
    yield from (name for name in OPTIONAL if name in rows.names and not any(record[name] for record in records))


def _alike(rows: Result) -> Iterator[str]:
    """Columns that say the same in all rows: the id in the list where it is the model, the only provider or host."""
    records = rows.records()
    if all(record["list_model"] in (None, record["model"]) for record in records):
        yield "list_model"
    if len({record["provider"] for record in records}) < 2:  # noqa: PLR2004 - nothing to tell apart
        yield "provider"
        if len({record["host"] for record in records}) < 2:  # noqa: PLR2004 - the same
            yield "host"


def _own_id(answer: History) -> Iterator[str]:
    if all(record["model"] == answer.model for record in answer.rows.records()):
        yield "model"


def _listing_notes(answer: Listing) -> Iterator[str]:
    records = answer.rows.records()
    if any(record[name] is None for record in records for name in ON_TOP if record["gap"] is None):
        yield FALLBACKS
    unlisted = sum(record["gap"] is not None for record in records)
    if unlisted:
        has = "has" if unlisted == 1 else "have"
        yield f"{unlisted:,} of {len(records):,} {has} no price; usage prices check says how to set one."


def _history_notes(answer: History) -> Iterator[str]:
    """Which line holds wherever the model is in use."""
    for record in answer.in_use.records():
        yield f"{_in_use_at(record)}: {_holding(record, answer.on)}."
    if not answer.in_use.rows:
        yield "No request in the database names it."


def _in_use_at(record: dict[str, Any]) -> str:
    """Where a model is in use."""
    named = record["provider"] or "an unknown provider"
    host = f" on {record['host']}" if record["host"] else ""
    tier = f", tier {record['tier']}" if record["tier"] else ""
    size = f", above {record['input_above']:,} input tokens" if record["input_above"] is not None else ""
    return f"In use at {named}{host}{tier}{size}"


def _holding(record: dict[str, Any], on: date) -> str:
    """The line that holds, and how it was found; or why there is none."""
    if record["gap"]:
        return f"no price, {_gap(record['gap'])}"
    own = " (your own list)" if record["is_own"] else ""
    named = " of ".join(filter(None, (record["list_model"], record["list_provider"])))
    by = ", ".join(filter(None, (FOUND_BY[record["model_by"]], PROVIDER_BY.get(record["provider_by"]))))
    return f"line {record['line']} of {record['price_list']}{own} on {on}, for {named} ({by})"


def _difference_notes(answer: Differences) -> Iterator[str]:
    if answer.cost != "auto":
        yield f"Cost as asked: {answer.cost} only."
    for name, which in (("before", answer.before), ("after", answer.after)):
        number = answer.total[f"{name}_unpriced_requests"]
        if number:
            has = "has no price, and counts" if number == 1 else "have no price, and count"
            yield f"By {which}, {number:,} of these requests {has} as nothing in the change."
