"""Helicone: what its tokens and costs mean in each of its files, and who a request is."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run

FOLDER = CORPUS / "helicone"
WORDS = "PLANTED-my-diagnosis-is"
NO_CACHE = "00000000-0000-0000-0000-000000000000"


def request(number: int, **more: object) -> dict[str, Any]:
    return {
        "response_id": f"0e1f2a3b-1000-4c5d-8e6f-{number:012d}",
        "response_created_at": f"2026-10-21 10:00:{number:02d}.500",
        "response_status": 200,
        "request_id": f"a1b2c3d4-1000-4e5f-8a6b-{number:012d}",
        "request_created_at": f"2026-10-21 10:00:{number:02d}.000",
        "request_user_id": "alice",
        "request_properties": {"Helicone-Session-Id": "s-1"},
        "provider": "CUSTOM",
        "delay_ms": 500,
        "request_model": "openai/gpt-oss-120b",
        "prompt_tokens": 100 + number,
        "completion_tokens": 10,
        "reasoning_tokens": 0,
        "total_tokens": 110 + number,
        "target_url": "https://llm.submodel.ai/v1/chat/completions",
        "cache_reference_id": NO_CACHE,
        "cost": 0,
    } | more


def requests_of(tmp_path: Path) -> list[dict[str, str]]:
    return rows(tmp_path / "usage.duckdb", "requests")


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_requests(run: Run) -> None:
    """What was cached stands beside the prompt, reasoning beside the completion (trap 5).

    Of the answer from Helicone's cache and of the cancelled request 0 tokens mean unknown (trap 4). The request that is
    still pending does not count.
    """
    run("import", FOLDER / "requests.jsonl")
    sent, got = (56 + 1024) + (20 + 2000 + 500) + 2000, (100 + 20) + 90 + 500
    assert (sent, got) == (5600, 710)
    assert measures(run, "--cost", "reported") == (5, 1, sent, got, Decimal("0.00162") + Decimal("0.003885"))
    whole = total(run)
    assert (whole["cache_read_tokens"], whole["reasoning_tokens"], whole["total_tokens"]) == (3024, 20, sent + got)


def test_a_cost_of_nothing_is_no_cost(run: Run) -> None:
    """Helicone has no price of InstaGen's models and writes 0 (trap 2): the list price holds."""
    run("import", FOLDER / "page_2024.json", "--set", "model=openai/gpt-oss-120b")
    assert total(run, "--provider", "instagen", "--cost", "reported")["cost_usd"] is None
    assert measures(run, "--provider", "instagen")[:4] == (2, 1, 300, 60)


def test_costs_of_the_table_are_billionths(run: Run) -> None:
    """2800000 is 0.0028 dollars, and 20 is two hundred-millionths (trap 7)."""
    run("import", FOLDER / "hql.csv")
    assert measures(run, "--cost", "reported") == (3, 0, 1301, 160, Decimal("0.00280002"))


def test_a_cost_of_unknown_unit_is_unknown(run: Run, tmp_path: Path) -> None:
    """A query without status and latency does not tell that it is one (trap 7)."""
    content = (
        "request_id,request_created_at,model,prompt_tokens,completion_tokens,cost\n"
        "a1b2c3d4-0051-4e5f-8a6b-000000000051,2026-10-23 10:00:00,gpt-4.1,1000,100,2800000\n"
    )
    assert run("import", written(tmp_path / "hql.csv", content.encode())).code == 0
    (row,) = requests_of(tmp_path)
    assert (row["source"], row["input_tokens"], row["reported_cost_usd"]) == ("helicone", "1000", "")


def test_the_total_says_where_reasoning_and_cached_tokens_are(run: Run, tmp_path: Path) -> None:
    records = [
        request(1, prompt_tokens=100, completion_tokens=50, reasoning_tokens=30, total_tokens=180),
        request(2, prompt_tokens=100, completion_tokens=50, reasoning_tokens=30, total_tokens=150),
        request(
            3,
            prompt_tokens=100,
            completion_tokens=50,
            prompt_cache_read_tokens=40,
            reasoning_tokens=0,
            total_tokens=190,
        ),
        request(4, prompt_tokens=100, completion_tokens=50, reasoning_tokens=0, total_tokens=999),
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    columns = ("input_tokens", "output_tokens", "reasoning_tokens", "reported_total_tokens", "tokens_mismatch")
    assert [tuple(row[column] for column in columns) for row in requests_of(tmp_path)] == [
        ("100", "80", "30", "180", ""),
        ("100", "50", "30", "150", ""),
        ("140", "50", "0", "190", ""),
        ("", "", "", "999", "true"),
    ]


# --- who a request is, and who answered ---------------------------------------------------------------


def shapes() -> dict[str, list[tuple[str, bytes]]]:
    records = [request(number) for number in range(3)]
    return {
        "page": [("a.json", json.dumps({"data": records, "error": None}).encode())],
        "indented": [("a.json", json.dumps({"data": records, "error": None}, indent=2).encode())],
        "array": [("a.json", json.dumps(records).encode())],
        "pages": [("a.jsonl", lines({"data": [record], "error": None} for record in records))],
        "split": [("a.jsonl", lines(records[:1])), ("b.json", json.dumps(records[1:]).encode())],
        "twice": [("a.jsonl", lines(records + records)), ("b.jsonl", lines(reversed(records)))],
        "iso": [
            (
                "a.jsonl",
                lines(record | {"request_created_at": f"2026-10-21T10:00:0{n}Z"} for n, record in enumerate(records)),
            )
        ],
    }


@pytest.mark.parametrize("shape", shapes())
def test_a_request_is_one_in_any_file(run: Run, tmp_path: Path, shape: str) -> None:
    reference = written(tmp_path / "reference.jsonl", lines(request(number) for number in range(3)))
    files = [written(tmp_path / name, content) for name, content in shapes()[shape]]
    assert run("import", *files).code == 0
    assert [row["input_tokens"] for row in requests_of(tmp_path)] == ["100", "101", "102"]
    assert run("import", reference).code == 0
    assert measures(run)[:4] == (3, 0, 303, 30)


def test_a_request_is_one_in_the_csv_of_the_export_tool(run: Run, tmp_path: Path) -> None:
    """Which has no `request_id`."""
    record = request(
        1,
        response_id="0e1f2a3b-0021-4c5d-8e6f-000000000021",
        request_created_at="2026-10-22T10:00:00.250Z",
        cost=0.0009,
    )
    assert run("import", FOLDER / "export.csv").code == 0
    assert run("import", written(tmp_path / "log.jsonl", lines([record]))).code == 0
    assert len(requests_of(tmp_path)) == 2


def test_a_cost_that_is_corrected_later_does_not_make_another_request(run: Run, tmp_path: Path) -> None:
    for name, cost in (("a.jsonl", 0), ("b.jsonl", 0.002)):
        assert run("import", written(tmp_path / name, lines([request(1, cost=cost)]))).code == 0
    (row,) = requests_of(tmp_path)
    assert row["reported_cost_usd"] == "0.002"


def test_rows_without_an_id_are_told_by_their_cells(run: Run, tmp_path: Path) -> None:
    """Two equal rows of one file are two requests, and the same two in a second file."""
    bare = request(1, response_id=None, request_id=None)
    assert run("import", written(tmp_path / "a.jsonl", lines([bare, bare]))).code == 0
    assert run("import", written(tmp_path / "b.jsonl", lines([bare, bare, request(2)]))).code == 0
    assert len(requests_of(tmp_path)) == 3


def test_the_host_says_who_answered(run: Run, tmp_path: Path) -> None:
    hosts = {
        "https://llm.submodel.ai/v1/chat/completions": ("OPENAI", "instagen", "llm.submodel.ai"),
        "https://api.openai.com/v1/chat/completions": ("OPENAI", "openai", "api.openai.com"),
        "https://ai.example.org:8443/v1/chat/completions": ("CUSTOM", "ai.example.org:8443", "ai.example.org:8443"),
        "https://ai-gateway.helicone.ai/chat/completions": ("anthropic", "anthropic", ""),
    }
    records = [request(n, target_url=url, provider=said) for n, (url, (said, _, _)) in enumerate(hosts.items())]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert [(row["provider"], row["host"]) for row in requests_of(tmp_path)] == [
        (who, at) for _, who, at in hosts.values()
    ]


def test_states_that_are_no_http_status(run: Run, tmp_path: Path) -> None:
    codes = (200, 302, 404, 500, -1, -3, -4, 0, -2)
    records = [request(number, response_status=code) for number, code in enumerate(codes)]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    found = [(row["status"], row["http_status"], row["error_type"]) for row in requests_of(tmp_path)]
    assert found == [
        ("ok", "200", ""),
        ("ok", "302", ""),
        ("error", "404", ""),
        ("error", "500", ""),
        ("error", "", "timeout"),
        ("error", "", "cancelled"),
        ("error", "", "threat"),
        ("", "", ""),
    ]


def test_a_state_that_is_no_number_is_unknown(run: Run, tmp_path: Path) -> None:
    """And loses no record: not its own, nor the others of the import."""
    states = (200, "NaN", "inf", "-inf", 1e300, -1e300, 10**18, 2**63, "-1.0", "")
    records = [request(number, response_status=state) for number, state in enumerate(states)]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert [(row["status"], row["error_type"]) for row in requests_of(tmp_path)] == [
        ("ok", ""),
        *[("", "")] * 5,
        ("error", ""),
        ("", ""),
        ("error", "timeout"),
        ("", ""),
    ]


# --- what is never stored -----------------------------------------------------------------------------


def test_no_content_and_no_property_is_stored(run: Run, tmp_path: Path) -> None:
    said: dict[str, Any] = {
        "request_body": {"messages": [{"role": "user", "content": WORDS}]},
        "response_body": {"choices": [{"message": {"content": WORDS}}]},
        "request_properties": {"Note": WORDS, "Helicone-Session-Id": "s-1"},
        "properties": {"Note": WORDS},
        "llmSchema": {"request": {"messages": WORDS}},
        "request_path": f"https://llm.submodel.ai/v1?q={WORDS}",
        "target_url": f"https://llm.submodel.ai/v1?q={WORDS}",
        "scores": {WORDS: 1},
        "signed_body_url": f"https://example.com/{WORDS}",
        "request_referrer": WORDS,
    }
    records = [
        request(1, **said),
        request(2, **said | {"request_created_at": WORDS}),
        request(3, **said, cost_usd=WORDS),
    ]
    file = written(tmp_path / "log.jsonl", lines(records) + json.dumps(request(4, **said))[:-5].encode())
    assert run("import", file).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == ("helicone", 4, 1, 3)
    assert [row["session"] for row in requests_of(tmp_path)] == ["s-1"]
    assert_nowhere(tmp_path, WORDS)
