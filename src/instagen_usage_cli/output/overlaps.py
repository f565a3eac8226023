"""How the answer of `usage overlaps` is shown: a line per day, host and source, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli.output import basis, window
from instagen_usage_cli.output.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from instagen_usage_cli.reports.overlaps import Overlaps

# Of which requests it tells, and what can be done about them.
NOTE = (
    "Alike are requests that another source has with the same tokens, within two minutes. Requests that are the same"
    " are counted twice: keep one source of them (usage imports, usage forget), or look at one at a time"
    " (--source NAME)."
)
NONE = "no host-day has two sources without a common id"


def document(overlaps: Overlaps) -> Document:
    """The document of an `Overlaps`."""
    span = window.between(overlaps.window, overlaps.zone, None, None)
    return Document(
        name="overlaps",
        rows=overlaps.rows,
        title=overlaps.window.label,
        subtitle=span,
        droppable=("total_tokens", "output_tokens", "input_tokens"),
        notes=tuple(_notes(overlaps)) if overlaps.rows.rows else (),
        details={
            "window": window.details(overlaps.window, overlaps.zone),
            "days": overlaps.days,
            **basis.details(overlaps.basis),
        },
        zone=overlaps.zone,
        every="day",
        empty="" if overlaps.rows.rows else f"no overlaps in {span}: {NONE}",
    )


def _notes(overlaps: Overlaps) -> Iterator[str]:
    days = overlaps.days
    host_days = f"{days:,} host-day{'s' if days != 1 else ''}"
    yield f"On {host_days} several sources without a common id may tell of the same requests."
    yield NOTE
