"""Ctrl-C ends the program with 130, whenever it comes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.conftest import CORPUS, environment

if TYPE_CHECKING:
    from pathlib import Path

LOG = CORPUS / "claude-code/session_2.1.jsonl"
TIMEOUT_S = 60
# A process that a shell put into the background inherits a SIGINT that is ignored; a terminal's does not.
BEGIN = """
import signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)
from instagen_usage_cli.__main__ import main
"""
# Interrupts the program where it calls a function of this name in a file whose name ends so.
AT_A_CALL = (
    BEGIN
    + """
function, file = sys.argv.pop(1), sys.argv.pop(1)
def interrupt(frame, event, _):
    if event == "call" and frame.f_code.co_name == function and frame.f_code.co_filename.endswith(file):
        sys.setprofile(None)
        signal.raise_signal(signal.SIGINT)
sys.setprofile(interrupt)
main()
"""
)
# Another thread gets the signal, so that it does not wake the one that reads: as if it came just before.
UNNOTICED = (
    BEGIN
    + """
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
main()
"""
)
# A library that makes an error of its own of what comes up in it.
IN_A_LIBRARY = (
    BEGIN
    + """
from instagen_usage_cli.commands import app
def run(*_, **__):
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        raise ValueError("a callback failed") from None
app.app_for = lambda arguments: run
main()
"""
)


# Interrupts the program when its answer is written and all that is left is to clean up.
AT_THE_END = (
    BEGIN
    + """
import atexit
atexit.register(signal.raise_signal, signal.SIGINT)
main()
"""
)


def stopped(program: str, *arguments: str | Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, "", "usage: stopped before it was done\n")


@pytest.mark.parametrize(
    ("function", "file"),
    [
        ("<module>", "typer/__init__.py"),
        ("<module>", "instagen_usage_cli/store.py"),
        ("import_", "commands/importing.py"),
        ("cb", "importlib._bootstrap>"),  # the finalizer of the lock of a module
    ],
)
def test_an_interrupt_stops_it_anywhere(function: str, file: str) -> None:
    stopped(AT_A_CALL, function, file, "import", LOG)


def test_an_interrupt_that_a_library_turns_into_an_error_is_one() -> None:
    stopped(IN_A_LIBRARY, "import", LOG)


def test_an_interrupt_after_the_answer_changes_nothing() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", AT_THE_END, "import", "--dry-run", LOG],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "dry run" in ran.stdout


@pytest.mark.parametrize("program", [BEGIN + "main()", UNNOTICED], ids=["noticed", "unnoticed"])
def test_an_interrupt_ends_a_question_whenever_it_comes(tmp_path: Path, program: str) -> None:
    log = tmp_path / "home/.claude/projects/p/s.jsonl"
    log.parent.mkdir(parents=True)
    shutil.copyfile(LOG, log)
    child = pexpect.spawn(
        sys.executable, ["-c", program, "import"], env=environment(), encoding="utf-8", timeout=TIMEOUT_S
    )
    child.expect("Import into .*\\[Y/n\\]")
    child.send("\x03")
    child.expect("stopped before it was done")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
