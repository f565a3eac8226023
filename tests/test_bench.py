"""The benches: that they find what they compare with. What they measure is no business of the tests."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from bench import bare_report, data, imports, reports, stored_requests

from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.commands.app import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from instagen_usage_cli.adapters import Adapter
    from tests.conftest import Outcome

REQUESTS = 500


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stored") / "usage.duckdb"
    stored_requests.write(path, REQUESTS)
    return path


def yardstick(database: Path, question: str, days: int) -> list[list[str]]:
    """The rows that the yardstick shows, cell by cell."""
    until = stored_requests.END.replace(tzinfo=None)
    shown = subprocess.run(
        [sys.executable, data.BENCH / "bare_report.py", database, question, str(until - timedelta(days)), str(until)],
        env=os.environ | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in shown.splitlines() if line.startswith("│")]


@pytest.mark.parametrize("adapter", [each for each in ADAPTERS if not each.mapped], ids=lambda each: each.name)
def test_the_bare_import_of_a_source_takes_the_same_fields(adapter: Adapter) -> None:
    assert len(imports._spec(adapter)) > 2  # noqa: SLF001 - what a bare import is told; more than a list around it


@pytest.mark.slow
@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda each: each.name)
def test_the_bench_of_a_source_reads_its_own_log(
    adapter: Adapter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    monkeypatch.setattr(imports, "PAIRS", 1)
    times, memory, *_ = imports.figures(20, adapter.name)
    assert times.value > 0
    assert memory.value > 0


@pytest.mark.parametrize("count", [25_000, 100_000, 10_000_000, 100_000_000])
def test_every_report_has_a_question_of_the_yardstick(count: int) -> None:
    for report in reports.reports_over(count):
        assert report.command.partition(" ")[0] in {"", *COMMANDS}
        assert report.question in bare_report.QUESTIONS
        assert 0 < report.days <= 90


def test_the_yardstick_gives_the_requests_and_failures_of_the_report(run: Callable[..., Outcome], stored: Path) -> None:
    given = ("--since", str(stored_requests.BEGIN.date()), "--until", str(stored_requests.END.date()), "--tz", "UTC")
    rows = run("stats", "--by", "model", *given, "--db", stored, "--format", "json").json["rows"]
    expected = {(row["model"], row["requests"], row["failed_requests"]) for row in rows if row["model"]}
    assert {(model, int(n), int(failed)) for model, n, failed, *_ in yardstick(stored, "stats", 90)} == expected
    assert sum(n for _, n, _ in expected) == REQUESTS


@pytest.mark.parametrize("question", bare_report.QUESTIONS)
def test_the_yardstick_answers(stored: Path, question: str) -> None:
    assert yardstick(stored, question, 30)
