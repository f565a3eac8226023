"""How the answer of `usage sessions` is shown: a line per session, and what all of them sum to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from instagen_usage_cli.output.columns import UNKNOWN, money, short
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame, span
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


def document(sessions: Sessions, *, in_words: bool = False) -> Document:
    """The document of a `Sessions`. `in_words`, names that are not the same throughout a session are put in words."""
    total = sessions.total
    rows = _in_words(sessions.rows) if in_words else sessions.rows
    is_all = sessions.has_data and len(rows.rows) == total["sessions"]
    return Document(
        name="sessions",
        rows=rows,
        total={name: total[name] for name in SUMMED if name in rows.names} if is_all else None,
        hidden=_idle_columns(sessions),
        only_wide=WIDE,
        droppable=("failed_requests", "first_at", "span_ms"),
        bars="cost_usd",
        **frame(
            sessions,
            notes=_notes(sessions),
            basis_notes=single_notes(sessions.basis),
            details={
                "sort": sessions.sort,
                "total": {name: total[name] for name in SUMMED},
                "sessionless_requests": total["sessionless_requests"],
            },
            empty=_nothing(sessions),
        ),
    )


def _nothing(sessions: Sessions) -> str:
    sessionless = sessions.total["sessionless_requests"]
    return f"no sessions in {span(sessions)}: {_have_none(sessionless)}" if sessionless else nothing(sessions)


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


def _sums(total: dict[str, Any]) -> str:
    tokens = UNKNOWN if total["total_tokens"] is None else short(total["total_tokens"])
    cost = UNKNOWN if total["cost_usd"] is None else money(total["cost_usd"])
    return f"{total['requests']:,} requests, {tokens} tokens, {cost}"
