"""The config: one TOML file with the time zones, and the saved mappings.

tz = "Europe/Paris"          # for display and calendar periods
source_tz = "UTC"            # for times without a zone in a file
[map.dashboard]              # saved by: usage import FILE --save-map dashboard
started_at = "Date"
[set.dashboard]
provider = "instagen"
"""

from __future__ import annotations

import tomllib
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Config:
    """What the config says; nothing when there is no file."""

    path: Path
    tz: str | None = None
    source_tz: str | None = None
    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, dict[str, str]] = field(default_factory=dict)

    def saved(self, name: str) -> tuple[dict[str, str], dict[str, str]]:
        """The mapping and the constants saved under `name`. Raises `UnknownMap`."""
        if name not in self.maps and name not in self.constants:
            known = ", ".join(sorted({*self.maps, *self.constants})) or "none"
            raise errors.UnknownMap(name=name, path=self.path, known=known)
        return self.maps.get(name, {}), self.constants.get(name, {})


def read(path: Path) -> Config:
    """Read the config at `path`. Raises `BadConfig`."""
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return Config(path)
    except (OSError, ValueError) as error:
        raise errors.BadConfig(path=path, why=error) from error
    unknown = sorted(set(content) - {"tz", "source_tz", "map", "set"})
    if unknown:
        raise errors.BadConfig(path=path, why=f"it knows tz, source_tz, [map.…] and [set.…], not {unknown[0]!r}")
    return Config(
        path,
        tz=_text(path, content, "tz"),
        source_tz=_text(path, content, "source_tz"),
        maps=_tables(path, content, "map"),
        constants=_tables(path, content, "set"),
    )


@contextmanager
def saving_map(path: Path, name: str | None, mapping: dict[str, str], constants: dict[str, str]) -> Iterator[None]:
    """Save a mapping under `name` once the work inside has succeeded; the rest of the file stays as it is.

    That it can be saved is known before the work begins. Without a name nothing is saved. Raises `BadConfig`.
    """
    if name is None:
        yield
        return
    target = path.resolve()  # a linked config stays a link
    partial = target.with_name(f".{target.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(_with_map(path, name, mapping, constants), "utf-8")
    except OSError as error:
        raise errors.BadConfig(path=path, why=(error.strerror or str(error)).lower()) from error
    try:
        yield
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _with_map(path: Path, name: str, mapping: dict[str, str], constants: dict[str, str]) -> str:
    import tomlkit

    read(path)
    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    for table, values in (("map", mapping), ("set", constants)):
        if table not in document:
            document[table] = tomlkit.table(is_super_table=True)
        cast("dict[str, object]", document[table])[name] = values
    return tomlkit.dumps(document)


def _text(path: Path, content: dict[str, Any], key: str) -> str | None:
    value = content.get(key)
    if value is not None and not isinstance(value, str):
        raise errors.BadConfig(path=path, why=f"{key} must be a text")
    return value


def _tables(path: Path, content: dict[str, Any], key: str) -> dict[str, dict[str, str]]:
    tables = content.get(key, {})
    well_formed = isinstance(tables, dict) and all(
        isinstance(table, dict) and all(isinstance(value, str) for value in table.values()) for table in tables.values()
    )
    if not well_formed:
        raise errors.BadConfig(path=path, why=f"[{key}.NAME] must hold texts")
    return cast("dict[str, dict[str, str]]", tables)
