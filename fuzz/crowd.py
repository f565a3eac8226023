"""Many processes at one database: six that import, four that read, for two minutes; nobody gives up, nothing is lost.

    python -m fuzz.crowd                 two minutes
    python -m fuzz.crowd --seconds 10    as continuous integration does

Each importer imports logs of its own, one after the other; each reader asks for the sums of everything. No import may
fail, no reader may fail or see fewer requests than before, and at the end there is what was imported.
"""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

PROGRAM = [sys.executable, "-m", "instagen_usage_cli"]
LINES = 2000


class Crowd:
    """What the processes did, and what was wrong."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self.folder = folder
        self.until = time.monotonic() + seconds
        self.imports: list[float] = []
        self.reads: list[float] = []
        self.tokens = 0
        self.found: list[str] = []

    def run(self, *arguments: str) -> tuple[subprocess.CompletedProcess[str], float]:
        own = {"HOME": self.folder, "USAGE_DB": self.folder / "u.duckdb", "TMPDIR": self.folder}
        fixed = {
            "USAGE_NOW": "2026-11-23T12:00:00Z",
            "TZ": "UTC",
            "TERM": "dumb",
            "USAGE_CONFIG": "/nowhere/config.toml",
        }
        fixed |= {name: str(path) for name, path in own.items()}
        surroundings = {name: value for name, value in os.environ.items() if name != "USAGE_LOCK_WAIT"} | fixed
        began = time.monotonic()
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=surroundings,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return done, time.monotonic() - began

    def import_logs(self, who: int) -> None:
        number = 0
        while time.monotonic() < self.until:
            log = self.folder / f"{who}-{number}.csv"
            tokens = _write(log, f"{who}-{number}")
            done, took = self.run("import", str(log))
            self.imports.append(took)
            self.tokens += tokens
            number += 1
            if done.returncode or "2,000 new" not in done.stdout:
                self.found.append(f"an import failed after {took:.1f} s: {done.stdout}{done.stderr}")

    def read(self) -> None:
        most = 0
        while time.monotonic() < self.until:
            done, took = self.run("stats", "--by", "model", "--period", "all", "--format", "csv")
            self.reads.append(took)
            if done.returncode:
                self.found.append(f"a reader failed after {took:.1f} s: {done.stderr}")
                continue
            now = sum(int(row["requests"]) for row in csv.DictReader(io.StringIO(done.stdout)))
            if now < most or now % LINES:
                self.found.append(f"a reader saw {now:,} requests after {most:,}")
            most = now


def _write(log: Path, name: str) -> int:
    lines = [f"{name}-{n},2026-11-{1 + n % 20:02}T10:00:{n % 60:02}Z,m{n % 3},{n},5\n" for n in range(LINES)]
    log.write_text("request id,time,model,input tokens,output tokens\n" + "".join(lines), "utf-8")
    return sum(n + 5 for n in range(LINES))


def crowd(folder: Path, seconds: float, importers: int = 6, readers: int = 4) -> Crowd:
    """Let them work, and compare the end with what was imported."""
    together = Crowd(folder, seconds)
    first = folder / "first.csv"
    together.tokens = _write(first, "first")
    together.run("import", str(first))
    threads = [Thread(target=together.import_logs, args=(who,)) for who in range(importers)]
    threads += [Thread(target=together.read) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done, _ = together.run("stats", "--by", "model", "--period", "all", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    requests, tokens = (sum(int(row[name]) for row in rows) for name in ("requests", "total_tokens"))
    expected = (len(together.imports) + 1) * LINES, together.tokens
    if (requests, tokens) != expected:
        together.found.append(f"at the end there are {requests:,} requests and {tokens:,} tokens, not {expected}")
    return together


def main() -> int:
    parser = ArgumentParser(prog="python -m fuzz.crowd")
    parser.add_argument("--seconds", type=float, default=120)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="crowd-") as folder:
        done = crowd(Path(folder), asked.seconds)
    print(
        f"duckdb {version('duckdb')}: {len(done.imports)} imports, the slowest in {max(done.imports):.1f} s;"
        f" {len(done.reads)} reads, the slowest in {max(done.reads):.1f} s; {len(done.found)} findings"
    )
    for finding in done.found[:10]:
        print(f"  {finding}")
    return 1 if done.found else 0


if __name__ == "__main__":
    sys.exit(main())
