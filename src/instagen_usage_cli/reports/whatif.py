"""`usage whatif`: what the tokens of one model would have cost with another one, at the list prices of their days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors, sql
from instagen_usage_cli.reports import NAMES_SHOWN, check_name, hint
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.reports.basis import ASSUMPTIONS, make_basis

if TYPE_CHECKING:
    from collections.abc import Iterable

    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

DIMENSIONS = ("model", "provider")
MEASURES = (
    "requests",
    "total_tokens",
    "cost_usd",
    "other_cost_usd",
    "change_usd",
    "cost_change_pct",
    "not_compared_requests",
)
# Why something is not compared: it was free, its tokens or cost are not known, or the price lists do not have the other
# model there, its tier, that day or a class of its tokens; or how many requests a statement tells of is not known.
GAPS = ("cache_hit", "tokens", "cost", "model", "host", "tier", "day", "class", "requests")


@dataclass(frozen=True, kw_only=True)
class Whatif(Answer):
    """The answer of `usage whatif`: a row per provider of the model and chosen dimension, and the same over everything.

    Requests, tokens and both costs are of what can be compared; `not_compared` counts the rest by its reason (of
    `GAPS`). `price_lists` and `assumed` tell what the other cost rests on, `basis` what the first one does.
    """

    model_from: str
    model_to: str
    provider_to: str | None
    not_compared: dict[str, int]
    price_lists: tuple[str, ...]
    assumed: dict[str, int]


def whatif(
    archive: Archive,
    question: Question,
    *,
    model_from: str,
    model_to: str,
    provider_to: str | None = None,
    by: tuple[str, ...] = (),
) -> Whatif:
    """What the tokens of one model in the filter would have cost with the other, where it was used or at a provider.

    Raises `UnknownName` for a model that is not in use, `NoPriceThere` for another one without any price there.
    """
    check_name(archive, "model", model_from)
    names = {"model_from": model_from, "model_to": model_to, "provider_to": provider_to}
    archive.compare_elsewhere("whatif_alternatives", **names)
    _check_listed(archive, model_to)
    question = question.filtered(model=(model_from,))
    filter_ = question.filter
    columns = (*DIMENSIONS, *(name for name in by if name not in DIMENSIONS))
    archive.scan(filter_, Scan(by=columns))
    archive.keep("whatif_sums", filter_, by=list(columns))
    found = archive.ask("whatif", filter_)
    parts = {record["other_gap"]: record for record in archive.ask("whatif_assumed", filter_).records()}
    compared = parts.pop(None, {})
    return Whatif.of(
        archive,
        question,
        found.where("part", "rows").only(*columns, *MEASURES),
        total=found.where("part", "total").records()[0],
        basis=make_basis(archive, filter_, archive.ask("basis", filter_, parts=["compared"]).records()),
        model_from=model_from,
        model_to=model_to,
        provider_to=provider_to,
        not_compared={gap: parts[gap]["requests"] for gap in GAPS if gap in parts},
        price_lists=tuple(compared.get("price_lists") or ()),
        assumed={name: compared.get(name, 0) for name in ASSUMPTIONS},
    )


def _check_listed(archive: Archive, model: str) -> None:
    """See to it that a price list has the model at one of the places. Raises `NoPriceThere`."""
    places = archive.query(sql.load("reports", "whatif_places")).records()
    if any(place["is_listed"] for place in places):
        return
    listed = archive.query(
        sql.load("reports", "whatif_listed"),
        providers=[place["provider"] for place in places],
        hosts=[place["host"] for place in places],
    ).records()
    names = list(dict.fromkeys(place["place"] for place in places))
    raise errors.NoPriceThere(model=model, place=" or ".join(names), hint=_where(model, listed))


def _where(model: str, listed: Iterable[dict[str, Any]]) -> str:
    """Where the price lists have that model, or else what they have there."""
    elsewhere = [line["place"] for line in listed if line["model"] == model]
    if elsewhere:
        more = " …" if len(elsewhere) > NAMES_SHOWN else ""
        return f"it is listed at {', '.join(elsewhere[:NAMES_SHOWN])}{more}; choose with --provider-to"
    there = [line["model"] for line in listed if line["is_there"]]
    return hint(model, there) if there else "nothing is listed there"
