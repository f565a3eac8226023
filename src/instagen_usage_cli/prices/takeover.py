"""Taking the prices of a file over into one's own list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from instagen_usage_cli import sql
from instagen_usage_cli.prices import foreign, listed_names, own
from instagen_usage_cli.prices.foreign import LeftOut

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from instagen_usage_cli.prices.lines import Item, Line
    from instagen_usage_cli.prices.listed_names import ListedNames
    from instagen_usage_cli.prices.own import Change
    from instagen_usage_cli.store import Store

    # A name in the file: whether it is another than the exact id of the model, then its provider, model and tier.
    FileName = tuple[bool, str, str, str]

OTHER_NAME = "it is another name of {model}, which has other prices"
INPUT_ONLY = "it has no price for output, which the list in force has"
CONTRADICTION = "its prices contradict each other: {names} are the same"


@dataclass(frozen=True)
class Takeover:
    """What a file does to one's own list: its kind, how many models are left out and why, how many priced in part."""

    change: Change
    kind: str
    left_out: Counter[str]
    partly: int


def take_over(
    path: Path, *, into: Sequence[Line], store: Store, providers: Sequence[str] = (), today: date
) -> Takeover:
    """What becomes of one's own lines when the prices of a file come among them; those of others hold from today on.

    `providers` are glob patterns of the names of providers, as the file has them or as they are looked up by; none is
    for all. `store` has the prices in force and no names. Raises `BadPrices`, with the file and the line.
    """
    found = foreign.read(path, on=today)
    named = {each.provider for each in (*found.left_out, *found.partly)} | {line.provider for line in found.lines}
    names = listed_names.find(store, found.lines, named)

    def is_wanted(provider: str) -> bool:
        known_as = {provider, names.provider_of(provider)}
        return not providers or any(fnmatchcase(name, pattern) for name in known_as for pattern in providers)

    wanted, contradicting = _one_of_each([line for line in found.lines if is_wanted(line.provider)], names)
    wanted, without_output = _with_output(wanted, into, store)
    left_out = [each for each in found.left_out if is_wanted(each.provider)] + contradicting + without_output
    partly = [each for each in found.partly if is_wanted(each.provider)]
    change = own.merge(into, wanted, is_whole=True)
    return Takeover(change, found.kind, Counter(each.why for each in left_out), len(partly))


def _with_output(new: Sequence[Line], own_lines: Sequence[Line], store: Store) -> tuple[list[Line], list[LeftOut]]:
    """Lines without those that have no price for output, in the place of one that has."""
    full = {tuple(row) for row in store.query(sql.load("prices", "full_prices")).rows}
    full |= {(line.provider, line.host, line.model) for line in own_lines if line.output is not None}
    lacking = [line for line in new if line.output is None and (line.provider, line.host, line.model) in full]
    return (
        [line for line in new if line not in lacking],
        [LeftOut(line.provider, line.model, INPUT_ONLY) for line in lacking],
    )


def _one_of_each(new: Iterable[Line], names: ListedNames) -> tuple[list[Line], list[LeftOut]]:
    """Lines under the names that prices are looked up by, and those that would contradict others there.

    What several names say alike is taken once; what the exact id of a model says comes before what other names say.
    """
    groups: dict[Item, dict[FileName, list[tuple[Line, Line]]]] = {}
    for line in new:
        listed = names.line_of(line)
        name = (line.model != listed.model, line.provider, line.model, line.tier)
        groups.setdefault(listed.item, {}).setdefault(name, []).append((line, listed))
    taken: list[Line] = []
    left_out: list[LeftOut] = []
    for item, by_name in groups.items():
        exact = [group for (is_other, *_), group in by_name.items() if not is_other]
        first, *others = exact or list(by_name.values())
        if all(_prices(group) == _prices(first) for group in others):
            taken.extend(listed for _, listed in first)
            contradicting = [group for group in by_name.values() if _prices(group) != _prices(first)]
            why = OTHER_NAME.format(model=item.model)
        else:
            contradicting = list(by_name.values())
            why = CONTRADICTION.format(names=" and ".join(_shown(name) for name in by_name))
        left_out.extend(LeftOut(line.provider, line.model, why) for (line, _), *_ in contradicting)
    return taken, left_out


def _prices(group: list[tuple[Line, Line]]) -> set[tuple[object, ...]]:
    return {(line.prices, line.opening, line.closing) for line, _ in group}


def _shown(name: FileName) -> str:
    return " ".join(filter(None, name[1:]))
