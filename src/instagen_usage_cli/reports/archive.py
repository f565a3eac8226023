"""An open store, ready for the questions of reports."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import prices, sql
from instagen_usage_cli.filters import naive

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.prices import Catalogue
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.store import Store
    from instagen_usage_cli.window import Window

# Where clocks are whole hours from UTC, no bucket cuts a UTC hour.
HOUR = timedelta(hours=1)
# The facts about lines of price lists that sums are made by.
FACTS_OF_LINES = ("sizes", "unpriced_writes", "assumed_reads", "assumed_writes", "equal_hashes")
# The longest window that is looked through, half a day at a time, for the clocks of its zone.
LONGEST = timedelta(days=3660)


@dataclass(frozen=True)
class Scan:
    """What the one scan of a report must tell apart, beside names, UTC days and what a cost rests on.

    `by` are dimensions, `every` the interval of its buckets in a `zone`. `split_at` parts the window in two; the
    earlier part ends there, or at `earlier_until`. `within_hours` leaves out statements of more than an hour.
    `rate_limits` adds what only `usage keys` tells, `cache_share` what only `usage models` does.
    """

    by: tuple[str, ...] = ()
    every: str | None = None
    zone: ZoneInfo | None = None
    split_at: datetime | None = None
    earlier_until: datetime | None = None
    within_hours: bool = False
    rate_limits: bool = False
    cache_share: bool = False

    def parts(self, window: Window) -> Iterator[str]:
        """The parts of `views/sums.sql` that it needs."""
        yield from self.by
        yield self._slot(window)
        if self.split_at:
            yield "split"
        if self.earlier_until and self.earlier_until != self.split_at:
            yield "gap"
        if self.within_hours:
            yield "within_hours"
        if self.rate_limits:
            yield "rate_limits"
        if self.cache_share:
            yield "cache_share"

    def as_struct(self) -> dict[str, object]:
        """What `$filter` has of it: naive UTC times."""
        return {"split_at": naive(self.split_at), "earlier_until": naive(self.earlier_until or self.split_at)}

    def _slot(self, window: Window) -> str:
        """The longest slot that no bucket cuts."""
        if self.every is None or self.zone is None:
            return "by_day"
        if self.zone.key == "UTC":
            return "by_hour" if self.every == "hour" else "by_day"
        return "by_hour" if _is_on_the_hour(self.zone, window) else "by_quarter"


class Archive:
    """An open store, and what reports must know of it before they ask.

    `facts` are those of `reports/opening.sql`: what the imports cover, which prices are in force, and whether there
    are statements at all.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.facts: dict[str, Any] = {}
        self._macros: set[str] = set()
        self._chosen: tuple[object, object, bool] | None = None
        self._scanned: Window | None = None

    def use_prices(self, current: Catalogue | None = None) -> None:
        """Read the facts, and see to it that the prices are those of a catalogue, by default those in force.

        Raises `BadPrices` for a list of one's own that cannot be used.
        """
        self.facts = self._opening()
        if prices.overlay(self.store, self.facts, current or prices.catalogue()):
            self.facts = self._opening()

    @property
    def path(self) -> Path:
        """Where the store is."""
        return self.store.path

    @property
    def covered(self) -> dict[str, Any]:
        """What the imports cover: `covered_since`, `covered_until` (not included), naive UTC, None without imports."""
        return {name: self.facts[name] for name in ("covered_since", "covered_until")}

    @property
    def catalogue(self) -> dict[str, Any]:
        """The `version` and `digest` of the prices in force, and whether one's own are among them."""
        return {name: self.facts[name] for name in ("version", "digest", "has_own_prices")}

    def ask(self, report: str, filter_: Filter, *, parts: Iterable[str] = (), **params: object) -> Result:
        """The answer of `reports/<report>.sql` in the filter. Raises `StoreFailed`."""
        return self.query(self._text("reports", report, filter_, parts), filter=filter_.as_struct(), **params)

    def keep(self, report: str, filter_: Filter, *, parts: Iterable[str] = (), **params: object) -> None:
        """Make the table that `reports/<report>.sql` makes, in the filter. Raises `StoreFailed`."""
        self.run(self._text("reports", report, filter_, parts), filter=filter_.as_struct(), **params)

    def scan(self, filter_: Filter, asked: Scan | None = None) -> None:
        """Make `sums`, from which the questions of a report are answered, in one scan. Raises `StoreFailed`."""
        asked = asked or Scan()
        parts = {*asked.parts(filter_.window), *(name for name in FACTS_OF_LINES if self.facts[name])}
        text = self._text("views", "sums", filter_, parts)
        self.run(text, filter=filter_.as_struct() | asked.as_struct(), sizes=self.facts["sizes"])
        self._scanned = filter_.window

    def together(self, filter_: Filter, before: Window) -> Window | None:
        """The window that holds the filter's and one before it, if one scan can tell both apart."""
        window = filter_.window
        if window.since is None or before.until is None or before.until > window.since:
            return None
        both = replace(window, since=before.since)
        return None if self.choose_statements(replace(filter_, window=both)) else both

    def rescan(self, filter_: Filter) -> None:
        """Make `sums` of just this filter, where there are none, or statements were weighed for a longer time."""
        if self._scanned is None or (self._scanned != filter_.window and self.choose_statements(filter_)):
            self.scan(filter_)

    def compare_elsewhere(self, alternatives: str, **params: object) -> None:
        """Find the prices of the other names that `reports/<alternatives>.sql` gives, beside those in the store."""
        text = sql.load("reports", alternatives)
        prices.resolve(self.store, prices.catalogue(), alternatives=text, **params)
        self.facts = self._opening()

    def query(self, text: str, **params: object) -> Result:
        """Run one statement, with the macros it calls. Raises `StoreFailed`."""
        self._make_macros(text)
        return self.store.query(text, **params)

    def run(self, text: str, **params: object) -> None:
        """Run a statement for its effect, with the macros it calls. Raises `StoreFailed`."""
        self._make_macros(text)
        self.store.run(text, **params)

    def choose_statements(self, filter_: Filter) -> bool:
        """Weigh requests against the statements that touch the window; returns whether any does."""
        if not self.facts["has_statements"]:
            return False
        struct = filter_.as_struct()
        if self._chosen is None:
            self.store.run(sql.load("views/statements", "1_chosen_statements"))
        if self._chosen is None or self._chosen[:2] != (struct["since"], struct["until"]):
            self._chosen = (struct["since"], struct["until"], self._weigh(struct))
        return self._chosen[2]

    def _weigh(self, struct: dict[str, object]) -> bool:
        found = self.store.query(sql.load("reports", "weighed"), since=struct["since"], until=struct["until"])
        [span] = found.records()
        if span["weighed_since"] is None:
            return False
        for name in ("2_statement_spans", "3_weighed_statements"):
            self.store.run(sql.load("views/statements", name), **span)
        return True

    def _text(self, folder: str, name: str, filter_: Filter, parts: Iterable[str]) -> str:
        needed = {*parts, *filter_.parts}
        if self.choose_statements(filter_):
            needed.add("statements")
        return sql.compose(folder, name, needed)

    def _opening(self) -> dict[str, Any]:
        return self.query(sql.compose("reports", "opening")).records()[0]

    def _make_macros(self, text: str) -> None:
        """The macros that a text calls, and those that they call."""
        called = sql.called("views", "macros", text)
        if new := [macro for name, macro in called.items() if name not in self._macros]:
            self.store.run("\n".join(new))
            self._macros |= called.keys()


def _is_on_the_hour(zone: ZoneInfo, window: Window) -> bool:
    """Whether the clocks of a zone are whole hours from UTC on all days of a window."""
    if window.since is None or window.until is None or window.until - window.since > LONGEST:
        return False
    moment = window.since.astimezone(UTC) - timedelta(days=1)
    while moment < window.until + timedelta(days=2):
        offset = moment.astimezone(zone).utcoffset()
        if offset is None or offset % HOUR:
            return False
        moment += timedelta(hours=12)
    return True
