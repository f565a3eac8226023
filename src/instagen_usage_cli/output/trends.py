"""How the answer of `usage trends` is shown: a row and a bar per bucket, or a chart, and the days that stand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import basis, window
from instagen_usage_cli.output.columns import UTC_ZONE, local, ratio, text
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame, span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from instagen_usage_cli.output.document import Chart
    from instagen_usage_cli.reports.trends import Trends
    from instagen_usage_cli.result import Result

WORDS = {
    "cost": "cost",
    "requests": "requests",
    "tokens": "tokens",
    "input": "input tokens",
    "output": "output tokens",
    "errors": "failed requests",
    "latency": "95th percentile of the duration",
}
WEEKDAYS = {"Monday": 1, "Tuesday": 2, "Wednesday": 3, "Thursday": 4, "Friday": 5, "Saturday": 6, "Sunday": 7}
# More than these would not be told apart in a chart: the rest is one more.
SERIES_DRAWN = 5
DAYS_NAMED = 5
FEWEST_SAMPLES = 20


@dataclass(frozen=True)
class Series:
    """One combination of the dimensions: its name, a value per bucket, and that of the whole window."""

    name: str
    key: tuple[Any, ...]
    values: tuple[Any, ...]
    whole: Any


def document(trends: Trends, *, chart: bool = False) -> Document:
    """The document of a `Trends`."""
    rows = trends.rows if trends.has_data else trends.rows.where(trends.rows.names[0], object())
    return Document(
        name="trends",
        rows=rows,
        total=_total_row(trends) if rows.rows and trends.every else None,
        only_wide=("z_score", f"typical_{trends.columns[0]}", *_idle_columns(rows)),
        droppable=("p50_duration_ms", "p99_duration_ms", "success_pct"),
        bars=trends.columns[0],
        overview=_overview(trends) if rows.rows and trends.by and trends.every else None,
        chart=_chart(trends) if chart and rows.rows else None,
        every=trends.every,
        **frame(
            trends,
            title=f"{trends.window.label}: {_what(trends)}",
            notes=_notes(trends),
            basis_notes=basis.notes(trends.basis, cost=trends.measure == "cost"),
            details={
                "measure": trends.measure,
                "every": trends.every,
                "by": list(trends.by),
                "total": {name: trends.total[name] for name in trends.columns if name in trends.total},
            },
            empty=_nothing(trends),
        ),
    )


def heat_map(trends: Trends) -> Document:
    """The pattern of a week as a heat map: `trends` is one by weekday and hour of the day."""
    shown = document(trends)
    return Document(
        name=shown.name, rows=shown.rows, title=shown.title, subtitle=shown.subtitle, empty=shown.empty,
        chart=_week(trends) if shown.rows.rows else None, notes=shown.notes, zone=shown.zone,
    )  # fmt: skip


def _nothing(trends: Trends) -> str:
    what = "known durations" if any(trends.basis.requests.values()) else "requests"
    return f"no {what} in {span(trends)}"


def _what(trends: Trends) -> str:
    """What is shown, in words."""
    what = WORDS[trends.measure]
    if trends.every:
        return f"{what} per {trends.every}"
    folded = " and ".join(name.replace("_", " ") for name in trends.by if name in ("weekday", "hour_of_day"))
    return f"{what} by {folded}"


def _total_row(trends: Trends) -> dict[str, Any]:
    return {name: trends.total[name] for name in trends.columns}


def _idle_columns(rows: Result) -> Iterator[str]:
    """Marks that no row has."""
    for name in ("partial", "unusual"):
        if name in rows.names and not any(record[name] for record in rows.records()):
            yield name


def _notes(trends: Trends) -> Iterator[str]:
    if trends.every == "day":
        yield from _unusual(trends)
    if trends.measure == "latency":
        yield "Latency: exact percentiles over single requests with a known duration that did not fail."
        if any((record["duration_samples"] or 0) in range(1, FEWEST_SAMPLES) for record in trends.rows.records()):
            yield f"Percentiles of fewer than {FEWEST_SAMPLES} samples say little: see the samples beside them."
    if trends.every is None:
        yield _pattern_note(trends)
    else:
        yield from _partial(trends)
    yield from window.reach(trends.window, trends.covered, trends.now, trends.zone)


def _pattern_note(trends: Trends) -> str:
    unit = "hour" if "hour_of_day" in trends.by else "day"
    if trends.measure == "latency":
        return "Over every such " + ("hour" if unit == "hour" else "day") + " of the window."
    note = f"The average is per {unit} of the window that the imports cover; a part of one is scaled up."
    if trends.basis.stated["statement_spans"] and unit == "hour":
        note += " Statements of whole days have no hour and are left out."
    return note


def _partial(trends: Trends) -> Iterator[str]:
    """The buckets that the window, the present or a statement cuts."""
    found = dict.fromkeys(record["bucket"] for record in trends.rows.records() if record["partial"])
    cut = [text("bucket", bucket, trends.zone, trends.every) for bucket in found]
    if cut:
        yield f"Partial: {', '.join(cut[:DAYS_NAMED])}{' …' if len(cut) > DAYS_NAMED else ''}."


def _unusual(trends: Trends) -> Iterator[str]:
    """The days that stand out, each with the number that makes it."""
    records = trends.rows.records()
    found = [record for record in records if record["unusual"]]
    found.sort(key=lambda record: -abs(record["z_score"] if record["z_score"] is not None else float("inf")))
    for record in found[:DAYS_NAMED]:
        yield _stands_out(record, trends)
    if len(found) > DAYS_NAMED:
        yield f"{len(found) - DAYS_NAMED} more days stand out; the rows mark them."
    if found:
        yield "A day stands out more than 3.5 robust standard deviations (z) from its weekday's eight weeks before."
    elif all(record["unusual"] is None and not record["partial"] for record in records):
        yield "No day is judged yet: that takes four earlier weeks of imports."


def _stands_out(record: dict[str, Any], trends: Trends) -> str:
    main = trends.columns[0]
    day = local(record["bucket"], trends.zone)
    whose = _name(record, trends.by)
    value, usual = (_unit(main)(record[name] or 0) for name in (main, f"typical_{main}"))
    z = "always the same before" if record["z_score"] is None else f"z = {record['z_score']:.1f}"
    return f"{day:%a %Y-%m-%d}{f', {whose}' if whose else ''}: {value}, on a {day:%A} usually {usual} ({z})."


def _name(record: dict[str, Any], by: Sequence[str]) -> str:
    return " · ".join("–" if record[name] is None else str(record[name]) for name in by)


def _series(trends: Trends) -> list[Series]:
    """The series of the rows, the largest first."""
    main = trends.columns[0]
    values: dict[tuple[Any, ...], list[Any]] = {}
    for record in trends.rows.records():
        values.setdefault(tuple(record[name] for name in trends.by), []).append(record[main])
    wholes = {tuple(record[name] for name in trends.by): record[main] for record in trends.series.records()}
    series = [
        Series(_name(dict(zip(trends.by, key, strict=True)), trends.by), key, tuple(found), wholes.get(key))
        for key, found in values.items()
    ]
    return sorted(series, key=lambda each: (each.whole is None, -(each.whole or 0), each.name))


def _overview(trends: Trends) -> Document:
    """A line per series above the rows: its measure over the whole window, and its course."""
    from instagen_usage_cli.result import Result

    series = _series(trends)
    place = trends.rows.names.index(trends.columns[0])
    columns = (*trends.rows.columns[1 : 1 + len(trends.by)], trends.rows.columns[place])
    return Document(
        name="series",
        rows=Result(columns, tuple((*each.key, each.whole) for each in series)),
        sparks=tuple(tuple(_floats(each.values)) for each in series),
        zone=trends.zone,
    )


def _chart(trends: Trends) -> Chart:
    def draw(width: int, colour: bool) -> str:  # noqa: FBT001 - as a Chart is called
        from instagen_usage_cli.output import chart

        labels = _labels(trends)
        return chart.lines(
            labels,
            _drawn(trends, len(labels)),
            title="",
            unit=_unit(trends.columns[0]),
            width=width,
            colour=colour,
        )

    return draw


def _labels(trends: Trends) -> list[str]:
    buckets: dict[datetime, None] = dict.fromkeys(record["bucket"] for record in trends.rows.records())
    return [text("bucket", bucket, trends.zone, trends.every) for bucket in buckets]


def _drawn(trends: Trends, buckets: int) -> list[tuple[str, list[float | None]]]:
    """The largest series, and all others as one where they can be summed."""
    series = _series(trends)
    if not trends.by:
        return [("", _floats(series[0].values))]
    shown = [(each.name, _floats(each.values)) for each in series[:SERIES_DRAWN]]
    others = series[SERIES_DRAWN:]
    if others and trends.measure != "latency":
        sums = [_sum([each.values[place] for each in others]) for place in range(buckets)]
        shown.append((f"{len(others)} others", sums))
    return shown


def _sum(values: Sequence[Any]) -> float | None:
    """The sum of what is known; None where nothing is."""
    known = [float(value) for value in values if value is not None]
    return sum(known) if known else None


def _floats(values: Sequence[Any]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _week(trends: Trends) -> Chart:
    main = trends.columns[0]
    cells = {
        (WEEKDAYS[record["weekday"]], record["hour_of_day"]): None if record[main] is None else float(record[main])
        for record in trends.rows.records()
    }

    def draw(width: int, colour: bool) -> str:  # noqa: FBT001 - as a Chart is called
        from instagen_usage_cli.output import heat_map as maps

        return maps.heat_map(cells, title="", unit=_unit(main), width=width, colour=colour)

    return draw


def _unit(name: str) -> Callable[[float], str]:
    """How a value of that column is written on an axis."""

    def written(value: float) -> str:
        if name.endswith("requests"):
            return f"{value:,.0f}" if value.is_integer() else ratio(value)
        return text(name, int(value) if name.endswith("_tokens") and value.is_integer() else value, UTC_ZONE)

    return lambda value: written(float(value))
