"""Measure the start and the reports against a yardstick, and the imports against bare DuckDB, in the same run.

    python -m bench                                     1,000,000 records of every source, three sizes of stores
    python -m bench --reports                           the start and the reports only: a table in Markdown
    python -m bench --reports --stored 100000000        over that many requests, which takes 11 minutes to make
    python -m bench --source csv                        the import of that source only
    python -m bench --no-limits                         passes whatever the figures are

Prints one line per figure and exits with 1 if one is beyond its limit.
"""

from __future__ import annotations

import platform
import sys
from argparse import ArgumentParser
from importlib.metadata import version
from typing import TYPE_CHECKING

from bench import imports, reports, sessions
from instagen_usage_cli.adapters import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.measuring import Figure

STORED = [25_000, 100_000, 10_000_000]


def main() -> int:
    parser = ArgumentParser(prog="python -m bench", allow_abbrev=False)
    parser.add_argument("--lines", type=int, default=1_000_000, help="records to import")
    parser.add_argument("--stored", type=int, nargs="+", default=STORED, help="stored requests to report on")
    parser.add_argument(
        "--source", choices=[adapter.name for adapter in ADAPTERS], help="only the import of one source"
    )
    parser.add_argument("--reports", action="store_true", help="only the start and the reports")
    parser.add_argument("--no-limits", action="store_true", help="pass whatever the figures are")
    given = parser.parse_args()
    print(f"duckdb {version('duckdb')}, Python {platform.python_version()}, {platform.machine()}")
    is_ok = True
    if given.source is None:
        print(reports.HEAD, "|---" * reports.HEAD.count(" | ") + "|---|", sep="\n")
        is_ok &= _shown(reports.lines(given.stored))
    if not given.reports:
        is_ok &= _shown(_figures(given.lines, given.source))
    return 0 if is_ok or given.no_limits else 1


def _shown(figures: Iterable[Figure | reports.Line]) -> bool:
    """Print figures as they are measured; returns whether each is within its limit."""
    is_ok = True
    for figure in figures:
        print(figure, flush=True)
        is_ok &= figure.is_ok
    return is_ok


def _figures(lines: int, source: str | None) -> Iterator[Figure]:
    yield from imports.figures(lines, source)
    if source in (None, sessions.SOURCE):
        yield from sessions.figures(lines)


if __name__ == "__main__":
    sys.exit(main())
