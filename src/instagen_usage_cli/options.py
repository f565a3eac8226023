"""The options that several commands share, each spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instagen_usage_cli import choices, formats
from instagen_usage_cli.measures import OVER_TIME, PROJECTED

if TYPE_CHECKING:
    from collections.abc import Iterable


def _either(values: Iterable[str]) -> str:
    """Values as a choice in words."""
    *others, last = values
    return f"{', '.join(others)} or {last}"


Database = Annotated[
    Path | None,
    typer.Option(
        "--db", metavar="FILE", help="The database. Default: USAGE_DB, else usage.duckdb in your data folder."
    ),
]
Config = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="The config. Default: USAGE_CONFIG, else your config folder."),
]
Last = Annotated[
    str | None,
    typer.Option("--last", metavar="TIME", help="Rolling window back from now: 24h, 7d, 4w … Default: 30d."),
]
Since = Annotated[
    str | None, typer.Option("--since", metavar="TIME", help="From this date or time on, such as 2026-01-31.")
]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="TIME", help="Up to this time; a date without a time includes that day."),
]
Period = Annotated[
    str | None,
    typer.Option(
        "--period",
        metavar="NAME",
        help=f"{', '.join(choices.NAMED_PERIODS)}, 2026-01, {choices.EVERYTHING}.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--tz", metavar="ZONE", help="Time zone for display and calendar. Default: config, else local."),
]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAMES",
        help=f"Of {', '.join(choices.DIMENSIONS)}; several with commas.",
    ),
]
TrendsBy = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAMES",
        help=f"As in stats, or {', '.join(choices.PATTERNS)} or both for the pattern of a week.",
    ),
]
Measure = Annotated[
    str,
    typer.Option(
        "--measure",
        metavar="NAME",
        help=f"{_either(OVER_TIME)}.",
    ),
]
ForecastMeasure = Annotated[str, typer.Option("--measure", metavar="NAME", help=f"{_either(PROJECTED)}.")]
Chart = Annotated[bool, typer.Option("--chart", help="Draw it; the pattern of a week as a heat map.")]
Every = Annotated[
    str | None, typer.Option("--every", metavar="INTERVAL", help=f"One row per {_either(choices.INTERVALS)}.")
]
Model = Annotated[
    list[str] | None, typer.Option("--model", metavar="GLOB", help="Only these models; repeat for several.")
]
Provider = Annotated[list[str] | None, typer.Option("--provider", metavar="GLOB", help="Only these providers.")]
Key = Annotated[list[str] | None, typer.Option("--key", metavar="GLOB", help="Only these access keys.")]
Project = Annotated[list[str] | None, typer.Option("--project", metavar="GLOB", help="Only these projects.")]
User = Annotated[list[str] | None, typer.Option("--user", metavar="GLOB", help="Only these users.")]
Session = Annotated[list[str] | None, typer.Option("--session", metavar="GLOB", help="Only these sessions.")]
Source = Annotated[
    list[str] | None, typer.Option("--source", metavar="GLOB", help="Only what came from these sources.")
]
Status = Annotated[
    list[str] | None, typer.Option("--status", metavar="GLOB", help=f"Only {_either(choices.STATUSES)}.")
]
Compare = Annotated[
    bool | None,
    typer.Option("--compare/--no-compare", help="Compare with the window just before. Default: in the cards."),
]
Count = Annotated[
    str,
    typer.Option(
        "--count",
        metavar="WHAT",
        help=f"Where statements and requests overlap: {_either(choices.COUNTS)}.",
    ),
]
Cost = Annotated[
    str,
    typer.Option(
        "--cost",
        metavar="WHAT",
        help="What a cost is: auto (billed, else list price, else reported), reported or list.",
    ),
]
CostParts = Annotated[
    bool,
    typer.Option("--cost-parts", help="What the cost is made of: input, cached, written, output, requests."),
]
Format = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="NAME", help=f"{_either(formats.NAMES)}. Default: {formats.DEFAULT}."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file; its ending names the format."),
]
Wide = Annotated[bool, typer.Option("--wide", help="All columns.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10**9, metavar="N", help="At most this many.")]
SortRequests = Annotated[
    str,
    typer.Option("--sort", metavar="ORDER", help=f"What comes first: {_either(choices.REQUEST_ORDERS)}."),
]
SortSessions = Annotated[
    str,
    typer.Option("--sort", metavar="ORDER", help=f"What comes first: {_either(choices.SESSION_ORDERS)}."),
]
Id = Annotated[
    list[str] | None,
    typer.Option(
        "--id",
        metavar="ID",
        help="Only this one, of any time: an upstream id, a request key or its first 8 digits.",
    ),
]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="SOURCE", help="What the files are: litellm, otel, csv … (docs/adapters.md)."),
]
Map = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=HEADING", help="Which column is which field; an empty heading leaves it out."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="A field that is the same for every record, such as provider=…"),
]
UseMap = Annotated[str | None, typer.Option("--use-map", metavar="NAME", help="Use a saved mapping.")]
SaveMap = Annotated[str | None, typer.Option("--save-map", metavar="NAME", help="Save --map and --set in the config.")]
SourceZone = Annotated[
    str | None,
    typer.Option("--source-tz", metavar="ZONE", help="Zone of times without one. Default: config, else local."),
]
Encoding = Annotated[
    str | None,
    typer.Option("--encoding", metavar="NAME", help="Encoding of text files. Default: utf-8, or as marked."),
]
MaxBytes = Annotated[
    int,
    typer.Option(
        "--max-bytes",
        min=1,
        metavar="N",
        help="The most that is read of a pipe or unpacked of a file. Default: 20 GiB, and what the disk has.",
        show_default=False,
    ),
]
SkipLines = Annotated[
    int,
    typer.Option(
        "--skip-lines",
        min=0,
        max=10**6,
        metavar="N",
        help="Lines above the headings of a CSV file. Default: found out.",
        show_default=False,
    ),
]
Decimal = Annotated[
    str | None,
    typer.Option("--decimal", metavar="MARK", help="The decimal mark in numbers: . or , Default: found out."),
]
TimeFormat = Annotated[
    str | None,
    typer.Option("--time-format", metavar="FORMAT", help="How times are written, such as %d/%m/%Y %H:%M."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be read; store nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Import what is found without asking.")]
Again = Annotated[bool, typer.Option("--again", help="Read files that have not changed, too.")]
RequestIds = Annotated[
    list[str],
    typer.Argument(metavar="REQUEST_ID...", help="An upstream id, a request key or its first 8 digits."),
]
ModelFrom = Annotated[str, typer.Option("--model-from", metavar="MODEL", help="The model in use, by its exact name.")]
ModelTo = Annotated[str, typer.Option("--model-to", metavar="MODEL", help="The model whose list prices to try.")]
ProviderTo = Annotated[
    str | None,
    typer.Option("--provider-to", metavar="NAME", help="Its prices at this provider. Default: where it was used."),
]
PricesAt = Annotated[
    str | None, typer.Option("--at", metavar="DATE", help="The prices of this day (UTC). Default: today.")
]
AllPrices = Annotated[bool, typer.Option("--all", help="Everything in the price lists, not only what is in use.")]
PriceProvider = Annotated[
    str | None,
    typer.Option("--provider", metavar="NAME", help="Whose price it is. Default: instagen, or whoever has the --host."),
]
PriceHost = Annotated[str | None, typer.Option("--host", metavar="HOST", help="Only on this host. Default: on any.")]
PriceTier = Annotated[
    str | None, typer.Option("--tier", metavar="NAME", help="Only for this service tier. Default: the ordinary one.")
]
PriceInputAbove = Annotated[
    int | None,
    typer.Option(
        "--input-above",
        min=1,
        max=10**12 - 1,
        metavar="TOKENS",
        help="Only for requests with more input tokens than this.",
    ),
]
PriceFrom = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="The first day (UTC) on which it holds. Default: today.")
]
PriceUntil = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="The last day (UTC) on which it holds. Default: none.")
]
PriceInput = Annotated[str | None, typer.Option("--input", metavar="USD", help="Per million input tokens; 0 is free.")]
PriceOutput = Annotated[str | None, typer.Option("--output", metavar="USD", help="Per million output tokens.")]
PriceCacheRead = Annotated[
    str | None,
    typer.Option("--cache-read", metavar="USD", help="Per million cached tokens. Default: the input price."),
]
PriceCacheWrite5m = Annotated[
    str | None,
    typer.Option("--cache-write-5m", metavar="USD", help="Per million tokens written to a five-minute cache."),
]
PriceCacheWrite1h = Annotated[
    str | None,
    typer.Option("--cache-write-1h", metavar="USD", help="Per million tokens written to a one-hour cache."),
]
PriceReasoning = Annotated[
    str | None,
    typer.Option("--reasoning", metavar="USD", help="Per million reasoning tokens. Default: the output price."),
]
PricePerRequest = Annotated[
    str | None, typer.Option("--per-request", metavar="USD", help="Per million requests, on top of the tokens.")
]
PricesDryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be taken over; write nothing.")]
