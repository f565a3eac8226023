"""Turn the prices of genai-prices into a dated price list of ours: `make prices`, in a virtual environment of its own.

    python -m tools.genai_prices                       writes pricing/genai-prices.csv, -aliases.csv and .md again
    python -m tools.genai_prices --date 2026-12-01     new prices that bear no date hold from that day on

To take a newer version, set `VERSION`, `RELEASED` and `TAKEN` here and the version in the Makefile. Lines that are
released are never edited, only closed (`merged`); the difference of the files is what changed upstream.
"""

from __future__ import annotations

import csv
import io
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from importlib import metadata
from itertools import groupby, pairwise
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

VERSION = "0.2.3"
# No price says when it was checked, so it is the day of the release that vouches for all of them: the upload to PyPI,
# as `pip download --uploaded-prior-to` tells it.
RELEASED = date(2026, 11, 10)
# The day on which we took that version: prices that changed without a date upstream hold from here on.
TAKEN = date(2026, 11, 23)

PRICING = Path(__file__).parents[1] / "pricing"
HOME = "https://github.com/pydantic/genai-prices"
WIDTH = 120

# What a price upstream is called → our column, and by how much it is multiplied. Theirs are per million tokens too.
UNITS = {
    "input_mtok": ("input", 1),
    "output_mtok": ("output", 1),
    "cache_read_mtok": ("cache_read", 1),
    "cache_write_mtok": ("cache_write_5m", 1),
    "cache_write_1h_mtok": ("cache_write_1h", 1),
    "output_reasoning_mtok": ("reasoning", 1),
    "requests_kcount": ("per_request", 1000),
}
# A model is priced if one of them is.
ESSENTIAL = ("input_mtok", "output_mtok", "requests_kcount")
SIX_DECIMALS = Decimal("0.000001")
# How far rounding to six decimals may change a price, as a share of it: as far as floating point would.
NOISE = Decimal("1e-9")

TIME_OF_DAY = "the price depends on the time of day"
NO_PRICE = "no price is stated, not even 0"
OTHER_UNITS = "priced in other units only"
DECIMALS = "a price has more than six decimals"
REASONS = (TIME_OF_DAY, NO_PRICE, OTHER_UNITS, DECIMALS)

CLAUSES = {
    "ClauseStartsWith": "starts with",
    "ClauseEndsWith": "ends with",
    "ClauseContains": "contains",
    "ClauseRegex": "regular expression",
    "ClauseAnd": "and",
}


# --- what is read of genai-prices, by its attributes ----------------------------------------------------


@runtime_checkable
class Tiered(Protocol):
    """A price that goes by the input tokens of the request: with more than `start`, all tokens cost that."""

    base: Decimal
    tiers: Sequence[Tier]


class Tier(Protocol):
    """One step of it."""

    start: int
    price: Decimal


@runtime_checkable
class StartDate(Protocol):
    """A constraint: from that UTC day on."""

    start_date: date


@runtime_checkable
class TimeOfDay(Protocol):
    """A constraint: on every day between those hours."""

    start_time: object
    end_time: object


@runtime_checkable
class Exactly(Protocol):
    """A clause: the name of the model is this one."""

    equals: str


@runtime_checkable
class EitherOf(Protocol):
    """A clause: one of those holds."""

    or_: Sequence[object]


class Conditional(Protocol):
    """Standard prices, and when they hold."""

    constraint: object
    prices: object


class Variant(Protocol):
    """Prices instead of some of the standard ones, for requests of a kind, and when they hold."""

    when: Mapping[str, str]
    constraint: object
    prices: object


class Model(Protocol):
    """A model of a provider."""

    id: str
    match: object
    prices: object
    price_variants: Sequence[Variant] | None


class Provider(Protocol):
    """A provider with its models."""

    id: str
    pricing_urls: Sequence[str] | None
    models: Sequence[Model]


# --- what is written ------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Alias:
    """Another exact spelling: `name` at `provider` means the model whose exact id is `meaning`."""

    kind: str
    name: str
    provider: str
    meaning: str
    source: str


@dataclass(frozen=True)
class Span:
    """The lines of one place, one per size of request, that hold from the day `opening` until `closing`."""

    opening: date
    closing: date
    lines: tuple[Line, ...]

    @property
    def worth(self) -> tuple[object, ...]:
        """The prices, without dates or where they are from."""
        names = ("input_above", *lines.PRICES)
        return tuple(tuple(getattr(line, name) for name in names) for line in self.lines)

    def dated(self) -> tuple[Line, ...]:
        """The lines, with the days of the span."""
        first = None if self.opening == date.min else self.opening
        end = None if self.closing == date.max else self.closing
        return tuple(replace(line, effective_from=first, effective_until=end) for line in self.lines)


@dataclass(frozen=True)
class Taken:
    """What was taken of genai-prices, and what was not: of a model its provider and id, by reason."""

    lines: list[Line] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    refused: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    partial: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    clauses: Counter[str] = field(default_factory=Counter)
    providers: int = 0
    models: int = 0
    default_tiers: int = 0


# --- the prices of a model ------------------------------------------------------------------------------


def stated(prices: object) -> dict[str, Decimal | Tiered]:
    """The prices that are there, by their names upstream."""
    return {name: price for name, price in vars(prices).items() if price is not None}


def standards(model: Model) -> list[tuple[object, object]]:
    """The standard prices of a model, each after its constraint; a later one goes before an earlier one."""
    if not isinstance(model.prices, list):
        return [(None, model.prices)]
    conditionals: list[Conditional] = model.prices
    return [(each.constraint, each.prices) for each in conditionals]


def variants(model: Model, when: Mapping[str, str]) -> list[Variant]:
    """The variants of a model for that kind of request; an earlier one goes before a later one."""
    return [variant for variant in model.price_variants or () if variant.when == when]


def starts(constraint: object) -> date:
    """The first day on which a constraint is met."""
    return constraint.start_date if isinstance(constraint, StartDate) else date.min


def standard_on(model: Model, day: date) -> dict[str, Decimal | Tiered]:
    """The standard prices on a day: the last that hold, or else the first."""
    all_ = standards(model)
    holding = [prices for constraint, prices in all_ if starts(constraint) <= day]
    return stated(holding[-1] if holding else all_[0][1])


def prices_on(model: Model, when: Mapping[str, str], day: date) -> dict[str, Decimal | Tiered]:
    """The prices for a kind of request on a day: the standard ones, but for what its variants say; none before those.

    An empty `when` is a request that says nothing of its kind.
    """
    prices = standard_on(model, day)
    if not when:
        return prices
    holding = [stated(each.prices) for each in variants(model, when) if starts(each.constraint) <= day]
    for said in reversed(holding):
        prices = prices | said
    return prices if holding else {}


def sizes(prices: Mapping[str, Decimal | Tiered]) -> list[tuple[int | None, dict[str, Decimal]]]:
    """Our columns for every size of request: for any, and for those with more input tokens than each tier's start."""
    ours = {column: (prices[name], factor) for name, (column, factor) in UNITS.items() if name in prices}
    steps = sorted({tier.start for price, _ in ours.values() if isinstance(price, Tiered) for tier in price.tiers})
    return [
        (step, {column: tidy(price_at(price, step) * factor) for column, (price, factor) in ours.items()})
        for step in (None, *steps)
        if ours
    ]


def price_at(price: Decimal | Tiered, step: int | None) -> Decimal:
    """What a class costs in requests that are just larger than `step`."""
    if not isinstance(price, Tiered):
        return price
    reached = [tier for tier in price.tiers if step is not None and tier.start <= step]
    return max(reached, key=lambda tier: tier.start).price if reached else price.base


def tidy(price: Decimal) -> Decimal:
    """The price with at most six decimals, without the noise of floating point."""
    return price.quantize(SIX_DECIMALS).normalize()


def is_plain(price: Decimal) -> bool:
    """Whether six decimals say it, but for the noise of floating point."""
    return abs(tidy(price) - price) <= abs(price) * NOISE


def spans(model: Model, when: Mapping[str, str], line: Line) -> list[Span]:
    """The lines of a model for a kind of request; `line` is what all of them have in common."""
    constraints = [constraint for constraint, _ in standards(model)]
    constraints += [variant.constraint for variant in variants(model, when)]
    days = sorted({date.min, date.max, *map(starts, constraints)})
    found = []
    for opening, closing in pairwise(days):
        sized = sizes(prices_on(model, when, opening))
        of_sizes = tuple(replace(line, input_above=size, **said) for size, said in sized)  # type: ignore[arg-type]
        if of_sizes:
            found.append(Span(opening, closing, of_sizes))
    return joined(found)


def joined(found: Iterable[Span]) -> list[Span]:
    """The same spans, but those that follow each other with the same prices as one."""
    result: list[Span] = []
    for span in found:
        last = result[-1] if result else None
        if last is not None and last.closing == span.opening and last.worth == span.worth:
            result[-1] = replace(last, closing=span.closing)
        else:
            result.append(span)
    return result


def tier(when: Mapping[str, str]) -> str:
    """Our tier for a kind of request; empty if we have none for it."""
    if when == {"processing": "batch"}:
        return "batch"
    service_tier = when.get("service_tier", "default")
    return service_tier if len(when) == 1 and service_tier != "default" else ""


# --- what is taken and what is not ----------------------------------------------------------------------


def why_not(model: Model) -> str:
    """The reason for which a model is not taken; empty if it is."""
    all_ = [stated(prices) for _, prices in standards(model)]
    constraints = [constraint for constraint, _ in standards(model)]
    constraints += [variant.constraint for variant in model.price_variants or ()]
    if any(isinstance(constraint, TimeOfDay) for constraint in constraints):
        return TIME_OF_DAY
    if not any(name in prices for prices in all_ for name in ESSENTIAL):
        return OTHER_UNITS if any(all_) else NO_PRICE
    all_ += [stated(variant.prices) for variant in model.price_variants or () if tier(variant.when)]
    return "" if all(is_plain(price) for prices in all_ for price in amounts(prices)) else DECIMALS


def amounts(prices: Mapping[str, Decimal | Tiered]) -> Iterator[Decimal]:
    """Every price that would be taken, of every size, in our unit."""
    for name, (_, factor) in UNITS.items():
        price = prices.get(name, Decimal(0))
        if isinstance(price, Tiered):
            yield from (each * factor for each in (price.base, *(tier.price for tier in price.tiers)))
        else:
            yield price * factor


def left_out(model: Model) -> list[str]:
    """What of a model is not taken: prices in other units, and those for kinds of request that we have no tier for."""
    all_ = [stated(prices) for _, prices in standards(model)]
    others = []
    for variant in model.price_variants or ():
        prices = stated(variant.prices)
        if tier(variant.when):
            all_.append(prices)
        elif prices:
            others.append("requests with " + ", ".join(f"{name} {value}" for name, value in variant.when.items()))
    units = {name for prices in all_ for name in prices if name not in UNITS}
    return sorted(units) + sorted(set(others))


def clauses(match: object) -> Iterator[object]:
    """The clauses of which one must hold."""
    if isinstance(match, EitherOf):
        for each in match.or_:
            yield from clauses(each)
    else:
        yield match


def take(providers: Iterable[Provider]) -> Taken:
    """Everything that can be taken of the providers, and an account of the rest."""
    taken = Taken()
    upstream = models = defaults = 0
    for provider in providers:
        upstream += 1
        for model in provider.models:
            models += 1
            defaults += len(variants(model, {"service_tier": "default"}))
            take_model(taken, provider, model)
    return replace(taken, providers=upstream, models=models, default_tiers=defaults)


def take_model(taken: Taken, provider: Provider, model: Model) -> None:
    """Add one model to what was taken."""
    who = provider.id, model.id
    if reason := why_not(model):
        taken.refused.setdefault(reason, []).append(who)
        return
    for what in left_out(model):
        taken.partial.setdefault(what, []).append(who)
    source = provider.pricing_urls[0] if provider.pricing_urls else HOME
    kinds = [{}, *(variant.when for variant in model.price_variants or () if tier(variant.when))]
    for name, when in {tier(when): when for when in kinds}.items():
        line = Line(provider=provider.id, model=model.id, tier=name, checked_on=RELEASED, source=source)
        taken.lines.extend(dated for span in spans(model, when, line) for dated in span.dated())
    taken.aliases.extend(spellings(provider, model))
    others = [clause for clause in clauses(model.match) if not isinstance(clause, Exactly)]
    taken.clauses.update(CLAUSES.get(type(clause).__name__, type(clause).__name__) for clause in others)


def spellings(provider: Provider, model: Model) -> list[Alias]:
    """The other exact spellings of a model, but for those that are the id of a model of the same provider."""
    ids = {each.id for each in provider.models}
    names = dict.fromkeys(clause.equals for clause in clauses(model.match) if isinstance(clause, Exactly))
    return [Alias("model", name, provider.id, model.id, HOME) for name in names if name not in ids]


# --- with what was released before ----------------------------------------------------------------------


def merged(existing: Iterable[Line], fresh: Iterable[Line], on: date) -> list[Line]:
    """The price list that follows `existing`: its prices before the day `on`, those of `fresh` from that day on.

    Lines that are in both stay as they are but for `checked_on`. One that no longer holds is closed, one that has not
    begun to hold is replaced, and what is no longer upstream keeps its prices.
    """
    before, now = by_place(existing), by_place(fresh)
    result = [
        line
        for place in before.keys() | now.keys()
        for span in continued(before.get(place, []), now.get(place, []), on)
        for line in span.dated()
    ]
    return sorted(result, key=order)


def order(line: Line) -> tuple[object, ...]:
    """Where a line stands in the file."""
    return line.provider, line.model, line.tier, line.opening, line.input_above or 0


def by_place(all_lines: Iterable[Line]) -> dict[tuple[str, str, str, str], list[Span]]:
    """The spans of every place, in time."""

    def key(line: Line) -> tuple[tuple[str, str, str, str], date, date, int]:
        return line.item, line.opening, line.closing, line.input_above or 0

    found: dict[tuple[str, str, str, str], list[Span]] = {}
    for (place, opening, closing), group in groupby(sorted(all_lines, key=key), key=lambda line: key(line)[:3]):
        found.setdefault(place, []).append(Span(opening, closing, tuple(group)))
    return found


def continued(released: Sequence[Span], fresh: Sequence[Span], on: date) -> list[Span]:
    """The spans of one place: those released up to the day `on`, then the fresh ones."""
    begun = [span for span in released if span.opening < on]
    if not fresh:
        return list(released)
    if not begun:
        return [as_released(span, released) for span in fresh]
    kept = [until_changed(span, fresh, on) for span in begun]
    covered = max([on, *(span.closing for span in kept)])
    ahead = [replace(span, opening=max(span.opening, covered)) for span in fresh if span.closing > covered]
    return [*kept, *(as_released(span, released) for span in ahead)]


def until_changed(span: Span, fresh: Sequence[Span], on: date) -> Span:
    """A released span that began before the day `on`: closed where its prices are no longer those upstream."""
    if span.closing <= on:
        return span
    for current in fresh:
        if current.opening <= on < current.closing and current.worth == span.worth:
            return replace(checked(span, current), closing=min(span.closing, current.closing))
    return replace(span, closing=on)


def as_released(span: Span, released: Sequence[Span]) -> Span:
    """The span as it was released, if it was."""
    for each in released:
        if (each.opening, each.closing, each.worth) == (span.opening, span.closing, span.worth):
            return checked(each, span)
    return span


def checked(span: Span, fresh: Span) -> Span:
    """The span, checked when the fresh one was."""
    return replace(span, lines=tuple(replace(line, checked_on=fresh.lines[0].checked_on) for line in span.lines))


def merged_aliases(existing: Iterable[Alias], fresh: Iterable[Alias], all_lines: Iterable[Line]) -> list[Alias]:
    """The fresh aliases, and those released before that are not there any more, unless the name is an id by now."""
    ids = {(line.provider, line.model) for line in all_lines}
    by_name = {(alias.provider, alias.name): alias for alias in (*existing, *fresh)}
    sound = [alias for name, alias in by_name.items() if name not in ids and (alias.provider, alias.meaning) in ids]
    return sorted(sound, key=lambda alias: (alias.provider, alias.name))


# --- the files ------------------------------------------------------------------------------------------


def alias_text(aliases: Iterable[Alias]) -> str:
    """The text of a file with those aliases."""
    names = [each.name for each in fields(Alias)]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([getattr(alias, name) for name in names] for alias in aliases)
    return out.getvalue()


def read_aliases(path: Path) -> list[Alias]:
    """The aliases of such a file."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Alias(**row) for row in csv.DictReader(file)]


def page(taken: Taken, all_lines: Sequence[Line], aliases: Sequence[Alias], digest: str, licence: str) -> str:
    """The account that stands beside the price list."""
    ids = {(line.provider, line.model) for line in all_lines}
    gone = sorted(ids - {(line.provider, line.model) for line in taken.lines})
    partial = {who for group in taken.partial.values() for who in group}
    refused = sum(map(len, taken.refused.values()))
    counts = {
        "models upstream": taken.models,
        "providers upstream": taken.providers,
        "models taken": taken.models - refused,
        "of them in part": len(partial),
        "models not taken": refused,
        **{f"because {reason}": len(taken.refused.get(reason, [])) for reason in REASONS},
        "models kept that are no longer upstream": len(gone),
        "models in genai-prices.csv": len(ids),
        "lines in genai-prices.csv": len(all_lines),
        "of them with a tier": sum(bool(line.tier) for line in all_lines),
        "of them for large requests": sum(line.input_above is not None for line in all_lines),
        "of them with an end": sum(line.effective_until is not None for line in all_lines),
        "aliases in genai-prices-aliases.csv": len(aliases),
        **{f"clauses not taken: {kind}": taken.clauses[kind] for kind in sorted(taken.clauses)},
    }
    blocks = [
        "# The prices of genai-prices",
        "Written by `make prices` (`tools/genai_prices.py`); do not edit.",
        prose(
            f"`genai-prices.csv` and `genai-prices-aliases.csv` are made of [genai-prices]({HOME}) {VERSION} by "
            f"Pydantic, released on {RELEASED}, under the MIT License, which is at the end of this page. No price "
            "there says when it was checked: `checked_on` is the day of that release."
        ),
        f"SHA-256 of its `genai_prices/data.py`: `{digest}`",
        "## Counts",
        "\n".join(["| what | how many |", "| --- | ---: |", *(f"| {what} | {n} |" for what, n in counts.items())]),
        "## How it was taken",
        *how(taken),
        "## Not taken",
        *(listed(reason, taken.refused[reason]) for reason in REASONS if reason in taken.refused),
        "## Taken in part",
        "What is missing of each, by its name upstream; their prices per token and per request are taken.",
        *(listed(what, taken.partial[what]) for what in sorted(taken.partial)),
        *(["## No longer upstream", listed("their prices are kept", gone)] if gone else []),
        "## Licence of genai-prices",
        "```text\n" + licence.strip() + "\n```",
    ]
    return "\n\n".join(blocks) + "\n"


def how(taken: Taken) -> list[str]:
    """What the numbers of the price list mean, where that is not plain."""
    return [
        prose(
            "A price that starts on a date upstream closes the one before it on that day; days are UTC days. Spans "
            "that follow each other with the same prices are one line. A price that changed upstream without a date "
            "holds from the day we took it; released lines are never edited, only closed."
        ),
        prose(
            "A tier by size holds for all tokens of a request with more input tokens (cached ones included) than its "
            "start, which is what `input_above` means."
        ),
        prose(
            "Variants by `service_tier` and `processing: batch` are lines with a tier: the standard prices of those "
            "days, but for what the variant says, from the day the variant starts on. "
            f"{taken.default_tiers} variants are for `service_tier: default` and state no price: they say that such "
            "requests cost the standard price. A request that says nothing of its tier costs that too, so both are the "
            "lines without a tier, and nothing is missing."
        ),
        prose(
            "A model has its prices under its own id; other exact spellings are aliases. Spellings by a part of the "
            "name are not taken. A model without any stated price is unknown, not free; a stated 0 is free. Decimals "
            "that are only the noise of floating point are rounded away; a model with a price that needs more than six "
            "is not taken."
        ),
    ]


def prose(text: str) -> str:
    """A paragraph in lines of bearable length."""
    return fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def listed(title: str, who: Iterable[tuple[str, str]]) -> str:
    """A heading and the models under it, by provider."""
    rows = []
    for provider, group in groupby(sorted(who), key=lambda each: each[0]):
        text = f"- {provider}: " + ", ".join(f"`{model}`" for _, model in group)
        rows.append(fill(text, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent="  "))
    return "\n".join([f"### {title}", "", *rows])


def main() -> None:
    """Write the files again."""
    parser = ArgumentParser(description="Turn the prices of genai-prices into a dated price list.")
    parser.add_argument("--date", type=date.fromisoformat, default=TAKEN, help=f"the day it is taken on ({TAKEN})")
    parser.add_argument("--into", type=Path, default=PRICING, help="the folder of the files (pricing)")
    options = parser.parse_args()
    if metadata.version("genai-prices") != VERSION:
        sys.exit(f"this is for genai-prices {VERSION}; `make prices` installs it")

    from genai_prices import data

    taken = take(data.providers)
    prices, names = options.into / "genai-prices.csv", options.into / "genai-prices-aliases.csv"
    all_lines = merged(lines.read(prices) if prices.exists() else [], taken.lines, options.date)
    aliases = merged_aliases(read_aliases(names) if names.exists() else [], taken.aliases, all_lines)
    digest = sha256(Path(data.__file__).read_bytes()).hexdigest()
    licence = metadata.distribution("genai-prices").read_text("licenses/LICENSE") or ""
    for line in all_lines:
        lines.check_line(line)
    lines.check(prices, enumerate(all_lines, start=2))
    prices.write_text(lines.write(all_lines), "utf-8")
    names.write_text(alias_text(aliases), "utf-8")
    prices.with_suffix(".md").write_text(page(taken, all_lines, aliases, digest, licence), "utf-8")
    print(f"{len(all_lines)} lines, {len(aliases)} aliases")


if __name__ == "__main__":
    main()
