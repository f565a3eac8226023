"""`usage explain`: the arithmetic of a request, every class and rule of a price worked out by hand."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import formats
from instagen_usage_cli.prices import lines
from tests.support.explained import ACME, ID, call, exactly, imported, price

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Call = dict[str, Any]
    Explained = Callable[..., Call]

__all__ = ["imported"]  # the fixture

AIR = "zai-org/GLM-4.5-Air"  # $0.10 and $0.50 since 2025-08-25
# Of 10,000 tokens in, 6,500 are neither cached nor written; of 1,000 out, 600 are no reasoning.
FULL = {"input": 10_000, "cached": 2_000, "written": 1_000, "written_1h": 500, "output": 1_000, "reasoning": 400}
FULL_PRICES = {
    "input": "3",
    "output": "15",
    "cache_read": "0.3",
    "cache_write_5m": "3.75",
    "cache_write_1h": "6",
    "reasoning": "20",
    "per_request": "1000",
}


@pytest.fixture
def explained(run: Run) -> Explained:
    """What is explained of the one request: its facts, and its classes as (tokens or requests, price, cost)."""

    def ask(id_: str = ID, *arguments: str) -> Call:
        content = exactly(run("explain", id_, *arguments, "--format", "json"))
        request: Call
        (request,) = content["requests"]
        classes = {
            row["class"]: (
                row["requests"] if row["tokens"] is None else row["tokens"],
                row["price_per_million_usd"],
                row["cost_usd"],
            )
            for row in content["rows"]
        }
        return request | {"classes": classes, "rows": content["rows"]}

    return ask


# --- the classes --------------------------------------------------------------------------------------


def test_every_class_by_itself(imported: Callable[..., None], explained: Explained) -> None:
    imported(call(**FULL))
    price("acme/one", **FULL_PRICES)
    found = explained()
    assert found["classes"] == {
        "input": (6500, 3, Decimal("0.0195")),
        "cache_read": (2000, Decimal("0.3"), Decimal("0.0006")),
        "cache_write_5m": (1000, Decimal("3.75"), Decimal("0.00375")),
        "cache_write_1h": (500, 6, Decimal("0.003")),
        "output": (600, 15, Decimal("0.009")),
        "reasoning": (400, 20, Decimal("0.008")),
        "per_request": (1, 1000, Decimal("0.001")),  # of a million requests
    }
    assert found["list_cost_usd"] == found["cost_usd"] == Decimal("0.04485")
    assert [row["assumed"] for row in found["rows"]] == [None] * 7
    assert {(row["price_list"], row["line"], row["effective_from"]) for row in found["rows"]} == {
        ("prices.csv", 2, "2026-01-01")
    }
    assert (found["is_own"], found["cost_state"], found["list_gap"]) == (True, "list", None)


def test_the_arithmetic_for_people(run: Run, imported: Callable[..., None]) -> None:
    imported(call(key="alice", **FULL))
    price("acme/one", effective_until="2027-01-01", checked_on="2026-11-01", **FULL_PRICES)
    key = exactly(run("requests", "--id", ID, "--format", "json"))["rows"][0]["request_key"]
    assert run("explain", ID, "--tz", "Asia/Kolkata").out == (
        f"Request {key}\n"
        "  time      2026-11-20 15:30:00 Asia/Kolkata\n"
        f"  id        {ID}\n"
        "  model     acme/one\n"
        "  provider  acme\n"
        "  host      –\n"
        "  tier      –\n"
        "  status    ok\n"
        "  key       alice\n"
        "  source    csv\n"
        "\n"
        "  Price: prices.csv line 2 (your own list), acme/one of acme, from 2026-01-01 on, until 2027-01-01 (not"
        " included), checked on 2026-11-01.\n"
        "\n"
        "  Tokens × price per million (M) = cost\n"
        "  input         6,500 ×     $3    / M = $0.0195\n"
        "  cached        2,000 ×     $0.3  / M = $0.0006\n"
        "  written 5 min 1,000 ×     $3.75 / M = $0.00375\n"
        "  written 1 h     500 ×     $6    / M = $0.003\n"
        "  output          600 ×    $15    / M = $0.009\n"
        "  reasoning       400 ×    $20    / M = $0.008\n"
        "  per request       1 × $1,000    / M = $0.001\n"
        "  list cost                             $0.04485\n"
        "\n"
        "  Reported cost: none.\n"
        "  Counted with --cost auto: $0.04485, the list cost: nothing was billed, and a list price comes before what"
        " others say.\n"
    )


def test_cached_and_written_tokens_without_a_price_are_at_that_of_the_input(
    run: Run, imported: Callable[..., None], explained: Explained
) -> None:
    imported(call(**FULL))
    price("acme/one", input="3", output="15")
    found = explained()
    assert {row["class"]: row["assumed"] for row in found["rows"]} == {
        "input": None,
        "cache_read": "input",
        "cache_write_5m": "input",
        "cache_write_1h": "input",
        "output": None,
        "reasoning": None,  # output tokens, whatever they are for
    }
    assert found["classes"]["cache_read"] == (2000, 3, Decimal("0.006"))
    assert found["classes"]["reasoning"] == (400, 15, Decimal("0.006"))
    assert found["list_cost_usd"] == Decimal("0.045")  # 10,000 × 3 + 1,000 × 15
    shown = run("explain", ID).out
    assert re.search(r"\n  cached +2,000 × +\$3 / M = \$0\.006 +at the input price, having none\n", shown)
    assert shown.count("having none") == 3


def test_one_price_for_writing_leaves_the_other_without(
    run: Run, imported: Callable[..., None], explained: Explained
) -> None:
    imported(call(written=300, written_1h=200))
    price("acme/one", input="3", output="15", cache_write_5m="3.75")
    found = explained()
    assert found["classes"] == {
        "input": (500, 3, Decimal("0.0015")),
        "cache_write_5m": (300, Decimal("3.75"), Decimal("0.001125")),
        "cache_write_1h": (200, None, None),
        "output": (100, 15, Decimal("0.0015")),
    }
    assert (found["list_cost_usd"], found["list_gap"], found["cost_state"]) == (None, "class", "unpriced")
    shown = run("explain", ID).out
    assert "List cost: none, as the line has no price for written 1 h." in shown
    assert "Counted with --cost auto: no cost; it is one of the requests without a price." in shown


@pytest.mark.parametrize(
    ("size", "line", "cost"),
    [(200_000, 2, Decimal("0.6")), (200_001, 3, Decimal("1.200006")), (400_001, 4, Decimal("3.600009"))],
)
def test_sizes_are_cliffs(
    run: Run, imported: Callable[..., None], explained: Explained, size: int, line: int, cost: Decimal
) -> None:
    imported(call(input=size, output=0))
    price("acme/one", input="3", output="15")
    price("acme/one", input="6", output="30", input_above=200_000)
    price("acme/one", input="9", output="45", input_above=400_000)
    found = explained()
    assert (found["line"], found["list_cost_usd"]) == (line, cost)
    bounds = {2: (None, 200_000), 3: (200_000, 400_000), 4: (400_000, None)}[line]
    assert (found["input_above"], found["input_up_to"]) == bounds
    words = {2: "up to 200,000", 3: "more than 200,000 and up to 400,000", 4: "more than 400,000"}[line]
    assert f"It is for requests of {words} input tokens; this one has {size:,}." in run("explain", ID).out


def test_more_cached_than_there_was_input(run: Run, imported: Callable[..., None], explained: Explained) -> None:
    imported(call(input=100, cached=150, output=10, reasoning=30))
    price("acme/one", input="3", output="15", cache_read="1", reasoning="20")
    found = explained()
    assert found["classes"] == {
        "cache_read": (150, 1, Decimal("0.00015")),
        "reasoning": (10, 20, Decimal("0.0002")),
    }
    assert found["list_cost_usd"] == Decimal("0.00035")
    shown = run("explain", ID).out
    assert "Cached and written tokens are more than the input" in shown
    assert "Reasoning tokens are more than the output" in shown


# --- no tokens, no price, nothing to pay --------------------------------------------------------------


def test_a_failed_request_is_priced_on_the_tokens_it_reports(
    run: Run, imported: Callable[..., None], explained: Explained
) -> None:
    imported(call(status="failed", http_status=500, error="ServerError"))
    price("acme/one", input="3", output="15")
    assert explained()["cost_usd"] == Decimal("0.0045")
    assert "status    error, HTTP 500, ServerError\n" in run("explain", ID).out


@pytest.mark.parametrize(
    ("fields", "gap", "says"),
    [
        ({"status": "failed", "input": "", "output": ""}, "failed", "it failed, and no tokens were reported"),
        ({"status": "ok", "input": "", "output": ""}, "none", "no tokens were reported"),
        ({"input": "", "output": "", "total": 70}, "part", "only a part of its tokens is known"),
        ({"output": ""}, "part", "only a part of its tokens is known"),
    ],
)
def test_unknown_tokens(
    run: Run, imported: Callable[..., None], explained: Explained, fields: Call, gap: str, says: str
) -> None:
    imported(call(**fields))
    price("acme/one", input="3", output="15")
    found = explained()
    assert (found["list_cost_usd"], found["list_gap"], found["cost_state"]) == (None, gap, "unmetered")
    assert found["classes"]["output"] == (None, 15, None)
    shown = run("explain", ID).out
    assert f"List cost: none, as {says}." in shown
    assert re.search(r"output +unknown × \$15 / M = +–\n", shown)
    assert "no cost; it is one of the requests with unknown tokens" in shown


def test_free_is_an_explicit_0(run: Run, imported: Callable[..., None], explained: Explained) -> None:
    imported(call(input="", output="", total=70))
    price("acme/one", input="0", output="0")
    found = explained()
    assert found["classes"] == {"input": (None, 0, 0), "output": (None, 0, 0)}
    assert (found["list_cost_usd"], found["cost_state"]) == (0, "list")
    assert "unknown × $0 / M = $0\n" in run("explain", ID).out


def test_no_tokens_at_all(run: Run, imported: Callable[..., None]) -> None:
    imported(call(status="failed", input=0, output=0))
    price("acme/one", input="3", output="15")
    assert "  Tokens: none.\n" in run("explain", ID).out
    outcome = run("explain", ID, "--format", "csv")
    assert (outcome.code, outcome.out.count("\n")) == (0, 1)
    assert "has no tokens to price: no cost; it is one of the requests with unknown tokens" in outcome.err


@pytest.mark.parametrize(
    ("fields", "gap", "says"),
    [
        ({"model": "made/up"}, "model", "no price list has made/up at acme"),
        ({"tier": "flex"}, "tier", "no price list has acme/one at acme in the flex tier"),
        ({"time": "2025-12-31T23:59:59Z"}, "day", "no price list has acme/one at acme on 2025-12-31 (UTC)"),
    ],
)
def test_what_no_price_list_has(
    run: Run, imported: Callable[..., None], explained: Explained, fields: Call, gap: str, says: str
) -> None:
    imported(call(**fields))
    price("acme/one", input="3", output="15")
    found = explained()
    assert (found["line"], found["list_cost_usd"], found["list_gap"], found["gap"]) == (None, None, gap, gap)
    assert found["classes"] == {"input": (1000, None, None), "output": (100, None, None)}
    shown = run("explain", ID).out
    assert f"  Price: {says}.\n" in shown
    assert "  Tokens: input 1,000, output 100.\n" in shown
    assert "  List cost: none, as no price holds.\n" in shown


# --- which line ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "line", "until"),
    [("2026-06-30T23:59:59Z", 2, "2026-07-01"), ("2026-07-01T00:00:00Z", 3, None)],
)
def test_the_line_of_its_day(
    run: Run, imported: Callable[..., None], explained: Explained, time: str, line: int, until: str | None
) -> None:
    imported(call(time=time))
    price("acme/one", input="3", output="15", effective_until="2026-07-01")
    price("acme/one", input="2", output="10", effective_from="2026-07-01")
    found = explained()
    assert (found["line"], found["effective_until"]) == (line, until)
    assert found["list_cost_usd"] == {2: Decimal("0.0045"), 3: Decimal("0.003")}[line]
    assert ("until 2026-07-01 (not included)" in run("explain", ID).out) == (line == 2)


def test_ones_own_list_comes_first(run: Run, imported: Callable[..., None], explained: Explained) -> None:
    imported(call(model=AIR), options=())
    shipped = explained()
    assert (shipped["price_list"], shipped["is_own"], shipped["list_cost_usd"]) == (
        "instagen.csv",
        False,
        Decimal("0.00015"),
    )
    price(AIR, provider="instagen", input="1", output="1")
    own = explained()
    assert (own["price_list"], own["line"], own["is_own"]) == ("prices.csv", 2, True)
    assert own["list_cost_usd"] == Decimal("0.0011")
    assert "prices.csv line 2 (your own list)" in run("explain", ID).out


def test_the_id_it_was_found_under(run: Run, imported: Callable[..., None], explained: Explained) -> None:
    imported(call(model=f"openai/{AIR}"), options=())
    found = explained()
    assert (found["model"], found["price_model"]) == (f"openai/{AIR}", AIR)
    assert f"openai/{AIR} is listed as {AIR}, without the prefix openai/." in run("explain", ID).out


def test_an_alias_is_no_prefix_though_the_name_ends_with_the_id(run: Run, imported: Callable[..., None]) -> None:
    name, id_ = "accounts/fireworks/models/deepseek-v3p2", "deepseek-v3p2"
    imported(call(model=name), options=("--set", "provider=fireworks"))
    assert f"{name} is listed as {id_}, an alias." in run("explain", ID).out
    assert (
        f"for {id_} of fireworks (the id by an alias, the provider as it is named)" in run("prices", "show", name).out
    )


def test_the_only_host_stands_in(run: Run, imported: Callable[..., None]) -> None:
    imported(call(model=AIR), options=("--set", "provider=instagen", "--set", "host=proxy.example"))
    assert "It is for the only host of instagen with prices" in run("explain", ID).out


def test_a_tier_has_its_own_line(run: Run, imported: Callable[..., None], explained: Explained) -> None:
    imported(call(tier="batch"))
    price("acme/one", input="3", output="15")
    price("acme/one", input="1", output="5", tier="batch")
    assert explained()["list_cost_usd"] == Decimal("0.0015")
    shown = run("explain", ID).out
    assert "  tier      batch\n" in shown
    assert "acme/one of acme, tier batch, from 2026-01-01 on." in shown


# --- which cost counts --------------------------------------------------------------------------------

LIST = Decimal("0.0045")
SAID = Decimal("0.5")
COUNTED: list[tuple[str, str, str, Decimal | None, str]] = [
    ("billed", "0.5", "auto", SAID, "$0.5, the cost as billed: what was billed comes before all else"),
    ("billed", "0.5", "reported", SAID, "$0.5, the cost as billed: only what was reported was asked for"),
    ("billed", "0.5", "list", LIST, "$0.0045, the list cost: only list prices were asked for"),
    ("billed", "0", "auto", Decimal(0), "$0, the cost as billed"),
    ("gateway", "0.5", "auto", LIST, "$0.0045, the list cost: nothing was billed, and a list price comes before"),
    ("gateway", "0.5", "reported", SAID, "$0.5, the cost as a gateway reported: only what was reported"),
    ("client", "0.5", "auto", LIST, "$0.0045, the list cost"),
    ("client", "0.5", "reported", SAID, "$0.5, the cost as a client worked out"),
    ("client", "0", "auto", LIST, "$0.0045, the list cost"),
    ("client", "0", "reported", None, "no cost; only what was reported was asked for"),
    ("gateway", "", "reported", None, "no cost; only what was reported was asked for"),
]


@pytest.mark.parametrize(("kind", "said", "asked", "cost", "says"), COUNTED)
def test_which_cost_counts(
    run: Run,
    imported: Callable[..., None],
    explained: Explained,
    kind: str,
    said: str,
    asked: str,
    cost: Decimal | None,
    says: str,
) -> None:
    imported(call(cost=said), options=(*ACME, "--set", f"cost_kind={kind}"))
    price("acme/one", input="3", output="15")
    found = explained(ID, "--cost", asked)
    assert (found["cost_usd"], found["list_cost_usd"]) == (cost, LIST)
    listed = exactly(run("requests", "--id", ID, "--cost", asked, "--format", "json"))["rows"][0]
    assert listed["cost_usd"] == cost
    shown = run("explain", ID, "--cost", asked).out
    assert f"Counted with --cost {asked}: {says}" in shown
    does_not_know = said == "0" and kind != "billed"
    assert ("Reported cost: $0 as a client worked out, which means that it did not know." in shown) == does_not_know


@pytest.mark.parametrize("kind", ["gateway", "client"])
def test_a_reported_cost_counts_where_there_is_no_list_cost(
    run: Run, imported: Callable[..., None], explained: Explained, kind: str
) -> None:
    imported(call(cost="0.5"), options=(*ACME, "--set", f"cost_kind={kind}"))
    found = explained()
    assert (found["cost_usd"], found["cost_state"], found["gap"], found["list_gap"]) == (SAID, kind, None, "model")
    assert ": nothing was billed, and there is no list cost." in run("explain", ID).out


def test_an_answer_from_a_gateways_cache_costs_nothing(run: Run, tmp_path: Path, explained: Explained) -> None:
    record = {
        "id": "chatcmpl-0123456789abcdef0123456789abcdef",
        "call_type": "acompletion",
        "custom_llm_provider": "openai",
        "status": "success",
        "model": AIR,
        "api_base": "https://llm.submodel.ai/v1",
        "prompt_tokens": 1000,
        "completion_tokens": 100,
        "cache_hit": True,
        "startTime": 1795132800,
    }
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    assert run("import", tmp_path / "log.jsonl").code == 0
    id_ = str(record["id"])
    found = explained(id_)
    assert (found["cost_usd"], found["cost_state"], found["list_cost_usd"]) == (0, "cache_hit", Decimal("0.00015"))
    shown = run("explain", id_).out
    assert "Counted with --cost auto: $0, as a gateway answered from its cache." in shown
    assert "status    ok, answered from a gateway's cache\n" in shown


def test_the_classes_sum_up_to_the_list_cost_of_requests(run: Run, imported: Callable[..., None]) -> None:
    dice = random.Random(11)  # noqa: S311 - tokens, not secrets

    def some(most: int) -> object:
        return dice.choice(["", 0, dice.randrange(most)])

    imported(
        *(
            call(
                id="",
                time=f"2026-{dice.randrange(1, 12):02}-{dice.randrange(1, 29):02}T10:{minute:02}:00Z",
                status=dice.choice(["ok", "failed"]),
                tier=dice.choice(["", "batch"]),
                input=some(9999),
                cached=some(3000),
                written=some(3000),
                written_1h=some(3000),
                output=some(9999),
                reasoning=some(9999),
                cost=dice.choice(["", "0.5"]),
            )
            for minute in range(60)
        )
    )
    prices = {name: str(Decimal(dice.randrange(10**9)).scaleb(-6)) for name in lines.PRICES}
    price("acme/one", **prices, effective_until="2026-07-01")
    price("acme/one", input="0.000001", output="0.3", per_request="0.000001", effective_from="2026-07-01")
    price("acme/one", input="7.123456", output="0.3", tier="batch")
    price("acme/one", input="9.123456", output="0.7", tier="batch", input_above=5000)
    listed = exactly(run("requests", "--period", "all", "--limit", "60", "--cost", "list", "--format", "json"))["rows"]
    keys = [row["request_key"] for row in listed]
    content = exactly(run("explain", *keys, "--format", "json"))
    assert [request["request_key"] for request in content["requests"]] == keys
    sums = dict.fromkeys(keys, Decimal(0))
    for row in content["rows"]:
        sums[row["request_key"]] += row["cost_usd"] or 0
        if row["cost_usd"] is not None and row["tokens"] is not None:
            assert row["cost_usd"] == row["tokens"] * row["price_per_million_usd"] / 10**6
    for request, row in zip(content["requests"], listed, strict=True):
        assert request["list_cost_usd"] == row["cost_usd"]
        assert row["cost_usd"] in (None, sums[row["request_key"]])
    priced = [row["cost_usd"] for row in listed if row["cost_usd"] is not None]
    assert 10 < len(priced) < 60
    assert sum(priced) == exactly(run("stats", "--period", "all", "--cost", "list", "-f", "json"))["total"]["cost_usd"]


# --- which request ------------------------------------------------------------------------------------


def test_by_any_of_its_ids(run: Run, imported: Callable[..., None], explained: Explained) -> None:
    imported(call(time="2024-11-20T10:00:00Z"), call(id="another-0123456789", time="2024-11-20T10:00:01Z"))
    key = explained()["request_key"]
    for id_ in (key, key[:8], key.upper(), key.replace("-", "")):
        assert explained(id_)["upstream_id"] == ID
    both = exactly(run("explain", ID, "another-0123456789", "--format", "json"))["requests"]
    assert [request["upstream_id"] for request in both] == ["another-0123456789", ID]


def test_several_requests_of_one_id(run: Run, imported: Callable[..., None]) -> None:
    imported(call(id="chatcmpl-7"), call(id="chatcmpl-7", time="2026-11-21T10:00:00Z", input=7))
    shown = run("explain", "chatcmpl-7").out
    assert shown.count("Request ") == 2
    assert shown.index("2026-11-21 10:00:00") < shown.index("2026-11-20 10:00:00")  # the newest first
    assert "\n\nRequest " in shown


@pytest.mark.parametrize("id_", ["0123456", "req-", "nothing", "%", ""])
def test_an_unknown_request(run: Run, imported: Callable[..., None], id_: str) -> None:
    imported(call())
    outcome = run("explain", id_)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith(f"usage: there is no request {id_!r} in ")
    assert "among those asked for" not in outcome.err


def test_a_window_and_filters_hold(run: Run, imported: Callable[..., None]) -> None:
    imported(call(key="alice"))
    assert run("explain", ID, "--last", "7d", "--key", "alice").code == 0
    for elsewhere in (("--last", "1d"), ("--status", "error")):
        outcome = run("explain", ID, *elsewhere)
        assert (outcome.code, outcome.out) == (1, "")
        assert "among those asked for" in outcome.err


@pytest.mark.parametrize("count", ["best", "requests"])
def test_a_request_on_a_day_of_which_a_statement_counts(
    run: Run, imported: Callable[..., None], tmp_path: Path, explained: Explained, count: str
) -> None:
    imported(call(), call(id="another-0123456789", time="2026-11-18T10:00:00Z"))
    price("acme/one", input="3", output="15")
    (tmp_path / "statement.csv").write_text(
        "date,model,requests,input tokens,output tokens,cost_usd\n2026-11-20,acme/one,10,100,50,0.1\n", "utf-8"
    )
    assert run("import", tmp_path / "statement.csv", "--source-tz", "UTC", *ACME).code == 0
    found = explained(ID, "--count", count)
    assert (found["cost_usd"], found["is_counted"]) == (Decimal("0.0045"), count == "requests")
    shown = run("explain", ID, "--count", count).out
    assert ("Other reports count a statement of this time, and not this request." in shown) == (count == "best")
    assert explained("another-0123456789")["is_counted"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [((), "REQUEST_ID"), ((ID, "--count", "statements"), "best, requests"), ((ID, "--cost", "cheap"), "auto")],
)
def test_a_wrong_command_line(run: Run, arguments: tuple[str, ...], says: str) -> None:
    outcome = run("explain", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert says in outcome.err


# --- every format -------------------------------------------------------------------------------------


def test_every_format_tells_the_same(run: Run, imported: Callable[..., None]) -> None:
    imported(call(cost="0.5", **FULL))
    price("acme/one", **FULL_PRICES | {"input": "0.012345"})
    of_json = exactly(run("explain", ID, "--format", "json"))["rows"]
    of_lines = [json.loads(line, parse_float=Decimal) for line in run("explain", ID, "-f", "jsonl").out.splitlines()]
    of_csv = list(csv.DictReader(io.StringIO(run("explain", ID, "-f", "csv").out, newline="")))
    assert of_lines == of_json
    assert list(of_csv[0]) == list(of_json[0]) == [
        "request_key", "class", "tokens", "requests", "price_per_million_usd", "cost_usd", "assumed", "price_list",
        "line", "effective_from",
    ]  # fmt: skip
    for written, value in zip(of_csv, of_json, strict=True):
        assert written == {name: "" if cell is None else str(cell) for name, cell in value.items()}
    text, markdown = run("explain", ID).out, run("explain", ID, "--format", "markdown").out
    for row in of_json:
        assert f"${row['cost_usd']}" in text
        assert f" ${row['cost_usd']} |" in markdown
    for sentence in ("Price: prices.csv line 2 (your own list)", "Reported cost: $0.5 as billed."):
        assert sentence in text
        assert sentence in markdown
    assert "$0.0000802425" in text  # 6,500 × 0.012345 per million, and nothing is rounded


@pytest.mark.parametrize("width", [60, 80])
def test_no_number_is_cut(run: Run, imported: Callable[..., None], monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    model = "of-an-organisation/with-a-name-that-does-not-end/" + "x" * 80
    imported(call(model=model, input=123_456_789, cached=23_456_789, output=987_654_321))
    price(model, input="999.999999", output="0.000001")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    shown = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in run("explain", ID).out.splitlines()]
    assert max(map(len, shown)) <= width
    for number in ("100,000,000", "$999.999999", "$99,999.9999", "$23,456.788976543211", "$0.000987654321"):
        assert any(re.search(rf"(^|\s){re.escape(number)}(\s|$)", line) for line in shown), number
    assert "list cost" in "\n".join(shown)


@pytest.mark.parametrize("format_", formats.NAMES)
def test_nothing_of_a_log_reaches_the_terminal_raw(run: Run, tmp_path: Path, format_: str) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07a\u202eb\r|c"
    record = {"time": "2026-11-20T10:00:00Z", "input": 5, "output": 5, "model": hostile, "session": hostile}
    record |= {"provider": hostile, "id": "[bold]req-0123456789abcdef", "key": hostile, "service_tier": hostile}
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    assert run("import", tmp_path / "log.jsonl").code == 0
    outcome = run("explain", "[bold]req-0123456789abcdef", "--format", format_)
    assert outcome.code == 0
    assert not set("\x1b\x07\u202e\x00") & set(outcome.out)
    assert "\r" not in outcome.out.replace("\r\n", "\n")
    if format_ == "table":
        assert "[bold]req-0123456789abcdef" in outcome.out
