"""How DuckDB reads files that are alike: fast, and once more where a record is broken or may be lost."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, instagen, sql
from instagen_usage_cli.importing import databases
from instagen_usage_cli.importing.acts import STAGE
from instagen_usage_cli.importing.fields import CONSTANTS
from instagen_usage_cli.importing.files import count_lines
from instagen_usage_cli.importing.forms import doubtful_cells
from instagen_usage_cli.importing.heading_rows import BACKSLASH, QUOTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from instagen_usage_cli.importing.headings import Mapping
    from instagen_usage_cli.importing.recognising import Options, Recognised
    from instagen_usage_cli.importing.staging import ReadFile
    from instagen_usage_cli.store import Store

# Most lines are far below 4 MiB; a file where one is not is read again with the largest buffer.
BUFFER_BYTES = 4 * 1024 * 1024
LARGEST_BUFFER_BYTES = 128 * 1024 * 1024
# From this many on, small files are the rule, and their rows are not kept in order. A larger buffer costs them nothing,
# and holds a line with pictures that were pasted.
MANY_FILES = 32
MANY_FILES_BUFFER_BYTES = 16 * 1024 * 1024
# To plan the reading of less than this takes longer than to read it.
SMALL_BYTES = 512 * 1024
BYTE_ORDER_MARK_BYTES = 3
# The shapes of which the reader may refuse a record.
REFUSING = ("lines", "pages", "table")
ESCAPES = {QUOTE: "set variable escape = '\"';", BACKSLASH: "set variable escape = '\\';"}
READ = "set variable paths = from_json($paths::json, '[\"VARCHAR\"]')"
# Where the SELECT of an adapter stands in `private.sql`.
ADAPTER = "-- adapter\n"
# The reader macros that give the texts of a file, by its shape.
TEXTS = {
    "lines": ["text_lines", "lines"],
    "pages": ["text_lines", "pages"],
    "document": ["document"],
    "parquet": ["parquet_rows"],
    "sqlite": ["database_rows"],
}


@dataclass
class Batch:
    """Files that are read by one statement. `is_fast` says whether that went without an account of what is refused."""

    items: list[Recognised]
    is_fast: bool = False

    @property
    def first(self) -> Recognised:
        """One of the files, which are all alike."""
        return self.items[0]

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum(item.log.signature.size for item in self.items)

    @property
    def is_many(self) -> bool:
        """Whether the rows need not be kept in order. What SQLite gives can be asked for but once."""
        return (
            len(self.items) > MANY_FILES and not self.first.adapter.is_sequential and self.first.log.shape != "sqlite"
        )

    @property
    def can_refuse(self) -> bool:
        """Whether the reader may refuse a record."""
        return self.first.log.shape in REFUSING

    @property
    def buffer(self) -> int:
        """The bytes that are read at once."""
        return MANY_FILES_BUFFER_BYTES if self.is_many else BUFFER_BYTES


def select_of(batch: Batch) -> str:
    """The SQL that reads a batch, with the readers that it stands on."""
    return "\n".join((*(sql.load("readers", reader) for reader in _readers(batch.first)), _insertion(batch.first)))


def _insertion(item: Recognised) -> str:
    """The statement that stages what the adapter of a file reads."""
    return sql.load("importing", "private").replace(ADAPTER, sql.load("adapters", item.adapter.sql))


@contextmanager
def databases_handed(store: Store, batch: list[Recognised], failed: dict[str, errors.Error]) -> Iterator[None]:
    """What DuckDB cannot read itself is there under a name."""
    if batch[0].log.shape != "sqlite":
        yield
        return
    found = [(item.log.path, item.log.name) for item in batch]
    with store.handed("database_records", databases.reader(found, batch[0].adapter.queries, failed)):
        yield


def read_batch(store: Store, batch: Batch, options: Options) -> bool:
    """Read files that are alike: fast, unless a record is refused. Returns whether that went.

    Rows of many files are not kept in order.
    """
    with store.roomy(in_any_order=batch.is_many, is_small=batch.size < SMALL_BYTES):
        is_fast = batch.can_refuse and _could_read_fast(store, batch.items, options, batch.buffer)
        if not is_fast:
            _read_with_rejects(store, batch.items, options, batch.buffer)
    return is_fast


def read_broken(store: Store, batches: list[Batch], read: dict[str, ReadFile], options: Options) -> bool:
    """Read files again of which a record may be bad only by the way it was read, or at another place than was noted."""
    found = False
    for batch in batches:
        broken = [
            item
            for item in batch.items
            if (batch.is_many and read[str(item.log.path)].has_bad)
            or (batch.is_fast and read[str(item.log.path)].has_halves)
        ]
        if broken:
            found = True
            read_again(store, broken, options, batch.buffer)
    return found


def read_lacking(store: Store, batches: list[Batch], read: dict[str, ReadFile], options: Options) -> bool:
    """Read files again that may have lost records, by one thread with the largest buffer.

    Threads that share a CSV may lose records where a buffer ends, and whole buffers beside broken ones: its lines must
    be as many as its records, and all in order.
    """
    found = False
    for batch in batches:
        lacking = [item for item in batch.items if batch.can_refuse and _may_lack(item, read, batch.buffer)]
        if lacking:
            found = True
            read_again(store, lacking, options, LARGEST_BUFFER_BYTES)
            _note_unclosed_quotes(store, lacking)
    return found


def _may_lack(item: Recognised, read: dict[str, ReadFile], buffer: int) -> bool:
    """Whether some record of a file may be neither read nor refused.

    Bytes lack that are in no line: one per line for its ending, and three for a byte order mark, are allowed for. Where
    an adapter does not say how long its records are, any file that could hold a longer line than the buffer may lack.
    """
    file = read[str(item.log.path)]
    if item.log.shape == "table":
        above = item.mapping.lines if item.mapping else 0
        return file.has_refused or file.lines != count_lines(item.log.path) - above
    if file.has_refused:
        return file.has_longer
    if file.bytes is None:
        return file.plain_size > buffer
    return file.plain_size - file.bytes > file.lines + BYTE_ORDER_MARK_BYTES


def _could_read_fast(store: Store, batch: list[Recognised], options: Options, buffer: int) -> bool:
    """Read files unless a record is refused. To keep account of those takes twice as long, and most files have none."""
    set_up(store, batch, keeps_rejects=False)
    try:
        _insert(store, batch, options, buffer)
    except errors.StoreFailed:
        return False
    return True


def set_up(store: Store, batch: list[Recognised], *, keeps_rejects: bool, is_alone: bool = False) -> None:
    """Make the reader macros of these files, and say which files they read, and how."""
    macros = (sql.load("readers", reader) for reader in _readers(batch[0]))
    how = f"set variable keep_rejects = {keeps_rejects}; set variable reads_alone = {is_alone};"
    mapping = batch[0].mapping
    store.run("\n".join((how, ESCAPES[mapping.escape if mapping else QUOTE], *macros)))
    # What DuckDB would take for a pattern in a name stands for itself.
    names = [re.sub(r"[*?\[]", r"[\g<0>]", path) for path in paths_of(batch)]
    store.run(READ, paths=json.dumps(names))


def _read_with_rejects(store: Store, batch: list[Recognised], options: Options, buffer: int) -> None:
    """Read files, noting which records are refused, and mend lines that are JSON but for half a character."""
    first = batch[0]
    drop_refusals(store)
    set_up(store, batch, keeps_rejects=True, is_alone=buffer == LARGEST_BUFFER_BYTES)
    _insert(store, batch, options, buffer)
    if first.log.shape in REFUSING:
        STAGE.run(store, "add_refusals", paths=paths_of(batch), skip=first.mapping.skip if first.mapping else 0)


def drop_refusals(store: Store) -> None:
    """Forget which records DuckDB refused."""
    STAGE.run(store, "drop_refusals")


def read_again(store: Store, batch: list[Recognised], options: Options, buffer: int) -> None:
    """Read files anew, with an account of what is refused."""
    STAGE.run(store, "drop_staged", "drop_rejects", paths=paths_of(batch))
    with store.roomy(alone=buffer == LARGEST_BUFFER_BYTES):
        _read_with_rejects(store, batch, options, buffer)


def _insert(store: Store, batch: list[Recognised], options: Options, buffer: int) -> None:
    first = batch[0]
    store.run(_insertion(first), **parameters_of(first, options, buffer))


def parameters_of(item: Recognised, options: Options, buffer: int) -> dict[str, object]:
    """What the SELECT of an adapter is told of a file."""
    mapping = item.mapping
    return {
        "buffer": buffer,
        "constants": _constants(item, options),
        "source_tz": item.source_tz(options),
        "decimals": item.forms.decimals(),
        "doubtful": doubtful_cells(mapping.delimiter if mapping and item.log.shape == "table" else None),
        "date_order": item.forms.date_order,
        "time_format": options.time_format,
        "columns": mapping.columns if mapping else None,
        "delimiter": mapping.delimiter if mapping else ",",
        "skip": mapping.skip if mapping else 0,
    }


def paths_of(batch: list[Recognised]) -> list[str]:
    """The paths that files are read at."""
    return [str(item.log.path) for item in batch]


def _note_unclosed_quotes(store: Store, batch: list[Recognised]) -> None:
    """Without threads, DuckDB says nothing of a quote that is open at the end of a CSV, and drops what follows it."""
    for item in batch:
        mapping = item.mapping
        if mapping and item.log.shape == "table" and _ends_in_quotes(item.log.path, mapping):
            STAGE.run(store, "add_unclosed_quote", path=str(item.log.path))


def _ends_in_quotes(path: Path, mapping: Mapping) -> bool:
    """Whether a CSV ends within a cell that a quote has opened."""
    before = mapping.delimiter.encode() + b"\r\n"
    # Within quotes: a quote that is written twice or stands behind a backslash; and the one that closes them.
    marks = re.compile(rb'""|"' if mapping.escape == QUOTE else rb'\\.|"', re.DOTALL)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        quote = content.find(b'"')
        while quote >= 0:
            if quote == 0 or content[quote - 1] in before:
                closing = next((mark for mark in marks.finditer(content, quote + 1) if mark[0] == b'"'), None)
                if closing is None:
                    return True
                quote = closing.start()
            quote = content.find(b'"', quote + 1)
    return False


def _readers(item: Recognised) -> list[str]:
    """The reader macros a file needs: `texts`, and `cells` over it or over a CSV for mapped adapters."""
    shape = item.log.shape
    if shape == "table":
        return ["csv_cells" if item.adapter.mapped else "table_rows"]
    texts = TEXTS[shape]
    return [*texts, "json_cells"] if item.adapter.mapped else texts


def _constants(item: Recognised, options: Options) -> dict[str, str | None]:
    adapter = item.adapter
    given = options.constants_of(adapter)
    constants: dict[str, str | None] = {name: given.get(name) for name in CONSTANTS}
    constants["cost_kind"] = constants["cost_kind"] or adapter.cost_kind
    constants["default_provider"] = instagen.PROVIDER
    if not adapter.hosted and not adapter.mapped:
        constants["provider"] = constants["provider"] or instagen.PROVIDER
        if constants["provider"] == instagen.PROVIDER:
            constants["host"] = constants["host"] or instagen.HOST
    return constants
