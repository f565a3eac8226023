"""What `usage prices set` and `usage prices import` have done to one's own list, in lines for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from instagen_usage_cli.output.columns import price

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from instagen_usage_cli.prices.lines import Line
    from instagen_usage_cli.prices.own import Change
    from instagen_usage_cli.prices.takeover import Takeover

REASONS_SHOWN = 5
KINDS = {"csv": "a price list", "litellm": "LiteLLM's prices", "models.dev": "the prices of models.dev"}


def describe_set(change: Change, path: Path, *, given: Line, is_default: bool = False) -> list[str]:
    """What was set, where, and what that ends; where `given` has other names, what they stand for."""
    line = (change.added or change.unchanged)[0]
    new = f"{path}, line {_number(change, line)}: {_item(line)}, {_span(line)}: {_prices(line)}"
    lines = ["; ".join((new, *_effects(change))) + "."]
    for name in ("model", "provider", "tier"):
        other, listed = getattr(given, name), getattr(line, name)
        if other != listed:
            lines.append(f"In the price lists, {other} is another name of {listed or 'the ordinary tier'}.")
    if is_default:
        lines.append(f"The provider is {line.provider}, as none was said (--provider NAME for another).")
    lines.extend(_missing(line))
    return lines


def describe_takeover(taken: Takeover, file: Path, path: Path, *, dry_run: bool = False) -> list[str]:
    """What was taken over from a file, and what was not."""
    change = taken.change
    added = {(line.item, line.input_above) for line in change.added}
    replaced = sum((line.item, line.input_above) in added for line in change.replaced)
    counts = {
        "added": len(change.added) - replaced,
        "replaced": replaced,
        "removed": len(change.replaced) - replaced,
        "closed": len(change.closed),
        "unchanged": len(change.unchanged),
    }
    counted = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number) or "none"
    lines = ["Nothing is written: this is a dry run."] if dry_run else []
    lines.append(f"{file}: {KINDS[taken.kind]}.")
    lines.append(f"Lines of {path}: {counted}.")
    if taken.partly:
        lines.append(f"Priced in part: {_models(taken.partly)}, with other prices that are not for tokens, or unknown.")
    if taken.left_out:
        lines.append(f"Left out: {_models(taken.left_out.total())}: {_reasons(taken)}.")
    return lines


def _number(change: Change, line: Line) -> int:
    """The number of a line in the file, where the first names the columns."""
    return change.lines.index(line) + 2


def _item(line: Line) -> str:
    """What a line is the price of."""
    host = f" on {line.host}" if line.host else ""
    tier = f", tier {line.tier}" if line.tier else ""
    size = f", above {line.input_above:,} input tokens" if line.input_above is not None else ""
    return f"{line.model}{f' of {line.provider}' if line.provider else ''}{host}{tier}{size}"


def _span(line: Line) -> str:
    until = f" until {line.effective_until} (not included)" if line.effective_until else ""
    return f"from {line.effective_from or 'the beginning'}{until}"


def _prices(line: Line) -> str:
    """The prices of a line."""
    named = {
        "input": line.input,
        "output": line.output,
        "cache read": line.cache_read,
        "cache write 5m": line.cache_write_5m,
        "cache write 1h": line.cache_write_1h,
        "reasoning": line.reasoning,
        "per request": line.per_request,
    }
    return (
        ", ".join(f"{name} {price(usd)}" for name, usd in named.items() if usd is not None) + " US dollars per million"
    )


def _effects(change: Change) -> Iterator[str]:
    """What a new line does to the others of its item."""
    if not change.added:
        yield "your list says so already"
        return
    for old in change.replaced:
        yield f"it replaces {_prices(old)}, from the same day"
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
    shown = [f"{why} ({number:,})" for why, number in ordered[:REASONS_SHOWN]]
    rest = sum(number for _, number in ordered[REASONS_SHOWN:])
    return "; ".join(shown) + (f"; other reasons ({rest:,})" if rest else "")
