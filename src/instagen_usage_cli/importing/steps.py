"""The statements of an import, by the name of their file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import sql

if TYPE_CHECKING:
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store


def run(store: Store, *names: str, **params: object) -> None:
    """Run statements one after the other; each takes the parameters it names. Raises `StoreFailed`."""
    for name in names:
        store.run(sql.load("importing", name), **params)


def query(store: Store, name: str, **params: object) -> Result:
    """Run one statement and fetch its rows. Raises `StoreFailed`."""
    return store.query(sql.load("importing", name), **params)
