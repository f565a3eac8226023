"""How processes that use one database take turns.

DuckDB lets one process write or many read, and refuses all others at once. Who wants to write holds its folder until
it has written, so that writers wait for each other there and not for luck; who wants to read holds it only to begin, so
that a writer in turn is not kept waiting by ever new readers. The kernel lets go of it for a process that is gone.
"""

from __future__ import annotations

import os
import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# How long to wait for other processes, in seconds; `USAGE_LOCK_WAIT` says otherwise.
TO_READ_S, TO_WRITE_S = 10.0, 60.0
# Between two tries.
SHORTEST_S, LONGEST_S = 0.005, 0.03


def deadline(*, to_write: bool) -> float:
    """The moment of the monotonic clock until which to wait for others. Raises `BadValue`."""
    wait = os.environ.get("USAGE_LOCK_WAIT", "")
    try:
        return time.monotonic() + (float(wait) if wait else TO_WRITE_S if to_write else TO_READ_S)
    except ValueError as error:
        raise errors.BadValue(option="USAGE_LOCK_WAIT", value=wait, known="a number of seconds") from error


def pause() -> None:
    """Wait a moment before the next try, not as long as others do."""
    time.sleep(random.uniform(SHORTEST_S, LONGEST_S))  # noqa: S311 - jitter, not a secret


@contextmanager
def turn(database: Path, until: float, *, to_write: bool) -> Iterator[None]:
    """The turn of this process at a database, waited for until then.

    Where it does not come, or folders cannot be held, the work begins without: DuckDB lets nobody in who must not.
    """
    held = _held(database, until, to_write=to_write)
    try:
        yield
    finally:
        if held is not None:
            os.close(held)


def _held(database: Path, until: float, *, to_write: bool) -> int | None:
    """The open folder of a database, which is held as long as it is open."""
    try:
        import fcntl

        folder = os.open(os.path.dirname(os.path.realpath(database)), os.O_RDONLY)  # noqa: PTH120 - as realpath gives it
    except (ImportError, OSError):  # Windows; a folder that may not be read
        return None
    how = (fcntl.LOCK_EX if to_write else fcntl.LOCK_SH) | fcntl.LOCK_NB
    while True:
        try:
            fcntl.flock(folder, how)
        except BlockingIOError:
            if time.monotonic() < until:
                pause()
                continue
        except OSError:  # a file system that knows no such locks
            pass
        else:
            return folder
        os.close(folder)
        return None
