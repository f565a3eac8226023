"""The app: every command under its name, and what is shown without one."""

from __future__ import annotations

from typing import Annotated

import typer

from instagen_usage_cli import options, paths
from instagen_usage_cli.commands import (
    advise,
    explain,
    forecast,
    importing,
    keys,
    models,
    overlaps,
    prices,
    requests,
    sessions,
    stats,
    trends,
    upkeep,
    welcome,
    whatif,
)
from instagen_usage_cli.commands.asking import refuse_options

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
        welcome.show_version()
        raise typer.Exit
    if context.invoked_subcommand is None:
        welcome.welcome(paths.database(database))
    else:
        refuse_options(context)


app.command()(stats.stats)
app.command()(trends.trends)
app.add_typer(models.app, name="models")
app.command()(forecast.forecast)
app.command()(requests.requests)
app.command()(explain.explain)
app.command()(sessions.sessions)
app.command()(keys.keys)
app.command()(advise.advise)
app.add_typer(prices.app, name="prices")
app.command()(whatif.whatif)
app.command("import")(importing.import_)
app.command()(importing.sources)
app.command()(importing.imports)
app.command()(importing.forget)
app.command()(importing.skipped)
app.command()(overlaps.overlaps)
app.command()(upkeep.migrate)
app.command()(upkeep.demo)
