"""The entry point: run the app, turn what went wrong into one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from instagen_usage_cli import errors

HELP_WIDTH = 80
_received: list[int] = []


def main() -> None:
    """Run the program and exit with one of `ExitCode`."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the program with these arguments; returns the exit code."""
    if arguments in (["--help"], ["-h"]) and _name() == "usage" and _is_wide():
        return _show_help()
    return _run_app(arguments)


def _run_app(arguments: list[str]) -> int:
    import typer

    from instagen_usage_cli.commands.app import app_for

    try:
        # Without its standalone mode Typer gives back the exit code that --help and the like ask for.
        code = app_for(arguments)(arguments, prog_name=_name(), standalone_mode=False) or errors.ExitCode.DONE
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
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return _say(errors.Unexpected(what=what), errors.Unexpected.exit_code)
    if code == errors.ExitCode.INTERRUPTED:
        terminated = signal.SIGTERM in _received
        return _say("stopped before it was done", errors.ExitCode.TERMINATED if terminated else code)
    return int(code)


def _name() -> str:
    """The name we were called by; shell completion goes by it."""
    called = os.path.basename(sys.argv[0])  # noqa: PTH119 - pathlib would be imported for this alone
    return called if called == "instagen-usage" else "usage"


def _show_help() -> int:
    """Show the help from a file, at a fifth of the time it takes Typer to work it out; a test compares the two."""
    with open(os.path.join(os.path.dirname(__file__), "help.txt"), encoding="utf-8") as file:  # noqa: PTH118, PTH120, PTH123 - as in _name
        text = file.read()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _leave_quietly()
    except OSError as error:
        _leave_quietly()
        return _say(error.strerror, errors.ExitCode.COULD_NOT)
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


def _terminate(number: int, _: object) -> None:
    """Stop as for Ctrl-C, which Typer turns into its exit code; which of the two it was is remembered."""
    _received.append(number)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
