"""What every test stands on: a fixed clock and zone, a home of its own, the program run in-process, golden files."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from instagen_usage_cli import prices, sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.__main__ import run as run_program
from instagen_usage_cli.adapters import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from instagen_usage_cli.store import Store

TESTS = Path(__file__).parent
CORPUS = TESTS / "corpus"
LEDGER = TESTS / "ledger"
NOW = "2026-11-23T12:00:00+00:00"
# What DuckDB takes for the number of cores, on Linux; elsewhere it has no such setting, and tests are only slower.
ONE_THREAD = ("SLURM_CPUS_ON_NODE", "1")
MAKE = stores.make


@dataclass(frozen=True)
class Outcome:
    """What a run of the program gave: its exit code, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """Standard output, read as JSON."""
        content = json.loads(self.out)
        assert isinstance(content, dict)
        return content


@dataclass(frozen=True)
class Shelf:
    """A folder of databases by what was imported into them, and what was said by the last import into each."""

    folder: Path
    said: dict[str, Outcome]

    def key(self, before: str, arguments: Sequence[str | Path]) -> str:
        """What a database is that arises of another one, by its key, and an import, by all that it depends on."""
        given = [_content(each) if isinstance(each, Path) else each for each in arguments]
        around = [os.environ["USAGE_NOW"], os.environ["TZ"]]
        around += [
            digest for name in ("USAGE_CONFIG", "USAGE_PRICES") for _, digest in _content(Path(os.environ[name]))
        ]
        return sha256(repr((before, given, around)).encode()).hexdigest()

    def keep(self, key: str, database: Path, outcome: Outcome) -> None:
        """A copy of the database, and what was said."""
        shutil.copyfile(database, self.folder / key)
        self.said[key] = outcome

    def file(self, text: str, name: str) -> Path:
        """A file of that name, of its own, with the text."""
        path = self.folder / "files" / sha256(text.encode()).hexdigest()[:12] / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return path


def _content(path: Path) -> list[tuple[str, str]]:
    """The names and digests of a file, or of all files of a folder; nothing for what is not there."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    return [(str(each), sha256(each.read_bytes()).hexdigest()) for each in files if each.exists()]


# A busy machine is no failure: no example has a time limit.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files and docs again")


@pytest.fixture(scope="session", autouse=True)
def _cheap_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One thread for DuckDB, and new databases that are copies of one, with the price lists that every import stores.

    Tests of what this takes away are marked: `threads` and `new_databases` (see `pyproject.toml`).
    """
    template = tmp_path_factory.mktemp("template") / "usage.duckdb"

    def make(store: Store, path: Path) -> int:
        if os.path.lexists(path) or not path.parent.is_dir():
            return MAKE(store, path)
        shutil.copyfile(template, path)
        return len(sql.names("schema"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(*ONE_THREAD)
        patched.setenv("USAGE_PRICES", str(template.with_name("prices.csv")))
        stores.migrate(template)
        with stores.open_staging() as store, store.attached(template):
            prices.refresh(store)
        patched.setattr(stores, "make", make)
        yield


@pytest.fixture(autouse=True)
def _as_users_have_it(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many threads as there are cores, and databases made step by step, in the tests that are marked so."""
    if request.node.get_closest_marker("threads"):
        monkeypatch.delenv(ONE_THREAD[0])
    if request.node.get_closest_marker("new_databases"):
        monkeypatch.setattr(stores, "make", MAKE)


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A fixed clock in UTC, a dumb terminal, and a home, a database, a config and a price list of the test's own."""
    places = {
        variable.partition("/")[0] for adapter in ADAPTERS for place in adapter.places for variable in place.variables
    }
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "XDG_DATA_HOME", "XDG_CONFIG_HOME", *places):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USAGE_NOW", NOW)
    monkeypatch.setenv("USAGE_DB", str(tmp_path / "usage.duckdb"))
    monkeypatch.setenv("USAGE_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("USAGE_PRICES", str(tmp_path / "prices.csv"))
    monkeypatch.setenv("USAGE_LOCK_WAIT", "0.2")
    monkeypatch.setenv("USAGE_DEBUG", "1")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Run the program as a user would, in this process: `run("stats", "--last", "7d")`.

    `stdin` takes the bytes to be read from standard input.
    """

    def run_(*arguments: str | Path, stdin: bytes = b"") -> Outcome:
        out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run_program([str(argument) for argument in arguments])
        return Outcome(code, _text(out), _text(err))

    return run_


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Databases that tests import again and again, made once."""
    return Shelf(tmp_path_factory.mktemp("shelf"), {})


@pytest.fixture
def import_once(run: Callable[..., Outcome], shelf: Shelf) -> Callable[..., Outcome]:
    """Import files as `run("import", …)` does, into the database of the test; give what was said.

    The same files with the same options, after the same imports, make the same database: it is made once, and copied.
    """
    left: dict[Path, tuple[str, os.stat_result]] = {}

    def import_(*arguments: str | Path) -> Outcome:
        database = Path(os.environ["USAGE_DB"])
        before = ""
        if database.exists():
            before, stat = left.get(database, ("", None))
            if stat is None or not _same(database.stat(), stat):
                return run("import", *arguments)
        key = shelf.key(before, arguments)
        if key not in shelf.said:
            outcome = run("import", *arguments)
            if outcome.code != 0:
                return outcome
            shelf.keep(key, database, outcome)
        shutil.copyfile(shelf.folder / key, database)
        left[database] = key, database.stat()
        return shelf.said[key]

    return import_


@pytest.fixture
def import_text(import_once: Callable[..., Outcome], shelf: Shelf) -> Callable[..., Outcome]:
    """Import a text as a file of that name: `import_text("time,tokens\\n…", "log.csv", "--source-tz", "UTC")`."""

    def import_(text: str, name: str = "log.csv", *options: str) -> Outcome:
        return import_once(shelf.file(text, name), *options)

    return import_


@pytest.fixture
def ledger(run: Callable[..., Outcome], import_once: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """The program over a database with the ledger in it."""
    outcome = import_once(LEDGER)
    assert outcome.code == 0
    assert "13 records from 2 files: 13 new." in outcome.out
    return run


@pytest.fixture
def add(run: Callable[..., Outcome], import_text: Callable[..., Outcome]) -> Callable[..., Callable[..., Outcome]]:
    """Import a text as a file of that name, with options; give the program to ask."""

    def add_(text: str, name: str = "log.csv", *options: str) -> Callable[..., Outcome]:
        outcome = import_text(text, name, *(options or ("--source-tz", "UTC")))
        assert outcome.code == 0, outcome.err
        return run

    return add_


@pytest.fixture(scope="session")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database with one request of one token at every quarter of an hour of 2026."""
    from tests.support.traffic import every_quarter

    with kept_open(every_quarter(tmp_path_factory.mktemp("dense"))) as path:
        yield path


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a database of two weeks of calls of three sources, and some statements."""
    from tests.support.traffic import fill

    folder = tmp_path_factory.mktemp("mixed")
    fill(folder)
    with kept_open(folder / "usage.duckdb"):
        yield folder


@pytest.fixture
def quarters(run: Callable[..., Outcome], dense: Path) -> Callable[..., Outcome]:
    """The program over the database of quarters of an hour, in CSV."""

    def run_(*arguments: str) -> Outcome:
        measure = ("--measure", "tokens") if arguments[0] == "trends" else ()
        return run(*arguments, *measure, "--db", dense, "--format", "csv")

    return run_


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_ino, one.st_size, one.st_mtime_ns) == (other.st_ino, other.st_size, other.st_mtime_ns)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode("utf-8")


@pytest.fixture
def golden(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str, str], None]:
    """Compare text with `tests/golden/<name>`; `--update-golden` writes it.

    Paths of the test and the digest of the prices are scrubbed.
    """

    def compare(name: str, actual: str) -> None:
        actual = actual.replace(prices.catalogue().digest, "DIGEST")
        actual = actual.replace(str(tmp_path), "TMP").replace(str(TESTS), "TESTS").replace("\r\n", "␍\n")
        path = TESTS / "golden" / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(actual, "utf-8")
        assert path.exists(), f"no golden file {path}: run with --update-golden, and read it"
        expected = path.read_text("utf-8")
        if actual != expected:
            path.with_suffix(path.suffix + ".actual").write_text(actual, "utf-8")
        assert actual == expected

    return compare


@contextlib.contextmanager
def kept_open(database: Path, *, threads: bool = False) -> Iterator[Path]:
    """A database that nobody writes to: to open it once more takes DuckDB nothing while it is open."""
    with contextlib.ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patched:
            if threads:
                patched.delenv(ONE_THREAD[0])
            stack.enter_context(stores.open_reading(database))
        yield database


def environment(**changes: str) -> dict[str, str]:
    """The test's environment for a process of its own."""
    return os.environ | changes
