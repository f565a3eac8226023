"""Codex: where a running total is a request, what a fork repeats, and who a request is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run
    from tests.support.stored import Row

FOLDER = CORPUS / "codex"
WORDS = "PLANTED-my-diagnosis-is"
SESSION = "01a20afa-c3d3-7dd3-b1d3-65769dc2d7ba"
NAMES = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens", "total_tokens")


def line(second: int, kind: str, **payload: object) -> dict[str, Any]:
    return {"timestamp": f"2026-10-12T08:00:{second:02d}.000Z", "type": kind, "payload": payload}


def counts(sent: int, got: int) -> dict[str, int]:
    return dict(zip(NAMES, (sent, 0, got, 0, sent + got), strict=True))


def told(second: int, running: tuple[int, int] | None, last: tuple[int, int] | None = (100, 10)) -> dict[str, Any]:
    """A running total, and the usage told as the last."""
    info = {}
    if running:
        info["total_token_usage"] = counts(*running)
    if last:
        info["last_token_usage"] = counts(*last)
    return line(second, "event_msg", type="token_count", info=info or None)


def session(*events: dict[str, Any], name: str = SESSION, **more: object) -> list[dict[str, Any]]:
    said = {"id": name, "timestamp": "2026-10-12T08:00:00.000Z", "cwd": "/home/dev/shop", "model_provider": "instagen"}
    return [
        line(0, "session_meta", **(said | more)),
        line(1, "turn_context", cwd="/home/dev/shop", model="openai/gpt-oss-120b"),
        *events,
    ]


def stored(run: Run, tmp_path: Path, *records: dict[str, Any]) -> list[Row]:
    assert run("import", written(tmp_path / "rollout.jsonl", lines(records))).code == 0
    return rows(tmp_path / "usage.duckdb", "requests")


def tokens(found: list[Row]) -> list[tuple[str, str]]:
    return sorted((row["input_tokens"], row["output_tokens"]) for row in found)


# --- the real client ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "requests", "sent", "got"),
    [
        ("0.63.0", 4, 4900, 730),
        ("0.98.0", 10, 12950, 1895),
        ("0.145.0", 11, 15400, 2200),
        ("0.151.0", 4, 5900, 830),
        ("0.169.0", 11, 17050, 2365),
    ],
)
def test_each_call_of_a_real_family_counts_once(run: Run, version: str, requests: int, sent: int, got: int) -> None:
    """Falls where copies in forks, totals told again, estimates or the parent's total in a fork count, too."""
    paths = sorted(FOLDER.glob(f"*_{version}.jsonl"))
    run("import", *paths[::-1])
    assert measures(run)[:4] == (requests, 0, sent, got)
    again = [run("import", path) for path in paths]
    assert {outcome.code for outcome in again} == {0}
    assert measures(run)[:4] == (requests, 0, sent, got)


def test_a_family_may_come_one_after_the_other(run: Run) -> None:
    for name in ("fork_of_fork", "session", "fork"):
        run("import", FOLDER / f"{name}_0.145.0.jsonl")
    assert measures(run)[:4] == (11, 0, 15400, 2200)
    # Also where it happened: the calls 15, 16, 17 and 21 to 25 of the first session.
    first = "01a20afb-0d7e-73a2-9765-a234eb4a8690"
    assert total(run, "--session", first)["input_tokens"] == 3 * 1200 + 480 + 5 * 1200 + 1150


def test_an_archived_fork_counts_what_its_parent_did_once(run: Run, tmp_path: Path) -> None:
    parent, child = FOLDER / "archived_parent.jsonl", FOLDER / "archived_child.jsonl"
    sums = {}
    for name, paths in {
        "parent": [parent],
        "child": [child],
        "forth": [parent, child],
        "back": [child, parent],
    }.items():
        database = tmp_path / f"{name}.duckdb"
        run("import", *paths, "--db", database)
        found = total(run, "--db", str(database))
        sums[name] = (
            found["input_tokens"], found["cache_read_tokens"], found["output_tokens"], found["reasoning_tokens"],
        )  # fmt: skip
    assert sums["child"] == sums["forth"] == sums["back"] == (15_253_283, 13_549_696, 55_895, 25_017)
    assert sums["parent"][0] + sums["parent"][2] == 13_398_113


# --- children that were spawned, and copies ----------------------------------------------------------

PARENT, CHILD = "01a09f25-0a80-700d-8012-3456789c4e23", "01a09f25-6c28-700f-8012-3456789c8c01"
SPAWNED = sorted(FOLDER.glob("spawned_*_0.153.1.jsonl"))


def by_session(run: Run) -> dict[str, tuple[int, int, int]]:
    found = run("sessions", "--period", "all", "--format", "json").json["rows"]
    return {row["session"]: (row["requests"], row["input_tokens"], row["output_tokens"]) for row in found}


@pytest.mark.parametrize(
    "order", list(permutations(SPAWNED)), ids=lambda order: "".join(path.stem[8] for path in order)
)
def test_what_a_spawned_child_copied_counts_in_its_parent(run: Run, order: tuple[Path, ...]) -> None:
    """Falls where totals without their records count: the parent came twice (codeburn #1383)."""
    for path in order:
        assert run("import", path).code == 0
    assert by_session(run) == {PARENT: (3, 77_000, 1600), CHILD: (2, 55_500, 500)}


@pytest.mark.parametrize("without", ["its parent's meta", "any answer", "the name of its parent", "its version"])
def test_a_spawned_child_that_tells_less(run: Run, tmp_path: Path, without: str) -> None:
    parent, child = SPAWNED[::-1]
    told_lines = [json.loads(text) for text in child.read_text("utf-8").splitlines()]
    own = told_lines[0]["payload"]
    if without == "its parent's meta":
        del told_lines[1]
    elif without == "any answer":
        told_lines = told_lines[:7]
    elif without == "the name of its parent":
        own["source"] = "cli"
    else:
        del own["cli_version"]
    path = written(tmp_path / "rollout-child.jsonl", lines(told_lines))
    assert run("import", path, parent).code == 0
    expected = {PARENT: (3, 77_000, 1600), CHILD: (2, 55_500, 500)}
    if without == "any answer":
        del expected[CHILD]
    assert by_session(run) == expected


def copied(session_: list[dict[str, Any]], *, since: int, seconds: float) -> list[dict[str, Any]]:
    """Lines as a fork repeats them: under its own time, which goes on while it writes."""
    step = seconds / len(session_)
    moments = (datetime(2026, 10, 12, 8, since, tzinfo=UTC) + timedelta(seconds=step * n) for n in range(len(session_)))
    return [one | {"timestamp": moment.isoformat()} for one, moment in zip(session_, moments, strict=True)]


@pytest.mark.parametrize("name", ["0a", "ff"])  # names that come before that of the parent, and after it
@pytest.mark.parametrize("seconds", [0.5, 3])
def test_a_slow_replay_is_of_the_session_that_it_copies(run: Run, tmp_path: Path, seconds: float, name: str) -> None:
    """Falls where only what was copied within a second is a copy."""
    parent = session(*(told(3 + n, (100 * n, 10 * n)) for n in range(1, 9)))
    child = name + SESSION[2:]
    own = {"id": child, "timestamp": "2026-10-12T08:05:00.000Z", "forked_from_id": SESSION}
    replay = copied([line(0, "session_meta", **own), *parent], since=5, seconds=seconds)
    last = told(0, (900, 90)) | {"timestamp": "2026-10-12T08:06:00.000Z"}
    assert run("import", written(tmp_path / "rollout-child.jsonl", lines([*replay, last]))).code == 0
    expected = {SESSION: (8, 800, 80), child: (1, 100, 10)}
    assert by_session(run) == expected
    assert run("import", written(tmp_path / "rollout-parent.jsonl", lines(parent))).code == 0
    assert by_session(run) == expected


@pytest.mark.parametrize("name", ["0a", "ff"])
@pytest.mark.parametrize("step", [1, -1])
def test_copies_without_a_word_of_their_parent_are_of_the_earliest_start(
    run: Run, tmp_path: Path, name: str, step: int
) -> None:
    parent = session(*(told(3 + n, (100 * n, 10 * n)) for n in range(1, 4)))
    own = {"id": name + SESSION[2:], "timestamp": "2026-10-12T08:05:00.000Z", "forked_from_id": SESSION}
    replay = copied([line(0, "session_meta", **own), *parent[1:]], since=5, seconds=30)
    paths = [
        written(tmp_path / "rollout-parent.jsonl", lines(parent)),
        written(tmp_path / "rollout-child.jsonl", lines(replay)),
    ]
    for path in paths[::step]:
        assert run("import", path).code == 0
    assert by_session(run) == {SESSION: (3, 300, 30)}


# --- running totals -----------------------------------------------------------------------------------


def test_a_request_is_where_the_total_moved(run: Run, tmp_path: Path) -> None:
    """Falls where every event counts (the same again), the totals are summed, or an estimate is usage."""
    estimate = told(5, (200, 20))
    estimate["payload"]["info"]["last_token_usage"] = dict.fromkeys(NAMES, 0) | {"total_tokens": 5471}
    found = stored(
        run,
        tmp_path,
        *session(
            told(2, None, None),
            told(3, (100, 10)),
            told(3, (100, 10)),
            told(4, (200, 20)),
            estimate,
            told(6, (200, 20)),
            # Something between was not written.
            told(7, (500, 50), (100, 10)),
            # The session was resumed, and its totals begin anew; then something is unknown of it.
            told(8, (70, 7), (70, 7)),
            told(9, (150, 15), None),
        ),
    )
    assert tokens(found) == [("100", "10"), ("100", "10"), ("300", "30"), ("70", "7"), ("80", "8")]
    assert {row["provider"] for row in found} == {"instagen"}
    assert {row["model"] for row in found} == {"openai/gpt-oss-120b"}
    assert {row["project"] for row in found} == {"shop"}


def test_an_archived_copy_adds_nothing_and_another_session_does(run: Run, tmp_path: Path) -> None:
    """Falls where the counters alone are who a request is: two sessions often begin alike."""
    events = [told(3, (100, 10)), told(4, (200, 20))]
    one, copy, other = (tmp_path / f"rollout-{name}.jsonl" for name in ("one", "archived", "other"))
    written(one, lines(session(*events)))
    written(copy, lines(session(*events)))
    written(other, lines(session(*events, name="01a20afa-d460-78f0-9ca2-38e069b5c127")))
    run("import", one)
    run("import", copy)
    assert measures(run)[0] == 2
    run("import", other)
    assert measures(run)[:4] == (4, 0, 400, 40)


# --- bad lines, and content ---------------------------------------------------------------------------


def test_a_bad_event_has_its_reason_and_the_next_one_its_own_tokens(run: Run, tmp_path: Path) -> None:
    wrong, late = told(4, (200, 20)), told(5, (300, 30))
    wrong["payload"]["info"]["total_token_usage"]["input_tokens"] = "many"
    del late["timestamp"]
    folder = line(6, "turn_context", cwd="C:\\Users\\dev\\till\\", model="gpt-5.1-codex", unknown=[{}])
    found = stored(run, tmp_path, *session(told(3, (100, 10)), wrong, late, folder, told(7, (400, 40), (100, 10))))
    assert tokens(found) == [("100", "10"), ("100", "10")]
    assert {row["project"] for row in found} == {"shop", "till"}
    assert skipped_places(run) == [
        [4, 4, "input_tokens is not a whole number"],
        [5, 5, "no time"],
    ]


def test_no_content_is_stored(run: Run, tmp_path: Path) -> None:
    records = session(
        line(2, "response_item", type="message", role="user", content=[{"type": "input_text", "text": WORDS}]),
        line(2, "event_msg", type="user_message", message=f'{WORDS} "type":"token_count"'),
        line(3, "event_msg", type="task_started", turn_id=SESSION, title=WORDS),
        told(3, (100, 10)),
        line(4, "compacted", message=WORDS, replacement_history=[WORDS]),
        line(5, "event_msg", type="task_complete", last_agent_message=WORDS),
        instructions=WORDS,
        base_instructions={"text": WORDS},
        git={"branch": WORDS},
    )
    records[1]["payload"] |= {"user_instructions": WORDS, "developer_instructions": WORDS}
    records[-3]["payload"]["rate_limits"] = {"limit_name": WORDS}
    path = written(tmp_path / "rollout.jsonl", lines(records) + f'{{"timestamp":"{WORDS}'.encode())
    outcome = run("import", path)
    assert measures(run)[0] == 1
    assert WORDS not in outcome.out + outcome.err
    path.unlink()
    assert_nowhere(tmp_path, WORDS)
