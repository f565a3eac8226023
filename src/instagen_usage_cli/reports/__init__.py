"""Questions to the store and their answers: one SQL file per question."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, prices, sql
from instagen_usage_cli import store as stores

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store

# The value of --by → the column of a breakdown.
DIMENSIONS = {
    "model": "model",
    "provider": "provider",
    "key": "access_key",
    "project": "project",
    "user": "user",
    "source": "source",
    "status": "status",
}
INTERVALS = ("hour", "day", "week", "month")
# What a name that is given without glob marks is looked up in.
NAMED = ("model", "provider", "key", "project", "user", "session", "source")
GLOB_MARKS = frozenset("*?[")
NAMES_SHOWN = 5


@contextmanager
def opened(database: Path, filter_: Filter | None = None) -> Iterator[Store]:
    """The database, read-only, with the views and current prices that reports stand on.

    Raises as `open_reading`, and `UnknownName` for a name in the filter that the store has never seen.
    """
    with stores.open_reading(database) as store:
        prices.overlay(store)
        for name in sql.names("views"):
            store.run(sql.load("views", name))
        if filter_ is not None:
            _check_names(store, filter_)
        yield store


def ask(store: Store, report: str, filter_: Filter, **params: object) -> Result:
    """The answer of `reports/<report>.sql` in the filter. Raises `StoreFailed`."""
    return store.query(sql.load("reports", report), filter=weighed(store, filter_), **params)


def weighed(store: Store, filter_: Filter) -> dict[str, object]:
    """The SQL parameter `$filter`: the filter, and from when to when requests are weighed against statements."""
    struct = filter_.as_struct()
    found = store.query(sql.load("reports", "weighed"), since=struct["since"], until=struct["until"])
    return struct | found.records()[0]


def span(store: Store) -> dict[str, Any]:
    """What the imports cover: `covered_since` and `covered_until` (not included), naive UTC, None without imports."""
    return store.query(sql.load("reports", "span")).records()[0]


def check_name(store: Store, dimension: str, name: str) -> None:
    """See to it that the store has that name in a dimension of `NAMED`. Raises `UnknownName`."""
    known = [row[0] for row in store.query(sql.load("reports", "names"), dimension=dimension).rows]
    if name not in known:
        raise errors.UnknownName(dimension=dimension, name=name, path=store.path, hint=_hint(name, known))


def _check_names(store: Store, filter_: Filter) -> None:
    for dimension in NAMED:
        for pattern in getattr(filter_, dimension):
            if GLOB_MARKS.isdisjoint(pattern):
                check_name(store, dimension, pattern)


def _hint(name: str, known: list[str]) -> str:
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
