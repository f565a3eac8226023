"""From staged records to the store: one transaction that says where every record went, and its undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import prices, sql
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.importing import staging

if TYPE_CHECKING:
    from datetime import datetime

    from instagen_usage_cli.store import Store


def keep(store: Store, now: datetime) -> list[str]:
    """Store what is staged into the attached database; returns the paths whose earlier reading was taken back.

    `now` is naive UTC. All or nothing.
    """
    with store.transaction():
        _number_imports(store)
        _list_sources(store)
        superseded = _take_back_other_readings(store)
        _keep_statements(store)
        _keep_requests(store)
        for step in ("outcomes", "skips"):
            store.run(sql.load("importing", step))
        staging.forget_line_numbers(store)
        store.run(sql.load("importing", "store_skipped"))
        store.run(sql.load("importing", "store_imports"), now=now)
        prices.refresh(store)
    return superseded


def take_back(store: Store, imports: list[int]) -> None:
    """Forget imports: what only they brought goes, what others brought too stays as those say. In a transaction."""
    store.run(sql.load("importing", "forget_keys"), imports=imports)
    store.run(sql.load("importing", "merged_empty"))
    store.run(sql.load("importing", "merged"))
    store.run(sql.load("importing", "forget_contributions"), imports=imports)
    for table in ("requests", "sightings", "statements", "skipped", "imports"):
        store.run(sql.load("importing", f"forget_{table}"), imports=imports)
    store.run(sql.load("importing", "forget_restore"))


def forget(store: Store, imports: list[int]) -> None:
    """Take imports back from the attached database, all or nothing."""
    with store.transaction():
        store.run("update write_fence set n = n")
        _list_sources(store)
        take_back(store, imports)


def _number_imports(store: Store) -> None:
    """Bump the fence, which stops a second writer, and number the files from it."""
    store.run("update write_fence set n = n + (select count(*) from files)")
    store.run(
        "update files set import_id = (select n from write_fence) - (select count(*) from files) + place"
        " from (select path, row_number() over (order by rowid) as place from files) as numbered"
        " where numbered.path = files.path"
    )


def _list_sources(store: Store) -> None:
    store.run("create or replace temp table sources (source varchar, precedence bigint)")
    for adapter in ADAPTERS:
        store.run(
            "insert into sources values ($name, $precedence)",
            name=adapter.name,
            precedence=adapter.precedence,
        )


def _take_back_other_readings(store: Store) -> list[str]:
    """An unchanged file read in another way (mapping, zone, adapter version) replaces its earlier reading."""
    earlier = store.query(sql.load("importing", "other_readings")).rows
    if earlier:
        take_back(store, [row[0] for row in earlier])
    return sorted({row[1] for row in earlier})


def _keep_statements(store: Store) -> None:
    for step in ("staged_statements", "statement_outcomes", "store_statements"):
        store.run(sql.load("importing", step))


def _keep_requests(store: Store) -> None:
    """Insert new requests; where a request is known already, merge what this import adds to it."""
    for step in ("staged_requests", "known", "affected", "store_new", "per_file", "merged", "fresh"):
        store.run(sql.load("importing", step))
    for step in ("per_request", "changed", "drop_changed", "store_changed", "store_sightings"):
        store.run(sql.load("importing", step))
