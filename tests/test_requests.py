"""`usage requests` and `usage sessions`: single requests in order, by id and by filter, and grouped by session."""

from __future__ import annotations

import csv
import io
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import formats
from instagen_usage_cli import store as stores
from tests.support.answers import YEAR, rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome, Shelf

    Run = Callable[..., Outcome]

HEADINGS = (
    "Time,ID,Model,Key,Project,User,Session,Status,Status Code,Error Type,Input Tokens,Cached Tokens,Output Tokens,"
    "Cost (USD),Latency (ms),TTFT (ms)\n"
)
# Four requests of a session in two projects, two of another, one of a third, and two without a session.
LOG = (
    HEADINGS
    + "2026-11-20T10:00:00Z,req-1111111111111111,big,alice,red,ann,plan,ok,200,,1000,400,100,0.50,4000,1000\n"
    + "2026-11-20T10:00:30Z,req-2222222222222222,big,alice,red,ann,plan,ok,200,,2000,,200,0.25,1000,\n"
    + "2026-11-20T10:05:00Z,req-3333333333333333,small,alice,blue,,plan,failed,429,RateLimitError,,,,,200,\n"
    + "2026-11-20T11:00:00Z,req-4444444444444444,small,alice,red,ann,plan,ok,200,,10,,5,0.01,60000,\n"
    + "2026-11-21T09:00:00Z,req-5555555555555555,big,bob,red,,fix,ok,200,,100,,50,2,500,\n"
    + "2026-11-21T09:00:00Z,req-6666666666666666,big,carol,red,,fix,ok,200,,100,,50,1,,\n"
    + "2026-11-22T08:00:00Z,req-7777777777777777,small,bob,,,ask,ok,200,,70,,30,,1500,\n"
    + "2026-11-22T09:00:00Z,req-8888888888888888,small,bob,,,,ok,200,,700,,300,0.125,1500,\n"
    + "2025-01-31T09:00:00Z,req-9999999999999999,old,bob,,,,ok,200,,7,,3,0.125,1500,\n"
)
NEWEST = ("req-8", "req-7", "req-5", "req-6", "req-4", "req-3", "req-2", "req-1")


@pytest.fixture
def logged(run: Run, import_text: Run) -> Run:
    """The program over a database with the log in it."""
    outcome = import_text(LOG)
    assert outcome.code == 0, outcome.err
    assert "9 new" in outcome.out
    return run


def found(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.code == 0, outcome.err
    listed = outcome.json["rows"]
    assert isinstance(listed, list)
    return listed


def names(outcome: Outcome) -> list[str]:
    """The first characters of the upstream ids, in order."""
    return [row["upstream_id"][:5] for row in found(outcome)]


def key_of(run: Run, name: str) -> str:
    """The key of the request whose upstream id begins like that."""
    listed = found(run("requests", "--period", "all", "--format", "json"))
    (key,) = [row["request_key"] for row in listed if row["upstream_id"].startswith(name)]
    assert isinstance(key, str)
    return key


# --- every number -------------------------------------------------------------------------------------


def test_every_number_of_a_request(ledger: Run) -> None:
    (row,) = found(ledger("requests", "--id", "chatcmpl-00000000000000000000000000000003", "--format", "json"))
    assert len(row.pop("request_key")) == 36
    assert row == {
        "started_at": "2026-11-21T23:30:00+00:00",
        "model": "deepseek-ai/DeepSeek-V3.1",
        "access_key": "bob",
        "project": "blue",
        "user": None,
        "session": None,
        "provider": "instagen",
        "host": "llm.submodel.ai",
        "source": "litellm",
        "status": "ok",
        "http_status": None,
        "error_type": None,
        "input_tokens": 1_000_000,
        "cache_read_tokens": None,
        "output_tokens": 1_000_000,
        "reasoning_tokens": 600_000,
        "total_tokens": 2_000_000,
        "duration_ms": 2000,
        "ttft_ms": 500,
        "output_tokens_per_second": pytest.approx(1_000_000 / 1.5),  # of the time after the first token
        "cost_usd": 1,  # 1,000,000 × 0.20 + 1,000,000 × 0.80 per million
        "cost_state": "list",
        "upstream_id": "chatcmpl-00000000000000000000000000000003",
    }


def test_what_a_cost_is_or_why_it_is_not_known(ledger: Run) -> None:
    listed = found(ledger("requests", "--source", "litellm", "--format", "json"))
    assert [(row["upstream_id"][-1], row["cost_state"], row["cost_usd"]) for row in listed] == [
        ("7", "cache_hit", 0),
        ("6", "unmetered", None),
        ("5", "client", 0.25),
        ("4", "unpriced", None),
        ("3", "list", 1),
        ("2", "list", 0.1),
        ("1", "list", 0.2),
    ]
    failed = listed[1]
    assert (failed["status"], failed["http_status"], failed["error_type"]) == ("error", 429, "RateLimitError")
    assert (failed["input_tokens"], failed["total_tokens"]) == (None, None)
    # it ended before its first token
    assert (failed["duration_ms"], failed["output_tokens_per_second"]) == (100, None)


def test_tokens_per_second_are_of_the_time_after_the_first_token(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "time,output tokens,latency ms,ttft ms\n2026-11-20T10:00:03Z,30,2000,500\n2026-11-20T10:00:02Z,30,2000,\n"
        "2026-11-20T10:00:01Z,30,2000,2000\n2026-11-20T10:00:00Z,30,2000,2500\n",
        "utf-8",
    )
    assert run("import", tmp_path / "log.csv").code == 0
    listed = found(run("requests", "--format", "json"))
    assert [row["output_tokens_per_second"] for row in listed] == [20, None, None, None]


def test_the_costs_of_all_requests_are_those_of_stats(ledger: Run) -> None:
    listed = rows(ledger("requests", "--period", "all", "--limit", "100", "--format", "csv"))
    total = ledger("stats", "--period", "all", "--format", "json").json["total"]
    assert len(listed) == total["requests"]
    assert sum(Decimal(row["cost_usd"] or 0) for row in listed) == Decimal(str(total["cost_usd"]))
    assert sum(int(row["total_tokens"] or 0) for row in listed) == total["total_tokens"]


def found_basis(outcome: Outcome) -> dict[str, Any]:
    """What is not nothing of the cost basis, without the catalogue."""
    return {name: said for name, said in outcome.json["cost_basis"].items() if said and name != "catalogue"}


def test_what_the_costs_shown_rest_on(ledger: Run) -> None:
    part = ledger("requests", *YEAR, "--limit", "4", "--format", "json")
    assert part.json["matching_requests"] == 10
    assert found_basis(part) == {
        "cost": "auto",
        "cache_hit_requests": 1,
        "unmetered_requests": 1,
        "client_requests": 1,
        "client_usd": 0.25,
        "unpriced_requests": 1,
        "unpriced_models": [{"model": "made-up/model-x", "gap": "model", "requests": 1}],
        "unmetered_gaps": {"failed": 1},
    }
    whole = ledger("requests", *YEAR, "--format", "json")
    assert whole.json["cost_basis"] == ledger("stats", *YEAR, "--format", "json").json["cost_basis"]


# --- order and number ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", NEWEST),
        # 2 · 1 · 0.50 · 0.25 · 0.125 · 0.01, then the two without a known cost, the newer first
        ("costliest", ("req-5", "req-6", "req-1", "req-2", "req-8", "req-4", "req-7", "req-3")),
        # 60 s · 4 s · 1.5 s twice, the newer first · 1 s · 0.5 s · 0.2 s · unknown
        ("slowest", ("req-4", "req-1", "req-8", "req-7", "req-2", "req-5", "req-3", "req-6")),
        # 2,200 · 1,100 · 1,000 · 150 twice, by key · 100 · 15 · unknown
        ("largest", ("req-2", "req-1", "req-8", "req-5", "req-6", "req-7", "req-4", "req-3")),
    ],
)
def test_orders(logged: Run, order: str, expected: tuple[str, ...]) -> None:
    wanted = list(expected)
    if order in ("newest", "largest"):
        place = wanted.index("req-5")
        wanted[place : place + 2] = sorted(("req-5", "req-6"), key=lambda name: key_of(logged, name))
    assert names(logged("requests", "--sort", order, "--format", "json")) == wanted
    for limit in range(1, 8):
        part = logged("requests", "--sort", order, "--limit", str(limit), "--format", "json")
        assert names(part) == wanted[:limit]
        assert part.json["matching_requests"] == 8


@pytest.mark.parametrize("order", ["newest", "costliest", "slowest", "largest"])
def test_more_than_can_be_named_one_by_one(run: Run, tmp_path: Path, order: str) -> None:
    lines = [f"2026-11-20T10:{n // 60:02}:{n % 60:02}Z,m,{n * 37 % 300},1,{n * 53 % 300}\n" for n in range(300)]
    (tmp_path / "log.csv").write_text("time,model,input tokens,output tokens,latency ms\n" + "".join(lines), "utf-8")
    assert run("import", tmp_path / "log.csv").code == 0
    whole = found(run("requests", "--sort", order, "--limit", "300", "--format", "json"))
    measure = {"slowest": "duration_ms", "largest": "input_tokens"}.get(order, "started_at")
    assert [row[measure] for row in whole] == sorted((row[measure] for row in whole), reverse=True)
    assert len({row["request_key"] for row in whole}) == 300
    for limit in (20, 150):
        assert found(run("requests", "--sort", order, "--limit", str(limit), "--format", "json")) == whole[:limit]


def test_the_limit_is_twenty_and_said(run: Run, tmp_path: Path) -> None:
    lines = [f"2026-11-20T10:00:{n:02}Z,m,1\n" for n in range(25)]
    (tmp_path / "log.csv").write_text("time,model,tokens\n" + "".join(lines), "utf-8")
    assert run("import", tmp_path / "log.csv").code == 0
    table = run("requests").out
    assert table.count("10:00:") == 20
    assert "20 of 25 requests, the newest first; --limit for more." in table
    assert "All times are of 2026-11-20." in table
    assert "25 requests, the slowest first." in run("requests", "--limit", "25", "--sort", "slowest").out
    assert "1 request, the newest first." in run("requests", "--since", "2026-11-20T10:00:24").out


def test_the_order_does_not_depend_on_the_format(logged: Run) -> None:
    for order in ("newest", "costliest", "slowest", "largest"):
        asked = ("requests", "--sort", order)
        of_json = found(logged(*asked, "--format", "json"))
        of_jsonl = [json.loads(line) for line in logged(*asked, "--format", "jsonl").out.splitlines()]
        of_csv = rows(logged(*asked, "--format", "csv"))
        keys = [row["request_key"] for row in of_json]
        assert of_jsonl == of_json
        assert [row["request_key"] for row in of_csv] == keys
        assert list(of_csv[0]) == list(of_json[0])
        for written, value in zip(of_csv, of_json, strict=True):
            assert written == {name: "" if cell is None else str(cell) for name, cell in value.items()}
        for shown in (logged(*asked, "--wide").out, logged(*asked, "--format", "markdown").out):
            places = [shown.index(key[:8]) for key in keys]
            assert places == sorted(places)
            assert all(key not in shown for key in keys)


# --- which requests -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--model", "small"), ("req-8", "req-7", "req-4", "req-3")),
        (("--model", "s*", "--model", "old"), ("req-8", "req-7", "req-4", "req-3")),
        (("--provider", "instagen"), NEWEST),
        (("--provider", "x*"), ()),
        (("--key", "carol"), ("req-6",)),
        (("--project", "blue"), ("req-3",)),
        (("--user", "ann"), ("req-4", "req-2", "req-1")),
        (("--session", "plan"), ("req-4", "req-3", "req-2", "req-1")),
        (("--session", "*k"), ("req-7",)),
        (("--source", "csv", "--key", "carol"), ("req-6",)),
        (("--source", "litell?"), ()),
        (("--status", "error"), ("req-3",)),
        (("--session", "plan", "--status", "ok", "--model", "small"), ("req-4",)),
    ],
)
@pytest.mark.parametrize("order", ["newest", "costliest", "slowest", "largest"])
def test_filters(logged: Run, filters: tuple[str, ...], expected: tuple[str, ...], order: str) -> None:
    outcome = logged("requests", *filters, "--sort", order, "--format", "json")
    assert outcome.json["matching_requests"] == len(expected)
    assert set(names(outcome)) == set(expected)
    assert (
        logged("requests", *filters, "--sort", order, "--limit", "1", "--format", "json").json["rows"]
        == (outcome.json["rows"][:1])
    )


def test_windows(logged: Run) -> None:
    assert names(logged("requests", "--last", "28h", "--format", "json")) == ["req-8", "req-7"]  # from 08:00, included
    assert names(logged("requests", "--period", "2025-01", "--format", "json")) == ["req-9"]
    assert len(names(logged("requests", "--period", "all", "--format", "json"))) == 9
    nothing = logged("requests", "--period", "2025-02", "--format", "csv")
    assert (nothing.code, nothing.out.count("\r\n")) == (0, 1)
    assert nothing.err == "usage: no requests in 2025-02-01 00:00 → 2025-03-01 00:00 UTC\n"


def test_an_unknown_session_is_an_error(logged: Run) -> None:
    outcome = logged("requests", "--session", "plann")
    assert (outcome.code, outcome.out) == (1, "")
    assert "there is no session 'plann'" in outcome.err
    assert "did you mean plan?" in outcome.err


# --- by id --------------------------------------------------------------------------------------------


def test_by_any_of_its_ids(logged: Run) -> None:
    key = key_of(logged, "req-9")
    bare = key.replace("-", "")
    for id_ in ("req-9999999999999999", key, key.upper(), bare, bare.upper(), key[:8], key[:14], bare[:13], key[:35]):
        # it is almost two years old: an id is looked for in all of the time
        outcome = logged("requests", "--id", id_, "--format", "json")
        assert names(outcome) == ["req-9"], id_
        assert outcome.json["matching_requests"] == 1
        assert outcome.json["window"]["label"] == "All time"


def test_no_other_part_of_an_id_names_it(logged: Run) -> None:
    key = key_of(logged, "req-9")
    for id_ in (key[:7], key[9:18], "req-", "req-999999999999999", "REQ-9999999999999999", f"{key}0", "", "%", "*"):
        outcome = logged("requests", "--id", id_)
        assert (outcome.code, outcome.out) == (1, ""), id_
        assert outcome.err.startswith(f"usage: there is no request {id_!r} in "), id_
        assert outcome.err.count("\n") == 1


def test_a_named_window_and_filters_hold_for_an_id_too(logged: Run) -> None:
    id_ = ("requests", "--id", "req-5555555555555555", "--format", "json")
    assert names(logged(*id_, "--last", "7d")) == ["req-5"]
    assert names(logged(*id_, "--key", "bob")) == ["req-5"]
    for elsewhere in (("--last", "1d"), ("--key", "carol"), ("--status", "error")):
        outcome = logged(*id_, *elsewhere)
        assert (outcome.code, outcome.out) == (1, "")
        assert "among those asked for" in outcome.err


def test_several_ids(logged: Run) -> None:
    ids = ("--id", "req-1111111111111111", "--id", key_of(logged, "req-9"), "--id", "req-5555555555555555")
    assert names(logged("requests", *ids, "--format", "json")) == ["req-5", "req-1", "req-9"]
    assert names(logged("requests", *ids, "--sort", "slowest", "--format", "json")) == ["req-1", "req-9", "req-5"]
    # the same one by two of its ids is one
    twice = ("--id", "req-1111111111111111", "--id", key_of(logged, "req-1"))
    assert names(logged("requests", *twice, "--format", "json")) == ["req-1"]
    unknown = logged("requests", *ids, "--id", "req-0000000000000000")
    assert (unknown.code, unknown.out) == (1, "")
    assert "'req-0000000000000000'" in unknown.err


def test_all_requests_whose_key_begins_alike(logged: Run, tmp_path: Path) -> None:
    # of 128 bits: keys that begin alike have to be made
    with stores.open_staging() as store, store.attached(tmp_path / "usage.duckdb"):
        store.run(
            "update requests set request_key = ('abcdef01' || substr(request_key::varchar, 9))::uuid"
            " where model = 'small'"
        )
    assert names(logged("requests", "--id", "ABCDEF01", "--limit", "1", "--format", "json")) == [
        "req-8",
        "req-7",
        "req-4",
        "req-3",
    ]
    assert logged("requests", "--id", "abcdef01").out.count("abcdef01") == 4
    whole = key_of(logged, "req-3")
    assert names(logged("requests", "--id", whole, "--format", "json")) == ["req-3"]


def test_an_id_that_small_servers_give_out_again(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "time,id,model,tokens\n2026-11-20T10:00:00Z,chatcmpl-7,m,1\n2026-11-21T10:00:00Z,chatcmpl-7,m,2\n"
        "2026-11-21T11:00:00Z,chatcmpl-77,m,3\n",
        "utf-8",
    )
    assert run("import", tmp_path / "log.csv").code == 0
    listed = found(run("requests", "--id", "chatcmpl-7", "--format", "json"))
    assert [row["total_tokens"] for row in listed] == [2, 1]


# --- statements ---------------------------------------------------------------------------------------


@pytest.fixture
def stated(run: Run, import_once: Run, shelf: Shelf) -> Run:
    """Two requests of a day for which a statement counts, because it tells of ten; and a day with a statement only."""
    log = shelf.file(
        "time,model,session,input tokens,output tokens,cost_usd\n"
        "2026-11-20T10:00:00Z,m,s,10,5,0.01\n2026-11-20T10:01:00Z,m,s,10,5,0.01\n",
        "log.csv",
    )
    statement = shelf.file(
        "date,model,requests,input tokens,output tokens,cost_usd\n"
        "2026-11-19,m,7,70,35,0.07\n2026-11-20,m,10,100,50,0.1\n",
        "statement.csv",
    )
    assert import_once(log, statement, "--source-tz", "UTC").code == 0
    assert run("stats", "--format", "json").json["total"]["requests"] == 17
    return run


@pytest.mark.parametrize("order", ["newest", "costliest", "slowest", "largest"])
@pytest.mark.parametrize("count", ["best", "requests"])
def test_single_requests_and_never_statements(stated: Run, order: str, count: str) -> None:
    for limit in ("1", "20"):
        outcome = stated("requests", "--sort", order, "--count", count, "--limit", limit, "--format", "json")
        assert outcome.json["matching_requests"] == 2
        assert [row["total_tokens"] for row in found(outcome)] == [15, 15][: int(limit)]
    assert "In 2 periods of this time a statement tells of more" in stated("requests", "--sort", order).out
    nothing = stated("requests", "--until", "2026-11-19", "--sort", order)
    assert nothing.code == 0
    assert "no single requests in" in nothing.err
    assert nothing.err.endswith(": those of its statements are in usage stats\n")


def test_sessions_are_of_single_requests(stated: Run) -> None:
    (row,) = found(stated("sessions", "--format", "json"))
    assert (row["requests"], row["cost_usd"]) == (2, 0.02)
    assert "In 2 periods of this time a statement tells of more" in stated("sessions").out


# --- for people ---------------------------------------------------------------------------------------


def test_requests_of_one_minute_are_told_apart(logged: Run) -> None:
    assert "11-20 10:00:00" in logged("requests").out
    assert "11-20 10:00:30" in logged("requests").out
    day = logged("requests", "--since", "2026-11-20", "--until", "2026-11-20")
    assert "\n10:00:30 " in day.out
    assert "All times are of 2026-11-20." in day.out
    assert "2025-01-31 09:00:00" in logged("requests", "--period", "all").out  # another year
    assert "2026-11-20 10:00:30" in logged("requests", "--id", "req-2222222222222222").out
    # 10:00:30 UTC is 15:30:30 there
    assert "11-20 15:30:30" in logged("requests", "--tz", "Asia/Kolkata").out


LONG = "of-an-organisation/with-a-name-that-does-not-end"


@pytest.mark.parametrize("command", ["requests", "requests --sort slowest", "requests --sort largest", "sessions"])
@pytest.mark.parametrize("width", [80, 100, 120])
def test_it_fits_a_terminal(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, width: int
) -> None:
    (tmp_path / "log.csv").write_text(
        HEADINGS
        + f"2024-11-20T10:00:00Z,,{LONG}-1,{LONG},red,ann,{LONG},ok,200,,123456,400,123456,0.00000123,1234567,1000\n"
        + f"2026-11-20T10:00:00Z,,{LONG}-2,{LONG},red,ann,{LONG},failed,500,Oops,123456,,123456,1234.5,1234567,1000\n",
        "utf-8",
    )
    assert run("import", tmp_path / "log.csv").code == 0
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    shown = run(*command.split(), "--period", "all").out
    table = [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in shown.splitlines()]
    assert max(map(len, table)) <= width
    assert any("Model" in line and line.endswith("Cost") for line in table)
    assert any("$1,234.50" in line for line in table)


HOSTILE = "\x1b[2J\x1b]0;owned\x07a\u202eb\r|c"


@pytest.mark.parametrize("format_", formats.NAMES)
@pytest.mark.parametrize("command", ["requests", "sessions"])
def test_nothing_of_a_log_reaches_the_terminal_raw(run: Run, tmp_path: Path, command: str, format_: str) -> None:
    record = {"time": "2026-11-20T10:00:00Z", "tokens": 5, "model": HOSTILE, "session": HOSTILE, "user": HOSTILE}
    record |= {"project": HOSTILE, "id": HOSTILE, "key": HOSTILE}
    other = record | {"time": "2026-11-20T10:00:01Z", "model": "m", "id": "=1+1", "project": None}
    (tmp_path / "log.jsonl").write_text(json.dumps(record) + "\n" + json.dumps(other) + "\n", "utf-8")
    assert run("import", tmp_path / "log.jsonl").code == 0
    outcome = run(command, "--wide", "--format", format_)
    assert outcome.code == 0
    assert not set("\x1b\x07\u202e\x00") & set(outcome.out)
    assert "\r" not in outcome.out.replace("\r\n", "\n")
    assert "ab" in outcome.out
    if format_ == "csv":
        cells = [cell for line in csv.reader(io.StringIO(outcome.out, newline="")) for cell in line]
        assert not any(cell.startswith("=") for cell in cells)
    if format_ == "markdown":
        lines = [line for line in outcome.out.splitlines() if line.startswith("|")]
        assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_a_hostile_id_is_not_echoed_raw(logged: Run) -> None:
    outcome = logged("requests", "--id", HOSTILE)
    assert (outcome.code, outcome.out) == (1, "")
    assert not set("\x1b\x07\u202e") & set(outcome.err)
    assert outcome.err.count("\n") == 1


# --- sessions -----------------------------------------------------------------------------------------


def test_every_number_of_a_session(logged: Run) -> None:
    outcome = logged("sessions", "--format", "json")
    fix, plan, ask = found(outcome)
    assert plan == {
        "session": "plan",
        "first_at": "2026-11-20T10:00:00+00:00",
        "last_at": "2026-11-20T11:00:00+00:00",
        "span_ms": 3_660_000,  # until the end of the last, which took a minute
        "requests": 4,
        "failed_requests": 1,
        "models": ["big", "small"],
        "access_key": "alice",
        "project": None,  # red and blue
        "user": "ann",  # of all that say one
        "several": ["project"],
        "input_tokens": 3010,
        "cache_read_tokens": 400,
        "output_tokens": 305,
        "reasoning_tokens": None,
        "total_tokens": 3315,
        "cost_usd": 0.76,
        "unpriced_requests": 0,
        "unmetered_requests": 1,
    }
    assert (fix["session"], fix["cost_usd"], fix["span_ms"], fix["requests"]) == ("fix", 3, 500, 2)
    assert (fix["access_key"], fix["several"], fix["models"]) == (None, ["access_key"], ["big"])
    # nobody said what it cost, and the model has no price
    assert (ask["session"], ask["cost_usd"], ask["unpriced_requests"]) == ("ask", None, 1)
    assert (ask["project"], ask["several"]) == (None, [])
    assert outcome.json["total"] == {
        "sessions": 3,
        "requests": 7,
        "failed_requests": 1,
        "input_tokens": 3280,
        "output_tokens": 435,
        "total_tokens": 3715,
        "cost_usd": 3.76,
        "unpriced_requests": 1,
        "unmetered_requests": 1,
    }
    assert outcome.json["sessionless_requests"] == 1
    # of the seven with a session
    assert found_basis(outcome) == {
        "cost": "auto",
        "billed_requests": 5,
        "billed_usd": 3.76,
        "unpriced_requests": 1,
        "unmetered_requests": 1,
        "unpriced_models": [{"model": "small", "gap": "model", "requests": 1}],
        "unmetered_gaps": {"failed": 1},
    }


def test_a_session_ends_with_the_request_that_ends_last(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(
        "time,end time,session,tokens,latency ms\n"
        "2026-11-20T10:00:00Z,2026-11-20T10:30:00Z,queued,1,1000\n"  # it waited before it took a second
        "2026-11-20T10:05:00Z,,queued,1,60000\n"
        "2026-11-20T10:00:00Z,,long,1,600000\n"
        "2026-11-20T10:06:00Z,,timeless,1,\n"
        "2026-11-20T10:06:00.5Z,,timeless,1,\n",
        "utf-8",
    )
    assert run("import", tmp_path / "log.csv").code == 0
    listed = found(run("sessions", "--sort", "longest", "--format", "json"))
    spans = [("queued", 30 * 60_000), ("long", 10 * 60_000), ("timeless", 500)]
    assert [(row["session"], row["span_ms"]) for row in listed] == spans
    assert found(run("sessions", "--sort", "longest", "--limit", "1", "--format", "json")) == listed[:1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("costliest", ["fix", "plan", "ask"]),  # $3 · $0.76 · unknown
        ("newest", ["ask", "fix", "plan"]),
        ("longest", ["plan", "ask", "fix"]),  # 61 min · 1.5 s · 0.5 s
        ("busiest", ["plan", "fix", "ask"]),  # 4 · 2 · 1
    ],
)
def test_orders_of_sessions(logged: Run, order: str, expected: list[str]) -> None:
    for limit in range(1, 5):
        outcome = logged("sessions", "--sort", order, "--limit", str(limit), "--format", "json")
        assert [row["session"] for row in found(outcome)] == expected[:limit]
        assert outcome.json["total"]["sessions"] == 3
        assert outcome.json["total"]["cost_usd"] == 3.76


@pytest.mark.parametrize("order", ["costliest", "newest", "longest", "busiest"])
def test_more_sessions_than_can_be_named_one_by_one(run: Run, tmp_path: Path, order: str) -> None:
    lines = [
        f"2026-11-20T10:{n // 60:02}:{n % 60:02}Z,m,s{n % 130},{n * 53 % 290},{n * 17 % 23}\n"
        for n in range(500)
    ]  # fmt: skip
    (tmp_path / "log.csv").write_text("time,model,session,latency ms,cost_usd\n" + "".join(lines), "utf-8")
    assert run("import", tmp_path / "log.csv").code == 0
    whole = found(run("sessions", "--sort", order, "--limit", "200", "--format", "json"))
    measure = {"costliest": "cost_usd", "newest": "last_at", "longest": "span_ms", "busiest": "requests"}[order]
    assert [row[measure] for row in whole] == sorted((row[measure] for row in whole), reverse=True)
    assert len(whole) == 130
    assert sum(row["requests"] for row in whole) == 500
    for limit in (20, 120):
        assert found(run("sessions", "--sort", order, "--limit", str(limit), "--format", "json")) == whole[:limit]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--session", "f*"), {"fix": 2}),
        (("--session", "plan", "--session", "ask"), {"plan": 4, "ask": 1}),
        (("--user", "ann"), {"plan": 3}),
        (("--key", "bob"), {"fix": 1, "ask": 1}),
        (("--project", "blue"), {"plan": 1}),
        (("--model", "small"), {"plan": 2, "ask": 1}),
        (("--status", "error"), {"plan": 1}),
        (("--provider", "x*"), {}),
        (("--source", "csv", "--since", "2026-11-21"), {"fix": 2, "ask": 1}),
        (("--since", "2026-11-20T10:00:30", "--until", "2026-11-20T11:00"), {"plan": 2}),
    ],
)
def test_filters_of_sessions(logged: Run, filters: tuple[str, ...], expected: dict[str, int]) -> None:
    outcome = logged("sessions", *filters, "--format", "json")
    assert {row["session"]: row["requests"] for row in found(outcome)} == expected
    assert outcome.json["total"]["requests"] == sum(expected.values())


def test_sessions_for_people(logged: Run) -> None:
    shown = logged("sessions").out
    fix, plan, ask = (
        next(line for line in shown.splitlines() if line.startswith(name)) for name in ("fix", "plan", "ask")
    )
    assert "big" in fix
    assert "2 models" in plan
    assert "61.0 min" in plan
    assert ask.rstrip().endswith("–")
    assert "1 request has no session and is not counted here." in shown
    total = next(line for line in shown.splitlines() if line.startswith("Total"))
    assert "$3.76" in total
    wide = logged("sessions", "--wide").out
    fix, plan = (next(line for line in wide.splitlines() if line.startswith(name)) for name in ("fix", "plan"))
    assert plan.count("several") == fix.count("several") == 1
    assert "alice" in plan
    assert "several" in logged("sessions", "--wide", "--format", "markdown").out
    part = logged("sessions", "--limit", "1").out
    assert not any(line.startswith("Total") for line in part.splitlines())
    assert "1 of 3 sessions, the costliest first; --limit for more." in part
    assert "All 3 sessions: 7 requests, 3,715 tokens, $3.76." in part


def test_requests_without_a_session(ledger: Run) -> None:
    outcome = ledger("sessions", *YEAR, "--format", "json")
    assert (outcome.code, outcome.json["rows"]) == (0, [])
    assert outcome.json["sessionless_requests"] == 10
    assert outcome.err.endswith(": 10 requests have no session\n")
    assert "no requests in" in ledger("sessions", "--period", "2024-01").err


def test_sessions_in_every_format(logged: Run) -> None:
    of_json = found(logged("sessions", "--format", "json"))
    of_csv = rows(logged("sessions", "--format", "csv"))
    assert [json.loads(line) for line in logged("sessions", "--format", "jsonl").out.splitlines()] == of_json
    for written, value in zip(of_csv, of_json, strict=True):
        plain = {name: ";".join(cell) if isinstance(cell, list) else cell for name, cell in value.items()}
        assert written == {name: "" if cell is None else str(cell) for name, cell in plain.items()}


def test_nothing_depends_on_the_order_of_imports(run: Run, tmp_path: Path) -> None:
    head, *lines = LOG.splitlines(keepends=True)
    for number, line in enumerate(reversed(lines)):
        (tmp_path / f"{number}.csv").write_text(head + line, "utf-8")
        assert run("import", tmp_path / f"{number}.csv").code == 0
    one_by_one = [run(command, "--period", "all", "--format", "csv").out for command in ("requests", "sessions")]
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    other = tmp_path / "other.duckdb"
    assert run("import", tmp_path / "log.csv", "--db", other).code == 0
    at_once = [
        run(command, "--period", "all", "--format", "csv", "--db", other).out for command in ("requests", "sessions")
    ]
    assert one_by_one == at_once
