"""Aider: what is a request in its analytics log, what it cost, and who answered."""

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

FOLDER = CORPUS / "aider"
WORDS = "PLANTED-my-diagnosis-is"
START = 1_792_576_800  # 2026-10-21 10:00:00


def event(number: int, name: str = "message_send", **more: object) -> dict[str, Any]:
    sent = {
        "main_model": "openai/REDACTED",
        "edit_format": "diff",
        "prompt_tokens": 100 + number,
        "completion_tokens": 10,
        "total_tokens": 110 + number,
        "cost": 0,
        "total_cost": 0,
    }
    return {"event": name, "properties": sent | more, "user_id": "0d5c1f3a", "time": START + number}


def requests_of(tmp_path: Path) -> list[dict[str, str]]:
    return sorted(rows(tmp_path / "usage.duckdb", "requests"), key=lambda row: row["started_at"])


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_the_published_log(run: Run, tmp_path: Path) -> None:
    """Its `total_cost` adds up to 0.2406… and ends at 0.0821…, which is what the messages cost (trap 10)."""
    run("import", FOLDER / "sample_analytics.jsonl")
    sent, got = 10_006 + 10_829 + 11_436 + 11_631 + 14_046, 81 + 591 + 162 + 72 + 62
    assert (sent, got) == (57_948, 968)
    assert measures(run)[:4] == (5, None, sent, got)
    costs = [Decimal(row["reported_cost_usd"]) for row in requests_of(tmp_path)]
    assert sum(costs) == Decimal("0.082115")
    assert {row["reported_cost_kind"] for row in requests_of(tmp_path)} == {"client"}


def test_the_numbers_of_models_it_does_not_know(run: Run, tmp_path: Path) -> None:
    """Two equal messages of a second are two; 0 tokens in all are unknown (trap 4)."""
    run("import", FOLDER / "models.jsonl")
    assert measures(run)[:4] == (7, None, 3 * 1200 + 1000 + 2000 + 500, 3 * 80 + 100 + 300 + 20)
    assert total(run)["unmetered_requests"] == 1
    costs = {row["model"]: (row["reported_cost_usd"], row["reported_cost_kind"]) for row in requests_of(tmp_path)}
    assert costs["openai/REDACTED"] == costs[""] == ("", ""), "0 is no price, not free (trap 2)"


def test_a_message_that_is_free_is_one_without_a_price(run: Run, tmp_path: Path) -> None:
    records = [event(1, cost=0.0, total_cost=1.5), event(2, cost=0.25, total_cost=1.75), event(3, cost=None)]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert [row["reported_cost_usd"] for row in requests_of(tmp_path)] == ["", "0.25", ""]


def test_only_messages_are_requests(run: Run, tmp_path: Path) -> None:
    names = ("launched", "message_send_starting", "message_send_exception", "command_code", "exit", "message_send")
    records = [event(number, name) for number, name in enumerate(names)]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert measures(run)[:4] == (1, None, 105, 10)
    assert run("skipped", "--format", "json").json["rows"] == []


# --- who a request is, and who answered ---------------------------------------------------------------


def test_the_prefix_says_who_answered(run: Run, tmp_path: Path) -> None:
    """Never the name of the model alone (trap 15)."""
    providers = {
        "openai/REDACTED": "openai",
        "openrouter/deepseek/deepseek-r1": "openrouter",
        "gemini/gemini-2.5-pro": "gemini",
        "claude-3-7-sonnet-20250219": "",
        "gpt-4o": "",
        "None": "",
    }
    records = [event(number, main_model=name) for number, name in enumerate(providers)]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    found = [(row["model"], row["provider"], row["host"]) for row in requests_of(tmp_path)]
    assert found == [(name.replace("None", ""), who, "") for name, who in providers.items()]


def test_what_is_redacted_can_be_said(run: Run, tmp_path: Path) -> None:
    said = ("--set", "provider=instagen", "--set", "model=openai/gpt-oss-120b")
    assert run("import", written(tmp_path / "log.jsonl", lines([event(1)])), *said).code == 0
    (row,) = requests_of(tmp_path)
    assert (row["provider"], row["model"]) == ("instagen", "openai/gpt-oss-120b")


def shapes() -> dict[str, list[tuple[str, bytes]]]:
    records = [event(number) for number in range(3)]
    compact = "".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records)
    return {
        "array": [("a.json", json.dumps(records).encode())],
        "compact": [("a.jsonl", compact.encode())],
        "split": [("a.jsonl", lines(records[:1])), ("b.jsonl", lines(records[1:]))],
        "again": [("a.jsonl", lines(records)), ("b.jsonl", lines(reversed(records)))],
        "grown": [("a.jsonl", lines(records[:2])), ("b.jsonl", lines([event(7, "launched"), *records]))],
    }


@pytest.mark.parametrize("shape", shapes())
def test_a_message_is_one_in_any_file(run: Run, tmp_path: Path, shape: str) -> None:
    reference = written(tmp_path / "reference.jsonl", lines(event(number) for number in range(3)))
    files = [written(tmp_path / name, content) for name, content in shapes()[shape]]
    assert run("import", *files).code == 0
    assert run("import", reference).code == 0
    assert measures(run)[:4] == (3, None, 303, 30)


def test_two_equal_messages_of_a_second_are_two(run: Run, tmp_path: Path) -> None:
    """And the same two in a second file (trap 9)."""
    for name in ("a.jsonl", "b.jsonl"):
        assert run("import", written(tmp_path / name, lines([event(1), event(1)]))).code == 0
    assert measures(run)[:4] == (2, None, 202, 20)


def test_a_missing_field_and_a_wrong_type(run: Run, tmp_path: Path) -> None:
    records = [
        event(1, main_model=["a"], weak_model={"b": 1}, unheard_of=True),
        event(2) | {"time": None},
        event(3) | {"time": "yesterday"},
        event(4, completion_tokens=1.5),
        event(5, total_tokens=-1),
        event(6, cost="free"),
        event(7) | {"properties": None},
        event(8) | {"event": None},
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    assert [row["input_tokens"] for row in requests_of(tmp_path)] == ["101", ""]
    found = run("skipped", "--format", "json").json["rows"]
    assert [(row["line"], row["reason"]) for row in found] == [
        (2, "no time"),
        (3, "no time"),
        (4, "completion_tokens is not a whole number"),
        (5, "total_tokens is not a whole number"),
        (6, "cost is not a number"),
        (8, "no event"),
    ]


# --- what is never stored -----------------------------------------------------------------------------


def test_no_content_is_stored(run: Run, tmp_path: Path) -> None:
    """Exceptions and reasons hold texts of the session."""
    said = {"exception": WORDS, "reason": WORDS, "url": WORDS, "weak_model": WORDS}
    records = [
        event(1, **said),
        event(2, "message_send_exception", **said),
        event(3, "exit", **said),
        event(4, **said | {"prompt_tokens": WORDS}),
        event(5, **said | {"cost": WORDS}),
        event(6, **said) | {"time": WORDS},
        event(7, WORDS, **said),
    ]
    file = written(tmp_path / "log.jsonl", lines(records) + json.dumps(event(8, **said))[:-5].encode())
    assert run("import", file).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == ("aider", 8, 1, 7)
    assert_nowhere(tmp_path, WORDS)
