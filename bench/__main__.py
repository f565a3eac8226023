"""Measure the imports, the reports and the start, each against bare DuckDB or bare Python in the same run.

    python -m bench                                     1,000,000 records of every source, 10,000,000 stored requests
    python -m bench --lines 100000 --stored 1000000     in a few minutes
    python -m bench --source csv                        the import of that source only
    python -m bench --report                            passes whatever the figures are

Prints one line per figure and exits with 1 if one is beyond its limit.
"""

from __future__ import annotations

import platform
import re
import sys
from argparse import ArgumentParser
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench import data, imports, sessions
from bench.measuring import Figure, Run, pairs, ratio, run
from bench.program import SURROUNDINGS, USAGE, check, usage
from instagen_usage_cli.adapters import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REPORT_PAIRS, HELP_PAIRS = 5, 15
# Each report, and how many times as long as its own statements it may take.
REPORTS = {
    "stats --last 7d": 1.6,
    "stats": 2.0,
    "trends": 2.0,
    "trends --by model --measure latency": 2.0,
    "models": 2.0,
    "models compare openai/gpt-oss-120b deepseek-ai/DeepSeek-V3.1": 2.0,
    "keys": 2.0,
    "forecast": 2.0,
    "advise": 2.0,
    "requests": 2.0,
    "requests --sort costliest": 2.0,
    "sessions": 2.0,
    "whatif --model-from openai/gpt-oss-120b --model-to deepseek-ai/DeepSeek-V3.1": 2.0,
}


def main() -> int:
    parser = ArgumentParser(prog="python -m bench")
    parser.add_argument("--lines", type=int, default=1_000_000, help="records to import")
    parser.add_argument("--stored", type=int, default=10_000_000, help="stored requests to report on")
    parser.add_argument(
        "--source", choices=[adapter.name for adapter in ADAPTERS], help="only the import of one source"
    )
    parser.add_argument("--report", action="store_true", help="print the figures, and pass whatever they are")
    asked = parser.parse_args()
    print(f"duckdb {version('duckdb')}, Python {platform.python_version()}, {platform.machine()}")
    is_ok = True
    for figure in _figures(asked.lines, asked.stored, asked.source):
        print(figure, flush=True)
        is_ok = is_ok and figure.is_ok
    return 0 if is_ok or asked.report else 1


def _figures(lines: int, stored: int, source: str | None) -> Iterator[Figure]:
    if source is None:
        yield from _help()
        yield from _reports(stored)
        yield _pricing(stored)
    yield from imports.figures(lines, source)
    if source in (None, sessions.SOURCE):
        yield from sessions.figures(lines)


def _help() -> Iterator[Figure]:
    """The start of the program: `usage --help` against a Python that does nothing."""
    runs = pairs(lambda: usage("--help"), lambda: run(sys.executable, "-c", "pass"), HELP_PAIRS)
    yield ratio("usage --help / python -c pass", runs, 5.0)
    told = run(sys.executable, "-X", "importtime", USAGE, "--help").err
    heavy = sorted(set(re.findall(r"\| +(duckdb|rich)$", told, re.MULTILINE)))
    yield Figure("heavy modules that usage --help imports", len(heavy), 0, ", ".join(heavy))


def _reports(count: int) -> Iterator[Figure]:
    """Every report in a table, against its own statements, run bare on the same file."""
    database = data.stored_requests(count)
    with TemporaryDirectory(dir=data.FOLDER) as folder:
        statements = Path(folder, "statements")
        for report, limit in REPORTS.items():
            runs = pairs(*_report_and_bare(report.split(), database, statements), REPORT_PAIRS)
            yield ratio(f"usage {report} over {count:,} / bare statements", runs, limit)


def _pricing(count: int) -> Figure:
    """The sums of every model with what they cost, against the same sums without."""
    out = run(sys.executable, "-m", "bench.pricing", data.stored_requests(count)).out
    value, priced, unpriced = (float(each) for each in out.split())
    return Figure(
        f"pricing {count:,} by model / the same sums", value, 4.0, f"{priced:.3f} s / {unpriced:.3f} s", "too slow"
    )


def _report_and_bare(
    report: list[str], database: Path, statements: Path
) -> tuple[Callable[[], Run], Callable[[], Run]]:
    arguments = [*report, "--db", str(database)]
    run(sys.executable, "-m", "bench.recorded", statements, *arguments, environment=SURROUNDINGS)

    def ours() -> Run:
        return usage(*arguments)

    def theirs() -> Run:
        return run(sys.executable, data.BENCH / "bare_report.py", database, statements)

    check(int(theirs().out) > 0, "the bare statements give rows")
    return ours, theirs


if __name__ == "__main__":
    sys.exit(main())
