"""Costs are exact: an oracle of its own, in plain decimals, says the same of every request, to the last digit.

The oracle is written from the rules in `docs/prices.md`, not from the SQL, and shares nothing with the program: it
reads the price lists with `csv`, looks one request up at a time, and adds up.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from instagen_usage_cli import reports, sql
from instagen_usage_cli.choices import COSTS
from instagen_usage_cli.filters import Filter
from instagen_usage_cli.prices import lines
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.reports.basis import STATES
from instagen_usage_cli.window import Window
from tests.conftest import kept_open
from tests.support.requests import store_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from instagen_usage_cli.reports.archive import Archive
    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

pytestmark = pytest.mark.threads
PRICING = Path(__file__).parents[1] / "pricing"
COUNT = 100_000
NAMES = 1500
SEED = 20261123
NOTHING = Decimal(0)
MILLION = Decimal(1_000_000)
ALWAYS = Window(None, None, "all time")

# --- the oracle ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Priced:
    """A line of a price list, as the oracle reads it."""

    file: str
    number: int
    is_own: bool
    provider: str
    host: str
    model: str
    tier: str
    above: int
    opening: date
    closing: date
    prices: dict[str, Decimal | None] = field(hash=False)

    def price(self, *names: str) -> Decimal | None:
        """The first of those prices that the line has."""
        return next((self.prices[name] for name in names if self.prices[name] is not None), None)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is stored of a request, as far as its cost depends on it, and what it is counted by."""

    at: datetime
    provider: str | None = None
    host: str | None = None
    model: str | None = None
    tier: str | None = None
    key: str | None = None
    status: str | None = "ok"
    cache_hit: bool | None = None
    input: int | None = None
    cache_read: int | None = None
    cache_write_5m: int | None = None
    cache_write_1h: int | None = None
    output: int | None = None
    reasoning: int | None = None
    total: int | None = None
    cost: Decimal | None = None
    kind: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What a request costs: a state, an amount where there is one, and its parts where a line says them."""

    state: str
    usd: Decimal | None = None
    line: Priced | None = None
    parts: tuple[Decimal, ...] = ()


# What Bedrock is asked for, in the name of a resource or a route of LiteLLM's.
ROUTE = re.compile(
    r"^(arn:aws[a-z-]*:bedrock:[^/]*/|bedrock/|converse/|invoke/|converse_like/|[a-z]{2}(-[a-z]+)+-\d/)+"
)


class Oracle:
    """Whose price, which line, how much."""

    def __init__(self, own: Path | None) -> None:
        aliased = [row for path in sorted(PRICING.glob("*aliases.csv")) for row in rows_of(path)]
        self.hosts = [
            (re.compile(re.escape(row["name"]).replace(r"\*", ".*")), row["meaning"])
            for row in aliased
            if row["kind"] == "host"
        ]
        self.protocols = {row["name"] for row in aliased if row["kind"] == "protocol"}
        self.providers = {row["name"]: row["meaning"] for row in aliased if row["kind"] == "provider"}
        self.tiers = {row["name"]: row["meaning"] for row in aliased if row["kind"] == "tier"}
        self.prefixes = [(row["name"], row["provider"], row["meaning"]) for row in aliased if row["kind"] == "prefix"]
        self.models = {(row["provider"], row["name"]): row["meaning"] for row in aliased if row["kind"] == "model"}
        shipped = sorted(path for path in PRICING.glob("*.csv") if "aliases" not in path.name)
        self.lines = [line for path in shipped for line in lines_of(path, is_own=False)]
        if own is not None:
            self.lines += lines_of(own, is_own=True)
        self.of_model: dict[str, list[Priced]] = defaultdict(list)
        self.hosts_of: dict[tuple[bool, str, str], set[str]] = defaultdict(set)
        for line in self.lines:
            self.of_model[line.model].append(line)
            self.hosts_of[line.is_own, line.provider, line.model].add(line.host)
        self.candidates = lru_cache(maxsize=None)(self._candidates)

    def whose(self, provider: str | None, host: str | None) -> str | None:
        """The provider whose prices hold for what `provider` and `host` are called."""
        if host is not None:
            for pattern, meaning in self.hosts:
                if pattern.fullmatch(host):
                    return meaning
            if (provider or "").lower() in self.protocols:
                return None
        if provider is None:
            return None
        listed = {line.provider for line in self.lines}
        spellings = [name for name in (provider, provider.lower()) if name in listed]
        return self.providers.get(provider.lower(), [*spellings, provider][0])

    def ids_of(self, whose: str | None, model: str) -> dict[str, int]:
        """The ids that a model may stand for at a provider, and how far each of them is."""
        routed = ROUTE.sub("", model) if whose == "aws" else model
        spellings = [(model, 0), *([(routed, 1)] if routed != model else [])]
        spellings += [
            (meaning + routed.removeprefix(prefix), 2)
            for prefix, at, meaning in self.prefixes
            if routed.startswith(prefix) and at in ("", whose)
        ]
        found: dict[str, int] = {}
        for spelling, step in spellings:
            meant = self.models.get((whose or "", spelling)) or self.models.get(("", spelling))
            for wanted in filter(None, (spelling, meant)):
                found[wanted] = min(found.get(wanted, 9), step + (wanted != spelling))
        return found

    def _candidates(self, provider: str | None, host: str | None, model: str, tier: str | None) -> list[Priced]:
        """The lines that may hold for a name, at any time and size, those that come first in front."""
        whose = self.whose(provider, host)
        ids = self.ids_of(whose, model)
        tier = self.tiers.get(tier or "", tier or "")
        found = [
            line
            for wanted in ids
            for line in self.of_model[wanted]
            if line.tier == tier and (line.host == host or (line.provider == whose and self._stands_in(line, host)))
        ]
        return sorted(found, key=lambda line: self._place(line, whose, host, ids[line.model]))

    def _stands_in(self, line: Priced, host: str | None) -> bool:
        """Whether a line holds for a host that it does not name: it names none, or there is no other host at all."""
        shipped, own = (self.hosts_of[is_own, line.provider, line.model] - {""} for is_own in (False, True))
        if line.is_own:
            return not line.host or (len(shipped | own) == 1 and host is None)
        return not line.host or len(shipped) == 1

    @staticmethod
    def _place(line: Priced, whose: str | None, host: str | None, distance: int) -> tuple[object, ...]:
        stands_in = line.host not in ("", host)
        return (
            distance,
            line.model,
            stands_in,
            not line.is_own,
            line.host != host,
            line.provider != whose,
            line.provider,
        )

    def line(self, request: Request) -> Priced | None:
        """The line that holds for a request."""
        if request.model is None:
            return None
        on, size = request.at.date(), request.input or 0
        found = self.candidates(request.provider, request.host, request.model, request.tier)
        holding = [line for line in found if line.opening <= on < line.closing]
        if not holding:
            return None
        whose = self.whose(request.provider, request.host)
        ids = self.ids_of(whose, request.model)
        first, *others = (self._place(line, whose, request.host, ids[line.model]) for line in holding)
        beside = [line for line, place in zip(holding[1:], others, strict=True) if place == first]
        alike = [line for line in (holding[0], *beside) if line.above < size]
        return max(alike, key=lambda line: line.above)

    def cost(self, request: Request, mode: str) -> Verdict:
        """What a request costs, and what that rests on."""
        said = request.kind if request.cost is not None and (request.cost or request.kind == "billed") else None
        if request.cache_hit:
            return Verdict("cache_hit", NOTHING)
        if mode != "list" and said == "billed":
            return Verdict("billed", request.cost)
        listed = self.listed(request)
        if mode != "reported" and listed.state == "list":
            return listed
        if mode != "list" and said is not None:
            return Verdict(said, request.cost)
        return Verdict("unreported") if mode == "reported" else listed

    def listed(self, request: Request) -> Verdict:
        """What it costs by the price lists."""
        line, has_tokens = self.line(request), has_any(request)
        if line is None:
            return Verdict("unpriced" if has_tokens else "unmetered")
        input_price, output_price = line.price("input"), line.price("output")
        is_free = not input_price and not output_price
        if (
            (request.input is None and input_price)
            or (request.output is None and output_price)
            or (not has_tokens and (not is_free or request.status == "error"))
        ):
            return Verdict("unmetered")
        parts = []
        for classes in classes_of(request, line):
            if any(tokens and price is None for tokens, price in classes):
                return Verdict("unpriced")
            parts.append(sum((tokens * price / MILLION for tokens, price in classes if price is not None), NOTHING))
        return Verdict("list", sum(parts, NOTHING), line, tuple(parts))


def has_any(request: Request) -> bool:
    """Whether any tokens are known of a request."""
    if request.input is not None and request.output is not None:
        return request.input + request.output > 0
    return any((request.total, request.input, request.output))


def classes_of(request: Request, line: Priced) -> Iterator[list[tuple[int, Decimal | None]]]:
    """The tokens of each class with their price: of the input, read from a cache, written to one, output, requests."""
    cached, short, long = request.cache_read or 0, request.cache_write_5m or 0, request.cache_write_1h or 0
    output = request.output or 0
    reasoning = min(request.reasoning or 0, output)
    no_write_price = line.price("cache_write_5m", "cache_write_1h") is None
    as_input = ("input",) if no_write_price else ()
    yield [(max(0, (request.input or 0) - cached - short - long), line.price("input"))]
    yield [(cached, line.price("cache_read", "input"))]
    yield [
        (short, line.price("cache_write_5m", *as_input)),
        (long, line.price("cache_write_1h", *as_input)),
    ]
    yield [(output - reasoning, line.price("output")), (reasoning, line.price("reasoning", "output"))]
    yield [(1, line.price("per_request") or NOTHING)]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines_of(path: Path, *, is_own: bool) -> list[Priced]:
    return [
        Priced(
            file=path.name,
            number=number,
            is_own=is_own,
            provider=row["provider"],
            host=row["host"],
            model=row["model"],
            tier=row["tier"],
            above=int(row["input_above"] or -1),
            opening=date.fromisoformat(row["effective_from"] or "0001-01-01"),
            closing=date.fromisoformat(row["effective_until"] or "9999-12-31"),
            prices={name: Decimal(row[name]) if row[name] else None for name in lines.PRICES},
        )
        for number, row in enumerate(rows_of(path), start=2)
    ]


# --- a price list of one's own ------------------------------------------------------------------------

SINCE, UNTIL = date(2025, 8, 20), date(2026, 11, 22)
# Provider and host as a request may name them.
PLACES: tuple[tuple[str | None, str | None], ...] = (
    ("instagen", None),
    ("instagen", "llm.submodel.ai"),
    ("openai", "llm.submodel.ai"),
    (None, "llm.submodel.ai"),
    ("submodel", None),
    ("instagen", "proxy.example.com"),
    ("openai", None),
    ("openai", "api.openai.com"),
    ("hosted_vllm", "eu.api.openai.com"),
    ("OpenAI", None),
    ("text-completion-openai", None),
    ("openai", "gpu.example.com"),
    ("hosted_vllm", "gpu.example.com"),
    ("hosted_vllm", None),
    ("custom_openai", "one.example.com"),
    ("anthropic", None),
    ("anthropic", "api.anthropic.com"),
    ("anthropic", "proxy.example.com"),
    ("vertex_ai", "europe-west1-aiplatform.googleapis.com"),
    ("gemini", None),
    ("bedrock", "bedrock-runtime.us-east-1.amazonaws.com"),
    ("azure", "mine.openai.azure.com"),
    ("openrouter", "openrouter.ai"),
    (None, "openrouter.ai"),
    ("groq", "api.groq.com"),
    ("xai", None),
    ("perplexity", None),
    ("voyage", None),
    ("example", None),
    ("example", "one.example.com"),
    ("example", "two.example.com"),
    ("example", "elsewhere.example.com"),
    ("other", "one.example.com"),
    (None, None),
)
OWN_MODELS = ("model-a", "model-b", "model-c", "model-d", "openai/model-e", "model-f")
# What the lines of one's own are for.
OWN_PLACES = (
    ("instagen", "", "openai/gpt-oss-120b"),
    ("instagen", "llm.submodel.ai", "deepseek-ai/DeepSeek-R1"),
    ("instagen", "proxy.example.com", "deepseek-ai/DeepSeek-V3.1"),
    ("", "llm.submodel.ai", "zai-org/GLM-4.5-Air"),
    ("openai", "", "gpt-4o"),
    ("openai", "", "gpt-5.1"),
    ("openai", "api.openai.com", "gpt-5.1"),
    ("anthropic", "", "claude-opus-4-0"),
    ("anthropic", "", "claude-opus-4-20250514"),
    ("instagen", "", "gpt-oss-120b"),
    ("anthropic", "", "claude-sonnet-4-5"),
    ("", "gpu.example.com", "openai/model-e"),
    ("", "gpu.example.com", "model-a"),
    *(("example", host, model) for host in ("", "one.example.com", "two.example.com") for model in OWN_MODELS[:2]),
    ("example", "one.example.com", "model-c"),
    ("example", "one.example.com", "model-d"),
    ("example", "two.example.com", "model-d"),
    ("other", "one.example.com", "model-d"),
    ("", "one.example.com", "model-d"),
    ("example", "", "model-f"),
)
TIERS = ("", "batch", "priority")


def own_list(dice: random.Random) -> str:
    """A sound price list with lines of every kind, at random."""
    found: list[lines.Line] = []
    for provider, host, model in OWN_PLACES:
        for tier in TIERS:
            if tier and dice.random() < 0.7:
                continue
            edges = sorted(dice.sample(range((UNTIL - SINCE).days), dice.choice((1, 2, 2, 4, 6))))
            days = [SINCE + timedelta(days=each) for each in edges]
            spans: list[tuple[date | None, date | None]] = list(zip(days[::2], [*days[1::2], None], strict=False))
            spans += [(days[1], days[2])] if len(days) > 3 and dice.random() < 0.5 else []
            if dice.random() < 0.2:
                spans = [(None, days[0]), *spans]
            for opening, closing in spans:
                sizes = dice.sample((999, 1000, 32_000, 200_000), dice.choice((0, 0, 0, 1, 2)))
                found += [
                    lines.Line(
                        provider=provider,
                        host=host,
                        model=model,
                        tier=tier,
                        input_above=size,
                        effective_from=opening,
                        effective_until=closing,
                        checked_on=UNTIL,
                        source="of my own",
                        **own_prices(dice),
                    )
                    for size in (None, *sizes)
                ]
    dice.shuffle(found)
    return lines.write(found)


def own_prices(dice: random.Random) -> dict[str, Any]:
    """Prices of one line; what has no input price has none for cached tokens either."""

    def price() -> Decimal:
        places = dice.randint(0, 6)
        return Decimal(dice.randint(1, 30 * 10**places)).scaleb(-places)

    kind = dice.choice(
        ("both", "both", "both", "both", "free", "free input", "input only", "output only", "requests only")
    )
    said: dict[str, Any] = {}
    if kind in ("both", "input only"):
        said["input"] = price()
    if kind in ("both", "output only", "free input"):
        said["output"] = price()
    if kind in ("free", "free input"):
        said["input"] = NOTHING
    if kind == "free":
        said["output"] = NOTHING
    if kind == "requests only" or dice.random() < 0.2:
        said["per_request"] = price() * 1000
    if "input" in said:
        chosen = {"cache_read": 0.5, "cache_write_5m": 0.4, "cache_write_1h": 0.3}
        said |= {
            name: dice.choice((price(), price(), NOTHING)) for name, share in chosen.items() if dice.random() < share
        }
    if "output" in said and dice.random() < 0.3:
        said["reasoning"] = price()
    return said


# --- requests -----------------------------------------------------------------------------------------


class Generator:
    """Requests at random, most of them near something where a rule changes."""

    def __init__(self, oracle: Oracle, dice: random.Random, names: int) -> None:
        self.oracle, self.dice = oracle, dice
        inside = {day for line in oracle.lines for day in (line.opening, line.closing) if SINCE <= day <= UNTIL}
        self.edges = sorted(inside)
        self.sizes = sorted({line.above for line in oracle.lines if line.above > 0})
        self.spellings: dict[str, list[str]] = defaultdict(list)
        for line in oracle.lines:
            self.spellings[line.provider].append(line.model)
        for provider, name in oracle.models:
            self.spellings[provider].append(name)
        self.names = [self.name() for _ in range(names)]

    def name(self) -> tuple[str | None, str | None, str | None, str | None]:
        """A provider, host, model and tier as a log may call them."""
        dice = self.dice
        provider, host = dice.choice(PLACES)
        whose = self.oracle.whose(provider, host)
        own = [model for at, on, model in OWN_PLACES if at == whose or on == host]
        model = dice.choice(own if own and dice.random() < 0.6 else self.spellings[whose or "openai"] or ["unknown"])
        chance = dice.random()
        if chance < 0.15:
            model = dice.choice(self.oracle.prefixes)[0] + model
        elif chance < 0.18:
            model = "openai/openai/" + model
        elif chance < 0.25:
            model = dice.choice((model.upper(), model + "-latest", model[:-1], model.rsplit("/", 1)[-1], "unknown"))
        tiers = ("", "default", "standard", "on_demand", "batch", "priority", "flex", "unknown")
        tier = dice.choice(tiers) if dice.random() < 0.4 else None
        return provider, host, None if chance > 0.99 else model, tier

    def request(self) -> Request:
        """One request."""
        dice = self.dice
        provider, host, model, tier = dice.choice(self.names)
        tokens = self.tokens()
        kind = dice.choice((None, None, None, "billed", "gateway", "client"))
        amounts = (
            NOTHING,
            None,
            Decimal(dice.randint(1, 10**13)).scaleb(-12),
            Decimal(dice.randint(1, 10**6)).scaleb(-6),
        )
        return Request(
            at=self.moment(),
            provider=provider,
            host=host,
            model=model,
            tier=tier,
            key=dice.choice((None, "alpha", "beta", "gamma")),
            status=dice.choice((None, "ok", "ok", "ok", "error")),
            cache_hit=dice.choice((None, False, False, False, True)) if dice.random() < 0.1 else False,
            cost=dice.choice(amounts) if kind else None,
            kind=kind,
            **tokens,
        )

    def moment(self) -> datetime:
        """A time, most often within a day of where a price changes (the store has naive UTC)."""
        dice = self.dice
        if dice.random() < 0.4:
            microseconds = dice.randrange((UNTIL - SINCE) // timedelta(microseconds=1))
            return datetime.combine(SINCE, time()) + timedelta(microseconds=microseconds)
        near = dice.choice((0, 0, -1, 1, dice.randrange(-86_400_000_000, 86_400_000_000)))
        return datetime.combine(dice.choice(self.edges), time()) + timedelta(microseconds=near)

    def tokens(self) -> dict[str, int | None]:
        """Tokens of each class, known or not, around the sizes where prices change; what is within may be more."""
        dice = self.dice
        near = dice.choice(self.sizes) + dice.choice((-1, 0, 1, 1000)) if dice.random() < 0.4 else None
        input_ = near or dice.choice((None, 0, *(int(10 ** dice.uniform(0, 6)) for _ in range(8))))
        output = dice.choice((None, 0, *(int(10 ** dice.uniform(0, 5)) for _ in range(8))))
        if dice.random() < 0.1:
            input_, output = dice.choice((None, 0)), dice.choice((None, 0))

        def within(whole: int | None, *, share: float) -> int | None:
            some = dice.randint(0, max(1, int((whole or 1000) * share)))
            return dice.choice((None, None, 0, some))

        known = None not in (input_, output)
        whole = (input_ or 0) + (output or 0)
        return {
            "input": input_,
            "cache_read": within(input_, share=1.2),
            "cache_write_5m": within(input_, share=0.4),
            "cache_write_1h": within(input_, share=0.4) if dice.random() < 0.4 else None,
            "output": output,
            "reasoning": within(output, share=1.2),
            "total": dice.choice(
                (None, None, whole, whole if known else whole + dice.randint(0, 50), whole if known else 0)
            ),
        }


# --- the store ----------------------------------------------------------------------------------------

COLUMNS = {
    "started_at": "at",
    "provider": "provider",
    "host": "host",
    "model": "model",
    "service_tier": "tier",
    "access_key": "key",
    "status": "status",
    "cache_hit": "cache_hit",
    "input_tokens": "input",
    "cache_read_tokens": "cache_read",
    "cache_write_5m_tokens": "cache_write_5m",
    "cache_write_1h_tokens": "cache_write_1h",
    "output_tokens": "output",
    "reasoning_tokens": "reasoning",
    "reported_total_tokens": "total",
    "reported_cost_usd": "cost",
    "reported_cost_kind": "kind",
}


def answers(archive: Archive, relation: str, columns: Iterable[str], mode: str) -> list[dict[str, Any]]:
    """Those columns of `priced` (requests) or `sums` of everything, in a mode of --cost."""
    asked = Filter(window=ALWAYS, cost=mode)
    if relation == "sums":
        archive.scan(asked, Scan(by=("access_key",)))
        return archive.query(f"select {', '.join(columns)} from sums").records()  # noqa: S608
    text = f"with {sql.compose('views', 'priced')} answer as (from priced) select {', '.join(columns)} from answer"  # noqa: S608
    return archive.query(text, filter=asked.as_struct()).records()


@dataclass(frozen=True)
class Case:
    """A database, and what the oracle says of every request in it, by the mode of --cost."""

    database: Path
    prices: Path
    requests: list[Request]
    verdicts: dict[str, list[Verdict]]

    @property
    def all(self) -> list[tuple[str, Request, Verdict]]:
        """Each mode, request and verdict."""
        return [
            (mode, request, verdict)
            for mode, verdicts in self.verdicts.items()
            for request, verdict in zip(self.requests, verdicts, strict=True)
        ]


def made(folder: Path, dice: random.Random, count: int, names: int) -> Case:
    """A case of so many requests."""
    folder.mkdir(parents=True)
    prices, database = folder / "prices.csv", folder / "exact.duckdb"
    prices.write_text(own_list(dice), "utf-8")
    lines.read(prices)
    oracle = Oracle(prices)
    generator = Generator(oracle, dice, names)
    requests = [generator.request() for _ in range(count)]
    store_requests(
        database, [{column: getattr(request, name) for column, name in COLUMNS.items()} for request in requests]
    )
    return Case(
        database,
        prices,
        requests,
        {mode: [oracle.cost(request, mode) for request in requests] for mode in COSTS},
    )


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    found = made(tmp_path_factory.mktemp("exact") / "case", random.Random(SEED), COUNT, NAMES)  # noqa: S311 - a test
    with kept_open(found.database, threads=True):
        yield found


@pytest.fixture
def opened(case: Case, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    monkeypatch.setenv("USAGE_PRICES", str(case.prices))
    with reports.opened(case.database) as archive:
        yield archive


# --- every request ------------------------------------------------------------------------------------


def differences(archive: Archive, case: Case, mode: str) -> list[object]:
    """Where the program and the oracle say different things of a request."""
    columns = ("upstream_id", "cost_state", "cost_usd", "list_cost_usd", "price_list", "line")
    parts = tuple(f"list_{name}_cost_usd" for name in ("input", "cache_read", "cache_write", "output", "request"))
    found = answers(archive, "priced", (*columns, *parts), mode)
    assert len({row["upstream_id"] for row in found}) == len(found) == len(case.requests)
    wrong: list[object] = []
    for row in found:
        place = int(row["upstream_id"])
        verdict = case.verdicts[mode][place]
        said = [row["cost_state"], row["cost_usd"]]
        meant: list[object] = [verdict.state, verdict.usd]
        if verdict.line is not None:
            said += [row["price_list"], row["line"], *(row[name] for name in parts)]
            meant += [verdict.line.file, verdict.line.number, *verdict.parts]
            if row["list_cost_usd"] != verdict.usd:
                said.append(row["list_cost_usd"])
        if said != meant:
            wrong.append((case.requests[place], said, meant, verdict.line))
    return wrong


@pytest.mark.parametrize("mode", COSTS)
def test_every_request_costs_what_the_oracle_says(case: Case, opened: Archive, mode: str) -> None:
    wrong = differences(opened, case, mode)
    assert not wrong, (len(wrong), wrong[:5])


def test_the_requests_are_of_every_kind(case: Case) -> None:
    """The oracle is asked something everywhere: every state, tier, part, list, size and place."""
    states = Counter((mode, verdict.state) for mode, _, verdict in case.all)
    listed = {"list", "unpriced", "unmetered", "cache_hit"}
    told = {"billed", "gateway", "client", "cache_hit"}
    expected = {"auto": listed | told, "list": listed, "reported": told | {"unreported"}}
    assert set(states) == {(mode, state) for mode in COSTS for state in expected[mode]}
    assert min(states.values()) > 500, states
    held = [
        (request, verdict)
        for request, verdict in zip(case.requests, case.verdicts["list"], strict=True)
        if verdict.line
    ]
    kinds = Counter[str]()
    for request, verdict in held:
        line = verdict.line
        assert line is not None
        kinds[f"list {line.file}"] += 1
        kinds[f"tier {line.tier}"] += 1
        kinds["large"] += line.above > 0
        kinds["at a size"] += (request.input or 0) in {line.above + 1, *(999, 1000, 200_000)}
        kinds["another name"] += request.model != line.model
        kinds["host and provider"] += bool(line.host) and line.host == request.host and bool(line.provider)
        kinds["host alone"] += not line.provider
        kinds["only host"] += bool(line.host) and line.host != request.host
        kinds["free"] += verdict.usd == 0
        kinds["cached beyond input"] += (request.cache_read or 0) > (request.input or 0)
        kinds["reasoning beyond output"] += (request.reasoning or 0) > (request.output or 0)
        kinds["1 h written"] += bool(request.cache_write_1h)
        kinds["unknown input"] += request.input is None
        kinds["no tokens"] += not has_any(request)
        for part, amount in zip(("input", "cached", "written", "output", "request"), verdict.parts, strict=True):
            kinds[f"part {part}"] += amount > 0
    wanted = {"list prices.csv", "list instagen.csv", "list genai-prices.csv", "tier ", "tier batch", "tier priority"}
    assert wanted <= set(kinds)
    assert all(number > 50 for number in kinds.values()), kinds


# --- sums ---------------------------------------------------------------------------------------------

BREAKDOWNS = {
    "model": ("--by", "model"),
    "provider": ("--by", "provider"),
    "access_key": ("--by", "key"),
    "bucket": ("--every", "day", "--by", "source"),
}


def grouped(case: Case, mode: str, name: str) -> dict[object, tuple[object, ...]]:
    """What the oracle says of each group: requests, cost, how many have none."""
    attribute = {"bucket": "at", "access_key": "key"}.get(name, name)
    groups: dict[object, list[Verdict]] = defaultdict(list)
    for request, verdict in zip(case.requests, case.verdicts[mode], strict=True):
        value = getattr(request, attribute)
        groups[value.date() if name == "bucket" else value].append(verdict)
    return {value: summed(verdicts) for value, verdicts in groups.items()}


def summed(verdicts: Sequence[Verdict]) -> tuple[object, ...]:
    known = [verdict.usd for verdict in verdicts if verdict.usd is not None]
    states = Counter(verdict.state for verdict in verdicts)
    return len(verdicts), sum(known, NOTHING) if known else None, states["unpriced"], states["unmetered"]


def measured(row: dict[str, Any]) -> tuple[object, ...]:
    cost = row["cost_usd"]
    usd = None if cost is None else Decimal(cost)
    return row["requests"], usd, row["unpriced_requests"], row["unmetered_requests"]


def stats(run: Run, case: Case, *arguments: str) -> dict[str, Any]:
    outcome = run("stats", "--period", "all", *arguments, "--format", "json", "--db", case.database)
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out, parse_float=Decimal)
    return found


@pytest.mark.parametrize("name", BREAKDOWNS)
@pytest.mark.parametrize("mode", COSTS)
def test_sums_are_those_of_the_oracle(
    case: Case, run: Run, monkeypatch: pytest.MonkeyPatch, mode: str, name: str
) -> None:
    monkeypatch.setenv("USAGE_PRICES", str(case.prices))
    found = stats(run, case, "--cost", mode, *BREAKDOWNS[name])

    def of(row: dict[str, Any]) -> object:
        return datetime.fromisoformat(row[name]).astimezone(UTC).date() if name == "bucket" else row[name]

    assert len({of(row) for row in found["rows"]}) == len(found["rows"])
    assert {of(row): measured(row) for row in found["rows"]} == grouped(case, mode, name)
    assert measured(found["total"]) == summed(case.verdicts[mode])
    states = Counter(verdict.state for verdict in case.verdicts[mode])
    basis = found["cost_basis"]
    assert {state: basis[f"{state}_requests"] for state in states} == states
    assert sum(basis[f"{state}_requests"] for state in STATES) == len(case.requests)
    for state in ("list", "billed", "gateway", "client"):
        usd = [verdict.usd for verdict in case.verdicts[mode] if verdict.state == state and verdict.usd is not None]
        assert Decimal(basis[f"{state}_usd"]) == sum(usd, NOTHING)


PARTS = ("input_cost_usd", "cache_read_cost_usd", "cache_write_cost_usd", "output_cost_usd", "request_cost_usd")


@pytest.mark.parametrize("mode", COSTS)
def test_sums_first_and_prices_first_agree_and_the_parts_make_the_whole(case: Case, opened: Archive, mode: str) -> None:
    assert not disagreements(opened, case, mode)


def disagreements(archive: Archive, case: Case, mode: str) -> list[object]:
    """Where `sums` differs from the sum of `priced`, or a part of it from the oracle's, or from the whole."""
    names = ("model", "provider", "access_key", "cost_state")
    columns = (*names, "requests", "undivided_cost_usd", "cost_usd", *PARTS)
    sums: dict[object, list[Decimal]] = defaultdict(lambda: [NOTHING] * 7)
    wrong: list[object] = []
    for row in answers(archive, "sums", columns, mode):
        parts = [row[name] or NOTHING for name in (*PARTS, "undivided_cost_usd")]
        if sum(parts) != (row["cost_usd"] or 0):
            wrong.append(row)
        group = sums[tuple(row[name] for name in names)]
        for place, amount in enumerate((*parts, Decimal(row["requests"]))):
            group[place] += amount
    meant: dict[object, list[Decimal]] = defaultdict(lambda: [NOTHING] * 7)
    for request, verdict in zip(case.requests, case.verdicts[mode], strict=True):
        undivided = NOTHING if verdict.parts else verdict.usd or NOTHING
        group = meant[request.model, request.provider, request.key, verdict.state]
        for place, amount in enumerate((*(verdict.parts or (NOTHING,) * 5), undivided, Decimal(1))):
            group[place] += amount
    single: dict[object, list[Decimal]] = defaultdict(lambda: [NOTHING, NOTHING])
    for row in answers(archive, "priced", (*names, "cost_usd"), mode):
        group = single[tuple(row[name] for name in names)]
        group[0] += row["cost_usd"] or 0
        group[1] += 1
    wrong += [(name, sums.get(name), meant.get(name)) for name in {*sums, *meant} if sums.get(name) != meant.get(name)]
    for name, group in sums.items():
        if [sum(group[:6]), group[6]] != single.get(name):
            wrong.append((name, group, single.get(name)))
    return wrong


# --- a smaller one, again and again -------------------------------------------------------------------


@settings(
    max_examples=5,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_other_price_lists_are_priced_as_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    small = made(tmp_path / uuid4().hex, random.Random(seed), 200, 60)  # noqa: S311 - a test
    monkeypatch.setenv("USAGE_PRICES", str(small.prices))
    with reports.opened(small.database) as archive:
        for mode in COSTS:
            assert not differences(archive, small, mode)
            assert not disagreements(archive, small, mode)
