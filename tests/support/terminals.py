"""What the program shows in a terminal."""

from __future__ import annotations

import contextlib
import os
import re
import struct
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli.__main__ import run as run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = ("stdin", "stdout", "stderr")


def terminal(width: int, *arguments: str, height: int = 60, raw: bool = False, **changes: str) -> str:
    """What the program shows in a terminal of that width, without its colours unless `raw`.

    It runs in this process, in a terminal of its own: to start another one takes longer than most answers.
    """
    with _terminal(width, height) as shown, pytest.MonkeyPatch.context() as patched:
        for name, value in ({"TERM": "xterm-256color"} | changes).items():
            patched.setenv(name, value)
        for number, name in enumerate(STREAMS):
            patched.setattr(sys, name, open(number, "r" if name == "stdin" else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
        code = run_program(list(arguments))
        sys.stdout.flush()
        sys.stderr.flush()
    out = b"".join(shown).decode()
    assert code == 0, out
    return out if raw else re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", out).replace("\r\n", "\n")


@contextlib.contextmanager
def _terminal(width: int, height: int) -> Iterator[list[bytes]]:
    """A terminal of that size in place of this process's own streams, and at the end what was written to it."""
    import fcntl
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", height, width, 0, 0))
    shown: list[bytes] = []

    def read() -> None:
        with contextlib.suppress(OSError):  # how Linux tells that nobody has the other end any more
            while part := os.read(ours, 1 << 16):
                shown.append(part)

    reader = threading.Thread(target=read)
    reader.start()
    kept = [os.dup(number) for number in range(3)]
    for number in range(3):
        os.dup2(theirs, number)
    os.close(theirs)
    try:
        yield shown
    finally:
        for number, file in enumerate(kept):
            os.dup2(file, number)
            os.close(file)
        reader.join()
        os.close(ours)


# The names of models and keys have no digits: a digit at such a mark is of a number or a time that was cut.
CUT = re.compile(r"[0-9$,.]…|…\.?[0-9]")


def too_long(out: str, width: int) -> list[str]:
    """The lines that do not fit a terminal of that width."""
    from rich.cells import cell_len

    return [line for line in out.split("\n") if cell_len(line) > width]


def cut(out: str) -> list[str]:
    """The lines in which a number or a time is cut."""
    return [line for line in out.split("\n") if CUT.search(line)]
