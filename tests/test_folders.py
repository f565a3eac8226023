"""What an import of a folder opens, and what it says of the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.conftest import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]


def test_a_folder_is_read_by_content_and_what_stays_closed_is_told(run: Run, tmp_path: Path) -> None:
    """A rotated log is one; JSON that is called CSV is JSON; other endings are named."""
    folder = tmp_path / "logs"
    (folder / "deep").mkdir(parents=True)
    gateway = (CORPUS / "litellm/instagen.jsonl").read_bytes()
    (folder / "gateway.jsonl.1").write_bytes(gateway)
    (folder / "answers.csv").write_bytes((CORPUS / "openai-response/prompt_caching.jsonl").read_bytes())
    (folder / "deep" / "notes.dat").write_bytes(gateway)
    (folder / ".hidden.dat").write_bytes(gateway)
    outcome = run("import", folder)
    assert (outcome.code, outcome.err) == (0, "")
    assert "Read 12 records from 2 files: 12 new." in outcome.out
    assert "Not opened: 1 file with other endings (notes.dat); name those that are logs." in outcome.out
    assert "8 already stored" in run("import", folder / "deep" / "notes.dat").out


def test_a_map_for_a_source_that_knows_its_fields_is_told(run: Run) -> None:
    outcome = run("import", CORPUS / "litellm/instagen.jsonl", "--map", "cost_usd=price")
    assert outcome.code == 0
    assert "columns: those of litellm; --map is for other files" in outcome.out


def test_of_many_files_the_first_that_tells_of_a_request_brought_it(run: Run, tmp_path: Path) -> None:
    """Whichever of them is read first: each request stands in three of the sixty files, once in each."""
    folder = tmp_path / "logs"
    folder.mkdir()
    files, kept = 60, 300
    records = [
        {
            "id": f"{number:032x}",
            "time": f"2026-11-20T10:{number % 60:02}:00Z",
            "model": "m",
            "input": number,
            "output": 1,
        }
        for number in range(kept)
    ]
    for number in range(files):
        told = [one for place, one in enumerate(records) if (place + number) % (files // 3) == 0]
        (folder / f"{number:02}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")
    assert run("import", folder).code == 0
    rows = run("imports", "--format", "json").json["rows"]
    assert [(row["new"], row["repeat"]) for row in rows] == [(15, 0)] * 20 + [(0, 15)] * 40
    total = run("stats", "--last", "30d", "--format", "json").json["total"]
    assert (total["requests"], total["input_tokens"]) == (kept, sum(range(kept)))
