"""The amounts of the past days, from which a month is projected."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import projection
from instagen_usage_cli.measures import PROJECTED
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.window import Window, midnight

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.projection import Projection
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

# A projection looks back at most this far: a year of replays, each with the eight weeks before it.
HISTORY = timedelta(days=365 + 31 + 8 * 7)
DAY = timedelta(days=1)
STORED_DIGITS = 12
# The values of the dimensions of a series; that of everything has none.
Key = tuple[Any, ...]


@dataclass(frozen=True)
class Past:
    """The complete days that the imports cover, and the amount per day of each series, also of the running day.

    `known_from` has the first complete day after the statements longer than a day, for each series that has any.
    """

    days: tuple[date, ...]
    amounts: dict[Key, dict[date, Any]]
    known_from: dict[Key, date]
    today: date
    elapsed: float
    begins: datetime
    as_of: datetime

    def history(self, key: Key) -> list[tuple[date, float | None]]:
        """The complete days of a series that tell something: 0 without anything, None where the amount is unknown."""
        amounts = self.amounts.get(key, {})
        known = [(day, amounts.get(day, 0)) for day in self.days if day >= self.known_from.get(key, day)]
        return [(day, None if amount is None else float(amount)) for day, amount in known]

    def has_long_statements(self, key: Key) -> bool:
        """Whether a statement longer than a day reaches into the days that a projection looks at."""
        return key in self.known_from and self.known_from[key] > self.today - projection.WINDOW * DAY

    def unknown_days(self, key: Key) -> tuple[date, ...]:
        """The days that a projection looks at, and of the month, whose amount is unknown."""
        days = self.amounts.get(key, {}).items()
        return tuple(day for day, amount in days if amount is None and day >= self.today - projection.WINDOW * DAY)

    def to_date(self, key: Key) -> Any:  # noqa: ANN401 - decimal or integer
        """The exact amount of the month so far; None where there were requests and none has a known one."""
        first = self.today.replace(day=1)
        found = [value for day, value in self.amounts.get(key, {}).items() if day >= first]
        known = [value for value in found if value is not None]
        return None if found and not known else sum(known)

    def projected(self, key: Key) -> Projection:
        """The projection of a series; one without numbers, where its month or its days are not known."""
        to_date = self.to_date(key)
        is_known = to_date is not None and not self.has_long_statements(key)
        history = self.history(key) if is_known else []
        found = projection.project(history, today=self.today, to_date=float(to_date or 0), elapsed=self.elapsed)
        return replace(
            found,
            burn_rate_per_day=tidy(found.burn_rate_per_day),
            run_rate_per_month=tidy(found.run_rate_per_month),
            projected=tidy(found.projected),
            low=tidy(found.low),
            high=tidy(found.high),
        )


def ask_past(
    archive: Archive,
    question: Question,
    *,
    measure: str,
    by: tuple[str, ...],
    look_back: timedelta | None = HISTORY,
    split_at: datetime | None = None,
) -> Past | None:
    """What is known up to now of what the filter has, whatever its window; None where nothing is."""
    covered, zone, now = archive.covered, question.zone, question.now
    if covered["covered_since"] is None:
        return None
    since = None if look_back is None else midnight(now.astimezone(zone).date() - look_back, zone)
    looked_at = replace(question.filter, window=Window(since, now, ""))
    archive.scan(looked_at, Scan(by=by, every="day", zone=zone, split_at=split_at))
    parts = ["utc"] if zone.key == "UTC" else []
    found = archive.ask("forecast", looked_at, parts=parts, by=list(by), zone=zone.key).records()
    as_of = min(now, _aware(covered["covered_until"])).replace(microsecond=0)
    today, elapsed = _place_in_day(as_of, zone)
    begin = _aware(covered["covered_since"])
    first = _first_complete(begin if since is None else max(begin, since), zone)
    return Past(
        days=tuple(first + DAY * number for number in range(max((today - first).days, 0))),
        amounts=_amounts(found, by, PROJECTED[measure]),
        known_from=_known_from(found, by, zone),
        today=today,
        elapsed=elapsed,
        begins=begin,
        as_of=as_of,
    )


def tidy(amount: float | None) -> float | None:
    """To the last digit that the store keeps: what is beyond it comes from adding floats."""
    return None if amount is None else round(amount, STORED_DIGITS)


def _amounts(records: list[dict[str, Any]], by: tuple[str, ...], column: str) -> dict[Key, dict[date, Any]]:
    """The amount per day of each series, and of all together under the empty key."""
    amounts: dict[Key, dict[date, Any]] = {}
    for record in records:
        for key in _keys(record, by):
            days = amounts.setdefault(key, {})
            known = [value for value in (days.get(record["day"]), record[column]) if value is not None]
            days[record["day"]] = sum(known) if known else None
    return amounts


def _known_from(records: list[dict[str, Any]], by: tuple[str, ...], zone: ZoneInfo) -> dict[Key, date]:
    """The first complete day after the statements longer than a day, per series that has any."""
    found: dict[Key, date] = {}
    for record in records:
        if record["longer_until"] is not None:
            first = _first_complete(_aware(record["longer_until"]), zone)
            found |= {key: max(first, found.get(key, first)) for key in _keys(record, by)}
    return found


def _keys(record: dict[str, Any], by: tuple[str, ...]) -> set[Key]:
    """The series that a record belongs to: its own, and that of everything."""
    return {(), tuple(record[name] for name in by)}


def _place_in_day(moment: datetime, zone: ZoneInfo) -> tuple[date, float]:
    """The day of a moment in the zone, and the share of it that has passed."""
    day = moment.astimezone(zone).date()
    start, end = midnight(day, zone), midnight(day + DAY, zone)
    return day, (moment - start) / (end - start)


def _first_complete(moment: datetime, zone: ZoneInfo) -> date:
    """The first day of the zone that begins at that moment or after it."""
    day = moment.astimezone(zone).date()
    return day if midnight(day, zone) >= moment else day + DAY


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)
