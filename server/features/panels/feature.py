"""Panels: what stands on the surfaces of a room, one text each, kept over restarts.

A text is told by an event to whoever may perceive the panel's zone: to those who may now at once, to the others when
they come to where they may. Nobody is told more at once than they can take: past that they are told the newest, later.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct
from msgspec.structs import asdict

from protocol.features import FEATURES, Written
from protocol.ids import PANEL_CHARACTERS_MAX, PANEL_WRITES_BURST, PANEL_WRITES_PER_SECOND
from protocol.rights import Right
from server.errors import OperationRefused
from server.world.auditing import Action
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom
from server.world.keeping import Keep, read_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from server.world.keeping import Line
    from server.world.member import Member
    from server.world.things import Thing

TELL_SECONDS = 0.25
"""How long who has come to where a panel may be perceived may wait for its text."""

TELL_BYTES = 16 * 1024
"""After so much each is told nothing more within that time: with the longest texts that is three, 24 KiB. A client
acknowledges within a second: 96 KiB, of the 256 KiB at which a session counts as slow.
"""

_ROUNDING_SECONDS = 1e-6

_SECONDS_EACH = 1.0 / PANEL_WRITES_PER_SECOND


class Text(Struct, frozen=True):
    """What stands on a panel, as it is kept under the panel's name."""

    text: str
    version: int


@dataclass(slots=True, eq=False)
class Panel:
    """A panel of the room."""

    thing: Thing
    text: Text
    untold: dict[int, Member]
    """Who has not been told what stands there now, by entity id: they may not perceive it, or were told much else."""


class Panels(Feature):
    """Texts on panels."""

    name = "panels"
    operations = FEATURES[name].operations
    audited: ClassVar = dict.fromkeys(operations, Action.PANEL_WRITTEN)

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._panels = {
            thing.entity: Panel(thing, Text("", 0), {})
            for thing in room.things.placed.values()
            if thing.settings.kind == "panel"
        }
        self._paid_until: dict[int, float] = {}
        """When what each has written so far would have been written at the steady rate."""
        self._tell_at = 0.0
        self._told: Counter[int] = Counter()
        """Bytes that each was told since then, by entity id."""

    def on_recall(self, values: Mapping[str, Any], lines: Sequence[Line], now: float) -> None:  # noqa: ARG002 - the interface's
        """Begin with what stood there."""
        names = [(panel, panel.thing.settings.name) for panel in self._panels.values()]
        for panel, text in read_each([(panel, values[name]) for panel, name in names if name in values], Text):
            panel.text = text

    def on_join(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell a newcomer what stands where it may see it."""
        for panel in self._panels.values():
            if panel.text.version:
                self._tell(panel, [member])

    def on_resync(self, member: Member, now: float) -> None:
        """Tell it again to who knows nothing any more."""
        self.on_join(member, now)

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Forget the member."""
        self._paid_until.pop(member.entity, None)
        self._told.pop(member.entity, None)
        for panel in self._panels.values():
            panel.untold.pop(member.entity, None)

    def on_sent(self, tick: int, now: float) -> None:  # noqa: ARG002 - the interface's
        """Tell those who have come to where they may read, and those who were told much."""
        if now < self._tell_at:
            return
        self._tell_at = now + TELL_SECONDS
        self._told.clear()
        for entity, panel in tuple(self._panels.items()):
            waiting = list(panel.untold.values())
            self._tell(panel, waiting)
            if len(panel.untold) < len(waiting):
                # Last the next time: one that is written on all the time must not stand before the others.
                self._panels[entity] = self._panels.pop(entity)

    def key_of(self, member: Member, type_: str, body: Any) -> str:  # noqa: ARG002 - there is one type
        """Wait for what is just being written there, if the member may know of it."""
        panel = self._find(member, body.panel)
        return "" if panel is None else panel.thing.settings.name

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Keep:  # noqa: ARG002 - there is one type
        """Check who writes what over which text, and let it stand there once it is kept."""
        panel = self._find(member, body.panel)
        if panel is None:
            raise OperationRefused("unknown_panel", "there is no such panel here")
        if not member.may(Right.WRITE):
            raise OperationRefused("forbidden", "you may write on nothing here")
        if len(body.text) > PANEL_CHARACTERS_MAX:
            raise OperationRefused("too_long", f"{len(body.text)} characters; a panel has {PANEL_CHARACTERS_MAX}")
        if body.version != panel.text.version:
            there = asdict(_written(panel, panel.text))
            raise OperationRefused("stale", "it was written on since", there, blameless=True)
        self._charge(member, now)
        text = Text(body.text, panel.text.version + 1)

        def then(later: float) -> None:  # noqa: ARG001 - a text stands without a date
            panel.text = text
            self._tell(panel, list(self.room.members.values()))

        name, body = panel.thing.settings.name, asdict(_written(panel, text))
        return Keep(key=name, value=text, then=then, body=body, personal=True)

    def audit_detail(self, type_: str, body: Any) -> Mapping[str, str | int]:  # noqa: ARG002 - there is one type
        """Say on which panel, and which of its texts it was; never what."""
        return {"panel": body.panel, "version": body.version + 1}

    def _tell(self, panel: Panel, members: Sequence[Member]) -> None:
        event = EncodedEvent.of(self.name, "written", _written(panel, panel.text))
        for member in members:
            if self._told[member.entity] < TELL_BYTES and self._perceives(member, panel):
                panel.untold.pop(member.entity, None)
                self._told[member.entity] += event.size
                member.outlet.event(event)
            else:
                panel.untold[member.entity] = member

    def _find(self, member: Member, entity: int) -> Panel | None:
        """Find a panel that a member may perceive; by the same steps for one that is not there."""
        thing = self.room.things.perceived(member, entity)
        return self._panels.get(-1 if thing is None else thing.entity)

    def _perceives(self, member: Member, panel: Panel) -> bool:
        return self.room.things.perceives(member, panel.thing.slot)

    def _charge(self, member: Member, now: float) -> None:
        paid_until = max(self._paid_until.get(member.entity, now), now)
        wait = paid_until - now - (PANEL_WRITES_BURST - 1) * _SECONDS_EACH
        if wait > _ROUNDING_SECONDS:
            raise OperationRefused("rate_limited", f"that was fast; the next may be written in {wait:.1f} s")
        self._paid_until[member.entity] = paid_until + _SECONDS_EACH


def _written(panel: Panel, text: Text) -> Written:
    return Written(panel=panel.thing.entity, text=text.text, version=text.version)
