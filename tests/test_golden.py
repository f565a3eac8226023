"""What every report looks like, in every format and on a terminal, over the demo's 90 days of traffic."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import demo, formats
from tests.conftest import NOW, kept_open
from tests.support.terminals import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Outcome

COMPARED = "models compare openai/gpt-oss-120b deepseek-ai/DeepSeek-V3.1"
CODER = "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8"
REPORTS = {
    "stats-compare": "stats --last 7d --by key --compare",
    "trends": "trends --last 10d",
    "trends-by-key": "trends --every week --by key --last 3w --measure tokens",
    "trends-latency": "trends --last 3d --measure latency",
    "trends-weekday": "trends --by weekday --measure requests",
    "models": "models --last 7d",
    "models-compare": f"{COMPARED} --last 30d",
    "keys": "keys --last 7d",
    "forecast": "forecast",
    "forecast-by-key": "forecast --by key",
    "forecast-backtest": "forecast --backtest",
    "advise": "advise --last 7d",
    "requests": "requests --limit 5",
    "requests-costliest": "requests --sort costliest --limit 3 --last 7d --wide",
    "sessions": "sessions --limit 5",
    "stats-cost-parts": "stats --last 7d --cost list --cost-parts",
    "models-cost-parts": "models --last 7d --cost-parts",
    "prices": "prices",
    "prices-all": "prices --all --provider anthropic --model claude-opus-4-*",
    "prices-show": "prices show openai/gpt-oss-120b",
    "whatif": f"whatif --model-from {CODER} --model-to openai/gpt-oss-120b --last 7d --by key",
    "explain": "explain bbbbc10a",
}
CHARTS = {
    "chart": "trends --last 14d --chart",
    "chart-by-key": "trends --last 14d --by key --chart",
    "chart-week": "trends --by weekday --chart --measure requests",
}


@pytest.fixture(scope="session")
def demo_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The database of the demo, made once."""
    from datetime import datetime

    folder = tmp_path_factory.mktemp("demo") / "demo"
    with kept_open(demo.make(folder, now=datetime.fromisoformat(NOW)).database) as path:
        yield path


@pytest.fixture
def database(demo_database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo's database, where the program looks for it."""
    monkeypatch.setenv("USAGE_DB", str(demo_database))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("format_", formats.NAMES)
@pytest.mark.parametrize("name", REPORTS)
def test_report(run: Callable[..., Outcome], golden: Callable[[str, str], None], name: str, format_: str) -> None:
    outcome = run(*REPORTS[name].split(), "--format", format_)
    assert (outcome.code, outcome.err) == (0, "")
    assert "\x1b" not in outcome.out
    golden(f"{name}.{format_}.txt", outcome.out)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", CHARTS)
def test_chart(run: Callable[..., Outcome], golden: Callable[[str, str], None], name: str) -> None:
    outcome = run(*CHARTS[name].split())
    assert (outcome.code, outcome.err) == (0, "")
    golden(f"{name}.txt", outcome.out)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("width", [80, 132])
@pytest.mark.parametrize("name", REPORTS | CHARTS)
def test_it_fits_the_terminal_and_cuts_no_number(name: str, width: int) -> None:
    command = (REPORTS | CHARTS)[name].replace(" --wide", "").split()
    shown = terminal(width, *command, height=80)
    assert max(len(line) for line in shown.split("\n")) <= width
    assert not re.search(r"(?<![\w./-])\$?[\d,.]+…", shown)
