"""The arithmetic of a request as lines of text: tokens times price, aligned, and amounts with exact digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    Record = dict[str, Any]

INDENT = "  "
CLASSES = {
    "input": "input",
    "cache_read": "cached",
    "cache_write_5m": "written 5 min",
    "cache_write_1h": "written 1 h",
    "output": "output",
    "reasoning": "reasoning",
    "per_request": "per request",
}
LIST_COST = "list cost"
LABEL_WIDTH = max(map(len, CLASSES.values()))


def write_arithmetic(record: Record, classes: Sequence[Record]) -> Iterator[str]:
    """A line per class, tokens times price, aligned, and their sum."""
    if record["line"] is None:
        yield f"{INDENT}Tokens: {', '.join(_tokens(each) for each in classes) or 'none'}."
        return
    if not classes:
        yield f"{INDENT}Tokens: none."
        return
    yield f"{INDENT}Tokens × price per million (M) = cost"
    counts = [count(each["tokens"] if each["requests"] is None else each["requests"]) for each in classes]
    prices = _aligned([dollars(each["price_per_million_usd"]) for each in classes])
    costs = _aligned([dollars(each["cost_usd"]) for each in classes] + [dollars(record["list_cost_usd"])])
    widest = max(map(len, counts))
    for each, number, price, cost in zip(classes, counts, prices, costs, strict=False):
        assumed = f"  at the {each['assumed']} price, having none" if each["assumed"] else ""
        line = f"{CLASSES[each['class']]:<{LABEL_WIDTH}} {number:>{widest}} × {price} / M = {cost}"
        yield (INDENT + line + assumed).rstrip()
    room = LABEL_WIDTH + 1 + widest + len(f" × {prices[0]} / M = ")
    yield f"{INDENT}{LIST_COST:<{room}}{costs[-1]}".rstrip()


def _tokens(each: Record) -> str:
    return f"{CLASSES[each['class']]} {count(each['tokens'])}"


def exact(amount: Decimal) -> str:
    """An amount with all of its digits that count, and none that do not."""
    digits = f"{amount:,f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def count(number: int | None) -> str:
    """A number of tokens or requests."""
    return "unknown" if number is None else f"{number:,}"


def dollars(amount: Decimal | None) -> str:
    """An exact amount, which nobody rounds."""
    return UNKNOWN if amount is None else f"${exact(amount)}"


def _aligned(amounts: list[str]) -> list[str]:
    """Amounts with their decimal points under each other."""
    parted = [amount.partition(".") for amount in amounts]
    before = max(len(whole) for whole, _, _ in parted)
    behind = max(len(point + rest) for _, point, rest in parted)
    return [f"{whole:>{before}}{point + rest:<{behind}}" for whole, point, rest in parted]
