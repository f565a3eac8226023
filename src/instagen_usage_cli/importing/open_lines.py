"""Last lines that have no end yet: who writes them may not be done."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

# Of a longer line, only the end is looked at.
LONGEST_BYTES = 1024 * 1024


class OpenLine(NamedTuple):
    """Where a last line without an end stands, in bytes, and the SHA-256 of what is there of it."""

    open_from: int
    open_until: int
    open_digest: str


def find(path: Path) -> OpenLine | None:
    """The last line of a file, if it has no end. Raises `OSError`."""
    with path.open("rb", buffering=0) as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return None
        file.seek(-1, os.SEEK_END)
        if file.read(1) in b"\r\n":
            return None
        file.seek(max(size - LONGEST_BYTES, 0))
        tail = file.read(LONGEST_BYTES)
    line = tail[tail.rfind(b"\n") + 1 :]
    return OpenLine(size - len(line), size, sha256(line).hexdigest())


def goes_on(path: Path, open_from: int, open_until: int, open_digest: str) -> bool:
    """Whether a file has the beginning of a line where it was, and more of that line behind it. Raises `OSError`."""
    length = open_until - open_from
    with path.open("rb", buffering=0) as file:
        file.seek(open_from)
        found = file.read(length + 1)
    more = found[length:]
    return more not in (b"", b"\r", b"\n") and sha256(found[:length]).hexdigest() == open_digest
