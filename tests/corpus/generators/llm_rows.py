"""Databases of llm with rows that cannot be had from the server beside this: of plugins, and broken ones.

    python llm_rows.py FOLDER       writes plugins.db and bad_rows.db

The tables are those of llm 0.36; the rows are shaped as the plugins give them (llm-anthropic 0.30, llm-gemini 0.15 and
0.35, llm-mistral 0.16, llm-ollama) and always the same.
"""

# ruff: noqa: INP001

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE "conversations" ("id" TEXT PRIMARY KEY, "name" TEXT, "model" TEXT);
CREATE TABLE "responses" (
   "id" TEXT PRIMARY KEY, "model" TEXT, "prompt" TEXT, "system" TEXT, "prompt_json" TEXT, "options_json" TEXT,
   "response" TEXT, "response_json" TEXT, "conversation_id" TEXT REFERENCES "conversations"("id"),
   "duration_ms" INTEGER, "datetime_utc" TEXT, "input_tokens" INTEGER, "output_tokens" INTEGER, "token_details" TEXT,
   "schema_id" TEXT, "resolved_model" TEXT, "reasoning" TEXT
);
CREATE TABLE "threads" (
   "id" TEXT PRIMARY KEY, "name" TEXT, "tip_message_hash" TEXT, "forked_from" TEXT, "datetime_utc" TEXT
);
CREATE TABLE "turns" (
   "id" TEXT PRIMARY KEY, "thread_id" TEXT REFERENCES "threads"("id"), "parent_message_hash" TEXT,
   "tip_message_hash" TEXT, "model" TEXT, "resolved_model" TEXT, "options_json" TEXT, "schema_id" TEXT,
   "input_tokens" INTEGER, "output_tokens" INTEGER, "token_details" TEXT, "duration_ms" INTEGER, "datetime_utc" TEXT,
   "response_json" TEXT
);
"""
ANTHROPIC = {
    "cache_creation": {"ephemeral_1h_input_tokens": 100, "ephemeral_5m_input_tokens": 200},
    "cache_creation_input_tokens": 300,
    "cache_read_input_tokens": 2000,
    "output_tokens_details": {"thinking_tokens": 20},
    "service_tier": "standard",
}
NESTED = '{"a":' * 3000 + "1" + "}" * 3000
CUT = '{"content": "An answer.", "id": "chatcmpl-00000000000000000000000000000'
# The model and what it used: input, output, details; the answer; more cells.
PLUGINS: tuple[tuple[Any, ...], ...] = (
    ("claude-sonnet-4", 12, 50, ANTHROPIC, {"id": "msg_01XFDUDYJgAACzvnptvVoYEL", "model": "claude-sonnet-4-20250514"}),
    ("claude-haiku", 15, 25, None, {"id": "msg_01AbCdEfGhJkMnPqRsTuVwXy", "model": "claude-haiku-4-5"}),
    (
        "gemini-2.5-flash",
        *(100, 60, {"candidatesTokenCount": 40, "thoughtsTokenCount": 20, "cachedContentTokenCount": 64}),
        {
            "candidates": [{"finishReason": "STOP"}],
            "modelVersion": "gemini-2.5-flash",
            "responseId": "cQ1raYzXNpyhz7IPq",
        },
        {"resolved_model": "gemini-2.5-flash"},
    ),
    ("gemini-2.5-flash", 10, 20, {"thoughtsTokenCount": 20}, {"modelVersion": "gemini-2.5-flash"}),
    ("mistral/mistral-small-latest", 30, 5, None, {"chunks": []}, {"resolved_model": "mistral-small-2506"}),
    ("llama3.2:latest", 26, 12, None, {"model": "llama3.2:latest", "done": True, "prompt_eval_count": 26}),
    (
        "gpt-5.2",
        *(200, 80, {"input_tokens_details": {"cached_tokens": 128}, "output_tokens_details": {"reasoning_tokens": 32}}),
        {
            "id": "resp_0b5c1f3a8d4e6b7c9a0b1c2d3e4f5a6b",
            "object": "response",
            "model": "gpt-5.2-2025-12-11",
            "service_tier": "default",
            "usage": {"input_tokens": 200, "output_tokens": 80, "total_tokens": 280},
        },
    ),
    ("gpt-5.2", 0, 0, None, {"id": "resp_0b5c1f3a8d4e6b7c9a0b1c2d3e4f5a6c", "object": "response", "model": "gpt-5.2"}),
    ("small", 7, 3, None, {"id": "chatcmpl-417", "object": "chat.completion", "model": "tiny"}),
    ("small", 8, 4, None, {"id": "chatcmpl-417", "object": "chat.completion", "model": "tiny"}),
    (
        "openrouter/openai/gpt-oss-120b",
        *(40, 20, {"completion_tokens_details": {"reasoning_tokens": 8}, "cost": 0.0000115}),
        {
            "id": "gen-1761040000-Ab3dE5fG7hI9jK1lM3nO",
            "object": "chat.completion.chunk",
            "model": "openai/gpt-oss-120b",
            "usage": {"prompt_tokens": 40, "completion_tokens": 20, "total_tokens": 60, "cost": 0.0000115},
        },
    ),
    ("put-away", 5, 6, None, {"model": {"$": "m.model"}}, {"resolved_model": "org/model"}),
    ("odd", 10, 5, None, {"model": "odd", "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 20}}),
)
OLD: tuple[tuple[Any, ...], ...] = (
    ("gemini-2.5-flash", 100, 40, {"thoughtsTokenCount": 20}, {"modelVersion": "gemini-2.5-flash"}),
    (
        "claude-3.5-sonnet",
        *(None, None, None),
        {
            "id": "msg_01QrStUvWxYz23456789AbCd",
            "model": "claude-3-5-sonnet-20241022",
            "usage": {
                "input_tokens": 15,
                "output_tokens": 25,
                "cache_read_input_tokens": 1000,
                "cache_creation_input_tokens": 0,
            },
        },
    ),
    ("no-usage", None, None, None, None),
)
# Cells of rows between good ones.
BAD: tuple[dict[str, Any], ...] = (
    {},
    {"datetime_utc": None},
    {"datetime_utc": b"\xff\xfe\x00"},
    {"datetime_utc": "when the moon rose"},
    {"input_tokens": "many"},
    {"output_tokens": -5},
    {"input_tokens": 1.5},
    {},
    {"response_json": CUT},
    {"token_details": '{"cached'},
    {"response_json": NESTED},
    {"response_json": b"\x00\xff"},
    {"id": None, "response_json": None},
    {"id": b"\x00\xff\x01"},
    {"duration_ms": "long", "model": b"\xf0\x28"},
    {"input_tokens": 9e999},
    {"thread_id": 'quo"te\\\n', "model": "a, b"},
    {},
)


def ulid(number: int) -> str:
    """An id as llm gives it."""
    return f"01k8f3{number:020d}"


def time(number: int, *, zoned: bool) -> str:
    """When a call began."""
    return f"2026-10-21T10:{number % 100:02d}:00.250000" + ("+00:00" if zoned else "")


def text(value: object) -> str | None:
    """JSON, if there is anything."""
    return None if value is None else json.dumps(value)


def turn(number: int, model: str, sent: object, got: object, details: object, answer: object) -> dict[str, Any]:
    """One row of the newer table."""
    return {
        "id": ulid(number),
        "thread_id": ulid(9000 + number // 4),
        "model": model,
        "input_tokens": sent,
        "output_tokens": got,
        "token_details": text(details),
        "duration_ms": 1000 + number,
        "datetime_utc": time(number, zoned=True),
        "response_json": text(answer),
    }


def response(number: int, *said: Any) -> dict[str, Any]:  # noqa: ANN401 - any cell
    """One row of the older table, with its prompt and answer."""
    row = turn(number, *said)
    row["conversation_id"] = row.pop("thread_id")
    return row | {"datetime_utc": time(number, zoned=False), "prompt": "a prompt", "response": "An answer."}


def insert(connection: sqlite3.Connection, table: str, row: dict[str, Any]) -> None:
    """Write a row."""
    marks = ", ".join("?" * len(row))
    connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))  # noqa: S608 - own names


def made(path: Path) -> sqlite3.Connection:
    """A new database with the tables."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript(TABLES)
    return connection


def plugins(path: Path) -> None:
    """What plugins write; the last two turns are copies of older rows, by whatever made them."""
    with closing(made(path)) as connection:
        for number, (model, sent, got, details, answer, *more) in enumerate(PLUGINS):
            row = turn(number, model, sent, got, details, answer)
            insert(connection, "turns", row | (more[0] if more else {}))
        for number, said in enumerate(OLD, 20):
            insert(connection, "responses", response(number, *said))
        for number, said in enumerate(OLD[:2], 20):
            insert(connection, "turns", turn(number, *said))
        connection.commit()


def bad_rows(path: Path) -> None:
    """Good rows and bad cells."""
    with closing(made(path)) as connection:
        for number, cells in enumerate(BAD):
            answer = {"id": f"chatcmpl-{number:032x}", "object": "chat.completion", "model": "org/model"}
            details = {"prompt_tokens_details": {"cached_tokens": 64}}
            insert(connection, "turns", turn(500 + number, "alias", 100 + number, 10, details, answer) | cells)
        connection.commit()


if __name__ == "__main__":
    plugins(Path(sys.argv[1], "plugins.db"))
    bad_rows(Path(sys.argv[1], "bad_rows.db"))
