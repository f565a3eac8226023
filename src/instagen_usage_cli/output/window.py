"""How a window is said: to people, and in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.window import Window


def between(window: Window, zone: ZoneInfo, first: datetime | None = None, last: datetime | None = None) -> str:
    """The exact window with its zone; where it is open, from the first to the last request seen (naive UTC)."""
    return f"{clock(window.since, zone, first)} → {clock(window.until, zone, last)} {zone.key}"


def clock(moment: datetime | None, zone: ZoneInfo, otherwise: datetime | None = None) -> str:
    """An aware time in the zone, or else the naive UTC one."""
    if moment is None and otherwise is not None:
        moment = otherwise.replace(tzinfo=UTC)
    return "…" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def details(window: Window, zone: ZoneInfo) -> dict[str, Any]:
    """The window for JSON."""
    return {"label": window.label, "since": window.since, "until": window.until, "zone": zone.key}
