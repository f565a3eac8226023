"""How a window is said: to people, and in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.window import Window


# The share of a window, as a divisor, that the imports may leave unknown at an end without a word.
LITTLE = 20


def between(window: Window, zone: ZoneInfo, first: datetime | None = None, last: datetime | None = None) -> str:
    """The exact window with its zone; where it is open, from the first to the last request seen (naive UTC)."""
    return f"{clock(window.since, zone, first)} → {clock(window.until, zone, last)} {zone.key}"


def clock(moment: datetime | None, zone: ZoneInfo, otherwise: datetime | None = None) -> str:
    """An aware time in the zone, or else the naive UTC one."""
    if moment is None and otherwise is not None:
        moment = otherwise.replace(tzinfo=UTC)
    return "…" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def reach(window: Window, covered: dict[str, Any], now: datetime, zone: ZoneInfo) -> Iterator[str]:
    """That the imports begin or end within the window, where more than a twentieth of it is unknown for that."""
    if covered["covered_since"] is None:
        return
    begin, end = (covered[name].replace(tzinfo=UTC) for name in ("covered_since", "covered_until"))
    since, until = window.since or begin, min(window.until or now, now)
    missing = (until - since) / LITTLE
    if begin - since > missing:
        yield f"The imports begin {clock(begin, zone)}: what came before is not known."
    if until - end > missing:
        yield f"The imports end {clock(end, zone)}: what came later is not known."


def details(window: Window, zone: ZoneInfo) -> dict[str, Any]:
    """The window for JSON."""
    return {"label": window.label, "since": window.since, "until": window.until, "zone": zone.key}
