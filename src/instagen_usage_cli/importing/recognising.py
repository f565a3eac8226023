"""Whose a file is: its adapter, and how its columns are read where that is not known beforehand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors
from instagen_usage_cli.adapters import ADAPTERS, Adapter, named, unread
from instagen_usage_cli.choices import MOST_BYTES
from instagen_usage_cli.importing import forms, headings
from instagen_usage_cli.importing.forms import Forms

if TYPE_CHECKING:
    from instagen_usage_cli.importing.files import LogFile
    from instagen_usage_cli.importing.headings import Mapping


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the user wants files read: `--from`, `--map`, `--set`, `--source-tz`, `--encoding` and the forms of cells.

    `constants` hold for every file, `source_constants` for those of a source; `skip_lines` stand above the headings of
    a CSV.
    """

    source: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    source_constants: dict[str, dict[str, str]] = field(default_factory=dict)
    source_tz: str = "UTC"
    encoding: str | None = None
    decimal: str | None = None
    time_format: str | None = None
    skip_lines: int = 0
    max_bytes: int = MOST_BYTES

    def constants_of(self, adapter: Adapter) -> dict[str, str]:
        """What `--set` and the config give for files of that adapter."""
        return self.source_constants.get(adapter.name, {}) | self.constants

    def reading(self, adapter: Adapter) -> str:
        """What of this decides how a file of that adapter reads, as JSON: a change of it is a new reading."""
        given: dict[str, Any] = {
            "set": self.constants_of(adapter),
            "encoding": self.encoding,
            "skip_lines": self.skip_lines,
        }
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

    One that lies in a place of its source `is_placed`. `forms` say how its cells are written, as far as that is known;
    `odd_cells` has a cell of each column in which some could not be read.
    """

    log: LogFile
    adapter: Adapter
    mapping: Mapping | None
    is_placed: bool = False
    forms: Forms = field(default_factory=Forms)
    odd_cells: dict[str, str] = field(default_factory=dict, hash=False)

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
            mapping and mapping.escape,
            mapping and mapping.source_tz,
            self.forms,
        )


def recognise(log: LogFile, options: Options, source: str | None = None) -> Recognised:
    """Find the adapter of a file.

    It is `--from`, else that of the `source` in whose place it lies, else the one whose marks or headings it has, else
    the generic one. Raises `NotRecognised`, `NotReadYet`, `AmbiguousSource`, or an error of the mapping.
    """
    skip_lines = options.skip_lines
    adapter = _adapter(log, options.source or source, skip_lines)
    if not adapter.mapped:
        return replace(_specific(log, adapter, skip_lines), is_placed=source is not None)
    if log.shape == "sqlite":
        raise errors.UnknownDatabase(path=log.name)
    if log.shape == "parquet":
        raise errors.NotRecognised(path=log.name, found=", ".join(headings.of_head(log.head, log.shape)))
    if adapter.name == "csv":
        table = replace(log, shape="table")
        return _mapped(table, adapter, headings.of_table(log.head, log.name, options.fields, skip_lines), options)
    records = replace(log, shape="lines") if log.shape == "table" else log
    return _mapped(records, adapter, headings.of_records(log.head, records.shape, log.name, options.fields), options)


def _mapped(log: LogFile, adapter: Adapter, mapping: Mapping, options: Options) -> Recognised:
    """A file whose columns are mapped, with what its first cells say of how they are written."""
    tallies = {
        name: forms.tally(name, cells)
        for name, cells in mapping.samples.items()
        if name in (*forms.TIMES, *forms.NUMBERS)
    }
    found = forms.of_head(tallies, mapping.fields, mapping.delimiter if log.shape == "table" else None)
    return Recognised(log, adapter, mapping, forms=forms.as_given(options.decimal, options.time_format, found))


def _specific(log: LogFile, adapter: Adapter, skip_lines: int) -> Recognised:
    """A table is read by its headings where the adapter knows any; else its lines are JSON."""
    if log.shape == "sqlite" and not adapter.queries:
        raise errors.UnknownDatabase(path=log.name)
    if log.shape != "table":
        return Recognised(log, adapter, None)
    if not adapter.headings or adapter.queries:
        return Recognised(replace(log, shape="lines"), adapter, None)
    return Recognised(log, adapter, headings.as_they_are(log.head, skip_lines))


def _adapter(log: LogFile, source: str | None, skip_lines: int) -> Adapter:
    if source is not None:
        adapter = named(source)
        if adapter is None:
            known = ", ".join(adapter.name for adapter in ADAPTERS)
            raise errors.UnknownSource(name=source, known=known)
        return adapter
    is_table = log.shape in ("table", "parquet", "sqlite")
    found = {heading.casefold() for heading in headings.of_head(log.head, log.shape, skip_lines)} if is_table else set()
    claims = [adapter for adapter in ADAPTERS if (_is_headed(found, adapter) if is_table else _is_marked(log, adapter))]
    if len(claims) > 1:
        raise errors.AmbiguousSource(path=log.name, names=" or ".join(adapter.name for adapter in claims))
    # What only a generic adapter would take may be known for something else.
    what = None if claims else unread.of_headings(found) if is_table else unread.of_text(log.head)
    if what is not None:
        raise errors.NotReadYet(path=log.name, what=what.title)
    return claims[0] if claims else _generic("csv" if is_table else "jsonl")


def _is_headed(found: set[str], adapter: Adapter) -> bool:
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
