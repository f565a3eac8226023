"""A question to the person at the terminal."""

from __future__ import annotations

import os
import select
import sys

from instagen_usage_cli.output.columns import clean

ANSWERS = {"": True, "y": True, "yes": True, "n": False, "no": False}
LOOK_EVERY_S = 0.2


def confirm(question: str) -> bool:
    """Ask on standard error until the answer is yes, which Enter alone means too, or no.

    Raises `KeyboardInterrupt` at the end of what is typed.
    """
    while True:
        print(f"{clean(question)} [Y/n]: ", end="", file=sys.stderr, flush=True)  # noqa: T201 - the program speaks
        answer = _read_line()
        if answer in ANSWERS:
            return ANSWERS[answer]
        print("Error: invalid input", file=sys.stderr)  # noqa: T201 - as above


def _read_line() -> str:
    """The line that is typed next.

    Python acts on a signal between two steps of its own. One that comes after the last step before the system begins to
    read would be seen only once a line is typed: so it waits in short steps, and reads what is there already.
    """
    if os.name == "posix":  # elsewhere Ctrl-C ends the reading, and only sockets can be waited for
        while not select.select([sys.stdin], [], [], LOOK_EVERY_S)[0]:
            pass
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip().lower()
