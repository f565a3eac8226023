"""The names that lines are written under in one's own list: those by which the prices of requests are looked up.

A line under another name of a provider or tier would never be used. Under another name of a model it would be all that
is known of those requests, and what they cost before its first day would be lost.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from instagen_usage_cli import prices, sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from instagen_usage_cli.prices.lines import Line
    from instagen_usage_cli.store import Store


class Name(NamedTuple):
    """What a request says of where it was answered, by what; None is unknown."""

    host: str | None
    provider: str | None
    model: str | None
    tier: str | None


@dataclass(frozen=True)
class ListedNames:
    """What the resolver found for each name: whose price list is asked, for which exact id and tier."""

    found: dict[Name, dict[str, Any]]

    def provider_of(self, provider: str) -> str:
        """The provider whose price list is asked for this one."""
        return str(self.found[_at_provider(provider)]["price_provider"])

    def line_of(self, line: Line) -> Line:
        """The line under the names that prices are looked up by."""
        anywhere, here = self.found[_name(line)._replace(host=None)], self.found[_name(line)]
        return replace(
            line,
            provider=anywhere["price_provider"] or "",
            model=here["price_model"] or line.model,
            tier=anywhere["price_tier"],
        )


def find(store: Store, lines: Iterable[Line], providers: Iterable[str] = ()) -> ListedNames:
    """Ask the resolver what the names of lines and of providers stand for.

    The store is one that has the prices in force and no names yet.
    """
    in_lines = {name for line in lines for name in (_name(line), _name(line)._replace(host=None))}
    names = list(in_lines | {_at_provider(provider) for provider in providers})
    hosts, named, models, tiers = (list(column) for column in zip(*names, strict=True)) if names else ([], [], [], [])
    store.run(sql.load("prices", "line_names"), hosts=hosts, providers=named, models=models, tiers=tiers)
    prices.make_known_names(store)
    records = store.query(sql.load("prices", "listed_names")).records()
    return ListedNames(
        {Name(each["host"], each["provider"], each["model"], each["service_tier"]): each for each in records}
    )


def _name(line: Line) -> Name:
    return Name(line.host or None, line.provider or None, line.model, line.tier or None)


def _at_provider(provider: str) -> Name:
    return Name(None, provider or None, None, None)
