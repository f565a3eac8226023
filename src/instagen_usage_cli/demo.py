"""Made-up traffic: 90 days of InstaGen requests, written as the logs a user would have, and imported as such.

The same seed and clock always give the same requests.
"""

from __future__ import annotations

import csv
import json
import math
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, files, importing, instagen, prices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SEED = 20250825
DAYS = 90
SPIKE_DAYS_AGO = 3
SPIKE_MODEL = "deepseek-ai/DeepSeek-R1-0528"
PER_MILLION = Decimal(1_000_000)
MARKER = ".made-by-usage-demo"
# Requests per hour at the busiest time, by access key.
KEYS = {"web-app": 14, "batch-jobs": 9, "alice-laptop": 5}
DASHBOARD_KEYS = ("web-app", "batch-jobs")
DASHBOARD_HEADINGS = (
    "Time",
    "Access Key",
    "Model",
    "Status",
    "Input Tokens",
    "Output Tokens",
    "Total Tokens",
    "Latency (ms)",
    "Cost (USD)",
)
# How often a model is used, its usual tokens in and out, tokens per second and chance of failure.
MODELS = {
    "Qwen/Qwen3-235B-A22B-Instruct-2507": (18, 1800, 420, 48, 0.006),
    "Qwen/Qwen3-235B-A22B-Thinking-2507": (7, 1500, 1900, 44, 0.009),
    "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8": (22, 6200, 700, 39, 0.008),
    "deepseek-ai/DeepSeek-R1": (4, 1400, 2300, 27, 0.021),
    "deepseek-ai/DeepSeek-R1-0528": (8, 1600, 2600, 29, 0.014),
    "deepseek-ai/DeepSeek-V3-0324": (9, 2100, 480, 35, 0.008),
    "deepseek-ai/DeepSeek-V3.1": (14, 2600, 560, 37, 0.007),
    "openai/gpt-oss-120b": (11, 1200, 640, 92, 0.005),
    "zai-org/GLM-4.5-Air": (5, 1100, 380, 71, 0.006),
    "zai-org/GLM-4.5-FP8": (6, 1900, 610, 41, 0.010),
}
FAILURES = ((429, "RateLimitError", 0.6), (500, "InternalServerError", 0.25), (408, "Timeout", 0.15))


@dataclass(frozen=True)
class Request:
    """One made-up request; tokens are 0 for a failed one."""

    started_at: datetime
    access_key: str
    model: str
    input_tokens: int
    output_tokens: int
    duration: timedelta
    first_token: timedelta
    failure: tuple[int, str] | None

    @property
    def cost_usd(self) -> Decimal:
        """What it costs at the published price, exactly."""
        input_price, output_price = _published()[self.model]
        return (self.input_tokens * input_price + self.output_tokens * output_price) / PER_MILLION


@dataclass(frozen=True)
class Demo:
    """What was made: the logs, the database they were imported into, and how many requests there are."""

    dashboard: Path
    litellm: Path
    database: Path
    requests: int
    summary: importing.Summary


@cache
def _published() -> dict[str, tuple[Decimal, Decimal]]:
    return prices.published(instagen.PROVIDER)


def make(folder: Path, *, now: datetime) -> Demo:
    """Write the logs into `folder` and import them into a database there. `now` is aware.

    A folder that is not empty and was not made by an earlier demo is left alone (`CannotWrite`).
    """
    _clear(folder)
    requests = list(traffic(now))
    dashboard, litellm, database = (folder / name for name in ("dashboard.csv", "litellm.jsonl", "usage.duckdb"))
    _write_dashboard(dashboard, (request for request in requests if request.access_key in DASHBOARD_KEYS))
    _write_litellm(litellm, (request for request in requests if request.access_key not in DASHBOARD_KEYS))
    summary = importing.run(
        importing.find([str(dashboard), str(litellm)]), database, importing.Options(), now=now.replace(tzinfo=None)
    )
    return Demo(dashboard, litellm, database, len(requests), summary)


def traffic(now: datetime) -> Iterator[Request]:
    """90 days of requests up to `now`, in the order of their time."""
    dice = random.Random(SEED)
    made: list[Request] = []
    hour = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=DAYS)
    while hour < now:
        for key, busiest in KEYS.items():
            number = _poisson(dice, busiest * _activity(hour, key) * _spike(hour, now, key))
            made.extend(_request(dice, hour, key, is_spike=_spike(hour, now, key) > 1) for _ in range(number))
        hour += timedelta(hours=1)
    made.sort(key=lambda request: request.started_at)
    return (request for request in made if request.started_at + request.duration < now)


def _activity(hour: datetime, key: str) -> float:
    """How busy an hour is, up to 1: nights and weekends are quieter, for people more than for jobs."""
    daily = 0.5 + 0.5 * math.sin((hour.hour - 8) / 24 * 2 * math.pi)
    weekend = 0.35 if hour.weekday() > 4 else 1.0  # noqa: PLR2004 - Saturday and Sunday
    if key == "batch-jobs":
        return 0.4 + 0.3 * (1 - daily)
    return (0.08 + 0.92 * daily**2) * weekend


def _spike(hour: datetime, now: datetime, key: str) -> float:
    """One afternoon, some days ago, a job runs wild."""
    day = (now - timedelta(days=SPIKE_DAYS_AGO)).date()
    return 14.0 if key == "batch-jobs" and hour.date() == day and 13 <= hour.hour < 17 else 1.0  # noqa: PLR2004


def _request(dice: random.Random, hour: datetime, key: str, *, is_spike: bool) -> Request:
    model = (
        "deepseek-ai/DeepSeek-R1-0528" if is_spike else dice.choices(list(MODELS), [m[0] for m in MODELS.values()])[0]
    )
    _, usual_input, usual_output, speed, failure_rate = MODELS[model]
    started_at = hour + timedelta(milliseconds=dice.randrange(3_600_000))
    first_token = timedelta(milliseconds=round(dice.lognormvariate(math.log(420), 0.45)))
    if dice.random() < failure_rate:
        code, name, _ = dice.choices(FAILURES, [failure[2] for failure in FAILURES])[0]
        return Request(started_at, key, model, 0, 0, first_token, first_token, (code, name))
    input_tokens = max(8, round(dice.lognormvariate(math.log(usual_input * (6 if is_spike else 1)), 0.7)))
    output_tokens = max(1, round(dice.lognormvariate(math.log(usual_output), 0.6)))
    generating = output_tokens / (speed * dice.uniform(0.7, 1.2))
    duration = first_token + timedelta(milliseconds=round(generating * 1000))
    return Request(started_at, key, model, input_tokens, output_tokens, duration, first_token, None)


def _poisson(dice: random.Random, mean: float) -> int:
    limit, number, product = math.exp(-mean), 0, dice.random()
    while product > limit:
        number += 1
        product *= dice.random()
    return number


def _write_dashboard(path: Path, requests: Iterable[Request]) -> None:
    """In the shape of a dashboard's CSV export: two keys, cost as billed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(DASHBOARD_HEADINGS)
        for request in requests:
            writer.writerow(
                [
                    f"{request.started_at:%Y-%m-%dT%H:%M:%S}Z",
                    request.access_key,
                    request.model,
                    "failed" if request.failure else "success",
                    request.input_tokens,
                    request.output_tokens,
                    request.input_tokens + request.output_tokens,
                    round(request.duration / timedelta(milliseconds=1)),
                    f"${request.cost_usd:f}",
                ]
            )


def _write_litellm(path: Path, requests: Iterable[Request]) -> None:
    """In the shape of LiteLLM's StandardLoggingPayload: the third key, without a price of its own."""
    ids = random.Random(SEED + 1)
    with path.open("w", encoding="utf-8") as file:
        for request in requests:
            file.write(json.dumps(_payload(request, f"{ids.getrandbits(128):032x}")) + "\n")


def _payload(request: Request, unique: str) -> dict[str, object]:
    started = request.started_at.timestamp()
    ended = started + request.duration.total_seconds()
    code, name = request.failure or ("", "")
    return {
        "id": unique if request.failure else f"chatcmpl-{unique}",
        "litellm_call_id": unique,
        "session_id": _session(request),
        "call_type": "acompletion",
        "stream": True,
        "status": "failure" if request.failure else "success",
        "custom_llm_provider": "openai",
        "startTime": round(started, 3),
        "endTime": round(ended, 3),
        "completionStartTime": round(started + request.first_token.total_seconds(), 3),
        "model": request.model,
        "metadata": {"user_api_key_alias": request.access_key, "user_api_key_team_alias": "research"},
        "response_cost": 0.0,
        "prompt_tokens": request.input_tokens,
        "completion_tokens": request.output_tokens,
        "total_tokens": request.input_tokens + request.output_tokens,
        "api_base": f"https://{instagen.HOST}/v1",
        "cache_hit": False,
        "error_information": {"error_code": str(code), "error_class": name},
    }


def _session(request: Request) -> str:
    """Somebody sits down with an agent for some hours."""
    return f"{request.access_key}-{request.started_at:%m%d}-{request.started_at.hour // 4}"


def _clear(folder: Path) -> None:
    """Empty the folder of an earlier demo. Raises `CannotWrite`."""
    try:
        if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).exists():
            raise errors.CannotWrite(path=folder, why="it is not empty; choose another with --folder")
        files.make_folder(folder)
        for file in folder.iterdir():
            if file.is_file():
                file.unlink()
        (folder / MARKER).touch()
    except OSError as error:
        raise errors.CannotWrite(path=folder, why=(error.strerror or str(error)).lower()) from error
