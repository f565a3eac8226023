"""What an import of a folder opens, and what it says of the rest."""

from __future__ import annotations

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
