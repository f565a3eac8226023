"""Larger logs than the corpus has, the same on every run: a few hundred records over several days and models each.

They hold what makes sums wrong: answers written again and again, side chains, forks, resumed sessions, copies of files,
counters that start anew, calls across midnight, and values that nobody expects.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Record = dict[str, Any]

START = datetime(2026, 9, 1, 22, 0, tzinfo=UTC)
MODELS = (
    "openai/gpt-oss-120b",
    "Qwen/Qwen3-235B-A22B-Instruct-2507",
    "zai-org/GLM-4.5-Air",
    "deepseek-ai/DeepSeek-V3.1",
)


class Dice(random.Random):
    """The same dice every time, with words of this trade."""

    def id(self, length: int = 32) -> str:
        return f"{self.getrandbits(4 * length):0{length}x}"

    def sometimes(self, chance: float) -> bool:
        return self.random() < chance

    def times(self, number: int) -> list[datetime]:
        """Times of calls: every one to forty minutes, so that days and midnights are among them."""
        now, found = START, []
        for _ in range(number):
            now += timedelta(milliseconds=self.randrange(60_000, 2_400_000))
            found.append(now)
        return found


def iso(time: datetime) -> str:
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ms(time: datetime) -> int:
    return round(time.timestamp() * 1000)


def lines(path: Path, records: Iterable[Record | str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), "utf-8")
    return path


def document(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1), "utf-8")
    return path


def claude_code(folder: Path, dice: Dice) -> list[Path]:
    """Sessions of answers in several lines, a side chain that replays some, two that go on with a session."""
    sessions: dict[str, list[Record | str]] = {}
    for session in ("one", "two", "three"):
        written = sessions[session] = []
        for time in dice.times(70):
            written += _claude_answer(dice, session, time)
            if dice.sometimes(0.1):
                written += ["", '{"type":"assistant","message":{"usage":', '["an array"]']
            if dice.sometimes(0.1):
                written.append(
                    {"type": "user", "timestamp": iso(time), "toolUseResult": {"usage": {"input_tokens": 9}}}
                )
    one = [line for line in sessions["one"] if isinstance(line, dict) and line["type"] == "assistant"]
    replays: list[Record | str] = [
        line | {"isSidechain": True, "requestId": f"req_{dice.id(24)}", "timestamp": line["timestamp"]}
        for line in one[::7]
    ]
    resumed: list[Record | str] = [line | {"sessionId": "four"} for line in one[: len(one) // 2] if dice.sometimes(0.7)]
    resumed += _claude_answer(dice, "four", START + timedelta(days=9))
    return [
        lines(folder / "four.jsonl", resumed),  # copies come before what they were copied from
        *(lines(folder / f"{name}.jsonl", written) for name, written in sessions.items()),
        lines(folder / "agent-5.jsonl", replays),
    ]


def _claude_answer(dice: Dice, session: str, time: datetime) -> list[Record | str]:
    shared: Record = {"type": "assistant", "sessionId": session, "cwd": "/home/dev/shop", "version": "2.1.138"}
    if dice.sometimes(0.05):
        message: Record = {"model": "<synthetic>", "id": dice.id(), "role": "assistant", "usage": {"input_tokens": 0}}
        failed = {"isApiErrorMessage": True, "error": "rate_limit", "apiErrorStatus": 429, "uuid": dice.id()}
        asked = {"requestId": f"req_{dice.id(24)}"} if dice.sometimes(0.5) else {}
        return [shared | failed | asked | {"message": message, "timestamp": iso(time)}]
    usage: Record = {
        "input_tokens": dice.randrange(1, 900),
        "cache_read_input_tokens": dice.choice((0, 0, 12_000, 30_000)),
        "cache_creation_input_tokens": dice.choice((0, 500)),
    }
    if dice.sometimes(0.1):
        usage["iterations"] = [
            {"type": "message", "input_tokens": 1, "output_tokens": 1},
            {"type": "advisor_message", "model": "claude-opus-4-5-20251101", "input_tokens": 50, "output_tokens": 20},
        ]
        if dice.sometimes(0.5):
            usage["iterations"].insert(0, {"type": "compaction", "input_tokens": 700, "output_tokens": 30})
    message = {"id": f"msg_{dice.id(24)}", "role": "assistant", "model": dice.choice(MODELS), "content": []}
    request = {"requestId": f"req_{dice.id(24)}"} if dice.sometimes(0.8) else {}
    found: list[Record | str] = []
    outputs = sorted(dice.randrange(1, 4000) for _ in range(dice.randrange(1, 5)))
    for place, output in enumerate(outputs):
        part = message | {"usage": usage | {"output_tokens": output}}
        spread = timedelta(minutes=20 * place) if dice.sometimes(0.2) else timedelta(seconds=place)
        found.append(shared | request | {"message": part, "uuid": dice.id(), "timestamp": iso(time + spread)})
    return found


def qwen_code(folder: Path, dice: Dice) -> list[Path]:
    """Sessions with calls in the background and errors, one of them forked and gone on with."""
    sessions: dict[str, list[Record | str]] = {}
    for session in ("one", "two", "three"):
        sessions[session] = [line for time in dice.times(90) for line in _qwen_call(dice, session, time)]
    copies: list[Record | str] = [
        line | {"sessionId": "four", "forkedFrom": {"sessionId": "one", "messageUuid": line["uuid"]}}
        for line in sessions["one"]
        if isinstance(line, dict)
    ]
    copies += _qwen_call(dice, "four", START + timedelta(days=5))
    return [lines(folder / f"{name}.jsonl", found) for name, found in (sessions | {"four": copies}).items()]


def _qwen_call(dice: Dice, session: str, time: datetime) -> list[Record | str]:
    shared: Record = {
        "parentUuid": None,
        "sessionId": session,
        "timestamp": iso(time),
        "cwd": "/w",
        "version": "0.24.4",
    }
    event: Record = {
        "event.name": "qwen-code.api_response",
        "event.timestamp": iso(time),
        "response_id": dice.choice(
            (f"chatcmpl-{dice.id()}", f"chatcmpl-{dice.id()}", f"chatcmpl-{dice.randrange(9)}", "")
        ),
        "model": dice.choice(MODELS),
        "duration_ms": dice.choice((300, 90_000)),
        "prompt_id": f"{session}########{dice.randrange(9)}",
        "auth_type": "openai",
    }
    if dice.sometimes(0.1):
        event |= {
            "event.name": "qwen-code.api_error",
            "response_id": "",
            "error_type": "RateLimitError",
            "status_code": 429,
        }
    else:
        input_, output, thoughts = dice.randrange(1, 9000), dice.randrange(1, 900), dice.choice((0, 0, 64))
        outside = dice.choice((0, 0, thoughts, 50))  # thoughts that count beside the output, or what nothing explains
        if dice.sometimes(0.1):
            input_ = output = outside = 0
        event |= {"input_token_count": input_, "output_token_count": output, "thoughts_token_count": thoughts}
        event |= {"cached_content_token_count": min(input_, dice.choice((0, 512))), "status_code": 200}
        event["total_token_count"] = input_ + output + outside
    system = {"uuid": dice.id(), "type": "system", "subtype": "ui_telemetry", "systemPayload": {"uiEvent": event}}
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 5, "totalTokenCount": 10}
    said = {"uuid": dice.id(), "type": "assistant", "model": event["model"], "usageMetadata": usage, "message": {}}
    return [shared | system, *([shared | said] if dice.sometimes(0.5) else [])]


def gemini_cli(folder: Path, dice: Dice) -> list[Path]:
    """Older files, and newer ones whose lines are written again, before their tokens are known and after."""
    found: list[Path] = []
    for session in range(3):
        messages = [_gemini_message(dice, time) for time in dice.times(60)]
        whole = {"sessionId": dice.id(), "projectHash": dice.id(64), "startTime": iso(START), "lastUpdated": iso(START)}
        found.append(document(folder / f"session-{session}.json", whole | {"messages": messages}))
    head = {"sessionId": dice.id(), "projectHash": dice.id(64), "startTime": iso(START), "kind": "main"}
    written: list[Record | str] = [head]
    for time in dice.times(120):
        message = _gemini_message(dice, time)
        if message["type"] == "gemini" and dice.sometimes(0.5):
            written.append(message | {"tokens": None})
        written.append(message)
        if dice.sometimes(0.3):
            written.append(message | {"toolCalls": []})
        if dice.sometimes(0.1):
            written += [{"$rewindTo": message["id"]}, "", '{"id":"cut off","type":"gem']
    kept = [line for line in written if isinstance(line, dict) and line.get("tokens")]
    written += [{"$set": {"messages": kept[:40], "lastUpdated": iso(START)}}]
    return [*found, lines(folder / "session-new.jsonl", written)]


def _gemini_message(dice: Dice, time: datetime) -> Record:
    shared: Record = {"id": dice.id(), "timestamp": iso(time), "content": None}
    if dice.sometimes(0.2):
        return shared | {"type": dice.choice(("user", "info", "error"))}
    input_, output, thoughts = dice.randrange(1, 9000), dice.randrange(1, 900), dice.choice((0, 0, 64))
    tool = dice.choice((0, 0, 300))
    tokens: Record | None = {"input": input_, "output": output, "thoughts": thoughts, "tool": tool}
    if tokens and dice.sometimes(0.9):
        tokens |= {
            "cached": min(input_, dice.choice((0, 512))),
            "total": input_ + output + thoughts + dice.choice((0, tool, 7)),
        }
    elif dice.sometimes(0.5):
        tokens = (
            None
            if dice.sometimes(0.5)
            else dict.fromkeys(("input", "output", "cached", "thoughts", "tool", "total"), 0)
        )
    return shared | {"type": "gemini", "model": dice.choice(("gemini-2.5-pro", "gemini-2.5-flash")), "tokens": tokens}


def aider(folder: Path, dice: Dice) -> list[Path]:
    """A log, and a copy of it that was gone on with; equal lines of one second in both."""
    written: list[Record | str] = []
    for time in dice.times(300):
        model = dice.choice((*MODELS, "openai/REDACTED", "None"))
        prompt, completion = dice.choice(((0, 0), (dice.randrange(1, 9000), dice.randrange(1, 900)), (100, 10)))
        cost = {"cost": 0, "total_cost": 0.5}
        tokens = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
        properties = {"main_model": model, "weak_model": "None", "edit_format": "diff"} | tokens | cost
        event = dice.choice(("message_send", "message_send", "message_send", "message_send_starting", "exit"))
        properties = properties if event == "message_send" else {}
        line = {"event": event, "properties": properties, "user_id": "u", "time": int(time.timestamp())}
        written += [line] * dice.choice((1, 1, 1, 2, 3))
        if dice.sometimes(0.05):
            written += ["", '{"event": "message_send", "properties": {"main_mod']
    return [
        lines(folder / "analytics.jsonl", written[:350]),
        lines(folder / "backup.jsonl", written[:350] + written[200:350]),
        lines(folder / "later.jsonl", written[100:]),
    ]


def opencode(folder: Path, dice: Dice) -> list[Path]:
    """A database with what is still in its log, files of before it, an export, and a fork."""
    messages: list[Record] = []
    for session in ("ses_one", "ses_two", "ses_three"):
        messages += [_opencode_message(dice, session, time) for time in dice.times(80)]
    fork = [
        message | {"id": f"msg_{dice.id(26)}", "sessionID": "ses_fork"}
        for message in messages
        if message["sessionID"] == "ses_one"
    ][:50]
    fork += [_opencode_message(dice, "ses_fork", START + timedelta(days=7, minutes=minute)) for minute in range(9)]
    live = folder / "live"
    live.mkdir(parents=True)
    with closing(sqlite3.connect(live / "opencode.db")) as database:
        database.execute("pragma journal_mode = wal")
        database.execute("pragma wal_autocheckpoint = 0")
        database.execute(
            "create table message (id text primary key, session_id text not null, time_created integer not null,"
            " time_updated integer not null, data text not null)"
        )
        database.execute("create table session (id text primary key, title text, tokens_input integer, cost real)")
        database.execute("create table part (id text primary key, message_id text, session_id text, data text)")
        for place, message in enumerate([*messages[40:], *fork]):
            data = json.dumps({key: value for key, value in message.items() if key not in {"id", "sessionID"}})
            created = message["time"]["created"]
            database.execute(
                "insert into message values (?, ?, ?, ?, ?)",
                (message["id"], message["sessionID"], created, created, data),
            )
            if place == 100:
                database.commit()
                database.execute("pragma wal_checkpoint(truncate)")
        database.commit()
        for name in ("opencode.db", "opencode.db-wal"):
            shutil.copy(live / name, folder / name)
    shutil.rmtree(live)
    old = [
        document(folder / "storage/message" / message["sessionID"] / f"{message['id']}.json", message)
        for message in messages[:80]
    ]
    parts = [{"type": "step-finish", "tokens": messages[200].get("tokens"), "cost": 1, "id": "prt_1"}]
    told = [{"info": message, "parts": parts} for message in messages if message["sessionID"] == "ses_three"]
    info = {"id": "ses_three", "version": "1.18.33", "time": {"created": ms(START)}, "tokens": {"input": 99}, "cost": 1}
    return [*old, folder / "opencode.db", document(folder / "export.json", {"info": info, "messages": told})]


def _opencode_message(dice: Dice, session: str, time: datetime) -> Record:
    shared: Record = {"id": f"msg_{dice.id(26)}", "sessionID": session, "time": {"created": ms(time)}}
    model = dice.choice(MODELS)
    if dice.sometimes(0.3):
        return shared | {"role": "user", "agent": "build", "model": {"providerID": "submodel", "modelID": model}}
    fresh, output, reasoning = dice.randrange(1, 9000), dice.randrange(100, 900), dice.choice((0, 64))
    cache = {"read": dice.choice((0, 1024)), "write": dice.choice((0, 0, 300))}
    tokens: Record = {"input": fresh, "output": output, "reasoning": reasoning, "cache": cache}
    tokens["total"] = fresh + output + sum(cache.values()) + dice.choice((reasoning, reasoning, 0))
    shared |= {
        "role": "assistant",
        "parentID": f"msg_{dice.id(26)}",
        "mode": "build",
        "path": {"cwd": "/w", "root": "/w"},
    }
    shared |= {"modelID": model, "providerID": "submodel", "cost": 0, "tokens": tokens}
    shared["time"]["completed"] = ms(time) + dice.randrange(900, 90_000)
    if dice.sometimes(0.1):
        nothing = {"input": 0, "output": 0, "reasoning": 0, "cache": {"read": 0, "write": 0}}
        shared |= {"tokens": nothing, "error": {"name": "APIError", "data": {"statusCode": 429, "message": "no"}}}
    return shared | {"finish": "stop"}


def llm(folder: Path, dice: Dice) -> list[Path]:
    """A database of today, with rows of before 0.36 in it, and an old one."""
    new, old = folder / "logs.db", folder / "old.db"
    folder.mkdir(parents=True, exist_ok=True)
    columns = "id text primary key, model text, options_json text, response_json text, duration_ms integer,"
    columns += " datetime_utc text, input_tokens integer, output_tokens integer, token_details text"
    before = f"create table responses ({columns}, prompt text, system text, prompt_json text, response text,"
    before += " conversation_id text{})"
    rows = [_llm_row(dice, time) for time in dice.times(300)]
    for path, resolved in ((new, ", resolved_model text, reasoning text"), (old, "")):
        with closing(sqlite3.connect(path)) as database:
            database.execute(before.format(resolved))
            if resolved:
                database.execute(f"create table turns ({columns}, resolved_model text, thread_id text)")
            for place, row in enumerate(rows):
                table = "turns" if resolved and place >= 100 else "responses"
                if resolved or place < 150:
                    row_ = row if resolved else {key: value for key, value in row.items() if key != "resolved_model"}
                    names, marks = ", ".join(row_), ", ".join("?" * len(row_))
                    database.execute(f"insert into {table} ({names}) values ({marks})", list(row_.values()))  # noqa: S608
            database.commit()
    return [new, old]


def _llm_row(dice: Dice, time: datetime) -> Record:
    model = dice.choice(MODELS)
    is_told = dice.sometimes(0.7)
    input_, output = dice.randrange(1024, 9000), dice.randrange(64, 900)
    details = {"prompt_tokens_details": {"cached_tokens": dice.choice((0, 512))}}
    if dice.sometimes(0.5):
        details["completion_tokens_details"] = {"reasoning_tokens": dice.choice((0, 64))}
    answer: Record = {"id": f"chatcmpl-{dice.id()}", "object": "chat.completion", "model": model}
    if is_told:
        answer["usage"] = {"prompt_tokens": input_, "completion_tokens": output, "total_tokens": input_ + output}
    return {
        "id": f"01m{dice.id(23)}",
        "model": "my-alias",
        "resolved_model": dice.choice((None, model)),
        "response_json": json.dumps(answer),
        "duration_ms": dice.randrange(50, 500),
        "datetime_utc": time.isoformat(),
        "input_tokens": input_ if is_told else None,
        "output_tokens": output if is_told else None,
        "token_details": json.dumps(details) if is_told and dice.sometimes(0.7) else None,
    }


def cline(folder: Path, dice: Dice) -> list[Path]:
    """Sessions of the CLI with what adds them up, and tasks of the extension and of Roo Code."""
    found: list[Path] = []
    for time in dice.times(12):
        name = f"{ms(time)}_{dice.id(5)}"
        told: Record = {"version": 1, "updated_at": iso(time), "agent": "lead", "sessionId": name, "system_prompt": "x"}
        told["messages"] = [_cline_message(dice, time + timedelta(minutes=7 * minute)) for minute in range(20)]
        usage = {"inputTokens": 1, "outputTokens": 1, "cacheReadTokens": 0, "cacheWriteTokens": 0, "totalCost": 0}
        about: Record = {
            "version": 1,
            "session_id": name,
            "source": "cli",
            "pid": 1,
            "started_at": iso(time),
            "provider": "p",
            "model": "m",
        }
        about |= {
            "ended_at": iso(time),
            "exit_code": 0,
            "status": "completed",
            "interactive": False,
            "cwd": "/w",
        }
        about |= {"workspace_root": "/w", "team_name": "t", "prompt": "x", "messages_path": "/w"}
        about["metadata"] = {"usage": usage, "aggregateUsage": usage, "totalCost": 0}
        found += [
            document(folder / f"sessions/{name}/{name}.messages.json", told),
            document(folder / f"sessions/{name}/{name}.json", about),
        ]
        shown = [_cline_shown(dice, time + timedelta(minutes=7 * minute)) for minute in range(20)]
        found.append(document(folder / f"tasks/{ms(time)}/ui_messages.json", shown))
    return found


def _cline_message(dice: Dice, time: datetime) -> Record:
    shared: Record = {"id": f"msg_{dice.id(8)}", "content": [], "ts": ms(time)}
    if dice.sometimes(0.3):
        return shared | {"role": "user"}
    shared |= {"role": "assistant", "modelInfo": {"id": dice.choice(MODELS), "provider": "openai-compatible"}}
    if dice.sometimes(0.1):
        return shared | {"id": f"error_{dice.id()}", "metadata": {"displayOnly": True, "displayRole": "error"}}
    input_, output = dice.choice(((dice.randrange(1, 9000), dice.randrange(1, 900)), (0, 0)))
    cached = min(input_, dice.choice((0, 1024)))
    metrics = {"inputTokens": input_, "outputTokens": output, "cacheReadTokens": cached, "cacheWriteTokens": 0}
    return shared | {"metrics": metrics}


def _cline_shown(dice: Dice, time: datetime) -> Record:
    shared: Record = {"ts": ms(time), "type": "say"}
    if dice.sometimes(0.3):
        return shared | {"say": dice.choice(("text", "tool", "reasoning")), "text": "x"}
    fresh, cached = dice.randrange(1100, 9000), dice.choice((0, 1024))
    told: Record = {"tokensIn": fresh, "tokensOut": dice.randrange(1, 900), "cacheWrites": 0, "cacheReads": cached}
    told |= {"request": "x", "cost": 0}
    if dice.sometimes(0.3):
        told["apiProtocol"] = dice.choice(("openai", "anthropic"))
    else:
        provider = dice.choice(("openai", "anthropic", "openrouter", "nobody-knows"))
        shared["modelInfo"] = {"providerId": provider, "modelId": dice.choice(MODELS), "mode": "act"}
    if dice.sometimes(0.1):
        told |= {"tokensIn": 0, "tokensOut": 0, "cacheReads": 0, "cancelReason": "streaming_failed"}
    return shared | {"say": "api_req_started", "text": json.dumps(told)}


def codex(folder: Path, dice: Dice) -> list[Path]:
    """Sessions whose counter repeats and starts anew, two forks of each, and copies in the archive."""
    found: list[Path] = []
    for session in ("one", "two"):
        parent, *forks = codex_family(dice, (0, 0, 0))
        found += [lines(folder / f"sessions/rollout-{session}-{n}.jsonl", fork) for n, fork in enumerate(forks)]
        found.append(lines(folder / f"sessions/rollout-{session}-a.jsonl", parent))
        found.append(lines(folder / f"archived_sessions/rollout-{session}-a.jsonl", parent))
    return found


def codex_family(dice: Dice, parents: tuple[int, ...], *, with_meta: bool = False) -> list[list[Record]]:
    """A session, and forks of what came before, given by place; a fork may copy what its parent says of itself, too."""
    found: list[list[Record]] = []
    for place, parent in enumerate(parents):
        copied = found[parent][0 if with_meta else 1 : 60 + 40 * place] if place else []
        meta = found[parent][0] if place else None
        found.append(_codex_session(dice, meta, copied, dice.times(100 if not place else 40)))
    return found


def _codex_session(dice: Dice, parent: Record | None, copied: list[Record], times: list[datetime]) -> list[Record]:
    later = timedelta(days=3 if parent else 0)
    begin = times[0] + later
    meta: Record = {"id": f"019e{dice.id(28)}", "timestamp": iso(begin), "cwd": "/w", "model_provider": "openai"}
    if parent:
        meta["forked_from_id"] = parent["payload"]["id"]
    written: list[Record] = [{"timestamp": iso(begin), "type": "session_meta", "payload": meta}]
    written += [line | {"timestamp": iso(begin)} for line in copied]
    written.append(_codex_turn(dice, begin))
    told = [line["payload"]["info"] for line in copied if line["payload"].get("info")]
    for time in times[1:]:
        if dice.sometimes(0.1):
            written.append(_codex_turn(dice, time + later))
        info = _codex_info(dice, told)
        payload: Record = {"type": "token_count", "info": info, "rate_limits": None}
        written.append({"timestamp": iso(time + later), "type": "event_msg", "payload": payload})
    return written


def _codex_turn(dice: Dice, time: datetime) -> Record:
    return {"timestamp": iso(time), "type": "turn_context", "payload": {"model": dice.choice(MODELS), "cwd": "/w"}}


def _codex_info(dice: Dice, told: list[Record]) -> Record | None:
    """What the counter says after a call, again, after the context was full, or nothing at all."""
    kind = dice.choice(("call",) * 8 + ("again", "full", "none"))
    if kind == "none":
        return None
    before: dict[str, int] = told[-1]["total_token_usage"] if told else {}
    last = _codex_usage(dice)
    if kind == "again" and told:
        return told[-1]
    total = {key: before.get(key, 0) + number for key, number in last.items()}
    if kind == "full":
        last = dict.fromkeys(last, 0)
        total = last | {"total_tokens": 258_400}
    told.append({"total_token_usage": total, "last_token_usage": last, "model_context_window": 258_400})
    return told[-1]


def _codex_usage(dice: Dice) -> dict[str, int]:
    input_, output = dice.randrange(1000, 90_000), dice.randrange(10, 4000)
    return {
        "input_tokens": input_,
        "cached_input_tokens": dice.choice((0, input_ // 2)),
        "output_tokens": output,
        "reasoning_output_tokens": dice.choice((0, output // 3)),
        "total_tokens": input_ + output,
    }


WRITERS: dict[str, Callable[[Path, Dice], list[Path]]] = {
    "claude-code": claude_code,
    "qwen-code": qwen_code,
    "gemini-cli": gemini_cli,
    "aider": aider,
    "opencode": opencode,
    "llm": llm,
    "cline": cline,
    "codex": codex,
}


def write(client: str, folder: Path, seed: int = 1) -> list[Path]:
    """The client's logs in the folder, in the order in which they are to be read."""
    return WRITERS[client](folder, Dice(seed))
