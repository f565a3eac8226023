"""How the answers of `usage prices` are shown: prices in US dollars per million, with the line that they stand in."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.basis import GAPS
from instagen_usage_cli.output.columns import price
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from instagen_usage_cli.prices.lines import Line
    from instagen_usage_cli.prices.own import Change
    from instagen_usage_cli.prices.takeover import Takeover
    from instagen_usage_cli.reports.prices_in_force import Differences, Finding, History, Listing

UNIT = "US dollars per million tokens"
REASONS_TOLD = 5
# Shown with --wide, and in every other format.
WIDE = ("is_own", "checked_on", "per_request_usd_per_million")
# What goes where a terminal is too narrow, the first of them first.
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
# What a model of a request was found by in the price lists.
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
# The options of `usage prices set` that say whose price it is, and the facts of a finding that they take.
WHOSE = {"provider": "list_provider", "host": "host", "tier": "tier"}
FINDINGS = (
    Column("kind", "VARCHAR"),
    Column("model", "VARCHAR"),
    Column("provider", "VARCHAR"),
    Column("what", "VARCHAR"),
    Column("file", "VARCHAR"),
    Column("line", "BIGINT"),
)


def listing(answer: Listing, *, wide: bool = False, in_words: bool = False) -> Document:
    """The document of a `Listing`; `in_words` says a gap in words."""
    rows = _in_words(answer.rows) if in_words else answer.rows
    of = "All prices" if answer.is_everything else "Prices of the models in use"
    return Document(
        name="prices",
        rows=rows,
        title=of,
        subtitle=f"{answer.on} (UTC), {UNIT}",
        hidden=tuple(_idle(rows)) if wide else (*_idle(rows), *WIDE, *_alike(rows)),
        droppable=DROPPABLE,
        wide=wide,
        notes=tuple(_listing_notes(answer)) if rows.rows else (),
        details={"at": str(answer.on), "unit": UNIT, "catalogue": answer.catalogue},
        empty="" if rows.rows else f"no price matches on {answer.on}",
    )


def history(answer: History, *, wide: bool = False) -> Document:
    """The document of a `History`."""
    rows = answer.rows
    return Document(
        name="prices_of",
        rows=rows,
        title=answer.model,
        subtitle=f"all its prices, {UNIT}",
        hidden=tuple(_idle(rows)) if wide else (*_idle(rows), *WIDE[1:], *_own_id(answer)),
        droppable=DROPPABLE,
        wide=wide,
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


def findings(found: Sequence[Finding], *, today: date, in_lines: bool = False) -> Document:
    """The document of what is wrong with the prices; `in_lines` says each in lines and what to do, for people."""
    told = [(finding, _what(finding, today)) for finding in found]
    rows = tuple(
        (finding.kind, finding.model, finding.provider, what, finding.file, finding.line) for finding, what in told
    )
    return Document(
        name="prices_check",
        rows=Result(FINDINGS, rows),
        title="Findings" if found else "",
        subtitle=f"prices in use on {today} (UTC)" if found else "",
        lines=tuple(line for finding, what in told for line in _finding_lines(finding, what)) if in_lines else (),
        details={"at": str(today)},
        empty="" if found else "all prices in use are sound",
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
        notes=tuple(_difference_notes(answer)) if records else (),
        details={"before": answer.before, "after": answer.after, "cost": answer.cost, "total": answer.total},
        empty="" if records else f"no cost differs between {answer.before} and {answer.after}",
    )


def set_lines(change: Change, path: Path, *, given: Line, is_default: bool = False) -> list[str]:
    """What was set, where, and what that ends; where `given` has other names, what they stand for."""
    said = change.added or change.unchanged
    line = said[0]
    told = f"{path}, line {_number(change, line)}: {_named(line)}, {_span(line)}: {_priced(line)}"
    lines = ["; ".join((told, *_effects(change))) + "."]
    for name in ("model", "provider", "tier"):
        other, meant = getattr(given, name), getattr(line, name)
        if other != meant:
            lines.append(f"In the price lists, {other} is another name of {meant or 'the ordinary tier'}.")
    if is_default:
        lines.append(f"The provider is {line.provider}, as none was said (--provider NAME for another).")
    lines.extend(_missing(line))
    return lines


def taken_lines(taken: Takeover, file: Path, path: Path, *, dry_run: bool = False) -> list[str]:
    """What was taken over of a file, and what was not."""
    change = taken.change
    places = {(line.item, line.input_above) for line in change.added}
    replaced = sum((line.item, line.input_above) in places for line in change.replaced)
    counts = {
        "added": len(change.added) - replaced,
        "replaced": replaced,
        "removed": len(change.replaced) - replaced,
        "closed": len(change.closed),
        "unchanged": len(change.unchanged),
    }
    told = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number) or "none"
    kind = {"csv": "a price list", "litellm": "LiteLLM's prices", "models.dev": "the prices of models.dev"}[taken.kind]
    lines = ["Nothing is written: this is a dry run."] if dry_run else []
    lines.append(f"{file}: {kind}.")
    lines.append(f"Lines of {path}: {told}.")
    if taken.partly:
        lines.append(f"Priced in part: {_models(taken.partly)}, with other prices that are not for tokens, or unknown.")
    if taken.left_out:
        lines.append(f"Left out: {_models(taken.left_out.total())}: {_reasons(taken)}.")
    return lines


# --- listing and history ------------------------------------------------------------------------------


def _in_words(rows: Result) -> Result:
    """The rows with their gaps in words."""
    place = rows.names.index("gap")
    return replace(rows, rows=tuple((*row[:place], _gap(row[place]), *row[place + 1 :]) for row in rows.rows))


def _gap(gap: str | None) -> str | None:
    return {"day": "not listed for that day"}.get(gap, GAPS[gap]) if gap else None


def _idle(rows: Result) -> Iterator[str]:
    """Columns that would say nothing."""
    records = rows.records()
    yield from (name for name in OPTIONAL if name in rows.names and not any(record[name] for record in records))


def _alike(rows: Result) -> Iterator[str]:
    """The id in the price list, where all models go by theirs, and the provider and host where there is but one."""
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
    """Which line holds at each place where the model is in use."""
    for record in answer.in_use.records():
        yield f"{_place(record)}: {_holding(record, answer.on)}."
    if not answer.in_use.rows:
        yield "No request in the database names it."


def _place(record: dict[str, Any]) -> str:
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


# --- findings -----------------------------------------------------------------------------------------


def _what(finding: Finding, today: date) -> str:
    """A finding in words."""
    facts = finding.facts
    if finding.kind == "unpriced":
        return f"{_requests(facts['requests'])} without a price: {GAPS[facts['gap']]}"
    if finding.kind == "gapped":
        return f"no line from {_day(facts['since'])} until {_day(facts['until'])}"
    if finding.kind == "overlapping":
        return f"line {facts['other_line']} of {facts['other_file']} holds on the same days"
    if finding.kind == "old":
        return _checked(facts["checked_on"], today)
    return str(facts["why"])


def _checked(moment: datetime | None, today: date) -> str:
    if moment is None:
        return "nothing says when it was checked"
    return f"last checked on {_day(moment)}, {(today - moment.date()).days:,} days ago"


def _finding_lines(finding: Finding, what: str) -> Iterator[str]:
    place = f"{finding.file}, line {finding.line}" if finding.file else ""
    model = " of ".join(filter(None, (finding.model, finding.provider)))
    yield f"{finding.kind}: " + ", ".join(filter(None, (model, place)))
    yield f"  {what}"
    if finding.kind == "broken":
        yield "  until it is put right, no report can be made"
    if finding.kind == "unpriced" and finding.model is not None:
        options = {f"--{name}": finding.facts[fact] for name, fact in WHOSE.items()}
        said = "".join(f" {option} {quote(value)}" for option, value in options.items() if value)
        since = _day(finding.facts["first_at"])
        yield f"  usage prices set {quote(finding.model)}{said} --input … --output … --from {since}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _requests(number: int) -> str:
    return f"{number:,} request{'s' if number != 1 else ''}"


# --- differences --------------------------------------------------------------------------------------


def _difference_notes(answer: Differences) -> Iterator[str]:
    if answer.cost != "auto":
        yield f"Cost as asked: {answer.cost} only."
    for name, which in (("before", answer.before), ("after", answer.after)):
        number = answer.total[f"{name}_unpriced_requests"]
        if number:
            has = "has no price, and counts" if number == 1 else "have no price, and count"
            yield f"By {which}, {number:,} of these requests {has} as nothing in the change."


# --- one's own list -----------------------------------------------------------------------------------


def _number(change: Change, line: Line) -> int:
    return change.lines.index(line) + 2


def _named(line: Line) -> str:
    """What a line is the price of."""
    host = f" on {line.host}" if line.host else ""
    tier = f", tier {line.tier}" if line.tier else ""
    size = f", above {line.input_above:,} input tokens" if line.input_above is not None else ""
    return f"{line.model}{f' of {line.provider}' if line.provider else ''}{host}{tier}{size}"


def _span(line: Line) -> str:
    until = f" until {line.effective_until} (not included)" if line.effective_until else ""
    return f"from {line.effective_from or 'the beginning'}{until}"


def _priced(line: Line) -> str:
    """The prices of a line."""
    said = {
        "input": line.input,
        "output": line.output,
        "cache read": line.cache_read,
        "cache write 5m": line.cache_write_5m,
        "cache write 1h": line.cache_write_1h,
        "reasoning": line.reasoning,
        "per request": line.per_request,
    }
    return (
        ", ".join(f"{name} {price(usd)}" for name, usd in said.items() if usd is not None) + " US dollars per million"
    )


def _effects(change: Change) -> Iterator[str]:
    """What a new line does to the others of its place."""
    if not change.added:
        yield "your list says so already"
        return
    for old in change.replaced:
        yield f"it replaces {_priced(old)}, from the same day"
    for old in change.closed:
        size = f" above {old.input_above:,} input tokens" if old.input_above is not None else ""
        yield f"line {_number(change, old)} ({_span(replace(old, effective_until=None))}{size}) ends there"
    for old in change.carried:
        sizes = "smaller requests" if old.input_above is None else f"those above {old.input_above:,} input tokens"
        yield f"line {_number(change, old)} goes on for {sizes}"
    for old in change.resumed:
        yield f"line {_number(change, old)} goes on from {old.opening}"


def _missing(line: Line) -> Iterator[str]:
    names = [name for name in ("input", "output") if getattr(line, name) is None]
    if names and line.input_above is None:
        yield f"It has no price for {' and '.join(names)}: requests with such tokens have no price."


def _models(number: int) -> str:
    return f"{number:,} model{'s' if number != 1 else ''}"


def _reasons(taken: Takeover) -> str:
    """The most common reasons, with their numbers."""
    ordered = sorted(taken.left_out.items(), key=lambda each: (-each[1], each[0]))
    told = [f"{why} ({number:,})" for why, number in ordered[:REASONS_TOLD]]
    rest = sum(number for _, number in ordered[REASONS_TOLD:])
    return "; ".join(told) + (f"; other reasons ({rest:,})" if rest else "")
