"""Import: files → staged records → the store, with an account of every record."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, paths
from instagen_usage_cli import store as stores
from instagen_usage_cli.adapters import named
from instagen_usage_cli.importing import files, forms, recognising, staging, storing
from instagen_usage_cli.importing.acts import LISTING, STAGE
from instagen_usage_cli.importing.fields import says_dollars
from instagen_usage_cli.importing.finding import Finding, Found, find
from instagen_usage_cli.importing.listing import forget, listed, private, show_skipped, skipped, sources
from instagen_usage_cli.importing.recognising import Options, Recognised
from instagen_usage_cli.private import without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from instagen_usage_cli.importing.staging import ReadFile
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store

    # Called with the number of files and their bytes; what it gives is entered while they are read.
    Watch = Callable[[int, int], AbstractContextManager[None]]

__all__ = [
    "Finding",
    "Options",
    "Summary",
    "find",
    "forget",
    "is_news",
    "listed",
    "preview",
    "private",
    "run",
    "show_skipped",
    "skipped",
    "sources",
]

# What the notes on a file take from how it was read.
NOTED = (
    "is_statement",
    "default_provider",
    "source_tz",
    "unzoned",
    "repeated_hour",
    "token_mismatch",
    "unknown_provider",
)


@dataclass(frozen=True)
class FileNotes:
    """What is worth knowing about how a file was read.

    For mapped sources, `fields` maps a field to its heading, and `unread` are the other headings.
    """

    name: str
    source: str
    fields: dict[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    is_statement: bool = False
    default_provider: bool = False
    source_tz: str = "UTC"
    unzoned: int = 0
    repeated_hour: int = 0
    token_mismatch: int = 0
    unknown_provider: int = 0
    is_map_ignored: bool = False
    forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """What an import did. `files` has one row per file read, with the counts of decision 9; names as in `imports`.

    `shrunk` has the files that replaced buckets of an earlier statement and dropped something, how many, and the first;
    `overlapping_days` are the host-days on which another source has requests alike. `left_out` are the files
    of folders whose names do not end like those of logs.
    """

    files: Result | None
    notes: tuple[FileNotes, ...] = ()
    unchanged: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()
    taken_back: tuple[str, ...] = ()
    shrunk: tuple[tuple[str, int, datetime], ...] = ()
    overlapping_days: int = 0
    left_out: tuple[str, ...] = ()

    def total(self, name: str) -> int:
        """The sum of one count over all files."""
        return sum(self.files.column(name)) if self.files else 0


def run(
    finding: Finding,
    database: Path,
    options: Options,
    *,
    now: datetime,
    again: bool = False,
    watch: Watch | None = None,
) -> Summary:
    """Import the files into the database; nothing is stored unless all of it is.

    `now` is naive UTC. Unchanged files are not opened unless `again`. Raises the errors of files, mappings and store.
    """
    with stores.open_staging() as store, paths.scratch() as folder:
        found, unchanged = _changed(store, finding.files, database, options, again=again)
        recognised, passed_over = _recognise(found, folder, options)
        passed_over = finding.passed_over + passed_over
        if not recognised:
            if not unchanged:
                _explain_nothing(found, passed_over)
            return Summary(None, (), unchanged, passed_over, left_out=finding.left_out)
        with (watch or _unwatched)(len(recognised), sum(item.log.signature.size for item in recognised)):
            read, refused = _stage(store, recognised, found, options, now)
        stores.make(store, database)
        with store.attached(database):
            stores.update_schema(store)
            kept = storing.keep(store, read, now)
    return Summary(
        kept.files,
        _notes(read, recognised, options),
        unchanged,
        passed_over + refused,
        kept.taken_back,
        kept.shrunk,
        kept.overlapping_days,
        finding.left_out,
    )


def preview(
    finding: Finding, database: Path, options: Options, *, now: datetime, again: bool = False, limit: int = 5
) -> tuple[Summary, Result | None]:
    """What an import would read: the notes on each file and the first records, storing nothing.

    `now` is naive UTC. Raises as `run`.
    """
    with stores.open_staging() as store, paths.scratch() as folder:
        found, unchanged = _changed(store, finding.files, database, options, again=again)
        recognised, passed_over = _recognise(found, folder, options)
        passed_over = finding.passed_over + passed_over
        if not recognised:
            if not unchanged:
                _explain_nothing(found, passed_over)
            return Summary(None, (), unchanged, passed_over, left_out=finding.left_out), None
        read, refused = _stage(store, recognised, found, options, now)
        rows = STAGE.query(store, "preview", limit=limit)
        counts = STAGE.query(store, "preview_counts")
    notes = _notes(read, recognised, options)
    return Summary(counts, notes, unchanged, passed_over + refused, left_out=finding.left_out), rows


def is_news(finding: Finding, database: Path, options: Options, *, again: bool = False) -> bool:
    """Whether any of the files is not as it was when it was imported, or would be read in another way."""
    with stores.open_empty() as store:
        return bool(_changed(store, finding.files, database, options, again=again)[0])


def _unwatched(_files: int, _bytes: int) -> AbstractContextManager[None]:
    return nullcontext()


def _changed(
    store: Store, found: tuple[Found, ...], database: Path, options: Options, *, again: bool
) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """The files to read, and the names of those that are as they were and would be read as before."""
    if again or not stores.exists(database):
        return found, ()
    names = [item.label for item in found]
    with store.attached(database, read_only=True):
        if not stores.has_newest_schema(store):
            return found, ()
        known = LISTING.query(store, "signatures", paths=names).records()
    before = {record["path"]: record for record in known}
    unchanged = {
        item.label for item in found if item.label in before and _is_unchanged(item, before[item.label], options)
    }
    changed = tuple(item for item in found if item.label not in unchanged)
    return changed, tuple(name for name in names if name in unchanged)


def _is_unchanged(item: Found, before: dict[str, object], options: Options) -> bool:
    now = item.signature or files.signature(item.name)
    adapter = named(str(before["source"]))
    return (
        now is not None
        and adapter is not None
        and (options.source or item.source or adapter.name) == adapter.name
        and (now.size, now.modified_ns) == (before["size"], before["modified_ns"])
        and adapter.version == before["adapter_version"]
        and options.reading(adapter) == before["reading"]
    )


def _recognise(
    found: tuple[Found, ...], folder: Path, options: Options
) -> tuple[list[Recognised], tuple[tuple[str, str], ...]]:
    """Open and recognise each file. One that was named must be readable; one that was found is passed over."""
    recognised, passed_over = [], []
    for item in found:
        try:
            log = files.open_log(
                item.name,
                folder,
                options.encoding,
                known=item.signature,
                head_bytes=files.SHORT_HEAD_BYTES if item.source else files.HEAD_BYTES,
                is_log=bool(item.source or options.source),
                max_bytes=options.max_bytes,
            )
            log = replace(log, name=without_secrets(log.name))
            recognised.append(recognising.recognise(log, options, item.source))
        except errors.CommandLineError:
            raise
        except errors.Error as error:
            if item.named:
                raise
            passed_over.append((item.label, str(error)))
    return recognised, tuple(passed_over)


def _explain_nothing(found: tuple[Found, ...], passed_over: tuple[tuple[str, str], ...]) -> None:
    """What is found in the places of clients may well hold nothing yet."""
    if passed_over and len(passed_over) >= len(found) and not any(item.source for item in found):
        raise errors.NothingReadable(count=len(found), first=passed_over[0][1])


def _stage(
    store: Store, recognised: list[Recognised], found: tuple[Found, ...], options: Options, now: datetime
) -> tuple[list[ReadFile], tuple[tuple[str, str], ...]]:
    """Stage the files; those with amounts in another currency, without any record, or that break off, are refused.

    Returns the others, and the names of those with why. Raises why where one was named.
    """
    read, failed = staging.stage(store, recognised, options, now)
    refused = _refused(read, recognised) | failed
    were_named = {item.label for item in found if item.named}
    for name, error in refused.items():
        if name in were_named or name.startswith(files.STDIN):
            raise error
        staging.drop(store, [str(item.log.path) for item in recognised if item.log.name == name])
    reasons = tuple((name, str(error)) for name, error in refused.items())
    return [file for file in read if file.name not in refused], reasons


def _refused(read: list[ReadFile], recognised: list[Recognised]) -> dict[str, errors.Error]:
    """Why staged files cannot be stored, by name. A page of a known API without a record is an answer."""
    items = {item.log.name: item for item in recognised}
    cost_headings = {name: item.mapping.fields.get("cost_usd", "") for name, item in items.items() if item.mapping}
    refused: dict[str, errors.Error] = {}
    for file in read:
        if file.is_foreign:
            refused[file.name] = errors.ForeignCurrency(path=file.name, heading=cost_headings.get(file.name, ""))
        elif file.unclosed is not None:
            refused[file.name] = errors.UnclosedQuote(path=file.name, record=file.unclosed)
        elif file.is_mapped and file.is_too_costly and not says_dollars(cost_headings.get(file.name, "")):
            refused[file.name] = errors.TooCostly(path=file.name, heading=cost_headings.get(file.name, ""))
        elif file.records and not file.usable and file.reason is not None:
            refused[file.name] = _not_usable(file, items[file.name], file.reason)
        elif not file.records and file.is_mapped:
            refused[file.name] = errors.NoRecords(path=file.name)
    return refused


def _not_usable(file: ReadFile, item: Recognised, reason: str) -> errors.Error:
    """Why none of the records of a file can be used, with a cell where one is at fault."""
    name = "started_at" if reason == "time not understood" else reason.split(" is not ", maxsplit=1)[0]
    if item.mapping is None or name not in item.odd_cells or name not in item.mapping.fields:
        return errors.NothingUsable(path=file.name, count=file.records, reason=reason)
    return errors.NotUnderstood(
        path=file.name,
        count=file.records,
        reason=reason,
        sample=forms.shown(item.odd_cells[name]),
        heading=item.mapping.fields[name],
        hint=forms.hint(name),
    )


def _notes(read: list[ReadFile], recognised: list[Recognised], options: Options) -> tuple[FileNotes, ...]:
    """The notes on files as they were read, in the order in which they were found."""
    by_name = {file.name: file for file in read}
    return tuple(
        FileNotes(
            item.log.name,
            item.adapter.name,
            item.mapping.fields if item.mapping else {},
            item.mapping.unread if item.mapping else (),
            is_map_ignored=bool(options.fields) and not item.adapter.mapped,
            forms=item.forms.notes,
            **{name: getattr(by_name[item.log.name], name) for name in NOTED},
        )
        for item in recognised
        if item.log.name in by_name
    )
