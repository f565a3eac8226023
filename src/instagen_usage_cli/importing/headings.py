"""Which column of a CSV, or key of a JSON record, is which field: recognised by name, never guessed by content."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors
from instagen_usage_cli.importing.fields import FIELDS, FOREIGN, MEASURES, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = (",", ";", "\t", "|")
MAX_HEADINGS_SHOWN = 20
MAX_HEADING_SHOWN = 40
MAX_NESTING = 50  # of JSON keys: nothing that lies deeper is a field
ROWS_LOOKED_AT = 20
# A column that says what the numbers beside it are, and what it says where they are counts.
KIND = re.compile(
    r"((token|usage|cost|charge|line) )?(type|unit|kind|metric|measure|category|item)s?|类型|类别|单位", re.IGNORECASE
)
COUNTED = re.compile(r"token|request|count|call|次数|数量|请求", re.IGNORECASE)


@dataclass(frozen=True)
class Mapping:
    """How the columns of a file are read.

    `fields` maps a field to its heading; `unread` are the other headings, as they may be shown; `columns` is the
    `$columns` parameter of `cells`; `skip` counts the lines up to and including the heading; `source_tz` is the zone
    that the heading of the time names, if it does.
    """

    fields: dict[str, str]
    columns: dict[str, Any] = field(hash=False)
    unread: tuple[str, ...] = ()
    delimiter: str = ","
    skip: int = 0
    source_tz: str | None = None


def of_table(head: str, name: str, wanted: dict[str, str]) -> Mapping:
    """The mapping of a CSV file, from its first lines and the wanted field=heading pairs.

    Raises `NoTimeColumn`, `NoMeasureColumn`, `CompetingColumns`, `NoSuchHeading` or `ForeignCurrency`.
    """
    delimiter, skip, headings = _heading_row(head)
    fields = _recognise(headings, name, wanted)
    of_heading = {heading: field for field, heading in fields.items()}
    columns = {}
    for position, heading in enumerate(headings):
        field_name = of_heading.pop(heading, None)  # of two equal headings the first is meant
        columns[field_name or f"unused {position}"] = "varchar"
    _check_money(fields, name, [dict(zip(headings, cells, strict=False)) for cells in _rows(head, delimiter, skip)])
    return Mapping(fields, columns, _unread(headings, fields), delimiter, skip, _zone(fields))


def as_they_are(head: str) -> Mapping:
    """The columns of a CSV file under their own headings, for a source that knows them."""
    delimiter, skip, headings = _heading_row(head)
    taken: set[str] = set()
    columns = {}
    for position, heading in enumerate(headings):
        is_free = heading and heading.casefold() not in taken
        taken.add(heading.casefold())
        columns[heading if is_free else f"unused {position}"] = "varchar"
    return Mapping({}, columns, (), delimiter, skip)


def of_head(head: str, shape: str) -> list[str]:
    """The headings of a table: of CSV in its heading row; of others one per line, of Parquet before its type."""
    return _heading_row(head)[2] if shape == "table" else [line.split("\t")[0] for line in head.splitlines()]


def of_records(head: str, shape: str, name: str, wanted: dict[str, str]) -> Mapping:
    """The mapping of JSON records, from the keys in the first 64 KiB; nested keys are written with dots.

    Raises as `of_table`.
    """
    pointers: dict[str, str] = {}
    samples: list[dict[str, Any]] = []
    for record in _sample(head, shape):
        samples.append(record)
        for key, pointer in _keys(record):
            pointers.setdefault(key, pointer)
    if not pointers:
        if _is_empty(head):
            raise errors.NoRecords(path=name)
        raise errors.Unreadable(
            path=name, why="no JSON object ends within its first 64 KiB; say which source it is with --from"
        )
    fields = _recognise(list(pointers), name, wanted, anywhere=True)
    found = {field: pointers.get(key) or _pointer(*key.split(".")) for field, key in fields.items()}
    positions = {field: position for position, field in enumerate(found, 1)}
    columns = {"pointers": list(found.values()), **{field: positions.get(field, 0) for field in FIELDS}}
    _check_money(fields, name, samples)
    return Mapping(fields, columns, _unread(list(pointers), fields), source_tz=_zone(fields))


def _zone(fields: dict[str, str]) -> str | None:
    """`Time (UTC)` and `created_at_utc` name their zone."""
    words = re.split(r"[^a-z]+", unicodedata.normalize("NFKC", fields["started_at"]).casefold())
    return "UTC" if {"utc", "gmt"} & set(words) else None


def _recognise(headings: list[str], name: str, wanted: dict[str, str], *, anywhere: bool = False) -> dict[str, str]:
    fields = _wanted(headings, name, wanted, anywhere=anywhere)
    taken = set(fields.values())
    candidates: dict[str, list[str]] = {}
    foreign = ""
    beside = {field for heading in headings if (field := field_of(heading)[0])} | set(fields)
    for heading in headings:
        found, unit = field_of(heading, beside)
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


def _check_money(fields: dict[str, str], name: str, samples: list[dict[str, Any]]) -> None:
    """See to it that a column named like money does not hold counts, as one beside it says. Raises `CountsAsMoney`."""
    if "cost_usd" not in fields or any(field.endswith("_tokens") for field in fields):
        return
    for sample in samples:
        for heading, cell in sample.items():
            if heading and KIND.fullmatch(heading.strip()) and isinstance(cell, str) and COUNTED.search(cell):
                raise errors.CountsAsMoney(path=name, heading=fields["cost_usd"], beside=heading, found=_cut(cell))


def _rows(head: str, delimiter: str, skip: int) -> Iterator[list[str]]:
    """The first rows of a table, as far as they are plain."""
    try:
        yield from csv.reader(head.splitlines()[skip : skip + ROWS_LOOKED_AT], delimiter=delimiter)
    except csv.Error:
        return


def _unread(headings: list[str], fields: dict[str, str]) -> tuple[str, ...]:
    """The headings that are no field, as they may be shown."""
    read = set(fields.values())
    return tuple(dict.fromkeys(_cut(heading) for heading in headings if heading and heading not in read))


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


def _heading_row(head: str) -> tuple[str, int, list[str]]:
    """The delimiter, the lines up to and including the headings, and the headings."""
    lines = head.splitlines()
    skip = 0
    if lines and re.fullmatch(r"sep=.", lines[0].strip(), re.IGNORECASE):
        skip = 1
    while skip < len(lines) - 1 and not lines[skip].strip(" ,;\t|"):
        skip += 1
    first = lines[skip] if skip < len(lines) else ""
    delimiter = max(DELIMITERS, key=lambda mark: (_outside_quotes(first).count(mark), mark == ","))
    headings = next(csv.reader([first], delimiter=delimiter), [])
    return delimiter, skip + 1, [heading.strip() for heading in headings]


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


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
        return
    if isinstance(record, dict):
        yield from _elements(record)


def _keys(record: dict[str, Any], *above: str) -> Iterator[tuple[str, str]]:
    """Each key of a record, nested ones written with dots, and the JSON pointer to it."""
    for key, value in record.items():
        if not isinstance(value, dict):
            yield ".".join((*above, key)), _pointer(*above, key)
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
