"""How the answer of `usage explain` is shown: as arithmetic with exact numbers, in place of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import window
from instagen_usage_cli.output.arithmetic import INDENT, dollars, write_arithmetic
from instagen_usage_cli.output.columns import UNKNOWN, local
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.reasons import explain_absence, explain_costs, explain_price
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.explain import Explanation

    Record = dict[str, Any]

# What is said of a request where it is known.
FACTS = ("account", "access_key", "project", "user", "session", "source")


def document(explanation: Explanation, *, as_text: bool = True, in_words: bool = False) -> Document:
    """The document of an `Explanation`: `as_text` in place of a table, or a table with its reasons `in_words`."""
    classes = _classes(explanation)
    is_charged = any(record["requests"] for record in explanation.classes.records())
    unclassed = [record for record in explanation.requests if not classes[record["request_key"]]]
    return Document(
        name="explain",
        rows=_exact(explanation.classes) if in_words else explanation.classes,
        hidden=() if is_charged else ("requests",),
        lines=tuple(_lines(explanation, classes)) if as_text else (),
        notes=tuple(_notes(explanation, classes)) if in_words else (),
        details={
            "window": window.details(explanation.window, explanation.zone),
            "cost": explanation.cost,
            "catalogue": explanation.catalogue,
            "requests": list(explanation.requests),
        },
        zone=explanation.zone,
        empty="" if as_text or not unclassed else explain_absence(unclassed[0], explanation),
    )


def _classes(explanation: Explanation) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {record["request_key"]: [] for record in explanation.requests}
    for record in explanation.classes.records():
        found[record["request_key"]].append(record)
    return found


def _exact(classes: Result) -> Result:
    """The rows with prices and costs as text, which nobody rounds."""
    places = {place for place, name in enumerate(classes.names) if name.endswith("_usd")}
    columns = [
        Column(column.name.removesuffix("_usd"), column.type) if place in places else column
        for place, column in enumerate(classes.columns)
    ]
    rows = [
        tuple(dollars(value) if place in places else value for place, value in enumerate(row)) for row in classes.rows
    ]
    return Result(tuple(columns), tuple(rows))


def _lines(explanation: Explanation, classes: dict[str, list[Record]]) -> Iterator[str]:
    """For people: what is known of each request, the line of the price list, the arithmetic, and what counts."""
    for number, record in enumerate(explanation.requests):
        if number:
            yield ""
        yield f"Request {record['request_key']}"
        for label, value in _facts(record, explanation):
            yield f"{INDENT}{label:<9} {value}"
        yield ""
        for sentence in explain_price(record, explanation):
            yield INDENT + sentence
        yield ""
        yield from write_arithmetic(record, classes[record["request_key"]])
        yield ""
        for sentence in explain_costs(record, explanation, classes[record["request_key"]]):
            yield INDENT + sentence


def _notes(explanation: Explanation, classes: dict[str, list[Record]]) -> Iterator[str]:
    """The sentences without the arithmetic, for a table."""
    for record in explanation.requests:
        facts = ", ".join(f"{label} {value}" for label, value in _facts(record, explanation))
        sentences = (
            *explain_price(record, explanation),
            *explain_costs(record, explanation, classes[record["request_key"]]),
        )
        yield f"Request {record['request_key']}: {facts}. {' '.join(sentences)}"


def _facts(record: Record, explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Who and when."""
    yield "time", f"{local(record['started_at'], explanation.zone):%Y-%m-%d %H:%M:%S} {explanation.zone.key}"
    if record["upstream_id"]:
        yield "id", record["upstream_id"]
    yield "model", record["model"] or UNKNOWN
    yield "provider", record["provider"] or UNKNOWN
    yield "host", record["host"] or UNKNOWN
    yield "tier", record["service_tier"] or UNKNOWN
    yield "status", ", ".join(_status(record))
    if record["tokens_mismatch"]:
        yield "tokens", f"only the total of {record['reported_total_tokens']:,}: the source's parts do not add up to it"
    for name in FACTS:
        if record[name]:
            yield name.removeprefix("access_"), record[name]


def _status(record: Record) -> Iterator[str]:
    yield record["status"] or UNKNOWN
    if record["http_status"] is not None:
        yield f"HTTP {record['http_status']}"
    if record["error_type"]:
        yield record["error_type"]
    if record["cache_hit"]:
        yield "answered from a gateway's cache"
