"""How the answer of `usage sessions` is shown: a line per session, and what all of them sum to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output import basis, window
from instagen_usage_cli.output.columns import UNKNOWN, money, short
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.requests import first, nothing, single_notes
from instagen_usage_cli.result import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.sessions import Sessions

# Shown with --wide, and in every other format.
WIDE = (
    "last_at",
    "access_key",
    "project",
    "user",
    "input_tokens",
    "cache_read_tokens",
    "output_tokens",
    "reasoning_tokens",
    "unpriced_requests",
    "unmetered_requests",
)
SUMMED = (
    "sessions",
    "requests",
    "failed_requests",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cost_usd",
    "unpriced_requests",
    "unmetered_requests",
)
SEVERAL = "several"


def document(sessions: Sessions, *, for_people: bool = False) -> Document:
    """The document of a `Sessions`. `for_people`, names that are not the same throughout a session are put in words."""
    total = sessions.total
    span = window.between(sessions.window, sessions.zone, total["first_at"], total["last_at"])
    rows = _in_words(sessions.rows) if for_people else sessions.rows
    has_data = bool(rows.rows)
    is_all = len(rows.rows) == total["sessions"]
    return Document(
        name="sessions",
        rows=rows,
        title=sessions.window.label,
        subtitle=span,
        total={name: total[name] for name in SUMMED if name in rows.names} if has_data and is_all else None,
        hidden=_idle_columns(sessions),
        only_wide=WIDE,
        droppable=("failed_requests", "first_at", "span_ms"),
        bars="cost_usd",
        notes=tuple(_notes(sessions)) if has_data else (),
        details={
            "window": window.details(sessions.window, sessions.zone),
            "sort": sessions.sort,
            "total": {name: total[name] for name in SUMMED},
            "sessionless_requests": total["sessionless_requests"],
            **basis.details(sessions.basis),
        },
        zone=sessions.zone,
        empty="" if has_data else _nothing(sessions, span),
    )


def _nothing(sessions: Sessions, span: str) -> str:
    sessionless = sessions.total["sessionless_requests"]
    return f"no sessions in {span}: {_have_none(sessionless)}" if sessionless else nothing(span, sessions.basis)


def _have_none(sessionless: int) -> str:
    return f"{sessionless:,} request{' has' if sessionless == 1 else 's have'} no session"


def _idle_columns(sessions: Sessions) -> tuple[str, ...]:
    return () if any(record["failed_requests"] for record in sessions.rows.records()) else ("failed_requests",)


def _in_words(rows: Result) -> Result:
    """The rows with `several` in place of what is not the same throughout, and many models as their number."""
    columns = tuple(column for column in rows.columns if column.name != SEVERAL)
    return Result(columns, tuple(tuple(_words(record, column.name) for column in columns) for record in rows.records()))


def _words(record: dict[str, Any], name: str) -> Any:  # noqa: ANN401 - a cell has any type
    if name == "models":
        models = record["models"] or [None]
        return models[0] if len(models) == 1 else f"{len(models):,} models"
    return SEVERAL if name in record[SEVERAL] else record[name]


def _notes(sessions: Sessions) -> Iterator[str]:
    total, shown = sessions.total, len(sessions.rows.rows)
    yield first(sessions.sort, shown, total["sessions"], "session")
    if shown < total["sessions"]:
        yield f"All {total['sessions']:,} sessions: {_sums(total)}."
    if total["sessionless_requests"]:
        verb = "is" if total["sessionless_requests"] == 1 else "are"
        yield f"{_have_none(total['sessionless_requests'])} and {verb} not counted here."
    yield from single_notes(sessions.basis)


def _sums(total: dict[str, Any]) -> str:
    tokens = UNKNOWN if total["total_tokens"] is None else short(total["total_tokens"])
    cost = UNKNOWN if total["cost_usd"] is None else money(total["cost_usd"])
    return f"{total['requests']:,} requests, {tokens} tokens, {cost}"
