"""Codex: `~/.codex/sessions/YYYY/MM/DD/rollout-*.jsonl` and `archived_sessions/`.

An `event_msg` of the type `token_count` holds a counter of the session, `total_token_usage`, and what the last call
added to it. A call is a step of the counter; an event that repeats it is none, nor is one whose parts are all 0, with
which Codex sets the counter anew when the context is full. Where `last_token_usage` leads there from any count before
(agents may count side by side), or where the counter falls, that was added, else the difference. The model is the one
of the last `turn_context`. A fork (`forked_from_id`) begins with the events of its parent, which may be a fork itself,
at new times: what two sessions of a family have in common, from the first event on, are the same calls, and the
earliest time is the true one. Where the history is `paginated` a fork copies nothing: its counter goes on from its
parent's, whose last reading it may repeat; a child that was spawned may hold readings of its parent from before its own
start, which are its parent's. Where a total is not what its parts come to, nobody knows.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.independent import UNKNOWN, NotARecordError, Reading, count, day_of, metered, objects, once

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

PARTS = ("input_tokens", "output_tokens", "cached_input_tokens", "reasoning_output_tokens")
NOTHING = (0, 0, 0, 0)


class Event(NamedTuple):
    """One reading of the counter."""

    total: tuple[int, ...]
    last: tuple[int, ...]
    names: frozenset[str]
    adds_up: bool
    time: str
    model: str | None


def read(paths: Iterable[Path]) -> list[Reading]:
    forks: set[str] = set()
    continued: set[str] = set()
    events: dict[str, list[Event]] = defaultdict(list)
    for path in paths:
        name, parent, is_paginated, found = _session(path)
        if parent:
            (continued if is_paginated else forks).add(name)
        # The same rollout may lie in two folders, one of them shorter.
        events[name] = max(events[name], found, key=len)
    readings: list[Reading] = []
    keys: dict[str, list[tuple[str, int]]] = {}
    for name in sorted(
        events, key=lambda name: (name in forks | continued, events[name][0].time if events[name] else "")
    ):
        mine = events[name]
        keys[name] = [(name, place) for place in range(len(mine))]
        if name in forks:
            family = {other: _shared(mine, events[other]) for other in keys if other != name}
            nearest = max(family, key=lambda other: family[other], default=name)
            keys[name][: family.get(nearest, 0)] = keys[nearest][: family.get(nearest, 0)]
        before: tuple[int, ...] = NOTHING
        if name in continued and mine:
            before = _less(mine[0].total, mine[0].last)
            repeated = (key for key, event in _told(keys, events, name) if event[:2] == mine[0][:2])
            keys[name][0] = next(repeated, keys[name][0])
        seen = {before}
        for key, event in zip(keys[name], mine, strict=True):
            step = _less(event.total, before)
            if _less(event.total, event.last) in seen or min(step) < 0:
                step = event.last
            if event.total not in {before, NOTHING}:
                cached, reasoning = (step[n] if PARTS[n] in event.names else None for n in (2, 3))
                tokens = metered(step[0], step[1], cached, reasoning) if event.adds_up else UNKNOWN
                readings.append(Reading("codex", day_of(event.time), event.model, key, tokens))
            before = event.total
            seen.add(before)
    return once(readings)


def _told(
    keys: dict[str, list[tuple[str, int]]], events: dict[str, list[Event]], name: str
) -> Iterator[tuple[tuple[str, int], Event]]:
    """What the other sessions told, with its key."""
    for other, theirs in keys.items():
        if other != name:
            yield from zip(theirs, events[other], strict=True)


def _less(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(part - less for part, less in zip(one, other, strict=True))


def _shared(mine: list[Event], theirs: list[Event]) -> int:
    """How many events both begin with."""
    number = 0
    while number < min(len(mine), len(theirs)) and mine[number][:2] == theirs[number][:2]:
        number += 1
    return number


def _session(path: Path) -> tuple[str, str | None, bool, list[Event]]:
    name, parent, model, is_paginated, start = "", None, None, False, ""
    found: list[Event] = []
    for line in objects(path):
        payload: dict[str, Any] = line.get("payload") or {}
        if line.get("type") == "session_meta" and not name:
            source = payload.get("source")
            spawn = source.get("subagent", {}).get("thread_spawn", {}) if isinstance(source, dict) else {}
            name, parent = payload["id"], payload.get("forked_from_id") or spawn.get("parent_thread_id")
            is_paginated = payload.get("history_mode") == "paginated"
            start = payload["timestamp"] if is_paginated else ""
        elif line.get("type") == "turn_context":
            model = payload.get("model", model)
        elif line.get("type") == "event_msg" and payload.get("type") == "token_count" and payload.get("info"):
            if line.get("timestamp", "") < start:
                continue
            info = payload["info"]
            last = info.get("last_token_usage") or {}
            total = info.get("total_token_usage") or last
            sum_ = last.get("total_tokens", total.get("total_tokens"))
            try:
                parts = _parts(last)
                adds_up = not sum_ or not any(parts) or parts[0] + parts[1] == sum_
                names = frozenset(name for name, number in total.items() if number is not None)
                event = Event(_parts(total), parts, names, adds_up, line["timestamp"], model or info.get("model"))
            except NotARecordError:
                continue
            found.append(event)
    return name, parent, is_paginated, found


def _parts(usage: dict[str, Any]) -> tuple[int, ...]:
    return tuple(count(usage.get(part)) or 0 for part in PARTS)
