"""A report equals an independent reading of the same logs, model by model and day by day.

The readings (`tests/independent`) were written from the formats' descriptions, not from the adapters.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.independent import generated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Outcome
    from tests.independent import Reading

    Run = Callable[..., Outcome]
    # For each day and model: requests, failed ones, input, output, cache reads, reasoning.
    Sums = dict[tuple[str, str | None], list[int | None]]

CORPUS = Path(__file__).parent / "corpus"
CLIENTS = ("claude-code", "qwen-code", "gemini-cli", "aider", "opencode", "llm", "cline", "codex")
UNKNOWN_PARENT = pytest.mark.xfail(
    strict=True, reason="a fork of a fork is not known by what it has in common with its parent"
)


def added(before: int | None, more: int | None) -> int | None:
    return before if more is None else (before or 0) + more


def sums(readings: Iterable[Reading]) -> Sums:
    found: Sums = defaultdict(lambda: [0, None, None, None, None, None])
    for reading in readings:
        row = found[str(reading.day), reading.model]
        counts = (1, None if reading.ok is None else int(not reading.ok), *reading.tokens)
        row[:] = [added(before, more) for before, more in zip(row, counts, strict=True)]
    return dict(found)


def reported(run: Run, client: str, *options: str | Path) -> Sums:
    outcome = run(
        "stats",
        "--every",
        "day",
        "--by",
        "model",
        "--source",
        client,
        "--period",
        "all",
        "--tz",
        "UTC",
        "-f",
        "json",
        *options,
    )
    assert outcome.code == 0, outcome.err
    names = (
        "requests", "failed_requests", "input_tokens", "output_tokens", "cache_read_tokens", "reasoning_tokens",
    )  # fmt: skip
    return {(row["bucket"], row["model"]): [row[name] for name in names] for row in outcome.json["rows"]}


def independent(client: str, paths: Iterable[Path]) -> Sums:
    reader = import_module(f"tests.independent.{client.replace('-', '_')}")
    return sums(reader.read(paths))


def files(client: str) -> list[Path]:
    cases = CORPUS / client / "cases.toml"
    if not cases.exists():
        pytest.skip("no corpus yet")
    names = tomllib.loads(cases.read_text("utf-8"))
    return [cases.parent / name for name in names if not name.startswith("bad_")]


@pytest.mark.parametrize("client", CLIENTS)
def test_the_report_over_a_corpus_is_what_a_plain_reading_says(run: Run, client: str) -> None:
    paths = files(client)
    assert run("import", *paths).code == 0
    expected = independent(client, paths)
    assert expected
    assert reported(run, client) == expected


@pytest.mark.parametrize("client", CLIENTS)
def test_the_report_over_many_generated_records_is_what_a_plain_reading_says(
    run: Run, tmp_path: Path, client: str
) -> None:
    assert_reads_alike(run, tmp_path, client, generated.write(client, tmp_path / "logs"))


def assert_reads_alike(run: Run, tmp_path: Path, client: str, paths: list[Path]) -> None:
    """In both orders of the files."""
    expected = independent(client, paths)
    assert sum(row[0] or 0 for row in expected.values()) > 50
    for name, order in (("forth", paths), ("back", paths[::-1])):
        database = tmp_path / f"{name}.duckdb"
        assert run("import", *order, "--db", database).code == 0
        assert reported(run, client, "--db", database) == expected


@pytest.mark.parametrize(
    ("parents", "with_meta"),
    [
        pytest.param((0, 0), False, id="fork"),
        pytest.param((0, 0, 0), False, id="two forks"),
        pytest.param((0, 0), True, id="fork with what its parent says of itself"),
        pytest.param((0, 0, 1), True, id="fork of a fork with what both say of themselves"),
        pytest.param((0, 0, 1), False, id="fork of a fork", marks=UNKNOWN_PARENT),
    ],
)
def test_what_forks_of_codex_copied_is_counted_where_it_happened(
    run: Run, tmp_path: Path, parents: tuple[int, ...], *, with_meta: bool
) -> None:
    assert_reads_alike(run, tmp_path, "codex", family(tmp_path, parents, with_meta=with_meta))


@pytest.mark.parametrize("step", [1, -1])
def test_a_fork_of_codex_may_be_imported_apart_from_its_parent(run: Run, tmp_path: Path, step: int) -> None:
    paths = family(tmp_path, (0, 0), with_meta=False)
    for path in paths[::step]:
        assert run("import", path).code == 0
    assert reported(run, "codex") == independent("codex", paths)


def family(folder: Path, parents: tuple[int, ...], *, with_meta: bool) -> list[Path]:
    told = generated.codex_family(generated.Dice(3), parents, with_meta=with_meta)
    return [generated.lines(folder / f"rollout-{place}.jsonl", session) for place, session in enumerate(told)]
