"""Why a request costs what it does, in sentences: the line of a price list that holds, and the cost that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.arithmetic import CLASSES, count, dollars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instagen_usage_cli.reports.explain import Explanation

    Record = dict[str, Any]

# Who said what a request cost, in words.
KINDS = {
    "billed": "as billed",
    "gateway": "as a gateway reported",
    "client": "as a client worked out",
    None: "nobody says by whom",
}
ONLY_REPORTED = "only what was reported was asked for"
# Why there is no cost, in words.
NO_COST = {
    "unpriced": "it is one of the requests without a price",
    "unmetered": "it is one of the requests with unknown tokens",
    "unreported": ONLY_REPORTED,
}
# Why a cost counts, by what was asked for and what it rests on.
WHY = {
    ("auto", "billed"): "what was billed comes before all else",
    ("auto", "list"): "nothing was billed, and a list price comes before what others say",
    ("auto", "gateway"): "nothing was billed, and there is no list cost",
    ("auto", "client"): "nothing was billed, and there is no list cost",
    ("list", "list"): "only list prices were asked for",
}


def explain_price(record: Record, explanation: Explanation) -> Iterator[str]:
    """Which line of which price list holds, and why; or why none does."""
    if record["line"] is None:
        yield f"Price: {_no_line(record)}."
        return
    own = " (your own list)" if record["is_own"] else ""
    yield f"Price: {record['price_list']} line {record['line']}{own}, {', '.join(_holds(record))}."
    if record["price_model"] != record["model"]:
        yield f"{record['model']} is listed as {record['price_model']}, {_found(record, explanation)}."
    if record["price_host"] and record["price_host"] != record["host"]:
        yield f"It is for the only host of {record['price_provider']} with prices; that of the request has no own ones."
    if record["input_above"] is not None or record["input_up_to"] is not None:
        yield f"It is for {_size(record)}; this one has {count(record['input_tokens'])}."


def _holds(record: Record) -> Iterator[str]:
    """What the line is for, and when."""
    place = " on ".join(filter(None, (record["price_provider"], record["price_host"])))
    tier = f", tier {record['price_tier']}" if record["price_tier"] else ""
    yield f"{record['price_model']} of {place}{tier}"
    since, until = record["effective_from"], record["effective_until"]
    yield f"from {since} on" if since else "from as far back as anything is known"
    if until:
        yield f"until {until} (not included)"
    if record["checked_on"]:
        yield f"checked on {record['checked_on']}"


def _found(record: Record, explanation: Explanation) -> str:
    if explanation.found_by[record["request_key"]] == "prefix":
        return f"without the prefix {record['model'].removesuffix(record['price_model'])}"
    return "an alias"


def _size(record: Record) -> str:
    above, up_to = record["input_above"], record["input_up_to"]
    bounds = [f"more than {above:,}"] if above is not None else []
    bounds += [f"up to {up_to:,}"] if up_to is not None else []
    return f"requests of {' and '.join(bounds)} input tokens"


def _no_line(record: Record) -> str:
    """Why no line holds, which may be for want of known tokens only."""
    model = record["model"] or "an unknown model"
    place = record["host"] or record["provider"] or "an unknown provider"
    return {
        "model": f"no price list has {model} at {place}",
        "host": f"the price lists have {model} at {record['provider']} for other hosts only",
        "tier": f"no price list has {model} at {place} in the {record['service_tier'] or 'ordinary'} tier",
        "day": f"no price list has {model} at {place} on {record['started_at']:%Y-%m-%d} (UTC)",
    }[record["line_gap"]]


def explain_costs(record: Record, explanation: Explanation, classes: Sequence[Record]) -> Iterator[str]:
    """What was reported, what counts and why; or why there is no cost."""
    yield from _oddities(record)
    if record["list_cost_usd"] is None:
        yield f"List cost: none, as {_missing(record, classes)}."
    yield f"Reported cost: {_reported(record)}."
    yield f"Counted with --cost {explanation.cost}: {_counts(record, explanation.cost)}."
    if not record["is_counted"]:
        yield "Other reports count a statement of this time, and not this request."


def _oddities(record: Record) -> Iterator[str]:
    """Tokens that do not fit into what they are said to be a part of."""
    parts = ("cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens")
    if record["input_tokens"] is not None and sum(record[name] or 0 for name in parts) > record["input_tokens"]:
        yield "Cached and written tokens are more than the input; all of them are priced, and no others as input."
    if record["output_tokens"] is not None and (record["reasoning_tokens"] or 0) > record["output_tokens"]:
        yield "Reasoning tokens are more than the output; no more than that are priced."


def _reported(record: Record) -> str:
    amount, kind = record["reported_cost_usd"], record["reported_cost_kind"]
    if amount is None:
        return "none"
    if amount == 0 and kind != "billed" and not record["cache_hit"]:
        return f"$0 {KINDS[kind]}, which means that it did not know"
    return f"{dollars(amount)} {KINDS[kind]}"


def _counts(record: Record, asked: str) -> str:
    state, amount = record["cost_state"], record["cost_usd"]
    if state == "cache_hit":
        return "$0, as a gateway answered from its cache"
    if amount is None:
        return f"no cost; {NO_COST[state]}"
    which = "the list cost" if state == "list" else f"the cost {KINDS[state]}"
    return f"{dollars(amount)}, {which}: {WHY.get((asked, state), ONLY_REPORTED)}"


def _missing(record: Record, classes: Sequence[Record]) -> str:
    """Why there is no list cost."""
    unpriced = [CLASSES[each["class"]] for each in classes if each["price_per_million_usd"] is None]
    return {
        "class": f"the line has no price for {' and '.join(unpriced)}",
        "failed": "it failed, and no tokens were reported",
        "part": "only a part of its tokens is known",
        "none": "no tokens were reported",
    }.get(record["list_gap"], "no price holds")


def explain_absence(record: Record, explanation: Explanation) -> str:
    """That a request has no rows, and why."""
    return f"request {record['request_key']} has no tokens to price: {_counts(record, explanation.cost)}"
