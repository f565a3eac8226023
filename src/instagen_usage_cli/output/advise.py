"""How the answer of `usage advise` is shown: what would save how much, each with its evidence in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli.output.columns import money
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.evidence import evidence
from instagen_usage_cli.output.frame import frame, span
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.advise import Advice, Piece

EVIDENCE = Column("evidence", "VARCHAR")
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
    nothing = f"nothing to save found in {span(advice)}"
    pieces = zip(advice.rows.rows, advice.pieces, strict=True)
    return Document(
        name="advise",
        rows=Result((*advice.rows.columns, EVIDENCE), tuple((*row, evidence(piece, advice)) for row, piece in pieces)),
        lines=tuple(_lines(advice, nothing)),
        **frame(
            advice,
            notes=_notes(advice),
            details={
                "thresholds": advice.thresholds,
                "not_known": list(NOT_KNOWN),
                "comparisons": list(advice.comparisons),
            },
            empty=nothing if advice.has_data else None,
        ),
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
