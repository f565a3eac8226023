"""The sessions of Claude Code where the client keeps them: imported first, again, and with one of the files grown."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench import data
from bench.measuring import MEBIBYTE, Figure, Run, pairs, ratio, run
from bench.program import check, usage
from instagen_usage_cli.adapters import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = "claude-code"
MEGABYTES = 500
FIRST_PAIRS, LATER_PAIRS = 5, 5
FIRST_LIMIT, LATER_LIMIT = 2.5, 1.5
MOST_MEBIBYTES = 1024
ANSWER = re.compile(rb'"id":"(msg_01\w+)"')
TURN_LINES, ANSWER_LINES, GROWN_TURNS = 3, 2, 10


def figures(lines: int) -> Iterator[Figure]:
    """The figures of 1,300 files, smaller ones where fewer lines of other logs are measured."""
    megabytes = MEGABYTES if lines >= 1_000_000 else max(5, lines // 2000)  # noqa: PLR2004 - the usual count
    generated = data.sessions(megabytes)
    with TemporaryDirectory(dir=data.FOLDER) as folder:
        yield from _Bench(generated, Path(folder), megabytes).figures()


class _Bench:
    """The client's folder is made of links to the generated files, so that one can be replaced; so is every other place
    a folder of its own, with nothing in it.
    """

    def __init__(self, generated: Path, folder: Path, megabytes: int) -> None:
        self.home, empty = folder / "claude", folder / "empty"
        shutil.copytree(generated, self.home, copy_function=os.link)
        empty.mkdir()
        variables = {name.partition("/")[0] for each in ADAPTERS for place in each.places for name in place.variables}
        everywhere = variables | {"HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"}
        self.environment = dict.fromkeys(everywhere, str(empty)) | {"CLAUDE_CONFIG_DIR": str(self.home)}
        self.files = sorted(self.home.glob("projects/**/*.jsonl"))
        self.stored, self.copy, self.empty = (folder / f"{name}.duckdb" for name in ("stored", "copy", "empty"))
        self.what = f"{megabytes} MB of sessions"

    def figures(self) -> Iterator[Figure]:
        answers = len(_answers(self.files))  # which also reads every file once: the first run does not pay for the disk
        yield from self._first(answers)
        yield self._unchanged(answers)
        yield self._grown(answers)

    def _first(self, answers: int) -> Iterator[Figure]:
        runs = pairs(self._import_first, self._bare, FIRST_PAIRS)
        check(self._imported() == (len(self.files), answers), f"{answers:,} answers are as many requests")
        check(int(runs[0][1].out) == ANSWER_LINES * answers, "an answer is told by two lines")
        peak, bare_peak = (max(each.peak_bytes for each in side) / MEBIBYTE for side in zip(*runs, strict=True))
        yield ratio(f"usage import of {self.what} / bare read_json", runs, FIRST_LIMIT)
        yield Figure(f"peak memory of the import of {self.what} in MiB", peak, MOST_MEBIBYTES, f"bare: {bare_peak:.0f}")

    def _unchanged(self, answers: int) -> Figure:
        usage("import", self.files[0], "--db", self.empty, environment=self.environment)
        usage("forget", "1", "--db", self.empty, environment=self.environment)
        runs = pairs(self._import_found, self._stats_of_nothing, LATER_PAIRS)
        check(self._imported() == (len(self.files), answers), "what is unchanged is not imported again")
        return ratio("the same again, unchanged / usage stats of nothing", runs, LATER_LIMIT)

    def _grown(self, answers: int) -> Figure:
        grown = self.files[len(self.files) // 2]
        _grow(grown)

        def everywhere() -> Run:
            shutil.copy(self.stored, self.copy)
            done = self._import_found(self.copy)
            check(self._imported(self.copy) == (len(self.files) + 1, answers + GROWN_TURNS), "only one file has grown")
            return done

        def alone() -> Run:
            shutil.copy(self.stored, self.copy)
            return usage("import", grown, "--db", self.copy, environment=self.environment)

        return ratio("with one file grown / that file alone", pairs(everywhere, alone, LATER_PAIRS), LATER_LIMIT)

    def _import_first(self) -> Run:
        self.stored.unlink(missing_ok=True)
        return self._import_found()

    def _import_found(self, database: Path | None = None) -> Run:
        return usage("import", "--yes", "--db", database or self.stored, environment=self.environment)

    def _bare(self) -> Run:
        return run(sys.executable, data.BENCH / "bare_sessions.py", self.home / "projects" / "**" / "*.jsonl")

    def _stats_of_nothing(self) -> Run:
        return usage("stats", "--db", self.empty, environment=self.environment)

    def _imported(self, database: Path | None = None) -> tuple[int, int]:
        """The imports, one for every file, and the requests they brought."""
        rows = json.loads(usage("imports", "--db", database or self.stored, "--format", "json").out)["rows"]
        check({row["source"] for row in rows} == {SOURCE}, f"every file is one of {SOURCE}")
        return len(rows), sum(row["new"] for row in rows)


def _answers(files: list[Path]) -> set[bytes]:
    return {found for file in files for found in ANSWER.findall(file.read_bytes())}


def _grow(file: Path) -> None:
    """Replace a link by a copy whose last turn is there ten times more, as answers of their own."""
    content = file.read_bytes()
    turn = b"".join(content.splitlines(keepends=True)[-TURN_LINES:])
    check(turn.count(b'"msg_01') == ANSWER_LINES, "a turn is one answer in two lines")
    file.unlink()
    more = (turn.replace(b'"msg_01', b'"msg_01%02d' % number) for number in range(GROWN_TURNS))
    file.write_bytes(content + b"".join(more))
