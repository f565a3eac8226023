"""What cannot be true: times before 2015 or in the future, and more tokens than can be, of every source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.commands.app import COMMANDS
from tests.conftest import NOW
from tests.support.corpus import CASES, CORPUS, options
from tests.support.stored import rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

TIME, TOKENS = "a time before 2015 or in the future", "more tokens than can be"
HEADINGS = "time,model,provider,input tokens,output tokens\n"
GOOD = "2026-11-20T10:00:00Z,openai/gpt-oss-120b,instagen,100,10\n"
# Reports that take no name, and what they are asked.
REPORTS = [
    (name, *more)
    for name in sorted(
        set(COMMANDS) & {"stats", "trends", "models", "keys", "sessions", "requests", "advise", "overlaps"}
    )
    for more in ((), ("--period", "all"), ("--period", "all", "--tz", "Asia/Kathmandu"))
]
REPORTS += [("forecast",), ("stats", "--period", "all", "--every", "hour"), ("trends", "--period", "all", "--chart")]
REPORTS += [("trends", "--period", "all", "--by", "hour-of-day"), ("stats", "--every", "month", "--period", "all")]


def reasons(run: Run) -> list[str]:
    return [row["reason"] for row in run("skipped", "--format", "json").json["rows"]]


def test_no_source_escapes_the_test_of_times(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Falls where the times of any source are believed without it: to this clock, all of the corpus lies ahead."""
    monkeypatch.setenv("USAGE_NOW", "2014-01-01T00:00:00+00:00")
    cases = [CORPUS / case for case in CASES if not options(case)]
    outcome = run("import", *cases, "--dry-run")
    assert outcome.code == 1
    assert TIME in outcome.err
    for case in cases:
        assert run("import", case).code in (0, 1)
    database = tmp_path / "usage.duckdb"
    if database.exists():  # pages and sessions without any request were imported
        assert rows(database, "requests") == rows(database, "statements") == []


@pytest.mark.parametrize("hours", [-1, 1])
def test_two_days_ahead_is_the_limit(run: Run, import_text: Run, hours: int) -> None:
    moment = datetime.fromisoformat(NOW) + timedelta(days=2, hours=hours)
    late = f"{moment:%Y-%m-%dT%H:%M:%SZ},openai/gpt-oss-120b,instagen,1,1\n"
    assert import_text(HEADINGS + GOOD + late).code == 0
    assert reasons(run) == ([TIME] if hours > 0 else [])


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("2014-12-31T23:59:59Z,m,p,1,1", TIME),
        ("0193-05-01T00:00:00Z,m,p,1,1", TIME),
        ("1970-01-01T00:00:01Z,m,p,1,1", TIME),
        ("9999-12-31T00:00:00Z,m,p,1,1", TIME),
        ("2026-11-20T10:00:00Z,m,p,10000000001,1", TOKENS),
        ("2026-11-20T10:00:00Z,m,p,1,9000000000000000", TOKENS),
        ("2015-01-01T00:00:00Z,m,p,10000000000,1", None),
    ],
)
def test_a_record_that_cannot_be_true_is_skipped(run: Run, import_text: Run, cells: str, reason: str | None) -> None:
    assert import_text(f"{HEADINGS}{GOOD}{cells}\n").code == 0
    assert reasons(run) == ([reason] if reason else [])
    assert run("stats", "--period", "all", "--format", "json").json["total"]["requests"] == (1 if reason else 2)


def test_a_day_may_have_more_tokens_than_a_request(run: Run, import_text: Run) -> None:
    log = f"date,model,requests,input tokens\n2026-11-20,m,5,{10**14}\n2026-11-21,m,5,{10**14 + 1}\n"
    assert import_text(log).code == 0
    assert reasons(run) == [TOKENS]


def test_an_end_that_cannot_be_is_unknown(import_text: Run, tmp_path: Path) -> None:
    log = "start time,end time,model,input tokens\n"
    log += "2026-11-20T10:00:00Z,1970-01-01T00:00:00Z,m,1\n2026-11-20T10:00:00Z,2027-11-20T10:00:00Z,m,2\n"
    assert import_text(log).code == 0
    found = rows(tmp_path / "usage.duckdb", "requests")
    assert [(row["ended_at"], row["duration_ms"]) for row in found] == [("", "")] * 2


@pytest.mark.parametrize("moment", ["1970-01-01", "0193-05-01", "9999-12-31", "294000-01-01", "0044-03-15 (BC)"])
def test_no_stored_time_stops_a_report(run: Run, import_text: Run, tmp_path: Path, moment: str) -> None:
    assert import_text(HEADINGS + GOOD).code == 0
    odd = """
    insert into requests by name
    select requests.* replace ($moment::timestamp as started_at, uuid() as request_key)
    from requests
    """
    with stores.open_staging() as store, store.attached(tmp_path / "usage.duckdb"):
        store.run(odd, moment=moment)
    for report in REPORTS:
        outcome = run(*report)
        assert (outcome.code, report) == (0, report), outcome.err
    assert run("stats", "--period", "all", "--format", "json").json["total"]["requests"] == 1


@pytest.mark.new_databases
def test_what_an_older_version_believed_is_skipped_by_migrating(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "usage.duckdb"
    names = sql.names("schema")
    with monkeypatch.context() as patched:
        patched.setattr(sql, "names", lambda folder: names[:4] if folder == "schema" else names)
        stores.migrate(database)
    old = """
    insert into imports by name
    select
      7 as import_id, timestamp '2026-11-23' as imported_at, '/log' as path, 'csv' as source, 4 as "read", 4 as "new",
      0 as already_stored, 0 as improved, 0 as replaced, 0 as repeat, 0 as skipped,
      timestamp '0193-01-01' as first_at, timestamp '2026-11-28' as last_at;
    insert into requests by name
    select uuid() as request_key, 7 as import_id, 'csv' as source, moment as started_at, tokens as input_tokens
    from (
      values
      (timestamp '0193-01-01', 1), (timestamp '2026-11-28', 1), (timestamp '2026-11-20', 9000000000000000),
      (timestamp '2026-11-20', 5)
    ) as odd(moment, tokens);
    """
    with stores.open_staging() as store, store.attached(database):
        store.run(old)
    assert run("migrate").code == 0
    assert [row["input_tokens"] for row in rows(database, "requests")] == ["5"]
    assert sorted(reasons(run)) == [TIME, TIME, TOKENS]
    (listed,) = run("imports", "--format", "json").json["rows"]
    assert (listed["read"], listed["new"], listed["skipped"]) == (4, 1, 3)
    assert listed["first_at"] == listed["last_at"] == "2026-11-20T00:00:00+00:00"
    assert run("skipped", "--show").code == 0
