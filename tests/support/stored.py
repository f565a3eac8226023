"""What is stored in a database, as it is and as text."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import store as stores

if TYPE_CHECKING:
    from pathlib import Path

    from instagen_usage_cli.result import Result

    Row = dict[str, str]

TABLES = {
    "requests": "select * from requests",
    "statements": "select * from statements",
    "imports": "select * from imports order by import_id",
    "skipped": "select * from skipped",
    "sightings": "select * from sightings",
}
# What a stored row is, beside its identity.
INTERNAL = {"requests": ("request_key", "import_id"), "statements": ("import_id", "scope")}


def text(value: object) -> str:
    """A stored value as the expected files write it; an empty text is not the same as unknown."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        written = str(value)
        return written.rstrip("0") if "." in written else written
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(value)
    return str(value) or '""'


def contents(database: Path, *names: str) -> dict[str, Result]:
    """Those tables of a database, which is opened once."""
    with stores.open_reading(database) as store:
        return {name: store.query(TABLES[name]) for name in names}


def table(database: Path, name: str) -> list[dict[str, Any]]:
    return list(contents(database, name)[name].records())


def rows(database: Path, name: str) -> list[Row]:
    """The stored rows as text, without their identity, in an order that depends on nothing else."""
    return as_rows(name, contents(database, name)[name])


def as_rows(name: str, found: Result) -> list[Row]:
    """The rows of a table as text, without their identity, in an order that depends on nothing else."""
    kept = [
        {key: text(value) for key, value in record.items() if key not in INTERNAL[name]} for record in found.records()
    ]
    return sorted(kept, key=lambda row: list(row.values()))


EVERYTHING = (
    "select table_name, to_json(content)::varchar as content from (select 'requests' as table_name, to_json(requests)"
    " as content from requests union all select 'sightings', to_json(sightings) from sightings union all select"
    " 'statements', to_json(statements) from statements union all select 'imports', to_json(imports) from imports"
    " union all select 'skipped', to_json(skipped) from skipped)"
)


def assert_nowhere(folder: Path, secret: str) -> None:
    """Neither in a byte of the database, nor, where it may be compressed, in a value of it."""
    for path in folder.glob("usage.duckdb*"):
        assert secret.encode() not in path.read_bytes(), path.name
    with stores.open_reading(folder / "usage.duckdb") as store:
        assert [record for record in store.query(EVERYTHING).records() if secret in record["content"]] == []
