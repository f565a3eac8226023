"""LiteLLM's model_prices_and_context_window.json: US dollars per token or request, 0 for what it does not know."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.prices.foreign.offers import (
    LARGE_ONLY,
    TWO_FOR_A_SIZE,
    LeaveOutError,
    Offer,
    WrongError,
    as_price,
    as_tokens,
    by_size,
    has_amount,
    listed,
    make_lines,
    per_million,
    replaced,
    why_partly,
    why_unpriced,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from instagen_usage_cli.prices.foreign.json_text import Keys
    from instagen_usage_cli.prices.foreign.offers import Origin, Prices, Sizes, Tiers

# LiteLLM's keys, in US dollars per token or request, and what they are the price of.
CLASSES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "input_cost_per_token_cache_hit": "cache_read",
    "cache_creation_input_token_cost": "cache_write_5m",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_request": "per_request",
}
TIERS = {"batches": "batch", "flex": "flex", "priority": "priority"}
TO_MILLION = 6  # decimal places from a token to a million
KEY = re.compile(
    rf"(?P<key>{'|'.join(CLASSES)})(_(?P<tier>{'|'.join(TIERS)}))?"
    rf"(_above_(?P<size>[1-9][0-9]{{0,8}})(?P<thousands>k?)_tokens)?(_(?P<late_tier>{'|'.join(TIERS)}))?"
)
# Modes whose models write; those of the others have no output, and a price of 0 for it is right.
WRITING_MODES = ("chat", "completion", "responses")
# Providers that count a request of exactly so many tokens as above the size: litellm_core_utils/llm_cost_calc/utils.py.
SIZE_INCLUDED = ("xai",)
AMOUNT = re.compile("cost|pric|multiplier|provider_specific_entry")
ZERO = "0 means unknown in this file"


@dataclass(frozen=True)
class _Key:
    """What a key of LiteLLM is the price of: a service tier, a size of requests (None = any), a class of tokens."""

    tier: str
    size: int | None
    kind: str


@lru_cache(maxsize=4096)
def _key(name: str) -> _Key | None:
    """What a key is the price of; None for what is no price of tokens or requests."""
    found = KEY.fullmatch(name)
    if found is None or (found["tier"] and found["late_tier"]):
        return None
    size = int(found["size"]) * (1000 if found["thousands"] else 1) if found["size"] else None
    tier = found["tier"] or found["late_tier"]
    return _Key(TIERS[tier] if tier else "", size, CLASSES[found["key"]])


def is_litellm(content: dict[str, Any]) -> bool:
    """Whether the content of a JSON file is a list of LiteLLM's prices."""
    return any(
        isinstance(entry, dict) and ("litellm_provider" in entry or any(_key(name) for name in entry))
        for entry in content.values()
    )


def find_offers(content: dict[str, Any], origin: Origin) -> Iterator[Offer]:
    """An offer for every entry but the one that explains the others."""
    for name, entry in content.items():
        if name != "sample_spec":
            yield _offer(name, entry, origin)


def _offer(name: str, entry: object, origin: Origin) -> Offer:
    if not isinstance(entry, dict):
        return Offer("", name, name, why="it is not a model")
    provider = entry.get("litellm_provider")
    if not isinstance(provider, str) or not provider:
        return Offer("", name, name, why="it names no provider")
    offer = Offer(provider, name.removeprefix(f"{provider}/"), name)
    try:
        tiers, why = _prices(name, entry)
        return replace(offer, lines=make_lines(offer, tiers, origin, entry.get("source")), why=why)
    except LeaveOutError as error:
        return replace(offer, why=str(error))
    except WrongError as error:
        return replace(offer, why=str(error), wrong=error)


def _prices(model: str, entry: dict[str, Any]) -> tuple[Tiers, str]:
    """The prices of an entry, and what they do not say. Raises `LeaveOutError` and `WrongError`.

    LiteLLM writes 0 for what it does not know, so a 0 is no price; but models that only read have no output to pay for.
    """
    keys = {name: key for name in entry if (key := _key(name))}
    prices = {name: price for name in keys if (price := as_price(entry[name], (model, name))) is not None}
    others = [name for name in entry if name not in keys and AMOUNT.search(name) and has_amount(entry[name])]
    writes = entry.get("mode") in WRITING_MODES
    unknown = [name for name, price in prices.items() if not price and (writes or keys[name].kind != "output")]
    known = {name: price for name, price in prices.items() if name not in unknown}
    bands = _bands(model, entry.get("tiered_pricing"), known.get("output_cost_per_token"))
    if not bands and not any(known.values()):
        raise LeaveOutError(ZERO if prices and (writes or not others) else why_unpriced(others))
    at_least = entry["litellm_provider"] in SIZE_INCLUDED
    tiers = {"": bands} if bands else _tiers(known, keys, at_least=at_least)
    others += [name for name in known if keys[name].tier not in tiers]
    not_taken = [name for name in others if not bands or name != "tiered_pricing"]
    why = [why_partly(not_taken), f"{ZERO}: {listed(unknown)}" if unknown else ""]
    return tiers, "; ".join(filter(None, why))


def _tiers(known: dict[str, Decimal], keys: dict[str, _Key], *, at_least: bool) -> Tiers:
    """The prices of every service tier that has one for input or output. Raises `LeaveOutError`.

    As LiteLLM reads it: a price that a tier, or a size in it, does not have is that of the ordinary tier; but batches
    have no other sizes than their own.
    """
    found: Tiers = {}
    for name, price in known.items():
        key = keys[name]
        size = key.size - 1 if at_least and key.size else key.size
        dollars = per_million(name, price, TO_MILLION)
        if found.setdefault(key.tier, {}).setdefault(size, {}).setdefault(key.kind, dollars) != dollars:
            why = f"{name} contradicts another price of it"
            raise LeaveOutError(why)
    ordinary = found.pop("", {})
    tiers = {"": by_size(ordinary.get(None, {}), _larger(ordinary))} if ordinary else {}
    for tier, sizes in found.items():
        if any("input" in prices or "output" in prices for prices in sizes.values()):
            shared = _larger(ordinary) if tier != "batch" else {}
            larger = {size: shared.get(size, {}) | sizes.get(size, {}) for size in shared | _larger(sizes)}
            tiers[tier] = by_size(replaced(ordinary.get(None, {}), sizes.get(None, {})), larger)
    return tiers


def _larger(sizes: Sizes) -> dict[int, Prices]:
    return {size: prices for size, prices in sizes.items() if size is not None}


def _bands(model: str, tiered: object, output: Decimal | None) -> Sizes:
    """The prices of a `tiered_pricing`, if it is one for tokens: all those of a request cost what its band says.

    The band is that of its input tokens, which are more than the range begins with. Raises `LeaveOutError` and
    `WrongError`.
    """
    bands = tiered if isinstance(tiered, list) else []
    if not all(isinstance(band, dict) and "input_cost_per_token" in band for band in bands):
        return {}
    sizes: Sizes = {}
    for number, band in enumerate(bands):
        keys = (model, "tiered_pricing", str(number))
        size = _start(band.get("range"), keys) or None
        if size in sizes:
            raise LeaveOutError(TWO_FOR_A_SIZE)
        prices = {name: price for name in CLASSES if (price := as_price(band.get(name), (*keys, name)))}
        if output is not None:
            prices = {"output_cost_per_token": output} | prices
        sizes[size] = {CLASSES[name]: per_million(name, price, TO_MILLION) for name, price in prices.items()}
    if bands and not sizes.get(None):
        raise LeaveOutError(LARGE_ONLY)
    return sizes


def _start(span: object, keys: Keys) -> int:
    """The first number of a range of tokens. Raises `WrongError`."""
    if not isinstance(span, list) or not span:
        raise WrongError(keys, "it has no range of tokens")
    return as_tokens(span[0], (*keys, "range"))
