"""The options that several commands share, each spelled once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
        help="today, yesterday, this-week, last-week, this-month, last-month, 2026-01, all.",
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
        help="Of model, provider, key, project, user, source, status; several with commas.",
    ),
]
TrendsBy = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="NAMES",
        help="As in stats, or hour-of-day, weekday or both for the pattern of a week.",
    ),
]
Measure = Annotated[
    str,
    typer.Option(
        "--measure",
        metavar="NAME",
        help="cost, requests, tokens, input, output, errors or latency.",
    ),
]
ForecastMeasure = Annotated[str, typer.Option("--measure", metavar="NAME", help="cost, requests or tokens.")]
Chart = Annotated[bool, typer.Option("--chart", help="Draw it; the pattern of a week as a heat map.")]
Every = Annotated[str | None, typer.Option("--every", metavar="INTERVAL", help="One row per hour, day, week or month.")]
Model = Annotated[
    list[str] | None, typer.Option("--model", metavar="GLOB", help="Only these models; repeat for several.")
]
Provider = Annotated[list[str] | None, typer.Option("--provider", metavar="GLOB", help="Only these providers.")]
Key = Annotated[list[str] | None, typer.Option("--key", metavar="GLOB", help="Only these access keys.")]
Project = Annotated[list[str] | None, typer.Option("--project", metavar="GLOB", help="Only these projects.")]
User = Annotated[list[str] | None, typer.Option("--user", metavar="GLOB", help="Only these users.")]
Session = Annotated[list[str] | None, typer.Option("--session", metavar="GLOB", help="Only these sessions.")]
Source = Annotated[list[str] | None, typer.Option("--source", metavar="GLOB", help="Only what these sources brought.")]
Status = Annotated[list[str] | None, typer.Option("--status", metavar="GLOB", help="Only ok or error.")]
Compare = Annotated[
    bool | None,
    typer.Option("--compare/--no-compare", help="Compare with the window just before. Default: in the cards."),
]
Count = Annotated[
    str,
    typer.Option(
        "--count",
        metavar="WHAT",
        help="Where statements and requests overlap: best, requests or statements.",
    ),
]
Format = Annotated[
    str | None,
    typer.Option("--format", "-f", metavar="NAME", help="table, csv, json, jsonl or markdown. Default: table."),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file; its ending names the format."),
]
Wide = Annotated[bool, typer.Option("--wide", help="All columns.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10**9, metavar="N", help="At most this many.")]
SortRequests = Annotated[
    str,
    typer.Option("--sort", metavar="ORDER", help="What comes first: newest, costliest, slowest or largest."),
]
SortSessions = Annotated[
    str,
    typer.Option("--sort", metavar="ORDER", help="What comes first: costliest, newest, longest or busiest."),
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
    typer.Option("--from", metavar="SOURCE", help="What the files are: litellm, openai-response, csv or jsonl."),
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
Decimal = Annotated[str, typer.Option("--decimal", metavar="MARK", help="The decimal mark in numbers: . or ,")]
TimeFormat = Annotated[
    str | None,
    typer.Option("--time-format", metavar="FORMAT", help="How times are written, such as %d/%m/%Y %H:%M."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would be read; store nothing.")]
Again = Annotated[bool, typer.Option("--again", help="Read files that have not changed, too.")]
