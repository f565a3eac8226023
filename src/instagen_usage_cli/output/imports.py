"""How an import is told: where every record went, and how each file was read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import size
from instagen_usage_cli.output.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.importing import FileNotes, Summary
    from instagen_usage_cli.importing.places import Looked
    from instagen_usage_cli.result import Result

OUTCOMES = {
    "new": "new",
    "already_stored": "already stored",
    "improved": "improved",
    "replaced": "replaced",
    "repeat": "repeat",
    "skipped": "skipped",
}
SOURCES_NOTE = (
    "usage import, without a path, imports what is found here. Files of the other sources are named: usage import FILE."
    " More places: [import] in the config. Places in full: --wide."
)
FILES_TOLD = 20
LEFT_OUT_TOLD = 5
TAKEN_BACK_TOLD = 3
REASONS_TOLD = 5
LINE_SHOWN = 500
UNREAD_TOLD = 8


def found_lines(looked: Iterable[Looked]) -> list[str]:
    """What lies where clients keep their logs, place by place."""
    lines = ["Found on this machine:"]
    for each in looked:
        number = len(each.finding.files)
        if number:
            files = f"{number:,} file{'s' if number != 1 else ''}"
            lines.append(f"  {each.source or 'config'}: {files}, {size(each.size)}, {each.place}")
    return lines


def sources_document(rows: Result, closed: tuple[str, ...], zone: ZoneInfo) -> Document:
    """Every source, where it is looked for, and what is there."""
    return Document(
        name="sources",
        rows=rows,
        hidden=("title", "imported_files"),
        notes=(*closed, SOURCES_NOTE),
        zone=zone,
    )


def summary_lines(summary: Summary, database: Path) -> list[str]:
    """What became of every record, in lines that add up."""
    lines = []
    files = summary.files.records() if summary.files else []
    if files:
        lines.append(_account(summary, len(files)))
        notes = {note.name: note for note in summary.notes}
        if len(files) <= FILES_TOLD:
            for record in files:
                lines.extend(_file_lines(record, notes[record["path"]]))
        else:
            lines.extend(_source_lines(files, notes))
    lines.extend(_around(summary))
    if not files or not any(summary.total(name) for name in ("new", "improved", "replaced")):
        lines.append("Nothing new.")
    lines.append(f"Database: {database}")
    return lines


def preview_lines(summary: Summary) -> list[str]:
    """What an import would read: file by file or, where they are many, source by source."""
    lines = ["Nothing is stored: this is a dry run."]
    notes = {note.name: note for note in summary.notes}
    files = summary.files.records() if summary.files else []
    if len(files) <= FILES_TOLD:
        for record in files:
            note = notes[record["path"]]
            lines.append(f"  {record['path']}: {record['source']}, {_kind(note)}, {_would_read([record])}")
            lines.extend(_reading_lines(note))
    else:
        for source, records in _by_source(files):
            lines.append(f"  {source}, {len(records):,} file{'s' if len(records) != 1 else ''}: {_would_read(records)}")
            lines.extend(_shared_lines(records, notes))
    lines.extend(_beside(summary))
    return lines


def _would_read(records: list[dict[str, Any]]) -> str:
    read, skipped = (sum(record[name] for record in records) for name in ("read", "skipped"))
    return f"{read:,} records, {skipped:,} of them skipped"


def listing(name: str, rows: Result, zone: ZoneInfo, empty: str) -> Document:
    """A plain list as a document."""
    droppable = ("repeat", "replaced", "improved", "first_at", "last_at", "imported_at", "byte_offset")
    return Document(name=name, rows=rows, zone=zone, empty=empty, droppable=droppable)


def _account(summary: Summary, files: int) -> str:
    counts = [
        f"{summary.total(name):,} {words}{_reasons(summary) if name == 'skipped' else ''}"
        for name, words in OUTCOMES.items()
        if summary.total(name)
    ]
    word = "file" if files == 1 else "files"
    return f"Read {summary.total('read'):,} records from {files:,} {word}{': ' if counts else ''}{', '.join(counts)}."


def _reasons(summary: Summary) -> str:
    """The most frequent reasons; all of them stand beside their records in `usage skipped`."""
    counts = sorted(_reason_counts(summary).items(), key=lambda each: (-each[1], each[0]))
    told = ", ".join(f"{number:,} {reason}" for reason, number in counts[:REASONS_TOLD])
    others = sum(number for _, number in counts[REASONS_TOLD:])
    return f" ({told}{f', {others:,} for other reasons' if others else ''})"


def _reason_counts(summary: Summary) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for record in summary.files.records() if summary.files else []:
        for reason, number in (record["skipped_reasons"] or {}).items():
            reasons[reason] = reasons.get(reason, 0) + number
    return reasons


def _file_lines(record: dict[str, Any], note: FileNotes) -> Iterator[str]:
    counts = ", ".join(f"{record[name]:,} {words}" for name, words in OUTCOMES.items() if record[name])
    read = f"{record['read']:,} read = {counts}" if counts else "no records"
    yield f"  {record['path']}: {record['source']}, {_kind(note)}, {read}"
    yield from _reading_lines(note)


def _source_lines(files: list[dict[str, Any]], notes: dict[str, FileNotes]) -> Iterator[str]:
    """Many files, source by source."""
    for source, records in _by_source(files):
        sums = {name: sum(record[name] for record in records) for name in OUTCOMES}
        counts = ", ".join(f"{number:,} {OUTCOMES[name]}" for name, number in sums.items() if number)
        counted = f"{len(records):,} file{'s' if len(records) != 1 else ''}"
        yield f"  {source}, {counted}: {sum(record['read'] for record in records):,} read{counts and ' = '}{counts}"
        yield from _shared_lines(records, notes)
    yield "  file by file: usage imports"


def _by_source(files: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for source in dict.fromkeys(record["source"] for record in files):
        yield source, [record for record in files if record["source"] == source]


def _shared_lines(records: list[dict[str, Any]], notes: dict[str, FileNotes]) -> Iterator[str]:
    """What is worth knowing of how files were read, once for all that it holds of."""
    told = Counter(line for record in records for line in _reading_lines(notes[record["path"]]))
    for line, number in told.items():
        yield line if number == len(records) else f"{line} ({number:,} of the files)"


def _kind(note: FileNotes) -> str:
    return "a statement" if note.is_statement else "requests"


def _reading_lines(note: FileNotes) -> Iterator[str]:
    if note.fields:
        pairs = ", ".join(f"{field} = {heading}" for field, heading in note.fields.items())
        yield f"    columns: {pairs}"
    if note.unread:
        more = ", …" if len(note.unread) > UNREAD_TOLD else ""
        yield f"    not read: {', '.join(note.unread[:UNREAD_TOLD])}{more}"
    if note.is_map_ignored:
        yield f"    columns: those of {note.source}; --map is for other files"
    yield from (f"    {line}" for line in note.forms)
    if note.default_provider:
        yield "    provider: instagen, because the file does not say (--set provider=NAME for another)"
    if note.unknown_provider:
        yield f"    provider: unknown in {note.unknown_provider:,} (--set provider=NAME says it)"
    if note.unzoned:
        yield f"    times: {note.unzoned:,} without a zone, read as {note.source_tz} (--source-tz for another)"
    if note.repeated_hour:
        yield f"    times: {note.repeated_hour:,} in an hour that the clock showed twice, taken as the first"
    if note.token_mismatch:
        records = f"{note.token_mismatch:,} record{'s' if note.token_mismatch != 1 else ''}"
        yield f"    tokens: {records} whose parts do not add up to the total; only that is kept"


def _around(summary: Summary) -> Iterator[str]:
    """What there is to say beside what became of the records."""
    if any(not reason.startswith("not a request") for reason in _reason_counts(summary)):
        yield "What could not be read, and why: usage skipped"
    if summary.overlapping_days:
        host_days = f"{summary.overlapping_days:,} host-day{'s' if summary.overlapping_days != 1 else ''}"
        yield f"On {host_days} another source has requests like these: see usage overlaps --period all."
    for name, buckets, first in summary.shrunk:
        periods = f"{buckets:,} period{'s' if buckets != 1 else ''}"
        yield (
            f"{name} replaces {periods} of an earlier file, from {first:%Y-%m-%d %H:%M} UTC on, and drops some of it:"
            " if both are parts of one report, import each with its own --set project=NAME or account=NAME."
        )
    if len(summary.taken_back) > TAKEN_BACK_TOLD:
        yield f"Read {len(summary.taken_back):,} files anew: they were imported with other settings before."
    else:
        for name in summary.taken_back:
            yield f"Read {name} anew: it was imported with other settings before."
    yield from _beside(summary)


def _beside(summary: Summary) -> Iterator[str]:
    """What there is to say of files that were not read."""
    if summary.unchanged:
        number = len(summary.unchanged)
        files = "1 file has" if number == 1 else f"{number:,} files have"
        yield f"{files} not changed since the last import and {'was' if number == 1 else 'were'} not opened."
    for _, why in summary.passed_over:
        yield f"Passed over: {why}"
    if summary.left_out:
        names = ", ".join(name.rpartition("/")[2] for name in summary.left_out[:LEFT_OUT_TOLD])
        more = ", …" if len(summary.left_out) > LEFT_OUT_TOLD else ""
        files = f"{len(summary.left_out):,} file{'s' if len(summary.left_out) != 1 else ''}"
        yield f"Not opened: {files} with other endings ({names}{more}); name those that are logs."


def skipped_lines(rows: Result, texts: dict[tuple[str, int], str]) -> list[str]:
    """Each skipped record with its place, its reason and, where it can still be read, its line."""
    lines = []
    for record in rows.records():
        place = f"line {record['line']}" if record["line"] is not None else f"record {record['record']}"
        lines.append(f"{record['path']}, {place}: {record['reason']}")
        text = texts.get((record["path"], record["line"]))
        if text is not None:
            lines.append("    " + (text if len(text) <= LINE_SHOWN else text[:LINE_SHOWN] + " …"))
    return lines or ["No record was skipped."]
