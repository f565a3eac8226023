"""What surrounds the rows of every report: its title, its window, its notes, and its details in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from instagen_usage_cli.output import basis, window

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.reports.answer import Answer


class Frame(TypedDict):
    """The fields of a `Document` that every report has alike."""

    title: str
    subtitle: str
    notes: tuple[str, ...]
    details: dict[str, Any]
    zone: ZoneInfo
    empty: str


def frame(
    answer: Answer,
    *,
    title: str | None = None,
    subtitle: str | None = None,
    notes: Iterable[str] = (),
    basis_notes: Iterable[str] | None = None,
    details: dict[str, Any] | None = None,
    empty: str | None = None,
) -> Frame:
    """What surrounds an answer. A report gives its own notes and details, and what it words in its own way.

    Without any data there are no notes. Whatever has a `subtitle` of its own is about no window.
    """
    about_window = {"window": window.details(answer.window, answer.zone)} if subtitle is None else {}
    if not answer.has_data:
        shown: Iterable[str] = ()
    else:
        shown = (*notes, *(basis.notes(answer.basis) if basis_notes is None else basis_notes))
    return {
        "title": answer.window.label if title is None else title,
        "subtitle": span(answer) if subtitle is None else subtitle,
        "notes": tuple(shown),
        "details": about_window | (details or {}) | basis.details(answer.basis),
        "zone": answer.zone,
        "empty": _nothing(answer) if empty is None else empty,
    }


def span(answer: Answer) -> str:
    """The exact window of an answer; where it is open, from the first to the last request."""
    return window.between(answer.window, answer.zone, answer.total.get("first_at"), answer.total.get("last_at"))


def _nothing(answer: Answer) -> str:
    """What is said in place of rows."""
    return "" if answer.has_data else f"no requests in {span(answer)}"
