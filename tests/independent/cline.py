"""Cline: `<session>.messages.json` of its CLI, and `ui_messages.json`, which Roo Code and Kilo Code write, too.

A message of the CLI with `metrics` is a call, and so is the error that it shows for one that failed. Its counts include
what was cached. Sessions, the index of them, histories and lists of tasks only add those up.

In `ui_messages.json` a call is an `api_req_started` with JSON in its text, in 2024 with the counts in the
`api_req_finished` after it; so are `subagent_usage`, `deleted_api_reqs` (of the model of the task, if it has but one),
and a `condense_context` with a cost. Whether `tokensIn` includes
what was cached goes by the handler of the provider. Roo Code says `apiProtocol` instead, and since 3.29.5 (November
2025) it adds the cached tokens itself where the protocol leaves them out. Where more is cached than came in, it is not
included; where hits and misses come to just what came in, they are all of it. Where none of this says it, the input is
not known. What was cancelled did not succeed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.independent import UNKNOWN, NotARecordError, Reading, Tokens, count, day_of, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

# After `src/core/api/providers/*.ts` of cline/cline: whose `inputTokens` are all of the prompt, and whose are the rest.
WHOLE = {"openai", "litellm", "xai"}
REST = {"anthropic", "openrouter", "openai-native", "deepseek", "gemini", "cline"}
ROO_3_29_5 = 1_761_955_200_000  # 1 November 2025


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    for path in paths:
        if path.suffix == ".json":
            whole = json.loads(path.read_text("utf-8"))
            if isinstance(whole, dict) and "messages" in whole:
                found += _of_cli(whole)
            elif isinstance(whole, list) and any("say" in message for message in whole):
                found += _of_extension(str(path), whole)
    return once(found)


def _of_cli(session: dict[str, Any]) -> Iterator[Reading]:
    for message in session["messages"]:
        metrics, about = message.get("metrics"), message.get("metadata") or {}
        if message.get("role") != "assistant" or (metrics is None and about.get("displayRole") != "error"):
            continue
        key, model = (session["sessionId"], message["id"]), (message.get("modelInfo") or {}).get("id")
        try:
            tokens = _of_metrics(metrics or {})
            yield Reading("cline", day_of(message.get("ts")), model, key, tokens, ok=metrics is not None)
        except NotARecordError:
            continue


def _of_metrics(metrics: dict[str, Any]) -> Tokens:
    input_, output, cached = (count(metrics.get(f"{name}Tokens")) for name in ("input", "output", "cacheRead"))
    return Tokens(input_, output, cached) if input_ or output else UNKNOWN


def _of_extension(name: str, messages: list[dict[str, Any]]) -> Iterator[Reading]:
    for place, message in enumerate(messages):
        says = message.get("say")
        told: dict[str, Any] = {}
        if says in {"api_req_started", "subagent_usage", "deleted_api_reqs"}:
            told = json.loads(message.get("text") or "{}")
            after = messages[place + 1] if place + 1 < len(messages) else {}
            if after.get("say") == "api_req_finished":
                told |= json.loads(after["text"])
        elif says != "condense_context" or not (message.get("contextCondense") or {}).get("cost"):
            continue
        failed = bool(told.get("cancelReason") or told.get("streamingFailedMessage"))
        about = message.get("modelInfo") or {}
        if says == "deleted_api_reqs":
            named = [one["modelInfo"] for one in messages if one.get("modelInfo")]
            about = named[0] if all(one == named[0] for one in named) and named else {}
        try:
            tokens, day = _of_told(told, about, message["ts"]), day_of(message["ts"])
        except NotARecordError:
            continue
        answered = tokens != UNKNOWN or says == "condense_context"
        ok = False if failed else ((answered and says != "deleted_api_reqs") or None)
        yield Reading("cline", day, about.get("modelId"), (name, message["ts"], place), tokens, ok)


def _of_told(told: dict[str, Any], about: dict[str, Any], ms: float) -> Tokens:
    input_, output, written, cached = (
        count(told.get(key)) or 0 for key in ("tokensIn", "tokensOut", "cacheWrites", "cacheReads")
    )
    if not input_ + output + written + cached:
        return UNKNOWN
    protocol, provider = told.get("apiProtocol"), about.get("providerId")
    if not written + cached:
        return Tokens(input_, output, None)
    if written + cached > input_ or provider in REST or (protocol == "anthropic" and ms < ROO_3_29_5):
        return Tokens(input_ + written + cached, output, cached or None)
    if provider in WHOLE or protocol or written + cached == input_:
        return Tokens(input_, output, cached or None)
    return Tokens(None, output, cached or None)
