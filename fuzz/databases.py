"""SQLite databases whose rows are records: read from the corpus, and written with rows of any kind."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from shutil import copyfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    Row = dict[str, Any]

TRIGGERS = "select name from sqlite_master where type = 'trigger'"


class Text(bytes):
    """The bytes of a text, which may be no UTF-8."""

    __slots__ = ()


def rows(path: Path, table: str, json_columns: Iterable[str]) -> list[Row]:
    """The rows of a table, with the values of its columns of JSON where they are that; none where it is not there.

    SQLite makes no files beside the database.
    """
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            found = [dict(row) for row in connection.execute(f"select * from {table} order by rowid")]  # noqa: S608 - of a stamp
        except sqlite3.OperationalError:
            return []
    for row in found:
        row.update({column: _value(row.get(column)) for column in json_columns if column in row})
    return found


def cells(record: Row, json_columns: Iterable[str]) -> Row:
    """A row as it stands in a database, from its values."""
    return record | {
        column: json.dumps(record[column]) for column in json_columns if isinstance(record.get(column), dict | list)
    }


def write(path: Path, like: Path, table: str, written: Iterable[Row]) -> None:
    """A copy of a database with other rows in one of its tables."""
    copyfile(like, path)
    with closing(sqlite3.connect(path)) as connection:
        for (trigger,) in connection.execute(TRIGGERS).fetchall():
            connection.execute(f'drop trigger "{trigger}"')
        connection.execute(f"delete from {table}")  # noqa: S608 - of a stamp
        for row in written:
            _insert(connection, table, row)
        connection.commit()


def _insert(connection: sqlite3.Connection, table: str, row: Row) -> None:
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("cast(? as text)" if isinstance(cell, Text) else "?" for cell in row.values())
    # What may not be in the table is not: such as an id that is there.
    connection.execute(f"insert or ignore into {table} ({names}) values ({marks})", list(row.values()))  # noqa: S608 - of a stamp


def _value(cell: Any) -> Any:  # noqa: ANN401 - as JSON gives it
    try:
        found = json.loads(cell)
    except (TypeError, ValueError, RecursionError):
        return cell
    return found if isinstance(found, dict | list) else cell
