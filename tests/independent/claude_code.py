"""Claude Code: `~/.claude/projects/**/*.jsonl`.

An `assistant` line is written for every block of an answer; all of them share `message.id`, and `output_tokens` grows
from one to the next. Side chains and resumed sessions write answers of others again, under a `requestId` or a
`sessionId` of their own. Gateways leave `requestId` out, and some give every answer the same short `id`: then only the
input tokens, which all lines of one answer share, tell answers apart. `input_tokens` is what came from no cache. What
an advisor was asked within an answer stands in `iterations`, beside the sum and under its own model. A line
`isApiErrorMessage` is a call that failed, if anybody answered: then it has a request id or a status.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.independent import (
    LONG_ENOUGH,
    UNKNOWN,
    NotARecordError,
    Reading,
    Tokens,
    count,
    day_of,
    metered,
    objects,
    once,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from pathlib import Path


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    for path in paths:
        equal: Counter[Hashable] = Counter()  # lines of this file without any id, which may be equal
        for line in objects(path):
            try:
                found += _readings(line, equal)
            except NotARecordError:
                continue
    return once(found)


def _readings(line: dict[str, Any], equal: Counter[Hashable]) -> Iterator[Reading]:
    message = line.get("message")
    if line.get("type", "assistant") != "assistant" or not isinstance(message, dict):
        return
    if line.get("isApiErrorMessage"):
        if line.get("requestId") or line.get("apiErrorStatus"):
            key = _key(line, message, UNKNOWN, equal)
            yield Reading("claude-code", day_of(line.get("timestamp")), None, key, ok=False)
        return
    if message.get("model") == "<synthetic>" or "usage" not in message:
        return
    usage = message["usage"] if isinstance(message["usage"], dict) else {}
    day, tokens = day_of(line.get("timestamp")), _tokens(usage)
    key = _key(line, message, tokens, equal)
    yield Reading("claude-code", day, message.get("model"), key, tokens, ok=None if tokens == UNKNOWN else True)
    for place, part in enumerate(usage.get("iterations") or ()):
        if part.get("type") in ("advisor_message", "compaction"):
            model = part.get("model") or message.get("model")
            yield Reading("claude-code", day, model, (key, "step", place), _tokens(part))


def _tokens(usage: dict[str, Any]) -> Tokens:
    fresh, read_, written, output = (
        count(usage.get(name))
        for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens")
    )
    if written is None:  # or only in parts, by how long it is kept
        written = sum(count(part) or 0 for part in (usage.get("cache_creation") or {}).values())
    thinking = count((usage.get("output_tokens_details") or {}).get("thinking_tokens"))
    if fresh is None:
        return UNKNOWN
    return metered(fresh + (read_ or 0) + (written or 0), output, read_, thinking)


def _key(line: dict[str, Any], message: dict[str, Any], tokens: Tokens, equal: Counter[Hashable]) -> Hashable:
    name = message.get("id")
    if name and len(name) >= LONG_ENOUGH:
        return str(name)
    if name and line.get("requestId"):
        return (name, line["requestId"])
    if name:
        return (line.get("sessionId"), name, tokens.input)
    if line.get("uuid"):
        return str(line["uuid"])
    words = repr(line)
    equal[words] += 1
    return (words, equal[words])
