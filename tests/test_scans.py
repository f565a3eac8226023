"""The work of a report: it reads the time it is asked about once, and nothing older, by few statements.

DuckDB's own profile says how many rows each scan read.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from bench import stored_requests

from instagen_usage_cli.reports.archive import Archive
from instagen_usage_cli.store import Store
from tests.conftest import kept_open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Outcome

pytestmark = pytest.mark.threads
STORED = 750_000  # over 90 days
PER_DAY = STORED // 90
ROW_GROUP = 122_880  # what DuckDB reads or passes over as a whole
LAST_30_DAYS = 30 * PER_DAY + ROW_GROUP


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("scans") / "usage.duckdb"
    stored_requests.write(path, STORED)
    with kept_open(path, threads=True):
        yield path


@pytest.fixture
def scanned(
    run: Callable[..., Outcome], database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., list[int]]:
    """How many rows of `requests` each of its scans reads, of every statement of a command."""
    profile = tmp_path / "profile.json"
    found: list[int] = []

    def profiled(ask: Callable[..., Any]) -> Callable[..., Any]:
        def ask_(store: Store, text: str, **params: object) -> Any:  # noqa: ANN401 - as the method gives
            connection = store._connection  # noqa: SLF001
            connection.execute("set enable_profiling = 'json'")
            connection.execute(f"set profiling_output = '{profile}'")
            profile.unlink(missing_ok=True)
            answer = ask(store, text, **params)
            if profile.exists():
                found.extend(scans(json.loads(profile.read_text("utf-8"))))
            return answer

        return ask_

    def run_(*arguments: str) -> list[int]:
        found.clear()
        outcome = run(*arguments, "--format", "csv", "--db", database)
        assert outcome.code == 0, outcome.err
        assert len(outcome.out.splitlines()) > 1
        return list(found)

    monkeypatch.setattr(Store, "query", profiled(Store.query))
    monkeypatch.setattr(Store, "run", profiled(Store.run))
    monkeypatch.setenv("USAGE_NOW", stored_requests.END.isoformat())
    return run_


def scans(profile: Any) -> Iterator[int]:  # noqa: ANN401 - JSON, of another shape in each version of DuckDB
    if isinstance(profile, list):
        for child in profile:
            yield from scans(child)
    elif isinstance(profile, dict):
        about = profile.get("extra_info")
        if isinstance(about, dict) and str(about.get("Table", "")).endswith("requests"):
            yield int(profile["rows_scanned"] if "rows_scanned" in profile else profile["operator_rows_scanned"])
        for child in profile.values():
            yield from scans(child)


@pytest.mark.parametrize(
    "command",
    [
        "stats",
        "stats --by key,status --every day",
        "trends --every week",
        "trends --every hour --measure latency",
        "trends --by weekday",
        "models",
        "models compare openai/gpt-oss-120b deepseek-ai/DeepSeek-V3.1",
        "keys",
        "advise",
        "requests",
        "requests --sort costliest",
        "sessions",
    ],
)
def test_the_last_30_days_read_nothing_older(scanned: Callable[..., list[int]], command: str) -> None:
    found = scanned(*command.split(), "--last", "30d")
    assert found
    assert max(found) <= LAST_30_DAYS
    assert max(found) > 30 * PER_DAY - ROW_GROUP  # the profile means what we think


def test_all_of_it_is_read_when_asked_for(scanned: Callable[..., list[int]]) -> None:
    assert max(scanned("stats", "--period", "all")) == STORED


def test_a_comparison_reads_the_window_before_and_nothing_older(scanned: Callable[..., list[int]]) -> None:
    found = scanned("stats", "--last", "30d", "--compare")
    assert max(found) <= 2 * 30 * PER_DAY + ROW_GROUP


def test_days_that_stand_out_take_eight_weeks_more(scanned: Callable[..., list[int]]) -> None:
    found = scanned("trends", "--last", "7d")
    assert max(found) <= (7 + 57) * PER_DAY + ROW_GROUP


@pytest.mark.parametrize(
    ("command", "days"),
    [
        ("stats --last 30d --compare", 60),
        ("stats --last 30d --every hour --by key,status", 30),
        ("trends --last 7d", 7 + 57),
        ("trends --last 30d --every week --by model", 30),
        ("trends --last 30d --by weekday", 30),
        ("forecast", 90),
    ],
)
def test_each_stored_request_is_read_once(scanned: Callable[..., list[int]], command: str, days: int) -> None:
    found = scanned(*command.split())
    assert len(found) == 1
    assert sum(found) <= days * PER_DAY + ROW_GROUP


@pytest.fixture
def statements(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The texts of the statements that a command gives to DuckDB."""
    texts: list[str] = []
    execute = Store._execute  # noqa: SLF001

    def executed(store: Store, text: str, params: dict[str, object]) -> Any:  # noqa: ANN401 - as the method gives
        texts.append(text)
        return execute(store, text, params)

    def run_(*arguments: str | Path) -> list[str]:
        texts.clear()
        outcome = run(*arguments)
        assert outcome.code == 0, outcome.err
        return list(texts)

    monkeypatch.setattr(Store, "_execute", executed)
    return run_


# Opening takes four, then come the scan, the macros that it and the questions call, and the questions.
STATEMENTS = {
    "stats": 9,
    "trends": 11,
    "models": 9,
    "keys": 10,
    "requests": 9,
    "forecast": 9,
    "advise": 24,
}


@pytest.mark.parametrize("command", STATEMENTS)
def test_a_report_takes_few_statements(statements: Callable[..., list[str]], database: Path, command: str) -> None:
    assert len(statements(command, "--db", database)) <= STATEMENTS[command]


@pytest.mark.parametrize("command", STATEMENTS)
def test_no_statement_is_weighed_where_there_is_none(
    statements: Callable[..., list[str]], database: Path, command: str
) -> None:
    weighing = ("statement_spans", "chosen_statements", "weighed_statements")
    assert not [text for text in statements(command, "--db", database) if any(name in text for name in weighing)]


@pytest.mark.parametrize("fact", ["equal_hashes", "unpriced_writes"])
@pytest.mark.parametrize("command", ["stats --compare", "models", "trends", "forecast"])
def test_what_sums_seldom_tell_apart_changes_no_number(
    run: Callable[..., Outcome], database: Path, monkeypatch: pytest.MonkeyPatch, command: str, fact: str
) -> None:
    """Two names with one hash, and prices that no cache write has, are seldom; here they are taken for true."""
    monkeypatch.setenv("USAGE_NOW", stored_requests.END.isoformat())
    arguments = (*command.split(), "--format", "json", "--db", database)
    expected = run(*arguments)
    opening = Archive._opening  # noqa: SLF001
    monkeypatch.setattr(Archive, "_opening", lambda archive: opening(archive) | {fact: True})
    assert run(*arguments) == expected
    assert expected.json["rows"]
