"""The corpus: the files of every source, and what is to be stored of each."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.adapters import ADAPTERS
from tests.support.stored import INTERNAL, as_rows, contents

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.support.stored import Row

CORPUS = Path(__file__).parents[1] / "corpus"
# One table per case: the options of its import (none by default), and where its records go. `read` counts the records
# of the file by hand; what is not named is 0. `skipped_at` are the records listed by `usage skipped`, as
# [record, line, reason]; a record that goes over several lines, or is no line, has line 0 (none).
CASES: dict[str, dict[str, Any]] = {
    f"{path.parent.name}/{name}": case
    for path in sorted(CORPUS.glob("*/cases.toml"))
    for name, case in tomllib.loads(path.read_text("utf-8")).items()
}
OUTCOMES = ("new", "already_stored", "improved", "replaced", "repeat", "skipped")
SOURCES = tuple(adapter.name for adapter in ADAPTERS)
SEQUENTIAL = tuple(adapter.name for adapter in ADAPTERS if adapter.is_sequential)
# Folders of the corpus that are no source: files that nobody can read, and the programs that made files.
OTHER_FOLDERS = ("refused", "generators")


def expected(case: str, columns: Iterable[str]) -> list[Row]:
    """The rows of an expected file, where a column that is not named is unknown in every row."""
    content = (CORPUS / f"{case}.expected.csv").read_text("utf-8")
    found = [dict.fromkeys(columns, "") | row for row in csv.DictReader(io.StringIO(content))]
    return sorted(found, key=lambda row: list(row.values()))


def assert_stored(case: str, database: Path) -> None:
    heading = (CORPUS / f"{case}.expected.csv").read_text("utf-8").splitlines()[0].split(",")
    name, other = ("statements", "requests") if "bucket_start" in heading else ("requests", "statements")
    found = contents(database, name, other)
    columns = found[name].names
    assert set(heading) <= set(columns)
    assert as_rows(name, found[name]) == expected(case, [name_ for name_ in columns if name_ not in INTERNAL[name]])
    assert as_rows(other, found[other]) == []


def assert_adds_up(record: dict[str, Any]) -> None:
    assert record["read"] == sum(record[outcome] for outcome in OUTCOMES)


def options(case: str) -> list[str]:
    given: list[str] = CASES[case].get("options", [])
    return given
