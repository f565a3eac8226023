"""A small part of the fuzz, a few hundred records of every source, and what the whole of it has found."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from shutil import copyfile
from typing import TYPE_CHECKING

import pytest
from fuzz import sources, stamps

from instagen_usage_cli.adapters import ADAPTERS
from tests.support.answers import measures
from tests.support.corpus import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

pytestmark = pytest.mark.threads
RECORDS, SEED = 300, 1
HEADING = "Request ID,Time (UTC),Model,Input Tokens,Output Tokens,Note\n"


@pytest.mark.parametrize("adapter", [adapter.name for adapter in ADAPTERS])
def test_good_records_survive_broken_ones(tmp_path: Path, adapter: str) -> None:
    found = list(sources.findings(adapter, tmp_path, records=RECORDS, seed=SEED, with_large_lines=False))
    assert not found, "\n".join(found)


def test_every_stamp_is_of_a_source() -> None:
    assert set(stamps.STAMPS) == {adapter.name for adapter in ADAPTERS}


def test_a_source_without_a_stamp_is_told(tmp_path: Path) -> None:
    (finding,) = sources.findings("nothing", tmp_path, records=RECORDS, seed=SEED, with_large_lines=False)
    assert "has no stamp" in finding


# --- what the fuzz has found --------------------------------------------------------------------------


def counted(run: Run) -> tuple[int, int, int]:
    """The requests, and their input and output tokens."""
    requests, _, sent, got, _ = measures(run)
    return requests, sent, got


@pytest.mark.parametrize("depth", [900, 1100, 20_000])
def test_what_is_nested_too_deeply_to_be_looked_at_is_one_bad_record(run: Run, tmp_path: Path, depth: int) -> None:
    good = {"time": "2026-10-14T00:00:00Z", "model": "m", "input_tokens": 1, "output_tokens": 2}
    deep = '{"a":' * depth + "1" + "}" * depth
    (tmp_path / "log.jsonl").write_text(f'{json.dumps(good)}\n{{"x": {deep}}}\n{{"y": {"[" * depth}{"]" * depth}}}\n')
    outcome = run("import", tmp_path / "log.jsonl")
    assert (outcome.code, outcome.err) == (0, "")
    assert counted(run) == (1, 1, 2)


def test_a_time_beyond_all_numbers_is_one_bad_record(run: Run, tmp_path: Path) -> None:
    rows = ("a,9999999999999999999,m,1,2,", "b,2026-10-14 00:00:00,m,3,4,")
    (tmp_path / "log.csv").write_text(HEADING + "\n".join(rows))
    assert run("import", tmp_path / "log.csv").code == 0
    assert counted(run) == (1, 3, 4)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_stray_return_spoils_no_other_row_of_a_table(run: Run, tmp_path: Path, end: str) -> None:
    rows = (
        "a,2026-10-14 00:00:00,m,1,2,x",
        "\r\r",
        "b,2026-10-14 00:00:01,m,3,4,x\ry",
        'c,2026-10-14 00:00:02,m,5,6,"x\ry"',
    )
    (tmp_path / "log.csv").write_bytes((HEADING.strip() + end + end.join(rows) + end).encode())
    assert run("import", tmp_path / "log.csv").code == 0
    assert counted(run) == (3, 9, 12)


def test_bad_rows_in_a_large_table_cost_no_others(run: Run, tmp_path: Path) -> None:
    """With threads, DuckDB loses whole buffers (4 MiB) of rows with long quoted cells between bad ones."""
    note = json.dumps({f"key {place}": "some text, and more" for place in range(70)}).replace('"', '""')
    rows = [f'id-{number:032d},2026-10-14 00:00:00,m,1,2,"{note}"\nshort\n' for number in range(3000)]
    (tmp_path / "log.csv").write_text(HEADING + "".join(rows))
    assert run("import", tmp_path / "log.csv").code == 0
    assert counted(run) == (3000, 3000, 6000)


def test_a_broken_database_is_refused_in_whatever_words(run: Run, tmp_path: Path) -> None:
    """SQLite tells of a name in it that is no UTF-8, and Python cannot read what it tells."""
    copyfile(CORPUS / "llm" / "plugins.db", tmp_path / "logs.db")
    with closing(sqlite3.connect(tmp_path / "logs.db")) as connection:
        connection.execute("pragma writable_schema = on")
        name = "cast(x'db' as text)"
        connection.execute(f"insert into sqlite_master values ('table', {name}, {name}, 99, 'create table')")  # noqa: S608
        connection.commit()
    outcome = run("import", tmp_path / "logs.db")
    assert outcome.code == 1
    assert "cannot read" in outcome.err
    assert len(outcome.err.splitlines()) == 1
