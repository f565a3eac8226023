"""Kill the program at its file calls, and see that nothing is lost, doubled or in the way of the next run.

    python -m fuzz.crashes              45 kills of each act: first import, import, forget, migrate, prices set
    python -m fuzz.crashes --kills 4    a few, as continuous integration does

Where `strace` is installed each kill falls into a certain call that writes; elsewhere at a certain moment of the act.
After each, what is stored must be what was before the act or what is after it, and the act done again must end as if
nothing had been. Prints what it finds and exits with 1 if that is anything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = [sys.executable, "-m", "instagen_usage_cli"]
CALLS = (
    "openat,write,pwrite64,fsync,fdatasync,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,rmdir"
)
KILLED = -9
LINES = 4000
# The program with all migrations but the last two, which makes an older store.
OLDER = """
import sys
from instagen_usage_cli import sql
every = sql.names
sql.names = lambda folder: every(folder)[:-2] if folder == "schema" else every(folder)
from instagen_usage_cli.store import migrate
from pathlib import Path
migrate(Path(sys.argv[1]))
"""
ASKED = (
    ("requests", "--period", "all", "--limit", "100000", "--wide", "--format", "csv"),
    ("imports", "--format", "csv"),
    ("prices", "--format", "csv"),
)


@dataclass
class Act:
    """An act, and what is there before it."""

    name: str
    arguments: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    is_older: bool = False
    found: list[str] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)


def acts(folder: Path) -> list[Act]:
    first, second = (str(_log(folder / f"{name}.csv", name)) for name in ("first", "second"))
    price = ("prices", "set", "a-model", "--provider", "me", "--input", "1", "--output", "2")
    return [
        Act("first import", ("import", first)),
        Act("import", ("import", second), (("import", first),)),
        Act("forget", ("forget", first), (("import", first), ("import", second))),
        Act("migrate", ("migrate",), (), is_older=True),
        Act("prices set", price, (("import", first),)),
    ]


def _log(path: Path, name: str) -> Path:
    rows = (
        f"{name}-{n},2026-11-{1 + n % 20:02}T10:{n // 60 % 60:02}:{n % 60:02}Z,m{n % 3},{n},5\n" for n in range(LINES)
    )
    path.write_text("request id,time,model,input tokens,output tokens\n" + "".join(rows), "utf-8")
    return path


def run(
    home: Path, *arguments: str, under: tuple[str, ...] = (), before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the program with a home of its own, under another program, or after something in its process."""
    return subprocess.run(
        [*under, *PROGRAM, *arguments],
        env=_surroundings(home),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=before,
    )


def _surroundings(home: Path) -> dict[str, str]:
    own = {"HOME": home, "USAGE_DB": home / "u.duckdb", "USAGE_PRICES": home / "prices.csv", "TMPDIR": home / "tmp"}
    fixed = {"USAGE_NOW": "2026-11-23T12:00:00Z", "TZ": "UTC", "TERM": "dumb", "USAGE_CONFIG": "/nowhere/config.toml"}
    return os.environ | fixed | {name: str(path) for name, path in own.items()}


def prepared(home: Path, act: Act) -> Path:
    """A home in which all is as before an act."""
    (home / "tmp").mkdir(parents=True)
    if act.is_older:
        subprocess.run([sys.executable, "-c", OLDER, str(home / "u.duckdb")], check=True, env=_surroundings(home))
    for arguments in act.before:
        done = run(home, *arguments)
        if done.returncode:
            raise SystemExit(done.stderr)
    return home


def state_of(home: Path) -> tuple[str, ...]:
    """What the program tells of what is stored. Where there is nothing, and where it is older, that is told, too."""
    return tuple(
        f"{asked.stdout}{asked.stderr}".replace(str(home), "") for asked in (run(home, *each) for each in ASKED)
    )


def crash(act: Act, folder: Path, kills: int) -> str:
    """Kill an act at so many of its moments; returns how often it was killed."""
    base = prepared(folder / "base", act)
    before = state_of(base)
    clean = Path(shutil.copytree(base, folder / "clean"))
    began = time.monotonic()
    if run(clean, *act.arguments).returncode:
        raise SystemExit(act.name)
    took = time.monotonic() - began
    after = state_of(clean)
    counted = _count(Path(shutil.copytree(base, folder / "counted")), act)
    for number in range(kills):
        home = Path(shutil.copytree(base, folder / f"kill-{number}"))
        share = (number + 0.5) / kills
        where = (
            _kill_in_call(home, act, 1 + int(share * counted)) if counted else _kill_in_time(home, act, share * took)
        )
        act.kills[where] += 1
        if where == "not killed":
            continue
        state = state_of(home)
        again = run(home, *act.arguments)
        done = state_of(home)
        if state not in (before, after) and not is_begun(act, state):
            act.found.append(f"{act.name}, kill {number}: neither as before nor as after: {difference(state, after)}")
        if done != after:
            act.found.append(f"{act.name}, kill {number}: done again, it is another: {difference(done, after)}")
        if again.returncode and state != after:
            act.found.append(f"{act.name}, kill {number}: it cannot be done again: {again.stderr.strip()}")
        run(home, "import", str(folder.parent / "first.csv"))  # removes what a kill left
        left = [str(path.relative_to(home)) for path in home.rglob("usage-*") if path.is_dir()]
        if left:
            act.found.append(f"{act.name}, kill {number}: {left} is left behind")
        shutil.rmtree(home)
    return f"{sum(act.kills.values()) - act.kills['not killed']} kills"


def is_begun(act: Act, state: tuple[str, ...]) -> bool:
    """Whether a first import has made a store and stored nothing in it."""
    return not act.before and not act.is_older and "nothing has been imported yet" in state[1]


def difference(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """Where two states are not the same."""
    return "; ".join(
        f"{left[-200:]!r} for {right[-200:]!r}" for left, right in zip(one, other, strict=True) if left != right
    )


def _count(home: Path, act: Act) -> int:
    """How many calls the busiest of the threads of an act makes; 0 where nobody can tell."""
    if not shutil.which("strace"):
        return 0
    trace = home / "trace"
    run(home, *act.arguments, under=("strace", "-ff", "-qq", "-o", str(trace), "-e", f"trace={CALLS}"))
    return max((len(path.read_bytes().splitlines()) for path in home.glob("trace.*")), default=0)


def _kill_in_call(home: Path, act: Act, number: int) -> str:
    inject = f"inject={CALLS}:signal=KILL:when={number}"
    done = run(home, *act.arguments, under=("strace", "-f", "-qq", "-o", str(home / "trace"), "-e", inject))
    trace = (home / "trace").read_text("utf-8", "replace").splitlines()
    (home / "trace").unlink()
    if done.returncode not in {KILLED, 128 - KILLED}:
        return "not killed"
    return next((line.split()[1].partition("(")[0] for line in reversed(trace) if "INJECTED" in line), "killed")


def _kill_in_time(home: Path, act: Act, seconds: float) -> str:
    process = subprocess.Popen(
        [*PROGRAM, *act.arguments], env=_surroundings(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    return "in time" if process.returncode == KILLED else "not killed"


def try_acts(trial: Callable[[Act, Path], str]) -> int:
    """Try each act in a folder of its own, say what was done and what was found; returns how much that is."""
    found = 0
    print(f"duckdb {version('duckdb')}", flush=True)
    with TemporaryDirectory(prefix="acts-") as folder:
        for number, act in enumerate(acts(Path(folder))):
            (Path(folder) / str(number)).mkdir()
            done = trial(act, Path(folder) / str(number))
            print(f"{act.name:<13} {done}; {len(act.found)} findings", flush=True)
            for finding in act.found:
                print(f"  {finding}", flush=True)
            found += len(act.found)
    return found


def main() -> int:
    parser = ArgumentParser(prog="python -m fuzz.crashes")
    parser.add_argument("--kills", type=int, default=45, help="kills of each act")
    asked = parser.parse_args()
    return 1 if try_acts(lambda act, folder: crash(act, folder, asked.kills)) else 0


if __name__ == "__main__":
    sys.exit(main())
