"""The yardstick of the import: a process that imports duckdb and runs one bare statement into a new file on disk.

Its arguments are the database and the statement.
"""

from __future__ import annotations

import sys


def main(database: str, statement: str) -> None:
    import duckdb  # noqa: TID251 - bare

    with duckdb.connect(database, config={"storage_compatibility_version": "v1.5.0"}) as connection:
        connection.execute(statement)


if __name__ == "__main__":
    main(*sys.argv[1:])
