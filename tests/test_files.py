"""The one atomic writer: whole or not at all, for its owner alone, and never over what is no regular file."""

from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import errors, files

if TYPE_CHECKING:
    from pathlib import Path


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    files.write(tmp_path / "new.csv", "é\r\n")
    assert (tmp_path / "new.csv").read_bytes() == "é\r\n".encode()
    assert (mode(tmp_path / "new.csv"), names(tmp_path)) == (0o600, ["new.csv"])


@pytest.mark.parametrize("permissions", [0o600, 0o640, 0o644])
def test_an_old_file_keeps_its_permissions_and_a_link_stays_a_link(tmp_path: Path, permissions: int) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old")
    target.chmod(permissions)
    link.symlink_to(target)
    files.write(link, "new")
    assert (link.is_symlink(), target.read_text(), mode(target)) == (True, "new", permissions)


def test_a_file_is_replaced_only_when_the_work_succeeds(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("old")
    with files.replacing(path, "new"):
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    with pytest.raises(OSError, match="no luck"), files.replacing(path, "newer"):
        raise OSError("no luck")  # noqa: TRY003 - it stands for any work that fails
    assert (path.read_text(), names(tmp_path)) == ("new", ["config.toml"])


def test_what_a_killed_process_left_is_no_hindrance(tmp_path: Path) -> None:
    left = tmp_path / f".a.csv.{os.getpid()}.part"
    left.write_text("half")
    left.chmod(0o644)
    files.write(tmp_path / "a.csv", "whole")
    assert (names(tmp_path), mode(tmp_path / "a.csv")) == (["a.csv"], 0o600)


def test_a_pipe_gets_the_text_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read_text("utf-8")), daemon=True)
    reader.start()
    files.write(pipe, "text")
    reader.join(timeout=30)
    assert (found, pipe.is_fifo(), names(tmp_path)) == (["text"], True, ["pipe"])


def test_a_device_is_written_to(tmp_path: Path) -> None:
    link = tmp_path / "nothing.csv"
    link.symlink_to(os.devnull)
    files.write(link, "text")
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)  # noqa: PTH116 - os.devnull is text
    assert link.is_symlink()


@pytest.mark.parametrize(
    ("name", "why"),
    [("folder", "is a directory"), ("file/a.csv", "(not a directory|file exists)")],
)
def test_what_cannot_be_written_is_known_before_the_work(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(errors.CannotWrite, match=why), files.replacing(tmp_path / name, "text"):
        pytest.fail("the work has begun")
    assert names(tmp_path) == ["file", "folder"]


@pytest.mark.parametrize("umask", [0o022, 0o000, 0o077])
def test_folders_are_made_for_their_owner_alone(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        files.write(tmp_path / "a" / "b" / "c.csv", "text")
    finally:
        os.umask(before)
    assert (tmp_path / "a" / "b" / "c.csv").read_text() == "text"
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b", "a/b/c.csv")]
    assert modes == [0o700, 0o700, 0o600]


def test_a_link_that_leads_to_itself_is_an_error(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(errors.CannotWrite):
        files.write(link, "text")
    assert link.is_symlink()
