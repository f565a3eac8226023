"""What can be wrong with a record. Every mutation takes its dice and gives bytes without a line end, or a row."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from fuzz import databases, stamps
from fuzz.databases import Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

# What stands where something else should.
VALUES: tuple[Any, ...] = (
    None, True, False, -1, 0, 1.5, -0.0, 9e15, 1e300, -1e300, 10**18, 2**63 - 1, 2**63, 2**64, 10**40, "", " ", "text",
    "NaN", "-Infinity", "1e999", "0x10", "１２", "1,234", "\u0000", "a\u0000b", "\ud800", "\ufeff", "\u2028", "'", '"',
    "\\", "\n", "\r\n", "\t", "😀" * 50, [], {}, [[]], [None], {"a": None}, [1, "2", {"a": 3}], "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z", "2026-02-30T25:61:61Z", "0000-00-00", "2026-01-01T00:00:00+99:99", "-1", "1e400",
    99999999999, 1e18, -62135596800, "x" * 20_000,
)  # fmt: skip
# JSON that no writer gives, or that is no JSON.
RAW = (
    b"NaN", b"-Infinity", b"1e400", b"-1e-400", b"7" * 400, b"0." + b"3" * 400, b"01", b"+1", b"1.", b"'text'", b"",
    b"undefined", b'"\\ud800"', b'"\\u0000"', b'"\\x"', b'"\\udfff\\ud800"', b'"a\tb"', b"{", b"]",
    b'{"a":1,"a":2}', b"1e5", b"1E+2",
)  # fmt: skip
DEPTHS = (100, 900, 1100, 5000, 20_000)
BYTES = (
    b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xef\xbb\xbf", b"\x01", b"\x0b", b"\x1a",
    b"\x7f", b"\x85", b"\r", b"\xe2\x80\xa8", b'"', b"\\", b"'", b",", b"{", b"}", b"[", b"]", b":",
)  # fmt: skip
LINES = (
    b"", b" ", b"\t", b"null", b"true", b"17", b'"text"', b"[]", b"{}", b"[[]]", b"{]", b"\xef\xbb\xbf", b"\xff\xfe",
    b"\0", b"\0" * 64, b"#", b"data:", b"data: [DONE]", b"event: x", b"-- ", b"'", b"\\", b"{}{}", b"\r", b"\r\r",
)  # fmt: skip
# What a cell of a database can be, beside what is in a text.
CELLS: tuple[Any, ...] = (
    None, None, 2**63 - 1, -(2**63), float("inf"), float("-inf"), 1e-300, b"", b"\0", b"\xff\xfe", b"a\0b",
    bytes(range(256)),
    Text(b"\0"), Text(b"a\0b"), Text(b"\xff\xfe"), Text(b"\xed\xa0\x80"), Text(b"2026-01-01\0"), Text(b"\xf0\x9f"),
)  # fmt: skip
HOLE = "@hole@"


def _places(tree: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - as JSON gives it
    """Every value in a tree, by what holds it and where."""
    found = []
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found


def other_value(dice: Random, tree: Any) -> None:  # noqa: ANN401 - as JSON gives it
    """One to three values become something else."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        places = _places(tree)
        if places:
            holder, key = dice.choice(places)
            holder[key] = copy.deepcopy(dice.choice(VALUES))


def gone(dice: Random, tree: Any) -> None:  # noqa: ANN401 - as JSON gives it
    """One to three values are not there."""
    for _ in range(dice.choice((1, 1, 2, 3))):
        places = _places(tree)
        if places:
            holder, key = dice.choice(places)
            del holder[key]


def unknown(dice: Random, tree: Any) -> None:  # noqa: ANN401 - as JSON gives it
    """Something more than there should be."""
    holders = [tree, *(holder[key] for holder, key in _places(tree))]
    holder = dice.choice([holder for holder in holders if isinstance(holder, dict | list)])
    if isinstance(holder, list):
        holder.append(copy.deepcopy(dice.choice(VALUES)))
    else:
        holder[dice.choice(("", "new", "Id", "MODEL", "a.b", "\u0000", "x" * 300))] = copy.deepcopy(dice.choice(VALUES))


TREES: tuple[Callable[[Random, Any], None], ...] = (other_value, other_value, gone, unknown)


def with_raw(dice: Random, tree: Any) -> bytes:  # noqa: ANN401 - as JSON gives it
    """A value becomes what is hardly JSON."""
    return _filled(dice, tree, dice.choice(RAW))


def deep(dice: Random, tree: Any) -> bytes:  # noqa: ANN401 - as JSON gives it
    """A value becomes lists or objects within each other, closed or not."""
    depth = dice.choice(DEPTHS)
    opening, closing = dice.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return _filled(dice, tree, opening * depth + dice.choice((b"1", b"")) + closing * dice.choice((depth, depth, 0)))


def _filled(dice: Random, tree: Any, content: bytes) -> bytes:  # noqa: ANN401 - as JSON gives it
    places = _places(tree)
    if not places:
        return content
    holder, key = dice.choice(places)
    holder[key] = HOLE
    return json.dumps(tree).encode().replace(json.dumps(HOLE).encode(), content)


def truncated(dice: Random, line: bytes) -> bytes:
    return line[: dice.randrange(len(line) + 1)]


def beheaded(dice: Random, line: bytes) -> bytes:
    return line[dice.randrange(len(line) + 1) :]


def with_bytes(dice: Random, line: bytes) -> bytes:
    for _ in range(dice.choice((1, 1, 2, 5))):
        place = dice.randrange(len(line) + 1)
        line = line[:place] + dice.choice(BYTES) + line[place + dice.choice((0, 1)) :]
    return line


def flipped(dice: Random, line: bytes) -> bytes:
    content = bytearray(line or b" ")
    for _ in range(dice.choice((1, 2, 8))):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return bytes(content)


def twice(dice: Random, line: bytes) -> bytes:
    return dice.choice(
        (line + line, line + b" " + line, line + b",", b"[" + line + b"]", b"\xef\xbb\xbf" + line, line + b"\r")
    )


def no_record(dice: Random, line: bytes) -> bytes:  # noqa: ARG001 - as the others
    return dice.choice(LINES)


TEXTS: tuple[Callable[[Random, bytes], bytes], ...] = (truncated, beheaded, with_bytes, flipped, twice, no_record)


def of_json(dice: Random, line: bytes) -> bytes:
    """A broken record of a line of JSON."""
    tree = _tree(line)
    if tree is None or dice.random() < 0.5:  # noqa: PLR2004 - every second
        return _one_line(dice.choice(TEXTS)(dice, line))
    if dice.random() < 0.3:  # noqa: PLR2004 - some
        return dice.choice((with_raw, with_raw, deep))(dice, tree)
    return valid(dice, tree)


def valid(dice: Random, tree: Any) -> bytes:  # noqa: ANN401 - as JSON gives it
    """A broken record that is JSON all the same."""
    dice.choice(TREES)(dice, tree)
    text = json.dumps(tree, ensure_ascii=False) if dice.random() < 0.5 else json.dumps(tree)  # noqa: PLR2004 - both
    return text.encode("utf-8", "backslashreplace")


def of_row(dice: Random, cells: list[str]) -> bytes:
    """A broken row of a table whose quotes are closed."""
    if dice.random() < 0.5:  # noqa: PLR2004 - every second
        text = stamps.row(cell.replace('"', "").replace("\n", "") for cell in cells)
        return _one_line(dice.choice(TEXTS)(dice, text)).replace(b'"', b"")
    cells = list(cells)
    for _ in range(dice.choice((1, 1, 2, 3))):
        cells[dice.randrange(len(cells))] = _cell(dice.choice(VALUES))
    if dice.random() < 0.2:  # noqa: PLR2004 - some
        cells = dice.choice((cells[:-1], [*cells, ""], [*cells, "more", "and more"], cells[:1], []))
    return stamps.row(cells)


def of_cells(dice: Random, record: dict[str, Any], json_columns: tuple[str, ...]) -> dict[str, Any]:
    """A broken row of a database."""
    row = databases.cells(record, json_columns)
    for column in dice.sample(sorted(row), dice.choice((1, 1, 2, 3))):
        row[column] = _broken_cell(dice, row[column] if column in json_columns else None)
    return row


def _broken_cell(dice: Random, text: Any) -> Any:  # noqa: ANN401 - of a database
    """A cell of another kind or, where it is a text of JSON, a broken one."""
    if isinstance(text, str) and dice.random() < 0.7:  # noqa: PLR2004 - most
        broken = of_json(dice, text.encode())
        return dice.choice((Text, Text, Text, bytes))(broken)
    value = dice.choice((*CELLS, *VALUES))
    if isinstance(value, str):
        return Text(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, list | dict) or (isinstance(value, int) and abs(value) >= 2**63):
        return json.dumps(value)
    return value


def damaged(dice: Random, content: bytes) -> bytes:
    """A file of which something is gone, or other than it was."""
    if dice.random() < 0.3:  # noqa: PLR2004 - some
        return truncated(dice, content)
    changed = bytearray(content)
    for _ in range(dice.choice((0, 1, 10, 200))):
        changed[dice.randrange(len(changed))] = dice.randrange(256)
    return bytes(changed)


def _cell(value: Any) -> str:  # noqa: ANN401 - as JSON gives it
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "replace").decode()


def keys(line: bytes) -> set[str]:
    """Every key of a record that is a JSON object."""
    tree = _tree(line)
    return {key for _, key in _places(tree) if isinstance(key, str)} if tree is not None else set()


def _tree(line: bytes) -> Any:  # noqa: ANN401 - as JSON gives it
    try:
        tree = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return tree if isinstance(tree, dict) else None


def _one_line(content: bytes) -> bytes:
    return content.replace(b"\n", b"")
