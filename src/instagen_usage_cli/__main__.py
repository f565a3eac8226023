"""The entry point: run the app, turn what went wrong into one line and an exit code."""

from __future__ import annotations

import os
import signal
import sys

from instagen_usage_cli import errors


def main() -> None:
    """Run the program and exit with one of `ExitCode`."""
    signal.signal(signal.SIGTERM, _terminate)
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the program with these arguments; returns the exit code."""
    import typer

    from instagen_usage_cli.cli import app

    try:
        # Without its standalone mode Typer gives back the exit code that --help and the like ask for.
        code = app(arguments, prog_name="usage", standalone_mode=False) or errors.ExitCode.DONE
    except errors.ReaderGone:
        _leave_quietly()
        return errors.ExitCode.DONE
    except errors.Error as error:
        return _say(error, error.exit_code)
    except typer.TyperException as error:
        return _say(f"{error.format_message()} (see usage --help)", errors.ExitCode.COMMAND_LINE)
    if code == errors.ExitCode.INTERRUPTED:
        return _say("interrupted", code)
    return int(code)


def _say(message: object, code: int) -> int:
    from instagen_usage_cli.output import say

    say(str(message))
    return code


def _leave_quietly() -> None:
    """The reader of our output has gone, as `head` does: nothing is wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminate(*_: object) -> None:
    raise SystemExit(errors.ExitCode.TERMINATED)


if __name__ == "__main__":
    main()
