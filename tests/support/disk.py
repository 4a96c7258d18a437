"""A disk that is full, and files that are given to another user, without either."""

from __future__ import annotations

import os
import resource
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


@contextmanager
def disk_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: what comes up to it is written, the rest is an error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def owned_by(monkeypatch: pytest.MonkeyPatch, owners: dict[Path, int]) -> dict[str, int]:
    """Have these paths belong to these users, all else to this one; whom files are given to from now on, by name."""
    given: dict[str, int] = {}
    stat = Path.stat

    def told(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = stat(path, follow_symlinks=follow_symlinks)
        if path not in owners:
            return found
        fields = list(found)
        fields[4] = owners[path]
        return os.stat_result(fields)

    monkeypatch.setattr(Path, "stat", told)
    monkeypatch.setattr(
        os, "fchown", lambda handle, user, _: given.update({Path(f"/proc/self/fd/{handle}").readlink().name: user})
    )
    return given
