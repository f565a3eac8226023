"""Whose a file is: its adapter, and how its columns are read where that is not known beforehand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors
from instagen_usage_cli.adapters import ADAPTERS, Adapter, named, unread
from instagen_usage_cli.importing import headings

if TYPE_CHECKING:
    from instagen_usage_cli.importing.files import LogFile
    from instagen_usage_cli.importing.headings import Mapping


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
        """What `--set` and the config give for files of that adapter."""
        return self.source_constants.get(adapter.name, {}) | self.constants

    def reading(self, adapter: Adapter) -> str:
        """What of this decides how a file of that adapter reads, as JSON: a change of it is a new reading."""
        given: dict[str, Any] = {"set": self.constants_of(adapter), "encoding": self.encoding}
        if adapter.mapped:
            given |= {
                "map": self.fields,
                "source_tz": self.source_tz,
                "decimal": self.decimal,
                "time_format": self.time_format,
            }
        return json.dumps({key: value for key, value in given.items() if value}, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True)
class Recognised:
    """A file, its adapter, and the mapping of its columns where the adapter needs one.

    One that lies in a place of its source `is_placed`.
    """

    log: LogFile
    adapter: Adapter
    mapping: Mapping | None
    is_placed: bool = False

    def source_tz(self, options: Options) -> str:
        """The zone of times without one: what the heading says, else `--source-tz`."""
        return (self.mapping and self.mapping.source_tz) or options.source_tz

    @property
    def names_provider(self) -> bool:
        """Whether a column says who answered."""
        return self.mapping is not None and not {"provider", "host"}.isdisjoint(self.mapping.fields)

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
    the generic one. Raises `NotRecognised`, `NotReadYet`, `AmbiguousSource`, or an error of the mapping.
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
    if not claims:
        _check_is_read(log)
    return claims[0] if claims else _generic("csv" if is_table else "jsonl")


def _check_is_read(log: LogFile) -> None:
    """See to it that what only a generic adapter would take is nothing that is known for something else."""
    is_text = log.shape not in ("table", "parquet", "sqlite")
    found = {heading.casefold() for heading in headings.of_head(log.head, log.shape)} if not is_text else set()
    what = unread.of_text(log.head) if is_text else unread.of_headings(found)
    if what is not None:
        raise errors.NotReadYet(path=log.name, what=what.title)


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
