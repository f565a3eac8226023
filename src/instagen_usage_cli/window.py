"""Windows of time: what `7d`, `this-month` or two dates mean, as half-open UTC intervals.

A window is `[since, until)`. Rolling windows (`7d`) are exact hours back from now; calendar periods begin with the
first moment of a local day, weeks on Monday. Each window knows the one just before it, for comparisons.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_left
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from instagen_usage_cli import errors
from instagen_usage_cli.choices import EVERYTHING, NAMED_PERIODS

DEFAULT_LAST = "30d"
PERIODS = (*NAMED_PERIODS, EVERYTHING)
UNITS = {"h": ("hour", timedelta(hours=1)), "d": ("day", timedelta(days=1)), "w": ("week", timedelta(weeks=1))}
# The name of a zone, such as Europe/Paris; TZ may be other things, too.
ZONE = re.compile(r"[A-Za-z_]+(/[\w+-]+)*")
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
DECEMBER = 12


@dataclass(frozen=True)
class Window:
    """A half-open interval of aware UTC times; None is unbounded. `label` says it in words.

    `before` is the window to compare it with, None where there is none; its label completes "Compared with". For a
    window that has begun and is not over yet, it is the same elapsed part of the one before.
    `running_to` is the end of a window that has begun and is not over yet, None for every other.
    """

    since: datetime | None
    until: datetime | None
    label: str
    before: Window | None = None
    running_to: datetime | None = None

    @property
    def hours(self) -> float | None:
        """Its length, or None when unbounded."""
        if self.since is None or self.until is None:
            return None
        return (self.until - self.since) / timedelta(hours=1)

    @property
    def ends(self) -> datetime | None:
        """When it is over: later than `until` for a running calendar period, `until` for every other window."""
        return self.until if self.running_to is None else self.running_to


class _Words(NamedTuple):
    """How a comparison speaks of the whole window before, of a part of it, and of the window itself."""

    whole: str
    part: str
    itself: str


def zone(name: str | None) -> ZoneInfo:
    """The time zone of that name, or the local one. Raises `UnknownZone`."""
    if name is None:
        name = _local_zone()
        return ZoneInfo("UTC" if name in ("Etc/UTC", "Etc/UCT", "GMT") else name)
    try:
        return ZoneInfo(name)
    except (OSError, KeyError, ValueError) as error:
        raise errors.UnknownZone(zone=name) from error


def _local_zone() -> str:
    """The name of the local zone: that of `TZ`, or of the file that the system's clock is linked to.

    Else tzlocal finds it. It knows every platform, but takes as long to import as a report to answer.
    """
    named, clock = os.environ.get("TZ"), "/etc/localtime"
    if named is None and os.path.islink(clock):  # noqa: PTH114 - pathlib has no faster way
        named = os.path.realpath(clock).partition("/zoneinfo/")[2]
    if named and ZONE.fullmatch(named):
        with suppress(OSError, ValueError):
            return ZoneInfo(named).key
    import tzlocal

    return str(tzlocal.get_localzone_name())


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
    found = re.fullmatch(r"([1-9][0-9]{0,4})([hdw])", text)
    if not found:
        raise errors.BadValue(option="--last", value=text, known="a number of h, d or w, such as 24h, 7d or 4w")
    number = int(found[1])
    word, unit = UNITS[found[2]]
    words, length = _plural(number, word), number * unit
    try:
        window = Window(now - length, now, f"Last {words}")
    except OverflowError as error:
        raise errors.BadValue(option="--last", value=text, known="a window within the calendar") from error
    with suppress(OverflowError):
        return replace(window, before=Window(now - 2 * length, now - length, f"the {words} before"))
    return window


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{number} {word}s"


def _between(since: str | None, until: str | None, now: datetime, zone: ZoneInfo) -> Window:
    start = None if since is None else _instant("--since", since, zone, end_of_day=False)
    end = now if until is None else _instant("--until", until, zone, end_of_day=True)
    if start is not None and start >= end:
        raise errors.EmptyWindow(since=since, until=until or "now")
    window = Window(start, end, "From " + (since or "the beginning") + (f" to {until}" if until else " to now"))
    if start is None or start > now:
        return window
    window = replace(window, running_to=end if now < end else None)
    with suppress(OverflowError):
        days = 0 if until is None else _whole_days(start, end, zone)
        reached = _clock(now, zone) if now < end else None
        before = _equal_days(start, days, reached, zone) if days else _equal_time(start, end, now, zone)
        return replace(window, before=before)
    return window


def _instant(option: str, text: str, zone: ZoneInfo, *, end_of_day: bool) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if end_of_day and _is_date(text):
            moment += DAY
        return moment.astimezone(UTC) if moment.tzinfo else _reached(moment, zone)
    except (ValueError, OverflowError) as error:
        raise errors.BadTime(option=option, value=text) from error


def _is_date(text: str) -> bool:
    """Whether an ISO text names a day and no time of it."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _whole_days(since: datetime, until: datetime, zone: ZoneInfo) -> int:
    """How many local days these are, 0 if they are not whole ones."""
    first, after = _clock(since, zone).date(), _clock(until, zone).date()
    whole = since == midnight(first, zone) and until == midnight(after, zone)
    return (after - first).days if whole else 0


def _equal_days(since: datetime, days: int, reached: datetime | None, zone: ZoneInfo) -> Window | None:
    """As many local days before."""
    words = f"the {_plural(days, 'day')} before"
    earlier = _clock(since, zone).date() - days * DAY
    return _days_before(since, earlier, _Words(words, words, "the window"), reached, zone)


def _equal_time(since: datetime, until: datetime, now: datetime, zone: ZoneInfo) -> Window | None:
    """The time before that is exactly as long; of a running window, as much of it as is over."""
    begins = since - (until - since)
    ends = min(begins + (now - since), since)
    words = f"the time of equal length before ({_shown(begins, zone)} → {_shown(ends, zone)})"
    if now < until:
        words = f"the same part of {words}; the window is not over yet"
    return Window(begins, ends, words) if begins < ends else None


def _period(text: str, now: datetime, zone: ZoneInfo) -> Window:
    if text == EVERYTHING:
        return Window(None, None, "All time")
    is_month = re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text)
    if not is_month and text not in PERIODS:
        known = ", ".join(PERIODS) + " or a month like 2026-01"
        raise errors.BadValue(option="--period", value=text, known=known)
    try:
        unit, first = _month_named(text) if is_month else _named(text, _clock(now, zone).date())
        since, ends = midnight(first, zone), midnight(_after(first, unit), zone)
    except (ValueError, OverflowError) as error:
        raise errors.BadValue(option="--period", value=text, known="a period within the calendar") from error
    label = _month(first) if is_month else text.replace("-", " ").capitalize()
    if since > now:
        return Window(since, ends, label)
    window = Window(since, now, label, running_to=ends) if now < ends else Window(since, ends, label)
    with suppress(OverflowError):
        earlier = _first(first - DAY, unit)
        reached = _clock(now, zone) if now < ends else None
        return replace(window, before=_days_before(since, earlier, _words(unit, first, earlier), reached, zone))
    return window


def _month_named(text: str) -> tuple[str, date]:
    return "month", date.fromisoformat(f"{text}-01")


def _named(text: str, today: date) -> tuple[str, date]:
    """The unit of a period that is named by its distance from today, and its first day."""
    unit, ago = NAMED_PERIODS[text]
    first = _first(today, unit)
    return unit, _first(first - DAY, unit) if ago else first


def _first(day: date, unit: str) -> date:
    """The first day of the unit that a day is in."""
    if unit == "week":
        return day - day.weekday() * DAY
    return day.replace(day=1) if unit == "month" else day


def _after(first: date, unit: str) -> date:
    """The day after a unit."""
    if unit == "month":
        year, month = (first.year + 1, 1) if first.month == DECEMBER else (first.year, first.month + 1)
        return first.replace(year=year, month=month)
    return first + (7 * DAY if unit == "week" else DAY)


def _words(unit: str, first: date, earlier: date) -> _Words:
    if unit == "month":
        return _Words(_month(earlier), _month(earlier), _month(first))
    return {
        "day": _Words("the day before", "yesterday", "today"),
        "week": _Words("the week before", "last week", "this week"),
    }[unit]


def _month(first: date) -> str:
    return f"{first:%B} {first.year}"


def _days_before(
    since: datetime, earlier: date, words: _Words, reached: datetime | None, zone: ZoneInfo
) -> Window | None:
    """The local days from `earlier` up to a window; of a running one, up to the time that the clock has `reached`."""
    begins, ends, label = midnight(earlier, zone), since, words.whole
    if reached is not None:
        gone = reached - _start(_clock(since, zone).date())
        ends = min(_reached(_start(earlier) + gone, zone), since)
        # February has no 31st: on March 31 all of it is taken.
        up_to = f"{words.part} up to the same time ({_shown(ends, zone)})"
        part = up_to if ends < since else f"all of {words.part}, which is shorter"
        label = f"{part}; {words.itself} is not over yet"
    return Window(begins, ends, label) if begins < ends else None


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a local day, which is at one o'clock where the clock skips midnight."""
    return _reached(_start(day), zone)


def _start(day: date) -> datetime:
    return datetime.combine(day, clock_time.min)


def _reached(clock: datetime, zone: ZoneInfo) -> datetime:
    """When the clock of the zone first shows that time or, where it skips it, a later one."""
    found = clock.replace(tzinfo=zone).astimezone(UTC)
    if _clock(found, zone) == clock:
        return found
    # A skipped time: Python takes it for an instant after the change and, with the other fold, for one before it.
    early = clock.replace(tzinfo=zone, fold=1, microsecond=0).astimezone(UTC)
    seconds = range(int((found - early) / SECOND) + 1)
    return early + SECOND * bisect_left(seconds, clock, key=lambda second: _clock(early + second * SECOND, zone))


def _clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of the zone shows then, without the zone."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _shown(moment: datetime, zone: ZoneInfo) -> str:
    return f"{_clock(moment, zone):%Y-%m-%d %H:%M}"
