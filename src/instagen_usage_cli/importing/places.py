"""Where clients keep their logs on this machine, and what lies there now."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from instagen_usage_cli import errors
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.filters import is_pattern
from instagen_usage_cli.importing import finding
from instagen_usage_cli.importing.files import STDIN, absolute, reason, signature
from instagen_usage_cli.importing.finding import Finding, Found, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from instagen_usage_cli.adapters import Place

ANY_DEPTH = "**"
# Where the folders of applications are that no variable names.
DATA, CONFIG = "XDG_DATA_HOME", "XDG_CONFIG_HOME"
APPLICATIONS = "APPLICATIONS"


@dataclass(frozen=True)
class Looked:
    """One place of a source: the folder with the pattern of its files, and what was found there.

    The places that the config adds are of no one source.
    """

    source: str | None
    place: str
    finding: Finding

    @property
    def size(self) -> int:
        """The bytes of what was found."""
        return sum(item.signature.size for item in self.finding.files if item.signature)


def look(source: str | None = None) -> list[Looked]:
    """Look in every place of every source, or of the one named, without opening a file.

    Symbolic links inside of a place are not followed; the place itself may be one. A file is found once, by its first
    place.
    """
    seen: set[str] = set()
    looked = []
    for adapter in ADAPTERS:
        for place in adapter.places if source in (None, adapter.name) else ():
            if not _folders(place):
                looked.append(Looked(adapter.name, f"${place.variables[0]}", Finding()))
            for folder, pattern in _patterns(place):
                found = _found(adapter.name, folder, pattern, seen)
                looked.append(Looked(adapter.name, _shown(folder, pattern), found))
    return looked


def find(source: str | None, more: Iterable[str]) -> tuple[Finding, list[Looked]]:
    """What to import where nothing is named, whole and place by place.

    That is what lies in the places of clients, and in `more`, which are files, folders and globs. Raises
    `NothingFound`.
    """
    looked = look_everywhere(more, source)
    found = together(each.finding for each in looked)
    if not found.files and found.passed_over:
        raise errors.NothingReadable(count=len(found.passed_over), first=found.passed_over[0][1])
    if not found.files:
        raise errors.NothingFound(whose=source or "any client")
    return found, looked


def look_everywhere(more: Iterable[str], source: str | None = None) -> list[Looked]:
    """The places of clients, as `look`, and those that the config adds."""
    return look(source) + [_looked(argument) for argument in more]


def _looked(argument: str) -> Looked:
    """One of the places that the config adds, of whatever source. What is not there is passed over."""
    place = Path(absolute(f"./{argument}" if argument == STDIN else argument))
    plain = next((number for number, part in enumerate(place.parts) if is_pattern(part)), len(place.parts))
    root = Path(*place.parts[:plain]).resolve()
    try:
        found = finding.find([str(place)])
        inside = [item for item in found.files if Path(item.name).resolve().is_relative_to(root)]
        files = tuple(replace(item, named=False, signature=signature(item.name)) for item in inside)
        return Looked(None, argument, replace(found, files=files))
    except errors.Error as error:
        return Looked(None, argument, Finding(passed_over=((argument, str(error)),)))


def _patterns(place: Place) -> Iterator[tuple[Path, str]]:
    """The folders of a place with the patterns of its files; what of a pattern is no pattern belongs to the folder."""
    for folder in _folders(place):
        for pattern in place.patterns or ("",):
            parts = pattern.split("/")
            plain = next((number for number, part in enumerate(parts) if is_pattern(part)), len(parts) - 1)
            yield Path(folder, *parts[:plain]), "/".join(parts[plain:])


def _folders(place: Place) -> list[str]:
    """Those that a variable names, where one is set; else the usual ones."""
    for variable in place.variables:
        name, _, below = variable.partition("/")
        said = os.environ.get(name, "")
        if said:
            several = [each.strip() for each in said.split(",") if each.strip()]
            named = [said] if Path(absolute(said)).exists() else several
            return [absolute(Path(absolute(each), below)) for each in named]
    return list(dict.fromkeys(absolute(_expanded(folder)) for folder in place.folders))


def _expanded(folder: str) -> str:
    first, slash, rest = folder.partition("/")
    return _applications(first.removeprefix("$")) + slash + rest if first.startswith("$") else folder


def _applications(name: str) -> str:
    """A folder of applications: that of XDG, as set or as usual on every platform, or that of the platform's own."""
    if name == APPLICATIONS and sys.platform == "darwin":
        return "~/Library/Application Support"
    if name == APPLICATIONS and sys.platform == "win32":
        return os.environ.get("APPDATA") or "~/AppData/Roaming"
    if name == DATA:
        return os.environ.get(DATA) or "~/.local/share"
    return os.environ.get(CONFIG) or "~/.config"


def _found(source: str, folder: Path, pattern: str, seen: set[str]) -> Finding:
    files: list[Found] = []
    passed_over: list[tuple[str, str]] = []
    for name in sorted(_matches(folder, pattern.split("/"), passed_over)):
        if name not in seen:
            seen.add(name)
            try:
                finding.check_name(name)
                files.append(Found(name, named=False, source=source, signature=signature(name)))
            except errors.Unreadable as error:
                passed_over.append((name, str(error)))
    return Finding(tuple(files), (), tuple(passed_over))


def _matches(folder: Path | str, parts: list[str], passed_over: list[tuple[str, str]]) -> Iterator[str]:
    """The files below a folder that fit the parts of a pattern; `**` stands for any number of folders."""
    first, *others = parts
    if not first:  # the place is a file
        yield from [str(folder)] if os.path.isfile(folder) else []  # noqa: PTH113
        return
    for entry in _entries(folder, passed_over):
        if entry.is_symlink():
            continue
        if entry.is_dir(follow_symlinks=False):
            if first == ANY_DEPTH:
                yield from _matches(entry.path, parts, passed_over)
            elif others and fnmatchcase(entry.name, first):
                yield from _matches(entry.path, others, passed_over)
        elif entry.is_file(follow_symlinks=False):
            last = others if first == ANY_DEPTH else parts
            if len(last) == 1 and fnmatchcase(entry.name, last[0]):
                yield entry.path


def _entries(folder: Path | str, passed_over: list[tuple[str, str]]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        passed_over.append((str(folder), str(errors.Unreadable(path=folder, why=reason(error)))))
        return []


def _shown(folder: Path, pattern: str) -> str:
    """A place as people write it: below their home, from `~`."""
    whole = str(folder / pattern) if pattern else str(folder)
    home = str(Path.home())
    return "~" + whole.removeprefix(home) if whole.startswith(home + os.sep) else whole
