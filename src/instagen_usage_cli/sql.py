"""The SQL files of the package, by folder and name; and the statements of a file that has several, each by its name."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

CALL = re.compile(r"\b(\w+)\(")
# The heading of a statement in a file of several: `-- name: known`.
HEADING = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


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


def called(folder: str, file: str, text: str) -> str:
    """The statements of a file of macros that a text calls, with those that these call, in their order, as one text."""
    known = statements(folder, file)
    found: set[str] = set()
    callers = [text]
    while callers:
        new = (known.keys() & set(CALL.findall(callers.pop()))) - found
        found |= new
        callers += [known[name] for name in new]
    return "\n".join(statement for name, statement in known.items() if name in found)


def names(folder: str) -> list[str]:
    """The names of the SQL files in a folder, in order."""
    found = files(__package__).joinpath(folder).iterdir()
    return sorted(file.name.removesuffix(".sql") for file in found if file.name.endswith(".sql"))
