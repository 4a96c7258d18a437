"""A copy of the store put back without what was taken back since it was made, as far as that is known here.

Three know of it, and none of them is replaced: the store that the copy takes the place of, the audit log, and the files
beside the store. What none of them can tell is told to whoever restores, with what to do about it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from protocol.codec import pack
from server.audit.taken_back import read_taken_back
from server.features.consent.book import Given, key_of
from server.identity.erasures import Erasures
from server.identity.house_key import HouseKey
from server.identity.revocations import SUFFIX, Revocations
from server.identity.subjects import is_guest
from server.store.copies import put_back
from server.store.restoring import (
    Applied,
    Held,
    begin_anew,
    erase_again,
    read_held,
    read_store,
    revoke_again,
    withdraw_again,
)

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection

    from server.audit.taken_back import TakenBack
    from server.identity.erasures import Erasure

WITHDRAWN: Final = pack(Given(given=False))
"""What the store has of a consent that was withdrawn."""


class Restored(msgspec.Struct, kw_only=True):
    """What became of what was taken back."""

    applied: Applied
    revocations: int = 0
    """Revocations of people that the file beside the store had lost."""
    unknown: list[str] = msgspec.field(default_factory=list)
    """What could not be taken back again, and what to do, in words."""


def restore_store(copy: Path, store: Path, folder: Path | None, named: Collection[str]) -> Restored:
    """Put a copy back; `folder` is the audit log's, None without one, `named` the rooms of the facility.

    Raises `StoreError`, `KeyUnusable` or `AuditStartError`, and then the store is as it was. The file of revocations
    may have got back by then what it had lost, which holds either way.
    """
    key = HouseKey()
    key.take_from(store)
    told = None if folder is None else read_taken_back(folder)
    restoring = _Restoring(copy, store, key, told, named)
    put_back(copy, store, restoring.correct)
    return restoring.done


class _Restoring:
    """One copy on its way into the store."""

    def __init__(self, copy: Path, store: Path, key: HouseKey, told: TakenBack | None, named: Collection[str]) -> None:
        """Read who was erased; raise `StoreError` for a list that is none."""
        self._copy = copy
        self._store = store
        self._key = key
        self._erasures = Erasures(store, key, time.time())
        self._told = told
        """What the audit log says, None without one."""
        self._log_knows = False
        """Whether the log goes back to when the copy was made."""
        self._named = named
        self.done = Restored(applied=Applied())

    def correct(self, content: sqlite3.Connection) -> None:
        """Take back again, in the content of the copy, while nobody else has the store. Raises `StoreError`."""
        copied = read_held(content, WITHDRAWN)
        made = copied.copied if copied.copied is not None else self._copy.stat().st_mtime
        self._log_knows = self._told is not None and self._told.began <= made
        held = read_store(self._store, WITHDRAWN)
        if not self._log_knows and (lacks := _lacks(held, copied)):
            self._tell_of_store(lacks)
            # It lacks what nobody knew: for an earlier copy it is no witness, however much is written into it.
            begin_anew(content)
        known = [each for each in (held, _held_by_log(self._told)) if each is not None]
        mine = {each.id: self._whose(each) for each in self._erasures.of_this_key}
        if held is not None:
            # One that was put there by hand may have people who were erased.
            gone = [is_of for id_, is_of in mine.items() if id_ not in held.erasures]
            held.withdrawn = {at: who for at, who in held.withdrawn.items() if not any(is_of(who) for is_of in gone)}
        nobodys = set() if held is None else held.nobodys
        erase_again(content, mine, self._key.tag, nobodys, self.done.applied)
        for each in known:
            revoke_again(content, each.revoked, each.used, self.done.applied)
            withdraw_again(content, each.withdrawn, WITHDRAWN, self._named, self.done.applied)
        self._tell_of_erasures(copied.erasures, {id_ for each in known for id_ in each.erasures})
        self._recover_revocations()

    def _whose(self, erasure: Erasure) -> Callable[[str], bool]:
        return lambda subject: self._erasures.is_of(erasure, subject)

    def _recover_revocations(self) -> None:
        """Give the file beside the store what the log has of the last 30 days and it has not."""
        file = Path(f"{self._store}{SUFFIX}")
        if self._told is not None:
            now = time.time()
            self.done.revocations = Revocations(file, now).recover(self._told.access, now)
            if self._told.unnamed:
                self._tell(
                    f"people: the audit log has {self._told.unnamed} who withdrew consent or whose access was taken"
                    " back, and whose key is not in subjects.sqlite3. Put that file back and restore again, or ask them"
                    " anew and take their access back again"
                )
        if not (self._log_knows or file.exists()):
            self._tell(
                f"revocations: there is no {file.name} beside the store. If somebody's access was taken back in the"
                " last 30 days, put the file back before the server starts, or take their access back again"
            )

    def _tell_of_store(self, what: str) -> None:
        self._tell(
            f"invitations: {self._store.name} {what}, and no audit log goes back to the day of the copy, so what was"
            " taken back or used up since is good again. List what is open with `polyclinic invite`, and take back what"
            " is in doubt with --revoke"
        )
        self._tell(
            "consents: for the same reason, those withdrawn since are given again. Ask people anew, and leave"
            " `recordings` out of the facility file until they have answered"
        )
        if not self._erasures.file.exists():
            self._tell(
                f"erasures: there is no {self._erasures.file.name} beside the store. If somebody was erased since the"
                " copy was made, put the file back and restore again, or erase them again"
            )

    def _tell_of_erasures(self, copied: set[str], known: set[str]) -> None:
        """Tell of erasures that the copy has not been through and that could not be done again."""
        file = self._erasures.file.name
        strange = {each.id for each in self._erasures.of_another_key} - copied
        if strange:
            self._tell(
                f"erasures: of {len(strange)} in {file} it cannot be told of whom, because the house key that is beside"
                " the store, or is missing there, is not the one they were noted with. Put that key back and restore"
                " again, or erase these people again"
            )
        missing = known - copied - {each.id for each in self._erasures.noted}
        if missing:
            self._tell(
                f"erasures: {len(missing)} done since the copy was made are not in {file}. Put that file"
                " back and restore again, or erase these people again"
            )

    def _tell(self, words: str) -> None:
        self.done.unknown.append(words)


def _lacks(held: Held | None, copied: Held) -> str:
    """Say why a store may not know what was taken back since the copy was made; empty if it does."""
    if held is None:
        return "was not there, or could not be read"
    if held.id != copied.id:
        return "is not the store that was copied, or the copy is from before stores had an id"
    # A copy that was put there by hand, for instance.
    return "is older than the copy" if held.last < copied.last else ""


def _held_by_log(told: TakenBack | None) -> Held | None:
    if told is None:
        return None
    return Held(
        id=None,
        copied=None,
        # The log numbers other things.
        last=0,
        revoked=told.revoked,
        used=dict(told.used),
        withdrawn={
            (room, key_of(subject, purpose)): subject
            for room, subject, purpose in told.withdrawn
            # A guest's consent is kept nowhere.
            if not is_guest(subject)
        },
        erasures=told.erasures,
    )
