"""llm of Simon Willison: the database `logs.db`.

Since 0.36 a row of `turns` is a call, before that a row of `responses`, before 0.5 one of `logs` or `log`, without any
tokens; failures are not logged. An upgrade copies rows with their ids. `llm logs --json` writes them as a list. `model`
is an alias of one's own: the model stands in `resolved_model` or in what was answered. Before 0.19 tokens stood only in
the answer, with the counts of its API. OpenAI's counts hold the cached part of the input and the reasoning part of the
output; Anthropic's leave out what a cache gave or took; the plugin for Gemini adds thoughts to the output since it
writes `candidatesTokenCount` beside them. Where an answer's total is not what its parts come to, nobody knows.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from tests.independent import UNKNOWN, NotARecordError, Reading, Tokens, copied, count, day_of, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    for path in paths:
        for table, row in _rows(path):
            answer = _object(row.get("response_json"))
            try:
                tokens, day = _tokens(row, answer), day_of(row["datetime_utc"])
            except NotARecordError:
                continue
            names = (row.get("resolved_model"), answer.get("model"), answer.get("modelVersion"), row["model"])
            model = next(name for name in names if name and isinstance(name, str))
            key = row["id"] if isinstance(row["id"], str) else (table, row["id"], row["datetime_utc"])
            found.append(Reading("llm", day, model, key, tokens))
    return once(found)


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    if path.suffix == ".json":
        for row in json.loads(path.read_text("utf-8")):
            yield "responses", row
        return
    with copied(path) as copy, closing(sqlite3.connect(copy)) as database:
        database.row_factory = sqlite3.Row
        names = {row["name"] for row in database.execute("select name from sqlite_master where type = 'table'")}
        for table in ("turns", "responses", "logs", "log"):
            if table in names:
                for row in database.execute(f"select * from {table}"):  # noqa: S608
                    yield table, dict(row)


def _object(written: object) -> dict[str, Any]:
    found = json.loads(written) if isinstance(written, str) else written
    return found if isinstance(found, dict) else {}


def _tokens(row: dict[str, Any], answer: dict[str, Any]) -> Tokens:
    usage, details = _object(answer.get("usage")), _object(row.get("token_details"))
    input_, output = count(row.get("input_tokens")), count(row.get("output_tokens"))
    if input_ is None and output is None:
        input_, output = (count(usage.get(f"{name}_tokens")) for name in ("prompt", "completion"))
        input_ = count(usage.get("input_tokens")) if input_ is None else input_
        output = count(usage.get("output_tokens")) if output is None else output
        details = usage
    if not input_ and not output:
        return UNKNOWN
    total = count(usage.get("total_tokens"))
    if total and (input_ or 0) + (output or 0) != total:
        return UNKNOWN
    ins = details.get("prompt_tokens_details") or details.get("input_tokens_details") or {}
    outs = details.get("completion_tokens_details") or details.get("output_tokens_details") or {}
    cached, reasoning = count(ins.get("cached_tokens")), count(outs.get("reasoning_tokens"))
    if "cache_read_input_tokens" in details:
        cached = count(details["cache_read_input_tokens"])
        input_ = (input_ or 0) + (cached or 0) + (count(details.get("cache_creation_input_tokens")) or 0)
        reasoning = count(outs.get("thinking_tokens"))
    if "thoughtsTokenCount" in details:
        reasoning = count(details["thoughtsTokenCount"])
        if "candidatesTokenCount" not in details and output != reasoning:
            output = (output or 0) + (reasoning or 0)
    if "cachedContentTokenCount" in details:
        cached = count(details["cachedContentTokenCount"])
    return Tokens(input_, output, cached, reasoning)
