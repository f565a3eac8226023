"""A database of a test's own, and its sums."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import HealthCheck, Phase, settings

from instagen_usage_cli import store as stores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.support.answers import Run

    Record = dict[str, Any]
    Rows = list[tuple[Any, ...]]

DIMENSIONS = ("model", "provider", "key", "project", "user", "source", "status")
MEASURES = (
    "requests",
    "failed_requests",
    "input_tokens",
    "cache_read_tokens",
    "output_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cost_usd",
    "unpriced_requests",
    "unmetered_requests",
)


def few(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """An import takes half a second: a few examples, always the same ones, and no search for smaller ones."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


class Ledger:
    """A database of its own in a folder of its own."""

    def __init__(self, run: Run, folder: Path) -> None:
        self.run, self.folder, self.path = run, folder, folder / "usage.duckdb"

    def add(self, name: str, content: bytes, *options: str) -> str:
        """Import the content as a file of that name; returns the file's path."""
        file = self.folder / name
        file.write_bytes(content)
        outcome = self.run("import", file, "--db", self.path, *options)
        assert outcome.code == 0, outcome.err
        return str(file)

    def forget(self, *which: str) -> None:
        assert self.run("forget", *which, "--db", self.path).code == 0

    def rows(self, name: str = "requests") -> Rows:
        """The stored rows, beside the number of their import."""
        queries = {
            "requests": "select * exclude (import_id) from requests",
            "statements": "select * exclude (import_id) from statements",
        }
        with stores.open_reading(self.path) as store:
            return sorted(store.query(queries[name]).rows, key=repr)

    def stats(self, *arguments: str) -> Record:
        if not {"--since", "--until", "--last", "--period"} & set(arguments):
            arguments = ("--period", "all", *arguments)
        outcome = self.run("stats", *arguments, "--format", "json", "--db", self.path)
        assert outcome.code == 0, outcome.err
        found: Record = json.loads(outcome.out, parse_float=Decimal)
        return found

    def total(self, *arguments: str) -> Record:
        return summed([self.stats(*arguments)["total"]])


class FixedLedger(Ledger):
    """A database that no test changes: what it answers is asked once.

    Properties that are drawn alike for each measure ask for the same totals again and again.
    """

    answers: ClassVar[dict[tuple[Path, tuple[str, ...]], Record]] = {}

    def stats(self, *arguments: str) -> Record:
        asked = (self.path, arguments)
        if asked not in self.answers:
            self.answers[asked] = super().stats(*arguments)
        return self.answers[asked]


def summed(rows: Sequence[Record]) -> Record:
    """The sum of each measure, where what no row knows stays unknown; how many have no cost is always known.

    An empty bucket knows that it is 0, and says nothing about the others.
    """
    used = [row for row in rows if row["requests"] != 0]
    known = {name: [Decimal(row[name]) for row in used if row[name] is not None] for name in MEASURES}
    return {
        name: sum(values, Decimal(0)) if values or name.startswith("un") else None for name, values in known.items()
    }
