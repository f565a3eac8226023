"""One's own price list: what is set or taken over goes there, and only a sound list replaces the file.

The lines of an item (provider, host, model, tier) follow each other in spans: a line for requests of every size, and
those for large ones, which hold from and until the same days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from instagen_usage_cli import errors, files
from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from instagen_usage_cli.prices.lines import Item

ONE_DAY = timedelta(days=1)
NAMED = ("provider", "host", "model", "tier")
# Where a line is from that was set on the command line.
SOURCE = "usage prices set"


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


def read(path: Path) -> list[Line]:
    """The lines of one's own list; none where there is no file. Raises `BadPrices`."""
    return lines.read(path) if path.exists() else []


def merge(own: Sequence[Line], new: Iterable[Line], *, is_whole: bool = False) -> Change:
    """One's own lines with new ones among them, in the order of their days.

    If the new lines are `is_whole`, they are all that holds on their day; else lines of other sizes stay beside them.
    Raises `NoPriceForAll`.
    """
    change = Change()
    by_item: dict[Item, list[Line]] = {}
    for line in own:
        by_item.setdefault(line.item, []).append(line)
    for span in sorted(_spans(new), key=lambda each: each[0].opening):
        item = span[0].item
        step = _put(by_item.get(item, []), span, is_whole=is_whole)
        by_item[item] = list(step.lines)
        change += step
    return replace(change, lines=tuple(line for group in by_item.values() for line in group))


def save(path: Path, own: Sequence[Line]) -> None:
    """Replace the file by a list of these lines, if they are sound. Raises `BadPrices` or `CannotWrite`."""
    lines.check(path, list(enumerate(own, start=2)))
    files.write(path, lines.write(own))


def make_line(
    cells: Mapping[str, str | None], *, input_above: int | None, start: date, last: date | None, today: date
) -> Line:
    """A line of names and prices by the names of their columns, from one day to the last one (None = still).

    Raises `BadPrice`.
    """
    try:
        line = Line(
            **{name: _name(name, cells.get(name) or "") for name in NAMED},  # type: ignore[arg-type]
            **{
                name: lines.price(f"--{name.replace('_', '-')}", cell)
                for name in lines.PRICES
                if (cell := cells.get(name)) is not None
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
    """The new lines, those of an item that hold on the same days together."""
    spans: dict[tuple[object, ...], list[Line]] = {}
    for line in new:
        spans.setdefault((line.item, line.opening, line.closing), []).append(line)
    return list(spans.values())


def _put(known: list[Line], span: list[Line], *, is_whole: bool) -> Change:
    """The known lines of an item with a new span among them.

    The lines that hold on the first day of the span end there, or are replaced if they begin there, and go on after its
    last day; the next later line ends the span. A price for large requests alone goes beside the price for all, which
    is cut in two for it. Raises `NoPriceForAll`.
    """
    start, end = span[0].opening, span[0].closing
    holding = [line for line in known if line.opening <= start < line.closing]
    others = [line for line in known if line not in holding]
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
    if _is_known(now.values(), beside, holding, end):
        return _checked_again(known, holding, now)
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


def _is_known(now: Iterable[Line], beside: list[Line], holding: list[Line], end: date) -> bool:
    """Whether the lines that hold already say the same, until the same day."""
    return (
        bool(holding)
        and holding[0].closing == end
        and {line.prices for line in holding} == {line.prices for line in (*now, *beside)}
    )


def _checked_again(known: list[Line], holding: list[Line], now: dict[int | None, Line]) -> Change:
    """The same lines, with the day on which they were last found to be so."""
    again = {line: line for line in known}
    for line in holding:
        new = now.get(line.input_above, line)
        checked = max(filter(None, (line.checked_on, new.checked_on)), default=None)
        again[line] = replace(line, checked_on=checked)
    same = tuple(again[line] for line in holding if line.input_above in now)
    return Change(lines=tuple(again.values()), unchanged=same)
