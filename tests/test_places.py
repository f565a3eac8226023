"""What is found without a path: where clients keep their logs, and what is done with it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from instagen_usage_cli.adapters import ADAPTERS
from instagen_usage_cli.importing import places
from tests.conftest import CORPUS, environment
from tests.support.stored import table

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

pytestmark = pytest.mark.threads
# A log of the corpus for every client, and where it lies on Linux when nothing else is said.
USUAL = {
    "claude-code": ("ccusage_alpha.jsonl", ".claude/projects/-home-dev-work/s.jsonl"),
    "qwen-code": ("chat_1.jsonl", ".qwen/projects/-home-dev-work/chats/s.jsonl"),
    "gemini-cli": ("with_usage.json", ".gemini/tmp/0a1b/chats/session-1.json"),
    "codex": (
        "session_0.145.0.jsonl",
        ".codex/sessions/2026/07/11/rollout-1.jsonl",
    ),
    "cline": ("cline_cli_3.0.65_messages.json", ".cline/data/sessions/1/1.messages.json"),
    "opencode": ("opencode_1.18.33_loopback.db", ".local/share/opencode/opencode.db"),
    "llm": ("logs_llm-0.36_loopback.db", ".config/io.datasette.llm/logs.db"),
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def laid(path: Path, source: str) -> Path:
    """The log of a client, put at a path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(CORPUS / source / USUAL[source][0], path)
    return path


def found() -> dict[str, list[str]]:
    """What lies in the places, by source."""
    files: dict[str, list[str]] = {}
    for each in places.look():
        files.setdefault(str(each.source), []).extend(item.name for item in each.finding.files)
    return {source: names for source, names in files.items() if names}


def test_every_client_has_a_place() -> None:
    assert {adapter.name for adapter in ADAPTERS if adapter.places} == {*USUAL, "aider"}


def test_logs_are_found_and_imported_once(run: Run, tmp_path: Path, home: Path) -> None:
    paths = {source: str(laid(home / place, source)) for source, (_, place) in USUAL.items()}
    outcome = run("import", "--yes")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("Found on this machine:")
    imported = {row["source"]: row["path"] for row in table(tmp_path / "usage.duckdb", "imports")}
    assert imported == paths
    assert all(row["new"] for row in table(tmp_path / "usage.duckdb", "imports"))
    before = run("stats", "--period", "all", "--format", "csv").out
    again = run("import", "--yes")
    assert f"{len(USUAL)} files have not changed" in again.out
    assert run("stats", "--period", "all", "--format", "csv").out == before
    assert len(table(tmp_path / "usage.duckdb", "imports")) == len(USUAL)


def test_sources_tells_what_is_there_and_when_it_was_imported(run: Run, home: Path) -> None:
    laid(home / USUAL["llm"][1], "llm")
    rows = {row["source"]: row for row in run("sources", "--format", "json").json["rows"]}
    assert rows.keys() == {adapter.name for adapter in ADAPTERS}
    assert (rows["llm"]["place"], rows["llm"]["files"]) == ("~/.config/io.datasette.llm/logs.db", 1)
    assert rows["llm"]["bytes"] == (home / USUAL["llm"][1]).stat().st_size
    assert rows["llm"]["imported_at"] is None
    assert (rows["csv"]["place"], rows["csv"]["files"]) == (None, None)
    assert run("import", "--yes").code == 0
    row = next(row for row in run("sources", "--format", "json").json["rows"] if row["source"] == "llm")
    assert (row["imported_files"], row["imported_at"]) == (1, "2026-11-23T12:00:00+00:00")


@pytest.mark.parametrize(
    ("source", "variable", "below"),
    [
        ("claude-code", "CLAUDE_CONFIG_DIR", "projects/p/s.jsonl"),
        ("codex", "CODEX_HOME", "archived_sessions/rollout-1.jsonl"),
        ("qwen-code", "QWEN_HOME", "projects/p/chats/s.jsonl"),
        ("qwen-code", "QWEN_RUNTIME_DIR", "projects/p/chats/s.jsonl"),
        ("gemini-cli", "GEMINI_CLI_HOME", ".gemini/tmp/p/chats/session-1.json"),
        ("gemini-cli", "GEMINI_CLI_HOME", ".gemini/tmp/p/chats/parent/child.jsonl"),
        ("opencode", "XDG_DATA_HOME", "opencode/opencode-dev.db"),
        ("llm", "LLM_USER_PATH", "logs.db"),
        ("llm", "XDG_CONFIG_HOME", "io.datasette.llm/logs.db"),
        ("cline", "CLINE_DIR", "data/sessions/1/1.messages.json"),
        ("cline", "CLINE_DATA_DIR", "sessions/1/1.messages.json"),
        ("cline", "CLINE_SESSION_DATA_DIR", "1/1.messages.json"),
        ("cline", "XDG_CONFIG_HOME", "Cursor/User/globalStorage/kilocode.kilo-code/tasks/1/ui_messages.json"),
    ],
)
def test_the_environment_moves_a_place(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, variable: str, below: str
) -> None:
    laid(home / USUAL[source][1], source)
    moved = laid(tmp_path / "elsewhere" / below, source)
    monkeypatch.setenv(variable, str(tmp_path / "elsewhere"))
    names = found()[source]
    assert str(moved) in names
    # The editors' folder does not move with that of the CLI.
    assert len(names) == (2 if (source, variable) == ("cline", "XDG_CONFIG_HOME") else 1)


@pytest.mark.parametrize(("variable", "below"), [("OPENCODE_DB", "my.db"), ("KILO_DB", "my.sqlite")])
def test_a_variable_names_a_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, below: str
) -> None:
    database = laid(tmp_path / "elsewhere" / below, "opencode")
    monkeypatch.setenv(variable, str(database))
    assert found() == {"opencode": [str(database)]}


@pytest.mark.parametrize(
    ("platform", "variables", "place"),
    [
        ("darwin", {}, "home/Library/Application Support/Code/User/globalStorage"),
        ("win32", {"APPDATA": "roaming"}, "roaming/Code/User/globalStorage"),
        ("win32", {}, "home/AppData/Roaming/Code/User/globalStorage"),
        ("linux", {}, "home/.config/Code/User/globalStorage"),
    ],
)
def test_every_platform_has_a_folder_of_applications(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variables: dict[str, str], place: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setattr(sys, "platform", platform)
    log = laid(tmp_path / place / "saoudrizwan.claude-dev/tasks/1/ui_messages.json", "cline")
    assert found() == {"cline": [str(log)]}


def test_a_log_in_its_place_is_one_whatever_its_first_lines_hold(run: Run, tmp_path: Path, home: Path) -> None:
    """Bad bytes in a line lose that line alone, as do zeros that a crash has left."""
    good = (CORPUS / "claude-code/session_2.1.jsonl").read_bytes()
    bad = b'{"type":"user","message":{"role":"user","content":"' + b"x" * 3000 + b'\xff"}}\n'
    zeros = b"\0" * 2000 + b"\n"
    for number, content in enumerate((bad + good, good[:300] + b"\xff" + good[300:], good + zeros)):
        path = home / f".claude/projects/p{number}/s.jsonl"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        assert run("import", "--yes", "--db", tmp_path / f"{number}.duckdb").code == 0
        rows = {row["path"]: row for row in table(tmp_path / f"{number}.duckdb", "imports")}
        assert rows[str(path)]["read"] >= 10
        if number == 0:
            (alone,) = rows.values()
            wanted = run("import", CORPUS / "claude-code/session_2.1.jsonl", "--dry-run").out
            assert f"{alone['read'] - 1} records, " in wanted
            assert run("skipped", "--db", tmp_path / "0.duckdb").out.count("not valid UTF-8") == 1


def test_several_folders_may_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [laid(tmp_path / name / "projects/p/s.jsonl", "claude-code") for name in ("one", "two")]
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", f"{tmp_path / 'one'}, {tmp_path / 'two'}")
    assert found()["claude-code"] == [str(path) for path in paths]


def test_a_place_may_be_a_file(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tmp_path / "analytics.jsonl"
    shutil.copyfile(next((CORPUS / "aider").glob("*.jsonl")), log)
    monkeypatch.setenv("AIDER_ANALYTICS_LOG", str(log))
    assert found() == {"aider": [str(log)]}
    assert run("import", "--yes").code == 0


def test_links_are_not_followed_out_of_a_place(home: Path, tmp_path: Path) -> None:
    outside = laid(tmp_path / "outside/p/s.jsonl", "claude-code")
    projects = home / ".claude/projects"
    projects.mkdir(parents=True)
    (projects / "linked").symlink_to(outside.parent)
    (projects / "file.jsonl").symlink_to(outside)
    (projects / "round").symlink_to(projects)
    assert found() == {}
    inside = laid(projects / "p/s.jsonl", "claude-code")
    assert found() == {"claude-code": [str(inside)]}


def test_a_place_may_itself_be_a_link(home: Path, tmp_path: Path) -> None:
    laid(tmp_path / "disk/p/s.jsonl", "claude-code")
    (home / ".claude").mkdir(parents=True)
    (home / ".claude/projects").symlink_to(tmp_path / "disk")
    assert found() == {"claude-code": [str(home / ".claude/projects/p/s.jsonl")]}


def test_the_config_adds_places(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    shutil.copyfile(CORPUS / "litellm/instagen.jsonl", logs / "gateway.jsonl")
    (tmp_path / "config.toml").write_text(f"[import]\nplaces = ['{logs}', '{tmp_path}/gone']\n", "utf-8")
    outcome = run("import", "--yes")
    assert outcome.code == 0, outcome.err
    assert "  config: 1 file, " in outcome.out
    assert f"Passed over: cannot read {tmp_path}/gone" in outcome.out
    (row,) = table(tmp_path / "usage.duckdb", "imports")
    assert row["source"] == "litellm"


@pytest.mark.parametrize(
    "content", ["[import]\nplaces = 'logs'", "[import]\nplaces = [1]", "[import]\nplaces = [['x']]"]
)
def test_places_of_the_config_are_a_list_of_texts(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "config.toml").write_text(content, "utf-8")
    outcome = run("import", "--yes")
    assert outcome.code == 1
    assert 'places = ["FILE, FOLDER or GLOB", …]' in outcome.err


def test_the_config_says_what_is_true_of_a_source(run: Run, tmp_path: Path, home: Path) -> None:
    """And it stays so, however often it is imported."""
    for source in ("llm", "claude-code"):
        laid(home / USUAL[source][1], source)
    assert run("import", "--yes").code == 0
    (tmp_path / "config.toml").write_text("[import.set.llm]\nprovider = 'instagen'\n", "utf-8")
    outcome = run("import", "--yes")
    for _ in range(2):
        assert outcome.code == 0, outcome.err
        stored = {(row["source"], row["provider"]) for row in table(tmp_path / "usage.duckdb", "requests")}
        assert stored == {("llm", "instagen"), ("claude-code", "anthropic")}
        outcome = run("import", "--yes")
    assert "2 files have not changed" in outcome.out
    (tmp_path / "config.toml").write_text("[import]\nset.llm.provider = 5\n", "utf-8")
    assert "[import.set.NAME] must hold texts" in run("import", "--yes").err
    (tmp_path / "config.toml").write_text("[import]\nmore = 5\n", "utf-8")
    assert "[import] knows places" in run("import", "--yes").err


def test_what_was_read_as_something_else_is_read_anew(run: Run, tmp_path: Path, home: Path) -> None:
    """Imported by name, with a provider of one's own or as plain JSON, and found later, it is one request."""
    line = (
        '{"timestamp":"2026-11-20T10:00:00Z","sessionId":"s","requestId":"req_1","type":"assistant","message":{"id":"msg_1",'
        '"role":"assistant","model":"claude-x","usage":{"input_tokens":5,"output_tokens":7}}}\n'
    )
    path = home / ".claude/projects/p/s.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(line, "utf-8")
    given = ("import", path, "--set", "provider=instagen", "--set", "host=llm.submodel.ai")
    for first in (given, (*given, "--from", "claude-code")):
        database = tmp_path / f"{len(first)}.duckdb"
        assert run(*first, "--db", database).code == 0
        assert run("import", "--yes", "--db", database).code == 0
        stored = [(row["source"], row["provider"], row["input_tokens"]) for row in table(database, "requests")]
        assert stored == [("claude-code", "anthropic", 5)]


def test_odd_names_and_users_do_not_stop_the_others(
    run: Run, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = laid(home / USUAL["claude-code"][1], "claude-code")
    Path(os.fsdecode(os.fsencode(path.parent) + b"/b\xff.jsonl")).write_bytes(path.read_bytes())
    monkeypatch.setenv("CODEX_HOME", "~nosuchuser/x")
    (tmp_path / "config.toml").write_text("[import]\nplaces = ['~nosuchuser/x', '-']\n", "utf-8")
    outcome = run("import", "--yes")
    assert outcome.code == 0, outcome.err
    assert "its name is not UTF-8" in outcome.out
    assert len(table(tmp_path / "usage.duckdb", "imports")) == 1


def test_links_are_not_followed_out_of_a_place_of_the_config(run: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside/x.jsonl"
    outside.parent.mkdir()
    shutil.copyfile(CORPUS / "litellm/instagen.jsonl", outside)
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "file.jsonl").symlink_to(outside)
    (logs / "deep").symlink_to(outside.parent)
    for place in (logs, f"{logs}/**/*.jsonl"):
        (tmp_path / "config.toml").write_text(f"[import]\nplaces = ['{place}']\n", "utf-8")
        outcome = run("import", "--yes")
        assert (outcome.code, outcome.out) == (1, "")
        assert "no logs of any client" in outcome.err


def test_places_without_anything_to_read(run: Run, tmp_path: Path, home: Path) -> None:
    (tmp_path / "config.toml").write_text("[import]\nplaces = ['/nonexistent']\n", "utf-8")
    outcome = run("import", "--yes")
    assert outcome.code == 1
    assert "none of the 1 files can be read; the first: cannot read /nonexistent" in outcome.err
    (tmp_path / "config.toml").unlink()
    empty = home / ".claude/projects/p/e.jsonl"
    empty.parent.mkdir(parents=True)
    empty.write_bytes(b"")
    outcome = run("import", "--yes")
    assert outcome.code == 0, outcome.err
    assert "Nothing new" in outcome.out


def test_many_databases_and_a_bad_row(run: Run, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in range(34):
        shutil.copyfile(
            CORPUS / "opencode" / ("bad_rows.db" if number == 7 else USUAL["opencode"][0]), logs / f"{number}.db"
        )
    assert run("import", logs).code == 0
    assert len(table(tmp_path / "usage.duckdb", "imports")) == 34


def test_the_end_of_what_is_typed_stops_it(home: Path) -> None:
    laid(home / USUAL["claude-code"][1], "claude-code")
    for key in ("\x03", "\x04"):
        child = pexpect.spawn(
            sys.executable, ["-m", "instagen_usage_cli", "import"], env=environment(), encoding="utf-8", timeout=30
        )
        child.expect("Import into .*\\[Y/n\\]")
        child.send(key)
        child.expect("stopped before it was done")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 130


def test_a_file_without_a_request_does_not_stop_the_others(run: Run, tmp_path: Path, home: Path) -> None:
    laid(home / USUAL["claude-code"][1], "claude-code")
    for name, content in {
        "empty": b"",
        "notes": b"no log at all\n",
        "summary": b'{"type":"summary","leafUuid":"x"}\n',
    }.items():
        (home / f".claude/projects/-home-dev-work/{name}.jsonl").write_bytes(content)
    outcome = run("import", "--yes")
    assert outcome.code == 0, outcome.err
    assert "no log at all" not in outcome.out
    assert sum(row["new"] for row in table(tmp_path / "usage.duckdb", "imports")) == 3


def test_many_files_are_told_by_source_and_read_as_one_by_one(run: Run, tmp_path: Path, home: Path) -> None:
    """From 33 files on they are read in any order; a bad line is told with its place all the same."""
    lines = (CORPUS / "claude-code/bad_lines.jsonl").read_text("utf-8")
    for number in range(40):
        path = home / f".claude/projects/p/{number}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            lines.replace("msg_01", f"msg_01{number:02}").replace("req_011", f"req_011{number:02}"), "utf-8"
        )
    outcome = run("import", "--yes")
    assert outcome.code == 0, outcome.err
    assert "  claude-code, 40 files: " in outcome.out
    together = tmp_path / "usage.duckdb"
    alone = tmp_path / "alone.duckdb"
    files = sorted((home / ".claude/projects/p").iterdir())
    for few in (files[:20], files[20:]):
        assert run("import", *few, "--db", alone).code == 0
    for name in ("stats", "requests"):
        given = (name, "--period", "all", "--format", "csv")
        assert run(*given, "--db", together).out == run(*given, "--db", alone).out
    places_of = [
        run("skipped", "--format", "json", "--limit", "999", "--db", each).json["rows"] for each in (together, alone)
    ]
    told = [sorted((row["path"], row["line"], row["byte_offset"], row["reason"]) for row in rows) for rows in places_of]
    assert told[0] == told[1]
    assert told[0]


def test_a_terminal_is_asked(tmp_path: Path, home: Path) -> None:
    laid(home / USUAL["claude-code"][1], "claude-code")
    for answer, said in (("n", "Nothing was imported"), ("", "3 new")):
        child = pexpect.spawn(
            sys.executable, ["-m", "instagen_usage_cli", "import"], env=environment(), encoding="utf-8", timeout=600
        )
        child.expect("Import into .*\\[Y/n\\]")
        child.sendline(answer)
        child.expect(said)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
    assert os.path.exists(tmp_path / "usage.duckdb")  # noqa: PTH110


def test_a_terminal_is_not_asked_where_nothing_has_changed(home: Path, run: Run) -> None:
    laid(home / USUAL["claude-code"][1], "claude-code")
    assert run("import", "--yes").code == 0
    child = pexpect.spawn(
        sys.executable, ["-m", "instagen_usage_cli", "import"], env=environment(), encoding="utf-8", timeout=600
    )
    child.expect("1 file has not changed since the last import and was not opened")
    child.expect(pexpect.EOF)
    assert "Import into" not in child.before
    child.close()
    assert child.exitstatus == 0


def test_a_dry_run_of_many_files_is_told_by_source_and_leaves_out_what_has_not_changed(run: Run, home: Path) -> None:
    folder = home / ".claude/projects/p"
    folder.mkdir(parents=True)
    lines = (CORPUS / "claude-code/session_2.1.jsonl").read_bytes()
    for number in range(25):
        (folder / f"{number}.jsonl").write_bytes(lines)
    told = run("import", "--dry-run").out.splitlines()
    records = run("import", folder / "0.jsonl", "--dry-run").out.split(", requests, ")[1].split(" records, ")[0]
    assert "Nothing is stored: this is a dry run." in told
    assert any(line.startswith(f"  claude-code, 25 files: {25 * int(records):,} records, ") for line in told)
    assert run("stats").code == 1  # nothing was stored
    assert run("import", folder / "0.jsonl", folder / "1.jsonl").code == 0
    told = run("import", "--dry-run").out.splitlines()
    assert any(line.startswith("  claude-code, 23 files: ") for line in told)
    assert "2 files have not changed since the last import and were not opened." in told
    assert run("import", "--yes").code == 0
    outcome = run("import", "--dry-run")
    assert outcome.code == 0
    assert outcome.out.splitlines()[-1] == "25 files have not changed since the last import and were not opened."
    assert "  claude-code, 25 files: " in run("import", "--dry-run", "--again").out
