"""`usage whatif`: the same tokens at the prices of another model, and what cannot be compared, worked out by hand."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.explained import ACME, call, exactly, imported, price

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Call = dict[str, Any]

__all__ = ["imported"]  # the fixture

AIR = "zai-org/GLM-4.5-Air"  # $0.10 and $0.50 since 2025-08-25
V31 = "deepseek-ai/DeepSeek-V3.1"  # $0.20 and $0.80
ONE_TO_TWO = ("whatif", "--model-from", "acme/one", "--model-to", "acme/two")
MILLION = {"input": 1_000_000, "output": 1_000_000}


def calls(number: int, **fields: Any) -> list[Call]:  # noqa: ANN401 - any cell
    """Equal calls, a second apart."""
    start = datetime.fromisoformat(str(fields.pop("time", "2026-11-20T10:00:00+00:00")))
    times = (start + timedelta(seconds=second) for second in range(number))
    return [call(id="", time=time.isoformat(), **fields) for time in times]


@pytest.fixture
def asked(run: Run) -> Callable[..., Call]:
    """The answer as JSON, with exact numbers."""

    def ask(*arguments: str) -> Call:
        return exactly(run(*ONE_TO_TWO, *arguments, "--format", "json"))

    return ask


def measures(row: Call) -> tuple[Any, ...]:
    """Requests, both costs and the change of a row."""
    return row["requests"], row["cost_usd"], row["other_cost_usd"], row["change_usd"], row["cost_change_pct"]


# --- the comparison -----------------------------------------------------------------------------------


def test_cheaper_is_less(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(2, **MILLION))
    price("acme/one", input="3", output="15")
    price("acme/two", input="1", output="3.5")
    content = asked()
    (row,) = content["rows"]
    assert row == {
        "model": "acme/one",
        "provider": "acme",
        "requests": 2,
        "total_tokens": 4_000_000,
        "cost_usd": 36,
        "other_cost_usd": 9,
        "change_usd": -27,
        "cost_change_pct": -75,
        "not_compared_requests": 0,
    }
    assert content["total"] == {name: value for name, value in row.items() if name not in ("model", "provider")}
    assert (content["model_from"], content["model_to"], content["provider_to"]) == ("acme/one", "acme/two", None)
    assert content["not_compared_because"] == {}
    assert content["other_cost_basis"] == {
        "price_lists": ["prices.csv"],
        "assumed_reads": 0,
        "assumed_writes": 0,
        "assumed_sizes": 0,
    }
    shown = run(*ONE_TO_TWO).out
    assert shown.startswith("Last 30 days: acme/one → acme/two ")
    assert re.search(r"\nacme +2 +4\.0 M +\$36\.00 +\$9\.00 +-\$27\.00 +▼ 75\.0 %\n", shown)
    assert re.search(r"\nTotal +2 +4\.0 M +\$36\.00 +\$9\.00 +-\$27\.00 +▼ 75\.0 %\n", shown)
    assert "the same numbers of tokens at the list prices of acme/two (prices.csv) on the requests' own days" in shown
    assert "Another model may count the same text as more or fewer tokens" in shown
    assert "Cost: $36.00 at list prices (prices.csv; 2 requests)." in shown
    assert "Not compared" not in shown


def test_dearer_is_more(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(1, **MILLION))
    price("acme/one", input="1", output="3")
    price("acme/two", input="2", output="4")
    assert measures(asked()["rows"][0]) == (1, 4, 6, 2, 50)
    assert "▲ 50.0 %" in run(*ONE_TO_TWO).out


def test_of_nothing_there_is_no_percentage(imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(1, **MILLION))
    price("acme/one", input="0", output="0")
    price("acme/two", input="2", output="4")
    assert measures(asked()["rows"][0]) == (1, 0, 6, 6, None)


@pytest.mark.parametrize(
    ("asked_for", "cost"), [("auto", Decimal("0.5")), ("reported", Decimal("0.5")), ("list", Decimal(18))]
)
def test_the_first_cost_is_that_of_every_report(
    imported: Callable[..., None], asked: Callable[..., Call], asked_for: str, cost: Decimal
) -> None:
    imported(*calls(1, cost="0.5", **MILLION))
    price("acme/one", input="3", output="15")
    price("acme/two", input="1", output="3.5")
    content = asked("--cost", asked_for)
    assert measures(content["rows"][0])[:3] == (1, cost, Decimal("4.5"))
    assert content["cost_basis"]["cost"] == asked_for


def test_every_class_has_its_price(imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    full = {"input": 10_000, "cached": 2_000, "written": 1_000, "written_1h": 500, "output": 1_000, "reasoning": 400}
    imported(*calls(1, **full))
    price("acme/one", input="1", output="1")
    price(
        "acme/two",
        input="3",
        output="15",
        cache_read="0.3",
        cache_write_5m="3.75",
        cache_write_1h="6",
        reasoning="20",
        per_request="1000",
    )
    # 6,500 × 3 + 2,000 × 0.3 + 1,000 × 3.75 + 500 × 6 + 600 × 15 + 400 × 20 per million, and 0.001 for the request
    assert asked()["rows"][0]["other_cost_usd"] == Decimal("0.04485")


@pytest.mark.parametrize(("size", "cost"), [(200_000, Decimal("0.6")), (200_001, Decimal("1.200006"))])
def test_sizes_are_cliffs(imported: Callable[..., None], asked: Callable[..., Call], size: int, cost: Decimal) -> None:
    imported(*calls(1, input=size, output=0))
    price("acme/one", input="1", output="1")
    price("acme/two", input="3", output="15")
    price("acme/two", input="6", output="30", input_above=200_000)
    assert asked()["rows"][0]["other_cost_usd"] == cost


def test_prices_are_those_of_the_day(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(
        *calls(1, time="2026-11-18T23:59:59+00:00", **MILLION),
        *calls(2, time="2026-11-19T00:00:00+00:00", **MILLION),
        *calls(3, time="2026-11-20T00:00:00+00:00", **MILLION),
    )
    price("acme/one", input="1", output="1")
    price("acme/two", input="2", output="2", effective_from="2026-11-19", effective_until="2026-11-20")
    price("acme/two", input="4", output="4", effective_from="2026-11-20")
    content = asked()
    assert measures(content["rows"][0]) == (5, 10, 2 * 4 + 3 * 8, 22, 220)
    assert content["rows"][0]["not_compared_requests"] == content["not_compared_because"]["day"] == 1
    assert "Not compared: 1 request on days when acme/two has no price." in run(*ONE_TO_TWO).out


def test_at_another_provider(run: Run, imported: Callable[..., None]) -> None:
    imported(*calls(1, model=V31, **MILLION), options=())
    price("acme/two", input="2", output="2")
    price(V31, input="3", output="4")
    arguments = ("whatif", "--model-from", V31, "--provider-to", "acme", "--format", "json")
    content = exactly(run(*arguments, "--model-to", "acme/two"))
    assert measures(content["rows"][0]) == (1, 1, 4, 3, 300)
    assert content["provider_to"] == "acme"
    assert "→ acme/two at acme" in run(*arguments[:-2], "--model-to", "acme/two").out
    # The same model elsewhere.
    assert measures(exactly(run(*arguments, "--model-to", V31))["rows"][0]) == (1, 1, 7, 6, 600)
    # The provider's other name is as good.
    other = ("whatif", "--model-from", V31, "--model-to", AIR, "--provider-to", "submodel", "--format", "json")
    assert measures(exactly(run(*other))["rows"][0])[:3] == (1, 1, Decimal("0.6"))


def test_tiers_stay(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(1, **MILLION), *calls(2, tier="batch", **MILLION), *calls(4, tier="priority", cost="1", **MILLION))
    price("acme/one", input="4", output="4")
    price("acme/one", input="2", output="2", tier="batch")
    price("acme/two", input="3", output="3")
    price("acme/two", input="1", output="1", tier="batch")
    content = asked()
    assert measures(content["rows"][0]) == (3, 16, 10, -6, Decimal("-37.5"))
    assert content["not_compared_because"] == {"tier": 4}
    assert "Not compared: 4 requests of a service tier that acme/two has no price for." in run(*ONE_TO_TWO).out


def test_each_provider_has_a_row(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(1, **MILLION))
    later = "2026-11-20T11:00:00+00:00"
    imported(*calls(2, time=later, **MILLION), options=("--set", "provider=other"), name="other.csv")
    imported(*calls(4, time=later, cost="1", **MILLION), options=("--set", "provider=third"), name="third.csv")
    for provider, one, two in (("acme", "1", "2"), ("other", "4", "3")):
        price("acme/one", provider=provider, input=one, output=one)
        price("acme/two", provider=provider, input=two, output=two)
    content = asked()
    assert [(row["provider"], *measures(row)) for row in content["rows"]] == [
        ("other", 2, 16, 12, -4, -25),
        ("acme", 1, 2, 4, 2, 100),
        ("third", None, None, None, None, None),
    ]
    assert measures(content["total"])[:4] == (3, 18, 16, -2)
    assert content["rows"][2]["not_compared_requests"] == 4
    assert content["not_compared_because"] == {"model": 4}
    assert "Not compared: 4 requests where acme/two is not listed." in run(*ONE_TO_TWO).out
    assert [row["provider"] for row in asked("--provider", "acme")["rows"]] == ["acme"]


# --- what is not compared -----------------------------------------------------------------------------


def test_what_is_not_compared_is_counted_by_its_reason(
    run: Run, imported: Callable[..., None], asked: Callable[..., Call]
) -> None:
    noon = "2026-11-20T12:00:00+00:00"
    imported(
        *calls(1, **MILLION),
        *calls(2, time=noon, input="", output="", total=70, cost="0.1"),
        *calls(1, time=noon, status="failed", input="", output=""),
        *calls(4, time="2026-10-30T12:00:00+00:00"),
        *calls(5, time="2026-11-21T12:00:00+00:00", written_1h=5),
    )
    price("acme/one", input="3", output="15", effective_from="2026-11-01")
    price("acme/two", input="1", output="3.5", cache_write_5m="2")
    content = asked()
    assert measures(content["rows"][0])[:3] == (1, 18, Decimal("4.5"))
    assert content["not_compared_because"] == {"tokens": 3, "cost": 4, "class": 5}
    assert content["rows"][0]["not_compared_requests"] == content["total"]["not_compared_requests"] == 12
    # What the first cost rests on is of what is compared.
    assert (content["cost_basis"]["list_requests"], content["cost_basis"]["list_usd"]) == (1, 18)
    assert content["cost_basis"]["billed_requests"] == 0
    shown = run(*ONE_TO_TWO).out
    assert (
        "Not compared: 3 requests with unknown tokens, 4 requests without a cost, 5 requests with a class of tokens"
        " that acme/two has no price for." in shown
    )
    assert "Not compared\n" in shown


def test_nothing_to_compare(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(3, **MILLION))
    price("acme/two", input="1", output="3.5")
    content = asked()
    assert measures(content["rows"][0]) == measures(content["total"]) == (None, None, None, None, None)
    assert content["not_compared_because"] == {"cost": 3}
    shown = run(*ONE_TO_TWO).out
    assert "Nothing can be compared with the list prices of acme/two." in shown
    assert "Not compared: 3 requests without a cost." in shown


def test_what_a_gateways_cache_answered_is_free_anywhere(run: Run, tmp_path: Path) -> None:
    record = {
        "call_type": "acompletion",
        "custom_llm_provider": "openai",
        "status": "success",
        "model": V31,
        "api_base": "https://llm.submodel.ai/v1",
        "prompt_tokens": 1_000_000,
        "completion_tokens": 1_000_000,
    }
    records = (
        record | {"id": f"chatcmpl-{hit:032x}", "cache_hit": bool(hit), "startTime": 1795132800 + hit}
        for hit in range(2)
    )
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    assert run("import", tmp_path / "log.jsonl").code == 0
    arguments = ("whatif", "--model-from", V31, "--model-to", AIR)
    content = exactly(run(*arguments, "--format", "json"))
    assert measures(content["rows"][0]) == (1, 1, Decimal("0.6"), Decimal("-0.4"), -40)
    assert content["not_compared_because"] == {"cache_hit": 1}
    assert "Not compared: 1 request free from a gateway's cache." in run(*arguments).out


def test_assumptions_are_counted(run: Run, imported: Callable[..., None], asked: Callable[..., Call]) -> None:
    imported(*calls(1, **MILLION), *calls(2, cached=400_000, **MILLION), *calls(4, written=1, **MILLION))
    price("acme/one", input="3", output="15", cache_read="1", cache_write_5m="4")
    price("acme/two", input="1", output="3.5")
    content = asked()
    assert content["rows"][0]["other_cost_usd"] == 7 * Decimal("4.5")
    assert content["other_cost_basis"] == {
        "price_lists": ["prices.csv"],
        "assumed_reads": 2,
        "assumed_writes": 4,
        "assumed_sizes": 0,
    }
    shown = run(*ONE_TO_TWO).out
    assert (
        "Assumed for the other cost: cached tokens of 2 requests are at the input price, for want of a price for cached"
        " tokens; tokens that 4 requests wrote to a cache are at the input price" in shown
    )


def test_statements_count_as_in_every_report(
    run: Run, imported: Callable[..., None], tmp_path: Path, asked: Callable[..., Call]
) -> None:
    imported(*calls(2, **MILLION))
    (tmp_path / "statement.csv").write_text(
        "date,model,requests,input tokens,output tokens\n2026-11-20,acme/one,10,10000000,10000000\n", "utf-8"
    )
    assert run("import", tmp_path / "statement.csv", "--source-tz", "UTC", *ACME).code == 0
    price("acme/one", input="3", output="15")
    price("acme/two", input="1", output="3.5")
    price("acme/two", input="2", output="7", input_above=1000)
    content = asked()
    assert measures(content["rows"][0])[:3] == (10, 180, 45)
    assert content["other_cost_basis"]["assumed_sizes"] == 10
    assert measures(asked("--count", "requests")["rows"][0])[:3] == (2, 36, 18)


def test_a_price_per_request_needs_their_number(run: Run, tmp_path: Path, asked: Callable[..., Call]) -> None:
    (tmp_path / "statement.csv").write_text(
        "date,model,input tokens,output tokens\n2026-11-20,acme/one,1000,1000\n", "utf-8"
    )
    assert run("import", tmp_path / "statement.csv", "--source-tz", "UTC", *ACME).code == 0
    price("acme/one", input="3", output="15")
    price("acme/two", input="1", output="3.5", per_request="1")
    assert asked()["not_compared_because"] == {"requests": 1}


# --- a log of the other model -------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_same_tokens_cost_what_a_log_of_the_other_model_costs(
    run: Run, imported: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)  # noqa: S311 - tokens, not secrets

    def some(most: int) -> object:
        return dice.choice(["", 0, dice.randrange(most)])

    start = datetime(2026, 11, 20, tzinfo=UTC)
    own = [
        call(
            id="",
            time=(start - timedelta(hours=hour)).isoformat(),
            status=dice.choice(["ok", "failed", ""]),
            tier=dice.choice(["", "batch"]),
            input=some(9999),
            cached=some(5000),
            written=some(5000),
            output=dice.choice([0, dice.randrange(9999)]),
            reasoning=some(9999),
        )
        for hour in range(80)
    ]
    changed = (start - timedelta(days=1)).date().isoformat()

    def some_prices() -> dict[str, str]:
        names = ("input", "output", "cache_read", "cache_write_5m", "reasoning", "per_request")
        return {name: str(Decimal(dice.randrange(1, 10**9)).scaleb(-6)) for name in names}

    price("acme/one", **some_prices())
    price("acme/one", tier="batch", **some_prices())
    price("acme/two", effective_until=changed, **some_prices())
    price("acme/two", effective_from=changed, **some_prices())
    price("acme/two", effective_from=changed, input_above=5000, **some_prices())
    price("acme/two", tier="batch", **some_prices())
    imported(*own)
    compared = exactly(run(*ONE_TO_TWO, "--by", "status,key", "--format", "json"))
    monkeypatch.setenv("USAGE_DB", str(tmp_path / "two.duckdb"))
    imported(*(each | {"model": "acme/two"} for each in own), name="two.csv")
    stats = exactly(run("stats", "--format", "json"))
    priced = stats["cost_basis"]["list_requests"]
    assert compared["total"]["requests"] == priced > 20
    assert compared["total"]["not_compared_requests"] == 80 - priced > 0
    assert compared["total"]["other_cost_usd"] == stats["total"]["cost_usd"] > 0
    for name in ("requests", "total_tokens", "cost_usd", "other_cost_usd", "change_usd", "not_compared_requests"):
        assert sum(row[name] or 0 for row in compared["rows"]) == compared["total"][name]


def test_with_itself_nothing_changes(run: Run, imported: Callable[..., None]) -> None:
    imported(*calls(3))
    price("acme/one", input="3", output="15")
    same = ("whatif", "--model-from", "acme/one", "--model-to", "acme/one")
    assert measures(exactly(run(*same, "--format", "json"))["rows"][0])[3:] == (0, 0)
    assert "= 0.0 %" in run(*same).out


# --- breakdowns, filters, formats ---------------------------------------------------------------------


@pytest.fixture
def mixed(run: Run, imported: Callable[..., None]) -> Run:
    """Two keys, one of them with a failure, and a call of another model."""
    imported(
        *calls(1, key="alice", **MILLION),
        *calls(2, key="bob", **MILLION),
        *calls(1, key="bob", status="failed", time="2026-11-22T10:00:00+00:00", **MILLION),
        *calls(1, key="bob", model="acme/other", cost="7", **MILLION),
    )
    price("acme/one", input="3", output="15")
    price("acme/two", input="1", output="3.5")
    return run


def test_by_a_dimension(mixed: Run, asked: Callable[..., Call]) -> None:
    content = asked("--by", "key,status,model")
    assert [(row["access_key"], row["status"], *measures(row)[:3]) for row in content["rows"]] == [
        ("bob", "ok", 2, 36, 9),
        ("alice", "ok", 1, 18, Decimal("4.5")),
        ("bob", "error", 1, 18, Decimal("4.5")),
    ]
    assert list(content["rows"][0])[:4] == ["model", "provider", "access_key", "status"]
    assert measures(content["total"])[:3] == (4, 72, 18)
    assert mixed(*ONE_TO_TWO, "--by", "key").out.count("bob") == 1


@pytest.mark.parametrize(
    ("filters", "requests"),
    [
        (("--key", "alice"), 1),
        (("--status", "error"), 1),
        (("--last", "3d"), 1),
        (("--until", "2026-11-21"), 3),
        (("--provider", "acme"), 4),
    ],
)
def test_filters(mixed: Run, filters: tuple[str, ...], requests: int) -> None:
    assert exactly(mixed(*ONE_TO_TWO, *filters, "--format", "json"))["total"]["requests"] == requests


def test_no_requests(mixed: Run) -> None:
    outcome = mixed(*ONE_TO_TWO, "--period", "2024-01", "--format", "csv")
    assert (outcome.code, outcome.out.count("\n")) == (0, 1)
    assert outcome.err == "usage: no requests of acme/one in 2024-01-01 00:00 → 2024-02-01 00:00 UTC\n"


def test_every_format_tells_the_same(mixed: Run) -> None:
    arguments = (*ONE_TO_TWO, "--by", "key")
    of_json = exactly(mixed(*arguments, "--format", "json"))["rows"]
    of_lines = [json.loads(line, parse_float=Decimal) for line in mixed(*arguments, "-f", "jsonl").out.splitlines()]
    of_csv = list(csv.DictReader(io.StringIO(mixed(*arguments, "-f", "csv").out, newline="")))
    assert of_lines == of_json
    assert [list(row) for row in of_csv] == [list(row) for row in of_json]
    for written, value in zip(of_csv, of_json, strict=True):
        assert (written["access_key"], Decimal(written["other_cost_usd"])) == (
            value["access_key"],
            value["other_cost_usd"],
        )
        assert Decimal(written["cost_change_pct"]) == value["cost_change_pct"] == -75
    markdown = mixed(*arguments, "--format", "markdown").out
    assert "| acme/one | acme | alice | 1 | 2.0 M | $18.00 | $4.50 | -$13.50 | ▼ 75.0 % |" in markdown
    assert "| **Total** |  |  | 4 | 8.0 M | $72.00 | $18.00 | -$54.00 | ▼ 75.0 % |" in markdown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_number_is_cut(run: Run, imported: Callable[..., None], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    long = "of-an-organisation/with-a-name-that-does-not-end-for-long"
    imported(*calls(1, model=long, input=123_456_789, output=987_654_321), *calls(3, model=long, input=""))
    price(long, input="999", output="999")
    price(f"{long}er", input="1", output="0.000001")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    outcome = run("whatif", "--model-from", long, "--model-to", f"{long}er")
    shown = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in outcome.out.splitlines()]
    assert max(map(len, shown)) <= width
    total = next(line for line in shown if line.startswith("Total"))
    # 1,111,111,110 × 999 per million, and 123.456789 + 0.000987654321
    for number in ("$1,110,000.00", "$123.46", "▼ >99.9 %"):
        assert number in total
    assert ("-$1,109,876.54" in total) == (width > 60)
    assert total.endswith("3") == (width > 60)


# --- what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--model-from", "acme/on", "--model-to", "acme/two"), 1, "there is no model 'acme/on' in "),
        (("--model-from", "acme/on", "--model-to", "acme/two"), 1, "did you mean acme/one or acme/other?"),
        (("--model-from", "acme/*", "--model-to", "acme/two"), 1, "there is no model 'acme/*' in "),
        (("--model-from", "acme/one", "--model-to", "acme/tw"), 1, "no price list has 'acme/tw' at acme; did you mean"),
        (("--model-from", "acme/one", "--model-to", AIR), 1, ", instagen; choose with --provider-to"),
        (
            ("--model-from", "acme/one", "--model-to", "acme/two", "--provider-to", "acne"),
            1,
            "no price list has 'acme/two' at acne; it is listed at acme; choose with --provider-to",
        ),
        (("--model-from", "acme/one", "--model-to", "x", "--provider-to", "acne"), 1, "nothing is listed there"),
        (("--model-from", "acme/one", "--model-to", "acme/two", "--model", "acme/*"), 2, "leave out --model"),
        (("--model-from", "acme/one", "--model-to", "acme/two", "--by", "planet"), 2, "model, provider, key"),
        (("--model-from", "acme/one"), 2, "--model-to"),
        (("--model-to", "acme/one"), 2, "--model-from"),
    ],
)
def test_what_is_refused(mixed: Run, arguments: tuple[str, ...], code: int, says: str) -> None:
    outcome = mixed("whatif", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
