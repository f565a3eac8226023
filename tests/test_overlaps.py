"""`usage overlaps`: host-days on which sources without a common id may tell of the same requests."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

START = 1_795_000_000  # 2026-11-18 11:06:40 UTC
MODEL = "openai/gpt-oss-120b"


def gateway(number: int, *, at: int = START, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    started = at + number * 600
    return {
        "id": f"chatcmpl-{number:032x}",
        "call_type": "acompletion",
        "custom_llm_provider": "openai",
        "status": "success",
        "startTime": started,
        "endTime": started + 1,
        "model": MODEL,
        "api_base": "https://llm.submodel.ai/v1",
        "prompt_tokens": 100 + number,
        "completion_tokens": 10,
        "total_tokens": 110 + number,
    } | changed


def cells(*rows: tuple[int, int]) -> str:
    """A CSV of the times and input tokens, each with 10 output tokens."""
    return "time,model,input tokens,output tokens\n" + "".join(f"{at},{MODEL},{sent},10\n" for at, sent in rows)


def answer(number: int) -> dict[str, Any]:
    """What the client of the gateway's call got."""
    return {
        "id": f"chatcmpl-{number:032x}",
        "object": "chat.completion",
        "created": START + number * 600,
        "model": MODEL,
        "usage": {"prompt_tokens": 100 + number, "completion_tokens": 10, "total_tokens": 110 + number},
    }


@pytest.fixture
def imported(run: Run, tmp_path: Path) -> Callable[..., None]:
    """Import texts and records, each as a file of its own."""

    def import_(*contents: str | list[dict[str, Any]], options: tuple[str, ...] = ()) -> None:
        for number, content in enumerate(contents):
            is_text = isinstance(content, str)
            file = tmp_path / f"{number}.{'csv' if is_text else 'jsonl'}"
            file.write_text(content if isinstance(content, str) else "\n".join(map(json.dumps, content)), "utf-8")
            assert run("import", file, *options).code == 0

    return import_


def rows(run: Run, *arguments: str) -> list[tuple[Any, ...]]:
    outcome = run("overlaps", *arguments, "--format", "json")
    assert outcome.code == 0, outcome.err
    found = outcome.json["rows"]
    names = ("bucket", "host", "source", "requests", "alike_requests", "input_tokens", "output_tokens")
    return [tuple(row[name] for name in names) for row in found]


def test_a_gateway_and_a_dashboard_may_tell_of_the_same(
    run: Run, imported: Callable[..., None], tmp_path: Path
) -> None:
    """Four of six are alike: the others have no such tokens, or not within two minutes."""
    imported(
        [gateway(number) for number in range(6)],
        cells(*[(START + number * 600 + 2, 100 + number) for number in range(4)], (START + 3000 + 121, 105)),
    )
    assert rows(run) == [
        ("2026-11-18", "llm.submodel.ai", "litellm", 6, 4, 615, 60),
        ("2026-11-18", "llm.submodel.ai", "csv", 5, 4, 511, 50),
    ]
    assert run("overlaps", "--format", "json").json["days"] == 1
    again = run("import", tmp_path / "1.csv", "--again").out
    assert "On 1 host-day another source has requests like these: see usage overlaps --period all." in again
    told = run("overlaps").out
    assert "On 1 host-day several sources without a common id may tell of the same requests." in told
    assert "usage forget" in told


def test_a_common_id_is_no_overlap(run: Run, imported: Callable[..., None]) -> None:
    """What both have is one request, and what only one has is another: the ids say so."""
    imported([gateway(number) for number in range(3)], [answer(number) for number in range(1, 5)])
    assert rows(run) == []
    assert "no overlaps" in run("overlaps").err
    assert run("stats", "--format", "json").json["total"]["requests"] == 5


def test_other_days_and_other_hosts_do_not_overlap(run: Run, imported: Callable[..., None]) -> None:
    imported([gateway(0)], cells((START + 86_400, 100)))
    imported([gateway(1, api_base="http://localhost:8000/v1")], cells((START + 600 + 172_800, 101)))
    assert rows(run) == []


def test_days_are_those_of_the_zone(run: Run, imported: Callable[..., None]) -> None:
    """11:06 and 13:36 UTC lie on two days where midnight is 12:00 UTC."""
    imported([gateway(0)], cells((START + 9000, 100)))
    assert [row[0] for row in rows(run)] == ["2026-11-18"] * 2
    assert rows(run, "--tz", "Etc/GMT-12") == []


def test_where_the_host_is_unknown_it_is_that_of_a_request_alike(run: Run, imported: Callable[..., None]) -> None:
    imported([gateway(0), gateway(1)])
    imported(cells((START, 100), (START + 600, 999)), options=("--set", "provider=somebody"))
    assert rows(run) == [
        ("2026-11-18", "llm.submodel.ai", "litellm", 2, 1, 201, 20),
        ("2026-11-18", "llm.submodel.ai", "csv", 1, 1, 100, 10),
    ]


def test_what_a_statement_counts_is_not_counted_twice(run: Run, imported: Callable[..., None]) -> None:
    """The statement speaks for the day; both sources are left out of it."""
    statement = "date,model,requests\n2026-11-18,m,50\n"
    imported([gateway(0)], cells((START, 100)), statement, options=("--source-tz", "UTC"))
    assert rows(run) == []
    assert len(rows(run, "--count", "requests")) == 2


def test_one_source_is_asked_for(run: Run, imported: Callable[..., None]) -> None:
    imported([gateway(0)], cells((START, 100)))
    assert rows(run, "--source", "csv") == []
    assert len(rows(run, "--model", MODEL)) == 2
