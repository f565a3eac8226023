"""From staged records to the store: one transaction that says where every record went, and its undoing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, prices
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.importing import staging, steps

if TYPE_CHECKING:
    from datetime import datetime

    from instagen_usage_cli.store import Store


@dataclass(frozen=True)
class Kept:
    """What storing an import did beside.

    `taken_back` are the paths whose earlier reading went; `shrunk` the files that replaced buckets of a statement and
    dropped something, as rows of name, number of buckets and the first of them (UTC); `overlapping_days` are the
    host-days on which another source has requests alike.
    """

    taken_back: tuple[str, ...]
    shrunk: tuple[tuple[str, int, datetime], ...]
    overlapping_days: int


def keep(store: Store, now: datetime) -> Kept:
    """Store what is staged into the attached database.

    `now` is naive UTC. All or nothing, but for prices of one's own that cannot be used: the ones in force stay, and the
    next report says what is wrong.
    """
    with store.transaction():
        steps.run(store, "fence", files=steps.query(store, "count_files").value())
        steps.run(store, "number_imports")
        _list_sources(store)
        superseded = _take_back_other_readings(store)
        shrunk = _keep_statements(store)
        _keep_requests(store)
        overlapping_days = 0
        if steps.query(store, "has_several_sources").value():
            overlapping_days = int(steps.query(store, "overlapping_days").value())
        steps.run(store, "store_names")
        steps.run(store, "outcomes", "skips")
        staging.forget_line_numbers(store)
        steps.run(store, "store_skipped", "store_imports", now=now)
        with suppress(errors.BadPrices):
            prices.refresh(store)
    return Kept(tuple(superseded), shrunk, overlapping_days)


def take_back(store: Store, imports: list[int]) -> None:
    """Forget imports: what only they brought goes, what others brought too stays as those say. In a transaction."""
    steps.run(store, "forget_keys", "said_by_several", "merged", "forget_others", imports=imports)
    for table in ("requests", "sightings", "statements", "skipped", "imports"):
        steps.run(store, f"forget_{table}", imports=imports)
    steps.run(store, "forget_restore", "forget_names", "list_names")


def forget(store: Store, imports: list[int]) -> None:
    """Take imports back from the attached database, all or nothing."""
    with store.transaction():
        steps.run(store, "fence", files=0)
        _list_sources(store)
        take_back(store, imports)
        with suppress(errors.BadPrices):
            prices.refresh(store)


def _list_sources(store: Store) -> None:
    sources = [adapter.name for adapter in ADAPTERS]
    steps.run(store, "sources", sources=sources, precedences=[adapter.precedence for adapter in ADAPTERS])


def _take_back_other_readings(store: Store) -> list[str]:
    """An unchanged file read in another way (mapping, zone, adapter version) replaces its earlier reading."""
    earlier = steps.query(store, "other_readings").rows
    if earlier:
        take_back(store, [row[0] for row in earlier])
    return sorted({row[1] for row in earlier})


def _keep_statements(store: Store) -> tuple[tuple[str, int, datetime], ...]:
    """Insert the buckets of statements that say something new. Returns what they replaced and dropped, as in `Kept`."""
    if not steps.query(store, "any_statements").value():
        steps.run(store, "no_statements")
        return ()
    steps.run(store, "staged_statements", "statement_outcomes")
    shrunk = steps.query(store, "shrunk_buckets").rows
    steps.run(store, "store_statements")
    return shrunk


def _keep_requests(store: Store) -> None:
    """Insert new requests; where a request is known already, merge what this import adds to it."""
    replayed = [adapter.name for adapter in ADAPTERS if adapter.is_replayed]
    steps.run(store, "staged_requests", "known", "affected", "new_requests", replayed=replayed)
    [ways] = steps.query(store, "ways").records()
    if ways["has_new"]:
        # Sorting takes as long as all the rest of storing; most logs are written in order.
        steps.run(store, "store_new" if ways["is_in_order"] else "sort_new")
    if not ways["has_affected"]:
        steps.run(store, "nothing_changed")
        return
    steps.run(store, "said_by_one" if ways["is_of_one_source"] else "said_by_several", "merged")
    if ways["is_told_once"]:
        steps.run(store, "in_file", "changed_in_file", "store_changed")
        return
    steps.run(store, "per_file", "fresh", "per_request", "changed", "drop_changed", "store_changed", "store_sightings")
