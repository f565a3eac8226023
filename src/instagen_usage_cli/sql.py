"""The SQL files of the package: loaded by folder and name, put together of fixed pieces, or taken by their names."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# A line that directs how a text is put together: see `compose`.
DIRECTION = re.compile(r" *-- (if|end|include):? ?(not )?(\S*)")

CALL = re.compile(r"\b(\w+)\(")
# The heading of a statement in a file of several: `-- name: known`.
HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


@cache
def load(folder: str, name: str) -> str:
    """The text of `<folder>/<name>.sql`."""
    return files(__package__).joinpath(folder, f"{name}.sql").read_text("utf-8")


def statement(folder: str, file: str, name: str) -> str:
    """The statement under `-- name: <name>` in `<folder>/<file>.sql`. Raises `KeyError` where there is none."""
    return statements(folder, file)[name]


@cache
def statements(folder: str, file: str) -> dict[str, str]:
    """The statements of `<folder>/<file>.sql` by their names, in the order in which they stand there."""
    _, *parts = HEADING.split(load(folder, file))
    return dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))


def called(folder: str, file: str, text: str) -> dict[str, str]:
    """The macros of a file that a text calls, and those that these call: their statements by name, in their order."""
    known = statements(folder, file)
    found: set[str] = set()
    callers = [text]
    while callers:
        new = (known.keys() & set(CALL.findall(callers.pop()))) - found
        found |= new
        callers += [known[name] for name in new]
    return {name: statement for name, statement in known.items() if name in found}


@cache
def names(folder: str) -> list[str]:
    """The names of the SQL files in a folder, in order."""
    found = files(__package__).joinpath(folder).iterdir()
    return sorted(file.name.removesuffix(".sql") for file in found if file.name.endswith(".sql"))


def compose(folder: str, name: str, parts: Iterable[str] = ()) -> str:
    """The text of `<folder>/<name>.sql` with the files it includes, and only with what these parts need.

    `-- include: views/counted` stands for that file. Lines from `-- if: statements` to `-- end` stay where `statements`
    is among the parts, those from `-- if: not statements` where it is not. What is not needed is not planned, and no
    value ever becomes text. Comments are left out.
    """
    return "\n".join(_composed(load(folder, name), frozenset(parts)))


def _composed(text: str, parts: frozenset[str]) -> Iterable[str]:
    open_ = [True]
    for line in text.splitlines():
        found = DIRECTION.fullmatch(line)
        if not found:
            if open_[-1] and not line.lstrip().startswith("--"):
                yield line
            continue
        direction, negation, argument = found.groups()
        if direction == "if":
            open_.append(open_[-1] and (argument in parts) != bool(negation))
        elif direction == "end":
            open_.pop()
        elif open_[-1]:
            yield from _composed(load(*argument.split("/")), parts)
