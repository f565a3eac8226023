"""Cline, Roo Code and Kilo Code: which messages are requests, what their counts mean, and who a request is."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run
    from tests.support.stored import Row

FOLDER = CORPUS / "cline"
WORDS = "PLANTED-my-diagnosis-is"
BEGIN = 1_791_792_000_000  # 2026-10-12 08:00
BEFORE = 1_761_000_000_000  # 2025-10-20, before Roo Code 3.29.5
NUMBERS = count(1)


def shown(say: str = "api_req_started", **more: object) -> dict[str, Any]:
    """A message of a task."""
    return {"ts": BEGIN + next(NUMBERS) * 1000, "type": "say", "say": say, **more}


def started(*numbers: int, provider: str | None = None, ts: int | None = None, **said: object) -> dict[str, Any]:
    """A request of a task: tokens in and out, cache reads and writes."""
    used = dict(zip(("tokensIn", "tokensOut", "cacheReads", "cacheWrites"), numbers, strict=False))
    message = shown(text=json.dumps({"request": "a prompt", **used, **said}, separators=(",", ":")))
    model = {"modelInfo": {"providerId": provider, "modelId": "a-model", "mode": "act"}} if provider else {}
    return message | model | ({"ts": ts} if ts else {})


def answer(*numbers: int, **more: object) -> dict[str, Any]:
    """An answer of a session: input, output, cache reads and writes."""
    number = next(NUMBERS)
    names = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens")
    return {
        "id": f"msg_{number:08d}",
        "role": "assistant",
        "content": [{"type": "text", "text": "an answer"}],
        "ts": BEGIN + number * 1000,
        "modelInfo": {"id": "openai/gpt-oss-120b", "provider": "openai-compatible"},
        "metrics": dict(zip(names, numbers or (100, 10, 0, 0), strict=False)),
        **more,
    }


def session(*messages: dict[str, Any], **more: object) -> dict[str, Any]:
    """A session as the CLI writes it."""
    return {
        "version": 1,
        "updated_at": "2026-10-12T09:00:00.000Z",
        "agent": "lead",
        "sessionId": "1791792000000_abcde",
        "messages": list(messages),
        "system_prompt": "a prompt",
        **more,
    }


def stored(run: Run, tmp_path: Path, content: object, options: tuple[str, ...] = ()) -> list[Row]:
    assert run("import", written(tmp_path / "task.json", json.dumps(content).encode()), *options).code == 0
    return rows(tmp_path / "usage.duckdb", "requests")


def tokens(row: Row) -> tuple[str, ...]:
    return tuple(row[f"{name}_tokens"] for name in ("input", "cache_read", "cache_write_5m", "output"))


# --- which messages are requests ----------------------------------------------------------------------


def test_the_numbers_of_the_real_files(run: Run, tmp_path: Path) -> None:
    """All that Cline wrote of its calls, with every copy of the totals beside it.

    Falls where rollups, histories, the index or what was sent count too (each call up to four times), or where 0 tokens
    of a failure or of a stream without usage are a count.
    """
    real = [path for path in sorted(FOLDER.glob("*_[23].*")) if path.suffix != ".csv"]
    assert len(real) == 12
    assert run("import", *real, "--set", "provider=instagen").code == 0
    # 1246/196 of gpt-oss at 0.10/0.50 and 1230/183, 1240/184 of DeepSeek at 0.20/0.80 per million.
    cost = (1246 * Decimal("0.1") + 196 * Decimal("0.5") + 2470 * Decimal("0.2") + 367 * Decimal("0.8")) / 1_000_000
    assert measures(run) == (7, 2, 1246 + 2470, 196 + 367, cost)
    assert total(run)["cache_read_tokens"] == 3 * 1024
    assert total(run)["unmetered_requests"] == 4
    assert {record["source"] for record in table(tmp_path / "usage.duckdb", "imports")} == {"cline"}
    assert skipped_places(run) == []


def test_the_numbers_of_other_providers(run: Run) -> None:
    run("import", FOLDER / "ui_messages_providers.json", FOLDER / "ui_messages_roo.json")
    sent = 10204 + 1524 + 3024 + 1300 + 1300 + 2204 + 1500 + 5010 + 1144 + 2000 + 8030 + 9004
    sent += 1000 + 900 + 8503 + 1300 + 4500 + 3000 + 10204 + 10204 + 1300
    got = 150 + 60 + 300 + sum(range(40, 48)) + 400 + 12 + sum(range(50, 60))
    deleted = (25_900, 400)  # of several models
    assert measures(run)[:4] == (28, 2, sent + deleted[0], got + deleted[1])


def test_a_request_without_tokens_is_not_one_of_zero_tokens(run: Run, tmp_path: Path) -> None:
    """Falls where 0 is a count, or where what is not finished or has failed is left out."""
    failed = '{"message":"no","status":503,"code":1}'
    found = stored(
        run,
        tmp_path,
        [
            started(provider="a"),
            started(0, 0, 0, 0, provider="b", cost=0),
            started(0, 0, 0, 0, provider="c", cancelReason="streaming_failed", streamingFailedMessage=failed),
            started(50, 0, 0, 0, provider="d", cost=0, cancelReason="user_cancelled"),
        ],
    )
    told = {row["provider"]: (row["status"], row["error_type"], row["http_status"], *tokens(row)) for row in found}
    assert told == {
        "a": ("", "", "", "", "", "", ""),
        "b": ("ok", "", "", "", "", "", ""),
        "c": ("error", "streaming_failed", "503", "", "", "", ""),
        "d": ("error", "cancelled", "", "50", "", "", ""),
    }
    assert {row["reported_cost_usd"] for row in found} == {""}, "0 is no price"


def test_totals_beside_the_requests_are_none(run: Run, tmp_path: Path) -> None:
    """Falls where a history or a subtask is read as a request, or its file as JSON records. What was deleted counts."""
    of_task = {"task": "a prompt", "tokensIn": 10, "tokensOut": 20, "cacheWrites": 0, "cacheReads": 0, "totalCost": 0.3}
    item = {"id": "1791792000001", "number": 1, "ts": BEGIN, **of_task, "size": 9, "workspace": "/home/dev/demo"}
    written(tmp_path / "history_item.json", json.dumps(item).encode())
    index = {"version": 1, "updatedAt": BEGIN, "entries": [item | {"id": "8c0f-77"}]}
    written(tmp_path / "_index.json", json.dumps(index, indent=2).encode())
    sums = json.dumps({"tokensIn": 10, "tokensOut": 20, "cacheWrites": 0, "cacheReads": 0, "cost": 0.3})
    messages = [
        shown("task", text="x" * 100_000),
        started(100, 10, 0, 0),
        shown("deleted_api_reqs", text=sums),
        shown("api_req_retried", text=sums),
        shown("subtask_result", text=sums),
        {"ts": BEGIN, "type": "ask", "ask": "api_req_failed", "text": sums},
    ]
    written(tmp_path / "ui_messages.json", json.dumps(messages).encode())
    sent = [
        {"role": "user", "content": [{"type": "text", "text": "x" * 100_000}], "ts": BEGIN},
        {"role": "assistant", "content": [], "metrics": {"tokens": {"prompt": 10, "completion": 20}}, "ts": BEGIN},
    ]
    written(tmp_path / "api_conversation_history.json", json.dumps(sent).encode())
    written(tmp_path / "empty.messages.json", json.dumps(session()).encode())
    assert run("import", tmp_path).code == 0
    imports = table(tmp_path / "usage.duckdb", "imports")
    assert [record["source"] for record in imports] == ["cline"] * 5
    assert measures(run)[:4] == (2, 0, 110, 30)
    assert skipped_places(run) == []


def test_what_only_such_a_message_tells_of_counts(run: Run, tmp_path: Path) -> None:
    """Falls where the calls of subagents or a condensed context, which nothing else tells of, are lost."""
    found = stored(
        run,
        tmp_path,
        [
            started(100, 10, 0, 0, cost=0.01),
            shown(
                "subagent_usage",
                text=json.dumps({"source": "subagents", "tokensIn": 500, "tokensOut": 50, "cost": 0.2}),
            ),
            shown("condense_context", contextCondense={"cost": 0.03, "summary": "a summary", "newContextTokens": 900}),
            shown("condense_context", partial=True),
        ],
    )
    told = sorted((row["operation"], row["input_tokens"], row["reported_cost_usd"]) for row in found)
    assert told == [("", "100", "0.01"), ("condense", "", "0.03"), ("subagents", "500", "0.2")]


# --- what the counts mean -----------------------------------------------------------------------------


def test_what_is_cached_is_part_of_the_input_or_beside_it(run: Run, tmp_path: Path) -> None:
    """Falls where one rule holds for all: input would be too small, too large, or made up where nobody knows."""
    cases = [
        # Cline's handlers: beside for those, part for these, whose misses are not what was written.
        (started(4, 1, 9000, 1200, provider="anthropic"), ("10204", "9000", "1200", "1")),
        (started(1500, 2, 1024, 0, provider="openrouter"), ("2524", "1024", "", "2")),
        (started(0, 3, 1024, 276, provider="deepseek"), ("1300", "1024", "", "3")),
        (started(1500, 4, 1024, 0, provider="openai"), ("1500", "1024", "", "4")),
        (started(1300, 5, 1024, 276, provider="openai"), ("1300", "1024", "", "5")),
        (started(2204, 6, 1000, 1200, provider="litellm"), ("2204", "1000", "1200", "6")),
        (started(10, 7, 1024, 0, provider="openai"), ("1034", "1024", "", "7")),
        # Roo Code and Kilo Code: part, but for Anthropic's protocol before November 2025.
        (started(1500, 8, 1024, 0, apiProtocol="openai"), ("1500", "1024", "", "8")),
        (started(3000, 9, 1024, 100, apiProtocol="anthropic"), ("3000", "1024", "100", "9")),
        (started(3000, 10, 1024, 100, apiProtocol="anthropic", ts=BEFORE), ("4124", "1024", "100", "10")),
        (started(3000, 11, 1024, 100, apiProtocol="openai", ts=BEFORE + 1), ("3000", "1024", "100", "11")),
        (started(4, 12, 9000, 0, apiProtocol="anthropic"), ("9004", "9000", "", "12")),
        # Nothing tells: known where it can only be one of them.
        (started(1500, 13, 0, 0), ("1500", "", "", "13")),
        (started(4, 14, 900, 200), ("1104", "900", "200", "14")),
        (started(1100, 15, 900, 200), ("1100", "900", "", "15")),
        (started(1500, 16, 900, 200), ("", "900", "200", "16")),
    ]
    found = stored(run, tmp_path, [message for message, _ in cases])
    assert sorted(map(tokens, found)) == sorted(meant for _, meant in cases)


def test_the_input_of_a_session_includes_what_is_cached(run: Run, tmp_path: Path) -> None:
    """Falls where it is added as in lists: 1246 with 1024 of them cached would be 2270."""
    by_anthropic = {"modelInfo": {"id": "claude-sonnet-4-5", "provider": "anthropic"}}
    messages = [answer(1246, 196, 1024, 0), answer(10_204, 10, 9000, 1200, **by_anthropic)]
    messages[1]["metrics"]["cost"] = 0.0095
    found = stored(run, tmp_path, session(*messages, agent="subagent"))
    assert sorted((row["provider"], *tokens(row), row["reported_cost_usd"], row["tags"]) for row in found) == [
        ("", "1246", "1024", "", "196", "", "subagent"),
        ("anthropic", "10204", "9000", "1200", "10", "0.0095", "subagent"),
    ]


def test_a_compatible_host_is_nobody_by_its_protocol(run: Run, tmp_path: Path) -> None:
    """Falls where `openai`, which is what Cline calls any compatible host, is taken for OpenAI."""
    providers = ("openai", "openai-compatible", "openai-native", "gemini", "Anthropic")
    content = [started(100, 10, 0, 0, provider=provider) for provider in providers]
    assert sorted(row["provider"] for row in stored(run, tmp_path, content)) == [
        "",
        "",
        "anthropic",
        "google",
        "openai",
    ]
    outcome = run("import", tmp_path / "task.json", "--again")
    assert "provider: unknown in 2" in outcome.out
    said = ("--again", "--set", "provider=instagen", "--set", "project=demo")
    found = stored(run, tmp_path, content, said)
    assert {(row["provider"], row["project"]) for row in found} == {("instagen", "demo")}


# --- who a request is ---------------------------------------------------------------------------------


def test_a_request_is_one_in_any_file_in_any_order(run: Run, tmp_path: Path) -> None:
    """Falls where a file, a session or a place in it is part of who a request is, or a copied task counts twice."""
    task = [started(100 + number, 10, 0, 0, provider="xai") for number in range(6)]
    array = written(tmp_path / "array.json", json.dumps(task, indent=2).encode())
    page = written(tmp_path / "page.json", json.dumps(task[::-1], separators=(",", ":")).encode())
    parts = [written(tmp_path / f"{place}.jsonl", lines(task[place:][:4])) for place in (2, 0)]
    answers = [answer() for _ in range(4)]
    whole = written(tmp_path / "whole.messages.json", json.dumps(session(*answers), indent=2).encode())
    copied = session(*answers[:3], sessionId="1791799999999_fork1")
    forks = written(tmp_path / "forks.jsonl", lines([copied, session(*answers[2:])]))
    assert run("import", array, *parts, whole).code == 0
    assert measures(run)[0] == 10
    assert run("import", page, forks).code == 0
    assert measures(run)[:4] == (10, 0, sum(range(100, 106)) + 400, 100)


def test_a_request_that_went_on_is_improved(run: Run, tmp_path: Path) -> None:
    """Falls where tokens are part of who a request is: a task read while it runs would count its last one twice."""
    begun = started(provider="xai")
    ended = begun | {"text": json.dumps({"request": "a prompt", "tokensIn": 100, "tokensOut": 10, "cost": 0.01})}
    stored(run, tmp_path, [begun])
    (row,) = stored(run, tmp_path, [ended, shown("text", text="an answer")])
    assert (row["status"], *tokens(row), row["reported_cost_usd"]) == ("ok", "100", "", "", "10", "0.01")
    assert row["started_at"].startswith("2026-10-12 08:")


# --- records of another form --------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 2])
def test_wrong_types_and_unknown_fields(run: Run, tmp_path: Path, indent: int | None) -> None:
    """A record that cannot be read is listed; what nobody knows is passed over."""
    content = [
        started(100, 10, 0, 0, somethingNew={"a": [1]}) | {"checkpoint": {"from": "a", "to": "b"}},
        started(100, 10, 0, 0) | {"ts": None},
        started(100, 10, 0, 0) | {"text": "{"},
        started(100, 10, 0, 0) | {"text": None},
        started() | {"text": '{"tokensIn": "many"}'},
        started() | {"text": '{"tokensIn": 5, "tokensOut": 1, "cost": "much"}'},
        shown("text", text=["not", "a", "text"]),
        started(100, 10, 0, 0) | {"modelInfo": "a-model"},
    ]
    assert run("import", written(tmp_path / "t.json", json.dumps(content, indent=indent).encode())).code == 0
    assert [(place[0], place[2]) for place in skipped_places(run)] == [
        (2, "no time"),
        (3, "text is not valid JSON"),
        (4, "text is not valid JSON"),
        (5, "input is not a whole number"),
        (6, "cost is not a number"),
    ]
    assert measures(run)[0] == 2


def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path) -> None:
    """Nor what an error says, which stands beside its number; nor a prompt that looks like a field."""
    error = json.dumps({"message": WORDS, "status": 429, "details": {"message": WORDS}})
    task = [
        shown("task", text=WORDS, images=[WORDS]),
        started(100, 10, 0, 0, request=f'{WORDS} "streamingFailedMessage":"{{\\"status\\":500"'),
        started(0, 0, 0, 0, request=WORDS, streamingFailedMessage=error, cancelReason=f"{WORDS} and more"),
        started(0, 0, 0, 0, tokensIn=WORDS),
        shown("subagent_usage", text=json.dumps({"tokensIn": 5, "tokensOut": 1, "prompt": WORDS})),
        shown("condense_context", contextCondense={"cost": 0.1, "summary": WORDS}),
        shown(text=WORDS),
        shown(WORDS, text=WORDS),
        {"ts": BEGIN, "type": "ask", "ask": "followup", "text": WORDS, "reasoning": WORDS},
    ]
    written(tmp_path / "task.json", json.dumps(task).encode())
    messages = [
        {"id": "a", "role": "user", "content": WORDS, "ts": BEGIN},
        answer(content=[{"type": "text", "text": WORDS}, {"type": "tool_use", "input": {"role": WORDS}}]),
        answer(content=WORDS, metrics=None, metadata={"displayRole": "error", "kind": WORDS}),
        answer(metrics={"inputTokens": WORDS}),
        answer(role=WORDS),
    ]
    written(tmp_path / "session.json", json.dumps(session(*messages, agent=f"{WORDS}", system_prompt=WORDS)).encode())
    assert run("import", tmp_path / "task.json", tmp_path / "session.json").code == 0
    found = rows(tmp_path / "usage.duckdb", "requests")
    assert sorted((row["status"], row["http_status"]) for row in found) == [
        ("error", ""),
        ("error", "429"),
        *[("ok", "")] * 4,
    ]
    assert [place[0] for place in skipped_places(run)] == [4, 4, 7]
    assert_nowhere(tmp_path, WORDS)
