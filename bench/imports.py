"""The import of a log of each source into a new database, against a bare `create table as` of the fields it reads."""

from __future__ import annotations

import csv
import json
import re
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench import data
from bench.measuring import MEBIBYTE, Figure, Run, pairs, ratio, run
from bench.program import check, usage
from instagen_usage_cli import sql
from instagen_usage_cli.adapters import ADAPTERS, Adapter

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = 3
MOST_MEBIBYTES = 1024
# How many times as long as the bare statement the import of a source may take; other sources have the usual limit.
USUAL_LIMIT = 2.5
LIMITS = {"litellm": 2.0}
# The source whose size in the store is measured too, and the bytes that a request of it may take.
SIZED, MOST_BYTES = "litellm", 60
# Where a page of an API has its records, as `elements_of` in readers/values.sql looks for them.
LISTS = (("data", "items"), ("data", "rows"), ("data",), ("items",), ("logs",), ("result",))


def figures(count: int, source: str | None) -> Iterator[Figure]:
    """The figures of one source, or of all of them."""
    for adapter in ADAPTERS:
        if source in (None, adapter.name):
            yield from _import(adapter, count)


def _import(adapter: Adapter, count: int) -> Iterator[Figure]:
    log = data.log_lines(adapter.name, count)
    program, *arguments = _bare_import(log, adapter)
    _warm(log)
    with TemporaryDirectory(dir=data.FOLDER) as folder:
        stored, bare = Path(folder, "usage.duckdb"), Path(folder, "bare.duckdb")

        def ours() -> Run:
            stored.unlink(missing_ok=True)
            return usage("import", log, "--db", stored)

        def theirs() -> Run:
            bare.unlink(missing_ok=True)
            return run(sys.executable, data.BENCH / program, bare, *arguments)

        runs = pairs(ours, theirs, PAIRS)
        _check_import(stored, adapter, count)
        size = stored.stat().st_size - _size_of_first(log, Path(folder)) if adapter.name == SIZED else 0
    peak, bare_peak = (max(each.peak_bytes for each in side) / MEBIBYTE for side in zip(*runs, strict=True))
    limit = LIMITS.get(adapter.name, USUAL_LIMIT)
    yield ratio(f"usage import of {count:,} {adapter.name} / bare create table as", runs, limit)
    yield Figure(f"peak memory of the import of {adapter.name} in MiB", peak, MOST_MEBIBYTES, f"bare: {bare_peak:.0f}")
    if adapter.name == SIZED:
        yield Figure("bytes per stored request, without the prices", size / count, MOST_BYTES)


def _size_of_first(log: Path, folder: Path) -> int:
    """The size of a database with one request: the copy of the prices, and what else there is but once."""
    with log.open("rb") as file:
        (folder / log.name).write_bytes(b"".join(islice(file, 2 if log.suffix == ".csv" else 1)))
    database = folder / "first.duckdb"
    usage("import", folder / log.name, "--db", database)
    return database.stat().st_size


def _check_import(database: Path, adapter: Adapter, count: int) -> None:
    """Every record is read as what it should be, and none is refused."""
    (row,) = json.loads(usage("imports", "--db", database, "--format", "json").out)["rows"]
    check(row["source"] == adapter.name, f"the log of {adapter.name} is one of it, not of {row['source']}")
    check(row["read"] == count, f"the log of {adapter.name} has {count:,} records, not {row['read']:,}")
    refused = json.loads(usage("skipped", "--db", database, "--format", "json").out)["rows"]
    check(not refused, f"every record of {adapter.name} can be used, not {refused[:1]}")


def _bare_import(log: Path, adapter: Adapter) -> list[str | Path]:
    """The program that imports a log barely, and its arguments behind the database."""
    if adapter.name in data.TABLES:
        return ["bare_database_import.py", log, sql.load("adapters/sqlite", adapter.queries[0]), _bare_rows(adapter)]
    return ["bare_import.py", _bare_table(log) if adapter.name == "csv" else _bare_records(log, adapter)]


def _bare_rows(adapter: Adapter) -> str:
    spec = _quoted(json.dumps(_spec(adapter)))
    return f"create table requests as select unnest(json_transform(text, {spec})) from records"  # noqa: S608 - the adapter's names


def _bare_table(log: Path) -> str:
    with log.open(encoding="utf-8", newline="") as file:
        headings = next(csv.reader(file))
    columns = ", ".join(f"{_quoted(heading)}: 'varchar'" for heading in headings)
    source = f"read_csv({_quoted(str(log))}, header = true, auto_detect = false, columns = {{{columns}}})"
    return f"create table requests as select * from {source}"  # noqa: S608 - the bench's own names


def _bare_records(log: Path, adapter: Adapter) -> str:
    """The same fields that the adapter takes from a record, each as it takes them, unfolded where lines are pages."""
    with log.open(encoding="utf-8") as file:
        first = json.loads(file.readline())
    spec = _spec(adapter) or _all_of(first)
    steps = _list_in(first, set(spec))
    what = "*"
    if steps:
        what = f"unnest(record) from (select unnest({'.'.join(steps)}) as record"
        spec = [spec]
        for step in reversed(steps):
            spec = {step: spec}
    columns = ", ".join(f"{_quoted(name)}: {_quoted(_type(kind))}" for name, kind in spec.items())
    # A field of another kind than asked for is null, as it is to json_transform; else the statement would end at it.
    options = f"format = 'newline_delimited', ignore_errors = true, columns = {{{columns}}}"
    source = f"read_json({_quoted(str(log))}, {options})"
    return f"create table requests as select {what} from {source}" + (")" if steps else "")  # noqa: S608 - the adapter's names


def _spec(adapter: Adapter) -> Any:  # noqa: ANN401 - as JSON gives it
    """The fields that an adapter names in its first json_transform or fields_of; None where the file says them."""
    if adapter.mapped:
        return None
    found = re.search(r"(?:json_transform|fields_of)\([^{]*'(\{.*?\})'", sql.load("adapters", adapter.sql), re.DOTALL)
    check(found is not None, f"the adapter of {adapter.name} names its fields")
    return json.loads(found[1]) if found else {}


def _all_of(value: Any) -> Any:  # noqa: ANN401 - as JSON gives it
    """Every field of a record as text."""
    return {key: _all_of(inner) for key, inner in value.items()} if isinstance(value, dict) else "VARCHAR"


def _list_in(page: dict[str, Any], fields: set[str]) -> tuple[str, ...]:
    """The way to the list of records in a page; none where the line itself has more of the fields than they."""
    for steps in LISTS:
        found: Any = page
        for step in steps:
            found = found.get(step) if isinstance(found, dict) else None
        if isinstance(found, list) and found and len(fields & found[0].keys()) > len(fields & page.keys()):
            return steps
    return ()


def _type(kind: Any) -> str:  # noqa: ANN401 - as JSON gives it
    """A DuckDB type, from the way json_transform writes it."""
    if isinstance(kind, dict):
        return "struct(" + ", ".join(f'"{name}" {_type(inner)}' for name, inner in kind.items()) + ")"
    return f"{_type(kind[0])}[]" if isinstance(kind, list) else str(kind)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _warm(file: Path) -> None:
    """Read a file once, so that the first run does not pay for the disk."""
    with file.open("rb") as content:
        while content.read(16 * MEBIBYTE):
            pass
