"""Where the headings of a CSV stand, and that a file reads alike however it was saved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli.importing import heading_rows, shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

HEADINGS = ["Time", "Model", "Input Tokens", "Note", "Cost (USD)"]
ROWS = [
    ["2026-10-28 09:05:07", "acme/größe", "1234", 'said "so, and"; a|b\tc', "0.25"],
    ["2026-10-28 14:05:00", "acme/größe", "7", "", "0.5"],
]
RIGHT = [("acme/größe", 1234, 0.25), ("acme/größe", 7, 0.5)]


def quoted(cell: str, delimiter: str) -> str:
    special = any(letter in cell for letter in (delimiter, '"', "\n", "\r"))
    return '"' + cell.replace('"', '""') + '"' if special else cell


def table(delimiter: str = ",", ending: str = "\n", headings: list[str] = HEADINGS) -> str:
    return "".join(delimiter.join(quoted(cell, delimiter) for cell in row) + ending for row in (headings, *ROWS))


def read(run: Run, path: Path, content: str | bytes, *options: str) -> list[tuple[str, int, float]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    outcome = run("import", path, "--source-tz", "UTC", "--set", "provider=acme", *options)
    assert outcome.code == 0, outcome.err
    rows = run("requests", "--period", "all", "--sort", "newest", "--format", "json").json["rows"]
    return [(row["model"], row["input_tokens"], float(row["cost_usd"])) for row in reversed(rows)]


ABOVE = {
    "a title": "Usage Report\n",
    "titles over several lines": "Usage Report\nACME Inc., Berlin\n\n",
    "a title that is filled up": "Usage Report,,,,\n,,,,\n",
    "what is asked for": "Report,Usage\nFrom,2026-10-01\nUntil,2026-10-30\n\n",
    "comments": "# exported 2026-10-30, by: me\n#\n# all times UTC\n",
    "blank lines": "\n\n\n",
    "a title in quotes": '"Usage, of the\nwhole team"\n',
    "a title and a comment": "Usage\n# of November\n",
    "a title in brackets": "[Usage Report]\n",
}


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_what_stands_above_the_headings_is_no_record(run: Run, tmp_path: Path, above: str) -> None:
    assert read(run, tmp_path / "log.csv", above + table()) == RIGHT


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("above", ["", "Usage Report{end}{end}"], ids=["bare", "titled"])
def test_every_mark_and_line_end(run: Run, tmp_path: Path, delimiter: str, ending: str, above: str) -> None:
    assert read(run, tmp_path / "log.csv", above.replace("{end}", ending) + table(delimiter, ending)) == RIGHT


@pytest.mark.parametrize("named", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_a_mark_that_the_first_line_names(run: Run, tmp_path: Path, named: str) -> None:
    assert read(run, tmp_path / "log.csv", named + table(";")) == RIGHT


def test_an_unusual_mark_that_the_first_line_names(run: Run, tmp_path: Path) -> None:
    assert read(run, tmp_path / "log.csv", "sep=^\n" + table("^")) == RIGHT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("above", ["", "Usage Report\n"], ids=["bare", "titled"])
def test_every_unicode_encoding_with_and_without_a_mark(
    run: Run, tmp_path: Path, encoding: str, ending: str, above: str
) -> None:
    assert read(run, tmp_path / "log.csv", (above + table(ending=ending)).encode(encoding)) == RIGHT


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_of_both_orders_with_a_mark(run: Run, tmp_path: Path, mark: bytes) -> None:
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert read(run, tmp_path / "log.csv", mark + table().encode(order)) == RIGHT


def test_headings_over_several_lines(run: Run, tmp_path: Path) -> None:
    headings = ["Time\n(UTC)", "Model", "Input\r\nTokens", "Note", "Cost\n\n(USD)"]
    assert read(run, tmp_path / "log.csv", table(headings=headings)) == RIGHT


def test_comments_below_the_headings_are_no_records(run: Run, tmp_path: Path) -> None:
    content = table() + "# the end\n#,,,,\n"
    path = tmp_path / "log.csv"
    assert read(run, path, content.replace("#,,,,\n", "")) == RIGHT
    assert "not a request: a comment" in run("import", path, "--again", "--set", "provider=acme").out
    assert "comment" not in run("skipped").out


def test_a_hash_before_the_first_heading(run: Run, tmp_path: Path) -> None:
    assert read(run, tmp_path / "log.csv", "# " + table()) == RIGHT


def test_lines_to_skip_are_counted_by_the_user(run: Run, tmp_path: Path) -> None:
    above = "Time,Total Cost\n2026-10-30,0.75\n\n"
    assert read(run, tmp_path / "log.csv", above + table(), "--skip-lines", "3") == RIGHT


def test_of_lines_to_skip_a_change_reads_the_file_again(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    assert read(run, path, "Usage\n" + table()) == RIGHT
    assert "not changed" in run("import", path, "--source-tz", "UTC", "--set", "provider=acme").out
    outcome = run("import", path, "--source-tz", "UTC", "--set", "provider=acme", "--skip-lines", "1")
    assert "2 new" in outcome.out
    assert "with other settings before" in outcome.out


def test_the_lines_of_bad_records_count_what_is_above_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text('Usage\n\nTime,"Input\nTokens"\n2026-10-28 09:05:07,1\n2026-10-28 09:05:08,x\n')
    assert run("import", path, "--set", "provider=acme").code == 0
    assert [row["line"] for row in run("skipped", "--format", "json").json["rows"]] == [6]


def test_a_source_that_is_known_by_its_headings_may_have_a_title(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "usage.csv"
    path.write_text("Usage\n\ndate,model,cache read,input (w/o cache write)\n2026-10-28,auto,1,2\n", "utf-8")
    assert "Cursor" in run("import", path).err


def test_quotes_behind_backslashes_are_told_by_the_rows_that_can_be_read() -> None:
    meta = [json.dumps({"a": "x,y"}), json.dumps({"b": 'say "no"'}), "{}"]
    lines = "".join(f'2026-10-28,{place},"{text}"\n' for place, text in enumerate(meta))
    head = "Time,Cost,Metadata\n"
    written = lines.replace('{"', '{\\"').replace('":', '\\":').replace(' "', ' \\"').replace('"}', '\\"}')
    assert heading_rows.find(head + written, {}).escape == "\\"
    doubled = '2026-10-28,1,"{""a"": ""x,y"", ""path"": ""C:\\""}"\n'
    assert heading_rows.find(head + doubled, {}).escape == '"'


# --- pages --------------------------------------------------------------------------------------------

RECORD = {"created_at": "2026-10-01T10:00:00.000Z", "model": "acme/größe", "tokens_in": 1234, "cost": 0.25}
OTHER = {"created_at": "2026-10-01T10:01:00.000Z", "model": "acme/größe", "tokens_in": 7, "cost": 0.5}
PAGES: dict[str, dict[str, Any]] = {
    "a list before": {"errors": [], "result": [RECORD, OTHER]},
    "filled lists before": {"errors": [{"code": 1, "at": [1, 2]}], "notes": ["a", "]"], "items": [RECORD, OTHER]},
    "an object before": {"meta": {"page": {"n": 1}, "of": [1]}, "data": [RECORD, OTHER]},
    "an object around the list": {"links": {"next": None}, "data": {"total": {"n": 2}, "items": [RECORD, OTHER]}},
    "all kinds of values before": {"a": None, "b": True, "c": 1.5, "d": '\\"{[', "e": {}, "logs": [RECORD, OTHER]},
    "an object behind": {"result": [RECORD, OTHER], "result_info": {"page": 1}},
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("layout", ["a line", "many lines", "a page a line"])
def test_a_page_is_its_records_whatever_stands_before_them(
    run: Run, tmp_path: Path, page: dict[str, Any], layout: str
) -> None:
    text = json.dumps(page, indent=2 if layout == "many lines" else None)
    if layout == "a page a line":
        text += "\n" + json.dumps(page | {"extra": 1}) + "\n"
    rows = read(run, tmp_path / "page.json", text)
    assert rows == (sorted(RIGHT * 2, key=lambda row: row[2]) if layout == "a page a line" else RIGHT)


def test_a_page_that_is_longer_than_what_is_looked_at(run: Run, tmp_path: Path) -> None:
    times = [
        f"2026-10-01T{hour:02}:{minute:02}:{second:02}Z"
        for hour in range(2)
        for minute in range(30)
        for second in range(30)
    ]
    page = {"errors": [], "result": [RECORD | {"created_at": time} for time in times]}
    assert len(json.dumps(page)) > 100_000
    read(run, tmp_path / "page.json", json.dumps(page))
    assert run("stats", "--period", "all", "--format", "json").json["total"]["requests"] == len(times)


@pytest.mark.parametrize(
    "record",
    [
        {"type": "x", "message": {"content": [{"a": 1}]}, "result": ["text"]},
        {"event": {"a": 1}, "data": {"b": 2, "rows": 3}},
        {"usage": {"prompt_tokens": 1}, "results": [{"a": 1}]},
    ],
)
def test_a_record_with_a_list_of_its_own_is_no_page(record: dict[str, Any]) -> None:
    assert shapes.of_text(json.dumps(record) + "\n", "log.jsonl") == "lines"


@pytest.mark.parametrize("values", [(True, False), ("true", "FALSE"), ("yes", "no")])
def test_whether_something_was_cached_is_no_count(run: Run, tmp_path: Path, values: tuple[object, object]) -> None:
    lines = "".join(
        json.dumps(each | {"cached": value}) + "\n" for each, value in zip((RECORD, OTHER), values, strict=True)
    )
    assert read(run, tmp_path / "log.jsonl", lines) == RIGHT


def test_a_count_of_cached_tokens_is_one(run: Run, tmp_path: Path) -> None:
    read(run, tmp_path / "log.jsonl", json.dumps(RECORD | {"cached": 200}))
    assert run("requests", "--period", "all", "--format", "json").json["rows"][0]["cache_read_tokens"] == 200
