"""The fuzz of one source: files of good and broken records, imported, and what became of the good ones."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from fuzz import databases, mutations, stamps
from fuzz.program import usage
from fuzz.stamps import GOOD, OTHER, Source, tokens
from instagen_usage_cli import store as stores
from instagen_usage_cli.adapters import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

EVERY = 10  # the record of so many that is good
PER_FILE, PER_WILD, PER_DOCUMENT = 10_000, 50, 1000
MOST_WILD = 40
HEAD = 64 * 1024
HALF = b"\\ud800"
MEGABYTE = 1000 * 1000
LARGE, TOO_LARGE = 50 * MEGABYTE, 128 * 1024 * 1024 + 1
OUTCOMES = ("new", "already_stored", "improved", "replaced", "repeat", "skipped")
STORED = """
select count(*), coalesce(sum(input_tokens), 0)::bigint, coalesce(sum(output_tokens), 0)::bigint
from (
  select model, input_tokens, output_tokens from requests
  union all
  select model, input_tokens, output_tokens from statements
)
where model = $model
"""
UNBALANCED = """
select path, "read", "new", already_stored, improved, replaced, repeat, skipped
from imports
where "read" <> "new" + already_stored + improved + replaced + repeat + skipped
"""


@dataclass
class Fuzz:
    """One run over one source. What it finds it keeps as text in `findings`."""

    source: Source
    folder: Path
    dice: Random
    findings: list[str] = field(default_factory=list)
    good: list[int] = field(default_factory=list)
    made: int = 0
    keys: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = set() if self.source.is_database else mutations.keys(self.source.line(self.source.base))

    def run(self, records: int, *, with_large_lines: bool) -> None:
        wild = min(records // 10, MOST_WILD * PER_WILD)
        document = min(records // 10, PER_DOCUMENT) if self.source.has_documents else 0
        even = records - wild - document
        files = [self._even(min(PER_FILE, even - done), place) for place, done in enumerate(range(0, even, PER_FILE))]
        if document:
            files.append(self._document(document))
        database = self.folder / "even.duckdb"
        # A few files at once, so that they are neighbours too.
        for first in range(0, len(files), 4):
            self._import(database, *files[first : first + 4])
        if with_large_lines and not self.source.is_table:
            self._import(database, self._large())
        self._check(database)
        self._wild(wild)

    # --- files ------------------------------------------------------------------------------------------

    def _even(self, count: int, place: int) -> Path:
        """Lines that the program must read, whatever stands in some of them: only its first 64 KiB are decent."""
        if self.source.is_database:
            return self._database(count, f"even-{place}.db", is_zipped=place % 3 == 1)
        lines = []
        size = 0
        for number in range(count):
            line = self._good() if number % EVERY == 0 else self._broken(is_head=size < HEAD)
            lines.append(line)
            size += len(line) + 1
        ending = ".csv" if self.source.is_table else ".jsonl"
        content = self.source.heading + b"\n".join(lines) + b"\n" * self.dice.choice((0, 1))
        path = self.folder / f"even-{place}{ending}"
        if place % 3 == 1:
            path = path.with_name(path.name + ".gz")
            content = gzip.compress(content, 1)
        path.write_bytes(content)
        return path

    def _database(self, count: int, name: str, *, is_zipped: bool = False) -> Path:
        """A database with good and broken rows."""
        path = self.folder / name
        self._write(path, (self._row(is_good=number % EVERY == 0) for number in range(count)))
        if is_zipped:
            zipped = path.with_name(path.name + ".gz")
            zipped.write_bytes(gzip.compress(path.read_bytes(), 1))
            path.unlink()
            return zipped
        return path

    def _write(self, path: Path, rows: Iterable[dict[str, Any]]) -> None:
        stamp = self.source.stamp
        databases.write(path, stamps.CORPUS / self.source.name / stamp.base[0], stamp.table, rows)

    def _document(self, count: int) -> Path:
        """One JSON array, whose elements are JSON whatever else they are."""
        elements = []
        for number in range(count):
            if number % EVERY == 0:
                elements.append(self._good())
            else:
                element = mutations.valid(self.dice, self._other())
                if not mutations.keys(element) <= self.keys:
                    element = self._good()
                # Half a character is nothing that DuckDB takes for JSON, and one such element refuses the document.
                elements.append(element if HALF not in element else self._good())
        path = self.folder / "document.json"
        path.write_bytes(b"[" + b",\n".join(elements) + b"]")
        return path

    def _large(self) -> Path:
        """Lines of 50 MB between good ones, whole and broken, and one that is longer than may be."""
        if self.source.is_database:
            path = self.folder / "large.db"
            self._write(path, self._large_rows())
            return path
        path = self.folder / "large.jsonl"
        with path.open("wb") as file:
            for kind in ("whole", "cut", "whole", "flat", "too large", "whole"):
                file.write(self._good() + b"\n")
                if kind == "flat":
                    file.write(b"x" * LARGE)
                else:
                    line = self._good() if kind == "whole" else self.source.line(self._other())
                    size = TOO_LARGE if kind == "too large" else LARGE
                    long = line[:-1] + b', "content_of_it": "' + b"x" * size + b'"}'
                    file.write(long[:-2] if kind == "cut" else long)
                file.write(b"\n")
            file.write(self._good() + b"\n")
        return path

    def _large_rows(self) -> Iterator[dict[str, Any]]:
        """Rows with cells of 50 MB and more between good ones; the good ones among them are still that."""
        column = self.source.stamp.json[0]
        for kind, size in (("whole", LARGE), ("cut", LARGE), ("flat", LARGE), ("blob", LARGE), ("whole", TOO_LARGE)):
            yield self._row(is_good=True)
            row = self._row(is_good=True) if kind == "whole" else self._cells(self._other())
            long = row[column].removesuffix("}") + ', "content_of_it": "' + "x" * size + '"}'
            kinds = {"whole": long, "cut": long[:-2], "flat": "x" * size, "blob": long.encode()}
            yield row | {column: kinds[kind]}
        yield self._row(is_good=True)

    def _wild(self, count: int) -> None:
        """Small files of anything from the first byte on: refused in one line, or read and accounted for."""
        database = self.folder / "wild.duckdb"
        for place, done in enumerate(range(0, count, PER_WILD)):
            if self.source.is_database:
                path = self._database(min(PER_WILD, count - done), f"wild-{place}.db")
                path.write_bytes(mutations.damaged(self.dice, path.read_bytes()))
                self._import(database, path, may_refuse=True, is_named=self.dice.random() < 0.5)  # noqa: PLR2004 - both
                continue
            lines = [self._anything() for _ in range(min(PER_WILD, count - done))]
            name = self.dice.choice(("jsonl", "json", "csv", "log")) if not self.source.is_table else "csv"
            path = self.folder / f"wild-{place}.{name}"
            heading = self.source.heading if self.dice.random() < 0.7 else b""  # noqa: PLR2004 - most
            path.write_bytes(heading + self.dice.choice((b"\n", b"\n", b"\r\n", b",\n")).join(lines))
            self._import(database, path, may_refuse=True, is_named=self.dice.random() < 0.5)  # noqa: PLR2004 - both
        if database.exists():
            self._check_store(database)

    # --- records ----------------------------------------------------------------------------------------

    def _good(self) -> bytes:
        self.made += 1
        self.good.append(self.made)
        return self.source.line(self.source.record(self.made, GOOD))

    def _other(self) -> Any:  # noqa: ANN401 - as JSON gives it
        """A record to be broken, which is no good one whatever becomes of it."""
        self.made += 1
        return self.source.record(self.made, OTHER)

    def _row(self, *, is_good: bool) -> dict[str, Any]:
        """A row of a database, good or broken."""
        if is_good:
            self.made += 1
            self.good.append(self.made)
            return self._cells(self.source.record(self.made, GOOD))
        if self.dice.random() < 0.3:  # noqa: PLR2004 - some are other rows of the corpus
            return mutations.of_cells(self.dice, self.dice.choice(self.source.others), self.source.stamp.json)
        return mutations.of_cells(self.dice, self._other(), self.source.stamp.json)

    def _cells(self, record: dict[str, Any]) -> dict[str, Any]:
        return databases.cells(record, self.source.stamp.json)

    def _broken(self, *, is_head: bool) -> bytes:
        """A broken record; where the file is recognised by it, without NUL and without new keys."""
        while True:
            line = self._mutated(is_head=is_head)
            if not is_head or (b"\0" not in line and mutations.keys(line) <= self.keys):
                return line

    def _mutated(self, *, is_head: bool) -> bytes:
        if self.source.is_table:
            return mutations.of_row(self.dice, [str(cell or "") for cell in self._other().values()])
        if not is_head and self.dice.random() < 0.5:  # noqa: PLR2004 - every second is another record of the corpus
            return mutations.of_json(self.dice, self.dice.choice(self.source.others))
        return mutations.of_json(self.dice, self.source.line(self._other()))

    def _anything(self) -> bytes:
        line: bytes = self.dice.choice((*self.source.others, self.source.line(self._other())))
        if self.dice.random() < 0.3:  # noqa: PLR2004 - some stay as they are
            return line
        return mutations.of_json(self.dice, line)

    # --- what became of them ----------------------------------------------------------------------------

    def _import(self, database: Path, *paths: Path, may_refuse: bool = False, is_named: bool = True) -> None:
        source = ("--from", self.source.name) if is_named else ()
        outcome = usage(database, "import", *paths, *source)
        names = " ".join(map(str, paths))
        if outcome.fault:
            self.findings.append(f"{names}: {outcome.fault}")
        elif outcome.code and not may_refuse:
            self.findings.append(f"{names} is refused: {outcome.err.strip()}")

    def _check(self, database: Path) -> None:
        if not database.exists():
            self.findings.append(f"{database} was never made")
            return
        sums = [sum(side) for side in zip(*map(tokens, self.good), strict=True)]
        with stores.open_reading(database) as store:
            found = store.query(STORED, model=GOOD).rows[0]
        if tuple(found) != (len(self.good), *sums):
            self.findings.append(f"{database}: good records, input and output: {found}, not {(len(self.good), *sums)}")
        self._check_store(database)

    def _check_store(self, database: Path) -> None:
        with stores.open_reading(database) as store:
            self.findings += [f"{database}: does not add up: {row}" for row in store.query(UNBALANCED).rows]
        outcome = usage(database, "stats", "--period", "all", "--format", "json")
        if outcome.fault or outcome.code:
            self.findings.append(f"usage stats --db {database}: {outcome.fault or outcome.err}")
        else:
            json.loads(outcome.out)


def findings(name: str, folder: Path, *, records: int, seed: int, with_large_lines: bool) -> Iterator[str]:
    """What is wrong with how a source reads that many records; the files stay in the folder."""
    if named(name) is None or name not in stamps.STAMPS:
        yield f"{name} has no stamp in fuzz/stamps.py: say where its values stand"
        return
    found = stamps.sources(name)
    for place, source in enumerate(found):
        inside = folder / f"{name}-{place}"
        inside.mkdir(parents=True)
        fuzz = Fuzz(source, inside, Random(f"{seed} {name} {place}"))
        fuzz.run(records // len(found), with_large_lines=with_large_lines)
        yield from fuzz.findings
