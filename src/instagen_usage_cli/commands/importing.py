"""The commands around the logs: import, imports, forget, skipped."""

from __future__ import annotations

import re
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from instagen_usage_cli import errors, formats, options, paths
from instagen_usage_cli.choices import MOST_BYTES
from instagen_usage_cli.commands.report_options import check_choice, choose_format, find_zone, read_clock, read_zone

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from instagen_usage_cli.importing import Finding, Options


def import_(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PATH]...",
            help="Files, folders, globs, or - for standard input. Without: what clients have logged on this machine.",
            show_default=False,
        ),
    ] = None,
    source: options.From = None,
    map_: options.Map = None,
    set_: options.Set = None,
    use_map: options.UseMap = None,
    save_map: options.SaveMap = None,
    source_tz: options.SourceZone = None,
    encoding: options.Encoding = None,
    skip_lines: options.SkipLines = 0,
    max_bytes: options.MaxBytes = MOST_BYTES,
    decimal: options.Decimal = None,
    time_format: options.TimeFormat = None,
    dry_run: options.DryRun = False,
    again: options.Again = False,
    yes: options.Yes = False,
    database: options.Database = None,
    config: options.Config = None,
) -> None:
    """Import usage logs: exports, gateways, traces, reports, clients. Twice is the same as once."""
    from dataclasses import replace

    from instagen_usage_cli import config as configs
    from instagen_usage_cli import importing, output
    from instagen_usage_cli.output.imports import preview_lines, summary_lines

    if not files and source is None and (set_ or use_map):
        raise errors.SetForEverything
    read = _import_options(
        source, map_, set_, use_map, source_tz, encoding, skip_lines, decimal, time_format, config, is_named=bool(files)
    )
    place = paths.database(database)
    finding = importing.find(files) if files else _found_here(read, place, config, is_sure=yes or dry_run, again=again)
    if finding is None:
        output.write_lines(["Nothing was imported."])
        return
    now = read_clock().replace(tzinfo=None)
    read = replace(read, max_bytes=max_bytes)
    if dry_run:
        summary, rows = importing.preview(finding, place, read, now=now, again=again)
        output.write_lines(preview_lines(summary))
        if rows is not None:
            output.write(output.Document(name="preview", rows=rows, zone=find_zone("UTC")), formats.DEFAULT, None)
        return
    with configs.saving_map(paths.config(config), save_map, read.fields, read.constants):
        summary = importing.run(finding, place, read, now=now, again=again, watch=_watch)
    output.write_lines(summary_lines(summary, place))


def _found_here(read: Options, place: Path, config: Path | None, *, is_sure: bool, again: bool) -> Finding | None:
    """What lies where clients keep their logs, once it was shown and, where any of it is news, agreed to."""
    import sys

    from instagen_usage_cli import config as configs
    from instagen_usage_cli import importing, output
    from instagen_usage_cli.importing import places
    from instagen_usage_cli.output.imports import found_lines

    more = () if read.source else configs.read(paths.config(config)).places
    finding, looked = places.find(read.source, more)
    if not is_sure and not sys.stdin.isatty():
        raise errors.NotConfirmed(count=len(finding.files))
    output.write_lines(found_lines(looked))
    if is_sure or not importing.is_news(finding, place, read, again=again):
        return finding
    return finding if output.confirm(f"Import into {place}?") else None


def sources(
    wide: options.Wide = False,
    format_: options.Format = None,
    output_: options.Output = None,
    tz: options.Zone = None,
    database: options.Database = None,
    config: options.Config = None,
) -> None:
    """List what can be read, where it is looked for on this machine, and what is there."""
    from instagen_usage_cli import config as configs
    from instagen_usage_cli import importing, output
    from instagen_usage_cli.output.imports import sources_document

    zone = read_zone(tz, config)
    wanted = choose_format(format_, output_)
    rows, closed = importing.sources(paths.database(database), configs.read(paths.config(config)).places)
    output.write(sources_document(rows, closed, zone), wanted, output_, wide=wide)


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

    zone = read_zone(tz, config)
    wanted = choose_format(format_, output_)
    with store.open_reading(paths.database(database)) as opened:
        rows = importing.listed(opened)
    output.write(listing("imports", rows, zone, "nothing has been imported yet"), wanted, output_)


def forget(
    which: Annotated[list[str], typer.Argument(metavar="IMPORT|PATH...", help="Numbers or paths from usage imports.")],
    database: options.Database = None,
) -> None:
    """Take imports back, with the later ones of the same files."""
    from instagen_usage_cli import importing, output

    rows = importing.forget(paths.database(database), which)
    output.write_lines([f"Forgot import {record['import_id']}: {record['path']}" for record in rows.records()])


def skipped(
    show: Annotated[bool, typer.Option("--show", help="Read the files again and show the skipped lines.")] = False,
    limit: options.Limit = 100,
    encoding: options.Encoding = None,
    format_: options.Format = None,
    output_: options.Output = None,
    database: options.Database = None,
) -> None:
    """List the records that could not be read: file, line and reason. Their content is never stored."""
    from instagen_usage_cli import importing, output, store
    from instagen_usage_cli.output.imports import listing, skipped_lines

    read = importing.Options(encoding=_encoding(encoding))
    wanted = choose_format(format_, output_)
    with store.open_reading(paths.database(database)) as opened:
        rows = importing.skipped(opened, limit)
        texts = importing.show_skipped(opened, rows, read) if show else {}
    if show:
        output.write_lines(skipped_lines(rows, texts))
        return
    output.write(listing("skipped", rows, find_zone("UTC"), "no record was skipped"), wanted, output_)


def _import_options(
    source: str | None,
    map_: list[str] | None,
    set_: list[str] | None,
    use_map: str | None,
    source_tz: str | None,
    encoding: str | None,
    skip_lines: int,
    decimal: str | None,
    time_format: str | None,
    config: Path | None,
    *,
    is_named: bool,
) -> Options:
    from instagen_usage_cli import adapters, window
    from instagen_usage_cli import config as configs
    from instagen_usage_cli.importing import Options
    from instagen_usage_cli.importing.fields import field_named

    if source is not None and adapters.named(source) is None:
        raise errors.UnknownSource(name=source, known=", ".join(adapter.name for adapter in adapters.ADAPTERS))
    settings = configs.read(paths.config(config))
    fields, constants = settings.saved(use_map) if use_map else ({}, {})
    fields = fields | _pairs("--map", map_)
    of_sources = {} if is_named else settings.source_constants
    for name in of_sources:
        if adapters.named(name) is None:
            raise errors.UnknownSource(name=name, known=", ".join(adapter.name for adapter in adapters.ADAPTERS))
    return Options(
        source=source,
        fields={field_named(name, "--map"): heading for name, heading in fields.items()},
        constants=_constants(constants | _pairs("--set", set_)),
        source_constants={name: _constants(constants) for name, constants in of_sources.items()},
        source_tz=window.zone(source_tz or settings.source_tz).key,
        encoding=_encoding(encoding),
        decimal=check_choice("--decimal", decimal, (".", ",")) if decimal is not None else None,
        time_format=time_format,
        skip_lines=skip_lines,
    )


def _constants(given: dict[str, str]) -> dict[str, str]:
    """What holds for all records of a file, by its field. Raises `BadValue` or as `field_named`."""
    from instagen_usage_cli.importing import private
    from instagen_usage_cli.importing.fields import CONSTANTS, COST_KINDS, field_named

    if given.get("cost_kind"):
        check_choice("--set cost_kind", given["cost_kind"], COST_KINDS)
    if "quota_per_unit" in given:
        _check_unit(given["quota_per_unit"])
    constants = {field_named(name, "--set", CONSTANTS): value for name, value in given.items()}
    return private(constants) if constants else {}


def _pairs(option: str, given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        if not equals or not name.strip():
            raise errors.BadPair(option=option, value=item)
        pairs[name.strip()] = value.strip()
    return pairs


def _check_unit(value: str) -> None:
    """Raises `BadValue` where it is no amount of quota that could make a dollar."""
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", value) or not float(value):
        raise errors.BadValue(option="--set quota_per_unit", value=value, known="a number above 0, such as 500000")


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
