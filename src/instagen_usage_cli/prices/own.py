"""One's own price list: what is set or taken over goes there, and the file is replaced only by one that is sound.

The lines of a place (provider, host, model, tier) follow each other in spans: a line for requests of every size, and
those for large ones, which hold from and until the same days.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, files
from instagen_usage_cli.prices import catalogue, foreign, lines
from instagen_usage_cli.prices.foreign import LeftOut
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    Place = tuple[str, str, str, str]
    Name = tuple[bool, str, str, str]

ONE_DAY = timedelta(days=1)
NAMED = ("provider", "host", "model", "tier")
# Where a line is from that was set on the command line.
SOURCE = "usage prices set"
OTHER_NAME = "it is another name of {model}, which has other prices"
CONTRADICTION = "its prices contradict each other: {names} are the same"


@dataclass(frozen=True)
class Change:
    """What becomes of one's own list: all its `lines`, and which of them are `added`, or `unchanged` as it had them.

    `closed` are earlier lines with their new end, `replaced` those that began on the same day, as they were, and
    `carried` those that go on beside a new line of another size, `resumed` those that hold again after its end.
    """

    lines: tuple[Line, ...] = ()
    added: tuple[Line, ...] = ()
    closed: tuple[Line, ...] = ()
    replaced: tuple[Line, ...] = ()
    unchanged: tuple[Line, ...] = ()
    carried: tuple[Line, ...] = ()
    resumed: tuple[Line, ...] = ()

    def __add__(self, other: Change) -> Change:
        """Both, one after the other, with the lines of the latter."""
        return Change(
            other.lines,
            self.added + other.added,
            self.closed + other.closed,
            self.replaced + other.replaced,
            self.unchanged + other.unchanged,
            self.carried + other.carried,
            self.resumed + other.resumed,
        )


@dataclass(frozen=True)
class Taken:
    """What a file does to one's own list: its kind, how many models are left out and why, how many priced in part."""

    change: Change
    kind: str
    left_out: Counter[str]
    partly: int


@dataclass(frozen=True)
class Names:
    """What names stand for, as prices are looked up by it: providers, service tiers, models, and prefixes of models.

    `models` and `prefixes` are those of a provider, or of all under an empty name; `ids` are the exact ids that have a
    price at a provider or on a host.
    """

    providers: dict[str, str]
    tiers: dict[str, str]
    models: dict[tuple[str, str], list[str]]
    prefixes: list[tuple[str, str]]
    ids: frozenset[tuple[str, str]]

    def meant(self, line: Line) -> Line:
        """The line under the names that requests are looked up by.

        Under another provider or tier it would never be used. Under another name of a model it would be all that is
        known of those requests, and what they cost before its first day would be lost.
        """
        provider = self.providers.get(line.provider, line.provider)
        model = self._model(line.model, provider, line.host)
        return replace(line, provider=provider, model=model, tier=self.tiers.get(line.tier, line.tier))

    def _model(self, model: str, provider: str, host: str) -> str:
        """The exact id: the name itself, else an alias of it, else what is left of either behind a prefix."""
        anyones = ("", provider)
        spelt = [(0, model)]
        spelt += [
            (2, model.removeprefix(prefix))
            for prefix, of in self.prefixes
            if of in anyones and model.startswith(prefix)
        ]
        spelt += [
            (distance + 1, meaning)
            for distance, name in spelt
            for of in anyones
            for meaning in self.models.get((name, of), ())
        ]
        listed = [each for each in spelt if {(provider, each[1]), (host, each[1])} & self.ids]
        return min(listed, default=(0, model))[1]


def names(into: Sequence[Line]) -> Names:
    """The names that stand for others, where one's own list has those lines."""
    import csv

    current = catalogue()
    ids = {(place, line.model) for line in into for place in (line.provider, line.host)}
    for path in current.shipped:
        with path.open(encoding="utf-8", newline="") as file:
            ids.update((line[of], line["model"]) for line in csv.DictReader(file) for of in ("provider", "host"))
    single: dict[str, dict[str, str]] = {"provider": {}, "tier": {}}
    models: dict[tuple[str, str], list[str]] = {}
    prefixes = []
    for path in current.aliases:
        with path.open(encoding="utf-8", newline="") as file:
            for alias in csv.DictReader(file):
                if alias["kind"] in single:
                    single[alias["kind"]][alias["name"]] = alias["meaning"]
                elif alias["kind"] == "model":
                    models.setdefault((alias["name"], alias["provider"]), []).append(alias["meaning"])
                elif alias["kind"] == "prefix":
                    prefixes.append((alias["name"], alias["provider"]))
    without_place = frozenset(each for each in ids if each[0])
    return Names(single["provider"], single["tier"], models, prefixes, without_place)


def one_of_each(new: Iterable[Line], known: Names) -> tuple[list[Line], list[LeftOut]]:
    """Lines under the names that requests are looked up by, and what would contradict itself there.

    What several names say alike is taken once; what the exact id of a model says comes before what other names do.
    """
    groups: dict[Place, dict[Name, list[Line]]] = {}
    for line in new:
        meant = known.meant(line)
        name = (line.model != meant.model, line.provider, line.model, line.tier)
        groups.setdefault(meant.place, {}).setdefault(name, []).append(line)
    taken: list[Line] = []
    left_out: list[LeftOut] = []
    for place, by_name in groups.items():
        exact = [group for (is_other, *_), group in by_name.items() if not is_other]
        first, *others = exact or list(by_name.values())
        if all(_said(group) == _said(first) for group in others):
            taken.extend(known.meant(line) for line in first)
            contradicting = [group for group in by_name.values() if _said(group) != _said(first)]
            why = OTHER_NAME.format(model=place[2])
        else:
            contradicting = list(by_name.values())
            why = CONTRADICTION.format(names=" and ".join(_shown(name) for name in by_name))
        left_out.extend(LeftOut(group[0].provider, group[0].model, why) for group in contradicting)
    return taken, left_out


def _shown(name: Name) -> str:
    return " ".join(filter(None, name[1:]))


def taken(path: Path, *, into: Sequence[Line], providers: Sequence[str], today: date) -> Taken:
    """What becomes of one's own lines when the prices of a file come among them; those of others hold from today on.

    `providers` are glob patterns of the names of providers, as the file says them or as they are looked up by; none is
    for all. Raises `BadPrices`, with the file and the line.
    """
    found = foreign.read(path, on=today)
    known = names(into)

    def is_wanted(provider: str) -> bool:
        named = {provider, known.providers.get(provider, provider)}
        return not providers or any(fnmatchcase(name, pattern) for name in named for pattern in providers)

    wanted, contradicting = one_of_each([line for line in found.lines if is_wanted(line.provider)], known)
    left_out = [each for each in (*found.left_out, *contradicting) if is_wanted(each.provider)]
    partly = [each for each in found.partly if is_wanted(each.provider)]
    return Taken(merged(into, wanted, is_whole=True), found.kind, Counter(each.why for each in left_out), len(partly))


def read(path: Path) -> list[Line]:
    """The lines of one's own list; none where there is no file. Raises `BadPrices`."""
    return lines.read(path) if path.exists() else []


def merged(own: Sequence[Line], new: Iterable[Line], *, is_whole: bool = False) -> Change:
    """One's own lines with new ones among them, in the order of their days.

    The new ones are all of their day if they are `is_whole`, else those of other sizes stay beside them. Raises
    `NoPriceForAll`.
    """
    change = Change()
    places: dict[Place, list[Line]] = {}
    for line in own:
        places.setdefault(line.place, []).append(line)
    for span in sorted(_spans(new), key=lambda each: each[0].opening):
        step = _put(places.get(span[0].place, []), span, is_whole=is_whole)
        places[span[0].place] = list(step.lines)
        change += step
    return replace(change, lines=tuple(line for group in places.values() for line in group))


def save(path: Path, own: Sequence[Line]) -> None:
    """Put a list of those lines in the place of the file, all of it or nothing. Raises `BadPrices` or `CannotWrite`."""
    lines.check(path, list(enumerate(own, start=2)))
    files.write(path, lines.write(own), with_folders=True)


def line_of(
    said: Mapping[str, str | None], *, input_above: int | None, start: date, last: date | None, today: date
) -> Line:
    """A line of names and prices by the names of their columns, from one day to the last one (None = still).

    Raises `BadPrice`.
    """
    try:
        line = Line(
            **{name: _name(name, said.get(name) or "") for name in NAMED},  # type: ignore[arg-type]
            **{
                name: lines.price(f"--{name.replace('_', '-')}", cell)
                for name in lines.PRICES
                if (cell := said.get(name)) is not None
            },  # type: ignore[arg-type]
            input_above=input_above,
            effective_from=start,
            effective_until=_day_after(start, last),
            checked_on=today,
            source=SOURCE,
        )
        lines.check_line(line)
    except ValueError as error:
        raise errors.BadPrice(why=error) from error
    return line


def _name(name: str, cell: str) -> str:
    """A name without blanks around it. Raises `ValueError`."""
    if not cell.isprintable():
        why = f"{name} {cell!a} has marks that cannot be shown"
        raise ValueError(why)
    return cell.strip()


def _day_after(start: date, last: date | None) -> date | None:
    """The first day on which a line holds no longer. Raises `ValueError`."""
    if last is None or last == date.max:
        return None
    if last < start:
        why = f"its last day {last} is before its first, {start}"
        raise ValueError(why)
    return last + ONE_DAY


def _spans(new: Iterable[Line]) -> list[list[Line]]:
    """The new lines, those of a place that hold on the same days together."""
    spans: dict[tuple[object, ...], list[Line]] = {}
    for line in new:
        spans.setdefault((line.place, line.opening, line.closing), []).append(line)
    return list(spans.values())


def _put(place: list[Line], span: list[Line], *, is_whole: bool) -> Change:
    """The lines of a place with a new span among them.

    What holds on its first day ends there, or is replaced if it begins there, and goes on behind its last day; the next
    later line ends it. A price for large requests alone goes beside the one for all, which is cut in two for it. Raises
    `NoPriceForAll`.
    """
    start, end = span[0].opening, span[0].closing
    holding = [line for line in place if line.opening <= start < line.closing]
    others = [line for line in place if line not in holding]
    end = min([end, *(line.opening for line in others if line.opening > start)])
    is_beside = all(line.input_above is not None for line in span)
    if is_beside:
        _check_beside(holding, span[0])
        end = min(end, holding[0].closing)
    is_correction = bool(holding) and holding[0].opening == start
    now = {line.input_above: _on(line, span[0].effective_from, end) for line in span}
    goes_on = is_beside or (is_correction and not is_whole)
    kept = [line for line in holding if goes_on and line.input_above not in now]
    beside = [_on(line, span[0].effective_from, end) for line in kept]
    if _is_said(now.values(), beside, holding, end):
        return _checked_again(place, holding, now)
    head = [] if is_correction else [_on(line, line.effective_from, start) for line in holding]
    is_ended = is_beside or end == span[0].closing
    tail = [_on(line, end, line.closing) for line in holding if is_ended and end < line.closing]
    after = [*others, *head, *now.values(), *beside, *tail]
    return Change(
        lines=tuple(sorted(after, key=lambda line: (line.opening, line.input_above or 0))),
        added=tuple(now.values()),
        closed=tuple(head),
        replaced=tuple(line for line in holding if is_correction and line not in kept),
        carried=tuple(beside),
        resumed=tuple(line for line in tail if not is_beside),
    )


def _check_beside(holding: list[Line], line: Line) -> None:
    """A price for large requests needs one for all others. Raises `NoPriceForAll`."""
    if not holding:
        raise errors.NoPriceForAll(model=line.model, provider=line.provider or line.host, start=line.opening)


def _on(line: Line, start: date | None, end: date) -> Line:
    return replace(line, effective_from=start, effective_until=None if end == date.max else end)


def _is_said(now: Iterable[Line], beside: list[Line], holding: list[Line], end: date) -> bool:
    """Whether the lines that hold already say the same, until the same day."""
    return (
        bool(holding)
        and holding[0].closing == end
        and {_prices(line) for line in holding} == set(map(_prices, (*now, *beside)))
    )


def _checked_again(place: list[Line], holding: list[Line], now: dict[int | None, Line]) -> Change:
    """The same lines, with the day on which they were last found to be so."""
    again = {line: line for line in place}
    for line in holding:
        said = now.get(line.input_above, line)
        checked = max(filter(None, (line.checked_on, said.checked_on)), default=None)
        again[line] = replace(line, checked_on=checked)
    same = tuple(again[line] for line in holding if line.input_above in now)
    return Change(lines=tuple(again.values()), unchanged=same)


def _prices(line: Line) -> tuple[object, ...]:
    return line.input_above, *(getattr(line, name) for name in lines.PRICES)


def _said(group: list[Line]) -> set[tuple[object, ...]]:
    return {(_prices(line), line.opening, line.closing) for line in group}
