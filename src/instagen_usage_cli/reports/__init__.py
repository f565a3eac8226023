"""Questions to the store and their answers: one SQL file per question."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.choices import INTERVALS
from instagen_usage_cli.filters import is_pattern
from instagen_usage_cli.reports.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.window import Window

# What a cost is made of: what a price list says of each class of tokens and of requests, and what was said as one sum.
COST_PARTS = (
    "input_cost_usd",
    "cache_read_cost_usd",
    "cache_write_cost_usd",
    "output_cost_usd",
    "request_cost_usd",
    "undivided_cost_usd",
)
# The most buckets a window may have: hours for 11 years, days for 273.
MOST_ROWS = 100_000
# What a name that is given without glob marks is looked up in.
NAMED = ("model", "provider", "key", "project", "user", "session", "source")
NAMES_SHOWN = 5


@contextmanager
def opened(database: Path, filter_: Filter | None = None) -> Iterator[Archive]:
    """The database, read-only, with the prices in force.

    Raises as `open_reading`, and `UnknownName` for a name in the filter that the store has never seen.
    """
    with stores.open_reading(database) as store:
        archive = Archive(store)
        archive.use_prices()
        if filter_ is not None:
            _check_names(archive, filter_)
        yield archive


def check_rows(window: Window, every: str, now: datetime) -> None:
    """See to it that a window with a beginning has no more than `MOST_ROWS` buckets. Raises `TooManyRows`."""
    if window.since is None:
        return
    rows = (min(window.until or now, now) - window.since) // timedelta(hours=INTERVALS[every])
    if rows > MOST_ROWS:
        raise errors.TooManyRows(rows=rows, most=MOST_ROWS, every=every)


def check_name(archive: Archive, dimension: str, name: str) -> None:
    """See to it that the store has that name in a dimension of `NAMED`. Raises `UnknownName`."""
    known = [row[0] for row in archive.query(sql.load("reports", "names"), dimension=dimension).rows]
    if name not in known:
        raise errors.UnknownName(dimension=dimension, name=name, path=archive.path, hint=hint(name, known))


def _check_names(archive: Archive, filter_: Filter) -> None:
    for dimension in NAMED:
        for pattern in getattr(filter_, dimension):
            if not is_pattern(pattern):
                check_name(archive, dimension, pattern)


def hint(name: str, known: list[str]) -> str:
    """The known names that come close; else the most used ones."""
    from difflib import get_close_matches

    whole = {candidate.lower(): candidate for candidate in reversed(known)}
    last = {candidate.lower().rsplit("/", 1)[-1]: candidate for candidate in reversed(known)}
    wanted = name.lower()
    containing = [candidate for low, candidate in whole.items() if wanted in low]
    near = [whole[match] for match in get_close_matches(wanted, whole, n=3)]
    near += [last[match] for match in get_close_matches(wanted.rsplit("/", 1)[-1], last, n=3)]
    close = list(dict.fromkeys([*containing[:3], *near]))[:3]
    if close:
        return "did you mean " + " or ".join(close) + "?"
    shown = ", ".join(known[:NAMES_SHOWN]) + (" …" if len(known) > NAMES_SHOWN else "")
    return f"it has {shown or 'none'}"
