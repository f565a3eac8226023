"""What each command loads in a fresh interpreter: modules, not milliseconds. And completion, as shells ask for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import formats
from instagen_usage_cli.commands.app import COMMANDS
from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

SOURCES = Path(__file__).parents[1] / "src" / "instagen_usage_cli"
HEAVY = {
    "_duckdb",
    "duckdb",
    "rich",
    "pyarrow",
    "platformdirs",
    "tomlkit",
    "tzlocal",
    "plotille",
    "numpy",
    "pandas",
    "pydantic",
}
STARTED = "from instagen_usage_cli.__main__ import main; main()"
LOG = "Time,Model,Input Tokens,Output Tokens\n2026-11-20T10:00:00Z,openai/gpt-oss-120b,100,10\n"
# Runs the program, then says on standard error what it has loaded.
LISTING = """
import atexit, sys
atexit.register(lambda: print("MODULES", *sorted(sys.modules), file=sys.stderr))
from instagen_usage_cli.__main__ import main
main()
"""


def modules_of(*arguments: str, **variables: str) -> tuple[str, set[str]]:
    """What a run wrote, and the modules that it loaded."""
    ran = subprocess.run(
        [sys.executable, "-c", LISTING, *arguments],
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=True,
    )
    said, _, modules = ran.stderr.rpartition("MODULES ")
    assert said == ""
    return ran.stdout, set(modules.split())


def listing(*arguments: str, **variables: str) -> tuple[str, set[str]]:
    """What a run wrote, and the top-level modules that it loaded."""
    out, modules = modules_of(*arguments, **variables)
    return out, {name.split(".")[0] for name in modules}


@pytest.mark.parametrize(
    "arguments", ["--help", "-h", "--version", *(f"{command} --help" for command in COMMANDS), "stats -h"]
)
def test_help_and_version_load_nothing_heavy(arguments: str) -> None:
    out, modules = listing(*arguments.split())
    assert out
    assert modules & HEAVY == set()


def test_the_version_loads_next_to_nothing() -> None:
    out, modules = listing("--version")
    assert re.fullmatch(r"usage \d+\.\d+\.\d+\n", out)
    assert modules & {"typer", "importlib.metadata", "inspect", "typing", "dataclasses", "pathlib", "re"} == set()


def test_the_version_is_that_of_the_package_however_it_is_asked_for(run: Callable[..., Outcome]) -> None:
    """By itself, among other options, as it is installed, and from sources that nobody has installed."""
    bare = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(SOURCES.parent)!r}); {STARTED}"]
    uninstalled = subprocess.run([*bare, "--version"], capture_output=True, text=True, check=True)
    said = {run("--version").out, run("--version", "--db", "any").out, uninstalled.stdout}
    assert said == {f"usage {version('instagen-usage-cli')}\n"}


def test_a_command_loads_no_other_command() -> None:
    out, modules = modules_of("keys", "--help")
    assert out.startswith("Usage: usage keys ")
    commands = "instagen_usage_cli.commands."
    assert {name.removeprefix(commands) for name in modules if name.startswith(commands)} == {
        "app",
        "keys",
        "report_options",
    }


def test_options_before_a_command_are_those_of_the_program(run: Callable[..., Outcome]) -> None:
    """The value of an option may be called like a command."""
    assert run("--db", "stats", "imports").err.startswith("usage: --db belongs behind the command: usage imports")


def test_what_is_written_last_is_written(run: Callable[..., Outcome], tmp_path: Path) -> None:
    """The interpreter is not taken apart in the end; what others have left to it is done all the same."""
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    run("import", tmp_path / "log.csv")
    last = "import atexit, sys; atexit.register(lambda: (print('last'), sys.stderr.write('gone')))"
    ran = subprocess.run(
        [sys.executable, "-c", f"{last}; {STARTED}", "stats"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.endswith("\nlast\n")
    assert ran.stderr == "gone"
    failed = subprocess.run([sys.executable, "-c", STARTED, "nothing"], env=environment(), check=False)
    assert failed.returncode == 2


def test_importing_the_package_costs_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); import instagen_usage_cli; print(*sorted(set(sys.modules) - before))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "instagen_usage_cli\n"


@pytest.mark.parametrize("format_", sorted({*formats.NAMES} - {*formats.FOR_PEOPLE}))
def test_reports_for_programs_load_neither_rich_nor_pyarrow(
    run: Callable[..., Outcome], tmp_path: Path, format_: str
) -> None:
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    run("import", tmp_path / "log.csv")
    out, modules = listing("stats", "--format", format_)
    assert "openai/gpt-oss-120b" in out
    assert "_duckdb" in modules
    assert modules & {"duckdb", "rich", "pyarrow", "numpy", "pandas", "pydantic", "tomlkit", "tomllib"} == set()


@pytest.mark.parametrize("arguments", ["stats", "import log.csv"])
def test_tables_and_imports_do_not_load_pyarrow(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: str
) -> None:
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    run("import", tmp_path / "log.csv")
    monkeypatch.chdir(tmp_path)
    _, modules = listing(*arguments.split())
    assert modules & {"duckdb", "pyarrow", "numpy", "pandas", "pydantic", "tomlkit"} == set()


def test_the_month_so_far_loads_nothing_of_the_import(run: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, "utf-8")
    run("import", tmp_path / "log.csv")
    out, modules = modules_of()
    assert "list prices (instagen.csv; 1 request)" in out
    assert not any(name.startswith(("instagen_usage_cli.importing", "instagen_usage_cli.adapters")) for name in modules)


def test_only_the_store_imports_duckdb() -> None:
    found = {
        path.name for path in SOURCES.rglob("*.py") if re.search(r"\b(import|from) _?duckdb\b", path.read_text("utf-8"))
    }
    assert found == {"store.py"}


def test_only_main_commands_and_options_import_typer() -> None:
    found = {path for path in SOURCES.rglob("*.py") if re.search(r"\b(import|from) typer\b", path.read_text("utf-8"))}
    commands = {path for path in found if path.parent.name == "commands"}
    assert {path.name for path in found - commands} == {"__main__.py", "options.py"}
    assert {"app.py", "report_options.py"} <= {path.name for path in commands}


# --- completion ---------------------------------------------------------------------------------------


def complete(shell: str, line: str) -> str:
    """What the program answers when a shell asks it to complete a line (its last word may be empty)."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
        },
    }[shell]
    out, modules = listing(_USAGE_COMPLETE=f"complete_{shell}", **asked)
    heavy = HEAVY - {"rich"} if shell in ("zsh", "fish") else HEAVY  # typer formats the help texts for these with rich
    assert modules & heavy == set()
    return out


def offered(shell: str, answer: str) -> list[str]:
    """The words that an answer offers, without their descriptions."""
    if shell == "zsh":
        return re.findall(r'"((?:[^"\\]|\\.)*)":"', answer)
    return [line.split("\t")[0] for line in answer.split("\n") if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("usage sta", ["stats"]),
        ("usage im", ["import", "imports"]),
        ("usage stats --la", ["--last"]),
        ("usage stats --last 7d --per", ["--period"]),
        ("usage import --dry", ["--dry-run"]),
        ("usage nothing-like-this", []),
    ],
)
def test_completion_offers_commands_and_options(shell: str, line: str, expected: list[str]) -> None:
    assert offered(shell, complete(shell, line)) == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_of_nothing_offers_every_command(shell: str) -> None:
    assert sorted(offered(shell, complete(shell, "usage "))) == sorted(COMMANDS)


@pytest.mark.parametrize(
    ("shell", "mark"), [("bash", "complete -o default -F"), ("zsh", "compdef"), ("fish", "complete")]
)
def test_the_completion_script_of_each_shell_is_shown(shell: str, mark: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "instagen_usage_cli", "--show-completion", shell],
        env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert mark in ran.stdout
    assert f"complete_{shell}" in ran.stdout
    assert "_USAGE_COMPLETE" in ran.stdout
    assert ran.stderr == ""


@pytest.fixture
def usage_on_path(tmp_path: Path) -> dict[str, str]:
    """An environment in which `usage` and `instagen-usage` are this program, whatever is installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("usage", "instagen-usage"):
        script = folder / name
        script.write_text(
            f"#!{sys.executable}\nimport sys\nsys.argv[0] = {name!r}\n"
            "from instagen_usage_cli.__main__ import main\nmain()\n",
            "utf-8",
        )
        script.chmod(0o755)
    return environment(PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")


BASH = """
shopt -u progcomp_alias 2>/dev/null
eval "$($0 --show-completion)"
COMP_WORDS=($0 %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
name=$(complete -p $0 | sed 's/.*-F \\([^ ]*\\).*/\\1/')
$name $0
printf '%%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize("program", ["usage", "instagen-usage"])
@pytest.mark.parametrize(("words", "expected"), [("sta", "stats"), ("stats --la", "--last")])
def test_a_real_bash_completes(usage_on_path: dict[str, str], program: str, words: str, expected: str) -> None:
    ran = subprocess.run(
        ["bash", "--norc", "-c", BASH % words, program],  # noqa: S607 - any bash
        env=usage_on_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr) == (f"{expected}\n", "")


def test_completion_for_an_unknown_shell_is_no_traceback() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "instagen_usage_cli", "--show-completion", "tcsh"],
        env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (1, 2)
    assert ran.stderr.count("\n") == 1
    assert "tcsh" in ran.stderr
