"""What the numbers of a report rest on: where the costs come from, and whether statements or requests were counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.reports import ask

if TYPE_CHECKING:
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.store import Store

STATES = ("list", "billed", "gateway", "client", "cache_hit", "unpriced", "unmetered")


@dataclass(frozen=True)
class Basis:
    """How many requests are in each cost state, by which price lists, which models have no price (most used first).

    `stated` says how statements and requests of the same days were weighed; `count` is that of the filter.
    """

    requests: dict[str, int]
    price_lists: tuple[str, ...]
    unpriced_models: tuple[str, ...]
    stated: dict[str, Any]
    count: str


def basis(store: Store, filter_: Filter) -> Basis:
    """The basis of every report in that filter."""
    found = ask(store, "basis", filter_).records()
    requests = dict.fromkeys(STATES, 0)
    for record in found:
        requests[record["cost_state"]] += record["requests"]
    return Basis(
        requests=requests,
        price_lists=tuple(sorted(record["name"] for record in found if record["cost_state"] == "list")),
        unpriced_models=tuple(record["name"] for record in found if record["cost_state"] == "unpriced"),
        stated=ask(store, "stated", filter_).records()[0],
        count=filter_.count,
    )
