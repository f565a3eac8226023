"""The sources that can be read: one `Adapter` and one SELECT each.

An adapter's SELECT reads `texts` (lines or elements of a document) or `cells` (mapped columns) and returns a subset
of the columns of `staged`, one row per record; unknown is NULL, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How one source is recognised and read.

    `name` is the value of `--from`; `marks` are patterns that must all occur in the first 64 KiB of a file and
    `unless` patterns that must not. `version` grows when the SELECT reads the same file differently. Where several
    sources tell of one request, the lowest `precedence` is believed first. A `mapped` adapter needs its columns
    named; one that is not `hosted` cannot tell who answered.
    """

    name: str
    title: str
    sql: str
    precedence: int
    cost_kind: str = "client"
    version: int = 1
    marks: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    mapped: bool = False
    hosted: bool = False


ADAPTERS = (
    Adapter(
        name="litellm",
        title="LiteLLM StandardLoggingPayload",
        sql="litellm",
        precedence=1,
        marks=('"call_type"', '"startTime"', '"custom_llm_provider"|"response_cost"'),
        hosted=True,
    ),
    Adapter(
        name="openai-response",
        title="OpenAI-compatible responses and streams",
        sql="openai_response",
        precedence=2,
        marks=(r'"object"\s*:\s*"(chat\.completion|text_completion|response|embedding|list)',),
        unless=('"call_type"',),
    ),
    Adapter(
        name="csv",
        title="CSV or TSV by its headings",
        sql="cells",
        precedence=3,
        cost_kind="billed",
        mapped=True,
    ),
    Adapter(name="jsonl", title="JSON records by their keys", sql="cells", precedence=4, mapped=True),
)


def named(name: str) -> Adapter | None:
    """The adapter of that name."""
    return next((adapter for adapter in ADAPTERS if adapter.name == name), None)
