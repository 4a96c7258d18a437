"""Whether a path is a file at all: opening a pipe waits for ever, and reading a device never ends."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

REGULAR: Final = "a regular file"

_KINDS: Final = {
    stat.S_IFREG: REGULAR,
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def kind_of(file: Path | int) -> str:
    """Say what is at a path, links followed, or behind a handle. Raises `OSError`."""
    mode = os.fstat(file).st_mode if isinstance(file, int) else file.stat().st_mode
    return _KINDS.get(stat.S_IFMT(mode), "another kind")


def demand_regular(file: Path | int) -> None:
    """Raise `OSError` unless it is a regular file, in words that say what it is, and for a path with its name."""
    if (kind := kind_of(file)) != REGULAR:
        raise OSError(0, f"expected {REGULAR}, got {kind}", *(() if isinstance(file, int) else (str(file),)))
