"""Recordings of a room: begun by somebody, on while everybody consents, told to all, and written down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from protocol.features import RecordingFailure, RecordingTold
from server.ops.logging import room_mark
from server.world.auditing import Action
from server.world.event import EncodedEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from protocol.features import RecordingKind, RecordingState
    from server.store.motion_writer import MotionRecording
    from server.world.feature import FeatureRoom
    from server.world.member import Member

ABOUT_MAX: Final = 64
"""Of the people who are recorded, those whom the audit record names."""

Ending = Literal["asked", "left", "withdrawn"] | RecordingFailure

_FAILURES: Final[Mapping[Ending, RecordingFailure]] = {
    "failed": "failed",
    "behind": "behind",
    "unavailable": "unavailable",
}
"""Of endings those that all are told; of the others it would be told who did not consent."""


@dataclass(slots=True, eq=False)
class Recording:
    """One that was begun and has not ended."""

    by: Member
    motion: MotionRecording | None
    """Of motion, which the server writes; what is heard is kept by the client of who began it."""
    paused: bool = False

    @property
    def state(self) -> RecordingState:
        """As it is told."""
        return "paused" if self.paused else "on"


class Recordings:
    """The recordings of a room, one of a kind at a time."""

    def __init__(self, room: FeatureRoom, feature: str) -> None:
        """`feature` names the events."""
        self._room = room
        self._feature = feature
        self._begun: dict[RecordingKind, Recording] = {}

    def __contains__(self, kind: RecordingKind) -> bool:
        return kind in self._begun

    def begin(self, member: Member, kind: RecordingKind, now: float) -> None:
        """Begin a kind that is not being recorded, to which everybody consents; motion only where there is a folder."""
        folder, writer = self._room.privacy.recordings, self._room.privacy.motion
        motion = writer.begin(Path(folder), room_mark(self._room.id), now) if kind == "motion" and folder else None
        recording = self._begun[kind] = Recording(member, motion)
        self._write(Action.RECORDING_BEGAN, kind, recording)
        self._tell_all(kind, "on")

    def end(self, kind: RecordingKind, why: Ending) -> None:
        """End a recording; for a kind that is not recorded, nothing."""
        recording = self._begun.pop(kind, None)
        if recording is None:
            return
        if recording.motion is not None:
            recording.motion.end()
        self._write(Action.RECORDING_ENDED, kind, recording, why=why)
        self._tell_all(kind, "off", _FAILURES.get(why, ""))

    def left(self, member: Member) -> None:
        """End what somebody began who is gone."""
        for kind, recording in tuple(self._begun.items()):
            if recording.by is member:
                self.end(kind, "left")

    def weigh(self, consented: Callable[[RecordingKind], bool]) -> set[RecordingKind]:
        """Pause or go on as everybody in the room now wishes; the kinds of which all were told a change.

        `consented` says whether everybody consents to a kind.
        """
        changed: set[RecordingKind] = set()
        for kind, recording in tuple(self._begun.items()):
            paused = not consented(kind)
            if paused != recording.paused:
                recording.paused = paused
                changed.add(kind)
                self._write(Action.RECORDING_PAUSED if paused else Action.RECORDING_RESUMED, kind, recording)
                self._tell_all(kind, recording.state)
        return changed

    def tell(self, member: Member, but: Collection[RecordingKind] = ()) -> None:
        """Tell a member what is recorded, `but` what it was told already."""
        for kind, recording in self._begun.items():
            if kind not in but:
                member.outlet.event(self._event(kind, recording.state))

    def step(self, now: float, researched: Callable[[Member], bool]) -> None:
        """Have the motion of this tick written; end what cannot be recorded, or be written down, any more.

        `researched` says whether somebody allows research, which is written with what they show.
        """
        if not self._begun:
            return
        if not self._room.audit.available:
            for kind in tuple(self._begun):
                self.end(kind, "unavailable")
            return
        recording = self._begun.get("motion")
        if recording is None or recording.motion is None:
            return
        if not recording.paused:
            here = [member for member in self._room.members.values() if not member.suspended]
            recording.motion.write([(each.entity, self._room.state(each), researched(each)) for each in here], now)
        if recording.motion.failure is not None:
            self.end("motion", recording.motion.failure)

    def _event(self, kind: RecordingKind, state: RecordingState, why: RecordingFailure = "") -> EncodedEvent:
        return EncodedEvent.of(self._feature, "recording", RecordingTold(kind=kind, state=state, why=why))

    def _tell_all(self, kind: RecordingKind, state: RecordingState, why: RecordingFailure = "") -> None:
        event = self._event(kind, state, why)
        for member in tuple(self._room.members.values()):
            member.outlet.event(event)

    def _write(self, action: Action, kind: RecordingKind, recording: Recording, **detail: str) -> None:
        present = [member for member in self._room.members.values() if member is not recording.by]
        self._room.audit.record(action, recording.by, about=present[:ABOUT_MAX], detail={"kind": kind, **detail})
