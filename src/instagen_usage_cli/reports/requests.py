"""`usage requests`: single requests, the newest, costliest, slowest or largest first, or those of given ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from instagen_usage_cli import errors
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.basis import ASSUMPTIONS, make_basis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.reports.basis import Basis
    from instagen_usage_cli.result import Result

# What a row tells for the basis of the answer only.
OF_BASIS = ("price_list", "gap", *ASSUMPTIONS)
KEY_DIGITS = 32
# How much of a key tells it from the others.
FEWEST_DIGITS = 8
# More keys than these are not looked for one by one.
MOST_NAMED = 100


@dataclass(frozen=True, kw_only=True)
class Requests(Answer):
    """The answer of `usage requests`: the requests shown, and how many are `matching`.

    `basis` tells what the costs of the requests shown rest on. `is_named` tells that they were asked for by id.
    """

    matching: int
    sort: str
    is_named: bool


def requests(
    archive: Archive, question: Question, *, sort: str = "newest", limit: int = 20, ids: Sequence[str] = ()
) -> Requests:
    """The first `limit` single requests in the order of `sort` (of `REQUEST_ORDERS`); with `ids`, all of those.

    An id is an upstream id, or a request key or its first eight or more digits. Raises `UnknownRequest`.
    """
    question = count_single(question)
    filter_ = question.filter
    about = archive.ask("requests_counted", filter_).records()[0]
    chosen: dict[str, Any] = {"keys": None, "since": None, "until": None, "limit": limit}
    if ids:
        chosen = choose(find_named(archive, filter_, ids))
    elif sort != "costliest" and limit < about["requests"]:
        chosen = choose(archive.ask("requests_first", filter_, sort=sort, limit=limit))
        if limit > MOST_NAMED:
            chosen["keys"] = None
    rows = archive.ask("requests", filter_, sort=sort, **chosen)
    return Requests.of(
        archive,
        question,
        rows.only(*(name for name in rows.names if name not in OF_BASIS)),
        total=about,
        basis=_basis(archive, filter_, rows),
        matching=len(rows.rows) if ids else about["requests"],
        sort=sort,
        is_named=bool(ids),
    )


def count_single(question: Question) -> Question:
    """The question of a report that lists single requests: all of them, also where a statement counts instead."""
    return question.filtered(count="requests")


def choose(found: Result) -> dict[str, Any]:
    """The parameters that ask for the requests found, by their `request_key` and `started_at`."""
    records = found.records()
    keys = sorted({record["request_key"] for record in records})
    return {
        "keys": keys,
        "since": min(record["started_at"] for record in records),
        "until": max(record["started_at"] for record in records),
        "limit": len(keys),
    }


def find_named(archive: Archive, filter_: Filter, ids: Sequence[str]) -> Result:
    """The requests that the ids name. Raises `UnknownRequest` for the first id that names none."""
    bounds = [_keys(id_) for id_ in ids]
    found = archive.ask(
        "requests_named",
        filter_,
        ids=list(ids),
        lowest=[lowest for lowest, _ in bounds],
        highest=[highest for _, highest in bounds],
    )
    known = {record["id"] for record in found.records()}
    for id_ in ids:
        if id_ not in known:
            is_narrowed = any(value for name, value in filter_.as_struct().items() if name not in ("count", "cost"))
            place = f"{archive.path} among those asked for" if is_narrowed else archive.path
            raise errors.UnknownRequest(which=id_, place=place)
    return found


def _keys(id_: str) -> tuple[str | None, str | None]:
    """The lowest and the highest request key that begins like that; None where no key does."""
    digits = id_.replace("-", "").lower()
    if not re.fullmatch(f"[0-9a-f]{{{FEWEST_DIGITS},{KEY_DIGITS}}}", digits):
        return None, None
    return str(UUID(digits.ljust(KEY_DIGITS, "0"))), str(UUID(digits.ljust(KEY_DIGITS, "f")))


def _basis(archive: Archive, filter_: Filter, rows: Result) -> Basis:
    """What the costs of these rows rest on."""
    names = {"list": "price_list", "unpriced": "model"}
    records = [
        record | {"requests": 1, "name": record.get(names.get(record["cost_state"], "")) or "unknown model"}
        for record in rows.records()
    ]
    return make_basis(archive, filter_, records)
