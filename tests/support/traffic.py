"""Traffic for reports: calls of everything, a request every quarter of an hour, and what may be asked of them."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

from instagen_usage_cli.__main__ import run as run_program
from tests.conftest import NOW
from tests.support.calls import FIRST, MODELS, statement, written
from tests.support.ledgers import DIMENSIONS

if TYPE_CHECKING:
    from pathlib import Path

    Record = dict[str, Any]

QUARTER = timedelta(minutes=15)
DENSE_FROM = datetime(2026, 1, 1, tzinfo=UTC)
DENSE_TO = datetime(2026, 11, 23, 12, tzinfo=UTC)


def every_quarter(folder: Path) -> Path:
    """A database with one request of one token at every quarter of an hour of 2026, up to now."""
    number = (DENSE_TO - DENSE_FROM) // QUARTER + 1
    lines = [f"{DENSE_FROM + place * QUARTER:%Y-%m-%dT%H:%M:%SZ},1\n" for place in range(number)]
    (folder / "log.csv").write_text("time,tokens\n" + "".join(lines), "utf-8")
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setenv("USAGE_NOW", NOW)
        patch.setenv("USAGE_CONFIG", str(folder / "config.toml"))
        assert run_program(["import", str(folder / "log.csv"), "--db", str(folder / "usage.duckdb")]) == 0
    return folder / "usage.duckdb"


def mixed_calls(number: int = 160) -> list[Record]:
    """Calls of two weeks, with everything that may be unknown."""
    return [
        {
            "number": place,
            "at": FIRST + timedelta(minutes=place * place * 53 % 20_011, seconds=place),
            "model": MODELS[place % 3],
            "key": (None, "alpha", "beta")[place * 7 % 5 % 3],
            "project": (None, "search")[place % 2],
            "user": (None, "alice", "bob")[place * 11 % 7 % 3],
            "failed": place % 6 == 0,
            "input": None if place % 9 == 0 else place * 31 % 5000,
            "output": None if place % 11 == 0 else place * 17 % 900,
            "cached": (None, 0, 7)[place % 3],
            "cost": (None, "0.5", "0.000001", None, "0.125")[place % 5],
        }
        for place in range(number)
    ]


def fill(folder: Path) -> None:
    """A database in a folder, with requests of three sources, and statements of which one counts where requests are."""
    calls = mixed_calls()
    days = {0: 3, 2: 90, 13: 1, 16: 2}
    files = {
        "log.csv": written("csv", calls[:60]),
        "log.jsonl": written("jsonl", calls[60:110]),
        "gateway.jsonl": written("litellm", calls[90:]),
        "days.csv": statement(days),
    }
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(io.StringIO()):
        patch.setenv("USAGE_NOW", NOW)
        patch.setenv("USAGE_CONFIG", str(folder / "config.toml"))
        for name, text in files.items():
            (folder / name).write_bytes(text)
            arguments = [str(folder / name), "--source-tz", "UTC", "--db", str(folder / "usage.duckdb")]
            assert run_program(["import", *arguments]) == 0


zones = st.sampled_from(["UTC", "Europe/Paris", "Asia/Kolkata", "Pacific/Kiritimati", "Etc/GMT+12"])
breakdowns = st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=3, unique=True).map(",".join)
filters_ = st.sampled_from(
    [
        (),
        ("--model", "*/*o*"),
        ("--key", "alpha*", "--status", "ok"),
        ("--source", "csv*"),
        ("--count", "requests"),
        ("--count", "statements"),
        ("--user", "alice", "--user", "bob", "--provider", "instagen"),
    ]
)


def moments(number: int) -> st.SearchStrategy[list[str]]:
    """So many different times in and around the two weeks, in order."""
    least, most = -2 * 86_400, 19 * 86_400
    found = st.lists(st.integers(least, most), min_size=number, max_size=number, unique=True)
    return found.map(lambda seconds: [(FIRST + timedelta(seconds=each)).isoformat() for each in sorted(seconds)])


WORDS = ("alpha", "beta", "gamma")


def busy_log() -> str:
    """Requests of three models with long names and large numbers, every three hours for 70 days."""
    lines = ["time,model,key,status,input tokens,output tokens,cost_usd,latency (ms)"]
    begin = datetime(2026, 9, 14, tzinfo=UTC)
    for place in range(70 * 8):
        word = WORDS[place % 3]
        peak = 40 if place == 540 else 1
        lines.append(
            f"{(begin + place * timedelta(hours=3)):%Y-%m-%dT%H:%M:%SZ},organisation/{word}-instruct-with-a-long-name,"
            f"{word}-production-key,{'error' if place % 17 == 0 else 'ok'},{(123456 + place * 991) * peak},"
            f"{(34567 + place * 97) * peak},{(12.345 + place) * peak:.3f},{12345 + place * 37}"
        )
    return "\n".join(lines) + "\n"


DAY = timedelta(days=1)
# Friday, Saturday, Sunday, Monday. Nothing is known of the tokens sent, the cost, the outcome of the third-last.
TEN_CALLS = """\
time,model,key,status,input tokens,output tokens,cost_usd,latency (ms)
2026-10-30T10:10:00Z,m-a,k,ok,100,10,0.5,1000
2026-10-30T10:50:00Z,m-a,k,ok,200,20,0.25,2000
2026-10-30T12:00:00Z,m-b,,error,50,0,0,500
2026-10-31T23:59:59Z,m-a,,ok,10,5,0.01,300
2026-11-01T00:00:00Z,m-b,,ok,30,7,0.02,400
2026-11-02T08:00:00Z,m-b,k,,,9,,
2026-11-02T08:30:00Z,m-a,k,ok,1000,100,1.5,10000
2026-11-02T08:45:00Z,m-a,j,ok,500,50,0.75,20000
2026-11-02T09:15:00Z,m-a,j,error,5,0,0.001,40
"""
FOUR_DAYS = ("--since", "2026-10-30", "--until", "2026-11-02")
MORNING = ("--since", "2026-11-02T06:30", "--until", "2026-11-02T11:00")
BUCKETS = {
    "day": ["2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"],
    "week": ["2026-10-26", "2026-11-02"],
    "month": ["2026-10-01", "2026-11-01"],
    "hour": [f"2026-11-02T{hour:02}:00:00+00:00" for hour in range(6, 11)],
}
LONG_AND_SHORT_DAYS = [
    ("Europe/Paris", "2026-03-29", 23),
    ("Europe/Paris", "2026-10-25", 25),
    ("America/New_York", "2026-03-08", 23),
    ("America/New_York", "2026-11-01", 25),
    ("Australia/Lord_Howe", "2026-04-05", 24.5),
    ("Australia/Lord_Howe", "2026-10-04", 23.5),
    ("Asia/Kolkata", "2026-10-25", 24),
    ("Pacific/Kiritimati", "2026-11-10", 24),
    ("Etc/GMT+12", "2026-11-10", 24),
    # where the clock skips midnight, or turns back to the hour before it
    ("America/Santiago", "2026-09-06", 23),
    ("America/Santiago", "2026-04-04", 25),
    ("Africa/Cairo", "2026-04-24", 23),
    ("Africa/Cairo", "2026-10-29", 25),
    ("America/Havana", "2026-03-08", 23),
    ("Atlantic/Azores", "2026-03-29", 23),
]
# where the hour after midnight comes twice (Havana did, until a law of 2026 that not every DuckDB knows)
TWO_MIDNIGHTS = [("Atlantic/Azores", "2026-10-25", 25)]
WEEK_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
