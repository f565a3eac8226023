"""From files to staged records, and what the records of each file add up to."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, instagen, prices, sql
from instagen_usage_cli.importing import open_lines, surveying
from instagen_usage_cli.importing.acts import ACCOUNT, REQUESTS, STAGE, STATEMENTS
from instagen_usage_cli.importing.files import count_lines
from instagen_usage_cli.importing.reading import (
    Batch,
    databases_handed,
    paths_of,
    read_batch,
    read_broken,
    read_lacking,
    select_of,
)

if TYPE_CHECKING:
    from datetime import datetime

    from instagen_usage_cli.importing.recognising import Options, Recognised
    from instagen_usage_cli.store import Store


# The shapes whose lines are records.
LINED = ("lines", "pages", "table")
# How far ahead of this clock that of a log may be: a day for a zone that was meant otherwise, and one more.
AHEAD = timedelta(days=2)


@dataclass(frozen=True, kw_only=True)
class ReadFile:
    """A file as it was read: what its records add up to, as in the table `read_files`.

    `lines` are its records and blank lines that were read, `bytes` their length where that is known. `has_bad` says
    that a record that was read could not be used, `has_doubts` that a cell may be why, `has_halves` that half a
    character is, `has_refused` that DuckDB refused one, `has_longer` that it was too long, `has_flaws` that what one
    says cannot be true, `is_too_costly` that a token costs more than a cent in all, `has_totals` that a name says
    so of its row. `other_models` are those that are
    taken for InstaGen's and not listed by it, in lower case.
    `reason` is why most of its bad records are bad; `unclosed` is the record in which it ends within quotes.
    """

    path: str
    name: str
    source: str
    source_tz: str
    is_mapped: bool
    plain_size: int
    lines: int
    bytes: int | None
    records: int
    usable: int
    has_bad: bool
    has_doubts: bool
    has_refused: bool
    has_halves: bool
    has_longer: bool
    has_flaws: bool
    has_totals: bool
    other_models: list[str]
    is_too_costly: bool
    reason: str | None
    unclosed: int | None
    is_foreign: bool
    is_statement: bool
    has_cells: bool
    default_provider: bool
    unzoned: int
    repeated_hour: int
    token_mismatch: int
    unknown_provider: int
    first_at: datetime | None
    last_at: datetime | None


def stage(
    store: Store, recognised: list[Recognised], options: Options, now: datetime
) -> tuple[list[ReadFile], dict[str, errors.Error]]:
    """Read all files into `staging.staged` and `rejects`, and say in `read_files` what their records add up to.

    In `recognised` the files get the forms by which they were read. `now` is naive UTC. Returns these files by name,
    and why one could not be read to its end.
    """
    failed: dict[str, errors.Error] = {}
    plans: dict[tuple[object, ...], list[Recognised]] = {}
    for item in recognised:
        plans.setdefault(item.plan, []).append(item)
    batches = [Batch(items) for items in plans.values()]
    STAGE.run_as_one(store, "staged", "files", "rejects")
    later = (sql.load("importing", act.file) for act in (STAGE, REQUESTS, STATEMENTS))
    macros = sql.called("readers", "values", "\n".join((*map(select_of, batches), *later)))
    store.run("\n".join(macros.values()))
    for batch in batches:
        _describe(store, batch.items, options)
        with databases_handed(store, batch.items, failed):
            batch.is_fast = read_batch(store, batch, options)
    judged_by = now + AHEAD, prices.models_of(instagen.PROVIDER)
    read = _read_files(store, *judged_by)
    if any(file.has_doubts for file in read.values()):
        batches, ambiguous = surveying.settle(store, batches, read, options)
        failed |= ambiguous
        settled = {item.log.path: item for batch in batches for item in batch.items}
        recognised[:] = [settled[item.log.path] for item in recognised]
        read = _read_files(store, *judged_by)
    if read_broken(store, batches, read, options):
        read = _read_files(store, *judged_by)
    if read_lacking(store, batches, read, options):
        read = _read_files(store, *judged_by)
    if _correct(store, batches, read, now + AHEAD):
        read = _read_files(store, *judged_by)
    if any(file.has_cells for file in read.values()):
        STAGE.run(store, "part_equal_rows")
    return sorted(read.values(), key=lambda file: file.name), failed


def _correct(store: Store, batches: list[Batch], read: dict[str, ReadFile], latest: datetime) -> bool:
    """Skip what cannot be true and what other records tell again; drop providers that were taken for another's.

    Returns whether anything changed.
    """
    has_flaws = any(file.has_flaws for file in read.values())
    if has_flaws:
        STAGE.run(store, "skip_flawed", latest=latest)
    summed = [file.path for file in read.values() if file.is_mapped and file.has_totals]
    if summed:
        STAGE.run(store, "skip_totals", paths=summed)
    elsewhere = [file.path for file in read.values() if _is_of_another(file)]
    if elsewhere:
        STAGE.run(store, "drop_default_provider", paths=elsewhere)
    traced = [batch for batch in batches if batch.first.adapter.is_traced]
    for batch in traced:
        STAGE.run(store, "skip_outer_calls", paths=paths_of(batch.items))
    return bool(has_flaws or summed or elsewhere or traced)


def _is_of_another(file: ReadFile) -> bool:
    """Whether a file that does not say who answered has a model of another provider, by the price lists."""
    if not file.is_mapped or not file.default_provider or not file.other_models:
        return False
    return not set(file.other_models).isdisjoint(prices.models_of(None))


def _read_files(store: Store, latest: datetime, models: list[str]) -> dict[str, ReadFile]:
    """What the records of each file add up to, by the path that it is read at."""
    STAGE.run(store, "read_files", latest=latest, models=models)
    rows = STAGE.query(store, "list_read_files").only(*(field.name for field in fields(ReadFile))).records()
    return {row["path"]: ReadFile(**row) for row in rows}


def drop(store: Store, paths: list[str]) -> None:
    """Drop what is staged of some files, given by the paths they are read at."""
    STAGE.run(store, "drop_staged", "drop_rejects", "drop_files", paths=paths)


def _describe(store: Store, batch: list[Recognised], options: Options) -> None:
    adapter = batch[0].adapter
    described = [
        {
            "path": str(item.log.path),
            "name": item.log.name,
            "size": item.log.signature.size,
            "plain_size": item.log.plain_size,
            "modified_ns": item.log.signature.modified_ns,
            # Logs in the places of clients only grow: they are told by size and time.
            "digest": None if item.is_placed else item.log.digest(),
            "is_placed": item.is_placed,
            "source_tz": item.source_tz(options),
            "line_offset": _line_offset(item),
            **_open_line(item),
        }
        for item in batch
    ]
    STAGE.run(
        store,
        "add_files",
        files=json.dumps(described),
        source=adapter.name,
        precedence=adapter.precedence,
        adapter_version=adapter.version,
        reading=options.reading(adapter),
        is_hosted=adapter.hosted or batch[0].names_provider,
        is_mapped=adapter.mapped,
        scope=json.dumps([adapter.name, options.constants_of(adapter)], sort_keys=True, ensure_ascii=False),
    )


def _line_offset(item: Recognised) -> int | None:
    """What to add to a record's number to get its line's; None where a record is not a line."""
    if item.log.shape in ("document", "parquet", "sqlite"):
        return None
    return item.mapping.lines if item.log.shape == "table" and item.mapping else 0


def _open_line(item: Recognised) -> dict[str, object]:
    """Where its last line begins and ends, if that has no end yet and a line is a record."""
    found = open_lines.find(item.log.path) if item.log.shape in LINED else None
    return found._asdict() if found else {}


def drop_line_numbers(store: Store) -> None:
    """Drop line numbers of CSV files in which a record goes over several lines."""
    tables = ACCOUNT.query(store, "skipped_tables").rows
    paths = [path for path, offset, records in tables if count_lines(Path(path)) != records + offset]
    if paths:
        ACCOUNT.run(store, "drop_line_numbers", paths=paths)
