"""Where the database, the config and one's own price list are, unless a path is given."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

APP = "instagen-usage"


def database(given: Path | None = None) -> Path:
    """The database: `--db`, else `USAGE_DB`, else `usage.duckdb` in the platform's user data folder."""
    return given or _from_environment("USAGE_DB") or _data_folder() / "usage.duckdb"


def demo_folder() -> Path:
    """Where `usage demo` keeps its logs and its own database."""
    return _data_folder() / "demo"


@contextmanager
def scratch(within: Path | None = None) -> Iterator[Path]:
    """A folder of our own, `within` another or among the temporary files.

    It goes away with what is in it, also when the work is interrupted while it is made.
    """
    import shutil
    import tempfile
    from uuid import uuid4

    folder = (within or Path(tempfile.gettempdir())) / f"usage-{uuid4().hex[:12]}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
