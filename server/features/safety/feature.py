"""Safety: looks for a sign of each person every few seconds, warns where there is none, and locks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from protocol.features import FEATURES, Away, Warned
from protocol.ids import VOICE_HEARD, CloseCode, StateFlag
from server.features.safety.stillness import Stillness
from server.world.auditing import Action
from server.world.event import EncodedEvent
from server.world.feature import Feature, FeatureRoom

if TYPE_CHECKING:
    from protocol.state import StateNumbers
    from server.world.member import Member

SIGN_LASTS: Final = 5.0
"""Seconds for which who gave a sign needs no look: most people move all the time, and looking at all of a full
auditorium each second takes the server more than reading all their poses. Whoever gives none is looked at each second.
"""

_PARTS: Final = (StateFlag.HEAD, StateFlag.LEFT, StateFlag.RIGHT)
"""What is looked at, if it is tracked."""


class Safety(Feature):
    """Automatic logoff."""

    name = "safety"
    operations = FEATURES[name].operations

    def __init__(self, room: FeatureRoom) -> None:
        super().__init__(room)
        self._watches: dict[int, Watch] = {}
        self._turns: list[dict[int, Watch]] = [{} for _ in range(room.tick_hz)]
        """Who is looked at in which tick of a second: a full auditorium at once would make that tick late."""
        self._tick = -1
        """The last one whose turn was taken."""

    def on_join(self, member: Member, now: float) -> None:
        """Begin to watch."""
        watch = Watch(member, now)
        self._watches[member.entity] = watch
        self._turn_of(member)[member.entity] = watch

    def on_suspend(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Note that the socket was lost, and with it what the client shows."""
        self._watches[member.entity].lost = True

    def on_resync(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Believe no longer that nobody looks: what its client said since then is lost."""
        self._watches[member.entity].away_since = None

    def on_leave(self, member: Member, now: float) -> None:  # noqa: ARG002 - the interface's
        """Watch no longer."""
        del self._watches[member.entity], self._turn_of(member)[member.entity]

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> None:  # noqa: ARG002 - a body is of one type
        """Take in what the client says of its person."""
        watch = self._watches[member.entity]
        self._go_on(watch, now)
        if isinstance(body, Away):
            watch.away_since = (now if watch.away_since is None else watch.away_since) if body.away else None
            watch.look_at = now
        if isinstance(body, Away) and body.away:
            watch.left_at = now
        else:
            self._note_sign(watch, now)

    def on_sent(self, tick: int, now: float) -> None:
        """Look at those whose turn it is, or was in a tick that was skipped: a server that is late skips many."""
        turns = min(max(tick - self._tick, 1), len(self._turns))
        self._tick = tick
        for turn in range(tick - turns + 1, tick + 1):
            for watch in [each for each in self._turns[turn % len(self._turns)].values() if each.look_at <= now]:
                self._look(watch, now)

    def _turn_of(self, member: Member) -> dict[int, Watch]:
        return self._turns[member.entity % len(self._turns)]

    def _look(self, watch: Watch, now: float) -> None:
        member = watch.member
        if member.suspended:
            # Nothing is shown to who has no socket; the resume window is its limit.
            watch.stand(now)
            return
        self._go_on(watch, now)
        if watch.has_sign(self.room.state(member), now) or member.active_at > max(watch.sign_at, watch.left_at):
            self._note_sign(watch, now)
            watch.look_at = now + SIGN_LASTS
            return
        safety = self.room.safety
        if watch.warned_at is not None:
            if now - watch.warned_at >= safety.warn_seconds:
                self.counts["locked"] += 1
                self.room.audit.record(Action.LOCKED, member)
                watch.begin(now)
                member.outlet.close(CloseCode.LOCKED, "nobody seemed to be there")
        elif now - watch.sign_at >= safety.idle_seconds or watch.is_away(now, safety.away_seconds):
            watch.warned_at = now
            self.counts["warned"] += 1
            self._tell(member, safety.warn_seconds)

    def _go_on(self, watch: Watch, now: float) -> None:
        """Let the time go on of who has a socket again. Clients come back by themselves: it is no sign of a person."""
        if not watch.lost:
            return
        watch.go_on()
        if watch.warned_at is not None:
            # The client put the question away with the connection.
            self._tell(watch.member, max(0.0, watch.warned_at + self.room.safety.warn_seconds - now))

    def _note_sign(self, watch: Watch, now: float) -> None:
        if watch.warned_at is not None:
            self._tell(watch.member, 0.0)
        watch.sign_at = now
        watch.warned_at = None

    def _tell(self, member: Member, seconds: float) -> None:
        member.outlet.event(EncodedEvent.of(self.name, "warned", Warned(seconds=seconds)))


class Watch:
    """What is known of whether somebody is there."""

    __slots__ = (
        "_parts",
        "away_since",
        "left_at",
        "look_at",
        "lost",
        "member",
        "sign_at",
        "stood_at",
        "untracked_since",
        "warned_at",
    )

    def __init__(self, member: Member, now: float) -> None:
        self.member = member
        self._parts = tuple(Stillness() for _ in _PARTS)
        self.begin(now)

    def begin(self, now: float) -> None:
        """Take somebody for being there from now on."""
        self.sign_at = now
        self.left_at = now
        """When the client said last that nobody looks: that is an operation too, and no sign."""
        self.look_at = now
        """Until when nobody needs to look."""
        self.warned_at: float | None = None
        self.away_since: float | None = None
        """Since when the client says that nobody looks."""
        self.untracked_since: float | None = None
        """Since when the head is not tracked."""
        self.lost = False
        """Whether the socket was lost since the last look at who had one."""
        self.stood_at: float | None = None
        """The last look at who had none."""
        for part in self._parts:
            part.forget()

    def stand(self, now: float) -> None:
        """Leave the time since the last look out, if there was no socket then either."""
        stood = 0.0 if self.stood_at is None else now - self.stood_at
        self.stood_at = now
        self.sign_at += stood
        self.warned_at = None if self.warned_at is None else self.warned_at + stood
        self.away_since = None if self.away_since is None else self.away_since + stood
        self.untracked_since = None if self.untracked_since is None else self.untracked_since + stood

    def go_on(self) -> None:
        """Go on with a socket: what is seen of the device now is not compared with before."""
        self.lost = False
        self.stood_at = None
        for part in self._parts:
            part.forget()

    def is_away(self, now: float, seconds: float) -> bool:
        """Whether the headset is off for so long, by the client's word or by its tracking, and no sign came since."""
        since = [at for at in (self.away_since, self.untracked_since) if at is not None]
        return bool(since) and now - max(min(since), self.sign_at) >= seconds

    def has_sign(self, state: StateNumbers, now: float) -> bool:
        """Take a look at what the device reports."""
        flags, voice, head, left, right, *_ = state
        if flags & StateFlag.HEAD:
            self.untracked_since = None
        elif self.untracked_since is None:
            self.untracked_since = now
        if self.away_since is not None:
            # What is carried about, or lies by a loudspeaker, is not worn.
            return False
        for still, flag, part in zip(self._parts, _PARTS, (head, left, right), strict=True):
            if not flags & flag:
                still.forget()
            elif still.moved(part):
                # One sign is enough: the others are looked at when this one rests.
                return True
        return voice >= VOICE_HEARD
