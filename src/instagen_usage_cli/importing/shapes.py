"""What a text file is made of: a record or a page of records per line, one JSON document, or a table."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = re.compile(r'\{\s*["}]|\[\s*["\[{\]\d]|[\[{]\s*\Z')
# A JSON object that has a list of records, or an object around one, after some plain values.
PAGE = re.compile(r'\{\s*(?:"[^"]*"\s*:\s*(?:"[^"]*"|[-+.\w]+)\s*,\s*)*"(?:data|items|logs|result)"\s*:\s*[\[{]')
LISTS, INNER_LISTS = ("data", "items", "logs", "result"), ("items", "rows")
RECORDS = re.compile(r"\[\s*[\]{]")
DECODER = json.JSONDecoder()


def of_text(head: str, name: str) -> str:
    """The shape of a text file, by its first lines and the ending of its name: as in `LogFile`."""
    start = head.lstrip()
    is_named_table = name.lower().endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zst", ".tsv.zst"))
    if is_named_table and not JSON.match(start):
        return "table"
    if start.startswith("["):
        first, _, others = start.partition("\n")
        return "pages" if "{" in others and _is_json(first) else "document"
    if start.startswith("{"):
        if not _has_record_lines(start):
            return "document"
        return "pages" if _is_page(start) or _is_failed_page(start.partition("\n")[0]) else "lines"
    if start.startswith(("data:", "event:", ":", "id:")):
        return "lines"
    # A first line that is broken does not make a table of the records behind it.
    return "lines" if any(_is_object(line) for line in start.splitlines()[1:]) else "table"


def _has_record_lines(start: str) -> bool:
    """Whether JSON text is a record per line rather than one document over many.

    A first line that goes on beyond the head is a record; so is one followed by a line that is a whole object.
    """
    first, ending, others = start.partition("\n")
    if not ending or _is_object(first):
        return True
    return first.strip() != "{" and any(_is_object(line) for line in others.split("\n"))


def whole_records(start: str) -> Iterator[dict[str, Any]]:
    """The records of a page that lie whole in the start of its text, which is cut off."""
    position = _list_start(start, LISTS)
    try:
        while position is not None:
            record, end = DECODER.raw_decode(start, _next(start, position + 1))
            if isinstance(record, dict):
                yield record
            position = end - 1
    except (ValueError, RecursionError):
        return


def _is_page(start: str) -> bool:
    """Whether a JSON object has a list of records, or an object around one, whatever stands before it."""
    return bool(PAGE.match(start)) or _list_start(start, LISTS) is not None


def _list_start(start: str, names: tuple[str, ...], position: int = 0) -> int | None:
    """Where the list of objects under one of these names begins, in the JSON object at a position of a cut text."""
    position = _next(start, position + 1)
    try:
        while start[position : position + 1] == '"':
            name, position = DECODER.raw_decode(start, position)
            position = _next(start, position)
            if name in names and RECORDS.match(start, position):
                return position
            if name == "data" and start.startswith("{", position):
                inner = _list_start(start, INNER_LISTS, position)
                if inner is not None:
                    return inner
            _, position = DECODER.raw_decode(start, position)
            position = _next(start, position)
    except (ValueError, RecursionError):
        pass
    return None


def _is_failed_page(line: str) -> bool:
    """Whether a line is what an API answers instead of a page; pages may follow."""
    if '"success"' not in line or not _is_object(line):
        return False
    answer = json.loads(line)
    return answer.get("success") is False and not any(isinstance(value, (list, dict)) for value in answer.values())


def _is_object(line: str) -> bool:
    return line.lstrip().startswith("{") and _is_json(line)


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):  # or nested too deeply
        return False
    return True


def _next(text: str, position: int) -> int:
    """Where the next name or value begins."""
    while text[position : position + 1] in (" ", "\t", "\r", "\n", ":", ","):
        position += 1
    return position
