"""The README and docs tell the truth: examples are run, generated parts are compared. `make docs` writes them again."""

from __future__ import annotations

import ast
import csv
import inspect
import io
import json
import re
import shlex
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill
from typing import TYPE_CHECKING

import pytest
import typer
from bench.reports import reports_over
from fuzz.crashes import acts

from instagen_usage_cli import __main__ as program
from instagen_usage_cli import config, errors, store
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.commands import app
from instagen_usage_cli.importing import fields as mapped_fields
from instagen_usage_cli.prices import lines
from instagen_usage_cli.reports.basis import STATES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.conftest import Outcome

ROOT = Path(__file__).parents[1]
PRICING = ROOT / "pricing"
APP = app.app_for([])
COMMANDS = typer.main.get_group(APP).commands
# Each command, and those below it.
SUBCOMMANDS = sorted(
    [name, *below]
    for name, command in COMMANDS.items()
    for below in ([], *([each] for each in getattr(command, "commands", {})))
)
LONGEST_HELP = 200  # characters
EXAMPLE = re.compile(r"(<!-- example: (\w+) -->\n```console\n\$ ([^\n]+)\n)(.*?)(```\n<!-- end -->)", re.DOTALL)
GENERATED = re.compile(r"(<!-- generated: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def commands(run: Callable[..., Outcome]) -> Iterator[str]:
    for arguments in ([], *SUBCOMMANDS):
        title = " ".join(["usage", *arguments])
        yield f"## {title}\n\n```text\n{run(*arguments, '--help').out.strip()}\n```\n"


def tables(_: Callable[..., Outcome]) -> Iterator[str]:
    path = Path("documented.duckdb")
    store.migrate(path)
    with store.open_reading(path) as opened:
        tables = opened.query("select table_name, comment from duckdb_tables() where not internal order by table_oid")
        columns = opened.query(
            "select table_name, column_name, data_type, comment from duckdb_columns() where not internal"
            " order by column_index"
        )
    for table, comment in tables.rows:
        yield f"## {table}\n\n{comment}\n\n| column | type | meaning |\n|---|---|---|\n" + "".join(
            f"| `{name}` | {kind} | {meaning or ''} |\n" for of, name, kind, meaning in columns.rows if of == table
        )


def sources(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| `--from` | what it is | JSON: marks that must all occur | CSV, Parquet: headings that must all be there |"
    yield "\n|---|---|---|---|\n"
    for adapter in ADAPTERS:
        marks = ", ".join(f"`{_cell(mark)}`" for mark in adapter.marks) or "none"
        headings_ = "; or ".join(", ".join(wanted) for wanted in adapter.headings)
        yield f"| `{adapter.name}` | {adapter.title} | {marks} | {headings_ or 'none'} |\n"


def listed_commands(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| command | what it does |\n|---|---|\n"
    for name in app.COMMANDS:
        yield f"| `usage {name}` | {COMMANDS[name].get_short_help_str(LONGEST_HELP)} |\n"


def listed_sources(_: Callable[..., Outcome]) -> Iterator[str]:
    """Any table and any record of JSON first."""
    yield "| what it is | `--from` | files | found without a path |\n|---|---|---|---|\n"
    for adapter in sorted(ADAPTERS, key=lambda each: not each.mapped):
        is_table = bool(adapter.headings) and not adapter.queries  # else the headings are those of its database
        kinds = {
            "JSON": bool(adapter.marks) or adapter.name == "jsonl",
            "CSV, Parquet": is_table or adapter.name == "csv",
            "SQLite": bool(adapter.queries),
        }
        files = ", ".join(kind for kind, is_read in kinds.items() if is_read)
        yield f"| {adapter.title} | `{adapter.name}` | {files} | {'yes' if adapter.places else ''} |\n"


def headings_(_: Callable[..., Outcome]) -> Iterator[str]:
    short = {field: name for name, field in mapped_fields.SHORT_NAMES.items()}
    yield "| field | short | headings |\n|---|---|---|\n" + "".join(
        f"| `{field}` | {f'`{short[field]}`' if field in short else ''} | {text.replace('|', ', ')} |\n"
        for field, text in mapped_fields.SYNONYMS.items()
        if text
    )


def prices(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| model | input | output | from | until |\n|---|---:|---:|---|---|\n"
    for line in lines.read(PRICING / "instagen.csv"):
        days = [str(day or "") for day in (line.effective_from, line.effective_until)]
        yield "| " + " | ".join([line.model, str(line.input), str(line.output), *days]) + " |\n"


def priced_providers(_: Callable[..., Outcome]) -> Iterator[str]:
    models = {(line.provider, line.model) for line in lines.read(PRICING / "genai-prices.csv")}
    counts = Counter(provider for provider, _ in models)
    ranked = sorted(counts, key=lambda provider: (-counts[provider], provider))
    listed = ", ".join(f"{provider} {counts[provider]}" for provider in ranked)
    yield fill(f"{len(models):,} models of {len(counts)} providers: {listed}.", 120, break_on_hyphens=False) + "\n"


def messages(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| exit code | message |\n|---:|---|\n"
    for error in _leaves(errors.Error):
        text = " ".join((inspect.getdoc(error) or "").split())
        yield f"| {error.exit_code} | {_cell(re.sub(r'!r}', '}', text))} |\n"


def _leaves(error: type[errors.Error]) -> Iterator[type[errors.Error]]:
    below = error.__subclasses__()
    if not below:
        yield error
    for kind in below:
        yield from _leaves(kind)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def compared(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| requests | command | question of the yardstick | days that it reads | ratio at most |\n"
    yield "|---|---|---|---|---|\n"
    for size, counted in (("up to 100,000", 100_000), ("more", 10_000_000), ("50,000,000 and more", 100_000_000)):
        for command, question, days, limit in reports_over(counted):
            yield f"| {size} | `{f'usage {command}'.strip()}` | `{question}` | {days} | {limit} |\n"


def tried(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| act | command | before it |\n|---|---|---|\n"
    with TemporaryDirectory() as folder:
        for act in acts(Path(folder)):
            command, *before = (
                f"`usage {' '.join(each).replace(f'{folder}/', '')}`" for each in (act.arguments, *act.before)
            )
            there = "an older database" if act.is_older else "nothing"
            yield f"| {act.name} | {command} | {', '.join(before) or there} |\n"


GENERATORS = {
    "acts": tried,
    "commands": commands,
    "tables": tables,
    "sources": sources,
    "listed_commands": listed_commands,
    "listed_sources": listed_sources,
    "headings": headings_,
    "prices": prices,
    "priced_providers": priced_providers,
    "messages": messages,
    "compared": compared,
}


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_generated_docs_are_true(
    page: Path,
    run: Callable[..., Outcome],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    text = page.read_text("utf-8")
    assert GENERATED.search(text) or EXAMPLE.search(text), "a page without a generated part belongs into the README"

    def fresh(found: re.Match[str]) -> str:
        content = "".join(GENERATORS[found[2]](run)) if found[2] != "commands" else "\n".join(commands(run))
        return found[1] + content + found[4]

    _compare(page, text, GENERATED.sub(fresh, text), request)


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "docs" / "reports.md"], ids=lambda path: path.name)
def test_examples_are_true(
    page: Path,
    run: Callable[..., Outcome],
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    assert run("demo", "--folder", tmp_path / "demo").code == 0
    monkeypatch.chdir(tmp_path / "demo")
    text = page.read_text("utf-8")
    if "$ usage import" not in text:
        assert run("import", "dashboard.csv", "litellm.jsonl").code == 0

    def fresh(found: re.Match[str]) -> str:
        program, *arguments = shlex.split(found[3])
        assert program == "usage"
        outcome = run(*arguments)
        assert (outcome.code, outcome.err) == (0, "")
        shown = outcome.out.replace(str(tmp_path / "demo"), "~/demo").replace(str(tmp_path), "~").replace("\r\n", "\n")
        lines = [line.rstrip() for line in shown.splitlines()]
        return found[1] + "".join(f"{line}\n" for line in lines) + found[5]

    _compare(page, text, EXAMPLE.sub(fresh, text), request)


# --- the worked examples of docs/prices.md --------------------------------------------------------------

PRICES_PAGE = (ROOT / "docs" / "prices.md").read_text("utf-8")
NAMED = re.compile(r"(?P<model>\S+)(?: at (?P<provider>\S+))?(?: on (?P<host>\S+))?")
# What a worked example calls the columns of a price list and of a log, where that is not what they are called there.
PRICE_COLUMNS = {"from": "effective_from", "until": "effective_until"}
LOG_HEADINGS = {
    "input": "input tokens",
    "cached": "cached tokens",
    "written_5m": "cache write 5m tokens",
    "written_1h": "cache write 1h tokens",
    "output": "output tokens",
    "reasoning": "reasoning tokens",
    "tier": "service tier",
}
LOG = ("id", "time", "provider", "host", "model", *LOG_HEADINGS.values(), "status", "cost")
# Columns of a price list that a worked example calls otherwise, or that no cost depends on.
UNSHOWN = ("provider", "host", "model", "effective_from", "effective_until", "checked_on", "source")
MODES = {"cost": "auto", "reported": "reported", "list": "list"}
LABEL = 9  # characters


@dataclass
class Worked:
    """A worked example: lines of one's own list, requests in a log, and what each costs in a mode of --cost."""

    prices: list[dict[str, str]]
    requests: list[dict[str, str]]
    costs: list[tuple[str, str, str]]

    @classmethod
    def of(cls, block: str) -> Worked:
        worked = cls([], [], [])
        for line in block.splitlines():
            label, content = line[:LABEL].strip(), line[LABEL:]
            if label == "price":
                name, *items = content.split(" · ")
                said = dict(item.split(" ", 1) for item in items)
                worked.prices.append(named(name) | {PRICE_COLUMNS.get(key, key): said[key] for key in said})
            elif label == "request":
                worked.requests.append(request(str(len(worked.requests)), *content.split(" · ")))
            else:
                worked.costs.append((worked.requests[-1]["id"], MODES[label], content))
        return worked

    def price_list(self) -> str:
        return written(lines.COLUMNS, self.prices)

    def logs(self) -> dict[str, str]:
        """The log of each kind of reported cost, or of none; a hit of a gateway's cache as LiteLLM writes it."""
        kinds = {request["kind"] for request in self.requests}
        logs = {kind: [request for request in self.requests if request["kind"] == kind] for kind in sorted(kinds)}
        return {
            kind: "".join(map(cache_hit, log)) if kind == "cache_hit" else written(LOG, log)
            for kind, log in logs.items()
        }


def named(text: str) -> dict[str, str]:
    """Such as `model-a at example on one.example.com`."""
    found = NAMED.fullmatch(text)
    assert found, text
    return {name: value for name, value in found.groupdict().items() if value}


def request(place: str, time: str, name: str, *items: str) -> dict[str, str]:
    """A row of a log, and the `kind` of its reported cost; without a time of day, at noon."""
    at = time if " " in time else f"{time} 12:00:00"
    found = {"id": f"worked-{place}", "time": at, "kind": "", "status": "ok", **named(name)}
    for item in items:
        what, _, value = item.partition(" ")
        if what == "failed":
            found["status"] = what
        elif what in LOG_HEADINGS:
            found[LOG_HEADINGS[what]] = value
        else:
            assert what in ("billed", "gateway", "client", "cache_hit"), item
            found |= {"kind": what, "cost": value}
    return found


def written(columns: Sequence[str], rows: Sequence[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def cache_hit(request: dict[str, str]) -> str:
    record = {
        "id": request["id"],
        "startTime": request["time"],
        "endTime": request["time"],
        "model": request["model"],
        "custom_llm_provider": request["provider"],
        "status": "success",
        "cache_hit": True,
        "prompt_tokens": int(request["input tokens"]),
        "completion_tokens": int(request["output tokens"]),
        "response_cost": 0.5,
    }
    return json.dumps(record) + "\n"


def worked_out(text: str) -> Decimal:
    """The value of sums, differences and products as the page writes them."""

    def value(node: ast.expr) -> Decimal:
        if isinstance(node, ast.Constant):
            return Decimal(str(node.value))
        assert isinstance(node, ast.BinOp), text
        left, right = value(node.left), value(node.right)
        if isinstance(node.op, ast.Mult):
            return left * right
        assert isinstance(node.op, ast.Add | ast.Sub), text
        return left + right if isinstance(node.op, ast.Add) else left - right

    return value(ast.parse(text.replace("×", "*").replace("−", "-"), mode="eval").body)


def blocks() -> Iterator[tuple[str, str]]:
    """The worked examples, under their headings."""
    heading = ""
    for found in re.finditer(r"^#+ ([^\n]+)$|^```text\n(.*?)^```$", PRICES_PAGE, re.DOTALL | re.MULTILINE):
        heading = found[1] or heading
        if found[2]:
            yield heading, found[2]


@pytest.mark.parametrize(("heading", "block"), [pytest.param(*each, id=each[0]) for each in blocks()])
def test_a_worked_example_costs_what_it_says(
    heading: str, block: str, run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("USAGE_PRICES", str(tmp_path / "mine.csv"))
    worked = Worked.of(block)
    assert worked.costs, heading
    if worked.prices:
        (tmp_path / "mine.csv").write_text(worked.price_list(), "utf-8")
    for kind, text in worked.logs().items():
        log = tmp_path / f"{kind}.{'jsonl' if kind == 'cache_hit' else 'csv'}"
        log.write_text(text, "utf-8")
        options = ["--from", "litellm"] if kind == "cache_hit" else ["--set", f"cost_kind={kind or 'client'}"]
        outcome = run("import", log, "--source-tz", "UTC", *options)
        assert outcome.code == 0, outcome.err
    found = {}
    for mode in {mode for _, mode, _ in worked.costs}:
        outcome = run("requests", "--period", "all", "--limit", "100", "--cost", mode, "--format", "json")
        assert outcome.code == 0, outcome.err
        for row in json.loads(outcome.out, parse_float=Decimal, parse_int=Decimal)["rows"]:
            found[row["upstream_id"], mode] = row["cost_state"], row["cost_usd"]
    for name, mode, content in worked.costs:
        said, _, usd = content.partition(" → $")
        arithmetic, _, millionths = said.partition(" = ")
        if millionths:
            assert worked_out(arithmetic) == Decimal(millionths) == Decimal(usd) * 1_000_000, content
        state = "list" if millionths else said
        assert found[name, mode] == (state, Decimal(usd) if usd else None), content


def test_the_page_on_prices_names_every_column_and_state() -> None:
    names = [*lines.COLUMNS, *STATES]
    assert not [name for name in names if f"`{name}`" not in PRICES_PAGE]
    examples = "".join(block for _, block in blocks())
    assert not [name for name in lines.COLUMNS if f" {name} " not in examples and name not in UNSHOWN]


def test_help_from_the_file_is_that_of_the_program(
    run: Callable[..., Outcome], request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = run("--help").out
    monkeypatch.setattr("instagen_usage_cli.__main__.HELP_WIDTH", 10_000)  # never wide enough: Typer works it out
    _compare(Path(program.__file__).with_name("help.txt"), shown, run("--help").out, request)


def test_every_command_and_source_is_named_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    missing = [name for name in COMMANDS if f"usage {name}" not in text and name != "migrate"]
    assert not missing
    assert not [adapter.name for adapter in ADAPTERS if f"`{adapter.name}`" not in text]


def test_the_config_of_the_readme_says_what_it_claims(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    path.write_text(example, "utf-8")
    found = config.read(path)
    assert (found.tz, found.source_tz) == ("Europe/Paris", "UTC")
    assert found.limits == {
        "web-app": config.Limits(requests_per_minute=600, tokens_per_minute=200_000, concurrent_requests=50),
        "*": config.Limits(requests_per_minute=100),
    }


def test_every_heading_maps_to_its_field() -> None:
    for field, text in mapped_fields.SYNONYMS.items():
        for synonym in filter(None, text.split("|")):
            unit = " (ms)" if field in mapped_fields.TIMED else ""
            assert mapped_fields.field_of(synonym + unit)[0] == field, synonym


def test_documentation_names_no_machine() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"):
        assert not re.search(r"(?<!\w)/(root|work|home/\w+|tmp)/", page.read_text("utf-8")), page


def _compare(page: Path, text: str, fresh: str, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--update-golden"):
        assert fresh == text, f"{page.name} is stale: run make docs, and read the difference"
    elif fresh != text:
        page.write_text(fresh, "utf-8")
