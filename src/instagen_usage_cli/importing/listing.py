"""What was imported: the lists of it, the skipped lines, and how imports are taken back."""

from __future__ import annotations

import json
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, paths, sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.importing import files, places, storing
from instagen_usage_cli.importing.acts import LISTING
from instagen_usage_cli.private import without_secrets
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from instagen_usage_cli.importing.files import LogFile
    from instagen_usage_cli.importing.recognising import Options
    from instagen_usage_cli.store import Store

SOURCE_COLUMNS = (
    Column("source", "VARCHAR"),
    Column("title", "VARCHAR"),
    Column("place", "VARCHAR"),
    Column("files", "BIGINT"),
    Column("bytes", "BIGINT"),
    Column("imported_files", "BIGINT"),
    Column("imported_at", "TIMESTAMP"),
)


def listed(store: Store) -> Result:
    """One row per import, newest last."""
    return LISTING.query(store, "listed")


def sources(database: Path, more: Iterable[str]) -> tuple[Result, tuple[str, ...]]:
    """One row per source and place where it is looked for: what lies there, and when its files were last imported.

    Sources without a place have one row; `more` are places of whatever source. Also why what could not be looked into.
    """
    imported = {}
    if stores.is_current(database):
        with stores.open_reading(database) as store:
            imported = {source: last for source, *last in LISTING.query(store, "last_imported").rows}
    looked = places.look_everywhere(more)
    rows = []
    for adapter in (*sorted(ADAPTERS, key=lambda each: not each.places), None):
        name, title = (adapter.name, adapter.title) if adapter else (None, None)
        last = imported.get(name, [None, None])
        here = [each for each in looked if each.source == name]
        # When it was last imported stands at the first place that has files.
        first = next((each for each in here if each.finding.files), here[0] if here else None)
        rows += [
            (name, title, each.place, len(each.finding.files), each.size, *(last if each is first else (None, None)))
            for each in here
        ]
        if adapter and not here:
            rows.append((name, title, None, None, None, *last))
    closed = tuple(why for each in looked for _, why in each.finding.passed_over)
    return Result(SOURCE_COLUMNS, tuple(rows)), closed


def skipped(store: Store, limit: int) -> Result:
    """One row per record that could not be read: its import, file, record, line, offset and reason."""
    return LISTING.query(store, "skipped", limit=limit)


def show_skipped(store: Store, result: Result, options: Options) -> dict[tuple[str, int], str]:
    """The skipped lines themselves, read again from their files, by file and line.

    What is gone, or not as it was when it was imported, is left out.
    """
    shown: dict[tuple[str, int], str] = {}
    names = sorted({record["path"] for record in result.records()})
    before = {record["path"]: record for record in LISTING.query(store, "signatures", paths=names).records()}
    with paths.scratch() as folder:
        opened: dict[str, LogFile] = {}
        for record in result.records():
            path, line = record["path"], record["line"]
            if line is None or path.startswith(files.STDIN) or not _is_as_imported(path, before.get(path)):
                continue
            try:
                log = opened.get(path) or files.open_log(path, folder, options.encoding)
            except errors.Error:
                continue
            opened[path] = log
            text = files.line_at(log, line)
            if text is not None:
                shown[path, line] = text
    return shown


def _is_as_imported(path: str, before: dict[str, Any] | None) -> bool:
    try:
        now = files.signature(path)
    except errors.Unreadable:
        return False
    return (
        now is not None
        and before is not None
        and (now.size, now.modified_ns) == (before["size"], before["modified_ns"])
    )


def forget(database: Path, which: list[str]) -> Result:
    """Take back imports, given by number or path, and with each the later imports of the same file.

    Returns their rows as listed. Raises `UnknownImport`.
    """
    with stores.open_reading(database) as store:
        rows = listed(store)
    paths_of = {item: without_secrets(files.absolute(item)) for item in which}
    chosen = [record for record in rows.records() if any(_is_meant(record, item, paths_of[item]) for item in which)]
    for item in which:
        if not any(_is_meant(record, item, paths_of[item]) for record in chosen):
            raise errors.UnknownImport(which=item)
    first_of = {record["path"]: record["import_id"] for record in reversed(chosen)}
    # What a later import of the same file found stored already is booked on the earlier one: they go together.
    numbers = {record["import_id"] for record in rows.records() if record["import_id"] >= _first(first_of, record)}
    with stores.open_staging() as store, store.attached(database):
        storing.forget(store, sorted(numbers))
    return replace(rows, rows=tuple(row for row in rows.rows if row[rows.names.index("import_id")] in numbers))


def _first(first_of: dict[str, int], record: dict[str, Any]) -> float:
    """The first import of a record's file that goes."""
    return first_of.get(record["path"], inf)


def private(values: dict[str, str]) -> dict[str, str]:
    """Values as they are stored, by the fields they are of: an access key is only a fingerprint."""
    with stores.open_empty() as store:
        macros = sql.called("readers", "values", sql.statement("importing", "listing", "private_values"))
        store.run("\n".join(macros.values()))
        given = [{"field": field, "value": value} for field, value in values.items()]
        rows = LISTING.query(store, "private_values", values=json.dumps(given)).records()
    return {row["field"]: row["value"] for row in rows}


def _is_meant(record: dict[str, object], item: str, path: str) -> bool:
    return str(record["import_id"]) == item or record["path"] == path
