"""How a process is measured: the time of the whole of it, and the most memory it ever held."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MEBIBYTE = 1024 * 1024
# The kernel says it in kilobytes, but macOS in bytes.
MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Run:
    """A process that has ended well."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    out: str
    err: str


@dataclass(frozen=True)
class Figure:
    """One measured figure, and the limit it must not exceed."""

    what: str
    value: float
    limit: float
    detail: str = ""
    beyond: str = "too much"

    @property
    def is_ok(self) -> bool:
        return self.value <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.is_ok else self.beyond
        return f"{self.what:<52} {self.value:>8.2f}  limit {self.limit:>7.2f}  {verdict:<8}  {self.detail}".rstrip()


def run(*command: str | Path, environment: dict[str, str] | None = None) -> Run:
    """Run a command to its end. A failing one ends the bench with what it said."""
    with TemporaryFile("w+", encoding="utf-8") as out, TemporaryFile("w+", encoding="utf-8") as err:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, env=os.environ | (environment or {}))
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        for stream in (out, err):
            stream.seek(0)
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))[:500]} failed:\n{err.read()}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * MEMORY_UNIT, out.read(), err.read())


def pairs(ours: Callable[[], Run], bare: Callable[[], Run], count: int) -> list[tuple[Run, Run]]:
    """Runs of two commands in turn, so that both see the same weather."""
    return [(ours(), bare()) for _ in range(count)]


def ratio(what: str, runs: list[tuple[Run, Run]], limit: float) -> Figure:
    """The median of the ratios of each pair."""
    value = statistics.median(ours.seconds / bare.seconds for ours, bare in runs)
    usual = (statistics.median(run.seconds for run in side) for side in zip(*runs, strict=True))
    return Figure(what, value, limit, " / ".join(f"{seconds:.3f} s" for seconds in usual), "too slow")


def cpu_ratio(runs: list[tuple[Run, Run]]) -> float:
    """The median of the ratios of what each pair took of the processors."""
    return statistics.median(ours.cpu_seconds / bare.cpu_seconds for ours, bare in runs)
