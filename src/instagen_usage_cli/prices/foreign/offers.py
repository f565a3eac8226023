"""What a foreign price list offers, model by model, and what it takes to make lines of ours of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.foreign.json_text import printable
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from instagen_usage_cli.prices.foreign.json_text import Keys

# What the classes of tokens cost, in US dollars per million. A class that is missing has no price of its own.
Prices = dict[str, Decimal]
# The prices of a service tier, for requests with more than so many input tokens.
Sizes = dict[int | None, Prices]
Tiers = dict[str, Sizes]

SIXTH_DECIMAL = Decimal("0.000001")
# How much less than a price the noise of a binary number is, at least.
NOISE = Decimal("1e-12")
LARGEST_SIZE = 10**12
LARGE_ONLY = "it has prices for large requests only"
TWO_FOR_A_SIZE = "it has two prices for the same size of requests"


class WrongError(Exception):
    """Something that is no price, and the keys that lead there."""

    def __init__(self, keys: Keys, why: str) -> None:
        super().__init__(f"{' → '.join(printable(name) for name in keys)}: {why}")
        self.keys = keys


class LeaveOutError(Exception):
    """Why a model cannot be taken over."""


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


@dataclass(frozen=True)
class Origin:
    """Where the prices are from: the name of the file, and the day on which they are taken over."""

    name: str
    on: date


@dataclass(frozen=True)
class Offer:
    """An entry of a foreign list: its lines, or none, and why it has none or not all (empty: it has all).

    One that is `wrong` has something that is no price.
    """

    provider: str
    model: str
    key: str
    lines: tuple[Line, ...] = ()
    why: str = ""
    wrong: WrongError | None = None

    @property
    def remark(self) -> LeftOut:
        """What is left out of it, as it can be shown."""
        return LeftOut(printable(self.provider), printable(self.model), self.why)


def convert(path: Path, kind: str, offers: Iterable[Offer]) -> Converted:
    """One price per model: equal entries become one, and entries that contradict each other are all left out.

    What is wrong is left out, too; raises `WrongError` for the first of it where nothing else can be taken.
    """
    by_model: dict[tuple[str, str], list[Offer]] = {}
    for offer in offers:
        by_model.setdefault((offer.provider, offer.model), []).append(offer)
    taken: list[Line] = []
    left_out: list[LeftOut] = []
    partly: list[LeftOut] = []
    wrong = next((offer.wrong for group in by_model.values() for offer in group if offer.wrong), None)
    for group in by_model.values():
        priced = [offer for offer in group if offer.lines]
        if not priced:
            left_out.extend(dict.fromkeys(offer.remark for offer in group))
        elif any(_without_source(offer) != _without_source(priced[0]) for offer in priced):
            why = f"its prices contradict each other: {', '.join(printable(offer.key) for offer in priced)}"
            left_out.append(replace(priced[0], why=why).remark)
        else:
            taken.extend(priced[0].lines)
            partly.extend(dict.fromkeys(offer.remark for offer in priced if offer.why))
    if wrong is not None and not taken:
        raise wrong
    lines.check(path, list(enumerate(taken, start=2)))
    return Converted(kind, tuple(taken), tuple(left_out), tuple(partly))


def _without_source(offer: Offer) -> list[Line]:
    return [replace(line, source="") for line in offer.lines]


def make_lines(offer: Offer, tiers: Tiers, origin: Origin, source: object = None) -> tuple[Line, ...]:
    """The lines of a model. Raises `LeaveOutError`."""
    if any(name != name.strip() or not name.isprintable() for name in (offer.provider, offer.model)):
        why = "its name has marks that cannot be shown, or blanks around it"
        raise LeaveOutError(why)
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
        raise LeaveOutError(why)
    try:
        lines.check_line(line)
    except ValueError as error:
        raise LeaveOutError(str(error)) from error


def _source(named: object, origin: Origin) -> str:
    """The page that the entry names, or else the file."""
    if isinstance(named, str) and re.fullmatch(r"https?://\S+", named) and named.isprintable():
        return named
    return origin.name.strip() if origin.name.isprintable() else ""


def as_price(value: object, keys: Keys) -> Decimal | None:
    """A number that is no less than 0, or None. Raises `WrongError`."""
    if value is None:
        return None
    if not isinstance(value, Decimal):
        raise WrongError(keys, "it is not a number")
    if not value.is_finite():
        raise WrongError(keys, "it is not a finite number")
    if value < 0:
        raise WrongError(keys, f"{value} is negative")
    return value.copy_abs()


def as_tokens(value: object, keys: Keys) -> int:
    """A number of tokens. Raises `WrongError`."""
    number = as_price(value, keys)
    if number is None or number >= LARGEST_SIZE or number % 1:
        raise WrongError(keys, "it is not a number of tokens")
    return int(number)


def per_million(name: str, amount: Decimal, places: int) -> Decimal:
    """A price with its point moved by so many places, to US dollars per million. Raises `LeaveOutError`.

    It is exact but for the noise of a binary number, such as 8.000000000000001e-07 for 8e-07.
    """
    why = f"{name} is {lines.HIGHEST:,} dollars per million or more"
    if amount < lines.HIGHEST:
        _, digits, exponent = amount.as_tuple()
        moved = Decimal((0, digits, int(exponent) + places))  # exact, unlike a product
        if moved < lines.HIGHEST:
            rounded = moved.quantize(SIXTH_DECIMAL)
            if abs(rounded - moved) <= moved * NOISE:
                return Decimal(f"{rounded.normalize():f}")
            why = f"{name} needs more than six decimals in dollars per million"
    raise LeaveOutError(why)


def by_size(base: Prices, larger: dict[int, Prices]) -> Sizes:
    """The prices for each size of a request: what a size does not say is as for the next smaller one.

    Raises `LeaveOutError`.
    """
    if not base:
        raise LeaveOutError(LARGE_ONLY)
    sizes: Sizes = {None: base}
    current = base
    for size in sorted(larger):
        current = sizes[size] = replaced(current, larger[size])
    return sizes


def replaced(prices: Prices, others: Prices) -> Prices:
    """Prices with others in place of them. Where thinking costs the same as writing, it goes along with that."""
    both = prices | others
    if "output" in others and "reasoning" not in others and prices.get("reasoning") == prices.get("output"):
        both.pop("reasoning", None)
    return both


def has_amount(value: object) -> bool:
    """Whether there is a number other than 0 in it."""
    parts = [value]
    while parts:
        part = parts.pop()
        if isinstance(part, Decimal) and part:
            return True
        if isinstance(part, dict | list):
            parts.extend(part.values() if isinstance(part, dict) else part)
    return False


def why_partly(others: list[str]) -> str:
    """What is said where other things than tokens have a price, too; nothing where there are none."""
    return f"only its tokens are priced, not {listed(others)}" if others else ""


def why_unpriced(others: list[str]) -> str:
    """Why a model has no price for its tokens: other things have one, or nothing has."""
    return f"priced by {listed(others)}" if others else "no price"


def listed(names: Iterable[str]) -> str:
    """The names in a row, each once, as they can be shown."""
    return ", ".join(printable(name) for name in dict.fromkeys(names))
