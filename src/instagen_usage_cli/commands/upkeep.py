"""The commands around the database itself: migrate, demo."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import typer

from instagen_usage_cli import errors, formats, options, paths
from instagen_usage_cli.commands.report_options import find_zone, read_clock, read_window
from instagen_usage_cli.commands.stats import overview


def migrate(database: options.Database = None) -> None:
    """Bring a database of an older version up to date. Imports do it by themselves."""
    from instagen_usage_cli import output, store

    place = paths.database(database)
    if not place.exists():
        raise errors.NoData(path=place)
    applied = store.migrate(place)
    if applied:
        _refresh_prices(place)
    output.write_lines([f"{place}: " + (f"{applied} migrations applied." if applied else "up to date.")])


def _refresh_prices(database: Path) -> None:
    """Find the prices of the names in the database anew; the next report says what is wrong with one's own."""
    from instagen_usage_cli import prices, store

    with suppress(errors.BadPrices), store.open_staging() as staging, staging.attached(database), staging.transaction():
        prices.refresh(staging)


def demo(
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="FOLDER", help="Where to put it. Default: your data folder."),
    ] = None,
) -> None:
    """Try it out: 90 days of made-up traffic, imported and shown, in a database of its own."""
    from instagen_usage_cli import demo as demos
    from instagen_usage_cli import output
    from instagen_usage_cli.output.demo import before, between

    zone = find_zone(None)
    made = demos.make(folder or paths.demo_folder(), now=read_clock())
    output.write_lines(before(made))
    shown = overview(made.database, read_window(last="7d", zone=zone, now=read_clock()), zone)
    output.write_lines(between(made))
    output.write(shown, formats.DEFAULT, None)
