"""Hard conditions: closed streams, signals, leftovers, devices, pipes, full disks, little memory, and rights."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb  # noqa: TID251, TID253 - its errors
import pytest

from instagen_usage_cli import errors, failures, paths
from instagen_usage_cli.store import Store
from tests.conftest import environment
from tests.support.stored import rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

PROGRAM = [sys.executable, "-m", "instagen_usage_cli"]
EXECUTE = Store._execute  # noqa: SLF001 - what is told of it
LOG = "time,model,input tokens\n2026-11-20T10:00:00Z,m,5\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.csv"
    path.write_text(LOG, "utf-8")
    return path


def shell(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `$U …` in a shell."""
    surroundings = environment(USAGE_DEBUG="", U=" ".join(PROGRAM), **variables)
    return subprocess.run(
        ["/bin/sh", "-c", command], env=surroundings, capture_output=True, text=True, check=False, timeout=60
    )


# --- streams and signals ------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_stop_no_import(log: Path, tmp_path: Path, closed: str) -> None:
    ran = shell(f"$U import '{log}' {closed}", USAGE_DB=str(tmp_path / "usage.duckdb"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ("1 new" in ran.stdout) == (">&-" not in closed.replace("2>&-", ""))
    assert len(rows(tmp_path / "usage.duckdb", "requests")) == 1


def test_closed_standard_input_is_empty(tmp_path: Path) -> None:
    ran = shell("$U import - <&-", USAGE_DB=str(tmp_path / "usage.duckdb"))
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", "usage: cannot read -: the file is empty\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    """Falls where the end of the terminal kills the program, and its staging stays."""
    pipe, temporary = tmp_path / "pipe", tmp_path / "tmp"
    os.mkfifo(pipe)
    temporary.mkdir()
    surroundings = environment(USAGE_DB=str(tmp_path / "usage.duckdb"), TMPDIR=str(temporary))
    process = subprocess.Popen(
        [*PROGRAM, "import", str(pipe)],
        env=surroundings,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509 - the tests may run under nohup
    )
    with pipe.open("w", encoding="utf-8") as writer:  # opens as soon as the program reads
        writer.write(LOG)
        writer.flush()
        assert list(temporary.iterdir())
        time.sleep(1)  # until it waits for more
        process.send_signal(number)
        _, told = process.communicate(timeout=60)
    assert (process.returncode, told) == (143, "usage: stopped before it was done\n")
    assert list(temporary.iterdir()) == []


# --- leftovers ----------------------------------------------------------------------------------------


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    gone = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    left = [f"usage-{int(gone.stdout)}-0123456789ab", "usage-0123456789ab"]
    kept = [f"usage-{os.getppid()}-0123456789ab", "usage-ffffffffffff", "usage-mine", "other"]
    for name in (*left, *kept):
        (tmp_path / name).mkdir()
        (tmp_path / name / "staging.duckdb").touch()
    os.utime(tmp_path / left[1], (0, time.time() - 2 * paths.OLD_AFTER_S))  # of a version that did not say whose it is
    with paths.scratch(tmp_path) as folder:
        held = folder.name
        paths.sweep(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, held])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


# --- devices and pipes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "why"), [("/dev/zero", "it is a device"), ("/proc/self/status", "it is a file of the system's own")]
)
def test_what_has_no_end_is_refused_at_once(run: Run, name: str, why: str) -> None:
    outcome = run("import", name)
    assert outcome.code == 1
    assert why in outcome.err


def test_a_pipe_without_a_writer_is_refused_and_one_with_a_slow_writer_is_read(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "it is a pipe to which nobody writes" in run("import", pipe).err

    def write() -> None:
        with pipe.open("w", encoding="utf-8") as writer:
            time.sleep(0.3)
            writer.write(LOG)

    threading.Thread(target=write, daemon=True).start()
    assert "1 new" in run("import", pipe).out


def test_a_database_that_is_no_file_is_refused(run: Run, tmp_path: Path) -> None:
    pipe = tmp_path / "usage.duckdb"
    os.mkfifo(pipe)
    outcome = run("stats")
    assert (outcome.code, outcome.err) == (1, f"usage: cannot open {pipe}: it is no regular file\n")


def test_what_is_piped_or_unpacked_has_a_bound(run: Run, tmp_path: Path) -> None:
    zipped = tmp_path / "log.csv.gz"
    zipped.write_bytes(gzip.compress(LOG.encode() * 100))
    outcome = run("import", zipped, "--max-bytes", "1000")
    assert (outcome.code, outcome.err) == (
        1,
        f"usage: cannot read {zipped}: it has more than 1,000 bytes; --max-bytes takes another number\n",
    )
    assert run("import", "-", "--max-bytes", "10", stdin=LOG.encode()).code == 1
    assert run("import", "-", "--max-bytes", "1000", stdin=LOG.encode()).code == 0


# --- limits of the machine ----------------------------------------------------------------------------


def limited(log: Path, database: Path, what: int, most: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "import", str(log)],
        env=environment(USAGE_DB=str(database), USAGE_DEBUG=""),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(what, (most, most)),
    )


@pytest.mark.parametrize("most", [4096, 100_000, 300_000])
def test_a_file_that_may_not_grow_is_one_line_and_stores_nothing(log: Path, tmp_path: Path, most: int) -> None:
    """As on a full disk: falls where a store without tables is put in place, or a fault in the program is told."""
    database = tmp_path / "usage.duckdb"
    ran = limited(log, database, resource.RLIMIT_FSIZE, most)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert "there is no room left" in ran.stderr
    assert not database.exists()
    assert shell(f"$U import '{log}'", USAGE_DB=str(database)).returncode == 0
    assert len(rows(database, "requests")) == 1


@pytest.mark.parametrize(
    ("why", "says"),
    [
        ("Out of Memory Error: Failed to allocate block of 2097152 bytes (bad allocation)", "too little memory"),
        ("TransactionContext Error: Failed to commit: Allocation failure", "too little memory"),
        ('IO Error: Could not write file "u.duckdb": No space left on device', "no room left"),
        ('IO Error: Cannot open file "u.duckdb": Too many open files', "too many files are open"),
        (
            "Constraint Error: what else\nand more",
            "refused the work, and nothing was stored: Constraint Error: what else",
        ),
    ],
)
def test_what_the_machine_lacks_is_told_as_that(run: Run, log: Path, why: str, says: str) -> None:
    """The text is DuckDB's, as it was seen with ulimit -v, a full disk and ulimit -n."""

    def execute(store: Store, text: str, params: dict[str, object]) -> object:
        if "update write_fence" in text:
            raise duckdb.Error(why)
        return EXECUTE(store, text, params)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Store, "_execute", execute)
        outcome = run("import", log)
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert says in outcome.err


@pytest.mark.parametrize("command", ["stats", "import", "forget 1"])
@pytest.mark.parametrize("damage", ["changed", "cut"])
def test_a_damaged_database_says_what_to_do(run: Run, tmp_path: Path, command: str, damage: str) -> None:
    log = tmp_path / "long.csv"
    log.write_text(LOG + "".join(f"2026-11-20T10:00:00Z,m{n % 97},{n}\n" for n in range(60_000)), "utf-8")
    database = tmp_path / "usage.duckdb"
    assert run("import", log).code == 0
    whole = database.read_bytes()
    begin, half = 3 * 4096, len(whole) // 2  # behind the headers, which tell whose file it is
    spoilt = bytes(byte ^ 0x5A for byte in whole[begin:])
    database.write_bytes(whole[:begin] + spoilt if damage == "changed" else whole[:half])
    outcome = run(*command.split(), *([log, "--again"] if command == "import" else []))
    assert (outcome.code, outcome.err.count("\n")) == (1, 1)
    assert "is damaged" in outcome.err
    assert "restore it from a backup" in outcome.err


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("/corrupt/checksum.duckdb", 'Constraint Error: in "/corrupt/checksum.duckdb": serialized'),
        (":memory:", 'IO Error: Could not read enough bytes from file "log.parquet"'),
    ],
)
def test_no_name_and_no_log_makes_a_database_damaged(path: str, why: str) -> None:
    """Falls where somebody would be told to move a good database away."""
    assert type(failures.of_work(Path(path), why)) is errors.StoreFailed
    assert type(failures.of_opening(Path(path), why)) is errors.StoreUnreadable


def test_a_name_that_is_not_utf8_is_passed_over_in_a_folder_and_refused_alone(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "good.csv").write_text(LOG, "utf-8")
    odd = os.fsencode(folder) + b"/b\xff.csv"
    with open(odd, "w", encoding="utf-8") as file:  # noqa: PTH123 - a name of bytes
        file.write(LOG)
    outcome = run("import", folder)
    assert outcome.code == 0
    assert "1 new" in outcome.out
    assert "its name is not UTF-8" in f"{outcome.out}{outcome.err}"
    alone = run("import", os.fsdecode(odd))
    assert alone.code == 1
    assert "its name is not UTF-8" in alone.err


# --- rights -------------------------------------------------------------------------------------------


def test_whatever_is_made_is_for_its_owner_alone(log: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    variables = {"HOME": str(home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "USAGE_DB": "", "USAGE_CONFIG": ""}
    variables |= {"USAGE_PRICES": ""}
    told = shell(
        f"umask 000; $U import '{log}' --set project=x --save-map m && $U prices set m --input 1"
        f" && $U stats --period all -o '{home}/new/folder/out.csv'",
        **variables,
    )
    assert told.returncode == 0, told.stderr
    made = list(home.rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made if path.is_dir()} == {0o700}
    assert len([path for path in made if path.is_file()]) == 4
