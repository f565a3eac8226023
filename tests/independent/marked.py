"""Logs of every client in which each text that a person or a model may have written is marked.

What is structure stays as the client writes it: types, ids, times, counts, the model, the session, the folder. All else
is marked, at every level: prompts, answers, thoughts, what tools were given and gave back, files with their names (also
where a name is a key), summaries, titles, settings, messages of errors, and fields that no version has yet.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.independent.generated import document, lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Record = dict[str, Any]

MARK = "MRKD7f3"  # not longer than the texts of the corpora
MODEL = "openai/gpt-oss-120b"
SESSION = "5d1c9f00-1a2b-4c3d-8e4f-0000000000aa"
MARKED_OF_SESSION = (
    "project_id", "parent_id", "slug", "path", "title", "version", "share_url", "summary_diffs", "metadata", "revert",
    "permission", "agent", "model",
)  # fmt: skip
TIME = "2026-09-21T10:00:0{}.000Z"
MS = 1_790_000_000_000
_numbers = count(1)


def m() -> str:
    """A marked word."""
    return f"{MARK}-{next(_numbers)}"


def said() -> str:
    """A marked sentence, for a field in which a name may stand, too."""
    return f"{m()} was said, and more: {{}} \"'"


def deep() -> Record:
    """Marks in every kind of nesting, in keys, too."""
    return {m(): m(), "list": [m(), {"inner": [m(), m()]}], "text": m(), "json": json.dumps({"content": m()}), "n": 1}


def insert(database: sqlite3.Connection, table: str, *values: object) -> None:
    database.execute(f"insert into {table} values ({', '.join('?' * len(values))})", values)  # noqa: S608


def claude_code(folder: Path) -> list[Path]:
    shared: Record = {
        "sessionId": SESSION,
        "cwd": "/home/dev/shop-api",
        "version": said(),
        "gitBranch": m(),
        "slug": m(),
    }
    usage: Record = {
        "input_tokens": 10,
        "output_tokens": 20,
        "cache_read_input_tokens": 30,
        "inference_geo": said(),
        "server_tool_use": deep(),
        "iterations": [{"type": "message", "input_tokens": 10, "output_tokens": 20, "later": m()}],
        "later": deep(),
    }
    blocks = [
        {"type": "text", "text": m(), "citations": [deep()]},
        {"type": "thinking", "thinking": m(), "signature": m()},
        {"type": "redacted_thinking", "data": m()},
        {"type": "tool_use", "id": "toolu_1", "name": m(), "input": {"command": m(), "file_path": m()} | deep()},
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": m()}]},
        {"type": "image", "source": {"type": "base64", "data": m()}},
    ]

    def answer(place: int, **more: object) -> Record:
        message: Record = {
            "id": f"msg_01Example00000000000000{place}",
            "type": "message",
            "role": "assistant",
            "model": MODEL,
        }
        message |= {
            "content": blocks,
            "stop_sequence": m(),
            "stop_details": deep(),
            "container": deep(),
            "usage": usage,
        }
        ids = {"uuid": f"uuid-{place}-0000-0000-0000-000000000000", "requestId": f"req_011Example0000000000{place}"}
        return shared | ids | {"type": "assistant", "timestamp": TIME.format(place), "message": message} | dict(more)

    failed = answer(3, isApiErrorMessage=True, apiErrorStatus=429, error=said(), errorDetails=m())
    failed["message"]["model"] = "<synthetic>"
    failed_too = answer(4, isApiErrorMessage=True, error=deep())
    user = shared | {"type": "user", "timestamp": TIME.format(0), "uuid": "u-1", "promptId": m(), "agentName": m()}
    result = {"stdout": m(), "stderr": m(), "filePath": m(), "originalFile": m(), "structuredPatch": [deep()]}
    written: list[Record | str] = [
        {"type": "summary", "summary": m(), "leafUuid": "u-1"},
        {"type": "custom-title", "customTitle": m(), "sessionId": SESSION},
        {"type": "last-prompt", "lastPrompt": m(), "sessionId": SESSION},
        {"type": "file-history-snapshot", "messageId": "u", "snapshot": {"trackedFileBackups": {m(): deep()}}},
        {"type": "queue-operation", "operation": "enqueue", "timestamp": TIME.format(0), "content": m()},
        {"type": "attachment", "attachment": deep(), "timestamp": TIME.format(0), "uuid": "u-2"},
        user | {"message": {"role": "user", "content": m()}},
        user | {"message": {"role": "user", "content": [*blocks, deep()]}, "toolUseResult": result | deep()},
        shared
        | {"type": "system", "subtype": "api_error", "content": m(), "error": deep(), "timestamp": TIME.format(1)},
        shared | {"type": "progress", "data": {"message": answer(8), "prompt": m()}, "timestamp": TIME.format(1)},
        answer(1),
        answer(2, **deep()) | {"costUSD": 0.5},
        failed,
        failed_too,
    ]
    return [lines(folder / "session.jsonl", written)]


def qwen_code(folder: Path) -> list[Path]:
    def line(place: int, kind: str, **more: object) -> Record:
        shared: Record = {
            "uuid": f"7e00000{place}-1b2c-4d3e-8f40-5a6b7c8d9e0f",
            "parentUuid": None,
            "sessionId": SESSION,
        }
        shared |= {"timestamp": TIME.format(place), "type": kind, "cwd": "/home/dev/shop", "version": said()}
        return shared | {"gitBranch": m(), "provenance": said()} | dict(more)

    def event(place: int, name: str, **more: object) -> Record:
        inner: Record = {"event.name": f"qwen-code.{name}", "event.timestamp": TIME.format(place), "model": MODEL}
        inner |= {"response_id": f"chatcmpl-3f1e2d3c4b5a69788796a5b4c3d2e10{place}", "prompt_id": f"{SESSION}########1"}
        inner |= {"duration_ms": 5, "auth_type": "openai", "response_text": m(), "request_text": m(), "later": deep()}
        inner |= {"input_token_count": 9, "output_token_count": 9, "total_token_count": 18} | dict(more)
        return line(place, "system", subtype="ui_telemetry", systemPayload={"uiEvent": inner, "other": deep()})

    parts = [
        {"text": m(), "thought": True},
        {"functionCall": {"name": m(), "args": deep()}},
        {"inlineData": {"data": m()}},
    ]
    written: list[Record | str] = [
        line(0, "user", message={"role": "user", "parts": parts}),
        event(1, "api_response", status_code=200, subagent_name="explore", finish_reasons=[m()]),
        event(2, "api_error", status_code=429, error_message=m(), error_type=said(), error=deep()),
        event(3, "api_error", status_code=m(), error_message=m(), error_type=deep()),
        event(4, "tool_call", function_name=m(), function_args=deep(), error=m(), error_type=said(), metadata=deep()),
        line(
            5,
            "assistant",
            model=MODEL,
            message={"role": "model", "parts": parts},
            usageMetadata={"promptTokenCount": 1},
        ),
        line(6, "tool_result", message={"parts": [{"functionResponse": {"response": deep()}}]}, toolCallResult=deep()),
        line(7, "system", subtype="chat_compression", systemPayload={"compressedHistory": [{"parts": parts}]} | deep()),
        line(8, "system", subtype="slash_command", systemPayload={"rawCommand": m(), "outputHistoryItems": [deep()]}),
        line(9, "system", subtype=m(), systemPayload=deep(), customTitle=m()),
    ]
    return [lines(folder / "chat.jsonl", written)]


def gemini_cli(folder: Path) -> list[Path]:
    tokens = {"input": 10, "output": 2, "cached": 0, "thoughts": 0, "tool": 0, "total": 12, "later": m()}
    call = {"id": "call-1", "name": m(), "args": deep(), "result": [deep()], "resultDisplay": m(), "description": m()}

    def message(place: int, kind: str, **more: object) -> Record:
        found: Record = {
            "id": f"b1a7c9d2-020{place}-4e3f-8a5b-6c7d8e9f0a01",
            "timestamp": TIME.format(place),
            "type": kind,
        }
        found |= {"content": [{"text": m()}, deep()], "displayContent": m(), "later": deep()} | dict(more)
        thoughts = [{"subject": m(), "description": m(), "timestamp": TIME.format(place)}]
        return found | (
            {"model": MODEL, "tokens": tokens, "thoughts": thoughts, "toolCalls": [call]} if kind == "gemini" else {}
        )

    messages = [
        message(0, "user", content=m()),
        message(1, "gemini"),
        message(2, "gemini", content=m()),
        message(3, "error", content=m()),
        message(4, "info"),
    ]
    head: Record = {
        "sessionId": SESSION,
        "projectHash": "9d1f6c0e",
        "startTime": TIME.format(0),
        "lastUpdated": TIME.format(9),
    }
    head |= {"summary": m(), "directories": [m()], "memoryScratchpad": deep(), "kind": "main"}
    other = head | {"sessionId": SESSION[:-1] + "b"}
    renamed = [message_ | {"id": f"c{message_['id'][1:]}"} for message_ in messages]
    written: list[Record | str] = [
        other,
        *renamed,
        {"$set": {"summary": m(), "directories": [m()], "messages": renamed} | deep()},
    ]
    written += [{"$rewindTo": m()}, {m(): deep()}]
    return [
        document(folder / "session-1.json", head | {"messages": messages}),
        lines(folder / "session-2.jsonl", written),
    ]


def aider(folder: Path) -> list[Path]:
    def line(event: str, **properties: object) -> Record:
        return {
            "event": event,
            "properties": properties | {"later": deep()},
            "user_id": "u-1",
            "time": MS // 1000,
            "x": deep(),
        }

    sent = {
        "main_model": MODEL,
        "prompt_tokens": 10,
        "completion_tokens": 2,
        "total_tokens": 12,
        "cost": 0,
        "total_cost": 0,
    }
    about = {
        "weak_model": said(),
        "editor_model": said(),
        "edit_format": said(),
        "python_version": said(),
        "os_platform": m(),
    }
    written: list[Record | str] = [
        line("launched", **about),
        line("repo", num_files=m()),
        line("message_send_starting", message=m()),
        line("message_send", **sent, **about, message=m(), content=deep(), files=[m()]),
        line("message_send", **sent, error=m(), commit_message=m()),
        line("exit", reason=m()),
        line("event", error=m(), traceback=m()),
    ]
    return [lines(folder / "analytics.jsonl", written)]


def opencode(folder: Path) -> list[Path]:
    tokens = {"total": 18, "input": 9, "output": 9, "reasoning": 0, "cache": {"read": 0, "write": 0}, "later": m()}

    def answer(**more: object) -> Record:
        found: Record = {"role": "assistant", "parentID": "msg_0", "mode": said(), "agent": said(), "variant": said()}
        found |= {"modelID": MODEL, "providerID": "submodel", "cost": 0, "tokens": tokens, "finish": "stop"}
        found |= {
            "path": {"cwd": "/home/dev/shop", "root": "/home/dev/shop"},
            "time": {"created": MS, "completed": MS + 9},
        }
        return found | {"system": [m()], "structured": deep(), "summary": True, "later": deep()} | dict(more)

    failure = {"message": m(), "statusCode": 429, "responseBody": m(), "responseHeaders": deep(), "metadata": deep()}
    user = {
        "role": "user",
        "time": {"created": MS},
        "agent": said(),
        "model": {"providerID": "submodel", "modelID": MODEL},
    }
    user |= {
        "summary": {"title": m(), "body": m(), "diffs": [deep()]},
        "system": m(),
        "tools": deep(),
        "format": deep(),
    }
    state = {"status": "completed", "input": deep(), "output": m(), "title": m(), "metadata": deep(), "error": m()}
    parts: list[Record] = [
        {"type": "text", "text": m(), "metadata": deep()},
        {"type": "reasoning", "text": m(), "metadata": deep()},
        {"type": "tool", "tool": m(), "callID": m(), "state": state},
        {"type": "file", "filename": m(), "url": m(), "source": deep()},
        {"type": "patch", "hash": m(), "files": [m()]},
        {"type": "subtask", "prompt": m(), "description": m(), "agent": m()},
        {"type": "step-finish", "reason": said(), "snapshot": m(), "cost": 0, "tokens": tokens},
    ]
    told = {
        "msg_2059ca203001qkuqUArAjgpK01": answer(),
        "msg_2059ca203001qkuqUArAjgpK02": answer(error={"name": said(), "data": failure}, tokens=None),
        "msg_2059ca203001qkuqUArAjgpK03": answer(error={"name": "APIError", "data": failure}, finish=said()),
        "msg_2059ca203001qkuqUArAjgpK04": user,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / "opencode.db")) as database:
        for name, columns in {
            "message": "id text primary key, session_id text, time_created integer, time_updated integer, data text",
            "part": "id text primary key, message_id text, session_id text, time_created integer, data text",
            "session": "id text primary key, directory text, cost real, tokens_input integer, "
            + " text, ".join(MARKED_OF_SESSION),
            "todo": "session_id text, content text, status text, priority text",
            "session_input": "id text, session_id text, prompt text, delivery text",
            "session_message": "id text, session_id text, type text, seq integer, time_created integer, data text",
            "event": "id text, aggregate_id text, type text, data text",
            "credential": "id text, label text, value text",
            "account": "id text, email text, url text, access_token text",
            "project": "id text, worktree text, name text, commands text",
        }.items():
            database.execute(f"create table {name} ({columns})")
        for name, data in told.items():
            insert(database, "message", name, "ses_1", MS, MS, json.dumps(data))
            insert(database, "session_message", name, "ses_1", m(), 1, MS, json.dumps(deep()))
        for place, part in enumerate(parts):
            insert(database, "part", f"prt_{place}", "msg_2059ca203001qkuqUArAjgpK01", "ses_1", MS, json.dumps(part))
        insert(database, "session", "ses_1", "/home/dev/shop", 0, 0, *(m() for _ in MARKED_OF_SESSION))
        for name in ("todo", "session_input", "event", "account", "project"):
            insert(database, name, m(), m(), m(), m())
        insert(database, "credential", m(), m(), m())
        database.commit()
    info = {
        "id": "ses_1",
        "slug": m(),
        "directory": "/home/dev/shop",
        "title": m(),
        "version": said(),
        "time": {"created": MS},
    }
    ids = {"sessionID": "ses_1"}
    exported = [
        {
            "info": data
            | ids
            | {"id": name.replace("UAr", "UBr"), "time": {"created": MS + 99, "completed": MS + 199}},
            "parts": parts,
        }
        for name, data in told.items()
    ]
    old = answer(time={"created": MS + 500, "completed": MS + 900}) | ids | {"id": "msg_2059ca203001qkuqUCrAjgpK01"}
    return [
        folder / "opencode.db",
        document(folder / "export.json", {"info": info | deep(), "messages": exported}),
        document(folder / "storage/message/ses_1/msg_2059ca203001qkuqUCrAjgpK01.json", old),
    ]


def llm(folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    details = json.dumps({"prompt_tokens_details": {"cached_tokens": 0, "later": m()}, "later": deep()})
    choice = {"finish_reason": said(), "message": {"content": m(), "reasoning_content": m(), "tool_calls": [deep()]}}

    def answer(place: int) -> str:
        found: Record = {"id": f"chatcmpl-6e232c56b2ea442ba8eb2b626902d12{place}", "model": MODEL, "content": m()}
        found |= {"usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}, "choices": [choice]}
        return json.dumps(found | deep())

    with closing(sqlite3.connect(folder / "logs.db")) as database:
        for name, columns in {
            "turns": "id text primary key, thread_id text, parent_message_hash text, tip_message_hash text, model text,"
            " resolved_model text, options_json text, schema_id text, input_tokens integer, output_tokens integer,"
            " token_details text, duration_ms integer, datetime_utc text, response_json text",
            "responses": "id text primary key, model text, prompt text, system text, prompt_json text,"
            " options_json text, response text, response_json text, conversation_id text, duration_ms integer,"
            " datetime_utc text, input_tokens integer, output_tokens integer, token_details text, schema_id text,"
            " resolved_model text, reasoning text",
            "conversations": "id text primary key, name text, model text",
            "threads": "id text primary key, name text, tip_message_hash text, forked_from text, datetime_utc text",
            "parts": "id integer primary key, message_hash text, type text, tool_name text, text text, payload text",
            "fragments": "id integer primary key, hash text, content text, datetime_utc text, source text",
            "attachments": "id text primary key, type text, path text, url text, content blob",
            "schemas": "id text primary key, content text",
            "tool_calls": "id integer primary key, name text, arguments text, tool_call_id text",
            "tool_results": "id integer primary key, name text, output text, exception text",
            "turn_search": "id integer primary key, turn_id text, prompt text, response text",
        }.items():
            database.execute(f"create table {name} ({columns})")
        about = (m(), m(), "alias", MODEL, json.dumps(deep()), m(), 9, 9, details, 5, TIME.format(1), answer(1))
        insert(database, "turns", "01m82srj23af3m0tad0atnr201", "thread-1", *about)
        asked = (m(), m(), json.dumps({"messages": [deep()]}), json.dumps(deep()), m(), answer(2), "conversation-1")
        counts = (5, TIME.format(2), 9, 9, details, m(), MODEL, m())
        insert(database, "responses", "01m82srj23af3m0tad0atnr202", MODEL, *asked, *counts)
        insert(database, "conversations", "conversation-1", m(), "alias")
        insert(database, "threads", "thread-1", m(), m(), None, TIME.format(1))
        insert(database, "parts", 1, m(), m(), m(), m(), m())
        insert(database, "fragments", 1, m(), m(), m(), m())
        for name in ("tool_calls", "tool_results", "turn_search"):
            insert(database, name, 1, m(), m(), m())
        insert(database, "attachments", m(), m(), m(), m(), m().encode())
        insert(database, "schemas", m(), m())
        database.commit()
    return [folder / "logs.db"]


def cline(folder: Path) -> list[Path]:
    metrics = {"inputTokens": 12, "outputTokens": 3, "cacheReadTokens": 4, "cacheWriteTokens": 0, "later": m()}
    blocks = [
        {"type": "text", "text": m()},
        {"type": "thinking", "thinking": m(), "signature": m()},
        {"type": "tool_use", "id": "t1", "name": m(), "input": deep()},
        {"type": "tool_result", "tool_use_id": "t1", "content": [{"type": "text", "text": m()}]},
    ]
    answer = {"role": "assistant", "content": blocks, "ts": MS, "metrics": metrics, "later": deep()}
    answer |= {"modelInfo": {"id": MODEL, "provider": "openai-compatible", "family": said()}}
    spoken = {
        "version": 1,
        "updated_at": TIME.format(1),
        "agent": said(),
        "sessionId": "1795390967624_d4z1w",
        "origin": {"source": "cli", "mode": "user", "sessionId": "1795390967624_d4z1w", "version": said()},
        "system_prompt": m(),
        "messages": [
            {"id": "msg_user0001", "role": "user", "content": blocks, "ts": MS},
            answer | {"id": "msg_UY23Gdni"},
            answer | {"id": "msg_UY23Gdnj", "ts": MS + 1, "error": deep()},
        ],
        "later": deep(),
    }
    asked = {
        "request": m(),
        "tokensIn": 10,
        "tokensOut": 2,
        "cacheWrites": 0,
        "cacheReads": 0,
        "cost": 0,
        "later": deep(),
    }
    failed = {"request": m(), "cancelReason": said(), "streamingFailedMessage": m(), "retryStatus": deep()}
    model = {"providerId": "openai", "modelId": MODEL, "mode": "act"}
    shown: list[Record] = [
        {"ts": MS, "type": "say", "say": "task", "text": m(), "images": [m()], "files": [m()]},
        {"ts": MS + 1, "type": "say", "say": "api_req_started", "text": json.dumps(asked), "modelInfo": model},
        {"ts": MS + 2, "type": "say", "say": "text", "text": m(), "partial": False, "conversationHistoryIndex": 1},
        {"ts": MS + 3, "type": "say", "say": "api_req_started", "text": json.dumps(failed), "modelInfo": model},
        {"ts": MS + 4, "type": "say", "say": "tool", "text": json.dumps(deep()), "lastCheckpointHash": m()},
        {"ts": MS + 5, "type": "say", "say": "reasoning", "text": m(), "reasoning": m()},
        {"ts": MS + 6, "type": "ask", "ask": "api_req_failed", "text": m()},
        {"ts": MS + 7, "type": "say", "say": "api_req_started", "text": m()},
        {"ts": MS + 8, "type": "say", "say": "condense_context", "contextCondense": {"summary": m(), "cost": 0}},
        {"ts": MS + 9, "type": "say", "say": "api_req_started", "text": json.dumps(asked | {"cost": m()})},
    ]
    return [
        document(folder / "sessions/1795390967624_d4z1w/1795390967624_d4z1w.messages.json", spoken),
        document(folder / "tasks/1790000000000/ui_messages.json", shown),
    ]


def codex(folder: Path) -> list[Path]:
    def line(place: int, kind: str, **payload: object) -> Record:
        return {"timestamp": TIME.format(place), "type": kind, "payload": payload | {"later": deep()}, "later": m()}

    def counted(place: int) -> Record:
        step = {
            "input_tokens": 10,
            "cached_input_tokens": 4,
            "output_tokens": 2,
            "reasoning_output_tokens": 1,
            "total_tokens": 12,
        }
        total = {key: place * number for key, number in step.items()}
        info = {"total_token_usage": total, "last_token_usage": step, "model_context_window": 9, "later": deep()}
        limits = {"limit_id": m(), "limit_name": m(), "plan_type": m(), "primary": deep()}
        return line(place, "event_msg", type="token_count", info=info, rate_limits=limits)

    about = {
        "cli_version": said(),
        "originator": said(),
        "source": deep(),
        "instructions": m(),
        "base_instructions": deep(),
    }
    about |= {
        "git": {"commit_hash": m(), "branch": m(), "repository_url": m()},
        "agent_nickname": m(),
        "agent_role": m(),
    }
    turn: Record = {
        "cwd": "/home/dev/shop",
        "model": MODEL,
        "effort": said(),
        "summary": said(),
        "approval_policy": said(),
    }
    turn |= {"sandbox_policy": deep(), "user_instructions": m(), "developer_instructions": m(), "personality": m()}
    spoken = [{"type": "output_text", "text": m()}, {"type": "input_image", "image_url": m()}]
    written: list[Record | str] = [
        line(
            0,
            "session_meta",
            id=SESSION,
            timestamp=TIME.format(0),
            cwd="/home/dev/shop",
            model_provider="openai",
            **about,
        ),
        line(0, "turn_context", **turn),
        line(0, "event_msg", type="user_message", message=m(), images=[m()]),
        line(0, "response_item", type="message", role="user", content=spoken),
        line(1, "response_item", type="reasoning", summary=[{"text": m()}], content=spoken, encrypted_content=m()),
        line(1, "response_item", type="function_call", name=m(), arguments=json.dumps(deep()), call_id="c"),
        line(1, "response_item", type="function_call_output", call_id="c", output=m()),
        line(1, "response_item", type="ghost_snapshot", ghost_commit=deep()),
        line(1, "event_msg", type="exec_command_end", command=[m()], stdout=m(), stderr=m(), aggregated_output=m()),
        line(1, "event_msg", type="patch_apply_begin", changes={m(): deep()}),
        counted(1),
        line(1, "event_msg", type="error", message=m(), codex_error_info=deep()),
        line(1, "event_msg", type="stream_error", message=m(), additional_details=m()),
        line(1, "compacted", message=m(), replacement_history=[{"content": spoken}]),
        counted(2),
        line(2, "event_msg", type="thread_name_updated", thread_name=m()),
        line(2, m(), text=m()),
    ]
    return [lines(folder / f"rollout-2026-09-21T10-00-00-{SESSION}.jsonl", written)]


WRITERS: dict[str, Callable[[Path], list[Path]]] = {
    "claude-code": claude_code,
    "qwen-code": qwen_code,
    "gemini-cli": gemini_cli,
    "aider": aider,
    "opencode": opencode,
    "llm": llm,
    "cline": cline,
    "codex": codex,
}
