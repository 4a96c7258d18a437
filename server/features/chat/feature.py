"""Chat: what a member says reaches those who may perceive the zone it is in, and nobody else."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, ClassVar

from protocol.features import FEATURES, Said
from protocol.ids import CHAT_BURST, CHAT_CHARACTERS_MAX, CHAT_PER_SECOND
from server.errors import OperationRefused
from server.legible import is_seen
from server.world.auditing import Action
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom
from server.world.wire_time import wire_time

if TYPE_CHECKING:
    from server.world.member import Member

_SECONDS_EACH = 1.0 / CHAT_PER_SECOND


class Chat(Feature):
    """Text in the room."""

    name = "chat"
    operations = FEATURES[name].operations
    audited: ClassVar = {"say": Action.CHAT_SAID}

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        # When what each has said so far would have been said at the steady rate.
        self._paid_until: dict[int, float] = {}

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Forget how much the member has said."""
        self._paid_until.pop(member.entity, None)

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> None:  # noqa: ARG002 - there is one type
        """Check a text and its rate, and tell it."""
        text: str = body.text
        _check(text)
        self._charge(member, now)
        said = Said(entity=member.entity, name=member.participant.name, text=text, time=wire_time(now))
        event = EncodedEvent.of(self.name, "said", said)
        for listener in self.room.perceivers(member):
            listener.outlet.event(event)

    def _charge(self, member: Member, now: float) -> None:
        paid_until = max(self._paid_until.get(member.entity, now), now)
        if paid_until - now > (CHAT_BURST - 1) * _SECONDS_EACH:
            wait = paid_until - now - (CHAT_BURST - 1) * _SECONDS_EACH
            raise OperationRefused("rate_limited", f"that was fast; the next may be said in {wait:.1f} s")
        self._paid_until[member.entity] = paid_until + _SECONDS_EACH


def _check(text: str) -> None:
    """Refuse what is too long, what nobody could see, and what tells a screen or a terminal to do something."""
    if len(text) > CHAT_CHARACTERS_MAX:
        raise OperationRefused("too_long", f"{len(text)} characters; at most {CHAT_CHARACTERS_MAX} are said at once")
    for character in text:
        if unicodedata.category(character) == "Cc" and character != "\n":
            raise OperationRefused("malformed", f"the text has the control character U+{ord(character):04X}")
    if not any(is_seen(character) for character in text):
        raise OperationRefused("malformed", "the text has nothing to be seen")
