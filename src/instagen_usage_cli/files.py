"""The one way in which the program replaces a file: all of it or nothing, and on the disk before it counts."""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

FOR_ITS_OWNER, FOR_ITS_OWNER_ALONE = 0o600, 0o700


def write(path: Path, text: str) -> None:
    """Replace the content of `path` by `text` in UTF-8, as `replacing` does. Raises `CannotWrite`."""
    with replacing(path, text):
        pass


def make_folder(path: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone. Raises `OSError`."""
    for folder in reversed((path, *path.parents)):
        if not folder.exists():
            folder.mkdir(mode=FOR_ITS_OWNER_ALONE, exist_ok=True)
    path.mkdir(exist_ok=True)  # raises where it is something else


def sync(path: Path) -> None:
    """Wait until a file is on its disk. Raises `OSError`."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


@contextmanager
def replacing(path: Path, text: str) -> Iterator[None]:
    """Replace the content of `path` by `text` in UTF-8 once the work inside has succeeded.

    The text is on the disk before the work begins, so that a full disk is found first. A new file is for its owner
    alone, an old one keeps its permissions, and a link stays a link. Only a regular file is replaced: a pipe or a
    device gets the text. Folders that are missing are made. Raises `CannotWrite`.
    """
    target = Path(os.path.realpath(path))
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _explaining(path):
            make_folder(target.parent)
            mode = _mode(target)
            if stat.S_ISDIR(mode):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            if stat.S_ISREG(mode):
                _write_new(partial, text, mode)
        yield
        with _explaining(path):
            if stat.S_ISREG(mode):
                partial.replace(target)
            else:
                target.write_text(text, "utf-8", newline="")
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The kind and the permissions of a file: its own, or those that it will have."""
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return stat.S_IFREG | FOR_ITS_OWNER


def _write_new(path: Path, text: str, mode: int) -> None:
    path.unlink(missing_ok=True)  # left by a process of the same number that was killed
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_ITS_OWNER), "wb") as file:  # noqa: PTH123 - a descriptor
        file.write(text.encode())
        file.flush()
        path.chmod(stat.S_IMODE(mode) & 0o777)
        os.fsync(file.fileno())


@contextmanager
def _explaining(path: Path) -> Iterator[None]:
    """Say in one line what cannot be written, and why."""
    try:
        yield
    except OSError as error:
        raise errors.CannotWrite(path=path, why=(error.strerror or str(error)).lower()) from error
