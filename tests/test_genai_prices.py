"""`make prices`: what tools/genai_prices.py makes of stand-ins for the classes of genai-prices, and its files."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import genai_prices
from tools.genai_prices import Alias, Taken, take

from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[1]
PRICES = ROOT / "pricing" / "genai-prices.csv"
ALIASES = ROOT / "pricing" / "genai-prices-aliases.csv"
PAGE = ROOT / "pricing" / "genai-prices.md"


# --- stand-ins, named like the classes they stand for ---------------------------------------------------


@dataclass
class Tier:
    start: int
    price: Decimal


@dataclass
class TieredPrices:
    base: Decimal
    tiers: list[Any]


@dataclass
class StartDateConstraint:
    start_date: date


@dataclass
class TimeOfDateConstraint:
    start_time: object
    end_time: object


@dataclass
class ConditionalPrice:
    constraint: object
    prices: object


@dataclass
class PriceVariant:
    when: Any
    prices: object
    constraint: object = None


@dataclass
class ClauseEquals:
    equals: str


@dataclass
class ClauseStartsWith:
    starts_with: str


@dataclass
class ClauseOr:
    or_: list[Any]


@dataclass
class ModelInfo:
    id: str
    prices: object
    match: object = field(default_factory=lambda: ClauseEquals("it"))
    price_variants: Any = None


@dataclass
class Provider:
    models: Any
    id: str = "acme"
    pricing_urls: Any = None


def usd(**prices: str | TieredPrices | None) -> SimpleNamespace:
    """Stand-in for ModelPrice."""
    return SimpleNamespace(**{name: Decimal(at) if isinstance(at, str) else at for name, at in prices.items()})


def tiered(base: str, **tiers: str) -> TieredPrices:
    """A price with tiers: `above_200="2"`."""
    steps = [Tier(int(name.removeprefix("above_")), Decimal(price)) for name, price in tiers.items()]
    return TieredPrices(Decimal(base), steps)


def from_day(day: str, **prices: str | TieredPrices) -> ConditionalPrice:
    return ConditionalPrice(StartDateConstraint(date.fromisoformat(day)), usd(**prices))


def always(**prices: str | TieredPrices) -> ConditionalPrice:
    return ConditionalPrice(None, usd(**prices))


def variant(day: str | None = None, *, when: dict[str, str], **prices: str | TieredPrices) -> PriceVariant:
    constraint = None if day is None else StartDateConstraint(date.fromisoformat(day))
    return PriceVariant(when, usd(**prices), constraint)


def taken(*models: ModelInfo) -> Taken:
    return take([Provider(list(models))])


def said(prices: object, *variants: PriceVariant) -> list[str]:
    """The lines of one model, each as the columns that are filled, but for those that are the same in all."""
    result = taken(ModelInfo("it", prices, price_variants=list(variants)))
    same = ("provider", "host", "model", "checked_on", "source")
    rows = csv.DictReader(lines.write(sorted(result.lines, key=genai_prices.order)).splitlines())
    return [" ".join(f"{name}={cell}" for name, cell in row.items() if cell and name not in same) for row in rows]


BATCH = {"processing": "batch"}
FLEX = {"service_tier": "flex"}


# --- prices ---------------------------------------------------------------------------------------------


def test_every_class_has_its_column() -> None:
    prices = usd(
        input_mtok="1",
        output_mtok="2",
        cache_read_mtok="0.1",
        cache_write_mtok="1.25",
        cache_write_1h_mtok="2.5",
        output_reasoning_mtok="3",
        requests_kcount="5",
    )
    assert said(prices) == [
        "input=1 output=2 cache_read=0.1 cache_write_5m=1.25 cache_write_1h=2.5 reasoning=3 per_request=5000"
    ]


def test_free_is_zero_and_unknown_is_nothing() -> None:
    assert said(usd(input_mtok="0", output_mtok="0.00", cache_read_mtok=None)) == ["input=0 output=0"]


@pytest.mark.parametrize(
    ("upstream", "ours"),
    [
        ("0.19500000000000001", "0.195"),
        ("1.0399999999999998", "1.04"),
        ("2.50", "2.5"),
        ("10", "10"),
        ("0.000001", "0.000001"),
    ],
)
def test_the_noise_of_floating_point_is_rounded_away(upstream: str, ours: str) -> None:
    (line,) = taken(ModelInfo("it", usd(input_mtok=upstream))).lines
    assert lines.write([line]).splitlines()[1].split(",")[lines.COLUMNS.index("input")] == ours


@pytest.mark.parametrize("price", ["0.0833333333333333", "0.0000001", "1.0000001"])
def test_a_model_that_needs_more_decimals_is_not_taken(price: str) -> None:
    exact = usd(input_mtok="1")
    for model in [
        ModelInfo("it", usd(input_mtok="1", cache_write_mtok=price)),
        ModelInfo("it", usd(input_mtok=tiered("1", above_200=price))),
        ModelInfo("it", [ConditionalPrice(None, exact), from_day("2026-05-01", input_mtok=price)]),
        ModelInfo("it", exact, price_variants=[variant(when=FLEX, output_mtok=price)]),
    ]:
        assert taken(model).refused == {genai_prices.DECIMALS: [("acme", "it")]}
        assert not taken(model).lines


def test_more_decimals_of_what_is_not_taken_anyway_do_no_harm() -> None:
    fast = variant(when={"speed": "fast"}, input_mtok="0.0833333333333333")
    assert said(usd(input_mtok="1", input_audio_mtok="0.0833333333333333"), fast) == ["input=1"]


# --- sizes ----------------------------------------------------------------------------------------------


def test_a_tier_is_a_line_for_more_tokens_than_its_start() -> None:
    assert said(usd(input_mtok=tiered("1", above_200="2"), output_mtok="5")) == [
        "input=1 output=5",
        "input_above=200 input=2 output=5",
    ]


def test_every_class_has_the_highest_tier_that_is_reached() -> None:
    prices = usd(
        input_mtok=tiered("1", above_300="3", above_100="2"),
        output_mtok=tiered("10", above_200="20"),
    )
    assert said(prices) == [
        "input=1 output=10",
        "input_above=100 input=2 output=10",
        "input_above=200 input=2 output=20",
        "input_above=300 input=3 output=20",
    ]


# --- dates ----------------------------------------------------------------------------------------------


def test_a_price_that_starts_closes_the_one_before() -> None:
    prices = [always(input_mtok="1"), from_day("2026-03-01", input_mtok="2"), from_day("2026-06-01", input_mtok="3")]
    assert said(prices) == [
        "input=1 effective_until=2026-03-01",
        "input=2 effective_from=2026-03-01 effective_until=2026-06-01",
        "input=3 effective_from=2026-06-01",
    ]


def test_all_sizes_hold_on_the_same_days() -> None:
    prices = [always(input_mtok=tiered("1", above_200="2")), from_day("2026-03-01", input_mtok="1")]
    assert said(prices) == [
        "input=1 effective_until=2026-03-01",
        "input_above=200 input=2 effective_until=2026-03-01",
        "input=1 effective_from=2026-03-01",
    ]


def test_of_two_prices_that_hold_the_last_in_the_list_wins() -> None:
    prices = [always(input_mtok="1"), from_day("2026-06-01", input_mtok="3"), from_day("2026-03-01", input_mtok="2")]
    assert said(prices) == ["input=1 effective_until=2026-03-01", "input=2 effective_from=2026-03-01"]


def test_where_none_holds_the_first_in_the_list_does() -> None:
    prices = [from_day("2026-03-01", input_mtok="1"), from_day("2026-06-01", input_mtok="2")]
    assert said(prices) == ["input=1 effective_until=2026-06-01", "input=2 effective_from=2026-06-01"]


def test_a_change_of_what_is_not_taken_is_no_change() -> None:
    prices = [always(input_mtok="1"), from_day("2026-03-01", input_mtok="1.0", web_searches_kcount="10")]
    assert said(prices) == ["input=1"]


def test_a_price_in_other_units_leaves_a_gap() -> None:
    prices = [always(input_mtok="1"), from_day("2026-03-01", audio_hours="9"), from_day("2026-06-01", input_mtok="1")]
    assert said(prices) == ["input=1 effective_until=2026-03-01", "input=1 effective_from=2026-06-01"]


# --- tiers ----------------------------------------------------------------------------------------------


def test_a_variant_is_the_standard_price_but_for_what_it_says() -> None:
    standard = usd(input_mtok=tiered("2", above_200="4"), output_mtok="8", cache_read_mtok="0.2")
    assert said(
        standard, variant("2026-10-14", when=BATCH, input_mtok=tiered("1", above_200="2"), output_mtok="4")
    ) == [
        "input=2 output=8 cache_read=0.2",
        "input_above=200 input=4 output=8 cache_read=0.2",
        "tier=batch input=1 output=4 cache_read=0.2 effective_from=2026-10-14",
        "tier=batch input_above=200 input=2 output=4 cache_read=0.2 effective_from=2026-10-14",
    ]


def test_a_variant_follows_the_standard_price() -> None:
    standard = [always(input_mtok="2", output_mtok="8"), from_day("2026-06-01", input_mtok="3", output_mtok="9")]
    assert said(standard, variant("2026-03-01", when=FLEX, input_mtok="1")) == [
        "input=2 output=8 effective_until=2026-06-01",
        "input=3 output=9 effective_from=2026-06-01",
        "tier=flex input=1 output=8 effective_from=2026-03-01 effective_until=2026-06-01",
        "tier=flex input=1 output=9 effective_from=2026-06-01",
    ]


def test_of_two_variants_that_hold_the_first_in_the_list_wins_class_by_class() -> None:
    newer = variant("2027-01-01", when=FLEX, input_mtok="2")
    older = variant("2026-10-14", when=FLEX, input_mtok="1", output_mtok="5")
    assert said(usd(input_mtok="4", output_mtok="9"), newer, older)[1:] == [
        "tier=flex input=1 output=5 effective_from=2026-10-14 effective_until=2027-01-01",
        "tier=flex input=2 output=5 effective_from=2027-01-01",
    ]


def test_a_variant_without_a_date_always_held() -> None:
    assert said(usd(input_mtok="4"), variant(when={"service_tier": "priority"}, input_mtok="8")) == [
        "input=4",
        "tier=priority input=8",
    ]


def test_the_default_tier_is_the_price_without_a_tier() -> None:
    result = taken(ModelInfo("it", usd(input_mtok="4"), price_variants=[variant(when={"service_tier": "default"})]))
    assert [line.tier for line in result.lines] == [""]
    assert not result.partial
    assert result.default_tiers == 1


@pytest.mark.parametrize(
    ("when", "what"),
    [
        ({"service_tier": "default"}, "requests with service_tier default"),
        ({"speed": "fast"}, "requests with speed fast"),
        ({"processing": "live"}, "requests with processing live"),
        ({"service_tier": "flex", "route": "eu"}, "requests with service_tier flex, route eu"),
    ],
)
def test_other_kinds_of_request_are_left_out_and_said(when: dict[str, str], what: str) -> None:
    result = taken(ModelInfo("it", usd(input_mtok="4"), price_variants=[variant(when=when, input_mtok="8")]))
    assert [(line.tier, line.input) for line in result.lines] == [("", Decimal(4))]
    assert result.partial == {what: [("acme", "it")]}


# --- what is taken --------------------------------------------------------------------------------------


def test_a_price_by_the_time_of_day_is_not_taken() -> None:
    night = TimeOfDateConstraint("00:30", "16:30")
    for model in [
        ModelInfo("it", [always(input_mtok="1"), ConditionalPrice(night, usd(input_mtok="2"))]),
        ModelInfo("it", usd(input_mtok="1"), price_variants=[PriceVariant(FLEX, usd(input_mtok="2"), night)]),
    ]:
        assert taken(model).refused == {genai_prices.TIME_OF_DAY: [("acme", "it")]}


def test_a_model_without_a_price_for_tokens_or_requests_is_not_taken() -> None:
    result = taken(ModelInfo("a", usd()), ModelInfo("b", usd(audio_hours="1")), ModelInfo("c", usd(input_mtok=None)))
    assert result.refused == {
        genai_prices.NO_PRICE: [("acme", "a"), ("acme", "c")],
        genai_prices.OTHER_UNITS: [("acme", "b")],
    }


@pytest.mark.parametrize("price", ["input_mtok", "output_mtok", "requests_kcount"])
def test_one_of_three_prices_is_enough_and_the_others_are_said(price: str) -> None:
    other = variant(when=FLEX, input_image_mtok="2")
    result = taken(ModelInfo("it", usd(**{price: "1", "audio_hours": "3"}), price_variants=[other]))
    assert not result.refused
    assert result.partial == {"audio_hours": [("acme", "it")], "input_image_mtok": [("acme", "it")]}


def test_where_it_is_from() -> None:
    model = ModelInfo("it", usd(input_mtok="1"))
    (known,) = take([Provider([model], pricing_urls=["https://acme.example/prices", "https://acme.example"])]).lines
    (unknown,) = take([Provider([model], pricing_urls=[])]).lines
    assert known.source == "https://acme.example/prices"
    assert unknown.source == "https://github.com/pydantic/genai-prices"
    assert (known.provider, known.host, known.model, known.checked_on) == ("acme", "", "it", genai_prices.RELEASED)


def test_other_exact_spellings_are_aliases() -> None:
    match = ClauseOr([ClauseEquals("it"), ClauseEquals("It"), ClauseOr([ClauseEquals("that"), ClauseEquals("It")])])
    result = taken(ModelInfo("it", usd(input_mtok="1"), match))
    assert result.aliases == [
        Alias("model", name, "acme", "it", "https://github.com/pydantic/genai-prices") for name in ("It", "that")
    ]


def test_a_spelling_that_is_the_id_of_another_model_is_no_alias() -> None:
    both = ClauseOr([ClauseEquals("a"), ClauseEquals("b")])
    result = taken(ModelInfo("a", usd(input_mtok="1"), both), ModelInfo("b", usd(), both))
    assert result.aliases == []


def test_a_model_that_is_not_taken_has_no_aliases() -> None:
    assert taken(ModelInfo("a", usd(), ClauseEquals("b"))).aliases == []


def test_spellings_by_a_part_of_the_name_are_counted() -> None:
    result = taken(ModelInfo("it", usd(input_mtok="1"), ClauseOr([ClauseEquals("is"), ClauseStartsWith("it-")])))
    assert [alias.name for alias in result.aliases] == ["is"]
    assert result.clauses == Counter({"starts with": 1})


# --- with what was released before ----------------------------------------------------------------------

ON = date(2026, 11, 23)


def line(
    price: int,
    since: str = "",
    until: str = "",
    *,
    model: str = "it",
    tier: str = "",
    input_above: int | None = None,
    source: str = "s",
) -> Line:
    return Line(
        provider="acme",
        model=model,
        tier=tier,
        input_above=input_above,
        input=Decimal(price),
        effective_from=date.fromisoformat(since) if since else None,
        effective_until=date.fromisoformat(until) if until else None,
        checked_on=date(2026, 11, 10),
        source=source,
    )


def test_what_is_the_same_stays_and_was_checked_again() -> None:
    released = [line(1, until="2026-05-01"), line(2, since="2026-05-01", source="where it was")]
    fresh = [replace(each, checked_on=ON, source="where it is") for each in released]
    assert genai_prices.merged(released, fresh, ON) == [released[0], replace(released[1], checked_on=ON)]


def test_a_price_that_changed_without_a_date_holds_from_the_day_it_is_taken() -> None:
    assert genai_prices.merged([line(1)], [line(2)], ON) == [line(1, until="2026-11-23"), line(2, since="2026-11-23")]


def test_a_date_in_the_past_that_is_news_is_not_held_against_released_prices() -> None:
    fresh = [line(1, until="2026-05-01"), line(2, since="2026-05-01")]
    assert genai_prices.merged([line(1)], fresh, ON) == [line(1, until="2026-11-23"), line(2, since="2026-11-23")]


def test_a_future_price_closes_the_one_before_on_its_day() -> None:
    fresh = [line(1, until="2027-01-01"), line(2, since="2027-01-01")]
    assert genai_prices.merged([line(1)], fresh, ON) == fresh


def test_a_future_price_that_was_withdrawn_never_held() -> None:
    released = [line(1, until="2027-01-01"), line(2, since="2027-01-01")]
    assert genai_prices.merged(released, [line(1)], ON) == [line(1, until="2027-01-01"), line(1, since="2027-01-01")]


def test_a_model_that_vanished_keeps_its_prices() -> None:
    released = [line(1), line(3, tier="flex"), line(5, model="other")]
    fresh = [line(1)]
    assert genai_prices.merged(released, fresh, ON) == released


def test_a_model_that_is_new_has_all_its_prices() -> None:
    fresh = [line(1, until="2026-05-01"), line(2, since="2026-05-01")]
    assert genai_prices.merged([], fresh, ON) == fresh


def test_all_sizes_of_a_price_are_closed_together() -> None:
    released = [line(1), line(2, input_above=200)]
    fresh = [line(1), line(3, input_above=200)]
    assert genai_prices.merged(released, fresh, ON) == [
        line(1, until="2026-11-23"),
        line(2, until="2026-11-23", input_above=200),
        line(1, since="2026-11-23"),
        line(3, since="2026-11-23", input_above=200),
    ]


FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(12)]


@st.composite
def price_lists(draw: st.DrawFn) -> list[Line]:
    """Lines of a few places over a few days, with gaps and sizes."""
    found: list[genai_prices.Span] = []
    for model in draw(st.sets(st.sampled_from("ab"))):
        cuts = sorted(draw(st.sets(st.sampled_from(DAYS), max_size=4)))
        for opening, closing in zip([date.min, *cuts], [*cuts, date.max], strict=True):
            price = draw(st.sampled_from([None, 1, 2]))
            large = draw(st.sampled_from([None, None, 3]))
            sizes = [(None, price), (200, large)] if price and large else [(None, price)] if price else []
            of_sizes = tuple(line(each, model=model, input_above=size) for size, each in sizes if each)
            found += [genai_prices.Span(opening, closing, of_sizes)] if of_sizes else []
    return [each for span in found for each in span.dated()]


def holding(price_list: Iterable[Line], model: str, day: date) -> dict[int | None, Decimal | None]:
    """The price of every size on a day."""
    there = [each for each in price_list if each.model == model and each.opening <= day < each.closing]
    sizes = {each.input_above: each.input for each in there}
    assert len(sizes) == len(there), "no two lines hold at once"
    return sizes


MERGES = {"existing": price_lists(), "fresh": price_lists(), "on": st.sampled_from(DAYS)}


@given(**MERGES)
def test_merged_is_a_sound_price_list(existing: list[Line], fresh: list[Line], on: date) -> None:
    result = genai_prices.merged(existing, fresh, on)
    lines.check(Path("merged.csv"), enumerate(result, start=2))
    for each in result:
        lines.check_line(each)


@given(**MERGES)
def test_merged_keeps_every_released_day_and_takes_every_other(
    existing: list[Line], fresh: list[Line], on: date
) -> None:
    result = genai_prices.merged(existing, fresh, on)
    begun, now = {each.model for each in existing if each.opening < on}, {each.model for each in fresh}
    for model in now.union(each.model for each in existing):
        for day in [date.min, FIRST - timedelta(days=1), *DAYS, DAYS[-1] + timedelta(days=1)]:
            released = model not in now or (model in begun and day < on)
            assert holding(result, model, day) == holding(existing if released else fresh, model, day), (model, day)


@given(**MERGES)
def test_merged_only_ever_closes_a_released_line(existing: list[Line], fresh: list[Line], on: date) -> None:
    result = genai_prices.merged(existing, fresh, on)
    opened = {replace(each, effective_until=None): each.closing for each in result}
    for each in existing:
        closing = opened.get(replace(each, effective_until=None))
        assert each.opening >= on or (closing is not None and min(each.closing, on) <= closing <= each.closing)


@given(**MERGES)
def test_merged_twice_is_merged_once(existing: list[Line], fresh: list[Line], on: date) -> None:
    once = genai_prices.merged(existing, fresh, on)
    assert genai_prices.merged(once, fresh, on) == once


@given(price_lists(), st.sampled_from(DAYS))
def test_merged_with_itself_is_itself(price_list: list[Line], on: date) -> None:
    assert genai_prices.merged(price_list, price_list, on) == sorted(price_list, key=genai_prices.order)


def test_aliases_that_were_released_stay() -> None:
    def alias(name: str, meaning: str = "it") -> Alias:
        return Alias("model", name, "acme", meaning, "s")

    existing = [alias("old"), alias("moved"), alias("new id"), alias("orphan", "gone")]
    fresh = [alias("moved", "new id"), alias("fresh")]
    priced = [line(1), line(1, model="new id")]
    assert genai_prices.merged_aliases(existing, fresh, priced) == [
        alias("fresh"),
        alias("moved", "new id"),
        alias("old"),
    ]


# --- the files ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def price_list() -> list[Line]:
    return lines.read(PRICES)


@pytest.fixture(scope="module")
def aliases() -> list[Alias]:
    return genai_prices.read_aliases(ALIASES)


@pytest.fixture(scope="module")
def counts() -> dict[str, int]:
    rows = re.findall(r"^\| (.+) \| (\d+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    return {what: int(n) for what, n in rows}


def test_the_price_list_is_as_it_would_be_written(price_list: list[Line]) -> None:
    assert price_list == sorted(price_list, key=genai_prices.order)
    assert lines.write(price_list) == PRICES.read_text("utf-8")


def test_every_line_says_whose_it_is_and_where_it_is_from(price_list: list[Line]) -> None:
    for each in price_list:
        assert each.provider
        assert not each.host
        assert each.checked_on is not None
        assert each.source.startswith("https://")


def test_every_alias_means_a_model_that_has_a_price_there(price_list: list[Line], aliases: list[Alias]) -> None:
    ids = {(each.provider, each.model) for each in price_list if not each.tier}
    for alias in aliases:
        assert alias.kind == "model"
        assert (alias.provider, alias.meaning) in ids, alias
        assert (alias.provider, alias.name) not in ids, alias


def test_every_alias_has_one_meaning_and_one_line(aliases: list[Alias]) -> None:
    names = [(alias.provider, alias.name) for alias in aliases]
    assert names == sorted(set(names))
    header = next(csv.reader(ALIASES.read_text("utf-8").splitlines()))
    assert header == [each.name for each in fields(Alias)] == ["kind", "name", "provider", "meaning", "source"]


def test_the_page_counts_what_is_there(price_list: list[Line], aliases: list[Alias], counts: dict[str, int]) -> None:
    ids = {(each.provider, each.model) for each in price_list}
    assert counts["lines in genai-prices.csv"] == len(price_list)
    assert counts["of them with a tier"] == len([each for each in price_list if each.tier])
    assert counts["of them for large requests"] == len([each for each in price_list if each.input_above])
    assert counts["of them with an end"] == len([each for each in price_list if each.effective_until])
    assert counts["aliases in genai-prices-aliases.csv"] == len(aliases)
    assert counts["models in genai-prices.csv"] == len(ids)
    assert counts["models taken"] + counts["models kept that are no longer upstream"] == len(ids)
    assert counts["models taken"] + counts["models not taken"] == counts["models upstream"]
    assert counts["models not taken"] == sum(n for what, n in counts.items() if what.startswith("because "))


def test_the_page_lists_every_model_that_is_not_taken(price_list: list[Line], counts: dict[str, int]) -> None:
    section = PAGE.read_text("utf-8").split("\n## Not taken\n")[1].split("\n## ")[0]
    listed = [
        (provider, model)
        for provider, models in re.findall(r"^- (\S+): (.+(?:\n  .+)*)", section, re.MULTILINE)
        for model in re.findall(r"`([^`]+)`", models)
    ]
    assert len(listed) == len(set(listed)) == counts["models not taken"]
    assert not set(listed) & {(each.provider, each.model) for each in price_list}


def test_the_makefile_installs_the_version_that_is_taken() -> None:
    assert f"'genai-prices=={genai_prices.VERSION}'" in (ROOT / "Makefile").read_text("utf-8")
    assert genai_prices.VERSION in PAGE.read_text("utf-8")
