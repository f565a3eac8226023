"""The program as its user starts it, and what the benches ask of themselves."""

from __future__ import annotations

import sys
from pathlib import Path

from bench import data, stored_requests
from bench.measuring import Run, run

USAGE = Path(sys.executable).with_name("usage")
SURROUNDINGS = {
    "USAGE_NOW": stored_requests.END.isoformat(),
    "USAGE_CONFIG": str(data.FOLDER / "no-config.toml"),
    "PYTHONDONTWRITEBYTECODE": "",  # an installed program is compiled
}


def usage(*arguments: str | Path, environment: dict[str, str] | None = None) -> Run:
    """The program at the end of the generated days and without a config."""
    return run(sys.executable, USAGE, *arguments, environment=SURROUNDINGS | (environment or {}))


def check(holds: bool, what: str) -> None:  # noqa: FBT001 - reads like an assertion
    """End the bench where what it measures is not what it says."""
    if not holds:
        sys.exit(f"the bench is wrong: it does not hold that {what}")
