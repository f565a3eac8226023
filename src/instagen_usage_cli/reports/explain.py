"""`usage explain`: the arithmetic of single requests, from tokens and a line of a price list to what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.reports.requests import chosen_by, named, single

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.window import Window


@dataclass(frozen=True)
class Explanation:
    """The answer of `usage explain`: a record per request, the newest first, and a row per class of its tokens.

    `is_counted` of a record tells whether other reports count it, and not a statement of its time. `cost` is what a
    cost was asked to be, `catalogue` has the version and the digest of the price lists.
    """

    requests: tuple[dict[str, Any], ...]
    classes: Result
    window: Window
    zone: ZoneInfo
    cost: str
    catalogue: dict[str, Any]


def explain(archive: Archive, filter_: Filter, ids: Sequence[str], *, zone: ZoneInfo) -> Explanation:
    """The requests of the filter that the ids name, as `usage requests` takes them. Raises `UnknownRequest`."""
    chosen = chosen_by(named(archive, single(filter_), ids))
    counted = {key for (key,) in archive.ask("explain_counted", filter_, **chosen).rows}
    found = archive.ask("explain", single(filter_), **chosen).records()
    return Explanation(
        requests=tuple(record | {"is_counted": record["request_key"] in counted} for record in found),
        classes=archive.ask("explain_classes", single(filter_), **chosen),
        window=filter_.window,
        zone=zone,
        cost=filter_.cost,
        catalogue=archive.catalogue,
    )
