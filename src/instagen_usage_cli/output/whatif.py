"""How the answer of `usage whatif` is shown: a line per provider, both costs, and what the comparison assumes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import basis
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.whatif import Whatif

# What goes where a terminal is too narrow, the first of them first.
DROPPABLE = ("total_tokens", "requests", "not_compared_requests", "change_usd")
# Why something is not compared, in words.
GAPS = {
    "cache_hit": "free from a gateway's cache",
    "tokens": "with unknown tokens",
    "cost": "without a cost",
    "model": "where {model} is not listed",
    "host": "on a host where {model} is not listed",
    "tier": "of a service tier that {model} has no price for",
    "day": "on days when {model} has no price",
    "class": "with a class of tokens that {model} has no price for",
    "requests": "that were not counted one by one, as the price per request needs",
}


def document(whatif: Whatif, *, titled: bool = True) -> Document:
    """The document of a `Whatif`; where it is `titled`, that names the models, and the rows need not."""
    return Document(
        name="whatif",
        rows=whatif.rows,
        total=_total_row(whatif) if whatif.has_data else None,
        only_wide=tuple(_idle_columns(whatif, titled=titled)),
        droppable=DROPPABLE,
        **frame(
            whatif,
            title=f"{whatif.window.label}: {whatif.model_from} → {_target(whatif)}",
            notes=_notes(whatif),
            details=_details(whatif),
            empty=f"no requests of {whatif.model_from} in {span(whatif)}",
        ),
    )


def _details(whatif: Whatif) -> dict[str, Any]:
    return {
        "model_from": whatif.model_from,
        "model_to": whatif.model_to,
        "provider_to": whatif.provider_to,
        "total": _total_row(whatif),
        "not_compared_because": whatif.not_compared,
        "other_cost_basis": {"price_lists": list(whatif.price_lists), **whatif.assumed},
    }


def _idle_columns(whatif: Whatif, *, titled: bool) -> Iterator[str]:
    """Columns that would say nothing."""
    if titled:
        yield "model"
    if not whatif.not_compared:
        yield "not_compared_requests"


def _target(whatif: Whatif) -> str:
    at = f" at {whatif.provider_to}" if whatif.provider_to else ""
    return f"{whatif.model_to}{at}"


def _total_row(whatif: Whatif) -> dict[str, Any]:
    measured = whatif.rows.names[whatif.rows.names.index("requests") :]
    return {name: whatif.total[name] for name in measured}


def _notes(whatif: Whatif) -> Iterator[str]:
    if whatif.price_lists:
        yield (
            f"The other cost is that of the same numbers of tokens at the list prices of {_target(whatif)}"
            f" ({', '.join(whatif.price_lists)}) on the requests' own days. Another model may count the same text as"
            " more or fewer tokens, and answer at another length."
        )
    else:
        yield f"Nothing can be compared with the list prices of {_target(whatif)}."
    assumed = list(basis.assumptions(whatif.assumed))
    if assumed:
        yield f"Assumed for the other cost: {'; '.join(assumed)}."
    if whatif.not_compared:
        reasons = (
            f"{basis.number(requests)} {GAPS[gap].format(model=whatif.model_to)}"
            for gap, requests in whatif.not_compared.items()
        )
        yield f"Not compared: {', '.join(reasons)}."
