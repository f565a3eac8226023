"""What every report is asked, and what every report answers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.reports.basis import ask_basis

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.reports.basis import Basis
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.window import Window


@dataclass(frozen=True)
class Question:
    """Which requests, in which zone's days, and at what time (aware) it is asked."""

    filter: Filter
    zone: ZoneInfo
    now: datetime

    def filtered(self, **changes: Any) -> Question:  # noqa: ANN401 - the fields of a Filter
        """The same question with another window, names or way of counting."""
        return replace(self, filter=replace(self.filter, **changes))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The answer of a report: its `rows`, and what they are about. A report with more to tell has a class of its own.

    `total` has the measures of all rows together, with `first_at` and `last_at` (naive UTC), the times of the first and
    the last request. `basis` is what the numbers rest on, `covered` what the imports cover, as of `now`.
    """

    rows: Result
    total: dict[str, Any] = field(default_factory=dict)
    window: Window
    zone: ZoneInfo
    now: datetime
    covered: dict[str, Any]
    basis: Basis

    @classmethod
    def of(
        cls,
        archive: Archive,
        question: Question,
        rows: Result,
        *,
        basis: Basis | None = None,
        **own: Any,  # noqa: ANN401 - the fields that a report adds
    ) -> Self:
        """The answer to a question, with what is a report's `own`; its basis is that of the filter, unless given."""
        return cls(
            rows=rows,
            window=question.filter.window,
            zone=question.zone,
            now=question.now,
            covered=archive.covered,
            basis=basis or ask_basis(archive, question.filter),
            **own,
        )

    @property
    def has_data(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.rows.rows)
