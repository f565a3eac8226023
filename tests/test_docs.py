"""The README and docs tell the truth: examples are run, generated parts are compared. `make docs` writes them again."""

from __future__ import annotations

import csv
import inspect
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer

from instagen_usage_cli import __main__ as program
from instagen_usage_cli import config, errors, store
from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.commands.app import app
from instagen_usage_cli.importing import headings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Outcome

ROOT = Path(__file__).parents[1]
COMMANDS = sorted(typer.main.get_group(app).commands)
# Each command, and those below it.
SUBCOMMANDS = sorted(
    [name, *below]
    for name, command in typer.main.get_group(app).commands.items()
    for below in ([], *([each] for each in getattr(command, "commands", {})))
)
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
    yield "| `--from` | what it is | marks that must all occur |\n|---|---|---|\n" + "".join(
        f"| `{adapter.name}` | {adapter.title} | {', '.join(f'`{_cell(m)}`' for m in adapter.marks) or 'none'} |\n"
        for adapter in ADAPTERS
    )


def headings_(_: Callable[..., Outcome]) -> Iterator[str]:
    short = {field: name for name, field in headings.SHORT_NAMES.items()}
    yield "| field | short | headings |\n|---|---|---|\n" + "".join(
        f"| `{field}` | {f'`{short[field]}`' if field in short else ''} | {text.replace('|', ', ')} |\n"
        for field, text in headings.SYNONYMS.items()
        if text
    )


def prices(_: Callable[..., Outcome]) -> Iterator[str]:
    yield "| model | input | output | from | until | price list |\n|---|---:|---:|---|---|---|\n"
    for path in sorted((ROOT / "pricing").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for line in csv.DictReader(file):
                cells = [line[name] for name in ("model", "input", "output", "effective_from", "effective_until")]
                yield "| " + " | ".join([*cells, path.name]) + " |\n"


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


GENERATORS = {
    "commands": commands,
    "tables": tables,
    "sources": sources,
    "headings": headings_,
    "prices": prices,
    "messages": messages,
}


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
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
    for field, text in headings.SYNONYMS.items():
        for synonym in filter(None, text.split("|")):
            unit = " (ms)" if field in headings.TIMED else ""
            assert headings._field_of(synonym + unit)[0] == field, synonym  # noqa: SLF001 - the table is what counts


def test_documentation_names_no_machine() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"):
        assert not re.search(r"/(root|work|home/\w+|tmp)/", page.read_text("utf-8")), page


def _compare(page: Path, text: str, fresh: str, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        page.write_text(fresh, "utf-8")
    else:
        assert fresh == text, f"{page.name} is stale: run make docs, and read the difference"
