"""`usage models` and `usage models compare`: every number worked out by hand, or by counting pairs one by one."""

from __future__ import annotations

import csv
import io
import json
import math
import random
from collections import Counter
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli.reports.compare import Ranks, Successes, higher_pct, p_value, success_p_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., None]
    Gateway = Callable[..., None]

HEADINGS = "model,provider,status,input tokens,cached tokens,output tokens,duration ms,ttft ms,cost_usd"
# Of alpha here: two good requests, one that failed, and four of which something is unknown.
SMALL = """\
alpha,here,ok,100,50,50,1000,200,0.002
alpha,here,ok,300,,150,3000,1000,0.004
alpha,here,failed,,,,9000,,
alpha,here,,100,,,2000,,0.001
alpha,there,ok,1000,0,100,500,100,0.1
beta,here,ok,10,,20,,,0.003
alpha,here,ok,,,700,,,
alpha,here,ok,600,,800,,,
alpha,here,ok,,,,4000,1800,
"""
MEASURES = [
    "cost_per_request_usd",
    "cost_per_million_tokens_usd",
    "duration_ms",
    "ttft_ms",
    "output_tokens_per_second",
    "output_input_ratio",
    "success_pct",
]


@pytest.fixture
def add(import_text: Run) -> Add:
    """Import lines of `HEADINGS` as requests, a second apart."""

    def add_(lines: str | Iterable[str], headings: str = HEADINGS) -> None:
        lines = lines.splitlines() if isinstance(lines, str) else list(lines)
        timed = [f"2026-11-20T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z,{line}" for at, line in enumerate(lines)]
        outcome = import_text("\n".join([f"time,{headings}", *timed, ""]))
        assert f"{len(lines):,} new" in outcome.out, outcome

    return add_


@pytest.fixture
def gateway(import_text: Run) -> Gateway:
    """Import a gateway's log, a second apart: 100 tokens out at $0.0001 of `m`, unless said otherwise."""

    def gateway_(*calls: dict[str, Any], model: str = "m") -> None:
        logged = (json.dumps(_logged(at, model, **call)) + "\n" for at, call in enumerate(calls))
        outcome = import_text("".join(logged), f"{model}.jsonl")
        assert f"{len(calls):,} new" in outcome.out, outcome

    return gateway_


def _logged(
    at: int, model: str, *, seconds: float = 1, first: float = 0.5, hit: bool = False, status: str = "success"
) -> dict[str, Any]:
    start = 1795132800 + at  # 2026-11-20
    failed = status == "failure"
    return {
        "id": f"{model}-{at}", "call_type": "acompletion", "custom_llm_provider": "openai", "status": status,
        "api_base": "https://acme.example/v1", "model": model, "stream": True, "cache_hit": hit,
        "prompt_tokens": 0 if failed else 100, "completion_tokens": 0 if failed else 100,
        "response_cost": 0 if failed else 0.0001,
        "startTime": start, "endTime": start + seconds, "completionStartTime": start + first,
    }  # fmt: skip


def rows(outcome: Outcome) -> list[dict[str, str]]:
    assert (outcome.code, outcome.err) == (0, "")
    return list(csv.DictReader(io.StringIO(outcome.out, newline="")))


def records(outcome: Outcome) -> list[dict[str, Any]]:
    assert (outcome.code, outcome.err) == (0, "")
    found = outcome.json["rows"]
    assert isinstance(found, list)
    return found


def timed(model: str, durations: Iterable[object], *, status: str = "ok", tokens: str = "10,,10") -> list[str]:
    """Requests of a model that took so long; without a cost."""
    return [f"{model},here,{status},{tokens},{duration},," for duration in durations]


# --- usage models -------------------------------------------------------------------------------------


def test_every_measure_of_a_model(run: Run, add: Add) -> None:
    add(SMALL)
    found = {(row["model"], row["provider"]): row for row in rows(run("models", "--format", "csv"))}
    assert len(found) == 3
    alpha = found["alpha", "here"]
    assert {name: alpha[name] for name in ("requests", "failed_requests", "judged_requests")} == {
        "requests": "7",
        "failed_requests": "1",
        "judged_requests": "6",  # of one the outcome is unknown
    }
    assert float(alpha["success_pct"]) == pytest.approx(500 / 6)
    assert (alpha["input_tokens"], alpha["output_tokens"], alpha["total_tokens"]) == ("1100", "1700", "2000")
    assert alpha["output_input_ratio"] == "1.0"  # 1000 of 1000, where both are known
    assert alpha["cache_share_pct"] == "50.0"  # 50 of 100: of the others the cached part is unknown
    assert alpha["cost_usd"] == "0.007"
    assert float(alpha["cost_share_pct"]) == pytest.approx(7 / 110 * 100)
    assert alpha["cost_per_request_usd"] == "0.002333333333"  # of three the cost is known
    assert alpha["cost_per_million_tokens_usd"] == "10"  # 0.006 for 600 tokens, where both are known
    assert alpha["cost_per_1k_output_usd"] == "0.03"  # 0.006 for 200
    percentiles = [float(alpha[f"{point}_duration_ms"]) for point in ("p50", "p95", "p99")]
    assert percentiles == pytest.approx([2500, 3850, 3970])  # of 1000, 2000, 3000, 4000; not of the failed one
    assert alpha["duration_samples"] == "4"
    firsts = [float(alpha[f"{point}_ttft_ms"]) for point in ("p50", "p95", "p99")]
    assert firsts == pytest.approx([1000, 1720, 1784])  # of 200, 1000, 1800
    assert alpha["ttft_samples"] == "3"
    assert float(alpha["output_tokens_per_second"]) == pytest.approx(200 / 2.8)  # 50 in 0.8 s and 150 in 2 s
    assert (alpha["few_samples"], alpha["few_ttft_samples"], alpha["efficient"]) == ("true", "true", "")
    assert alpha["first_at"] == "2026-11-20T00:00:00+00:00"
    assert alpha["last_at"] == "2026-11-20T00:00:08+00:00"


def test_what_is_unknown_of_a_model_is_not_0(run: Run, add: Add) -> None:
    add(SMALL)
    beta = next(row for row in rows(run("models", "--format", "csv")) if row["model"] == "beta")
    unknown = ["cache_share_pct", "p50_duration_ms", "p99_ttft_ms", "output_tokens_per_second", "efficient"]
    assert [beta[name] for name in unknown] == [""] * 5
    assert (beta["duration_samples"], beta["few_samples"]) == ("0", "false")


def test_the_total_is_over_everything(run: Run, add: Add) -> None:
    add(SMALL)
    total = run("models", "--format", "json").json["total"]
    assert (total["requests"], total["judged_requests"], total["success_pct"]) == (9, 8, 87.5)
    assert (total["cost_usd"], total["cost_share_pct"]) == (0.11, 100)
    assert total["cost_per_request_usd"] == 0.022  # 0.11 for 5
    assert total["cost_per_million_tokens_usd"] == pytest.approx(0.109 / 1730 * 1e6)
    assert total["p50_duration_ms"] == 2000  # of 500, 1000, 2000, 3000, 4000
    assert total["p95_duration_ms"] == pytest.approx(3800)
    assert total["output_tokens_per_second"] == pytest.approx(300 / 3.2)
    assert total["cache_share_pct"] == pytest.approx(50 / 1100 * 100)


def test_the_costliest_model_comes_first(run: Run, add: Add) -> None:
    add("""\
b,here,ok,10,,10,,,0.5
c,here,ok,90,,90,,,
a,here,ok,10,,10,,,0.5
d,here,ok,10,,10,,,
d,here,ok,10,,10,,,
e,here,ok,10,,10,,,0.7
e,also,ok,10,,10,,,0.7
""")
    found = [(row["model"], row["provider"]) for row in rows(run("models", "--format", "csv"))]
    assert found == [
        ("e", "also"), ("e", "here"), ("a", "here"), ("b", "here"), ("d", "here"), ("c", "here"),
    ]  # fmt: skip


def test_a_model_without_a_price_has_no_cost(run: Run, add: Add) -> None:
    add("priceless,,ok,1000,,100,900,100,\nopenai/gpt-oss-120b,,ok,1000000,,1000000,900,100,")
    gpt, priceless = rows(run("models", "--format", "csv"))
    money = [name for name in gpt if name.endswith("_usd")]
    assert [gpt[name] for name in money] == ["0.6", "0.6", "0.3", "0.0006"]  # 0.10 and 0.50 per million
    assert [priceless[name] for name in [*money, "cost_share_pct"]] == [""] * 5
    assert priceless["p50_duration_ms"] == "900.0"
    assert "Not in the cost: 1 request without a price (priceless)." in run("models").out
    assert run("models", "--format", "json").json["cost_basis"]["unpriced_requests"] == 1


def test_percentiles_are_exact_whatever_the_order(run: Run, add: Add) -> None:
    dice = random.Random(7)  # noqa: S311 - no secret
    durations = [dice.randrange(1, 5000) for _ in range(157)]
    add([*timed("m", durations), *timed("m", [1] * 9, status="failed"), *timed("m", [""] * 5)])
    [row] = rows(run("models", "--format", "csv"))
    ordered = sorted(durations)
    for point, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        low = math.floor(share * 156)
        expected = ordered[low] + (share * 156 - low) * (ordered[low + 1] - ordered[low])
        assert float(row[f"{point}_duration_ms"]) == pytest.approx(expected)
    assert row["duration_samples"] == "157"
    assert row["few_samples"] == "false"


def test_percentiles_are_told_to_the_microsecond(run: Run, add: Add) -> None:
    # The 95th of a hundred whole milliseconds has two decimals; a float can be a hair off, by the version of the store.
    add([f"m,here,ok,10,,10,{at * at * 7 + 13 * at + 101},{at * at * 3 + 7 * at + 5}," for at in range(30)])
    [row] = rows(run("models", "--format", "csv"))
    found = [row[f"{point}_{name}_ms"] for name in ("duration", "ttft") for point in ("p50", "p95", "p99")]
    assert found == [str(round(float(value), 3)) for value in found]


def test_no_known_outcome_is_no_number(run: Run, add: Add) -> None:
    add(["m,here,,10,,10,1,,", "n,here,ok,10,,10,1,,"])
    found = {row["model"]: row["judged_requests"] for row in rows(run("models", "--format", "csv"))}
    assert found == {"m": "", "n": "1"}
    assert run("models", "--model", "m", "--format", "json").json["total"]["judged_requests"] is None


@pytest.mark.parametrize("failures", ["150", "30", "31"])
def test_more_failures_than_requests_are_no_outcome(run: Run, tmp_path: Path, failures: str) -> None:
    log = tmp_path / "days.csv"
    log.write_text(f"date,model,requests,failed requests\n2026-11-18,m,30,{failures}\n2026-11-19,m,10,1\n", "utf-8")
    assert run("import", log, "--source-tz", "UTC").code == 0
    [row] = rows(run("models", "--format", "csv"))
    judged = ("40", "22.5") if failures == "30" else ("10", "90.0")
    assert (row["requests"], row["judged_requests"], row["success_pct"]) == ("40", *judged)
    assert run("models", "--format", "json").json["total"]["success_pct"] == float(judged[1])


def test_a_model_is_not_timed_by_what_a_gateway_had_in_its_cache(run: Run, gateway: Gateway) -> None:
    gateway({"seconds": 20, "first": 10}, {"seconds": 1, "first": 0.5, "hit": True}, {"status": "failure"})
    [row] = rows(run("models", "--format", "csv"))
    assert (row["requests"], row["output_tokens"], row["judged_requests"], row["success_pct"]) == (
        "3",
        "200",
        "2",
        "50.0",
    )
    assert (row["duration_samples"], row["p50_duration_ms"], row["p95_duration_ms"]) == ("1", "20000.0", "20000.0")
    assert (row["ttft_samples"], row["p50_ttft_ms"], row["output_tokens_per_second"]) == ("1", "10000.0", "10.0")
    assert row["cost_per_request_usd"] == "0.00005"  # 0.0001 for the one that was answered, nothing for the cached one
    note = "Answers from a gateway's cache are not timed"
    assert note in run("models").out
    assert note not in run("models", "--until", "2026-11-20T00:00:01").out


def test_percentiles_of_few_requests_are_marked(run: Run, add: Add) -> None:
    add([*timed("nineteen", range(1, 20)), *timed("twenty", range(1, 21))])
    outcome = run("models")
    lines = {line.split()[0]: line.split() for line in outcome.out.splitlines() if line.strip()}
    assert "*" in lines["Model"]
    assert "*" in lines["nineteen"]
    assert "*" not in lines["twenty"]
    assert "* Fewer than 20 requests: their percentiles say little." in outcome.out
    assert [row["few_samples"] for row in rows(run("models", "--format", "csv"))] == ["false", "true"]
    assert "*" not in run("models", "--model", "twenty").out


def test_the_provider_is_named_where_there_are_two(run: Run, add: Add) -> None:
    add(SMALL)
    both = run("models").out
    assert "Provider" in both
    assert "there" in both
    assert "Provider" not in run("models", "--provider", "here").out


def test_a_window_without_requests(run: Run, add: Add) -> None:
    add(SMALL)
    outcome = run("models", "--period", "today")
    assert (outcome.code, outcome.out.count("\n")) == (0, 2)
    assert "no requests in 2026-11-23 00:00" in outcome.err
    assert run("models", "--period", "today", "--format", "json").json["rows"] == []


def test_filters_choose_what_is_measured(run: Run, add: Add) -> None:
    add(SMALL)
    found = rows(run("models", "--provider", "here", "--status", "ok", "--format", "csv"))
    assert [(row["model"], row["requests"], row["success_pct"]) for row in found] == [
        ("alpha", "5", "100.0"),
        ("beta", "1", "100.0"),
    ]


def test_statements_have_requests_and_cost_but_no_percentiles(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "days.csv"
    log.write_text(
        "date,model,requests,failed requests,input tokens,output tokens,cost_usd\n"
        "2026-11-18,alpha,,5,,,4\n2026-11-19,alpha,40,10,4000,1000,2\n2026-11-20,alpha,10,,1000,1000,1\n",
        "utf-8",
    )
    assert run("import", log, "--source-tz", "UTC").code == 0
    [row] = rows(run("models", "--format", "csv"))
    assert (row["requests"], row["judged_requests"], row["success_pct"]) == ("50", "40", "75.0")
    assert (row["cost_usd"], row["cost_per_request_usd"]) == ("7", "0.06")  # of 4 the requests are unknown
    assert row["output_input_ratio"] == "0.4"
    assert (row["duration_samples"], row["p50_duration_ms"], row["output_tokens_per_second"]) == ("0", "", "")
    outcome = run("models")
    assert "Counted from statements of 3 periods" in outcome.out
    assert "*" not in outcome.out


def efficient(run: Run) -> dict[str, str]:
    return {row["model"]: row["efficient"] for row in rows(run("models", "--format", "csv"))}


def test_efficient_models_are_those_that_no_other_one_beats(run: Run, add: Add) -> None:
    def model(name: str, *, cost: str, duration: object, failures: int = 0, requests: int = 20) -> list[str]:
        good = [f"{name},here,ok,500,,500,{duration},,{cost}"] * requests
        return good + [f"{name},here,failed,500,,500,{duration},,{cost}"] * failures

    def unjudged(name: str) -> list[str]:
        return [f"{name},here,,500,,500,1,,0.0001", *model(name, cost="0.0001", duration=1, requests=19)]

    add([
        *model("cheap", cost="0.001", duration=2000),
        *model("beaten", cost="0.002", duration=3000),  # cheap is better in both
        *model("fast", cost="0.003", duration=1000),
        *model("twin-of-fast", cost="0.003", duration=1000),  # equal is not better
        *model("slightly-beaten", cost="0.003", duration=1000, failures=1),  # by success alone
        *model("good-but-fails", cost="0.0005", duration=900, failures=5),
        *model("hardly-timed", cost="0.0001", duration=1, requests=19),  # proves nothing, and beats nobody
        *model("hardly-timed", cost="0.0001", duration=""),
        *unjudged("hardly-judged"),
        *model("priceless", cost="", duration=1),
    ])  # fmt: skip
    assert efficient(run) == {
        "cheap": "true",
        "beaten": "false",
        "fast": "true",
        "twin-of-fast": "true",
        "slightly-beaten": "false",
        "good-but-fails": "true",
        "hardly-timed": "",
        "hardly-judged": "",
        "priceless": "",
    }
    note = run("models").out.partition("Efficient: ")[2].partition(".")[0]
    assert sorted(note.split(", ")) == ["cheap", "fast", "good-but-fails", "twin-of-fast"]


def test_models_of_one_price_are_equally_cheap(run: Run, add: Add) -> None:
    # $0.10 per million of both; as floats the second would be a hair cheaper.
    add([*["a,here,ok,50,,50,1000,,0.00001"] * 20, *["b,here,ok,200,,49,1000,,0.0000249"] * 20])
    assert efficient(run) == {"a": "true", "b": "true"}


def test_the_only_model_is_not_praised(run: Run, add: Add) -> None:
    add(["only,here,ok,500,,500,1000,,0.001"] * 20)
    assert "fficient" not in run("models").out


@pytest.mark.parametrize("command", ["models", "models compare alpha beta"])
def test_formats_carry_the_same_values(run: Run, add: Add, command: str) -> None:
    add(SMALL)
    in_csv = rows(run(*command.split(), "--format", "csv"))
    in_json = records(run(*command.split(), "--format", "json"))
    in_lines = [json.loads(line) for line in run(*command.split(), "--format", "jsonl").out.splitlines()]
    assert in_lines == in_json
    assert len(in_csv) == len(in_json)
    for text, value in ((row[name], record[name]) for row, record in zip(in_csv, in_json, strict=True) for name in row):
        if value is None or isinstance(value, (str, bool)):
            assert text == ("" if value is None else str(value).lower() if isinstance(value, bool) else value)
        else:
            assert float(text) == value


# --- usage models compare -----------------------------------------------------------------------------


def comparison(run: Run, *arguments: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = records(run("models", "compare", *arguments, "--format", "json"))
    return {(record["measure"], record["model"]): record for record in found}


def ranks_of(baseline: Sequence[float], other: Sequence[float]) -> Ranks:
    """What the rank test needs, by comparing every pair."""
    wins = sum((b > a) * 2 + (b == a) for a in baseline for b in other)
    groups = Counter([*baseline, *other]).values()
    return Ranks(len(baseline), len(other), wins, sum(size**3 - size for size in groups))


def test_every_measure_of_a_comparison(run: Run, add: Add) -> None:
    add("""\
a,here,ok,100,,50,1000,500,0.002
a,here,ok,100,,100,2000,1000,0.004
a,here,failed,7,,7,1,1,9
a,here,,100,,300,6000,3000,0.012
b,here,ok,100,,200,1500,1100,0.008
b,here,ok,200,,100,3000,2000,
b,there,failed,,,,,,
b,there,failed,,,,,,
""")
    found = comparison(run, "a", "b")
    assert [measure for measure, _ in found] == MEASURES
    values = {measure: (record["baseline_value"], record["value"]) for (measure, _), record in found.items()}
    assert values == {
        "cost_per_request_usd": (0.006, 0.008),  # means
        "cost_per_million_tokens_usd": (pytest.approx(20), pytest.approx(0.008 / 300 * 1e6)),  # 13.3, 20 and 30
        "duration_ms": (2000, 2250),
        "ttft_ms": (1000, 1550),
        "output_tokens_per_second": (100, 300),  # 100, 100 and 100; 500 and 100
        "output_input_ratio": (1, 1.25),
        "success_pct": (pytest.approx(200 / 3), 50),
    }
    samples = {measure: (record["baseline_samples"], record["samples"]) for (measure, _), record in found.items()}
    assert samples == dict.fromkeys(MEASURES, (3, 2)) | {
        "cost_per_request_usd": (3, 1),
        "cost_per_million_tokens_usd": (3, 1),
        "success_pct": (3, 4),
    }
    cost, duration = found["cost_per_request_usd", "b"], found["duration_ms", "b"]
    assert (cost["difference"], cost["difference_pct"]) == (0.002, pytest.approx(100 / 3))
    assert (duration["difference"], duration["difference_pct"]) == (250, 12.5)
    assert duration["higher_pct"] == 50  # 1500 beats 1000, 3000 beats 1000 and 2000: 3 of 6
    assert found["output_tokens_per_second", "b"]["higher_pct"] == 75  # three wins, three ties
    # of 12 pairs two are won (success against the failure of a), and four and two are equal
    assert found["success_pct", "b"]["higher_pct"] == pytest.approx((2 + 6 / 2) / 12 * 100)
    assert {record["verdict"] for record in found.values()} == {"too few requests"}
    assert {record["baseline"] for record in found.values()} == {"a"}


def test_no_speed_where_the_first_token_is_said_to_come_with_the_last_or_later(run: Run, add: Add) -> None:
    add("a,here,ok,10,,10,500,500,\na,here,ok,10,,10,500,600,\nb,here,ok,10,,10,500,400,\nb,here,ok,10,,10,500,600,")
    assert [row["output_tokens_per_second"] for row in rows(run("models", "--format", "csv"))] == ["", "100.0"]
    found = comparison(run, "a", "b")["output_tokens_per_second", "b"]
    assert (found["baseline_samples"], found["samples"], found["value"]) == (0, 1, 100)


def test_what_a_gateway_had_in_its_cache_is_not_compared(run: Run, gateway: Gateway) -> None:
    hit = {"seconds": 1, "first": 0.5, "hit": True}
    gateway({"seconds": 20, "first": 10}, hit, hit, hit, model="a")
    gateway({"seconds": 5, "first": 1}, {"status": "failure"}, model="b")
    found = comparison(run, "a", "b")
    assert {record["baseline_samples"] for record in found.values()} == {1}
    assert found["duration_ms", "b"]["baseline_value"] == 20_000
    assert found["output_tokens_per_second", "b"]["baseline_value"] == 10
    assert found["cost_per_request_usd", "b"]["baseline_value"] == 0.0001
    models = run("models", "compare", "a", "b", "--format", "json").json["models"]
    assert [model["requests"] for model in models] == [4, 2]
    note = "Answers from a gateway's cache are not compared."
    assert note in run("models", "compare", "a", "b").out
    assert note not in run("models", "compare", "a", "b", "--until", "2026-11-20T00:00:01").out


def test_models_of_one_price_tie(run: Run, add: Add) -> None:
    # $0.10 per million of both; as floats the second would be a hair cheaper.
    add([f"{model},here,ok,{tokens},,0,,,{tokens / 1e7:.7f}" for model, tokens in [("a", 193), ("b", 228)] * 25])
    found = comparison(run, "a", "b")["cost_per_million_tokens_usd", "b"]
    assert (found["samples"], found["p_value"], found["higher_pct"], found["difference"]) == (25, 1, 50, 0)


def test_several_models_are_each_compared_with_the_first(run: Run, add: Add) -> None:
    sizes = {"a": 25, "b": 30, "c": 20}
    add([line for model, size in sizes.items() for line in timed(model, range(size))])
    found = comparison(run, "b", "c", "a")
    assert [name for measure, name in found if measure == "duration_ms"] == ["c", "a"]
    assert found["duration_ms", "c"]["higher_pct"] == pytest.approx(higher_pct(ranks_of(range(30), range(20))))
    assert found["duration_ms", "a"]["higher_pct"] == pytest.approx(higher_pct(ranks_of(range(30), range(25))))
    models = run("models", "compare", "b", "c", "a", "--format", "json").json["models"]
    assert [(model["model"], model["requests"], model["is_baseline"]) for model in models] == [
        ("b", 30, True),
        ("c", 20, False),
        ("a", 25, False),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_ranks_are_those_of_counting_every_pair(run: Run, add: Add, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret
    few = dice.choice([3, 40, 10_000])  # how many different values: many ties, or hardly any
    baseline = [dice.randrange(few) for _ in range(dice.randrange(20, 70))]
    other = [round(dice.randrange(few) * 1.2) for _ in range(dice.randrange(20, 70))]
    lines = [*timed("a", baseline), *timed("b", other)]
    dice.shuffle(lines)
    add(lines)
    found = comparison(run, "a", "b")["duration_ms", "b"]
    expected = ranks_of(baseline, other)
    assert (found["baseline_samples"], found["samples"]) == (len(baseline), len(other))
    assert (found["baseline_value"], found["value"]) == (median(baseline), median(other))
    assert found["higher_pct"] == pytest.approx(higher_pct(expected))
    assert found["p_value"] == pytest.approx(p_value(expected))
    turned = comparison(run, "b", "a")["duration_ms", "a"]
    assert turned["p_value"] == pytest.approx(found["p_value"])
    assert turned["higher_pct"] == pytest.approx(100 - found["higher_pct"])
    assert turned["difference"] == -found["difference"]


def test_the_rank_test_is_the_documented_one(run: Run, add: Add) -> None:
    # The example of scipy's documentation of mannwhitneyu, method="asymptotic".
    males, females = [19, 22, 16, 29, 24], [20, 11, 17, 12]
    add([*timed("males", males), *timed("females", females)])
    found = comparison(run, "females", "males")["duration_ms", "males"]
    assert found["higher_pct"] == 17 / 20 * 100
    assert found["p_value"] == pytest.approx(0.11134688653314041, rel=1e-12)


def test_ties_lower_the_variance() -> None:
    # 2 against 1, 2, 2 wins 2 of 3, 3 wins all: U = 5, expected 3; the three 2s tie: 3³ - 3 = 24.
    # variance = 3 · 2 / 12 · (6 - 24 / (5 · 4)) = 2.4, z = (5 - 3 - 0.5) / √2.4
    ranks = ranks_of([1, 2, 2], [2, 3])
    assert ranks == Ranks(3, 2, 10, 24)
    assert p_value(ranks) == pytest.approx(math.erfc(1.5 / math.sqrt(2.4) / math.sqrt(2)))


def fisher(found: Successes, *, two_sided: bool) -> Fraction:
    """The p value of Fisher's exact test in whole numbers: every way to spread the failures over the requests."""
    failures = found.baseline_requests - found.baseline_ok + found.requests - found.ok
    ways = {
        failed: math.comb(found.requests, failed) * math.comb(found.baseline_requests, failures - failed)
        for failed in range(failures + 1)
    }
    seen = found.requests - found.ok
    extreme = [n for at, n in ways.items() if (n <= ways[seen] if two_sided else at >= seen)]
    return Fraction(sum(extreme), sum(ways.values()))


@pytest.mark.parametrize(
    "found",
    [
        Successes(1000, 1000, 19, 20),
        Successes(40, 40, 37, 40),
        Successes(37, 40, 40, 40),
        Successes(0, 20, 20, 20),
        Successes(20, 20, 0, 20),
        Successes(7, 25, 30, 61),
        Successes(5, 30, 40, 50),
        Successes(3000, 3017, 4980, 5010),
    ],
)
def test_success_is_tested_exactly(found: Successes) -> None:
    for two_sided in (True, False):
        exact = float(fisher(found, two_sided=two_sided))
        assert success_p_value(found, two_sided=two_sided) == pytest.approx(exact, rel=1e-7)


def test_fishers_tea() -> None:
    # Three of four cups told rightly: 17 of 70 ways one-sided, 34 of 70 two-sided.
    tea = Successes(3, 4, 1, 4)
    assert success_p_value(tea, two_sided=False) == pytest.approx(17 / 70)
    assert success_p_value(tea, two_sided=True) == pytest.approx(34 / 70)


def test_success_of_many_requests_is_tested_by_proportions() -> None:
    # Pooled 0.45, error √(0.45 · 0.55 · 0.02), z = 1.99; 40 and more are expected in each cell.
    z = 0.14 / math.sqrt(0.45 * 0.55 * 0.02)
    both, less = math.erfc(z / math.sqrt(2)), math.erfc(z / math.sqrt(2)) / 2
    assert success_p_value(Successes(52, 100, 38, 100), two_sided=True) == pytest.approx(both)
    assert success_p_value(Successes(52, 100, 38, 100), two_sided=False) == pytest.approx(less)
    assert success_p_value(Successes(38, 100, 52, 100), two_sided=False) == pytest.approx(1 - less)
    assert 0 < (success_p_value(Successes(10**6, 10**6, 0, 10**6), two_sided=True) or 0) < 1e-300


def test_both_tests_of_success_agree_where_one_takes_over() -> None:
    # 19.8 and 20.2 are expected in the smallest cell.
    for failures in (99, 101):
        found = Successes(400 - failures + 15, 400, 80 + 5, 100)
        exact = float(fisher(found, two_sided=True))
        assert success_p_value(found, two_sided=True) == pytest.approx(exact, rel=0.3)


def test_nothing_is_known_of_the_success_of_no_requests() -> None:
    assert success_p_value(Successes(0, 0, 5, 9), two_sided=True) is None
    assert success_p_value(Successes(9, 9, 5, 5), two_sided=True) == 1
    assert success_p_value(Successes(0, 9, 0, 5), two_sided=False) == 1


def test_one_failure_of_few_is_no_difference(run: Run, add: Add) -> None:
    # By ranks p would be 1.6e-12.
    add([*timed("a", range(1000)), *timed("b", range(19)), *timed("b", [1], status="failed")])
    found = comparison(run, "a", "b")["success_pct", "b"]
    assert found["p_value"] == pytest.approx(20 / 1020)  # that the one failure is among those 20
    assert found["verdict"] == "could be noise"
    answer = run("models", "compare", "a", "b", "--format", "json").json
    assert "Fisher's exact test for success" in answer["method"]["test"]
    assert "Fisher's exact test for success" in run("models", "compare", "a", "b").out


def test_equal_values_are_no_difference(run: Run, add: Add) -> None:
    add([*timed("a", [700] * 30), *timed("b", [700] * 25)])
    found = comparison(run, "a", "b")
    for measure in ("duration_ms", "success_pct"):
        record = found[measure, "b"]
        assert (record["p_value"], record["higher_pct"], record["difference"]) == (1, 50, 0)
        assert record["verdict"] == "could be noise"
    assert found["ttft_ms", "b"]["p_value"] is None
    assert found["ttft_ms", "b"]["verdict"] == "too few requests"


@pytest.mark.parametrize(
    ("requests", "verdict"), [(19, "too few requests"), (20, "more than noise"), (21, "more than noise")]
)
def test_fewer_than_20_requests_prove_nothing(run: Run, add: Add, requests: int, verdict: str) -> None:
    add([*timed("a", range(100, 140)), *timed("b", range(300, 300 + requests))])
    forth, back = comparison(run, "a", "b"), comparison(run, "b", "a")
    assert forth["duration_ms", "b"]["p_value"] < 1e-6
    assert forth["duration_ms", "b"]["verdict"] == back["duration_ms", "a"]["verdict"] == verdict


def test_a_clear_difference_is_told_and_its_size_shown(run: Run, add: Add) -> None:
    slow, fast = timed("a", range(2000, 2100)), timed("b", range(1000, 1100))
    add([*slow, *fast, *timed("b", [5], status="failed")])
    found = comparison(run, "a", "b")
    assert found["duration_ms", "b"]["verdict"] == "more than noise"
    assert found["success_pct", "b"]["verdict"] == "could be noise"
    table = run("models", "compare", "a", "b").out
    line = next(line for line in table.splitlines() if line.startswith("Duration"))
    assert line.split("  ")[0] == "Duration"
    assert "2.05 s" in line
    assert "1.05 s" in line
    assert "▼ 48.8 %" in line
    assert "more than noise" in line
    assert "▼ 1.0 pts" in next(line for line in table.splitlines() if line.startswith("Success"))
    assert "Mann–Whitney rank test" in table
    markdown = run("models", "compare", "a", "b", "--format", "markdown").out
    assert "| Duration | b | a | 2.05 s | 1.05 s | ▼ 48.8 % |" in markdown


@pytest.mark.parametrize("name", ["continuous", "tied"])
def test_equal_models_are_rarely_called_different(name: str) -> None:
    """At the level of 1 %, about one in a hundred comparisons of a model with itself."""
    dice = random.Random(f"one distribution: {name}")  # noqa: S311 - no secret
    draws: dict[str, Callable[[], float]] = {
        "continuous": lambda: dice.lognormvariate(0, 1),
        "tied": lambda: dice.randrange(5),
    }
    draw = draws[name]
    trials = 2000
    found = [p_value(ranks_of([draw() for _ in range(25)], [draw() for _ in range(40)])) for _ in range(trials)]
    called = sum(p is not None and p < 0.01 for p in found) / trials
    assert 0.002 < called < 0.015
    assert 0.03 < sum(p is not None and p < 0.05 for p in found) / trials < 0.065


@pytest.mark.parametrize("rate", [0.5, 0.8, 0.99])
def test_equally_successful_models_are_rarely_called_different(rate: float) -> None:
    """Of every way that 25 and 40 requests can turn out, weighed by its probability: no more than 1 and 5 in 100."""
    ways = [
        (binomial(40, ok, rate) * binomial(25, other_ok, rate), Successes(ok, 40, other_ok, 25))
        for ok in range(41)
        for other_ok in range(26)
    ]
    for level in (0.01, 0.05):
        assert sum(share for share, found in ways if (success_p_value(found, two_sided=True) or 0) < level) <= level


def binomial(number: int, ok: int, rate: float) -> float:
    return math.comb(number, ok) * rate**ok * (1 - rate) ** (number - ok)


def test_a_p_value_is_never_0() -> None:
    ranks = Ranks(10**6, 10**6, 0, 0)
    assert 0 < (p_value(ranks) or 0) < 1e-300
    assert higher_pct(ranks) == 0
    assert p_value(Ranks(0, 9, 0, 0)) is None
    assert higher_pct(Ranks(0, 9, 0, 0)) is None


def test_a_model_without_requests_in_the_window(run: Run, add: Add) -> None:
    add([*timed("a", range(30)), *timed("b", range(30))])
    outcome = run("models", "compare", "a", "b", "--since", "2026-11-20T00:00:30")
    assert outcome.code == 0
    assert "a has no single requests in this window." in outcome.out
    found = comparison(run, "a", "b", "--since", "2026-11-20T00:00:30")["duration_ms", "b"]
    assert (found["baseline_value"], found["value"], found["difference"]) == (None, 14.5, None)
    assert (found["baseline_samples"], found["samples"], found["p_value"]) == (0, 30, None)
    nothing = run("models", "compare", "a", "b", "--period", "today", "--format", "csv")
    assert (nothing.code, nothing.out.count("\n")) == (0, 1)
    assert "no single requests of a or b in 2026-11-23" in nothing.err


def test_statements_cannot_be_compared(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "days.csv"
    log.write_text("date,model,requests,tokens\n2026-11-19,a,40,4000\n2026-11-19,b,10,1000\n", "utf-8")
    assert run("import", log, "--source-tz", "UTC").code == 0
    outcome = run("models", "compare", "a", "b")
    assert (outcome.code, outcome.err.count("\n")) == (0, 1)
    assert "no single requests of a or b" in outcome.err


def test_single_requests_are_compared_where_a_statement_counts_more(run: Run, add: Add, tmp_path: Path) -> None:
    add([*timed("a", [1000] * 25, tokens="10,,10"), *timed("b", [2000] * 20)])
    log = tmp_path / "days.csv"
    log.write_text("date,model,provider,requests,tokens\n2026-11-20,a,here,500,4000\n", "utf-8")
    assert run("import", log, "--source-tz", "UTC").code == 0
    answer = run("models", "compare", "a", "b", "--format", "json").json
    assert [model["requests"] for model in answer["models"]] == [25, 20]
    assert answer["cost_basis"]["unpriced_requests"] == 45
    out = run("models", "compare", "a", "b").out
    assert "45 requests without a price (25 of a, 20 of b)" in out
    assert "Only single requests are compared; statements of the same time are left out." in out
    assert "counted by statement" not in out


def test_names_are_taken_exactly(run: Run, add: Add) -> None:
    add([*timed("claude[1m]", range(20)), *timed("claude1", range(50)), *timed("claude*", range(30))])
    found = comparison(run, "claude[1m]", "claude*")["duration_ms", "claude*"]
    assert (found["baseline_samples"], found["samples"]) == (20, 30)
    basis = run("models", "compare", "claude[1m]", "claude*", "--format", "json").json["cost_basis"]
    assert basis["unpriced_requests"] == 50


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("models compare a", 2, "two or more different models"),
        ("models compare a a", 2, "not a, a"),
        ("models compare a b a", 2, "not a, b, a"),
        ("models compare a c", 1, "there is no model 'c'"),
        ("models compare a zai-org/glm-4.5-ai", 1, "did you mean zai-org/GLM-4.5-Air?"),
        ("models compare a b --model a", 2, "leave out --model"),
        ("models --last 7d compare a b", 2, "--last belongs behind the command: usage models compare"),
        ("models --wide compare a b", 2, "--wide belongs behind the command"),
        ("models a", 2, "a"),
    ],
)
def test_what_cannot_be_compared(run: Run, add: Add, command: str, code: int, says: str) -> None:
    add([*timed("a", range(3)), *timed("b", range(3)), *timed("zai-org/GLM-4.5-Air", range(3))])
    outcome = run(*command.split())
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (code, "", 1)
    assert says in outcome.err


def test_options_are_taken_behind_the_command(run: Run, add: Add) -> None:
    add([*timed("a", range(30)), *timed("b", range(30))])
    for arguments in (["a", "b", "--last", "7d"], ["--last", "7d", "a", "b"], ["a", "--last", "7d", "b"]):
        assert "Last 7 days" in run("models", "compare", *arguments).out
    assert "Last 7 days" in run("models", "--last", "7d").out
