"""The yardstick of a report: a process that imports what it must import and runs the same statements bare.

Its arguments are the database and a file of recorded statements. It prints the number of rows that they gave.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path


def main(database: str, recorded: str) -> None:
    import duckdb  # noqa: TID251 - bare
    import rich.console
    import rich.table  # noqa: F401 - what a table is made of

    statements = pickle.loads(Path(recorded).read_bytes())  # noqa: S301 - written by this bench
    rows = 0
    with duckdb.connect(database, read_only=True) as connection:
        for text, params in statements:
            rows += len((connection.execute(text, params) if params else connection.execute(text)).fetchall())
    print(rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
