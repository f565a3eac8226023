"""Writers for other programs: full values, ISO times with their offset, nothing for unknown."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import clean, is_number, local, text
from instagen_usage_cli.output.headings import heading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from instagen_usage_cli.output.document import Document
    from instagen_usage_cli.result import Column

JSON_FORMAT = 1
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
# Marks an exact number on its way through json, which would make it a float.
NUMBER = "\x00"


def to_csv(document: Document) -> str:
    """RFC 4180: a heading line, CRLF. Text that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(document.rows.names)
    for row in document.rows.rows:
        values = zip(document.rows.names, row, strict=True)
        writer.writerow(_guarded(_plain(name, value, document)) for name, value in values)
    return out.getvalue()


def to_json(document: Document) -> str:
    """One object: `format`, `report`, the details of the report, and `rows`."""
    content = {
        "format": JSON_FORMAT,
        "report": document.name,
        **_json_values(document.details, document),
        "rows": [_json_values(record, document) for record in document.rows.records()],
    }
    return _dumped(content, indent=2) + "\n"


def to_jsonl(document: Document) -> str:
    """One object per row."""
    return "".join(f"{_dumped(_json_values(record, document))}\n" for record in document.rows.records())


def to_markdown(document: Document) -> str:
    """A table as people read it, with a row for the total."""
    columns = document.columns
    rows = [_cells(columns, record, document) for record in document.rows.records()]
    if document.total:
        rows.append(["**Total**", *_cells(columns[1:], document.total, document)])
    lines = [
        _line(heading(column.name) for column in columns),
        _line("---:" if is_number(column.type) else "---" for column in columns),
        *(_line(cells) for cells in rows),
        *(f"\n{_escaped(clean(note))}" for note in document.notes),
    ]
    return "\n".join(lines) + "\n"


def _escaped(shown: str) -> str:
    """A text without what would become HTML, a link or a picture."""
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", shown.replace("](", "]\\("))


def _cells(columns: Sequence[Column], record: dict[str, Any], document: Document) -> list[str]:
    """The cells of a row as people read them; nothing where a total has no such column."""
    return [
        _escaped(text(column.name, record[column.name], document.zone, document.every)).replace("|", "\\|")
        if column.name in record
        else ""
        for column in columns
    ]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(name: str, value: Any, document: Document) -> Any:  # noqa: ANN401
    """A value for a CSV cell, before it is guarded."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Decimal):
        return _Number(_exact(value))
    if isinstance(value, datetime):
        return _Number(_iso(name, value, document))
    if isinstance(value, bool):
        return _Number(str(value).lower())
    if isinstance(value, list):
        return ";".join(clean(str(item)) for item in value)
    return value


class _Number(str):
    """A text that is no free text, and so never guarded."""

    __slots__ = ()


def _guarded(value: Any) -> Any:  # noqa: ANN401
    is_free_text = isinstance(value, str) and not isinstance(value, _Number)
    return f"'{value}" if is_free_text and value.startswith(DANGEROUS) else value


def _json_values(record: dict[str, Any], document: Document) -> dict[str, Any]:
    return {name: _json_value(name, value, document) for name, value in record.items()}


def _json_value(name: str, value: Any, document: Document) -> Any:  # noqa: ANN401 - one case each
    if isinstance(value, Decimal):
        return NUMBER + _exact(value)
    if isinstance(value, datetime):
        return _iso(name, value, document)
    if isinstance(value, dict):
        return _json_values(value, document)
    if isinstance(value, list | tuple):
        return [_json_value(name, item, document) for item in value]
    if isinstance(value, str):
        return clean(value)
    return value


def _dumped(content: Any, indent: int | None = None) -> str:  # noqa: ANN401
    dumped = json.dumps(content, ensure_ascii=False, indent=indent)
    return re.sub(r'"\\u0000([^"]*)"', r"\1", dumped)


def _exact(value: Decimal) -> str:
    plain = f"{value:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _iso(name: str, value: datetime, document: Document) -> str:
    moment = local(value, document.zone) if value.tzinfo is None else value.astimezone(document.zone)
    if name == "bucket" and document.every in ("day", "week", "month"):
        return moment.date().isoformat()
    return moment.isoformat()


# The format → its writer. A table is printed by `to_table`.
WRITERS: dict[str, Callable[[Document], str]] = {
    "csv": to_csv,
    "json": to_json,
    "jsonl": to_jsonl,
    "markdown": to_markdown,
}
