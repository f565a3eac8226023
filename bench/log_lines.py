"""A log of any length in the format of a source, written by `bench/logs/<source>.sql`.

The same count always gives the same bytes. With a table, the lines are the cells of its rows in an SQLite database.

    python -m bench.log_lines COUNT FILE SOURCE [TABLE]
"""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 10_000


def write(path: Path, count: int, source: str) -> None:
    """Write the lines of that many records."""
    with path.open("w", encoding="utf-8", newline="") as file:
        for chunk in _lines(count, source):
            file.writelines(f"{line}\n" for line in chunk)


def write_rows(path: Path, count: int, source: str, table: str) -> None:
    """Write a database with that many rows in a table, whose first column is its key."""
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        for chunk in _lines(count, source):
            rows = [json.loads(line) for line in chunk]
            names = list(rows[0])
            connection.execute(f"create table if not exists {table} ({names[0]} primary key, {', '.join(names[1:])})")
            marks = ", ".join("?" * len(names))
            connection.executemany(f"insert into {table} values ({marks})", [list(row.values()) for row in rows])  # noqa: S608 - the bench's own names
        connection.commit()


def _lines(count: int, source: str) -> Iterator[list[str]]:
    import duckdb  # noqa: TID251 - it only writes text

    statement = (Path(__file__).parent / "logs" / f"{source}.sql").read_text("utf-8")
    with duckdb.connect() as connection:
        lines = connection.execute(statement, {"count": count})
        while chunk := lines.fetchmany(CHUNK):
            yield [line for (line,) in chunk]


if __name__ == "__main__":
    if len(sys.argv) > 4:  # noqa: PLR2004 - with a table
        write_rows(Path(sys.argv[2]), int(sys.argv[1]), sys.argv[3], sys.argv[4])
    else:
        write(Path(sys.argv[2]), int(sys.argv[1]), sys.argv[3])
