"""What every test stands on: a fixed clock and zone, a home of its own, the program run in-process, golden files."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import prices, sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.__main__ import run as run_program
from instagen_usage_cli.adapters import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TESTS = Path(__file__).parent
CORPUS = TESTS / "corpus"
NOW = "2026-11-23T12:00:00+00:00"
# What DuckDB takes for the number of cores, on Linux; elsewhere it has no such setting, and tests are only slower.
ONE_THREAD = ("SLURM_CPUS_ON_NODE", "1")
MIGRATE = stores.migrate


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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write golden files and docs again")


@pytest.fixture(scope="session", autouse=True)
def _cheap_databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One thread for DuckDB, and new databases that are copies of one, with the price lists that every import stores.

    Tests of what this takes away are marked: `threads` and `new_databases` (see `pyproject.toml`).
    """
    template = tmp_path_factory.mktemp("template") / "usage.duckdb"
    stores.migrate(template)
    with stores.open_staging() as store, store.attached(template):
        prices.refresh(store)

    def migrate(path: Path) -> int:
        if os.path.lexists(path) or not path.parent.is_dir():
            return MIGRATE(path)
        shutil.copyfile(template, path)
        return len(sql.names("schema"))

    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(*ONE_THREAD)
        patched.setattr(stores, "migrate", migrate)
        yield


@pytest.fixture(autouse=True)
def _as_users_have_it(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many threads as there are cores, and databases made step by step, in the tests that are marked so."""
    if request.node.get_closest_marker("threads"):
        monkeypatch.delenv(ONE_THREAD[0])
    if request.node.get_closest_marker("new_databases"):
        monkeypatch.setattr(stores, "migrate", MIGRATE)


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


def environment(**changes: str) -> dict[str, str]:
    """The test's environment for a process of its own."""
    return os.environ | changes
