"""The config: one TOML file with the time zones, the limits of access keys, and the saved mappings.

tz = "Europe/Paris"          # for display and calendar periods
source_tz = "UTC"            # for times without a zone in a file
[import]
places = ["~/logs"]          # for usage import without a path, beside where clients keep theirs
[import.set.llm]             # what is true of all that it finds of a source
provider = "instagen"
[map.dashboard]              # saved by: usage import FILE --save-map dashboard
started_at = "Date"
[set.dashboard]
provider = "instagen"
[limits.web-app]             # of a key, by its name in usage keys; headroom is measured against it
requests_per_minute = 600
tokens_per_minute = 2_000_000
concurrent_requests = 50
[limits."*"]                 # of every key without limits of its own
concurrent_requests = 20
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, cast

from instagen_usage_cli import errors, files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# The name for limits of every key without its own.
EVERY_KEY = "*"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an access key may do at most, None where nothing is said."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    concurrent_requests: int | None = None


@dataclass(frozen=True)
class Config:
    """What the config says; nothing when there is no file."""

    path: Path
    tz: str | None = None
    source_tz: str | None = None
    maps: dict[str, dict[str, str]] = field(default_factory=dict)
    constants: dict[str, dict[str, str]] = field(default_factory=dict)
    limits: dict[str, Limits] = field(default_factory=dict)
    places: tuple[str, ...] = ()
    source_constants: dict[str, dict[str, str]] = field(default_factory=dict)

    def saved(self, name: str) -> tuple[dict[str, str], dict[str, str]]:
        """The mapping and the constants saved under `name`. Raises `UnknownMap`."""
        if name not in self.maps and name not in self.constants:
            known = ", ".join(sorted({*self.maps, *self.constants})) or "none"
            raise errors.UnknownMap(name=name, path=self.path, known=known)
        return self.maps.get(name, {}), self.constants.get(name, {})

    def limits_of(self, key: str | None) -> Limits:
        """The limits of an access key: its own, else those of every key. Requests without a key have none."""
        if key is None:
            return Limits()
        return self.limits.get(key) or self.limits.get(EVERY_KEY) or Limits()


def read(path: Path) -> Config:
    """Read the config at `path`. Raises `BadConfig`."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Config(path)
    except (OSError, ValueError) as error:
        raise errors.BadConfig(path=path, why=error) from error
    import tomllib

    try:
        content = tomllib.loads(text)
    except ValueError as error:
        raise errors.BadConfig(path=path, why=error) from error
    unknown = sorted(set(content) - {"tz", "source_tz", "import", "map", "set", "limits"})
    if unknown:
        known = "tz, source_tz, [import], [map.…], [set.…] and [limits.…]"
        raise errors.BadConfig(path=path, why=f"it knows {known}, not {unknown[0]!r}")
    return Config(
        path,
        tz=_text(path, content, "tz"),
        source_tz=_text(path, content, "source_tz"),
        maps=_tables(path, content, "map"),
        constants=_tables(path, content, "set"),
        limits=_limits(path, content),
        places=_places(path, _import(path, content)),
        source_constants=_tables(path, _import(path, content), "set", "import.set"),
    )


@contextmanager
def saving_map(path: Path, name: str | None, mapping: dict[str, str], constants: dict[str, str]) -> Iterator[None]:
    """Save a mapping under `name` once the work inside has succeeded; the rest of the file stays as it is.

    What keeps it from being saved is raised before the work begins. Without a name nothing is saved. Raises
    `BadConfig`.
    """
    if name is None:
        yield
        return
    with ExitStack() as saving:
        try:
            files.make_folder(path.parent)
            saving.enter_context(files.replacing(path, _with_map(path, name, mapping, constants)))
        except OSError as error:
            raise errors.BadConfig(path=path, why=(error.strerror or str(error)).lower()) from error
        except errors.CannotWrite as error:
            raise errors.BadConfig(path=path, why=error.why) from error
        yield


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


def _tables(path: Path, content: dict[str, Any], key: str, name: str = "") -> dict[str, dict[str, str]]:
    tables = content.get(key, {})
    well_formed = isinstance(tables, dict) and all(
        isinstance(table, dict) and all(isinstance(value, str) for value in table.values()) for table in tables.values()
    )
    if not well_formed:
        raise errors.BadConfig(path=path, why=f"[{name or key}.NAME] must hold texts")
    return cast("dict[str, dict[str, str]]", tables)


def _import(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    table = content.get("import", {})
    if not isinstance(table, dict) or set(table) - {"places", "set"}:
        raise errors.BadConfig(path=path, why="[import] knows places and [import.set.SOURCE], and nothing else")
    return table


def _places(path: Path, table: dict[str, Any]) -> tuple[str, ...]:
    places = table.get("places", [])
    if not isinstance(places, list) or not all(isinstance(each, str) and each for each in places):
        raise errors.BadConfig(path=path, why='[import] takes places = ["FILE, FOLDER or GLOB", …]')
    return tuple(places)


def _limits(path: Path, content: dict[str, Any]) -> dict[str, Limits]:
    tables = content.get("limits", {})
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise errors.BadConfig(path=path, why="[limits.NAME] must be a table, NAME being an access key or *")
    return {key: _checked_limits(path, table) for key, table in tables.items()}


def _checked_limits(path: Path, table: dict[str, Any]) -> Limits:
    known = [each.name for each in fields(Limits)]
    for name, value in table.items():
        if name not in known:
            raise errors.BadConfig(path=path, why=f"[limits.NAME] knows {', '.join(known)}, not {name!r}")
        if type(value) is not int or value < 1:  # True is an int, too
            why = f"{name} in [limits.NAME] must be a whole number of at least 1, not {value!r}"
            raise errors.BadConfig(path=path, why=why)
    return Limits(**table)
