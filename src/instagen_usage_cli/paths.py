"""Where the database, the config and one's own price list are, unless a path is given."""

from __future__ import annotations

import os
import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = "instagen-usage"
# The names of our temporary folders; older ones do not say whose they are.
OURS = re.compile(r"usage-((?P<process>\d+)-)?[0-9a-f]{12}")
OLD_AFTER_S = 24 * 60 * 60


def database(given: Path | None = None) -> Path:
    """The database: `--db`, else `USAGE_DB`, else `usage.duckdb` in the platform's user data folder."""
    return given or _from_environment("USAGE_DB") or _data_folder() / "usage.duckdb"


def demo_folder() -> Path:
    """Where `usage demo` keeps its logs and its own database."""
    return _data_folder() / "demo"


@contextmanager
def scratch(within: Path | None = None) -> Iterator[Path]:
    """A folder of our own, `within` another or among the temporary files.

    It goes away with what is in it, also when the work is interrupted while it is made; what was left there by a
    process that was killed goes before.
    """
    import shutil
    import tempfile
    from uuid import uuid4

    parent = within or Path(tempfile.gettempdir())
    sweep(parent)
    folder = parent / f"usage-{os.getpid()}-{uuid4().hex[:12]}"
    held = None
    try:
        folder.mkdir(mode=0o700)
        held = _hold(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def sweep(parent: Path) -> None:
    """Remove the folders in another that processes of ours left when they were killed: nobody holds them any more."""
    import shutil

    try:
        with os.scandir(parent) as entries:
            left = [Path(entry.path) for entry in entries if OURS.fullmatch(entry.name) and _is_left(entry)]
    except OSError:
        return
    for folder in left:
        held = _hold(folder)
        if held is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)


def _is_left(entry: os.DirEntry[str]) -> bool:
    """Whether a folder of ours is nobody's: its process is gone, or it is old, where that cannot be told."""
    found = OURS.fullmatch(entry.name)
    try:
        if found is None or not entry.is_dir(follow_symlinks=False) or entry.stat().st_uid != _user():
            return False
        if found["process"] is None:
            return time.time() - entry.stat().st_mtime > OLD_AFTER_S
        os.kill(int(found["process"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return int(found["process"]) != os.getpid() and time.time() - entry.stat().st_mtime > OLD_AFTER_S


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _hold(folder: Path) -> int | None:
    """Hold a folder as long as the process lives; None where another holds it, or where folders cannot be held."""
    try:
        import fcntl

        held = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        return None
    return held


def config(given: Path | None = None) -> Path:
    """The config: `--config`, else `USAGE_CONFIG`, else `config.toml` in the platform's config folder."""
    return given or _from_environment("USAGE_CONFIG") or _config_folder() / "config.toml"


def prices() -> Path:
    """One's own price list: `USAGE_PRICES`, else `prices.csv` in the platform's config folder."""
    return _from_environment("USAGE_PRICES") or _config_folder() / "prices.csv"


def _config_folder() -> Path:
    import platformdirs

    return platformdirs.user_config_path(APP, appauthor=False)


def _data_folder() -> Path:
    import platformdirs

    return platformdirs.user_data_path(APP, appauthor=False)


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value).expanduser() if value else None
