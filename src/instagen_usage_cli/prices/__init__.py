"""The price lists: dated CSV files that are the truth, the table that is a copy of them, and whose line holds when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, paths, sql
from instagen_usage_cli.prices import lines

if TYPE_CHECKING:
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
    """Make `prices` and `aliases` of a writable database a copy of the catalogue, unless they are one already.

    Raises `BadPrices` for a list of one's own that cannot be used; what was in force stays.
    """
    current = catalogue()
    if not _is_copy(store, current):
        _check_own(current)
        store.run("delete from prices")
        store.run("delete from aliases")
        _copy(store, current)


def overlay(store: Store, current: Catalogue | None = None) -> None:
    """Give a read-only database the prices of a catalogue, by default those in force.

    A copy of another one is hidden by temporary tables. Raises `BadPrices` for a list of one's own that cannot be used.
    """
    current = current or catalogue()
    if not _is_copy(store, current):
        _check_own(current)
        store.run("create or replace temp table prices as select * from prices limit 0")
        store.run("create or replace temp table aliases as select * from aliases limit 0")
        _copy(store, current)


def resolve(store: Store, *, alternatives: str | None = None, **params: object) -> None:
    """Make `price_lines`: which line holds for each name in the store, when, and for which size of a request.

    `alternatives` is SQL that makes a table of that name: other names, with which the ones in the store are compared;
    it may name `params`.
    """
    if alternatives:
        store.run(alternatives, **params)
    store.run(sql.load("prices", "asked_alternatives" if alternatives else "asked_names"))
    store.run(sql.load("prices", "known_names"))
    store.run(sql.load("prices", "price_lines"))


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


def _is_copy(store: Store, current: Catalogue) -> bool:
    return bool(store.query("select any_value(digest) from prices").value() == current.digest)


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
