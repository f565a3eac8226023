"""The price lists: dated CSV files that are the truth, and the table that is a copy of them."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from importlib.resources import as_file, files
from typing import TYPE_CHECKING

from instagen_usage_cli import sql

if TYPE_CHECKING:
    from pathlib import Path

    from instagen_usage_cli.store import Store


def refresh(store: Store) -> None:
    """Make `prices` of a writable database a copy of the price lists, unless it is one already."""
    paths = _paths()
    digest = _digest(paths)
    if not _is_copy(store, digest):
        store.run("delete from prices")
        store.run("insert into prices by name " + _lines(), digest=digest, paths=_texts(paths))


def overlay(store: Store) -> None:
    """Give a read-only database current prices: a stale copy is hidden by a temporary table."""
    paths = _paths()
    digest = _digest(paths)
    if not _is_copy(store, digest):
        store.run("create temp table prices as " + _lines(), digest=digest, paths=_texts(paths))


def _is_copy(store: Store, digest: str) -> bool:
    return bool(store.query("select any_value(digest) from prices").value() == digest)


def _lines() -> str:
    return sql.load("readers", "price_lists")


def _paths() -> list[Path]:
    """The price lists of the installed package; of a checkout, those in its `pricing` folder."""
    packaged = files(__package__) / "pricing"
    folder = packaged if packaged.is_dir() else files(__package__).joinpath("..", "..", "pricing")
    with as_file(folder) as path:
        return sorted(path.glob("*.csv"))


def _digest(paths: list[Path]) -> str:
    content = sha256()
    for path in paths:
        content.update(path.name.encode() + b"\0" + path.read_bytes())
    return content.hexdigest()


def _texts(paths: list[Path]) -> list[str]:
    return [str(path) for path in paths]


def published(provider: str) -> dict[str, tuple[Decimal, Decimal]]:
    """The prices of a provider that are in force: model → USD per million input and output tokens."""
    import csv

    found = {}
    for path in _paths():
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                if line["provider"] == provider and not line["effective_until"]:
                    found[line["model"]] = Decimal(line["input"]), Decimal(line["output"])
    return found
