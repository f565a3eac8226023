"""The entry point: run the app, turn what went wrong into one line and an exit code."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress

from instagen_usage_cli import __version__, errors

TYPE_CHECKING = False  # `typing` would be imported for this alone
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

HELP_WIDTH = 80
REPEAT_AFTER_S = 0.05
# New objects until Python looks for those that only hold each other: to import the libraries makes some ten thousand.
OBJECTS_BEFORE_SWEEP = 100_000
# The rights that new files and folders, of DuckDB's too, give nobody else.
FOR_THEIR_OWNER = 0o077
# The interrupts of this process.
_received: list[signal.Signals] = []


def main() -> None:
    """Run the program and exit with one of `ExitCode`."""
    gc.set_threshold(OBJECTS_BEFORE_SWEEP)
    os.umask(FOR_THEIR_OWNER)
    _open_streams()
    try:
        _catch_interrupts()
        code = run(sys.argv[1:])
        _ignore_interrupts()
    except KeyboardInterrupt:
        code = _stop()
    _exit(code)


def _open_streams() -> None:
    """Give the process the standard streams that its caller has closed: the next file would take their numbers."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - pathlib would be imported for this alone
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as above
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as above


def run(arguments: list[str]) -> int:
    """Run the program with these arguments; returns the exit code. Raises `KeyboardInterrupt`."""
    if arguments == ["--version"]:
        return _write(f"usage {__version__}\n")
    if arguments in (["--help"], ["-h"]) and _name() == "usage" and _is_wide():
        return _show_help()
    return _run_app(arguments)


def _run_app(arguments: list[str]) -> int:
    import typer

    try:
        code = _run_command(arguments)
    except errors.ReaderGone:
        _leave_quietly()
        return errors.ExitCode.DONE
    except errors.Error as error:
        code = _say(error, error.exit_code)
        if isinstance(error, errors.CannotWrite):
            _leave_quietly()
        return code
    except typer.TyperException as error:
        return _say(f"{error.format_message()} (see usage --help)", errors.ExitCode.COMMAND_LINE)
    except OSError as error:  # such as a full disk behind --help
        _leave_quietly()
        return _say(error.strerror, errors.ExitCode.COULD_NOT)
    except Exception as error:  # whatever else is nobody's input, but a fault of ours
        if os.environ.get("USAGE_DEBUG"):
            raise
        if (
            isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryException"
        ):  # DuckDB's, while it starts
            return _say(errors.OutOfMemory(), errors.OutOfMemory.exit_code)
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return _say(errors.Unexpected(what=what), errors.Unexpected.exit_code)
    if code == errors.ExitCode.INTERRUPTED:  # how Typer passes an interrupt on
        raise KeyboardInterrupt
    return code


def _run_command(arguments: list[str]) -> int:
    """Run a command; returns its exit code. Raises `KeyboardInterrupt` for any error that follows an interrupt.

    Where one arrives in a library, what comes out of that is often an error of its own.
    """
    from instagen_usage_cli.commands.app import app_for

    try:
        # Without its standalone mode Typer gives back the exit code that --help and the like ask for.
        return int(app_for(arguments)(arguments, prog_name=_name(), standalone_mode=False) or errors.ExitCode.DONE)
    except Exception as error:
        if _received:
            raise KeyboardInterrupt from error
        raise


def _name() -> str:
    """The name we were called by; shell completion goes by it."""
    called = os.path.basename(sys.argv[0])  # noqa: PTH119 - pathlib would be imported for this alone
    return called if called == "instagen-usage" else "usage"


def _show_help() -> int:
    """Show the help from a file, at a fifth of the time it takes Typer to work it out; a test compares the two."""
    with open(os.path.join(os.path.dirname(__file__), "help.txt"), encoding="utf-8") as file:  # noqa: PTH118, PTH120, PTH123 - as in _name
        return _write(file.read())


def _write(text: str) -> int:
    """Write to standard output without what `output` would import; returns the exit code."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_quietly()
    except OSError as error:
        _leave_quietly()
        why = (error.strerror or str(error)).lower()
        return _say(errors.CannotWrite(path="standard output", why=why), errors.CannotWrite.exit_code)
    return errors.ExitCode.DONE


def _is_wide() -> bool:
    """Whether there are the 80 columns that the file is written for."""
    from shutil import get_terminal_size

    return get_terminal_size().columns >= HELP_WIDTH


def _say(message: object, code: int) -> int:
    from instagen_usage_cli.output import say

    say(str(message))
    return code


def _leave_quietly() -> None:
    """The reader of our output has gone, as `head` does: nothing is wrong."""
    with suppress(OSError, ValueError):  # a standard output that is no file needs no help
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _catch_interrupts() -> None:
    """Have Ctrl-C, SIGTERM and the end of the terminal end the program in an orderly way, at any moment."""
    signal.signal(signal.SIGTERM, _interrupt)
    if (hangup := getattr(signal, "SIGHUP", None)) and signal.getsignal(hangup) is signal.SIG_DFL:  # `nohup` ignores it
        signal.signal(hangup, _interrupt)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # what a shell runs in the background ignores it
        signal.signal(signal.SIGINT, _interrupt)
    sys.unraisablehook = _repeat_interrupt


def _interrupt(number: int, _: FrameType | None) -> None:
    """Stop, and remember which signal it was."""
    _received.append(signal.Signals(number))
    raise KeyboardInterrupt


def _repeat_interrupt(lost: sys.UnraisableHookArgs) -> None:
    """Send an interrupt again that arrived while Python ran a finalizer, such as at the end of every import.

    What is raised there goes no further.
    """
    import _thread

    if isinstance(lost.exc_value, KeyboardInterrupt):
        _thread.start_new_thread(_send_later, (_received[-1] if _received else signal.SIGINT,))
    else:
        sys.__unraisablehook__(lost)


def _send_later(number: signal.Signals) -> None:
    """Send a signal to the main thread, once that is out of the finalizer."""
    import _thread
    import time

    time.sleep(REPEAT_AFTER_S)
    _thread.interrupt_main(number)


def _ignore_interrupts() -> None:
    """Let nothing stop the program while it only cleans up: what was asked for is done, or said to have failed."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)


def _exit(code: int) -> NoReturn:
    """End the process without taking the interpreter apart, object by object: that takes as long as a small query."""
    atexit._run_exitfuncs()  # noqa: SLF001 - what Python itself does first
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (AttributeError, OSError, ValueError):  # where one of them is closed, Python knows what to do
        sys.exit(code)
    os._exit(code)


def _stop() -> int:
    """Say that an interrupt has stopped the program; returns the exit code."""
    _ignore_interrupts()
    is_terminated = any(number != signal.SIGINT for number in _received)
    code = errors.ExitCode.TERMINATED if is_terminated else errors.ExitCode.INTERRUPTED
    return _say("stopped before it was done", code)


if __name__ == "__main__":
    main()
