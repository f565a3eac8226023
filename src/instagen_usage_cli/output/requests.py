"""How the answer of `usage requests` is shown: a line per request, and how many more there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from instagen_usage_cli.output import basis
from instagen_usage_cli.output.columns import local
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.answer import Answer
    from instagen_usage_cli.reports.basis import Basis
    from instagen_usage_cli.reports.requests import Requests

# Shown with --wide, and in every other format.
WIDE = (
    "project",
    "user",
    "session",
    "provider",
    "host",
    "source",
    "cache_read_tokens",
    "reasoning_tokens",
    "total_tokens",
    "ttft_ms",
    "output_tokens_per_second",
    "cost_state",
    "upstream_id",
)
# Shown where a request failed.
FAILURE = ("status", "http_status", "error_type")
# What goes first where a terminal is narrow.
DROPPABLE = {
    "newest": ("error_type", "status", "duration_ms", "access_key"),
    "costliest": ("error_type", "status", "duration_ms", "access_key"),
    "slowest": ("error_type", "status", "access_key", "input_tokens"),
    "largest": ("error_type", "status", "duration_ms", "access_key"),
}


def document(requests: Requests) -> Document:
    """The document of a `Requests`."""
    return Document(
        name="requests",
        rows=requests.rows,
        only_wide=_only_wide(requests),
        droppable=DROPPABLE[requests.sort],
        every=_clock(requests),
        **frame(
            requests,
            notes=_notes(requests),
            basis_notes=single_notes(requests.basis),
            details={"sort": requests.sort, "matching_requests": requests.matching},
            empty=nothing(requests),
        ),
    )


def nothing(answer: Answer) -> str:
    """That there are no single requests, and where those are that statements tell of."""
    if answer.basis.stated["statement_spans"]:
        return f"no single requests in {span(answer)}: those of its statements are in usage stats"
    return f"no requests in {span(answer)}"


def single_notes(basis_: Basis) -> Iterator[str]:
    """What costs rest on, for a report that lists single requests, and where other reports count statements instead."""
    nothing = dict.fromkeys(basis_.stated, 0)
    yield from basis.notes(replace(basis_, stated=nothing))
    spans = basis_.stated["statement_spans"]
    if spans:
        yield (
            f"These are single requests. In {basis.periods(spans)} of this time a statement tells of more than the log"
            " has; other reports count the statement there."
        )


def first(sort: str, shown: int, matching: int, what: str) -> str:
    """How many there are, and which of them are shown."""
    if shown == matching:
        return f"{matching:,} {what}{'s' if matching != 1 else ''}, the {sort} first."
    return f"{shown:,} of {matching:,} {what}s, the {sort} first; --limit for more."


def _only_wide(requests: Requests) -> tuple[str, ...]:
    """The wide columns but those that are asked for, and what says how a request failed where one did."""
    failed = [record for record in requests.rows.records() if record["status"] == "error"]
    shown = {"total_tokens"} if requests.sort == "largest" else set()
    shown |= {name for name in FAILURE if any(record[name] is not None for record in failed)}
    return tuple(name for name in (*WIDE, *FAILURE) if name not in shown)


def _notes(requests: Requests) -> Iterator[str]:
    shown = len(requests.rows.rows)
    if not requests.is_named:
        note = first(requests.sort, shown, requests.matching, "request")
        days = _days(requests)
        yield note if len(days) > 1 else f"{note} All times are of {days.pop()}."


def _clock(requests: Requests) -> str:
    """How much of a time it takes to tell the requests apart: the seconds, and as much of the date as differs."""
    days = _days(requests)
    if requests.is_named or len({day[:4] for day in days}) > 1:
        return "second"
    return "second of a year" if len(days) > 1 else "second of a day"


def _days(requests: Requests) -> set[str]:
    """The local days of the requests shown."""
    return {f"{local(record['started_at'], requests.zone):%Y-%m-%d}" for record in requests.rows.records()}
