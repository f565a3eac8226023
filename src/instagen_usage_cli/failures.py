"""What DuckDB's messages mean for the user: whose fault it is, and what can be done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from pathlib import Path

# A disk, a quota or the largest size of a file is reached.
FULL = re.compile(
    "No space left|Disk quota exceeded|File too large|Could not write|checkpointing failed|not enough disk space",
    re.IGNORECASE,
)
TOO_LITTLE_MEMORY = re.compile("out of memory|bad.?alloc|allocation failure|failed to allocate", re.IGNORECASE)
# What is in the file is not what was written there. No name may look so: who is told this moves the file away.
DAMAGED = re.compile(
    r"Corrupt database file|computed checksum \d+ does not match|Could not read enough bytes|Failed to deserialize"
    r"|^Serialization Error|^INTERNAL Error: .*(block|segment|metadata)"
)
IN_MEMORY = ":memory:"


def of_work(path: Path, why: str) -> errors.Error:
    """Why the database at `path` refused a statement."""
    if FULL.search(why):
        return errors.DiskFull(path=path)
    if TOO_LITTLE_MEMORY.search(why):
        return errors.OutOfMemory()
    if "Too many open files" in why:
        return errors.TooManyFiles()
    if _is_damaged(path, why):
        return errors.StoreDamaged(path=path, why=_first_line(why))
    return errors.StoreFailed(path=path, why=_first_line(why))


def of_opening(path: Path, why: str) -> errors.Error:
    """Why the database at `path` cannot be opened."""
    if _is_damaged(path, why):
        return errors.StoreDamaged(path=path, why=_first_line(why))
    return errors.StoreUnreadable(path=path, why=_first_line(why))


def is_locked(why: str) -> bool:
    """Whether another process has the database."""
    return "lock on file" in why


def holder(why: str) -> str:
    """Who holds the lock, such as ` (/usr/bin/python3, PID 4711)`."""
    found = re.search(r"lock is held in (.+?) \(PID (\d+)\)", why)
    return f" ({found[1]}, PID {found[2]})" if found else ""


def _is_damaged(path: Path, why: str) -> bool:
    """Whether it is the database that is damaged: what is read while none is attached is a log."""
    return str(path) != IN_MEMORY and bool(DAMAGED.search(why))


def _first_line(why: str) -> str:
    return why.splitlines()[0]
