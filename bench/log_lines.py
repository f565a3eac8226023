"""A log of any length in the format of a source, written by `bench/logs/<source>.sql`.

The same count always gives the same bytes.

    python -m bench.log_lines COUNT FILE SOURCE
"""

from __future__ import annotations

import sys
from pathlib import Path

CHUNK = 10_000


def write(path: Path, count: int, source: str) -> None:
    """Write the lines of that many records."""
    import duckdb  # noqa: TID251 - it only writes text

    statement = (Path(__file__).parent / "logs" / f"{source}.sql").read_text("utf-8")
    with duckdb.connect() as connection, path.open("w", encoding="utf-8", newline="") as file:
        lines = connection.execute(statement, {"count": count})
        while chunk := lines.fetchmany(CHUNK):
            file.writelines(f"{line}\n" for (line,) in chunk)


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]), sys.argv[3])
