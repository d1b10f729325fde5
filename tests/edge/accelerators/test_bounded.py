from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edge.accelerators.bounded import read_bounded
from edge.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_of_just_the_allowed_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_bounded(path, 100) == b"x" * 100
    with pytest.raises(ModelError, match="has 100 bytes, at most 99"):
        read_bounded(path, 99)


def test_a_file_of_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    os.truncate(path, 1 << 30)  # sparse: takes no room
    with pytest.raises(ModelError, match="has 1073741824 bytes"):
        read_bounded(path, 1000)


def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ModelError, match="not a regular file"):
        read_bounded(path, 1000)


def test_an_endless_device_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "zero"
    path.symlink_to("/dev/zero")
    with pytest.raises(ModelError, match="not a regular file"):
        read_bounded(path, 1000)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"not a regular file|cannot be read"):
        read_bounded(tmp_path, 1000)


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "circle"
    path.symlink_to(path)
    with pytest.raises(ModelError, match="cannot be read"):
        read_bounded(path, 1000)
