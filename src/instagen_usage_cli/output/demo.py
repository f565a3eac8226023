"""What `usage demo` says around its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli.output.imports import summary_lines

if TYPE_CHECKING:
    from instagen_usage_cli.demo import Demo


def before(demo: Demo) -> list[str]:
    """What was made, and what the import said."""
    return [
        f"Made {demo.requests:,} requests of the last 90 days: two keys in a dashboard's CSV, one in a LiteLLM log.",
        f"$ usage import {demo.dashboard} {demo.litellm} --db {demo.database}",
        *summary_lines(demo.summary, demo.database),
    ]


def between(demo: Demo) -> list[str]:
    """The command whose answer follows."""
    return ["", f"$ usage stats --last 7d --db {demo.database}"]
