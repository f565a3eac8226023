"""Which column of a CSV, or key of a JSON record, is which field: recognised by name, never guessed by content."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors
from instagen_usage_cli.importing import heading_rows, shapes
from instagen_usage_cli.importing.fields import FIELDS, FOREIGN, MEASURES, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_HEADINGS_SHOWN = 20
TRUE_OR_FALSE = frozenset({"true", "false", "yes", "no"})
FLAGS: dict[str, str | None] = {"cache_read_tokens": "cache_hit", "failed_requests": None}
# Cloudflare's gateway says in its documents, but not in its keys, that durations are in milliseconds.
CLOUDFLARE = frozenset({"created_at", "model", "tokens_in", "tokens_out", "duration", "cached"})
MAX_HEADING_SHOWN = 40
MAX_NESTING = 50  # of JSON keys: nothing that lies deeper is a field
# A column that says what the numbers beside it are, and what it says where they are counts.
KIND = re.compile(
    r"((token|usage|cost|charge|line) )?(type|unit|kind|metric|measure|category|item)s?|类型|类别|单位", re.IGNORECASE
)
NAME = re.compile(r"[A-Za-z_]+(\.[A-Za-z_]+)*")
COUNTED = re.compile(r"token|request|count|call|次数|数量|请求", re.IGNORECASE)


@dataclass(frozen=True)
class Mapping:
    """How the columns of a file are read.

    `fields` maps a field to its heading; `unread` are the other headings, as they may be shown; `columns` is the
    `$columns` parameter of `cells`; `skip` counts the records up to and including the headings, `lines` their lines;
    `escape` is what stands before a quote within quotes; `source_tz` is the zone that the heading of the time names, if
    it does; `samples` has the first cells of each field.
    """

    fields: dict[str, str]
    columns: dict[str, Any] = field(hash=False)
    unread: tuple[str, ...] = ()
    delimiter: str = ","
    skip: int = 0
    lines: int = 0
    escape: str = heading_rows.QUOTE
    source_tz: str | None = None
    samples: dict[str, set[str]] = field(default_factory=dict, hash=False, compare=False)


def of_table(head: str, name: str, wanted: dict[str, str], skip_lines: int = 0) -> Mapping:
    """The mapping of a CSV file, from its first lines and the wanted field=heading pairs.

    Raises `NoTimeColumn`, `NoMeasureColumn`, `CompetingColumns`, `NoSuchHeading` or `ForeignCurrency`.
    """
    row = heading_rows.find(head, wanted, skip_lines)
    samples = heading_rows.samples(head, row)
    fields = _recognise(row.headings, name, wanted, _flags(samples))
    of_heading = {heading: field for field, heading in fields.items()}
    columns = {}
    for position, heading in enumerate(row.headings):
        field_name = of_heading.pop(heading, None)  # of two equal headings the first is meant
        columns[field_name or f"unused {position}"] = "varchar"
    _check_money(fields, name, samples)
    return Mapping(
        fields,
        columns,
        _unread(row.headings, fields),
        row.delimiter,
        row.skip,
        row.lines,
        row.escape,
        _zone(fields),
        _of_fields(samples, fields),
    )


def as_they_are(head: str, skip_lines: int = 0) -> Mapping:
    """The columns of a CSV file under their own headings, for a source that knows them."""
    row = heading_rows.find(head, {}, skip_lines)
    taken: set[str] = set()
    columns = {}
    for position, heading in enumerate(row.headings):
        is_free = heading and heading.casefold() not in taken
        taken.add(heading.casefold())
        columns[heading if is_free else f"unused {position}"] = "varchar"
    return Mapping({}, columns, (), row.delimiter, row.skip, row.lines, row.escape)


def of_head(head: str, shape: str, skip_lines: int = 0) -> list[str]:
    """The headings of a table: of CSV in its heading row; of others one per line, of Parquet before its type."""
    if shape == "table":
        return heading_rows.find(head, {}, skip_lines).headings
    return [line.split("\t")[0] for line in head.splitlines()]


def of_records(head: str, shape: str, name: str, wanted: dict[str, str]) -> Mapping:
    """The mapping of JSON records, from the keys in the first 64 KiB; nested keys are written with dots.

    Raises as `of_table`.
    """
    pointers: dict[str, str] = {}
    samples: dict[str, set[str]] = {}
    for record in _sample(head, shape):
        for key, pointer, value in _keys(record):
            pointers.setdefault(key, pointer)
            if value is not None:
                samples.setdefault(key, set()).add(str(value).strip())
    if not pointers:
        if _is_empty(head):
            raise errors.NoRecords(path=name)
        raise errors.Unreadable(
            path=name, why="no JSON object ends within its first 64 KiB; say which source it is with --from"
        )
    fields = _recognise(list(pointers), name, wanted, _flags(samples), anywhere=True)
    found = {field: pointers.get(key) or _pointer(*key.split(".")) for field, key in fields.items()}
    positions = {field: position for position, field in enumerate(found, 1)}
    columns = {"pointers": list(found.values()), **{field: positions.get(field, 0) for field in FIELDS}}
    _check_money(fields, name, samples)
    return Mapping(
        fields,
        columns,
        _unread_keys(list(pointers), fields),
        source_tz=_zone(fields),
        samples=_of_fields(samples, fields),
    )


def _of_fields(samples: dict[str, set[str]], fields: dict[str, str]) -> dict[str, set[str]]:
    return {name: samples[heading] for name, heading in fields.items() if heading in samples}


def _zone(fields: dict[str, str]) -> str | None:
    """`Time (UTC)` and `created_at_utc` name their zone."""
    words = re.split(r"[^a-z]+", unicodedata.normalize("NFKC", fields["started_at"]).casefold())
    return "UTC" if {"utc", "gmt"} & set(words) else None


def _flags(samples: dict[str, set[str]]) -> frozenset[str]:
    """The headings whose cells are only ever true or false."""
    return frozenset(
        heading for heading, cells in samples.items() if {cell.casefold() for cell in cells} <= TRUE_OR_FALSE
    )


def _recognise(
    headings: list[str],
    name: str,
    wanted: dict[str, str],
    flags: frozenset[str] = frozenset(),
    *,
    anywhere: bool = False,
) -> dict[str, str]:
    fields = _wanted(headings, name, wanted, anywhere=anywhere)
    taken = set(fields.values())
    candidates: dict[str, list[str]] = {}
    foreign = ""
    beside = {field for heading in headings if (field := field_of(heading)[0])} | set(fields)
    for heading in headings:
        found, unit = field_of(heading, beside)
        if heading in flags:  # whether something was cached is no count of it
            found = FLAGS.get(found or "", found)
        elif found is None and heading == "duration" and CLOUDFLARE.issubset(headings):
            found = "duration_ms"
        if unit in FOREIGN and found == "cost_usd":
            foreign = heading
        elif found and found not in wanted and heading not in taken:
            candidates.setdefault(found, []).append(heading)
    for found, competing in candidates.items():
        fields[found] = _one_of(found, competing, name)
    if foreign and "cost_usd" not in fields and "cost_usd" not in wanted:
        raise errors.ForeignCurrency(path=name, heading=foreign)
    _check(fields, name, headings)
    return fields


def _check_money(fields: dict[str, str], name: str, samples: dict[str, set[str]]) -> None:
    """See to it that a column named like money does not hold counts, as one beside it says. Raises `CountsAsMoney`."""
    if "cost_usd" not in fields or any(field.endswith("_tokens") for field in fields):
        return
    for heading in filter(KIND.fullmatch, samples):
        for cell in sorted(filter(COUNTED.search, samples[heading])):
            raise errors.CountsAsMoney(path=name, heading=fields["cost_usd"], beside=heading, found=_cut(cell))


def _unread(headings: list[str], fields: dict[str, str]) -> tuple[str, ...]:
    """The headings that are no field, as they may be shown."""
    read = set(fields.values())
    return tuple(dict.fromkeys(_cut(heading) for heading in headings if heading and heading not in read))


def _unread_keys(keys: list[str], fields: dict[str, str]) -> tuple[str, ...]:
    """The same of the keys of JSON, where only what reads like a name is one: keys may be data, or somebody's text."""
    return tuple(key for key in _unread(keys, fields) if NAME.fullmatch(key))


def _wanted(headings: list[str], name: str, wanted: dict[str, str], *, anywhere: bool) -> dict[str, str]:
    """The pairs given by the user; a heading may be given in any case. An empty heading leaves a field out."""
    by_fold = {heading.casefold(): heading for heading in reversed(headings)}
    fields = {}
    for field_name, heading in wanted.items():
        found = heading if heading in headings else by_fold.get(heading.casefold())
        if heading and found is None and not anywhere:
            raise errors.NoSuchHeading(path=name, heading=heading, found=_shown(headings))
        if heading:
            fields[field_name] = found or heading
    return fields


def _one_of(found: str, competing: list[str], name: str) -> str:
    """The one heading for a field: one that says tokens where tokens are meant, and of those the least nested.

    Raises `CompetingColumns` when there are two of them.
    """
    distinct = list(dict.fromkeys(competing))
    if found.endswith("_tokens"):  # `input` beside `input_tokens` is a text
        distinct = [heading for heading in distinct if _says_tokens(heading)] or distinct
    depth = min(heading.count(".") for heading in distinct)
    nearest = [heading for heading in distinct if heading.count(".") == depth]
    if len(nearest) > 1 and found != "currency":
        headings = " and ".join(repr(heading) for heading in nearest)
        raise errors.CompetingColumns(path=name, headings=headings, field=found)
    return nearest[0]


def _says_tokens(heading: str) -> bool:
    return "token" in heading.rsplit(".", 1)[-1].casefold() or "令牌" in heading


def _check(fields: dict[str, str], name: str, headings: list[str]) -> None:
    if "started_at" not in fields:
        raise errors.NoTimeColumn(path=name, found=_shown(headings))
    if not any(measure in fields for measure in MEASURES):
        raise errors.NoMeasureColumn(path=name, found=_shown(headings))


def _sample(head: str, shape: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that lie whole in the head; the records of those that are pages."""
    if shape in ("lines", "pages"):
        for line in head.splitlines():
            yield from _objects(line)
        return
    decoder, position = json.JSONDecoder(), head.find("{")
    while position >= 0:
        try:
            record, end = decoder.raw_decode(head, position)
        except (ValueError, RecursionError):
            yield from shapes.whole_records(head[position:])
            return
        if isinstance(record, dict):
            yield from _elements(record)
        position = head.find("{", end)


def _is_empty(head: str) -> bool:
    """Whether a file is one JSON value without any record."""
    try:
        content = json.loads(head)
    except (ValueError, RecursionError):
        return False
    return content == [] or (isinstance(content, dict) and not _elements(content))


def _elements(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a page of an API, or the record itself: as `elements_of` in readers/values.sql."""
    data = record.get("data")
    inner = data if isinstance(data, dict) else {}
    lists = [inner.get("items"), inner.get("rows"), None if "usage" in record else data]
    lists += [record.get(name) for name in ("items", "logs", "result")]
    found = next((each for each in lists if isinstance(each, list)), [record])
    return [each for each in found if isinstance(each, dict)]


def _objects(line: str) -> Iterator[dict[str, Any]]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        if line.startswith("{"):
            yield from shapes.whole_records(line)
        return
    if isinstance(record, dict):
        yield from _elements(record)


def _keys(record: dict[str, Any], *above: str) -> Iterator[tuple[str, str, Any]]:
    """Each key of a record, nested ones written with dots, the JSON pointer to it, and its value."""
    for key, value in record.items():
        if not isinstance(value, dict):
            yield ".".join((*above, key)), _pointer(*above, key), value
        elif len(above) < MAX_NESTING:
            yield from _keys(value, *above, key)


def _pointer(*keys: str) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def _shown(headings: list[str]) -> str:
    more = ", …" if len(headings) > MAX_HEADINGS_SHOWN else ""
    return (", ".join(map(_cut, headings[:MAX_HEADINGS_SHOWN])) or "none") + more


def _cut(heading: str) -> str:
    """A heading as it may be shown: what reads like a sentence or like JSON may be somebody's text."""
    if not re.fullmatch(r"[^\s{}\[\]\"]*( [^\s{}\[\]\"]+){0,3}", heading):
        return "…"
    return heading if len(heading) <= MAX_HEADING_SHOWN else heading[:MAX_HEADING_SHOWN] + "…"
