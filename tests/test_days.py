"""Days are statements however they are written: a bill of days beside the log of the same days doubles nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.stored import table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

LOG = """Time,Model,Input Tokens,Output Tokens,Cost
2026-10-29 10:00:00,m,1000,100,0.5
2026-10-30 11:00:00,m,2000,200,0.7
"""
ACME = ("--source-tz", "UTC", "--set", "provider=acme")


def bill(heading: str, *days: str) -> str:
    lines = [f"{heading},Model,Input Tokens,Output Tokens,Cost"]
    lines += [
        f"{day},m,{number}000,{number}00,{cost}"
        for number, (day, cost) in enumerate(zip(days, ("0.5", "0.7"), strict=True), 1)
    ]
    return "\n".join(lines) + "\n"


def totals(run: Run, *texts: str, options: tuple[str, ...] = (), path: Path) -> tuple[Any, ...]:
    for place, text in enumerate(texts):
        file = path / f"{place}.csv"
        file.write_text(text, "utf-8")
        outcome = run("import", file, *ACME, *(options if place == len(texts) - 1 else ()))
        assert outcome.code == 0, outcome.err
    total = run("stats", "--period", "all", "--tz", "UTC", "--format", "json").json["total"]
    return total["requests"], total["input_tokens"], total["output_tokens"], float(total["cost_usd"])


DAYS = {
    "ISO": ("Date", ("2026-10-29", "2026-10-30"), ()),
    "month first": ("Date", ("10/29/2026", "10/30/2026"), ()),
    "day first": ("Date", ("29.10.2026", "30.10.2026"), ()),
    "compact": ("Date", ("20261029", "20261030"), ()),
    "two digits of a year": ("Date", ("10/29/26", "10/30/26"), ()),
    "names": ("Date", ("29-Oct-2026", "30 October 2026"), ()),
    "Chinese": ("日期", ("2026年10月29日", "2026年10月30日"), ()),
    "a format": ("Date", ("29/10/2026", "30/10/2026"), ("--time-format", "%d/%m/%Y")),
    "a format with a name": ("Date", ("29 Oct 26", "30 Oct 26"), ("--time-format", "%d %b %y")),
    "a format of nothing but digits": ("Date", ("29102026", "30102026"), ("--time-format", "%d%m%Y")),
    "midnights": (
        "Start Time,End Time",
        ("2026-10-29 00:00:00,2026-10-30 00:00:00", "2026-10-30 00:00:00,2026-10-31 00:00:00"),
        (),
    ),
    "midnights of UTC": (
        "Start Time,End Time",
        ("2026-10-29T00:00:00Z,2026-10-30T00:00:00Z", "2026-10-30T00:00:00Z,2026-10-31T00:00:00Z"),
        (),
    ),
    "a second before midnight": (
        "Start Time,End Time",
        ("2026-10-29 00:00:00,2026-10-29 23:59:59", "2026-10-30 00:00:00,2026-10-30 23:59:59"),
        (),
    ),
    "a minute before midnight": (
        "Start Time,End Time", ("10/29/2026 0:00,10/29/2026 23:59", "10/30/2026 0:00,10/30/2026 23:59"), ()
    ),
    "a day and the next": ("Start Date,End Date", ("2026-10-29,2026-10-30", "2026-10-30,2026-10-31"), ()),
    "a day and itself": ("Start Date,End Date", ("2026-10-29,2026-10-29", "2026-10-30,2026-10-30"), ()),
    "midnights by a format": (
        "Start Time,End Time", ("29/10/2026 00:00,30/10/2026 00:00", "30/10/2026 00:00,31/10/2026 00:00"),
        ("--time-format", "%d/%m/%Y %H:%M"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("heading", "days", "options"), DAYS.values(), ids=DAYS)
def test_a_log_and_the_bill_of_its_days_are_counted_once(
    run: Run, tmp_path: Path, heading: str, days: tuple[str, ...], options: tuple[str, ...]
) -> None:
    found = totals(run, LOG, bill(heading, *days), options=options, path=tmp_path)
    assert found == (2, 3000, 300, 1.2)


@pytest.mark.parametrize(("heading", "days", "options"), DAYS.values(), ids=DAYS)
def test_days_alone_are_statements(
    run: Run, tmp_path: Path, heading: str, days: tuple[str, ...], options: tuple[str, ...]
) -> None:
    assert totals(run, bill(heading, *days), options=options, path=tmp_path) == (None, 3000, 300, 1.2)
    stored = table(tmp_path / "usage.duckdb", "statements")
    assert [(str(row["bucket_start"]), str(row["bucket_end"]), row["bucket_width"]) for row in stored] == [
        ("2026-10-29 00:00:00", "2026-10-30 00:00:00", "day"),
        ("2026-10-30 00:00:00", "2026-10-31 00:00:00", "day"),
    ]


@pytest.mark.parametrize(
    ("span", "options"),
    [
        ("2026-10-01 00:00:00,2026-11-01 00:00:00", ()),
        ("2026-10-01,2026-11-01", ()),
        ("2026-10-01,2026-10-31", ()),
        ("2026-10-01 00:00:00,2026-10-31 23:59:59", ()),
    ],
)
def test_a_span_of_days_is_one_bucket(run: Run, tmp_path: Path, span: str, options: tuple[str, ...]) -> None:
    text = f"Start Date,End Date,Model,Input Tokens,Output Tokens,Cost\n{span},m,3000,300,1.2\n"
    assert totals(run, text, options=options, path=tmp_path) == (None, 3000, 300, 1.2)
    (row,) = table(tmp_path / "usage.duckdb", "statements")
    assert (str(row["bucket_start"]), str(row["bucket_end"])) == ("2026-10-01 00:00:00", "2026-11-01 00:00:00")
    assert totals(run, LOG, path=tmp_path)[1:] == (3000, 300, 1.2)


@pytest.mark.parametrize(
    "times", [("2026-10-29 00:00:00", "2026-10-30 11:00:00"), ("2026-10-29 10:00", "2026-10-29 10:01")]
)
def test_times_of_day_are_requests(run: Run, tmp_path: Path, times: tuple[str, str]) -> None:
    assert totals(run, bill("Time", *times), path=tmp_path)[0] == 2


def test_one_span_of_a_day_makes_no_statement_of_a_log(run: Run, tmp_path: Path) -> None:
    spans = ("2026-10-29 00:00:00,2026-10-30 00:00:00", "2026-10-30 11:00:00,2026-10-30 11:00:05")
    assert totals(run, bill("Start Time,End Time", *spans), path=tmp_path)[0] == 2


def test_months_by_a_format_are_statements_of_months(run: Run, tmp_path: Path) -> None:
    found = totals(run, bill("Date", "09/2026", "10/2026"), options=("--time-format", "%m/%Y"), path=tmp_path)
    assert found == (None, 3000, 300, 1.2)
    assert {row["bucket_width"] for row in table(tmp_path / "usage.duckdb", "statements")} == {"month"}
