"""Everything that goes to standard output, in every format: results are data, all else goes to standard error."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from instagen_usage_cli import errors, files
from instagen_usage_cli.output.columns import clean
from instagen_usage_cli.output.document import Card, Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rich.console import Console

__all__ = ["FORMATS", "Card", "Document", "format_for", "progress", "say", "write", "write_lines"]

FORMATS = ("table", "csv", "json", "jsonl", "markdown")
ENDINGS = {".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".md": "markdown", ".txt": "table"}
PIPE_WIDTH = 100
WIDEST = 10_000


def format_for(given: str | None, destination: Path | None) -> str:
    """The format: `--format`, else what the file ending says, else a table. Raises `BadValue`."""
    if given is not None:
        return given
    if destination is None:
        return "table"
    known = ENDINGS.get(destination.suffix.lower())
    if known is None:
        raise errors.BadValue(option="--output", value=str(destination), known="files in " + ", ".join(ENDINGS))
    return known


def write(document: Document, format_: str, destination: Path | None) -> None:
    """Write a document to a file, or to standard output. Raises `CannotWrite`."""
    if not document.rows.rows and document.empty:
        say(document.empty)
    if destination is None:
        with _standard_output() as stream:
            _write(document, format_, stream)
        return
    content = io.StringIO(newline="")
    _write(document, format_, content)
    files.write(destination, content.getvalue())


def write_lines(lines: list[str]) -> None:
    """Write plain lines to standard output, cleaned of what a terminal would obey."""
    with _standard_output() as stream:
        stream.writelines(f"{clean(line)}\n" for line in lines)


def say(line: str) -> None:
    """Say one line on standard error."""
    sys.stdout.flush()
    print(f"usage: {clean(line)}", file=sys.stderr)  # noqa: T201 - this is where the program speaks


@contextmanager
def progress(description: str) -> Iterator[None]:
    """Show a progress bar on a terminal while the work inside goes on for more than half a second."""
    if not sys.stderr.isatty():
        yield
        return
    from instagen_usage_cli.output.progress import shown

    with shown(description):
        yield


def _write(document: Document, format_: str, stream: TextIO) -> None:
    if format_ == "table":
        _print_table(document, stream)
    else:
        stream.write(_writer(format_)(document))


def _writer(format_: str) -> Callable[[Document], str]:
    from instagen_usage_cli.output import to_data

    return {
        "csv": to_data.to_csv,
        "json": to_data.to_json,
        "jsonl": to_data.to_jsonl,
        "markdown": to_data.to_markdown,
    }[format_]


def _print_table(document: Document, stream: TextIO) -> None:
    from instagen_usage_cli.output.to_table import print_document

    console = _console(stream)
    with console.capture() as printed:
        print_document(document, console)
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
