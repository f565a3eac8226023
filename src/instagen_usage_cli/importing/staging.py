"""From files to staged records: each file's source is recognised, and DuckDB reads all files of a kind at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, sql
from instagen_usage_cli.adapters import ADAPTERS, Adapter, named
from instagen_usage_cli.importing import headings, steps
from instagen_usage_cli.importing.files import LogFile, count_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from instagen_usage_cli.importing.headings import Mapping
    from instagen_usage_cli.store import Store

# Most lines are far below 4 MiB; where one is not, the files are read again with the largest buffer.
BUFFER_BYTES = 4 * 1024 * 1024
LARGEST_BUFFER_BYTES = 128 * 1024 * 1024
DEFAULT_PROVIDER = "instagen"
DEFAULT_HOST = "llm.submodel.ai"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the user wants files read: `--from`, `--map`, `--set`, `--source-tz`, `--encoding` and the forms of cells."""

    source: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    source_tz: str = "UTC"
    encoding: str | None = None
    decimal: str = "."
    time_format: str | None = None

    def reading(self, adapter: Adapter) -> str:
        """What of this decides how a file of that adapter reads, as JSON: a change of it is a new reading."""
        said: dict[str, Any] = {"set": self.constants, "encoding": self.encoding}
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
    """A file, its adapter, and the mapping of its columns where the adapter needs one."""

    log: LogFile
    adapter: Adapter
    mapping: Mapping | None

    @property
    def plan(self) -> tuple[object, ...]:
        """Files of equal plan are read by one statement."""
        mapping = self.mapping
        columns = None if mapping is None else tuple(mapping.columns)
        return (
            self.adapter.name,
            self.log.shape,
            columns,
            mapping and mapping.delimiter,
            mapping and mapping.skip,
            mapping and mapping.source_tz,
        )


def recognise(log: LogFile, options: Options) -> Recognised:
    """Find the adapter of a file: `--from`, else the one whose marks occur in its head, else the generic one.

    Raises `NotRecognised`, `AmbiguousSource`, or an error of the mapping.
    """
    adapter = _adapter(log, options)
    if not adapter.mapped:
        return Recognised(log if log.shape != "table" else replace(log, shape="lines"), adapter, None)
    if adapter.name == "csv":
        table = replace(log, shape="table")
        return Recognised(table, adapter, headings.of_table(log.head, log.name, options.fields))
    records = replace(log, shape="lines") if log.shape == "table" else log
    return Recognised(records, adapter, headings.of_records(log.head, records.shape, log.name, options.fields))


def _adapter(log: LogFile, options: Options) -> Adapter:
    if options.source is not None:
        adapter = named(options.source)
        if adapter is None:
            known = ", ".join(adapter.name for adapter in ADAPTERS)
            raise errors.UnknownSource(name=options.source, known=known)
        return adapter
    if log.shape == "table":
        return _generic("csv")
    claims = [adapter for adapter in ADAPTERS if adapter.marks and _is_marked(log.head, adapter)]
    if len(claims) > 1:
        raise errors.AmbiguousSource(path=log.name, names=" or ".join(adapter.name for adapter in claims))
    return claims[0] if claims else _generic("jsonl")


def _is_marked(head: str, adapter: Adapter) -> bool:
    return all(re.search(mark, head) for mark in adapter.marks) and not any(
        re.search(mark, head) for mark in adapter.unless
    )


def _generic(name: str) -> Adapter:
    adapter = named(name)
    assert adapter is not None  # noqa: S101 - the generic adapters are always there
    return adapter


def prepare(store: Store) -> None:
    """Make the tables and macros that staging needs."""
    steps.run(store, "staged")
    store.run(sql.load("readers", "values"))


def stage(store: Store, recognised: list[Recognised], options: Options) -> None:
    """Read all files into `staged`, `files` and `rejects`."""
    plans: dict[tuple[object, ...], list[Recognised]] = {}
    for item in recognised:
        plans.setdefault(item.plan, []).append(item)
    for batch in plans.values():
        _describe(store, batch, options)
        _read(store, batch, options, BUFFER_BYTES)
        paths = [str(item.log.path) for item in batch]
        unread = steps.query(store, "unread", paths=paths, buffer=BUFFER_BYTES).rows
        if unread:
            steps.run(store, "drop_staged", "drop_rejects", paths=paths)
            _read(store, batch, options, LARGEST_BUFFER_BYTES)
    steps.run(store, "occurrences", "statement_files")


def _read(store: Store, batch: list[Recognised], options: Options, buffer: int) -> None:
    first = batch[0]
    for reader in _readers(first):
        store.run(sql.load("readers", reader))
    mapping = first.mapping
    store.run(
        "insert into staging.staged by name " + sql.load("adapters", first.adapter.sql),
        paths=[str(item.log.path) for item in batch],
        buffer=buffer,
        constants=_constants(first.adapter, options),
        source_tz=_source_tz(first, options),
        decimal=options.decimal,
        time_format=options.time_format,
        columns=mapping.columns if mapping else None,
        delimiter=mapping.delimiter if mapping else ",",
        skip=mapping.skip if mapping else 0,
    )
    if first.log.shape != "document":
        paths = [str(item.log.path) for item in batch]
        steps.run(store, "rejected", paths=paths, skip=mapping.skip if mapping else 0)


def _readers(item: Recognised) -> list[str]:
    """The reader macros a file needs: `texts` for JSON, and `cells` over them or over a CSV."""
    if item.log.shape == "table":
        return ["csv_cells"]
    texts = "document" if item.log.shape == "document" else "lines"
    return [texts, "json_cells"] if item.adapter.mapped else [texts]


def _constants(adapter: Adapter, options: Options) -> dict[str, str | None]:
    constants: dict[str, str | None] = {name: options.constants.get(name) for name in headings.CONSTANTS}
    constants["cost_kind"] = constants["cost_kind"] or adapter.cost_kind
    constants["default_provider"] = DEFAULT_PROVIDER
    if not adapter.hosted and not adapter.mapped:
        constants["provider"] = constants["provider"] or DEFAULT_PROVIDER
        if constants["provider"] == DEFAULT_PROVIDER:
            constants["host"] = constants["host"] or DEFAULT_HOST
    return constants


def _describe(store: Store, batch: Iterable[Recognised], options: Options) -> None:
    for item in batch:
        log, adapter = item.log, item.adapter
        constants = dict(sorted(options.constants.items()))
        steps.run(
            store,
            "add_file",
            path=str(log.path),
            name=log.name,
            size=log.signature.size,
            plain_size=log.path.stat().st_size,
            modified_ns=log.signature.modified_ns,
            digest=log.digest(),
            source=adapter.name,
            precedence=adapter.precedence,
            adapter_version=adapter.version,
            reading=options.reading(adapter),
            scope=json.dumps([adapter.name, constants], ensure_ascii=False),
            source_tz=_source_tz(item, options),
            line_offset=_line_offset(item),
        )


def _source_tz(item: Recognised, options: Options) -> str:
    """The zone of times without one: what the heading says, else `--source-tz`."""
    return (item.mapping and item.mapping.source_tz) or options.source_tz


def _line_offset(item: Recognised) -> int | None:
    """What to add to a record's number to get its line's; None where a record is not a line."""
    if item.log.shape == "document":
        return None
    return item.mapping.skip if item.log.shape == "table" and item.mapping else 0


def forget_line_numbers(store: Store) -> None:
    """Drop line numbers of CSV files in which a record goes over several lines."""
    tables = steps.query(store, "skipped_tables").rows
    paths = [path for path, offset, records in tables if count_lines(Path(path)) != records + offset]
    steps.run(store, "drop_line_numbers", paths=paths)
