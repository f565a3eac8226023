"""Plain readings of the logs of clients, written from the description of each format and from nothing else.

They share no line with the program: ordinary loops over files, one module per client, slow and easy to check by eye.
What they say is what a report of the program has to say. Where both differ, the format decides who is right; a reading
is never changed only to agree.

Canonical meaning, as in a report: input includes what was read from and written to a cache, output includes reasoning,
and what is unknown is None, never 0. A request without any token is one whose tokens nobody wrote down.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

# An id below this length is a counter or a word, not an id: two requests may share it.
LONG_ENOUGH = 16


class Tokens(NamedTuple):
    """What one request took."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    reasoning: int | None = None


UNKNOWN = Tokens()


@dataclass(frozen=True)
class Reading:
    """One request to a model."""

    client: str
    day: date
    model: str | None
    key: Hashable
    tokens: Tokens = UNKNOWN
    ok: bool | None = True


class NotARecordError(Exception):
    """What should be a number, or a time, is none: nobody can say what this record means."""


def count(found: object) -> int | None:
    """A number of tokens, or None where there is none."""
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or found != int(found):
        raise NotARecordError(found)
    return int(found)


def metered(input_: int | None, output: int | None, cache_read: int | None, reasoning: int | None = None) -> Tokens:
    """The tokens, unless both sums are 0: then nobody wrote them down, for no request takes none."""
    return Tokens(input_, output, cache_read, reasoning) if input_ or output else UNKNOWN


def day_of(written: object, sooner: object = None) -> date:
    """The day in UTC of an ISO time, which is in UTC where it says nothing else, or of one in milliseconds.

    A call may have begun so many milliseconds sooner.
    """
    before = timedelta(milliseconds=sooner) if isinstance(sooner, int) else timedelta()
    if isinstance(written, bool) or not isinstance(written, int | float | str):
        raise NotARecordError(written)
    if not isinstance(written, str):
        return (datetime.fromtimestamp(written / 1000, UTC) - before).date()
    try:
        time = datetime.fromisoformat(written)
    except ValueError as error:
        raise NotARecordError(written) from error
    return ((time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC) - before).date()


def objects(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file that are JSON objects, one after the other."""
    for line in path.read_text("utf-8").splitlines():
        try:
            record = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(record, dict):
            yield record


@contextmanager
def copied(database: Path) -> Iterator[Path]:
    """A copy of an SQLite database, with what is not in it yet: SQLite leaves files beside what it opens."""
    with tempfile.TemporaryDirectory() as folder:
        for file in (database, database.with_name(f"{database.name}-wal")):
            if file.exists():
                shutil.copy(file, folder)
        yield Path(folder) / database.name


def once(readings: Iterable[Reading]) -> list[Reading]:
    """Each request once: of readings with one key, the fullest one, on the earliest day that is told."""
    found: dict[Hashable, Reading] = {}
    for reading in readings:
        before = found.setdefault(reading.key, reading)
        fuller = reading if _fullness(reading) >= _fullness(before) else before
        day = min(before.day, reading.day)
        found[reading.key] = Reading(
            fuller.client, day, fuller.model or before.model, reading.key, fuller.tokens, fuller.ok
        )
    return list(found.values())


def _fullness(reading: Reading) -> tuple[bool, int, int]:
    tokens = reading.tokens
    return tokens != UNKNOWN, tokens.output or 0, tokens.input or 0
