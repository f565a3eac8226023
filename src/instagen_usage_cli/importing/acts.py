"""The acts of an import, each a file of SQL: its statements stand there in the order in which they run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from instagen_usage_cli import sql

if TYPE_CHECKING:
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store


@dataclass(frozen=True)
class Act:
    """The statements of `importing/<file>.sql`, to be run by their names."""

    file: str

    def run(self, store: Store, *names: str, **params: object) -> None:
        """Run statements one after the other; each takes the parameters that it names. Raises `StoreFailed`."""
        for name in names:
            store.run(sql.statement("importing", self.file, name), **_with_paths(params))

    def run_as_one(self, store: Store, *names: str) -> None:
        """Run statements without parameters in one go. Raises `StoreFailed`."""
        store.run("\n".join(sql.statement("importing", self.file, name) for name in names))

    def query(self, store: Store, name: str, **params: object) -> Result:
        """Run one statement and fetch its rows. Raises `StoreFailed`."""
        return store.query(sql.statement("importing", self.file, name), **_with_paths(params))


STAGE = Act("stage")
SURVEY = Act("survey")
REQUESTS = Act("requests")
STATEMENTS = Act("statements")
ACCOUNT = Act("account")
FORGET = Act("forget")
LISTING = Act("listing")


def _with_paths(params: dict[str, object]) -> dict[str, object]:
    """The parameters, with the list of `paths` as JSON: duckdb 1.5 takes 0.1 s for a list of 1,300."""
    return params | {"paths": json.dumps(params["paths"])} if "paths" in params else params
