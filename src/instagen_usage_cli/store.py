"""The database: the only module that talks to DuckDB."""

from __future__ import annotations

import os
import re
import time
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from instagen_usage_cli import errors, failures, files, paths, sql, turns
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    import duckdb
    from pyarrow import RecordBatchReader

    Connection = duckdb.DuckDBPyConnection

T = TypeVar("T")

# Files that both ends of the supported duckdb range read and write.
STORAGE_VERSION = "v1.5.0"
# Staging a large log may spill to disk beyond this; see bench/.
MEMORY_LIMIT = "640MiB"
# A record is read into four dozen columns. DuckDB lets as many threads insert rows in order as a quarter of the limit
# has room for, at 4 MiB a column; it takes far less.
ROOMY_LIMIT = "3GiB"
# Rows in any order are inserted by all threads in less.
ANY_ORDER_LIMIT = "1GiB"
# Reports on a database of more bytes than this stay within a limit, which small ones never reach.
LARGE = 1 << 30
READING_LIMIT = "768MiB"
# Nobody recovers staged rows. A row group is what one thread reads at a time: in the usual ones, of 122,880 rows, most
# imports would be read by one thread alone.
STAGING = "recovery_mode 'no_wal_writes', row_group_size 20480"
# The tables by which a file is known as ours, and its version, which only a file that has them tells.
TABLES = {"schema_versions", "requests", "imports", "write_fence"}
VERSION = """
select coalesce(max(version), 0)
from schema_versions
where not exists (select 1 from requests, imports, write_fence where false)
"""
OWN_TABLES = "select table_name from duckdb_tables() where not internal and database_name = current_database()"
MAGIC_OFFSET = 8


class Store:
    """An open database. Use it as a context manager; it closes itself.

    SQL may name parameters as `$name`; a statement takes those of the given ones that it names.
    """

    def __init__(self, connection: Connection, path: Path) -> None:
        self.path = path
        self._connection = connection
        self._failure: errors.Error | None = None
        self._is_bounded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def query(self, text: str, **params: object) -> Result:
        """Run one statement and fetch its rows. Raises `StoreFailed`."""
        with self._translated():
            cursor = self._execute(text, params)
            columns = tuple(Column(name, str(kind)) for name, kind, *_ in cursor.description or ())
            return Result(columns, tuple(cursor.fetchall()))

    def run(self, text: str, **params: object) -> None:
        """Run statements for their effect. Raises `StoreFailed`."""
        with self._translated():
            self._execute(text, params)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: after any error the work is rolled back and the error goes on.

        A `commit` after a caught error would store nothing and say nothing: an error that was caught inside is raised
        again here, by the only commit there is.
        """
        self._failure = None
        self.run("begin transaction")
        try:
            yield
            self._commit()
        except BaseException:
            self._roll_back()
            raise

    @contextmanager
    def roomy(self, *, alone: bool = False, in_any_order: bool = False, is_small: bool = False) -> Iterator[None]:
        """Read with more memory; with one thread alone where lines may need several buffers of 128 MiB.

        What is read `in_any_order` is not put back into the order of its files, which needs less. What `is_small` is
        planned in less time, to run in more.
        """
        limit = ANY_ORDER_LIMIT if in_any_order else ROOMY_LIMIT
        before = [f"set memory_limit = '{limit}'", f"set preserve_insertion_order = {not in_any_order}"]
        after = [f"set memory_limit = '{MEMORY_LIMIT}'", "set preserve_insertion_order = true"]
        if alone:
            before.append("set threads = 1")
            after.append("reset threads")
        if is_small:
            # To look for these takes a third of the planning of an adapter's SELECT.
            before.append("set disabled_optimizers = 'common_subexpressions'")
            after.append("set disabled_optimizers = ''")
        self.run("; ".join(before))
        try:
            yield
        finally:
            self.run("; ".join(after))

    @contextmanager
    def bounded(self) -> Iterator[None]:
        """Answer within `READING_LIMIT`, beyond which DuckDB puts aside what it can into a private temporary folder.

        What it cannot, such as the values of a percentile, gets the memory of the machine after all.
        """
        with paths.scratch() as folder:
            self.run(f"set memory_limit = '{READING_LIMIT}'; set temp_directory = {_quoted(folder)}")
            self._is_bounded = True
            yield

    @contextmanager
    def handed(self, name: str, rows: RecordBatchReader) -> Iterator[None]:
        """Rows of Arrow, under a name that SQL may read once."""
        import duckdb  # noqa: F401 - its package has what reads them

        self._connection.register(name, rows)
        try:
            yield
        finally:
            self._connection.unregister(name)

    @contextmanager
    def attached(self, path: Path, *, read_only: bool = False) -> Iterator[None]:
        """Attach the database at `path` as `store`, for writing unless `read_only`, and make it the current one.

        Waits a while for another process to finish, then raises `StoreBusy`; also `StoreUnreadable`, and `NotOurs`
        where the file is none of DuckDB. One that is not there is made, without a schema.
        """
        if _exists(path):
            _check_header(path)
            how = " (read_only)" if read_only else ""
        else:
            how = f" (storage_version '{STORAGE_VERSION}')"
        # Each commit goes straight into the file: to write it into the log first takes as long again.
        use = "use store" if read_only else "use store; set checkpoint_threshold = '1KB'"
        attach = f"attach {_quoted(path)} as store{how}; {use}"
        with ExitStack() as turn:
            until = turns.deadline(to_write=not read_only)
            if _exists(path):  # nobody else knows of a new one
                turn.enter_context(turns.turn(path, until, to_write=not read_only))
            _patiently(path, until, lambda: self._connection.execute(attach))
            if read_only:
                turn.close()
            with self._put_away(path, read_only=read_only):
                yield

    @contextmanager
    def _put_away(self, path: Path, *, read_only: bool) -> Iterator[None]:
        """Detach the database at `path` afterwards; if all went well, with all in its file."""
        memory, self.path = self.path, path
        try:
            yield
            if not read_only:
                self.run("checkpoint store")
        except BaseException:
            with suppress(_engine().Error):  # what brought us here says more than a store that cannot be put away
                self._connection.execute("use memory; detach store")
            raise
        else:
            with self._translated():
                self._connection.execute("use memory; detach store")
        finally:
            self.path = memory

    def _execute(self, text: str, params: dict[str, object]) -> Connection:
        named = set(re.findall(r"\$(\w+)", text))
        wanted = {name: value for name, value in params.items() if name in named}
        try:
            return self._connection.execute(text, wanted) if wanted else self._connection.execute(text)
        except _engine().OutOfMemoryException:
            if not self._is_bounded:
                raise
            self._is_bounded = False
            self._connection.execute("reset memory_limit")
            return self._execute(text, params)

    def _commit(self) -> None:
        if self._failure is not None:
            raise self._failure
        self.run("commit")

    def _roll_back(self) -> None:
        with suppress(_engine().Error):  # the error that brought us here may have ended the transaction already
            self._connection.execute("rollback")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        engine = _engine()
        try:
            yield
        except RuntimeError as error:  # how duckdb passes on Ctrl-C
            raise KeyboardInterrupt from error
        except engine.InterruptException as error:
            raise KeyboardInterrupt from error
        except engine.Error as error:
            self._failure = failures.of_work(self.path, str(error))
            raise self._failure from error
        except MemoryError as error:
            self._failure = errors.OutOfMemory()
            raise self._failure from error


@contextmanager
def open_reading(path: Path) -> Iterator[Store]:
    """Open the database at `path` read-only.

    Raises `NoData`, `NotOurs`, `NewerStore`, `OlderStore`, `StoreBusy` or `StoreUnreadable`.
    """
    if not _exists(path):
        raise errors.NoData(path=path)
    with _connected(path) as store:
        if not has_newest_schema(store):
            raise errors.OlderStore(path=path)
        with store.bounded() if path.stat().st_size > LARGE else nullcontext():
            yield store


@contextmanager
def open_empty() -> Iterator[Store]:
    """Open a database in memory, for what is asked of DuckDB alone."""
    with Store(_engine().connect(":memory:"), Path(":memory:")) as store:
        _prepare(store)
        yield store


@contextmanager
def open_staging() -> Iterator[Store]:
    """Open a database in memory, with one on disk attached as `staging`, to read logs without touching the store.

    Staged rows lie compressed in a temporary folder, which goes away with it, so that memory stays bounded.
    """
    with paths.scratch() as folder, open_empty() as store:
        # Nobody will read the staging file again: closing it must not tidy it up.
        store.run(f"""
            set memory_limit = '{MEMORY_LIMIT}';
            set temp_directory = {_quoted(folder)};
            attach {_quoted(folder / "staging.duckdb")} as staging ({STAGING});
            pragma disable_checkpoint_on_shutdown;
            set checkpoint_threshold = '1TB';
        """)
        yield store


def migrate(path: Path) -> int:
    """Bring the database at `path` to the newest schema, making it when there is none.

    Returns how many migrations were applied.
    """
    with open_empty() as store:
        applied = make(store, path)
        if applied:
            return applied
        with store.attached(path):
            return update_schema(store)


def make(store: Store, path: Path) -> int:
    """Make a database at `path` with the newest schema, unless there is one. Returns how many migrations were applied.

    It is made in a folder beside, checked, and linked to its path whole: duckdb cannot open a file whose making was cut
    off. A symbolic link is followed.
    """
    _make_folder(path)
    paths.sweep(path.parent)
    if _exists(path):
        return 0
    target = Path(os.path.realpath(path))
    _make_folder(target)
    try:
        with paths.scratch(target.parent) as folder:
            made = folder / target.name
            with store.attached(made):
                store.path = path
                applied = update_schema(store)
            made.chmod(files.FOR_ITS_OWNER)
            if not _is_whole(made):
                raise errors.StoreUnreadable(path=path, why="what was written of it cannot be read")
            files.sync(made)
            try:
                target.hardlink_to(made)
            except FileExistsError:
                if not _exists(target):
                    raise
                return 0
            except OSError:  # a file system without links
                made.rename(target)
            return applied
    except OSError as error:
        raise errors.StoreUnreadable(path=path, why=error.strerror) from error


def update_schema(store: Store) -> int:
    """Bring the attached database to the newest schema. Returns how many migrations were applied.

    Each is one transaction with its bookkeeping; those of a new database are one together. Raises `NotOurs` or
    `NewerStore`.
    """
    version = _version(store)
    pending = [name for name in sql.names("schema") if _number(name) > version]
    for names in [[name] for name in pending] if version else [pending]:
        with store.transaction():
            for name in names:
                store.run(sql.load("schema", name))
            store.run(
                "insert into schema_versions select unnest($versions), now() at time zone 'UTC'",
                versions=[_number(name) for name in names],
            )
    return len(pending)


def exists(path: Path) -> bool:
    """Whether there is a file at `path`. Raises `StoreUnreadable` where that cannot be told."""
    return _exists(path)


def has_newest_schema(store: Store) -> bool:
    """Whether the open or attached database needs no migration. Raises `NotOurs` or `NewerStore`."""
    return _version(store) == _newest()


def is_current(path: Path) -> bool:
    """Whether there is a database at `path` with the newest schema."""
    if not _exists(path):
        return False
    with _connected(path) as store:
        return has_newest_schema(store)


def _is_whole(made: Path) -> bool:
    """Whether a database that nobody else knows of can be read as it was written."""
    try:
        with Store(_engine().connect(str(made), read_only=True), made) as store:
            return has_newest_schema(store)
    except (_engine().Error, errors.Error):
        return False


@contextmanager
def _connected(path: Path) -> Iterator[Store]:
    _check_header(path)
    until = turns.deadline(to_write=False)
    with turns.turn(path, until, to_write=False):
        connection = _patiently(path, until, lambda: _engine().connect(str(path), read_only=True))
    with Store(connection, path) as store:
        _prepare(store)
        yield store


def _prepare(store: Store) -> None:
    # Text without a zone is cast in the session's zone; ours is always UTC.
    store.run("set TimeZone = 'UTC'; set enable_progress_bar = false")


def _version(store: Store) -> int:
    """The schema version of an open file; 0 for an empty one."""
    try:
        found = int(store.query(VERSION).value())
    except errors.StoreFailed:
        # To list the tables takes much longer, and most files are ours.
        tables = {row[0] for row in store.query(OWN_TABLES).rows}
        if not tables:
            return 0
        if tables >= TABLES:
            raise
        raise errors.NotOurs(path=store.path) from None
    if found > _newest():
        raise errors.NewerStore(path=store.path, found=found, known=_newest())
    return found


def _newest() -> int:
    return max(_number(name) for name in sql.names("schema"))


def _number(name: str) -> int:
    return int(name.split("_", maxsplit=1)[0])


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:  # such as a name that is too long
        raise errors.StoreUnreadable(path=path, why=error.strerror) from error


def _check_header(path: Path) -> None:
    if not path.is_file() and not path.is_dir():
        raise errors.StoreUnreadable(path=path, why="it is no regular file")
    try:
        with path.open("rb") as file:
            head = file.read(MAGIC_OFFSET + 4)
    except OSError as error:
        raise errors.StoreUnreadable(path=path, why=error.strerror) from error
    if head[MAGIC_OFFSET:] != b"DUCK":
        raise errors.NotOurs(path=path)


def _make_folder(path: Path) -> None:
    try:
        files.make_folder(path.parent)
    except OSError as error:
        raise errors.StoreUnreadable(path=path, why=error.strerror) from error


def _engine() -> ModuleType:
    """DuckDB itself. The rest of its package, which builds queries in Python, takes longer to import than a report."""
    try:
        import _duckdb as engine
    except ImportError:  # where it is kept is a matter of the package
        import duckdb as engine  # type: ignore[no-redef]
    return engine


def _patiently(path: Path, until: float, open_: Callable[[], T]) -> T:
    """Open a file that another process may hold, trying until then."""
    while True:
        try:
            return open_()
        except _engine().Error as error:
            why = str(error)
            if not failures.is_locked(why):
                raise failures.of_opening(path, why) from error
            if time.monotonic() > until:
                raise errors.StoreBusy(path=path, holder=failures.holder(why)) from error
            turns.pause()


def _quoted(path: Path) -> str:
    """A path as an SQL literal, for ATTACH and SET, which take no parameters."""
    return "'" + str(path).replace("'", "''") + "'"
