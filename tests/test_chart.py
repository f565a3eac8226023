"""Charts as text: what they may never do at any width, and a few that were looked at."""

from __future__ import annotations

import re
import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagen_usage_cli.output.chart import lines
from instagen_usage_cli.output.heat_map import heat_map

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DAYS = [f"2026-11-{day:02}" for day in range(1, 31)]
EIGHTHS = " ▁▂▃▄▅▆▇█"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
UNITS: list[Callable[[float], str]] = [lambda v: f"${v:,.2f}", lambda v: f"{v:,.0f} ms", lambda v: f"{v / 1e6:.1f} M"]

BARS = """\
Cost per day
$5.00 ┤                              █████
      │      ▃▃▃▃▃                   █████
$4.00 ┤      █████ ▇▇▇▇▇             █████
      │      █████ █████             █████
$3.00 ┤      █████ █████             █████
      │      █████ █████             █████
$2.00 ┤      █████ █████             █████
      │      █████ █████             █████ ▂▂▂▂▂
$1.00 ┤▅▅▅▅▅ █████ █████             █████ █████
      │█████ █████ █████ ·····       █████ █████
$0.00 └──┬───────────┬───────────┬───────────┬───
    2026-11-01  2026-11-03  2026-11-05  2026-11-07
· unknown
"""

CURVES = """\
Cost per day
$20.00 ┤                                              ●
       │                                 ⣀●           ⠈⠒⢄⡀
$15.00 ┤   ⣀⠤⠔⠒⠒⠊⠉●⠉⠉⠉⠉⠒⠤⢄●           ⡠⠔⠊                ⠈●
       │  ●               ⠘⡄         ⡔⠁                 ⣀⡠⠤⢷⠒⠉▲
$10.00 ┤                   ⠘⢄       ⣔⣁▲⣀⣀⣀⣀⡠⠤⠒▲⠒⠊⠉⠉⠉⠑⠒▲⠉    ⢣
       │                ⣀⡠⠤⠔⠚⢏▲⠉⠉⠉⠉⡝⠁                        ⢣
 $5.00 ┤        ⢀⣀⣀⡠⠤⠒▲⠉     ⠈⠒⠢⠤⣀●⠁                          ⠁
       │  ⠉⠉⠉⠉▲⠉⠁
 $0.00 └──┬───────────┬───────────┬───────────┬───────────┬─────
     2026-11-01  2026-11-04  2026-11-07  2026-11-10  2026-11-13
● openai/gpt-oss-120b  ▲ deepseek
"""

WIDE = """\
Requests by weekday and hour
    00    03    06    09    12    15    18    21
Mon                 ░░░░▒▒▒▒▓▓▓▓▓▓▒▒▒▒░░░░
Tue                 ░░▒▒▒▒▓▓██████▓▓▒▒▒▒░░
Wed                 ░░░░▒▒▒▒▓▓▓▓▓▓▒▒▒▒░░░░
Thu                 ░░░░▒▒▒▒▓▓▓▓▓▓▒▒▒▒░░░░
Fri                 ░░░░▒▒▒▒▓▓▓▓▓▓▒▒▒▒░░░░        ··
Sat                 ░░░░▒▒▒▒▓▓░░▓▓▒▒▒▒░░░░
Sun ················································
░░ up to 4  ▒▒ up to 9  ▓▓ up to 12  ██ up to 18  · unknown
lowest 0  highest 18 (Tue 13)
"""

NARROW = """\
Requests by weekday and hour
    00 03 06 09 12 15 18 21
Mon         ░░▒▒▓▓▓▒▒░░
Tue         ░▒▒▓███▓▒▒░
Wed         ░░▒▒▓▓▓▒▒░░
Thu         ░░▒▒▓▓▓▒▒░░
Fri         ░░▒▒▓▓▓▒▒░░    ·
Sat         ░░▒▒▓░▓▒▒░░
Sun ························
░░ up to 4  ▒▒ up to 9  ▓▓ up to 12
██ up to 18  · unknown  lowest 0
highest 18 (Tue 13)
"""

NO_AXIS = st.characters(exclude_characters="│┤")
values = st.none() | st.just(0.0) | st.floats(1e-9, 1e15) | st.integers(0, 100).map(float)
widths = st.integers(40, 220)


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[str], list[tuple[str, list[float | None]]]]:
    """Labels, and up to nine series of any names over them."""
    number = draw(st.integers(1, 40) | st.just(720))
    cycle = draw(st.lists(values, min_size=1, max_size=12))
    series = [
        (name, [cycle[(place * (1 + bucket) + bucket) % len(cycle)] for bucket in range(number)])
        for place, name in enumerate(draw(st.lists(st.text(NO_AXIS, max_size=60), max_size=9)))
    ]
    return [f"{DAYS[place % 30]} {place // 30:02}" for place in range(number)], series


def cells_of(line: str) -> int:
    from rich.cells import cell_len

    return cell_len(line)


def dollars(value: float) -> str:
    return f"${value:,.2f}"


def plot_rows(chart: str) -> list[str]:
    """What is to the right of the vertical axis, the top first."""
    return [re.split("[│┤]", line, maxsplit=1)[1] for line in chart.splitlines() if re.match("[^█·]*[│┤]", line)]


def bar_heights(chart: str, number: int, pitch: int) -> list[int]:
    """The height of each bar in eighths of a line."""
    rows = [row.ljust(number * pitch) for row in plot_rows(chart)]
    return [sum(EIGHTHS.index(row[place * pitch]) for row in rows) for place in range(number)]


@settings(deadline=None)
@given(drawings(), widths, st.integers(1, 30), st.sampled_from(UNITS), st.text(NO_AXIS, max_size=120))
def test_a_chart_fits_and_has_only_text(
    drawing: tuple[list[str], list[tuple[str, list[float | None]]]],
    width: int,
    height: int,
    unit: Callable[[float], str],
    title: str,
) -> None:
    labels, series = drawing
    chart = lines(labels, series, title=title, unit=unit, width=width, height=height, colour=False)
    assert chart.endswith("\n")
    assert len(plot_rows(chart)) <= height
    for line in chart.removesuffix("\n").split("\n"):
        assert cells_of(line) <= width
        assert line == line.rstrip()
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", line)
    painted = lines(labels, series, title=title, unit=unit, width=width, height=height, colour=True)
    assert ANSI.sub("", painted) == chart
    assert set(ANSI.findall(painted)) <= {f"\x1b[{code}m" for code in (0, 1, 31, 32, 34, 35, 36)}


@settings(deadline=None)
@given(
    st.dictionaries(st.tuples(st.integers(1, 7), st.integers(0, 23)), values), widths, st.text(NO_AXIS, max_size=120)
)
def test_a_heat_map_fits_and_has_only_text(cells: dict[tuple[int, int], float | None], width: int, title: str) -> None:
    chart = heat_map(cells, title=title, unit=dollars, width=width, colour=False)
    for line in chart.removesuffix("\n").split("\n"):
        assert cells_of(line) <= width
        assert line == line.rstrip()
    painted = heat_map(cells, title=title, unit=dollars, width=width, colour=True)
    assert ANSI.sub("", painted) == chart
    assert set(ANSI.findall(painted)) <= {"\x1b[0m", "\x1b[1m", "\x1b[36m"}


@settings(deadline=None)
@given(st.lists(values, min_size=1, max_size=8))
def test_bars_are_as_high_as_their_values(values: list[float | None]) -> None:
    chart = lines(DAYS[: len(values)], [("", values)], title="", unit=repr, width=100, colour=False)
    shown = bar_heights(chart.replace("·", " "), len(values), 9)
    for value, height in zip(values, shown, strict=True):
        assert (height > 0) == bool(value)
    in_order = sorted((value, height) for value, height in zip(values, shown, strict=True) if value is not None)
    assert all(height <= higher for (_, height), (_, higher) in pairwise(in_order))
    unknown = [place * 9 for place, value in enumerate(values) if value is None]
    bottom = plot_rows(chart)[-1].ljust(72)
    assert [place for place in range(0, 72, 9) if bottom[place] == "·"] == unknown


@settings(deadline=None)
@given(st.lists(st.floats(1e-9, 1e15), min_size=1, max_size=30), st.integers(1, 30), st.booleans())
def test_the_axis_goes_from_nothing_to_beyond_the_highest(found: list[float], height: int, several: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    series = [("a", found), ("b", found)] if several else [("", found)]
    chart = lines(DAYS[: len(found)], series, title="", unit=repr, width=80, height=height, colour=False)
    ticks = [float(tick) for tick in re.findall(r"^ *([\d.e+-]+) [┤└]", chart, re.MULTILINE)]
    assert ticks[-1] == 0
    assert all(higher > tick for higher, tick in pairwise(ticks))
    assert max(found) * (1 - 1e-9) <= ticks[0] <= max(found) * 5


@settings(deadline=None)
@given(st.lists(st.floats(1, 100), min_size=4, max_size=10), st.data())
def test_an_unknown_value_breaks_a_curve(found: Sequence[float | None], data: st.DataObject) -> None:
    gap = data.draw(st.integers(1, len(found) - 2))
    found = [*found[:gap], None, *found[gap + 1 :]]
    chart = lines(
        DAYS[: len(found)], [("a", found), ("b", [None] * len(found))], title="", unit=dollars, width=90, colour=False
    )
    rows = [row.ljust(90) for row in plot_rows(chart)]
    columns = 90 - chart.splitlines()[0].index("┤") - 1
    before, after = ((2 * place + 1) * columns // len(found) // 2 for place in (gap - 1, gap + 1))
    drawn = {column for row in rows for column, mark in enumerate(row) if mark != " "}
    assert {before, after} <= drawn
    assert not drawn & set(range(before + 1, after))


@pytest.mark.parametrize("found", [[None], [None, None], [0.0], [0.0, 0.0], [float("nan")], [3.0], [3.0, 3.0]])
@pytest.mark.parametrize("names", [["a"], ["a", "b"]])
def test_charts_of_almost_nothing(found: list[float | None], names: list[str]) -> None:
    series: list[tuple[str, list[float | None]]] = [(name, found) for name in names]
    chart = lines(DAYS[: len(found)], series, title="Cost", unit=dollars, width=40, colour=False)
    assert chart.startswith("Cost\n")
    assert "$0.00 └" in chart
    assert ("$3.00 ┤" in chart) == (3.0 in found)
    assert ("unknown" in chart) == (found[0] not in (0.0, 3.0))


@pytest.mark.parametrize("names", [[], ["a"], ["a", "b"]])
def test_a_chart_of_no_time_has_an_axis(names: list[str]) -> None:
    chart = lines([], [(name, []) for name in names], title="Cost", unit=dollars, width=40, colour=False)
    assert "$0.00 └" in chart


def test_with_colours_each_series_has_its_own() -> None:
    chart = lines(
        DAYS[:2], [("a", [2.0, 2.0]), ("b", [1.0, 1.0])], title="Cost now", unit=dollars, width=40, colour=True
    )
    assert chart.startswith("\x1b[1mCost now\x1b[0m\n$2.00 ┤")
    assert "\x1b[36m" in chart.splitlines()[1]
    assert chart.endswith("\n\x1b[36m● \x1b[0ma  \x1b[35m▲ \x1b[0mb\n")


def test_of_equal_series_the_first_is_on_top() -> None:
    same = [("a", [2.0, 2.0]), ("b", [2.0, 2.0])]
    chart = lines(DAYS[:2], same, title="", unit=dollars, width=40, colour=True)
    assert set(ANSI.findall(chart.splitlines()[0])) == {"\x1b[36m", "\x1b[0m"}


def test_less_than_nothing_is_shown_as_nothing() -> None:
    below, nothing = (
        heat_map({(1, 0): low, (1, 1): 3.0}, title="", unit=dollars, width=40, colour=False) for low in (-1.0, 0.0)
    )
    assert below == nothing


def test_a_tick_is_not_repeated_where_the_unit_rounds() -> None:
    chart = lines(DAYS[:2], [("", [1, 2])], title="", unit=lambda v: f"{v:.0f}", width=40, colour=False)
    assert re.findall(r"^(\d) [┤└]", chart, re.MULTILINE) == ["2", "1", "0"]


@settings(deadline=None)
@given(st.integers(1, 30), widths)
def test_labels_stand_whole_and_apart(number: int, width: int) -> None:
    chart = lines(DAYS[:number], [("", [1.0] * number)], title="", unit=dollars, width=width, colour=False)
    below = chart.splitlines()[-1]
    assert below.split()[0] == DAYS[0]
    assert set(below.split()) <= set(DAYS[:number])
    assert "  " in below or len(below.split()) == 1
    assert len(below.split()) == chart.count("┬")


def test_where_there_is_no_room_for_every_value_the_highest_are_shown() -> None:
    found: list[float | None] = [1.0] * 100
    found[57] = 5.0
    found[98:] = [None, None]
    chart = lines([""] * 100, [("", found)], title="", unit=dollars, width=58, height=5, colour=False)
    # 50 columns: 8 of 58 are the axis. Two values each, so value 57 is in bar 28, and the last bar is unknown.
    assert plot_rows(chart) == [
        " " * 28 + "█",
        " " * 28 + "█",
        " " * 28 + "█",
        " " * 28 + "█",
        "█" * 49 + "·",
    ]
    assert "of every 2 the highest is drawn" in chart


def test_names_from_logs_cannot_command_the_terminal_nor_spoil_the_legend() -> None:
    chart = lines(
        DAYS[:2],
        [("evil\x1b[2J\x1b]0;x\x07\n", [1.0, 2.0]), ("模型" * 40, [2.0, 1.0]), ("", [1.0, 1.0])],
        title="a\rb\x1b[31m",
        unit=dollars,
        width=44,
        colour=False,
    )
    assert chart.splitlines()[0] == "ab"
    assert chart.splitlines()[-2:] == ["● evil]0;x", "▲ 模型模型模型模型…型模型模型模型  ■ –"]


def test_bars_as_seen() -> None:
    found = [0.8, 4.2, 3.95, None, 0, 5, 1.1]
    chart = lines(DAYS[:7], [("", found)], title="Cost per day", unit=dollars, width=50, height=10, colour=False)
    assert chart == BARS


def test_curves_as_seen() -> None:
    first = [12.0, 14, 15, 15, 13, 4, 3, 13, 16, None, None, 18, 14, 5]
    second = [2.0, 2, 3, 4, 6, 7, 7, 8, 8, 9, 10, 9, 11, 12]
    chart = lines(
        DAYS[:14],
        [("openai/gpt-oss-120b", first), ("deepseek", second)],
        title="Cost per day",
        unit=dollars,
        width=64,
        height=8,
        colour=False,
    )
    assert chart == CURVES


@pytest.mark.parametrize(("width", "seen"), [(60, WIDE), (40, NARROW)])
def test_heat_maps_as_seen(width: int, seen: str) -> None:
    cells: dict[tuple[int, int], float | None] = {
        (day, hour): max(0, 12 - 2 * abs(hour - 13)) * (1.5 if day == 2 else 1)
        for day in range(1, 7)
        for hour in range(24)
    }
    cells[6, 13] = 0.01
    cells[5, 23] = None
    chart = heat_map(cells, title="Requests by weekday and hour", unit=lambda v: f"{v:,.0f}", width=width, colour=False)
    assert chart == seen


def test_importing_charts_imports_no_library() -> None:
    charts = "instagen_usage_cli.output.chart, instagen_usage_cli.output.heat_map"
    program = f"import sys, {charts}; print({{'plotille', 'rich'}} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"
