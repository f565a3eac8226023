"""What can be read but once, or without an end: pipes are copied within a bound, devices are refused."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from typing import IO, TYPE_CHECKING, cast

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Self

# How long a named pipe may have nobody who writes to it.
WRITER_WAIT_S, LOOK_AGAIN_S = 1.0, 0.05
PROC = "/proc/"


def check(name: str) -> None:
    """See to it that a path can be read to an end. Raises `Unreadable` for a device and a file of the system's own.

    A path that is not there raises `OSError`.
    """
    mode = os.stat(name).st_mode  # noqa: PTH116 - the name may be no path yet
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise errors.Unreadable(path=name, why="it is a device, and no file")
    if stat.S_ISREG(mode) and os.path.realpath(name).startswith(PROC):
        raise errors.Unreadable(path=name, why="it is a file of the system's own")


def open_pipe(name: str) -> IO[bytes]:
    """Open a pipe; a named one to which nobody writes is refused. Raises `Unreadable` and `OSError`."""
    if not stat.S_ISFIFO(os.stat(name).st_mode) or not hasattr(os, "set_blocking"):  # noqa: PTH116 - as above
        return open(name, "rb")  # noqa: PTH123 - closed by the one who asks
    descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK)
    until = time.monotonic() + WRITER_WAIT_S
    first = _first_byte(descriptor)
    while first == b"" and time.monotonic() < until:
        time.sleep(LOOK_AGAIN_S)
        first = _first_byte(descriptor)
    if first == b"":
        os.close(descriptor)
        raise errors.Unreadable(path=name, why="it is a pipe to which nobody writes")
    os.set_blocking(descriptor, True)
    return _Begun(open(descriptor, "rb"), first or b"")  # type: ignore[return-value]  # noqa: PTH123 - as above


def copy(chunks: Iterable[bytes], path: Path, name: str, most: int) -> None:
    """Write chunks into a file, within a bound and what the disk has. Raises `TooLarge`, `DiskFull` or `OSError`."""
    written, free = 0, shutil.disk_usage(path.parent).free
    with path.open("wb") as out:
        for chunk in chunks:
            written += len(chunk)
            if written > most:
                raise errors.TooLarge(path=name, most=most)
            if written > free:
                raise errors.DiskFull(path=path)
            out.write(chunk)


def standard_input() -> IO[bytes]:
    """What is piped into the program."""
    return cast("IO[bytes]", sys.stdin.buffer)


def _first_byte(descriptor: int) -> bytes | None:
    """The first byte of a pipe; none yet where somebody may write it, empty where nobody does."""
    try:
        return os.read(descriptor, 1)
    except BlockingIOError:
        return None


class _Begun:
    """A pipe of which a byte has been read already."""

    def __init__(self, pipe: IO[bytes], first: bytes) -> None:
        self._pipe, self._first = pipe, first

    def read(self, size: int) -> bytes:
        """What comes next, up to so many bytes; nothing at the end."""
        first, self._first = self._first, b""
        return first or self._pipe.read(size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
