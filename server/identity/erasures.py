"""Who was erased, kept beside the store so that a copy from before is restored without them.

The file has no subjects but tags of them, by the house key: whoever has the file alone cannot tell whose they are, not
even who guesses the subject.
"""

from __future__ import annotations

import hmac
import re
import secrets
from typing import TYPE_CHECKING, Final, NamedTuple

from server.errors import StoreError
from server.identity.journal import Journal

if TYPE_CHECKING:
    from pathlib import Path

    from server.identity.house_key import HouseKey

SUFFIX: Final = ".erased"

_EXPECTED: Final = "a time, an id, a key's id and a tag"
_LINE: Final = re.compile(r"(?P<time>\d{1,12}) (?P<id>[0-9a-f]{16}) (?P<key>[0-9a-f]{16}) (?P<tag>[0-9a-f]{64})")


class Erasure(NamedTuple):
    """One time that somebody was erased."""

    time: float
    """s since 1970, for whoever clears the file of what is older than every copy."""
    id: str
    """Drawn; a store that has been through it has it."""
    key: str
    """The id of the house key."""
    tag: str
    """Of the subject, by that key."""


class Erasures:
    """The file, one line for each."""

    def __init__(self, store: Path, key: HouseKey, now: float) -> None:
        """Read what is beside a store; `now` is s since 1970. Raises `StoreError` if it does not serve."""
        self.file: Final = store.with_name(store.name + SUFFIX)
        self._key = key
        self._journal = Journal(self.file, _LINE, _EXPECTED)
        self.noted: Final = [
            Erasure(float(line["time"]), line["id"], line["key"], line["tag"]) for line in self._journal.read(now)
        ]

    @property
    def of_this_key(self) -> list[Erasure]:
        """Those of whom this house key can tell who they are."""
        return [each for each in self.noted if each.key == self._key.id]

    @property
    def of_another_key(self) -> list[Erasure]:
        """Those of whom this house key cannot tell who they are."""
        return [each for each in self.noted if each.key != self._key.id]

    def note(self, subject: str, now: float) -> str:
        """Note that somebody is erased; its id. On the disk when this returns. Raises `StoreError`."""
        id_ = secrets.token_hex(8)
        erasure = Erasure(now, id_, self._key.id, self._key.erasure_tag(subject, id_))
        try:
            self._journal.append(f"{erasure.time:.0f} {erasure.id} {erasure.key} {erasure.tag}", synced=True)
        except OSError as error:
            raise StoreError(f"{self.file}: {error.strerror or 'cannot be written'}") from None
        self.noted.append(erasure)
        return id_

    def is_of(self, erasure: Erasure, subject: str) -> bool:
        """Say whether it was this subject who was erased, as far as this house key can tell."""
        return erasure.key == self._key.id and hmac.compare_digest(
            erasure.tag, self._key.erasure_tag(subject, erasure.id)
        )
