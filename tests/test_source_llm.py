"""llm (simonw/llm): which rows of its database are calls, what they used, and who a request is."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.support.answers import Run
    from tests.support.stored import Row

FOLDER = CORPUS / "llm"
WORDS = "PLANTED-my-diagnosis-is"
# The tables of llm 0.36, and those of 0.13 before columns were added to them.
TURNS = (
    "id text primary key, thread_id text, parent_message_hash text, tip_message_hash text, model text, "
    "resolved_model text, options_json text, schema_id text, input_tokens integer, output_tokens integer, "
    "token_details text, duration_ms integer, datetime_utc text, response_json text"
)
OLD_RESPONSES = (
    "id text primary key, model text, prompt text, system text, prompt_json text, options_json text, response text, "
    "response_json text, conversation_id text, duration_ms integer, datetime_utc text"
)
RESPONSES = f"{OLD_RESPONSES}, input_tokens integer, output_tokens integer, token_details text, resolved_model text"


def answer(number: int, **more: object) -> dict[str, Any]:
    return {"id": f"chatcmpl-{number:032x}", "object": "chat.completion", "model": "openai/gpt-oss-120b"} | more


def used(sent: int, got: int, total_: int | None = None) -> dict[str, int]:
    return {"prompt_tokens": sent, "completion_tokens": got, "total_tokens": total_ or sent + got}


def turn(number: int, said: object = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any cell
    """A row of `turns`, or of `responses` by `conversation_id`."""
    said = answer(number) if said is None else said
    row = {
        "id": f"01k8f3{number:020d}",
        "thread_id": "01k8f300000000000000009000",
        "model": "oss",
        "input_tokens": 100 + number,
        "output_tokens": 10,
        "token_details": None,
        "duration_ms": 1500,
        "datetime_utc": f"2026-10-21T10:{number:02d}:00.250000+00:00",
        "response_json": said if isinstance(said, str) else json.dumps(said),
    }
    return row | {key: json.dumps(value) if isinstance(value, dict) else value for key, value in more.items()}


def response(number: int, said: object = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any cell
    row = turn(number, said, **more)
    row["conversation_id"] = row.pop("thread_id")
    row["datetime_utc"] = row["datetime_utc"].removesuffix("+00:00")
    return row


def database(path: Path, columns: str = TURNS, name: str = "turns", found: Iterable[dict[str, Any]] = ()) -> Path:
    """A database with rows in one table; or the same with more of them."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"create table if not exists {name} ({columns})")
        for row in found:
            marks = ", ".join("?" * len(row))
            connection.execute(f"insert into {name} ({', '.join(row)}) values ({marks})", list(row.values()))  # noqa: S608
        connection.commit()
    return path


def stored(run: Run, tmp_path: Path, *found: dict[str, Any], options: tuple[str, ...] = ()) -> list[Row]:
    assert run("import", database(tmp_path / "logs.db", found=found), *options).code == 0
    return sorted(rows(tmp_path / "usage.duckdb", "requests"), key=lambda row: row["started_at"])


def tokens(row: Row) -> list[str]:
    names = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "reported_total")
    return [row[f"{name}_tokens"] for name in names]


# --- which rows are calls -----------------------------------------------------------------------------


def test_the_numbers_of_the_real_database(run: Run) -> None:
    run("import", FOLDER / "logs_llm-0.36_loopback.db")
    assert measures(run)[:4] == (2, 0, 1201 + 1202, 151 + 152)
    assert (total(run)["cache_read_tokens"], total(run)["reasoning_tokens"]) == (2048, 128)


def test_a_database_that_was_upgraded_has_each_call_once(run: Run) -> None:
    """Falls where old tables are not read (4 requests), or what a copy of 0.13 has counts again (22)."""
    files = [FOLDER / name for name in ("logs_0.13.1.db", "upgraded_0.36.db", "exported_0.36.json")]
    for file in (*files, *reversed(files)):
        assert run("import", file, "--again").code == 0
    # The answers of the loopback server, in order: the n-th has 1200 + 10 n and 180 + n tokens; those without usage
    # are both of 0.4, the streamed ones of 0.10 and 0.13, and two of GLM.
    counted = (3, 5, 7, 8, 10, 11, 12, 13, 14, 15)
    assert measures(run)[:4] == (16, 0, sum(1200 + 10 * n for n in counted), sum(180 + n for n in counted))
    assert total(run)["unmetered_requests"] == 6
    assert total(run)["cache_read_tokens"] == 5 * 1024 + 5 * 512
    assert total(run)["reasoning_tokens"] == 5 * 64


def test_a_call_that_stands_in_both_tables_is_one(run: Run, tmp_path: Path) -> None:
    """By the id of the answer; or by its own where that is short, as small servers give it out again."""
    file = database(tmp_path / "logs.db", found=[turn(1), turn(2, {"model": "tiny"}), turn(3, {"id": "chatcmpl-417"})])
    others = [
        response(1),
        response(2, {"model": "tiny"}),
        response(3, {"id": "chatcmpl-417"}),
        response(4, {"id": "chatcmpl-417"}),
    ]
    database(file, RESPONSES, "responses", others)
    assert run("import", file).code == 0
    assert measures(run)[:4] == (4, 0, 101 + 102 + 103 + 104, 40)


def test_a_database_that_has_grown_brings_what_is_new(run: Run, tmp_path: Path) -> None:
    file = database(tmp_path / "logs.db", found=[turn(1), turn(2)])
    assert run("import", file).code == 0
    assert "has not changed" in run("import", file).out
    database(file, found=[turn(3)])
    assert run("import", file).code == 0
    first, second = table(tmp_path / "usage.duckdb", "imports")[-2:]
    assert (first["new"], second["read"], second["new"], second["already_stored"]) == (2, 3, 1, 2)
    copyfile(file, tmp_path / "copy.db")
    assert run("import", tmp_path / "copy.db").code == 0
    assert measures(run)[:4] == (3, 0, 306, 30)


def test_calls_before_there_were_answers_in_the_log_have_a_time_of_their_end(run: Run, tmp_path: Path) -> None:
    """llm 0.4 and older: their ids are numbers, which every database has."""
    columns = "id integer primary key, model text, prompt text, duration_ms integer, datetime_utc text"
    for name, hour in (("a.db", 8), ("b.db", 9)):
        row = {"id": 1, "model": "gpt-4", "duration_ms": 2500, "datetime_utc": f"2023-06-20 {hour:02d}:00:10.500000"}
        file = database(tmp_path / name, columns, "logs", [row])
        assert run("import", database(file, OLD_RESPONSES, "responses")).code == 0
    found = [(row["started_at"], row["duration_ms"]) for row in rows(tmp_path / "usage.duckdb", "requests")]
    assert sorted(found) == [("2023-06-20 08:00:08", "2500"), ("2023-06-20 09:00:08", "2500")]


# --- what the counts mean -----------------------------------------------------------------------------

CACHE = {"cache_read_input_tokens": 2000, "cache_creation_input_tokens": 300}
LONG_CACHE = CACHE | {"cache_creation": {"ephemeral_1h_input_tokens": 100, "ephemeral_5m_input_tokens": 200}}
CHAT = {"prompt_tokens_details": {"cached_tokens": 64}, "completion_tokens_details": {"reasoning_tokens": 8}}
RESPONSE = {"input_tokens_details": {"cached_tokens": 64}, "output_tokens_details": {"reasoning_tokens": 8}}
GEMINI = {"thoughtsTokenCount": 20}
OLD_CHAT = used(7, 3) | {"prompt_tokens_details": {"cached_tokens": 4}}
OLD_CLAUDE = {"input_tokens": 12, "output_tokens": 5} | CACHE
# Input, output and details of a row; the usage in its answer; and what they mean: input, read from and written to the
# cache for 5 minutes and an hour, output, reasoning, total.
COUNTS: tuple[tuple[Any, Any, Any, Any, str], ...] = (
    # OpenAI and what is compatible: parts are inside. Falls where they are added.
    (100, 20, CHAT, used(100, 20), "100 64 - - 20 8 120"),
    (100, 20, RESPONSE, {"total_tokens": 120}, "100 64 - - 20 8 120"),
    # Anthropic: beside it. Falls where the input is taken as it is: 2300 tokens would be missing.
    (12, 50, CACHE, None, "2312 2000 300 - 50 - -"),
    (12, 50, LONG_CACHE, None, "2312 2000 200 100 50 - -"),
    (0, 5, {"cache_read_input_tokens": 900}, None, "900 900 - - 5 - -"),
    # Gemini: thoughts beside the answer until llm-gemini 0.18, inside since. Falls where both are taken alike.
    (100, 40, GEMINI, None, "100 - - - 60 20 -"),
    (100, None, GEMINI, None, "100 - - - 20 20 -"),
    (100, 60, GEMINI | {"candidatesTokenCount": 40}, None, "100 - - - 60 20 -"),
    (100, 20, GEMINI, None, "100 - - - 20 20 -"),
    # Unknown is not 0 (trap 4), and what does not add up is not believed.
    (None, None, None, None, "- - - - - - -"),
    (0, 0, None, used(0, 0), "- - - - - - -"),
    (10, 5, None, used(10, 5, 20), "- - - - - - 20"),
    # Before llm 0.19 only the answer has them.
    (None, None, None, OLD_CHAT, "7 4 - - 3 - 10"),
    (None, None, None, OLD_CLAUDE, "2312 2000 300 - 5 - -"),
    # A part that is larger than the whole is none.
    (10, 5, {"prompt_tokens_details": {"cached_tokens": 64}}, None, "10 - - - 5 - -"),
)


def test_what_plugins_count(run: Run, tmp_path: Path) -> None:
    turns = [
        turn(number, answer(number, usage=usage), input_tokens=sent, output_tokens=got, token_details=details)
        for number, (sent, got, details, usage, _) in enumerate(COUNTS)
    ]
    found = [" ".join(count or "-" for count in tokens(row)) for row in stored(run, tmp_path, *turns)]
    assert found == [meant for *_, meant in COUNTS]


def test_the_duration_is_that_of_the_call_from_its_start(run: Run, tmp_path: Path) -> None:
    (row,) = stored(run, tmp_path, turn(1))
    assert (row["started_at"], row["ended_at"], row["duration_ms"]) == ("2026-10-21 10:01:00.25", "", "1500")


# --- who answered, and who a request is ---------------------------------------------------------------


def test_nothing_says_who_answered(run: Run, tmp_path: Path) -> None:
    """Neither the name that the user gave the model, nor its own (trap 15)."""
    names = ("instagen-oss", "gpt-4o", "claude-sonnet-4", "openrouter/openai/gpt-oss-120b")
    found = stored(run, tmp_path, *(turn(number, model=name) for number, name in enumerate(names)))
    assert [(row["provider"], row["host"], row["model"], row["requested_model"]) for row in found] == [
        ("", "", "openai/gpt-oss-120b", name) for name in names
    ]
    outcome = run("import", tmp_path / "logs.db", "--again", "--set", "provider=instagen")
    assert outcome.code == 0
    assert {row["provider"] for row in rows(tmp_path / "usage.duckdb", "requests")} == {"instagen"}


def test_the_model_is_what_answered_as_far_as_it_is_known(run: Run, tmp_path: Path) -> None:
    found = stored(
        run,
        tmp_path,
        turn(1, answer(1), resolved_model="other"),
        turn(2, {"modelVersion": "gemini-2.5-flash"}),
        turn(3, answer(3, model={"$": "m.model"}), resolved_model="org/model"),
        turn(4, {}),
    )
    models = [(row["model"], row["requested_model"]) for row in found]
    assert models == [("openai/gpt-oss-120b", "oss"), ("gemini-2.5-flash", "oss"), ("org/model", "oss"), ("oss", "")]


def test_a_call_is_one_with_a_log_of_its_gateway(run: Run, tmp_path: Path) -> None:
    body = answer(1, created=1792576860, usage=used(101, 10))
    assert run("import", written(tmp_path / "log.jsonl", lines([body]))).code == 0
    stored(run, tmp_path, turn(1))
    assert measures(run)[:4] == (1, 0, 101, 10)


# --- what is odd in it --------------------------------------------------------------------------------


def test_odd_cells_cost_no_other_row(run: Run, tmp_path: Path) -> None:
    """SQLite takes any cell in any column, and fails as a whole where JSON is not as it should be."""
    cut = '{"content": "An answer.", "id": "chatcmpl-0000'
    odd: list[dict[str, Any]] = [
        {"response_json": cut},
        {"response_json": "[" * 5000},
        {"response_json": b"\xff\x00"},
        {"response_json": "[1]", "token_details": "[1]"},
        {"token_details": cut, "duration_ms": b"\x00", "thread_id": 17},
        {"model": "a\x00b", "resolved_model": 1e300},
        {"input_tokens": "101", "output_tokens": 10.0},
    ]
    bad: list[dict[str, Any]] = [
        {"datetime_utc": None},
        {"datetime_utc": b"\xff"},
        {"datetime_utc": "294247-01-10 04:00:54"},
        {"input_tokens": "many"},
        {"input_tokens": 9e999},
        {"output_tokens": -1},
        {"id": None, "response_json": None},
    ]
    found = [
        turn(number, token_details=None) | {"input_tokens": 101} | cells for number, cells in enumerate(odd + bad, 1)
    ]
    assert len(stored(run, tmp_path, turn(0), *found, turn(50))) == len(odd) + 2
    assert measures(run)[2:4] == (100 + 101 * len(odd) + 150, 10 * (len(odd) + 2))
    reasons = ["no time"] * 3 + ["input_tokens is not a whole number"] * 2
    reasons += ["output_tokens is not a whole number", "no id"]
    assert skipped_places(run) == [[2 + len(odd) + number, 0, reason] for number, reason in enumerate(reasons)]


def test_columns_that_are_not_there_are_unknown(run: Run, tmp_path: Path) -> None:
    """Of older versions, and of newer ones that have more."""
    columns = TURNS.replace(", response_json text", "").replace("resolved_model text", "resolved_model text, more blob")
    row = turn(1) | {"more": b"\xff"}
    del row["response_json"]
    assert run("import", database(tmp_path / "logs.db", columns, found=[row])).code == 0
    (found,) = rows(tmp_path / "usage.duckdb", "requests")
    assert (found["model"], found["input_tokens"], found["upstream_id"]) == ("oss", "101", row["id"])


def test_no_content_is_stored(run: Run, tmp_path: Path) -> None:
    said = answer(1, content=WORDS, choices=[{"message": {"content": WORDS}}], usage=used(101, 10))
    texts = {"options_json": json.dumps({"system": WORDS})}
    content = texts | {"prompt": WORDS, "system": WORDS, "prompt_json": json.dumps({"p": WORDS}), "response": WORDS}
    bad = [{"datetime_utc": WORDS}, {"response_json": json.dumps(said)[:-9]}, {"input_tokens": WORDS}]
    file = database(
        tmp_path / "logs.db", found=[turn(1, said) | texts, *(turn(n, said) | bad[n - 2] for n in (2, 3, 4))]
    )
    database(file, RESPONSES, "responses", [response(number, said) | content for number in (5, 6)])
    export = [response(7, answer(7)) | content | {"response_json": said, "prompt_json": {"messages": [WORDS]}}]
    assert run("import", file, written(tmp_path / "logs.json", json.dumps(export, indent=2).encode())).code == 0
    assert len(rows(tmp_path / "usage.duckdb", "requests")) == 2
    assert WORDS not in run("skipped", "--format", "json").out
    assert_nowhere(tmp_path, WORDS)
