"""The yardstick of `usage stats`: a process that imports what it must import and runs the same statements bare.

Its arguments are the database, the folder of the package, and the parameters as JSON. It prints the number of requests.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb  # noqa: TID251 - bare

STATEMENTS = ("stats", "stated", "unpriced")


def main(database: str, package: str, asked: str) -> None:
    import duckdb  # noqa: TID251 - bare
    import rich.console
    import rich.table  # noqa: F401 - what a table is made of

    params = json.loads(asked)
    for end in ("since", "until"):
        params["filter"][end] = datetime.fromisoformat(params["filter"][end])
    with duckdb.connect(database, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for view in sorted(Path(package, "views").glob("*.sql")):
            connection.execute(view.read_text("utf-8"))
        answers = [_answer(connection, Path(package, "reports", f"{name}.sql"), params) for name in STATEMENTS]
    print(next(row["requests"] for row in answers[0] if row["part"] == "total"))


def _answer(connection: duckdb.DuckDBPyConnection, file: Path, params: dict[str, object]) -> list[dict[str, object]]:
    text = file.read_text("utf-8")
    found = connection.execute(text, {name: value for name, value in params.items() if f"${name}" in text})
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


if __name__ == "__main__":
    main(*sys.argv[1:])
