"""Emergency: who has the right may open every curtain of the room, for a reason and for minutes; everybody is told.

Nothing opens before the record of it is on the disk. It ends by itself, by the word of who began it, when they leave or
lose the socket, and when nothing can be written down any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from protocol.features import FEATURES, Alert, AlertEnded, AlertEnding, AlertReason, BreakGlass
from protocol.ids import EMERGENCY_MINUTES_MAX, EMERGENCY_TEXT_MAX
from protocol.rights import Right
from server.errors import OperationRefused
from server.world.auditing import BREAK_GLASS, Action
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom
from server.world.wire_time import wire_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.world.member import Member

ABOUT_MAX: Final = 64
"""Of the people behind curtains, those whom the record names."""

SECONDS: Final = 60.0


@dataclass(slots=True)
class Glass:
    """A glass that is broken, or about to be."""

    member: Member
    reason: AlertReason
    until: float
    number: int
    """Of its record."""
    open: bool = False


class Emergency(Feature):
    """Breaking the glass."""

    name = "emergency"
    operations = FEATURES[name].operations

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._glasses: dict[int, Glass] = {}

    def on_join(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell a newcomer of what is going on."""
        for glass in self._glasses.values():
            if glass.open:
                member.outlet.event(self._alert(glass))

    def on_resync(self, member: Member, now: float) -> None:
        """Tell it anew."""
        self.on_join(member, now)

    def on_suspend(self, member: Member, now: float) -> None:
        """End it: nobody knows whose eyes come back."""
        self._end(member.entity, "left", now)

    def on_leave(self, member: Member, now: float) -> None:
        """End it."""
        self._end(member.entity, "left", now)

    def on_tick(self, tick: int, now: float) -> None:  # noqa: ARG002 - the interface's
        """Open what has been written down, end what is over."""
        for glass in tuple(self._glasses.values()):
            if not self.room.audit.available:
                self._end(glass.member.entity, "unavailable", now)
            elif now >= glass.until:
                self._end(glass.member.entity, "time", now)
            elif not glass.open and self.room.audit.written >= glass.number:
                self._open(glass)

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object] | None:
        """Break the glass, or mend it."""
        if type_ == "break_glass":
            return self._break(member, body, now)
        if member.entity not in self._glasses:
            raise OperationRefused("not_broken", "you have no emergency here", blameless=True)
        self._end(member.entity, "done", now)
        return None

    def _break(self, member: Member, asked: BreakGlass, now: float) -> Mapping[str, object]:
        if not 1 <= asked.minutes <= EMERGENCY_MINUTES_MAX or not 1 <= len(asked.text) <= EMERGENCY_TEXT_MAX:
            words = f"1 to {EMERGENCY_MINUTES_MAX} minutes, and 1 to {EMERGENCY_TEXT_MAX} characters that say why"
            raise OperationRefused("malformed", words)
        self.room.audit.demand_available()
        if not member.may(Right.BREAK_GLASS):
            self.room.audit.record(
                Action.EMERGENCY_BEGAN,
                member,
                purpose=BREAK_GLASS,
                outcome="forbidden",
                detail={"reason": asked.reason},
            )
            raise OperationRefused("forbidden", "you may break no glass here; this has been written down")
        if member.entity in self._glasses:
            raise OperationRefused("broken", "your emergency here lasts still", blameless=True)
        hidden = self.room.eyes.hidden(member)[:ABOUT_MAX]
        detail = {"reason": asked.reason, "minutes": asked.minutes}
        number = self.room.audit.record(
            Action.EMERGENCY_BEGAN, member, purpose=BREAK_GLASS, about=hidden, detail=detail, text=asked.text
        )
        glass = Glass(member, asked.reason, now + asked.minutes * SECONDS, number)
        self._glasses[member.entity] = glass
        self.room.eyes.begin_emergency(member)
        self.counts["broken"] += 1
        return {"until": wire_time(glass.until)}

    def _open(self, glass: Glass) -> None:
        glass.open = True
        self.room.eyes.open_curtains(glass.member)
        alert = self._alert(glass)
        for member in tuple(self.room.members.values()):
            # Who broke the glass may lose the socket by being told: then it has ended, and all were told so.
            if glass.open:
                member.outlet.event(alert)

    def _end(self, entity: int, why: AlertEnding, now: float) -> None:  # noqa: ARG002 - as the callbacks have it
        glass = self._glasses.pop(entity, None)
        if glass is None:
            return
        self.room.eyes.end_emergency(glass.member)
        self.room.audit.record(Action.EMERGENCY_ENDED, glass.member, purpose=BREAK_GLASS, detail={"why": why})
        told, glass.open = glass.open, False
        if told or why == "unavailable":
            self._tell(EncodedEvent.of(self.name, "ended", AlertEnded(entity=entity, why=why)))

    def _alert(self, glass: Glass) -> EncodedEvent:
        who = glass.member.participant
        alert = Alert(
            entity=who.entity, name=who.name, role=who.role, reason=glass.reason, until=wire_time(glass.until)
        )
        return EncodedEvent.of(self.name, "alert", alert)

    def _tell(self, event: EncodedEvent) -> None:
        for member in tuple(self.room.members.values()):
            member.outlet.event(event)
