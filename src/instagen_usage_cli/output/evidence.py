"""The evidence of each kind of advice, as a sentence."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import UNKNOWN, duration, local, money, percent, ratio, short

if TYPE_CHECKING:
    from collections.abc import Callable

    from instagen_usage_cli.reports.advise import Advice, Piece

    Record = dict[str, Any]

# How a measure of two models is worded, by the name of the comparison: its column, its format and its unit.
MEASURES: dict[str, tuple[str, Callable[[Any], str], str]] = {
    "success": ("success_pct", percent, ""),
    "p95 duration": ("p95_duration_ms", duration, ""),
    "speed": ("output_tokens_per_second", ratio, " tokens/s"),
}
MODELS_NAMED = 3


def evidence(piece: Piece, advice: Advice) -> str:
    """The numbers that make a piece of advice, in a sentence."""
    return SENTENCES[piece.kind](piece, advice)


def _cheaper_model(piece: Piece, _: Advice) -> str:
    verdicts = piece.facts["verdicts"]
    compared = [_both(measure, piece.facts) for measure, verdict in verdicts.items() if verdict == "not worse"]
    unknown = [measure for measure, verdict in verdicts.items() if verdict == "unknown"]
    left = f"; not known of both: {_all(unknown)}" if unknown else ""
    return f"{_elsewhere(piece)}, which was not worse in {_all(compared)}{left}{_left_out(piece)}."


def _unproven_model(piece: Piece, _: Advice) -> str:
    facts = piece.facts
    if facts["alternative_in_use"]:
        there, here = _requests(facts["alternative_requests"]), _count(facts["model_requests"])
        tried = f"with {there} there and {here} here, too little is known to call it not worse"
    else:
        tried = "it was not in use, so its success and speed are not known"
    return f"{_elsewhere(piece)}; {tried}{_left_out(piece)}."


def _elsewhere(piece: Piece) -> str:
    cost, other = piece.cost_usd, piece.facts["alternative_cost_usd"]
    return (
        f"{_requests(piece.requests)} with {_tokens(piece.tokens)} cost {_money(cost)}; the same tokens would have cost"
        f" {_money(other)} at the list price of {piece.alternative}"
    )


def _both(measure: str, facts: Record) -> str:
    """A measure of the other model and of this one."""
    name, shown, unit = MEASURES[measure]
    return f"{measure} ({shown(facts[f'alternative_{name}'])} against {shown(facts[name])}{unit})"


def _left_out(piece: Piece) -> str:
    """What the comparison could not use, and which models would have cost less but are worse."""
    facts, left_out = piece.facts, ""
    if piece.requests is not None and piece.requests < (facts["model_requests"] or 0):
        missing = _requests(facts["model_requests"] - piece.requests)
        left_out += f"; not compared: {missing}, free, of unknown tokens or cost, or without a price there"
    worse = [f"{name} ({_all(measures)})" for name, measures in facts["worse"].items()]
    if worse:
        more = f" and {len(worse) - MODELS_NAMED} more" if len(worse) > MODELS_NAMED else ""
        left_out += f"; cheaper still, but worse: {', '.join(worse[:MODELS_NAMED])}{more}"
    return left_out


def _large_inputs(piece: Piece, advice: Advice) -> str:
    facts, limits = piece.facts, advice.thresholds
    if piece.saving_usd is None:
        amount = "how much of it for input is not known for want of a list price"
    else:
        amount = f"{_money(piece.saving_usd)} of it for input, the most that shorter prompts could save"
    return (
        f"{_requests(piece.requests)} had at least {limits['large_input_tokens']:,} input tokens and an output below"
        f" {limits['small_output_pct']} % of that: {short(facts['input_tokens'])} tokens in,"
        f" {short(facts['output_tokens'])} out, for {_money(piece.cost_usd)}, {amount}."
    )


def _low_cache_share(piece: Piece, advice: Advice) -> str:
    facts, limits = piece.facts, advice.thresholds
    share = percent(facts["cache_read_tokens"] * 100 / facts["input_tokens"])
    return (
        f"{share} of {short(facts['input_tokens'])} input tokens were read from a cache, where they cost less; with"
        f" {limits['target_share_pct']} % from there, its {_money(piece.cost_usd)} would have been"
        f" {_money(piece.saving_usd)} less at list prices."
    )


def _paid_failures(piece: Piece, _: Advice) -> str:
    billed = piece.facts["billed_usd"]
    if billed == piece.cost_usd:
        basis_ = "as billed"
    elif billed:
        basis_ = f"{_money(billed)} of it as billed, the rest at list prices or as reported"
    else:
        basis_ = "at list prices or as reported, not as billed"
    return (
        f"{_requests(piece.requests)} failed and yet used {_tokens(piece.tokens)} and cost {_money(piece.cost_usd)}"
        f" ({basis_})."
    )


def _costly_prompts(piece: Piece, _: Advice) -> str:
    facts = piece.facts
    own = float(piece.cost_usd or 0) / facts["output_tokens"] * 1000
    others = float(facts["other_cost_usd"]) / facts["other_output_tokens"] * 1000
    own_ratio = facts["output_tokens"] / facts["input_tokens"] if facts["input_tokens"] else None
    other_ratio = facts["other_output_tokens"] / facts["other_input_tokens"] if facts["other_input_tokens"] else None
    return (
        f"1,000 output tokens cost {money(own)} with this key in {_requests(piece.requests)} and {money(others)} with"
        f" all other keys in {_requests(facts['other_requests'])}, {own / others:.1f} times as much; output ÷ input is"
        f" {_ratio(own_ratio)} against {_ratio(other_ratio)}; at the others' rate its output would have cost"
        f" {_money((piece.cost_usd or 0) - (piece.saving_usd or 0))} instead of {_money(piece.cost_usd)}."
    )


def _quiet_key(piece: Piece, advice: Advice) -> str:
    facts = piece.facts
    last, reach = (local(facts[name], advice.zone) for name in ("last_at", "reaches_to"))
    days = (advice.now.replace(tzinfo=UTC) - facts["last_at"].replace(tzinfo=UTC)).days
    return (
        f"Last used on {last:%Y-%m-%d}, {days} days ago, after {facts['active_days']} active days in this window with"
        f" {_requests(piece.requests)}, while imports from {facts['source']} reach to {reach:%Y-%m-%d}; revoke it if"
        " nobody needs it."
    )


def _efficient_model(piece: Piece, _: Advice) -> str:
    facts = piece.facts
    return (
        f"Of {facts['rivals']} models in use with enough requests, no other is at least as cheap"
        f" ({_money(facts['cost_per_million_tokens_usd'])} per million tokens), as fast (p95"
        f" {duration(facts['p95_duration_ms'])}) and as successful ({percent(facts['success_pct'])}), and better in one"
        " of these."
    )


SENTENCES = {
    "cheaper-model": _cheaper_model,
    "unproven-model": _unproven_model,
    "large-inputs": _large_inputs,
    "low-cache-share": _low_cache_share,
    "paid-failures": _paid_failures,
    "costly-prompts": _costly_prompts,
    "quiet-key": _quiet_key,
    "efficient-model": _efficient_model,
}


def _count(number: int | None) -> str:
    return UNKNOWN if number is None else f"{number:,}"


def _requests(number: int | None) -> str:
    return f"{_count(number)} request{'s' if number != 1 else ''}"


def _tokens(number: int | None) -> str:
    return f"{UNKNOWN if number is None else short(number)} tokens"


def _money(amount: Any) -> str:  # noqa: ANN401 - a Decimal, or unknown
    return UNKNOWN if amount is None else money(amount)


def _ratio(value: float | None) -> str:
    return UNKNOWN if value is None else ratio(value)


def _all(items: list[str]) -> str:
    """Items as a list in a sentence."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))
