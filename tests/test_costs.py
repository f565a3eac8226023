"""What a cost is, as `--cost` says, what it is made of, and what happens where a price list cannot be used."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.prices import lines
from instagen_usage_cli.reports import COST_PARTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

OSS = "openai/gpt-oss-120b"  # $0.10 per million tokens in, $0.50 out
HEADINGS = "time,key,model,provider,input tokens,cached tokens,output tokens,cost\n"
LOG = (
    f"2026-11-20T10:00:00Z,a,{OSS},instagen,1000000,400000,100000,0.2\n"  # billed; at list prices 0.10 + 0.05
    f"2026-11-20T11:00:00Z,a,{OSS},instagen,1000000,,200000,\n"  # 0.10 + 0.10
    "2026-11-21T10:00:00Z,b,claude-sonnet-4-5,anthropic,1000,600,100,\n"  # 400 × 3 + 600 × 0.3 + 100 × 15
    "2026-11-21T11:00:00Z,b,nobody/knows,instagen,10,,10,\n"
)
SONNET = Decimal(400 * 3 + 600 * Decimal("0.3") + 100 * 15) / 1_000_000
MODES = {
    "auto": Decimal("0.2") + Decimal("0.2") + SONNET,
    "reported": Decimal("0.2"),
    "list": Decimal("0.15") + Decimal("0.2") + SONNET,
}
# Every report, and where its cost stands in JSON.
REPORTS: dict[str, Callable[[Any], Any]] = {
    "stats": lambda answer: answer["total"]["cost_usd"],
    "models": lambda answer: answer["total"]["cost_usd"],
    "keys": lambda answer: answer["total"]["cost_usd"],
    "trends": lambda answer: answer["total"]["cost_usd"],
    "trends --by weekday": lambda answer: _sum(answer["rows"]),
    "requests": lambda answer: _sum(answer["rows"]),
    "forecast": lambda answer: answer["total"]["to_date_usd"],
    "whatif --model-from openai/gpt-oss-120b --model-to zai-org/GLM-4.5-Air": lambda answer: answer["total"][
        "cost_usd"
    ],
}


def _sum(rows: list[dict[str, Any]]) -> Decimal:
    return sum((row["cost_usd"] for row in rows if row["cost_usd"] is not None), Decimal(0))


@pytest.fixture
def logged(run: Run, import_text: Run) -> Run:
    assert import_text(HEADINGS + LOG).code == 0
    return run


def answer(run: Run, *arguments: str) -> Any:  # noqa: ANN401 - JSON
    outcome = run(*arguments, "--format", "json")
    assert (outcome.code, outcome.err) == (0, "")
    return json.loads(outcome.out, parse_float=Decimal, parse_int=Decimal)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("report", REPORTS)
def test_every_report_takes_the_cost_that_was_asked_for(logged: Run, report: str, mode: str) -> None:
    said = answer(logged, *report.split(), "--cost", mode)
    other = SONNET if "whatif" in report and mode != "reported" else 0
    assert REPORTS[report](said) == MODES[mode] - other
    assert said["cost_basis"]["cost"] == mode


def test_the_foot_says_how_much_rests_on_what(logged: Run) -> None:
    shown = " ".join(logged("stats", "--cost", "auto").out.split())
    assert (
        "Cost: $0.20 at list prices (genai-prices.csv, instagen.csv; 2 requests), $0.20 as billed (1 request)." in shown
    )
    assert "Not in the cost: 1 request without a price (nobody/knows)." in shown
    shown = " ".join(logged("stats", "--cost", "reported").out.split())
    assert "Cost as reported only, as asked: $0.20 as billed (1 request)." in shown
    assert "Not in the cost: 3 requests without a reported cost." in shown
    shown = " ".join(logged("stats", "--cost", "list").out.split())
    assert "Cost at list prices only, as asked: $0.35 at list prices" in shown
    assert "Assumed: cached tokens of 1 request are at the input price, for want of a price for cached tokens." in shown


def test_another_cost_is_refused(logged: Run) -> None:
    outcome = logged("stats", "--cost", "free")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "usage: --cost does not know 'free'; it takes auto, reported, list\n"


# --- what a cost is made of ---------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("arguments", [("stats",), ("stats", "--by", "key", "--every", "day"), ("models",)])
def test_the_parts_make_the_cost(logged: Run, arguments: tuple[str, ...], mode: str) -> None:
    said = answer(logged, *arguments, "--cost", mode, "--cost-parts")
    for row in [*said["rows"], said["total"]]:
        parts = [row[name] for name in COST_PARTS if row[name] is not None]
        assert sum(parts) == (row["cost_usd"] or 0)
    assert said["total"]["cost_usd"] == MODES[mode]


def test_what_a_cost_is_made_of(logged: Run) -> None:
    total = answer(logged, "stats", "--cost-parts")["total"]
    per_million = Decimal(1_000_000)
    assert {name: total[name] for name in COST_PARTS} == {
        "input_cost_usd": Decimal("0.1") + 400 * 3 / per_million,
        "cache_read_cost_usd": 600 * Decimal("0.3") / per_million,
        "cache_write_cost_usd": 0,
        "output_cost_usd": Decimal("0.1") + 100 * 15 / per_million,
        "request_cost_usd": 0,
        "undivided_cost_usd": Decimal("0.2"),
    }
    assert "input_cost_usd" not in answer(logged, "stats")["total"]


# --- statements ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize(("named", "expected"), [("2026-11-19", 2), ("2026-11-20", 3), ("2026-11", 2), ("2026-12", 3)])
def test_a_statement_has_the_price_of_the_day_that_it_names(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, named: str, expected: int
) -> None:
    monkeypatch.setenv("USAGE_NOW", "2026-12-31T12:00:00+00:00")
    old, new = (lines.Line(provider="ex", model="a", input=Decimal(price)) for price in (2, 3))
    change = day_of("2026-11-20")
    own_list(lines.write([replace(old, effective_until=change), replace(new, effective_from=change)]))
    path = tmp_path / "statement.csv"
    path.write_text(f"date,provider,model,requests,input tokens\n{named},ex,a,10,1000000\n", "utf-8")
    assert run("import", path, "--source-tz", zone).code == 0
    for report in ("stats", "models"):
        said = answer(run, report, "--since", "2026-10-30", "--until", "2026-12-31", "--tz", zone)
        assert said["total"]["cost_usd"] == expected


# --- price lists that cannot be used ------------------------------------------------------------------


def day_of(text: str) -> date:
    return date.fromisoformat(text)


def own_list(text: str) -> Path:
    path = Path(os.environ["USAGE_PRICES"])
    path.write_text(text, "utf-8")
    return path


def test_a_broken_list_of_ones_own_is_refused_and_stops_no_import(logged: Run, tmp_path: Path) -> None:
    line = lines.Line(provider="instagen", model="nobody/knows", input=Decimal(1), output=Decimal(1))
    own = own_list(lines.write([line]))
    priced = MODES["auto"] + Decimal("0.00002")
    assert answer(logged, "stats")["total"]["cost_usd"] == priced
    more = tmp_path / "more.csv"
    more.write_text(HEADINGS + f"2026-11-22T10:00:00Z,c,{OSS},instagen,1000000,,,0.3\n", "utf-8")
    assert logged("import", more).code == 0  # the copy in the database has the line now
    own_list(own.read_text("utf-8").replace(",1,1,", ",-1,1,"))
    outcome = logged("stats")
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == f"usage: the prices {own} cannot be used: line 2: input '-1' is negative\n"
    last = tmp_path / "last.csv"
    last.write_text(HEADINGS + f"2026-11-22T11:00:00Z,c,{OSS},instagen,1000000,,,0.4\n", "utf-8")
    assert logged("import", last).code == 0
    with stores.open_reading(tmp_path / "usage.duckdb") as store:
        assert store.query("select input * 1000000 from prices where is_own").rows == ((1,),)
    own.unlink()
    assert answer(logged, "stats")["total"]["cost_usd"] == MODES["auto"] + Decimal("0.7")


def test_a_price_needs_no_second_import(logged: Run) -> None:
    before = answer(logged, "stats")["total"]
    assert before["unpriced_requests"] == 1
    own_list(lines.write([lines.Line(provider="instagen", model="nobody/knows", input=Decimal(3), output=Decimal(4))]))
    after = answer(logged, "stats")["total"]
    assert (after["unpriced_requests"], after["cost_usd"]) == (0, before["cost_usd"] + Decimal("0.00007"))


# --- a database of the first schema -------------------------------------------------------------------


@pytest.mark.new_databases
def test_a_database_of_the_first_schema_is_brought_up_to_date(run: Run, tmp_path: Path, monkeypatch: Any) -> None:  # noqa: ANN401
    database = tmp_path / "usage.duckdb"
    with monkeypatch.context() as patched:
        patched.setattr(sql, "names", lambda _folder: ["001_first"])
        stores.migrate(database)
    with stores.open_staging() as store, store.attached(database):
        store.run(
            "insert into requests by name select uuid() as request_key, timestamp '2026-11-20' as started_at,"
            " 'instagen' as provider, $model as model, 1000000 as input_tokens, 1000000 as output_tokens",
            model=OSS,
        )
    assert run("stats").code == 1
    assert run("migrate").code == 0
    assert answer(run, "stats")["total"]["cost_usd"] == Decimal("0.6")
