"""A LiteLLM log of any length: the named generator behind the figures of the import.

Lines are StandardLoggingPayloads as LiteLLM 1.95.0 writes them for an OpenAI-compatible host it has no prices of, with
message logging off (`turn_off_message_logging`). 90 days of InstaGen requests by a few keys, a few percent of them
failed, two thirds streamed, in the order in which they ended. The same count always gives the same bytes.

    python -m bench.litellm_lines COUNT FILE
"""

from __future__ import annotations

import heapq
import json
import math
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

SEED = 20250825
DAYS = 90
BEGIN = datetime(2026, 8, 24, tzinfo=UTC).timestamp()
REDACTED = {"text": "redacted-by-litellm"}
FAILED = 0.025
STREAMED = 0.65
CACHED = 0.3
# How often a model is used, its usual tokens in and out, and the tokens it generates per second.
MODELS = {
    "Qwen/Qwen3-235B-A22B-Instruct-2507": (18, 1800, 420, 48),
    "Qwen/Qwen3-235B-A22B-Thinking-2507": (7, 1500, 1900, 44),
    "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8": (22, 6200, 700, 39),
    "deepseek-ai/DeepSeek-R1": (4, 1400, 2300, 27),
    "deepseek-ai/DeepSeek-R1-0528": (8, 1600, 2600, 29),
    "deepseek-ai/DeepSeek-V3-0324": (9, 2100, 480, 35),
    "deepseek-ai/DeepSeek-V3.1": (14, 2600, 560, 37),
    "openai/gpt-oss-120b": (11, 1200, 640, 92),
    "zai-org/GLM-4.5-Air": (5, 1100, 380, 71),
    "zai-org/GLM-4.5-FP8": (6, 1900, 610, 41),
}
REASONING = {"Qwen/Qwen3-235B-A22B-Thinking-2507", "deepseek-ai/DeepSeek-R1", "deepseek-ai/DeepSeek-R1-0528"}
# Access key → team, and how often it is used.
KEYS = {
    "web-app": ("product", 30),
    "mobile-app": ("product", 18),
    "search-index": ("data", 16),
    "batch-jobs": ("data", 14),
    "support-bot": ("service", 10),
    "alice-laptop": ("research", 6),
    "bob-laptop": ("research", 4),
    "evals": ("research", 2),
}
# How often a failure is which.
FAILURES = {
    (429, "RateLimitError", "Rate limit exceeded"): 60,
    (500, "InternalServerError", "Internal server error"): 25,
    (408, "Timeout", "Request timed out."): 15,
}
# What LiteLLM writes as null here.
UNKNOWN_METADATA = (
    "user_api_key_spend",
    "user_api_key_max_budget",
    "user_api_key_budget_reset_at",
    "user_api_key_user_spend",
    "user_api_key_user_max_budget",
    "user_api_key_team_spend",
    "user_api_key_team_max_budget",
    "user_api_key_org_id",
    "user_api_key_org_alias",
    "user_api_key_project_id",
    "user_api_key_project_alias",
    "user_api_key_user_email",
    "user_api_key_end_user_id",
    "user_api_key_request_route",
    "spend_logs_metadata",
    "requester_ip_address",
    "user_agent",
    "requester_metadata",
    "prompt_management_metadata",
    "mcp_tool_call_metadata",
    "vector_store_request_metadata",
    "requester_custom_headers",
    "cold_storage_object_key",
    "user_api_key_auth_metadata",
    "team_alias",
    "team_id",
)
UNKNOWN_ERROR = (
    "error_rate_limit_category",
    "error_rate_limit_type",
    "error_budget_entity_type",
    "error_budget_entity_id",
    "error_budget_limit",
    "error_budget_spend",
)
TRACEBACK = (
    '  File "litellm/utils.py", line 1690, in wrapper_async\n    result = await original_function(*args, **kwargs)\n'
    '  File "litellm/main.py", line 709, in acompletion\n    raise exception_type(\n'
    '  File "litellm/exception_mapping_utils.py", line 2276, in exception_type\n    _map_openai_exception(\n'
)


@dataclass(frozen=True)
class Request:
    """One made-up request. Times are seconds since 1970; tokens are 0 for a failed one."""

    unique: str
    call_id: str
    trace_id: str
    model: str
    key: str
    started: float
    ended: float
    first_token: float
    streamed: bool
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    failure: tuple[int, str, str] | None


def write(path: Path, count: int) -> None:
    """Write that many lines."""
    with path.open("w", encoding="utf-8") as file:
        for request in _by_end(_requests(count)):
            file.write(json.dumps(_payload(request)) + "\n")


def _by_end(requests: Iterator[Request]) -> Iterator[Request]:
    """Requests in the order in which they ended: as a log is written."""
    running: list[tuple[float, int, Request]] = []
    for place, request in enumerate(requests):
        while running and running[0][0] <= request.started:
            yield heapq.heappop(running)[2]
        heapq.heappush(running, (request.ended, place, request))
    while running:
        yield heapq.heappop(running)[2]


def _requests(count: int) -> Iterator[Request]:
    """Requests in the order in which they began, the same number every day on average."""
    dice = random.Random(SEED)
    rate = count / timedelta(days=DAYS).total_seconds()
    moment = BEGIN
    for _ in range(count):
        moment += dice.expovariate(rate)
        yield _request(dice, moment)


def _request(dice: random.Random, started: float) -> Request:
    model = _one_of(dice, {name: usual[0] for name, usual in MODELS.items()})
    key = _one_of(dice, {name: usual[1] for name, usual in KEYS.items()})
    failure = _one_of(dice, FAILURES) if dice.random() < FAILED else None
    _, usual_input, usual_output, speed = MODELS[model]
    input_tokens = 0 if failure else max(8, round(_around(dice, usual_input, 0.7)))
    output_tokens = 0 if failure else max(1, round(_around(dice, usual_output, 0.6)))
    waiting = _around(dice, 0.42, 0.45)
    ended = started + waiting + output_tokens / (speed * dice.uniform(0.7, 1.2))
    streamed = dice.random() < STREAMED
    return Request(
        unique=f"{dice.getrandbits(128):032x}",
        call_id=_uuid(dice),
        trace_id=_uuid(dice),
        model=model,
        key=key,
        started=round(started, 6),
        ended=round(ended, 6),
        first_token=round(started + waiting if streamed else ended, 6),
        streamed=streamed,
        input_tokens=input_tokens,
        cached_tokens=input_tokens // 2 // 64 * 64 if dice.random() < CACHED else 0,
        output_tokens=output_tokens,
        reasoning_tokens=round(output_tokens * dice.uniform(0.4, 0.9)) if model in REASONING else 0,
        failure=failure,
    )


def _one_of(dice: random.Random, weights: dict[T, int]) -> T:
    return dice.choices(list(weights), list(weights.values()))[0]


def _around(dice: random.Random, usual: float, spread: float) -> float:
    return dice.lognormvariate(math.log(usual), spread)


def _uuid(dice: random.Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))


def _payload(request: Request) -> dict[str, Any]:
    """What both kinds of line have, in LiteLLM's order, around what they differ in."""
    failed = request.failure is not None
    total = request.input_tokens + request.output_tokens
    return {
        "id": request.call_id if failed else f"chatcmpl-{request.unique}",
        "litellm_call_id": request.call_id,
        "trace_id": request.trace_id,
        "call_type": "acompletion",
        "cache_hit": False if failed or request.streamed else None,
        "stream": True if request.streamed else None,
        "status": "failure" if failed else "success",
        "status_fields": {"llm_api_status": "failure" if failed else "success", "guardrail_status": "not_run"},
        "custom_llm_provider": "openai",
        "saved_cache_cost": 0.0,
        "startTime": request.started,
        "endTime": request.ended,
        "completionStartTime": request.first_token,
        "response_time": request.first_token - request.started,
        "model": request.model,
        "metadata": _metadata(request),
        "cache_key": None,
        "response_cost": 0.0,
        "cost_breakdown": None,
        "total_tokens": total,
        "prompt_tokens": request.input_tokens,
        "completion_tokens": request.output_tokens,
        "request_tags": [],
        "end_user": "",
        "api_base": "https://llm.submodel.ai/v1",
        "model_group": request.model,
        "model_id": sha256(request.model.encode()).hexdigest(),
        "requester_ip_address": None,
        "user_agent": None,
        "messages": REDACTED,
        "response": REDACTED,
        "model_parameters": {"stream": True, "stream_options": {"include_usage": True}} if request.streamed else {},
        "hidden_params": _hidden(request),
        "model_map_information": {"model_map_key": request.model, "model_map_value": None},
        "error_str": f"litellm.{request.failure[1]}: {request.failure[2]}" if request.failure else None,
        "error_information": _error(request),
        "response_cost_failure_debug_info": None,
        "guardrail_information": None,
        "standard_built_in_tools_params": {"web_search_options": None, "file_search": None},
    }


def _metadata(request: Request) -> dict[str, Any]:
    team, _ = KEYS[request.key]
    return {
        "user_api_key_hash": sha256(request.key.encode()).hexdigest(),
        "user_api_key_alias": request.key,
        "user_api_key_team_id": f"team-{team}",
        "user_api_key_user_id": f"{team}@example.com",
        "user_api_key_team_alias": team,
        **dict.fromkeys(UNKNOWN_METADATA),
        "applied_guardrails": [],
        "usage_object": _usage(request),
    }


def _usage(request: Request) -> dict[str, Any]:
    usage: dict[str, Any] = {
        "completion_tokens": request.output_tokens,
        "prompt_tokens": request.input_tokens,
        "total_tokens": request.input_tokens + request.output_tokens,
    }
    if request.failure:
        return usage
    parts = dict.fromkeys(("text_tokens", "image_tokens", "video_tokens")) if request.streamed else {}
    predicted = dict.fromkeys(("accepted_prediction_tokens", "audio_tokens", "rejected_prediction_tokens"))
    usage["completion_tokens_details"] = predicted | {"reasoning_tokens": request.reasoning_tokens} | parts
    usage["prompt_tokens_details"] = {"audio_tokens": None, "cached_tokens": request.cached_tokens} | parts
    return usage


def _hidden(request: Request) -> dict[str, Any]:
    failed = request.failure is not None
    content = "text/event-stream; charset=utf-8" if request.streamed else "application/json"
    answered = format_datetime(datetime.fromtimestamp(request.ended, UTC), usegmt=True)
    return {
        "model_id": sha256(request.model.encode()).hexdigest(),
        "cache_key": None,
        "api_base": None if failed else "https://llm.submodel.ai/v1",
        "response_cost": 0.0 if failed else None,
        "additional_headers": {
            "llm_provider-server": "nginx",
            "llm_provider-date": answered,
            "llm_provider-content-type": content,
            "llm_provider-transfer-encoding": "chunked",
        },
        "litellm_overhead_time_ms": None if failed or request.streamed else round(request.ended % 10, 3),
        "batch_models": None,
        "litellm_model_name": None if failed or request.streamed else f"openai/{request.model}",
        "usage_object": None,
    }


def _error(request: Request) -> dict[str, Any]:
    code, name, message = request.failure or ("", "", "")
    return {
        "error_code": str(code),
        "error_class": name,
        "llm_provider": "openai" if request.failure else "",
        "traceback": TRACEBACK if request.failure else "",
        "error_message": f"litellm.{name}: {message}" if request.failure else "",
        **dict.fromkeys(UNKNOWN_ERROR),
    }


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
