"""How numbers and days are written: what a column leaves no doubt about is read so, else the file is refused."""

from __future__ import annotations

import csv
import io
import re
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from instagen_usage_cli import errors, importing
from instagen_usage_cli.importing import forms
from tests.support.corpus import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

NOW = datetime(2026, 11, 23, 12)  # noqa: DTZ001 - the clock of these tests, in UTC
Row = tuple[datetime, int, int, int, Decimal]


def read(path: Path, text: str, **options: Any) -> list[Row]:  # noqa: ANN401 - those of an import
    """The records of a CSV as they would be stored. Raises why there are none; none is passed over."""
    path.write_text(text, "utf-8", newline="")
    finding = importing.find([str(path)])
    database = path.with_suffix(".duckdb")
    summary, rows = importing.preview(finding, database, importing.Options(**options), now=NOW, limit=10_000)
    assert rows
    assert not summary.total("skipped"), text
    names = ("started_at", "input_tokens", "output_tokens", "duration_ms", "reported_cost_usd")
    return [tuple(record[name] for name in names) for record in rows.records()]


def column(path: Path, heading: str, *cells: str, delimiter: str = ";", **options: Any) -> list[Any]:  # noqa: ANN401
    """What is read of one column of numbers or times."""
    is_time = heading == "Time"
    lines = [delimiter.join(["Time", "Output Tokens"] if is_time else ["Time", heading, "Output Tokens"])]
    for cell in cells:
        quoted = f'"{cell}"'
        lines.append(delimiter.join([quoted, "1"] if is_time else ["2026-10-30 10:00:00", quoted, "1"]))
    place = {"Time": 0, "Input Tokens": 1, "Latency (ms)": 3, "Cost (USD)": 4}[heading]
    return [row[place] for row in read(path, "\n".join(lines) + "\n", **options)]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


# --- numbers ------------------------------------------------------------------------------------------

COSTS = {
    "decimal commas": (["0,00035", "12,5"], ["0.00035", "12.5"]),
    "decimal points": (["0.00035", "12.5"], ["0.00035", "12.5"]),
    "a cell that could be either beside one that could not": (["1.234", "0.5"], ["1.234", "0.5"]),
    "the same with commas": (["1,234", "0,5"], ["1.234", "0.5"]),
    "in thousands with commas": (["1,234", "1,234.5"], ["1234", "1234.5"]),
    "in thousands with points": (["1.234", "1.234,5"], ["1234", "1234.5"]),
    "groups of three twice": (["1.234.567", "1.234"], ["1234567", "1234"]),
    "spaces": (["1 234,5", "12 345 678,25"], ["1234.5", "12345678.25"]),
    "no-break spaces": (["1\u00a0234,5", "1\u202f234,5"], ["1234.5", "1234.5"]),
    "quotes": (["1'234.5", "1’234.50"], ["1234.5", "1234.5"]),
    "a leading nought": (["0.123", "0.999"], ["0.123", "0.999"]),
    "a nought with a comma": (["0,123", "0,999"], ["0.123", "0.999"]),
    "more than three digits before a mark": (["1234.567"], ["1234.567"]),
    "less than nothing": (["-1.234,5", "-0,5", "−0,25"], ["-1234.5", "-0.5", "-0.25"]),
    "in brackets": (["(1.234,50)", "0,5"], ["-1234.5", "0.5"]),
    "with a currency": (["$1,234.50", "US$0.5", "12 USD"], ["1234.5", "0.5", "12"]),
    "with a currency behind": (["1.234,50 $", "0,5 USD", "7 US$"], ["1234.5", "0.5", "7"]),
    "as a power of ten": (["3,5E-05", "0,5"], ["0.000035", "0.5"]),
    "plain": (["1", "1234", "0"], ["1", "1234", "0"]),
}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(("cells", "right"), COSTS.values(), ids=COSTS)
def test_a_column_of_amounts_says_how_it_is_written(
    log: Path, delimiter: str, cells: list[str], right: list[str]
) -> None:
    assert column(log, "Cost (USD)", *cells, delimiter=delimiter) == list(map(Decimal, right))
    assert column(log, "Cost (USD)", *cells[::-1], delimiter=delimiter) == list(map(Decimal, right[::-1]))


TOKENS = {
    "no count has a part": (["1.234", "12.000"], [1234, 12000]),
    "with commas": (["1,234", "12,000"], [1234, 12000]),
    "noughts beside plain ones": (["12.000", "500"], [12000, 500]),
    "groups of three twice": (["1.000.000", "12.000"], [1000000, 12000]),
    "spaces": (["12 000", "1 000 000"], [12000, 1000000]),
    "floats": (["10.0", "12000.0"], [10, 12000]),
    "floats with commas": (["10,0", "12000,0"], [10, 12000]),
    "powers of ten": (["1e3", "10"], [1000, 10]),
}


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize(("cells", "right"), TOKENS.values(), ids=TOKENS)
def test_a_column_of_counts_says_how_it_is_written(
    log: Path, delimiter: str, cells: list[str], right: list[int]
) -> None:
    assert column(log, "Input Tokens", *cells, delimiter=delimiter) == right


DOUBTFUL = [
    ("Cost (USD)", ["1.234"], ";"),
    ("Cost (USD)", ["1.234", "12", "0"], ";"),
    ("Cost (USD)", ["1,234"], ";"),
    ("Cost (USD)", ["1,234"], ","),
    ("Cost (USD)", ["1.234", "7.000"], "\t"),
    ("Cost (USD)", ["1.234", "0.5", "0,5"], ";"),  # both marks are decimal ones
    ("Input Tokens", ["1.000"], ";"),
    ("Input Tokens", ["1.000"], ","),
    ("Input Tokens", ["1.000", "12.000"], "|"),
    ("Input Tokens", ["1,000"], ";"),
]


@pytest.mark.parametrize(("heading", "cells", "delimiter"), DOUBTFUL)
def test_what_could_be_two_numbers_is_refused_until_the_user_says(
    log: Path, heading: str, cells: list[str], delimiter: str
) -> None:
    with pytest.raises(errors.AmbiguousNumbers, match="--decimal") as caught:
        column(log, heading, *cells, delimiter=delimiter)
    assert heading in str(caught.value)
    assert repr(cells[0]) in str(caught.value)
    for mark in ".,":
        with suppress(AssertionError):  # that one of the cells is no number then
            found = column(log, heading, cells[0], delimiter=delimiter, decimal=mark)
            is_decimal = mark in cells[0]
            assert found == [
                Decimal(cells[0].replace(mark, ".") if is_decimal else cells[0].translate({44: None, 46: None}))
            ]


def test_counts_that_are_all_round_are_refused(run: Run, tmp_path: Path) -> None:
    """Falls where 3,000 requests become 3."""
    outcome = run("import", CORPUS / "refused" / "round_thousands.csv")
    assert outcome.code == 1
    assert outcome.err.endswith(
        "'12.000' in 'Input Tokens' could be two numbers; say which with --decimal , or --decimal .\n"
    )
    assert not (tmp_path / "usage.duckdb").exists()
    assert run("import", CORPUS / "refused" / "round_thousands.csv", "--decimal", ",").code == 0
    total = run("stats", "--period", "all", "--format", "json").json["total"]
    assert (total["requests"], total["input_tokens"], total["output_tokens"]) == (3000, 32000, 4000)


def test_between_commas_a_count_with_one_is_in_thousands(log: Path) -> None:
    assert column(log, "Input Tokens", "1,000", delimiter=",") == [1000]


@pytest.mark.parametrize(
    ("line", "right"),
    [
        # Of a thousand dollars for this, no token is worth so much; of one, none is so cheap.
        ("12000;3456;15456;1.234", (12000, 3456, Decimal("1.234"))),
        ("900.000.000;1.000;900.001.000;1.234", (900_000_000, 1000, Decimal(1234))),
        # Only so the parts add up.
        ("12.000;500;12.500;0", (12000, 500, Decimal(0))),
        ("1.000;1.000;2000;0", (1000, 1000, Decimal(0))),
    ],
)
def test_a_price_or_a_total_that_adds_up_only_one_way_decides(
    log: Path, line: str, right: tuple[int, int, Decimal]
) -> None:
    text = f"Time;Input Tokens;Output Tokens;Total Tokens;Cost\n2026-10-30 10:00:00;{line}\n"
    ((_, sent, got, _, cost),) = read(log, text)
    assert (sent, got, cost) == right


def test_durations_that_could_be_two_numbers_are_left_out(run: Run, log: Path) -> None:
    log.write_text("Time;Input Tokens;Latency (ms)\n2026-10-30 10:00:00;7;1.500\n")
    outcome = run("import", log, "--set", "provider=acme")
    assert "numbers: Latency (ms) could be in thousands or not, and is left out (--decimal says it)" in outcome.out
    (row,) = run("requests", "--period", "all", "--format", "json").json["rows"]
    assert (row["input_tokens"], row["duration_ms"]) == (7, None)
    for delimiter in ",;":
        assert column(log, "Latency (ms)", "1.500", decimal=",", delimiter=delimiter) == [1500]
        assert column(log, "Latency (ms)", "1.500", "0.25", delimiter=delimiter) == [2, 0]  # rounded


def test_what_was_found_out_is_said(run: Run, log: Path) -> None:
    log.write_text("Time;Input Tokens;Cost\n30.10.2026 10:00;1.234;0,5\n")
    out = run("import", log, "--set", "provider=acme").out
    assert "numbers: a decimal comma in Cost, Input Tokens (--decimal says another)" in out
    assert "times: the day first, such as '30.10.2026 10:00' (--time-format says another)" in out


def test_of_a_mixed_column_a_record_is_skipped_not_guessed(run: Run, log: Path) -> None:
    log.write_text("Time;Cost\n2026-10-30 10:00:00;0.5\n2026-10-30 10:00:01;0.25\n2026-10-30 10:00:02;0,5\n")
    assert "1 cost_usd is not an amount in US dollars" in run("import", log, "--set", "provider=acme").out


# --- days ---------------------------------------------------------------------------------------------

TIMES = {
    "ISO": ("2026-10-30 09:05:07", "2026-10-30T09:05:07"),
    "month first": ("10/30/2026 14:05", "2026-10-30T14:05"),
    "month first, one digit": ("1/30/2026 9:05", "2026-01-30T09:05"),
    "day first": ("30.10.2026 14:05", "2026-10-30T14:05"),
    "day first, slashes": ("30/10/2026 14:05:07", "2026-10-30T14:05:07"),
    "day first, dashes": ("30-10-2026", "2026-10-30T00:00"),
    "of a browser": ("10/30/2026, 2:05:07 PM", "2026-10-30T14:05:07"),
    "of a browser, narrow": ("10/30/2026, 2:05:07\u202fPM", "2026-10-30T14:05:07"),
    "of a browser, day first": ("30.10.2026, 14:05:07", "2026-10-30T14:05:07"),
    "twelve hours": ("2026-10-30 02:05:00 PM", "2026-10-30T14:05"),
    "twelve hours, small": ("2026-10-30 2:05 am", "2026-10-30T02:05"),
    "twelve hours, points": ("10/30/2026 12:05 a.m.", "2026-10-30T00:05"),
    "twelve hours, no space": ("10/30/2026 12:05PM", "2026-10-30T12:05"),
    "twelve hours, parts of a second": ("2026-10-30 02:05:00.5 PM", "2026-10-30T14:05:00.500"),
    "twelve hours, Chinese": ("2026/10/30 下午 2:05:07", "2026-10-30T14:05:07"),
    "twelve hours, Chinese, by name": ("2026年10月30日 上午9:05", "2026-10-30T09:05"),
    "compact": ("20261030", "2026-10-30T00:00"),
    "compact with a time": ("20261030T140507", "2026-10-30T14:05:07"),
    "compact, only digits": ("20261030140507", "2026-10-30T14:05:07"),
    "compact in UTC": ("20261030T140507Z", "2026-10-30T14:05:07"),
    "two digits of a year": ("10/30/26 14:05", "2026-10-30T14:05"),
    "two digits of a year, day first": ("13.10.26", "2026-10-13T00:00"),
    "an offset": ("10/30/2026 14:05:07 +02:00", "2026-10-30T12:05:07"),
    "twelve hours with an offset": ("2026-10-30 02:05:00 PM +02:00", "2026-10-30T12:05"),
    "twelve hours with UTC": ("10/30/2026 2:05 PM UTC", "2026-10-30T14:05"),
    "a name": ("Oct 30, 2026 2:05 PM", "2026-10-30T14:05"),
    "a name, a comma more": ("October 30, 2026, 2:05:07 PM", "2026-10-30T14:05:07"),
    "a name with dashes": ("30-Oct-2026 14:05", "2026-10-30T14:05"),
    "a name, in full": ("30 October 2026", "2026-10-30T00:00"),
    "a day of the week": ("Fri, 30 Oct 2026 14:05:07 GMT", "2026-10-30T14:05:07"),
}


@pytest.mark.parametrize(("cell", "right"), TIMES.values(), ids=TIMES)
@pytest.mark.parametrize("delimiter", [";", ","])
def test_a_time_that_leaves_no_doubt(log: Path, cell: str, right: str, delimiter: str) -> None:
    assert column(log, "Time", cell, delimiter=delimiter) == [datetime.fromisoformat(right)]


@pytest.mark.parametrize("others", [["05/10/2026"], ["05/10/2026"] * 2000], ids=["few", "many"])
@pytest.mark.parametrize("is_first", [True, False])
def test_one_day_beyond_the_twelfth_says_it_of_the_column(log: Path, others: list[str], is_first: bool) -> None:  # noqa: FBT001
    for day, right in (("30/10/2026", "2026-10-05"), ("10/30/2026", "2026-05-10")):
        cells = [day, *others] if is_first else [*others, day]
        found = column(log, "Time", *cells)
        assert found[1 if is_first else 0] == datetime.fromisoformat(right)
        assert found[0 if is_first else -1] == datetime.fromisoformat("2026-10-30")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["05/10/2026 14:05"], "'%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'"),
        (["05.10.2026", "06.10.2026"], "'%d.%m.%Y' or '%m.%d.%Y'"),
        (["05/10/26"], "'%d/%m/%y' or '%m/%d/%y'"),
        (["10/30/2026", "30/10/2026"], "'%d/%m/%Y' or '%m/%d/%Y'"),  # both, so neither
        (["16/10/26", "30/10/26"], "'%d/%m/%y' or '%y/%m/%d'"),
    ],
)
def test_days_that_can_be_read_in_two_ways_are_refused(log: Path, cells: list[str], said: str) -> None:
    with pytest.raises(errors.AmbiguousDays) as caught:
        column(log, "Time", *cells)
    assert f"the days in 'Time', such as {cells[0]!r}" in str(caught.value)
    assert f"--time-format, such as {said}" in str(caught.value)


def test_the_end_of_a_request_helps_to_read_its_start(log: Path) -> None:
    text = (
        "Start Time;End Time;Input Tokens\n05/10/2026 10:00;05/10/2026 10:01;1\n12/10/2026 23:59;13/10/2026 00:01;1\n"
    )
    assert [row[0].isoformat() for row in read(log, text)] == ["2026-10-05T10:00:00", "2026-10-12T23:59:00"]


# --- what a refusal shows -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "cell", "shown", "hint"),
    [
        ("Time", "30. Oktober 2026, 14 Uhr", "'30. xxxxxxx 2026, 14 xxx'", "--time-format"),
        ("Time", "46325.5868", "'46325.5868'", "--time-format"),
        ("Cost", "12 %", "'12 %'", "--map cost_usd="),
        ("Cost", "1.23.4", "'1.23.4'", "--decimal"),
        ("Prompt", "Tell my secret 42 to nobody", "'xxxx xx xxxxxx 42 xx xxxxxx'", "--map input_tokens="),
        ("Cost", "1" * 50 + ".5.", "'" + "1" * 39 + "…'", "--map cost_usd="),
    ],
)
def test_a_refusal_shows_a_cell_but_no_text(
    run: Run, log: Path, heading: str, cell: str, shown: str, hint: str
) -> None:
    others = "Cost" if heading == "Time" else "Time"
    log.write_text(f'{heading};{others}\n"{cell}";{1 if heading == "Time" else "2026-10-30 10:00:00"}\n')
    outcome = run("import", log)
    assert outcome.code == 1
    assert f"{shown} in {heading!r}" in outcome.err
    assert hint in outcome.err
    assert "secret" not in outcome.err


# --- the patterns, in Python and in DuckDB ------------------------------------------------------------


def test_a_cell_surely_has_one_mark_or_could_have_either_or_has_none() -> None:
    for is_count in (True, False):
        kinds = forms.SURE[".", is_count], forms.SURE[",", is_count], forms.EITHER_COUNT if is_count else forms.EITHER
        cells = [
            f"{whole}{mark}{part}"
            for whole in ("", "0", "1", "12", "123", "1234")
            for mark in ".,"
            for part in ("", "0", "05", "050", "000", "0500")
        ]
        for cell in cells:
            found = [kind for kind in kinds if re.fullmatch(kind, cell)]
            assert len(found) == (0 if cell in (".", ",") else 1), (cell, found)


# --- laws ---------------------------------------------------------------------------------------------

GROUPS = ["", ".", ",", " ", "\u00a0", "\u202f", "'", "’"]
CLOCKS = {
    "24": "%H:%M:%S",
    "12": "%I:%M:%S %p",
    "none": "",
}
DATES = {"ymd": "%Y{0}%m{0}%d", "dmy": "%d{0}%m{0}%Y", "mdy": "%m{0}%d{0}%Y"}
# A place for each kind of number: how it is rounded, and how large it can be.
VALUES = st.tuples(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20)).map(lambda time: time.replace(microsecond=0)),  # noqa: DTZ001
    st.integers(0, 3_000_000) | st.integers(1, 900).map(lambda number: number * 1000),
    st.integers(0, 20_000),
    st.integers(0, 90_000),
    st.decimals(0, 20_000, places=6) | st.integers(0, 5_000).map(Decimal) | st.decimals(0, 99, places=3),
)
LOCALES = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "decimal": st.sampled_from(".,"),
        "group": st.sampled_from(GROUPS),
        "places": st.sampled_from([None, 2, 3, 6]),
        "order": st.sampled_from(list(DATES)),
        "separator": st.sampled_from("-/."),
        "clock": st.sampled_from(list(CLOCKS)),
        "above": st.sampled_from(["", "Usage Report\n", "# by me\n\n", "Report,Usage\n\n", "\n"]),
        "ending": st.sampled_from(["\n", "\r\n"]),
    }
)


def number(value: Decimal | int, decimal: str, group: str, places: int | None) -> str:
    text = f"{value:,f}" if places is None or isinstance(value, int) else f"{value:,.{places}f}"
    if "." in text and places is None:
        text = text.rstrip("0").rstrip(".")
    return text.translate({ord(","): group, ord("."): decimal})


def written(rows: list[Row], locale: dict[str, Any]) -> str:
    """A CSV as a program of that locale writes it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=locale["delimiter"], lineterminator=locale["ending"])
    writer.writerow(["Time", "Input Tokens", "Output Tokens", "Total Tokens", "Latency (ms)", "Cost (USD)"])
    moment = f"{DATES[locale['order']].format(locale['separator'])} {CLOCKS[locale['clock']]}".strip()
    for time, sent, got, lasted, cost in rows:
        cells = [number(value, locale["decimal"], locale["group"], None) for value in (sent, got, sent + got, lasted)]
        writer.writerow(
            [time.strftime(moment), *cells, number(cost, locale["decimal"], locale["group"], locale["places"])]
        )
    return str(locale["above"]).replace("\n", locale["ending"]) + out.getvalue()


def rounded(row: Row, locale: dict[str, Any]) -> Row:
    """A row as far as its locale tells of it."""
    time, sent, got, lasted, cost = row
    time = time if locale["clock"] != "none" else time.replace(hour=0, minute=0, second=0)
    return time, sent, got, lasted, cost if locale["places"] is None else round(cost, locale["places"])


@settings(max_examples=150, deadline=timedelta(seconds=20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(VALUES, min_size=1, max_size=5), locale=LOCALES)
@example(
    rows=[(datetime(2026, 1, 13), 1000, 0, 0, Decimal(1000))],  # noqa: DTZ001
    locale={"delimiter": ",", "decimal": ",", "group": ".", "places": None, "order": "dmy", "separator": ".",
            "clock": "24", "above": "", "ending": "\n"},
)  # fmt: skip
@example(
    rows=[(datetime(2026, 1, 13), 0, 0, 0, Decimal("1.5"))],  # noqa: DTZ001
    locale={"delimiter": ",", "decimal": ",", "group": "", "places": 3, "order": "mdy", "separator": "/",
            "clock": "12", "above": "Usage Report\n", "ending": "\n"},
)  # fmt: skip
def test_a_file_of_any_locale_is_read_exactly_or_refused(
    tmp_path: Path, rows: list[Row], locale: dict[str, Any]
) -> None:
    if locale["group"] == locale["decimal"]:
        locale = locale | {"group": ""}
    refusals = (errors.AmbiguousNumbers, errors.AmbiguousDays, errors.NotUnderstood)
    try:
        found = read(tmp_path / "log.csv", written(rows, locale))
    except refusals:
        return
    right = [rounded(row, locale) for row in rows]
    # A duration that could be two numbers is left out.
    found = [
        (*one[:3], one[3] if one[3] is not None else other[3], one[4]) for one, other in zip(found, right, strict=True)
    ]
    assert found == right
