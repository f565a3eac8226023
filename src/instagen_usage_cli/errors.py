"""Everything that can go wrong, each as one line: what happened, and what to do.

The docstring of an error is its message; the names in braces are filled from the arguments.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns to the shell."""

    DONE = 0
    COULD_NOT = 1
    COMMAND_LINE = 2
    THRESHOLD = 3
    INTERRUPTED = 130
    TERMINATED = 143


class Error(Exception):
    """something went wrong"""

    exit_code = ExitCode.COULD_NOT

    def __init__(self, **facts: object) -> None:
        import inspect

        message = " ".join((inspect.getdoc(self) or "").split())
        super().__init__(message.format(**facts))


class CommandLineError(Error):
    """the command line is wrong"""

    exit_code = ExitCode.COMMAND_LINE


# --- the command line ---------------------------------------------------------------------------------


class BadValue(CommandLineError):
    """{option} does not know {value!r}; it takes {known}"""


class BadTime(CommandLineError):
    """{option} does not understand {value!r}; write a date like 2026-01-31 or a time like 2026-01-31T18:00"""


class TwoWindows(CommandLineError):
    """a window is given twice: use one of --last, --period, or --since with --until"""


class EmptyWindow(CommandLineError):
    """the window ends before it begins: {since} is not before {until}"""


class ChartNeedsTable(CommandLineError):
    """--chart draws for people and does not go with the format {format}"""


class PatternWithEvery(CommandLineError):
    """--by weekday and --by hour-of-day fold the window into one week; leave out --every {every}"""


class WeekOfOne(CommandLineError):
    """a heat map draws one week; leave out --chart, or the other names of --by"""


class BacktestOfOne(CommandLineError):
    """--backtest replays everything together; leave out --by, or choose one with --model, --key and the like"""


class TooManyRows(CommandLineError):
    """that would be {rows:,} rows, more than {most:,}; choose a longer --every than {every}, or a shorter window"""


class UnknownZone(CommandLineError):
    """there is no time zone {zone!r}; use a name like Europe/Paris, Asia/Shanghai or UTC"""


class UnknownSource(CommandLineError):
    """there is no source {name!r}; --from takes {known}"""


class UnknownField(CommandLineError):
    """there is no field {name!r}; {option} takes {known}"""


class BadPair(CommandLineError):
    """{option} takes FIELD=VALUE, not {value!r}"""


class UnknownEncoding(CommandLineError):
    """there is no encoding {name!r}; use a name like utf-8, gbk or latin-1"""


class UnknownName(Error):
    """there is no {dimension} {name!r} in {path}; {hint}"""


class UnknownImport(Error):
    """there is no import {which!r}; `usage imports` lists them"""


class UnknownRequest(Error):
    """there is no request {which!r} in {place}; a request goes by its upstream id, or a key that `usage requests`
    lists or the first 8 digits of that"""


class NoTwoModels(CommandLineError):
    """compare takes two or more different models, the baseline first, not {models}"""


class ModelsTwice(CommandLineError):
    """compare takes its models as arguments; leave out --model"""


class OptionsTooEarly(CommandLineError):
    """{option} belongs behind the command: {command} … {option} …"""


# --- the config ---------------------------------------------------------------------------------------


class BadConfig(Error):
    """the config {path} cannot be used: {why}"""


class UnknownMap(Error):
    """there is no saved mapping {name!r} in {path} (saved: {known})"""


# --- prices -------------------------------------------------------------------------------------------


class BadPrices(Error):
    """the prices {path} cannot be used: line {line}: {why}"""

    def __init__(self, *, path: object, line: object, why: object) -> None:
        super().__init__(path=path, line=line, why=why)
        self.line, self.why = line, str(why)


class BadPrice(CommandLineError):
    """this price cannot be set: {why}"""


class BadDate(CommandLineError):
    """{option} does not understand {value!r}; write a date (UTC) such as 2026-01-31"""


class NoPriceForAll(CommandLineError):
    """{model} of {provider} has no price of yours for {start} that is for requests of every size; set that first,
    without --input-above"""


class NoPricesOf(Error):
    """no price list has a model {model!r}, and no request named one; {hint} (`usage prices --all` lists everything)"""


class NoPriceThere(Error):
    """no price list has {model!r} at {place}; {hint} (`usage prices --all` lists everything)"""


class ModelFromTwice(CommandLineError):
    """whatif takes its model from --model-from; leave out --model"""


# --- files to import ----------------------------------------------------------------------------------


class NoSuchFile(Error):
    """cannot read {path}: there is no such file"""


class Unreadable(Error):
    """cannot read {path}: {why}"""


class NothingFound(Error):
    """there are no logs of {whose} in the places looked in (usage sources lists them); name files: usage import FILE"""


class SetForEverything(CommandLineError):
    """--set and --use-map without a path would hold for the logs of every client: name files, say whose with --from,
    or keep it in the config: [import.set.SOURCE]"""


class NotConfirmed(CommandLineError):
    """nobody is there to ask: add --yes to import what was found here (files: {count}; usage sources lists them)"""


class EmptyFile(Error):
    """cannot read {path}: the file is empty"""


class NotText(Error):
    """cannot read {path}: it is not a text file"""


class WrongEncoding(Error):
    """cannot read {path}: it is not UTF-8 text; name its encoding, such as --encoding gbk"""


class BrokenArchive(Error):
    """cannot read {path}: the compressed file is damaged or cut off"""


class NoLogs(Error):
    """there is no usage log in {path}"""


class NotRecognised(Error):
    """cannot read {path}: no source has these columns: {found}; say which it is with --from, or convert it to CSV"""


class NotReadYet(Error):
    """cannot read {path}: it is {what}, which this program does not read yet"""


class ZipArchive(Error):
    """cannot read {path}: it is a zip archive; unpack it and import the files in it"""


class UnknownDatabase(Error):
    """cannot read {path}: it is an SQLite database whose tables no source knows"""


class AmbiguousSource(Error):
    """{path} could be any of {names}; say which with --from"""


class NoTimeColumn(Error):
    """cannot read {path}: no column looks like a time (found: {found}); name it with
    --map started_at=HEADING"""


class NoMeasureColumn(Error):
    """cannot read {path}: no column looks like requests, tokens or cost (found: {found}); name one with
    --map input_tokens=HEADING, --map requests=HEADING or --map cost_usd=HEADING"""


class AmbiguousDays(Error):
    """cannot read {path}: the days in {heading!r}, such as {sample}, can be read in two ways; say which with
    --time-format, such as {formats}"""


class AmbiguousNumbers(Error):
    """cannot read {path}: {sample} in {heading!r} could be two numbers; say which with --decimal , or --decimal ."""


class NotUnderstood(Error):
    """cannot read {path}: none of its records can be used ({count} read; {reason}: {sample} in {heading!r}); {hint}"""


class CompetingColumns(Error):
    """cannot read {path}: {headings} all look like {field}; choose with --map {field}=HEADING"""


class NoSuchHeading(Error):
    """cannot read {path}: there is no column {heading!r} (found: {found})"""


class ForeignCurrency(Error):
    """cannot read {path}: the amounts in {heading!r} are not US dollars; leave them out with
    --map cost_usd= or convert them first"""


class CountsAsMoney(Error):
    """cannot read {path}: {heading!r} may be counts and not money, as {beside!r} beside it says {found!r}; leave it out
    with --map cost_usd="""


class TooCostly(Error):
    """cannot read {path}: by {heading!r} a token would cost more than $0.01: it may be counts and not money; leave it
    out with --map cost_usd="""


class NothingReadable(Error):
    """none of the {count} files can be read; the first: {first}"""


class NothingUsable(Error):
    """cannot read {path}: none of its records can be used ({count} read; {reason})"""


class UnclosedQuote(Error):
    """cannot read {path}: a quote that begins in record {record} is never closed, and what follows would be lost"""


class NoRecords(Error):
    """cannot read {path}: it holds no records"""


# --- the store ----------------------------------------------------------------------------------------


class NoData(Error):
    """there is no data yet in {path}; import a usage log first: usage import FILE"""


class NotOurs(Error):
    """{path} is not a database of this program; choose another file with --db or USAGE_DB"""


class NewerStore(Error):
    """{path} was written by a newer version of this program (schema {found}, this one knows {known});
    upgrade instagen-usage-cli"""


class OlderStore(Error):
    """{path} was written by an older version of this program; bring it up to date with: usage migrate"""


class StoreBusy(Error):
    """{path} is in use by another process{holder}; try again when it is done"""


class StoreUnreadable(Error):
    """cannot open {path}: {why}"""


class StoreFailed(Error):
    """the database {path} refused the work, and nothing was stored: {why}"""


class StoreDamaged(Error):
    """the database {path} is damaged ({why}); restore it from a backup, or move it away and import again what
    `usage imports` lists"""


class TooLarge(Error):
    """cannot read {path}: it has more than {most:,} bytes; --max-bytes takes another number"""


class DiskFull(Error):
    """there is no room left for {path} or for temporary files, and nothing was stored; make room (TMPDIR says where
    temporary files go) and try again"""


class OutOfMemory(Error):
    """there is too little memory (a limit of the shell, such as ulimit -v, may be why), and nothing was stored"""


class TooManyFiles(Error):
    """too many files are open (ulimit -n says how many may be), and nothing was stored"""


class CannotWrite(Error):
    """cannot write {path}: {why}"""

    def __init__(self, *, path: object, why: object) -> None:
        super().__init__(path=path, why=why)
        self.why = str(why)


class ReaderGone(Error):
    """the reader of the output has gone"""

    exit_code = ExitCode.DONE


# --- the program itself -------------------------------------------------------------------------------


class Unexpected(Error):
    """a fault in this program, please report it: {what}; with USAGE_DEBUG=1 it says where"""
