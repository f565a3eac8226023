"""From staged records to the store: one transaction that says where every record went, and its undoing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, prices
from instagen_usage_cli.adapters import ADAPTERS, named
from instagen_usage_cli.importing import staging
from instagen_usage_cli.importing.acts import ACCOUNT, FORGET, REQUESTS, STATEMENTS
from instagen_usage_cli.importing.open_lines import goes_on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from instagen_usage_cli.importing.staging import ReadFile
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store

# So many records are sorted by their time without asking whether they came in that order.
FEW_RECORDS = 20_000
# How far from the staged times a request may be stored that was read in another zone.
OTHER_ZONE = timedelta(hours=25)


@dataclass(frozen=True)
class Kept:
    """What storing an import did. `files` has a row per file, as in the table `imports`.

    `taken_back` are the paths whose earlier reading went; `shrunk` the files that replaced buckets of a statement and
    dropped something, as rows of name, number of buckets and the first of them (UTC); `overlapping_days` are the
    host-days on which another source has requests alike.
    """

    files: Result
    taken_back: tuple[str, ...]
    shrunk: tuple[tuple[str, int, datetime], ...]
    overlapping_days: int


def keep(store: Store, read: Sequence[ReadFile], now: datetime) -> Kept:
    """Store what is staged into the attached database.

    `now` is naive UTC. All or nothing, but for prices of one's own that cannot be used: the ones in force stay, and the
    next report says what is wrong.
    """
    with store.transaction():
        REQUESTS.run_as_one(store, "write_fence", "number_files")
        [before] = REQUESTS.query(store, "imports_before").records()
        taken_back = _take_back(store, before["other_readings"] or [], before["open_lines"] or [])
        ACCOUNT.run(store, "outcomes")
        shrunk = _keep_statements(store) if any(file.is_statement for file in read) else ()
        overlapping_days = 0
        of_requests = [file for file in read if file.usable and not file.is_statement]
        if of_requests:
            _keep_requests(store, of_requests)
        if of_requests and before["has_several_sources"]:
            overlapping_days = int(REQUESTS.query(store, "overlapping_days", **_days_of(of_requests)).value())
        REQUESTS.run(store, "store_names")
        if any(file.has_bad or file.has_refused for file in read):
            _keep_skipped(store)
        ACCOUNT.run(store, "store_imports", now=now)
        files = ACCOUNT.query(store, "stored_imports")
        with suppress(errors.BadPrices):
            prices.refresh(store)
    return Kept(files, taken_back, shrunk, overlapping_days)


def _take_back(store: Store, other_readings: list[dict[str, Any]], open_lines: list[dict[str, Any]]) -> tuple[str, ...]:
    """An unchanged file read in another way (mapping, zone, adapter version) replaces its earlier reading.

    So does one that has grown, and goes on with a line of which but the beginning was there: all else is there again.
    """
    grown = [
        each
        for each in open_lines
        if goes_on(Path(each["path"]), each["open_from"], each["open_until"], each["open_digest"])
    ]
    if other_readings or grown:
        take_back(store, list({reading["import_id"] for reading in (*other_readings, *grown)}))
    return tuple(sorted({reading["path"] for reading in other_readings}))


def _keep_statements(store: Store) -> tuple[tuple[str, int, datetime], ...]:
    """Insert the buckets of statements that say something new. Returns what they replaced and dropped, as in `Kept`."""
    STATEMENTS.run(store, "staged_statements", "statement_outcomes")
    shrunk = STATEMENTS.query(store, "shrunk_buckets").rows
    STATEMENTS.run(store, "store_statements")
    ACCOUNT.run(store, "add_statement_outcomes")
    return shrunk


def _keep_requests(store: Store, read: Sequence[ReadFile]) -> None:
    """Insert new requests; merge the others with what is stored."""
    times = _times_around(read)
    REQUESTS.run_as_one(store, "staged_requests", "affected")
    [overlap] = REQUESTS.query(store, "find_overlap", **times).records()
    if any(overlap.values()):
        _list_sources(store)
        REQUESTS.run(store, "stored_sightings", **times)
        REQUESTS.run_as_one(store, "find_affected", "changed", "new_readings")
    is_sorted = sum(file.usable for file in read) > FEW_RECORDS and REQUESTS.query(store, "is_in_order").value()
    # Sorting many takes as long as all the rest of storing; most logs are written in order.
    REQUESTS.run(store, "store_new" if is_sorted else "sort_new")
    if any(overlap.values()):
        _merge(store)
        ACCOUNT.run(store, "correct_outcomes")


def _merge(store: Store) -> None:
    """Store the affected requests as all that is said of them together says."""
    [plan] = REQUESTS.query(store, "merge_plan").records()
    if not plan["has_merges"]:
        return
    REQUESTS.run(store, "believe_the_only_source" if plan["is_of_one_source"] else "believe_by_precedence", "merged")
    if plan["is_of_single_files"]:
        REQUESTS.run(store, "single_sightings", "change_single")
    else:
        REQUESTS.run(store, "file_sightings", "new_sightings", "all_sightings", "change_merged", "drop_changed")
        REQUESTS.run(store, "store_sightings")
    REQUESTS.run(store, "store_changed_names", "store_changed")


def _times_around(read: Sequence[ReadFile]) -> dict[str, Any]:
    """Between which times requests may be stored that are staged again: of sources that replay, any."""
    if any(_is_replayed(file.source) for file in read):
        return {"since": "-infinity", "until": "infinity"}
    first, last = _first_and_last(read)
    return {"since": str(first - OTHER_ZONE), "until": str(last + OTHER_ZONE)}


def _days_of(read: Sequence[ReadFile]) -> dict[str, Any]:
    """The first day of the requests, and the one after the last."""
    first, last = _first_and_last(read)
    return {"first_day": str(first.date()), "after_last_day": str(last.date() + timedelta(days=1))}


def _first_and_last(read: Sequence[ReadFile]) -> tuple[datetime, datetime]:
    return min(file.first_at for file in read if file.first_at), max(file.last_at for file in read if file.last_at)


def _is_replayed(source: str) -> bool:
    adapter = named(source)
    return adapter is not None and adapter.is_replayed


def _keep_skipped(store: Store) -> None:
    """Keep where the records stand that could not be read."""
    ACCOUNT.run(store, "skips")
    staging.drop_line_numbers(store)
    ACCOUNT.run(store, "store_skipped")


def forget(store: Store, imports: list[int]) -> None:
    """Take imports back from the attached database, all or nothing."""
    with store.transaction():
        FORGET.run(store, "write_fence")
        take_back(store, imports)
        with suppress(errors.BadPrices):
            prices.refresh(store)


def take_back(store: Store, imports: list[int]) -> None:
    """Forget imports: what only they brought goes, what others brought too stays as those say. In a transaction."""
    _list_sources(store)
    REQUESTS.run(store, "believe_by_precedence", "merged")
    FORGET.run(store, "kept", "kept_sightings", "drop_requests", "drop_sightings", imports=imports)
    FORGET.run(store, "drop_statements", "drop_skipped", "drop_imports", imports=imports)
    FORGET.run(store, "restore_kept", "drop_names", "restore_names", "drop_lines")


def _list_sources(store: Store) -> None:
    sources = [adapter.name for adapter in ADAPTERS]
    REQUESTS.run(store, "sources", sources=sources, precedences=[adapter.precedence for adapter in ADAPTERS])
