"""What the program answers: the rows and numbers of its formats."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Record = dict[str, Any]
    Cells = list[dict[str, str]]

# The month of the ledger.
YEAR = ("--since", "2026-11-01", "--until", "2026-11-30")


def skipped_places(run: Run) -> list[list[Any]]:
    found = run("skipped", "--format", "json").json["rows"]
    return [[row["record"], row["line"] or 0, row["reason"]] for row in found]


def total(run: Run, *arguments: str) -> dict[str, Any]:
    outcome = run("stats", "--period", "all", "--format", "json", *arguments)
    assert outcome.code == 0, outcome.err
    whole: dict[str, Any] = json.loads(outcome.out, parse_float=Decimal)["total"]
    return whole


def measures(run: Run, *arguments: str) -> tuple[Any, ...]:
    whole = total(run, *arguments)
    names = ("requests", "failed_requests", "input_tokens", "output_tokens", "cost_usd")
    return tuple(whole[name] for name in names)


def rows(outcome: Outcome) -> Cells:
    """The rows of a CSV answer."""
    assert outcome.code == 0, outcome.err
    return list(csv.DictReader(io.StringIO(outcome.out, newline="")))


def column(outcome: Outcome, *names: str) -> list[tuple[str, ...]]:
    """Some columns of a CSV answer, row by row."""
    return [tuple(row[name] for name in names) for row in rows(outcome)]


def content(outcome: Outcome) -> Record:
    """A JSON answer, with exact numbers."""
    assert outcome.code == 0, outcome.err
    found: Record = json.loads(outcome.out, parse_float=Decimal)
    return found


def as_number(cell: str) -> float | None:
    return float(cell) if cell else None
