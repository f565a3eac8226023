"""SQLite databases of clients: what tables they have, and their records as JSON texts, read by SQLite itself."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager, suppress
from shutil import copyfile
from typing import TYPE_CHECKING
from urllib.parse import quote

from instagen_usage_cli import errors, paths, sql

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pyarrow import RecordBatchReader

MAGIC = b"SQLite format 3\0"
# Beside a database: what is written and not yet in it, how its readers agree on that, and what is to be undone.
WAL, SHARED_MEMORY, JOURNAL = "-wal", "-shm", "-journal"
COMPANIONS = (WAL, SHARED_MEMORY, JOURNAL)
WAL_MODE = b"\x02\x02"
MODE_OFFSET = 18
# How much is handed over at once, so that a few long records do not fill the memory.
ROWS_AT_ONCE, LENGTH_AT_ONCE = 1000, 16_000_000
HEADINGS = """
select lower(tables.name || '.' || columns.name)
from sqlite_master as tables, pragma_table_info(tables.name) as columns
where tables.type = 'table' and tables.sql not like 'create virtual%'
order by tables.name, columns.cid
"""


def headings(path: Path, name: str) -> list[str]:
    """The tables and columns of a database, each as `table.column` in lower case. Raises `Unreadable`."""
    with _opened(path, name) as connection:
        return [row[0] for row in connection.execute(HEADINGS)]


def reader(
    databases: Iterable[tuple[Path, str]], queries: tuple[str, ...], failed: dict[str, errors.Error]
) -> RecordBatchReader:
    """The records of databases, each given by path and name, as rows of `path` and `text` for DuckDB.

    A record is a JSON text that one of the queries of `adapters/sqlite` gives; one whose table is not there gives none.
    Why a database cannot be read to its end is in `failed` afterwards, by its name: errors do not pass through DuckDB.
    """
    import pyarrow as pa

    schema = pa.schema({"path": pa.string(), "text": pa.string()})

    def batches() -> Iterator[pa.RecordBatch]:
        for path, name in databases:
            try:
                for texts in _records(path, name, queries):
                    yield pa.record_batch([pa.repeat(str(path), len(texts)), texts], schema=schema)
            except errors.Error as error:
                failed[name] = error

    return pa.RecordBatchReader.from_batches(schema, batches())


def _records(path: Path, name: str, queries: tuple[str, ...]) -> Iterator[list[str]]:
    with _opened(path, name) as connection:
        for query in queries:
            yield from _found(connection, sql.load("adapters/sqlite", query))


def _found(connection: sqlite3.Connection, query: str) -> Iterator[list[str]]:
    import sqlite3

    try:
        rows = connection.execute(query)
    except sqlite3.OperationalError as error:
        if str(error).startswith("no such table"):
            return
        raise
    texts: list[str] = []
    length = 0
    for (text,) in rows:
        texts.append(text)
        length += len(text or "")
        if len(texts) == ROWS_AT_ONCE or length > LENGTH_AT_ONCE:
            yield texts
            texts, length = [], 0
    yield texts


@contextmanager
def _opened(path: Path, name: str) -> Iterator[sqlite3.Connection]:
    """The database, for reading: neither it nor what is yet to go into it is changed."""
    import sqlite3

    try:
        with paths.scratch() as folder, closing(_connect(path, folder)) as connection:
            yield connection
    except (sqlite3.Error, UnicodeDecodeError) as error:  # what SQLite says of a broken file may be no UTF-8
        why = re.sub(r"\s+", " ", str(error))
        raise errors.Unreadable(path=name, why=f"as an SQLite database: {why}") from error


def _connect(path: Path, folder: Path) -> sqlite3.Connection:
    import sqlite3

    if _is_left_open(path):
        return _connection(_copied(path, folder), "rw")
    if _is_in_wal_mode(path) and not _beside(path, SHARED_MEMORY).exists():
        return _connection(path, "ro&immutable=1")  # nobody has it open: SQLite need not make its files beside it
    with suppress(sqlite3.OperationalError):
        return _connection(path, "ro")
    return _connection(_copied(path, folder), "rw")  # in a folder where SQLite may not make its files


def _is_left_open(path: Path) -> bool:
    """Whether a program died while it wrote: then SQLite would tidy up, which is not ours to do."""
    journals = (_beside(path, JOURNAL), _beside(path, WAL))
    return not _beside(path, SHARED_MEMORY).exists() and any(map(_is_filled, journals))


def _is_filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _is_in_wal_mode(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(MODE_OFFSET)
        return file.read(len(WAL_MODE)) == WAL_MODE


def _connection(path: Path, mode: str) -> sqlite3.Connection:
    """Threads of DuckDB ask for rows, one at a time. Bytes that are no UTF-8 are replaced."""
    import sqlite3

    uri = f"file:{quote(str(path))}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    try:
        connection.execute("select count(*) from sqlite_master").fetchone()
    except (sqlite3.Error, UnicodeDecodeError):
        connection.close()
        raise
    return connection


def _copied(path: Path, folder: Path) -> Path:
    copy = folder / path.name
    for companion in ("", WAL, JOURNAL):
        if _beside(path, companion).is_file():
            copyfile(_beside(path, companion), _beside(copy, companion))
    return copy


def _beside(path: Path, companion: str) -> Path:
    return path.with_name(path.name + companion)
