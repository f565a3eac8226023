"""Every format tells the same, and nothing from a log reaches a terminal or a spreadsheet raw."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from instagen_usage_cli import formats
from instagen_usage_cli.output import columns
from instagen_usage_cli.output.columns import cell_width, duration, percent, shortened
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.small_charts import sparkline
from instagen_usage_cli.output.to_data import to_csv, to_json, to_jsonl, to_markdown
from instagen_usage_cli.result import Column, Result
from tests.conftest import LEDGER
from tests.support.terminals import terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

UTC = ZoneInfo("UTC")
AWKWARD = Document(
    name="awkward",
    rows=Result(
        (
            Column("model", "VARCHAR"),
            Column("requests", "BIGINT"),
            Column("total_tokens", "BIGINT"),
            Column("cost_usd", "DECIMAL(38,12)"),
            Column("cost_share_pct", "DOUBLE"),
            Column("started_at", "TIMESTAMP"),
            Column("stream", "BOOLEAN"),
            Column("tags", "VARCHAR[]"),
        ),
        (
            ('a,"b"\nc', 1, 9_999, Decimal("0.000000000001"), 99.97, datetime(2026, 1, 2, 3, 4, 5), True, ["x", "y"]),  # noqa: DTZ001 - naive UTC
            ("=cmd|' /C calc'!A0", 1_234_567, 999_499, Decimal("1234567.890000000000"), 0.01, None, False, []),
            ("\x1b[31mred\x1b[0m|pipe", 0, 999_500, Decimal("0E-12"), 100.0, datetime(2026, 7, 1), None, None),  # noqa: DTZ001
            (None, None, None, None, None, None, None, None),
        ),
    ),
    zone=ZoneInfo("Europe/Paris"),
)


@pytest.mark.parametrize("format_", formats.NAMES)
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("stats", ("stats", "--since", "2026-11-01", "--until", "2026-11-30")),
        ("stats-by-key-and-day", ("stats", "--period", "this-month", "--by", "key,model", "--every", "day", "--wide")),
        ("imports", ("imports",)),
        ("skipped", ("skipped",)),
    ],
)
def test_golden(
    run: Callable[..., Outcome],
    golden: Callable[[str, str], None],
    tmp_path: Path,
    name: str,
    arguments: tuple[str, ...],
    format_: str,
) -> None:
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"time": "2026-11-10T00:00:00Z", "tokens": 5, "model": "m"}\nno json\n[1]\n', "utf-8")
    assert run("import", LEDGER, broken).code == 0
    outcome = run(*arguments, "--format", format_)
    assert (outcome.code, outcome.err) == (0, "")
    # How wide the column of paths is depends on where the test runs.
    out = (
        re.sub(r" {2,}", "  ", outcome.out)
        if (name, format_) in (("imports", "table"), ("skipped", "table"))
        else outcome.out
    )
    golden(f"{name}.{format_}.txt", out)


def test_golden_import_summary(run: Callable[..., Outcome], golden: Callable[[str, str], None], tmp_path: Path) -> None:
    log = tmp_path / "night.csv"
    log.write_text(
        "When;Model;Input Tokens;Output Tokens;Total Tokens\n"
        "2026-10-25 02:30:00;m;1;2;3\n2026-10-26 08:00:00;m;1;2;4\n;m;1;2;3\nTotal;;2;4;7\n",
        "utf-8",
    )
    options = ("--map", "time=when", "--source-tz", "Europe/Paris", "--set", "project=p")
    golden("import.txt", run("import", log, *options).out)
    golden("import-again.txt", run("import", log, LEDGER / "gateway.jsonl", *options).out)
    golden("import-dry-run.txt", run("import", log, "--map", "time=When", "--dry-run").out)


def test_csv_is_rfc_4180_and_guarded() -> None:
    text = to_csv(AWKWARD)
    assert text.endswith("\r\n")
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found[0] == list(AWKWARD.rows.names)
    assert found[1] == ['a,"b"c', "1", "9999", "0.000000000001", "99.97", "2026-01-02T04:04:05+01:00", "true", "x;y"]
    assert found[2][0] == "'=cmd|' /C calc'!A0"
    assert found[2][3] == "1234567.89"
    assert found[3] == ["red|pipe", "0", "999500", "0", "100.0", "2026-07-01T02:00:00+02:00", "", ""]
    assert found[4] == [""] * 8


def test_formats_agree_cell_for_cell() -> None:
    from_csv = list(csv.DictReader(io.StringIO(to_csv(AWKWARD), newline="")))
    from_json = json.loads(to_json(AWKWARD), parse_float=Decimal)["rows"]
    from_lines = [json.loads(line, parse_float=Decimal) for line in to_jsonl(AWKWARD).splitlines()]
    assert from_json == from_lines
    for plain, rich in zip(from_csv, from_json, strict=True):
        for name in ("requests", "total_tokens", "cost_usd"):
            assert (Decimal(plain[name]) if plain[name] else None) == rich[name]
        assert plain["started_at"] == (rich["started_at"] or "")


def test_json_is_a_frozen_contract(run: Callable[..., Outcome]) -> None:
    assert run("import", LEDGER).code == 0
    content = run("stats", "--format", "json").json
    assert content["format"] == 1
    assert list(content) == [
        "format", "report", "window", "every", "total", "before", "cost_basis", "statements", "rows",
    ]  # fmt: skip
    assert list(content["window"]) == ["label", "since", "until", "zone"]
    assert list(content["rows"][0]) == [
        "model", "requests", "failed_requests", "input_tokens", "cache_read_tokens", "output_tokens",
        "reasoning_tokens", "total_tokens", "cost_usd", "cost_share_pct", "unpriced_requests", "unmetered_requests",
    ]  # fmt: skip


def test_exact_numbers_in_json() -> None:
    assert '"cost_usd": 0.000000000001,' in to_json(AWKWARD)
    assert '"cost_usd": 1234567.89,' in to_json(AWKWARD)


def test_markdown_escapes_pipes() -> None:
    assert "red\\|pipe" in to_markdown(AWKWARD)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("0", "$0.00"),
        ("0.0000001", "<$0.000001"),
        ("0.000001", "$0.000001"),
        ("0.00018", "$0.00018"),
        ("0.0041666", "$0.0042"),
        ("0.01", "$0.01"),
        ("1234.5", "$1,234.50"),
        ("-0.5", "-$0.50"),
    ],
)
def test_money(value: str, shown: str) -> None:
    assert columns.money(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0 %"), (0.001, "<0.1 %"), (0.05, "<0.1 %"), (0.051, "0.1 %"), (99.94, "99.9 %"),
        (99.95, ">99.9 %"), (99.97, ">99.9 %"), (100.0, "100.0 %"),
    ],
)  # fmt: skip
def test_percent(value: float, shown: str) -> None:
    assert columns.percent(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (10_000, "10.0 k"),
        (99_949, "99.9 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.0 M"),
        (45_230_000, "45.2 M"),
        (999_949_999, "999.9 M"),
        (999_950_000, "1.0 G"),
    ],
)
def test_short(value: int, shown: str) -> None:
    assert columns.short(value) == shown


def test_shortened_text_keeps_what_tells_models_apart() -> None:
    assert columns.shortened("deepseek-ai/DeepSeek-V3.1", 30) == "deepseek-ai/DeepSeek-V3.1"
    assert columns.shortened("deepseek-ai/DeepSeek-V3.1", 14) == "DeepSeek-V3.1"
    assert columns.shortened("Qwen/Qwen3-235B-A22B-Thinking-2507", 12) == "Qwen3-…-2507"


def test_sparkline() -> None:
    assert sparkline([], 10) == ""
    assert sparkline([1], 10) == ""
    assert sparkline([0, 0], 10) == "▁▁"
    assert sparkline([0, 4, 8], 10) == "▁▄█"
    assert sparkline([1, 1, 1, 1, 0, 0, 0, 0], 2) == "█▁"
    # the same every hour is level, also where bars stand for unequal numbers of hours
    assert sparkline([1] * 31, 22) == "█" * 22
    assert sparkline([None, None, 2, None, 1, 1], 3) == " █▄"


def test_wide_letters_are_shortened_to_their_columns() -> None:
    name = "βeta-ключ-很长的名字"
    for width in range(4, 20):
        assert cell_width(shortened(name, width)) <= width
    assert shortened(name, 20) == name
    assert shortened("很长的名字", 7) == "很长…字"


def test_what_is_not_nothing_is_not_shown_as_nothing() -> None:
    assert (duration(0.5), duration(0), duration(1)) == ("<1 ms", "0 ms", "1 ms")
    assert percent(-0.0) == "0.0 %"


def test_nothing_from_a_log_reaches_the_terminal_raw(run: Callable[..., Outcome], tmp_path: Path) -> None:
    log = tmp_path / "evil.jsonl"
    model = "\x1b]0;owned\x07[bold]m[/bold]\x1b[2J\u202egpj.exe"
    log.write_text(json.dumps({"time": 1795390680, "tokens": 1, "model": model, "key": "\r\n=1+1"}) + "\n", "utf-8")
    assert run("import", log).code == 0
    for format_ in formats.NAMES:
        out = run("stats", "--period", "all", "--by", "model,key", "--format", format_).out
        assert "[bold]m[/bold]" in out  # markup is text
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
    assert "'=1+1" in run("stats", "--period", "all", "--by", "key", "--format", "csv").out


def test_output_file_names_its_format(run: Callable[..., Outcome], tmp_path: Path) -> None:
    assert run("import", LEDGER).code == 0
    for ending, start in (
        (".csv", "model,"),
        (".json", "{"),
        (".jsonl", "{"),
        (".md", "| Model"),
        (".txt", "Last 30 days"),
    ):
        path = tmp_path / f"report{ending}"
        outcome = run("stats", "--output", path)
        assert (outcome.code, outcome.out, outcome.err) == (0, "", "")
        assert path.read_text("utf-8").startswith(start)
    assert sorted(path.name for path in tmp_path.glob(".report*")) == []


def test_piped_table_is_plain_and_not_squeezed(run: Callable[..., Outcome], tmp_path: Path) -> None:
    log = tmp_path / "long.csv"
    name = "organisation/" + "very-long-model-name-" * 12
    log.write_text(f"time,model,tokens\n2026-11-20T00:00:00Z,{name},5\n", "utf-8")
    assert run("import", log).code == 0
    out = run("stats").out
    assert name in out
    assert "\x1b" not in out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("width", [80, 120])
def test_terminal_table_fits_and_cuts_no_number(run: Callable[..., Outcome], width: int) -> None:
    assert run("import", LEDGER).code == 0
    out = terminal(width, "stats", "--by", "model,key,project", TERM="dumb")
    lines = out.replace("\r\n", "\n").split("\n")
    assert max(len(line) for line in lines) <= width
    assert "1,000" in out or "1.0 M" in out
    table = [line for line in lines if "gpt-oss" in line or "model-x" in line]
    assert table
    assert all("…" not in line[30:] for line in table)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_colour_only_on_a_terminal_that_wants_it(run: Callable[..., Outcome]) -> None:
    assert run("import", LEDGER).code == 0
    assert "\x1b[" in terminal(100, "stats", raw=True)
    assert "\x1b[3" not in terminal(100, "stats", raw=True, NO_COLOR="1")


def test_closed_pipe_is_silent(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """Of an answer of which a pipe holds a part only, which is 64 KiB on Linux."""
    log = tmp_path / "many.csv"
    log.write_text("time,model,tokens\n" + "".join(f"2026-11-20T00:00:00Z,model-{n},5\n" for n in range(3000)), "utf-8")
    assert run("import", log).code == 0
    for format_ in ("csv", "jsonl", "table"):
        command = f"{sys.executable} -m instagen_usage_cli stats --format {format_} | head -1"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607 - any bash
        assert done.stdout
        assert done.stderr == ""


def test_markdown_has_no_html_link_or_picture_of_a_name(
    run: Callable[..., Outcome], import_text: Callable[..., Outcome]
) -> None:
    names = ("<img src=x onerror=alert(1)>", "![x](http://evil/a.png)", "[l](javascript:alert(1))", "a|b & c")
    rows = "".join(f"2026-11-20T10:00:00Z,{name},5\n" for name in names)
    assert import_text("time,model,input tokens\n" + rows, "log.csv").code == 0
    shown = run("stats", "--by", "model", "--format", "markdown").out
    cells = [line.split(" | ")[0].removeprefix("| ") for line in shown.splitlines() if line.startswith("| ")][2:-1]
    assert sorted(cells) == sorted(
        ["&lt;img src=x onerror=alert(1)>", "![x]\\(http://evil/a.png)", "[l]\\(javascript:alert(1))", "a\\|b & c"]
    )
    assert "<" not in shown
