"""Langfuse: which observations are requests, what their buckets mean, and who they are in whatever file they come."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import measures, skipped_places, total
from tests.support.corpus import CORPUS
from tests.support.logs import lines, written
from tests.support.stored import assert_nowhere, rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.answers import Run

FOLDER = CORPUS / "langfuse"
WORDS = "PLANTED-my-diagnosis-is"
# What a batch export calls otherwise, or does not have.
RENAMED = {"providedModelName": "model", "tags": "traceTags", "sessionId": None}


def observation(number: int = 1, **more: object) -> dict[str, Any]:
    return {
        "id": f"{0xA1B2C3D4E5F61000 + number:016x}",
        "traceId": f"{number:032x}",
        "type": "GENERATION",
        "parentObservationId": None,
        "startTime": "2026-10-05T10:00:00.000Z",
        "endTime": "2026-10-05T10:00:01.000Z",
        "level": "DEFAULT",
        "model": "openai/gpt-oss-120b",
        "usageDetails": {"input": 10, "output": 2, "total": 12},
        "totalCost": 0,
        **more,
    }


def below(number: int, parent: int | None, kind: str = "GENERATION") -> dict[str, Any]:
    """An observation of one trace, of `number` tokens in and 1 out."""
    return observation(
        number,
        traceId="one",
        type=kind,
        parentObservationId=None if parent is None else observation(parent)["id"],
        usageDetails={"input": number, "output": 1, "total": number + 1},
    )


def page() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / "page_v2.json").read_text("utf-8"))["data"]
    return found


def exported(record: dict[str, Any]) -> dict[str, Any]:
    """The observation as a batch export names its fields."""
    return {RENAMED.get(key, key) or "": value for key, value in record.items() if RENAMED.get(key, key)}


def as_csv(records: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    sheet.writerow(records[0])
    sheet.writerows([json.dumps("" if cell is None else cell) for cell in record.values()] for record in records)
    return out.getvalue().encode()


def as_trace(records: list[dict[str, Any]]) -> bytes:
    trace = {"id": records[0]["traceId"], "projectId": "prj_demo", "userId": "alice", "sessionId": "session-1"}
    return json.dumps({"trace": trace | {"tags": ["prod", "eu"]}, "observations": records}).encode()


def stored(run: Run, tmp_path: Path, usage: dict[str, int]) -> dict[str, str]:
    """The one request that an observation with this usage becomes."""
    record = observation(usageDetails=usage)
    assert run("import", written(tmp_path / "one.jsonl", lines([record]))).code == 0
    (row,) = rows(tmp_path / "usage.duckdb", "requests")
    return row


def tokens(row: dict[str, str]) -> tuple[str, ...]:
    names = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output", "reasoning", "reported_total")
    return tuple(row[f"{name}_tokens"] for name in names)


# --- which observations are requests ------------------------------------------------------------------


def test_the_numbers_of_the_real_traces(run: Run) -> None:
    """Falls with every generation counted: agno would have 3839 tokens and 0.0009822 dollars."""
    found = {}
    for file, since, until in (
        ("agno-2025-06-11", "2025-06-11", "2025-06-12"),
        ("crewai-2025-07-11", "2025-07-11", "2025-07-12"),
        ("vertex-ai-2025-08-01", "2025-08-01", "2025-08-02"),
        ("openai-agents-2025-09-30", "2025-09-30", "2025-10-01"),
    ):
        assert run("import", FOLDER / f"{file}.trace.json").code == 0
        outcome = run("stats", "--since", since, "--until", until, "--format", "json")
        whole = json.loads(outcome.out, parse_float=Decimal)["total"]
        names = ("requests", "input_tokens", "output_tokens", "total_tokens", "cost_usd")
        found[file] = tuple(whole[name] for name in names)
    assert 663 + 163 == 826
    assert 225 + 20 == 245
    assert found == {
        "agno-2025-06-11": (2, 826, 245, 1071, Decimal("0.000234449999") + Decimal("0.00003645")),
        "crewai-2025-07-11": (1, 190, 164, 354, Decimal("0.0001269")),
        # 5 and 845 are not 2023: only the total is known.
        "vertex-ai-2025-08-01": (1, None, None, 2023, Decimal("0.00085")),
        "openai-agents-2025-09-30": (2, 85 + 55, 29 + 15, 114 + 70, Decimal("0.000402") + Decimal("0.00023")),
    }


def test_a_generation_above_another_one_is_none_whatever_stands_between(run: Run, tmp_path: Path) -> None:
    """Falls where only the direct parent is looked at: 1 above spans above 4, and 5 above 6 above 7."""
    chain = [below(1, None), below(2, 1, "SPAN"), below(3, 2, "TOOL"), below(4, 3)]
    others = [below(5, None), below(6, 5), below(7, 6), below(8, None)]
    run("import", written(tmp_path / "log.jsonl", lines([*reversed(chain), *others])))
    assert measures(run)[:4] == (3, 0, 4 + 7 + 8, 3)
    (record,) = table(tmp_path / "usage.duckdb", "imports")
    assert (record["read"], record["new"], record["skipped"]) == (8, 3, 5)
    assert skipped_places(run) == []


def test_an_embedding_does_not_hide_the_generation_above_it(run: Run, tmp_path: Path) -> None:
    run("import", written(tmp_path / "log.jsonl", lines([below(1, None), below(2, 1, "EMBEDDING")])))
    assert measures(run)[:4] == (2, 0, 3, 2)


def test_a_circle_of_parents_ends(run: Run, tmp_path: Path) -> None:
    """Spans that are each other's parent above a generation, and a generation that is its own parent."""
    spans = [below(1, 2, "SPAN"), below(2, 1, "SPAN"), below(3, 1), below(4, 4)]
    assert run("import", written(tmp_path / "log.jsonl", lines(spans))).code == 0
    assert measures(run)[:4] == (2, 0, 7, 2)


def test_a_short_id_of_another_trace_is_no_parent(run: Run, tmp_path: Path) -> None:
    first = observation(1, id="a", traceId="one")
    second = observation(2, id="b", traceId="two", parentObservationId="a")
    run("import", written(tmp_path / "log.jsonl", lines([first, second])))
    assert measures(run)[:4] == (2, 0, 20, 4)


def test_a_trace_that_stands_there_many_times_is_one(run: Run, tmp_path: Path) -> None:
    """Each of its observations has each of its parents but once: pairs of all of them would take hours."""
    trace = [below(9, None, "SPAN"), *(below(n, 9 if n == 1 else n - 1) for n in range(1, 9))]
    assert run("import", written(tmp_path / "log.jsonl", lines(trace * 5000))).code == 0
    assert measures(run)[:4] == (1, 0, 8, 1)


def test_what_stands_in_another_file_is_not_seen(run: Run, tmp_path: Path) -> None:
    """A wrapper in one file and its call in another are two requests: said in the documentation."""
    for number, record in enumerate([below(1, None), below(2, 1)]):
        run("import", written(tmp_path / f"{number}.jsonl", lines([record])))
    assert measures(run)[:4] == (2, 0, 3, 2)


# --- what the buckets mean ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        # Reasoning beside the output, and inside it: the total decides.
        ({"input": 179, "output": 35, "output_reasoning": 64, "total": 278}, ("179", "", "", "", "99", "64", "278")),
        (
            {"input": 6, "output": 2055, "completion_details.reasoning": 1104, "total": 2061},
            ("6", "", "", "", "2055", "1104", "2061"),
        ),
        (
            {"input": 6, "output": 2055, "output_reasoning": 1104, "total": 2061},
            ("6", "", "", "", "2055", "1104", "2061"),
        ),
        # Cached tokens beside the input, and inside it.
        ({"input": 10, "input_cached_tokens": 90, "output": 5, "total": 105}, ("100", "90", "", "", "5", "", "105")),
        ({"input": 100, "input_cached_tokens": 90, "output": 5, "total": 105}, ("100", "90", "", "", "5", "", "105")),
        (
            {"input": 10, "prompt_details.cache_read": 90, "output": 5, "total": 105},
            ("100", "90", "", "", "5", "", "105"),
        ),
        # Read inside, written beside; an audio part beside.
        (
            {"input": 100, "input_cache_read": 60, "input_cache_creation": 40, "output": 5, "total": 145},
            ("140", "60", "40", "", "5", "", "145"),
        ),
        (
            {"input": 10, "input_audio": 7, "output": 5, "output_audio": 3, "total": 25},
            ("17", "", "", "", "8", "", "25"),
        ),
        # Without a total the name of the key decides.
        ({"input": 10, "cache_read_input_tokens": 90, "output": 5}, ("100", "90", "", "", "5", "", "")),
        (
            {"prompt_tokens": 100, "prompt_details.cached": 90, "completion_tokens": 5},
            ("100", "90", "", "", "5", "", ""),
        ),
        # More cached than sent at all: input was without it, and the total is not the whole.
        ({"input": 10, "cache_read_input_tokens": 90, "output": 5, "total": 15}, ("", "", "", "", "", "", "15")),
        # Nothing fits, nothing is known, or only a total.
        ({"input": 5, "output": 845, "total": 2023}, ("", "", "", "", "", "", "2023")),
        ({"input": 0, "output": 0, "total": 0}, ("", "", "", "", "", "", "")),
        ({}, ("", "", "", "", "", "", "")),
        ({"total": 7}, ("", "", "", "", "", "", "7")),
        ({"something_new": 3}, ("", "", "", "", "", "", "")),
    ],
)
def test_the_buckets_are_what_adds_up_to_the_total(
    run: Run, tmp_path: Path, usage: dict[str, int], expected: tuple[str, ...]
) -> None:
    assert tokens(stored(run, tmp_path, usage)) == expected


def test_no_usage_and_a_cost_of_0_are_unknown(run: Run, tmp_path: Path) -> None:
    """Falls where `{}` and 0 are read as nothing spent."""
    row = stored(run, tmp_path, {})
    assert (row["input_tokens"], row["reported_cost_usd"], row["reported_cost_kind"]) == ("", "", "")
    assert total(run)["unmetered_requests"] == 1


def test_characters_are_no_tokens(run: Run) -> None:
    """Falls where `usage` is read whatever its unit: 900 and 300 characters would be tokens."""
    run("import", FOLDER / "page_v1.json")
    assert measures(run)[:4] == (6, 0, 100 + 10 + 20 + 30, 50 + 5 + 6 + 7)
    assert total(run)["cost_usd"] is not None


def test_times_are_those_of_the_clock(run: Run, tmp_path: Path) -> None:
    """Falls where `latency` is believed: 1707 seconds of a call of 1.707; a first token after 350 seconds of it."""
    run("import", FOLDER / "page_v1.json")
    stored_rows = rows(tmp_path / "usage.duckdb", "requests")
    found = {row["upstream_id"][-4:]: (row["duration_ms"], row["ttft_ms"]) for row in stored_rows}
    assert found["0001"] == ("1707", "350")
    assert found["0002"] == ("1707", "")


def test_times_beyond_all_clocks_are_unknown(run: Run, tmp_path: Path) -> None:
    """A start makes a bad record, an end does not."""
    first, last = "290000-01-01 (BC)", "294000-01-01"
    records = [
        observation(1),
        observation(2, startTime=first, endTime=last),
        observation(3, endTime=first, completionStartTime=first),
        observation(4, endTime=last, completionStartTime=last, timeToFirstToken=1e300),
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(records))).code == 0
    found = rows(tmp_path / "usage.duckdb", "requests")
    assert [(row["duration_ms"], row["ended_at"], row["ttft_ms"]) for row in found] == [
        ("1000", "", ""),
        *[("",) * 3] * 2,
    ]


@pytest.mark.parametrize("kind", ["client", "billed"])
def test_the_cost_is_what_a_client_reckoned(run: Run, tmp_path: Path, kind: str) -> None:
    record = observation(totalCost=None, costDetails={"input": 1e-05, "output": 2.5e-06, "total": 1.25e-05})
    options = [] if kind == "client" else ["--set", f"cost_kind={kind}"]
    run("import", written(tmp_path / "log.jsonl", lines([record])), *options)
    (row,) = rows(tmp_path / "usage.duckdb", "requests")
    assert (row["reported_cost_usd"], row["reported_cost_kind"]) == ("0.0000125", kind)


# --- who a request is ---------------------------------------------------------------------------------


def test_an_observation_is_one_request_in_whatever_file_it_comes(run: Run, tmp_path: Path) -> None:
    """Falls where the container, the host or the way a time is written becomes part of the identity."""
    import pyarrow as pa
    from pyarrow import parquet

    records = page()
    sheet = [exported(record) for record in records]
    cells = [{key: None if cell is None else json.dumps(cell).strip('"') for key, cell in row.items()} for row in sheet]
    for row in cells:
        row["startTime"] = str(row["startTime"]).replace("T", " ").rstrip("Z")
    parquet.write_table(pa.Table.from_pylist(cells), tmp_path / "f.parquet")
    files: list[str | Path] = [
        written(tmp_path / "a.csv", as_csv(sheet)),
        written(tmp_path / "b.jsonl", lines(records)),
        written(tmp_path / "c.json", json.dumps(sheet, indent=1).encode()),
        written(tmp_path / "d.json", as_trace(records)),
        written(tmp_path / "e.jsonl", as_trace(records) + b"\n" + as_trace(records) + b"\n"),
        tmp_path / "f.parquet",
        FOLDER / "page_v2.json",
    ]
    for file in files:
        outcome = run("import", file)
        assert (outcome.code, outcome.err) == (0, "")
    assert [record["read"] for record in table(tmp_path / "usage.duckdb", "imports")] == [14, 14, 14, 14, 28, 14, 14]
    first = rows(tmp_path / "usage.duckdb", "requests")
    assert len(first) == 11
    assert {row["session"] for row in first} == {"session-1"}
    (tmp_path / "usage.duckdb").unlink()
    run("import", *reversed(files))
    assert rows(tmp_path / "usage.duckdb", "requests") == first


def test_a_file_in_two_halves_and_once_more_as_a_whole(run: Run, tmp_path: Path) -> None:
    records = [observation(number) for number in range(1, 7)]
    for number, part in enumerate([records[:4], records[2:], records, records[::-1]]):
        run("import", written(tmp_path / f"{number}.jsonl", lines(part)))
    assert measures(run)[:4] == (6, 0, 60, 12)


def test_ids_of_ones_own_making_count_in_their_trace(run: Run, tmp_path: Path) -> None:
    """Falls where `gen-1` is somebody by itself."""
    run("import", FOLDER / "page_v1.json")
    assert [row["upstream_id"] for row in rows(tmp_path / "usage.duckdb", "requests")].count("gen-1") == 2


# --- records of another form --------------------------------------------------------------------------


def test_bad_records_in_a_trace_are_told_by_their_place(run: Run, tmp_path: Path) -> None:
    good, late = observation(1), observation(2, startTime=None)
    content = as_trace([good, late]) + b"\n{\n" + as_trace([observation(3), observation(4, type=None)]) + b"\n"
    run("import", written(tmp_path / "log.jsonl", content))
    assert measures(run)[0] == 2
    assert sorted(skipped_places(run)) == [[2, 1, "no time"], [3, 2, "not valid JSON"], [5, 3, "no type"]]


def test_wrong_types_lose_no_record(run: Run, tmp_path: Path) -> None:
    odd = [
        observation(1, usageDetails="much", tags="one", completionStartTime="soon", level=7, userId=5),
        observation(2, usageDetails=[1, 2], costDetails="free", tags={"a": 1}, endTime=12, sessionId={"a": 1}),
        observation(3, trace="none", timestamp={}, usage=4, totalCost="0.25"),
    ]
    assert run("import", written(tmp_path / "log.jsonl", lines(odd))).code == 0
    assert measures(run)[0] == 3
    assert skipped_places(run) == []


def test_no_prompt_or_answer_is_stored(run: Run, tmp_path: Path) -> None:
    said = {"input": [{"role": "user", "content": WORDS}], "output": {"content": WORDS}, "metadata": {"note": WORDS}}
    said |= {"statusMessage": WORDS, "modelParameters": {"instructions": WORDS}, "name": WORDS, "toolCalls": [WORDS]}
    records = [
        observation(1, **said, level="ERROR"),
        observation(2, **said, usageDetails={"input": WORDS, WORDS: 1}),
        observation(3, **said, startTime=WORDS),
        observation(4, **said, type=WORDS),
        observation(5, **said, totalCost=WORDS),
    ]
    trace = json.loads(as_trace(records[:1]))
    trace["trace"] |= said | {"scores": [{"comment": WORDS}]}
    content = lines(records) + json.dumps(records[0]).encode()[:-9] + b"\n" + json.dumps(trace).encode() + b"\n"
    assert run("import", written(tmp_path / "log.jsonl", content)).code == 0
    assert run("import", written(tmp_path / "log.csv", as_csv([exported(record) for record in records]))).code == 0
    assert measures(run)[0] == 1
    assert_nowhere(tmp_path, WORDS)


@pytest.mark.parametrize(
    ("usage", "written"),
    [
        ({"cache_write.5m": 200, "cache_write.1h": 30}, ("200", "30")),
        ({"cache_write.ephemeral_5m": 200}, ("200", "")),
        ({"cache_write_tokens": 200}, ("200", "")),
        ({"input_cache_write_1h": 30, "input_cache_write": 230}, ("", "30")),
        ({"cache_write": {"5m": 200, "1h": 30}}, ("200", "30")),
    ],
)
def test_what_was_written_to_a_cache_is_known_by_many_names(
    run: Run, tmp_path: Path, usage: dict[str, Any], written: tuple[str, str]
) -> None:
    sums = {"input": 100, "output": 10} | usage
    path = tmp_path / "log.jsonl"
    path.write_bytes(lines([observation(1, usageDetails=sums)]))
    assert run("import", path).code == 0
    (row,) = rows(tmp_path / "usage.duckdb", "requests")
    assert (row["cache_write_5m_tokens"], row["cache_write_1h_tokens"]) == written
    assert int(row["input_tokens"]) == 100 + sum(int(each or 0) for each in written)
