"""What holds for every file of the corpus: halves in either order are the whole, and no order of imports matters."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import store as stores
from instagen_usage_cli.store import Store
from tests.support.corpus import CASES, CORPUS, assert_stored, options
from tests.support.stored import as_rows, contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def engine() -> Iterator[Store]:
    """An instance of DuckDB, which takes longer to make than most of these files to read."""
    with stores.open_empty() as store:
        yield store


@pytest.fixture
def _one_engine(engine: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each import has a connection of its own to the instance, and a staging file of its own."""

    @contextlib.contextmanager
    def open_empty() -> Iterator[Store]:
        with Store(engine._connection.cursor(), Path(":memory:")) as store:  # noqa: SLF001
            stores._prepare(store)  # noqa: SLF001
            yield store
        engine.run("detach database if exists staging")

    monkeypatch.setattr(stores, "open_empty", open_empty)


# Files that cannot be parted without changing what they say, and why.
WHOLE = {
    "csv/bom_newlines.csv": "a cell goes over two lines",
    "csv/equal_rows.csv": "equal rows are counted by the file that has most of them",
    "csv/utf16.csv": "its characters are two bytes",
    "csv/dashboard_en.csv": "its last row is a total, which alone is no export",
    "csv/dashboard_zh.csv": "its last row is a total, which alone is no export",
    "one-api/page.json": "two tests of a channel are equal, and counted by the file that has both",
    "csv/title_line.csv": "a title stands above its headings",
    "csv/hash_comment.csv": "a comment stands above its headings",
    "csv/header_newline.csv": "a heading goes over two lines",
    "csv/utf16le_unmarked.csv": "its characters are two bytes",
    "csv/ids.csv": "its last row is a total, which alone is no export",
    "csv/total_row_with_time.csv": "its last row is a total of all others",
}
# How a half is refused that has bad records only.
NOTHING = ("none of its", "no records")
LISTS = (("data", "items"), ("data", "rows"), ("data",), ("items",), ("logs",), ("result",), ("observations",))


# Its lines count on from those before, which also name the session and the model: such files are not parted, but grow.
GROWING = "codex"
TABLES_OF_REQUESTS = {"message", "session_message", "turns", "responses", "logs", "sessions"}


def halves(case: str) -> tuple[bytes, bytes] | None:
    """The file's records in two files of its kind; None where there is only one, or none that stands alone."""
    path = CORPUS / case
    if case in WHOLE or path.suffix == ".sse" or path.parent.name == GROWING:
        return None
    content = path.read_bytes()
    is_statement = b"bucket_start" in (CORPUS / f"{case}.expected.csv").read_bytes()
    if path.suffix == ".parquet":
        return _table_halves(content)
    if path.suffix == ".db":
        return _rows_of_database(path, 0), _rows_of_database(path, 1)
    if path.suffix in (".csv", ".tsv"):
        heading, *records = content.splitlines(keepends=True)
        return _joined(records, before=heading, is_statement=is_statement)
    try:
        document = json.loads(content)
    except ValueError:
        return _joined(content.splitlines(keepends=True), is_statement=is_statement)
    return _document_halves(document)


def _rows_of_database(path: Path, parity: int) -> bytes:
    """A database with every second row of its tables of requests."""
    with tempfile.TemporaryDirectory() as folder:
        half = Path(shutil.copyfile(path, Path(folder, path.name)))
        with closing(sqlite3.connect(half)) as connection:
            tables = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            connection.execute("pragma foreign_keys = off")
            for name in set(tables) & TABLES_OF_REQUESTS:
                connection.execute(f"drop trigger if exists {name}_ad")  # of an index of texts
                connection.execute(f"delete from {name} where rowid % 2 = {parity}")  # noqa: S608 - the test's own names
            connection.commit()
            connection.execute("pragma journal_mode = delete")
        return half.read_bytes()


def _joined(records: list[bytes], before: bytes = b"", *, is_statement: bool) -> tuple[bytes, bytes] | None:
    """The records in two; a bucket stays in one file, so a statement is cut where a line begins with another time."""
    middle = len(records) // 2
    changes = (place for place in range(middle, len(records)) if records[place][:12] != records[place - 1][:12])
    cut = next(changes, None) if is_statement else middle
    if not cut:
        return None
    if not records[-1].endswith(b"\n"):
        records[-1] += b"\n"
    return before + b"".join(records[:cut]), before + b"".join(records[cut:])


def _document_halves(document: Any) -> tuple[bytes, bytes] | None:  # noqa: ANN401 - JSON
    keys = next((keys for keys in LISTS if isinstance(_inside(document, keys), list)), ())
    records = _inside(document, keys)
    if not isinstance(records, list) or len(records) < 2:
        return None
    middle = len(records) // 2
    first, second = (_with(document, keys, part) for part in (records[:middle], records[middle:]))
    return json.dumps(first).encode(), json.dumps(second).encode()


def _inside(document: Any, keys: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _with(document: Any, keys: tuple[str, ...], part: list[Any]) -> Any:  # noqa: ANN401 - JSON
    if not keys:
        return part
    return document | {keys[0]: _with(document[keys[0]], keys[1:], part)}


def _table_halves(content: bytes) -> tuple[bytes, bytes]:
    from pyarrow import parquet

    records = parquet.read_table(io.BytesIO(content))
    middle, parts = records.num_rows // 2, []
    for part in (records.slice(0, middle), records.slice(middle)):
        out = io.BytesIO()
        parquet.write_table(part, out)
        parts.append(out.getvalue())
    return parts[0], parts[1]


def stored(database: Path) -> dict[str, Any]:
    """All that is stored, but for what came from where and when."""
    found = contents(database, "requests", "statements")
    keys = sorted(found["requests"].column("request_key"))
    return {"keys": keys} | {name: as_rows(name, result) for name, result in found.items()}


@pytest.mark.usefixtures("_one_engine")
@pytest.mark.parametrize("case", [case for case in CASES if halves(case)])
def test_halves_in_either_order_are_the_whole(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    parts = halves(case)
    assert parts
    files = [tmp_path / f"{number}-{Path(case).name}" for number in (1, 2)]
    for file, content in zip(files, parts, strict=True):
        file.write_bytes(content)
    source = ("--from", case.split("/", maxsplit=1)[0])
    found = []
    for place, order in enumerate((files, files[::-1])):
        database = tmp_path / f"{place}.duckdb"
        monkeypatch.setenv("USAGE_DB", str(database))
        for file in order:
            outcome = run("import", file, *source, *options(case))
            assert outcome.code == 0 or any(word in outcome.err for word in NOTHING), outcome.err
        assert_stored(case, database)
        found.append(stored(database))
    assert found[0] == found[1]


@pytest.mark.usefixtures("_one_engine")
@pytest.mark.parametrize("case", [case for case in CASES if case.startswith(GROWING)])
def test_a_file_that_grows_is_the_whole(run: Run, tmp_path: Path, case: str) -> None:
    content = (CORPUS / case).read_bytes()
    lines = content.splitlines(keepends=True)
    file = tmp_path / Path(case).name
    for part in (b"".join(lines[: len(lines) // 2]), content):
        file.write_bytes(part)
        assert run("import", file, "--from", GROWING, *options(case)).code == 0
    assert_stored(case, tmp_path / "usage.duckdb")


@pytest.mark.threads
def test_no_order_of_the_corpus_changes_a_request(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of statements the newest import of a bucket counts, by design; of requests every import adds what it knows."""
    cases = [case for case in CASES if not options(case) and case != "jsonl/with_content_flat.jsonl"]
    found = []
    for place, order in enumerate((cases, cases[::-1])):
        database = tmp_path / f"{place}.duckdb"
        monkeypatch.setenv("USAGE_DB", str(database))
        middle = len(order) // 2
        for part in (order[:middle], order[middle:]):
            assert run("import", *(CORPUS / case for case in part)).code == 0
        found.append({key: value for key, value in stored(database).items() if key != "statements"})
    assert found[0] == found[1]
