"""Everything that goes to standard output, in every format: results are data, all else goes to standard error."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from instagen_usage_cli import errors, files, formats
from instagen_usage_cli.output.columns import clean
from instagen_usage_cli.output.document import Card, Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

__all__ = ["Card", "Document", "confirm", "format_for", "progress", "say", "write", "write_lines"]

WIDEST = 10_000


def format_for(given: str | None, destination: Path | None) -> str:
    """The format: `--format`, else what the file ending says, else a table. Raises `BadValue`."""
    if given is not None:
        return given
    if destination is None:
        return formats.DEFAULT
    known = formats.ENDINGS.get(destination.suffix.lower())
    if known is None:
        endings = ", ".join(formats.ENDINGS)
        raise errors.BadValue(option="--output", value=str(destination), known=f"files in {endings}")
    return known


def write(document: Document, format_: str, destination: Path | None, *, wide: bool = False) -> None:
    """Write a document to a file, or to standard output; `wide`, people see all of it. Raises `CannotWrite`."""
    if not document.rows.rows and document.empty:
        say(document.empty)
    shown = document if wide else document.narrowed()
    if destination is None:
        with _standard_output() as stream:
            _write(shown, format_, stream, wide=wide)
        return
    content = io.StringIO(newline="")
    _write(shown, format_, content, wide=wide)
    files.write(destination, content.getvalue())


def write_lines(lines: list[str]) -> None:
    """Write plain lines to standard output, cleaned of what a terminal would obey."""
    with _standard_output() as stream:
        stream.writelines(f"{clean(line)}\n" for line in lines)


def say(line: str) -> None:
    """Say one line on standard error, without an access key that was in an argument or a path."""
    from instagen_usage_cli.private import without_secrets

    sys.stdout.flush()
    print(f"usage: {clean(without_secrets(line))}", file=sys.stderr)  # noqa: T201 - this is where the program speaks


def confirm(question: str) -> bool:
    """Ask for a yes or no on a terminal. Raises `KeyboardInterrupt` at the end of what is typed."""
    from instagen_usage_cli.output.question import confirm as ask

    return ask(question)


@contextmanager
def progress(description: str) -> Iterator[None]:
    """Show a progress bar on a terminal while the work inside goes on for more than half a second."""
    if not sys.stderr.isatty():
        yield
        return
    from instagen_usage_cli.output.progress import shown

    with shown(description):
        yield


def _write(document: Document, format_: str, stream: TextIO, *, wide: bool) -> None:
    if format_ == formats.DEFAULT:
        _print_table(document, stream, wide=wide)
        return
    from instagen_usage_cli.output.to_data import WRITERS

    stream.write(WRITERS[format_](document))


def _print_table(document: Document, stream: TextIO, *, wide: bool) -> None:
    from instagen_usage_cli.output.to_table import print_document

    console = _console(stream)
    with console.capture() as printed:
        print_document(document, console, wide=wide)
    stream.write(printed.get())


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    console = Console(file=stream, markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console = Console(file=stream, markup=False, emoji=False, highlight=False, width=WIDEST, no_color=True)
    return console


@contextmanager
def _standard_output() -> Iterator[TextIO]:
    """Standard output, in UTF-8. Raises `CannotWrite` or `ReaderGone`."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise errors.ReaderGone from error
    except OSError as error:
        raise errors.CannotWrite(path="standard output", why=(error.strerror or str(error)).lower()) from error
