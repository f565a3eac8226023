"""What prices cost a query: the sums of every model with its cost against the same sums without, taken in turn.

python -m bench.pricing DATABASE     prints the median ratio, and the median seconds of both
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from instagen_usage_cli import reports, window
from instagen_usage_cli.filters import Filter

if TYPE_CHECKING:
    from instagen_usage_cli.store import Store

PAIRS = 9


def main(database: str) -> None:
    always = window.parse(period="all", now=datetime.now(UTC), zone=ZoneInfo("UTC"))
    with reports.opened(Path(database)) as store:
        asked = reports.weighed(store, Filter(window=always))
        pairs = [(_seconds(store, "priced", asked), _seconds(store, "unpriced", asked)) for _ in range(PAIRS)]
    ratio = statistics.median(priced / unpriced for priced, unpriced in pairs)
    print(ratio, *(statistics.median(side) for side in zip(*pairs, strict=True)))


def _seconds(store: Store, name: str, asked: dict[str, object]) -> float:
    text = Path(__file__).with_name(f"{name}_by_model.sql").read_text("utf-8")
    began = time.perf_counter()
    store.query(text, filter=asked)
    return time.perf_counter() - began


if __name__ == "__main__":
    main(*sys.argv[1:])
