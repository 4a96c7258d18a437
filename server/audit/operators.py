"""What operators do by commands at the machine, written into the log: as it begins, and how it ended.

The log has one writer. While a server is it, a command leaves a note in the key store and waits until the server has
written it; else the command opens the log itself, for a moment. What cannot be written down is not done.
"""

from __future__ import annotations

import os
import pwd
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from server.audit.log import SUBJECT_FILE
from server.audit.notes import Note, encode
from server.audit.opening import open_writer
from server.audit.subjects import Subjects
from server.errors import AuditStartError, AuditTaken, PolyclinicError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.world.auditing import Action

WAIT_SECONDS: Final = 10.0
"""How long a server may take to write a note: it looks four times a second, and waits for a slow disk."""

POLL_SECONDS: Final = 0.05

OPERATOR: Final = "operator"
"""The key of `detail` that has the name of the account that ran the command."""

LOGIN: Final = "login"
"""The key of `detail` that has the account that logged in, where the system knows it and it is another (sudo, su)."""

_LOGIN_FILE: Final = Path("/proc/self/loginuid")
_NOBODY_LOGGED_IN: Final = 0xFFFFFFFF


@contextmanager
def written_down(
    folder: Path | None,
    action: Action,
    detail: dict[str, str | int],
    *,
    about: tuple[str, ...] = (),
    witness: str | None = None,
) -> Iterator[dict[str, str | int]]:
    """Write down what is done within, before and after; None for a facility without a log.

    What is put into the dictionary that this gives is told when it has ended, by error too. Raises `AuditStartError`
    when it cannot be written: before anything was done, or, what has been said in its words, after.
    """
    told: dict[str, str | int] = {}
    if folder is None:
        yield told
        return

    def write(outcome: str, **more: str | int) -> None:
        note = Note(
            time=time.time_ns(), action=action, outcome=outcome, about=about, detail=_operator() | detail | told | more
        )
        _write(folder, note, witness)

    try:
        write("", stage="begun")
    except AuditStartError as error:
        raise AuditStartError(f"nothing was done, because it cannot be written down: {error}") from None
    try:
        yield told
    except BaseException as error:
        # What ended it is what is told.
        with suppress(AuditStartError):
            write(error.code if isinstance(error, PolyclinicError) else "failed", stage="ended")
        raise
    try:
        write("", stage="ended")
    except AuditStartError as error:
        raise AuditStartError(f"it was done, and its end cannot be written down: {error}") from None


def _write(folder: Path, note: Note, witness: str | None) -> None:
    """Return when a note is in the log, on the disk. Raises `AuditStartError` if it is not."""
    try:
        writer = open_writer(folder, witness)
    except AuditTaken:
        _hand_over(folder, note, witness)
        return
    writer.record(note.event)
    writer.close()
    if writer.failed:
        raise AuditStartError(f"{folder}: the audit log was not written")


def _hand_over(folder: Path, note: Note, witness: str | None) -> None:
    try:
        with closing(Subjects(folder / SUBJECT_FILE)) as subjects:
            number = subjects.leave(encode(note))
            until = time.monotonic() + WAIT_SECONDS
            while any(number == each for each, _ in subjects.notes()):
                # Whoever had the log open may have gone: then what was left is written by who opens it.
                with suppress(AuditTaken):
                    open_writer(folder, witness).close()
                if time.monotonic() >= until and subjects.take([number]):
                    raise AuditStartError(f"{folder}: the server that has this audit log open does not write it")
                _pause()
    except (OSError, sqlite3.Error) as error:
        raise AuditStartError(f"{folder / SUBJECT_FILE}: {error}") from None


def _pause() -> None:
    time.sleep(POLL_SECONDS)  # noqa: TID251 - a command waits for another process


def _operator() -> dict[str, str | int]:
    user = os.getuid()
    told: dict[str, str | int] = {OPERATOR: _name(user)}
    # The kernel keeps who logged in over sudo and su; the environment may say anything.
    with suppress(OSError, ValueError):
        login = int(_LOGIN_FILE.read_text(encoding="ascii"))
        if login not in {user, _NOBODY_LOGGED_IN}:
            told[LOGIN] = _name(login)
    return told


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid {user}"
