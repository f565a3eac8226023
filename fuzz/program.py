"""The program run in this process, with everything that would be a finding."""

from __future__ import annotations

import contextlib
import io
import os
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest import mock

from instagen_usage_cli.__main__ import run

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Outcome:
    """What a run gave: its exit code, what it wrote, and what is wrong with that, if anything is."""

    code: int
    out: str
    err: str
    fault: str | None


def usage(database: Path, *arguments: str | Path) -> Outcome:
    """Run the program as a user would, with a home of its own beside the database."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    fault = None
    code = -1
    changes = {
        "HOME": str(database.parent),
        "TERM": "dumb",
        "TZ": "UTC",
        "USAGE_CONFIG": str(database.with_name("no-config.toml")),
        "USAGE_DB": str(database),
        "USAGE_DEBUG": "1",
        "USAGE_PRICES": str(database.with_name("no-prices.csv")),
    }
    with mock.patch.dict(os.environ, changes), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = run([str(argument) for argument in arguments])
        except Exception:  # noqa: BLE001 - a traceback is what is looked for
            fault = traceback.format_exc(limit=-3)
    said = _text(err)
    if fault is None and code not in (0, 1):
        fault = f"exit code {code}: {said}"
    if fault is None and code == 1 and (len(said.strip().splitlines()) != 1 or "refused the work" in said):
        fault = f"exit code 1 with: {said[:2000]}"
    return Outcome(code, _text(out), said, fault)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)  # noqa: S101 - made above
    return buffer.getvalue().decode("utf-8", "replace")
