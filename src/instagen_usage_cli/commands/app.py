"""The app: every command under its name, and what is shown without one."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer

from instagen_usage_cli import options, paths
from instagen_usage_cli.commands.report_options import refuse_options

if TYPE_CHECKING:
    from collections.abc import Iterable

# Where each command is, in the order of the help.
COMMANDS = {
    "stats": "stats.stats",
    "trends": "trends.trends",
    "models": "models.app",
    "forecast": "forecast.forecast",
    "requests": "requests.requests",
    "explain": "explain.explain",
    "sessions": "sessions.sessions",
    "keys": "keys.keys",
    "advise": "advise.advise",
    "prices": "prices.app",
    "whatif": "whatif.whatif",
    "import": "importing.import_",
    "sources": "importing.sources",
    "imports": "importing.imports",
    "forget": "importing.forget",
    "skipped": "importing.skipped",
    "overlaps": "overlaps.overlaps",
    "migrate": "upkeep.migrate",
    "demo": "upkeep.demo",
}


def app_for(arguments: list[str]) -> typer.Typer:
    """The app with the command that the arguments begin with; with every command where they begin otherwise.

    To work out the options of all commands takes Typer longer than many a command itself.
    """
    return app_with(arguments[:1] if arguments[:1] and arguments[0] in COMMANDS else COMMANDS)


def app_with(names: Iterable[str]) -> typer.Typer:
    """The app with the commands of these names."""
    app = typer.Typer(
        name="usage",
        help="See, trust and steer what you spend on language models.",
        epilog="Without a command: the current month so far.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(main)
    for name in names:
        module, _, attribute = COMMANDS[name].partition(".")
        found = getattr(import_module(f"{__package__}.{module}"), attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def main(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
    database: options.Database = None,
) -> None:
    """See, trust and steer what you spend on language models."""
    if context.invoked_subcommand is not None and not version:
        refuse_options(context)
        return
    from instagen_usage_cli.commands import welcome

    if version:
        welcome.show_version()
        raise typer.Exit
    welcome.welcome(paths.database(database))
