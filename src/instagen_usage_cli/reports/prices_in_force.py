"""`usage prices`: what holds for the models in use, and by which line; what is wrong with it, and what others would do.

Prices are in US dollars per million tokens, or per million requests, as they stand in the lists.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, paths, prices, reports, sql, window
from instagen_usage_cli import store as stores
from instagen_usage_cli.filters import Filter
from instagen_usage_cli.reports.archive import Archive
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date


# A price that was checked longer ago than this may have changed since.
OLD_AFTER = timedelta(days=90)
# What stands for the prices in force where a price list can be named.
CURRENT = "current"
PRICES = (
    "input_usd_per_million",
    "output_usd_per_million",
    "cache_read_usd_per_million",
    "cache_write_5m_usd_per_million",
    "cache_write_1h_usd_per_million",
    "reasoning_usd_per_million",
    "per_request_usd_per_million",
)
WHERE = ("effective_from", "effective_until", "price_list", "line", "is_own", "checked_on")
LISTED = ("provider", "host", "model", "list_model", "tier", "input_above", *PRICES, *WHERE, "gap")
HISTORY = ("model", "provider", "host", "tier", "input_above", *PRICES, *WHERE, "in_use")
DIFFERENCES = (
    Column("month", "VARCHAR"),
    Column("model", "VARCHAR"),
    Column("provider", "VARCHAR"),
    Column("requests", "BIGINT"),
    Column("before_cost_usd", "DECIMAL(38,12)"),
    Column("after_cost_usd", "DECIMAL(38,12)"),
    Column("change_usd", "DECIMAL(38,12)"),
    Column("cost_change_pct", "DOUBLE"),
    Column("before_unpriced_requests", "BIGINT"),
    Column("after_unpriced_requests", "BIGINT"),
)


@dataclass(frozen=True)
class Listing:
    """The prices of a day: of the names in use, or of everything in the lists. A `gap` says what there is no line for.

    `list_model` is the exact id in the price list. `catalogue` has the version and the digest of the lists.
    """

    rows: Result
    on: date
    is_everything: bool
    catalogue: dict[str, Any]


@dataclass(frozen=True)
class History:
    """Every line for a model, or for the exact ids that it goes by where it is in use, which `in_use` tells.

    In the rows, `in_use` marks the lines that hold on that day for requests of the model. `catalogue` has the version
    and the digest of the lists.
    """

    model: str
    rows: Result
    in_use: Result
    on: date
    catalogue: dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """Something to see to: its kind, what it is about, the line of a price list where it stands, and the facts."""

    kind: str
    model: str | None = None
    provider: str | None = None
    file: str | None = None
    line: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Differences:
    """What other prices do to each month: a row per month, model and provider whose cost differs, and their `total`.

    A cost is that of the requests that have a price; the others are counted as unpriced. `other_cases` are models in
    use that a list has in another letter case only: the name of the list, the model, and as it is listed.
    """

    rows: Result
    total: dict[str, Any]
    before: str
    after: str
    cost: str
    other_cases: tuple[tuple[str, str, str], ...] = ()


def in_use(database: Path, *, on: date, provider: Sequence[str] = (), model: Sequence[str] = ()) -> Listing:
    """The prices of the names in the store. Raises as `reports.opened`."""
    with reports.opened(database) as archive:
        return _listing(archive, "prices_in_use", on, provider, model)


def everything(*, on: date, provider: Sequence[str] = (), model: Sequence[str] = ()) -> Listing:
    """The prices of all lists; it takes no database. Raises `BadPrices`."""
    with prices_alone() as archive:
        return _listing(archive, "prices_all", on, provider, model)


def history(database: Path, model: str, *, on: date) -> History:
    """The lines for a model, in all lists and at all times. Raises `NoPricesOf`, and as `reports.opened`."""
    with reports.opened(database) if database.exists() else prices_alone() as archive:
        _make_lines(archive)
        known = [row[0] for row in archive.query(sql.load("reports", "prices_ids")).rows]
        if model not in known:
            raise errors.NoPricesOf(model=model, hint=reports.hint(model, known))
        archive.run(sql.load("reports", "prices_found"))
        found = archive.query(sql.load("reports", "prices_holding"), model=model, at=_start(on))
        rows = archive.query(sql.load("reports", "prices_history"), model=model, at=_start(on))
        return History(model=model, rows=rows.only(*HISTORY), in_use=found, on=on, catalogue=archive.catalogue)


def findings(database: Path, *, now: datetime) -> list[Finding]:
    """What is wrong with the prices in use, and with one's own list, the worst first. Raises as `open_reading`."""
    with stores.open_reading(database) as store:
        archive = Archive(store)
        broken = list(_broken(archive))
        _make_lines(archive)
        today = now.date()
        always = Filter(window=window.parse(period="all", now=now, zone=window.zone("UTC")))
        archive.scan(always)
        return [
            *broken,
            *_add_spellings(_found("unpriced", archive.ask("prices_unpriced", always)), _other_cases(archive)),
            *_found("overlapping", archive.query(sql.load("reports", "prices_overlapping"))),
            *_found("gapped", archive.query(sql.load("reports", "prices_gapped"))),
            *_found(
                "old",
                archive.query(sql.load("reports", "prices_old"), at=_start(today), before=today - OLD_AFTER),
            ),
        ]


def differences(database: Path, before: str, after: str, *, cost: str, now: datetime) -> Differences:
    """What each month costs by two price lists, each in the place of one's own; `CURRENT` is what is in force.

    Raises `NoSuchFile`, and as `reports.opened`.
    """
    lists = [_list_named(name) for name in (before, after)]
    always = Filter(window=window.parse(period="all", now=now, zone=window.zone("UTC")), cost=cost)
    with stores.open_reading(database) as store:
        archive = Archive(store)
        months, cases = [], []
        for own in lists:
            archive.use_prices(prices.catalogue(own=own))
            archive.scan(always)
            months.append(archive.ask("prices_months", always).records())
            prices.make_known_names(archive.store)
            cases.append(_other_cases(archive))
    rows = tuple(_differing(*months))
    return Differences(
        rows=Result(DIFFERENCES, rows),
        total=_total(rows),
        before=before,
        after=after,
        cost=cost,
        other_cases=tuple(
            (name, *pair) for name, found in zip((before, after), cases, strict=True) for pair in found.items()
        ),
    )


def _listing(archive: Archive, question: str, on: date, provider: Sequence[str], model: Sequence[str]) -> Listing:
    _make_lines(archive)
    rows = archive.query(sql.load("reports", question), at=_start(on), provider=list(provider), model=list(model))
    return Listing(
        rows=rows.only(*LISTED),
        on=on,
        is_everything=question == "prices_all",
        catalogue=archive.catalogue,
    )


@contextmanager
def prices_alone() -> Iterator[Archive]:
    """An archive in memory that has the prices in force, and no names. Raises `BadPrices`."""
    with stores.open_empty() as store:
        for name in sql.names("schema"):
            store.run(sql.load("schema", name))
        archive = Archive(store)
        archive.use_prices()
        yield archive


def _make_lines(archive: Archive) -> None:
    prices.make_known_names(archive.store)
    archive.run(sql.load("reports", "prices_lists"))


def _start(day: date) -> datetime:
    """The first moment of a UTC day, naive."""
    return datetime.combine(day, time())


def _broken(archive: Archive) -> Iterator[Finding]:
    """Give the store the prices in force, without one's own list if that cannot be used, which is a finding."""
    current = prices.catalogue()
    try:
        archive.use_prices(current)
    except errors.BadPrices as error:
        yield Finding("broken", file=str(paths.prices()), line=int(str(error.line)), facts={"why": error.why})
        archive.use_prices(replace(current, own=None))


def _other_cases(archive: Archive) -> dict[str, str]:
    """The models in use that no list has, by the first listed one that differs in letter case only."""
    rows = archive.query(sql.load("reports", "prices_cased")).records()
    return {row["model"]: row["listed_model"] for row in reversed(rows)}


def _add_spellings(found: Iterator[Finding], cases: dict[str, str]) -> Iterator[Finding]:
    for finding in found:
        yield replace(finding, facts=finding.facts | {"listed_as": cases.get(finding.model or "")})


def _found(kind: str, rows: Result) -> Iterator[Finding]:
    about = ("model", "provider", "file", "line")
    for record in rows.records():
        facts = {name: value for name, value in record.items() if name not in about}
        yield Finding(kind, **{name: record[name] for name in about}, facts=facts)


def _list_named(name: str) -> Path | None:
    """The file of that name; None for the list in force. Raises `NoSuchFile`."""
    if name == CURRENT:
        return None
    path = Path(name).expanduser()
    if not path.exists():
        raise errors.NoSuchFile(path=name)
    return path


def _differing(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """A row of `DIFFERENCES` per month, model and provider that costs something else, or is no longer priced alike."""
    for old, new in zip(before, after, strict=True):
        measures = [(each["cost_usd"], each["unpriced_requests"]) for each in (old, new)]
        if measures[0] != measures[1]:
            costs = old["cost_usd"], new["cost_usd"]
            unpriced = old["unpriced_requests"], new["unpriced_requests"]
            yield (
                *(old[name] for name in ("month", "model", "provider", "requests")),
                *costs,
                *_change(*costs),
                *unpriced,
            )


def _change(before: Decimal | None, after: Decimal | None) -> tuple[Decimal, float | None]:
    """The difference of the known costs, in US dollars and percent of the first."""
    change = (after or Decimal(0)) - (before or Decimal(0))
    return change, float(change / before * 100) if before else None


def _total(rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """The row of `DIFFERENCES` for all of them; nothing of what is known of none."""
    names = [column.name for column in DIFFERENCES]
    summed = {name: _sum([row[names.index(name)] for row in rows]) for name in names[3:]}
    change, percent = _change(summed["before_cost_usd"], summed["after_cost_usd"])
    return summed | {"change_usd": change, "cost_change_pct": percent}


def _sum(values: Sequence[Any]) -> Any:  # noqa: ANN401 - of any kind of number
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None
