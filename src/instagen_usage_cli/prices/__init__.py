"""The price lists: dated CSV files that are the truth, the table that is a copy of them, and whose line holds when."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, paths, sql
from instagen_usage_cli.prices import lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from pathlib import Path

    from instagen_usage_cli.store import Store

OF_ALIASES = "*aliases.csv"


@dataclass(frozen=True)
class Catalogue:
    """The price lists that come with the program, the user's own one if there is one, and the files of aliases."""

    shipped: tuple[Path, ...]
    aliases: tuple[Path, ...]
    own: Path | None

    @property
    def lists(self) -> tuple[Path, ...]:
        """The price lists, one's own last."""
        return self.shipped if self.own is None else (*self.shipped, self.own)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of all of it. Raises `BadPrices` for a file that cannot be read."""
        content = sha256()
        for path in (*self.lists, *self.aliases):
            content.update(path.name.encode() + b"\0" + _bytes(path))
        return content.hexdigest()

    @cached_property
    def lines_digest(self) -> str:
        """The SHA-256 of the catalogue and of the rules by which a line is found for a name."""
        rules = "".join(sql.load("prices", name) for name in ("asked_names", "known_names", "price_lines"))
        return sha256((self.digest + rules).encode()).hexdigest()


def models_of(provider: str | None) -> list[str]:
    """The models that the price lists in force have of a provider (None = of any), in lower case."""
    import csv

    found = set()
    current = catalogue()
    for path in current.lists:
        with suppress(OSError, UnicodeDecodeError, csv.Error), path.open(encoding="utf-8", newline="") as file:
            found |= {
                row["model"].lower()
                for row in csv.DictReader(file)
                if row.get("model") and provider in (None, row.get("provider"))
            }
    return sorted(found)


def catalogue(own: Path | None = None) -> Catalogue:
    """What is in force: the lists of the installed package (of a checkout, its `pricing`), and one's own.

    One's own is `paths.prices()`, or the given file in its place.
    """
    packaged = files(__package__).joinpath("..", "pricing")
    folder = packaged if packaged.is_dir() else files(__package__).joinpath("..", "..", "..", "pricing")
    own = own or paths.prices()
    with as_file(folder) as path:
        aliases = sorted(path.glob(OF_ALIASES))
        shipped = sorted(set(path.glob("*.csv")) - set(aliases))
    return Catalogue(tuple(shipped), tuple(aliases), own if own.exists() else None)


def refresh(store: Store) -> None:
    """Make `prices`, `aliases` and `price_lines` of a writable database those of the catalogue, unless they are.

    Raises `BadPrices` for a list of one's own that cannot be used; what was in force stays.
    """
    current = catalogue()
    [state] = store.query(sql.load("prices", "state")).records()
    if state["digest"] != current.digest:
        _check_own(current)
        store.run("delete from prices")
        store.run("delete from aliases")
        _copy(store, current)
    if not _is_resolved(state, current):
        make_known_names(store)
        store.run("delete from price_lines")
        store.run("insert into price_lines by name " + _lines(), lines_digest=current.lines_digest)


def overlay(store: Store, state: Mapping[str, Any], current: Catalogue) -> bool:
    """Give a read-only database the prices of a catalogue, where its own (the `state` of `state.sql`) are others.

    Temporary tables hide what it has. Returns whether they do. Raises `BadPrices` for a list of one's own that cannot
    be used.
    """
    if state["digest"] != current.digest:
        _check_own(current)
        store.run("create or replace temp table prices as select * from prices limit 0")
        store.run("create or replace temp table aliases as select * from aliases limit 0")
        _copy(store, current)
    if _is_resolved(state, current):
        return False
    resolve(store, current)
    return True


def resolve(store: Store, current: Catalogue, *, alternatives: str | None = None, **params: object) -> None:
    """Make `known_names` and `price_lines`: which line holds for each name in the store, when, and for which size.

    `alternatives` is SQL that makes a table of that name: other names, with which the ones in the store are compared;
    it may name `params`.
    """
    make_known_names(store)
    if alternatives:
        store.run(alternatives, **params)
        make_known_names(store, with_alternatives=True)
    store.run("create or replace temp table price_lines as " + _lines(), lines_digest=current.lines_digest)


def make_known_names(store: Store, *, with_alternatives: bool = False) -> None:
    """Make `known_names`: whose price list is asked for each name in the store, and for which ids."""
    store.run(sql.load("prices", "asked_alternatives" if with_alternatives else "asked_names"))
    store.run(sql.load("prices", "known_names"))


def _lines() -> str:
    return sql.load("prices", "price_lines")


def _is_resolved(state: Mapping[str, Any], current: Catalogue) -> bool:
    return bool(state["lines_digest"] == current.lines_digest and state["knows_names"])


def published(provider: str) -> dict[str, tuple[Decimal, Decimal]]:
    """The prices of a provider that are in force: model → USD per million input and output tokens."""
    found = {}
    for path in catalogue().shipped:
        for line in lines.read(path):
            if line.provider == provider and line.effective_until is None and line.input and line.output:
                found[line.model] = line.input, line.output
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise errors.BadPrices(path=path, line=1, why=(error.strerror or str(error)).lower()) from error


def _check_own(current: Catalogue) -> None:
    """One's own list is checked whenever it is read; those of the program by its tests."""
    if current.own is not None:
        lines.read(current.own)


def _copy(store: Store, current: Catalogue) -> None:
    for path in current.lists:
        store.run(
            "insert into prices by name " + sql.load("prices", "lists"),
            digest=current.digest,
            price_list=path.name,
            is_own=path == current.own,
            path=str(path),
        )
    store.run(
        "insert into aliases by name " + sql.load("prices", "aliases"), paths=[str(path) for path in current.aliases]
    )
