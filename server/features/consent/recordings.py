"""Recordings of a room: begun by somebody, on while everybody consents, told to all, and written down."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import structlog

from protocol.features import RecordingTold
from server.ops.logging import room_mark
from server.store.motion import MotionRecorder
from server.world.auditing import Action
from server.world.event import EncodedEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from protocol.features import RecordingKind
    from server.world.feature import FeatureRoom
    from server.world.member import Member

ABOUT_MAX: Final = 64
"""Of the people who are recorded, those whom the audit record names."""

Ending = Literal["asked", "left", "withdrawn", "failed", "unavailable"]

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Recording:
    """One that was begun and has not ended."""

    by: Member
    recorder: MotionRecorder | None
    """Of motion, which the server writes; what is heard is kept by the client of who began it."""
    paused: bool = False

    @property
    def state(self) -> Literal["on", "paused"]:
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
        folder = self._room.privacy.recordings
        recorder = MotionRecorder(Path(folder), room_mark(self._room.id), now) if kind == "motion" and folder else None
        recording = self._begun[kind] = Recording(member, recorder)
        self._write(Action.RECORDING_BEGAN, kind, recording)
        self._tell_all(kind, "on")

    def end(self, kind: RecordingKind, why: Ending) -> None:
        """End a recording; for a kind that is not recorded, nothing."""
        recording = self._begun.pop(kind, None)
        if recording is None:
            return
        if recording.recorder is not None:
            try:
                recording.recorder.close()
            except OSError as error:
                self._report(error)
        self._write(Action.RECORDING_ENDED, kind, recording, why=why)
        self._tell_all(kind, "off")

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

    def step(self, now: float) -> None:
        """Write down the motion of this tick; end everything if what is done can be written down no more."""
        if not self._begun:
            return
        if not self._room.audit.available:
            for kind in tuple(self._begun):
                self.end(kind, "unavailable")
            return
        recording = self._begun.get("motion")
        if recording is None or recording.recorder is None or recording.paused:
            return
        try:
            for member in self._room.members.values():
                if not member.suspended:
                    recording.recorder.write(member.entity, self._room.state(member), now)
        except OSError as error:
            self._report(error)
            self.end("motion", "failed")

    def _report(self, error: OSError) -> None:
        _log.error("recording_failed", room=self._room.id, error=type(error).__name__)

    def _event(self, kind: RecordingKind, state: Literal["on", "paused", "off"]) -> EncodedEvent:
        return EncodedEvent.of(self._feature, "recording", RecordingTold(kind=kind, state=state))

    def _tell_all(self, kind: RecordingKind, state: Literal["on", "paused", "off"]) -> None:
        event = self._event(kind, state)
        for member in tuple(self._room.members.values()):
            member.outlet.event(event)

    def _write(self, action: Action, kind: RecordingKind, recording: Recording, **detail: str) -> None:
        present = [member for member in self._room.members.values() if member is not recording.by]
        self._room.audit.record(action, recording.by, about=present[:ABOUT_MAX], detail={"kind": kind, **detail})
