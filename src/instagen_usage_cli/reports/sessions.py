"""`usage sessions`: requests grouped by session, the costliest, newest, longest or busiest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.reports.basis import Basis, basis
from instagen_usage_cli.reports.requests import single

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.window import Window

SORTS = ("costliest", "newest", "longest", "busiest")
# More names than these are not looked for one by one: all sessions are then put together.
MOST_NAMED = 100
EVERY_SESSION = ("*",)


@dataclass(frozen=True)
class Sessions:
    """The answer of `usage sessions`: the sessions shown, and the same measures over all of the filter.

    `total` also has how many `sessions` there are, `first_at` and `last_at` (naive UTC), and `sessionless_requests`,
    which are in no row and no sum. `basis` tells what the costs of all sessions rest on.
    """

    rows: Result
    total: dict[str, Any]
    window: Window
    zone: ZoneInfo
    sort: str
    basis: Basis


def sessions(
    archive: Archive, filter_: Filter, *, sort: str = "costliest", limit: int = 20, zone: ZoneInfo
) -> Sessions:
    """The first `limit` sessions of the filter in the order of `sort` (of `SORTS`)."""
    filter_ = single(filter_)
    total = archive.ask("sessions_total", filter_, sort=sort, limit=limit).records()[0]
    shown = total.pop("shown") or []
    named = shown if len(shown) <= MOST_NAMED else None
    if total["sessionless_requests"] and not filter_.session:
        with_session = replace(filter_, session=EVERY_SESSION)
    else:
        with_session = filter_
    return Sessions(
        rows=archive.ask("sessions", filter_, sort=sort, limit=limit, sessions=named),
        total=total,
        window=filter_.window,
        zone=zone,
        sort=sort,
        basis=basis(archive, with_session),
    )
