"""What the numbers of a report rest on, as notes at its foot and as a block in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.basis import Basis

MODELS_NAMED = 3


def notes(basis: Basis, *, cost: bool = True) -> Iterator[str]:
    """The lines at the foot of a report; without those about `cost` where it shows none."""
    parts = list(_cost_parts(basis)) if cost else []
    if parts:
        yield "Cost: " + ", ".join(parts) + "."
    yield from _statement_notes(basis)


def details(basis: Basis) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "cost_basis": {f"{state}_requests": requests for state, requests in basis.requests.items()}
        | {"price_lists": list(basis.price_lists), "unpriced_models": list(basis.unpriced_models)},
        "statements": basis.stated,
    }


def words(basis: Basis) -> str:
    """What the costs rest on, in two words; nothing when there are none."""
    requests = basis.requests
    priced = {
        "list": requests["list"],
        "billed": requests["billed"],
        "reported": requests["gateway"] + requests["client"],
    }
    found = [word for word, number in priced.items() if number]
    if len(found) == 1:
        return {"list": "at list prices"}.get(found[0], f"as {found[0]}")
    return ", ".join(found)


def _cost_parts(basis: Basis) -> Iterator[str]:
    requests = basis.requests
    reported = requests["gateway"] + requests["client"]
    if requests["list"]:
        which = "request" if requests["list"] == 1 else "requests"
        yield f"{requests['list']:,} {which} at list prices ({', '.join(basis.price_lists)})"
    if requests["billed"]:
        yield f"{requests['billed']:,} as billed"
    if reported:
        yield f"{reported:,} as a gateway or client reported"
    if requests["cache_hit"]:
        yield f"{requests['cache_hit']:,} free from a gateway's cache"
    if requests["unpriced"]:
        yield f"{requests['unpriced']:,} without a price, not counted ({_names(basis.unpriced_models)})"
    if requests["unmetered"]:
        yield f"{requests['unmetered']:,} with unknown tokens, not counted"


def _names(models: tuple[str, ...]) -> str:
    more = f" and {len(models) - MODELS_NAMED} more" if len(models) > MODELS_NAMED else ""
    return ", ".join(models[:MODELS_NAMED]) + more


def _statement_notes(basis: Basis) -> Iterator[str]:
    stated = basis.stated
    spans = stated["statement_spans"] + stated["request_spans"]
    if not spans:
        return
    if basis.count != "best":
        left_out = "single requests" if basis.count == "statements" else "statements"
        yield f"Only {basis.count} are counted, as asked; {left_out} of the same time are left out."
    elif stated["request_spans"] == 0 and not stated["seen_requests"]:
        yield f"Counted from statements of {periods(spans)}, which have no single requests."
    else:
        yield (
            f"Statements cover {periods(spans)} with {stated['stated_requests']:,} requests, the log has"
            f" {stated['seen_requests']:,} of them: {periods(stated['statement_spans'])} counted by statement,"
            f" {stated['request_spans']} by single requests, never both."
        )
    if stated["statements_beyond"] and basis.count != "requests":
        yield _beyond(stated["statements_beyond"])


def _beyond(statements: int) -> str:
    if statements == 1:
        return "1 statement begins in this window and reaches beyond its end; it is counted wholly."
    return f"{statements:,} statements begin in this window and reach beyond its end; they are counted wholly."


def periods(number: int) -> str:
    """How many days, months or the like that one statement or several of the same place tell of."""
    return f"{number} period{'s' if number != 1 else ''}"
