"""Windows worked out by hand: every way of saying one, in zones from UTC-12 to UTC+14, over 23- and 25-hour days."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli import errors, window
from tests.conftest import environment

if TYPE_CHECKING:
    from instagen_usage_cli.window import Window

MONDAY = "2026-11-23T12:00"  # 13:00 in Paris, 17:30 in Kolkata, 02:00 on Tuesday in Kiritimati, midnight in GMT+12
ZONES = ("UTC", "Europe/Paris", "Asia/Kolkata", "Pacific/Kiritimati", "Etc/GMT+12", "America/Havana", "Africa/Cairo")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
# Where the calendar of Python has room on both sides.
MOMENTS = st.datetimes(
    min_value=datetime(1980, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2037, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ends(found: Window) -> tuple[datetime | None, datetime | None]:
    return found.since, found.until


# --- --last -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "since"),
    [
        ("1h", "2026-11-23T11:00"),
        ("24h", "2026-11-22T12:00"),
        ("1d", "2026-11-22T12:00"),
        ("7d", "2026-11-16T12:00"),
        ("30d", "2026-10-24T12:00"),
        ("90d", "2026-08-25T12:00"),
        ("1w", "2026-11-16T12:00"),
        ("4w", "2026-10-26T12:00"),
        ("36h", "2026-11-22T00:00"),
        ("366d", "2025-11-22T12:00"),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_last_is_exact_hours_back_from_now_in_every_zone(last: str, since: str, zone: str) -> None:
    found = window.parse(last=last, now=NOW, zone=ZoneInfo(zone))
    assert ends(found) == (utc(since), NOW)


@pytest.mark.parametrize("zone", ZONES)
def test_the_default_is_the_last_30_days(zone: str) -> None:
    assert window.parse(now=NOW, zone=ZoneInfo(zone)) == window.parse(last="30d", now=NOW, zone=ZoneInfo(zone))


def test_a_rolling_window_over_a_23_hour_day_keeps_its_24_hours() -> None:
    now = utc("2026-03-29T12:00")
    found = window.parse(last="1d", now=now, zone=ZoneInfo("Europe/Paris"))
    assert ends(found) == (utc("2026-03-28T12:00"), now)
    assert found.hours == 24


@given(days=st.integers(1, 9999), now=MOMENTS, zone=st.sampled_from(ZONES))
def test_last_n_days_is_n_times_24_hours(days: int, now: datetime, zone: str) -> None:
    try:
        found = window.parse(last=f"{days}d", now=now, zone=ZoneInfo(zone))
    except errors.BadValue:
        pytest.fail(f"{days}d before {now} is within the calendar")
    assert found.until == now
    assert found.hours == days * 24


@pytest.mark.parametrize(
    "last",
    [
        *("", "7", "d", "0d", "00d", "-7d", "+7d", "7D", "7 d", " 7d", "7d ", "7d\n", "1.5d", "7m", "7y", "100000d"),
        *("seven", "７d"),
    ],
)
def test_last_takes_nothing_else(last: str) -> None:
    with pytest.raises(errors.BadValue, match="--last"):
        window.parse(last=last, now=NOW, zone=UTC_ZONE)


def test_a_last_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(errors.BadValue, match="--last"):
        window.parse(last="99999w", now=utc("0500-01-01T00:00"), zone=UTC_ZONE)


# --- --period -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "now", "period", "since", "until"),
    [
        # A Monday noon in UTC: what has begun ends now.
        ("UTC", MONDAY, "today", "2026-11-23T00:00", MONDAY),
        ("UTC", MONDAY, "yesterday", "2026-11-22T00:00", "2026-11-23T00:00"),
        ("UTC", MONDAY, "this-week", "2026-11-23T00:00", MONDAY),
        ("UTC", MONDAY, "last-week", "2026-11-16T00:00", "2026-11-23T00:00"),
        ("UTC", MONDAY, "this-month", "2026-11-01T00:00", MONDAY),
        ("UTC", MONDAY, "last-month", "2026-10-01T00:00", "2026-11-01T00:00"),
        ("UTC", MONDAY, "2026-01", "2026-01-01T00:00", "2026-02-01T00:00"),
        ("UTC", MONDAY, "2025-12", "2025-12-01T00:00", "2026-01-01T00:00"),
        ("UTC", MONDAY, "2024-02", "2024-02-01T00:00", "2024-03-01T00:00"),
        # A Sunday is the last day of its week.
        ("UTC", "2026-11-22T23:59", "this-week", "2026-11-16T00:00", "2026-11-22T23:59"),
        ("UTC", "2026-11-22T23:59", "last-week", "2026-11-09T00:00", "2026-11-16T00:00"),
        # Over the new year (1 January 2026 is a Thursday).
        ("UTC", "2026-01-01T00:30", "yesterday", "2025-12-31T00:00", "2026-01-01T00:00"),
        ("UTC", "2026-01-01T00:30", "this-week", "2025-12-29T00:00", "2026-01-01T00:30"),
        ("UTC", "2026-01-01T00:30", "last-week", "2025-12-22T00:00", "2025-12-29T00:00"),
        ("UTC", "2026-01-01T00:30", "last-month", "2025-12-01T00:00", "2026-01-01T00:00"),
        # A leap day.
        ("UTC", "2024-03-01T06:00", "yesterday", "2024-02-29T00:00", "2024-03-01T00:00"),
        ("UTC", "2024-02-29T06:00", "today", "2024-02-29T00:00", "2024-02-29T06:00"),
        ("UTC", "2024-03-31T06:00", "last-month", "2024-02-01T00:00", "2024-03-01T00:00"),
        # Paris: UTC+1 in winter, UTC+2 in summer.
        ("Europe/Paris", MONDAY, "today", "2026-11-22T23:00", MONDAY),
        ("Europe/Paris", MONDAY, "yesterday", "2026-11-21T23:00", "2026-11-22T23:00"),
        ("Europe/Paris", MONDAY, "last-week", "2026-11-15T23:00", "2026-11-22T23:00"),
        ("Europe/Paris", MONDAY, "this-month", "2026-10-31T23:00", MONDAY),
        ("Europe/Paris", MONDAY, "last-month", "2026-09-30T22:00", "2026-10-31T23:00"),
        ("Europe/Paris", MONDAY, "2026-01", "2025-12-31T23:00", "2026-01-31T23:00"),
        ("Europe/Paris", MONDAY, "2026-03", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("Europe/Paris", MONDAY, "2026-07", "2026-06-30T22:00", "2026-07-31T22:00"),
        ("Europe/Paris", "2026-03-29T12:00", "today", "2026-03-28T23:00", "2026-03-29T12:00"),
        ("Europe/Paris", "2026-03-30T10:00", "yesterday", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Paris", "2026-03-30T10:00", "last-week", "2026-03-22T23:00", "2026-03-29T22:00"),
        ("Europe/Paris", "2026-10-26T10:00", "yesterday", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("Europe/Paris", "2026-10-26T10:00", "last-week", "2026-10-18T22:00", "2026-10-25T23:00"),
        # 23:30 UTC on a Sunday is Monday in Paris.
        ("Europe/Paris", "2026-11-22T23:30", "today", "2026-11-22T23:00", "2026-11-22T23:30"),
        ("Europe/Paris", "2026-11-22T23:30", "this-week", "2026-11-22T23:00", "2026-11-22T23:30"),
        # Kolkata: UTC+5:30.
        ("Asia/Kolkata", MONDAY, "today", "2026-11-22T18:30", MONDAY),
        ("Asia/Kolkata", MONDAY, "yesterday", "2026-11-21T18:30", "2026-11-22T18:30"),
        ("Asia/Kolkata", MONDAY, "this-week", "2026-11-22T18:30", MONDAY),
        ("Asia/Kolkata", MONDAY, "this-month", "2026-10-31T18:30", MONDAY),
        ("Asia/Kolkata", MONDAY, "2026-01", "2025-12-31T18:30", "2026-01-31T18:30"),
        ("Asia/Kolkata", "2026-11-22T18:29", "today", "2026-11-21T18:30", "2026-11-22T18:29"),
        ("Asia/Kolkata", "2026-11-22T18:31", "today", "2026-11-22T18:30", "2026-11-22T18:31"),
        # Kiritimati: UTC+14, where it is Tuesday already.
        ("Pacific/Kiritimati", MONDAY, "today", "2026-11-23T10:00", MONDAY),
        ("Pacific/Kiritimati", MONDAY, "yesterday", "2026-11-22T10:00", "2026-11-23T10:00"),
        ("Pacific/Kiritimati", MONDAY, "this-week", "2026-11-22T10:00", MONDAY),
        ("Pacific/Kiritimati", MONDAY, "last-week", "2026-11-15T10:00", "2026-11-22T10:00"),
        ("Pacific/Kiritimati", MONDAY, "last-month", "2026-09-30T10:00", "2026-10-31T10:00"),
        ("Pacific/Kiritimati", MONDAY, "2026-01", "2025-12-31T10:00", "2026-01-31T10:00"),
        # Etc/GMT+12: UTC-12, where one minute ago it was still Sunday.
        ("Etc/GMT+12", "2026-11-23T11:59", "today", "2026-11-22T12:00", "2026-11-23T11:59"),
        ("Etc/GMT+12", "2026-11-23T11:59", "this-week", "2026-11-16T12:00", "2026-11-23T11:59"),
        ("Etc/GMT+12", MONDAY, "yesterday", "2026-11-22T12:00", "2026-11-23T12:00"),
        ("Etc/GMT+12", MONDAY, "last-week", "2026-11-16T12:00", "2026-11-23T12:00"),
        ("Etc/GMT+12", MONDAY, "last-month", "2026-10-01T12:00", "2026-11-01T12:00"),
        ("Etc/GMT+12", MONDAY, "2026-01", "2026-01-01T12:00", "2026-02-01T12:00"),
        # Midnight that comes twice (Havana, 1 November 2026) and that never comes (Cairo, 24 April 2026).
        ("America/Havana", "2026-11-02T12:00", "yesterday", "2026-11-01T04:00", "2026-11-02T05:00"),
        ("Africa/Cairo", "2026-04-25T12:00", "yesterday", "2026-04-23T22:00", "2026-04-24T21:00"),
    ],
)
def test_periods_begin_and_end_at_local_midnight(zone: str, now: str, period: str, since: str, until: str) -> None:
    found = window.parse(period=period, now=utc(now), zone=ZoneInfo(zone))
    assert ends(found) == (utc(since), utc(until))


@pytest.mark.parametrize(
    ("period", "now", "hours"),
    [
        ("yesterday", "2026-03-30T10:00", 23),
        ("yesterday", "2026-10-26T10:00", 25),
        ("last-week", "2026-03-30T10:00", 7 * 24 - 1),
        ("last-week", "2026-10-26T10:00", 7 * 24 + 1),
        ("2026-03", MONDAY, 31 * 24 - 1),
        ("2026-10", MONDAY, 31 * 24 + 1),
        ("2024-02", MONDAY, 29 * 24),
        ("2026-02", MONDAY, 28 * 24),
    ],
)
def test_the_hours_of_periods_in_paris(period: str, now: str, hours: int) -> None:
    assert window.parse(period=period, now=utc(now), zone=ZoneInfo("Europe/Paris")).hours == hours


def test_all_has_no_ends() -> None:
    found = window.parse(period="all", now=NOW, zone=UTC_ZONE)
    assert ends(found) == (None, None)
    assert found.hours is None


def test_the_first_moment_of_a_day_is_an_empty_today() -> None:
    found = window.parse(period="today", now=NOW, zone=ZoneInfo("Etc/GMT+12"))
    assert ends(found) == (NOW, NOW)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("period", ["0001-01", "9999-12"])
def test_the_first_and_the_last_month_of_the_calendar_are_windows_or_refused(zone: str, period: str) -> None:
    try:
        found = window.parse(period=period, now=NOW, zone=ZoneInfo(zone))
    except errors.CommandLineError:
        return
    assert found.since is not None
    assert found.until is not None
    assert found.since < found.until


@pytest.mark.parametrize(
    "period",
    [
        *("", "now", "tomorrow", "Today", "this_month", "this month", "next-week", "week"),
        *("2026", "2026-1", "2026-00", "2026-13", "0000-01", "2026-01-01", "2026-01 "),
    ],
)
def test_period_takes_nothing_else(period: str) -> None:
    with pytest.raises(errors.BadValue, match="--period"):
        window.parse(period=period, now=NOW, zone=UTC_ZONE)


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_periods_meet_without_a_gap_and_without_overlap(now: datetime, zone: str) -> None:
    def found(period: str) -> Window:
        return window.parse(period=period, now=now, zone=ZoneInfo(zone))

    for before, after in (("yesterday", "today"), ("last-week", "this-week"), ("last-month", "this-month")):
        begins = found(after).since
        assert begins is not None
        assert found(before).until == begins <= now
    month = now.astimezone(ZoneInfo(zone))
    assert found(f"{month:%Y-%m}").since == found("this-month").since


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_what_has_begun_ends_now(now: datetime, zone: str) -> None:
    for period in ("today", "this-week", "this-month"):
        assert window.parse(period=period, now=now, zone=ZoneInfo(zone)).until == now


# --- --since and --until ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "since", "until", "begins", "ends_"),
    [
        # A date includes its day, on both ends.
        ("UTC", "2026-01-31", "2026-01-31", "2026-01-31T00:00", "2026-02-01T00:00"),
        ("UTC", "2024-02-29", "2024-02-29", "2024-02-29T00:00", "2024-03-01T00:00"),
        ("UTC", "2026-11-01", None, "2026-11-01T00:00", MONDAY),
        ("UTC", None, "2026-11-20", None, "2026-11-21T00:00"),
        # A time is exact, and the end is not included.
        ("UTC", "2026-01-31T18:00", "2026-01-31T18:30", "2026-01-31T18:00", "2026-01-31T18:30"),
        ("UTC", "2026-01-31 18:00", "2026-01-31 18:30", "2026-01-31T18:00", "2026-01-31T18:30"),
        ("UTC", "2026-01-31T18", "2026-02-01T00:00", "2026-01-31T18:00", "2026-02-01T00:00"),
        ("UTC", "2026-01-31T18:00:00.000001", "2026-02-01T00:00:00", "2026-01-31T18:00:00.000001", "2026-02-01T00:00"),
        # A time with an offset means that offset, whatever the zone.
        ("Asia/Kolkata", "2026-01-31T18:00Z", "2026-02-01T00:00+02:00", "2026-01-31T18:00", "2026-01-31T22:00"),
        ("Pacific/Kiritimati", "2026-01-31T18:00-03:30", "2026-02-01T00:00Z", "2026-01-31T21:30", "2026-02-01T00:00"),
        # Dates in the zone.
        ("Europe/Paris", "2026-01-31", "2026-01-31", "2026-01-30T23:00", "2026-01-31T23:00"),
        ("Europe/Paris", "2026-03-29", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Paris", "2026-10-25", "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("Europe/Paris", "2026-03-01", "2026-03-31", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("Asia/Kolkata", "2026-01-01", "2026-01-31", "2025-12-31T18:30", "2026-01-31T18:30"),
        ("Pacific/Kiritimati", "2026-01-01", "2026-01-31", "2025-12-31T10:00", "2026-01-31T10:00"),
        ("Etc/GMT+12", "2026-01-01", "2026-01-31", "2026-01-01T12:00", "2026-02-01T12:00"),
        # Of an hour that the clock shows twice, the first is meant.
        ("Europe/Paris", "2026-10-25T02:30", "2026-10-25T03:30", "2026-10-25T00:30", "2026-10-25T02:30"),
    ],
)
def test_since_and_until(zone: str, since: str | None, until: str | None, begins: str | None, ends_: str) -> None:
    found = window.parse(since=since, until=until, now=NOW, zone=ZoneInfo(zone))
    assert ends(found) == (None if begins is None else utc(begins), utc(ends_))


def test_the_long_and_the_short_day_of_paris() -> None:
    paris = ZoneInfo("Europe/Paris")
    assert window.parse(since="2026-03-29", until="2026-03-29", now=NOW, zone=paris).hours == 23
    assert window.parse(since="2026-10-25", until="2026-10-25", now=NOW, zone=paris).hours == 25


@pytest.mark.parametrize("text", ["20260131", "2026-W05-6"])
def test_a_date_in_another_iso_form_includes_its_day_or_is_refused(text: str) -> None:
    try:
        found = window.parse(until=text, now=NOW, zone=UTC_ZONE)
    except errors.BadTime:
        return
    assert found.until == utc("2026-02-01T00:00")


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "yesterday", "7d", "2026", "2026-01", "2026-02-29", "2026-13-01", "2026-01-32", "31/01/2026"),
        *("2026-01-31T25:00", "2026-01-31T18:00 Europe/Paris", "0000-01-01"),
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(errors.BadTime, match="--since"):
        window.parse(since=text, now=NOW, zone=UTC_ZONE)
    with pytest.raises(errors.BadTime, match="--until"):
        window.parse(until=text, now=NOW, zone=UTC_ZONE)


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31", "9999-12-31T23:59"])
def test_the_ends_of_the_calendar_are_times_or_refused(zone: str, text: str) -> None:
    try:
        found = window.parse(until=text, now=NOW, zone=ZoneInfo(zone))
    except errors.BadTime:
        return
    assert found.until is not None


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-02-01", "2026-01-01"),
        ("2026-02-01", "2026-01-31"),
        ("2026-01-31T18:00", "2026-01-31T18:00"),
        ("2026-01-31T18:00Z", "2026-01-31T19:00+01:00"),
        ("2026-11-24", None),
        ("2026-11-23T12:00", None),
    ],
)
def test_a_window_that_ends_before_it_begins_is_refused(since: str, until: str | None) -> None:
    with pytest.raises(errors.EmptyWindow, match=since[:10]):
        window.parse(since=since, until=until, now=NOW, zone=UTC_ZONE)


@given(
    first=MOMENTS, length=st.timedeltas(timedelta(microseconds=1), timedelta(days=4000)), zone=st.sampled_from(ZONES)
)
def test_two_instants_are_taken_exactly(first: datetime, length: timedelta, zone: str) -> None:
    until = first + length
    found = window.parse(since=first.isoformat(), until=until.isoformat(), now=NOW, zone=ZoneInfo(zone))
    assert ends(found) == (first, until)


@given(day=st.dates(date(1980, 1, 1), date(2037, 1, 1)), zone=st.sampled_from(ZONES))
def test_a_day_ends_where_the_next_one_begins(day: date, zone: str) -> None:
    tomorrow = day + timedelta(days=1)
    one = window.parse(since=f"{day}", until=f"{day}", now=NOW, zone=ZoneInfo(zone))
    two = window.parse(since=f"{tomorrow}", until=f"{tomorrow}", now=NOW, zone=ZoneInfo(zone))
    both = window.parse(since=f"{day}", until=f"{tomorrow}", now=NOW, zone=ZoneInfo(zone))
    assert one.until == two.since
    assert ends(both) == (one.since, two.until)


# --- together -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "since", "until", "period"),
    [
        ("7d", None, None, "today"),
        ("7d", "2026-01-01", None, None),
        ("7d", None, "2026-01-01", None),
        (None, "2026-01-01", None, "all"),
        (None, None, "2026-01-01", "today"),
        ("7d", "2026-01-01", "2026-01-31", "today"),
    ],
)
def test_two_windows_at_once_are_refused(
    last: str | None, since: str | None, until: str | None, period: str | None
) -> None:
    with pytest.raises(errors.TwoWindows):
        window.parse(last=last, since=since, until=until, period=period, now=NOW, zone=UTC_ZONE)


@pytest.mark.parametrize("name", ["UTC", "Europe/Paris", "Etc/GMT+12", "Pacific/Kiritimati"])
def test_a_zone_by_its_name(name: str) -> None:
    assert window.zone(name).key == name


def test_no_name_is_the_local_zone() -> None:
    program = "from instagen_usage_cli import window; print(window.zone(None).key)"
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(TZ="Asia/Kolkata"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "Asia/Kolkata\n"


@pytest.mark.parametrize(
    "name", ["", "Nowhere/City", "UTC+2", "Europe", "../UTC", "/etc/localtime", "Europe/Paris\0", "europe paris"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(errors.UnknownZone):
        window.zone(name)
