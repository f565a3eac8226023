"""Calls with a price, of which each class of tokens is known."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli.prices import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Call = dict[str, Any]

ACME = ("--set", "provider=acme")
HEADINGS = {
    "time": "time",
    "id": "id",
    "model": "model",
    "key": "key",
    "status": "status",
    "http_status": "status code",
    "error": "error type",
    "tier": "service tier",
    "input": "input tokens",
    "cached": "cached tokens",
    "written": "cache write tokens",
    "written_1h": "cache write 1h tokens",
    "output": "output tokens",
    "reasoning": "reasoning tokens",
    "total": "total tokens",
    "cost": "cost",
}
ID = "req-0123456789abcdef"


def call(**fields: Any) -> Call:  # noqa: ANN401 - any cell
    """A successful call of the one model with 1,000 tokens in and 100 out."""
    usual = {"time": "2026-11-20T10:00:00Z", "id": ID, "model": "acme/one", "status": "ok"}
    return usual | {"input": 1000, "output": 100} | fields


def log_of(records: Iterable[Call]) -> str:
    """The calls as a CSV log."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS.values())
    writer.writerows([record.get(column, "") for column in HEADINGS] for record in records)
    return text.getvalue()


def price(model: str, *, provider: str = "acme", **fields: Any) -> None:  # noqa: ANN401 - any field of a line
    """Write a line into one's own price list, in dollars per million; it holds since 2026 unless said otherwise."""
    own = Path(os.environ["USAGE_PRICES"])
    known = lines.read(own) if own.exists() else []
    said = {"effective_from": "2026-01-01"} | fields
    priced = {name: Decimal(value) for name, value in said.items() if name in lines.PRICES}
    dates = {name: value and date.fromisoformat(value) for name, value in said.items() if name in lines.DATES}
    line = lines.Line(provider=provider, model=model, **(said | priced | dates))
    own.write_text(lines.write([*known, line]), "utf-8")


@pytest.fixture
def imported(import_text: Run) -> Callable[..., None]:
    """Import calls as a CSV log, of the provider acme unless said otherwise."""

    def write(*records: Call, options: tuple[str, ...] = ACME, name: str = "log.csv") -> None:
        outcome = import_text(log_of(records), name, *options)
        assert outcome.code == 0, outcome.err

    return write


def exactly(outcome: Outcome) -> Call:
    """What was written as JSON, with exact numbers."""
    assert outcome.code == 0, outcome.err
    content = json.loads(outcome.out, parse_float=Decimal)
    assert isinstance(content, dict)
    return content
