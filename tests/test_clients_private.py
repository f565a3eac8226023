"""No prompt, answer or file content of a client's log reaches the store, a cache or a line that is shown.

Every text that may be content is marked (`tests/independent/marked.py`), and the mark is looked for in every byte that
the program writes: in its store and whatever lies beside it, its config, its temporary folders before they go, and its
output. DuckDB packs texts, so the tables are read as text, too.
"""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import paths
from instagen_usage_cli import store as stores
from instagen_usage_cli.adapters import ADAPTERS
from tests.independent import marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

SOURCES = {adapter.name for adapter in ADAPTERS}
MARK = marked.MARK.encode()
CORPUS = Path(__file__).parent / "corpus"
NO_LOG = {".csv", ".md", ".toml"}
SHOWN = (
    ("imports", "--format", "table"),
    ("skipped", "--format", "json"),
    ("stats", "--by", "model,provider,key,project,user,source,status", "--period", "all", "--wide", "--format", "json"),
    ("sessions", "--period", "all", "--limit", "999", "--format", "table"),
    ("requests", "--period", "all", "--limit", "999", "--wide", "--format", "json"),
)


class Watched:
    """The folders that the program may write to, and what was in them when something was about to be removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "data/usage.duckdb"
        self.removed: dict[str, bytes] = {}
        self.modes: dict[Path, int] = {}

    def note(self, path: str | Path) -> None:
        for file in (Path(path), *Path(path).rglob("*")):
            if file.is_file() and self.folder in file.parents:
                self.removed[str(file)] = file.read_bytes()
                self.modes[file.parent] = file.parent.stat().st_mode

    def written(self) -> dict[str, bytes]:
        """Every file under the folders, with those that are gone."""
        left = {str(file): file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}
        return self.removed | left

    def stored(self) -> str:
        """Every row of every table as text."""
        if not self.database.exists():
            return ""
        found: list[str] = []
        with stores.open_reading(self.database) as store:
            tables = store.query("select schema_name, table_name from duckdb_tables() where not internal").rows
            for schema, table in tables:
                rows = store.query(f'select t::varchar from "{schema}"."{table}" t').rows  # noqa: S608
                found += [f"{table}: {row[0]}" for row in rows]
        return "\n".join(found)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Watched:
    """Home, data, config, cache and temporary folders of the test's own; what is removed from them is kept in mind."""
    found = Watched(tmp_path / "own")
    folders = ("home", "data", "config", "cache", "state", "temporary")
    for name in folders:
        (found.folder / name).mkdir(parents=True)
    places = {"HOME": "home", "TMPDIR": "temporary"}
    places |= {f"XDG_{name.upper()}_HOME": name for name in ("data", "config", "cache", "state")}
    for variable, name in places.items():
        monkeypatch.setenv(variable, str(found.folder / name))
    monkeypatch.setenv("USAGE_DB", str(found.database))
    monkeypatch.setenv("USAGE_CONFIG", str(found.folder / "config/config.toml"))
    monkeypatch.setenv("USAGE_PRICES", str(found.folder / "config/prices.csv"))
    monkeypatch.setattr(tempfile, "tempdir", None)

    def noting(module: object, name: str) -> None:
        plain = getattr(module, name)

        def removing(path: str | Path, *arguments: object, **named: object) -> object:
            if "dir_fd" not in named:  # within a tree that was noted as a whole
                found.note(path)
            return plain(path, *arguments, **named)

        monkeypatch.setattr(module, name, removing)

    noting(shutil, "rmtree")
    noting(os, "unlink")
    noting(os, "remove")
    noting(Path, "unlink")
    return found


def marks(content: bytes | str) -> list[str]:
    """The marks in what was written, with some of what stands around them."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return [text[max(0, at - 60) : at + 40] for at in range(len(text)) if text.startswith(marked.MARK, at)]


def assert_private(watched: Watched, *outcomes: Outcome) -> None:
    for outcome in outcomes:
        assert marks(outcome.out) == []
        assert marks(outcome.err) == []
    assert marks(watched.stored()) == []
    # A mark may be written in two bytes each, too.
    wide = marked.MARK.encode("utf-16-le")
    assert [path for path, content in watched.written().items() if MARK in content or wide in content] == []


def shown(run: Run, what: Iterable[tuple[str, ...]] = SHOWN) -> list[Outcome]:
    """What the program shows of its store, for people and for programs."""
    found = [run(*arguments) for arguments in what]
    assert {outcome.code for outcome in found} == {0}
    return found


def needs(client: str) -> None:
    if client not in SOURCES:
        pytest.skip("no adapter yet")


@pytest.mark.parametrize("client", marked.WRITERS)
def test_no_content_is_written(run: Run, watched: Watched, tmp_path: Path, client: str) -> None:
    needs(client)
    logs = marked.WRITERS[client](tmp_path / "logs")
    before = {file: file.read_bytes() for file in (tmp_path / "logs").rglob("*") if file.is_file()}
    assert any(MARK in content for content in before.values())
    outcomes = [run("import", *logs, "--dry-run"), run("import", *logs), run("import", tmp_path / "logs", "--again")]
    assert [outcome.code for outcome in outcomes] == [0, 0, 0]
    assert len(run("requests", "--period", "all", "--format", "json").json["rows"]) >= 2
    assert_private(watched, *outcomes, *shown(run))
    assert {file: file.read_bytes() for file in (tmp_path / "logs").rglob("*") if file.is_file()} == before


def test_no_content_of_real_logs_is_written(run: Run, watched: Watched, tmp_path: Path) -> None:
    """The corpora hold logs that clients wrote, their texts scrubbed: marks of the same length stand in for those."""
    files = [file for client in marked.WRITERS for file in (CORPUS / client).glob("*") if file.suffix not in NO_LOG]
    found: set[str] = set()
    for file in files:
        content = file.read_bytes()
        for text in (b"scrubbed", b"PLANTED", b"a prompt", b"An answer.", b"Hello there."):
            content = content.replace(text, MARK.ljust(len(text), b"a")[: len(text)])
        assert len(content) == file.stat().st_size
        if MARK in content:
            found.add(file.parent.name)
        (tmp_path / "logs" / file.parent.name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / file.parent.name / file.name).write_bytes(content)
    assert found >= {
        "claude-code",
        "qwen-code",
        "opencode",
        "llm",
        "cline",
    }  # the others have no texts, or null instead
    outcome = run("import", tmp_path / "logs")
    assert outcome.code == 0
    watched.removed = {path: content for path, content in watched.removed.items() if not path.endswith(".db")}
    assert_private(watched, outcome, *shown(run))


@pytest.mark.parametrize("client", marked.WRITERS)
def test_no_content_is_written_of_what_cannot_be_read(run: Run, watched: Watched, tmp_path: Path, client: str) -> None:
    needs(client)
    outcomes: list[Outcome] = []
    for place, log in enumerate(marked.WRITERS[client](tmp_path / "logs")):
        for name, content in broken(log.read_bytes(), is_text=log.suffix != ".db").items():
            file = tmp_path / f"broken/{place}/{name}{log.suffix}"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            outcomes += [run("import", file)] if place == 0 else []
    # What is no log of a client at all is told by its headings, but not where it is named as one.
    no_log = tmp_path / f"no_log{log.suffix}"
    no_log.write_bytes(MARK + b", " + MARK + b"\n")
    outcomes += [run("import", no_log, "--from", client), run("import", tmp_path / "broken", "--again")]
    assert 1 in {outcome.code for outcome in outcomes}
    assert_private(watched, *outcomes, *(shown(run, SHOWN[:2]) if watched.database.exists() else []))


def broken(content: bytes, *, is_text: bool) -> dict[str, bytes]:
    """A log that was cut, damaged, or whose numbers and times are marked texts."""
    if not is_text:
        return {"cut": content[: len(content) * 2 // 3], "cut_early": content[:5000], "odd": content[:100] + MARK * 400}
    first = content.split(b"\n")[0]
    odd = (
        content.replace(b"2026-09-21T10:00:0", MARK).replace(b'": 9', b'": "' + MARK + b'"').replace(b": 12,", b": {},")
    )
    found = {"cut": content[: len(content) * 2 // 3], "cut_early": content[: len(content) // 5], "odd": odd}
    if len(first) > 1:  # a log of lines: the first one is damaged
        found |= {
            "begun": MARK + content,
            "beheaded": content[9:],
            "first_cut": first[: len(first) // 2] + b"\n" + content,
        }
    return found


@pytest.mark.parametrize("name", ["packed", "left open"])
def test_what_is_copied_for_reading_does_not_stay(run: Run, watched: Watched, tmp_path: Path, name: str) -> None:
    """What is packed is unpacked, and a database whose writer died is copied, in a folder that goes away at once."""
    if name == "packed":
        log = tmp_path / "session.jsonl.gz"
        log.write_bytes(gzip.compress(marked.claude_code(tmp_path / "logs")[0].read_bytes()))
    else:
        log = marked.opencode(tmp_path / "logs")[0]
        leave_open(log)
    outcome = run("import", log)
    assert outcome.code == 0
    copies = {Path(path) for path, content in watched.removed.items() if MARK in content}
    assert {path.parent.parent for path in copies} == {watched.folder / "temporary"}
    assert {watched.modes[path.parent] & 0o77 for path in copies} == {0}  # nobody else could read them
    watched.removed.clear()
    assert_private(watched, outcome, *shown(run))


def leave_open(log: Path) -> None:
    """Rows in the log beside the database, as if its writer had been killed."""
    with closing(sqlite3.connect(log)) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("insert into todo values (?, ?, ?, ?)", [marked.m() for _ in range(4)])
        database.commit()
        for file in (log, log.with_name(f"{log.name}-wal")):
            shutil.copy(file, log.parent.parent)
    for file in (log, log.with_name(f"{log.name}-wal")):
        shutil.move(log.parent.parent / file.name, file)


# --- the search finds what is there -------------------------------------------------------------------


def test_what_may_be_stored_is_found_by_the_same_search(run: Run, watched: Watched, tmp_path: Path) -> None:
    (log,) = marked.claude_code(tmp_path / "logs")
    text = log.read_text("utf-8").replace(f'"{marked.MODEL}"', f'"{marked.MARK}-model"')
    log.write_text(
        text.replace(marked.SESSION, f"{marked.MARK}-session").replace("shop-api", f"{marked.MARK}-project"), "utf-8"
    )
    assert run("import", log).code == 0
    stored = watched.stored()
    assert {name for name in ("model", "session", "project") if f"{marked.MARK}-{name}" in stored} == {
        "model", "session", "project",
    }  # fmt: skip
    outputs = [outcome.out for outcome in shown(run)]
    assert sum(marked.MARK in output for output in outputs) == 3
    with pytest.raises(AssertionError):
        assert_private(watched)


def test_what_was_written_and_removed_again_is_found(watched: Watched) -> None:
    removals: list[Callable[[Path], object]] = [
        lambda file: shutil.rmtree(file.parent),
        os.unlink,
        os.remove,
        Path.unlink,
    ]
    for remove in removals:
        with paths.scratch() as folder:
            file = folder / "copy"
            file.write_bytes(MARK)
            remove(file)
        assert [Path(path).name for path, content in watched.written().items() if MARK in content] == ["copy"]
        watched.removed.clear()
    (watched.folder / "cache/left").write_bytes(MARK)
    assert list(watched.written().values()) == [MARK]
    with pytest.raises(AssertionError):
        assert_private(watched)
