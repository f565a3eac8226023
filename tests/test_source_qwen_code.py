"""Qwen Code: which lines are calls, what their counts mean, who answered, and who a request is."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, litellm_record, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run
    from tests.support.stored import Row

FOLDER = CORPUS / "qwen-code"
WORDS = "PLANTED-my-diagnosis-is"
SESSION = "40cac751-c271-47e5-8c6e-7241009eb527"
NUMBERS = count(1)


def line(kind: str, **more: object) -> dict[str, Any]:
    """A line of a session, with what every line has."""
    return {
        "uuid": f"00000000-0000-4000-8000-{next(NUMBERS):012x}",
        "parentUuid": None,
        "sessionId": SESSION,
        "timestamp": "2026-10-12T08:00:10.005Z",
        "type": kind,
        "cwd": "/home/dev/demo",
        "version": "0.24.4",
        **more,
    }


def event(**more: object) -> dict[str, Any]:
    """A line of telemetry: 100 tokens in and 10 out, unless something else is said."""
    said = {
        "event.name": "qwen-code.api_response",
        "event.timestamp": "2026-10-12T08:00:10.000Z",
        "response_id": f"chatcmpl-{next(NUMBERS):032x}",
        "model": "openai/gpt-oss-120b",
        "status_code": 200,
        "duration_ms": 2500,
        "input_token_count": 100,
        "output_token_count": 10,
        "cached_content_token_count": 0,
        "thoughts_token_count": 0,
        "total_token_count": 110,
        "auth_type": "openai",
    }
    return line("system", subtype="ui_telemetry", systemPayload={"uiEvent": said | more})


def counts(*numbers: int) -> dict[str, int]:
    names = ("input", "output", "cached_content", "thoughts", "total")
    return {f"{name}_token_count": number for name, number in zip(names, numbers, strict=True)}


def stored(run: Run, tmp_path: Path, *records: dict[str, Any], options: tuple[str, ...] = ()) -> list[Row]:
    assert run("import", written(tmp_path / "chat.jsonl", lines(records)), *options).code == 0
    return rows(tmp_path / "usage.duckdb", "requests")


def tokens(row: Row) -> tuple[str, ...]:
    names = ("input", "cache_read", "output", "reasoning", "reported_total")
    return tuple(row[f"{name}_tokens"] for name in names)


# --- which lines are calls ----------------------------------------------------------------------------


def test_the_numbers_of_the_real_sessions(run: Run) -> None:
    """Falls where lines of answers count too (twice), or instead (the calls in the background would be missing)."""
    run("import", FOLDER / "chat_1.jsonl", FOLDER / "chat_3.jsonl")
    sent, got = 1207 + 1208 + 1209 + 1210, 157 + 158 + 159 + 160
    # gpt-oss at 0.10/0.50 and Qwen3 at 0.20/0.30 per million; what is cached has no price of its own.
    oss = (2415 * Decimal("0.1") + 315 * Decimal("0.5")) / 1_000_000
    qwen = (2419 * Decimal("0.2") + 319 * Decimal("0.3")) / 1_000_000
    assert measures(run) == (4, 0, sent, got, oss + qwen)
    assert total(run)["cache_read_tokens"] == 4 * 1024
    assert total(run)["reasoning_tokens"] == 4 * 64


def test_a_fork_of_a_session_counts_what_is_new_in_it(run: Run) -> None:
    """Falls where a session's id is part of who a request is, or its errors count once per file: 16 requests."""
    session, fork = FOLDER / "session_0.24.4.jsonl", FOLDER / "fork_0.24.4.jsonl"
    run("import", fork, session)
    sent, got = 6210 + 6220 + 6230 + 6240 + 6270 + 6280, 681 + 682 + 683 + 684 + 687 + 688
    assert measures(run)[:4] == (9, 1, sent, got)
    assert total(run, "--session", SESSION)["requests"] == 7
    assert total(run)["unmetered_requests"] == 3


def test_every_event_of_an_error_is_a_failed_request(run: Run) -> None:
    run("import", FOLDER / "errors_0.15.10.jsonl")
    assert measures(run) == (6, 6, None, None, None)
    assert total(run)["unmetered_requests"] == 6


def test_copies_and_totals_in_other_files_are_no_requests(run: Run, tmp_path: Path) -> None:
    """Falls where `usage import ~/.qwen` reads the copies as JSON records: each call would count twice."""
    copy = {
        "schemaVersion": 1,
        "id": "0b2f1ab6-79fd-44d5-8abc-fa7631558d5e",
        "timestamp": "2026-10-12T08:00:10.000Z",
        "localDate": "2026-10-12",
        "localMonth": "2026-10",
        "sessionId": SESSION,
        "model": "openai/gpt-oss-120b",
        "authType": "openai",
        "source": "main",
        **dict.fromkeys(("inputTokens", "outputTokens", "cachedTokens", "thoughtsTokens", "totalTokens"), 10),
        "apiDurationMs": 300,
    }
    of_session = {
        "version": 1,
        "sessionId": SESSION,
        "timestamp": 1795474881730,
        "startTime": 1795474880156,
        "project": "/home/dev/demo",
        "durationMs": 1574,
        "totalLatencyMs": 716,
        "models": {"openai/gpt-oss-120b": {"requests": 2, "inputTokens": 20, "outputTokens": 4, "totalTokens": 24}},
        "tools": {"totalCalls": 0, "totalSuccess": 0, "totalFail": 0, "byName": {}},
    }
    written(tmp_path / "token-usage-2026-10.jsonl", lines([copy]))
    written(tmp_path / "usage_record.jsonl", lines([of_session]))
    written(tmp_path / "chat.jsonl", lines([event()]))
    assert run("import", tmp_path).code == 0
    imports = table(tmp_path / "usage.duckdb", "imports")
    assert {record["source"] for record in imports} == {"qwen-code"}
    assert measures(run)[0] == 1
    assert skipped_places(run) == []


def test_its_log_of_raw_calls_is_not_one_of_its_sessions(run: Run, tmp_path: Path) -> None:
    """`logs/openai/*.json` has `created` in thousands of seconds: it is no source of times."""
    body = {
        "timestamp": "2026-10-12T08:00:10.000Z",
        "request": {"model": "openai/gpt-oss-120b", "messages": [], "stream": True},
        "response": {
            "id": "chatcmpl-35f88bfab3264a8a83f64d12851d8a9f",
            "object": "chat.completion",
            "created": 1795390,
            "model": "openai/gpt-oss-120b",
            "usage": {"prompt_tokens": 1207, "completion_tokens": 157, "total_tokens": 1364},
        },
        "error": None,
    }
    outcome = run("import", written(tmp_path / "openai-1.json", json.dumps(body, indent=1).encode()))
    assert outcome.code == 1
    assert "no time" in outcome.err


# --- what the counts mean -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ((100, 10, 60, 4, 110), ("100", "60", "10", "4", "110")),
        # Falls where thoughts are always inside: the parts would not add up, and be dropped.
        ((100, 10, 60, 4, 114), ("100", "60", "14", "4", "114")),
        # Falls where they are always added, or the total is not asked for.
        ((100, 10, 0, 10, 110), ("100", "", "10", "10", "110")),
        # Falls where 0 is a count.
        ((0, 0, 0, 0, 0), ("", "", "", "", "")),
        ((0, 0, 0, 17, 0), ("", "", "", "", "")),
        ((0, 0, 0, 0, 900), ("", "", "", "", "900")),
        ((5300, 0, 5000, 0, 0), ("5300", "5000", "", "", "")),
        ((100, 0, 0, 0, 100), ("100", "", "0", "", "100")),
        # Nobody knows what the other 50 are.
        ((100, 10, 0, 4, 160), ("", "", "", "", "160")),
    ],
)
def test_what_adds_up_to_the_total_is_believed(
    run: Run, tmp_path: Path, said: tuple[int, ...], meant: tuple[str, ...]
) -> None:
    (row,) = stored(run, tmp_path, event(**counts(*said)))
    assert tokens(row) == meant


def test_the_time_of_an_event_is_the_end_of_its_call(run: Run, tmp_path: Path) -> None:
    """Falls where the time is taken for the start: 08:00:10."""
    (row,) = stored(run, tmp_path, event(ttft_ms=700))
    found = (row["started_at"], row["ended_at"], row["duration_ms"], row["ttft_ms"], row["stream"])
    assert found == ("2026-10-12 08:00:07.5", "", "2500", "700", "true")


# --- who answered -------------------------------------------------------------------------------------


def test_a_login_of_its_own_is_no_compatible_host(run: Run, tmp_path: Path) -> None:
    """Falls where every call is one to InstaGen, or the model's name says who answered."""
    logins = {
        "openai": ("instagen", "llm.submodel.ai"),
        "openai-responses": ("instagen", "llm.submodel.ai"),
        None: ("instagen", "llm.submodel.ai"),
        "qwen-oauth": ("qwen-oauth", ""),
        "gemini": ("google", ""),
        "vertex-ai": ("google", ""),
        "anthropic": ("anthropic", ""),
    }
    found = stored(run, tmp_path, *(event(auth_type=login, model=f"{login}") for login in logins))
    assert {row["model"]: (row["provider"], row["host"]) for row in found} == {
        str(login): answerer for login, answerer in logins.items()
    }
    outcome = run("import", tmp_path / "chat.jsonl", "--again")
    assert "provider: instagen, because the file does not say" in outcome.out


def test_a_provider_that_is_said_is_that_of_every_call(run: Run, tmp_path: Path) -> None:
    said = ("--set", "provider=work", "--set", "host=gpu.example.org")
    found = stored(run, tmp_path, event(), event(auth_type="gemini"), options=said)
    assert {(row["provider"], row["host"]) for row in found} == {("work", "gpu.example.org")}


# --- who a request is ---------------------------------------------------------------------------------


def test_a_call_is_one_in_any_file_in_any_order(run: Run, tmp_path: Path) -> None:
    records = [event() for _ in range(4)] + [event(response_id="chatcmpl-417"), event(response_id="")]
    error = {"event.name": "qwen-code.api_error", "error_type": "RateLimitError", "status_code": 429}
    records += [event(**error, response_id=""), event(**error, response_id="req_0123456789abcdef0123")]
    array = written(tmp_path / "array.json", json.dumps(records, indent=2).encode())
    parts = [written(tmp_path / f"{place}.jsonl", lines(records[place:][:5])) for place in (3, 0)]
    assert run("import", array, *parts).code == 0
    assert measures(run)[:2] == (8, 2)
    assert run("import", written(tmp_path / "again.jsonl", lines(reversed(records)))).code == 0
    assert measures(run)[:2] == (8, 2)


def test_a_call_is_one_with_that_of_a_gateway(run: Run, tmp_path: Path) -> None:
    gateway = litellm_record(1) | {"startTime": "2026-10-12T08:00:07.600Z", "endTime": "2026-10-12T08:00:09.900Z"}
    chat = event(response_id=gateway["id"], **counts(1, 1, 0, 0, 2))
    written(tmp_path / "gateway.jsonl", lines([gateway]))
    assert run("import", tmp_path / "gateway.jsonl").code == 0
    (row,) = stored(run, tmp_path, chat)
    assert (row["session"], row["project"], row["host"]) == (SESSION, "demo", "llm.submodel.ai")


# --- records of another form --------------------------------------------------------------------------


def test_a_session_is_recognised_however_it_begins(run: Run, tmp_path: Path) -> None:
    """Falls where the mark is the telemetry, which may stand behind a long first prompt."""
    long = line("user", message={"role": "user", "parts": [{"text": "x" * 100_000}]})
    stored(run, tmp_path, long, event())
    note = line("system", subtype="custom_title", systemPayload={"customTitle": "x"})
    assert run("import", written(tmp_path / "note.jsonl", lines([note, event()]))).code == 0
    assert {record["source"] for record in table(tmp_path / "usage.duckdb", "imports")} == {"qwen-code"}
    assert measures(run)[0] == 2


def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path) -> None:
    said = {"response_text": WORDS, "error_message": WORDS, "prompt_id": WORDS, "subagent_task_name": WORDS}
    parts = {"role": "user", "parts": [{"text": WORDS}]}
    good = event(**said)
    records = [
        line("user", message=parts),
        good,
        event(**said, input_token_count=WORDS),
        event(**said) | {"type": None},
        line("system", subtype="ui_telemetry", systemPayload={"uiEvent": {"request": WORDS}}),
        line("system", subtype="slash_command", systemPayload={"rawCommand": WORDS}),
        line("assistant", message=parts, usageMetadata={"promptTokenCount": 1}, model="a"),
        event(
            **{
                "event.name": "qwen-code.api_error",
                "error_type": f"{WORDS} and more",
                "status_code": 400,
                "response_id": "",
            }
        ),
    ]
    content = lines(records) + json.dumps(good).encode()[:-9] + b'\n"' + WORDS.encode() + b'"\n'
    assert run("import", written(tmp_path / "chat.jsonl", content)).code == 0
    assert measures(run)[0] == 2
    assert sorted(place[0] for place in skipped_places(run)) == [3, 4, 5, 9, 10]
    assert_nowhere(tmp_path, WORDS)
