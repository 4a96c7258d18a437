"""What is no regular file is told by what it is, without being opened."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from server.regular_file import REGULAR, demand_regular, kind_of


def test_each_kind_has_a_word_and_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    file.touch()
    link.symlink_to(file)
    os.mkfifo(pipe)
    with socket.socket(socket.AF_UNIX) as unix:
        unix.bind(str(tmp_path / "s"))
    assert kind_of(file) == kind_of(link) == REGULAR
    assert kind_of(tmp_path) == "a folder"
    assert kind_of(pipe) == "a pipe"
    assert kind_of(tmp_path / "s") == "a socket"
    assert kind_of(Path("/dev/zero")) == "a device"


def test_what_is_no_regular_file_is_refused_by_its_path_and_by_a_handle(tmp_path: Path) -> None:
    file, pipe = tmp_path / "file", tmp_path / "pipe"
    file.touch()
    os.mkfifo(pipe)
    demand_regular(file)
    with pytest.raises(OSError, match="expected a regular file, got a pipe") as refused:
        demand_regular(pipe)
    assert refused.value.filename == str(pipe)
    handle = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(OSError, match="expected a regular file, got a pipe") as refused:
            demand_regular(handle)
    finally:
        os.close(handle)
    assert refused.value.filename is None


def test_what_is_not_there_is_told_by_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        demand_regular(tmp_path / "none")
