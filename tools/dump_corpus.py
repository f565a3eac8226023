"""Import the whole corpus and write all that is stored as text, to compare before and after a change.

    python -m tools.dump_corpus OUT

Each file is imported alone, as its `cases.toml` says. Then the files that need no options are imported together in one
go, and one by one, the last first; of those one by one every third import is taken back. After each of these the tables
are written in a fixed order, without what is of the moment or the machine: when it was imported, the times of files,
absolute paths. Run it on both ends of the duckdb range; a change of the import that should change nothing changes no
byte.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import tomllib
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from instagen_usage_cli import store as stores
from instagen_usage_cli.__main__ import run

if TYPE_CHECKING:
    from collections.abc import Iterator

CORPUS = Path(__file__).parents[1] / "tests" / "corpus"
# Columns by their names: their order in the table is no part of what is stored.
TABLES = {
    "requests": "select to_json(requests)::varchar as row_text from requests",
    "sightings": "select to_json(sightings)::varchar as row_text from sightings",
    "statements": "select to_json(statements)::varchar as row_text from statements",
    "skipped": "select to_json(skipped)::varchar as row_text from skipped",
    "imports": "select to_json(imports)::varchar as row_text from imports",
    "names": "select to_json(names)::varchar as row_text from names",
}
OF_THE_MOMENT = ("imported_at", "modified_ns")
FORGOTTEN = 3


def cases() -> dict[str, list[str]]:
    """The files of the corpus, and the options with which each is imported."""
    return {
        f"{path.parent.name}/{name}": case.get("options", [])
        for path in sorted(CORPUS.glob("*/cases.toml"))
        for name, case in tomllib.loads(path.read_text("utf-8")).items()
    }


def stored(database: Path) -> Iterator[str]:
    """A line per row of every table, in a fixed order."""
    with stores.open_reading(database) as store:
        for table, question in TABLES.items():
            for text in sorted(map(_plain, store.query(question).column("row_text"))):
                yield f"{table} {text}"


def _plain(text: str) -> str:
    row = {name: value for name, value in json.loads(text).items() if name not in OF_THE_MOMENT}
    return json.dumps(row, sort_keys=True, ensure_ascii=False).replace(f"{CORPUS}/", "")


def do(database: Path, *arguments: str | Path) -> None:
    """Run the program with a database. Raises `SystemExit` with what it says where it fails."""
    os.environ["USAGE_DB"] = str(database)
    said = StringIO()
    with redirect_stdout(StringIO()), redirect_stderr(said):
        code = run([str(argument) for argument in arguments])
    if code:
        sys.exit(f"{arguments}: {said.getvalue()}")


def dumped(folder: Path) -> Iterator[str]:
    """All lines, under a heading per database."""
    found = cases()
    for number, (case, options) in enumerate(found.items()):
        do(folder / f"{number}.duckdb", "import", CORPUS / case, *options)
        yield f"== alone: {case}"
        yield from stored(folder / f"{number}.duckdb")
    plain = [CORPUS / case for case, options in found.items() if not options]
    together, single = folder / "together.duckdb", folder / "single.duckdb"
    do(together, "import", *plain)
    yield "== together"
    yield from stored(together)
    do(together, "import", "--again", *plain)
    yield "== together, again"
    yield from stored(together)
    for path in reversed(plain):
        do(single, "import", path)
    yield "== one by one, the last first"
    yield from stored(single)
    do(single, "forget", *(str(number) for number in range(1, len(plain) + 1, FORGOTTEN)))
    yield f"== without every {FORGOTTEN}. import"
    yield from stored(single)


def main() -> int:
    """Write the file that is named."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the file
        print(__doc__, file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update({"HOME": folder, "TZ": "UTC"})
        os.environ.update({"USAGE_CONFIG": f"{folder}/config.toml", "USAGE_PRICES": f"{folder}/own.csv"})
        lines = list(dumped(Path(folder)))
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", "utf-8")
    print(f"{sys.argv[1]}: {len(lines):,} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
