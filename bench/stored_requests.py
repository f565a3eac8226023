"""A database with any number of requests: the named generator behind the figures of the reports.

It has the newest schema and the current prices. The same count always gives the same requests.

    python -m bench.stored_requests COUNT FILE
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from instagen_usage_cli import prices
from instagen_usage_cli import store as stores

BEGIN = datetime(2026, 8, 24, tzinfo=UTC)
END = BEGIN + timedelta(days=90)


def write(path: Path, count: int) -> None:
    """Make the database, with that many requests."""
    stores.migrate(path)
    with stores.open_staging() as store, store.attached(path):
        store.run(Path(__file__).with_suffix(".sql").read_text("utf-8"), count=count, begin=BEGIN.replace(tzinfo=None))
        store.run(Path(__file__).with_name("stored_requests_import.sql").read_text("utf-8"))
        prices.refresh(store)


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
