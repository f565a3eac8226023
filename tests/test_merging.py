"""One call that a client, gateways and a trace tell of is one request with the best of each, in any order."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.importing.acts import REQUESTS
from tests.support.stored import rows, table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from instagen_usage_cli.store import Store
    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

ID = "chatcmpl-0123456789abcdef0123456789abcdef"
MODEL = "openai/gpt-oss-120b"
START = 1_795_000_000  # 2026-11-18 11:06:40 UTC
# What the client has of it, in whole seconds and without latency, cost and key.
RESPONSE = {
    "id": ID,
    "object": "chat.completion",
    "created": START,
    "model": MODEL,
    "usage": {
        "prompt_tokens": 100,
        "completion_tokens": 20,
        "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 64},
        "completion_tokens_details": {"reasoning_tokens": 5},
    },
}
# A gateway: its own times, the key, and a cost that it does not know.
PAYLOAD = {
    "id": ID,
    "call_type": "acompletion",
    "custom_llm_provider": "openai",
    "status": "success",
    "startTime": START + 0.25,
    "endTime": START + 1.75,
    "model": MODEL,
    "api_base": "https://llm.submodel.ai/v1",
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "response_cost": 0.0,
    "metadata": {"user_api_key_alias": "alice", "user_api_key_team_alias": "research"},
}
# The same gateway's database.
SPEND = {
    "request_id": ID,
    "call_type": "acompletion",
    "api_key": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "spend": 0.0,
    "total_tokens": 120,
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "startTime": "2026-11-18T11:06:40.250000Z",
    "endTime": "2026-11-18T11:06:41.750000Z",
    "model": f"openai/{MODEL}",
    "custom_llm_provider": "openai",
    "api_base": "https://llm.submodel.ai/v1/",
    "user": "u-7",
    "metadata": {"user_api_key_alias": "alice", "status": None},
    "cache_hit": "None",
    "status": "success",
}
# A second gateway between: what it charged.
NEW_API = {
    "id": 4,
    "user_id": 1,
    "created_at": START + 3,
    "type": 2,
    "username": "root",
    "token_name": "gateway token",
    "token_id": 2,
    "model_name": MODEL,
    "quota": 500,
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "use_time": 3,
    "is_stream": False,
    "channel": 1,
    "group": "default",
    "request_id": "20261118110640000000000aBcDeFgH",
    "upstream_request_id": ID,
    "other": json.dumps({"model_ratio": 1, "group_ratio": 1, "completion_ratio": 1, "cache_tokens": 0}),
}


def attribute(key: str, **value: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"key": key, "value": value}


# A trace: the conversation.
SPAN = {
    "resourceSpans": [
        {
            "resource": {"attributes": []},
            "scopeSpans": [
                {
                    "scope": {"name": "test"},
                    "spans": [
                        {
                            "traceId": "5b8efff798038103d269b633813fc60c",
                            "spanId": "eee19b7ec3c1b174",
                            "name": f"chat {MODEL}",
                            "kind": 3,
                            "startTimeUnixNano": f"{START}100000000",
                            "endTimeUnixNano": f"{START + 1}900000000",
                            "attributes": [
                                attribute("gen_ai.operation.name", stringValue="chat"),
                                attribute("gen_ai.provider.name", stringValue="openai"),
                                attribute("gen_ai.request.model", stringValue=MODEL),
                                attribute("gen_ai.response.model", stringValue=MODEL),
                                attribute("gen_ai.response.id", stringValue=ID),
                                attribute("gen_ai.conversation.id", stringValue="conversation-9"),
                                attribute("server.address", stringValue="localhost"),
                                attribute("gen_ai.usage.input_tokens", intValue="100"),
                                attribute("gen_ai.usage.output_tokens", intValue="20"),
                            ],
                            "status": {},
                        }
                    ],
                }
            ],
        }
    ]
}
SOURCES: dict[str, Any] = {
    "openai-response": RESPONSE,
    "litellm": PAYLOAD,
    "litellm-spend": SPEND,
    "new-api": NEW_API,
    "otel": SPAN,
}
MERGED = {
    "source": "litellm",
    "upstream_id": ID,
    "started_at": "2026-11-18 11:06:40.25",
    "provider": "instagen",
    "host": "llm.submodel.ai",
    "model": MODEL,
    "access_key": "alice",
    "project": "research",
    "session": "conversation-9",
    "status": "ok",
    "input_tokens": "100",
    "cache_read_tokens": "64",
    "output_tokens": "20",
    "reasoning_tokens": "5",
    "reported_total_tokens": "120",
    "duration_ms": "1500",
    "reported_cost_usd": "0.001",
    "reported_cost_kind": "gateway",
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A file of each source."""
    found = {}
    for source, record in SOURCES.items():
        found[source] = tmp_path / f"{source}.jsonl"
        found[source].write_text(json.dumps(record) + "\n", "utf-8")
    return found


ORDERS = [*list(permutations(SOURCES))[::24], tuple(SOURCES)[::-1]]


@pytest.mark.parametrize("order", ORDERS, ids=[", ".join(order) for order in ORDERS])
def test_one_call_at_five_layers_is_one_request(
    run: Run, tmp_path: Path, files: dict[str, Path], order: tuple[str, ...]
) -> None:
    for source in order:
        assert run("import", files[source]).code == 0
    database = tmp_path / "usage.duckdb"
    (row,) = rows(database, "requests")
    assert {name: row[name] for name in MERGED} == MERGED
    assert [record["source"] for record in table(database, "imports")] == list(order)
    assert run("overlaps", "--format", "json").json["rows"] == []
    whole = run("stats", "--format", "json").json["total"]
    assert (whole["requests"], whole["input_tokens"], whole["output_tokens"]) == (1, 100, 20)


def test_all_at_once_is_the_same(run: Run, tmp_path: Path, files: dict[str, Path]) -> None:
    assert run("import", *files.values()).code == 0
    (row,) = rows(tmp_path / "usage.duckdb", "requests")
    assert {name: row[name] for name in MERGED} == MERGED


def test_what_is_forgotten_leaves_what_the_others_say(run: Run, tmp_path: Path, files: dict[str, Path]) -> None:
    for source in SOURCES:
        run("import", files[source])
    assert run("forget", files["litellm"], files["new-api"]).code == 0
    (row,) = rows(tmp_path / "usage.duckdb", "requests")
    left = {"source": "litellm-spend", "user": "u-7", "session": "conversation-9", "reported_cost_usd": ""}
    assert {name: row[name] for name in left} == left


def test_what_comes_together_in_one_file_has_its_price(run: Run, import_text: Run) -> None:
    """The host of one record and the model of another: no record names them together."""
    log = f"""\
time,request id,provider,host,model,tier,input tokens,output tokens
2026-11-10T00:00:00Z,{ID},openai,,gpt-4o,,1000,200
2026-11-10T00:00:00Z,{ID},openai,api.openai.com,,batch,1000,200
"""
    assert import_text(log).code == 0
    total = run("stats", "--format", "json").json["total"]
    assert (total["requests"], total["cost_usd"]) == (1, 0.00225)
    assert "tier batch" in run("explain", ID).out


# --- the rule itself, against a reading of it in Python -----------------------------------------------

TOKENS = (
    "output_tokens",
    "input_tokens",
    "cache_read_tokens",
    "reasoning_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "reported_total_tokens",
)
BY_LAST = ("ended_at", "status", "stream", "duration_ms")
TOGETHER = (*TOKENS, "tokens_estimated", "tokens_mismatch", "reported_cost_usd", "reported_cost_kind")
NOT_SAID = ("path", "import_id", "precedence", "request_key", "source", "cache_hit", *TOGETHER)
PRECEDENCES = {"litellm": 2, "otel": 5, "langfuse": 5}
KINDS = ["billed", "gateway", "client"]
VALUES: dict[str, list[Any]] = {
    "BIGINT": [None, 0, 1, 20],
    "VARCHAR": [None, "a", "b"],
    "BOOLEAN": [None, False, True],
    "TIMESTAMP": [None, "2026-11-18 11:06:40", "2026-11-18 11:06:41"],
    "DECIMAL(38,12)": [None, "0.5", "2"],
    "VARCHAR[]": [None, ["x"], ["y", "x"]],
}


def _one_said(chance: random.Random, columns: dict[str, str], sources: list[str]) -> dict[str, Any]:
    said = {name: chance.choice(VALUES.get(kind, [None])) for name, kind in columns.items()}
    source = chance.choice(sources)
    said["reported_cost_kind"] = chance.choice(KINDS) if said["reported_cost_usd"] else None
    said["tokens_mismatch"] = None  # of equal counts it is equal too
    return said | {
        "path": chance.choice(["one", "two"]),
        "import_id": chance.randrange(3),
        "source": source,
        "precedence": PRECEDENCES[source],
        "request_key": f"00000000-0000-0000-0000-{chance.randrange(60):012}",
    }


def _expected(said: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    """What those of one request and path say together."""
    believed = sorted(said, key=lambda one: (one["precedence"], one["source"]))
    together: dict[str, Any] = {
        "path": said[0]["path"],
        "request_key": said[0]["request_key"],
        "import_id": min(one["import_id"] for one in said),
        "source": believed[0]["source"],
        "cache_hit": max((one["cache_hit"] for one in said if one["cache_hit"] is not None), default=None),
    }
    for name in [each for each in names if each not in NOT_SAID]:
        known = [one for one in believed if one[name] is not None]
        # Of sources believed alike, it is the last by name where it is the last value.
        alike = [one for one in known if one["precedence"] == known[0]["precedence"]]
        source = alike[-1 if name in BY_LAST else 0]["source"] if alike else None
        values = [one for one in known if one["source"] == source]
        if name == "session":  # of the earliest start
            values.sort(key=lambda one: (one["started_at"] is None, one["started_at"] or "", one["session"]))
            values = values[:1]
        together[name] = (max if name in BY_LAST else min)((one[name] for one in values), default=None)
    fullest = min(
        said,
        key=lambda one: (
            one["tokens_estimated"] or False,
            -sum(one[name] is not None for name in TOKENS),
            *(1 if one[name] is None else -one[name] for name in TOKENS),
        ),
    )
    together |= {name: fullest[name] for name in TOKENS} | {"tokens_estimated": bool(fullest["tokens_estimated"])}
    costs = [one for one in said if one["reported_cost_usd"]]
    cost = min(
        costs,
        key=lambda one: (
            KINDS.index(one["reported_cost_kind"]),
            one["precedence"],
            one["source"],
            -float(one["reported_cost_usd"]),
        ),
        default=dict.fromkeys(TOGETHER),
    )
    return together | {name: cost[name] for name in ("reported_cost_usd", "reported_cost_kind")}


def _merged(store: Store, way: str) -> list[dict[str, Any]]:
    REQUESTS.run(store, way, "merged")
    return store.query("select * from merged('said')").records()


def _plain(name: str, value: Any) -> Any:  # noqa: ANN401 - a value of a column
    """A value as the test writes it."""
    if name == "tokens_estimated":
        return bool(value)
    if isinstance(value, Decimal):
        return str(value.normalize())
    return value if value is None or isinstance(value, (bool, int, list)) else str(value)


@pytest.mark.parametrize("sources", [["otel"], list(PRECEDENCES)], ids=["one source", "several"])
def test_what_is_said_of_a_request_comes_together_by_the_rule(sources: list[str]) -> None:
    chance = random.Random(7)  # noqa: S311 - not a secret
    with stores.open_staging() as store:
        for name in sql.names("schema"):
            store.run(sql.load("schema", name))
        store.run("create temp table said as select '' as path, 0::bigint as precedence, * from requests")
        columns = {name: kind for name, kind, *_ in store.query("describe said").rows}
        said = [_one_said(chance, columns, sources) for _ in range(400)]
        store.run(
            "insert into said by name select one.* from (select unnest(from_json($said::json, $shape)) as one)",
            said=json.dumps(said),
            shape=json.dumps([columns]),
        )
        assert store.query("select count(*) from said").value() == 400
        found = _merged(store, "believe_by_precedence")
        if len(sources) == 1:
            assert sorted(map(str, _merged(store, "believe_the_only_source"))) == sorted(map(str, found))
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for one in said:
        groups.setdefault((one["path"], one["request_key"]), []).append(one)
    assert len(found) == len(groups) > 100
    for row in found:
        wanted = _expected(groups[row["path"], str(row["request_key"])], list(columns))
        assert {name: _plain(name, row[name]) for name in wanted} == {
            name: _plain(name, value) for name, value in wanted.items()
        }
