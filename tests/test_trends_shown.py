"""How `usage trends` is shown: its formats, for people and in a terminal; and what is refused."""

from __future__ import annotations

import json
import re
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.answers import content, rows
from tests.support.terminals import cut, terminal, too_long
from tests.support.traffic import (
    FOUR_DAYS,
    TEN_CALLS,
    WORDS,
    busy_log,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Add = Callable[..., Run]
    Record = dict[str, Any]


# --- formats ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("--every", "day", "--by", "key,model"),
        ("--every", "hour", "--measure", "latency", "--tz", "Asia/Kolkata"),
        ("--every", "week", "--measure", "errors"),
        ("--every", "month", "--measure", "tokens", "--by", "status"),
        ("--by", "weekday,key", "--measure", "input"),
        ("--by", "hour-of-day", "--measure", "latency"),
    ],
)
def test_formats_agree_cell_for_cell(add: Add, arguments: tuple[str, ...]) -> None:
    run = add(TEN_CALLS)
    asking = ("trends", *arguments, *FOUR_DAYS)
    in_json: list[Record] = content(run(*asking, "--format", "json"))["rows"]
    lines = run(*asking, "--format", "jsonl").out.splitlines()
    assert [json.loads(line, parse_float=Decimal) for line in lines] == in_json
    cells = rows(run(*asking, "--format", "csv"))
    assert len(cells) == len(in_json) > 0
    for mine, theirs in zip(cells, in_json, strict=True):
        assert {name: as_cell(value) for name, value in theirs.items()} == {
            name: as_cell(as_value(cell, theirs[name])) for name, cell in mine.items()
        }
    table, markdown = run(*asking, "--wide").out, run(*asking, "--format", "markdown", "--wide").out
    assert "\x1b" not in table + markdown
    body = [line for line in markdown.splitlines() if line.startswith("| ") and "---" not in line][1:]
    assert len([line for line in body if "**Total**" not in line]) == len(in_json)


def as_value(cell: str, like: Any) -> Any:  # noqa: ANN401 - of any type
    """A CSV cell as the type that JSON has it in."""
    if cell == "":
        return None
    if isinstance(like, bool):
        return {"true": True, "false": False}[cell]
    return Decimal(cell) if isinstance(like, int | Decimal) else cell


def as_cell(value: Any) -> Any:  # noqa: ANN401 - of any type
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


# --- the command line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--by", "colour"), "--by does not know 'colour'"),
        (("--by", "model,weekdays"), "--by does not know 'weekdays'"),
        (("--by", ""), "--by does not know ''"),
        (("--every", "minute"), "--every does not know 'minute'"),
        (("--every", "Day"), "--every does not know 'Day'"),
        (("--measure", "money"), "--measure does not know 'money'"),
        (("--measure", "cost_usd"), "--measure does not know 'cost_usd'"),
        (("--chart", "--format", "csv"), "--chart draws for people"),
        (("--chart", "--output", "trend.json"), "--chart draws for people"),
        (("--chart", "--by", "weekday", "--format", "jsonl"), "--chart draws for people"),
        (("--by", "weekday", "--every", "day"), "leave out --every day"),
        (("--by", "model,hour-of-day", "--every", "hour"), "leave out --every hour"),
        (("--by", "weekday,model", "--chart"), "a heat map draws one week"),
        (("--last", "7d", "--period", "today"), "a window is given twice"),
    ],
)
def test_a_wrong_command_line_is_refused(add: Add, arguments: tuple[str, ...], said: str) -> None:
    outcome = add(TEN_CALLS)("trends", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


# --- for people ---------------------------------------------------------------------------------------


def test_a_breakdown_begins_with_a_line_for_each_series(add: Add) -> None:
    run = add(TEN_CALLS)
    out = run("trends", "--by", "key", "--measure", "tokens", *FOUR_DAYS).out
    assert re.findall(r"^(\S+) +([0-9,]+)$", out.split("Time")[0], re.MULTILINE) == [
        ("k", "1,430"),
        ("j", "555"),
        ("–", "102"),
    ]
    assert re.findall(r"^Total +([0-9,]+)", out, re.MULTILINE) == ["2,087"]
    out = run("trends", "--by", "key", "--measure", "latency", *FOUR_DAYS).out
    # of each, over the whole window
    assert re.findall(r"^(\S+) +([0-9.]+ m?s)$", out.split("Time")[0], re.MULTILINE) == [
        ("j", "20.0 s"),
        ("k", "9.20 s"),
        ("–", "395 ms"),
    ]


def test_a_series_without_a_known_cost_did_not_cost_nothing(add: Add) -> None:
    run = add("time,model,tokens\n2026-11-10T10:00:00Z,a,10\n2026-11-20T10:00:00Z,b,15\n")
    assert re.findall(r"^a .*", run("stats", "--by", "model").out, re.MULTILINE)[0].split()[-1] == "–"
    [first, *_] = re.findall(r"^a .*", run("trends", "--by", "model").out, re.MULTILINE)
    assert first.split() == ["a", "–"]


def test_the_others_are_not_drawn_where_they_are_unknown(add: Add) -> None:
    log = "time,model,tokens\n" + "".join(f"2026-11-10T10:00:00Z,m{number},{10 + number}\n" for number in range(9))
    window = ("--since", "2026-11-08", "--until", "2026-11-12", "--by", "model", "--measure", "tokens")
    out = add(log)("trends", *window, "--chart").out
    assert "□ 4 others" in out
    plot = out.split("┤", 1)[1].split("└")[0]
    assert (plot.count("●"), plot.count("□")) == (1, 1)


def test_the_heat_map_has_the_hours_of_the_zone(add: Add) -> None:
    run = add(TEN_CALLS)
    asking = ("trends", "--by", "weekday", "--chart", "--measure", "requests", *FOUR_DAYS)
    # three requests in an hour; nine o'clock was covered for half an hour, with one: 2 per hour
    assert "highest 3 (Mon 08)" in run(*asking).out
    assert "highest 3 (Mon 09)" in run(*asking, "--tz", "Europe/Paris").out
    assert "highest 3 (Sun 20)" in run(*asking, "--tz", "Etc/GMT+12").out
    [monday] = [line for line in run(*asking).out.splitlines() if line.startswith("Mon ")]
    # two cells per hour: nothing up to eight, three requests then, and after nine nothing is known
    assert monday == "Mon " + "  " * 8 + "██▓▓" + "··" * 14


# --- a terminal ---------------------------------------------------------------------------------------

TRENDS_SHOWN = [
    ("--every", "hour", "--last", "2d"),
    ("--by", "model", "--last", "9d"),
    ("--by", "model", "--measure", "latency"),
    ("--by", "model", "--measure", "errors", "--every", "week"),
    ("--by", "weekday", "--measure", "requests"),
    ("--by", "hour-of-day,model", "--measure", "input"),
    ("--chart",),
    ("--chart", "--by", "model", "--every", "week"),
    ("--chart", "--by", "weekday", "--tz", "Asia/Kolkata"),
    ("--chart", "--measure", "latency", "--every", "hour", "--last", "9d"),
]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_trends_fit_a_terminal_and_cut_no_number(add: Add, width: int) -> None:
    add(busy_log())
    for arguments in TRENDS_SHOWN:
        out = terminal(width, "trends", *arguments)
        assert (too_long(out, width), cut(out)) == ([], []), arguments


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(
    "arguments",
    [
        ("--by", "model,key", "--measure", "tokens"),
        ("--by", "model,key,provider", "--last", "9d"),
        ("--by", "model,key,provider", "--last", "9d", "--measure", "latency"),
        ("--by", "status", "--wide"),
    ],
)
def test_a_breakdown_by_several_names_cuts_no_number(add: Add, arguments: tuple[str, ...]) -> None:
    add(busy_log())
    assert cut(terminal(60, "trends", *arguments)) == []


def test_a_table_on_a_pipe_has_no_colour_and_is_not_squeezed(add: Add) -> None:
    run = add(busy_log())
    for arguments in TRENDS_SHOWN:
        assert "\x1b" not in run("trends", *arguments).out
    assert f"organisation/{WORDS[0]}-instruct-with-a-long-name" in run("trends", "--by", "model,key,provider").out
