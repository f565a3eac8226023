"""The reports against the yardstick: whole processes in turn, over the same file, with the same duckdb.

The yardstick, `bare_report.py`, is given as many days, up to now, as the report reads: `stats` compares its window with
the one before it, so twice its window; `trends` has 58 days of history before its window; `usage` alone, on the 22nd,
reads 21 days of this month and of the one before; `forecast` reads all of the 90 days. `requests`, `advise` and `usage`
alone have no question of their own: they are compared with the sums of `stats`.
"""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from bench import data, stored_requests
from bench.measuring import MEBIBYTE, Run, cpu_ratio, pairs, ratio, run
from bench.program import check, usage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bench.measuring import Figure

PAIRS, START_PAIRS = 5, 15
SMALL, LARGE = 100_000, 50_000_000
MOST_MEBIBYTES = 1024
HEAD = "| command | requests | ratio | at most | CPU ratio | report / yardstick | peak MiB | duckdb | date | machine |"


class Report(NamedTuple):
    """A report, the question of the yardstick and the days that both read, and the ratio it may have."""

    command: str
    question: str
    days: int
    limit: float


# Up to 100,000 requests; more; 50 million and more.
OF_FEW = (
    Report("stats --last 7d", "stats", 14, 1.5),
    Report("trends", "trends", 88, 1.5),
    Report("models", "models", 30, 1.5),
    Report("keys", "keys", 30, 1.5),
    Report("requests", "stats", 30, 1.5),
    Report("", "stats", 42, 2.0),
    Report("forecast", "forecast", 90, 2.0),
    Report("advise", "stats", 30, 2.0),
)
OF_MANY = (
    Report("stats --last 30d", "stats", 60, 1.5),
    Report("trends --last 30d", "trends", 88, 1.5),
    Report("models --last 30d", "models", 30, 1.5),
    Report("keys --last 30d", "keys", 30, 1.5),
    Report("forecast", "forecast", 90, 1.5),
)
OF_VERY_MANY = (
    Report("stats --last 7d", "stats", 14, 1.5),
    Report("models --last 7d", "models", 7, 1.5),
    Report("keys --last 7d", "keys", 7, 1.5),
    Report("stats --last 30d", "stats", 60, 1.5),
)


@dataclass(frozen=True)
class Line:
    """A line of the table in `docs/performance.md`."""

    command: str
    requests: int | None
    time: Figure
    cpu: float
    peak_mebibytes: float
    most_mebibytes: float | None = None

    @property
    def is_ok(self) -> bool:
        return self.time.is_ok and (self.most_mebibytes is None or self.peak_mebibytes <= self.most_mebibytes)

    def __str__(self) -> str:
        cells = (
            f"`{self.command}`",
            f"{self.requests:,}" if self.requests else "",
            f"{self.time.value:.2f}",
            f"{self.time.limit:.1f}",
            f"{self.cpu:.2f}",
            self.time.detail,
            f"{self.peak_mebibytes:.0f}",
            version("duckdb"),
            f"{datetime.now(UTC):%Y-%m-%d}",
            f"{os.cpu_count()} × {platform.machine()}",
        )
        return "| " + " | ".join(cells) + " |"


def lines(counts: list[int]) -> Iterator[Line]:
    """The start of the program, then each report over each number of stored requests."""
    yield _start("--version", 4.0)
    yield _start("--help", 5.0)
    for count in counts:
        database = data.stored_requests(count)
        for report in reports_over(count):
            yield _line(report, count, database)


def reports_over(count: int) -> tuple[Report, ...]:
    """What is measured over that many requests."""
    if count <= SMALL:
        return OF_FEW
    return OF_MANY if count < LARGE else OF_VERY_MANY


def _start(option: str, limit: float) -> Line:
    """The start of the program, against a Python that does nothing."""
    runs = pairs(lambda: usage(option), lambda: run(sys.executable, "-c", "pass"), START_PAIRS)
    return _measured(f"usage {option}", None, runs, limit)


def _line(report: Report, count: int, database: Path) -> Line:
    until = stored_requests.END.replace(tzinfo=None)
    window = str(until - timedelta(days=report.days)), str(until)

    def ours() -> Run:
        return usage(*report.command.split(), "--db", database)

    def theirs() -> Run:
        return run(sys.executable, data.BENCH / "bare_report.py", database, report.question, *window)

    check("│" in ours().out + theirs().out, "both show a table")  # which reads the file once before it counts
    runs = pairs(ours, theirs, PAIRS)
    return _measured(f"usage {report.command}".strip(), count, runs, report.limit)


def _measured(command: str, count: int | None, runs: list[tuple[Run, Run]], limit: float) -> Line:
    return Line(
        command,
        count,
        ratio(command, runs, limit),
        cpu_ratio(runs),
        max(ours.peak_bytes for ours, _ in runs) / MEBIBYTE,
        MOST_MEBIBYTES if count and count >= LARGE else None,
    )
