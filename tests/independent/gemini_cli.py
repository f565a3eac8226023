"""Gemini CLI: `~/.gemini/tmp/*/chats/session-*.json` and, since 2026, `.jsonl`.

A message of the type `gemini` is a call. `tokens` is what the API said: `input` the prompt with what was cached of it,
`output` the candidates, `thoughts` and `tool` (prompts of tools) beside them, `total` the sum of all that. The older
file is one object with `messages`; the newer one has a line per message, written again as it grows, and `$set` lines
that may hold the whole list. A message that was taken back (`$rewindTo`) was asked all the same. Its id tells it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.independent import UNKNOWN, NotARecordError, Reading, Tokens, count, day_of, objects, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    for path in paths:
        for session, place, message in _messages(path):
            if message.get("type") != "gemini":
                continue
            try:
                tokens, day = _tokens(message.get("tokens") or {}), day_of(message.get("timestamp"))
            except NotARecordError:
                continue
            key = message.get("id") or (session, place)
            answered = any((message.get("tokens") or {}).values())
            found.append(Reading("gemini-cli", day, message.get("model"), key, tokens, ok=answered or None))
    # A message that was started and never finished has no model: it was not answered.
    return [reading for reading in once(found) if reading.model]


def _messages(path: Path) -> Iterator[tuple[str, int, dict[str, Any]]]:
    if path.suffix == ".json":
        whole = json.loads(path.read_text("utf-8"))
        for place, message in enumerate(whole["messages"]):
            yield whole.get("sessionId"), place, message
        return
    session = ""
    for place, line in enumerate(objects(path)):
        session = line.get("sessionId") or session
        inner = line.get("$set") or {}
        for message in inner.get("messages") or [line]:
            yield session, place, message


def _tokens(tokens: dict[str, Any]) -> Tokens:
    input_, output, cached, thoughts, tool, total = (
        count(tokens.get(name)) for name in ("input", "output", "cached", "thoughts", "tool", "total")
    )
    if not input_ and not output:
        return UNKNOWN
    prompt, answer = input_ or 0, (output or 0) + (thoughts or 0)
    if total is None or prompt + (tool or 0) + answer == total:
        return Tokens(prompt + (tool or 0), answer, cached, thoughts)
    return Tokens(prompt, answer, cached, thoughts) if prompt + answer == total else UNKNOWN
