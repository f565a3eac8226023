"""usage prices: what holds, one's own prices, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from instagen_usage_cli import errors, formats, instagen, options, paths
from instagen_usage_cli.choices import COSTS
from instagen_usage_cli.commands.report_options import check_choice, choose_format, read_clock, refuse_options

if TYPE_CHECKING:
    from datetime import date

app = typer.Typer()


@app.callback(invoke_without_command=True)
def prices(
    context: typer.Context,
    at: options.PricesAt = None,
    everything: options.AllPrices = False,
    provider: options.Provider = None,
    model: options.Model = None,
    wide: options.Wide = False,
    format_: options.Format = None,
    output_: options.Output = None,
    database: options.Database = None,
) -> None:
    """Prices in force for the models in use, with the line of the list; --all shows everything."""
    from instagen_usage_cli import output
    from instagen_usage_cli.output.prices import listing
    from instagen_usage_cli.reports import prices_in_force as ask

    if context.invoked_subcommand is not None:
        refuse_options(context)
        return
    wanted = choose_format(format_, output_)
    on, narrowed = _day("--at", at) or _today(), {"provider": provider or (), "model": model or ()}
    if everything:
        answer = ask.everything(on=on, **narrowed)
    else:
        answer = ask.in_use(paths.database(database), on=on, **narrowed)
    output.write(listing(answer, in_words=wanted in formats.FOR_PEOPLE), wanted, output_, wide=wide)


@app.command()
def show(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="An exact id, or a name that requests use.")],
    wide: options.Wide = False,
    format_: options.Format = None,
    output_: options.Output = None,
    database: options.Database = None,
) -> None:
    """All prices of one model, and which line applies where it is in use."""
    from instagen_usage_cli import output
    from instagen_usage_cli.output.prices import history
    from instagen_usage_cli.reports import prices_in_force as ask

    wanted = choose_format(format_, output_)
    answer = ask.history(paths.database(database), model, on=_today())
    output.write(history(answer), wanted, output_, wide=wide)


@app.command("set")
def set_(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="The model, by its exact id.")],
    input_: options.PriceInput = None,
    output_: options.PriceOutput = None,
    cache_read: options.PriceCacheRead = None,
    cache_write_5m: options.PriceCacheWrite5m = None,
    cache_write_1h: options.PriceCacheWrite1h = None,
    reasoning: options.PriceReasoning = None,
    per_request: options.PricePerRequest = None,
    provider: options.PriceProvider = None,
    host: options.PriceHost = None,
    tier: options.PriceTier = None,
    input_above: options.PriceInputAbove = None,
    from_: options.PriceFrom = None,
    until: options.PriceUntil = None,
) -> None:
    """Set a price in your own list, which comes before all others."""
    from instagen_usage_cli import output
    from instagen_usage_cli.output.own_prices import describe_set
    from instagen_usage_cli.prices import listed_names, own
    from instagen_usage_cli.reports import prices_in_force as ask

    path, is_default = paths.prices(), provider is None and host is None
    line = own.make_line(
        {
            "model": model,
            "provider": instagen.PROVIDER if is_default else provider,
            "host": host,
            "tier": tier,
            "input": input_,
            "output": output_,
            "cache_read": cache_read,
            "cache_write_5m": cache_write_5m,
            "cache_write_1h": cache_write_1h,
            "reasoning": reasoning,
            "per_request": per_request,
        },
        input_above=input_above,
        start=_day("--from", from_) or _today(),
        last=_day("--until", until),
        today=_today(),
    )
    before = own.read(path)
    with ask.prices_alone() as archive:
        listed = listed_names.find(archive.store, [line]).line_of(line)
    change = own.merge(before, [listed])
    own.save(path, change.lines)
    output.write_lines(describe_set(change, path, given=line, is_default=is_default))


@app.command("import")
def import_(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A price list (CSV), LiteLLM's model_prices_and_context_window.json or models.dev's api.json.",
        ),
    ],
    provider: options.Provider = None,
    dry_run: options.PricesDryRun = False,
) -> None:
    """Take a file's prices over into your own list; those of others hold from today on."""
    from instagen_usage_cli import output
    from instagen_usage_cli.output.own_prices import describe_takeover
    from instagen_usage_cli.prices import own
    from instagen_usage_cli.prices.takeover import take_over
    from instagen_usage_cli.reports import prices_in_force as ask

    if not file.exists():
        raise errors.NoSuchFile(path=file)
    path = paths.prices()
    before = own.read(path)
    with ask.prices_alone() as archive:
        taken = take_over(file, into=before, store=archive.store, providers=provider or (), today=_today())
    if not dry_run and taken.change.lines:
        own.save(path, taken.change.lines)
    output.write_lines(describe_takeover(taken, file, path, dry_run=dry_run))


@app.command()
def check(
    format_: options.Format = None,
    output_: options.Output = None,
    database: options.Database = None,
) -> None:
    """What is missing, old, gapped, overlapping or broken; exit code 3 if anything is."""
    from instagen_usage_cli import output
    from instagen_usage_cli.output.price_findings import document
    from instagen_usage_cli.reports import prices_in_force as ask

    wanted = choose_format(format_, output_)
    answer = ask.findings(paths.database(database), now=read_clock())
    output.write(document(answer, today=_today(), in_lines=wanted == formats.DEFAULT), wanted, output_)
    if answer:
        raise typer.Exit(errors.ExitCode.THRESHOLD)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A price list, or current for what is in force.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The other one.")],
    cost: options.Cost = "auto",
    format_: options.Format = None,
    output_: options.Output = None,
    database: options.Database = None,
) -> None:
    """What other prices of your own would do to the cost of each stored month."""
    from instagen_usage_cli import output
    from instagen_usage_cli.output.prices import differences
    from instagen_usage_cli.reports import prices_in_force as ask

    wanted = choose_format(format_, output_)
    path = paths.database(database)
    answer = ask.differences(path, old, new, cost=check_choice("--cost", cost, COSTS), now=read_clock())
    output.write(differences(answer), wanted, output_)


def _today() -> date:
    """The UTC day."""
    return read_clock().date()


def _day(option: str, given: str | None) -> date | None:
    """The date of an option. Raises `BadDate`."""
    from instagen_usage_cli.prices import lines

    try:
        return None if given is None else lines.day(option, given)
    except ValueError as error:
        raise errors.BadDate(option=option, value=given) from error
