"""What is known by its marks, but not read yet: it is refused by its name, and never read as something else."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A kind of file that no adapter reads.

    `title` says what it is. `marks` are patterns that all occur in the first 64 KiB of a JSON file; of a table, all
    headings of one of `headings` are there, in any case; of an archive, some name in it fits a pattern of `members`.
    """

    title: str
    marks: tuple[str, ...] = ()
    headings: tuple[tuple[str, ...], ...] = ()
    members: tuple[str, ...] = ()


UNREAD = (
    Unread(
        title="a log of GitHub Copilot CLI",
        marks=(
            r'"type"\s*:\s*"(session\.(start|shutdown|resume|model_change)|assistant\.(message|usage|turn_start|turn_end)|user\.message)"',
            r'"data"\s*:\s*\{',
        ),
    ),
    Unread(
        title="a session of Pi, Oh My Pi or OpenClaw",
        marks=(
            r'"type"\s*:\s*"(session|message|model_change|thinking_level_change)"',
            (
                r'"cacheRead"\s*:|"type"\s*:\s*"(model_change|thinking_level_change)"'
                r'|\A\s*\{"type"\s*:\s*"session"\s*,\s*"version"\s*:\s*\d+\s*,'
            ),
        ),
    ),
    Unread(
        title="a session of Kimi CLI",
        marks=(
            r'"input_cache_(read|creation)"\s*:|"protocol_version"\s*:',
            r'"input_other"\s*:|"type"\s*:\s*"(metadata|TurnBegin|StepBegin|StatusUpdate)"',
        ),
    ),
    Unread(
        title="a usage export of DeepSeek's console",
        headings=(
            ("model", "type", "price", "amount"),
            ("model", "wallet_type", "cost", "currency"),
        ),
        members=(r"(^|/)(amount|cost)[-_].*\.csv$",),
    ),
    Unread(
        title="a usage export of Cursor's dashboard",
        headings=(("date", "model", "cache read", "input (w/o cache write)"),),
    ),
    Unread(
        title="an invocation log of Amazon Bedrock",
        marks=(r'"schemaType"\s*:\s*"ModelInvocationLog"|"(in|out)putTokenCount"\s*:', r'"modelId"\s*:'),
    ),
    Unread(
        title="a report of LiteLLM's daily activity",
        marks=(r'"results"\s*:\s*\[', r'"metrics"\s*:\s*\{', r'"api_requests"\s*:'),
    ),
    Unread(
        title="a spend report of Vercel's AI gateway",
        marks=(r'"market_cost"\s*:', r'"(total_cost|request_count)"\s*:'),
        headings=(("total_cost", "market_cost", "request_count"),),
    ),
)


def of_text(head: str) -> Unread | None:
    """What a JSON file is, by the beginning of its text."""
    return next((each for each in UNREAD if each.marks and all(re.search(mark, head) for mark in each.marks)), None)


def of_headings(found: set[str]) -> Unread | None:
    """What a table is, by its headings in lower case."""
    return next((each for each in UNREAD if any(found.issuperset(wanted) for wanted in each.headings)), None)


def of_members(names: list[str]) -> Unread | None:
    """What an archive holds, by the names in it."""
    return next(
        (each for each in UNREAD if any(re.search(mark, name) for mark in each.members for name in names)), None
    )
