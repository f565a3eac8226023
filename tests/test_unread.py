"""What is known, but not read yet, is refused by its name, and never read as something else."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli.adapters import unread
from tests.support.corpus import CASES, CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

FOLDER = CORPUS / "refused"
NAMED = {
    "bedrock_invocations.json": "an invocation log of Amazon Bedrock",
    "copilot_cli_events.jsonl": "a log of GitHub Copilot CLI",
    "cursor_usage.csv": "a usage export of Cursor's dashboard",
    "deepseek_amount.csv": "a usage export of DeepSeek's console",
    "deepseek_amount_legacy.csv": "a usage export of DeepSeek's console",
    "deepseek_cost.csv": "a usage export of DeepSeek's console",
    "deepseek_cost_cny.csv": "a usage export of DeepSeek's console",
    "deepseek_cost_legacy.csv": "a usage export of DeepSeek's console",
    "deepseek_usage.zip": "a usage export of DeepSeek's console",
    "kimi_cli_wire.jsonl": "a session of Kimi CLI",
    "litellm_daily_activity.json": "a report of LiteLLM's daily activity",
    "pi_session.jsonl": "a session of Pi, Oh My Pi or OpenClaw",
    "vercel_report.json": "a spend report of Vercel's AI gateway",
}


def test_every_kind_has_a_file() -> None:
    assert {each.title for each in unread.UNREAD} == set(NAMED.values())


@pytest.mark.parametrize("name", NAMED)
def test_it_is_refused_by_its_name(run: Run, tmp_path: Path, name: str) -> None:
    """Falls where a generic adapter guesses: a count of premium requests became $2.00."""
    outcome = run("import", FOLDER / name)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err == (
        f"usage: cannot read {FOLDER / name}: it is {NAMED[name]}, which this program does not read yet\n"
    )
    assert not (tmp_path / "usage.duckdb").exists()


@pytest.mark.parametrize("name", [name for name in NAMED if name.endswith(("l", "csv"))])
def test_the_order_of_lines_and_columns_is_no_matter(run: Run, tmp_path: Path, name: str) -> None:
    lines = (FOLDER / name).read_text("utf-8").splitlines()
    lines = [",".join(line.split(",")[::-1]) for line in lines] if name.endswith("csv") else lines[::-1]
    path = tmp_path / name
    path.write_text("\n".join(lines), "utf-8")
    assert NAMED[name] in run("import", path).err


def test_in_a_folder_it_is_listed_and_stops_no_other(run: Run, tmp_path: Path) -> None:
    for name in (*NAMED, "../jsonl/iso.ndjson"):
        (tmp_path / "logs").mkdir(exist_ok=True)
        (tmp_path / "logs" / name.rsplit("/", 1)[-1]).write_bytes((FOLDER / name).read_bytes())
    outcome = run("import", tmp_path / "logs", "--source-tz", "UTC")
    assert outcome.code == 0
    assert "from 1 file" in outcome.out
    for name, what in NAMED.items():
        if not name.endswith(".zip"):  # left out by its name
            assert f"{name}: it is {what}" in outcome.out


def test_another_archive_is_told_as_one(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "logs.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("log.csv", "time,tokens\n")
    assert "it is a zip archive; unpack it" in run("import", path).err


@pytest.mark.parametrize("case", CASES)
def test_nothing_that_is_read_looks_like_it(case: str) -> None:
    head = (CORPUS / case).read_bytes()[: 64 * 1024].decode("utf-8", "replace")
    assert unread.of_text(head) is None
