"""How the answer of `usage advise` is shown: what would save how much, each with its evidence in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import basis, window
from instagen_usage_cli.output.columns import money
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.evidence import evidence
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.advise import Advice, Piece

COLUMNS = (
    Column("advice", "VARCHAR"),
    Column("model", "VARCHAR"),
    Column("provider", "VARCHAR"),
    Column("access_key", "VARCHAR"),
    Column("alternative", "VARCHAR"),
    Column("requests", "BIGINT"),
    Column("tokens", "BIGINT"),
    Column("cost_usd", "DECIMAL(38,12)"),
    Column("saving_usd", "DECIMAL(38,12)"),
    Column("evidence", "VARCHAR"),
)
NOT_KNOWN = (
    "the quality of the answers",
    "whether a prompt can be shortened",
    "how many tokens another model would need",
    "prices by contract",
)
# Kinds that are good to know, but save nothing.
SAVE_NOTHING = ("quiet-key", "efficient-model")
UNNAMED_MODEL = "an unknown model"
INDENT = "   "
LONGEST_HEADING = 80


def document(advice: Advice) -> Document:
    """The document of an `Advice`."""
    span = window.between(advice.window, advice.zone, advice.first_at, advice.last_at)
    has_data = advice.first_at is not None
    nothing = f"nothing to save found in {span}"
    rows = tuple(_row(piece, advice) for piece in advice.pieces)
    return Document(
        name="advise",
        rows=Result(COLUMNS, rows),
        title=advice.window.label,
        subtitle=span,
        lines=tuple(_lines(advice, nothing)),
        notes=tuple(_notes(advice)) if has_data else (),
        details={
            "window": window.details(advice.window, advice.zone),
            "thresholds": advice.thresholds,
            "not_known": list(NOT_KNOWN),
            "comparisons": list(advice.comparisons),
            **basis.details(advice.basis),
        },
        zone=advice.zone,
        empty=nothing if has_data else f"no requests in {span}",
    )


def _row(piece: Piece, advice: Advice) -> tuple[Any, ...]:
    return (
        piece.kind,
        piece.model,
        piece.provider,
        piece.access_key,
        piece.alternative,
        piece.requests,
        piece.tokens,
        piece.cost_usd,
        piece.saving_usd,
        evidence(piece, advice),
    )


def _lines(advice: Advice, nothing: str) -> Iterator[str]:
    """For people: a numbered heading per piece, and the evidence beneath it."""
    if advice.pieces and all(piece.kind in SAVE_NOTHING for piece in advice.pieces):
        yield f"{nothing[0].upper()}{nothing[1:]}."
        yield ""
    for number, piece in enumerate(advice.pieces, 1):
        if number > 1:
            yield ""
        yield from _headed(f"{number}. ", piece)
        yield f"{INDENT}{evidence(piece, advice)}"


def _headed(number: str, piece: Piece) -> Iterator[str]:
    """The amount and what it is about, on two lines where one would be too long for most terminals."""
    about = _about(piece)
    if piece.saving_usd is None:
        yield number + about
        return
    amount = f"{number}save up to {money(piece.saving_usd)}"
    if len(amount) + len(INDENT) + len(about) <= LONGEST_HEADING:
        yield f"{amount}{INDENT}{about}"
    else:
        yield amount
        yield INDENT + about


def _about(piece: Piece) -> str:
    model, key = piece.model or UNNAMED_MODEL, piece.access_key or "no key"
    unproven = "unproven" if piece.facts.get("alternative_in_use") else "untried"
    return {
        "cheaper-model": f"{model} → {piece.alternative}",
        "unproven-model": f"{model} → {piece.alternative}, {unproven}",
        "large-inputs": f"large inputs to {model} with {key}",
        "low-cache-share": f"low cache share of {model}",
        "paid-failures": f"paid failures of {model}",
        "costly-prompts": f"costly prompts to {model} with {key}",
        "quiet-key": f"quiet key {key}",
        "efficient-model": f"efficient model {model}",
    }[piece.kind]


def _notes(advice: Advice) -> Iterator[str]:
    limits = advice.thresholds
    if any(piece.saving_usd is not None for piece in advice.pieces):
        yield "Amounts are the most that each line could save; the lines overlap, so they must not be added."
    yield f"Not known here: {', '.join(NOT_KNOWN)}."
    yield (
        f"Compared are models with at least {limits['cost_share_pct']} % of the cost. Not worse means: success not"
        f" significantly lower (one-sided, 5 %), p95 duration at most {limits['worse_pct']} % higher, output tokens per"
        f" second at most {limits['worse_pct']} % lower, each of at least {limits['least_samples']} requests."
    )
    yield from basis.notes(advice.basis)
