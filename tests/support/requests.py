"""Requests that are put into a database as they are stored, for reports; how logs become rows is tested elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli import store as stores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILL = """
insert into requests by name
select *, 1 as import_id, 'litellm' as source, md5(upstream_id)::uuid as request_key from read_parquet($path)
"""


def store_requests(database: Path, requests: Sequence[Mapping[str, Any]]) -> None:
    """Make a database with those requests, each a value by column; the upstream id of each is its place.

    All name the same columns; a time is naive UTC, or has a zone.
    """
    import pyarrow as pa
    from pyarrow import parquet

    types = {"started_at": pa.timestamp("us"), "cache_hit": pa.bool_(), "reported_cost_usd": pa.decimal128(38, 12)}
    numbers = {name for name in requests[0] if name.endswith(("_tokens", "_ms", "_status"))}
    columns = {
        name: pa.array(
            [request[name] for request in requests],
            types.get(name, pa.int64() if name in numbers else pa.string()),
        )
        for name in requests[0]
    }
    columns["upstream_id"] = pa.array([str(place) for place in range(len(requests))])
    path = database.with_suffix(".parquet")
    parquet.write_table(pa.table(columns), path)
    stores.migrate(database)
    with stores.open_staging() as store, store.attached(database):
        store.run(FILL, path=str(path))
        store.run("insert into names select distinct host, provider, model, service_tier from requests")
        store.run(
            "insert into imports by name select 1 as import_id, min(started_at) as first_at,"
            " max(started_at) as last_at from requests"
        )
    path.unlink()
