"""Chat: what a member says reaches those who may perceive it, and nobody else.

Where the room keeps chat, who comes later is told the last lines, but of those whom they do not perceive for what these
withdrew. What is said where not everybody may hear it is not kept: who comes later would have to be asked where
everybody stood then, and what they were there for. A line that is kept is told once it is: who may hear it is asked
then, since a curtain or a withdrawal may have come between.
"""

from __future__ import annotations

import unicodedata
from collections import deque
from functools import partial
from secrets import token_bytes
from typing import TYPE_CHECKING, Any, ClassVar, Final

from msgspec import Struct

from protocol.features import FEATURES, Earlier, Line, Said
from protocol.ids import CHAT_BURST, CHAT_CHARACTERS_MAX, CHAT_PER_SECOND
from protocol.rights import Right
from server.errors import OperationRefused
from server.identity.subjects import digest_of
from server.legible import is_seen
from server.world.auditing import Action
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom
from server.world.keeping import Keep, read_each
from server.world.wire_time import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.world.keeping import Line as KeptLine
    from server.world.member import Member

ID_BYTES: Final = 16
"""Random, for a line has no number before it is kept, and the server's clock begins anew with it."""

_SECONDS_EACH = 1.0 / CHAT_PER_SECOND


class Spoken(Struct, frozen=True):
    """What is kept of a line."""

    name: str
    text: str
    by: str = ""
    """A digest of the subject of who said it; empty in lines that were kept without."""
    id: bytes = b""
    """By which `Unsaid` knows it; empty in lines that were kept without."""


class Unsaid(Struct, frozen=True):
    """Says of a line on the disk that nobody who comes later is told it.

    Kept as a line too: it follows the one that it is about, and so is there for as long as that one.
    """

    unsaid: bytes
    """The id of the line."""


class Chat(Feature):
    """Text in the room."""

    name = "chat"
    operations = FEATURES[name].operations
    audited: ClassVar = {"say": Action.CHAT_SAID}

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        # When what each has said so far would have been said at the steady rate.
        self._paid_until: dict[int, float] = {}
        self._lines: deque[tuple[Spoken, float]] = deque(maxlen=room.chat_kept)
        """The last lines and when they were said."""

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Forget how much the member has said."""
        self._paid_until.pop(member.entity, None)

    def on_recall(self, values: Mapping[str, Any], lines: Sequence[KeptLine], now: float) -> None:  # noqa: ARG002 - the interface's
        """Know the last lines from before."""
        unsaid = {of for line in lines if (of := _unsaid(line.value))}
        said = [(line.age, line.value) for line in lines if not _unsaid(line.value)]
        for age, spoken in read_each(said, Spoken):
            if spoken.id not in unsaid:
                self._lines.append((spoken, now - age))

    def on_join(self, member: Member, now: float) -> None:
        """Tell the last lines to who comes."""
        hidden = {digest_of(other.participant.subject) for other in self.room.privacy.withdrawals.hidden(member)}
        lines = tuple(
            Line(name=spoken.name, text=spoken.text, age=max(now - said_at, 0.0))
            for spoken, said_at in self._lines
            if spoken.by not in hidden
        )
        if lines:
            member.outlet.event(EncodedEvent.of(self.name, "earlier", Earlier(lines=lines)))

    def on_resync(self, member: Member, now: float) -> None:
        """Tell them again to who knows nothing any more."""
        self.on_join(member, now)

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Keep | None:  # noqa: ARG002 - there is one type
        """Check the right to chat, a text and its rate, and tell it, once it is kept if the room keeps it."""
        if not member.may(Right.CHAT):
            raise OperationRefused("forbidden", "you may not write into the chat here")
        text: str = body.text
        _check(text)
        self._charge(member, now)
        spoken = Spoken(member.participant.name, text, digest_of(member.participant.subject), token_bytes(ID_BYTES))
        if not self.room.chat_kept or self.room.concealed(member):
            self._tell(member, spoken, now)
            return None

        def then(later: float) -> None:
            if self.room.concealed(member):
                # It is on the disk: who comes after a restart would be told.
                self._keep_unsaid(spoken)
            else:
                self._lines.append((spoken, later))
            self._tell(member, spoken, later)

        return Keep(key="", value=spoken, then=then, personal=True)

    def _keep_unsaid(self, spoken: Spoken) -> None:
        self.room.keep(self.name, "", Unsaid(spoken.id), refused=partial(self._keep_unsaid, spoken))

    def _tell(self, member: Member, spoken: Spoken, now: float) -> None:
        """Tell a line to those who may perceive who said it now, or could until that member left."""
        said = Said(entity=member.entity, name=spoken.name, text=spoken.text, time=wire_time(now))
        event = EncodedEvent.of(self.name, "said", said)
        for listener in tuple(self.room.perceivers(member)):
            listener.outlet.event(event)

    def _charge(self, member: Member, now: float) -> None:
        paid_until = max(self._paid_until.get(member.entity, now), now)
        if paid_until - now > (CHAT_BURST - 1) * _SECONDS_EACH:
            wait = paid_until - now - (CHAT_BURST - 1) * _SECONDS_EACH
            raise OperationRefused("rate_limited", f"that was fast; the next may be said in {wait:.1f} s")
        self._paid_until[member.entity] = paid_until + _SECONDS_EACH


def _unsaid(kept: object) -> bytes:
    """Give the id of the line that a kept one is the `Unsaid` of; empty if it is none, or damaged."""
    unsaid = kept.get("unsaid") if isinstance(kept, dict) else None
    return unsaid if isinstance(unsaid, bytes) else b""


def _check(text: str) -> None:
    """Refuse what is too long, what nobody could see, and what tells a screen or a terminal to do something."""
    if len(text) > CHAT_CHARACTERS_MAX:
        raise OperationRefused("too_long", f"{len(text)} characters; at most {CHAT_CHARACTERS_MAX} are said at once")
    for character in text:
        if unicodedata.category(character) == "Cc" and character != "\n":
            raise OperationRefused("malformed", f"the text has the control character U+{ord(character):04X}")
    if not any(is_seen(character) for character in text):
        raise OperationRefused("malformed", "the text has nothing to be seen")
