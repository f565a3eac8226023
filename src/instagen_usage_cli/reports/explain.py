"""`usage explain`: the arithmetic of single requests, from tokens and a line of a price list to what they cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import prices, sql
from instagen_usage_cli.reports.requests import choose, count_single, find_named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.result import Result
    from instagen_usage_cli.window import Window


@dataclass(frozen=True)
class Explanation:
    """The answer of `usage explain`: a record per request, the newest first, and a row per class of its tokens.

    `is_counted` of a record tells whether other reports count it, and not a statement of its time. Where a price list
    has another id than the model of a request, `found_by` says by request key how that was found: by alias, prefix, or
    prefix and alias. `cost` is what a cost was asked to be; `catalogue` has the version and the digest of the lists.
    """

    requests: tuple[dict[str, Any], ...]
    classes: Result
    found_by: dict[str, str]
    window: Window
    zone: ZoneInfo
    cost: str
    catalogue: dict[str, Any]


def explain(archive: Archive, question: Question, ids: Sequence[str]) -> Explanation:
    """The requests of the filter that the ids name, as `usage requests` takes them. Raises `UnknownRequest`."""
    single = count_single(question).filter
    chosen = choose(find_named(archive, single, ids))
    counted = {key for (key,) in archive.ask("explain_counted", question.filter, **chosen).rows}
    found = archive.ask("explain", single, **chosen).records()
    return Explanation(
        requests=tuple(record | {"is_counted": record["request_key"] in counted} for record in found),
        classes=archive.ask("explain_classes", single, **chosen),
        found_by=_found_by(archive, found),
        window=question.filter.window,
        zone=question.zone,
        cost=question.filter.cost,
        catalogue=archive.catalogue,
    )


def _found_by(archive: Archive, records: Sequence[dict[str, Any]]) -> dict[str, str]:
    """By request key, what the exact id in the price lists was found by, where that is not the model itself."""
    others = [record for record in records if record["price_model"] not in (None, record["model"])]
    if not others:
        return {}
    prices.make_known_names(archive.store)
    archive.run(sql.load("reports", "prices_found"))
    found = archive.query(sql.load("reports", "explain_found"), models=[record["model"] for record in others])
    names = ("host", "provider", "model", "service_tier", "price_model")
    by_name = {tuple(each[name] for name in names): each["found_by"] for each in found.records()}
    return {record["request_key"]: by_name[tuple(record[name] for name in names)] for record in others}
