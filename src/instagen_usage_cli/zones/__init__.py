"""Time zones by the rules of DuckDB, which sorts times into days.

The rules of some zone change every year, and a system seldom knows the same as the DuckDB that is installed on it. A
window that began by other rules than its days would be off by an hour.
"""

from __future__ import annotations

import struct
from io import BytesIO
from zoneinfo import ZoneInfo

from instagen_usage_cli import errors, sql, store, window


def named(name: str | None) -> ZoneInfo:
    """The time zone of that name, or the local one. Raises `UnknownZone`.

    Before 2010 and after 2040 its clocks stay as they were and will be.
    """
    found = window.zone(name)
    if found.key == "UTC":
        return found
    with store.open_empty() as opened:
        opened.run(sql.statement("views", "macros", "at_zone"))
        try:
            (_, before), *changes = opened.query(sql.load("zones", "changes"), zone=found.key).rows
        except errors.StoreFailed as error:
            raise errors.UnknownZone(zone=found.key) from error
    return ZoneInfo.from_file(BytesIO(rules_file(changes, before)), key=found.key)


def rules_file(changes: list[tuple[int, int]], before: int) -> bytes:
    """A file of rules as RFC 8536 says (TZif, version 2).

    Each of the `changes` is its time (seconds since 1970) and by how many seconds the clocks are ahead of UTC from then
    on; they were ahead by `before` until the first one.
    """
    kinds = list(dict.fromkeys((before, *(ahead for _, ahead in changes))))
    times = b"".join(struct.pack(">q", moment) for moment, _ in changes)
    places = bytes(kinds.index(ahead) for _, ahead in changes)
    described = b"".join(struct.pack(">i2x", ahead) for ahead in kinds)
    # The first block is for readers of 32-bit times, of which there are none.
    return b"".join(
        (
            _head(0, 1),
            struct.pack(">i2x", before) + b"\0",
            _head(len(changes), len(kinds)),
            times + places + described + b"\0",
            b"\n" + _forever(changes[-1][1] if changes else before) + b"\n",
        )
    )


def _head(changes: int, kinds: int) -> bytes:
    return struct.pack(">4sc15x6l", b"TZif", b"2", 0, 0, 0, changes, kinds, 1)


def _forever(ahead: int) -> bytes:
    """How the clocks stay, as POSIX writes it: what is to be added to get UTC."""
    minutes, seconds = divmod(abs(ahead), 60)
    hours, minutes = divmod(minutes, 60)
    return f"<->{'-' if ahead > 0 else ''}{hours}:{minutes:02}:{seconds:02}".encode()
