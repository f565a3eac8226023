"""Which files to import: those that arguments name, and those that lie where clients keep their logs."""

from __future__ import annotations

import glob
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from instagen_usage_cli import errors
from instagen_usage_cli.importing import databases
from instagen_usage_cli.importing.files import (
    COMPRESSED,
    DATABASE_ENDINGS,
    STDIN,
    TEXT_ENDINGS,
    Signature,
    absolute,
    reason,
)
from instagen_usage_cli.private import without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable

LOG_ENDINGS = (*TEXT_ENDINGS, *DATABASE_ENDINGS, ".parquet")


@dataclass(frozen=True)
class Found:
    """A file to import: its absolute path (or `-`), and whether it was named or found in a folder, glob or place.

    Whose place it lies in is its `source`; its `signature` is there where it was taken on the way.
    """

    name: str
    named: bool
    source: str | None = None
    signature: Signature | None = None

    @property
    def label(self) -> str:
        """What it is stored and shown as: without an access key."""
        return without_secrets(self.name)


@dataclass(frozen=True)
class Finding:
    """The files to import, each once; with the files of folders whose names do not end like those of logs.

    `passed_over` has what could not be looked into, and why.
    """

    files: tuple[Found, ...] = ()
    left_out: tuple[str, ...] = ()
    passed_over: tuple[tuple[str, str], ...] = ()


def together(findings: Iterable[Finding]) -> Finding:
    """All of them as one, each file once: as that of its source where one knows it."""
    files: dict[str, Found] = {}
    left_out: list[str] = []
    passed_over: list[tuple[str, str]] = []
    for finding in findings:
        for item in finding.files:
            if item.name not in files or item.source:
                files[item.name] = item
        left_out.extend(finding.left_out)
        passed_over.extend(finding.passed_over)
    return Finding(tuple(files.values()), tuple(left_out), tuple(passed_over))


def find(arguments: Iterable[str]) -> Finding:
    """The files that the arguments name: files, `-`, folders (with the logs that are in them) and globs.

    Raises `NoSuchFile`, `NoLogs`, or `Unreadable` for a file that was named itself.
    """
    found: dict[str, Found] = {}
    left_out: list[str] = []
    passed_over: list[tuple[str, str]] = []
    for argument in arguments:
        files, others = _expand(argument)
        for item in files:
            try:
                check_name(item.name)
            except errors.Unreadable as error:
                if item.named:
                    raise
                passed_over.append((ascii(item.name), str(error)))
            else:
                found.setdefault(item.name, item)
        left_out.extend(others)
    return Finding(tuple(found.values()), tuple(left_out), tuple(passed_over))


def _expand(argument: str) -> tuple[list[Found], list[str]]:
    """The files of an argument, and of a folder the other files."""
    path = Path(os.path.expanduser(argument))  # noqa: PTH111 - pathlib fails where there is no such user
    if argument == STDIN:
        return [Found(STDIN, named=True)], []
    if _is_folder(path):
        return _logs_in(path, argument)
    if path.exists():
        return [Found(absolute(path), named=True)], []
    matches = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 - an absolute pattern is fine here
    files = [Path(match) for match in matches if Path(match).is_file()]
    if not files:
        raise errors.NoSuchFile(path=argument)
    return [Found(absolute(file), named=False) for file in files], []


def _logs_in(folder: Path, argument: str) -> tuple[list[Found], list[str]]:
    files = sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
    logs = [file for file in files if _is_log(file)]
    if not logs:
        raise errors.NoLogs(path=argument)
    others = [file for file in files if not _is_log(file) and not _belongs_to_database(file)]
    return [Found(absolute(file), named=False) for file in logs], [absolute(file) for file in others]


def _is_log(file: Path) -> bool:
    name = re.sub(r"\.\d+$", "", file.name.lower())  # of a rotated log
    for ending in COMPRESSED:
        name = re.sub(r"\.\d+$", "", name.removesuffix(ending))
    return name.endswith(LOG_ENDINGS)


def _belongs_to_database(file: Path) -> bool:
    return file.name.endswith(databases.COMPANIONS) and file.with_name(file.name.rpartition("-")[0]).is_file()


def _is_folder(path: Path) -> bool:
    try:
        path.exists()
        return path.is_dir()
    except OSError as error:  # such as a name that is too long
        raise errors.Unreadable(path=path, why=reason(error)) from error


def check_name(name: str) -> None:
    """DuckDB opens files by UTF-8 names only. Raises `Unreadable`."""
    try:
        name.encode()
    except UnicodeEncodeError as error:
        raise errors.Unreadable(path=ascii(name), why="its name is not UTF-8") from error
