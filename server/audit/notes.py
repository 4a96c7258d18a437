"""Notes: what a command has to say to the process that writes the log, by way of the key store, which both can open.

Whoever may leave one may read the keys of all pseudonyms, so it takes the server's user; the loopback address would let
every account of the machine say who did what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import structlog

from server.world.auditing import Action, AuditEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


_Time = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""ns since 1970, until 2262: every such time can be written as text."""

_Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An event, and when it was: ns since 1970. What the fields mean, `AuditEvent` says."""

    time: _Time
    action: Action
    outcome: str = ""
    about: tuple[str, ...] = ()
    detail: dict[str, str | _Int64] = {}

    @property
    def event(self) -> AuditEvent:
        """What is written of it."""
        return AuditEvent(action=self.action, outcome=self.outcome, about=self.about, detail=self.detail)


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Note)


def encode(note: Note) -> bytes:
    """Write a note's bytes."""
    return _encoder.encode(note)


def read_notes(rows: Iterable[tuple[int, bytes]]) -> dict[int, tuple[int, AuditEvent]]:
    """Read notes by number, each as its time and its event; one that is none stays where it is, and its writer waits.

    A newer program may have left it: it is refused there, and the log goes on here.
    """
    read: dict[int, tuple[int, AuditEvent]] = {}
    for number, body in rows:
        try:
            note = _decoder.decode(body)
        except msgspec.DecodeError:
            _log.warning("audit_note_not_understood")
        else:
            read[number] = (note.time, note.event)
    return read
