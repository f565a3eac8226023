"""models.dev's api.json: US dollars per million tokens, 0 for what is free."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.prices.foreign.offers import (
    TWO_FOR_A_SIZE,
    LeaveOutError,
    Offer,
    WrongError,
    as_price,
    as_tokens,
    by_size,
    has_amount,
    make_lines,
    per_million,
    why_partly,
    why_unpriced,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.prices.foreign.json_text import Keys
    from instagen_usage_cli.prices.foreign.offers import Origin, Prices, Sizes

# The keys of a cost at models.dev, in US dollars per million tokens, by its packages/core/src/schema.ts.
CLASSES = {
    "input": "input",
    "output": "output",
    "reasoning": "reasoning",
    "cache_read": "cache_read",
    "cache_write": "cache_write_5m",
}
SIZES = ("tier", "tiers", "context_over_200k")
OVER_200K = 200_000


def is_models_dev(content: dict[str, Any]) -> bool:
    """Whether the content of a JSON file is models.dev's prices, of all providers or of one."""
    is_one = _is_provider(content) and isinstance(content.get("id"), str)
    return is_one or any(_is_provider(provider) for provider in content.values())


def _is_provider(content: object) -> bool:
    return isinstance(content, dict) and isinstance(content.get("models"), dict)


def find_offers(content: dict[str, Any], origin: Origin) -> Iterator[Offer]:
    """An offer for every model of every provider, or of the one that the file is about. Raises `WrongError`."""
    if _is_provider(content) and isinstance(content.get("id"), str):
        yield from _offers_of(content["id"], content, (), origin)
        return
    for key, provider in content.items():
        if _is_provider(provider):
            name = provider.get("id")
            yield from _offers_of(name if isinstance(name, str) else key, provider, (key,), origin)
        else:
            yield Offer(key, "", key, why="it has no models")


def _offers_of(name: str, provider: dict[str, Any], keys: Keys, origin: Origin) -> Iterator[Offer]:
    for key, model in provider["models"].items():
        here = (*keys, "models", key)
        id_ = model.get("id") if isinstance(model, dict) else None
        offer = Offer(name, id_ if isinstance(id_, str) else key, key)
        try:
            sizes, why = _prices(_model(model, here), here)
            yield replace(offer, lines=make_lines(offer, {"": sizes}, origin), why=why)
        except LeaveOutError as error:
            yield replace(offer, why=str(error))
        except WrongError as error:
            yield replace(offer, why=str(error), wrong=error)


def _model(content: object, keys: Keys) -> dict[str, Any]:
    """An entry that is a model. Raises `WrongError`."""
    if not isinstance(content, dict):
        raise WrongError(keys, "it is not a model")
    return content


def _prices(model: dict[str, Any], keys: Keys) -> tuple[Sizes, str]:
    """The prices of a model by the size of a request, and what they do not say; 0 is free here.

    `context_over_200k` repeats one of the `tiers` for older readers, even where that begins later: tiers come first.
    Raises `LeaveOutError` and `WrongError`.
    """
    cost = _object(model.get("cost"), (*keys, "cost"))
    base = _rates(cost, (*keys, "cost"))
    others = _other_rates(cost)
    if not base:
        raise LeaveOutError(why_unpriced(others))
    larger: dict[int, Prices] = {}
    for size, rates, where in _sizes(cost, (*keys, "cost"), others):
        if size in larger:
            raise LeaveOutError(TWO_FOR_A_SIZE)
        larger[size] = _rates(rates, where)
        others += _other_rates(rates)
    return by_size(base, larger), why_partly(others + _modes(model))


def _sizes(cost: dict[str, Any], keys: Keys, others: list[str]) -> Iterator[tuple[int, dict[str, Any], Keys]]:
    """Each size of requests with prices of its own: the prices are for more input tokens than that."""
    tiers = cost.get("tiers")
    if tiers is not None and not isinstance(tiers, list):
        raise WrongError((*keys, "tiers"), "it is not a list")
    for number, rates in enumerate(tiers or ()):
        where = (*keys, "tiers", str(number))
        tier = _object(_object(rates, where).get("tier"), (*where, "tier"))
        if tier.get("type", "context") == "context":
            yield as_tokens(tier.get("size"), (*where, "tier", "size")), rates, where
        else:
            others.append("tiers")
    if not tiers and cost.get("context_over_200k") is not None:
        where = (*keys, "context_over_200k")
        yield OVER_200K, _object(cost["context_over_200k"], where), where


def _rates(cost: dict[str, Any], keys: Keys) -> Prices:
    prices = {kind: as_price(cost.get(name), (*keys, name)) for name, kind in CLASSES.items()}
    return {kind: per_million(kind, price, 0) for kind, price in prices.items() if price is not None}


def _other_rates(cost: dict[str, Any]) -> list[str]:
    return [name for name in cost if name not in CLASSES and name not in SIZES and has_amount(cost[name])]


def _modes(model: dict[str, Any]) -> list[str]:
    """The modes of a model that cost something else."""
    experimental = model.get("experimental")
    modes = experimental.get("modes") if isinstance(experimental, dict) else None
    named = modes.items() if isinstance(modes, dict) else ()
    costs = {name: mode.get("cost") for name, mode in named if isinstance(mode, dict)}
    return [f"experimental.modes.{name}.cost" for name, cost in costs.items() if has_amount(cost)]


def _object(content: object, keys: Keys) -> dict[str, Any]:
    """An object; one that is missing is empty. Raises `WrongError`."""
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise WrongError(keys, "it is not an object")
    return content
