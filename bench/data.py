"""The generated data in `bench/data/`, made once for its parameters and the files it comes from."""

from __future__ import annotations

import shutil
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measuring import run

if TYPE_CHECKING:
    from collections.abc import Iterable

BENCH = Path(__file__).parent
PACKAGE = BENCH.parent / "src" / "instagen_usage_cli"
FOLDER = BENCH / "data"
# The sources whose logs are databases, and the table that the records are rows of.
TABLES = {"llm": "turns"}


def log_lines(source: str, count: int) -> Path:
    """A log of a source with that many records."""
    if source == "litellm":  # written by a program of its own, in the order in which requests end
        return _made("litellm_lines", f"litellm-{count}", ".jsonl", [str(count)], [BENCH / "litellm_lines.py"])
    sources = [BENCH / "log_lines.py", BENCH / "logs" / f"{source}.sql"]
    if source in TABLES:
        return _made("log_lines", f"log-{source}-{count}", ".db", [str(count), source, TABLES[source]], sources)
    ending = ".csv" if source == "csv" else ".jsonl"
    return _made("log_lines", f"log-{source}-{count}", ending, [str(count), source], sources)


def sessions(megabytes: int) -> Path:
    """A folder as Claude Code keeps it, with 1,300 session files."""
    return _made("session_files", f"sessions-{megabytes}", "", [str(megabytes)], [BENCH / "session_files.py"])


def stored_requests(count: int) -> Path:
    """A database with that many requests, written by the installed duckdb."""
    sources = [
        *BENCH.glob("stored_requests*.*"),
        *(PACKAGE / "schema").glob("*.sql"),
        *(BENCH.parent / "pricing").glob("*.csv"),
    ]
    return _made("stored_requests", f"stored-{count}-{version('duckdb')}", ".duckdb", [str(count)], sources)


def _made(generator: str, name: str, ending: str, arguments: list[str], sources: Iterable[Path]) -> Path:
    """The file or folder of that name, made again when what it comes from has changed. A process of its own makes it,
    so that this one stays small: what a child holds is counted from what its parent holds.
    """
    path = FOLDER / f"{name}-{_digest(sources)}{ending}"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        for outdated in FOLDER.glob(f"{name}-*"):
            shutil.rmtree(outdated) if outdated.is_dir() else outdated.unlink()
        print(f"making {path.name} ...", file=sys.stderr)
        partial = FOLDER / f"{name}-part{ending}"
        count, *others = arguments
        run(sys.executable, "-m", f"bench.{generator}", count, partial, *others)
        partial.rename(path)
    return path


def _digest(sources: Iterable[Path]) -> str:
    content = sha256()
    for source in sorted(sources):
        content.update(source.name.encode() + b"\0" + source.read_bytes())
    return content.hexdigest()[:12]
