"""OpenCode and Kilo CLI: which messages are calls, what counts mean, who a request is, and how databases are read."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from itertools import count
from shutil import copyfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.answers import Run
    from tests.support.stored import Row

FOLDER = CORPUS / "opencode"
WORDS = "PLANTED-my-diagnosis-is"
SESSION = "ses_df51e7436ffetrY7lv4My1TGKC"
BEGIN = 1_795_300_000_000
NUMBERS = count(1)
TABLES = """
create table session (id text primary key, title text);
create table message (id text primary key, session_id text, time_created integer, time_updated integer, data text);
create table part (id text primary key, message_id text, session_id text, data text);
"""


def identifier(made: int) -> str:
    """An id as the client makes it at a time in milliseconds."""
    return f"msg_{made * 4096 % 2**48:012x}{next(NUMBERS):014d}"


def answer(**more: object) -> dict[str, Any]:
    """An answer: 100 tokens in, 60 of them cached, and 10 out, 4 of them thought, unless something else is said."""
    created = BEGIN + next(NUMBERS) * 60_000
    said = {
        "id": identifier(created),
        "sessionID": SESSION,
        "role": "assistant",
        "time": {"created": created, "completed": created + 4000},
        "parentID": "msg_0",
        "modelID": "openai/gpt-oss-120b",
        "providerID": "submodel",
        "mode": "build",
        "path": {"cwd": "/home/dev/demo/src", "root": "/home/dev/demo"},
        "cost": 0.00004,
        "tokens": {"total": 110, "input": 40, "output": 6, "reasoning": 4, "cache": {"read": 60, "write": 0}},
        "finish": "stop",
    }
    return said | more


def tokens(*numbers: int, total: int | None = None) -> dict[str, Any]:
    names = ("input", "output", "reasoning")
    found: dict[str, Any] = dict(zip(names, numbers[:3], strict=True))
    found["cache"] = dict(zip(("read", "write"), numbers[3:], strict=True))
    return found if total is None else found | {"total": total}


def exported(messages: list[dict[str, Any]]) -> bytes:
    """What `opencode export` writes."""
    info = {"id": SESSION, "projectID": "global", "directory": "/home/dev/demo", "title": WORDS, "path": "", "cost": 9}
    part = {"type": "step-finish", "tokens": tokens(1000, 1000, 0, 0, 0), "cost": 9, "text": WORDS}
    document = {"info": info, "messages": [{"info": each, "parts": [part]} for each in messages]}
    return json.dumps(document, indent=2).encode()


def database(path: Path, messages: list[dict[str, Any]]) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(TABLES)
        insert(connection, messages)
    return path


def insert(connection: sqlite3.Connection, messages: list[dict[str, Any]]) -> None:
    for each in messages:
        data = {key: value for key, value in each.items() if key not in ("id", "sessionID")}
        row = (each["id"], each["sessionID"], each["time"]["created"], 0, json.dumps(data))
        connection.execute("insert into message values (?, ?, ?, ?, ?)", row)


def stored(run: Run, tmp_path: Path, *messages: dict[str, Any], options: tuple[str, ...] = ()) -> list[Row]:
    assert run("import", written(tmp_path / "messages.jsonl", lines(messages)), *options).code == 0
    return sorted(rows(tmp_path / "usage.duckdb", "requests"), key=lambda row: row["started_at"])


# --- what the real clients wrote ----------------------------------------------------------------------


def test_the_numbers_of_the_real_sessions(run: Run) -> None:
    """Falls where cached tokens are free (9.5e-5), reasoning is left out, or the session and its parts count, too."""
    run("import", FOLDER / "export_session.json", FOLDER / "opencode_1.18.33_loopback.db")
    sent, got = 1204 + 1205, 154 + 155
    oss = (sent * Decimal("0.1") + got * Decimal("0.5")) / 1_000_000
    assert measures(run) == (3, 1, sent, got, oss)
    whole = total(run)
    assert (whole["cache_read_tokens"], whole["reasoning_tokens"], whole["unmetered_requests"]) == (2048, 128, 1)
    run("import", FOLDER / "kilo_7.7.9.db", FOLDER / "msg_1.0.98.json", FOLDER / "messages_1.jsonl")
    sent += 1340 + 1420 + 1280 + 1290 + 1300 + 1390 + 1440 + 1450 + 1460
    got += 194 + 202 + 188 + 189 + 190 + 199 + 204 + 205 + 206
    assert measures(run)[:4] == (14, 2, sent, got)


def test_a_fork_of_a_session_counts_what_is_new_in_it(run: Run, tmp_path: Path) -> None:
    """Falls where a request is known by the id of its message: 9 requests; or where copies are those of the fork."""
    run("import", FOLDER / "fork_1.18.33.db")
    assert measures(run)[:4] == (6, 1, 1220 + 1230 + 1240 + 1250, 182 + 183 + 184 + 185)
    assert total(run, "--session", SESSION)["requests"] == 3
    run("import", FOLDER / "sessions_v2.db")
    assert measures(run)[:4] == (12, 2, 4940 + 40 + 164 + 300 + 167 + 900, 734 + 10 + 25 + 30 + 25 + 80)
    imports = table(tmp_path / "usage.duckdb", "imports")
    assert [(each["new"], each["repeat"]) for each in imports] == [(6, 3), (6, 3)]


def test_what_lies_beside_messages_is_no_request(run: Run, tmp_path: Path) -> None:
    """Falls where `usage import ~/.local/share/opencode/storage` reads parts or sessions: tokens would count again."""
    message = answer()
    part = {"id": "prt_1", "sessionID": SESSION, "messageID": message["id"], "type": "step-finish", "cost": 1}
    session = {"id": SESSION, "version": "1.1.65", "projectID": "global", "title": "x", "time": message["time"]}
    files = {"message": message, "part": part | {"tokens": message["tokens"]}, "session": session}
    for name, content in files.items():
        (tmp_path / "storage" / name).mkdir(parents=True)
        written(tmp_path / "storage" / name / "file.json", json.dumps(content, indent=2).encode())
    assert run("import", tmp_path / "storage").code == 0
    assert measures(run)[:4] == (1, 0, 100, 10)
    assert {each["source"] for each in table(tmp_path / "usage.duckdb", "imports")} == {"opencode"}
    assert skipped_places(run) == []


# --- what the counts mean -----------------------------------------------------------------------------


def test_what_adds_up_to_the_total_is_believed(run: Run, tmp_path: Path) -> None:
    cases: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"tokens": tokens(40, 6, 4, 60, 0, total=110)}, ("100", "60", "", "10", "4", "110")),
        # Written tokens are sent, too.
        ({"tokens": tokens(40, 6, 4, 60, 7, total=117)}, ("107", "60", "7", "10", "4", "117")),
        # 1.1.58 to 1.3.15: falls where reasoning is always added; the parts would be dropped.
        ({"tokens": tokens(40, 10, 4, 60, 0, total=110)}, ("100", "60", "", "10", "4", "110")),
        # 1.1.56 and older: falls where reasoning is added without a total to say so.
        ({"tokens": tokens(40, 10, 4, 60, 0)}, ("100", "60", "", "10", "4", "")),
        ({"tokens": tokens(40, 6, 9, 60, 0)}, ("100", "60", "", "15", "9", "")),
        ({"tokens": tokens(40, 10, 4, 0, 0), "providerID": "google"}, ("40", "", "", "14", "4", "")),
        # Nobody knows what the other 40 are.
        ({"tokens": tokens(40, 6, 4, 60, 0, total=150)}, ("", "", "", "", "", "150")),
        # Falls where 0 is a count: nothing was counted, or everything came from the cache.
        ({"tokens": tokens(0, 0, 0, 0, 0)}, ("", "", "", "", "", "")),
        ({"tokens": tokens(0, 0, 0, 0, 0, total=0)}, ("", "", "", "", "", "")),
        ({"tokens": None}, ("", "", "", "", "", "")),
        ({"tokens": tokens(0, 5, 0, 90, 0, total=95)}, ("90", "90", "", "5", "", "95")),
    ]
    found = stored(run, tmp_path, *(answer(**more) for more, _ in cases))
    names = ("input", "cache_read", "cache_write_5m", "output", "reasoning", "reported_total")
    assert [tuple(row[f"{name}_tokens"] for name in names) for row in found] == [meant for _, meant in cases]


def test_failures_and_costs(run: Run, tmp_path: Path) -> None:
    """Falls where a failure without usage has 0 tokens, 0 is a cost, or the message of an error is kept."""
    limit = {"name": "APIError", "data": {"message": WORDS, "statusCode": 429, "isRetryable": True}}
    nothing = {"tokens": tokens(0, 0, 0, 0, 0), "cost": 0}
    found = stored(
        run,
        tmp_path,
        answer(error=limit, **nothing),
        answer(error={"name": "MessageAbortedError", "data": {"message": WORDS}}, cost=0),
        answer(error={"name": f"{WORDS} and more", "data": {"statusCode": 0}}, **nothing),
        answer(error={"name": "ProviderAuthError", "data": {"message": WORDS}}, **nothing),
        answer(cost=0),
        answer(cost=1e-05, error=None),
    )
    names = ("status", "http_status", "error_type", "input_tokens", "reported_cost_usd", "reported_cost_kind")
    assert [tuple(row[name] for name in names) for row in found] == [
        ("error", "429", "APIError", "", "", ""),
        ("error", "", "MessageAbortedError", "100", "", ""),
        ("error", "", "", "", "", ""),
        ("ok", "", "", "100", "", ""),
        ("ok", "", "", "100", "0.00001", "client"),
    ]
    # What a message took includes tools and tries that failed.
    assert {(row["ended_at"], row["duration_ms"]) for row in found} == {("", "")}


def test_who_answered_and_where(run: Run, tmp_path: Path) -> None:
    """Falls where the name of the model says who answered, or the root of a disk is a project."""
    windows = {"cwd": r"C:\Users\dev\demo", "root": "/"}
    found = stored(
        run,
        tmp_path,
        answer(),
        answer(providerID="InstaGen", path={"cwd": "/home/dev/work", "root": "/"}),
        answer(providerID="openrouter", path=windows),
        answer(providerID="my-gateway", path=None),
    )
    assert [(row["provider"], row["host"], row["project"]) for row in found] == [
        ("instagen", "", "demo"),
        ("instagen", "", "work"),
        ("openrouter", "", "demo"),
        ("my-gateway", "", ""),
    ]
    said = ("--again", "--set", "provider=work", "--set", "host=gpu.example.org", "--set", "project=mine")
    run("forget", "1")
    found = stored(run, tmp_path, answer(), answer(providerID="google"), options=said)
    assert {(row["provider"], row["host"], row["project"]) for row in found} == {("work", "gpu.example.org", "mine")}


# --- who a request is ---------------------------------------------------------------------------------


def test_a_call_is_one_in_any_file_in_any_order(run: Run, tmp_path: Path) -> None:
    """The same calls as files, lines, an array, a session and a database, and copied by forks."""
    records = [answer() for _ in range(4)]
    forked = [
        each | {"id": identifier(BEGIN + 10**9), "sessionID": "ses_1fork", "parentID": "msg_1"} for each in records
    ]
    written(tmp_path / "array.json", json.dumps(records, indent=2).encode())
    written(tmp_path / "export.json", exported([*records[2:], *forked]))
    written(tmp_path / "part.jsonl", lines(reversed(records[:3])))
    database(tmp_path / "opencode.db", [*forked, *records])
    assert run("import", tmp_path / "export.json", tmp_path / "part.jsonl").code == 0
    assert measures(run)[:4] == (4, 0, 400, 40)
    assert run("import", tmp_path / "opencode.db", tmp_path / "array.json").code == 0
    assert measures(run)[:4] == (4, 0, 400, 40)
    found = rows(tmp_path / "usage.duckdb", "requests")
    assert {row["session"] for row in found} == {SESSION}
    assert {row["upstream_id"] for row in found} == {each["id"] for each in records}


def test_answers_that_have_not_ended_come_with_the_next_import(run: Run, tmp_path: Path) -> None:
    """Falls where they are requests of their own before: the next import would have each twice."""
    ended = [answer(), answer()]
    running = {key: value for key, value in ended[1].items() if key != "finish"}
    running |= {"time": {"created": ended[1]["time"]["created"]}, "tokens": tokens(0, 0, 0, 0, 0), "cost": 0}
    database(tmp_path / "opencode.db", [ended[0], running])
    run("import", tmp_path / "opencode.db")
    assert measures(run)[:4] == (1, 0, 100, 10)
    with closing(sqlite3.connect(tmp_path / "opencode.db", isolation_level=None)) as connection:
        connection.execute("delete from message where id = ?", (running["id"],))
        insert(connection, ended[1:])
    run("import", tmp_path / "opencode.db")
    assert measures(run)[:4] == (2, 0, 200, 20)
    # Calls of agents that began together are several, whatever else they have in common.
    together = [answer(time=ended[0]["time"] | {"completed": BEGIN + number}) for number in (10**9, 10**9 + 1)]
    stored(run, tmp_path, *together)
    assert measures(run)[0] == 4


# --- databases ----------------------------------------------------------------------------------------


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Path]:
    """A database whose client runs: one call is in it, and one beside it in its log only."""
    path = database(tmp_path / "live.db", [answer()])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma wal_autocheckpoint = 0")
        insert(connection, [answer()])
        yield path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def left_behind(folder: Path) -> Path:
    """A database whose client was killed: its last two sessions are in the log beside it only."""
    folder.mkdir()
    open_one = folder.with_suffix(".db")
    copyfile(FOLDER / "fork_1.18.33.db", open_one)
    last = "select id from session order by time_created desc limit 2"
    with closing(sqlite3.connect(open_one, isolation_level=None)) as connection:
        messages = connection.execute(f"select * from message where session_id in ({last})").fetchall()  # noqa: S608
        connection.execute(f"delete from message where session_id in ({last})")  # noqa: S608
        connection.execute("vacuum")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.executemany("insert into message values (?, ?, ?, ?, ?)", messages)
        for ending in ("", "-wal"):
            copyfile(f"{open_one}{ending}", folder / f"opencode.db{ending}")
    return folder / "opencode.db"


def test_what_is_in_the_log_beside_a_database_is_read(run: Run, tmp_path: Path) -> None:
    """Falls where the database is opened alone (5 requests), or SQLite tidies up after the client that died."""
    path = left_behind(tmp_path / "left")
    before = contents(path.parent)
    assert sorted(before) == ["opencode.db", "opencode.db-wal"]
    path.parent.chmod(0o500)
    assert run("import", path.parent).code == 0
    path.parent.chmod(0o700)
    assert measures(run)[0] == 6
    assert contents(path.parent) == before
    path.with_name("opencode.db-wal").unlink()
    assert run("import", path, "--db", tmp_path / "alone.duckdb").code == 0
    assert len(rows(tmp_path / "alone.duckdb", "requests")) == 5


def test_a_running_client_is_not_disturbed(run: Run, tmp_path: Path, live: Path) -> None:
    before = contents(tmp_path)
    assert run("import", live).code == 0
    assert measures(run)[0] == 2
    # How readers and writers agree on what is read is in shared memory.
    for name in (live.name, f"{live.name}-wal"):
        assert contents(tmp_path)[name] == before[name]
    with closing(sqlite3.connect(live, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        insert(connection, [answer()])
        assert run("import", live, "--again").code == 0
        assert measures(run)[0] == 2
        connection.execute("commit")
    assert run("import", live).code == 0
    assert measures(run)[0] == 3


def test_a_database_that_a_writer_has_locked(run: Run, tmp_path: Path) -> None:
    """In the older mode a writer at its commit keeps readers out: told in one line, or read as it was."""
    path = database(tmp_path / "opencode.db", [answer()])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("begin exclusive")
        insert(connection, [answer()])
        outcome = run("import", path)
        connection.execute("rollback")
    if outcome.code == 1:
        assert outcome.err.count("\n") == 1
        assert "locked" in outcome.err
    else:
        assert measures(run)[0] == 1
    assert run("import", path).code == 0
    assert measures(run)[0] == 1


def test_a_database_that_is_cut_off_or_another_one(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    content = (FOLDER / "opencode_1.18.33_loopback.db").read_bytes()
    cut = written(folder / "cut.db", content[: len(content) // 3])
    with closing(sqlite3.connect(folder / "other.db")) as connection:
        connection.executescript("create table message (id integer, body text); create table session (id integer);")
    for path, why in ((cut, "malformed"), (folder / "other.db", "no source knows")):
        outcome = run("import", path)
        assert (outcome.code, outcome.err.count("\n")) == (1, 1)
        assert why in outcome.err
        assert not (tmp_path / "usage.duckdb").exists()
    database(folder / "opencode.db", [answer()])
    outcome = run("import", folder)
    assert outcome.code == 0
    assert "cut.db" in outcome.out
    assert "other.db" in outcome.out
    assert measures(run)[0] == 1


# --- records of another form --------------------------------------------------------------------------


def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path) -> None:
    error = {"name": "APIError", "data": {"message": WORDS, "responseBody": WORDS, "metadata": {"url": WORDS}}}
    said = {"system": [WORDS], "structured": {WORDS: WORDS}, "summary": {"title": WORDS}, "prompt": WORDS}
    user = {"id": "msg_1", "sessionID": SESSION, "role": "user", "time": {"created": BEGIN}, **said}
    bad = answer(**said) | {"tokens": {"input": WORDS}}
    good = [user, answer(**said), answer(**said, error=error), bad, answer(**said) | {"time": {"created": WORDS}}]
    database(tmp_path / "opencode.db", good)
    with closing(sqlite3.connect(tmp_path / "opencode.db", isolation_level=None)) as connection:
        connection.execute("insert into part values ('prt_1', 'msg_1', ?, ?)", (SESSION, json.dumps({"text": WORDS})))
        for number, cell in enumerate((f'{{"role": "{WORDS}', WORDS, WORDS.encode(), json.dumps([WORDS]))):
            connection.execute("insert into message values (?, ?, 0, 0, ?)", (f"msg_bad{number}", SESSION, cell))
    written(tmp_path / "export.json", exported(good))
    assert run("import", tmp_path / "opencode.db", tmp_path / "export.json").code == 0
    assert measures(run)[:2] == (2, 1)
    assert len(skipped_places(run)) == 8
    (tmp_path / "opencode.db").unlink()
    (tmp_path / "export.json").unlink()
    assert_nowhere(tmp_path, WORDS)


def test_a_file_is_recognised_by_what_every_one_has(run: Run, tmp_path: Path) -> None:
    """Compact or not, with a first message that is long, and with keys that are not known yet."""
    user = {"id": "msg_1", "sessionID": SESSION, "role": "user", "time": {"created": BEGIN}, "diff": "x" * 100_000}
    written(tmp_path / "long.jsonl", lines([user, answer(later={"field": [1]}, variant="high")]))
    written(tmp_path / "compact.json", json.dumps(answer(), separators=(",", ":")).encode())
    assert run("import", tmp_path / "long.jsonl", tmp_path / "compact.json").code == 0
    assert {each["source"] for each in table(tmp_path / "usage.duckdb", "imports")} == {"opencode"}
    assert measures(run)[0] == 2
