"""Claude Code: what its tokens mean, which of its lines are requests, and who a request is."""

from __future__ import annotations

import itertools
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import store as stores
from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run

FOLDER = CORPUS / "claude-code"
WORDS = "PLANTED-my-diagnosis-is"
SONNET = "claude-sonnet-4-5-20250929"


def usage(sent: object, got: object, **more: object) -> dict[str, Any]:
    return {
        "input_tokens": sent,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": got,
        "service_tier": "standard",
    } | more


def answer(number: int, sent: object = 100, got: object = 10, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as JSON has it
    message = {
        "id": f"msg_01Test{number:020d}",
        "type": "message",
        "role": "assistant",
        "model": SONNET,
        "content": [{"type": "text", "text": "scrubbed"}],
        "usage": usage(sent, got, **more.pop("usage", {})),
    }
    return {
        "parentUuid": None,
        "isSidechain": False,
        "cwd": "/home/dev/shop",
        "sessionId": "s-1",
        "message": message | more.pop("message", {}),
        "requestId": f"req_011Test{number:017d}",
        "type": "assistant",
        "uuid": f"a0b1c2d3-0001-4000-8000-{number:012d}",
        "timestamp": f"2026-10-21T10:{number:02d}:00.000Z",
    } | more


def requests_of(tmp_path: Path) -> list[dict[str, str]]:
    return rows(tmp_path / "usage.duckdb", "requests")


def stored(run: Run, tmp_path: Path, *records: dict[str, Any], name: str = "session.jsonl") -> list[dict[str, str]]:
    outcome = run("import", written(tmp_path / name, lines(records)))
    assert outcome.code == 0, outcome.err
    return requests_of(tmp_path)


# --- numbers worked out by hand -----------------------------------------------------------------------


def test_the_numbers_of_the_samples(run: Run) -> None:
    """Alpha: 600 uncached, 75 written, 70 read, 250 out, as ccusage says; input leaves out the cache (trap 5)."""
    run("import", FOLDER / "ccusage_alpha.jsonl")
    assert measures(run, "--cost", "reported") == (3, 0, 600 + 75 + 70, 250, Decimal("1.02"))
    assert total(run)["cache_read_tokens"] == 70
    run("import", FOLDER / "ccusage_beta.jsonl")
    assert measures(run, "--cost", "reported") == (5, 0, 745 + 130 + 15 + 40, 250 + 60, Decimal("1.09"))


def test_the_numbers_of_a_session(run: Run) -> None:
    """Lines of one answer count once, by the fullest; neither the rollup of a tool nor a progress line counts (trap 6).

    What failed is a request of unknown tokens (trap 4); what the client said itself is none.
    """
    run("import", FOLDER / "session_2.1.jsonl")
    sent = (4 + 12_000 + 800) + (6 + 12_800 + 500) + (22 + 220) + (3000 + 50 + 40) + 100
    assert measures(run)[:4] == (6, 1, sent, 310 + 90 + 12 + 700 + 50)
    whole = total(run)
    assert (whole["cache_read_tokens"], whole["reasoning_tokens"]) == (12_000 + 12_800 + 220 + 50, 120)
    assert whole["unmetered_requests"] == 1
    # The first answer at 3, 0.30, 6 for what is written for an hour, and 15 a million.
    first = (4 * 3 + 12_000 * Decimal("0.3") + 800 * 6 + 310 * 15) / 1_000_000
    second = (6 * 3 + 12_800 * Decimal("0.3") + 300 * Decimal("3.75") + 200 * 6 + 90 * 15) / 1_000_000
    third = (22 * 3 + 220 * Decimal("0.3") + 12 * 15) / 1_000_000
    assert measures(run, "--model", SONNET)[4] == first + second + third
    # The advisor at 5, 0.50, 6.25 and 25; of fast mode no price is known, and that of the ordinary one is not taken.
    assert whole["unpriced_requests"] == 1
    advisor = (3000 * 5 + 50 * Decimal("0.5") + 40 * Decimal("6.25") + 700 * 25) / 1_000_000
    assert measures(run)[4] == first + second + third + advisor


@pytest.mark.threads
def test_a_session_and_its_copies_count_once_in_any_order(run: Run, tmp_path: Path) -> None:
    """Side chains and resumed sessions repeat answers, under other request and session ids (ccusage #913, #1762)."""
    names = ["session_2.1.jsonl", "agent-a1b2c3d.jsonl", "resumed.jsonl"]
    found = []
    for number, order in enumerate(itertools.permutations(names)):
        database = tmp_path / f"{number}.duckdb"
        for name in order:
            assert run("import", FOLDER / name, "--db", database).code == 0
        found.append(rows(database, "requests"))
    assert len(found[0]) == 8  # six of the session, one of the side chain, one of the session gone on with
    assert all(each == found[0] for each in found)
    at_once = tmp_path / "at_once.duckdb"
    assert run("import", *(FOLDER / name for name in names), "--db", at_once).code == 0
    assert rows(at_once, "requests") == found[0]


def test_a_cost_of_nothing_is_no_cost(run: Run) -> None:
    """0 beside tokens is no price (trap 2), and two equal lines without any id are two requests."""
    run("import", FOLDER / "session_2025.jsonl")
    cost = Decimal("0.009021") + Decimal("0.001527") + 2 * Decimal("0.5")
    sent, got = (7 + 2000) + (9 + 2000) + 20 + 2 * 50, 100 + 60 + 3 + 2 * 5
    assert measures(run, "--cost", "reported") == (5, 0, sent, got, cost)


# --- tokens -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"cache_creation_input_tokens": 40}, ("140", "40", "")),
        ({"cache_creation_input_tokens": None}, ("100", "", "")),
        (
            {
                "cache_creation_input_tokens": 40,
                "cache_creation": {"ephemeral_5m_input_tokens": 30, "ephemeral_1h_input_tokens": 10},
            },
            ("140", "30", "10"),
        ),
        # Gateways that know the whole only, or the parts only.
        (
            {
                "cache_creation_input_tokens": 40,
                "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            },
            ("140", "40", "0"),
        ),
        (
            {
                "cache_creation_input_tokens": None,
                "cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4},
            },
            ("107", "3", "4"),
        ),
    ],
)
def test_what_was_written_is_input_too(
    run: Run, tmp_path: Path, said: dict[str, Any], expected: tuple[str, ...]
) -> None:
    (row,) = stored(run, tmp_path, answer(1, usage=said))
    assert (row["input_tokens"], row["cache_write_5m_tokens"], row["cache_write_1h_tokens"]) == expected


def test_what_nobody_counted_is_unknown(run: Run, tmp_path: Path) -> None:
    """Zeros throughout, no usage at all, and a count that is missing (trap 4)."""
    half = answer(3)
    del half["message"]["usage"]["output_tokens"]
    found = stored(run, tmp_path, answer(1, 0, 0), answer(2, message={"usage": None}), half)
    assert [(row["input_tokens"], row["output_tokens"]) for row in found] == [("", ""), ("", ""), ("100", "")]


def test_a_wrong_type_loses_no_other_row(run: Run, tmp_path: Path) -> None:
    good, odd = answer(1), answer(2, cwd=["/a"], costUSD=0.25, unknown={"a": [1]}, message={"content": None})
    bad = [answer(3, sent=-1), answer(4, got={"a": 1}), answer(5, timestamp=True), answer(6, timestamp="2026")]
    assert len(stored(run, tmp_path, good, *bad, odd)) == 2
    assert [place[2] for place in skipped_places(run)] == [
        "input_tokens is not a whole number",
        "output_tokens is not a whole number",
        "no time",
        "no time",
    ]


def test_a_compaction_is_beside_the_counts_of_an_answer(run: Run, tmp_path: Path) -> None:
    """As Anthropic's documentation of compaction says of `iterations`; the step is of the model that was asked."""
    iterations = [
        {"type": "compaction", "input_tokens": 180_000, "output_tokens": 3_500},
        {"type": "message", "input_tokens": 23_000, "output_tokens": 1_000},
    ]
    rows = stored(run, tmp_path, answer(1, 23_000, 1_000, usage={"iterations": iterations}))
    assert sorted((row["model"], row["input_tokens"], row["output_tokens"]) for row in rows) == [
        (SONNET, "180000", "3500"),
        (SONNET, "23000", "1000"),
    ]
    assert measures(run)[:4] == (2, 0, 203_000, 4_500)


# --- who a request is ---------------------------------------------------------------------------------


def test_a_growing_answer_is_one_request_in_parts_and_whole(run: Run, tmp_path: Path) -> None:
    """Lines come one by one while an answer streams; the fullest wins, in whatever order (ccusage #888)."""
    parts = [answer(1, got=got, uuid=f"{got}", timestamp=f"2026-10-21T10:01:{got:02d}.000Z") for got in (1, 9, 50)]
    for number, order in enumerate(itertools.permutations(parts)):
        for place, part in enumerate(order):
            found = stored(run, tmp_path, part, name=f"{number}-{place}.jsonl")
    assert [(row["output_tokens"], row["started_at"]) for row in found] == [("50", "2026-10-21 10:01:01")]
    assert run("import", written(tmp_path / "page.json", json.dumps(parts).encode())).code == 0
    assert len(requests_of(tmp_path)) == 1


def test_an_answer_without_request_id_is_known_by_its_message(run: Run, tmp_path: Path) -> None:
    """Versions and gateways that write no request id still write an answer on several lines (ccusage #985)."""
    parts = [answer(1, got=got, uuid=f"{got}", requestId=None) for got in (1, 50)]
    assert len(stored(run, tmp_path, *parts, answer(1, got=50))) == 1


def test_a_gateway_that_gives_one_id_to_all_answers(run: Run, tmp_path: Path) -> None:
    """What was sent tells them apart, and the session (ccusage #1635); with a request id, that does."""
    same = {"message": {"id": "ocgo"}, "requestId": None}
    records = [
        answer(1, 100, 1, **same),
        answer(2, 100, 30, **same),
        answer(3, 140, 30, **same),
        answer(4, 100, 30, **same, sessionId="s-2"),
        answer(5, 100, 30, message={"id": "ocgo"}),
        answer(6, 100, 30, message={"id": "ocgo"}),
    ]
    assert len(stored(run, tmp_path, *json.loads(json.dumps(records)))) == 5


def test_a_line_without_message_id_is_known_by_its_request_or_itself(run: Run, tmp_path: Path) -> None:
    nameless = {"message": {"id": None}}
    first = [answer(1, **nameless), answer(1, **nameless, uuid="other")]
    second = [answer(2, **nameless, requestId=None), answer(3, **nameless, requestId=None)]
    records = json.loads(json.dumps([*first, *second]))
    assert len(stored(run, tmp_path, *records)) == 3
    assert len(stored(run, tmp_path, *records, name="copy.jsonl")) == 3


def test_lines_without_any_id_are_known_by_their_cells(run: Run, tmp_path: Path) -> None:
    """Two equal ones in one file are two requests, and the same two in a second file."""
    line = answer(1, message={"id": None}, requestId=None, uuid=None)
    assert len(stored(run, tmp_path, line, line)) == 2
    assert len(stored(run, tmp_path, line, line, answer(2), name="copy.jsonl")) == 3


def test_an_answer_through_a_gateway_is_the_gateways_request(run: Run, tmp_path: Path) -> None:
    """LiteLLM in front of InstaGen logs the same response id: one call, and LiteLLM knows who answered (trap 6)."""
    response = "chatcmpl-11b2c3d4e5f647089123456789abcd00"
    assert run("import", CORPUS / "litellm/bad_lines.jsonl").code == 0
    before = len(requests_of(tmp_path))
    model = {"id": response, "model": "openai/gpt-oss-120b"}
    at = "2026-09-21T14:46:42.000Z"
    found = stored(run, tmp_path, answer(1, 100, 1, message=model, requestId=None, timestamp=at))
    assert len(found) == before
    (row,) = [row for row in found if row["upstream_id"] == response]
    assert (row["provider"], row["session"], row["input_tokens"]) == ("instagen", "s-1", "100")


def test_an_error_is_a_request_where_somebody_answered(run: Run, tmp_path: Path) -> None:
    said = {"isApiErrorMessage": True, "error": "rate_limit"}
    client = {"message": {"model": "<synthetic>", "id": "a0b1c2d3-0002-4000-8000-000000000001"}}
    records = [
        answer(1, 0, 0, **client, **said, apiErrorStatus=429),
        answer(2, 0, 0, **client, **said, requestId=None),
        answer(3, 0, 0, **client),
    ]
    (row,) = stored(run, tmp_path, *json.loads(json.dumps(records)))
    named = (row["status"], row["http_status"], row["error_type"], row["model"], row["input_tokens"])
    assert named == ("error", "429", "rate_limit", "", "")


def test_constants_of_the_command_line_win(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "session.jsonl", lines([answer(1)]))
    assert run("import", file, "--set", "provider=relay", "--set", "project=other", "--set", "session=mine").code == 0
    (row,) = requests_of(tmp_path)
    assert (row["provider"], row["project"], row["session"]) == ("relay", "other", "mine")


# --- which files --------------------------------------------------------------------------------------


def test_a_session_that_begins_with_a_long_line_is_recognised(run: Run, tmp_path: Path) -> None:
    """Of what the first 64 KiB hold of it, `isSidechain` comes first in every version."""
    long = {"parentUuid": None, "isSidechain": False, "type": "user", "message": {"content": "x" * 100_000}}
    stored(run, tmp_path, long, answer(1))
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["source"], record["read"], record["new"], record["skipped"]) == ("claude-code", 2, 1, 1)


# --- where a line stands ------------------------------------------------------------------------------


def said_by_user(length: int, **more: object) -> dict[str, Any]:
    return {"type": "user", "message": {"role": "user", "content": "x" * length}} | more


def session(number: int, length: int, turns: int, broken: set[int]) -> bytes:
    """Turns of a line that the user said and an answer; the lines at the `broken` places (from 1) are cut off."""
    turn = (said_by_user(length), answer(number))
    records = [record | {"turn": place} for place in range(turns) for record in turn]
    for place, record in enumerate(records):
        if record["type"] == "assistant":
            record["message"] = record["message"] | {"id": f"msg_01Session{number:04d}{place:012d}"}
    whole = [json.dumps(record, separators=(",", ":")) for record in records]
    return "".join(f"{line[:-1] if place in broken else line}\n" for place, line in enumerate(whole, 1)).encode()


@pytest.mark.threads
def test_broken_lines_of_a_large_file_are_told_by_their_place(run: Run, tmp_path: Path) -> None:
    """Threads read parts of it at once; its lines stay in their order."""
    broken = {7, 8, 30, 59}
    large = written(tmp_path / "large.jsonl", session(1, 900_000, 30, broken))
    assert run("import", large, "--from", "claude-code").code == 0
    assert skipped_places(run) == [[place, place, "not valid JSON"] for place in sorted(broken)]
    assert measures(run)[:4] == (28, 0, 2800, 280)


@pytest.mark.threads
def test_broken_lines_of_one_of_many_files_are_told_by_their_place(run: Run, tmp_path: Path) -> None:
    """Many files are read in any order, and put together a few lines at a time."""
    (tmp_path / "many").mkdir()
    for number in range(40):
        broken = {3, 6} if number == 17 else set()
        written(tmp_path / "many" / f"{number:02}.jsonl", session(number, 20, number + 1, broken))
    assert run("import", tmp_path / "many").code == 0
    assert skipped_places(run) == [[place, place, "not valid JSON"] for place in (3, 6)]
    assert measures(run)[:4] == (819, 0, 81_900, 8_190)
    told = run("imports", "--format", "json").json["rows"]
    assert [(row["read"], row["new"], row["skipped"]) for row in told] == [
        (2 * number + 2, number + (number != 17), number + 1 + (number == 17)) for number in range(40)
    ]


@pytest.mark.parametrize(
    ("record", "requests"),
    [
        (said_by_user(5, toolUseResult={"usage": usage(5, 5)}), 0),
        (said_by_user(5, toolUseResult={"role": "assistant", "usage": usage(5, 5)}), 0),
        ({key: value for key, value in answer(1).items() if key != "type"}, 1),
        (answer(1, message={"role": None}), 1),
        (answer(1, message={"role": None}) | {"type": None}, 1),
        (answer(1, message={"role": "user"}), 0),
        (answer(1) | {"type": "user"}, 0),
    ],
)
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_what_a_line_says_it_is_decides(
    run: Run, tmp_path: Path, record: dict[str, Any], requests: int, separators: tuple[str, str]
) -> None:
    both = [record, answer(2)]
    content = "".join(json.dumps(each, separators=separators) + "\n" for each in both).encode()
    assert run("import", written(tmp_path / "session.jsonl", content)).code == 0
    assert measures(run)[:4] == (1 + requests, 0, 100 + 100 * requests, 10 + 10 * requests)


# --- what is never stored -----------------------------------------------------------------------------


def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path) -> None:
    said = [{"type": "text", "text": WORDS}, {"type": "tool_use", "name": WORDS, "input": {"a": WORDS}}]
    good = answer(1, message={"content": said}, toolUseResult={"stdout": WORDS}, slug=WORDS, gitBranch=WORDS)
    failed = answer(
        2, 0, 0, message={"content": said}, isApiErrorMessage=True, error=f"{WORDS} and so on", apiErrorStatus=500
    )
    others: list[dict[str, Any]] = [
        {"type": "user", "sessionId": "s-1", "message": {"role": "user", "content": WORDS}},
        {"type": "summary", "summary": WORDS, "leafUuid": "x"},
        {"type": "system", "subtype": "api_error", "error": {"error": {"message": WORDS}}, "content": WORDS},
        {"type": "queue-operation", "content": WORDS},
        answer(3, sent=WORDS, message={"content": said}),
        answer(4, timestamp=WORDS),
    ]
    cut = json.dumps(good)[:-5]
    content = lines([good, failed, *others]) + f'{cut}\n{WORDS}\n["{WORDS}"]\n'.encode()
    assert run("import", written(tmp_path / "session.jsonl", content)).code == 0
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["read"], record["new"], record["skipped"]) == (11, 2, 9)
    assert len(skipped_places(run)) == 5
    assert WORDS not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, WORDS)


@pytest.mark.threads
def test_texts_of_many_sessions_are_not_held(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in memory, of which there is less than they take, nor in a file that DuckDB makes for want of it."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        told = answer(number, message={"content": [{"type": "text", "text": "x" * 5_000_000}]})
        told["message"]["id"] = f"msg_01Long{number:020d}"
        (folder / f"{number}.jsonl").write_bytes(lines([told]))
    prepare = stores._prepare  # noqa: SLF001 - each thread needs its own memory

    def with_two_threads(store: stores.Store) -> None:
        prepare(store)
        store.run("set threads = 2")

    monkeypatch.setattr(stores, "_prepare", with_two_threads)
    monkeypatch.setattr(stores, "ANY_ORDER_LIMIT", "200MiB")
    outcome = run("import", folder, "--from", "claude-code")
    assert (outcome.code, outcome.err) == (0, "")
    assert measures(run)[:4] == (60, 0, 6000, 600)
