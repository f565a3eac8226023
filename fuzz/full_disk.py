"""Let the disk be full at any point of an act, and see that it is told in one line and nothing is half stored.

    python -m fuzz.full_disk              12 sizes for each act: first import, import, forget, migrate, prices set
    python -m fuzz.full_disk --sizes 3    a few, as continuous integration does

Where this user may mount a small file system, the database is on one; elsewhere no file may grow beyond a size. With
room the act done again must end as if nothing had been. Prints what it finds and exits with 1 if that is anything.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from argparse import ArgumentParser
from collections import Counter
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.crashes import Act, difference, is_begun, prepared, run, state_of, try_acts

if TYPE_CHECKING:
    from collections.abc import Iterator

COULD_NOT = 1
DONE = 0


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[bool]:
    """A file system of that many bytes at a folder; whether that can be had."""
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    can_mount = (
        bool(shutil.which("mount")) and not subprocess.run(mounting, capture_output=True, check=False).returncode
    )
    try:
        yield can_mount
    finally:
        if can_mount:
            subprocess.run(["umount", str(folder)], check=False)


def fill(act: Act, folder: Path, sizes: int) -> str:
    """Let the room end at so many sizes while an act is done; returns how it ended."""
    base = prepared(folder / "base", act)
    before = state_of(base)
    clean = Path(shutil.copytree(base, folder / "clean"))
    run(clean, *act.arguments)
    after = state_of(clean)
    least, most = (sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) for home in (base, clean))
    ends: Counter[str] = Counter()
    for number in range(sizes):
        share = (number + 0.5) / sizes
        home = folder / f"full-{number}"
        with small_disk(home, int(least + 1.3 * (most - least) * share) + 65536) as is_mounted:
            ends["on a full disk" if is_mounted else "with a limit of size"] += 1
            shutil.copytree(base, home, dirs_exist_ok=True)
            limits = None if is_mounted else partial(limit_size, int(most * share))
            done = run(home, *act.arguments, before=limits)
            what = f"{act.name}, size {number}"
            if done.returncode not in {DONE, COULD_NOT} or done.stderr.count("\n") > 1 or "fault in" in done.stderr:
                act.found.append(f"{what}: exit code {done.returncode}, {done.stderr!r}")
            ends["ended for want of room" if done.returncode else "had room enough"] += 1
            if done.returncode and "no room" not in done.stderr:
                act.found.append(f"{what}: not told as what it is: {done.stderr!r}")
            roomy = Path(shutil.copytree(home, folder / f"roomy-{number}"))
        state = state_of(roomy)
        if state not in (before, after) and not is_begun(act, state):
            act.found.append(f"{what}: neither as before nor as after: {difference(state, after)}")
        run(roomy, *act.arguments)
        if state_of(roomy) != after:
            act.found.append(f"{what}: done again, it is another: {difference(state_of(roomy), after)}")
        shutil.rmtree(roomy)
    return ", ".join(f"{count} {how}" for how, count in ends.items())


def limit_size(most: int) -> None:
    """No file of this process may be larger."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))


def main() -> int:
    parser = ArgumentParser(prog="python -m fuzz.full_disk")
    parser.add_argument("--sizes", type=int, default=12, help="sizes for each act")
    asked = parser.parse_args()
    return 1 if try_acts(lambda act, folder: fill(act, folder, asked.sizes)) else 0


if __name__ == "__main__":
    sys.exit(main())
