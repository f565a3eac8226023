"""OpenCode: the database `opencode.db`, before it a JSON file per message, and what `opencode export` writes.

A message of the role `assistant` is a call, once it is over. `input` is what came from no cache. `output` once held
`reasoning` and does not any more: `total`, where it is written, says which; without it the older meaning holds in
`message`, the newer one in `session_message` (version 2, where ids of version 1 are kept, and a summary tells of a call
of its own). 0 is also what is written where the answer did not say how much was cached or reasoned. The parts of a
message and the row of its session repeat its tokens. A session that was forked holds copies of its parent's messages
under new ids, with the same times and tokens to the last one.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.independent import UNKNOWN, NotARecordError, Reading, Tokens, copied, count, day_of, objects, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    Message = tuple[str, dict[str, Any], bool]


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    copies: dict[tuple[object, ...], str] = {}  # what no two calls share, and the first id under which it was seen
    for path in paths:
        for name, message, is_second in _messages(path):
            if message.get("role") != "assistant" and not (is_second and "tokens" in message):
                continue
            try:
                reading = _reading(name, message, is_second=is_second)
            except NotARecordError:
                continue
            if reading.ok is None and "completed" not in message["time"]:
                continue  # it is not over
            same = (json.dumps(message["time"], sort_keys=True), reading.model, reading.tokens)
            first = copies.setdefault(same, name)
            found.append(Reading("opencode", reading.day, reading.model, first, reading.tokens, reading.ok))
    return once(found)


def _messages(path: Path) -> Iterator[Message]:
    if path.suffix == ".db":
        with copied(path) as copy, closing(sqlite3.connect(copy)) as database:
            names = {name for (name,) in database.execute("select name from sqlite_master where type = 'table'")}
            for table in ("message", "session_message"):
                if table in names:
                    for name, data in database.execute(f"select id, data from {table}"):  # noqa: S608
                        yield name, json.loads(data), table == "session_message"
        return
    whole = {} if path.suffix == ".jsonl" else json.loads(path.read_text("utf-8"))
    written = objects(path) if path.suffix == ".jsonl" else [whole]
    for message in [part["info"] for part in whole["messages"]] if "messages" in whole else written:
        yield message["id"], message, False


def _reading(name: str, message: dict[str, Any], *, is_second: bool) -> Reading:
    model = message.get("modelID") or (message.get("model") or {}).get("id")
    tokens = _tokens(message.get("tokens") or {}, is_second=is_second)
    failed = bool(message.get("error"))
    answered = tokens != UNKNOWN or (message.get("time") or {}).get("completed")
    return Reading(
        "opencode", day_of(message["time"]["created"]), model, name, tokens, ok=not failed if answered else None
    )


def _tokens(tokens: dict[str, Any], *, is_second: bool) -> Tokens:
    cache = tokens.get("cache") or {}
    fresh, output, reasoning, total = (
        count(tokens.get(name)) or 0 for name in ("input", "output", "reasoning", "total")
    )
    read_, written = count(cache.get("read")) or 0, count(cache.get("write")) or 0
    input_ = fresh + read_ + written
    if not input_ and not output + reasoning:
        return UNKNOWN
    if input_ + output + reasoning == total or (not total and (is_second or reasoning > output)):
        return Tokens(input_, output + reasoning, read_ or None, reasoning or None)
    if total and input_ + output != total:
        return UNKNOWN
    return Tokens(input_, output, read_ or None, reasoning or None)
