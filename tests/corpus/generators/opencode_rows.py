"""Databases of OpenCode for the corpus: what a client wrote, made small, and rows that cannot be had from one.

    python opencode_rows.py small CLIENT.db FILE      what the client wrote, without its other tables
    python opencode_rows.py second FILE               OpenCode 2: a session, its fork, one of OpenCode 1
    python opencode_rows.py bad FILE                  good and bad rows

The tables of OpenCode 2 are those of its source (September 2026), with the columns that are read.
"""

# ruff: noqa: INP001, S608

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

KEPT = ("session", "message", "part")
TABLES = """
create table session (id text primary key, directory text not null, version text not null);
create table message (
  id text primary key, session_id text not null, time_created integer not null, time_updated integer not null,
  data text not null
);
create table part (
  id text primary key, message_id text not null, session_id text not null, time_created integer not null,
  time_updated integer not null, data text not null
);
"""
TABLES_2 = """
create table session_v2 (
  id text primary key, fork_session_id text, directory text not null, version text not null, cost real not null,
  tokens_input integer not null
);
create table session_message (
  id text primary key, session_id text not null, type text not null, seq integer not null,
  time_created integer not null, time_updated integer not null, data text not null
);
"""
BEGIN = 1795600000000
MODEL = "openai/gpt-oss-120b"


def small(source: Path, target: Path) -> None:
    """The sessions of a database with nothing said in them: texts are `scrubbed`, the folder is /home/dev/work."""
    with TemporaryDirectory() as folder:
        copy = Path(folder, "copy.db")
        for ending in ("", "-wal"):
            beside = source.with_name(source.name + ending)
            if beside.exists():
                copyfile(beside, copy.with_name(copy.name + ending))
        with closing(sqlite3.connect(copy, isolation_level=None)) as database:
            database.execute("pragma journal_mode = delete")
            tables = [row[0] for row in database.execute("select name from sqlite_master where type = 'table'")]
            for table in set(tables) - set(KEPT):
                database.execute(f'drop table "{table}"')
            for table in KEPT[1:]:
                for key, data in database.execute(f"select id, data from {table}").fetchall():
                    kept = json.dumps(scrubbed(json.loads(data)), separators=(",", ":"))
                    database.execute(f"update {table} set data = ? where id = ?", (kept, key))
            database.execute("update session set directory = '/home/dev/work', path = '', title = 'scrubbed'")
            database.execute("vacuum")
        copyfile(copy, target)


def scrubbed(value: Any) -> Any:  # noqa: ANN401 - as JSON gives it
    """The same without texts and without the folder of this machine."""
    if isinstance(value, dict):
        said = ("text", "output", "message", "responseBody", "command", "description", "title", "preview")
        return {
            key: "scrubbed" if key in said and isinstance(value[key], str) else scrubbed(value[key]) for key in value
        }
    if isinstance(value, str) and value.startswith("/tmp/"):  # noqa: S108 - not a file
        return "/home/dev/work"
    return [scrubbed(each) for each in value] if isinstance(value, list) else value


def identifier(time: int, number: int) -> str:
    """An id as the client makes it: the time and a number, and 14 characters by chance."""
    return f"msg_{(time * 4096 + number) % 2**48:012x}{number:014d}"


def second(target: Path) -> None:
    """Three steps in a session, of which the last failed, a fork of it after two, with a step of its own, a summary."""
    model = {"id": MODEL, "providerID": "submodel", "variant": "default"}

    def step(number: int, **more: object) -> dict[str, Any]:
        time = {"created": BEGIN + number * 10_000, "streamed": BEGIN + number * 10_000 + 900}
        tokens = {"input": 100 + number, "output": 20, "reasoning": 5, "cache": {"read": 60, "write": 3}}
        said = {"time": time | {"completed": time["created"] + 1500}, "tokens": tokens, "cost": 0.00003}
        content = [{"type": "text", "text": "PLANTED"}]
        return {"agent": "build", "model": model, "content": content, "finish": "stop"} | said | more

    failure = {"type": "provider.rate-limit", "message": "PLANTED", "status": 429}
    steps = [
        step(1),
        step(2, tokens={"input": 300, "output": 30, "reasoning": 0, "cache": {"read": 0, "write": 0}}, cost=0),
    ]
    failed = step(3, error=failure, finish="error", cost=None, tokens=None)
    unfinished = {key: value for key, value in step(5).items() if key not in ("tokens", "cost", "finish")}
    unfinished["time"] = {"created": BEGIN + 50_000}
    summary: dict[str, Any] = {"status": "completed", "reason": "auto", "summary": "PLANTED", "recent": "PLANTED"}
    summary |= {"model": model}
    summary |= {"time": {"created": BEGIN + 60_000}, "cost": 0.0001}
    summary |= {"tokens": {"input": 900, "output": 80, "reasoning": 0, "cache": {"read": 0, "write": 0}}}
    user = {"text": "PLANTED", "time": {"created": BEGIN}}
    idle = {"outcome": "succeeded", "time": {"created": BEGIN + 30_000}}
    first = [("user", user), *(("assistant", each) for each in steps), ("assistant", failed), ("idle", idle)]
    fork = [("user", user), *(("assistant", each) for each in steps), ("assistant", step(4)), ("assistant", unfinished)]
    # This session was begun with OpenCode 1, whose table still has it, with a total.
    old = step(-5, tokens={"input": 40, "output": 8, "reasoning": 2, "cache": {"read": 0, "write": 0}}, cost=0.000009)
    tokens = old["tokens"] | {"total": 50}
    time = {key: old["time"][key] for key in ("created", "completed")}
    version_1 = {"role": "assistant", "providerID": "submodel", "modelID": MODEL, "tokens": tokens, "time": time}
    version_1 |= {"cost": old["cost"], "path": {"cwd": "/home/dev/old/src", "root": "/home/dev/old"}, "finish": "stop"}
    sessions = {"ses_2first": first, "ses_1fork": fork, "ses_3old": [("assistant", old), ("compaction", summary)]}
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        database.executescript(TABLES + TABLES_2)
        created = old["time"]["created"]
        row = (identifier(created, 1), "ses_3old", created, created, json.dumps(version_1))
        database.execute("insert into message values (?, ?, ?, ?, ?)", row)
        database.execute("insert into session values ('ses_3old', '/home/dev/old', '1.18.33')")
        number = 1
        for session, messages in sessions.items():
            folder = "/home/dev/old" if session == "ses_3old" else "/home/dev/work"
            origin = "ses_2first" if session == "ses_1fork" else None
            # The sums over its messages, which are no requests of their own.
            database.execute("insert into session_v2 values (?, ?, ?, '2.0.14', 9, 9)", (session, origin, folder))
            for place, (kind, data) in enumerate(messages):
                number += 1
                created = data["time"]["created"]
                is_copy = session == "ses_1fork" and place < 3
                key = identifier(BEGIN + 35_000 if is_copy else created, number)
                if kind == "assistant" and session == "ses_3old":
                    key = identifier(created, 1)
                row_2 = (key, session, kind, place, created, created, json.dumps(data))
                database.execute("insert into session_message values (?, ?, ?, ?, ?, ?, ?)", row_2)


def bad(target: Path) -> None:
    """Rows that are answers, and rows that are none or broken."""

    def answer(number: int, **more: object) -> dict[str, Any]:
        created = BEGIN + number * 60_000
        tokens = {"total": 130, "input": 100, "output": 20, "reasoning": 10, "cache": {"read": 0, "write": 0}}
        found = {"role": "assistant", "providerID": "openrouter", "modelID": MODEL, "cost": 0.00002, "tokens": tokens}
        return found | {"time": {"created": created, "completed": created + 5000}, "finish": "stop"} | more

    good = answer(1)
    tokens = good["tokens"]
    odd, unasked = {"name": "PLANTED and more", "data": "PLANTED"}, {"name": "ProviderAuthError", "data": {}}
    time = {"created": BEGIN, "completed": BEGIN + 1}
    cells: list[object] = [
        json.dumps(good),
        json.dumps(answer(2))[:-9],
        '["PLANTED"]',
        "",
        json.dumps(answer(5) | {"time": {}}),
        json.dumps(answer(6) | {"time": time | {"created": "PLANTED"}}),
        json.dumps(answer(7) | {"time": time | {"completed": "PLANTED"}}),
        json.dumps(answer(8) | {"tokens": tokens | {"input": "PLANTED"}}),
        json.dumps(answer(9) | {"tokens": tokens | {"output": 1.5}}),
        json.dumps(answer(10) | {"cost": "PLANTED"}),
        json.dumps(answer(11) | {"role": None}),
        json.dumps(answer(12)).encode(),  # a blob
        json.dumps(answer(13) | {"tokens": None, "cost": None, "error": odd}),
        json.dumps(answer(14) | {"tokens": tokens | {"total": 999, "cache": "PLANTED"}, "later": {"field": 1}}),
        b"\xff\xfe PLANTED",
        12,
        json.dumps(answer(17) | {"tokens": tokens | {"total": 130, "input": -40, "cache": {"read": 140, "write": 0}}}),
        json.dumps(answer(18) | {"error": unasked, "tokens": {}}),
    ]
    target.unlink(missing_ok=True)
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        database.executescript(TABLES)
        for number, cell in enumerate(cells, 1):
            created = BEGIN + number * 60_000
            row = (identifier(created, number), "ses_bad", created, created, cell)
            database.execute("insert into message values (?, ?, ?, ?, ?)", row)


def main() -> None:
    """Do what the first argument says."""
    what, *paths = sys.argv[1:]
    tasks: dict[str, Callable[..., None]] = {"small": small, "second": second, "bad": bad}
    tasks[what](*map(Path, paths))


if __name__ == "__main__":
    main()
