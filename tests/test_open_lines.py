"""A file that is read while its last line is being written: what half a line brought goes once the line is whole."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.corpus import CORPUS
from tests.support.ledgers import few
from tests.support.stored import as_rows, contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

HEADINGS = "time,model,provider,input tokens,output tokens,latency ms\n"
LINES = [
    "2026-11-20T10:00:00Z,a,p,100,10,1500\n",
    "2026-11-20T10:00:01Z,a,p,200,20,1234\n",
    "2026-11-20T10:00:01Z,a,p,200,20,1234\n",
]
LOGS = {
    "log.csv": HEADINGS + "".join(LINES),
    "ids.csv": "time,id,provider,output tokens,cost\n"
    + "".join(f"2026-11-20T10:00:0{n}Z,req-0123456789abcdef{n},p,1{n},0.12{n}4\n" for n in range(3)),
    "log.jsonl": "".join(
        json.dumps({"timestamp": f"2026-11-20T10:00:0{n}Z", "model": "é", "provider": "p", "input_tokens": 1234}) + "\n"
        for n in range(3)
    ),
    "days.csv": "date,provider,requests,input tokens\n2026-11-20,p,3,1234\n2026-11-21,p,14,5678\n",
}


def told(run: Run, database: Path) -> dict[str, Any]:
    """All that is stored, without what came from where, and what was skipped."""
    found = contents(database, "requests", "statements")
    skipped = [row["reason"] for row in run("skipped", "--format", "json").json["rows"]]
    return {name: as_rows(name, result) for name, result in found.items()} | {"skipped": skipped}


def assert_adds_up(run: Run) -> None:
    outcomes = ("new", "already_stored", "improved", "replaced", "repeat", "skipped")
    for record in run("imports", "--format", "json").json["rows"]:
        assert record["read"] == sum(record[name] for name in outcomes)


@pytest.mark.parametrize("name", LOGS)
@few(15)
@given(data=st.data())
def test_wherever_a_file_was_cut_in_the_end_it_is_the_whole(
    run: Run, tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    content = LOGS[name].encode()
    cuts = data.draw(st.lists(st.integers(1, len(content)), min_size=1, max_size=3, unique=True).map(sorted))
    whole = folder / "whole" / name
    whole.parent.mkdir()
    whole.write_bytes(content)
    assert run("import", whole, "--db", folder / "whole.duckdb").code == 0
    file = folder / name
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("USAGE_DB", str(folder / "parts.duckdb"))
        for cut in (*cuts, len(content)):
            file.write_bytes(content[:cut])
            run("import", file)  # one without any record is refused
        parts = told(run, folder / "parts.duckdb")
        assert_adds_up(run)
        patched.setenv("USAGE_DB", str(folder / "whole.duckdb"))
        assert parts == told(run, folder / "whole.duckdb")


def test_half_a_number_goes_and_half_a_record_is_no_longer_skipped(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    database = tmp_path / "usage.duckdb"
    file.write_text(HEADINGS + LINES[0] + LINES[1][:-3], "utf-8")
    run("import", file)
    assert [row["duration_ms"] for row in told(run, database)["requests"]] == ["1500", "12"]
    file.write_text(HEADINGS + LINES[0] + LINES[1], "utf-8")
    assert "2 new" in run("import", file).out
    assert [row["duration_ms"] for row in told(run, database)["requests"]] == ["1500", "1234"]
    log = tmp_path / "log.jsonl"
    content = (CORPUS / "jsonl/iso.ndjson").read_bytes()
    log.write_bytes(content[:-20])
    run("import", log, "--source-tz", "UTC")
    assert told(run, database)["skipped"] == ["not valid JSON"]
    log.write_bytes(content)
    run("import", log, "--source-tz", "UTC")
    assert told(run, database)["skipped"] == []


def test_another_file_of_that_name_takes_nothing_back(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    for place, line in enumerate(LINES[:2], 1):
        file.write_text(HEADINGS + line.rstrip("\n") + ("5" * place), "utf-8")
        run("import", file)
    assert run("stats", "--format", "json").json["total"]["requests"] == 2


def test_a_last_line_that_was_whole_stays(run: Run, tmp_path: Path) -> None:
    """An export need not end its last line: nothing is taken back where only the end of the line came."""
    file = tmp_path / "log.csv"
    file.write_text(HEADINGS + "".join(LINES[:2]).rstrip("\n"), "utf-8")
    run("import", file)
    file.write_text(HEADINGS + "".join(LINES), "utf-8")
    outcome = run("import", file)
    assert "1 new, 2 already stored" in outcome.out
    reader = csv.DictReader(io.StringIO(run("imports", "--format", "csv").out))
    assert [row["new"] for row in reader] == ["2", "1"]
