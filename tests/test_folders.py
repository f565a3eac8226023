"""What an import of a folder opens, and what it says of the rest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.conftest import CORPUS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from instagen_usage_cli.store import Store
    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

pytestmark = pytest.mark.threads
ROWS = """Time,Model,Input Tokens,Output Tokens
2026-11-{day}T10:00:00Z,m,100,10
2026-11-{day}T11:00:00Z,m,100,10
"""


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


@pytest.mark.parametrize("name", ["usage*.csv", "usage[1].csv", "usage?.csv", "[usage].csv"])
@pytest.mark.parametrize("as_folder", [True, False])
def test_what_looks_like_a_pattern_in_a_name_is_a_name(run: Run, tmp_path: Path, name: str, as_folder: bool) -> None:  # noqa: FBT001 - a case
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / name).write_text(ROWS.format(day=20), "utf-8")
    (folder / "usage1.csv").write_text(ROWS.format(day=21), "utf-8")
    outcome = run("import", folder) if as_folder else run("import", folder / name, folder / "usage1.csv")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Read 4 records from 2 files: 4 new." in outcome.out
    told = run("imports", "--format", "json").json["rows"]
    assert sorted((row["path"], row["new"]) for row in told) == sorted(
        (str(folder / each), 2) for each in (name, "usage1.csv")
    )
    assert run("requests", "--period", "all", "--format", "csv").out.count("2026-11-21") == 2


@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_what_is_not_compressed_is_read_whatever_its_name_says(run: Run, tmp_path: Path, ending: str) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "a.csv").write_text(ROWS.format(day=20), "utf-8")
    (folder / f"b.csv{ending}").write_text(ROWS.format(day=21), "utf-8")
    (folder / f"c.jsonl{ending}").write_bytes((CORPUS / "litellm/instagen.jsonl").read_bytes())
    outcome = run("import", folder)
    assert (outcome.code, outcome.err) == (0, "")
    assert "Read 12 records from 3 files: 12 new." in outcome.out


# Halves of characters, alone, in front of a whole one, and around backslashes; the last has none.
CUT_TEXTS = [
    r"cut \ud83d",
    r"\ude00 first",
    r"\uD83D",
    r"\ud83d\ud83d\ude00",
    r"\\\ud83d",
    r"\ud83dx\ude00",
    r"\ud83d\"\\",
    r"\ud83d\ude00 \\ud83d",
]
CUT = {
    "claude-code": '{"type":"assistant","message":{"id":"msg_01A0123456789abcdefghij","role":"assistant","model":"m",'
    '"content":[{"type":"text","text":"%s"}],"usage":{"input_tokens":100,"output_tokens":10}},"requestId":"req_1",'
    '"uuid":"u-1","sessionId":"s-1","timestamp":"2026-11-20T10:00:00.000Z"}',
    "jsonl": '{"time":"2026-11-20T10:00:00Z","model":"m","input_tokens":100,"output_tokens":10,"note":"%s"}',
    "openai-response": '{"id":"chatcmpl-0123456789abcdef0123","object":"chat.completion","created":1763632800,'
    '"model":"m","choices":[{"message":{"content":"%s"}}],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}',
}


@pytest.mark.parametrize("source", CUT)
@pytest.mark.parametrize("shape", ["lines", "many files", "document"])
def test_half_a_character_does_not_lose_a_request(run: Run, tmp_path: Path, source: str, shape: str) -> None:
    """As where a text was cut within an emoji; whole ones, and backslashes before a u, are left as they are."""
    folder = tmp_path / "logs"
    folder.mkdir()
    records = [
        CUT[source].replace("0123", f"{place:04}").replace("10:00", f"10:{place:02}").replace("800,", f"8{place:02},")
        % text
        for place, text in enumerate(CUT_TEXTS)
    ]
    if shape == "document":
        (folder / "log.json").write_text(f"[{', '.join(records)}]", "utf-8")
    else:
        (folder / "log.jsonl").write_text("\n".join(records) + "\n", "utf-8")
    if shape == "many files":
        for number in range(33):
            (folder / f"{number}.jsonl").write_text(records[-1] + "\n", "utf-8")
    outcome = run("import", folder, "--from", source)
    assert (outcome.code, outcome.err) == (0, "")
    total = run("stats", "--period", "all", "--format", "json").json["total"]
    known = (total["requests"], total["input_tokens"], total["output_tokens"])
    assert known == (len(records), 100 * len(records), 10 * len(records))
    assert run("skipped", "--format", "json").json["rows"] == []


def test_half_a_character_in_a_stream_is_no_broken_line(run: Run, tmp_path: Path) -> None:
    chunk = (
        '{"id":"chatcmpl-0123456789abcdef0123","object":"chat.completion.chunk","created":1763632800,"model":"m",%s}'
    )
    said = [
        chunk % r'"choices":[{"delta":{"content":"\ud83d"}}],"usage":null',
        chunk % r'"choices":[{"delta":{"content":"\ude00"}}],"usage":null',
        chunk % r'"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}',
    ]
    (tmp_path / "answer.sse").write_text("".join(f"data: {line}\n\n" for line in [*said, "[DONE]"]), "utf-8")
    outcome = run("import", tmp_path / "answer.sse")
    assert "Read 1 records from 1 file: 1 new." in outcome.out, outcome.out
    assert run("stats", "--period", "all", "--format", "json").json["total"]["total_tokens"] == 110


def test_one_line_with_pictures_does_not_make_the_others_slow(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the file in which it is is read again."""
    from instagen_usage_cli.importing import reading, recognising

    folder = tmp_path / "logs"
    folder.mkdir()
    for number in range(40):
        line = CUT["claude-code"].replace("0123", f"{number:04}") % ("short" if number != 7 else "x" * 17_000_000)
        (folder / f"{number:02}.jsonl").write_text(line + "\n", "utf-8")
    read: list[int] = []
    insert = reading._insert  # noqa: SLF001 - how many files each reading has

    def counted(store: Store, batch: list[recognising.Recognised], options: recognising.Options, buffer: int) -> None:
        read.append(len(batch))
        insert(store, batch, options, buffer)

    monkeypatch.setattr(reading, "_insert", counted)
    outcome = run("import", folder, "--from", "claude-code")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Read 40 records from 40 files: 40 new." in outcome.out
    assert read == [40, 40, 1]
