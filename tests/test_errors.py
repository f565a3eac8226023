"""Everything that can go wrong: one line on standard error, the exit code, and nothing half stored."""

from __future__ import annotations

import gzip
import inspect
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from instagen_usage_cli import adapters, errors, formats, sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.importing import recognising
from instagen_usage_cli.prices import lines
from tests import test_safety
from tests.conftest import CORPUS, NOW, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tests.conftest import Outcome

pytestmark = [pytest.mark.new_databases, pytest.mark.threads]
LOG = b"Time,Model,Input Tokens,Output Tokens\n2026-11-20T10:00:00Z,openai/gpt-oss-120b,100,10\n"
OTHER_LOG = b"Time,Model,Input Tokens,Output Tokens\n2026-11-21T11:00:00Z,zai-org/GLM-4.5-Air,700,70\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06\x00\x00\x00\\r\xa8f"
ELF = b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00>\x00\x01\x00\x00\x00"
GBK = "时间,模型,输入,输出\n" + "2026-11-20 10:00:00,深度求索,100,10\n" * 3
ANSWER = '{"id": "chatcmpl-0123456789abcdef0123", "object": "chat.completion", "created": 1763632800, "model": "m"'
USAGE = ', "usage": {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}}'
HEADINGS = b"Time,Model,Input Tokens,Output Tokens\n"
# So long that only what hangs takes it, on a machine however busy.
TIMEOUT_S = 600


def compressed(content: bytes) -> bytes:
    """Content as .zst, by the program's own library."""
    import pyarrow as pa

    return bytes(pa.compress(content, codec="zstd", asbytes=True))


def many_lines(number: int = 4000) -> bytes:
    line = "2026-11-20T10:{:02}:{:02}Z,openai/gpt-oss-120b,{},{}\n"
    return HEADINGS + "".join(line.format(n // 60 % 60, n % 60, n * 7919 % 997, n) for n in range(number)).encode()


def _parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = pa.BufferOutputStream()
    parquet.write_table(pa.table({"day": ["2026-11-20"], "usd": [1.5]}), out)
    return bytes(out.getvalue())


PARQUET = {"t.parquet": _parquet()}


def _database() -> bytes:
    """An SQLite database of no client."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "other.db")
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("create table notes (id integer, note text)")
            connection.executemany("insert into notes values (?, ?)", ((n, "x" * 100) for n in range(200)))
            connection.commit()
        return path.read_bytes()


PLACED = {"home/.claude/projects/p/s.jsonl": (CORPUS / "claude-code/ccusage_alpha.jsonl").read_bytes()}


class Case(NamedTuple):
    """A command that must fail; `files` are written beforehand, and the words of `says` stand in the message."""

    name: str
    error: type[errors.Error] | None
    command: str
    says: str = ""
    files: Mapping[str, bytes] = {}
    code: int = 1
    stdin: bytes = b""
    variables: Mapping[str, str] = {}
    prepare: Callable[[Path, bytes], None] | None = None


# --- the command line ---------------------------------------------------------------------------------

BAD_VALUES = [
    ("--last 7x", "stats --last 7x", "--last does not know '7x'"),
    ("--last nothing", "stats --last ''", "--last"),
    ("--last 0d", "stats --last 0d", "'0d'"),
    ("--period", "stats --period next-week", "this-week"),
    ("--period beyond the calendar", "stats --period 9999-12", "9999-12"),
    ("--every", "stats --every minute", "hour, day, week, month"),
    ("--by", "stats --by planet", "model, provider, key"),
    ("--by one of two", "stats --by model,planet", "'planet'"),
    ("--by nothing", "stats --by ''", "--by"),
    ("--by a gap", "stats --by model,,key", "--by"),
    ("--format", "stats --format xml", ", ".join(formats.NAMES)),
    ("--format of imports", "imports --format xml", "table, csv"),
    ("--format of skipped", "skipped --format xml", "table, csv"),
    ("--count", "stats --count some", "best, requests, statements"),
    ("--output ending", "stats --output report.xyz", ".csv"),
    ("--output no ending", "stats --output report", ".csv"),
    ("--decimal", "import log.csv --decimal ';'", "--decimal"),
    ("--set cost_kind", "import log.csv --set cost_kind=gift", "billed, gateway, client"),
    ("--set quota_per_unit", "import log.csv --set quota_per_unit=abc", "'abc'; it takes a number above 0"),
    ("--set quota_per_unit to nothing", "import log.csv --set quota_per_unit=0", "'0'"),
    ("--set quota_per_unit below 0", "import log.csv --set quota_per_unit=-500000", "'-500000'"),
]
COMMAND_LINE = [
    *(Case(name, errors.BadValue, command, says, code=2) for name, command, says in BAD_VALUES),
    Case("--since", errors.BadTime, "stats --since soon", "--since does not understand 'soon'", code=2),
    Case("--until", errors.BadTime, "stats --until 2026-02-30", "2026-01-31", code=2),
    Case("USAGE_NOW", errors.BadTime, "stats", "USAGE_NOW", variables={"USAGE_NOW": "late"}, code=2),
    Case("--last and --period", errors.TwoWindows, "stats --last 7d --period today", code=2),
    Case("--last and --since", errors.TwoWindows, "stats --last 7d --since 2026-01-01", code=2),
    Case("--period and --until", errors.TwoWindows, "stats --period all --until 2026-01-01", code=2),
    Case("backwards", errors.EmptyWindow, "stats --since 2026-02-01 --until 2026-01-01", "2026-02-01", code=2),
    Case("the future", errors.EmptyWindow, "stats --since 2030-01-01", "2030-01-01", code=2),
    Case("--tz", errors.UnknownZone, "stats --tz Nowhere/City", "'Nowhere/City'", code=2),
    Case("--tz of imports", errors.UnknownZone, "imports --tz Nowhere/City", "'Nowhere/City'", code=2),
    Case("--source-tz", errors.UnknownZone, "import log.csv --source-tz Mars", "'Mars'", code=2),
    Case("--from", errors.UnknownSource, "import log.csv --from oracle", "litellm, litellm-spend", code=2),
    Case("--from and a folder", errors.UnknownSource, "import . --from oracle", "'oracle'", code=2),
    Case(
        "--from and no file", errors.UnknownSource, "import empty.csv --from oracle", code=2, files={"empty.csv": b""}
    ),
    Case("--map field", errors.UnknownField, "import log.csv --map planet=Time", "started_at", code=2),
    Case("--set field", errors.UnknownField, "import log.csv --set planet=earth", "provider", code=2),
    Case("--set a measure", errors.UnknownField, "import log.csv --set input_tokens=1", "--set takes", code=2),
    Case("--map no pair", errors.BadPair, "import log.csv --map started_at", "'started_at'", code=2),
    Case("--map no field", errors.BadPair, "import log.csv --map =Time", "'=Time'", code=2),
    Case("--set no pair", errors.BadPair, "import log.csv --set instagen", "--set takes FIELD=VALUE", code=2),
    Case("--encoding", errors.UnknownEncoding, "import log.csv --encoding klingon", "'klingon'", code=2),
    Case("--encoding no text", errors.UnknownEncoding, "import log.csv --encoding base64", "'base64'", code=2),
    Case("--encoding of skipped", errors.UnknownEncoding, "skipped --show --encoding klingon", "'klingon'", code=2),
    Case("unknown option", None, "stats --nope", "--nope", code=2),
    Case("unknown command", None, "statistics", "statistics", code=2),
    Case("no argument to forget", None, "forget", "IMPORT|PATH", code=2),
    Case("no value", None, "stats --last", "--last", code=2),
    Case("one argument too many", None, "stats today", "today", code=2),
    Case("--limit no number", None, "skipped --limit many", "many", code=2),
    Case("--limit too small", None, "skipped --limit 0", "0", code=2),
    Case("USAGE_LOCK_WAIT", None, "import log.csv", "USAGE_LOCK_WAIT", variables={"USAGE_LOCK_WAIT": "long"}, code=2),
]

# --- the config ---------------------------------------------------------------------------------------


def _a_folder(name: str) -> Callable[[Path, bytes], None]:
    return lambda home, _: (home / name).mkdir()


def _dangling_config(home: Path, _: bytes) -> None:
    (home / "config.toml").symlink_to(home / "log.csv/config.toml" / "config.toml")


CONFIG = [
    Case("broken TOML", errors.BadConfig, "stats", "config.toml", {"config.toml": b"tz = 'UTC\n"}),
    Case("broken TOML, import", errors.BadConfig, "import log.csv", "config.toml", {"config.toml": b"[map"}),
    Case("--config", errors.BadConfig, "stats --config mine.toml", "mine.toml", {"mine.toml": b"="}),
    Case("unknown setting", errors.BadConfig, "stats", "'zone'", {"config.toml": b"zone = 'UTC'"}),
    Case("no text", errors.BadConfig, "stats", "tz must be a text", {"config.toml": b"tz = 5"}),
    Case("no table", errors.BadConfig, "import log.csv", "[map.NAME]", {"config.toml": b"map = 5"}),
    Case("config in latin-1", errors.BadConfig, "stats", "config.toml", {"config.toml": b"tz = '\xe9'"}),
    Case("config is a folder", errors.BadConfig, "stats", "config.toml", prepare=_a_folder("config.toml")),
    Case("--save-map", errors.BadConfig, "import log.csv --save-map mine", "config", prepare=_dangling_config),
    Case("no such map", errors.UnknownMap, "import log.csv --use-map gone", "saved: none"),
    Case(
        "another map",
        errors.UnknownMap,
        "import log.csv --use-map gone",
        "saved: mine, yours",
        {"config.toml": b"[map.mine]\nmodel = 'Model'\n[set.yours]\nprovider = 'x'\n"},
    ),
    Case(
        "field of a map",
        errors.UnknownField,
        "import log.csv --use-map m",
        "'planet'",
        {"config.toml": b"[map.m]\nplanet = 'Model'\n"},
        code=2,
    ),
    Case("zone of the config", errors.UnknownZone, "stats", "'Mars'", {"config.toml": b"tz = 'Mars'"}, code=2),
    Case(
        "zone of files", errors.UnknownZone, "import log.csv", "'Mars'", {"config.toml": b"source_tz = 'Mars'"}, code=2
    ),
]

# --- files --------------------------------------------------------------------------------------------


def _a_socket(home: Path, _: bytes) -> None:
    assert Path.cwd() == home
    with closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind("socket.csv")  # relative: the path of a socket must be short


FILES = [
    Case("missing file", errors.NoSuchFile, "import missing.csv", "missing.csv"),
    Case("missing file beside a good one", errors.NoSuchFile, "import log.csv missing.csv", "missing.csv"),
    Case("missing file, dry", errors.NoSuchFile, "import missing.csv --dry-run", "missing.csv"),
    Case("glob without a match", errors.NoSuchFile, "import 'logs/*.jsonl'", "logs/*.jsonl"),
    Case("below a file", errors.NoSuchFile, "import log.csv/x.csv", "log.csv/x.csv"),
    Case("a name too long for any file", None, f"import {'x' * 300}.csv", "cannot read"),
    Case("a socket", errors.Unreadable, "import socket.csv", "socket.csv", prepare=_a_socket),
    Case("a window of a mistyped year", errors.TooManyRows, "trends --since 0202-01-01 --every hour", "rows", code=2),
    Case("empty file", errors.EmptyFile, "import e.csv", "e.csv", {"e.csv": b""}),
    Case("empty file beside a good one", errors.EmptyFile, "import log.csv e.csv", "e.csv", {"e.csv": b""}),
    Case("empty JSONL", errors.EmptyFile, "import e.jsonl", "e.jsonl", {"e.jsonl": b""}),
    Case("white space", errors.EmptyFile, "import e.csv", "e.csv", {"e.csv": b" \n\t\r\n\n"}),
    Case("only a mark", errors.EmptyFile, "import e.csv", "e.csv", {"e.csv": b"\xef\xbb\xbf"}),
    Case("nothing in .gz", errors.EmptyFile, "import e.csv.gz", "e.csv.gz", {"e.csv.gz": gzip.compress(b"")}),
    Case("nothing in .zst", errors.EmptyFile, "import e.csv.zst", "e.csv.zst", {"e.csv.zst": compressed(b"")}),
    Case("nothing on standard input", errors.EmptyFile, "import -", "-"),
    Case("PNG", errors.NotText, "import p.png", "p.png", {"p.png": PNG}),
    Case("PNG by another name", errors.NotText, "import p.csv", "p.csv", {"p.csv": PNG * 40}),
    Case("ELF", errors.NotText, "import a.out", "a.out", {"a.out": ELF}),
    Case(
        "no SQLite", errors.Unreadable, "import s.db", "s.db", {"s.db": b"SQLite format 3\0" + b"\x10\0\1\1\0@  " * 64}
    ),
    Case("SQLite of another program", errors.UnknownDatabase, "import s.db", "s.db", {"s.db": _database()}),
    Case("SQLite that is cut off", errors.Unreadable, "import s.db", "s.db", {"s.db": _database()[:5000]}),
    Case("SQLite as another source", errors.UnknownDatabase, "import s.db --from csv", "s.db", {"s.db": _database()}),
    Case("no logs on this machine", errors.NothingFound, "import", "usage sources"),
    Case("no logs of one client", errors.NothingFound, "import --yes --from codex", "usage sources", PLACED),
    Case("--set for every client", errors.SetForEverything, "import --yes --set provider=x", "--from", PLACED, code=2),
    Case(
        "constants of no source",
        errors.UnknownSource,
        "import --yes",
        "nosuch",
        {"config.toml": b"[import.set.nosuch]\nprovider = 'x'\n"},
        code=2,
    ),
    Case("nobody to ask", errors.NotConfirmed, "import", "--yes", PLACED, code=2),
    Case("PNG in .gz", errors.NotText, "import p.csv.gz", "p.csv.gz", {"p.csv.gz": gzip.compress(PNG)}),
    Case("PNG on standard input", errors.NotText, "import -", "-", stdin=PNG),
    Case("binary without NUL", errors.NotText, "import b.csv", "b.csv", {"b.csv": bytes(range(1, 256)) * 9}),
    Case("UTF-32 without a mark", errors.NotText, "import u.csv", "u.csv", {"u.csv": LOG.decode().encode("utf-32-le")}),
    Case("GBK", errors.WrongEncoding, "import g.csv", "--encoding gbk", {"g.csv": GBK.encode("gbk")}),
    Case("not the encoding said", errors.WrongEncoding, "import log.csv --encoding utf-16", "log.csv"),
    Case(
        "not the encoding said, GBK",
        errors.WrongEncoding,
        "import g.csv --encoding ascii",
        "g.csv",
        {"g.csv": GBK.encode("gbk")},
    ),
    Case(
        "bad bytes in a document",
        errors.WrongEncoding,
        "import d.json",
        "d.json",
        {"d.json": b"[" + (ANSWER + USAGE).encode() + b',\n"' + b"x" * 70_000 + b'\xff\xfe"]'},
    ),
    Case(
        "cut .gz", errors.BrokenArchive, "import c.csv.gz", "c.csv.gz", {"c.csv.gz": gzip.compress(many_lines())[:-400]}
    ),
    Case(
        "cut .gz, the last bytes",
        errors.BrokenArchive,
        "import c.csv.gz",
        "c.csv.gz",
        {"c.csv.gz": gzip.compress(many_lines())[:-4]},
    ),
    Case(
        "damaged .gz",
        errors.BrokenArchive,
        "import c.csv.gz",
        "c.csv.gz",
        {"c.csv.gz": gzip.compress(many_lines())[:3000] + b"\xff" * 64 + gzip.compress(many_lines())[3064:]},
    ),
    Case("no .gz", errors.BrokenArchive, "import c.csv.gz", "c.csv.gz", {"c.csv.gz": b"\x1f\x8b" + b"nonsense" * 9}),
    Case(
        "cut .zst",
        errors.BrokenArchive,
        "import c.csv.zst",
        "c.csv.zst",
        {"c.csv.zst": compressed(many_lines())[:-400]},
    ),
    Case(
        "cut .zst, the last bytes",
        errors.BrokenArchive,
        "import c.csv.zst",
        "c.csv.zst",
        {"c.csv.zst": compressed(many_lines())[:-4]},
    ),
    Case(
        "no .zst", errors.BrokenArchive, "import c.csv.zst", "c.csv.zst", {"c.csv.zst": b"\x28\xb5\x2f\xfd" + b"x" * 99}
    ),
    Case("a folder without logs", errors.NoLogs, "import pictures", "pictures", {"pictures/p.png": PNG}),
    Case("an empty folder", errors.NoLogs, "import nothing", "nothing", prepare=_a_folder("nothing")),
    Case(
        "no file of a folder",
        errors.NothingReadable,
        "import bad",
        "none of the 2 files",
        {"bad/a.csv": b"", "bad/b.csv": PNG},
    ),
    Case(
        "no file of a glob",
        errors.NothingReadable,
        "import 'bad/*'",
        "none of the 2 files",
        {"bad/a.csv": b"", "bad/b.csv": PNG},
    ),
    Case(
        "truncated line",
        None,
        "import t.jsonl",
        "t.jsonl",
        {"t.jsonl": b'{"time": "2026-11-20T10:00:00Z", "model": "x", "us'},
    ),
    Case(
        "truncated object",
        errors.NothingUsable,
        "import t.json",
        "t.json",
        {"t.json": ANSWER.replace(", ", ",\n ").encode()},
    ),
    Case("truncated answer", errors.NothingUsable, "import t.json", "t.json", {"t.json": ANSWER.encode()}),
    Case(
        "truncated array",
        errors.NothingUsable,
        "import t.json",
        "t.json",
        {"t.json": f"[{ANSWER}{USAGE},\n{ANSWER}".encode()},
    ),
    Case(
        "truncated array by keys",
        None,
        "import t.json",
        "t.json",
        {"t.json": b'[{"time": "2026-11-20T10:00:00Z", "model": "x", "input": 5},\n {"time": "2026-11-2'},
    ),
    Case(
        "an unclosed quote",
        errors.UnclosedQuote,
        "import q.csv",
        "record 2",
        {"q.csv": b'Time,Model,Tokens\n2026-11-20T10:00:00Z,a,5\n2026-11-20T10:00:01Z,"b,5\n2026-11-20,c,5\n'},
    ),
    Case(
        "a known log",
        errors.NotReadYet,
        "import v.csv",
        "Vercel",
        {"v.csv": b"Day,Total_Cost,Market_Cost,Request_Count\n2026-11-20,1,1,3\n"},
    ),
    Case("an archive", errors.ZipArchive, "import z.csv", "unpack it", {"z.csv": b"PK\x03\x04\0\0"}),
    Case(
        "counts",
        errors.CountsAsMoney,
        "import c.csv",
        "'type' beside it says 'input_tokens'",
        {"c.csv": b"date,model,type,cost\n2026-11-20,m,input_tokens,1000\n"},
    ),
    Case(
        "a costly token",
        errors.TooCostly,
        "import c.csv",
        "more than $0.01",
        {"c.csv": b"time,model,tokens,cost\n2026-11-20T10:00:00Z,m,10,5\n"},
    ),
    Case("unknown columns", errors.NotRecognised, "import t.parquet", "day, usd", PARQUET),
    Case("a cut table", errors.Unreadable, "import t.parquet", "footer", {"t.parquet": PARQUET["t.parquet"][:-9]}),
    Case("an empty array", None, "import t.json", "t.json", {"t.json": b"[]"}),
    Case("an array of numbers", None, "import t.json", "t.json", {"t.json": b"[1, 2, 3]"}),
    Case("prose", None, "import t.txt", "t.txt", {"t.txt": b"Dear diary,\ntoday I spent too much.\n"}),
    Case(
        "days that can be read in two ways",
        errors.AmbiguousDays,
        "import d.csv",
        "--time-format, such as '%d/%m/%Y' or '%m/%d/%Y'",
        {"d.csv": b"Date,Model,Cost\n05/10/2026,m,0.5\n"},
    ),
    Case(
        "amounts that could be two numbers",
        errors.AmbiguousNumbers,
        "import n.csv",
        "'1.234' in 'Cost'",
        {"n.csv": b"Date;Model;Cost\n2026-10-05;m;1.234\n"},
    ),
    Case(
        "amounts that are no numbers",
        errors.NotUnderstood,
        "import n.csv",
        "'12 %' in 'Cost'",
        {"n.csv": b"Date;Model;Cost\n2026-10-05;m;12 %\n"},
    ),
    Case(
        "no time column",
        errors.NoTimeColumn,
        "import n.csv",
        "found: When, Model, Cost",
        {"n.csv": b"When,Model,Cost\n1,m,2\n"},
    ),
    Case(
        "no time key",
        errors.NoTimeColumn,
        "import n.jsonl",
        "found: model, cost",
        {"n.jsonl": b'{"model": "m", "cost": 1}\n'},
    ),
    Case(
        "no measure column",
        errors.NoMeasureColumn,
        "import n.csv",
        "found: Time, Model",
        {"n.csv": b"Time,Model\n2026-11-20T10:00:00Z,m\n"},
    ),
    Case(
        "two headings",
        errors.CompetingColumns,
        "import n.csv",
        "'Time' and 'Created At' all look like started_at",
        {"n.csv": b"Time,Created At,Cost\n2026-11-20T10:00:00Z,2026-11-20T10:00:00Z,1\n"},
    ),
    Case("no such heading", errors.NoSuchHeading, "import log.csv --map started_at=Zeit", "'Zeit'"),
    Case(
        "CNY in the heading",
        errors.ForeignCurrency,
        "import n.csv",
        "'Cost (CNY)'",
        {"n.csv": b"Time,Requests,Cost (CNY)\n2026-11-20T10:00:00Z,1,5\n"},
    ),
    Case(
        "CNY in the cells",
        errors.ForeignCurrency,
        "import n.csv",
        "'费用'",
        {"n.csv": "时间,模型,费用\n2026-11-20 10:00:00,m,¥1.20\n".encode()},
    ),
    Case(
        "CNY in a late cell",
        errors.ForeignCurrency,
        "import n.csv",
        "'Cost'",
        {"n.csv": b"Time,Model,Cost\n" + b"2026-11-20T10:00:00Z,m,$1\n" * 9 + b"2026-11-20T10:00:00Z,m,CNY 5\n"},
    ),
    Case("headings only", errors.NoRecords, "import n.csv", "n.csv", {"n.csv": HEADINGS}),
    Case(
        "headings only, without a line ending", errors.NoRecords, "import n.csv", "n.csv", {"n.csv": HEADINGS.strip()}
    ),
]

# --- the database -------------------------------------------------------------------------------------


def _change(home: Path, filled: bytes, *statements: str) -> None:
    database = home / "usage.duckdb"
    database.write_bytes(filled)
    with stores.open_staging() as store, store.attached(database):
        for statement in statements:
            store.run(statement)


def _newer(home: Path, filled: bytes) -> None:
    _change(home, filled, "insert into schema_versions values (99, now() at time zone 'UTC')")


def _tampered(home: Path, filled: bytes) -> None:
    _change(home, filled, "alter table requests drop column model")


def _of_another_program(home: Path, _: bytes) -> None:
    with stores.open_staging() as store, store.attached(home / "usage.duckdb"):
        store.run("create table songs (title varchar)")


def _of_another_program_with_versions(home: Path, _: bytes) -> None:
    with stores.open_staging() as store, store.attached(home / "usage.duckdb"):
        store.run("create table schema_versions (name varchar)")


def _cut(home: Path, filled: bytes) -> None:
    (home / "usage.duckdb").write_bytes(filled[: len(filled) // 2])


def _garbled(home: Path, filled: bytes) -> None:
    (home / "usage.duckdb").write_bytes(filled[:20] + bytes(255 - byte for byte in filled[20:]))


TOUCHING = ("stats", "imports", "skipped", "migrate", "import log.csv", "forget 1")
READING = ("stats", "imports", "skipped", "migrate", "forget 1")
SQLITE = b"SQLite format 3\0" + b"\x10\0\1\1\0@  " * 64
STORE = [
    *(Case(f"no data: {command}", errors.NoData, f"{command} --db gone.duckdb", "gone.duckdb") for command in READING),
    *(Case(f"text: {command}", errors.NotOurs, command, "--db", {"usage.duckdb": LOG}) for command in TOUCHING),
    *(Case(f"SQLite: {command}", errors.NotOurs, command, "--db", {"usage.duckdb": SQLITE}) for command in TOUCHING),
    *(Case(f"0 bytes: {command}", errors.NotOurs, command, "--db", {"usage.duckdb": b""}) for command in TOUCHING),
    *(
        Case(f"foreign: {command}", errors.NotOurs, command, "--db", prepare=_of_another_program)
        for command in TOUCHING
    ),
    *(
        Case(f"foreign with versions: {command}", errors.NotOurs, command, prepare=_of_another_program_with_versions)
        for command in TOUCHING
    ),
    *(Case(f"newer: {command}", errors.NewerStore, command, "schema 99", prepare=_newer) for command in TOUCHING),
    *(
        Case(f"a folder: {command}", errors.StoreUnreadable, command, "directory", prepare=_a_folder("usage.duckdb"))
        for command in TOUCHING
    ),
    *(Case(f"cut: {command}", None, command, "usage.duckdb", prepare=_cut) for command in ("stats", "import log.csv")),
    *(Case(f"garbled: {command}", None, command, "usage.duckdb", prepare=_garbled) for command in TOUCHING),
    Case("below a file", errors.StoreUnreadable, "import log.csv --db log.csv/usage.duckdb", "log.csv/usage.duckdb"),
    Case("a name too long for a database", None, f"import log.csv --db {'x' * 300}", "xxx"),
    Case("a name too long to read", None, f"stats --db {'x' * 300}", "xxx"),
    Case("tampered", errors.StoreFailed, "stats", "usage.duckdb", prepare=_tampered),
    Case("no such model", errors.UnknownName, "stats --model gpt-oss-12b", "openai/gpt-oss-120b?", prepare=_change),
    Case("no such key", errors.UnknownName, "stats --key bob", "it has none", prepare=_change),
    Case("a chart for a program", errors.ChartNeedsTable, "trends --chart --format csv", "format csv", code=2),
    Case(
        "a week of every day",
        errors.PatternWithEvery,
        "trends --by weekday --every day",
        "leave out --every day",
        code=2,
    ),
    Case("a week of each model", errors.WeekOfOne, "trends --by weekday,model --chart", "heat map", code=2),
    Case("a backtest of each model", errors.BacktestOfOne, "forecast --backtest --by model", "leave out --by", code=2),
    Case("a measure that is none", errors.BadValue, "trends --measure money", "cost, requests", code=2),
    Case("a dimension that is none", errors.BadValue, "trends --by hour", "hour-of-day, weekday", code=2),
    Case("no such status", errors.BadValue, "stats --status failed", "ok, error", code=2),
    Case("no such import", errors.UnknownImport, "forget 99", "'99'", prepare=_change),
    Case("no such request", errors.UnknownRequest, "requests --id chatcmpl-1", "'chatcmpl-1' in", prepare=_change),
    Case(
        "no such request in a window",
        errors.UnknownRequest,
        "requests --id 0123abcd --last 7d",
        "among those asked for",
        prepare=_change,
    ),
    Case("an order of sessions", errors.BadValue, "requests --sort longest", "newest, costliest", code=2),
    Case("an order of requests", errors.BadValue, "sessions --sort slowest", "longest, busiest", code=2),
    Case("single requests of statements", errors.BadValue, "requests --count statements", "best, requests", code=2),
    Case("sessions of statements", errors.BadValue, "sessions --count statements", "best, requests", code=2),
    Case("a model against nothing", errors.NoTwoModels, "models compare m", "two or more different", code=2),
    Case("a model against itself", errors.NoTwoModels, "models compare m m", "not m, m", code=2),
    Case("models twice", errors.ModelsTwice, "models compare m n --model o", "leave out --model", code=2),
    Case("options too early", errors.OptionsTooEarly, "models --last 7d compare m n", "--last belongs", code=2),
    Case("no such model to compare", errors.UnknownName, "models compare m n", "no model 'm'", prepare=_change),
    Case("--limit of requests", None, "requests --limit 0", "0", code=2),
    Case(
        "one of two imports",
        errors.UnknownImport,
        "forget 1 gone.csv",
        "'gone.csv'",
        prepare=_change,
    ),
    Case(
        "--output, a file for a folder",
        errors.CannotWrite,
        "stats --output log.csv/report.csv",
        "log.csv/report.csv",
        prepare=_change,
    ),
    Case(
        "--output, a folder",
        errors.CannotWrite,
        "stats --output report.csv",
        "report.csv",
        {"report.csv/x": b""},
        prepare=_change,
    ),
    Case(
        "--output, below a file",
        errors.CannotWrite,
        "stats --output log.csv/report.csv",
        "report.csv",
        prepare=_change,
    ),
    Case(
        "a negative price",
        errors.BadPrices,
        "stats",
        "prices.csv cannot be used: line 2: input '-1' is negative",
        {"prices.csv": f"{','.join(lines.COLUMNS)}\ninstagen,,m,,,-1,,,,,,,,,,\n".encode()},
        prepare=_change,
    ),
    Case(
        "a price that is none", errors.BadPrice, "prices set m --input free", "--input 'free' is not a number", code=2
    ),
    Case("no price", errors.BadPrice, "prices set m", "it has no price; 0 is free", code=2),
    Case("a day that is none", errors.BadDate, "prices --at 2026-02-30", "--at does not understand", code=2),
    Case("a size alone", errors.NoPriceForAll, "prices set m --input 1 --input-above 5", "m of instagen", code=2),
    Case("no such model in a list", errors.NoPricesOf, "prices show gpt-oss-120", "openai/gpt-oss-120b"),
    Case("no such price list", errors.NoSuchFile, "prices import gone.json", "gone.json"),
    Case("no such price list to compare", errors.NoSuchFile, "prices diff current gone.csv", "gone.csv"),
    Case("options of prices too early", errors.OptionsTooEarly, "prices --all show m", "--all belongs", code=2),
    Case("no such request to explain", errors.UnknownRequest, "explain chatcmpl-1", "'chatcmpl-1' in", prepare=_change),
    Case("statements to explain", errors.BadValue, "explain chatcmpl-1 --count statements", "best, requests", code=2),
    Case("no such model to leave", errors.UnknownName, "whatif --model-from m --model-to n", "'m'", prepare=_change),
    Case(
        "no such model to go to",
        errors.NoPriceThere,
        "whatif --model-from openai/gpt-oss-120b --model-to zai-org/GLM-4.5-Ai",
        "'zai-org/GLM-4.5-Ai' at instagen; did you mean zai-org/GLM-4.5-Air",
        prepare=_change,
    ),
    Case(
        "a model to leave, twice",
        errors.ModelFromTwice,
        "whatif --model-from m --model-to n --model m",
        "leave out --model",
        code=2,
    ),
    Case("demo, a full folder", errors.CannotWrite, "demo --folder full", "--folder", {"full/mine.txt": b"mine"}),
    Case("demo, below a file", errors.CannotWrite, "demo --folder log.csv/demo", "log.csv/demo"),
]

CASES = [*COMMAND_LINE, *CONFIG, *FILES, *STORE]
# Errors that take more than a command to show, and the tests that do.
SHOWN_BY = {
    errors.OlderStore: "test_an_older_database_asks_for_migrate",
    errors.StoreBusy: "test_a_locked_database_is_told_with_its_holder",
    errors.ReaderGone: "test_a_closed_pipe_is_silent",
    errors.Unexpected: "test_a_fault_of_the_program_is_one_line",
    errors.AmbiguousSource: "test_a_file_that_two_sources_claim_is_refused",
    errors.StoreDamaged: "test_a_damaged_database_says_what_to_do",
    errors.DiskFull: "test_a_file_that_may_not_grow_is_one_line_and_stores_nothing",
    errors.OutOfMemory: "test_what_the_machine_lacks_is_told_as_that",
    errors.TooManyFiles: "test_what_the_machine_lacks_is_told_as_that",
    errors.TooLarge: "test_what_is_piped_or_unpacked_has_a_bound",
}


def _all_errors(of: type[errors.Error] = errors.Error) -> Iterator[type[errors.Error]]:
    for error in of.__subclasses__():
        yield error
        yield from _all_errors(error)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with two requests, as bytes."""
    home = tmp_path_factory.mktemp("filled")
    (home / "first.csv").write_bytes(LOG)
    (home / "second.csv").write_bytes(OTHER_LOG)
    database = home / "usage.duckdb"
    subprocess.run(
        [sys.executable, "-m", "instagen_usage_cli", "import", "first.csv", "second.csv"],
        cwd=home,
        env=environment(USAGE_DB=str(database), USAGE_CONFIG=str(home / "config.toml"), USAGE_NOW=NOW, TZ="UTC"),
        check=True,
        capture_output=True,
    )
    return database.read_bytes()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a good log; temporary files go to `tmp` in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "log.csv").write_bytes(LOG)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes, every other thing with None."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def assert_one_line(outcome: Outcome, code: int, says: str = "") -> None:
    assert outcome.out == ""
    assert outcome.err.startswith("usage: ")
    assert outcome.err.count("\n") == 1
    assert outcome.err.endswith("\n")
    assert "Traceback" not in outcome.err
    assert says in outcome.err
    assert not control_characters(outcome.err.removesuffix("\n"))
    assert outcome.code == code


def control_characters(text: str) -> list[str]:
    return [mark for mark in text if unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def pattern(error: type[errors.Error]) -> str:
    """What the line of an error looks like: its docstring with anything in the braces."""
    words = " ".join((inspect.getdoc(error) or "").split())
    return "usage: " + ".*".join(re.escape(part) for part in re.split(r"\{[^}]*\}", words)) + "\n"


def _with_states() -> Iterator[object]:
    """Each case on a database with rows and without one, unless it makes its own."""
    for case in CASES:
        own = case.prepare is not None or "usage.duckdb" in case.files
        for state in ("own",) if own else ("absent", "filled"):
            yield pytest.param(case, state, id=f"{case.command.split()[0]}: {case.name}, {state}")


@pytest.mark.parametrize(("case", "state"), list(_with_states()))
def test_a_failure_is_one_line_and_changes_nothing(
    run: Callable[..., Outcome], home: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch, case: Case, state: str
) -> None:
    if state == "filled":
        (home / "usage.duckdb").write_bytes(filled)
    for name, content in case.files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(content)
    if case.prepare is not None:
        case.prepare(home, filled)
    for name, value in case.variables.items():
        monkeypatch.setenv(name, value)
    before = contents(home)
    outcome = run(*shlex.split(case.command), stdin=case.stdin)
    assert_one_line(outcome, case.code, case.says)
    if case.error is not None:
        assert re.fullmatch(pattern(case.error), outcome.err), outcome.err
    assert contents(home) == before


def test_a_file_that_two_sources_claim_is_refused(
    run: Callable[..., Outcome], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    claiming = tuple(replace(adapter, marks=("model",), unless=()) for adapter in adapters.ADAPTERS[:2])
    monkeypatch.setattr(recognising, "ADAPTERS", claiming)
    (home / "both.jsonl").write_text('{"model": "x"}\n', "utf-8")
    outcome = run("import", "both.jsonl")
    assert_one_line(outcome, 1, "litellm or litellm-spend")


@pytest.mark.parametrize("name", ["completions_1_streaming.json", "error_404.json"])
def test_a_file_without_a_usable_record_is_refused(run: Callable[..., Outcome], name: str) -> None:
    outcome = run("import", CORPUS / "refused" / name, "--from", "openai-response")
    assert_one_line(outcome, 1, "none of its records can be used (1 read; ")


def test_a_fault_of_the_program_is_one_line(run: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        message = "first {line}\nsecond"
        raise ArithmeticError(message)

    monkeypatch.setattr("instagen_usage_cli.commands.welcome.welcome", fail)
    with pytest.raises(ArithmeticError):
        run()
    monkeypatch.delenv("USAGE_DEBUG")
    assert_one_line(run(), 1, "please report it: ArithmeticError: first {line} second; with USAGE_DEBUG=1")


def test_every_error_has_a_case() -> None:
    shown = {case.error for case in CASES} | set(SHOWN_BY) | {errors.CommandLineError}
    assert [error.__name__ for error in _all_errors() if error not in shown] == []
    assert [name for name in SHOWN_BY.values() if name not in globals() | vars(test_safety)] == []


def test_exit_codes_are_as_documented() -> None:
    codes = {error.__name__: int(error.exit_code) for error in _all_errors()}
    wrong_command_line = {case.error.__name__ for case in CASES if case.error and case.code == 2}
    assert {name for name, code in codes.items() if code == 2} == wrong_command_line | {"CommandLineError"}
    assert {name for name, code in codes.items() if code == 0} == {"ReaderGone"}
    assert {code.name: int(code) for code in errors.ExitCode} == {
        "DONE": 0,
        "COULD_NOT": 1,
        "COMMAND_LINE": 2,
        "THRESHOLD": 3,
        "INTERRUPTED": 130,
        "TERMINATED": 143,
    }


# --- what is wrong in part, and what works -------------------------------------------------------------


def test_gbk_works_when_it_is_named(run: Callable[..., Outcome], home: Path) -> None:
    (home / "gbk.csv").write_bytes(GBK.encode("gbk"))
    assert run("import", "gbk.csv", "--encoding", "gbk").code == 0
    rows = run("stats", "--format", "json").json["rows"]
    assert [(row["model"], row["requests"], row["input_tokens"]) for row in rows] == [("深度求索", 3, 300)]


@pytest.mark.parametrize("argument", ["mixed", "mixed/*.csv"])
def test_a_broken_file_in_a_folder_is_told_and_passed_over(
    run: Callable[..., Outcome], home: Path, argument: str
) -> None:
    (home / "mixed").mkdir()
    (home / "mixed" / "good.csv").write_bytes(LOG)
    (home / "mixed" / "broken.csv").write_bytes(PNG)
    (home / "mixed" / "headings.csv").write_bytes(HEADINGS)
    (home / "mixed" / "yuan.csv").write_bytes(b"Time,Model,Cost\n2026-11-20T10:00:00Z,m,CNY 5\n")
    outcome = run("import", argument)
    assert outcome.code == 0
    told = outcome.out + outcome.err
    for name, reason in (("broken", "not a text file"), ("headings", "no records"), ("yuan", "not US dollars")):
        assert re.search(rf"{name}\.csv.*{reason}", told)
    rows = run("stats", "--format", "json").json["rows"]
    assert [(row["requests"], row["input_tokens"]) for row in rows] == [(1, 100)]


def test_a_named_pipe_is_read_or_refused_for_what_it_is(home: Path) -> None:
    os.mkfifo(home / "pipe.csv")
    command = [sys.executable, "-m", "instagen_usage_cli", "import", "pipe.csv"]
    with subprocess.Popen(
        ["/bin/sh", "-c", 'cat log.csv > pipe.csv & exec timeout 300 "$@"', "sh", *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        out, err = process.communicate(timeout=TIMEOUT_S)
    if process.returncode == 0:
        assert "1 new" in out
    else:
        assert process.returncode == 1
        assert err.count("\n") == 1
        assert "the file is empty" not in err


def test_a_file_whose_name_is_no_utf8_is_imported_or_refused(run: Callable[..., Outcome], home: Path) -> None:
    name = os.fsdecode(b"log-\xff.csv")
    try:
        (home / name).write_bytes(LOG)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    outcome = run("import", name)
    if outcome.code:
        assert_one_line(outcome, 1)
        assert not (home / "usage.duckdb").exists()
    else:
        assert run("stats", "--format", "json").json["rows"][0]["requests"] == 1


def test_an_import_that_the_database_refuses_stores_nothing(
    run: Callable[..., Outcome], home: Path, filled: bytes
) -> None:
    _change(home, filled, "alter table imports drop column reading")
    (home / "new.csv").write_bytes(OTHER_LOG.replace(b"700", b"701"))
    outcome = run("import", "new.csv", "--again")
    assert_one_line(outcome, 1, "usage.duckdb")
    assert run("stats", "--format", "json").json["rows"] == _rows(run, home / "other.duckdb", filled)
    assert contents(home / "tmp") == {}


def _rows(run: Callable[..., Outcome], database: Path, content: bytes) -> object:
    database.write_bytes(content)
    return run("stats", "--format", "json", "--db", database).json["rows"]


def test_an_older_database_asks_for_migrate(
    run: Callable[..., Outcome], home: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = home / "usage.duckdb"
    database.write_bytes(filled)
    newest = sql.names("schema")[-1]
    add_migration(monkeypatch, f"{int(newest[:3]) + 1:03}_later", "create table later (a bigint)")
    for command in ("stats", "imports", "skipped", "forget 1"):
        outcome = run(*command.split())
        assert_one_line(outcome, 1, "usage migrate")
        assert re.fullmatch(pattern(errors.OlderStore), outcome.err)
        assert database.read_bytes() == filled
    assert run("migrate").code == 0
    rows = run("stats", "--format", "json").json["rows"]
    monkeypatch.undo()
    monkeypatch.setenv("USAGE_NOW", NOW)
    monkeypatch.setenv("USAGE_CONFIG", str(home / "config.toml"))
    assert_one_line(run("stats", "--db", database), 1, "newer version")
    assert rows == _rows(run, home / "other.duckdb", filled)


def add_migration(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    names, load = sql.names, sql.load

    def more_names(folder: str) -> list[str]:
        return [*names(folder), name] if folder == "schema" else names(folder)

    def load_more(folder: str, wanted: str) -> str:
        return text if (folder, wanted) == ("schema", name) else load(folder, wanted)

    monkeypatch.setattr(sql, "names", more_names)
    monkeypatch.setattr(sql, "load", load_more)


# --- a locked database --------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from instagen_usage_cli import store
with store.open_staging() as holder, holder.attached(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process holds the database open for writing."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


@pytest.mark.parametrize("command", TOUCHING)
def test_a_locked_database_is_told_with_its_holder(
    run: Callable[..., Outcome], home: Path, filled: bytes, command: str
) -> None:
    database = home / "usage.duckdb"
    database.write_bytes(filled)
    with held(database) as holder:
        outcome = run(*command.split())
        assert_one_line(outcome, 1, f"PID {holder.pid}")
    assert re.fullmatch(pattern(errors.StoreBusy), outcome.err)
    assert run("stats", "--format", "json").json["rows"] == _rows(run, home / "other.duckdb", filled)


@pytest.mark.parametrize("command", TOUCHING)
def test_a_locked_database_is_waited_for(
    run: Callable[..., Outcome], home: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    database = home / "usage.duckdb"
    database.write_bytes(filled)
    monkeypatch.setenv("USAGE_LOCK_WAIT", str(TIMEOUT_S))
    waits = []
    with held(database) as holder:

        def let_go(seconds: float) -> None:
            """The first time the program waits, the holder leaves."""
            waits.append(seconds)
            assert holder.stdin is not None
            holder.stdin.close()
            holder.wait()  # without a timeout: that would sleep

        monkeypatch.setattr(time, "sleep", let_go)
        outcome = run(*command.split())
    assert (outcome.code, outcome.err) == (0, "" if command != "skipped" else outcome.err)
    assert waits


# --- interrupted --------------------------------------------------------------------------------------

# A process that a shell put into the background inherits a SIGINT that is ignored; a terminal's does not.
INTERRUPTIBLE = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from instagen_usage_cli.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def large_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A LiteLLM log whose import takes some seconds."""
    path = tmp_path_factory.mktemp("large") / "large.jsonl"
    line = (
        '{{"id": "chatcmpl-{0:032x}", "call_type": "acompletion", "status": "success", "custom_llm_provider": "openai",'
        ' "startTime": {1}.5, "endTime": {1}.9, "model": "openai/gpt-oss-120b", "response_cost": 0.0,'
        ' "prompt_tokens": {2}, "completion_tokens": 10, "total_tokens": {3}, "cache_hit": false,'
        ' "api_base": "https://llm.submodel.ai/v1", "metadata": {{"user_api_key_alias": "key-{4}"}}}}\n'
    )
    with path.open("w", encoding="utf-8") as file:
        for n in range(250_000):
            file.write(line.format(n * 0x9E3779B97F4A7C15 % 2**128, 1763600000 + n, n % 99, n % 99 + 10, n % 7))
    return path


def _begun(home: Path) -> bool:
    return any((home / "tmp").glob("usage-*"))


def _staging(home: Path) -> bool:
    return any((home / "tmp").glob("usage-*/staging.duckdb*"))


def _storing(home: Path) -> bool:
    wal = home / "usage.duckdb.wal"
    return wal.exists() and wal.stat().st_size > 0


def _interrupted(
    is_time: Callable[[], bool], number: signal.Signals, log: Path
) -> tuple[subprocess.Popen[str] | None, str, str]:
    """An import that got a signal at that time, and what it wrote; None where it had succeeded before."""
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "import", str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None and not is_time():
            time.sleep(0.002)
        process.send_signal(number)
        out, err = process.communicate(timeout=TIMEOUT_S)
    return (process if process.returncode else None), out, err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("moment", [_begun, _staging, _storing])
def test_an_interrupted_import_leaves_nothing(
    run: Callable[..., Outcome],
    home: Path,
    filled: bytes,
    large_log: Path,
    moment: Callable[[Path], bool],
    number: signal.Signals,
    code: int,
) -> None:
    database = home / "usage.duckdb"
    for _ in range(20):  # a busy machine may let it end before this test sees the moment
        database.write_bytes(filled)
        process, out, err = _interrupted(lambda: moment(home), number, large_log)
        if process is not None:
            break
    assert process is not None, "the import was always done before the signal"
    assert (process.returncode, out) == (code, ""), err
    assert re.fullmatch(r"(usage: [^\n]*\n)?", err)
    assert contents(home / "tmp") == {}
    if moment is not _storing:
        assert database.read_bytes() == filled
        assert not (home / "usage.duckdb.wal").exists()
    assert run("stats", "--format", "json").json["rows"] == _rows(run, home / "other.duckdb", filled)


# --- output that cannot be written --------------------------------------------------------------------


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database whose report by hour and key is far larger than a pipe holds."""
    home = tmp_path_factory.mktemp("wide")
    lines = "".join(
        f"2026-11-{day:02}T{hour:02}:00:00Z,key-{key:02}-{'x' * 40},100,10\n"
        for day in range(1, 23)
        for hour in range(24)
        for key in range(10)
    )
    (home / "wide.csv").write_text("Time,Key,Input Tokens,Output Tokens\n" + lines, "utf-8")
    subprocess.run(
        [sys.executable, "-m", "instagen_usage_cli", "import", "wide.csv"],
        cwd=home,
        env=environment(
            USAGE_DB=str(home / "usage.duckdb"), USAGE_CONFIG=str(home / "c.toml"), USAGE_NOW=NOW, TZ="UTC"
        ),
        check=True,
        capture_output=True,
    )
    return home / "usage.duckdb"


@pytest.mark.parametrize("format_", formats.NAMES)
def test_a_closed_pipe_is_silent(wide: Path, format_: str) -> None:
    command = f"stats --db {shlex.quote(str(wide))} --by key --every hour --format {format_}"
    ran = subprocess.run(
        [
            "/bin/sh",
            "-c",
            f'{{ "$0" -m instagen_usage_cli {command}; echo "code $?" >&2; }} | head -n 1',
            sys.executable,
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT_S,
    )
    assert ran.stderr == "code 0\n"
    assert ran.stdout.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
@pytest.mark.parametrize("arguments", ["stats --format csv", "stats", "--version", "--help"])
def test_a_full_disk_behind_standard_output_is_one_line(wide: Path, arguments: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "instagen_usage_cli", *arguments.split()],
            env=environment(USAGE_DB=str(wide)),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    assert re.fullmatch(r"usage: [^\n]*\n", ran.stderr), ran.stderr
    assert ran.returncode == 1


@pytest.fixture
def _permissions(home: Path) -> None:
    """Skips where permissions mean nothing, as they do for root."""
    probe = home / "tmp" / "probe"
    probe.touch(mode=0)
    readable = os.access(probe, os.R_OK)
    probe.unlink()
    if readable:
        pytest.skip("this user may read and write everything")


@pytest.mark.usefixtures("_permissions")
def test_a_folder_that_cannot_be_written_to(run: Callable[..., Outcome], home: Path, filled: bytes) -> None:
    folder = home / "closed"
    folder.mkdir()
    (folder / "usage.duckdb").write_bytes(filled)
    folder.chmod(0o555)
    (folder / "usage.duckdb").chmod(0o444)
    try:
        assert_one_line(run("import", "log.csv", "--db", folder / "new.duckdb"), 1, "new.duckdb")
        assert_one_line(run("import", "log.csv", "--db", folder / "deep" / "new.duckdb"), 1, "new.duckdb")
        assert_one_line(run("import", "log.csv", "--db", folder / "usage.duckdb"), 1, "usage.duckdb")
        assert_one_line(run("stats", "--db", folder / "usage.duckdb", "-o", folder / "a.csv"), 1, "a.csv")
        assert run("stats", "--db", folder / "usage.duckdb").code == 0
    finally:
        folder.chmod(0o755)


@pytest.mark.usefixtures("_permissions")
@pytest.mark.parametrize("name", ["log.csv", "usage.duckdb", "config.toml"])
def test_a_file_that_cannot_be_read(run: Callable[..., Outcome], home: Path, filled: bytes, name: str) -> None:
    (home / "usage.duckdb").write_bytes(filled)
    (home / "config.toml").touch()
    (home / name).chmod(0)
    assert_one_line(run("import", "log.csv"), 1, name)


# --- what a message carries ---------------------------------------------------------------------------

NASTY = "\x1b[31mred\x1b]0;title\x07\u202ebidi\u200b\x85\u2028\r"
CARRYING: list[tuple[str, list[str], dict[str, bytes]]] = [
    ("headings", ["import", "n.csv"], {"n.csv": f"When{NASTY.strip()},Model,Cost\n1,m,2\n".encode()}),
    ("keys", ["import", "n.jsonl"], {"n.jsonl": b'{"wh\\u001b[31men": 1, "c\\u0007ost\\u202e": 2, "a\\nb": 3}\n'}),
    ("no measure", ["import", "n.csv"], {"n.csv": f"Time,A{NASTY.strip()}\n1,2\n".encode()}),
    (
        "competing",
        ["import", "n.jsonl"],
        {"n.jsonl": b'{"time": 1, "\\u001b[1mx.cost": 2, "b": {"cost": 1}, "\\u0007": {"cost": 3}}\n'},
    ),
    (
        "currency of a key",
        ["import", "n.jsonl"],
        {"n.jsonl": b'{"time": 1, "requests": 2, "\\u001b[31m.cost_cny": 3}\n'},
    ),
    ("--map", ["import", "log.csv", "--map", f"started_at={NASTY}"], {}),
    ("a field", ["import", "log.csv", "--map", f"{NASTY}=Time"], {}),
    ("a file name", ["import", f"a{NASTY}.csv"], {f"a{NASTY}.csv": b""}),
    ("a missing file", ["import", f"a{NASTY}\nb.csv"], {}),
    ("a folder", ["import", f"a{NASTY}"], {f"a{NASTY}/p.png": PNG}),
    ("a database", ["stats", "--db", f"a{NASTY}.duckdb"], {f"a{NASTY}.duckdb": b"mine"}),
    ("--from", ["import", "log.csv", "--from", NASTY], {}),
    ("an unknown option", ["stats", f"--{NASTY}"], {}),
    ("an unknown command", [NASTY], {}),
    ("a setting", ["stats"], {"config.toml": b'"a\\u001b[31m\\u202e" = 1\n'}),
    ("a zone", ["stats"], {"config.toml": b'tz = "\\u001b[31mUTC\\n\\u202e"\n'}),
    (
        "names of maps",
        ["import", "log.csv", "--use-map", NASTY],
        {"config.toml": b'[map."\\u001b[31m\\u0007"]\nmodel = "x"\n'},
    ),
    ("a broken config", ["stats"], {"config.toml": b"tz = 'a\x1b[31m'\n"}),
    ("--by", ["stats", "--by", NASTY], {}),
    ("forget", ["forget", NASTY], {}),
]


@pytest.mark.parametrize(("arguments", "files"), [case[1:] for case in CARRYING], ids=[case[0] for case in CARRYING])
def test_a_message_carries_no_control_characters(
    run: Callable[..., Outcome], home: Path, filled: bytes, arguments: list[str], files: dict[str, bytes]
) -> None:
    (home / "usage.duckdb").write_bytes(filled)
    for name, content in files.items():
        (home / name).parent.mkdir(exist_ok=True)
        (home / name).write_bytes(content)
    outcome = run(*arguments)
    assert outcome.code in (1, 2)
    assert_one_line(outcome, outcome.code)
