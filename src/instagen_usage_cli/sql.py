"""The SQL files of the package, by folder and name."""

from __future__ import annotations

from importlib.resources import files


def load(folder: str, name: str) -> str:
    """The text of `<folder>/<name>.sql`."""
    return files(__package__).joinpath(folder, f"{name}.sql").read_text("utf-8")


def names(folder: str) -> list[str]:
    """The names of the SQL files in a folder, in order."""
    found = files(__package__).joinpath(folder).iterdir()
    return sorted(file.name.removesuffix(".sql") for file in found if file.name.endswith(".sql"))
