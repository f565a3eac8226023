"""From files to staged records: each file's source is recognised, and DuckDB reads all files of a kind at once."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, instagen, sql
from instagen_usage_cli.adapters import ADAPTERS, Adapter, named
from instagen_usage_cli.importing import databases, headings, steps
from instagen_usage_cli.importing.files import LogFile, count_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.importing.headings import Mapping
    from instagen_usage_cli.store import Store

# Most lines are far below 4 MiB; a file where one is not is read again with the largest buffer.
BUFFER_BYTES = 4 * 1024 * 1024
LARGEST_BUFFER_BYTES = 128 * 1024 * 1024
# From this many on, small files are the rule, and their rows are not kept in order. A larger buffer costs them nothing,
# and holds a line with pictures that were pasted.
MANY_FILES = 32
MANY_FILES_BUFFER_BYTES = 16 * 1024 * 1024
# The shapes of which the reader may refuse a record.
REFUSING = ("lines", "pages", "table")
READ = "set variable paths = from_json($paths::json, '[\"VARCHAR\"]')"
INSERT = "insert into staging.staged by name "
# The reader macros that give the texts of a file, by its shape.
TEXTS = {
    "lines": ["text_lines", "lines"],
    "pages": ["text_lines", "pages"],
    "document": ["document"],
    "parquet": ["parquet_rows"],
    "sqlite": ["database_rows"],
}


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the user wants files read: `--from`, `--map`, `--set`, `--source-tz`, `--encoding` and the forms of cells.

    `constants` hold for every file, `source_constants` for those of a source.
    """

    source: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    source_constants: dict[str, dict[str, str]] = field(default_factory=dict)
    source_tz: str = "UTC"
    encoding: str | None = None
    decimal: str = "."
    time_format: str | None = None

    def constants_of(self, adapter: Adapter) -> dict[str, str]:
        """What is said of files of that adapter."""
        return self.source_constants.get(adapter.name, {}) | self.constants

    def reading(self, adapter: Adapter) -> str:
        """What of this decides how a file of that adapter reads, as JSON: a change of it is a new reading."""
        said: dict[str, Any] = {"set": self.constants_of(adapter), "encoding": self.encoding}
        if adapter.mapped:
            said |= {
                "map": self.fields,
                "source_tz": self.source_tz,
                "decimal": self.decimal,
                "time_format": self.time_format,
            }
        return json.dumps({key: value for key, value in said.items() if value}, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Recognised:
    """A file, its adapter, and the mapping of its columns where the adapter needs one.

    One that lies in a place of its source `is_placed`.
    """

    log: LogFile
    adapter: Adapter
    mapping: Mapping | None
    is_placed: bool = False

    @property
    def plan(self) -> tuple[object, ...]:
        """Files of equal plan are read by one statement."""
        mapping = self.mapping
        columns = None if mapping is None else json.dumps(mapping.columns)
        return (
            self.adapter.name,
            self.log.shape,
            self.log.head if self.log.shape == "parquet" else None,
            columns,
            mapping and mapping.delimiter,
            mapping and mapping.skip,
            mapping and mapping.source_tz,
        )


def recognise(log: LogFile, options: Options, source: str | None = None) -> Recognised:
    """Find the adapter of a file.

    It is `--from`, else that of the `source` in whose place it lies, else the one whose marks or headings it has, else
    the generic one. Raises `NotRecognised`, `AmbiguousSource`, or an error of the mapping.
    """
    adapter = _adapter(log, options.source or source)
    if not adapter.mapped:
        return replace(_specific(log, adapter), is_placed=source is not None)
    if log.shape == "sqlite":
        raise errors.UnknownDatabase(path=log.name)
    if log.shape == "parquet":
        raise errors.NotRecognised(path=log.name, found=", ".join(headings.of_head(log.head, log.shape)))
    if adapter.name == "csv":
        table = replace(log, shape="table")
        return Recognised(table, adapter, headings.of_table(log.head, log.name, options.fields))
    records = replace(log, shape="lines") if log.shape == "table" else log
    return Recognised(records, adapter, headings.of_records(log.head, records.shape, log.name, options.fields))


def _specific(log: LogFile, adapter: Adapter) -> Recognised:
    """A table is read by its headings where the adapter knows any; else its lines are JSON."""
    if log.shape == "sqlite" and not adapter.queries:
        raise errors.UnknownDatabase(path=log.name)
    if log.shape != "table":
        return Recognised(log, adapter, None)
    if not adapter.headings or adapter.queries:
        return Recognised(replace(log, shape="lines"), adapter, None)
    return Recognised(log, adapter, headings.as_they_are(log.head))


def _adapter(log: LogFile, source: str | None) -> Adapter:
    if source is not None:
        adapter = named(source)
        if adapter is None:
            known = ", ".join(adapter.name for adapter in ADAPTERS)
            raise errors.UnknownSource(name=source, known=known)
        return adapter
    is_table = log.shape in ("table", "parquet", "sqlite")
    claims = [adapter for adapter in ADAPTERS if (_is_headed if is_table else _is_marked)(log, adapter)]
    if len(claims) > 1:
        raise errors.AmbiguousSource(path=log.name, names=" or ".join(adapter.name for adapter in claims))
    return claims[0] if claims else _generic("csv" if is_table else "jsonl")


def _is_headed(log: LogFile, adapter: Adapter) -> bool:
    found = {heading.casefold() for heading in headings.of_head(log.head, log.shape)}
    return any(found.issuperset(wanted) for wanted in adapter.headings)


def _is_marked(log: LogFile, adapter: Adapter) -> bool:
    return (
        bool(adapter.marks)
        and all(re.search(mark, log.head) for mark in adapter.marks)
        and not any(re.search(mark, log.head) for mark in adapter.unless)
    )


def _generic(name: str) -> Adapter:
    adapter = named(name)
    assert adapter is not None  # noqa: S101 - the generic adapters are always there
    return adapter


def prepare(store: Store) -> None:
    """Make the tables and macros that staging needs."""
    steps.run(store, "staged")
    store.run(sql.load("readers", "values"))


def stage(store: Store, recognised: list[Recognised], options: Options) -> dict[str, errors.Error]:
    """Read all files into `staged`, `files` and `rejects`.

    Returns why a file could not be read to its end, by its name.
    """
    failed: dict[str, errors.Error] = {}
    plans: dict[tuple[object, ...], list[Recognised]] = {}
    for item in recognised:
        plans.setdefault(item.plan, []).append(item)
    for batch in plans.values():
        _describe(store, batch, options)
        with _databases_handed(store, batch, failed):
            buffer = _read(store, batch, options)
        lacking = _that_may_lack_records(store, batch, buffer)
        if lacking:
            steps.run(store, "drop_staged", "drop_rejects", paths=_paths(lacking))
            with store.roomy(alone=True):
                _read_carefully(store, lacking, options, LARGEST_BUFFER_BYTES)
            _note_unclosed_quotes(store, lacking)
        steps.run(store, "nested_calls", paths=_paths(batch))
    steps.run(store, "occurrences", "statement_files")
    return failed


@contextmanager
def _databases_handed(store: Store, batch: list[Recognised], failed: dict[str, errors.Error]) -> Iterator[None]:
    """What DuckDB cannot read itself is there under a name."""
    if batch[0].log.shape != "sqlite":
        yield
        return
    found = [(item.log.path, item.log.name) for item in batch]
    with store.handed("database_records", databases.reader(found, batch[0].adapter.queries, failed)):
        yield


def _read(store: Store, batch: list[Recognised], options: Options) -> int:
    """Read files that are alike: fast and, where a record is broken, once more with care. Returns the buffer's bytes.

    Rows of many files are not kept in order: of those, the files in which the place of a record matters are read again.
    """
    first = batch[0]
    # What SQLite gives can be asked for but once.
    is_many = len(batch) > MANY_FILES and not first.adapter.is_sequential and first.log.shape != "sqlite"
    buffer = MANY_FILES_BUFFER_BYTES if is_many else BUFFER_BYTES
    with store.roomy(in_any_order=is_many):
        is_fast = first.log.shape in REFUSING and _could_read_fast(store, batch, options, buffer)
        if not is_fast:
            _read_carefully(store, batch, options, buffer)
    again = _in_trouble(store, batch, in_any_order=is_many) if is_many or is_fast else []
    if again:
        steps.run(store, "drop_staged", "drop_rejects", paths=_paths(again))
        with store.roomy():
            _read_carefully(store, again, options, buffer)
    return buffer


def _could_read_fast(store: Store, batch: list[Recognised], options: Options, buffer: int) -> bool:
    """Read files unless a record is refused. To keep account of those takes twice as long, and most files have none."""
    store.run("set variable careful = false")
    try:
        _insert(store, batch, options, buffer)
    except errors.StoreFailed:
        return False
    return True


def _read_carefully(store: Store, batch: list[Recognised], options: Options, buffer: int) -> None:
    """Read files, noting which records are refused, and mend lines that are JSON but for half a character."""
    first = batch[0]
    steps.run(store, "forget_refusals")
    store.run("set variable careful = true")
    _insert(store, batch, options, buffer)
    if first.log.shape in REFUSING:
        steps.run(store, "rejected", paths=_paths(batch), skip=first.mapping.skip if first.mapping else 0)


def _in_trouble(store: Store, batch: list[Recognised], *, in_any_order: bool) -> list[Recognised]:
    found = steps.query(store, "in_trouble", paths=_paths(batch), in_any_order=in_any_order).rows
    return _those(batch, found)


def _those(batch: list[Recognised], rows: tuple[tuple[Any, ...], ...]) -> list[Recognised]:
    """The files of which the rows are the paths."""
    paths = {row[0] for row in rows}
    return [item for item in batch if str(item.log.path) in paths]


def _insert(store: Store, batch: list[Recognised], options: Options, buffer: int) -> None:
    first = batch[0]
    for reader in _readers(first):
        store.run(sql.load("readers", reader))
    mapping = first.mapping
    # What DuckDB would take for a pattern in a name stands for itself.
    named = [re.sub(r"[*?\[]", r"[\g<0>]", path) for path in _paths(batch)]
    store.run(READ, paths=json.dumps(named))
    store.run(
        INSERT + sql.load("adapters", first.adapter.sql),
        buffer=buffer,
        constants=_constants(first.adapter, options),
        source_tz=_source_tz(first, options),
        decimal=options.decimal,
        time_format=options.time_format,
        columns=mapping.columns if mapping else None,
        delimiter=mapping.delimiter if mapping else ",",
        skip=mapping.skip if mapping else 0,
    )


def _paths(batch: list[Recognised]) -> list[str]:
    return [str(item.log.path) for item in batch]


def _that_may_lack_records(store: Store, batch: list[Recognised], buffer: int) -> list[Recognised]:
    """The files of which some record may be neither read nor refused.

    Threads that share a CSV may lose records where a buffer ends, and whole buffers beside broken ones: its lines must
    be as many as its records, and all in order.
    """
    first = batch[0]
    if first.log.shape not in REFUSING:
        return []
    records = None
    if first.log.shape == "table":
        skip = first.mapping.skip if first.mapping else 0
        records = [count_lines(item.log.path) - skip for item in batch]
    return _those(batch, steps.query(store, "unread", paths=_paths(batch), buffer=buffer, records=records).rows)


def _note_unclosed_quotes(store: Store, batch: list[Recognised]) -> None:
    """Without threads, DuckDB says nothing of a quote that is open at the end of a CSV, and drops what follows it."""
    for item in batch:
        mapping = item.mapping
        if item.log.shape == "table" and _ends_in_quotes(item.log.path, mapping.delimiter if mapping else ","):
            steps.run(store, "unclosed_quote", path=str(item.log.path))


def _ends_in_quotes(path: Path, delimiter: str) -> bool:
    """Whether a CSV ends within a cell that a quote has opened."""
    before = delimiter.encode() + b"\r\n"
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        place = content.find(b'"')
        while place >= 0:
            if place == 0 or content[place - 1] in before:
                place = content.find(b'"', place + 1)
                while content[place + 1 : place + 2] == b'"' and place >= 0:  # one that is written twice
                    place = content.find(b'"', place + 2)
                if place < 0:
                    return True
            place = content.find(b'"', place + 1)
    return False


def _readers(item: Recognised) -> list[str]:
    """The reader macros a file needs: `texts`, and `cells` over it or over a CSV for mapped adapters."""
    shape = item.log.shape
    if shape == "table":
        return ["csv_cells" if item.adapter.mapped else "table_rows"]
    texts = TEXTS[shape]
    return [*texts, "json_cells"] if item.adapter.mapped else texts


def _constants(adapter: Adapter, options: Options) -> dict[str, str | None]:
    said = options.constants_of(adapter)
    constants: dict[str, str | None] = {name: said.get(name) for name in headings.CONSTANTS}
    constants["cost_kind"] = constants["cost_kind"] or adapter.cost_kind
    constants["default_provider"] = instagen.PROVIDER
    if not adapter.hosted and not adapter.mapped:
        constants["provider"] = constants["provider"] or instagen.PROVIDER
        if constants["provider"] == instagen.PROVIDER:
            constants["host"] = constants["host"] or instagen.HOST
    return constants


def _describe(store: Store, batch: list[Recognised], options: Options) -> None:
    adapter = batch[0].adapter
    described = [
        {
            "path": str(item.log.path),
            "name": item.log.name,
            "size": item.log.signature.size,
            "plain_size": item.log.plain_size,
            "modified_ns": item.log.signature.modified_ns,
            # Logs in the places of clients only grow: they are told by size and time.
            "digest": None if item.is_placed else item.log.digest(),
            "is_placed": item.is_placed,
            "source_tz": _source_tz(item, options),
            "line_offset": _line_offset(item),
        }
        for item in batch
    ]
    steps.run(
        store,
        "add_files",
        files=json.dumps(described),
        source=adapter.name,
        precedence=adapter.precedence,
        adapter_version=adapter.version,
        reading=options.reading(adapter),
        is_hosted=adapter.hosted,
        is_mapped=adapter.mapped,
        scope=json.dumps([adapter.name, options.constants_of(adapter)], sort_keys=True, ensure_ascii=False),
    )


def _source_tz(item: Recognised, options: Options) -> str:
    """The zone of times without one: what the heading says, else `--source-tz`."""
    return (item.mapping and item.mapping.source_tz) or options.source_tz


def _line_offset(item: Recognised) -> int | None:
    """What to add to a record's number to get its line's; None where a record is not a line."""
    if item.log.shape in ("document", "parquet", "sqlite"):
        return None
    return item.mapping.skip if item.log.shape == "table" and item.mapping else 0


def forget_line_numbers(store: Store) -> None:
    """Drop line numbers of CSV files in which a record goes over several lines."""
    tables = steps.query(store, "skipped_tables").rows
    paths = [path for path, offset, records in tables if count_lines(Path(path)) != records + offset]
    steps.run(store, "drop_line_numbers", paths=paths)
