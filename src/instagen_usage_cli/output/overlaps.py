"""How the answer of `usage overlaps` is shown: a line per day, host and source, and what can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli.output.document import Document
from instagen_usage_cli.output.frame import frame, span

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
    return Document(
        name="overlaps",
        rows=overlaps.rows,
        droppable=("total_tokens", "output_tokens", "input_tokens"),
        every="day",
        **frame(
            overlaps,
            notes=_notes(overlaps),
            basis_notes=(),
            details={"days": overlaps.days},
            empty=f"no overlaps in {span(overlaps)}: {NONE}",
        ),
    )


def _notes(overlaps: Overlaps) -> Iterator[str]:
    days = overlaps.days
    host_days = f"{days:,} host-day{'s' if days != 1 else ''}"
    yield f"On {host_days} several sources without a common id may tell of the same requests."
    yield NOTE
