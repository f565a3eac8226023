"""The statements of a command, as the program sends them to DuckDB, kept in a file.

python -m bench.recorded FILE COMMAND...     prints the number of rows that they give
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.__main__ import run
from instagen_usage_cli.store import Store

if TYPE_CHECKING:
    import duckdb  # noqa: TID251 - only its name

Statement = tuple[str, dict[str, Any]]


def main(file: str, *arguments: str) -> None:
    statements: list[Statement] = []
    execute = Store._execute  # noqa: SLF001 - every statement passes here

    def listening(store: Store, text: str, params: dict[str, object]) -> duckdb.DuckDBPyConnection:
        statements.append((text, {name: value for name, value in params.items() if f"${name}" in text}))
        return execute(store, text, params)

    Store._execute = listening  # type: ignore[method-assign,assignment] # noqa: SLF001
    shown, sys.stdout = sys.stdout, Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the end
    code = run(list(arguments))
    sys.stdout = shown
    Path(file).write_bytes(pickle.dumps(statements))
    sys.exit(code)


if __name__ == "__main__":
    main(*sys.argv[1:])
