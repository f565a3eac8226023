"""What the numbers of a report rest on: where the costs come from, and whether statements or requests were counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive

STATES = ("list", "billed", "gateway", "client", "cache_hit", "unreported", "unpriced", "unmetered")
# What a list price may assume: cached and written tokens at the input price, statements at that of small requests.
ASSUMPTIONS = ("assumed_reads", "assumed_writes", "assumed_sizes")


NOTHING_STATED = {
    "statement_spans": 0,
    "request_spans": 0,
    "stated_requests": 0,
    "seen_requests": 0,
    "statements_beyond": 0,
}


@dataclass(frozen=True)
class Basis:
    """How many requests are in each cost state and what they cost, by which price lists, and what has no cost and why.

    `unpriced` counts the requests per (model, gap) without a price, most used first, `gaps` the unmetered ones by why
    their tokens are unknown; `assumed` those of each assumption. `catalogue` has the version (the newest day on
    which a price was checked) and the digest of the price lists. `stated` says how statements and requests of the same
    days were weighed; `cost` and `count` are those of the filter. `billed_outside` requests are on a bill that begins
    outside of the window. `uncounted_rows` of statements do not say of how many requests they are; each counts as one.
    """

    requests: dict[str, int]
    usd: dict[str, Decimal]
    price_lists: tuple[str, ...]
    unpriced: dict[tuple[str, str], int]
    gaps: dict[str, int]
    assumed: dict[str, int]
    catalogue: dict[str, Any]
    stated: dict[str, Any]
    cost: str
    count: str
    billed_outside: int
    uncounted_rows: int


def ask_basis(archive: Archive, filter_: Filter) -> Basis:
    """The basis of a report in that filter, from the part of its `sums` that lies behind the split."""
    archive.rescan(filter_)
    return make_basis(archive, filter_, archive.ask("basis", filter_).records())


def make_basis(archive: Archive, filter_: Filter, records: Iterable[Mapping[str, Any]]) -> Basis:
    """The basis of records that have what `basis.sql` gives: a state, a name, a gap, requests, cost, assumptions."""
    requests, usd = Counter[str](), Counter[str]()
    unpriced, gaps, assumed = Counter[tuple[str, str]](), Counter[str](), Counter[str]()
    billed_apart = 0
    for record in records:
        state, number = record["cost_state"], record["requests"]
        if state == "apart":
            billed_apart += number
            continue
        requests[state] += number
        usd[state] += record["cost_usd"] or 0
        if state == "unpriced":
            unpriced[record["name"], record["gap"]] += number
        if state == "unmetered":
            gaps[record["gap"]] += number
        assumed.update({name: record.get(name) or 0 for name in ASSUMPTIONS})
    # What was billed apart is billed, where the bill itself is in the window.
    if usd["billed"]:
        requests["billed"] += billed_apart
    return Basis(
        requests={state: requests[state] for state in STATES},
        usd={state: Decimal(usd[state]) for state in STATES[:4]},
        price_lists=tuple(sorted({record["name"] for record in records if record["cost_state"] == "list"})),
        unpriced=dict(sorted(unpriced.items(), key=lambda each: (-each[1], each[0]))),
        gaps=dict(gaps),
        assumed={name: assumed[name] for name in ASSUMPTIONS},
        catalogue=archive.catalogue,
        stated=_stated(archive, filter_),
        cost=filter_.cost,
        count=filter_.count,
        billed_outside=0 if usd["billed"] else billed_apart,
        uncounted_rows=sum(record.get("uncounted_rows") or 0 for record in records),
    )


def _stated(archive: Archive, filter_: Filter) -> dict[str, Any]:
    """How statements and requests of the same days were weighed; nothing was where no statement touches the window."""
    if not archive.choose_statements(filter_):
        return dict(NOTHING_STATED)
    return archive.ask("stated", filter_).records()[0]
