"""What the numbers of a report rest on, as notes at its foot and as a block in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from instagen_usage_cli.reports.basis import Basis
    from instagen_usage_cli.result import Result

MODELS_NAMED = 3
# Why something has no price or no known tokens, in words.
GAPS = {
    "model": "not listed",
    "host": "not listed for its host",
    "tier": "its service tier is not listed",
    "day": "not listed for those days",
    "class": "a class of its tokens is not listed",
    "failed": "failed",
    "part": "known in part",
    "none": "not reported",
}
ASSUMPTIONS = {
    "assumed_reads": "cached tokens of {requests} are at the input price, for want of a price for cached tokens",
    "assumed_writes": "tokens that {requests} wrote to a cache are at the input price, for want of a price for writing",
    "assumed_sizes": "{requests} in statements are at the price of small requests, as their sizes are unknown",
}


def notes(basis: Basis, *, cost: bool = True) -> Iterator[str]:
    """The lines at the foot of a report; without those about `cost` where it shows none."""
    if cost:
        yield from _cost_notes(basis)
    yield from _statement_notes(basis)


def details(basis: Basis) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "cost_basis": {"cost": basis.cost}
        | {f"{state}_requests": requests for state, requests in basis.requests.items()}
        | {f"{state}_usd": usd for state, usd in basis.usd.items()}
        | {
            "price_lists": list(basis.price_lists),
            "unpriced_models": [
                {"model": model, "gap": gap, "requests": requests} for (model, gap), requests in basis.unpriced.items()
            ],
            "unmetered_gaps": basis.gaps,
            **basis.assumed,
            "billed_outside_requests": basis.billed_outside,
            "uncounted_rows": basis.uncounted_rows,
            "catalogue": basis.catalogue,
        },
        "statements": basis.stated,
    }


def cost_parts(rows: Result) -> tuple[str, ...]:
    """The columns of what a cost is made of, where they were asked for."""
    return tuple(name for name in rows.names if name.endswith("_cost_usd") and not name.startswith("before_"))


def idle_parts(rows: Result, total: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of them that have nothing in all of it."""
    return tuple(name for name in cost_parts(rows) if not total.get(name))


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


def assumptions(assumed: dict[str, int]) -> Iterator[str]:
    """What list prices assumed of how many requests."""
    for name, requests in assumed.items():
        if requests:
            yield ASSUMPTIONS[name].format(requests=number(requests))


def _cost_notes(basis: Basis) -> Iterator[str]:
    counted, missing = list(_counted(basis)), list(_missing(basis))
    only = {"list": " at list prices only, as asked", "reported": " as reported only, as asked"}.get(basis.cost, "")
    if counted or only:
        yield f"Cost{only}: " + (", ".join(counted) or "none") + "."
    if missing:
        yield "Not in the cost: " + ", ".join(missing) + "."
    if basis.uncounted_rows:
        yield _uncounted(basis.uncounted_rows)
    assumed = list(assumptions(basis.assumed))
    if assumed:
        yield "Assumed: " + "; ".join(assumed) + "."


def _counted(basis: Basis) -> Iterator[str]:
    """How much of the cost rests on what."""
    requests, usd = basis.requests, basis.usd
    if requests["list"]:
        lists = ", ".join(basis.price_lists)
        yield f"{money(usd['list'])} at list prices ({lists}; {number(requests['list'])})"
    if requests["billed"]:
        yield f"{money(usd['billed'])} as billed ({number(requests['billed'])})"
    for kind in ("gateway", "client"):
        if requests[kind]:
            yield f"{money(usd[kind])} as a {kind} reported ({number(requests[kind])})"
    if requests["cache_hit"]:
        yield f"nothing for {number(requests['cache_hit'])} from a gateway's cache"


def _missing(basis: Basis) -> Iterator[str]:
    """What has no cost, and why."""
    requests = basis.requests
    if requests["unpriced"]:
        yield f"{number(requests['unpriced'])} without a price ({_models(basis)})"
    if requests["unmetered"]:
        why = ", ".join(f"{count:,} {GAPS[gap]}" for gap, count in sorted(basis.gaps.items()))
        yield f"{number(requests['unmetered'])} with unknown tokens ({why})"
    if basis.billed_outside:
        yield f"{number(basis.billed_outside)} on a bill that begins outside of this window"
    if requests["unreported"]:
        yield f"{number(requests['unreported'])} without a reported cost"


def _uncounted(rows: int) -> str:
    """That some of these numbers of requests are not known."""
    if rows == 1:
        return "1 row of a statement does not say of how many requests it is; it is taken as one here."
    return f"{rows:,} rows of statements do not say of how many requests they are; each is taken as one here."


def number(requests: int) -> str:
    """So many requests, in words."""
    return f"{requests:,} request{'s' if requests != 1 else ''}"


def _models(basis: Basis) -> str:
    """The first models without a price, how many requests each, and why where it is not that no price list has them."""
    several = len(basis.unpriced) > 1
    named = [
        f"{f'{requests:,} of ' if several else ''}{model}{'' if gap == 'model' else f': {GAPS[gap]}'}"
        for (model, gap), requests in basis.unpriced.items()
    ]
    more = f" and {len(named) - MODELS_NAMED} more" if len(named) > MODELS_NAMED else ""
    return ", ".join(named[:MODELS_NAMED]) + more


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
