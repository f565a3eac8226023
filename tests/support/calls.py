"""Calls for properties: drawn by Hypothesis, and written as several sources write them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Sequence

    Record = dict[str, Any]

FIRST = datetime(2026, 10, 1, tzinfo=UTC)
MODELS = ("openai/gpt-oss-120b", "deepseek-ai/DeepSeek-V3.1", "nobody/has-a-price")
counts = st.one_of(st.none(), st.integers(0, 5000))


@st.composite
def calls(draw: st.DrawFn, least: int = 1, most: int = 12) -> list[Record]:
    """Some calls, each at a time of its own."""
    number = draw(st.integers(least, most))
    return [
        {
            "number": place,
            "at": FIRST + timedelta(minutes=draw(st.integers(0, 4000)), seconds=place),
            "model": draw(st.sampled_from(MODELS)),
            "key": draw(st.sampled_from([None, "alpha", "beta"])),
            "project": draw(st.sampled_from([None, "search"])),
            "user": draw(st.sampled_from([None, "alice", "bob"])),
            "failed": draw(st.booleans()),
            "input": draw(counts),
            "output": draw(counts),
            "cached": draw(st.sampled_from([None, 0, 7])),
            "cost": draw(st.sampled_from([None, "0.5", "0.000001"])),
        }
        for place in range(number)
    ]


def written(source: str, records: Sequence[Record]) -> bytes:
    """The calls as that source writes them."""
    if source == "csv":
        return csv_text(records).encode()
    make = {"jsonl": jsonl_record, "litellm": litellm_record, "openai-response": response}[source]
    return "".join(json.dumps(make(record)) + "\n" for record in records).encode()


def csv_text(records: Sequence[Record]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        [
            "time",
            "model",
            "key",
            "project",
            "user",
            "status",
            "input tokens",
            "cached tokens",
            "output tokens",
            "cost_usd",
        ]
    )
    for call in records:
        status = "failed" if call["failed"] else "ok"
        labels = [call[name] for name in ("model", "key", "project", "user")]
        numbers = [call[name] for name in ("input", "cached", "output", "cost")]
        writer.writerow([call["at"].isoformat(), *labels, status, *numbers])
    return out.getvalue()


def jsonl_record(call: Record) -> Record:
    return {
        "ts": call["at"].timestamp(),
        "model": call["model"],
        "api_key": call["key"],
        "project": call["project"],
        "user": call["user"],
        "status": "failed" if call["failed"] else "ok",
        "usage": {"prompt_tokens": call["input"], "completion_tokens": call["output"], "cached_tokens": call["cached"]},
        "cost_usd": call["cost"],
    }


def identity(call: Record) -> str:
    return f"chatcmpl-{call['number']:032x}"


def litellm_record(call: Record) -> Record:
    start = call["at"].timestamp()
    return {
        "id": identity(call),
        "call_type": "acompletion",
        "custom_llm_provider": "openai",
        "status": "failure" if call["failed"] else "success",
        "startTime": start,
        "endTime": start + 0.75,
        "model": call["model"],
        "api_base": "https://llm.submodel.ai/v1",
        "prompt_tokens": call["input"],
        "completion_tokens": call["output"],
        "response_cost": float(call["cost"] or 0),
        "metadata": {
            "user_api_key_alias": call["key"],
            "user_api_key_team_alias": call["project"],
            "user_api_key_user_id": call["user"],
            "usage_object": {"prompt_tokens_details": {"cached_tokens": call["cached"]}},
        },
    }


def response(call: Record) -> Record:
    usage = {
        "prompt_tokens": call["input"],
        "completion_tokens": call["output"],
        "prompt_tokens_details": {"cached_tokens": call["cached"]},
    }
    return {
        "id": identity(call),
        "object": "chat.completion",
        "created": int(call["at"].timestamp()),
        "model": call["model"],
        "user": call["user"],
        "usage": None if call["input"] is None else usage,
    }


def statement(days: dict[int, int], model: str = MODELS[0]) -> bytes:
    """A statement of so many requests for each day, of 100 tokens and half a dollar each."""
    lines = ["Date,Model,Requests,Input Tokens,Output Tokens,Cost (USD)"]
    for day, number in days.items():
        cost = Decimal("0.5") * number
        lines.append(f"{(FIRST + timedelta(days=day)):%Y-%m-%d},{model},{number},{90 * number},{10 * number},{cost}")
    return ("\n".join(lines) + "\n").encode()
