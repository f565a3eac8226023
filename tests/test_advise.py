"""Every rule of `usage advise`, worked out by hand on small logs, each boundary from both sides."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli.output.columns import money
from instagen_usage_cli.prices import lines
from instagen_usage_cli.reports.advise import significantly_lower

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Outcome

    Call = dict[str, Any]
    Advised = Callable[..., list[Call]]

V31 = "deepseek-ai/DeepSeek-V3.1"  # $0.20 per million tokens in, $0.80 out
AIR = "zai-org/GLM-4.5-Air"  # $0.10 and $0.50
OSS = "openai/gpt-oss-120b"  # $0.10 and $0.50
DAY = datetime(2026, 11, 20, tzinfo=UTC)
COLUMNS = ("time", "key", "model", "status", "input", "cached", "output", "reasoning", "cost", "latency_ms", "ttft_ms")
HEADINGS = {
    "input": "input tokens",
    "cached": "cached tokens",
    "output": "output tokens",
    "reasoning": "reasoning tokens",
}
HEADINGS |= {"cost": "cost (USD)", "latency_ms": "latency (ms)", "ttft_ms": "ttft (ms)"}


def calls(number: int, model: str, *, at: datetime = DAY, **fields: Any) -> list[Call]:  # noqa: ANN401 - any cell
    """Equal calls, a second apart: 3,000 tokens in, 1,000 out, successful."""
    usual = {"model": model, "key": "k", "status": "ok", "input": 3000, "output": 1000}
    return [usual | {"time": (at + timedelta(seconds=second)).isoformat()} | fields for second in range(number)]


def timed(number: int, model: str, *, latency_ms: int = 1000, ttft_ms: int = 500, **fields: Any) -> list[Call]:  # noqa: ANN401 - any cell
    """Calls with a duration: 1,000 tokens out in 500 ms after the first, 2,000 per second, unless said otherwise."""
    return calls(number, model, latency_ms=latency_ms, ttft_ms=ttft_ms, **fields)


@pytest.fixture
def imported(import_text: Callable[..., Outcome]) -> Callable[..., None]:
    """Import calls as a CSV log."""

    def write(records: Iterable[Call], *options: str, name: str = "log.csv") -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow([HEADINGS.get(column, column) for column in COLUMNS])
        writer.writerows([record.get(column, "") for column in COLUMNS] for record in records)
        outcome = import_text(text.getvalue(), name, *options)
        assert outcome.code == 0, outcome.err

    return write


@pytest.fixture
def advised(run: Callable[..., Outcome]) -> Advised:
    """The rows of `usage advise`, of one kind if it is named."""

    def ask(*arguments: str, kind: str | None = None) -> list[Call]:
        outcome = run("advise", *arguments, "--format", "json")
        assert outcome.code == 0, outcome.err
        rows = json.loads(outcome.out, parse_float=Decimal)["rows"]
        return [row for row in rows if kind in (None, row["advice"])]

    return ask


def price(model: str, *, provider: str = "acme", since: str = "2026-01-01", **per_million: str) -> None:
    """Write a line into one's own price list, in dollars per million tokens."""
    own = Path(os.environ["USAGE_PRICES"])
    known = [line for line in (lines.read(own) if own.exists() else []) if line.model != model]
    priced = {name: Decimal(each) for name, each in per_million.items()}
    line = lines.Line(provider=provider, model=model, effective_from=date.fromisoformat(since), **priced)  # type: ignore[arg-type]
    own.write_text(lines.write([*known, line]), "utf-8")


def one(rows: list[Call]) -> Call:
    assert len(rows) == 1, rows
    return rows[0]


# --- cheaper models -----------------------------------------------------------------------------------


def test_the_cheapest_model_that_is_not_worse(imported: Callable[..., None], advised: Advised) -> None:
    imported(timed(40, V31) + timed(40, AIR))
    row = one(advised(kind="cheaper-model"))
    # 40 × (0.0006 + 0.0008) against 40 × (0.0003 + 0.0005)
    assert (row["model"], row["provider"], row["alternative"]) == (V31, "instagen", AIR)
    assert (row["requests"], row["tokens"]) == (40, 160_000)
    assert (row["cost_usd"], row["saving_usd"]) == (Decimal("0.056"), Decimal("0.024"))
    assert row["access_key"] is None
    assert row["evidence"] == (
        "40 requests with 160 k tokens cost $0.06; the same tokens would have cost $0.03 at the list price of"
        " zai-org/GLM-4.5-Air, which was not worse in success (100.0 % against 100.0 %), p95 duration (1.00 s against"
        " 1.00 s) and speed (2,000.0 against 2,000.0 tokens/s)."
    )


# What the cheaper model did, and whether it may be proposed.
OTHERS: list[tuple[str, list[Call], bool]] = [
    # 5 % slower at the 95th percentile, at the same speed, and a millisecond more.
    ("p95 at the limit", timed(40, AIR, latency_ms=1050, ttft_ms=550), True),
    ("p95 beyond", timed(40, AIR, latency_ms=1051, ttft_ms=551), False),
    # 1,900 tokens per second are 5 % less than 2,000; 1,898 are more than that.
    ("speed at the limit", timed(40, AIR, output=950), True),
    ("speed beyond", timed(40, AIR, output=949), False),
    # Against 40 of 40: that all of four failures are here has a chance of 5.8 %, of five 2.7 %; 5 % is the limit.
    ("success at the limit", timed(36, AIR) + calls(4, AIR, at=DAY + timedelta(hours=1), status="failed"), True),
    ("success beyond", timed(35, AIR) + calls(5, AIR, at=DAY + timedelta(hours=1), status="failed"), False),
]


@pytest.mark.parametrize(("others", "is_proposed"), [case[1:] for case in OTHERS], ids=[case[0] for case in OTHERS])
def test_a_worse_model_is_not_proposed(
    imported: Callable[..., None], advised: Advised, others: list[Call], *, is_proposed: bool
) -> None:
    imported(timed(40, V31) + others)
    found = [row for row in advised() if row["model"] == V31 and row["alternative"]]
    row = one(found)
    # What is worse is passed over for what nobody has tried, at the same price.
    expected = ("cheaper-model", AIR) if is_proposed else ("unproven-model", OSS)
    assert (row["advice"], row["alternative"]) == expected
    assert ("not worse" in row["evidence"]) == is_proposed
    assert (row["advice"] == "unproven-model") == ("it was not in use" in row["evidence"])


def test_what_is_cheaper_still_but_worse_is_named(
    run: Callable[..., Outcome], imported: Callable[..., None], advised: Advised
) -> None:
    imported(timed(40, V31) + timed(40, AIR), "--set", "provider=acme")
    price(V31, input="2", output="2")
    price(AIR, input="1", output="1")
    price("cheap/slow", input="0.5", output="0.5")
    imported(timed(40, "cheap/slow", latency_ms=3000), "--set", "provider=acme", name="slow.csv")
    row = next(row for row in advised(kind="cheaper-model") if row["model"] == V31)
    assert row["alternative"] == AIR
    assert row["evidence"].endswith("; cheaper still, but worse: cheap/slow (p95 duration and speed).")
    compared = run("advise", "--format", "json").json["comparisons"]
    verdicts = {each["alternative"]: each["verdicts"] for each in compared if each["model"] == V31}
    assert verdicts["cheap/slow"] == {"success": "not worse", "p95 duration": "worse", "speed": "worse"}


@pytest.mark.parametrize(("number", "kind"), [(20, "cheaper-model"), (19, "unproven-model")])
def test_a_comparison_takes_20_requests(
    imported: Callable[..., None], advised: Advised, number: int, kind: str
) -> None:
    imported(timed(40, V31) + timed(number, AIR))
    row = one([row for row in advised() if row["alternative"]])
    assert (row["advice"], row["alternative"], row["saving_usd"]) == (kind, AIR, Decimal("0.024"))
    assert ("with 19 requests there and 40 here, too little is known to call it not worse" in row["evidence"]) == (
        number == 19
    )


def test_durations_that_are_unknown_of_both_are_not_compared(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(40, V31) + calls(40, AIR))
    row = one(advised(kind="cheaper-model"))
    assert row["alternative"] == AIR
    assert (
        "not worse in success (100.0 % against 100.0 %); not known of both: p95 duration and speed" in row["evidence"]
    )


def test_durations_that_are_known_of_one_prove_nothing(imported: Callable[..., None], advised: Advised) -> None:
    imported(timed(40, V31) + calls(40, AIR))
    assert one([row for row in advised() if row["alternative"]])["advice"] == "unproven-model"


def test_models_of_which_nothing_is_known_are_not_proposed(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(40, V31, status="") + calls(40, AIR, status=""))
    assert one([row for row in advised() if row["alternative"]])["advice"] == "unproven-model"


@pytest.mark.parametrize(("cost", "is_costly"), [("0.01", True), ("0.009999", False)])
def test_costly_models_make_5_percent_of_the_cost(
    imported: Callable[..., None], advised: Advised, cost: str, *, is_costly: bool
) -> None:
    imported(calls(1, OSS, cost="0.19") + calls(1, V31, cost=cost))
    models = {row["model"] for row in advised() if row["alternative"]}
    assert models == ({OSS, V31} if is_costly else {OSS})


@pytest.mark.parametrize(("other", "is_advised"), [("99", True), ("99.0001", False)])
def test_a_saving_below_1_percent_is_none(
    imported: Callable[..., None], advised: Advised, other: str, *, is_advised: bool
) -> None:
    imported(calls(1, "acme/one"), "--set", "provider=acme")
    price("acme/one", input="100", output="100")
    price("acme/two", input=other, output=other)
    assert [row["saving_usd"] for row in advised()] == ([Decimal("0.004")] if is_advised else [])


def test_prices_are_those_of_the_day(
    run: Callable[..., Outcome], imported: Callable[..., None], advised: Advised
) -> None:
    glm, million = "zai-org/GLM-4.5-FP8", {"input": 1_000_000, "output": 1_000_000}
    midnight = datetime(2025, 8, 25, tzinfo=UTC)
    imported(calls(1, glm, at=midnight - timedelta(seconds=1), **million) + calls(1, glm, at=midnight, **million))
    # On the 24th of August 2025 it cost 0.50 + 1.00 and DeepSeek's V3 0.25 + 1.00, on the 25th both 0.20 + 0.80.
    row = one(advised("--since", "2025-08-24", "--until", "2025-08-24", kind="unproven-model"))
    assert (row["alternative"], row["cost_usd"]) == ("deepseek-ai/DeepSeek-V3-0324", Decimal("1.5"))
    assert row["saving_usd"] == Decimal("0.25")
    # From then on there was Qwen's at 0.20 + 0.30; only that day can be compared with it.
    row = one(advised("--period", "2025-08", kind="unproven-model"))
    assert (row["alternative"], row["requests"]) == ("Qwen/Qwen3-235B-A22B-Instruct-2507", 1)
    assert (row["cost_usd"], row["saving_usd"]) == (1, Decimal("0.5"))
    found = run("advise", "--period", "2025-08", "--format", "json").json["comparisons"]
    both = one([each for each in found if each["alternative"] == "deepseek-ai/DeepSeek-V3-0324"])
    assert (both["requests"], both["alternative_cost_usd"]) == (2, 2.25)


def test_only_days_on_which_both_have_a_price_are_compared(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(2, "acme/one", at=DAY - timedelta(days=1)) + calls(3, "acme/one", at=DAY), "--set", "provider=acme")
    price("acme/one", input="2", output="2")
    price("acme/two", input="1", output="1", since="2026-11-20")
    row = one(advised())
    assert (row["requests"], row["cost_usd"], row["saving_usd"]) == (3, Decimal("0.024"), Decimal("0.012"))
    assert row["evidence"].endswith(
        "; not compared: 2 requests, free, of unknown tokens or cost, or without a price there."
    )


def test_the_same_tokens_cost_what_a_log_of_the_other_model_costs(
    run: Callable[..., Outcome], imported: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(7)  # noqa: S311 - tokens, not secrets
    own = [
        call
        for hour in range(60)
        for call in calls(
            1,
            "acme/one",
            at=DAY - timedelta(hours=hour),
            input=dice.choice(["", 0, dice.randrange(9999)]),
            cached=dice.choice(["", 0, dice.randrange(9999)]),
            output=dice.choice(["", 0, dice.randrange(9999)]),
            reasoning=dice.choice(["", 0, dice.randrange(9999)]),
        )
    ]

    def staged(records: list[Call], name: str) -> None:
        monkeypatch.setenv("USAGE_DB", str(tmp_path / name))
        imported(records, "--set", "provider=acme", name=f"{name}.csv")
        price("acme/one", input="8", output="9")
        price("acme/two", input="3", output="5", cache_read="0.7", reasoning="6", per_request="1000")

    staged(own, "one")
    compared = one(json.loads(run("advise", "--format", "json").out, parse_float=Decimal)["comparisons"])
    staged([call | {"model": "acme/two"} for call in own], "two")
    stats = json.loads(run("stats", "--format", "json").out, parse_float=Decimal)["total"]
    assert stats["requests"] == 60
    assert compared["alternative_cost_usd"] == stats["cost_usd"] > 0


def test_what_a_gateway_answered_from_its_cache_would_cost_nothing_elsewhere_either(
    run: Callable[..., Outcome], tmp_path: Path, advised: Advised
) -> None:
    record = {
        "call_type": "acompletion",
        "custom_llm_provider": "openai",
        "status": "success",
        "model": V31,
        "api_base": "https://llm.submodel.ai/v1",
        "prompt_tokens": 3000,
        "completion_tokens": 1000,
    }
    (tmp_path / "log.jsonl").write_text(
        "".join(
            json.dumps(record | {"id": f"chatcmpl-{hit:032x}", "cache_hit": bool(hit), "startTime": 1795132800 + hit})
            + "\n"
            for hit in range(2)
        ),
        "utf-8",
    )
    assert run("import", tmp_path / "log.jsonl").code == 0
    row = one(advised())
    assert (row["requests"], row["cost_usd"], row["saving_usd"]) == (1, Decimal("0.0014"), Decimal("0.0006"))
    assert row["evidence"].endswith(
        "; not compared: 1 request, free, of unknown tokens or cost, or without a price there."
    )


def test_a_model_without_a_price_is_compared_where_its_cost_is_known(
    imported: Callable[..., None], advised: Advised
) -> None:
    imported(calls(40, "nobody/has-a-price") + calls(40, "nobody/either", cost="0.01") + calls(40, AIR))
    row = one([row for row in advised() if row["alternative"]])
    assert (row["model"], row["alternative"]) == ("nobody/either", AIR)
    assert (row["cost_usd"], row["saving_usd"]) == (Decimal("0.4"), Decimal("0.368"))


def test_a_price_for_input_alone_is_no_alternative(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(1, "acme/one"), "--set", "provider=acme")
    price("acme/one", input="2", output="2")
    price("acme/embedding", input="0.01", output="0")
    assert advised() == []


def test_cheaper_models_from_statements(run: Callable[..., Outcome], tmp_path: Path, advised: Advised) -> None:
    (tmp_path / "statement.csv").write_text(
        "date,model,requests,failed,input tokens,output tokens\n"
        f"2026-11-19,{V31},40,0,120000,40000\n2026-11-19,{AIR},40,2,120000,40000\n",
        "utf-8",
    )
    assert run("import", tmp_path / "statement.csv", "--source-tz", "UTC").code == 0
    row = one(advised(kind="cheaper-model"))
    assert (row["alternative"], row["requests"], row["saving_usd"]) == (AIR, 40, Decimal("0.024"))
    assert "not known of both: p95 duration and speed" in row["evidence"]


@pytest.mark.parametrize("failed", [150, 101])
def test_more_failures_than_requests_are_not_judged(
    run: Callable[..., Outcome], tmp_path: Path, advised: Advised, failed: int
) -> None:
    (tmp_path / "statement.csv").write_text(
        "date,model,requests,failed,input tokens,output tokens\n"
        f"2026-11-19,{V31},100,{failed},120000,40000\n2026-11-19,{AIR},100,{failed},120000,40000\n",
        "utf-8",
    )
    assert run("import", tmp_path / "statement.csv", "--source-tz", "UTC").code == 0
    row = one([row for row in advised() if row["alternative"]])
    assert row["advice"] == "unproven-model"


@pytest.mark.parametrize(("number", "kind"), [(20, "cheaper-model"), (19, "unproven-model")])
def test_a_speed_takes_20_requests_of_which_it_is_known(
    imported: Callable[..., None], advised: Advised, number: int, kind: str
) -> None:
    # What came all at once has a first token, but no speed.
    at_once = timed(40 - number, AIR, at=DAY + timedelta(hours=1), ttft_ms=1000)
    imported(timed(40, V31) + timed(number, AIR) + at_once)
    assert one([row for row in advised() if row["alternative"]])["advice"] == kind


@pytest.mark.parametrize(
    ("ok", "of", "other_ok", "other_of", "expected"),
    [
        (40, 40, 40, 40, False),
        # C(40, 4) of C(80, 4) ways are 0.058, C(40, 5) of C(80, 5) are 0.027.
        (40, 40, 36, 40, False),
        (40, 40, 35, 40, True),
        (35, 40, 40, 40, False),  # better is not worse
        (1000, 1000, 20, 20, False),
        (1000, 1000, 19, 20, True),  # 20 of 1,020
        (999, 1000, 19, 20, True),  # 1 - C(1000, 2) of C(1020, 2) ways: 0.039
        (998, 1000, 19, 20, False),  # 0.058
        (0, 40, 0, 40, False),
        # 50 against 40 of 100: pooled 0.45, error sqrt(0.45 × 0.55 × 0.02) = 0.0704, z = 1.42; 38 of 100: z = 1.71.
        (50, 100, 40, 100, False),
        (50, 100, 38, 100, True),
    ],
)
def test_significantly_lower(ok: int, of: int, other_ok: int, other_of: int, *, expected: bool) -> None:
    assert significantly_lower(ok, of, other_ok, other_of) is expected


# --- prompts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tokens", "is_large"),
    [((10_000, 99), True), ((10_000, 100), False), ((9_999, 1), False), ((20_000, 199), True)],
)
def test_large_inputs(
    imported: Callable[..., None], advised: Advised, tokens: tuple[int, int], *, is_large: bool
) -> None:
    input_, output = tokens
    imported(
        calls(3, V31, input=input_, output=output, key="a")
        + calls(1, V31, at=DAY + timedelta(hours=1), key="b", input=50_000, output=1, status="failed", cost="0.5")
    )
    rows = advised(kind="large-inputs")
    assert len(rows) == is_large
    for row in rows:
        assert (row["model"], row["access_key"], row["requests"], row["tokens"]) == (V31, "a", 3, 3 * (input_ + output))
        assert row["saving_usd"] == 3 * input_ * Decimal("0.0000002")
        assert row["cost_usd"] == row["saving_usd"] + 3 * output * Decimal("0.0000008")
        assert money(row["saving_usd"]) in row["evidence"]


def test_large_inputs_without_a_list_price_have_no_amount(
    run: Callable[..., Outcome], imported: Callable[..., None], advised: Advised
) -> None:
    imported(calls(2, "nobody/has-a-price", input=20_000, output=10, cost="0.5"))
    row = one(advised(kind="large-inputs"))
    assert (row["cost_usd"], row["saving_usd"]) == (1, None)
    assert "not known for want of a list price" in row["evidence"]
    assert "Nothing to save" not in run("advise", "--model", "nobody/*").out


def test_large_inputs_cannot_save_more_than_they_cost(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(1, V31, input=1_000_000, output=10, cost="0.05"))  # $0.20 at the list price
    assert one(advised(kind="large-inputs"))["saving_usd"] == Decimal("0.05")


def test_models_that_write_nothing_have_no_large_inputs(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(5, "nobody/embeds", input=20_000, output=0, cost="0.5"))
    assert advised() == []


@pytest.mark.parametrize(("input_", "is_costly"), [(4000, True), (3999, False)])
def test_costly_prompts(imported: Callable[..., None], advised: Advised, input_: int, *, is_costly: bool) -> None:
    # Per 1,000 tokens out: 4 × 0.0002 + 0.0008 = 0.0016 with the one key, 0.0008 with the others.
    imported(
        calls(20, V31, key="a", input=input_)
        + calls(10, V31, key="b", input=0)
        + calls(10, V31, key="c", input=0, output=500)
        + calls(20, AIR, key="d", input=0)
        + calls(20, V31, key="", input=0, output=9)
    )
    rows = advised(kind="costly-prompts")
    assert len(rows) == is_costly
    for row in rows:
        assert (row["model"], row["access_key"], row["requests"], row["tokens"]) == (V31, "a", 20, 100_000)
        assert (row["cost_usd"], row["saving_usd"]) == (Decimal("0.032"), Decimal("0.016"))
        assert row["evidence"].startswith(
            "1,000 output tokens cost $0.0016 with this key in 20 requests and $0.00080 with all other keys in 20"
            " requests, 2.0 times as much; output ÷ input is 0.25 against –; at the others' rate its output would have"
            " cost $0.02 instead of $0.03"
        )


@pytest.mark.parametrize(("own", "others", "is_costly"), [(20, 20, True), (19, 20, False), (20, 19, False)])
def test_costly_prompts_take_20_requests_of_both(
    imported: Callable[..., None], advised: Advised, own: int, others: int, *, is_costly: bool
) -> None:
    imported(calls(own, V31, key="a", input=9000) + calls(others, V31, key="b", input=0))
    assert len(advised(kind="costly-prompts")) == is_costly


@pytest.mark.parametrize(("output", "is_costly"), [(799, True), (800, False), (1000, False)])
def test_prompts_are_not_to_blame_for_a_price(
    imported: Callable[..., None], advised: Advised, output: int, *, is_costly: bool
) -> None:
    # Twice as dear, though the output is 80 % of the others' for the same input.
    imported(
        calls(20, V31, key="a", input=1000, output=output, cost="0.02")
        + calls(20, V31, key="b", input=1000, cost="0.01")
    )
    assert len(advised(kind="costly-prompts")) == is_costly


def test_prompts_are_not_to_blame_for_failures(imported: Callable[..., None], advised: Advised) -> None:
    later = DAY + timedelta(hours=1)
    imported(
        calls(20, V31, key="a", cost="0.01")
        + calls(20, V31, at=later, key="a", output=0, status="failed", cost="0.01")
        + calls(20, V31, key="b", cost="0.01")
    )
    assert advised(kind="costly-prompts") == []
    imported(calls(20, V31, at=later, key="c", output=10, cost="0.01"), name="more.csv")
    row = one(advised(kind="costly-prompts"))
    assert (row["access_key"], row["requests"], row["cost_usd"]) == ("c", 20, Decimal("0.2"))
    assert "with all other keys in 40 requests" in row["evidence"]


def test_the_saving_of_costly_prompts_is_exact_to_the_last_place(
    imported: Callable[..., None], advised: Advised
) -> None:
    imported(calls(20, V31, key="a", input=9000, output=1) + calls(20, V31, key="b", input=1, output=3))
    row = one(advised(kind="costly-prompts"))
    # 20 × (9,000 × 0.2 + 0.8) µ$, less 20 × (0.2 + 3 × 0.8) / 3 µ$
    exact = Decimal("0.036016") - Decimal("0.000052") / 3
    assert row["cost_usd"] == Decimal("0.036016")
    assert abs(row["saving_usd"] - exact) < Decimal("0.000000000001")


# --- the cache ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("cached", "is_low"), [(199, True), (200, False)])
def test_low_cache_share(imported: Callable[..., None], advised: Advised, cached: int, *, is_low: bool) -> None:
    imported(
        calls(10, "acme/one", input=1000, cached=cached) + calls(10, "acme/one", key="unknown"),
        "--set",
        "provider=acme",
    )
    price("acme/one", input="2", output="4", cache_read="0.5")
    imported(calls(1, "acme/other"), "--set", "provider=acme", name="other.csv")
    assert advised("--model", "acme/other", kind="low-cache-share") == []
    rows = advised(kind="low-cache-share")
    assert len(rows) == is_low
    for row in rows:
        # Half of 10,000 are 5,000 where 1,990 were cached: 3,010 more at 1.50 less per million.
        assert (row["requests"], row["saving_usd"]) == (10, Decimal("0.004515"))
        # 10 × (801 × 2 + 199 × 0.5 + 1,000 × 4) per million
        assert row["cost_usd"] == Decimal("0.057015")
        assert "19.9 % of 10.0 k input tokens were read from a cache" in row["evidence"]
        assert "with 50 % from there" in row["evidence"]


@pytest.mark.parametrize("cache_read", [None, "2", "3"])
def test_a_low_cache_share_only_counts_where_it_saves(
    imported: Callable[..., None], advised: Advised, cache_read: str | None
) -> None:
    imported(calls(10, "acme/one", cached=0), "--set", "provider=acme")
    price("acme/one", input="2", output="4", **({"cache_read": cache_read} if cache_read else {}))
    assert advised() == []


def test_an_unknown_cache_share_is_not_low(imported: Callable[..., None], advised: Advised) -> None:
    imported(calls(10, "acme/one"), "--set", "provider=acme")
    price("acme/one", input="2", output="4", cache_read="0.5")
    assert advised() == []


# --- failures and keys --------------------------------------------------------------------------------


def test_paid_failures(imported: Callable[..., None], advised: Advised) -> None:
    later = DAY + timedelta(hours=1)
    imported(
        calls(2, V31, status="failed", cost="0.01")
        + calls(1, V31, at=later, status="failed")  # 0.0006 + 0.0008 at list prices
        + calls(1, AIR, status="failed", cost="0")
        + calls(1, OSS, status="failed", cost="0.3")
        + calls(1, V31, at=later + timedelta(hours=1), cost="5")
        + calls(1, V31, at=later + timedelta(hours=2), status="", cost="5")
    )
    found = {row["model"]: row for row in advised(kind="paid-failures")}
    assert set(found) == {V31, OSS}
    row = found[V31]
    assert (row["requests"], row["tokens"], row["cost_usd"], row["saving_usd"]) == (
        3,
        12_000,
        Decimal("0.0214"),
        Decimal("0.0214"),
    )
    assert "3 requests failed and yet used 12.0 k tokens and cost $0.02 ($0.02 of it as billed" in row["evidence"]
    assert found[OSS]["evidence"].endswith("cost $0.30 (as billed).")


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def used(key: str, *moments: datetime, model: str = V31) -> list[Call]:
    return [call for moment in moments for call in calls(1, model, at=moment, key=key)]


@pytest.mark.parametrize(
    ("late", "is_quiet"), [(timedelta(0), True), (timedelta(seconds=1), False), (timedelta(days=6), False)]
)
def test_quiet_keys(imported: Callable[..., None], advised: Advised, late: timedelta, *, is_quiet: bool) -> None:
    last = NOW - WEEK + late
    imported(used("old", last - timedelta(days=3), last) + used("busy", last - timedelta(days=1), NOW))
    rows = advised(kind="quiet-key")
    assert len(rows) == is_quiet
    for row in rows:
        assert (row["access_key"], row["requests"], row["tokens"]) == ("old", 2, 8000)
        assert (row["cost_usd"], row["saving_usd"], row["model"]) == (Decimal("0.0028"), None, None)
        assert row["evidence"] == (
            "Last used on 2026-11-16, 7 days ago, after 2 active days in this window with 2 requests, while imports"
            " from csv reach to 2026-11-23; revoke it if nobody needs it."
        )


def test_quiet_keys_had_two_active_days(imported: Callable[..., None], advised: Advised) -> None:
    night = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)
    imported(used("night", night, night + timedelta(hours=1)) + used("busy", NOW))
    assert [row["access_key"] for row in advised(kind="quiet-key")] == ["night"]
    # In Paris both are on the 11th.
    assert advised("--tz", "Europe/Paris", kind="quiet-key") == []


def test_a_key_is_not_quiet_that_is_used_elsewhere(imported: Callable[..., None], advised: Advised) -> None:
    old = NOW - timedelta(days=20)
    imported(
        used("k", old, old + timedelta(days=1))
        + used("k", NOW - timedelta(days=1), model=AIR)
        + used("other", NOW, model=AIR)
    )
    assert advised("--model", V31, kind="quiet-key") == []
    assert advised("--until", "2026-11-10", kind="quiet-key") == []


@pytest.mark.parametrize(
    ("newer", "fixed", "is_quiet"),
    [
        ("k2", "provider=acme", True),
        ("", "provider=acme", False),  # without keys: nothing is known of the old one
        ("k2", "provider=other", False),
        ("k2", "host=other.example", False),
        ("k2", "account=other", False),
    ],
)
def test_silence_is_quiet_where_newer_imports_would_tell(
    imported: Callable[..., None], advised: Advised, newer: str, fixed: str, *, is_quiet: bool
) -> None:
    old = NOW - timedelta(days=20)
    imported(used("old", old, old + timedelta(days=1)), "--set", "provider=acme")
    others = () if fixed.startswith("provider") else ("--set", "provider=acme")
    imported(used(newer, NOW), *others, "--set", fixed, name="newer.csv")
    assert [row["access_key"] for row in advised(kind="quiet-key")] == ["old"] * is_quiet


def test_silence_is_not_quiet_where_the_imports_end(imported: Callable[..., None], advised: Advised) -> None:
    old = NOW - timedelta(days=20)
    imported(used("a", old, old + timedelta(days=1)) + used("b", old + timedelta(days=7)))
    # The imports reach 6 days beyond the last use of a: too little to call it quiet.
    assert advised(kind="quiet-key") == []
    imported(used("b", old + timedelta(days=8)), name="more.csv")
    assert [row["access_key"] for row in advised(kind="quiet-key")] == ["a"]


# --- models in use ------------------------------------------------------------------------------------


def test_models_on_the_front_are_efficient(imported: Callable[..., None], advised: Advised) -> None:
    imported(timed(20, V31) + timed(20, AIR, latency_ms=2000) + timed(20, OSS, latency_ms=3000))
    rows = advised(kind="efficient-model")
    # Air is as cheap as gpt-oss and faster; V3.1 is dearer, but the fastest.
    assert [row["model"] for row in rows] == [V31, AIR]
    assert [row["saving_usd"] for row in rows] == [None, None]
    assert "Of 3 models in use with enough requests" in rows[0]["evidence"]
    assert "($0.35 per million tokens), as fast (p95 1.00 s) and as successful (100.0 %)" in rows[0]["evidence"]


def test_one_model_alone_is_not_called_efficient(imported: Callable[..., None], advised: Advised) -> None:
    imported(timed(20, AIR) + timed(19, OSS, latency_ms=500))
    assert advised(kind="efficient-model") == []


def test_a_model_to_be_replaced_is_not_called_efficient(imported: Callable[..., None], advised: Advised) -> None:
    # 4 % faster at twice the price: not beaten, and yet the other is not worse.
    imported(timed(40, V31) + timed(40, AIR, latency_ms=1040, ttft_ms=540))
    assert one(advised(kind="cheaper-model"))["model"] == V31
    row = one(advised(kind="efficient-model"))
    assert row["model"] == AIR
    assert "Of 2 models in use with enough requests" in row["evidence"]


# --- the whole ----------------------------------------------------------------------------------------


def mixture() -> list[Call]:
    """Something of everything."""
    later = DAY + timedelta(hours=1)
    return [
        *timed(40, V31, key="a", input=19_000),
        *timed(40, V31, key="b", input=100),
        *timed(40, AIR, key="b"),
        *calls(2, V31, at=later, key="a", status="failed", cost="0.7"),
        *calls(3, V31, at=later + timedelta(hours=1), key="b", input=50_000, output=100),
        *calls(1, "nobody/has-a-price", input=50_000, output=5, cost="2"),
        *used("old", DAY - timedelta(days=20), DAY - timedelta(days=19)),
    ]


def test_the_largest_amount_comes_first_and_unknown_ones_last(imported: Callable[..., None], advised: Advised) -> None:
    imported(mixture())
    rows = advised()
    assert {row["advice"] for row in rows} == {
        "cheaper-model", "unproven-model", "large-inputs", "paid-failures", "costly-prompts", "quiet-key",
        "efficient-model",
    }  # fmt: skip
    amounts = [row["saving_usd"] for row in rows]
    known = [amount for amount in amounts if amount is not None]
    assert known == sorted(known, reverse=True)
    assert amounts == known + [None] * (len(amounts) - len(known))
    assert None in amounts


def test_the_order_does_not_depend_on_that_of_the_log(
    imported: Callable[..., None], advised: Advised, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(mixture())
    first = advised()
    monkeypatch.setenv("USAGE_DB", str(tmp_path / "again.duckdb"))
    imported(mixture()[::-1], name="again.csv")
    assert advised() == first


def test_every_format_tells_the_same(run: Callable[..., Outcome], imported: Callable[..., None]) -> None:
    imported(mixture())
    in_json = json.loads(run("advise", "--format", "json").out, parse_float=Decimal)["rows"]
    in_lines = [json.loads(line, parse_float=Decimal) for line in run("advise", "-f", "jsonl").out.splitlines()]
    in_csv = list(csv.DictReader(io.StringIO(run("advise", "--format", "csv").out, newline="")))
    table, markdown = run("advise").out, run("advise", "--format", "markdown").out
    assert in_lines == in_json
    assert list(in_csv[0]) == list(in_json[0])
    for plain, row in zip(in_csv, in_json, strict=True):
        numbers = ("requests", "tokens", "cost_usd", "saving_usd")
        assert [Decimal(plain[name]) if plain[name] else None for name in numbers] == [row[name] for name in numbers]
        words = ("advice", "model", "provider", "access_key", "alternative", "evidence")
        assert [plain[name] or None for name in words] == [row[name] for name in words]
        assert row["evidence"] in table
        assert row["evidence"] in markdown
        assert row["evidence"][0].isupper() or row["evidence"][0].isdigit()
        assert row["evidence"].endswith(".")


@pytest.mark.parametrize(
    ("filters", "models", "keys"),
    [
        (("--key", "b"), {V31, AIR}, {"b"}),
        (("--model", AIR), {AIR}, set()),
        (("--model", "nobody/*"), {"nobody/has-a-price"}, {"k"}),
        (("--status", "error"), {V31}, set()),
        (("--since", "2026-11-20T01:00", "--until", "2026-11-20T02:00"), {V31}, set()),
    ],
)
def test_filters(
    imported: Callable[..., None], advised: Advised, filters: tuple[str, ...], models: set[str], keys: set[str]
) -> None:
    imported(mixture())
    rows = advised(*filters)
    assert {row["model"] for row in rows} == models
    assert {row["access_key"] for row in rows if row["access_key"]} == keys


def test_a_model_is_compared_with_those_that_the_filter_leaves_out(
    imported: Callable[..., None], advised: Advised
) -> None:
    imported(timed(40, V31) + timed(40, AIR))
    # The cost of what was left out does not make it a small one, either.
    imported(calls(1, "nobody/has-a-price", cost="100"), name="dear.csv")
    assert {row["model"] for row in advised() if row["alternative"]} == {"nobody/has-a-price"}
    rows = advised("--model", V31)
    assert [(row["advice"], row["alternative"]) for row in rows] == [("cheaper-model", AIR)]


def test_statements_have_no_single_requests(run: Callable[..., Outcome], tmp_path: Path, advised: Advised) -> None:
    (tmp_path / "statement.csv").write_text(
        "date,key,model,requests,failed,input tokens,output tokens,cost\n"
        f"2026-11-19,a,{AIR},1,1,90000,5,3\n2026-11-21,a,{AIR},1,1,90000,5,3\n",
        "utf-8",
    )
    assert run("import", tmp_path / "statement.csv", "--source-tz", "UTC").code == 0
    assert advised(kind="large-inputs") == []
    assert advised(kind="paid-failures") == []


def test_what_cannot_be_known_is_said(run: Callable[..., Outcome], imported: Callable[..., None]) -> None:
    imported(mixture())
    out = run("advise").out
    assert "the lines overlap, so they must not be added" in out
    assert "Not known here: the quality of the answers, whether a prompt can be shortened" in out
    assert "Cost: " in out
    content = run("advise", "--format", "json").json
    assert "prices by contract" in content["not_known"]
    assert content["thresholds"]["cost_share_pct"] == 5


def test_nothing_to_save(run: Callable[..., Outcome], imported: Callable[..., None]) -> None:
    imported(calls(3, AIR))
    window = "2026-10-24 12:00 → 2026-11-23 12:00 UTC"
    outcome = run("advise", "--format", "csv")
    assert outcome.code == 0
    assert (
        outcome.out == "advice,model,provider,access_key,alternative,requests,tokens,cost_usd,saving_usd,evidence\r\n"
    )
    assert outcome.err == f"usage: nothing to save found in {window}\n"
    # Models that are only marked save nothing either, and that is said before them.
    imported(timed(20, AIR, at=DAY - timedelta(days=1)) + timed(20, OSS, latency_ms=5000), name="more.csv")
    outcome = run("advise")
    assert outcome.err == ""
    assert f"Nothing to save found in {window}." in outcome.out
    assert "1. efficient model zai-org/GLM-4.5-Air\n" in outcome.out


def test_no_requests(run: Callable[..., Outcome], imported: Callable[..., None]) -> None:
    imported(calls(3, V31))
    outcome = run("advise", "--period", "2024-01", "--format", "csv")
    assert outcome.code == 0
    assert outcome.out.count("\n") == 1
    assert outcome.err == "usage: no requests in 2024-01-01 00:00 → 2024-02-01 00:00 UTC\n"


def test_names_from_a_log_are_no_markup_and_no_control(
    run: Callable[..., Outcome], imported: Callable[..., None]
) -> None:
    imported(calls(1, "[red]m\x1b[31m[/red]", key="[bold]k", status="failed", input=50_000, output=5, cost="0.5"))
    out = run("advise").out
    assert "paid failures of [red]m[/red]\n" in out
    assert "\x1b" not in out


def test_lines_are_wrapped_behind_their_indent() -> None:
    from rich.console import Console

    from instagen_usage_cli.output.document import Document
    from instagen_usage_cli.output.to_table import print_document
    from instagen_usage_cli.result import Result

    document = Document(name="advise", rows=Result((), ()), lines=("1. first", "   " + "word " * 40, "", "2. [b]x[/b]"))
    stream = io.StringIO()
    print_document(document, Console(file=stream, width=40, force_terminal=True, no_color=True))
    lines = [line.rstrip() for line in re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()).splitlines()]
    assert max(map(len, lines)) <= 40
    assert lines[0] == "1. first"
    assert all(line.startswith("   word") for line in lines[1:-2])
    assert " ".join(lines[1:-2]).split() == ["word"] * 40
    assert lines[-2:] == ["", "2. [b]x[/b]"]
