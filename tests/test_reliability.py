"""A few of the kills, full disks and crowds of `fuzz`, which docs/reliability.md counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fuzz import crashes, crowd, full_disk

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.threads]
ACTS = ("first import", "import", "forget", "migrate", "prices set")


def act(name: str, folder: Path) -> crashes.Act:
    return next(each for each in crashes.acts(folder) if each.name == name)


@pytest.mark.parametrize("name", ACTS)
def test_a_kill_loses_and_doubles_nothing(name: str, tmp_path: Path) -> None:
    killed = act(name, tmp_path)
    crashes.crash(killed, tmp_path / "act", 3)
    assert killed.found == []
    assert sum(killed.kills.values()) == 3


@pytest.mark.parametrize("name", ACTS)
def test_a_full_disk_is_one_line_and_nothing_is_half_stored(name: str, tmp_path: Path) -> None:
    filled = act(name, tmp_path)
    (tmp_path / "act").mkdir()
    ends = full_disk.fill(filled, tmp_path / "act", 2)
    assert filled.found == []
    assert ends.startswith(("2 on a full disk", "2 with a limit of size"))


def test_a_crowd_loses_nothing_and_nobody_gives_up(tmp_path: Path) -> None:
    done = crowd.crowd(tmp_path, seconds=5, importers=4, readers=2)
    assert done.found == []
    assert len(done.imports) >= 4
    assert done.reads
