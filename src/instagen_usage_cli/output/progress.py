"""A progress bar for work that takes more than half a second."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 0.5
REFRESH_S = 0.1


@contextmanager
def shown(description: str, percent: Callable[[], float]) -> Iterator[None]:
    """Show a bar on standard error until the work inside is done; `percent` is negative while unknown."""
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(description, percent, done), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _watch(description: str, percent: Callable[[], float], done: threading.Event) -> None:
    if done.wait(PATIENCE_S):
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=None)
        while not done.wait(REFRESH_S):
            reached = percent()
            bar.update(task, total=100 if reached >= 0 else None, completed=max(reached, 0))
