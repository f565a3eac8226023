"""`usage stats`: requests, tokens and cost, broken down and compared with the window just before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.measures import MEASURES
from instagen_usage_cli.reports import COST_PARTS
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.window import Window

COUNTED = tuple(name for name in MEASURES if name.endswith(("_tokens", "requests")))
# What a comparison with the window just before is about.
COMPARED = ("requests", "total_tokens", "cost_usd")
# Everything lies before it.
NEVER = datetime.max.replace(tzinfo=UTC)
# A window up to this long has its small series by hour, a longer one by day.
HOURLY_SERIES_UP_TO = 72


@dataclass(frozen=True)
class Before:
    """The window just before: its measures, and the change since in percent (None where there is none to tell).

    `is_covered` tells whether the imports reach back to its beginning; where they do not, it is all unknown.
    """

    window: Window
    total: dict[str, Any]
    change_pct: dict[str, float | None]
    is_covered: bool


@dataclass(frozen=True, kw_only=True)
class Stats(Answer):
    """The answer of `usage stats`: the breakdown `by` dimensions and interval, with the total of everything.

    `series` has the measures per `slot` (hour or day) of the window, `sparks` the same for each row of the breakdown;
    `before` is the window just before, if it was asked for.
    """

    by: tuple[str, ...]
    every: str | None
    slot: str
    series: Result
    sparks: Result
    before: Before | None

    @property
    def has_data(self) -> bool:
        """Whether there is any request or cost."""
        return bool(self.total["requests"] or self.total["cost_usd"] or self.rows.rows)


def stats(
    archive: Archive,
    question: Question,
    *,
    by: tuple[str, ...] = ("model",),
    every: str | None = None,
    compare: str | None = None,
    cost_parts: bool = False,
) -> Stats:
    """Requests, tokens and cost by the given dimensions (values of `DIMENSIONS`) and interval, in one pass.

    `compare` is None, `total` to compare everything with the window just before, or `rows` to compare each row too.
    With `cost_parts` the rows have what their cost is made of.
    """
    window = question.filter.window
    slot = _slot(window)
    before = window.before if compare else None
    found, earlier = _ask_measures(archive, question, before, by=by, every=every, spark=slot)
    total = _fill_zeros(_total(found, "total"), window, archive.covered)
    buckets = ("bucket", "partial") if every else ()
    measures = (*MEASURES, *COST_PARTS) if cost_parts else MEASURES
    rows = found.where("part", "rows").only(*buckets[:1], *by, *measures, *buckets[1:])
    compared = _compare_windows(before, earlier, total, archive.covered) if before else None
    if compared and compare == "rows" and not every:
        earlier_rows = earlier.where("part", "before_rows" if compared.is_covered else "none").only(*by, *COMPARED)
        absent = 0 if total["requests"] is not None else None
        rows = _compare_rows(rows, earlier_rows, by, absent=absent, absent_before=0 if compared.is_covered else None)
    return Stats.of(
        archive,
        question,
        rows,
        total=total,
        by=by,
        every=every,
        slot=slot,
        series=found.where("part", "series").only("bucket", *MEASURES),
        sparks=found.where("part", "sparks").only("bucket", *by, *COMPARED),
        before=compared,
    )


def _ask_measures(
    archive: Archive,
    question: Question,
    before: Window | None,
    *,
    by: tuple[str, ...],
    every: str | None,
    spark: str,
) -> tuple[Result, Result]:
    """The measures of the window, and of the one before it.

    One scan tells both, unless statements touch them: those are weighed for each window by itself.
    """
    filter_, zone, now = question.filter, question.zone, question.now
    scan = Scan(by=by, every="hour" if "hour" in (every, spark) else "day", zone=zone)
    parts = [name for name, is_needed in (("every", every), ("utc", zone.key == "UTC")) if is_needed]

    def measured(window: Window, asked: Scan) -> Result:
        archive.scan(replace(filter_, window=window), asked)
        values = {"by": list(by), "every": every, "spark": spark, "zone": zone.key, "now": now.replace(tzinfo=None)}
        return archive.ask("stats", filter_, parts=parts, **values)

    if before is None:
        found = measured(filter_.window, scan)
        return found, found
    if both := archive.together(filter_, before):
        found = measured(both, replace(scan, split_at=filter_.window.since, earlier_until=before.until))
        return found, found
    earlier = measured(before, replace(scan, split_at=NEVER))
    return measured(filter_.window, scan), earlier


def _total(found: Result, part: str) -> dict[str, Any]:
    """The measures of everything; without any request nothing is known, and nothing has no price."""
    nothing = dict.fromkeys(found.names) | {"unpriced_requests": 0, "unmetered_requests": 0}
    return next(iter(found.where("part", part).records()), nothing)


def _fill_zeros(total: dict[str, Any], window: Window, covered: dict[str, Any]) -> dict[str, Any]:
    """The total of a window; zeros for one without requests that lies within the imports: it is known to be nothing."""
    since, until = (each and each.replace(tzinfo=None) for each in (window.since, window.until))
    if total["first_at"] is not None or covered["covered_since"] is None or since is None or until is None:
        return total
    if since < covered["covered_since"] or until > covered["covered_until"]:
        return total
    return total | {name: value or 0 for name, value in total.items() if name in (*COUNTED, "cost_usd", *COST_PARTS)}


def _compare_windows(window: Window, earlier: Result, total: dict[str, Any], covered: dict[str, Any]) -> Before:
    since = window.since.replace(tzinfo=None) if window.since else None
    is_covered = None not in (covered["covered_since"], since) and covered["covered_since"] <= since
    then = _fill_zeros(_total(earlier, "before_total"), window, covered) if is_covered else {}
    return Before(
        window=window,
        total={name: then.get(name) for name in COMPARED},
        change_pct={name: change_pct(total[name], then.get(name)) for name in COMPARED},
        is_covered=is_covered,
    )


def change_pct(now: Any, before: Any) -> float | None:  # noqa: ANN401 - integers and decimals
    """The change since before, in percent; None where one is unknown or there was nothing before."""
    if now is None or not before:
        return None
    return float(now - before) / float(before) * 100


def _compare_rows(
    rows: Result, earlier: Result, by: tuple[str, ...], *, absent: int | None, absent_before: int | None
) -> Result:
    """The rows with what they were before; what was used only before comes last.

    What is in one of the two only is `absent` in the other: nothing, or unknown where the imports do not tell.
    """
    width = len(by)
    then = {row[:width]: row[width:] for row in earlier.rows}
    now = {row[:width]: row for row in rows.rows}
    gone = [key + (absent,) * len(rows.columns[width:]) for key in then if key not in now]
    places = [rows.names.index(name) for name in COMPARED]
    extended = []
    for row in (*rows.rows, *gone):
        was = then.get(row[:width], (absent_before,) * len(COMPARED))
        changes = tuple(change_pct(row[place], value) for place, value in zip(places, was, strict=True))
        extended.append(row + was + changes)
    columns = [Column(f"before_{name}", _type(rows, name)) for name in COMPARED]
    columns += [Column(f"{name.removesuffix('_usd')}_change_pct", "DOUBLE") for name in COMPARED]
    return Result(rows.columns + tuple(columns), tuple(extended))


def _type(rows: Result, name: str) -> str:
    return next(column.type for column in rows.columns if column.name == name)


def _slot(window: Window) -> str:
    hours = window.hours
    return "hour" if hours is not None and hours <= HOURLY_SERIES_UP_TO else "day"
