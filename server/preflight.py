"""What would keep a server from starting, looked for before anything is made: no file, no folder, no key.

What is found here may change until the server needs it, so that every part looks again for itself.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from server.config import NO_PORT
from server.doorway.doorway import Doorway
from server.errors import PortInUse, StoreError
from server.frontdesk.admin import ADMIN_HOST
from server.identity.tls import demand_protected
from server.regular_file import REGULAR, kind_of
from server.store.sqlite import LOCK_SUFFIX

if TYPE_CHECKING:
    from server.config import ServerSettings
    from server.doorway.doorway import Caller

_SQLITE: Final = b"SQLite format 3\0"
"""What every database file begins with (https://www.sqlite.org/fileformat.html)."""


async def demand_startable(settings: ServerSettings) -> None:
    """See that a server can listen, can protect what it says and can keep what it has to.

    Raises `CertificateUnusable`, `PlainOffLoopback`, `PortInUse` or `StoreError`, in this order.
    """
    demand_protected(settings)
    await _demand_ports(settings)
    await asyncio.to_thread(demand_place, Path(settings.store))


async def _demand_ports(settings: ServerSettings) -> None:
    asked = [
        (settings.host, settings.world_port, "--world-port"),
        (settings.host, settings.http_port, "--http-port"),
        (ADMIN_HOST, settings.admin_port, "--admin-port"),
    ]
    taken: dict[int, str] = {}
    for host, port, option in asked:
        if port == NO_PORT:
            continue
        if port and (other := taken.setdefault(port, option)) != option:
            raise PortInUse(host, port, f"{other} and {option} are the same; each takes one of its own")
        listening = Doorway(_nobody)
        try:
            await listening.open(host, port)
        except PortInUse as error:
            raise PortInUse(host, port, f"{error.reason}; {_what_to_do(error, option)}") from None
        finally:
            listening.close()


def _what_to_do(error: PortInUse, option: str) -> str:
    if error.number == errno.EADDRINUSE:
        return f"stop what listens there, another server perhaps, or choose another port with {option}"
    if error.number in {errno.EACCES, errno.EPERM}:
        return f"choose another port with {option}: those below 1024 are not for everybody"
    return "expected an address of this machine for --host"


def _nobody(peer: str) -> Caller:
    raise AssertionError(f"nobody is met while it is only tried: {peer}")


def demand_place(file: Path) -> None:
    """See that a store can be opened or made there, as far as can be seen without doing so. Raises `StoreError`."""
    try:
        _demand_place(file, file.absolute().parent)
        _demand_free(file)
        _demand_database(file)
    except OSError as error:
        raise StoreError(f"{file}: cannot be looked at: {error.strerror}") from None


def _demand_place(file: Path, folder: Path) -> None:
    if file.is_dir():
        raise StoreError(f"{file}: expected a file for the store, got a folder; name a file in it")
    if not folder.is_dir():
        raise StoreError(f"{file}: expected a folder {folder} for the store, got none; make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"{file}: expected a folder that can be written, got {folder}, which this user may not write")
    if file.exists() and not os.access(file, os.R_OK | os.W_OK):
        raise StoreError(f"{file}: expected a file that can be written, got one that this user may not write")


def _demand_free(file: Path) -> None:
    try:
        lock = os.open(file.with_name(f"{file.name}{LOCK_SUFFIX}"), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        # Nobody has ever had the store open, or why it cannot be had is found when it is taken.
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise StoreError(f"{file}: another server has it open; stop that, or give this one its own --store") from None
    finally:
        os.close(lock)


def _demand_database(file: Path) -> None:
    if not file.exists():
        return
    if (kind := kind_of(file)) != REGULAR:
        raise StoreError(f"{file}: expected {REGULAR} for the store, got {kind}")
    with file.open("rb") as opened:
        begin = opened.read(len(_SQLITE))
    # An empty one is what a start leaves that was cut short, and SQLite takes it for a new one.
    if begin not in {b"", _SQLITE}:
        raise StoreError(f"{file}: expected a SQLite file that can be written, got: file is not a database")
