"""Price lists of others, as lines of ours: LiteLLM's model_prices_and_context_window.json, and models.dev's api.json.

Both say what holds today and have no history, so their lines hold from the day on which they are taken over. What a
line cannot say exactly is left out, and named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors
from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

# What the classes of tokens cost, in US dollars per million. A class that is missing has no price of its own.
Prices = dict[str, Decimal]
# The prices of a service tier, for requests with more than so many input tokens.
Sizes = dict[int | None, Prices]
Tiers = dict[str, Sizes]

SIXTH_DECIMAL = Decimal("0.000001")
# How much less than a price the noise of a binary number is, at least.
NOISE = Decimal("1e-12")
LARGEST_SIZE = 10**12
OVER_200K = 200_000

# LiteLLM's keys, in US dollars per token or request, and what they are the price of.
LITELLM = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "input_cost_per_token_cache_hit": "cache_read",
    "cache_creation_input_token_cost": "cache_write_5m",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_request": "per_request",
}
LITELLM_TIERS = {"batches": "batch", "flex": "flex", "priority": "priority"}
LITELLM_PLACES = 6
LITELLM_KEY = re.compile(
    rf"(?P<key>{'|'.join(LITELLM)})(_(?P<tier>{'|'.join(LITELLM_TIERS)}))?"
    rf"(_above_(?P<size>[1-9][0-9]{{0,8}})(?P<thousands>k?)_tokens)?(_(?P<late_tier>{'|'.join(LITELLM_TIERS)}))?"
)
# Modes whose models write; those of the others have no output, and a price of 0 for it is right.
LITELLM_WRITING = ("chat", "completion", "responses")
# Who counts a request of exactly so many tokens as above the size, by litellm_core_utils/llm_cost_calc/utils.py.
LITELLM_AT_LEAST = ("xai",)
LITELLM_AMOUNT = re.compile("cost|pric|multiplier|provider_specific_entry")

# The keys of a cost at models.dev, in US dollars per million tokens, by its packages/core/src/schema.ts.
MODELS_DEV = {
    "input": "input",
    "output": "output",
    "reasoning": "reasoning",
    "cache_read": "cache_read",
    "cache_write": "cache_write_5m",
}
MODELS_DEV_SIZES = ("tier", "tiers", "context_over_200k")

# A string, a bracket or a comma of a JSON text; all else says nothing of where a key stands.
MARKS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]', re.DOTALL)

UNKNOWN = (
    "it is neither a price list (CSV), nor LiteLLM's model_prices_and_context_window.json, nor models.dev's api.json"
)


ZERO = "0 means unknown in this file"
LARGE_ONLY = "it has prices for large requests only"
TWO_FOR_A_SIZE = "it has two prices for the same size of requests"


@dataclass(frozen=True)
class LeftOut:
    """A model that was not taken over, or (among `partly`) not with all of its prices, and why."""

    provider: str
    model: str
    why: str


@dataclass(frozen=True)
class Converted:
    """A price list, whoever wrote it (`kind`: csv, litellm or models.dev), as sound lines, and what they do not say."""

    kind: str
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    partly: tuple[LeftOut, ...]


def read(path: Path, *, on: date) -> Converted:
    """What `path` says of prices, recognised by its content; a foreign list holds from the day `on`.

    Raises `BadPrices`, with the file and the line.
    """
    text = _text(path)
    if text is None or not text.lstrip().startswith(("{", "[")):
        return Converted("csv", tuple(lines.read(path)), (), ())
    content = _json(path, text)
    origin = _Origin(path.name, on)
    try:
        if isinstance(content, dict) and _is_models_dev(content):
            return _converted(path, "models.dev", _of_models_dev(content, origin))
        if isinstance(content, dict) and _is_litellm(content):
            return _converted(path, "litellm", _of_litellm(content, origin))
    except _WrongError as wrong:
        raise errors.BadPrices(path=path, line=_line_of(text, wrong.place), why=wrong) from wrong
    raise errors.BadPrices(path=path, line=1, why=UNKNOWN)


class _WrongError(Exception):
    """Something in the file that makes all of it doubtful, and the keys that lead there."""

    def __init__(self, place: tuple[str, ...], why: str) -> None:
        super().__init__(f"{' → '.join(_shown(name) for name in place)}: {why}")
        self.place = place


class _LeaveOutError(Exception):
    """Why a model cannot be taken over."""


# --- JSON ---------------------------------------------------------------------------------------------


def _text(path: Path) -> str | None:
    """What the file says, or None if it cannot be read as text."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None


def _json(path: Path, text: str) -> object:
    """The content of a JSON text, its numbers exact. Raises `BadPrices`, also for a key that stands there twice."""
    import json

    try:
        return json.loads(
            text, parse_float=_number, parse_int=_number, parse_constant=Decimal, object_pairs_hook=_without_twins
        )
    except json.JSONDecodeError as error:
        raise errors.BadPrices(path=path, line=error.lineno, why=f"it is not JSON: {error.msg.lower()}") from error
    except LookupError as error:
        why = f"the key {_shown(error.args[0])} stands there twice"
        raise errors.BadPrices(path=path, line=_line_of_twin(text), why=why) from error
    except RecursionError as error:
        raise errors.BadPrices(path=path, line=1, why="it is nested too deeply") from error


def _number(literal: str) -> Decimal:
    """The number; one beyond all bounds is infinite, and refused where a price is expected."""
    try:
        return Decimal(literal)
    except ArithmeticError:
        return Decimal("Infinity")


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON. Raises `LookupError` with a key that stands in it twice."""
    content = dict(pairs)
    if len(content) < len(pairs):
        seen = set()
        for name, _ in pairs:
            if name in seen:
                raise LookupError(name)
            seen.add(name)
    return content


def _line_of(text: str, place: tuple[str, ...]) -> int:
    """The line of the key to which those keys lead, from the outermost inwards, or of the last that is there."""
    reached = max(
        ((len(found), -at) for found, at in _keys(text) if found == place[: len(found)]),
        default=(0, 0),
    )
    return _line_at(text, -reached[1])


def _line_of_twin(text: str) -> int:
    """The line of the first key that its object has already."""
    seen = set()
    for place, at in _keys(text):
        if place in seen:
            return _line_at(text, at)
        seen.add(place)
    return 1


def _line_at(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _keys(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    """Every key of a JSON text, with those that lead to it, and where it begins."""
    import json

    place: list[str] = []
    is_list: list[bool] = []
    is_key = False
    for found in MARKS.finditer(text):
        mark = found[0]
        if mark in "{[":
            place.append("0")
            is_list.append(mark == "[")
            is_key = mark == "{"
        elif not place:
            continue
        elif mark in "]}":
            place.pop()
            is_list.pop()
        elif mark == ",":
            is_key = not is_list[-1]
            if is_list[-1]:
                place[-1] = str(int(place[-1]) + 1)
        elif mark == ":":
            is_key = False
        elif is_key:
            place[-1] = json.loads(mark)
            yield tuple(place), found.start()


def _shown(text: str) -> str:
    """A name from the file as it can be shown: without control characters and other marks that nothing displays."""
    return text if text.isprintable() else ascii(text)


# --- what both formats share --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Origin:
    """Where the prices are from: the name of the file, and the day on which they are taken over."""

    name: str
    on: date


@dataclass(frozen=True)
class _Offer:
    """An entry of a foreign list: its lines, or none, and what is left to say about it."""

    provider: str
    model: str
    key: str
    lines: tuple[Line, ...] = ()
    why: str = ""

    @property
    def said(self) -> LeftOut:
        """What is left to say, as it can be shown."""
        return LeftOut(_shown(self.provider), _shown(self.model), self.why)


def _converted(path: Path, kind: str, offers: Iterable[_Offer]) -> Converted:
    """One price per model: equal entries are one, and of those that contradict each other none is taken."""
    alike: dict[tuple[str, str], list[_Offer]] = {}
    for offer in offers:
        alike.setdefault((offer.provider, offer.model), []).append(offer)
    taken: list[Line] = []
    left_out: list[LeftOut] = []
    partly: list[LeftOut] = []
    for group in alike.values():
        priced = [offer for offer in group if offer.lines]
        if not priced:
            left_out.extend(dict.fromkeys(offer.said for offer in group))
        elif any(_unsourced(offer) != _unsourced(priced[0]) for offer in priced):
            why = f"its prices contradict each other: {', '.join(_shown(offer.key) for offer in priced)}"
            left_out.append(replace(priced[0], why=why).said)
        else:
            taken.extend(priced[0].lines)
            partly.extend(dict.fromkeys(offer.said for offer in priced if offer.why))
    lines.check(path, list(enumerate(taken, start=2)))
    return Converted(kind, tuple(taken), tuple(left_out), tuple(partly))


def _unsourced(offer: _Offer) -> list[Line]:
    return [replace(line, source="") for line in offer.lines]


def _lines(offer: _Offer, tiers: Tiers, origin: _Origin, source: object = None) -> tuple[Line, ...]:
    """The lines of a model. Raises `_LeaveOutError`."""
    if any(name != name.strip() or not name.isprintable() for name in (offer.provider, offer.model)):
        why = "its name has marks that cannot be shown, or blanks around it"
        raise _LeaveOutError(why)
    made = tuple(
        Line(
            provider=offer.provider,
            model=offer.model,
            tier=tier,
            input_above=input_above,
            effective_from=origin.on,
            checked_on=origin.on,
            source=_source(source, origin),
            **prices,  # type: ignore[arg-type]  # the classes of prices are fields of a line
        )
        for tier, sizes in tiers.items()
        for input_above, prices in sizes.items()
    )
    for line in made:
        _check(line)
    return made


def _check(line: Line) -> None:
    if line.input_above is not None and not 0 < line.input_above < LARGEST_SIZE:
        why = f"it has prices for requests above {line.input_above} input tokens"
        raise _LeaveOutError(why)
    try:
        lines.check_line(line)
    except ValueError as error:
        raise _LeaveOutError(str(error)) from error


def _source(said: object, origin: _Origin) -> str:
    """The page that the entry names, or else the file."""
    if isinstance(said, str) and re.fullmatch(r"https?://\S+", said) and said.isprintable():
        return said
    return origin.name.strip() if origin.name.isprintable() else ""


def _price(value: object, place: tuple[str, ...]) -> Decimal | None:
    """A number that is no less than 0, or None. Raises `_WrongError`."""
    if value is None:
        return None
    if not isinstance(value, Decimal):
        raise _WrongError(place, "it is not a number")
    if not value.is_finite():
        raise _WrongError(place, "it is not a finite number")
    if value < 0:
        raise _WrongError(place, f"{value} is negative")
    return value.copy_abs()


def _per_million(name: str, price: Decimal, places: int) -> Decimal:
    """A price with its point moved by so many places, to US dollars per million. Raises `_LeaveOutError`.

    It is exact but for the noise of a binary number, such as 8.000000000000001e-07 for 8e-07.
    """
    why = f"{name} is {lines.HIGHEST:,} dollars per million or more"
    if price < lines.HIGHEST:
        _, digits, exponent = price.as_tuple()
        moved = Decimal((0, digits, int(exponent) + places))  # exact, unlike a product
        if moved < lines.HIGHEST:
            rounded = moved.quantize(SIXTH_DECIMAL)
            if abs(rounded - moved) <= moved * NOISE:
                return Decimal(f"{rounded.normalize():f}")
            why = f"{name} needs more than six decimals in dollars per million"
    raise _LeaveOutError(why)


def _by_size(base: Prices, larger: dict[int, Prices]) -> Sizes:
    """The prices for each size of a request: what a size does not say is as for the next smaller one.

    Raises `_LeaveOutError`.
    """
    if not base:
        raise _LeaveOutError(LARGE_ONLY)
    sizes: Sizes = {None: base}
    current = base
    for size in sorted(larger):
        current = sizes[size] = _over(current, larger[size])
    return sizes


def _over(prices: Prices, others: Prices) -> Prices:
    """Prices with others in place of them. Where thinking costs the same as writing, it goes along with that."""
    both = prices | others
    if "output" in others and "reasoning" not in others and prices.get("reasoning") == prices.get("output"):
        both.pop("reasoning", None)
    return both


def _is_amount(value: object) -> bool:
    """Whether there is a number other than 0 in it."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, Decimal) and part:
            return True
        if isinstance(part, dict | list):
            parts.extend(part.values() if isinstance(part, dict) else part)
    return False


def _only_tokens(others: list[str]) -> str:
    return f"only its tokens are priced, not {_listed(others)}" if others else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(_shown(name) for name in dict.fromkeys(names))


# --- LiteLLM ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Key:
    """What a key of LiteLLM is the price of: a service tier, a size of requests (None = any), a class of tokens."""

    tier: str
    size: int | None
    kind: str


@lru_cache(maxsize=4096)
def _key(name: str) -> _Key | None:
    found = LITELLM_KEY.fullmatch(name)
    if found is None or (found["tier"] and found["late_tier"]):
        return None
    size = int(found["size"]) * (1000 if found["thousands"] else 1) if found["size"] else None
    tier = found["tier"] or found["late_tier"]
    return _Key(LITELLM_TIERS[tier] if tier else "", size, LITELLM[found["key"]])


def _is_litellm(content: dict[str, Any]) -> bool:
    return any(
        isinstance(entry, dict) and ("litellm_provider" in entry or any(_key(name) for name in entry))
        for entry in content.values()
    )


def _of_litellm(content: dict[str, Any], origin: _Origin) -> Iterator[_Offer]:
    """An offer for every entry but the one that explains the others."""
    for name, entry in content.items():
        if name != "sample_spec":
            yield _of_litellm_entry(name, entry, origin)


def _of_litellm_entry(name: str, entry: object, origin: _Origin) -> _Offer:
    if not isinstance(entry, dict):
        return _Offer("", name, name, why="it is not a model")
    provider = entry.get("litellm_provider")
    if not isinstance(provider, str) or not provider:
        return _Offer("", name, name, why="it names no provider")
    offer = _Offer(provider, name.removeprefix(f"{provider}/"), name)
    try:
        tiers, why = _litellm_prices(name, entry)
        return replace(offer, lines=_lines(offer, tiers, origin, entry.get("source")), why=why)
    except _LeaveOutError as error:
        return replace(offer, why=str(error))


def _litellm_prices(model: str, entry: dict[str, Any]) -> tuple[Tiers, str]:
    """The prices of an entry, and what they do not say. Raises `_LeaveOutError` and `_WrongError`.

    LiteLLM writes 0 for what it does not know, so a 0 is no price; but models that only read have no output to pay for.
    """
    keys = {name: key for name in entry if (key := _key(name))}
    said = {name: price for name in keys if (price := _price(entry[name], (model, name))) is not None}
    others = [name for name in entry if name not in keys and LITELLM_AMOUNT.search(name) and _is_amount(entry[name])]
    writes = entry.get("mode") in LITELLM_WRITING
    unknown = [name for name, price in said.items() if not price and (writes or keys[name].kind != "output")]
    known = {name: price for name, price in said.items() if name not in unknown}
    bands = _litellm_bands(model, entry.get("tiered_pricing"), known.get("output_cost_per_token"))
    if not bands and not any(known.values()):
        raise _LeaveOutError(_why_unpriced(others, is_unknown=bool(said) and (writes or not others)))
    at_least = entry["litellm_provider"] in LITELLM_AT_LEAST
    tiers = {"": bands} if bands else _litellm_tiers(known, keys, at_least=at_least)
    others += [name for name in known if keys[name].tier not in tiers]
    not_taken = [name for name in others if not bands or name != "tiered_pricing"]
    why = [_only_tokens(not_taken), f"{ZERO}: {_listed(unknown)}" if unknown else ""]
    return tiers, "; ".join(filter(None, why))


def _why_unpriced(others: list[str], *, is_unknown: bool) -> str:
    if is_unknown:
        return ZERO
    return f"priced by {_listed(others)}" if others else "no price"


def _litellm_tiers(known: dict[str, Decimal], keys: dict[str, _Key], *, at_least: bool) -> Tiers:
    """The prices of every service tier that has one for input or output. Raises `_LeaveOutError`.

    As LiteLLM reads it: what a tier does not say, or a size of it, is as in the ordinary tier; but for batches only
    those sizes count that are said for them.
    """
    found: Tiers = {}
    for name, price in known.items():
        key = keys[name]
        size = key.size - 1 if at_least and key.size else key.size
        dollars = _per_million(name, price, LITELLM_PLACES)
        if found.setdefault(key.tier, {}).setdefault(size, {}).setdefault(key.kind, dollars) != dollars:
            why = f"{name} contradicts another price of it"
            raise _LeaveOutError(why)
    ordinary = found.pop("", {})
    tiers = {"": _by_size(ordinary.get(None, {}), _larger(ordinary))} if ordinary else {}
    for tier, sizes in found.items():
        if any("input" in prices or "output" in prices for prices in sizes.values()):
            shared = _larger(ordinary) if tier != "batch" else {}
            larger = {size: shared.get(size, {}) | sizes.get(size, {}) for size in shared | _larger(sizes)}
            tiers[tier] = _by_size(_over(ordinary.get(None, {}), sizes.get(None, {})), larger)
    return tiers


def _larger(sizes: Sizes) -> dict[int, Prices]:
    return {size: prices for size, prices in sizes.items() if size is not None}


def _litellm_bands(model: str, said: object, output: Decimal | None) -> Sizes:
    """The prices of a `tiered_pricing`, if it is one for tokens: all those of a request cost what its band says.

    The band is that of its input tokens, which are more than the range begins with. Raises `_LeaveOutError` and
    `_WrongError`.
    """
    bands = said if isinstance(said, list) else []
    if not all(isinstance(band, dict) and "input_cost_per_token" in band for band in bands):
        return {}
    sizes: Sizes = {}
    for number, band in enumerate(bands):
        place = (model, "tiered_pricing", str(number))
        size = _start(band.get("range"), place) or None
        if size in sizes:
            raise _LeaveOutError(TWO_FOR_A_SIZE)
        told = {name: price for name in LITELLM if (price := _price(band.get(name), (*place, name)))}
        told = told if output is None else {"output_cost_per_token": output} | told
        sizes[size] = {LITELLM[name]: _per_million(name, price, LITELLM_PLACES) for name, price in told.items()}
    if bands and not sizes.get(None):
        raise _LeaveOutError(LARGE_ONLY)
    return sizes


def _start(said: object, place: tuple[str, ...]) -> int:
    """The first number of a range of tokens. Raises `_WrongError`."""
    if not isinstance(said, list) or not said:
        raise _WrongError(place, "it has no range of tokens")
    return _tokens(said[0], (*place, "range"))


def _tokens(said: object, place: tuple[str, ...]) -> int:
    """A number of tokens. Raises `_WrongError`."""
    number = _price(said, place)
    if number is None or number >= LARGEST_SIZE or number % 1:
        raise _WrongError(place, "it is not a number of tokens")
    return int(number)


# --- models.dev ---------------------------------------------------------------------------------------


def _is_provider(content: object) -> bool:
    return isinstance(content, dict) and isinstance(content.get("models"), dict)


def _is_models_dev(content: dict[str, Any]) -> bool:
    is_one = _is_provider(content) and isinstance(content.get("id"), str)
    return is_one or any(_is_provider(provider) for provider in content.values())


def _of_models_dev(content: dict[str, Any], origin: _Origin) -> Iterator[_Offer]:
    """An offer for every model of every provider, or of the one that the file is about. Raises `_WrongError`."""
    if _is_provider(content) and isinstance(content.get("id"), str):
        yield from _of_provider(content["id"], content, (), origin)
        return
    for key, provider in content.items():
        if _is_provider(provider):
            named = provider.get("id")
            yield from _of_provider(named if isinstance(named, str) else key, provider, (key,), origin)
        else:
            yield _Offer(key, "", key, why="it has no models")


def _of_provider(name: str, provider: dict[str, Any], place: tuple[str, ...], origin: _Origin) -> Iterator[_Offer]:
    for key, model in provider["models"].items():
        here = (*place, "models", key)
        if not isinstance(model, dict):
            raise _WrongError(here, "it is not a model")
        named = model.get("id")
        offer = _Offer(name, named if isinstance(named, str) else key, key)
        try:
            sizes, why = _models_dev_prices(model, here)
            yield replace(offer, lines=_lines(offer, {"": sizes}, origin), why=why)
        except _LeaveOutError as error:
            yield replace(offer, why=str(error))


def _models_dev_prices(model: dict[str, Any], place: tuple[str, ...]) -> tuple[Sizes, str]:
    """The prices of a model by the size of a request, and what they do not say; 0 is free here.

    `context_over_200k` repeats one of the `tiers` for older readers, even where that begins later: tiers come first.
    Raises `_LeaveOutError` and `_WrongError`.
    """
    cost = _object(model.get("cost"), (*place, "cost"))
    base = _rates(cost, (*place, "cost"))
    others = _other_rates(cost)
    if not base:
        raise _LeaveOutError(_why_unpriced(others, is_unknown=False))
    larger: dict[int, Prices] = {}
    for size, rates, where in _models_dev_sizes(cost, (*place, "cost"), others):
        if size in larger:
            raise _LeaveOutError(TWO_FOR_A_SIZE)
        larger[size] = _rates(rates, where)
        others += _other_rates(rates)
    return _by_size(base, larger), _only_tokens(others + _modes(model))


def _models_dev_sizes(
    cost: dict[str, Any], place: tuple[str, ...], others: list[str]
) -> Iterator[tuple[int, dict[str, Any], tuple[str, ...]]]:
    """Each size of requests with prices of its own: the prices are for more input tokens than that."""
    tiers = cost.get("tiers")
    if tiers is not None and not isinstance(tiers, list):
        raise _WrongError((*place, "tiers"), "it is not a list")
    for number, rates in enumerate(tiers or ()):
        where = (*place, "tiers", str(number))
        tier = _object(_object(rates, where).get("tier"), (*where, "tier"))
        if tier.get("type", "context") == "context":
            yield _tokens(tier.get("size"), (*where, "tier", "size")), rates, where
        else:
            others.append("tiers")
    if not tiers and cost.get("context_over_200k") is not None:
        where = (*place, "context_over_200k")
        yield OVER_200K, _object(cost["context_over_200k"], where), where


def _rates(cost: dict[str, Any], place: tuple[str, ...]) -> Prices:
    said = {kind: _price(cost.get(name), (*place, name)) for name, kind in MODELS_DEV.items()}
    return {kind: _per_million(kind, price, 0) for kind, price in said.items() if price is not None}


def _other_rates(cost: dict[str, Any]) -> list[str]:
    return [name for name in cost if name not in MODELS_DEV and name not in MODELS_DEV_SIZES and _is_amount(cost[name])]


def _modes(model: dict[str, Any]) -> list[str]:
    """The modes of a model that cost something else."""
    experimental = model.get("experimental")
    modes = experimental.get("modes") if isinstance(experimental, dict) else None
    named = modes.items() if isinstance(modes, dict) else ()
    costs = {name: mode.get("cost") for name, mode in named if isinstance(mode, dict)}
    return [f"experimental.modes.{name}.cost" for name, cost in costs.items() if _is_amount(cost)]


def _object(content: object, place: tuple[str, ...]) -> dict[str, Any]:
    """An object; one that is missing is empty. Raises `_WrongError`."""
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise _WrongError(place, "it is not an object")
    return content
