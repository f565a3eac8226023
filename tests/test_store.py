"""The database: migrations, transactions, several processes at once, crashes, both ends of duckdb, and the prices."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import errors, prices, sql
from instagen_usage_cli import store as stores
from instagen_usage_cli.prices import lines
from tests.conftest import CORPUS, environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from instagen_usage_cli.prices.lines import Line
    from instagen_usage_cli.store import Store
    from tests.conftest import Outcome

pytestmark = [pytest.mark.new_databases, pytest.mark.threads]
ROOT = Path(__file__).parents[1]
TABLES = {
    *("requests", "sightings", "statements", "imports", "skipped", "prices", "write_fence", "schema_versions"),
    *("aliases", "names"),
}
HEADINGS = "Time,Model,Input Tokens,Output Tokens\n"
PROGRAM = [sys.executable, "-m", "instagen_usage_cli"]
# So long that only what hangs takes it, on a machine however busy.
TIMEOUT_S = 600


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "usage.duckdb"


def query(database: Path, text: str) -> tuple[tuple[Any, ...], ...]:
    with stores.open_reading(database) as store:
        return store.query(text).rows


@contextmanager
def writing(database: Path) -> Iterator[Store]:
    with stores.open_staging() as store, store.attached(database):
        yield store


def change(database: Path, *statements: str) -> None:
    with writing(database) as store:
        for statement in statements:
            store.run(statement)


def tables(database: Path) -> set[str]:
    return {row[0] for row in query(database, "select table_name from duckdb_tables() where not internal")}


def versions(database: Path) -> list[int]:
    return [row[0] for row in query(database, "select version from schema_versions order by version")]


def log(path: Path, lines: int, *, day: int = 20, model: str = "openai/gpt-oss-120b") -> Path:
    """A log of as many requests, each with a time of its own."""
    rows = "".join(
        f"2026-11-{day:02}T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.{n // 86400}Z,{model},{n % 97},{n % 13}\n"
        for n in range(lines)
    )
    path.write_text(HEADINGS + rows, "utf-8")
    return path


def figures(run: Callable[..., Outcome], *arguments: str | Path) -> list[tuple[object, ...]]:
    rows = run("stats", "--format", "json", *arguments).json["rows"]
    names = ("model", "requests", "input_tokens", "output_tokens", "cost_usd")
    return [tuple(row[name] for name in names) for row in rows]


# --- migrations ---------------------------------------------------------------------------------------


def add_migrations(monkeypatch: pytest.MonkeyPatch, more: dict[str, str]) -> None:
    names, load = sql.names, sql.load

    def more_names(folder: str) -> list[str]:
        return [*names(folder), *more] if folder == "schema" else names(folder)

    def load_more(folder: str, name: str) -> str:
        return more[name] if folder == "schema" and name in more else load(folder, name)

    monkeypatch.setattr(sql, "names", more_names)
    monkeypatch.setattr(sql, "load", load_more)


def newest() -> int:
    return int(sql.names("schema")[-1].split("_")[0])


def test_a_new_database_gets_every_migration(database: Path) -> None:
    assert stores.migrate(database) == len(sql.names("schema"))
    assert versions(database) == list(range(1, newest() + 1))
    assert tables(database) >= TABLES
    assert query(database, "select n from write_fence") == ((0,),)


def test_migrations_are_numbered_from_1_without_a_gap() -> None:
    numbers = [int(name.split("_")[0]) for name in sql.names("schema")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_table_and_column_is_described(database: Path) -> None:
    stores.migrate(database)
    described = "select table_name, comment from duckdb_tables() where not internal"
    assert [name for name, comment in query(database, described) if not comment] == []
    columns = "select table_name, column_name, comment from duckdb_columns() where not internal"
    undescribed = {(table, column) for table, column, comment in query(database, columns) if not comment}
    # The columns of sightings are those of requests again.
    assert {(table, column) for table, column in undescribed if table != "sightings"} == set()


def test_the_schema_keeps_to_what_a_shared_lake_can_hold(database: Path) -> None:
    stores.migrate(database)
    assert query(database, "select * from duckdb_constraints()") == ()
    assert query(database, "select * from duckdb_indexes()") == ()
    assert query(database, "select * from duckdb_sequences()") == ()
    money = "select distinct data_type from duckdb_columns() where not internal and data_type in ('DOUBLE', 'FLOAT')"
    assert query(database, money) == ()


def test_migrating_again_does_nothing(run: Callable[..., Outcome], database: Path) -> None:
    stores.migrate(database)
    before = database.read_bytes()
    assert stores.migrate(database) == 0
    outcome = run("migrate")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"{database}: up to date.\n"
    assert database.read_bytes() == before


def test_a_later_migration_is_applied_once_and_keeps_the_rows(
    run: Callable[..., Outcome], database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", log(tmp_path / "log.csv", 10))
    before = figures(run)
    later = newest() + 1
    add_migrations(monkeypatch, {f"{later:03}_later": "create table later (a bigint)"})
    assert not stores.is_current(database)
    outcome = run("migrate")
    assert (outcome.code, outcome.out) == (0, f"{database}: 1 migrations applied.\n")
    assert versions(database) == list(range(1, later + 1))
    assert "later" in tables(database)
    assert stores.migrate(database) == 0
    assert figures(run) == before


def test_an_import_migrates_by_itself(
    run: Callable[..., Outcome], database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", log(tmp_path / "log.csv", 10))
    later = newest() + 1
    add_migrations(monkeypatch, {f"{later:03}_later": "create table later (a bigint)"})
    assert run("import", log(tmp_path / "other.csv", 20, day=21)).code == 0
    assert versions(database)[-1] == later
    assert [row[1] for row in figures(run)] == [30]


@pytest.mark.parametrize(
    "broken",
    [
        "create table later (a bigint); select * from nowhere",
        "create table later (a bigint); this is no SQL",
        "create table later (a bigint); insert into later values ('no number')",
        # The statements succeed, but their bookkeeping does not.
        "create table later (a bigint); alter table schema_versions drop column applied_at",
    ],
)
def test_a_failing_migration_leaves_everything_as_it_was(
    run: Callable[..., Outcome], database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    run("import", log(tmp_path / "log.csv", 10))
    before = figures(run), tables(database), versions(database)
    with monkeypatch.context() as patched:
        add_migrations(patched, {f"{newest() + 1:03}_broken": broken})
        outcome = run("migrate")
        assert (outcome.code, outcome.out) == (1, "")
        assert re.fullmatch(
            r"usage: the database [^\n]* refused the work, and nothing was stored: [^\n]*\n", outcome.err
        )
        assert str(database) in outcome.err
    assert (figures(run), tables(database), versions(database)) == before


def test_a_new_database_has_every_migration_or_is_not_there(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        add_migrations(patched, {f"{newest() + 1:03}_bad": "create table bad (a bigint); select x"})
        with pytest.raises(errors.StoreFailed):
            stores.migrate(database)
    assert list(database.parent.iterdir()) == []
    assert stores.migrate(database) == newest()


def test_migrations_before_a_failing_one_stay(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stores.migrate(database)
    good, bad = newest() + 1, newest() + 2
    with monkeypatch.context() as patched:
        add_migrations(
            patched,
            {
                f"{good:03}_good": "create table good (a bigint)",
                f"{bad:03}_bad": "create table bad (a bigint); select x",
            },
        )
        with pytest.raises(errors.StoreFailed):
            stores.migrate(database)
    with monkeypatch.context() as patched:
        add_migrations(patched, {f"{good:03}_good": "select 'not run again' from nowhere"})
        assert stores.migrate(database) == 0
        assert versions(database) == list(range(1, good + 1))
        assert {"good", "bad"} & tables(database) == {"good"}


# --- transactions -------------------------------------------------------------------------------------


class _OwnError(Exception):
    """Not one of ours."""


def _fail(store: Store, error: type[BaseException]) -> None:
    with store.transaction():
        store.run("update write_fence set n = 7")
        raise error


def _fail_in_sql(store: Store) -> None:
    with store.transaction():
        store.run("update write_fence set n = 7")
        store.run("select * from nowhere")


def _catch_an_error(store: Store) -> None:
    with store.transaction():
        store.run("update write_fence set n = 7")
        with suppress(errors.StoreFailed):
            store.run("insert into write_fence values ('no number')")


@pytest.mark.parametrize("error", [_OwnError, KeyboardInterrupt, SystemExit])
def test_after_an_error_nothing_is_stored_and_the_error_goes_on(database: Path, error: type[BaseException]) -> None:
    stores.migrate(database)
    with writing(database) as store, pytest.raises(error):
        _fail(store, error)
    assert query(database, "select n from write_fence") == ((0,),)


def test_after_a_failed_statement_nothing_is_stored_and_the_error_goes_on(database: Path) -> None:
    stores.migrate(database)
    with writing(database) as store:
        with pytest.raises(errors.StoreFailed, match="nowhere"):
            _fail_in_sql(store)
        store.run("update write_fence set n = n + 1")  # the connection still works
    assert query(database, "select n from write_fence") == ((1,),)


def test_a_caught_error_does_not_lose_the_rest_of_a_transaction_silently(database: Path) -> None:
    stores.migrate(database)
    with writing(database) as store:
        try:
            _catch_an_error(store)
        except errors.StoreFailed:
            expected = 0
        else:
            expected = 7
    assert query(database, "select n from write_fence") == ((expected,),)


def test_a_database_that_is_read_cannot_be_written(database: Path) -> None:
    stores.migrate(database)
    with stores.open_reading(database) as store, pytest.raises(errors.StoreFailed, match="read-only"):
        store.run("update write_fence set n = 7")


# --- both ends of the supported duckdb -----------------------------------------------------------------


def test_the_file_has_the_storage_version_that_both_ends_read(run: Callable[..., Outcome], tmp_path: Path) -> None:
    run("import", log(tmp_path / "log.csv", 10))
    stores.migrate(tmp_path / "migrated.duckdb")
    for database in (tmp_path / "usage.duckdb", tmp_path / "migrated.duckdb"):
        tags = query(database, "select tags from duckdb_databases() where not internal and path is not null")
        assert [row[0]["storage_version"] for row in tags] == ["v1.5.0+"]


def other_python() -> Path:
    """The Python of the virtual environment with the other duckdb."""
    for name in (".venv", ".venv-oldest"):
        python = ROOT / name / "bin" / "python"
        if python.exists() and python.parents[1] != Path(sys.prefix):
            return python
    pytest.skip("there is no second virtual environment: make test test-oldest")


def test_both_duckdbs_read_and_write_one_file(run: Callable[..., Outcome], database: Path, tmp_path: Path) -> None:
    def other(*arguments: str | Path) -> str:
        command = [other_python(), "-m", "instagen_usage_cli", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    run("import", log(tmp_path / "ours.csv", 1000))
    report = ("stats", "--format", "csv", "--by", "model", "--every", "hour")
    assert other(*report) == run(*report).out.replace("\r\n", "\n")
    other("import", log(tmp_path / "theirs.csv", 500, day=21, model="zai-org/GLM-4.5-Air"))
    assert "Nothing new." in other("import", tmp_path / "ours.csv")
    run("import", log(tmp_path / "again.csv", 10, day=22))
    assert other(*report) == run(*report).out.replace("\r\n", "\n")
    assert [row[:2] for row in figures(run)] == [("openai/gpt-oss-120b", 1010), ("zai-org/GLM-4.5-Air", 500)]
    other("migrate")
    run("forget", "1")
    assert sum(int(str(row[1])) for row in figures(run)) == 510
    assert database.exists()


# --- several processes --------------------------------------------------------------------------------

HOLD = """
import sys
from pathlib import Path
from instagen_usage_cli import store
with store.open_staging() as holder, holder.attached(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
    if len(sys.argv) > 2:
        holder.run(sys.argv[2])
"""


@contextmanager
def held(database: Path, statement: str = "select 1") -> Iterator[Callable[[], None]]:
    """Another process holds the database for writing until it is told to let go; then it runs the statement."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database), statement], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        inlet = holder.stdin

        def let_go() -> None:
            inlet.close()
            assert holder.wait() == 0

        yield let_go
        inlet.close()


def test_a_reader_waits_for_a_writer_and_sees_what_it_wrote(
    run: Callable[..., Outcome], database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", log(tmp_path / "log.csv", 10))
    monkeypatch.setenv("USAGE_LOCK_WAIT", str(TIMEOUT_S))
    waits = []
    with held(database, "delete from requests where input_tokens = 9") as let_go:

        def wait(seconds: float) -> None:
            """The reader found the file locked; now the writer finishes."""
            waits.append(seconds)
            let_go()

        monkeypatch.setattr(time, "sleep", wait)
        found = figures(run)
    assert [row[1] for row in found] == [9]
    assert waits


def test_a_reader_does_not_wait_for_a_reader(run: Callable[..., Outcome], database: Path, tmp_path: Path) -> None:
    run("import", log(tmp_path / "log.csv", 10))
    with stores.open_reading(database):
        ran = subprocess.run(
            [*PROGRAM, "stats", "--format", "csv"],
            env=environment(USAGE_LOCK_WAIT="0"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("exists", [True, False])
def test_writers_at_the_same_time_all_succeed(
    run: Callable[..., Outcome], database: Path, tmp_path: Path, *, exists: bool
) -> None:
    if exists:
        stores.migrate(database)
    logs = [log(tmp_path / f"{day}.csv", 5000, day=day) for day in (17, 18, 19, 20)]
    writers = [
        subprocess.Popen(
            [*PROGRAM, "import", path],
            env=environment(USAGE_LOCK_WAIT=str(TIMEOUT_S)),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for path in logs
    ]
    ends = [(*writer.communicate(timeout=TIMEOUT_S), writer.returncode) for writer in writers]
    assert [(code, err) for _, err, code in ends] == [(0, "")] * 4
    assert [row[1] for row in figures(run)] == [20_000]
    assert query(database, "select import_id from imports order by import_id") == ((1,), (2,), (3,), (4,))
    assert query(database, "select import_id, count(*) from requests group by all order by all") == tuple(
        (number, 5000) for number in (1, 2, 3, 4)
    )


def test_two_writers_of_one_file_count_it_once(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = log(tmp_path / "log.csv", 3000)
    writers = [
        subprocess.Popen(
            [*PROGRAM, "import", path], env=environment(USAGE_LOCK_WAIT=str(TIMEOUT_S)), stdout=subprocess.PIPE
        )
        for _ in range(2)
    ]
    for writer in writers:
        writer.communicate(timeout=TIMEOUT_S)
    assert [writer.returncode for writer in writers] == [0, 0]
    assert [row[1] for row in figures(run)] == [3000]


# --- crashes ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crash_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log(tmp_path_factory.mktemp("crash") / "log.csv", 60_000)


def _begun(home: Path) -> bool:
    return any((home / "tmp").glob("usage-*"))


def _staging(home: Path) -> bool:
    return any((home / "tmp").glob("usage-*/staging.duckdb*"))


def _made(home: Path) -> bool:
    return (home / "usage.duckdb").exists()


def _storing(home: Path) -> bool:
    wal = home / "usage.duckdb.wal"
    return wal.exists() and wal.stat().st_size > 0


def _growing(home: Path) -> bool:
    database = home / "usage.duckdb"
    return database.exists() and database.stat().st_size > 1_000_000


@pytest.mark.parametrize("moment", [_begun, _staging, _made, _storing, _growing])
def test_after_a_crash_another_import_gives_the_same_numbers(
    run: Callable[..., Outcome],
    tmp_path: Path,
    crash_log: Path,
    moment: Callable[[Path], bool],
) -> None:
    (tmp_path / "tmp").mkdir()
    with subprocess.Popen(
        [*PROGRAM, "import", crash_log],
        env=environment(TMPDIR=str(tmp_path / "tmp")),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while process.poll() is None and not moment(tmp_path):
            time.sleep(0.002)
        process.kill()
    outcome = run("import", crash_log)
    assert (outcome.code, outcome.err) == (0, "")
    # 60,000 lines: the remainders by 97 and by 13 of 0 to 59,999, summed by hand in Python.
    sums = sum(n % 97 for n in range(60_000)), sum(n % 13 for n in range(60_000))
    assert [row[:4] for row in figures(run)] == [("openai/gpt-oss-120b", 60_000, *sums)]
    assert query(tmp_path / "usage.duckdb", "select count(*) from imports") == ((1,),)


# --- prices in the database ---------------------------------------------------------------------------


def listed_prices() -> list[tuple[str, int, Line]]:
    """The name of a price list, the number of a line in it, and the line."""
    return [
        (path.name, number, line)
        for path in prices.catalogue().lists
        for number, line in enumerate(lines.read(path), start=2)
    ]


def test_the_prices_table_is_the_price_lists_per_token(
    run: Callable[..., Outcome], database: Path, tmp_path: Path
) -> None:
    run("import", log(tmp_path / "log.csv", 1))
    names = ("price_list", "line", *COPIED, "input_from", *lines.PRICES, "effective_from", "effective_until")
    with stores.open_reading(database) as store:
        stored = store.query("select * from prices").only(*names).rows
        digests = store.query("select distinct digest from prices").rows
    expected = [
        (
            *(name, number),
            *(getattr(line, column) for column in COPIED),
            0 if line.input_above is None else line.input_above + 1,
            *(_per_token(getattr(line, column)) for column in lines.PRICES),
            *(
                day and datetime.combine(day, datetime.min.time())
                for day in (line.effective_from, line.effective_until)
            ),
        )
        for name, number, line in listed_prices()
    ]
    assert sorted(stored, key=repr) == sorted(expected, key=repr)
    assert digests == ((prices.catalogue().digest,),)


COPIED = ("provider", "host", "model", "tier")


def _per_token(per_million: Decimal | None) -> Decimal | None:
    return None if per_million is None else (per_million / 1_000_000).quantize(Decimal("0.000000000000"))


def test_stale_prices_are_overlaid_and_refreshed_by_the_next_import(
    run: Callable[..., Outcome], database: Path, tmp_path: Path
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADINGS + "2026-11-20T10:00:00Z,openai/gpt-oss-120b,1000000,2000000\n", "utf-8")
    run("import", path)
    # 1 M input at $0.10 and 2 M output at $0.50 per million.
    right = [("openai/gpt-oss-120b", 1, 1_000_000, 2_000_000, 1.10)]
    assert figures(run) == right
    change(database, "update prices set digest = 'stale', input = 5, output = 5")
    before = database.read_bytes()
    assert figures(run) == right
    assert database.read_bytes() == before
    change(database, "delete from prices")
    assert figures(run) == right
    run("import", log(tmp_path / "other.csv", 1, day=21))
    assert query(database, "select count(*) from prices") == ((len(listed_prices()),),)
    assert query(database, "select count(*) from prices where digest = 'stale'") == ((0,),)


# The time of a request, its model, and what 1 M input and 1 M output tokens cost then.
COSTS = [
    # A day before the first catalogue, nothing has a price.
    ("2025-08-23T23:59:59.999999Z", "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", None),
    ("2025-08-24T23:59:59.999999Z", "openai/gpt-oss-120b", None),
    ("2024-01-01T00:00:00Z", "deepseek-ai/DeepSeek-R1", None),
    # 1 M input and 1 M output on the day of the catalogue, and from the day of the published prices on.
    ("2025-08-24T00:00:00Z", "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", 1.85),
    ("2025-08-24T23:59:59.999999Z", "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", 1.85),
    ("2025-08-25T00:00:00Z", "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8", 1.00),
    ("2025-08-24T12:00:00Z", "deepseek-ai/DeepSeek-V3-0324", 1.25),
    ("2025-08-24T12:00:00Z", "deepseek-ai/DeepSeek-V3.1", 1.25),
    ("2025-08-24T12:00:00Z", "zai-org/GLM-4.5-FP8", 1.50),
    ("2025-08-25T00:00:00Z", "zai-org/GLM-4.5-FP8", 1.00),
    ("2025-08-25T00:00:00Z", "openai/gpt-oss-120b", 0.60),
    ("2026-11-23T11:59:59Z", "zai-org/GLM-4.5-Air", 0.60),
    ("2026-11-23T11:59:59Z", "Qwen/Qwen3-235B-A22B-Instruct-2507", 0.50),
    ("2026-11-23T11:59:59Z", "Qwen/Qwen3-235B-A22B-Thinking-2507", 0.80),
    ("2026-11-23T11:59:59Z", "deepseek-ai/DeepSeek-R1-0528", 1.00),
    # A model that is not listed, and one in another spelling.
    ("2026-11-23T11:59:59Z", "openai/gpt-oss-20b", None),
    ("2026-11-23T11:59:59Z", "OPENAI/GPT-OSS-120B", None),
]


def test_a_request_costs_what_was_listed_on_its_day(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    lines = (f"{moment},{model},1000000,1000000\n" for moment, model, _ in COSTS)
    path.write_text(HEADINGS + "".join(lines), "utf-8")
    run("import", path, "--set", "provider=instagen")
    report = run("stats", "--period", "all", "--every", "hour", "--by", "model", "--format", "json").json
    found = {(row["bucket"][:13], row["model"]): row for row in report["rows"] if row["requests"]}
    costs = {key: row["cost_usd"] for key, row in found.items()}
    assert costs == {(moment[:13], model): cost for moment, model, cost in COSTS}
    unpriced = {key: row["unpriced_requests"] for key, row in found.items()}
    assert unpriced == {key: int(cost is None) for key, cost in costs.items()}


# --- the price lists themselves -----------------------------------------------------------------------

PUBLISHED = {
    "Qwen/Qwen3-235B-A22B-Instruct-2507": ("0.20", "0.30"),
    "Qwen/Qwen3-235B-A22B-Thinking-2507": ("0.20", "0.60"),
    "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8": ("0.20", "0.80"),
    "deepseek-ai/DeepSeek-R1": ("0.20", "0.80"),
    "deepseek-ai/DeepSeek-R1-0528": ("0.20", "0.80"),
    "deepseek-ai/DeepSeek-V3-0324": ("0.20", "0.80"),
    "deepseek-ai/DeepSeek-V3.1": ("0.20", "0.80"),
    "openai/gpt-oss-120b": ("0.10", "0.50"),
    "zai-org/GLM-4.5-Air": ("0.10", "0.50"),
    "zai-org/GLM-4.5-FP8": ("0.20", "0.80"),
}
BEFORE = {
    "Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8": ("0.35", "1.50"),
    "deepseek-ai/DeepSeek-V3-0324": ("0.25", "1.00"),
    "deepseek-ai/DeepSeek-V3.1": ("0.25", "1.00"),
    "zai-org/GLM-4.5-FP8": ("0.50", "1.00"),
}


def _instagen(valid_on: str) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """The InstaGen prices that are valid on a day, as ISO text."""
    return {
        line.model: (line.input, line.output)
        for _, _, line in listed_prices()
        if line.provider == "instagen" and line.opening <= date.fromisoformat(valid_on) < line.closing
    }


def _prices(texts: dict[str, tuple[str, str]]) -> dict[str, tuple[Decimal, Decimal]]:
    return {model: (Decimal(input_), Decimal(output)) for model, (input_, output) in texts.items()}


def test_instagen_has_the_ten_published_prices() -> None:
    assert _instagen("2026-11-23") == _prices(PUBLISHED)
    assert _instagen("2025-08-25") == _prices(PUBLISHED)


def test_instagen_had_the_prices_of_the_catalogue_the_day_before_and_none_earlier() -> None:
    assert _instagen("2025-08-24") == _prices(BEFORE)
    assert _instagen("2025-08-23") == {}


def test_a_link_to_a_database_that_is_not_there_yet(run: Callable[..., Outcome], tmp_path: Path) -> None:
    log = CORPUS / "litellm/instagen.jsonl"
    link = tmp_path / "link.duckdb"
    link.symlink_to(tmp_path / "disk" / "usage.duckdb")
    assert run("import", log, "--db", link).code == 0
    assert link.is_symlink()
    assert (tmp_path / "disk" / "usage.duckdb").is_file()
    link.unlink()
    link.symlink_to(link)
    outcome = run("import", log, "--db", link)
    assert (outcome.code, outcome.out) == (1, "")
    assert str(link) in outcome.err
    assert "\n" not in outcome.err.rstrip()


def test_a_report_on_a_large_database_is_bounded_but_never_refused_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "usage.duckdb"
    stores.migrate(database)
    monkeypatch.setattr(stores, "LARGE", 0)
    monkeypatch.setattr(stores, "READING_LIMIT", "32MiB")
    limit = "select current_setting('memory_limit')"
    with stores.open_reading(database) as store:
        assert store.query(limit).value() == "32.0 MiB"
        folder = Path(store.query("select current_setting('temp_directory')").value())
        assert folder.stat().st_mode & 0o777 == 0o700
        # DuckDB 2.0 counts the values of a percentile as memory, and cannot put them aside.
        median = store.query("select quantile_cont(range::double, 0.5) from range(9_000_001)").value()
        assert median == 4_500_000
    assert not folder.exists()


@pytest.mark.new_databases
def test_nobody_waits_where_nobody_else_is(
    run: Callable[..., Outcome], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Falls where a process waits for a turn at a folder that it holds itself."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    path = log(tmp_path / "log.csv", 10)
    for command in (
        ("import", path),
        ("stats",),
        ("import", path, "--again"),
        ("migrate",),
        ("forget", "1"),
        ("imports",),
    ):
        assert run(*command).code == 0
    assert waits == []
