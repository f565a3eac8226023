"""The yardstick of the import of a database: SQLite runs a query in a process that hands its rows over and stores them.

Its arguments are the new database, the one to read, the query and the statement, which reads the `texts` in `records`.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyarrow import RecordBatch

ROWS_AT_ONCE = 1000


def main(database: str, log: str, query: str, statement: str) -> None:
    import duckdb  # noqa: TID251 - bare
    import pyarrow as pa

    schema = pa.schema({"text": pa.string()})

    def batches(rows: sqlite3.Cursor) -> Iterator[RecordBatch]:
        while found := rows.fetchmany(ROWS_AT_ONCE):
            yield pa.record_batch([[row[0] for row in found]], schema=schema)

    with (
        closing(sqlite3.connect(log, check_same_thread=False)) as source,
        duckdb.connect(database, config={"storage_compatibility_version": "v1.5.0"}) as connection,
    ):
        connection.register("records", pa.RecordBatchReader.from_batches(schema, batches(source.execute(query))))
        connection.execute(statement)


if __name__ == "__main__":
    main(*sys.argv[1:])
