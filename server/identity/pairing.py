"""Pairing a headset: it shows a short code, a person who is signed in lets it in from their phone (RFC 8628).

What the headset holds is a long code that nobody can guess; the short one is for eyes and fingers, so that guesses at
it are counted, by who makes them and altogether. Nothing of it outlives the process. Times are seconds of the server's
clock.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from server.identity.origins import NATIVE
from server.identity.refusals import (
    AccessDenied,
    AuthorizationPending,
    CodeUnknown,
    ExpiredToken,
    SlowDown,
    TooManyGuesses,
    TooManyPairings,
)
from server.sliding_counter import SlidingCounter

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.identity.person import Person

LIFETIME_SECONDS: Final = 600.0
"""How long a code may be typed in."""
INTERVAL_SECONDS: Final = 5.0
"""Between two questions of a headset; RFC 8628 section 3.5 has 5 s where nothing is said."""
SLOWER_BY_SECONDS: Final = 5.0
"""What each question that came too soon adds to it."""
OPEN_MAX: Final = 1_000
"""At a time."""
OPEN_OF_AN_ADDRESS_MAX: Final = 100
"""Of those, from one network address as limits count them: a clinic's people may share one."""

ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 section 6.1: no vowels, so that no word comes of it, and nothing that is taken for a digit."""
LETTERS: Final = 8
"""34 bits. With a thousand open, one guess of 25 million hits; see `GUESSES_MAX`."""

GUESSES_MAX: Final = 5
"""Codes that are none, by one person, in `GUESSES_SECONDS`; then no more are looked at."""
GUESSES_ALL_MAX: Final = 100
"""The same by everybody: a crowd of accounts gets no further. 100 in 5 minutes hit one of a thousand open codes once in
about two years (RFC 8628 section 5.1)."""
GUESSES_SECONDS: Final = 300.0


@dataclass(slots=True)
class Pairing:
    """A headset that waits."""

    user_code: str
    origin: str
    address: str
    began: float
    expires: float
    interval: float = INTERVAL_SECONDS
    asked: float | None = None
    person: Person | None = None
    """Who let it in."""
    denied: bool = False


@dataclass(slots=True)
class Pairings:
    """All headsets that wait. `draw` gives a letter of the alphabet."""

    draw: Callable[[str], str] = secrets.choice
    _by_device: dict[str, Pairing] = field(default_factory=dict)
    _by_user: dict[str, Pairing] = field(default_factory=dict)
    _guesses: dict[str, SlidingCounter] = field(default_factory=dict)
    """Codes that were none, by subject."""
    _all_guesses: SlidingCounter = field(default_factory=lambda: SlidingCounter(GUESSES_ALL_MAX, GUESSES_SECONDS))

    def begin(self, origin: str, address: str, now: float) -> tuple[str, Pairing]:
        """Have a headset wait, at a network address; its long code, and the rest. Raises `TooManyPairings`."""
        self._forget_expired(now)
        of_address = sum(pairing.address == address for pairing in self._by_device.values())
        if len(self._by_device) >= OPEN_MAX or of_address >= OPEN_OF_AN_ADDRESS_MAX:
            raise TooManyPairings
        user_code = self._new_code()
        pairing = Pairing(user_code, origin, address, now, now + LIFETIME_SECONDS)
        device_code = secrets.token_urlsafe(32)
        self._by_device[device_code] = self._by_user[user_code] = pairing
        return device_code, pairing

    def ask(self, device_code: str, origin: str, now: float) -> Person:
        """Answer a headset that asks whether it was let in: who by, once.

        Raises `AuthorizationPending`, `SlowDown`, `AccessDenied` or `ExpiredToken`.
        """
        self._forget_expired(now)
        pairing = self._by_device.get(device_code)
        # For a page of another origin it is not there.
        if pairing is None or pairing.origin != origin:
            raise ExpiredToken
        if pairing.denied or pairing.person is not None:
            self._forget(device_code, pairing)
            if pairing.person is None:
                raise AccessDenied
            return pairing.person
        before, pairing.asked = pairing.asked, now
        if before is not None and now - before < pairing.interval:
            pairing.interval += SLOWER_BY_SECONDS
            raise SlowDown
        raise AuthorizationPending

    def find(self, typed: str, origin: str, subject: str, now: float) -> Pairing:
        """Find the headset that shows a code, as somebody typed it. Raises `CodeUnknown` or `TooManyGuesses`."""
        self._forget_expired(now)
        mine = self._guesses.setdefault(subject, SlidingCounter(GUESSES_MAX, GUESSES_SECONDS))
        if mine.is_full(now) or self._all_guesses.is_full(now):
            raise TooManyGuesses
        pairing = self._by_user.get(plain(typed))
        # A headset's page is let in from a page of the same origin; a headset's own program has none.
        if pairing is None or pairing.origin not in {NATIVE, origin} or pairing.person is not None or pairing.denied:
            mine.add(now)
            self._all_guesses.add(now)
            raise CodeUnknown
        return pairing

    def settle(self, typed: str, origin: str, person: Person, now: float, *, allowed: bool) -> None:
        """Let a headset in, or say no to it; nobody can do either again. Raises what `find` does."""
        pairing = self.find(typed, origin, person.subject, now)
        pairing.denied = not allowed
        pairing.person = person if allowed else None

    def forget(self, subject: str) -> None:
        """Let nobody in by somebody whose access was taken back meanwhile."""
        for pairing in self._by_device.values():
            if pairing.person is not None and pairing.person.subject == subject:
                pairing.person, pairing.denied = None, True

    def _new_code(self) -> str:
        while True:
            code = "".join(self.draw(ALPHABET) for _ in range(LETTERS))
            if code not in self._by_user:
                return code

    def _forget_expired(self, now: float) -> None:
        for device_code, pairing in list(self._by_device.items()):
            # In order of their beginning, and so of their end.
            if pairing.expires > now:
                break
            self._forget(device_code, pairing)
        for subject, guesses in list(self._guesses.items()):
            if guesses.is_empty(now):
                del self._guesses[subject]

    def _forget(self, device_code: str, pairing: Pairing) -> None:
        del self._by_device[device_code]
        del self._by_user[pairing.user_code]


def plain(typed: str) -> str:
    """Read a code as people type it: in small letters, with hyphens or spaces."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)


def shown(code: str) -> str:
    """Write a code so that it is easily read."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"
