"""Who was refused what, for the audit log: one record for who is known, a count for everybody else.

A stranger may ask for as long as they like, from as many addresses as they have, and the log is never shortened. So
what was refused to nobody in particular is one record a minute, with how often by which code.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from server.errors import PolyclinicError
from server.world.auditing import Action, AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.identity.person import Person
    from server.world.auditing import Auditor

WRITE_SECONDS: Final = 60.0
"""How often it is written down how many strangers were refused, if any were."""


@dataclass(slots=True)
class Attempt:
    """What is known so far of a request that may be refused."""

    room: str = ""
    """The id of the room that is asked for, if there is one."""
    person: Person | None = None
    """Who asks, once that is known."""


class Refusals:
    """Writes down and counts."""

    def __init__(self, auditor: Auditor) -> None:
        self._auditor = auditor
        self._strangers: Counter[str] = Counter()

    @contextmanager
    def noting(self, action: Action, room: str = "") -> Iterator[Attempt]:
        """Note what is raised inside as the refusal of `action`, of who is known by then, and let it pass."""
        attempt = Attempt(room)
        try:
            yield attempt
        except PolyclinicError as error:
            self._note(action, error.code, attempt)
            raise

    def write(self, now: float = 0.0) -> None:  # noqa: ARG002 - a chore is told the time
        """Write down how many strangers were refused since the last time."""
        if self._strangers:
            count = dict(self._strangers)
            self._strangers.clear()
            self._auditor.record(AuditEvent(action=Action.STRANGERS_REFUSED, outcome="refused", detail=count))

    def _note(self, action: Action, code: str, attempt: Attempt) -> None:
        person = attempt.person
        if person is None or person.is_guest:
            self._strangers[code] += 1
        else:
            event = AuditEvent(action=action, outcome=code, subject=person.subject, room=attempt.room)
            self._auditor.record(event)
