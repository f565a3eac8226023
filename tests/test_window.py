"""Windows worked out by hand: every way of saying one, in zones from UTC-12 to UTC+14, over 23- and 25-hour days."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli import errors, window
from instagen_usage_cli.window import Window
from tests.conftest import environment

MONDAY = "2026-11-23T12:00"  # 13:00 in Paris, 17:30 in Kolkata, 02:00 on Tuesday in Kiritimati, midnight in GMT+12
ZONES = (
    *("UTC", "Europe/Paris", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12"),
    # Where midnight comes twice or never, and where the clock is changed by half an hour.
    *("America/Havana", "Africa/Cairo", "America/Sao_Paulo", "Asia/Beirut", "Australia/Lord_Howe"),
)
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
        *("seven", "７d", "1７d"),
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
        # What has not begun is taken whole.
        ("UTC", MONDAY, "2026-11", "2026-11-01T00:00", MONDAY),
        ("UTC", MONDAY, "2026-12", "2026-12-01T00:00", "2027-01-01T00:00"),
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
        # Midnight that comes twice (Havana, 6 November 2022) and that never comes (Cairo, 24 April 2026).
        ("Africa/Cairo", "2026-04-25T12:00", "yesterday", "2026-04-23T22:00", "2026-04-24T21:00"),
        ("America/Havana", "2022-11-07T12:00", "yesterday", "2022-11-06T04:00", "2022-11-07T05:00"),
        ("America/Havana", "2022-11-06T12:00", "yesterday", "2022-11-05T04:00", "2022-11-06T04:00"),
        ("America/Sao_Paulo", "2018-11-05T12:00", "yesterday", "2018-11-04T03:00", "2018-11-05T02:00"),
        ("America/Sao_Paulo", "2018-11-04T12:00", "yesterday", "2018-11-03T03:00", "2018-11-04T03:00"),
        ("Asia/Beirut", "2022-03-28T12:00", "yesterday", "2022-03-26T22:00", "2022-03-27T21:00"),
        ("Asia/Beirut", "2022-03-28T12:00", "last-week", "2022-03-20T22:00", "2022-03-27T21:00"),
        # Toronto, 30 March 1919: from 23:30 to 00:30, so the next day began at half past midnight.
        ("America/Toronto", "1919-03-31T12:00", "yesterday", "1919-03-30T05:00", "1919-03-31T04:30"),
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
        # An hour that the clock skips is over as it begins.
        ("Europe/Paris", "2026-03-29T02:30", "2026-03-29T03:30", "2026-03-29T01:00", "2026-03-29T01:30"),
        ("Europe/Paris", "2026-03-29T01:00", "2026-03-29T02:30", "2026-03-29T00:00", "2026-03-29T01:00"),
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


# --- the window before --------------------------------------------------------------------------------


def before(found: Window) -> Window:
    assert found.before is not None
    return found.before


def begin_and_end(found: Window) -> tuple[datetime, datetime]:
    assert found.since is not None
    assert found.until is not None
    return found.since, found.until


def clock(moment: datetime, zone: str) -> datetime:
    """What the clock of the zone shows."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("last", "since", "until", "label"),
    [
        ("1h", "2026-11-23T10:00", "2026-11-23T11:00", "the hour before"),
        ("24h", "2026-11-21T12:00", "2026-11-22T12:00", "the 24 hours before"),
        ("1d", "2026-11-21T12:00", "2026-11-22T12:00", "the day before"),
        ("7d", "2026-11-09T12:00", "2026-11-16T12:00", "the 7 days before"),
        ("1w", "2026-11-09T12:00", "2026-11-16T12:00", "the week before"),
        ("4w", "2026-09-28T12:00", "2026-10-26T12:00", "the 4 weeks before"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "Pacific/Kiritimati"])
def test_before_a_rolling_window_is_one_as_long(last: str, since: str, until: str, label: str, zone: str) -> None:
    found = window.parse(last=last, now=NOW, zone=ZoneInfo(zone))
    assert before(found) == Window(utc(since), utc(until), label)
    assert found.ends == NOW


@pytest.mark.parametrize(
    ("zone", "now", "period", "since", "until"),
    [
        ("UTC", MONDAY, "yesterday", "2026-11-21T00:00", "2026-11-22T00:00"),
        ("UTC", MONDAY, "last-week", "2026-11-09T00:00", "2026-11-16T00:00"),
        ("UTC", MONDAY, "last-month", "2026-09-01T00:00", "2026-10-01T00:00"),
        ("UTC", MONDAY, "2026-01", "2025-12-01T00:00", "2026-01-01T00:00"),
        ("UTC", MONDAY, "2024-03", "2024-02-01T00:00", "2024-03-01T00:00"),
        ("UTC", "2026-12-01T00:00", "2026-11", "2026-10-01T00:00", "2026-11-01T00:00"),
        # Paris: a day of 23 hours before one of 24, one of 24 before one of 23, and so with 25.
        ("Europe/Paris", "2026-03-31T10:00", "yesterday", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Paris", "2026-03-30T10:00", "yesterday", "2026-03-27T23:00", "2026-03-28T23:00"),
        ("Europe/Paris", "2026-10-27T10:00", "yesterday", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("Europe/Paris", "2026-11-02T10:00", "last-week", "2026-10-18T22:00", "2026-10-25T23:00"),
        ("Europe/Paris", MONDAY, "2026-04", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("Pacific/Kiritimati", MONDAY, "yesterday", "2026-11-21T10:00", "2026-11-22T10:00"),
        ("Etc/GMT+12", MONDAY, "last-month", "2026-09-01T12:00", "2026-10-01T12:00"),
        ("Asia/Kathmandu", MONDAY, "2026-01", "2025-11-30T18:15", "2025-12-31T18:15"),
        # A half-hour change: 24.5 hours on 5 April, 23.5 on 4 October 2026.
        ("Australia/Lord_Howe", "2026-04-06T20:00", "yesterday", "2026-04-04T13:00", "2026-04-05T13:30"),
        ("Australia/Lord_Howe", "2026-10-05T20:00", "yesterday", "2026-10-03T13:30", "2026-10-04T13:00"),
        # Midnight that never comes, and that comes twice.
        ("America/Sao_Paulo", "2018-11-06T12:00", "yesterday", "2018-11-04T03:00", "2018-11-05T02:00"),
        ("America/Sao_Paulo", "2018-11-05T12:00", "yesterday", "2018-11-03T03:00", "2018-11-04T03:00"),
        ("Asia/Beirut", "2022-03-29T12:00", "yesterday", "2022-03-26T22:00", "2022-03-27T21:00"),
        ("America/Havana", "2022-11-08T12:00", "yesterday", "2022-11-06T04:00", "2022-11-07T05:00"),
        ("America/Havana", "2022-11-07T12:00", "yesterday", "2022-11-05T04:00", "2022-11-06T04:00"),
    ],
)
def test_before_a_period_that_is_over_is_the_whole_one_before(
    zone: str, now: str, period: str, since: str, until: str
) -> None:
    found = window.parse(period=period, now=utc(now), zone=ZoneInfo(zone))
    assert ends(before(found)) == (utc(since), utc(until))
    assert found.running_to is None
    assert found.ends == found.until


@pytest.mark.parametrize(
    ("zone", "now", "period", "since", "until"),
    [
        ("UTC", MONDAY, "today", "2026-11-22T00:00", "2026-11-22T12:00"),
        ("UTC", MONDAY, "this-week", "2026-11-16T00:00", "2026-11-16T12:00"),
        ("UTC", "2026-11-22T23:59", "this-week", "2026-11-09T00:00", "2026-11-15T23:59"),
        ("UTC", MONDAY, "this-month", "2026-10-01T00:00", "2026-10-23T12:00"),
        ("UTC", MONDAY, "2026-11", "2026-10-01T00:00", "2026-10-23T12:00"),
        ("UTC", "2026-01-15T06:30", "this-month", "2025-12-01T00:00", "2025-12-15T06:30"),
        # The month before has no such day, or just not more of it.
        ("UTC", "2026-03-31T12:00", "this-month", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("UTC", "2026-03-29T00:00", "this-month", "2026-02-01T00:00", "2026-03-01T00:00"),
        ("UTC", "2026-03-28T23:59", "this-month", "2026-02-01T00:00", "2026-02-28T23:59"),
        ("UTC", "2024-03-29T06:00", "2024-03", "2024-02-01T00:00", "2024-02-29T06:00"),
        ("UTC", "2026-12-31T12:00", "this-month", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("UTC", "2026-08-31T12:00", "this-month", "2026-07-01T00:00", "2026-07-31T12:00"),
        # The same time on the clock, whatever the hours: 13:00 in Paris in winter and in summer time.
        ("Europe/Paris", MONDAY, "this-month", "2026-09-30T22:00", "2026-10-23T11:00"),
        ("Europe/Paris", "2026-03-29T11:00", "today", "2026-03-27T23:00", "2026-03-28T12:00"),
        ("Europe/Paris", "2026-10-25T12:00", "today", "2026-10-23T22:00", "2026-10-24T11:00"),
        # At 02:30, of which the day before had none: up to the change. Or two: up to the first.
        ("Europe/Paris", "2026-03-30T00:30", "today", "2026-03-28T23:00", "2026-03-29T01:00"),
        ("Europe/Paris", "2026-03-30T00:30:00.25", "today", "2026-03-28T23:00", "2026-03-29T01:00"),
        ("Europe/Paris", "2026-10-26T01:30", "today", "2026-10-24T22:00", "2026-10-25T00:30"),
        # The day before had no midnight: its half hour up to 01:30.
        ("America/Sao_Paulo", "2018-11-05T03:30", "today", "2018-11-04T03:00", "2018-11-04T03:30"),
        # Its midnight never came, so its 01:30 is 30 minutes in; the day before had 90 by then.
        ("America/Sao_Paulo", "2018-11-04T03:30", "today", "2018-11-03T03:00", "2018-11-03T04:30"),
        # The second 00:30 of Havana, 90 minutes into the day.
        ("America/Havana", "2022-11-06T05:30", "today", "2022-11-05T04:00", "2022-11-05T04:30"),
        # Where it is Tuesday already, still Sunday, and at a quarter to.
        ("Pacific/Kiritimati", MONDAY, "this-week", "2026-11-15T10:00", "2026-11-16T12:00"),
        ("Etc/GMT+12", "2026-11-23T11:00", "this-week", "2026-11-09T12:00", "2026-11-16T11:00"),
        ("Asia/Kathmandu", MONDAY, "today", "2026-11-21T18:15", "2026-11-22T12:00"),
    ],
)
def test_before_a_running_period_is_as_much_of_the_one_before(
    zone: str, now: str, period: str, since: str, until: str
) -> None:
    found = window.parse(period=period, now=utc(now), zone=ZoneInfo(zone))
    assert ends(before(found)) == (utc(since), utc(until))


@pytest.mark.parametrize(
    ("now", "period", "label"),
    [
        (MONDAY, "yesterday", "the day before"),
        (MONDAY, "last-week", "the week before"),
        (MONDAY, "last-month", "September 2026"),
        (MONDAY, "2026-01", "December 2025"),
        (MONDAY, "today", "yesterday up to the same time (2026-11-22 13:00); today is not over yet"),
        (MONDAY, "this-week", "last week up to the same time (2026-11-16 13:00); this week is not over yet"),
        (
            MONDAY,
            "this-month",
            "October 2026 up to the same time (2026-10-23 13:00); November 2026 is not over yet",
        ),
        (MONDAY, "2026-11", "October 2026 up to the same time (2026-10-23 13:00); November 2026 is not over yet"),
        (
            "2026-01-15T06:30",
            "this-month",
            "December 2025 up to the same time (2025-12-15 07:30); January 2026 is not over yet",
        ),
        ("2026-03-31T12:00", "2026-03", "all of February 2026, which is shorter; March 2026 is not over yet"),
    ],
)
def test_the_words_for_the_period_before(now: str, period: str, label: str) -> None:
    assert before(window.parse(period=period, now=utc(now), zone=ZoneInfo("Europe/Paris"))).label == label


@pytest.mark.parametrize(
    ("zone", "period", "ends_"),
    [
        ("UTC", "today", "2026-11-24T00:00"),
        ("UTC", "this-week", "2026-11-30T00:00"),
        ("UTC", "this-month", "2026-12-01T00:00"),
        ("UTC", "2026-11", "2026-12-01T00:00"),
        ("Europe/Paris", "today", "2026-11-23T23:00"),
        ("Pacific/Kiritimati", "this-week", "2026-11-29T10:00"),
    ],
)
def test_a_running_period_says_when_it_ends(zone: str, period: str, ends_: str) -> None:
    found = window.parse(period=period, now=NOW, zone=ZoneInfo(zone))
    assert found.until == NOW
    assert found.ends == found.running_to == utc(ends_)
    assert before(found).ends == before(found).until


@pytest.mark.parametrize(
    ("zone", "since", "until", "begins", "ends_", "label"),
    [
        ("UTC", "2026-11-20", "2026-11-22", "2026-11-17T00:00", "2026-11-20T00:00", "the 3 days before"),
        ("UTC", "2026-03-01", "2026-03-01", "2026-02-28T00:00", "2026-03-01T00:00", "the day before"),
        # As many local days, however long: 24 hours for 23, and 23 for 24.
        ("Europe/Paris", "2026-03-29", "2026-03-29", "2026-03-27T23:00", "2026-03-28T23:00", "the day before"),
        ("Europe/Paris", "2026-03-30", "2026-03-30", "2026-03-28T23:00", "2026-03-29T22:00", "the day before"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-05", "2018-11-02T03:00", "2018-11-04T03:00", "the 2 days before"),
        # Midnights all the same.
        (
            "Europe/Paris",
            "2026-03-29T00:00",
            "2026-03-29T22:00Z",
            "2026-03-27T23:00",
            "2026-03-28T23:00",
            "the day before",
        ),
        # Midnights of another zone are any time: 23 hours as they are.
        (
            "UTC",
            "2026-03-28T23:00",
            "2026-03-29T22:00",
            "2026-03-28T00:00",
            "2026-03-28T23:00",
            "the time of equal length before (2026-03-28 00:00 → 2026-03-28 23:00)",
        ),
        # A midnight at the beginning alone.
        (
            "UTC",
            "2026-11-19",
            "2026-11-20T06:00",
            "2026-11-17T18:00",
            "2026-11-19T00:00",
            "the time of equal length before (2026-11-17 18:00 → 2026-11-19 00:00)",
        ),
        # An exact length over the change of the clock.
        (
            "Europe/Paris",
            "2026-03-29T12:00",
            "2026-03-30T12:00",
            "2026-03-28T10:00",
            "2026-03-29T10:00",
            "the time of equal length before (2026-03-28 11:00 → 2026-03-29 12:00)",
        ),
        (
            "UTC",
            "2026-11-20",
            None,
            "2026-11-16T12:00",
            "2026-11-20T00:00",
            "the time of equal length before (2026-11-16 12:00 → 2026-11-20 00:00)",
        ),
        # Up to now exactly, where now is a midnight too.
        (
            "Etc/GMT+12",
            "2026-11-22",
            None,
            "2026-11-21T12:00",
            "2026-11-22T12:00",
            "the time of equal length before (2026-11-21 00:00 → 2026-11-22 00:00)",
        ),
        # Not over yet: the same part.
        (
            "UTC",
            "2026-11-20",
            "2026-11-30",
            "2026-11-09T00:00",
            "2026-11-12T12:00",
            "the 11 days before up to the same time (2026-11-12 12:00); the window is not over yet",
        ),
        (
            "UTC",
            "2026-11-20T13:00",
            "2026-11-25",
            "2026-11-15T02:00",
            "2026-11-18T01:00",
            (
                "the same part of the time of equal length before (2026-11-15 02:00 → 2026-11-18 01:00);"
                " the window is not over yet"
            ),
        ),
    ],
)
def test_before_two_times_is_as_much_time(
    zone: str, since: str, until: str | None, begins: str, ends_: str, label: str
) -> None:
    found = window.parse(since=since, until=until, now=NOW, zone=ZoneInfo(zone))
    assert before(found) == Window(utc(begins), utc(ends_), label)
    assert found.ends == found.until


def test_a_window_to_a_time_to_come_is_running() -> None:
    found = window.parse(since="2026-11-20", until="2026-11-30", now=NOW, zone=UTC_ZONE)
    assert found.running_to == found.until == utc("2026-12-01T00:00")


@pytest.mark.parametrize(
    "asked",
    [
        {"period": "all"},
        {"until": "2026-11-20"},
        # Not begun yet.
        {"period": "2026-12"},
        {"period": "2027-01"},
        {"since": "2026-12-01", "until": "2026-12-02"},
        {"since": "2026-12-01T10:00", "until": "2026-12-01T12:00"},
        # Before the calendar of Python.
        {"period": "0001-01"},
        {"since": "0001-01-01", "until": "0001-01-02"},
        {"since": "0001-01-01"},
    ],
)
def test_where_there_is_nothing_to_compare_with(asked: dict[str, str]) -> None:
    found = window.parse(**asked, now=NOW, zone=UTC_ZONE)
    assert found.before is None
    assert found.running_to is None


@pytest.mark.parametrize(
    ("zone", "now", "asked"),
    [
        # The first moment of a day, and of a window given by times.
        ("Etc/GMT+12", MONDAY, {"period": "today"}),
        ("UTC", MONDAY, {"since": MONDAY, "until": "2026-11-25"}),
        # Half past midnight, when the day before had not begun: it did at one.
        ("America/Sao_Paulo", "2018-11-05T02:30", {"period": "today"}),
    ],
)
def test_where_nothing_of_the_window_before_had_gone(zone: str, now: str, asked: dict[str, str]) -> None:
    found = window.parse(**asked, now=utc(now), zone=ZoneInfo(zone))
    assert found.before is None
    assert found.running_to is not None


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("period", [*window.PERIODS, "0001-01", "0001-02"])
def test_in_the_first_days_of_the_calendar_windows_are_found_or_refused(zone: str, period: str) -> None:
    try:
        found = window.parse(period=period, now=utc("0001-01-02T12:00"), zone=ZoneInfo(zone))
    except errors.BadValue:
        return
    assert found.before is None or begin_and_end(found.before)[1] <= begin_and_end(found)[0]


def test_a_day_that_a_zone_left_out_is_not_compared_with() -> None:
    # Samoa went from 29 to 31 December 2011 over the date line.
    apia = ZoneInfo("Pacific/Apia")
    assert window.parse(period="today", now=utc("2011-12-30T20:00"), zone=apia).before is None
    found = window.parse(period="yesterday", now=utc("2012-01-01T20:00"), zone=apia)
    assert ends(before(found)) == (utc("2011-12-30T10:00"), utc("2011-12-31T10:00"))


@given(
    days=st.integers(1, 9999),
    hours=st.integers(1, 9999),
    weeks=st.integers(1, 999),
    now=MOMENTS,
    zone=st.sampled_from(ZONES),
)
def test_rolling_windows_meet_the_ones_before(days: int, hours: int, weeks: int, now: datetime, zone: str) -> None:
    for last in (f"{days}d", f"{hours}h", f"{weeks}w"):
        found = window.parse(last=last, now=now, zone=ZoneInfo(zone))
        assert before(found).until == found.since
        assert before(found).hours == found.hours


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_what_is_over_is_compared_with_what_was_over_when_it_began(now: datetime, zone: str) -> None:
    for period in ("yesterday", "last-week", "last-month"):
        found = window.parse(period=period, now=now, zone=ZoneInfo(zone))
        begins, _ = begin_and_end(found)
        assert ends(before(found)) == ends(window.parse(period=period, now=begins, zone=ZoneInfo(zone)))
        assert before(found).until == begins


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_what_is_running_is_compared_up_to_the_same_time_on_the_clock(now: datetime, zone: str) -> None:
    for running, over in (("today", "yesterday"), ("this-week", "last-week"), ("this-month", "last-month")):
        found = window.parse(period=running, now=now, zone=ZoneInfo(zone))
        whole = window.parse(period=over, now=now, zone=ZoneInfo(zone))
        begins = begin_and_end(whole)[0]
        first = datetime.combine(clock(begin_and_end(found)[0], zone), time.min)
        same = datetime.combine(clock(begins, zone), time.min) + (clock(now, zone) - first)
        if found.before is None:
            assert same <= clock(begins, zone)
            continue
        assert found.before.since == begins
        until = begin_and_end(found.before)[1]
        if same >= first:
            assert running == "this-month"
            assert until == found.since
            continue
        shown = clock(until, zone)
        just_before = clock(until - timedelta(microseconds=1), zone)
        # The clock shows the same, or goes over it.
        assert shown == same or just_before < same < shown
        assert until <= begin_and_end(found)[0]


@given(now=MOMENTS, zone=st.sampled_from(ZONES))
def test_the_name_of_this_month_means_this_month(now: datetime, zone: str) -> None:
    named = window.parse(period=f"{now.astimezone(ZoneInfo(zone)):%Y-%m}", now=now, zone=ZoneInfo(zone))
    this = window.parse(period="this-month", now=now, zone=ZoneInfo(zone))
    assert replace(named, label=this.label) == this


@given(first=MOMENTS, length=st.timedeltas(timedelta(microseconds=1), timedelta(days=400)), zone=st.sampled_from(ZONES))
def test_before_two_instants_is_the_same_length_up_to_the_first(first: datetime, length: timedelta, zone: str) -> None:
    until = first + length
    found = window.parse(since=first.isoformat(), until=until.isoformat(), now=until, zone=ZoneInfo(zone))
    assert before(found).until == first
    midnights = clock(first, zone).time() == clock(until, zone).time() == time.min
    assert midnights or before(found).hours == found.hours


@given(
    first=MOMENTS,
    gone=st.timedeltas(timedelta(microseconds=1), timedelta(days=40)),
    rest=st.timedeltas(timedelta(microseconds=1), timedelta(days=40)),
)
def test_before_two_instants_of_which_one_is_to_come_is_as_much_as_has_gone(
    first: datetime, gone: timedelta, rest: timedelta
) -> None:
    found = window.parse(
        since=first.isoformat(), until=(first + gone + rest).isoformat(), now=first + gone, zone=UTC_ZONE
    )
    assert ends(before(found)) == (first - gone - rest, first - rest)


@given(first=st.dates(date(1980, 1, 1), date(2026, 1, 1)), days=st.integers(1, 60), zone=st.sampled_from(ZONES))
def test_before_days_are_as_many_days(first: date, days: int, zone: str) -> None:
    def found(begin: date) -> Window:
        last = begin + timedelta(days=days - 1)
        return window.parse(since=f"{begin}", until=f"{last}", now=NOW, zone=ZoneInfo(zone))

    assert ends(before(found(first))) == ends(found(first - timedelta(days=days)))
    assert before(found(first)).until == found(first).since


@given(day=st.dates(date(1980, 1, 1), date(2026, 1, 1)), zone=st.sampled_from(ZONES))
def test_a_day_begins_with_its_first_moment(day: date, zone: str) -> None:
    begins, after = begin_and_end(window.parse(since=f"{day}", until=f"{day}", now=NOW, zone=ZoneInfo(zone)))
    moment = timedelta(microseconds=1)
    assert clock(begins, zone).date() == clock(after - moment, zone).date() == day
    assert clock(begins - moment, zone).date() < day < clock(after, zone).date()


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
    "local", ["Asia/Kolkata", "Etc/UTC", ":Asia/Kolkata", "/usr/share/zoneinfo/Asia/Kolkata", None]
)
def test_the_local_zone_is_that_of_tzlocal(local: str | None) -> None:
    """Whether it is found the quick way or not."""
    program = "import tzlocal; from instagen_usage_cli.window import _local_zone; print(_local_zone())\n"
    program += "print(tzlocal.get_localzone_name())"
    around = environment(TZ=local or "")
    if local is None:
        del around["TZ"]
    ran = subprocess.run([sys.executable, "-c", program], env=around, capture_output=True, text=True, check=True)
    ours, theirs = ran.stdout.splitlines()
    assert ours == theirs


@pytest.mark.parametrize(
    "name", ["", "Nowhere/City", "UTC+2", "Europe", "../UTC", "/etc/localtime", "Europe/Paris\0", "europe paris"]
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    with pytest.raises(errors.UnknownZone):
        window.zone(name)
