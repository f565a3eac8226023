"""A progress bar for work that takes more than half a second.

It moves without saying how far the work is: DuckDB's own measure of that does not grow evenly, and ends far from 100.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 0.5


@contextmanager
def shown(description: str) -> Iterator[None]:
    """Show a bar on standard error until the work inside is done."""
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(description, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(description: str, done: threading.Event) -> None:
    if done.wait(PATIENCE_S):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        bar.add_task(description, total=None)
        done.wait()
