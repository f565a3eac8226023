"""Numbers that were once wrong, each with the smallest log that showed it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

pytestmark = pytest.mark.threads
ALL = ("stats", "--period", "all", "--format", "json")


@pytest.fixture
def log(run: Callable[..., Outcome], tmp_path: Path) -> Callable[..., Outcome]:
    """Write a file and import it."""

    def import_(name: str, content: str, *options: str) -> Outcome:
        path = tmp_path / name
        path.write_bytes(content.encode("utf-8"))
        return run("import", path, *options)

    return import_


def total(run: Callable[..., Outcome]) -> dict[str, Any]:
    outcome = run(*ALL)
    assert outcome.code == 0, outcome.err
    found = outcome.json["total"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("columns", ["Total Tokens", "Input Tokens", "Output Tokens"])
def test_half_known_tokens_are_not_priced(
    run: Callable[..., Outcome], log: Callable[..., Outcome], columns: str
) -> None:
    assert log("a.csv", f"Time,Model,{columns}\n2026-11-01T00:00:00Z,openai/gpt-oss-120b,1000000\n").code == 0
    assert total(run)["cost_usd"] is None
    assert total(run)["unmetered_requests"] == 1


def test_statement_rows_without_a_key_count_beside_those_with_one(
    run: Callable[..., Outcome], log: Callable[..., Outcome]
) -> None:
    assert log("a.csv", "Date,Access Key,Requests\n2026-11-01,alice,10\n2026-11-01,,5\n").code == 0
    assert total(run)["requests"] == 15


def test_a_column_more_or_less_does_not_make_other_requests(
    run: Callable[..., Outcome], log: Callable[..., Outcome]
) -> None:
    row = "2026-11-01T00:00:0{}Z,m,5,100"
    head = "Time,Model,Total Tokens,Latency (ms)"
    assert log("a.csv", "\n".join([head, row.format(1), row.format(2), ""])).code == 0
    assert log("a.csv", "\n".join([head, *(row.format(n) for n in (1, 2, 3)), ""]), "--map", "duration_ms=").code == 0
    assert total(run)["requests"] == 3
    rows = [row.format(n) + ",p" for n in (1, 2, 3)]
    assert log("a.csv", "\n".join([head + ",Project", *rows, ""])).code == 0
    assert total(run)["requests"] == 3


def test_short_ids_keep_requests_apart(run: Callable[..., Outcome], log: Callable[..., Outcome]) -> None:
    for number in (101, 102):
        assert log(f"{number}.csv", f"Time,Request ID,Tokens\n2026-11-01T00:00:00Z,{number},5\n").code == 0
    assert total(run)["requests"] == 2


def test_an_unclosed_quote_loses_nothing_silently(run: Callable[..., Outcome], log: Callable[..., Outcome]) -> None:
    rows = [f"2026-11-01T00:00:00Z,{'' if n != 500 else chr(34)}m{n},5" for n in range(1000)]
    outcome = log("a.csv", "\n".join(["Time,Model,Tokens", *rows, ""]))
    assert outcome.code == 1
    assert "a quote that begins in record" in outcome.err
    assert run("stats").code == 1


@pytest.mark.parametrize(
    ("cell", "options", "expected"),
    [
        ("05/11/2026 10:00 +0200", ("--time-format", "%d/%m/%Y %H:%M %z"), "2026-11-05T08:00:00+00:00"),
        ("2026-11-05 10:00:00 GMT+8", (), "2026-11-05T02:00:00+00:00"),
        ("2026-11-05 10:00:00 UTC-05:30", (), "2026-11-05T15:00:00+00:00"),
        ("2026-11-05 10:00:00 +0800", (), "2026-11-05T02:00:00+00:00"),
        ("2026-11-05T10:00:00.5+08", (), "2026-11-05T02:00:00+00:00"),
        ("2026-11-05 9:05 UTC", (), "2026-11-05T09:00:00+00:00"),
    ],
)
def test_offsets_are_taken_once(
    run: Callable[..., Outcome], log: Callable[..., Outcome], cell: str, options: tuple[str, ...], expected: str
) -> None:
    assert log("a.csv", f"Time,Tokens\n{cell},5\n", "--source-tz", "Asia/Tokyo", *options).code == 0
    rows = run(*ALL, "--every", "hour", "--tz", "UTC").json["rows"]
    assert [row["bucket"] for row in rows] == [expected]


@pytest.mark.parametrize("zone", ["EST", "Asia/Shanghai", "foo"])
def test_a_zone_that_is_not_understood_is_not_passed_over(log: Callable[..., Outcome], zone: str) -> None:
    outcome = log("a.csv", f"Time,Tokens\n2026-11-05 10:00:00 {zone},5\n")
    assert outcome.code == 1
    assert "time not understood" in outcome.err


def test_an_implausible_time_is_skipped(run: Callable[..., Outcome], log: Callable[..., Outcome]) -> None:
    assert log("a.csv", "Time,Tokens\n0001-01-01T00:00:00Z,5\n2026-11-05T10:00:00Z,5\n").code == 0
    for zone in ("America/New_York", "Asia/Tokyo"):
        assert run(*ALL, "--tz", zone).json["total"]["requests"] == 1


def test_numbers_out_of_range_spoil_one_record_at_most(
    run: Callable[..., Outcome], log: Callable[..., Outcome]
) -> None:
    rows = [
        '{"time": 1795390680, "tokens": 5, "duration_ms": 1e20}',
        '{"time": 1795390681, "tokens": 5, "cost": 99999999999999999999999999}',
        '{"time": 1795390682, "tokens": 5, "cost": 0.5}',
    ]
    outcome = log("a.jsonl", "\n".join(rows) + "\n")
    assert "2 new, 1 skipped (1 cost_usd is not an amount in US dollars)" in outcome.out
    assert total(run)["requests"] == 2


def test_mixed_line_ends_are_read(run: Callable[..., Outcome], log: Callable[..., Outcome]) -> None:
    assert log("a.csv", "Time,Tokens\n2026-11-01T00:00:00Z,1\r\n2026-11-02T00:00:00Z,3\n").code == 0
    assert total(run)["total_tokens"] == 4


def test_a_folder_with_one_bad_file_can_be_imported_again(run: Callable[..., Outcome], tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.csv").write_text("Time,Tokens\n2026-11-01T00:00:00Z,1\n", "utf-8")
    (folder / "NOTES.txt").write_text("Dear diary\n", "utf-8")
    assert run("import", folder).code == 0
    again = run("import", folder)
    assert again.code == 0
    assert "Passed over" in again.out


def test_what_came_through_a_pipe_twice_is_forgotten_once(run: Callable[..., Outcome]) -> None:
    first = b"Time,Tokens\n2026-11-01T00:00:00Z,1\n2026-11-02T00:00:00Z,1\n"
    assert run("import", "-", stdin=first).code == 0
    assert "1 new, 2 already stored" in run("import", "-", stdin=first + b"2026-11-03T00:00:00Z,1\n").out
    assert run("forget", "1").code == 0
    assert total(run)["requests"] == 3


def test_secrets_are_told_from_names(run: Callable[..., Outcome], log: Callable[..., Outcome]) -> None:
    cells = ["alice sk-Abcdefghij1234567890", "sk-abc123def456", "production-batch-worker-2024-eu", "team alpha"]
    rows = "".join(f"2026-11-01T00:00:0{n}Z,{cell},5\n" for n, cell in enumerate(cells))
    assert log("a.csv", "Time,Access Key,Tokens\n" + rows).code == 0
    out = run("stats", "--by", "key", "--format", "csv").out
    keys = {row["access_key"] for row in csv.DictReader(io.StringIO(out, newline=""))}
    assert {"production-batch-worker-2024-eu", "team alpha"} < keys
    assert not any("sk-" in key for key in keys)


def test_skipped_lines_of_a_changed_file_are_not_shown(
    run: Callable[..., Outcome], log: Callable[..., Outcome], tmp_path: Path
) -> None:
    good = '{"time": 1795390680, "tokens": 5}\n'
    assert log("a.jsonl", good + "bad\n" + good).code == 0
    assert "    bad" in run("skipped", "--show").out
    (tmp_path / "a.jsonl").write_text(good * 4, "utf-8")
    assert "    " not in run("skipped", "--show").out
