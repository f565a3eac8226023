"""OTLP-JSON traces: what counts as a call, what its tokens mean, who it is, and what must never be stored."""

from __future__ import annotations

import json
import tempfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, total
from tests.support.corpus import CORPUS
from tests.support.logs import MODEL, lines, litellm_record, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Json = dict[str, Any]

OTEL = CORPUS / "otel"
# Files of the same six calls: an answer, a stream, a stream without usage, two failures, an embedding.
SIX_CALLS = {
    "openai_v2_2.4b0.jsonl": (3670, 363, 0),
    "openai_v2_2.4b0_openai3.jsonl": (3670, 363, 0),
    "openai_v2_2.4b0_latest.jsonl": (3670, 363, 0),
    "genai_openai_1.3b0.jsonl": (3670, 363, 1536),
    "traceloop_0.62.4.jsonl": (3670, 363, 1536),
    "traceloop_0.38.12.jsonl": (2450, 181, 0),
    "openinference_0.1.66.jsonl": (3670, 363, 1536),
    "js_opentelemetry_0.22.0.jsonl": (3670, 363, 0),
}
START = 1_790_000_000_000_000_000
CHAT: Json = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": MODEL,
    "server.address": "llm.submodel.ai",
}
USED = CHAT | {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 20}


def value(said: object) -> Json:
    if isinstance(said, bool):
        return {"boolValue": said}
    if isinstance(said, int):
        return {"intValue": str(said)}
    return {"doubleValue": said} if isinstance(said, float) else {"stringValue": said}


def attributes(said: Json) -> list[Json]:
    return [{"key": key, "value": value(cell)} for key, cell in said.items()]


def span(number: int, said: Json, *, parent: int | None = None, trace: int = 1, **more: object) -> Json:
    start = START + number * 1_000_000_000
    return {
        "traceId": f"{trace:032x}",
        "spanId": f"{number:016x}",
        "parentSpanId": "" if parent is None else f"{parent:016x}",
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 500_000_000),
        "attributes": attributes(said),
    } | more


def export(*spans: Json) -> Json:
    return {"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{"scope": {}, "spans": list(spans)}]}]}


def stored(tmp_path: Path) -> list[dict[str, str]]:
    return rows(tmp_path / "usage.duckdb", "requests")


def imported(run: Run, tmp_path: Path, *exports: Json) -> list[dict[str, str]]:
    """The requests stored of those exports, by the number of their span."""
    assert run("import", written(tmp_path / "traces.jsonl", lines(exports))).code == 0
    return sorted(stored(tmp_path), key=lambda row: row["started_at"])


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_the_loopback_traces(run: Run) -> None:
    """Seven spans: three with usage, three answers without (which have no tokens, not 0), one error."""
    assert run("import", OTEL / "js_loopback_traces.jsonl").code == 0
    assert measures(run)[:4] == (7, 1, 1240 + 1241 + 1243, 190 + 191 + 193)
    assert total(run)["unmetered_requests"] == 4


def test_agents_and_tools_are_no_requests(run: Run, tmp_path: Path) -> None:
    assert run("import", OTEL / "vs_copilot.jsonl").code == 0
    assert stored(tmp_path) == []


@pytest.mark.parametrize("file", SIX_CALLS)
def test_the_numbers_of_six_calls(run: Run, file: str) -> None:
    assert run("import", OTEL / file).code == 0
    sent, got, cached = SIX_CALLS[file]
    assert measures(run)[:4] == (6, 2, sent, got)
    assert (total(run)["cache_read_tokens"] or 0) == cached


def test_six_calls_told_by_many_are_the_same(run: Run) -> None:
    """Three answers have the provider's ids; the other calls of a file, and all of OpenInference, only their spans."""
    assert run("import", *(OTEL / file for file in SIX_CALLS)).code == 0
    assert total(run)["requests"] == 3 + 7 * 3 + 6
    assert total(run)["input_tokens"] == 1210 + 1220 + 7 * 1240 + 3670
    assert total(run)["cache_read_tokens"] == 2 * (512 + 1024), "of the fullest count"


def test_every_version_of_the_conventions_says_the_same(run: Run) -> None:
    """Five calls at InstaGen's 0.10 and 0.50 per million; cached tokens have no price of their own there."""
    assert run("import", OTEL / "versions.jsonl").code == 0
    cost = 5 * (1210 * Decimal("0.1") + 181 * Decimal("0.5")) / 1_000_000
    assert cost == Decimal("0.0010575")
    assert measures(run, "--provider", "instagen") == (5, 0, 6050, 905, cost)


# --- what counts, and as what -------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_of_calls_around_a_call_the_innermost_counts(run: Run, tmp_path: Path, order: tuple[int, ...]) -> None:
    """Over spans that are no calls, over lines, and in any order; their sisters, and other traces, stay."""
    exports = [
        export(span(5, USED, parent=4), span(4, {"traceloop.span.kind": "task"}, parent=3)),
        export(span(3, USED, parent=1), span(6, USED, parent=1)),
        export(span(1, {"gen_ai.operation.name": "invoke_agent"}), span(3, USED, trace=2)),
    ]
    found = imported(run, tmp_path, *(exports[place] for place in order))
    assert [int(row["upstream_id"], 16) for row in found] == [3, 5, 6]
    assert "1 not a request: a parent of other calls" in run("import", tmp_path / "traces.jsonl", "--again").out


def test_a_call_that_alone_knows_the_usage_stays(run: Run, tmp_path: Path) -> None:
    """And with the same id it is the same request as the one below it."""
    answer = {"gen_ai.response.id": f"chatcmpl-{7:032x}"}
    found = imported(run, tmp_path, export(span(1, USED | answer), span(2, CHAT | answer, parent=1)))
    assert [(row["input_tokens"], row["output_tokens"]) for row in found] == [("100", "20")]


def test_a_failure_around_a_failure_is_one(run: Run, tmp_path: Path) -> None:
    failed = CHAT | {"error.type": "RateLimitError"}
    assert len(imported(run, tmp_path, export(span(1, failed), span(2, failed, parent=1)))) == 1


def test_spans_that_are_their_own_parents_end(run: Run, tmp_path: Path) -> None:
    found = imported(run, tmp_path, export(span(1, USED, parent=1), span(2, USED, parent=3), span(3, {}, parent=2)))
    assert [int(row["upstream_id"], 16) for row in found] == [1], "of calls in a circle none is the innermost"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"gen_ai.usage.input_tokens": 1000, "gen_ai.usage.output_tokens": 5}, ("1000", "5", "", "")),
        ({"llm.usage.prompt_tokens": 10, "llm.usage.completion_tokens": 5}, ("10", "5", "", "")),
        ({"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0}, ("", "", "", "")),
        ({"gen_ai.usage.input_tokens": "10", "gen_ai.usage.cached_input_tokens": "4"}, ("10", "", "4", "")),
        ({"gen_ai.usage.input_tokens": 10.0, "gen_ai.usage.cache_read_input_tokens": 40}, ("50", "", "40", "")),
        (
            {"gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 3, "gen_ai.usage.reasoning_tokens": 5},
            ("9", "8", "", "5"),
        ),
    ],
)
def test_what_the_tokens_mean(run: Run, tmp_path: Path, said: Json, expected: tuple[str, ...]) -> None:
    """Unknown is not 0; a part larger than its whole is beside it, not in it."""
    (row,) = imported(run, tmp_path, export(span(1, CHAT | said)))
    names = ("input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens")
    assert tuple(row[name] for name in names) == expected


def test_a_model_cut_short_is_the_one_asked_for(run: Run, tmp_path: Path) -> None:
    """Traceloop answers gpt-oss-120b for openai/gpt-oss-120b, which has no price under that name."""
    (row,) = imported(run, tmp_path, export(span(1, USED | {"gen_ai.response.model": "gpt-oss-120b"})))
    assert (row["model"], row["requested_model"]) == (MODEL, "")


def test_who_answered_is_said_by_the_host(run: Run, tmp_path: Path) -> None:
    """The provider is called openai by every compatible host."""
    said: list[Json] = [
        {"server.address": "llm.submodel.ai", "server.port": 443},
        {"server.address": "LLM.submodel.ai"},
        {"server.address": "https://llm.submodel.ai/v1"},
        {"server.address": "localhost", "server.port": 8000},
    ]
    spans = [span(number, USED | host) for number, host in enumerate(said, 1)]
    without = {key: cell for key, cell in USED.items() if key != "server.address"}
    spans.append(span(5, without | {"gen_ai.openai.api_base": "https://llm.submodel.ai/v1/"}))
    spans.append(span(6, without))
    found = imported(run, tmp_path, export(*spans))
    assert [row["provider"] for row in found] == ["instagen"] * 3 + ["localhost:8000", "instagen", "openai"]


def test_what_the_user_says_wins(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "traces.jsonl", lines([export(span(1, USED))]))
    assert run("import", file, "--set", "project=mine", "--set", "key=backend", "--set", "provider=groq").code == 0
    (row,) = stored(tmp_path)
    assert (row["project"], row["access_key"], row["provider"]) == ("mine", "backend", "groq")


def test_metrics_and_logs_are_told(run: Run, tmp_path: Path) -> None:
    outcome = run("import", OTEL / "js_loopback_metrics.jsonl")
    assert (outcome.code, stored(tmp_path)) == (0, [])
    assert "1 not a request: metrics" in outcome.out
    mixed = lines([{"resourceMetrics": []}, {"resourceLogs": []}, export(span(1, USED))])
    outcome = run("import", written(tmp_path / "mixed.jsonl", mixed))
    assert "1 not a request: metrics" in outcome.out
    assert "1 not a request: logs" in outcome.out
    assert len(stored(tmp_path)) == 1


# --- who a request is ---------------------------------------------------------------------------------


def spans_of(file: str) -> Iterator[Json]:
    for line in (OTEL / file).read_text("utf-8").splitlines():
        for resource in json.loads(line)["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                yield from scope["spans"]


def rewritten(item: Json) -> Json:
    """The same span as another exporter writes it: capital ids, times and counts as numbers."""
    cells = [
        {
            "key": cell["key"],
            "value": {kind: int(said) if kind == "intValue" else said for kind, said in cell["value"].items()},
        }
        for cell in item.get("attributes", [])
    ]
    return item | {
        "traceId": item["traceId"].upper(),
        "spanId": item["spanId"].upper(),
        "startTimeUnixNano": int(item["startTimeUnixNano"]),
        "endTimeUnixNano": int(item["endTimeUnixNano"]),
        "attributes": cells,
        "flags": 257,
    }


def test_a_call_is_the_same_in_every_form(run: Run, tmp_path: Path) -> None:
    spans = list(spans_of("openai_v2_2.4b0.jsonl"))
    forms = {
        "one_per_line.jsonl": lines(export(item) for item in reversed(spans)),
        "first.jsonl": lines([export(*spans[:3])]),
        "second.jsonl": lines([export(*spans[3:])]),
        "body.json": json.dumps(export(*spans), indent=2).encode(),
        "array.json": json.dumps([export(item) for item in spans], indent=1).encode(),
        "other.jsonl": lines([export(*(rewritten(item) for item in spans))]),
    }
    assert run("import", OTEL / "openai_v2_2.4b0.jsonl").code == 0
    before = [row | {"project": ""} for row in stored(tmp_path)]
    for name, content in forms.items():
        assert run("import", written(tmp_path / name, content)).code == 0
        assert {row["source"] for row in table(tmp_path / "usage.duckdb", "imports")} == {"otel"}
        assert [row | {"project": ""} for row in stored(tmp_path)] == before, name
    (tmp_path / "usage.duckdb").unlink()
    assert run("import", *(tmp_path / name for name in forms)).code == 0
    assert [row | {"project": ""} for row in stored(tmp_path)] == before


def test_a_call_is_the_one_that_a_gateway_logged(run: Run, tmp_path: Path) -> None:
    record = litellm_record(9)
    call = export(span(1, USED | {"gen_ai.response.id": record["id"], "gen_ai.conversation.id": "c-1"}))
    files = [written(tmp_path / "gateway.jsonl", lines([record])), written(tmp_path / "traces.jsonl", lines([call]))]
    assert run("import", *files).code == 0
    assert [row["session"] for row in stored(tmp_path)] == ["c-1"]


# --- broken lines, and what is never stored -----------------------------------------------------------


@pytest.mark.threads
def test_bad_lines_keep_their_numbers(run: Run, tmp_path: Path) -> None:
    """With several spans per line, behind a line that is no UTF-8."""
    good = [json.dumps(export(*(span(line * 3 + place, USED) for place in range(3)))).encode() for line in range(1000)]
    good[99] = good[99].replace(b"openai", b"\xff\xfe", 1)
    good[499] = good[499].replace(b'"100"', b'"many"', 1)
    good[999] = good[999][:-20]
    outcome = run("import", written(tmp_path / "traces.jsonl", b"\n".join(good)))
    assert outcome.code == 0, outcome.err
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["read"], record["new"], record["skipped"]) == (1 + 998 * 3 + 1, 998 * 3 - 1, 3)
    found = [(row["line"], row["record"]) for row in run("skipped", "--format", "json").json["rows"]]
    assert found == [(100, 100), (500, 99 * 3 + 1 + 399 * 3 + 1), (1000, 998 * 3 + 2)]


WORDS = "PLANTED-my-diagnosis-is"


def with_content() -> Iterable[Json]:
    """A call with words in every field that holds content, good, and bad in several ways."""
    said = USED | {
        "gen_ai.prompt.0.content": WORDS,
        "gen_ai.completion.0.content": WORDS,
        "gen_ai.input.messages": f'[{{"role": "user", "parts": [{{"content": "{WORDS}"}}]}}]',
        "gen_ai.system_instructions": WORDS,
        "input.value": WORDS,
        "output.value": WORDS,
        "llm.input_messages.0.message.content": WORDS,
        "llm.invocation_parameters": json.dumps({"model": "a", "tools": [WORDS], "stop": WORDS}),
        "traceloop.entity.input": WORDS,
        "error.type": f"Error: {WORDS}",
        "user.id": WORDS * 100,
    }
    events = [{"name": WORDS, "attributes": attributes({"gen_ai.prompt": WORDS, "exception.message": WORDS})}]
    more: Json = {"name": WORDS, "events": events, "status": {"code": 2, "message": WORDS}}
    yield export(span(1, said, **more))
    yield export(span(2, said | {"gen_ai.usage.input_tokens": WORDS}, **more))
    yield export(span(3, said | {"llm.cost.total": WORDS}, **more))
    yield export(span(4, said, **more) | {"startTimeUnixNano": WORDS})
    yield {WORDS: WORDS}


def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    content = lines(with_content()) + f'{WORDS}\n["{WORDS}"]\n'.encode() + lines(with_content())[:900]
    outcome = run("import", written(tmp_path / "traces.jsonl", content))
    assert outcome.code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["new"], record["skipped"]) == (1, 7)
    assert WORDS not in outcome.out + outcome.err + run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, WORDS)
    assert [path for path in scratch.rglob("*") if path.is_file()] == []
