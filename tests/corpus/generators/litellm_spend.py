"""Make the files of `litellm-spend` with a real LiteLLM proxy, a real PostgreSQL and the server of loopback.py.

The proxy runs inside this program: its own routes, hooks and writers make the rows, and its own /spend/logs and
/spend/logs/v2 read them back. The one part put in its place is Prisma, whose query engine is a binary of its own: the
few calls the proxy makes of it are answered here from PostgreSQL, in the types Prisma answers in. Run it with

    python litellm_spend.py postgresql:///spend ../litellm-spend

against an empty database, in an environment with litellm[proxy], psycopg[binary] and pyarrow.
"""
# ruff: noqa: INP001
# mypy: disable-error-code="import-not-found"

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from loopback import BASE_URL, Server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from psycopg import Connection

TABLE = '"LiteLLM_SpendLogs"'
MASTER_KEY = "sk-loopback-master"
KEYS: dict[str, dict[str, str]] = {
    "sk-loopback-alice": {
        "key_alias": "alice-notebook",
        "user_id": "alice",
        "team_id": "team-research",
        "team_alias": "Research",
        "org_id": "org-example",
    },
    "sk-loopback-bob": {"key_alias": "bob-batch", "user_id": "bob", "team_id": "team-ops", "team_alias": "Operations"},
    "sk-loopback-plain": {},
}
PRICED = {"input_cost_per_token": 2e-7, "output_cost_per_token": 8e-7}
MODELS = [
    ("gpt-oss-120b", "openai/openai/gpt-oss-120b", {}),
    ("deepseek-v3.1", "hosted_vllm/deepseek-ai/DeepSeek-V3.1", PRICED),
    ("deepseek-v3.1-cache", "openai/deepseek-ai/DeepSeek-V3.1", PRICED | {"cache_read_input_token_cost": 5e-8}),
    ("glm-4.5-air", "openai/zai-org/GLM-4.5-Air", PRICED),
    ("embed", "openai/text-embedding-3-small", {}),
    ("busy", "openai/busy", {}),
    ("missing", "openai/missing", {}),
]
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("alice", "gpt-oss-120b", {}),
    ("alice", "deepseek-v3.1", {}),
    ("bob", "deepseek-v3.1-cache", {"user": "customer-7", "metadata": {"tags": ["nightly", "eval"]}}),
    ("alice", "gpt-oss-120b", {"stream": True, "stream_options": {"include_usage": True}}),
    ("alice", "deepseek-v3.1", {"stream": True}),
    ("bob", "glm-4.5-air", {"stream": True}),
    ("bob", "busy", {}),
    ("plain", "missing", {}),
    ("alice", "gpt-oss-120b", {"question": 1}),  # the first question once more: from the cache
    ("bob", "embed", {}),
    ("plain", "unheard-of", {}),  # no such model in the proxy's own list
]
TYPES = {"String": "TEXT", "Float": "DOUBLE PRECISION", "Int": "INTEGER", "DateTime": "TIMESTAMP(3)", "Json": "JSONB"}
FIELD = re.compile(r"^\s+(\w+)\s+(String|Float|Int|DateTime|Json)(\?)?\s*(.*?)(?://.*)?$")


def create_table(schema: str) -> str:
    """The statement `prisma db push` makes of the model of the spend logs."""
    body = schema.split("model LiteLLM_SpendLogs {")[1].split("\n}", maxsplit=1)[0]
    columns = []
    for line in body.splitlines():
        if found := FIELD.match(line):
            name, kind, optional, rest = found.groups()
            column = f'"{name}" {TYPES[kind]}' + ("" if optional else " NOT NULL")
            if "@id" in rest:
                column += " PRIMARY KEY"
            if default := re.search(r"@default\s*\((.*)\)", rest):
                value = default[1].split(")")[0]
                column += " DEFAULT " + {"now(": "CURRENT_TIMESTAMP"}.get(value, value.replace('"', "'"))
            columns.append(column)
    return f"CREATE TABLE {TABLE} ({', '.join(columns)})"


def scrubbed(metadata: str) -> str:
    """The metadata without the paths of this machine, and of the price list's entry only two prices."""
    document = json.loads(metadata)
    listed = document.get("model_map_information")
    if listed and listed["model_map_value"]:
        listed["model_map_value"] = {name: listed["model_map_value"].get(name) for name in PRICED}
    error = document.get("error_information")
    if error and error.get("traceback"):
        error["traceback"] = "scrubbed"
    return json.dumps(document)


async def nothing(*_: object, **__: object) -> None:
    """Any other call of Prisma's."""


class Table:
    """What the proxy asks of a table of Prisma's; every table but the spend logs is empty."""

    def __init__(self, connection: Connection[Any], name: str) -> None:
        self.connection = connection
        self.name = name

    async def create_many(self, data: list[dict[str, Any]], **_: object) -> int:
        """Write rows."""
        if self.name != "litellm_spendlogs":
            return len(data)
        for row in data:
            values = {**row, "metadata": scrubbed(row["metadata"])}
            names = ", ".join(f'"{name}"' for name in values)
            marks = ", ".join(["%s"] * len(values))
            self.connection.execute(f"INSERT INTO {TABLE} ({names}) VALUES ({marks})", list(values.values()))  # noqa: S608
        return len(data)

    async def find_many(self, **_: object) -> list[Any]:
        """Read all rows, as the objects Prisma makes."""
        if self.name != "litellm_spendlogs":
            return []
        from pydantic import create_model

        cursor = self.connection.execute(f'SELECT * FROM {TABLE} ORDER BY "startTime" DESC')  # noqa: S608
        names = [column.name for column in cursor.description]
        model = create_model("LiteLLM_SpendLogs", **dict.fromkeys(names, (Any, None)))
        return [model(**dict(zip(names, map(in_utc, row), strict=True))) for row in cursor]

    async def count(self, **_: object) -> int:
        """Count all rows."""
        return len(await self.find_many())

    def __getattr__(self, _: str) -> Callable[..., Awaitable[None]]:
        return nothing


class Database:
    """What the proxy asks of Prisma's client."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection

    async def query_raw(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """Run a query; Prisma answers one of its own with times as text."""
        numbers = [int(number) - 1 for number in re.findall(r"\$(\d+)", query)]
        cursor = self.connection.execute(
            re.sub(r"\$\d+", "%s", query.replace("%", "%%")), [parameters[number] for number in numbers]
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, map(as_raw, row), strict=True)) for row in cursor]

    def __getattr__(self, name: str) -> Table:
        return Table(self.connection, name)


class Client:
    """What the proxy asks of its wrapper around Prisma."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.db = Database(connection)
        self.spend_log_transactions: list[Any] = []
        self._spend_log_transactions_lock = asyncio.Lock()

    def jsonify_object(self, data: dict[str, Any]) -> dict[str, Any]:
        """Objects as text, as LiteLLM's wrapper writes them."""
        return {name: json.dumps(value) if isinstance(value, dict) else value for name, value in data.items()}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        if name.startswith("__"):
            raise AttributeError(name)
        return nothing


def in_utc(value: object) -> object:
    """A time of the database with the zone Prisma gives it."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def as_raw(value: object) -> object:
    """A value of the database as Prisma's raw queries answer it: RFC 3339 with as many digits as needed."""
    if not isinstance(value, datetime):
        return value
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds") + "+00:00"


def config() -> dict[str, Any]:
    """The proxy's configuration."""
    models = [
        {
            "model_name": name,
            "litellm_params": {"model": model, "api_base": BASE_URL, "api_key": "sk-none", "max_retries": 0, **price},
            "model_info": {"id": f"deployment-{name}"},
        }
        for name, model, price in MODELS
    ]
    return {
        "model_list": models,
        "router_settings": {"num_retries": 0},
        "litellm_settings": {"cache": True, "cache_params": {"type": "local"}, "num_retries": 0},
        "general_settings": {"master_key": MASTER_KEY},
    }


async def authenticate(_: object, api_key: str) -> object:
    """The proxy's hook for keys of one's own."""
    from litellm.proxy._types import LitellmUserRoles, UserAPIKeyAuth

    if api_key == MASTER_KEY:
        return UserAPIKeyAuth(api_key=api_key, user_role=LitellmUserRoles.PROXY_ADMIN)
    return UserAPIKeyAuth(api_key=api_key, **KEYS[api_key])


async def run(dsn: str, out: Path) -> None:
    """Make the calls, read them back, write the files."""
    import httpx
    import litellm
    import psycopg
    from litellm.proxy import proxy_server
    from litellm.proxy.utils import ProxyUpdateSpend

    number = version("litellm")
    connection = psycopg.connect(dsn, autocommit=True)
    schema = Path(litellm.__file__).parent / "proxy" / "schema.prisma"
    connection.execute(f"DROP TABLE IF EXISTS {TABLE}")
    connection.execute(create_table(schema.read_text()))

    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
        json.dump(config(), file)
    await proxy_server.initialize(config=file.name)
    client = Client(connection)
    proxy_server.prisma_client = client
    proxy_server.user_custom_auth = authenticate
    proxy_server.cost_tracking()
    proxy_server.proxy_logging_obj._init_litellm_callbacks(llm_router=proxy_server.llm_router)  # noqa: SLF001

    transport = httpx.ASGITransport(app=proxy_server.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://proxy", timeout=60) as http:
        for index, (who, model, more) in enumerate(CALLS, start=1):
            settings = dict(more)
            text = f"Question {settings.pop('question', index)}"
            content = {"input": text} if model == "embed" else {"messages": [{"role": "user", "content": text}]}
            answer = await http.post(
                "/v1/embeddings" if model == "embed" else "/v1/chat/completions",
                headers={"Authorization": f"Bearer sk-loopback-{who}"},
                json={"model": model, **content, **settings},
            )
            print(index, model, answer.status_code, answer.text[:120].replace("\n", " "))  # noqa: T201
            await asyncio.sleep(1)
        await ProxyUpdateSpend.update_spend_logs(
            n_retry_times=0,
            prisma_client=client,
            db_writer_client=None,
            proxy_logging_obj=proxy_server.proxy_logging_obj,
        )
        today = datetime.now(UTC)
        days = {
            "start_date": f"{today - timedelta(days=1):%Y-%m-%d}",
            "end_date": f"{today + timedelta(days=1):%Y-%m-%d}",
        }
        admin = {"Authorization": f"Bearer {MASTER_KEY}"}
        page = await http.get("/spend/logs/v2", params=days, headers=admin)
        rows = await http.get("/spend/logs", params=days | {"summarize": "false"}, headers=admin)
    page.raise_for_status()
    rows.raise_for_status()
    (out / f"page_v2_{number}.json").write_bytes(page.content + b"\n")
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows.json()]
    (out / f"rows_{number}.jsonl").write_text("".join(line + "\n" for line in lines))
    dump(connection, out / f"dump_{number}")


def dump(connection: Connection[Any], stem: Path) -> None:
    """Write the table as psql's copy does, and as Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    everything = f'SELECT * FROM {TABLE} ORDER BY "startTime"'  # noqa: S608
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({everything}) TO STDOUT (FORMAT csv, HEADER)") as copy,
        stem.with_name(stem.name + ".csv").open("wb") as file,
    ):
        for block in copy:
            file.write(block)
    kinds = {23: pa.int32(), 25: pa.string(), 701: pa.float64(), 1114: pa.timestamp("us"), 3802: pa.string()}
    cursor = connection.execute(everything)
    columns = [(column.name, kinds[column.type_code], column.type_code == 3802) for column in cursor.description]
    records = [
        {
            name: json.dumps(value) if is_json and value is not None else value
            for (name, _, is_json), value in zip(columns, row, strict=True)
        }
        for row in cursor
    ]
    arrow = pa.Table.from_pylist(records, schema=pa.schema([(name, kind) for name, kind, _ in columns]))
    pq.write_table(arrow, stem.with_name(stem.name + ".parquet"), compression="zstd")


def main() -> None:
    """Read the arguments."""
    dsn, out = sys.argv[1], Path(sys.argv[2])
    os.environ.pop("DATABASE_URL", None)
    os.environ["TZ"] = "UTC"
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    Server().start()
    asyncio.run(run(dsn, out))


if __name__ == "__main__":
    main()
