"""Windows of time: what `7d`, `this-month` or two dates mean, as half-open UTC intervals.

A window is `[since, until)`. Rolling windows (`7d`) are exact hours back from now; calendar periods begin at
local midnight, weeks on Monday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

from instagen_usage_cli import errors

DEFAULT_LAST = "30d"
PERIODS = ("today", "yesterday", "this-week", "last-week", "this-month", "last-month", "all")
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
DECEMBER = 12


@dataclass(frozen=True)
class Window:
    """A half-open interval of aware UTC times; None is unbounded. `label` says it in words."""

    since: datetime | None
    until: datetime | None
    label: str

    @property
    def hours(self) -> float | None:
        """Its length, or None when unbounded."""
        if self.since is None or self.until is None:
            return None
        return (self.until - self.since) / timedelta(hours=1)


def zone(name: str | None) -> ZoneInfo:
    """The time zone of that name, or the local one. Raises `UnknownZone`."""
    if name is None:
        import tzlocal

        name = tzlocal.get_localzone_name()
        return ZoneInfo("UTC" if name in ("Etc/UTC", "Etc/UCT", "GMT") else name)
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError) as error:
        raise errors.UnknownZone(zone=name) from error


def parse(
    *,
    last: str | None = None,
    since: str | None = None,
    until: str | None = None,
    period: str | None = None,
    now: datetime,
    zone: ZoneInfo,
) -> Window:
    """The window given by one of `last`, `period`, or `since` with `until`; else the last 30 days.

    Raises `TwoWindows`, `BadValue`, `BadTime` or `EmptyWindow`.
    """
    if sum((last is not None, period is not None, since is not None or until is not None)) > 1:
        raise errors.TwoWindows
    if period is not None:
        return _period(period, now, zone)
    if since is not None or until is not None:
        return _between(since, until, now, zone)
    return _last(DEFAULT_LAST if last is None else last, now)


def _last(text: str, now: datetime) -> Window:
    found = re.fullmatch(r"([1-9]\d{0,4})([hdw])", text)
    if not found:
        raise errors.BadValue(option="--last", value=text, known="a number of h, d or w, such as 24h, 7d or 4w")
    number, unit = int(found[1]), found[2]
    words = {"h": "hour", "d": "day", "w": "week"}[unit]
    label = f"Last {number} {words}s" if number > 1 else f"Last {words}"
    try:
        return Window(now - number * UNITS[unit], now, label)
    except OverflowError as error:
        raise errors.BadValue(option="--last", value=text, known="a window within the calendar") from error


def _between(since: str | None, until: str | None, now: datetime, zone: ZoneInfo) -> Window:
    start = None if since is None else _instant("--since", since, zone, end_of_day=False)
    end = now if until is None else _instant("--until", until, zone, end_of_day=True)
    if start is not None and start >= end:
        raise errors.EmptyWindow(since=since, until=until or "now")
    return Window(start, end, "From " + (since or "the beginning") + (f" to {until}" if until else " to now"))


def _instant(option: str, text: str, zone: ZoneInfo, *, end_of_day: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if end_of_day and _is_date(text):
            moment += timedelta(days=1)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise errors.BadTime(option=option, value=text) from error


def _is_date(text: str) -> bool:
    """Whether an ISO text names a day and no time of it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _period(text: str, now: datetime, zone: ZoneInfo) -> Window:
    today = now.astimezone(zone).date()
    if text == "all":
        return Window(None, None, "All time")
    if re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        return _month(text, zone)
    if text not in PERIODS:
        known = ", ".join(PERIODS) + " or a month like 2026-01"
        raise errors.BadValue(option="--period", value=text, known=known)
    first, after = _calendar(text, today)
    running = after > today
    window = _days(first, after, text.replace("-", " ").capitalize(), zone)
    return Window(window.since, min(now, window.until or now), window.label) if running else window


def _month(text: str, zone: ZoneInfo) -> Window:
    try:
        first = date(int(text[:4]), int(text[5:]), 1)
        return _days(first, _next_month(first), f"{first:%B} {first.year}", zone)
    except (ValueError, OverflowError) as error:
        raise errors.BadValue(option="--period", value=text, known="months within the calendar") from error


def _calendar(text: str, today: date) -> tuple[date, date]:
    """The first day of a period and the day after it."""
    day = timedelta(days=1)
    monday = today - today.weekday() * day
    first = today.replace(day=1)
    before_first = (first - day).replace(day=1)
    return {
        "today": (today, today + day),
        "yesterday": (today - day, today),
        "this-week": (monday, monday + 7 * day),
        "last-week": (monday - 7 * day, monday),
        "this-month": (first, _next_month(first)),
        "last-month": (before_first, first),
    }[text]


def _next_month(first: date) -> date:
    if first.month == DECEMBER:
        return first.replace(year=first.year + 1, month=1)
    return first.replace(month=first.month + 1)


def _days(first: date, after: date, label: str, zone: ZoneInfo) -> Window:
    return Window(_midnight(first, zone), _midnight(after, zone), label)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock_time.min, zone).astimezone(UTC)
