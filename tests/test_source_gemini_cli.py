"""Gemini CLI: what its tokens mean in both forms of its sessions, and who a request is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run

FOLDER = CORPUS / "gemini-cli"
WORDS = "PLANTED-my-diagnosis-is"
HEAD = {"sessionId": "5b0c7e1a-2f4d-4c8e-9a61-3d7f0e8b2c11", "projectHash": "9d1f6c0e", "kind": "main"}
COUNTS = ("input_tokens", "cache_read_tokens", "output_tokens", "reasoning_tokens", "reported_total_tokens")


def tokens(**counts: object) -> dict[str, Any]:
    return {"input": 100, "output": 20, "cached": 0, "thoughts": 0, "tool": 0, "total": 120} | counts


def answer(number: int, **more: object) -> dict[str, Any]:
    return {
        "id": f"b1a7c9d2-{number:04d}-4e3f-8a5b-6c7d8e9f0a01",
        "timestamp": f"2026-10-21T10:00:{number:02d}.000Z",
        "type": "gemini",
        "content": "",
        "thoughts": [],
        "tokens": tokens(),
        "model": "gemini-2.5-pro",
    } | more


def requests_of(tmp_path: Path) -> list[dict[str, str]]:
    return sorted(rows(tmp_path / "usage.duckdb", "requests"), key=lambda row: row["started_at"])


def counts_of(run: Run, tmp_path: Path, *said: dict[str, Any]) -> list[tuple[str, ...]]:
    records = [HEAD, *(answer(number, tokens=each) for number, each in enumerate(said))]
    assert run("import", written(tmp_path / "session.jsonl", lines(records))).code == 0
    return [tuple(row[name] for name in (*COUNTS, "tokens_mismatch")) for row in requests_of(tmp_path)]


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_an_older_session(run: Run) -> None:
    """Thoughts and tool prompts stand beside, cached tokens within (trap 5); 0 in all is unknown (trap 4)."""
    run("import", FOLDER / "session_2025.json")
    sent = 7173 + 9000 + (2000 + 400) + 2500 + 800
    got = (20 + 117) + 300 + (150 + 50) + 100 + 40
    assert (sent, got) == (21_873, 777)
    assert measures(run)[:4] == (7, 0, sent, got)
    assert total(run)["cache_read_tokens"] == 6500
    assert total(run)["unmetered_requests"] == 2


def test_the_numbers_of_a_newer_session(run: Run) -> None:
    """A message is written again and again, and all of them in a list (trap 6); what was taken back was paid for."""
    run("import", FOLDER / "session_2026.jsonl")
    sent, got = 900 + 1500 + 1800 + 500, (60 + 20) + 200 + (10 + 90) + 50
    assert (sent, got) == (4700, 430)
    assert measures(run)[:4] == (4, 0, sent, got)
    assert total(run)["cache_read_tokens"] == 800 + 900 + 1500


def test_the_total_says_where_tool_prompts_are(run: Run, tmp_path: Path) -> None:
    assert counts_of(
        run,
        tmp_path,
        tokens(tool=30, total=120),
        tokens(tool=30, total=150),
        tokens(tool=30, total=0),
        tokens(thoughts=50, total=170),
        tokens(thoughts=50, total=120),  # as nobody counts: only the total is kept
        tokens(cached=60, total=180),  # counted twice by those who made it up
    ) == [
        ("100", "0", "20", "0", "120", ""),
        ("130", "0", "20", "0", "150", ""),
        ("130", "0", "20", "0", "", ""),
        ("100", "0", "70", "50", "170", ""),
        ("", "", "", "", "120", "true"),
        ("", "", "", "", "180", "true"),
    ]


def test_counts_that_are_not_there_are_unknown(run: Run, tmp_path: Path) -> None:
    assert counts_of(
        run,
        tmp_path,
        {"input": 100, "output": 20, "total": 120},
        {"input": 100, "output": 20},
        {"total": 120},
        {},
        tokens(input=0, output=0, total=0),
    ) == [
        ("100", "", "20", "", "120", ""),
        ("100", "", "20", "", "", ""),
        ("", "", "", "", "120", ""),
        ("", "", "", "", "", ""),
        ("", "", "", "", "", ""),
    ]


def test_counts_of_a_wrong_type_are_bad_records(run: Run, tmp_path: Path) -> None:
    names = ("input", "output", "cached", "thoughts", "tool", "total")
    wrong = [tokens(**{name: value}) for name, value in zip(names, (True, "many", 1.5, -1, {}, []), strict=True)]
    assert len(counts_of(run, tmp_path, tokens(), *wrong)) == 1
    found = run("skipped", "--format", "json").json["rows"]
    assert [row["reason"] for row in found] == [f"{name} is not a whole number" for name in names]
    assert [row["line"] for row in found] == [3, 4, 5, 6, 7, 8]


# --- who a request is, and who answered ---------------------------------------------------------------


def shapes() -> dict[str, list[tuple[str, bytes]]]:
    answers = [answer(number) for number in range(3)]
    document = HEAD | {"messages": answers}
    change = {"$set": {"messages": answers}}
    resumed = {"$set": {"sessionId": HEAD["sessionId"]}}
    return {
        "document": [("a.json", json.dumps(document).encode())],
        "indented": [("a.json", json.dumps(document, indent=2).encode())],
        "list of all": [("a.jsonl", lines([HEAD, change]))],
        "migrated": [("a.json", json.dumps(document, indent=2).encode()), ("a.jsonl", lines([HEAD, *answers]))],
        "split": [("a.jsonl", lines([HEAD, answers[0]])), ("b.jsonl", lines([resumed, *answers[1:]]))],
        "twice": [("a.jsonl", lines([HEAD, *answers, *answers])), ("b.jsonl", lines([HEAD, *answers[::-1]]))],
    }


@pytest.mark.parametrize("shape", shapes())
def test_a_request_is_one_in_any_file(run: Run, tmp_path: Path, shape: str) -> None:
    reference = written(tmp_path / "reference.jsonl", lines([HEAD, *(answer(number) for number in range(3))]))
    files = [written(tmp_path / name, content) for name, content in shapes()[shape]]
    assert run("import", *files, "--from", "gemini-cli").code == 0
    assert run("import", reference).code == 0
    assert measures(run)[:4] == (3, 0, 300, 60)
    assert {row["session"] for row in requests_of(tmp_path)} == {HEAD["sessionId"]}


@pytest.mark.parametrize("first", [0, 1])
def test_the_fullest_of_a_message_counts(run: Run, tmp_path: Path, first: int) -> None:
    """It is written without tokens, and with them when they are known: in one file, and in a later copy of it."""
    versions = [lines([HEAD, answer(1, tokens=None)]), lines([HEAD, answer(1, tokens=None), answer(1)])]
    for place in (first, 1 - first):
        assert run("import", written(tmp_path / f"{place}.jsonl", versions[place])).code == 0
    assert measures(run)[:4] == (1, 0, 100, 20)


def test_messages_without_long_ids_are_told_by_their_session_and_cells(run: Run, tmp_path: Path) -> None:
    for number in (1, 2):
        short = [answer(1, id="m1"), answer(2, id=None), answer(3, id=None), answer(3, id=None)]
        document = {"sessionId": f"s{number}", "projectHash": "0", "messages": short}
        for copy in ("a", "b"):
            file = written(tmp_path / f"{number}{copy}.json", json.dumps(document).encode())
            assert run("import", file).code == 0
    assert measures(run)[:4] == (8, 0, 800, 160)


def test_lines_of_several_files_keep_their_sessions(run: Run, tmp_path: Path) -> None:
    files = [
        written(tmp_path / f"{number}.jsonl", lines([HEAD | {"sessionId": f"s{number}"}, answer(number)]))
        for number in range(3)
    ]
    assert run("import", *files).code == 0
    assert [row["session"] for row in requests_of(tmp_path)] == ["s0", "s1", "s2"]


def test_google_answers_unless_it_is_said_who(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "a.jsonl", lines([HEAD, answer(1, model="qwen3-coder-plus")]))
    assert run("import", file).code == 0
    assert run("import", file, "--again", "--set", "provider=alibaba", "--db", tmp_path / "b.duckdb").code == 0
    (row,), (other,) = requests_of(tmp_path), rows(tmp_path / "b.duckdb", "requests")
    assert (row["provider"], row["host"], other["provider"]) == ("google", "", "alibaba")


def test_a_missing_field_and_one_nobody_knows(run: Run, tmp_path: Path) -> None:
    records = [
        HEAD,
        answer(1, unheard_of={"tokens": tokens(input=7)}),
        {key: value for key, value in answer(2).items() if key != "timestamp"},
        {key: value for key, value in answer(3).items() if key != "model"},
        {key: value for key, value in answer(4).items() if key not in ("model", "tokens")},
        answer(5, tokens="none"),
        {"unheard": "of"},
    ]
    assert run("import", written(tmp_path / "a.jsonl", lines(records))).code == 0
    assert [(row["model"], row["input_tokens"]) for row in requests_of(tmp_path)] == [
        ("gemini-2.5-pro", "100"),
        ("", "100"),
        ("gemini-2.5-pro", ""),
    ]
    found = run("skipped", "--format", "json").json["rows"]
    assert [(row["line"], row["reason"]) for row in found] == [(3, "no time"), (7, "no type")]


# --- what is never stored -----------------------------------------------------------------------------


def test_no_content_is_stored(run: Run, tmp_path: Path) -> None:
    part = [{"text": WORDS}]
    said: dict[str, Any] = {
        "content": part,
        "displayContent": part,
        "thoughts": [{"subject": WORDS, "description": WORDS, "timestamp": "2026-10-21T10:00:00.000Z"}],
        "toolCalls": [{"id": "t", "name": WORDS, "args": {"a": WORDS}, "result": part, "resultDisplay": WORDS}],
    }
    records: list[dict[str, Any]] = [
        HEAD | {"summary": WORDS, "directories": [f"/home/me/{WORDS}"], "memoryScratchpad": {"a": WORDS}},
        answer(1, type="user", **said),
        answer(2, **said),
        answer(3, **said | {"tokens": tokens(input=WORDS)}),
        answer(4, **said | {"timestamp": WORDS}),
        {"$set": {"summary": WORDS, "messages": [answer(2, **said), answer(5, type="info", content=WORDS)]}},
        {"$rewindTo": WORDS},
    ]
    cut = json.dumps(answer(6, **said))[:-5].encode()
    file = written(tmp_path / "a.jsonl", lines(records) + cut)
    document = {**HEAD, "summary": WORDS, "messages": records[1:5]}
    assert run("import", file, written(tmp_path / "a.json", json.dumps(document, indent=2).encode())).code == 0
    assert [row["source"] for row in table(tmp_path / "usage.duckdb", "imports")] == ["gemini-cli"] * 2
    assert len(requests_of(tmp_path)) == 1
    assert_nowhere(tmp_path, WORDS)
