"""Qwen Code: `~/.qwen/projects/<cwd>/chats/<session>.jsonl`.

`system` lines of the subtype `ui_telemetry` tell of every call, also of those in the background, which no `assistant`
line repeats. A fork copies the lines of its session with the same `uuid` and `response_id`. Counts are inclusive, as
the total says; Gemini's back ends write thoughts beside the output, which the total says, too. Where the total is not
what its parts come to, nobody knows what they mean. The client writes 0 for a count that the answer did not have. The
time is that of the answer, `duration_ms` after the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.independent import LONG_ENOUGH, UNKNOWN, NotARecordError, Reading, Tokens, count, day_of, objects, once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    for path in paths:
        for line in objects(path):
            event = (line.get("systemPayload") or {}).get("uiEvent")
            if line.get("type") != "system" or line.get("subtype") != "ui_telemetry" or not event:
                continue
            kind = event.get("event.name")
            if kind not in {"qwen-code.api_response", "qwen-code.api_error"}:
                continue
            name = event.get("response_id") or ""
            key = name if len(name) >= LONG_ENOUGH else line.get("uuid")
            if not key:
                continue
            try:
                tokens = _tokens(event) if kind == "qwen-code.api_response" else UNKNOWN
                day = day_of(event.get("event.timestamp"), sooner=event.get("duration_ms"))
            except NotARecordError:
                continue
            found.append(
                Reading("qwen-code", day, event.get("model"), key, tokens, ok=kind == "qwen-code.api_response")
            )
    return once(found)


def _tokens(event: dict[str, Any]) -> Tokens:
    input_, output, cached, thoughts, total = (
        count(event.get(f"{name}_token_count")) for name in ("input", "output", "cached_content", "thoughts", "total")
    )
    if not input_ and not output:
        return UNKNOWN
    together = (input_ or 0) + (output or 0)
    if not total or together == total:
        part = thoughts if thoughts and thoughts <= (output or 0) else None  # more than the whole is no part of it
        return Tokens(input_, output, cached or None, part)
    if together + (thoughts or 0) == total:
        return Tokens(input_, (output or 0) + (thoughts or 0), cached or None, thoughts)
    return UNKNOWN
