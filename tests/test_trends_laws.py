"""What must hold of `usage trends` for any log, window, zone and filter."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli.choices import INTERVALS
from tests.support.answers import column, content
from tests.support.calls import FIRST
from tests.support.ledgers import FixedLedger, Ledger, few
from tests.support.requests import store_requests
from tests.support.traffic import (
    DAY,
    DENSE_FROM,
    DENSE_TO,
    QUARTER,
    WEEK_DAYS,
    breakdowns,
    filters_,
    moments,
    zones,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]
    Record = dict[str, Any]

INSTANT = timedelta(microseconds=1)
MEASURES = {
    "cost": "cost_usd",
    "requests": "requests",
    "tokens": "total_tokens",
    "input": "input_tokens",
    "output": "output_tokens",
    "errors": "failed_requests",
}


# --- laws ---------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(run: Run, filled_folder: Path) -> Ledger:
    """Two weeks of calls of three sources, and some statements."""
    return FixedLedger(run, filled_folder)


def asked(ledger: Ledger, *arguments: str) -> Record:
    """The trends of all time, or of the window that is named."""
    window = () if "--since" in arguments else ("--period", "all")
    return content(ledger.run("trends", *window, *arguments, "--format", "json", "--db", ledger.path))


def known_sum(found: Sequence[Record], name: str) -> Decimal:
    return sum((Decimal(row[name]) for row in found if row[name] is not None), Decimal(0))


def of_rows(found: Record, measure: str) -> Decimal:
    return known_sum(found["rows"], MEASURES[measure])


@pytest.mark.parametrize("measure", MEASURES)
@few(3)
@given(every=st.sampled_from(list(INTERVALS)), by=breakdowns, filters=filters_, zone=zones, window=moments(2))
def test_the_buckets_sum_to_the_total_and_so_do_breakdowns(
    mixed: Ledger, measure: str, every: str, by: str, filters: tuple[str, ...], zone: str, window: list[str]
) -> None:
    main = MEASURES[measure]
    for span in ((), ("--since", window[0], "--until", window[1])):
        whole = mixed.total(*span, *filters)[main] or 0
        asking = (*span, "--measure", measure, "--every", every, "--tz", zone, *filters)
        found = asked(mixed, *asking)
        assert (found["total"][main] or 0) == whole
        assert of_rows(found, measure) == whole
        assert_bucket_for_bucket(found["rows"], asked(mixed, *asking, "--by", by)["rows"], main)


def assert_bucket_for_bucket(whole: list[Record], parts: list[Record], name: str) -> None:
    buckets = [row["bucket"] for row in whole]
    assert list(dict.fromkeys(row["bucket"] for row in parts)) == buckets
    for row in whole:
        of_it = [part for part in parts if part["bucket"] == row["bucket"]]
        assert known_sum(of_it, name) == (row[name] or 0)
        # what is unknown in the whole is unknown or 0 in each part
        assert row[name] is not None or not any(part[name] for part in of_it)
        assert row["partial"] == any(part["partial"] for part in of_it)


patterns = st.sampled_from(["weekday", "hour-of-day", "weekday,hour-of-day", "hour-of-day,key", "model,weekday"])


@pytest.mark.parametrize("names", ["weekday", "hour-of-day", "weekday,hour-of-day,key"])
def test_patterns_sum_to_the_total(mixed: Ledger, names: str) -> None:
    """The last day of the imports is that of a statement, which has no hour; what failed is not known of it."""
    day = ("--since", "2026-10-17", "--until", "2026-10-17")
    for measure, main in MEASURES.items():
        whole = mixed.total(*day)[main]
        expected = 0 if "hour" in names else whole or 0
        assert of_rows(asked(mixed, "--measure", measure, "--by", names, *day), measure) == expected
        assert bool(whole) == (measure != "errors")


@pytest.mark.parametrize("measure", MEASURES)
@few(4)
@given(names=patterns, filters=filters_, zone=zones, seconds=st.integers(0, 14 * 86_400))
def test_patterns_of_a_window_inside_the_imports_sum_to_the_total(
    mixed: Ledger, measure: str, names: str, filters: tuple[str, ...], zone: str, seconds: int
) -> None:
    window: tuple[str, ...] = (
        "--since", (FIRST + timedelta(seconds=seconds)).isoformat(), "--until", "2026-10-16", "--tz", zone
    )  # fmt: skip
    if "hour" in names:  # statements of whole days have none
        window = (*window, "--count", "requests")
    found = asked(mixed, "--measure", measure, "--by", names, *window, *filters)
    assert of_rows(found, measure) == (mixed.total(*window, *filters)[MEASURES[measure]] or 0)


@few(10)
@given(
    cuts=moments(3),
    zone=zones,
    measure=st.sampled_from(list(MEASURES)),
    every=st.sampled_from(list(INTERVALS)),
    filters=filters_,
)
def test_two_windows_that_touch_are_one(
    mixed: Ledger, cuts: list[str], zone: str, measure: str, every: str, filters: tuple[str, ...]
) -> None:
    since, between, until = cuts
    main = MEASURES[measure]
    asking = ("--measure", measure, "--every", every, "--tz", zone, *filters)
    first = asked(mixed, *asking, "--since", since, "--until", between)
    second = asked(mixed, *asking, "--since", between, "--until", until)
    both = asked(mixed, *asking, "--since", since, "--until", until)
    assert of_rows(first, measure) + of_rows(second, measure) == of_rows(both, measure)
    # bucket by bucket, too: the one that is cut is in both
    sums: dict[str, Decimal] = {}
    for row in (*first["rows"], *second["rows"]):
        sums[row["bucket"]] = sums.get(row["bucket"], Decimal(0)) + (row[main] or 0)
    for row in both["rows"]:
        assert sums.pop(row["bucket"], Decimal(0)) == (row[main] or 0)
    assert not any(sums.values())


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """The first instant at which a zone's clock shows that day, by looking at every quarter of an hour."""
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=15)
    while moment.astimezone(zone).date() < day:
        moment += QUARTER
    return moment


def bucket_of(moment: datetime, every: str, zone: ZoneInfo) -> tuple[datetime, datetime, str]:
    """Where the bucket that holds an instant begins and ends, and how it is called."""
    clock = moment.astimezone(zone)
    if every == "hour":
        begins = moment - timedelta(minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
        return begins, begins + timedelta(hours=1), begins.astimezone(zone).isoformat()
    first = {
        "day": clock.date(),
        "week": clock.date() - clock.weekday() * DAY,
        "month": clock.date().replace(day=1),
    }[every]
    after = {"day": first + DAY, "week": first + 7 * DAY, "month": (first + 32 * DAY).replace(day=1)}[every]
    return first_moment(first, zone), first_moment(after, zone), str(first)


def expected_rows(
    since: datetime, until: datetime, now: datetime, every: str, zone: ZoneInfo
) -> list[tuple[str, str, str]]:
    """Bucket, requests and partial of a window over the quarters of an hour."""
    found = []
    begins, ends, name = bucket_of(since, every, zone)
    while begins < min(until, now + INSTANT):
        first, last = max(begins, since, DENSE_FROM), min(ends, until, DENSE_TO + INSTANT)
        number = max(-((DENSE_FROM - last) // QUARTER) + ((DENSE_FROM - first) // QUARTER), 0)
        is_known = ends > DENSE_FROM and begins <= DENSE_TO
        is_partial = begins < since or ends > min(until, now)
        found.append((name, str(number) if is_known else "", str(is_partial).lower()))
        begins, ends, name = bucket_of(ends, every, zone)
    return found if any(number not in ("", "0") for _, number, _ in found) else []


LENGTHS = {"hour": 30 * 60, "day": 12 * 1440, "week": 60 * 1440, "month": 300 * 1440}


@few(24)
@given(
    every=st.sampled_from(list(INTERVALS)),
    zone=st.sampled_from(
        [
            "UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati",
            "Pacific/Chatham", "Etc/GMT+12", "America/Santiago", "America/St_Johns",
        ]
    ),
    start=st.integers(-3 * 86400, 328 * 86400),
    share=st.floats(0.01, 1),
    past=st.sampled_from([None, 0, 1, 3_601]),
)  # fmt: skip
def test_any_window_in_any_zone(
    run: Run, dense: Path, every: str, zone: str, start: int, share: float, past: int | None
) -> None:
    """Buckets, their numbers and their marks, against a count in Python; `past` seconds before the end it is now."""
    since = DENSE_FROM + timedelta(seconds=start)
    until = since + timedelta(seconds=int(LENGTHS[every] * 60 * share))
    now = DENSE_TO if past is None else until - timedelta(seconds=past)
    if since >= now:
        return
    expected = expected_rows(since, until, now, every, ZoneInfo(zone))
    window = ("--since", since.isoformat(), "--until", until.isoformat(), "--tz", zone, "--every", every)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("USAGE_NOW", now.isoformat())
        for report in ("trends", "stats"):
            measure = ("--measure", "requests") if report == "trends" else ()
            outcome = run(report, *window, *measure, "--db", dense, "--format", "csv")
            found = [row for row in column(outcome, "bucket", "requests", "partial") if is_up_to(row[0], now, zone)]
            if past:
                # of what comes after now, which is in the store, only the running bucket holds a part
                assert [(name, partial) for name, _, partial in found] == [(name, mark) for name, _, mark in expected]
                found, expected_part = found[:-1], expected[:-1]
                assert found == expected_part
            else:
                assert found == expected


def is_up_to(bucket: str, now: datetime, zone: str) -> bool:
    begins = datetime.fromisoformat(bucket)
    if begins.tzinfo is None:
        begins = first_moment(begins.date(), ZoneInfo(zone))
    return begins <= now


# --- percentiles --------------------------------------------------------------------------------------


def quantile(values: Sequence[int], share: float) -> float:
    """The percentile between the two values around it, in proportion."""
    found = sorted(values)
    place = share * (len(found) - 1)
    low = int(place)
    high = min(low + 1, len(found) - 1)
    return found[low] + (found[high] - found[low]) * (place - low)


timed = st.lists(
    st.tuples(
        st.integers(0, 3 * 1440),
        st.sampled_from(["a", "b", ""]),
        st.sampled_from(["ok", "ok", "", "error"]),
        st.one_of(st.none(), st.integers(0, 100_000)),
    ),
    min_size=40,
    max_size=120,
    unique_by=lambda each: each[0],
)


@few(3)
@given(records=timed)
def test_percentiles_against_a_count_in_python(
    run: Run, tmp_path: Path, records: list[tuple[int, str, str, int | None]]
) -> None:
    one = Ledger(run, Path(tempfile.mkdtemp(dir=tmp_path)))
    store_requests(
        one.path,
        [
            {
                "started_at": (FIRST + timedelta(minutes=minute)).replace(tzinfo=None),
                "provider": None,
                "host": None,
                "model": None,
                "service_tier": None,
                "access_key": key or None,
                "status": status or None,
                "reported_total_tokens": 1,
                "duration_ms": duration,
            }
            for minute, key, status, duration in records
        ],
    )
    places: dict[str, Callable[[datetime], Any]] = {
        "day": lambda moment: str(moment.date()),
        "hour": lambda moment: moment.replace(minute=0).isoformat(),
        "weekday": lambda moment: WEEK_DAYS[moment.weekday()],
        "hour-of-day": lambda moment: moment.hour,
    }
    zone = ZoneInfo("Asia/Kolkata")
    for how, place_of in places.items():
        expected: dict[tuple[Any, str], list[int]] = {}
        for minute, key, status, duration in records:
            if duration is not None and status != "error":
                place = place_of((FIRST + timedelta(minutes=minute)).astimezone(zone))
                expected.setdefault((place, key), []).append(duration)
        by = ("--every", how, "--by", "key") if how in INTERVALS else ("--by", f"{how},key")
        name = "bucket" if how in INTERVALS else how.replace("-", "_")
        found = {
            (row[name], row["access_key"] or ""): row
            for row in asked(one, "--measure", "latency", *by, "--tz", zone.key)["rows"]
            if row["duration_samples"]
        }
        assert {place: row["duration_samples"] for place, row in found.items()} == {
            place: len(values) for place, values in expected.items()
        }
        for place, values in expected.items():
            for share, percentile in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")):
                value = float(found[place][f"{percentile}_duration_ms"])
                assert value == pytest.approx(quantile(values, share), rel=1e-9, abs=1e-9)
