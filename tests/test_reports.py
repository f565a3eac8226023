"""Every number of `usage stats`, worked out by hand from the ledger."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import LEDGER
from tests.support.answers import YEAR, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome


def busy(outcome: Outcome) -> list[dict[str, str]]:
    """The rows of buckets that have a request."""
    return [row for row in rows(outcome) if row["requests"] not in ("", "0")]


def total(outcome: Outcome) -> dict[str, Any]:
    found = outcome.json["total"]
    assert isinstance(found, dict)
    return found


def test_by_model(ledger: Callable[..., Outcome]) -> None:
    found = {row["model"]: row for row in rows(ledger("stats", *YEAR, "--format", "csv"))}
    # 1,000,000 × 0.20 + 1,000,000 × 0.80 per million; reasoning is part of the output
    assert found["deepseek-ai/DeepSeek-V3.1"]["cost_usd"] == "1"
    assert found["deepseek-ai/DeepSeek-V3.1"]["reasoning_tokens"] == "600000"
    # 0.10 + 0.10 for the first, 0.05 + 0.05 for the second (cached tokens have no price of their own), the failed one
    # unknown, the one from the gateway's cache free
    gpt = found["openai/gpt-oss-120b"]
    assert gpt["cost_usd"] == "0.3"
    assert (gpt["requests"], gpt["failed_requests"], gpt["unmetered_requests"]) == ("4", "1", "1")
    assert (gpt["input_tokens"], gpt["output_tokens"]) == ("2500000", "500000")
    assert gpt["cache_read_tokens"] == "400000"
    # no price, no report: unknown, not 0
    assert found["made-up/model-x"]["cost_usd"] == ""
    assert found["made-up/model-x"]["unpriced_requests"] == "1"
    # no price, but the client said 0.25
    assert found["made-up/model-y"]["cost_usd"] == "0.25"
    # two equal rows of a CSV are two requests, as billed; the failed one was billed 0
    glm = found["zai-org/GLM-4.5-Air"]
    assert (glm["requests"], glm["cost_usd"], glm["unmetered_requests"]) == ("3", "0.0016", "0")


def test_total_and_cost_basis(ledger: Callable[..., Outcome]) -> None:
    outcome = ledger("stats", *YEAR, "--format", "json")
    assert Decimal(str(total(outcome)["cost_usd"])) == Decimal("1.5516")
    assert total(outcome)["requests"] == 10
    assert total(outcome)["failed_requests"] == 2
    found = outcome.json["cost_basis"]
    catalogue = found.pop("catalogue")
    assert re.fullmatch(r"2026-\d\d-\d\d", catalogue["version"])
    assert re.fullmatch(r"[0-9a-f]{64}", catalogue["digest"])
    assert catalogue["has_own_prices"] is False
    assert found == {
        "cost": "auto",
        "list_requests": 3,
        "billed_requests": 3,
        "gateway_requests": 0,
        "client_requests": 1,
        "cache_hit_requests": 1,
        "unreported_requests": 0,
        "unpriced_requests": 1,
        "unmetered_requests": 1,
        "list_usd": 1.3,  # with the next two the total of 1.5516
        "billed_usd": 0.0016,
        "gateway_usd": 0,
        "client_usd": 0.25,
        "price_lists": ["instagen.csv"],
        "unpriced_models": [{"model": "made-up/model-x", "gap": "model", "requests": 1}],
        "unmetered_gaps": {"failed": 1},
        "assumed_reads": 1,  # there is no price for cached tokens
        "assumed_writes": 0,
        "assumed_sizes": 0,
        "billed_outside_requests": 0,
        "uncounted_rows": 0,
    }


@pytest.mark.parametrize(
    ("day", "cost", "unpriced"),
    [("2025-08-23", None, 1), ("2025-08-24", Decimal("1.25"), 0), ("2025-08-25", Decimal(1), 0)],
)
def test_price_is_that_of_the_day(
    ledger: Callable[..., Outcome], day: str, cost: Decimal | None, unpriced: int
) -> None:
    found = total(ledger("stats", "--since", day, "--until", day, "--format", "json"))
    assert (None if found["cost_usd"] is None else Decimal(str(found["cost_usd"]))) == cost
    assert found["unpriced_requests"] == unpriced


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("provider", {"instagen": "9", "10.0.0.1": "1"}),
        ("key", {"alice": "5", "bob": "2", "carol": "3"}),
        ("project", {"red": "6", "blue": "1", "": "3"}),
        ("source", {"litellm": "7", "csv": "3"}),
        ("status", {"ok": "8", "error": "2"}),
    ],
)
def test_by(ledger: Callable[..., Outcome], by: str, expected: dict[str, str]) -> None:
    found = rows(ledger("stats", *YEAR, "--by", by, "--format", "csv"))
    column = {"key": "access_key"}.get(by, by)
    assert {row[column]: row["requests"] for row in found} == expected


def test_by_two_dimensions_and_time(ledger: Callable[..., Outcome]) -> None:
    found = rows(ledger("stats", *YEAR, "--by", "key,status", "--every", "day", "--format", "csv"))
    assert [(r["bucket"], r["access_key"], r["status"], r["requests"]) for r in found] == [
        ("2026-11-19", "carol", "ok", "2"),
        ("2026-11-19", "carol", "error", "1"),
        ("2026-11-20", "alice", "ok", "1"),
        ("2026-11-20", "bob", "ok", "1"),
        ("2026-11-21", "bob", "ok", "1"),
        ("2026-11-22", "alice", "ok", "3"),
        ("2026-11-22", "alice", "error", "1"),
    ]


def test_buckets_follow_the_zone(ledger: Callable[..., Outcome]) -> None:
    # 23:30 UTC on the 21st is 00:30 on the 22nd in Paris
    found = rows(ledger("stats", *YEAR, "--tz", "Europe/Paris", "--every", "day", "--format", "csv"))
    # the imports reach from 2025 to the 22nd: after that, nothing is known
    assert [(row["bucket"], row["requests"]) for row in found] == [
        *((f"2026-11-{day:02}", "0") for day in range(1, 19)),
        ("2026-11-19", "3"),
        ("2026-11-20", "2"),
        ("2026-11-21", "0"),
        ("2026-11-22", "5"),
        ("2026-11-23", ""),
    ]
    hours = busy(ledger("stats", *YEAR, "--tz", "Asia/Kolkata", "--every", "hour", "--format", "csv"))
    assert hours[0]["bucket"] == "2026-11-19T15:00:00+05:30"  # 10:00 UTC is 15:30 there
    weeks = busy(ledger("stats", *YEAR, "--every", "week", "--format", "csv"))
    assert [row["bucket"] for row in weeks] == ["2026-11-16"]
    months = busy(ledger("stats", "--period", "all", "--every", "month", "--format", "csv"))
    assert [(row["bucket"], row["requests"]) for row in months] == [("2025-08-01", "3"), ("2026-11-01", "10")]


def test_repeated_hour_stays_two_hours(run: Callable[..., Outcome], tmp_path: Path) -> None:
    log = tmp_path / "night.csv"
    log.write_text("time,tokens\n2026-10-25T00:30:00Z,1\n2026-10-25T01:30:00Z,2\n", "utf-8")
    assert run("import", log).code == 0
    found = rows(run("stats", "--period", "all", "--every", "hour", "--tz", "Europe/Paris", "--format", "csv"))
    assert [(row["bucket"], row["total_tokens"]) for row in found] == [
        ("2026-10-25T02:00:00+02:00", "1"),
        ("2026-10-25T02:00:00+01:00", "2"),
    ]


@pytest.mark.parametrize(
    ("filters", "requests"),
    [
        (("--model", "deepseek-ai/*"), 1),
        (("--model", "made-up/model-x", "--model", "made-up/model-y"), 2),
        (("--provider", "instagen"), 9),
        (("--key", "b*"), 2),
        (("--project", "blue"), 1),
        (("--source", "csv"), 3),
        (("--status", "error"), 2),
        (("--status", "error", "--key", "alice"), 1),
        (("--key", "nobody*"), 0),
    ],
)
def test_filters(ledger: Callable[..., Outcome], filters: tuple[str, ...], requests: int) -> None:
    outcome = ledger("stats", *YEAR, *filters, "--format", "json")
    assert (total(outcome)["requests"] or 0) == requests


def test_windows(ledger: Callable[..., Outcome]) -> None:
    def requests(*window: str) -> int:
        return total(ledger("stats", *window, "--format", "json"))["requests"] or 0

    # now is 2026-11-23T12:00Z, a Monday
    assert requests("--last", "24h") == 0
    assert requests("--last", "27h") == 4  # from 09:00 on the 22nd, which is in the window
    assert requests("--last", "7d") == 10
    assert requests() == 10
    assert requests("--period", "yesterday") == 4
    assert requests("--period", "this-month") == 10
    assert requests("--period", "last-week") == 10
    assert requests("--period", "2025-08") == 3
    assert requests("--period", "all") == 13
    assert requests("--since", "2026-11-20T10:00", "--until", "2026-11-20T11:00") == 1  # half-open


def test_statement_or_requests_never_both(run: Callable[..., Outcome], tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "time,model,input tokens,output tokens,cost\n"
        + "".join(f"2026-11-20T10:{minute:02}:00Z,m,10,5,0.01\n" for minute in range(40))
        + "".join(f"2026-11-21T10:{minute:02}:00Z,m,10,5,0.01\n" for minute in range(20)),
        "utf-8",
    )
    statement = tmp_path / "statement.csv"
    statement.write_text(
        "date,model,requests,input tokens,output tokens,cost\n"
        "2026-11-19,m,7,70,35,0.07\n"  # no requests of that day: the statement counts
        "2026-11-20,m,42,420,210,0.42\n"  # 40 of 42 are 95.2 %: the requests count
        "2026-11-21,m,22,220,110,0.22\n",  # 20 of 22 are 90.9 %: the statement counts
        "utf-8",
    )
    assert run("import", log, statement, "--source-tz", "UTC").code == 0
    outcome = run("stats", *YEAR, "--every", "day", "--format", "json")
    assert [(row["bucket"], row["requests"], row["cost_usd"]) for row in outcome.json["rows"] if row["requests"]] == [
        ("2026-11-19", 7, 0.07),
        ("2026-11-20", 40, 0.4),
        ("2026-11-21", 22, 0.22),
    ]
    assert total(outcome)["requests"] == 69
    assert total(run("stats", *YEAR, "--count", "requests", "--format", "json"))["requests"] == 60
    assert total(run("stats", *YEAR, "--count", "statements", "--format", "json"))["requests"] == 71
    assert "Statements cover 3 periods with 71 requests, the log has 60 of them" in run("stats", *YEAR).out
    # The same decision under a filter that leaves few of the requests: it is taken before any filter.
    part = run("stats", "--since", "2026-11-20T10:30", "--until", "2026-11-20", "--format", "json")
    assert total(part)["requests"] == 10


def test_a_later_statement_replaces_its_buckets(run: Callable[..., Outcome], tmp_path: Path) -> None:
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("date,requests,tokens\n2026-11-19,5,50\n2026-11-20,3,30\n", "utf-8")
    second.write_text("date,requests,tokens\n2026-11-20,9,90\n2026-11-21,1,10\n", "utf-8")
    assert run("import", first).code == 0
    outcome = run("import", second)
    assert "1 new" in outcome.out
    assert "1 replaced" in outcome.out
    assert total(run("stats", *YEAR, "--format", "json"))["requests"] == 15
    assert run("forget", second).code == 0
    assert total(run("stats", *YEAR, "--format", "json"))["requests"] == 8


def test_finest_statement_counts(run: Callable[..., Outcome], tmp_path: Path) -> None:
    daily, hourly = tmp_path / "daily.csv", tmp_path / "hourly.csv"
    daily.write_text("date,requests,tokens\n2026-11-19,5,50\n2026-11-20,3,30\n", "utf-8")
    hourly.write_text("time,requests,tokens\n2026-11-20 08:00,2,20\n2026-11-20 09:00,2,20\n", "utf-8")
    assert run("import", daily, hourly, "--source-tz", "UTC").code == 0
    assert total(run("stats", *YEAR, "--format", "json"))["requests"] == 9


def test_no_requests_in_window(ledger: Callable[..., Outcome]) -> None:
    outcome = ledger("stats", "--since", "2024-01-01", "--until", "2024-01-31", "--format", "csv")
    assert outcome.code == 0
    assert outcome.out.startswith("model,requests,")
    assert outcome.out.count("\n") == 1
    assert outcome.err == "usage: no requests in 2024-01-01 00:00 → 2024-02-01 00:00 UTC\n"


def test_bare_usage(run: Callable[..., Outcome]) -> None:
    nothing = run()
    assert nothing.code == 0
    assert nothing.out.count("\n") == 4
    assert "usage import FILE" in nothing.out
    assert run("import", LEDGER).code == 0
    cards = run()
    assert cards.out.startswith("This month")
    assert "$1.55" in cards.out
    assert "gpt-oss" not in cards.out.split("Cost:")[0]
    assert run("forget", "1", "2").code == 0
    assert run().out == nothing.out


def test_success_counts_only_known_outcomes(run: Callable[..., Outcome], tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text(
        "time,status,tokens\n2026-11-20T00:00:00Z,ok,1\n2026-11-20T00:00:01Z,failed,1\n"
        "2026-11-20T00:00:02Z,,1\n2026-11-20T00:00:03Z,,1\n",
        "utf-8",
    )
    assert run("import", log).code == 0
    assert "1 of 2 known failed" in run("stats").out


def test_requests_with_only_a_total_are_weighed_by_it(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """3,000 tokens as stated are all in the log, whichever way it says them."""
    for number, headings in enumerate(("total tokens", "input tokens,output tokens")):
        database = tmp_path / f"{number}.duckdb"
        halves = "1500" if number == 0 else "1000,500"
        (tmp_path / "log.csv").write_text(
            f"time,model,{headings}\n2026-11-10T10:00:00Z,m,{halves}\n2026-11-10T11:00:00Z,m,{halves}\n", "utf-8"
        )
        (tmp_path / "stated.csv").write_text("date,model,total tokens\n2026-11-10,m,3000\n", "utf-8")
        files = tmp_path / "log.csv", tmp_path / "stated.csv"
        assert run("import", *files, "--source-tz", "UTC", "--db", database).code == 0
        assert run("stats", "--format", "json", "--db", database).json["total"]["requests"] == 2


def test_a_total_of_0_hides_no_tokens(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """1,000 at $0.10 and 500 at $0.50 per million tokens: $0.00035."""
    text = "time,model,input tokens,output tokens,total tokens\n2026-11-10T10:00:00Z,openai/gpt-oss-120b,1000,500,0\n"
    (tmp_path / "log.csv").write_text(text, "utf-8")
    assert run("import", tmp_path / "log.csv", "--set", "provider=instagen").code == 0
    total = run("stats", "--format", "json").json["total"]
    assert (total["total_tokens"], total["unmetered_requests"]) == (1500, 0)
    assert total["cost_usd"] == 0.00035


def test_more_failures_than_requests_give_no_success(run: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "stated.csv").write_text("date,model,requests,failed\n2026-11-10,m,30,50\n", "utf-8")
    assert run("import", tmp_path / "stated.csv", "--source-tz", "UTC").code == 0
    assert "50 failed " in run("stats").out
    assert " ok" not in run("stats").out
    for asked in ("--every week", "--by weekday"):
        found = run("trends", "--measure", "errors", *asked.split(), "--format", "json").json["rows"]
        assert {row["success_pct"] for row in found if row["failed_requests"]} == {None}
