"""Import broken records between good ones, and see that every good one is stored, and nothing of the others in it.

    python -m fuzz                              100,000 records of every source, and lines and cells of 50 and 128 MB
    python -m fuzz --records 1000 --source csv

Prints what it finds and exits with 1 if that is anything; the files of it stay in the folder it names.
"""

from __future__ import annotations

import faulthandler
import shutil
import sys
import time
from argparse import ArgumentParser
from importlib.metadata import version
from pathlib import Path
from tempfile import mkdtemp

from fuzz.sources import findings
from instagen_usage_cli.adapters import ADAPTERS

SEED = 20261123
LARGE_FROM = 10_000


def main() -> int:
    parser = ArgumentParser(prog="python -m fuzz")
    parser.add_argument("--records", type=int, default=100_000, help="records per source")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--source", choices=[adapter.name for adapter in ADAPTERS], help="one source only")
    asked = parser.parse_args()
    faulthandler.enable()  # a crash of DuckDB says at least where
    print(f"duckdb {version('duckdb')}, seed {asked.seed}", flush=True)
    found = 0
    for adapter in ADAPTERS:
        if asked.source in (None, adapter.name):
            found += _fuzz(adapter.name, asked.records, asked.seed)
    return 1 if found else 0


def _fuzz(name: str, records: int, seed: int) -> int:
    """Fuzz one source; returns the number of findings."""
    folder = Path(mkdtemp(prefix="usage-fuzz-"))
    began = time.monotonic()
    wrong = list(findings(name, folder, records=records, seed=seed, with_large_lines=records >= LARGE_FROM))
    print(f"{name:<20} {time.monotonic() - began:6.1f} s  {len(wrong)} findings", flush=True)
    for finding in wrong:
        print(finding, flush=True)
    if not wrong:
        shutil.rmtree(folder)
    return len(wrong)


if __name__ == "__main__":
    sys.exit(main())
