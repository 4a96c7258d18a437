"""Files that outlive the process: whole, on the disk by name, and of the user who has to read them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_all(handle: int, data: bytes) -> None:
    """Write all of it: at the end of a disk the system takes what fits and says how much. Raises `OSError`."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def give_to_owner(handle: int, *names: str) -> None:
    """Have a new file belong to whom the first of these names in its folder does, else the folder, if this user may.

    A command may be run by root, and what it makes beside the store the server's user has to read. What is another's or
    has something in it is not new, and stays as it is. The folder is the one that the file really is in: where the
    server's user put a link, nothing at its other end becomes theirs.
    """
    made = os.fstat(handle)
    if made.st_uid != os.geteuid() or made.st_size or made.st_nlink != 1:
        return
    # Not every user may, nor does every file system.
    with suppress(OSError):
        folder = Path(f"/proc/self/fd/{handle}").readlink().parent
        like = next((folder / name for name in names if (folder / name).exists()), folder)
        owner = like.stat()
        os.fchown(handle, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk when this returns. Raises `OSError`.

    A file that is new, or took the place of another, is lost by name until then.
    """
    _sync(folder, os.O_DIRECTORY)


def sync_file(file: Path) -> None:
    """Have on the disk what is in a file when this returns. Raises `OSError`."""
    _sync(file, 0)


def _sync(path: Path, kind: int) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | kind)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
