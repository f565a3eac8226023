"""Measure the import, the reports and the start, each against bare DuckDB or bare Python in the same run.

    python -m bench                                     1,000,000 lines and 10,000,000 stored requests
    python -m bench --lines 100000 --stored 1000000     in a minute
    python -m bench --report                            passes whatever the figures are

Prints one line per figure and exits with 1 if one is beyond its limit.
"""

from __future__ import annotations

import json
import platform
import re
import sys
from argparse import ArgumentParser
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from bench import data, stored_requests
from bench.measuring import Figure, Run, pairs, ratio, run
from instagen_usage_cli import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

USAGE = Path(sys.executable).with_name("usage")
MEBIBYTE = 1024 * 1024
IMPORT_PAIRS, REPORT_PAIRS, HELP_PAIRS = 3, 5, 15
# Each report, and how many times as long as its own statements it may take.
REPORTS = {
    "stats --last 7d": 1.6,
    "stats": 2.0,
    "trends": 2.0,
    "trends --by model --measure latency": 2.0,
    "models": 2.0,
    "models compare openai/gpt-oss-120b deepseek-ai/DeepSeek-V3.1": 2.0,
    "keys": 2.0,
    "forecast": 2.0,
    "advise": 2.0,
    "requests": 2.0,
    "requests --sort costliest": 2.0,
    "sessions": 2.0,
    "whatif --model-from openai/gpt-oss-120b --model-to deepseek-ai/DeepSeek-V3.1": 2.0,
}
SURROUNDINGS = {"USAGE_NOW": stored_requests.END.isoformat(), "USAGE_CONFIG": str(data.FOLDER / "no-config.toml")}


def main() -> int:
    parser = ArgumentParser(prog="python -m bench")
    parser.add_argument("--lines", type=int, default=1_000_000, help="LiteLLM lines to import")
    parser.add_argument("--stored", type=int, default=10_000_000, help="stored requests to report on")
    parser.add_argument("--report", action="store_true", help="print the figures, and pass whatever they are")
    asked = parser.parse_args()
    print(f"duckdb {version('duckdb')}, Python {platform.python_version()}, {platform.machine()}")
    is_ok = True
    for figure in _figures(asked.lines, asked.stored):
        print(figure, flush=True)
        is_ok = is_ok and figure.is_ok
    return 0 if is_ok or asked.report else 1


def _figures(lines: int, stored: int) -> Iterator[Figure]:
    yield from _help()
    yield from _reports(stored)
    yield _pricing(stored)
    yield from _import(lines)


def _help() -> Iterator[Figure]:
    """The start of the program: `usage --help` against a Python that does nothing."""
    runs = pairs(lambda: _usage("--help"), lambda: run(sys.executable, "-c", "pass"), HELP_PAIRS)
    yield ratio("usage --help / python -c pass", runs, 5.0)
    told = run(sys.executable, "-X", "importtime", USAGE, "--help").err
    heavy = sorted(set(re.findall(r"\| +(duckdb|rich)$", told, re.MULTILINE)))
    yield Figure("heavy modules that usage --help imports", len(heavy), 0, ", ".join(heavy))


def _reports(count: int) -> Iterator[Figure]:
    """Every report in a table, against its own statements, run bare on the same file."""
    database = data.stored_requests(count)
    with TemporaryDirectory(dir=data.FOLDER) as folder:
        statements = Path(folder, "statements")
        for report, limit in REPORTS.items():
            runs = pairs(*_report_and_bare(report.split(), database, statements), REPORT_PAIRS)
            yield ratio(f"usage {report} over {count:,} / bare statements", runs, limit)


def _pricing(count: int) -> Figure:
    """The sums of every model with what they cost, against the same sums without."""
    out = run(sys.executable, "-m", "bench.pricing", data.stored_requests(count)).out
    value, priced, unpriced = (float(each) for each in out.split())
    return Figure(
        f"pricing {count:,} by model / the same sums", value, 4.0, f"{priced:.3f} s / {unpriced:.3f} s", "too slow"
    )


def _report_and_bare(
    report: list[str], database: Path, statements: Path
) -> tuple[Callable[[], Run], Callable[[], Run]]:
    arguments = [*report, "--db", str(database)]
    run(sys.executable, "-m", "bench.recorded", statements, *arguments, environment=SURROUNDINGS)

    def ours() -> Run:
        return _usage(*arguments)

    def theirs() -> Run:
        return run(sys.executable, data.BENCH / "bare_report.py", database, statements)

    _check(int(theirs().out) > 0, "the bare statements give rows")
    return ours, theirs


def _import(count: int) -> Iterator[Figure]:
    """The import of a LiteLLM log into a new database, against a bare `create table as` of the fields it reads."""
    log = data.litellm_lines(count)
    statement = _bare_statement(log)
    _warm(log)
    with TemporaryDirectory(dir=data.FOLDER) as folder:
        stored, bare = Path(folder, "usage.duckdb"), Path(folder, "bare.duckdb")

        def ours() -> Run:
            stored.unlink(missing_ok=True)
            return _usage("import", log, "--db", stored)

        def theirs() -> Run:
            bare.unlink(missing_ok=True)
            return run(sys.executable, data.BENCH / "bare_import.py", bare, statement)

        runs = pairs(ours, theirs, IMPORT_PAIRS)
        _check(_new_requests(stored) == count, "every line is stored")
        size = stored.stat().st_size
    peak, bare_peak = (max(each.peak_bytes for each in side) / MEBIBYTE for side in zip(*runs, strict=True))
    yield ratio(f"usage import of {count:,} / bare create table as", runs, 2.0)
    yield Figure("peak memory of that import in MiB", peak, 1024, f"bare: {bare_peak:.0f}")
    yield Figure("bytes per stored request", size / count, 60)


def _bare_statement(log: Path) -> str:
    """The same fields that the adapter takes from a line, each as it takes them."""
    found = re.search(r"json_transform\(\s*text,\s*'(\{.*?\})'", sql.load("adapters", "litellm"), re.DOTALL)
    _check(found is not None, "the LiteLLM adapter names its fields in one json_transform")
    fields = json.loads(found[1]) if found else {}
    columns = ", ".join(f"{name}: '{_type(kind)}'" for name, kind in fields.items())
    source = f"read_json({_quoted(log)}, format = 'newline_delimited', columns = {{{columns}}})"
    return f"create table requests as select * from {source}"  # noqa: S608 - the adapter's own names


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _type(kind: Any) -> str:  # noqa: ANN401 - as JSON gives it
    """A DuckDB type, from the way json_transform writes it."""
    if isinstance(kind, dict):
        return "struct(" + ", ".join(f"{name} {_type(inner)}" for name, inner in kind.items()) + ")"
    return f"{_type(kind[0])}[]" if isinstance(kind, list) else str(kind)


def _new_requests(database: Path) -> int:
    rows = json.loads(_usage("imports", "--db", database, "--format", "json").out)["rows"]
    return sum(int(row["new"]) for row in rows)


def _warm(file: Path) -> None:
    """Read a file once, so that the first run does not pay for the disk."""
    with file.open("rb") as content:
        while content.read(16 * MEBIBYTE):
            pass


def _usage(*arguments: str | Path) -> Run:
    """The program as its user starts it, at the end of the generated days and without a config."""
    return run(sys.executable, USAGE, *arguments, environment=SURROUNDINGS)


def _check(holds: bool, what: str) -> None:  # noqa: FBT001 - reads like an assertion
    if not holds:
        sys.exit(f"the bench is wrong: it does not hold that {what}")


if __name__ == "__main__":
    sys.exit(main())
