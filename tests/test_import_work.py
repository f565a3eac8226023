"""How much work a small import is, in statements: nearly all of its time goes into planning them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import sql
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

HEADINGS = "time,model,input tokens,output tokens\n"
ROWS = "".join(f"2026-10-20T10:00:0{second}Z,a,{second},2\n" for second in range(3))
LATER = "2026-10-21T10:00:00Z,a,4,2\n"
# All but what opening and closing files takes.
NEW_DATABASE, OTHER_FILE, GROWN_FILE, UNCHANGED_FILE = 41, 29, 34, 4


@pytest.fixture
def statements(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """The statements that a command gives to the store."""
    given: list[str] = []
    plain_execute = Store._execute  # noqa: SLF001 - the one way to the database

    def counted(store: Store, text: str, params: dict[str, object]) -> object:
        given.append(text)
        return plain_execute(store, text, params)

    monkeypatch.setattr(Store, "_execute", counted)

    def run_(*arguments: str | Path) -> list[str]:
        given.clear()
        outcome = run(*arguments)
        assert outcome.code == 0, outcome.err
        return list(given)

    return run_


def test_a_small_import_is_few_statements(statements: Callable[..., list[str]], tmp_path: Path) -> None:
    first, other = tmp_path / "first.csv", tmp_path / "other.csv"
    first.write_text(HEADINGS + ROWS)
    other.write_text(HEADINGS + LATER)
    assert len(statements("import", first)) <= NEW_DATABASE
    assert len(statements("import", other)) <= OTHER_FILE
    first.write_text(HEADINGS + ROWS + LATER.replace("21", "22"))
    assert len(statements("import", first)) <= GROWN_FILE
    assert len(statements("import", first)) <= UNCHANGED_FILE


def test_only_what_an_import_needs_is_run(statements: Callable[..., list[str]], tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEADINGS + ROWS)
    given = set(statements("import", file))
    acts = ("stage", "requests", "statements", "account", "forget")
    names = {name for act in acts for name, text in sql.statements("importing", act).items() if text in given}
    assert not names & {"skip_outer_calls", "drop_staged", "add_refusals"}  # no spans, nothing refused
    assert not names & {
        "stored_sightings",
        "find_affected",
        "new_readings",
        "merged",
        "new_sightings",
        "overlapping_days",
    }
    assert not names & set(sql.statements("importing", "statements"))
    assert not names & set(sql.statements("importing", "forget"))
    assert not names & {"skips", "store_skipped", "correct_outcomes"}


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda adapter: adapter.name)
def test_sources_that_tell_of_spans_are_traced(adapter: object) -> None:
    assert getattr(adapter, "is_traced") == ("as span_id" in sql.load("adapters", getattr(adapter, "sql")))  # noqa: B009
