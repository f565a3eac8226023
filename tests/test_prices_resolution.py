"""Which line of a price list holds: cases worked out by hand, and what the shipped price lists must keep to."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from tools import released_prices

from instagen_usage_cli import instagen, prices
from instagen_usage_cli import store as stores
from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.lines import Line
from instagen_usage_cli.reports.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Resolve = Callable[..., "Held"]

LISTS = prices.catalogue(Path("none.csv")).shipped
ALIASES = prices.catalogue(Path("none.csv")).aliases
OPENING = date(2025, 8, 25)  # InstaGen's
ON = date(2026, 11, 1)


class Asked(NamedTuple):
    """What a request says of where its price is found."""

    provider: str | None
    host: str | None
    model: str | None
    tier: str | None = None


class Held:
    """Which line holds for each of the names that were asked for."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def __call__(
        self, asked: Asked, on: date = ON, tokens: int = 10
    ) -> tuple[str, Decimal | None, Decimal | None] | str:
        """The id, and US dollars per million input and output tokens; or what there is no line for."""
        at = datetime.combine(on, time())
        (row,) = [
            row
            for row in self.rows
            if Asked(row["provider"], row["host"], row["model"], row["service_tier"]) == asked
            and row["valid_from"] <= at < row["valid_until"]
            and row["input_from"] <= tokens < row["input_until"]
        ]
        if row["gap"]:
            assert row["line"] is None
            return str(row["gap"])
        return row["price_model"], per_million(row["input_price"]), per_million(row["output_price"])


def per_million(price: Decimal | None) -> Decimal | None:
    return None if price is None else price * 1_000_000


@pytest.fixture(scope="session")
def resolve(tmp_path_factory: pytest.TempPathFactory) -> Resolve:
    """Look up names, with a price list of one's own beside those that are shipped."""
    database = tmp_path_factory.mktemp("names") / "names.duckdb"

    def resolving(names: Iterable[Asked], own: Iterable[Line] = ()) -> Held:
        path = database.with_name("prices.csv")
        path.unlink(missing_ok=True)
        if own := list(own):
            path.write_text(lines.write(own), "utf-8")
        stores.migrate(database)
        with stores.open_staging() as store, store.attached(database):
            store.run("delete from names")
            for name in dict.fromkeys(names):
                values = dict(zip(("provider", "host", "model", "tier"), name, strict=True))
                store.run("insert into names values ($host, $provider, $model, $tier)", **values)
        with stores.open_reading(database) as store:
            archive = Archive(store)
            archive.use_prices(prices.catalogue(path))
            return Held(store.query("select * from price_lines").records())

    return resolving


# --- the shipped lists --------------------------------------------------------------------------------

HOST = instagen.HOST
R1 = "deepseek-ai/DeepSeek-R1"
GPT_OSS = "openai/gpt-oss-120b"
CHEAP, USUAL = (Decimal("0.1"), Decimal("0.5")), (Decimal("0.2"), Decimal("0.8"))
GPT_4O = ("gpt-4o", Decimal("2.5"), Decimal(10))
OPUS = ("claude-opus-4-0", Decimal(15), Decimal(75))
HAIKU_IN_REGION = ("regional.anthropic.claude-haiku-4-5-20251001-v1:0", Decimal("1.1"), Decimal("5.5"))
HAIKU = ("global.anthropic.claude-haiku-4-5-20251001-v1:0", Decimal(1), Decimal(5))
GEMINI = Asked("google", None, "gemini-2.5-pro")
V31 = Asked("instagen", None, "deepseek-ai/DeepSeek-V3.1")
Expected = str | tuple[str, Decimal, Decimal]
# The names that conventions and libraries give to providers.
NAMED: tuple[tuple[str, str, Expected], ...] = (
    ("gcp.gemini", "gemini-2.5-pro", ("gemini-2.5-pro", Decimal("1.25"), Decimal(10))),
    ("GCP.Vertex_AI", "gemini-2.5-pro", ("gemini-2.5-pro", Decimal("1.25"), Decimal(10))),
    ("google.generative-ai", "gemini-2.5-pro", ("gemini-2.5-pro", Decimal("1.25"), Decimal(10))),
    ("openai.chat", "gpt-4o", GPT_4O),
    ("openai.responses", "gpt-4o", GPT_4O),
    ("azure.ai.openai", "o3-mini", ("o3-mini", Decimal("1.1"), Decimal("4.4"))),
    ("azure-openai.chat", "azure/o3-mini", ("o3-mini", Decimal("1.1"), Decimal("4.4"))),
    # No price of OpenAI is one of Azure's.
    ("azure.ai.openai", "gpt-4o", "model"),
    *(
        (provider, route + "anthropic.claude-haiku-4-5-20251001-v1:0", HAIKU_IN_REGION)
        for provider in ("aws.bedrock", "bedrock", "Amazon-Bedrock")
        for route in (
            "",
            "us.",
            "eu.",
            "bedrock/us.",
            "converse/",
            "bedrock/us-east-1/",
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.",
            "arn:aws:bedrock:us-east-1::foundation-model/",
        )
    ),
    ("bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", HAIKU),
)
CASES: dict[str, tuple[Asked, Expected]] = {
    # An id is what it is.
    "an id with a slash is a whole id": (Asked("instagen", HOST, GPT_OSS), (GPT_OSS, *CHEAP)),
    "also where only the provider is known": (Asked("instagen", None, GPT_OSS), (GPT_OSS, *CHEAP)),
    "what is left of it is no id": (Asked("instagen", HOST, "gpt-oss-120b"), "model"),
    "R1 is R1": (Asked("instagen", HOST, R1), (R1, *USUAL)),
    "R1-0528 is not R1": (Asked("instagen", HOST, f"{R1}-0528"), (f"{R1}-0528", *USUAL)),
    "R1-0529 is nothing": (Asked("instagen", HOST, f"{R1}-0529"), "model"),
    "no letter is missing": (Asked("instagen", HOST, R1[:-1]), "model"),
    "no maker is left out": (Asked("instagen", HOST, "DeepSeek-R1"), "model"),
    "case matters": (Asked("instagen", HOST, R1.lower()), "model"),
    "but not for providers": (Asked("OpenAI", None, "gpt-4o"), GPT_4O),
    "no model is no price": (Asked("instagen", HOST, None), "model"),
    **{f"{provider} of {model}": (Asked(provider, None, model), expected) for provider, model, expected in NAMED},
    # Whose price it is.
    "an id of another provider": (Asked("openai", None, R1), "model"),
    "InstaGen by its host": (Asked("openai", HOST, R1), (R1, *USUAL)),
    "whatever the provider is called": (Asked("anthropic", HOST, R1), (R1, *USUAL)),
    "also without a provider": (Asked(None, HOST, R1), (R1, *USUAL)),
    "InstaGen by another name": (Asked("submodel", None, R1), (R1, *USUAL)),
    "InstaGen behind a host of one's own": (Asked("instagen", "proxy.example.com", R1), (R1, *USUAL)),
    "nobody": (Asked(None, None, R1), "model"),
    "OpenAI": (Asked("openai", None, "gpt-4o"), GPT_4O),
    "OpenAI by its host": (Asked("openai", "api.openai.com", "gpt-4o"), GPT_4O),
    "OpenAI in Europe": (Asked("hosted_vllm", "eu.api.openai.com", "gpt-4o"), GPT_4O),
    "a server that speaks like OpenAI": (Asked("openai", "gpu.example.com", "gpt-4o"), "model"),
    "another": (Asked("hosted_vllm", "gpu.example.com", "gpt-4o"), "model"),
    "hosted_vllm is no provider": (Asked("hosted_vllm", None, "gpt-4o"), "model"),
    "LiteLLM's name of OpenAI": (Asked("text-completion-openai", None, "gpt-4o"), GPT_4O),
    "that is not OpenAI elsewhere": (Asked("text-completion-openai", "gpu.example.com", "gpt-4o"), "model"),
    "a host ends where it ends": (Asked("openai", "api.openai.com.example.com", "gpt-4o"), "model"),
    # One prefix.
    "LiteLLM's prefix": (Asked("openai", None, "openai/gpt-4o"), GPT_4O),
    "of a server like OpenAI's": (Asked("openai", HOST, f"openai/{R1}"), (R1, *USUAL)),
    "before an id that begins like it": (Asked("openai", HOST, f"openai/{GPT_OSS}"), (GPT_OSS, *CHEAP)),
    "hosted_vllm's prefix": (Asked("hosted_vllm", HOST, f"hosted_vllm/{R1}"), (R1, *USUAL)),
    "an agent's prefix": (Asked("submodel", None, f"submodel/{R1}"), (R1, *USUAL)),
    "the prefix of a provider": (Asked("anthropic", None, "anthropic/claude-opus-4-0"), OPUS),
    "the prefix of another provider": (Asked("anthropic", None, "groq/claude-opus-4-0"), "model"),
    "two prefixes": (Asked("openai", HOST, f"openai/openai/{R1}"), "model"),
    "two others": (Asked("openai", HOST, f"openai/hosted_vllm/{R1}"), "model"),
    # Aliases.
    "a dated id": (Asked("anthropic", None, "claude-opus-4-20250514"), OPUS),
    "a dated id with a prefix": (Asked("anthropic", None, "anthropic/claude-opus-4-20250514"), OPUS),
    "another day is no alias": (Asked("anthropic", None, "claude-opus-4-20250515"), "model"),
    "an alias is one provider's": (Asked("openai", None, "claude-opus-4-20250514"), "model"),
    # Tiers.
    "the ordinary tier": (Asked("openai", None, "gpt-4o", "default"), GPT_4O),
    "by another name": (Asked("openai", None, "gpt-4o", "on_demand"), GPT_4O),
    "and another": (Asked("openai", None, "gpt-4o", "standard"), GPT_4O),
    "a tier": (Asked("openai", None, "gpt-4o", "batch"), ("gpt-4o", Decimal("1.25"), Decimal(5))),
    "a tier that is not listed": (Asked("openai", None, "gpt-4o", "scale"), "tier"),
    "a tier is no other's": (Asked("instagen", HOST, R1, "batch"), "tier"),
}
BY_DAY = [
    # An hour of other prices, as models.dev said them first; nothing before.
    (V31, date(2025, 8, 23), "day"),
    (V31, date(2025, 8, 24), (V31.model, Decimal("0.25"), Decimal(1))),
    (V31, date(2025, 8, 25), (V31.model, *USUAL)),
    (V31, date(2099, 1, 1), (V31.model, *USUAL)),
    (Asked("instagen", HOST, R1), date(2025, 8, 24), "day"),
    (Asked("instagen", HOST, R1), date(2025, 8, 25), (R1, *USUAL)),
    (Asked("openai", None, "gpt-4o", "batch"), date(2026, 10, 13), "day"),
    (Asked("openai", None, "gpt-4o"), date(2020, 1, 1), GPT_4O),
]
BY_SIZE = [
    (0, (Decimal("1.25"), Decimal(10))),
    (199_999, (Decimal("1.25"), Decimal(10))),
    (200_000, (Decimal("1.25"), Decimal(10))),
    (200_001, (Decimal("2.5"), Decimal(15))),
    (10**12, (Decimal("2.5"), Decimal(15))),
]


@pytest.fixture(scope="session")
def shipped(resolve: Resolve) -> Held:
    return resolve([*(asked for asked, _ in CASES.values()), *(asked for asked, *_ in BY_DAY), GEMINI])


@pytest.mark.parametrize("case", CASES)
def test_a_name_is_looked_up_exactly(shipped: Held, case: str) -> None:
    asked, expected = CASES[case]
    assert shipped(asked) == expected


@pytest.mark.parametrize(("asked", "on", "expected"), BY_DAY)
def test_a_price_has_its_days(shipped: Held, asked: Asked, on: date, expected: object) -> None:
    assert shipped(asked, on) == expected


@pytest.mark.parametrize(("tokens", "expected"), BY_SIZE)
def test_a_size_begins_one_above_its_threshold(shipped: Held, tokens: int, expected: tuple[Decimal, Decimal]) -> None:
    assert shipped(GEMINI, tokens=tokens) == (GEMINI.model, *expected)


# --- a list of one's own ------------------------------------------------------------------------------


def own(
    price: int,
    *,
    provider: str = "",
    host: str = "",
    model: str = "m",
    since: date | None = None,
    until: date | None = None,
    **more: Any,  # noqa: ANN401 - the fields of a line
) -> Line:
    said = {"input": Decimal(price), "output": Decimal(price), **more}
    return Line(provider=provider, host=host, model=model, effective_from=since, effective_until=until, **said)


def paid(held: Held, asked: Asked, on: date = ON, tokens: int = 10) -> Decimal | str | None:
    """The input price alone."""
    found = held(asked, on, tokens)
    return found if isinstance(found, str) else found[1]


FEBRUARY, MARCH, DAY = date(2026, 2, 1), date(2026, 3, 1), timedelta(days=1)
AT_INSTAGEN = Asked("instagen", HOST, GPT_OSS)
INSTAGEN = Asked("instagen", None, GPT_OSS)


@pytest.mark.parametrize("host", ["", HOST])
@pytest.mark.parametrize("asked", [AT_INSTAGEN, INSTAGEN])
def test_ones_own_line_holds_on_its_days_and_the_shipped_one_before_and_after(
    resolve: Resolve, host: str, asked: Asked
) -> None:
    line = own(7, provider="instagen", host=host, model=GPT_OSS, since=FEBRUARY, until=MARCH)
    held = resolve([asked], [line])
    assert [paid(held, asked, on) for on in (FEBRUARY - DAY, FEBRUARY, MARCH - DAY, MARCH)] == [
        CHEAP[0],
        7,
        7,
        CHEAP[0],
    ]
    assert held(asked, OPENING - DAY) == "day"


def test_ones_own_line_is_for_its_tier_and_all_sizes(resolve: Resolve) -> None:
    line = own(7, provider="google", model="gemini-2.5-pro", since=FEBRUARY)
    held = resolve([GEMINI, GEMINI._replace(tier="batch")], [line])
    assert [paid(held, GEMINI, ON, tokens) for tokens in (10, 200_001)] == [7, 7]
    assert [paid(held, GEMINI, FEBRUARY - DAY, tokens) for tokens in (10, 200_001)] == [Decimal("1.25"), Decimal("2.5")]
    assert paid(held, GEMINI._replace(tier="batch")) == Decimal("0.625")


def test_sizes_of_ones_own_line_begin_one_above_their_thresholds(resolve: Resolve) -> None:
    sizes = [own(place, provider="example", input_above=above) for place, above in enumerate((None, 10, 1000), start=1)]
    asked = Asked("example", None, "m")
    held = resolve([asked], sizes)
    assert [paid(held, asked, ON, tokens) for tokens in (0, 10, 11, 1000, 1001)] == [1, 1, 2, 2, 3]


def test_a_line_for_the_host_comes_before_one_for_the_provider(resolve: Resolve) -> None:
    held = resolve(
        names := [Asked("example", host, "m") for host in ("one.example.com", "two.example.com", None)],
        [own(1, provider="example"), own(2, provider="example", host="one.example.com")],
    )
    assert [paid(held, name) for name in names] == [2, 1, 1]


def test_a_shipped_line_for_the_host_comes_after_ones_own_for_the_provider(resolve: Resolve) -> None:
    held = resolve([AT_INSTAGEN], [own(7, provider="instagen", model=GPT_OSS, since=FEBRUARY)])
    assert [paid(held, AT_INSTAGEN, on) for on in (FEBRUARY - DAY, FEBRUARY)] == [CHEAP[0], 7]


def test_a_line_for_the_only_host_stands_in_where_none_is_known(resolve: Resolve) -> None:
    names = [Asked("example", host, "m") for host in ("one.example.com", "two.example.com", "three.example.com", None)]
    one, two = (own(price, provider="example", host=f"{host}.example.com") for price, host in ((1, "one"), (2, "two")))
    held = resolve(names, [one])
    assert [paid(held, name) for name in names] == [1, "host", "host", 1]
    held = resolve(names, [one, two])
    assert [paid(held, name) for name in names] == [1, 2, "host", "host"]


def test_ones_own_line_for_a_host_takes_nothing_from_other_hosts(resolve: Resolve) -> None:
    names = [Asked("instagen", host, INSTAGEN.model) for host in ("proxy.example.com", "other.example.com", None)]
    held = resolve(names, [own(7, provider="instagen", host="other.example.com", model=INSTAGEN.model or "")])
    assert [paid(held, name) for name in names] == [CHEAP[0], 7, CHEAP[0]]


def test_a_line_for_another_host_comes_after_all_that_name_none(resolve: Resolve) -> None:
    anywhere = Asked("openai", None, "gpt-4o")
    held = resolve([anywhere], [own(7, provider="openai", host="api.openai.com", model="gpt-4o")])
    assert paid(held, anywhere) == GPT_4O[1]


def test_a_line_that_names_the_host_is_for_whoever_is_there(resolve: Resolve) -> None:
    names = [Asked(provider, "gpu.example.com", "m") for provider in ("openai", "hosted_vllm", "example", None)]
    elsewhere = [Asked("openai", "other.example.com", "m"), Asked("openai", None, "m")]
    held = resolve([*names, *elsewhere], [own(1, host="gpu.example.com")])
    assert [paid(held, name) for name in names] == [1, 1, 1, 1]
    assert [held(name) for name in elsewhere] == ["model", "model"]


def test_of_several_at_one_host_one_line_holds(resolve: Resolve) -> None:
    """Else every request there would be counted twice."""
    at = "one.example.com"
    names = [Asked(provider, at, "m") for provider in ("example", "other", "openai")]
    said = [own(1, provider="example", host=at), own(2, provider="other", host=at), own(3, host=at)]
    assert [paid(resolve(names, said), name) for name in names] == [1, 2, 3]
    assert [paid(resolve(names, said[:2]), name) for name in names] == [1, 2, 1]


def test_an_own_line_holds_for_every_name_of_its_id(resolve: Resolve) -> None:
    names = [Asked("anthropic", None, name) for name in ("claude-opus-4-0", "anthropic/claude-opus-4-20250514")]
    held = resolve(names, [own(7, provider="anthropic", model="claude-opus-4-0", since=FEBRUARY)])
    assert [paid(held, name, on) for name in names for on in (FEBRUARY - DAY, FEBRUARY)] == [15, 7, 15, 7]


def test_ones_own_list_and_the_shipped_ones_are_looked_through_apart(resolve: Resolve) -> None:
    """Else a line of one's own under an alias would take the prices of all other days away."""
    alias, meant = (Asked("anthropic", None, name) for name in ("claude-opus-4-20250514", "claude-opus-4-0"))
    held = resolve([alias, meant], [own(7, provider="anthropic", model=alias.model or "", since=FEBRUARY)])
    assert [held(alias, on) for on in (FEBRUARY - DAY, FEBRUARY)] == [OPUS, (alias.model, Decimal(7), Decimal(7))]
    assert held(meant, FEBRUARY) == OPUS


def test_a_shipped_exact_id_comes_before_ones_own_line_behind_a_prefix(resolve: Resolve) -> None:
    bare = Asked("instagen", None, "gpt-oss-120b")
    held = resolve([INSTAGEN, bare], [own(7, provider="instagen", model="gpt-oss-120b", since=FEBRUARY)])
    assert [paid(held, INSTAGEN, on) for on in (FEBRUARY - DAY, FEBRUARY)] == [CHEAP[0], CHEAP[0]]
    assert paid(held, bare, FEBRUARY) == 7


def test_free_is_a_price_and_nothing_is_none(resolve: Resolve) -> None:
    names = [Asked("example", None, "free"), Asked("example", None, "in")]
    held = resolve(
        names, [own(0, provider="example", model="free"), own(1, provider="example", model="in", output=None)]
    )
    assert [held(name) for name in names] == [("free", Decimal(0), Decimal(0)), ("in", Decimal(1), None)]


# --- what the shipped lists and aliases keep to ---------------------------------------------------------


def aliases() -> list[dict[str, str]]:
    found = []
    for path in ALIASES:
        with path.open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


def all_lines() -> list[tuple[Path, Line]]:
    return [(path, line) for path in LISTS for line in lines.read(path)]


def test_every_shipped_list_is_sound_also_beside_the_others() -> None:
    assert {path.name for path in LISTS} == {"instagen.csv", "genai-prices.csv"}
    found = [line for _, line in all_lines()]
    lines.check(Path("all"), enumerate(found, start=2))


def test_every_shipped_line_says_when_it_was_checked_and_where_it_is_from() -> None:
    assert not [line for _, line in all_lines() if line.checked_on is None or not line.source.startswith("https://")]


def test_every_alias_of_a_model_leads_to_an_id_that_has_a_line() -> None:
    ids = {(line.provider, line.model) for _, line in all_lines()}
    models = {(row["provider"], row["name"]): row["meaning"] for row in aliases() if row["kind"] == "model"}
    assert len(models) > 1000
    assert not [name for name, meaning in models.items() if (name[0], meaning) not in ids]
    assert not [name for name in models if name in ids], "an alias that is an exact id would never be looked at"


def test_every_alias_of_a_provider_a_host_or_a_prefix_leads_to_prices() -> None:
    providers = {line.provider for _, line in all_lines()}
    for row in aliases():
        if row["kind"] in ("provider", "host"):
            assert row["meaning"] in providers, row
        if row["kind"] == "prefix":
            assert row["provider"] in {"", *providers}, row
            assert re.fullmatch(r"[a-z_]+(/[a-z]+)*/|([a-z-]+\.)?anthropic\.", row["name"]), row
        if row["kind"] == "provider":
            assert row["name"] not in providers, row


def test_every_alias_is_of_a_kind_there_is_and_has_one_meaning() -> None:
    rows = aliases()
    assert {row["kind"] for row in rows} == {"host", "protocol", "provider", "prefix", "model", "tier"}
    twice = Counter((row["kind"], row["name"], row["provider"]) for row in rows)
    assert max(twice.values()) == 1
    assert not [row for row in rows if not row["source"]]
    hosts = [row["name"] for row in rows if row["kind"] == "host"]
    patterns = {host: re.compile(re.escape(host).replace(r"\*", ".*")) for host in hosts}
    for host in hosts:
        example = host.replace("*", "x.")
        assert [each for each, pattern in patterns.items() if pattern.fullmatch(example)] == [host]


# --- released lines are only ever closed --------------------------------------------------------------


def test_released_prices_are_only_ever_closed() -> None:
    before = released_prices.released()
    assert len(before) > 2000
    assert not released_prices.broken(before, released_prices.present())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of price lists, with the first line open and the second closed."""
    put(tmp_path, [own(1, provider="a"), own(2, provider="b", until=MARCH)])
    return tmp_path


def put(folder: Path, content: Iterable[Line]) -> None:
    (folder / "list.csv").write_text(lines.write(content), "utf-8")


def remembered(folder: Path, on: date = ON) -> dict[tuple[str, str], str]:
    """What is remembered of the price lists in a folder, as it is read again."""
    path = folder / "released.txt"
    present = released_prices.present(folder)
    released_prices.write(released_prices.updated(released_prices.released(path), present, on), path)
    return released_prices.released(path)


OPEN, CLOSED = own(1, provider="a"), own(2, provider="b", until=MARCH)
CHANGES = {
    "the same": ([OPEN, CLOSED], None),
    "in another order": ([CLOSED, OPEN], None),
    "another beside them": ([OPEN, CLOSED, own(3, provider="c")], None),
    "closed": ([replace(OPEN, effective_until=ON), CLOSED, own(3, provider="a", since=ON)], None),
    "checked again": ([replace(OPEN, checked_on=ON, source="https://example.com"), CLOSED], None),
    "edited": ([replace(OPEN, input=Decimal(2)), CLOSED], "was removed or edited"),
    "edited elsewhere": ([replace(OPEN, cache_read=Decimal(1)), CLOSED], "was removed or edited"),
    "begun on another day": ([replace(OPEN, effective_from=FEBRUARY), CLOSED], "was removed or edited"),
    "removed": ([OPEN], "was removed or edited"),
    "opened again": ([OPEN, replace(CLOSED, effective_until=None)], "ended on 2026-03-01, and now on no day"),
    "ended otherwise": ([OPEN, replace(CLOSED, effective_until=ON)], "ended on 2026-03-01, and now on 2026-11-01"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_may_be_done_to_a_released_line(folder: Path, change: str) -> None:
    before = remembered(folder)
    assert len(before) == 2
    content, why = CHANGES[change]
    put(folder, content)
    found = released_prices.broken(before, released_prices.present(folder))
    assert [each.split(" ", 5)[-1] for each in found] == ([why] if why else [])


def test_a_line_that_moved_to_another_list_was_removed(folder: Path) -> None:
    before = remembered(folder)
    (folder / "list.csv").rename(folder / "other.csv")
    assert len(released_prices.broken(before, released_prices.present(folder))) == 2


def test_what_is_remembered_only_grows(folder: Path) -> None:
    before = remembered(folder)
    put(folder, [replace(OPEN, effective_until=ON), own(3, provider="c")])
    after = remembered(folder)
    assert after.keys() > before.keys()
    assert sorted(after.values()) == ["", "2026-03-01", "2026-11-01"]
    assert len(released_prices.broken(after, released_prices.present(folder))) == 1
    put(folder, [OPEN, CLOSED])
    assert remembered(folder) == after


def test_what_is_announced_may_be_withdrawn_before_its_day(folder: Path) -> None:
    ahead = ON + DAY
    put(folder, [replace(OPEN, effective_until=ahead), own(3, provider="a", since=ahead)])
    assert list(remembered(folder).values()) == [""]
    assert sorted(remembered(folder, ahead).values()) == ["", "2026-11-02"]


def test_sql_says_the_host_of_instagen_once_and_the_same() -> None:
    folder = Path(instagen.__file__).parent
    found = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*.sql")}
    saying = {name: text.count(HOST) for name, text in found.items() if HOST in text}
    assert saying == {"readers/values.sql": 1}
    assert f"instagen_host() as\n'{HOST}'" in found["readers/values.sql"]
