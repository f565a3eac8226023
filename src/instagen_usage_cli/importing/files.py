"""A file to import: opened far enough to know its kind, and made readable as plain UTF-8 text."""

from __future__ import annotations

import codecs
import errno
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from instagen_usage_cli import errors
from instagen_usage_cli.adapters import unread
from instagen_usage_cli.choices import MOST_BYTES
from instagen_usage_cli.importing import databases, pipes, shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

# How much of a file is looked at: less where its source is known.
HEAD_BYTES, SHORT_HEAD_BYTES = 64 * 1024, 4 * 1024
CHUNK_BYTES = 1024 * 1024
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DIGEST_BYTES = 64 * 1024 * 1024
STDIN = "-"
TEXT_ENDINGS = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".sse", ".log", ".txt")
DATABASE_ENDINGS = (".db", ".sqlite", ".sqlite3")
PARQUET, ZIP = b"PAR1", b"PK\x03\x04"
COMPRESSED = {".gz": b"\x1f\x8b", ".zst": b"\x28\xb5\x2f\xfd"}
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class Signature:
    """What tells a changed file from an unchanged one."""

    size: int
    modified_ns: int


@dataclass(frozen=True)
class LogFile:
    """A file ready to be read: plain UTF-8 text at `path`, which is `name` itself or a copy in a temporary folder.

    Standard input is named by its content. `shape` is `lines` (a record per line), `pages` (a page of records per
    line), `document` (one JSON document), `table` (CSV), or one of those that stay as they are and have their headings
    as `head`, one a line: `parquet` (with their types) and `sqlite` (as `table.column`).
    """

    name: str
    path: Path
    signature: Signature
    head: str
    shape: str

    def digest(self) -> str | None:
        """The SHA-256 of the text, or None when the file is larger than 64 MiB or not all of what is read."""
        if self.shape == "sqlite" or self.plain_size > DIGEST_BYTES:
            return None
        return _sha256(self.path)

    @property
    def plain_size(self) -> int:
        """The bytes that are read."""
        return self.signature.size if str(self.path) == self.name else self.path.stat().st_size


def absolute(path: str | Path) -> str:
    """The absolute path by which a file is known; `-` stays itself. Symbolic links are left as they are."""
    return str(path) if str(path) == STDIN else os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - resolves .., and any user


def signature(name: str) -> Signature | None:
    """Size and time of change of a file, without opening it; None for standard input. Raises `Unreadable`.

    What a database has not yet taken in from the file beside it counts with it.
    """
    if name == STDIN:
        return None
    try:
        stats = [os.stat(name)]  # noqa: PTH116 - the name may be no path yet
    except OSError as error:
        raise errors.Unreadable(path=name, why=reason(error)) from error
    if not name.endswith(TEXT_ENDINGS):
        with suppress(OSError):
            stats.append(os.stat(name + databases.WAL))  # noqa: PTH116 - as above
    return Signature(sum(stat.st_size for stat in stats), max(stat.st_mtime_ns for stat in stats))


def open_log(
    name: str,
    folder: Path,
    encoding: str | None,
    *,
    known: Signature | None = None,
    head_bytes: int = HEAD_BYTES,
    is_log: bool = False,
    max_bytes: int = MOST_BYTES,
) -> LogFile:
    """Make a file readable as plain UTF-8 text, in `folder` if it is compressed, piped or encoded otherwise.

    A copy has at most `max_bytes`. Where its signature is `known` it need not be taken again; of one that surely
    `is_log`, bad bytes are of its lines. Raises `EmptyFile`, `NotText`, `WrongEncoding`, `BrokenArchive`, `TooLarge`,
    `DiskFull`, `ZipArchive`, `NotReadYet` or `Unreadable`.
    """
    try:
        if name != STDIN and known is None:
            pipes.check(name)
        is_regular = known is not None or _is_regular(name)
        path = Path(name) if is_regular else _spooled(name, folder, max_bytes)
        now = known or (signature(name) if is_regular else None) or Signature(path.stat().st_size, 0)
        path, head = _decompressed(path, _head(path, head_bytes), name, folder, max_bytes)
        if head.startswith(ZIP):
            raise _what_is_zipped(path, name)
        if head.startswith(PARQUET):
            return _log(name, path, now, "\n".join(_parquet_headings(path, name)), "parquet")
        if head.startswith(databases.MAGIC):
            return _log(name, path, now, "\n".join(databases.headings(path, name)), "sqlite")
        path, head = _decoded(path, head, name, folder, encoding)
    except OSError as error:
        raise errors.Unreadable(path=name, why=reason(error)) from error
    text = _text(head, name, is_log=is_log)
    shape = shapes.of_text(text, name)
    if shape == "table":
        path = _with_even_line_ends(path, name, folder)
    if shape == "document":
        _check_whole(path, name)
    return _log(name, path, now, text, shape)


def _log(name: str, path: Path, now: Signature, head: str, shape: str) -> LogFile:
    return LogFile(f"{STDIN}:{_sha256(path)[:12]}" if name == STDIN else name, path, now, head, shape)


def _head(path: Path, head_bytes: int = HEAD_BYTES) -> bytes:
    with path.open("rb", buffering=0) as file:
        return file.read(head_bytes)


def _what_is_zipped(path: Path, name: str) -> errors.Error:
    """Why an archive is not read: what it is, where that is known."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            what = unread.of_members(archive.namelist())
    except (zipfile.BadZipFile, OSError):
        what = None
    return errors.NotReadYet(path=name, what=what.title) if what else errors.ZipArchive(path=name)


def _parquet_headings(path: Path, name: str) -> list[str]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return [f"{field.name}\t{field.type}" for field in parquet.read_schema(path)]
    except (pa.ArrowException, OSError) as error:
        raise errors.Unreadable(path=name, why="its Parquet footer is broken") from error


def count_lines(path: Path) -> int:
    """The number of lines in a file; a last one without an ending counts."""
    lines, last = 0, b"\n"
    with path.open("rb") as file:
        for chunk in _chunks(file):
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    return lines + (last != b"\n")


def line_at(log: LogFile, number: int) -> str | None:
    """Line `number` (from 1) of a file, as far as it goes."""
    with log.path.open(encoding="utf-8", errors="replace") as file:
        return next((line.rstrip("\n") for place, line in enumerate(file, 1) if place == number), None)


def _sha256(path: Path) -> str:
    content = sha256()
    with path.open("rb") as file:
        for chunk in _chunks(file):
            content.update(chunk)
    return content.hexdigest()


def _is_regular(name: str) -> bool:
    """Whether a file can be read more than once, unlike a pipe."""
    return name != STDIN and not (Path(name).exists() and not Path(name).is_file())


def _spooled(name: str, folder: Path, most: int) -> Path:
    """What comes out of a pipe or standard input, as a file."""
    path = _copy_of(name, folder, "spool")
    if name == STDIN:
        pipes.copy(_chunks(pipes.standard_input()), path, name, most)
        return path
    with pipes.open_pipe(name) as source:
        pipes.copy(_chunks(source), path, name, most)
    return path


def _decompressed(path: Path, head: bytes, name: str, folder: Path, most: int) -> tuple[Path, bytes]:
    """The file itself, or its decompressed copy, and its head: what it is, its first bytes say, not its name."""
    kinds = [kind for kind, mark in COMPRESSED.items() if head.startswith(mark)]
    if not kinds:
        return path, head
    copy = _copy_of(name, folder, "plain")
    try:
        pipes.copy(_chunks(_decompressor(path, kinds[0])), copy, name, most)
    except (OSError, EOFError, zlib.error) as error:
        if getattr(error, "errno", None) in NO_ROOM:
            raise errors.DiskFull(path=copy) from error
        raise errors.BrokenArchive(path=name) from error
    return copy, _head(copy)


def _decompressor(path: Path, kind: str) -> IO[bytes]:
    if kind == ".gz":
        import gzip

        return cast("IO[bytes]", gzip.open(path))
    import pyarrow as pa

    return cast("IO[bytes]", pa.input_stream(str(path), compression="zstd"))


def _decoded(path: Path, head: bytes, name: str, folder: Path, encoding: str | None) -> tuple[Path, bytes]:
    """The file itself if it is UTF-8 without a mark, or its copy in UTF-8, and its head."""
    marked = next((kind for mark, kind in BYTE_ORDER_MARKS.items() if head.startswith(mark)), None)
    kind = marked or encoding or _wide_encoding(head)
    if kind is None or (not marked and codecs.lookup(kind).name == "utf-8"):
        return path, head
    copy = _copy_of(name, folder, "utf8")
    try:
        with (
            path.open(encoding=kind, newline="") as source,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            while chunk := source.read(CHUNK_BYTES):
                out.write(chunk)
    except UnicodeError as error:
        if kind != "utf-8-sig":
            raise errors.WrongEncoding(path=name) from error
        _copy_without_mark(path, copy)  # bad bytes behind a mark: single lines, to be told as such
    return copy, _head(copy)


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of most of it is 0, and it reads as text."""
    if b"\0" not in head:
        return None
    kind = "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    text = codecs.getincrementaldecoder(kind)("replace").decode(head)
    is_text = "\ufffd" not in text and all(letter.isprintable() or letter.isspace() for letter in text)
    return kind if is_text and any(letter in text for letter in "\r\n") else None


def _with_even_line_ends(path: Path, name: str, folder: Path) -> Path:
    r"""The file itself, or a copy that DuckDB can read where it has several ways of ending a line.

    In the copy every line ends with `\\n`, and a stray `\\r` within a line is a space.
    """
    newlines = returns = pairs = 0
    last = b""
    with path.open("rb") as file:
        for chunk in _chunks(file):
            newlines += chunk.count(b"\n")
            pairs += last == b"\r" and chunk.startswith(b"\n")
            if b"\r" in chunk:
                returns += chunk.count(b"\r")
                pairs += chunk.count(b"\r\n")
            last = chunk[-1:]
    has_strays = returns > pairs and newlines > 0  # else it ends its lines with them
    if pairs in (0, newlines + (last != b"\n")) and not has_strays:
        return path
    copy = _copy_of(name, folder, "even")
    with path.open("rb") as source, copy.open("wb") as out:
        out.writelines(line.replace(b"\r\n", b"\n").replace(b"\r", b" ") for line in source)
    return copy


def _copy_without_mark(path: Path, copy: Path) -> None:
    with path.open("rb") as source, copy.open("wb") as out:
        source.seek(len(codecs.BOM_UTF8))
        out.writelines(_chunks(source))


def _copy_of(name: str, folder: Path, kind: str) -> Path:
    return folder / f"{sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:16]}.{kind}"


def _text(head: bytes, name: str, *, is_log: bool) -> str:
    if not head.strip():
        raise errors.EmptyFile(path=name)
    if b"\0" in head.partition(b"\n")[0]:
        raise errors.NotText(path=name)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        lines = head.split(b"\n")
        if not is_log and not _is_utf8(lines[0]) and not _looks_binary(head):
            raise errors.WrongEncoding(path=name) from error
        good = sum(_is_utf8(line) for line in lines)
        if (is_log and not _looks_binary(head)) or good > len(lines) / 2:  # a few bad lines are told one by one
            return head.decode("utf-8", "replace")
        if _looks_binary(head):
            raise errors.NotText(path=name) from error
        raise errors.WrongEncoding(path=name) from error


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _looks_binary(head: bytes) -> bool:
    control = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)  # noqa: PLR2004 - the control characters
    return control > len(head) / 50


def _check_whole(path: Path, name: str) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            for chunk in _chunks(file):
                decoder.decode(chunk)
    except UnicodeDecodeError as error:
        raise errors.WrongEncoding(path=name) from error


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk


def reason(error: OSError) -> str:
    """Why something could not be read, in words."""
    return (error.strerror or str(error)).lower()
