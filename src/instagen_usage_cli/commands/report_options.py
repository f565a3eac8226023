"""What every report is asked: its window, its filters, its zone, and how the answer is to be written."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, get_type_hints

from instagen_usage_cli import errors, formats, options, paths
from instagen_usage_cli.choices import COSTS, COUNTS, STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    import typer

    from instagen_usage_cli.config import Config
    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.output import Document
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive
    from instagen_usage_cli.window import Window

P = ParamSpec("P")
A = TypeVar("A")
WINDOW_OPTIONS = frozenset({"last", "since", "until", "period"})


@dataclass(frozen=True, kw_only=True)
class ReportOptions:
    """The options that all reports share, as they were read. `has_window` tells whether the window was named."""

    filter: Filter
    has_window: bool
    zone: ZoneInfo
    now: datetime
    format: str
    output: Path | None
    wide: bool
    database: Path
    settings: Config

    @property
    def is_for_people(self) -> bool:
        """Whether the answer is a table, and not for another program."""
        return self.format == formats.DEFAULT

    @property
    def is_in_words(self) -> bool:
        """Whether people read the answer, as a table or in a text."""
        return self.format in formats.FOR_PEOPLE

    def ask(self, report: Callable[Concatenate[Archive, Question, P], A], *arguments: P.args, **options: P.kwargs) -> A:
        """The answer of a report to what was asked. Raises as `reports.opened`, and as the report."""
        from instagen_usage_cli import reports
        from instagen_usage_cli.reports.answer import Question

        with reports.opened(self.database, self.filter) as archive:
            return report(archive, Question(self.filter, self.zone, self.now), *arguments, **options)

    def widened(self) -> ReportOptions:
        """The same over all time, unless a window was named."""
        from instagen_usage_cli import window

        if self.has_window:
            return self
        always = window.parse(period="all", now=self.now, zone=self.zone)
        return replace(self, filter=replace(self.filter, window=always))

    def write(self, document: Document) -> None:
        """Write the answer as it was asked for."""
        from instagen_usage_cli import output

        output.write(document, self.format, self.output, wide=self.wide)


def read_options(
    *,
    last: options.Last = None,
    since: options.Since = None,
    until: options.Until = None,
    period: options.Period = None,
    model: options.Model = None,
    provider: options.Provider = None,
    key: options.Key = None,
    project: options.Project = None,
    user: options.User = None,
    session: options.Session = None,
    source: options.Source = None,
    status: options.Status = None,
    count: options.Count = "best",
    cost: options.Cost = "auto",
    wide: options.Wide = False,
    format_: options.Format = None,
    output_: options.Output = None,
    tz: options.Zone = None,
    database: options.Database = None,
    config: options.Config = None,
) -> ReportOptions:
    """Read the options of a command line that reports share. Raises `CommandLineError` or `BadConfig`."""
    from instagen_usage_cli import config as configs
    from instagen_usage_cli.filters import Filter, is_pattern

    settings = configs.read(paths.config(config))
    zone = find_zone(tz or settings.tz)
    now = read_clock()  # read once: a rolling window ends exactly there
    window = read_window(last=last, since=since, until=until, period=period, zone=zone, now=now)
    for pattern in status or ():
        if not is_pattern(pattern):
            check_choice("--status", pattern, STATUSES)
    patterns = {
        "model": model,
        "provider": provider,
        "key": key,
        "project": project,
        "user": user,
        "session": session,
        "source": source,
        "status": status,
    }
    return ReportOptions(
        filter=Filter(
            window=window,
            count=check_choice("--count", count, COUNTS),
            cost=check_choice("--cost", cost, COSTS),
            **{name: tuple(globs or ()) for name, globs in patterns.items()},
        ),
        has_window=any(each is not None for each in (last, since, until, period)),
        zone=zone,
        now=now,
        format=choose_format(format_, output_),
        output=output_,
        wide=wide,
        database=paths.database(database),
        settings=settings,
    )


def report(command: Callable[Concatenate[ReportOptions, P], None]) -> Callable[..., None]:
    """A command that takes `ReportOptions` first: it has its own options on the command line, then the shared ones."""
    return _add_shared_options(command, frozenset())


def report_to_date(command: Callable[Concatenate[ReportOptions, P], None]) -> Callable[..., None]:
    """The same for a report that has a window of its own."""
    return _add_shared_options(command, WINDOW_OPTIONS)


def _add_shared_options(
    command: Callable[Concatenate[ReportOptions, P], None], left_out: frozenset[str]
) -> Callable[..., None]:
    shared = {name: each for name, each in inspect.signature(read_options).parameters.items() if name not in left_out}
    own = list(inspect.signature(command).parameters.values())[1:]
    types = get_type_hints(read_options, include_extras=True) | get_type_hints(
        command, localns={"ReportOptions": ReportOptions}, include_extras=True
    )

    def run(**values: Any) -> None:  # noqa: ANN401 - typer passes what the signature says
        common = read_options(**{name: values.pop(name) for name in shared})
        command(common, **values)  # type: ignore[call-arg]

    parameters = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=types[parameter.name])
        for parameter in (*own, *shared.values())
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__, run.__name__ = command.__doc__, command.__name__
    return run


def read_clock() -> datetime:
    """The current time (UTC), or `USAGE_NOW`, for tests and for looking back. Raises `BadTime`."""
    from datetime import UTC, datetime

    text = os.environ.get("USAGE_NOW")
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise errors.BadTime(option="USAGE_NOW", value=text) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def read_zone(given: str | None, config: Path | None) -> ZoneInfo:
    """The zone of `--tz`, else of the config, else the local one. Raises `UnknownZone` or `BadConfig`."""
    from instagen_usage_cli import config as configs

    return find_zone(given or configs.read(paths.config(config)).tz)


def find_zone(name: str | None) -> ZoneInfo:
    """The zone of that name, or the local one. Raises `UnknownZone`."""
    from instagen_usage_cli import zones

    return zones.named(name)


def read_window(
    *,
    last: str | None = None,
    since: str | None = None,
    until: str | None = None,
    period: str | None = None,
    zone: ZoneInfo,
    now: datetime,
) -> Window:
    """The window of `--last`, `--since` and `--until`, or `--period`. Raises as `window.parse`."""
    from instagen_usage_cli import window

    return window.parse(last=last, since=since, until=until, period=period, now=now, zone=zone)


def choose_format(format_: str | None, output_: Path | None) -> str:
    """The format to write in. Raises `BadValue`."""
    from instagen_usage_cli import output

    return output.format_for(check_optional("--format", format_, formats.NAMES), output_)


def check_optional(option: str, value: str | None, choices: Sequence[str]) -> str | None:
    """The value, if it is one of the choices or was not given. Raises `BadValue`."""
    return None if value is None else check_choice(option, value, choices)


def check_choice(option: str, value: str, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices. Raises `BadValue`."""
    if value not in choices:
        raise errors.BadValue(option=option, value=value, known=", ".join(choices))
    return value


def read_dimensions(by: str | None, choices: dict[str, str], default: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that `--by` names, in its order. Raises `BadValue`."""
    if by is None:
        return default
    names = [name.strip() for name in by.split(",")]
    return tuple(dict.fromkeys(choices[check_choice("--by", name, list(choices))] for name in names))


def refuse_options(context: typer.Context) -> None:
    """Options before a subcommand would be ignored. Raises `OptionsTooEarly`."""
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name != "DEFAULT":
            command = f"{context.command_path} {context.invoked_subcommand}"
            raise errors.OptionsTooEarly(option=parameter.opts[0], command=command)
