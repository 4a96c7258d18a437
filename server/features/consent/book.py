"""Who has given consent for what.

What somebody gives counts once it is kept; what somebody withdraws counts at once, whatever becomes of keeping it, and
undoes whatever they asked to give before, kept or not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, ValidationError, convert

from protocol.features import GIVEN_BY_COMING
from server.identity.subjects import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping

BY_COMING: Final[frozenset[str]] = frozenset(GIVEN_BY_COMING)


class Given(Struct, frozen=True):
    """What is kept of a person and a purpose."""

    given: bool


class Asking:
    """Consent that is about to be given, once it is kept."""

    __slots__ = ("purpose",)

    def __init__(self, purpose: str) -> None:
        self.purpose = purpose


class ConsentBook:
    """The consents of a room, by person and purpose."""

    def __init__(self) -> None:
        self._given: dict[str, frozenset[str]] = {}
        self._asked: dict[str, list[Asking]] = {}
        """What is on its way to be kept and was not withdrawn since; of those who have any."""

    def recall(self, values: Mapping[str, Any]) -> None:
        """Begin with what was kept, by key. What cannot be read of it is no consent.

        Raises `msgspec.ValidationError` if there is such, once all the rest counts.
        """
        fault = None
        for key, value in values.items():
            purpose, _, person = key.partition(" ")
            before = self._given.get(person, BY_COMING)
            try:
                given = convert(value, Given).given
            except ValidationError as error:
                given, fault = False, error
            self._given[person] = before | {purpose} if given else before - {purpose}
        if fault is not None:
            raise fault

    def given(self, subject: str) -> frozenset[str]:
        """Say what a person consents to now."""
        return self._given.get(digest_of(subject), BY_COMING)

    def asked(self, subject: str) -> frozenset[str]:
        """Say what a person will consent to once all that is on its way is kept."""
        return self.given(subject).union(asking.purpose for asking in self._asked.get(digest_of(subject), ()))

    def ask(self, subject: str, purpose: str) -> Asking:
        """Note that consent is about to be given; `give` or `undo` follows."""
        asking = Asking(purpose)
        self._asked.setdefault(digest_of(subject), []).append(asking)
        return asking

    def give(self, subject: str, asking: Asking) -> bool:
        """Let a consent count that was asked for, unless it was withdrawn since; whether it does."""
        if not self.undo(subject, asking):
            return False
        self._given[digest_of(subject)] = self.given(subject) | {asking.purpose}
        return True

    def undo(self, subject: str, asking: Asking) -> bool:
        """Forget that consent was about to be given; whether it still was."""
        asked = self._asked.get(digest_of(subject), [])
        if asking not in asked:
            return False
        self._keep_asked(subject, [other for other in asked if other is not asking])
        return True

    def withdraw(self, subject: str, purpose: str) -> bool:
        """Let a consent count no more; whether it did, or was about to."""
        before = self.asked(subject)
        asked = self._asked.get(digest_of(subject), ())
        self._keep_asked(subject, [asking for asking in asked if asking.purpose != purpose])
        self._given[digest_of(subject)] = self.given(subject) - {purpose}
        return purpose in before

    def forget(self, subject: str) -> None:
        """Forget a person who will not be known again."""
        self._given.pop(digest_of(subject), None)
        self._asked.pop(digest_of(subject), None)

    def _keep_asked(self, subject: str, asked: list[Asking]) -> None:
        if asked:
            self._asked[digest_of(subject)] = asked
        else:
            self._asked.pop(digest_of(subject), None)


def key_of(subject: str, purpose: str) -> str:
    """Say under which key the store has a consent; the subject itself is not in it."""
    return f"{purpose} {digest_of(subject)}"
