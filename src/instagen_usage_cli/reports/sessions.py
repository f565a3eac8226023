"""`usage sessions`: requests grouped by session, the costliest, newest, longest or busiest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.basis import ask_basis
from instagen_usage_cli.reports.requests import count_single

if TYPE_CHECKING:
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

# More names than these are not looked for one by one: all sessions are then put together.
MOST_NAMED = 100
EVERY_SESSION = ("*",)


@dataclass(frozen=True, kw_only=True)
class Sessions(Answer):
    """The answer of `usage sessions`: the sessions shown, and the same measures over all of the filter.

    `total` also has how many `sessions` there are, and `sessionless_requests`, which are in no row and no sum. `basis`
    tells what the costs of all sessions rest on.
    """

    sort: str


def sessions(archive: Archive, question: Question, *, sort: str = "costliest", limit: int = 20) -> Sessions:
    """The first `limit` sessions of the filter in the order of `sort` (of `SESSION_ORDERS`)."""
    question = count_single(question)
    filter_ = question.filter
    total = archive.ask("sessions_total", filter_, sort=sort, limit=limit).records()[0]
    shown = total.pop("shown") or []
    named = shown if len(shown) <= MOST_NAMED else None
    if total["sessionless_requests"] and not filter_.session:
        with_session = replace(filter_, session=EVERY_SESSION)
    else:
        with_session = filter_
    rows = archive.ask("sessions", filter_, sort=sort, limit=limit, sessions=named)
    return Sessions.of(archive, question, rows, total=total, basis=ask_basis(archive, with_session), sort=sort)
