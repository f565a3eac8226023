"""What must hold for any log: nothing depends on order or on how it was cut, and the parts make the whole."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.calls import FIRST, MODELS, calls, csv_text, statement, written
from tests.support.ledgers import DIMENSIONS, MEASURES, Ledger, few, summed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Record = dict[str, Any]
    Rows = list[tuple[Any, ...]]

SOURCES = ("csv", "litellm", "openai-response")  # jsonl is read by the SELECT of csv


# --- logs ---------------------------------------------------------------------------------------------


# --- databases ----------------------------------------------------------------------------------------


@pytest.fixture
def ledger(run: Run) -> Iterator[Callable[[], Ledger]]:
    """Make an empty database, as often as an example wants one."""
    with tempfile.TemporaryDirectory() as folder:
        yield lambda: Ledger(run, Path(tempfile.mkdtemp(dir=folder)))


# --- how a log is cut and in what order it comes ------------------------------------------------------


@pytest.mark.parametrize("source", SOURCES)
@few(2)
@given(records=calls(least=4), data=st.data())
def test_halves_in_either_order_are_the_whole(
    ledger: Callable[[], Ledger], source: str, records: list[Record], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(records) - 1))
    first, second = written(source, records[:cut]), written(source, records[cut:])
    name = "log.csv" if source == "csv" else "log.jsonl"
    whole, forth, back = ledger(), ledger(), ledger()
    whole.add(name, written(source, records))
    forth.add(f"1-{name}", first)
    forth.add(f"2-{name}", second)
    back.add(f"2-{name}", second)
    back.add(f"1-{name}", first)
    assert len(whole.rows()) == len(records)
    assert forth.rows() == whole.rows()
    assert back.rows() == whole.rows()
    forth.add(f"3-{name}", written(source, records))
    assert forth.rows() == whole.rows()


@pytest.mark.parametrize("source", ["litellm", "openai-response"])
@few(2)
@given(records=calls(least=3, most=6), data=st.data())
def test_lines_of_one_request_make_one_row_in_any_order(
    ledger: Callable[[], Ledger], source: str, records: list[Record], data: st.DataObject
) -> None:
    """A log may hold a request twice, once partial and once fuller, in one file or in two."""
    partial = [call | {"input": None, "output": None, "cached": None, "cost": None} for call in records]
    lines = data.draw(st.permutations([*partial, *records]))
    whole, apart, turned = ledger(), ledger(), ledger()
    whole.add("log.jsonl", written(source, lines))
    cut = len(lines) // 2
    halves = [written(source, lines[:cut]), written(source, lines[cut:])]
    for place in (0, 1):
        apart.add(f"{place}.jsonl", halves[place])
        turned.add(f"{1 - place}.jsonl", halves[1 - place])
    assert len(whole.rows()) == len(records)
    assert apart.rows() == whole.rows()
    assert turned.rows() == whole.rows()
    fuller = ledger()
    fuller.add("log.jsonl", written(source, records))
    assert whole.rows() == fuller.rows()


@few(3)
@given(records=calls(least=3, most=8))
def test_two_sources_of_one_answer_make_one_row_in_either_order(
    ledger: Callable[[], Ledger], records: list[Record]
) -> None:
    gateway, answers = written("litellm", records), written("openai-response", records)
    forth, back, together = ledger(), ledger(), ledger()
    forth.add("gateway.jsonl", gateway)
    forth.add("answers.jsonl", answers)
    back.add("answers.jsonl", answers)
    back.add("gateway.jsonl", gateway)
    (together.folder / "logs").mkdir()
    (together.folder / "logs/gateway.jsonl").write_bytes(gateway)
    (together.folder / "logs/answers.jsonl").write_bytes(answers)
    assert together.run("import", together.folder / "logs", "--db", together.path).code == 0
    assert len(forth.rows()) == len(records)
    assert back.rows() == forth.rows()
    assert together.rows() == forth.rows()


@pytest.mark.parametrize("source", SOURCES)
@few(2)
@given(records=calls(least=3, most=10))
def test_forgetting_one_of_two_leaves_what_the_other_says(
    ledger: Callable[[], Ledger], source: str, records: list[Record]
) -> None:
    name = "log.csv" if source == "csv" else "log.jsonl"
    early, late = written(source, records[:-1]), written(source, records[1:])
    both, only = ledger(), ledger()
    both.add(f"early-{name}", early)
    both.add(f"late-{name}", late)
    both.forget("1")
    only.add(f"late-{name}", late)
    assert both.rows() == only.rows()
    both.add(f"early-{name}", early)
    path = str(both.folder / f"late-{name}")
    both.forget(path)
    other = ledger()
    other.add(f"early-{name}", early)
    assert both.rows() == other.rows()


@few(2)
@given(records=calls(least=2, most=8))
def test_forgetting_one_of_two_sources_leaves_what_the_other_says(
    ledger: Callable[[], Ledger], records: list[Record]
) -> None:
    gateway, answers = written("litellm", records), written("openai-response", records)
    both, only = ledger(), ledger()
    both.add("gateway.jsonl", gateway)
    both.add("answers.jsonl", answers)
    both.forget("1")
    only.add("answers.jsonl", answers)
    assert both.rows() == only.rows()


def test_forgetting_the_first_reading_of_a_log_that_grew_forgets_the_later_ones_too(
    ledger: Callable[[], Ledger],
) -> None:
    """What the second reading found stored is booked on the first: both go, and the next import reads all of it."""
    records = [call_at(minute) | {"number": minute} for minute in range(4)]
    grown, only = ledger(), ledger()
    grown.add("log.jsonl", written("litellm", records[:2]))
    grown.add("log.jsonl", written("litellm", records))
    only.add("log.jsonl", written("litellm", records))
    grown.forget("1")
    assert grown.rows() == []
    grown.add("log.jsonl", written("litellm", records))
    assert grown.rows() == only.rows()


def test_forgetting_a_statement_brings_back_the_one_it_replaced(ledger: Callable[[], Ledger]) -> None:
    both, only = ledger(), ledger()
    first, second = statement({0: 10, 1: 20}), statement({1: 25, 2: 30})
    both.add("first.csv", first)
    both.add("second.csv", second)
    assert both.total()["requests"] == 10 + 25 + 30
    both.forget("2")
    only.add("first.csv", first)
    assert both.rows("statements") == only.rows("statements")
    assert both.total()["requests"] == 30


# --- equal rows ---------------------------------------------------------------------------------------


def call_at(minute: int) -> Record:
    return {
        "number": 0,
        "at": FIRST + timedelta(minutes=minute),
        "model": MODELS[0],
        "key": "alpha",
        "project": None,
        "user": None,
        "failed": False,
        "input": 100,
        "output": 10,
        "cached": None,
        "cost": "0.5",
    }


@pytest.mark.parametrize("source", ["csv", "jsonl"])
@few(2)
@example(times=(3, 2))
@given(times=st.tuples(st.integers(1, 4), st.integers(1, 4)))
def test_equal_rows_count_as_often_as_in_the_fullest_file(
    ledger: Callable[[], Ledger], source: str, times: tuple[int, int]
) -> None:
    name = "log.csv" if source == "csv" else "log.jsonl"
    one = ledger()
    for place, number in enumerate(times):
        one.add(f"{place}-{name}", written(source, [call_at(0)] * number))
    assert len(one.rows()) == max(times)
    assert one.total()["input_tokens"] == 100 * max(times)
    one.forget("1")
    assert len(one.rows()) == times[1]


# --- statements ---------------------------------------------------------------------------------------


def log_of(days: dict[int, int]) -> list[Record]:
    """So many calls on each day, of 9 tokens and one dollar each, all at different times."""
    return [
        call_at(day * 1440 + place * 7) | {"input": 7, "output": 2, "cost": "1"}
        for day, number in days.items()
        for place in range(number)
    ]


@few(4)
@example(stated={0: 20, 1: 20, 2: 20}, seen={0: 19, 1: 18, 2: 0}, statement_first=True)
@given(
    stated=st.dictionaries(st.integers(0, 3), st.integers(1, 40), min_size=1),
    seen=st.dictionaries(st.integers(0, 3), st.integers(0, 40), min_size=1),
    statement_first=st.booleans(),
)
def test_of_a_statement_and_requests_only_one_counts(
    ledger: Callable[[], Ledger], stated: dict[int, int], seen: dict[int, int], *, statement_first: bool
) -> None:
    """The requests of a day count if they are at least 95 % of what the statement says, else the statement."""
    log = log_of(seen)
    files = [("days.csv", statement(stated)), ("log.csv", csv_text(log).encode())]
    both = ledger()
    for name, content in files if statement_first else reversed(files[: 1 + bool(log)]):
        if name != "log.csv" or log:
            both.add(name, content)
    if not statement_first and not log:
        return
    expected = dict.fromkeys(("requests", "input_tokens", "output_tokens", "cost_usd"), Decimal(0))
    for day in set(stated) | set(seen):
        said, found = stated.get(day, 0), seen.get(day, 0)
        requests_count = found > 0 and found * 100 >= said * 95
        number = found if requests_count else said
        expected["requests"] += number
        expected["input_tokens"] += number * (7 if requests_count else 90)
        expected["output_tokens"] += number * (2 if requests_count else 10)
        expected["cost_usd"] += number * (Decimal(1) if requests_count else Decimal("0.5"))
    found_total = both.total()
    assert {name: found_total[name] for name in expected} == expected
    assert_parts_make_the_whole(both, ("model", "source", "status"))


def test_one_statement_read_in_two_zones_counts_once(ledger: Callable[[], Ledger]) -> None:
    """The same export under two names, once read as UTC and once as Shanghai: its days overlap by 16 hours."""
    one = ledger()
    one.add("days.csv", statement({0: 10}))
    one.add("copy.csv", statement({0: 10}), "--source-tz", "Asia/Shanghai")
    assert one.total()["requests"] == 10


def test_a_statement_by_hour_and_one_by_day_count_once(ledger: Callable[[], Ledger]) -> None:
    one = ledger()
    one.add("days.csv", statement({0: 10, 1: 20}))
    hours = "Time,Model,Requests\n2026-10-01 03:00,a,4\n2026-10-01 04:00,a,6\n"
    one.add("hours.csv", hours.encode())
    assert one.total()["requests"] == 30


# --- the parts make the whole -------------------------------------------------------------------------


def assert_parts_make_the_whole(ledger: Ledger, dimensions: Sequence[str], *filters: str) -> None:
    for names in dimensions:
        found = ledger.stats("--by", names, *filters)
        assert summed(found["rows"]) == summed([found["total"]]), (names, filters)


def filled(ledger: Ledger, records: list[Record]) -> Ledger:
    """A database with requests of three sources and a statement, some of the same days."""
    third = max(1, len(records) // 3)
    ledger.add("log.csv", written("csv", records[:third]))
    if records[third:]:
        ledger.add("log.jsonl", written("jsonl", records[third : 2 * third]) or b'{"time":0}')
        ledger.add("gateway.jsonl", written("litellm", records[third:]))
    ledger.add("days.csv", statement({0: 3, 1: 1, 5: 2}))
    return ledger


@few(2)
@given(records=calls(least=6, most=12))
def test_the_rows_of_every_breakdown_sum_to_the_total(ledger: Callable[[], Ledger], records: list[Record]) -> None:
    one = filled(ledger(), records)
    whole = one.total()
    for dimension in (*DIMENSIONS, "key,status"):
        found = one.stats("--by", dimension)
        assert summed(found["rows"]) == whole
    for filters in (("--model", "*/*o*"), ("--key", "alpha*", "--status", "ok"), ("--source", "csv*")):
        whole = one.total(*filters)
        for dimension in ("model", "key", "user,source"):
            assert summed(one.stats("--by", dimension, *filters)["rows"]) == whole
    models = [summed(one.stats("--model", f"{model}*")["rows"]) for model in MODELS]
    assert summed(models) == one.total()


@few(2)
@given(
    records=calls(least=4, most=10),
    cuts=st.lists(st.integers(-60, 9000), min_size=3, max_size=3, unique=True).map(sorted),
)
def test_two_windows_that_touch_are_one(ledger: Callable[[], Ledger], records: list[Record], cuts: list[int]) -> None:
    one = filled(ledger(), records)
    since, between, until = ((FIRST + timedelta(minutes=minute)).isoformat() for minute in cuts)
    first = one.total("--since", since, "--until", between)
    second = one.total("--since", between, "--until", until)
    assert summed([first, second]) == one.total("--since", since, "--until", until)
    slots = one.stats("--since", since, "--until", until, "--every", "hour")["rows"]
    assert summed(slots) == one.total("--since", since, "--until", until)


@few(2)
@given(records=calls(least=4, most=10))
def test_csv_reads_back_to_the_same_sums_as_json(ledger: Callable[[], Ledger], records: list[Record]) -> None:
    one = filled(ledger(), records)
    for arguments in (("--by", "model,key,status"), ("--every", "day", "--by", "user")):
        found = one.stats(*arguments)["rows"]
        outcome = one.run("stats", "--period", "all", *arguments, "--format", "csv", "--db", one.path)
        read = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(io.StringIO(outcome.out))]
        assert len(read) == len(found)
        assert summed(read) == summed(found)
        for mine, theirs in zip(read, found, strict=True):
            assert {name: mine[name] and Decimal(str(mine[name])) for name in MEASURES} == {
                name: theirs[name] for name in MEASURES
            }


def test_a_statement_that_drops_what_the_one_before_said_is_told(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """Two parts of one report look like two exports of it: under scopes of their own both count."""
    parts = {"a": "2026-11-10,m,30\n2026-11-11,m,5\n", "b": "2026-11-10,n,40\n2026-11-11,m,9\n2026-11-12,m,1\n"}
    files = {name: tmp_path / f"{name}.csv" for name in parts}
    for name, rows in parts.items():
        files[name].write_text("date,model,requests\n" + rows, "utf-8")
    told = f"{files['b']} replaces 1 period of an earlier file, from 2026-11-10 00:00 UTC on, and drops some of it"
    assert told in run("import", *files.values(), "--source-tz", "UTC").out
    assert run("stats", "--format", "json").json["total"]["requests"] == 50
    assert "drops some of it" not in run("import", files["b"], "--source-tz", "UTC", "--again").out
    assert "2 periods of an earlier file" in run("import", files["a"], "--source-tz", "UTC", "--again").out
    for name, file in files.items():
        outcome = run("import", file, "--source-tz", "UTC", "--set", f"project={name}")
        assert "drops some of it" not in outcome.out
    assert run("stats", "--format", "json").json["total"]["requests"] == 85
