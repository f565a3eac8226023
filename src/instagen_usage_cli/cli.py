"""The commands: each parses its options, asks one function, and writes the answer."""

from __future__ import annotations

import os
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from instagen_usage_cli import errors, options, paths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from instagen_usage_cli.importing import Options
    from instagen_usage_cli.window import Window

app = typer.Typer(
    name="usage",
    help="See, trust and steer what you spend on language models.",
    epilog="Without a command: the current month so far.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    database: options.Database = None,
) -> None:
    """See, trust and steer what you spend on language models."""
    if version:
        _show_version()
        raise typer.Exit
    if context.invoked_subcommand is None:
        _welcome(paths.database(database))


@app.command()
def stats(
    by: options.By = None,
    every: options.Every = None,
    last: options.Last = None,
    since: options.Since = None,
    until: options.Until = None,
    period: options.Period = None,
    model: options.Model = None,
    provider: options.Provider = None,
    key: options.Key = None,
    project: options.Project = None,
    source: options.Source = None,
    status: options.Status = None,
    count: options.Count = "best",
    wide: options.Wide = False,
    format_: options.Format = None,
    output_: options.Output = None,
    tz: options.Zone = None,
    database: options.Database = None,
    config: options.Config = None,
) -> None:
    """Requests, tokens and cost of a window, as cards and broken down."""
    from instagen_usage_cli import output, reports
    from instagen_usage_cli.filters import COUNTS, Filter
    from instagen_usage_cli.output.stats import document

    zone = _zone(tz, config)
    window = _window(last=last, since=since, until=until, period=period, zone=zone)
    patterns = {
        "model": model,
        "provider": provider,
        "key": key,
        "project": project,
        "source": source,
        "status": status,
    }
    filter_ = Filter(
        window=window,
        count=_one_of("--count", count, COUNTS),
        **{name: tuple(globs or ()) for name, globs in patterns.items()},
    )
    wanted = output.format_for(_known("--format", format_, output.FORMATS), output_)
    interval = _known("--every", every, reports.INTERVALS)
    dimensions = _dimensions(by, interval)
    with reports.opened(paths.database(database)) as store:
        answer = reports.stats(store, filter_, by=dimensions, every=interval, zone=zone)
    output.write(document(answer, wide=wide), wanted, output_)


@app.command("import")
def import_(
    files: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, folders, globs, or - for standard input.")
    ],
    source: options.From = None,
    map_: options.Map = None,
    set_: options.Set = None,
    use_map: options.UseMap = None,
    save_map: options.SaveMap = None,
    source_tz: options.SourceZone = None,
    encoding: options.Encoding = None,
    decimal: options.Decimal = ".",
    time_format: options.TimeFormat = None,
    dry_run: options.DryRun = False,
    again: options.Again = False,
    database: options.Database = None,
    config: options.Config = None,
) -> None:
    """Import usage logs: CSV, JSONL, OpenAI-compatible responses, LiteLLM. Twice is the same as once."""
    from instagen_usage_cli import config as configs
    from instagen_usage_cli import importing, output
    from instagen_usage_cli.output.imports import preview_lines, summary_lines

    read = _import_options(source, map_, set_, use_map, source_tz, encoding, decimal, time_format, config)
    if dry_run:
        summary, rows = importing.preview(files, read)
        output.write_lines(preview_lines(summary))
        output.write(output.Document(name="preview", rows=rows, zone=_zone_of("UTC")), "table", None)
        return
    place = paths.database(database)
    with configs.saving_map(paths.config(config), save_map, read.fields, read.constants):
        summary = importing.run(files, place, read, now=_now().replace(tzinfo=None), again=again, watch=_watch)
    output.write_lines(summary_lines(summary, place))


@app.command()
def imports(
    format_: options.Format = None,
    output_: options.Output = None,
    tz: options.Zone = None,
    database: options.Database = None,
    config: options.Config = None,
) -> None:
    """List the imports: what each file brought."""
    from instagen_usage_cli import importing, output, store
    from instagen_usage_cli.output.imports import listing

    zone = _zone(tz, config)
    wanted = output.format_for(_known("--format", format_, output.FORMATS), output_)
    with store.open_reading(paths.database(database)) as opened:
        rows = importing.listed(opened)
    output.write(listing("imports", rows, zone, "nothing has been imported yet"), wanted, output_)


@app.command()
def forget(
    which: Annotated[list[str], typer.Argument(metavar="IMPORT|PATH...", help="Numbers or paths from usage imports.")],
    database: options.Database = None,
) -> None:
    """Take imports back, with the later ones of the same files."""
    from instagen_usage_cli import importing, output

    rows = importing.forget(paths.database(database), which)
    output.write_lines([f"Forgot import {record['import_id']}: {record['path']}" for record in rows.records()])


@app.command()
def skipped(
    show: Annotated[bool, typer.Option("--show", help="Read the files again and show the skipped lines.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, metavar="N", help="At most this many.")] = 100,
    encoding: options.Encoding = None,
    format_: options.Format = None,
    output_: options.Output = None,
    database: options.Database = None,
) -> None:
    """List the records that could not be read: file, line and reason. Their content is never stored."""
    from instagen_usage_cli import importing, output, store
    from instagen_usage_cli.output.imports import listing, skipped_lines

    read = importing.Options(encoding=_encoding(encoding))
    wanted = output.format_for(_known("--format", format_, output.FORMATS), output_)
    with store.open_reading(paths.database(database)) as opened:
        rows = importing.skipped(opened, limit)
        texts = importing.show_skipped(opened, rows, read) if show else {}
    if show:
        output.write_lines(skipped_lines(rows, texts))
        return
    output.write(listing("skipped", rows, _zone_of("UTC"), "no record was skipped"), wanted, output_)


@app.command()
def migrate(database: options.Database = None) -> None:
    """Bring a database of an older version up to date. Imports do it by themselves."""
    from instagen_usage_cli import output, store

    place = paths.database(database)
    if not place.exists():
        raise errors.NoData(path=place)
    applied = store.migrate(place)
    output.write_lines([f"{place}: " + (f"{applied} migrations applied." if applied else "up to date.")])


@app.command()
def demo(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="FOLDER", help="Where to put it. Default: your data folder."),
    ] = None,
) -> None:
    """Try it out: 90 days of made-up traffic, imported and shown, in a database of its own."""
    from instagen_usage_cli import demo as demos
    from instagen_usage_cli import output, reports
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.output.demo import before, between
    from instagen_usage_cli.output.stats import document

    zone = _zone_of(None)
    made = demos.make(folder or paths.demo_folder(), now=_now())
    output.write_lines(before(made))
    window = _window(last="7d", zone=zone)
    with reports.opened(made.database) as store:
        answer = reports.stats(store, Filter(window=window), by=("model",), every=None, zone=zone)
    output.write_lines(between(made))
    output.write(document(answer), "table", None)


def _welcome(database: Path) -> None:
    """The cards of the current month, or what to do first."""
    from instagen_usage_cli import importing, output, reports
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.output.stats import document

    if not database.exists():
        output.write_lines(_first_steps(database))
        return
    zone = _zone(None, None)
    window = _window(period="this-month", zone=zone)
    with reports.opened(database) as store:
        if not importing.listed(store).rows:
            output.write_lines(_first_steps(database))
            return
        answer = reports.stats(store, Filter(window=window), by=("model",), every=None, zone=zone)
    output.write(document(answer, breakdown=False), "table", None)


def _first_steps(database: Path) -> list[str]:
    return [
        f"There is no data yet in {database}.",
        "Import a usage log:   usage import FILE     (a CSV export, a LiteLLM log, saved responses …)",
        "Or try it out:        usage demo            (made-up traffic in a database of its own)",
    ]


def _show_version() -> None:
    from importlib.metadata import version

    from instagen_usage_cli import output

    output.write_lines([f"usage {version('instagen-usage-cli')}"])


def _now() -> datetime:
    """The current time (UTC), or `USAGE_NOW`, for tests and for looking back."""
    from datetime import UTC, datetime

    said = os.environ.get("USAGE_NOW")
    if not said:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise errors.BadTime(option="USAGE_NOW", value=said) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _zone(given: str | None, config: Path | None) -> ZoneInfo:
    from instagen_usage_cli import config as configs

    return _zone_of(given or configs.read(paths.config(config)).tz)


def _zone_of(name: str | None) -> ZoneInfo:
    from instagen_usage_cli import window

    return window.zone(name)


def _window(
    *,
    last: str | None = None,
    since: str | None = None,
    until: str | None = None,
    period: str | None = None,
    zone: ZoneInfo,
) -> Window:
    from instagen_usage_cli import window

    return window.parse(last=last, since=since, until=until, period=period, now=_now(), zone=zone)


def _known(option: str, value: str | None, known: Sequence[str]) -> str | None:
    return None if value is None else _one_of(option, value, known)


def _one_of(option: str, value: str, known: Sequence[str]) -> str:
    if value not in known:
        raise errors.BadValue(option=option, value=value, known=", ".join(known))
    return value


def _dimensions(by: str | None, every: str | None) -> tuple[str, ...]:
    """The columns of a breakdown: by model when nothing is said, by nothing else than time with --every."""
    from instagen_usage_cli.reports import DIMENSIONS

    if by is None:
        return () if every else ("model",)
    names = [name.strip() for name in by.split(",")]
    return tuple(dict.fromkeys(DIMENSIONS[_one_of("--by", name, list(DIMENSIONS))] for name in names))


def _import_options(
    source: str | None,
    map_: list[str] | None,
    set_: list[str] | None,
    use_map: str | None,
    source_tz: str | None,
    encoding: str | None,
    decimal: str,
    time_format: str | None,
    config: Path | None,
) -> Options:
    from instagen_usage_cli import adapters
    from instagen_usage_cli import config as configs
    from instagen_usage_cli.importing import Options, headings, key_name

    if source is not None and adapters.named(source) is None:
        raise errors.UnknownSource(name=source, known=", ".join(adapter.name for adapter in adapters.ADAPTERS))
    settings = configs.read(paths.config(config))
    fields, constants = settings.saved(use_map) if use_map else ({}, {})
    fields = fields | _pairs("--map", map_)
    constants = constants | _pairs("--set", set_)
    if constants.get("cost_kind"):
        _one_of("--set cost_kind", constants["cost_kind"], headings.COST_KINDS)
    constants = {headings.field_named(name, "--set", headings.CONSTANTS): value for name, value in constants.items()}
    if "access_key" in constants:
        constants["access_key"] = key_name(constants["access_key"])
    return Options(
        source=source,
        fields={headings.field_named(name, "--map"): heading for name, heading in fields.items()},
        constants=constants,
        source_tz=_zone_of(source_tz or settings.source_tz).key,
        encoding=_encoding(encoding),
        decimal=_one_of("--decimal", decimal, (".", ",")),
        time_format=time_format,
    )


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        if not equals or not name.strip():
            raise errors.BadPair(option=option, value=item)
        pairs[name.strip()] = value.strip()
    return pairs


def _encoding(name: str | None) -> str | None:
    import codecs

    if name is None:
        return None
    try:
        "".encode(name)  # refuses codecs that are not of text
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        raise errors.UnknownEncoding(name=name) from error


def _watch(files: int, size: int) -> AbstractContextManager[None]:
    from instagen_usage_cli import output

    return output.progress(f"Reading {files:,} file{'s' if files != 1 else ''}, {size / 1e6:,.1f} MB")
