"""The plug-in interface of a room: what a capability (presence, chat, ...) is to it, and the guard around it.

A feature is one folder under `server/features/` with a subclass of `Feature`, named in the room types that have it.
Features are pure like the room: time is an argument, nothing awaits, and they speak to people by `Member.outlet`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, ParamSpec, Protocol

import structlog

from protocol.codec import convert_body
from protocol.errors import MalformedMessage
from protocol.messages import Operation, Result
from server.errors import OperationRefused
from server.world.event import EncodedEvent
from server.world.keeping import Keep, Outcome, identity_of, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from msgspec import Struct

    from protocol.rights import Right
    from protocol.state import StateNumbers
    from server.config.safety import SafetySettings
    from server.world.auditing import Action, RoomAudit
    from server.world.eyes import Eyes
    from server.world.keeping import Keeping, Line, Recalled, Then
    from server.world.member import Member
    from server.world.privacy import Privacy
    from server.world.things import Things

P = ParamSpec("P")

LOG_SECONDS = 1.0
"""A callback that raises at every tick is logged once in this time, with the count of what was not logged since."""

OTHER = "other"
"""What counts call features and types of operations that there are not: a client may ask for any."""

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger(__name__)


class FeatureRoom(Protocol):
    """What a feature sees of its room."""

    @property
    def id(self) -> str:
        """What addresses call the room."""

    @property
    def tick_hz(self) -> int:
        """Ticks a second."""

    @property
    def capacity(self) -> int:
        """Most members at a time."""

    @property
    def members(self) -> Mapping[int, Member]:
        """Everybody with a place, suspended ones too, by entity id. Copy before calling outlets in a loop."""

    @property
    def audit(self) -> RoomAudit:
        """Where what members do is written down."""

    @property
    def things(self) -> Things:
        """The objects of the room, and what may be done with them."""

    @property
    def eyes(self) -> Eyes:
        """Who sees whom, and the curtains."""

    @property
    def chat_kept(self) -> int:
        """Lines of chat that are kept for who comes later; 0: none."""

    def withhold(self, member: Member, reason: str, rights: frozenset[Right]) -> None:
        """Take rights away from a member until `give_back`, for a reason that is a word of the program."""

    def give_back(self, member: Member, reason: str) -> None:
        """End what is withheld from a member for a reason."""

    @property
    def safety(self) -> SafetySettings:
        """When a session that nobody attends to is locked."""

    def state(self, member: Member) -> StateNumbers:
        """Give what a member's device last reported."""

    def remove(self, member: Member, reason: str, now: float) -> None:
        """Show a member's person out for a reason that is a word of the program, and keep them out for a time."""

    @property
    def privacy(self) -> Privacy:
        """What may be seen of people and recorded, by whom and for what."""

    def perceivers(self, member: Member) -> Sequence[Member]:
        """Who may perceive what `member` does where it is now, itself among them; of one that left, who could."""

    def concealed(self, member: Member) -> bool:
        """Whether some may not perceive a member, for a curtain or what it withdrew; of one that left, as it was."""

    def keep(self, feature: str, key: str, value: Struct, author: str = "", refused: Then = nothing) -> None:
        """Keep what a feature did unasked, erased with its `author`, a subject; `refused`: it is surely not kept."""


class Reply(NamedTuple):
    """What became of an operation."""

    result: Result
    blamed: bool
    """Whether the client asked for what it should not have: no fault of the server's, and not fair to ask."""


class Feature:
    """A capability of a room. One instance a room; every callback but `on_operation` may be left as it is."""

    name: ClassVar[str]
    """Stands in events and operations; at most 32 characters, once in a room type."""
    operations: ClassVar[Mapping[str, type[Struct]]] = {}
    """What a client may ask for: a struct for the body by the type of operation."""
    audited: ClassVar[Mapping[str, Action]] = {}
    """Operations that are written down when they are done, and refused while nothing can be written down."""
    hides: ClassVar[bool] = False
    """Whether people may be hidden from each other by what is done here."""

    def __init__(self, room: FeatureRoom) -> None:
        self.room = room
        self.counts: Counter[str] = Counter()
        """What the feature counts of its own for the metrics, by words of the program."""

    def on_recall(self, values: Mapping[str, Any], lines: Sequence[Line], now: float) -> None:
        """Begin with what was kept of the room: values by key, lines oldest first, as msgpack's plain values."""

    def on_join(self, member: Member, now: float) -> None:
        """Somebody came: a member of `room.members` already. Events given to it follow its welcome."""

    def on_resync(self, member: Member, now: float) -> None:
        """Begin anew with a member: it came back without the events it missed and knows nothing any more."""

    def on_suspend(self, member: Member, now: float) -> None:
        """Somebody's socket was lost: still in sight, for the last time until it comes back."""

    def on_leave(self, member: Member, now: float) -> None:
        """Somebody left: not in `room.members` any more, its slot still readable, its outlet silent."""

    def key_of(self, member: Member, type_: str, body: Any) -> str:  # noqa: ARG002 - a feature's own may need them
        """Name the key whose edits on their way have to be settled before an operation is judged; empty: none.

        Where it must not show that there is such a key, it is none.
        """
        return ""

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object] | Keep | None:
        """Somebody asks for something: `body` is an instance of `operations[type_]`.

        Returns the body of the result, if it has any, or what is to be kept first. Raises `OperationRefused`.
        """
        raise NotImplementedError(f"{type(self).__name__} declares the operation {type_!r} and does not do it")

    def audit_detail(self, type_: str, body: Any) -> Mapping[str, str | int]:  # noqa: ARG002 - the interface's
        """Say what more is written down of an audited operation: codes and numbers, never what somebody wrote."""
        return {}

    def on_tick(self, tick: int, now: float) -> None:
        """Once a tick, before the snapshots of that tick are made. Ticks may be skipped."""

    def on_sent(self, tick: int, now: float) -> None:
        """Once a tick, after its snapshots are sent: to tell many people what their picture need not wait for."""


class FeatureHost:
    """The features of one room, each behind a guard: what one raises is logged and ends that one call only."""

    def __init__(self, room: FeatureRoom, features: Sequence[type[Feature]], keeping: Keeping) -> None:
        self._members = room.members
        self._room_id = room.id
        self._audit = room.audit
        self._keeping = keeping
        self._features = {feature.name: feature(room) for feature in features}
        # Most features have nothing to do at a tick, and there are thousands of ticks a second.
        made = self._features.values()
        self._ticking = [feature for feature in made if type(feature).on_tick is not Feature.on_tick]
        self._telling = [feature for feature in made if type(feature).on_sent is not Feature.on_sent]
        self._faults: dict[tuple[str, str], _Fault] = {}
        self.faults = 0
        self.operations: Counter[tuple[str, str, str]] = Counter()
        """Operations by feature, type and outcome: `ok` or the code of the refusal."""

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        """What the features have counted of their own, by feature and what."""
        return Counter(
            {(feature.name, what): n for feature in self._features.values() for what, n in feature.counts.items()}
        )

    @property
    def names(self) -> tuple[str, ...]:
        """In the order in which they are called."""
        return tuple(self._features)

    def close(self) -> None:
        """Let the features go, who know the room that has them: it is closed, and freed by its last reference."""
        self._features.clear()
        self._ticking.clear()
        self._telling.clear()

    def joined(self, member: Member, now: float) -> None:
        """Call `on_join` of each."""
        for feature in self._features.values():
            self._call(feature.name, "on_join", now, feature.on_join, member, now)

    def resynced(self, member: Member, now: float) -> None:
        """Call `on_resync` of each."""
        for feature in self._features.values():
            self._call(feature.name, "on_resync", now, feature.on_resync, member, now)

    def suspended(self, member: Member, now: float) -> None:
        """Call `on_suspend` of each."""
        for feature in self._features.values():
            self._call(feature.name, "on_suspend", now, feature.on_suspend, member, now)

    def left(self, member: Member, now: float) -> None:
        """Call `on_leave` of each."""
        for feature in self._features.values():
            self._call(feature.name, "on_leave", now, feature.on_leave, member, now)

    def ticked(self, tick: int, now: float) -> None:
        """Call `on_tick` of each that has one."""
        for feature in self._ticking:
            self._call(feature.name, "on_tick", now, feature.on_tick, tick, now)

    def sent(self, tick: int, now: float) -> None:
        """Call `on_sent` of each that has one."""
        for feature in self._telling:
            self._call(feature.name, "on_sent", now, feature.on_sent, tick, now)

    def recalled(self, recalled: Recalled, now: float) -> None:
        """Call `on_recall` of each of which something was kept."""
        for feature in self._features.values():
            values, lines = recalled.values.get(feature.name, {}), recalled.lines.get(feature.name, ())
            if values or lines:
                self._call(feature.name, "on_recall", now, feature.on_recall, values, lines, now)

    def operate(self, member: Member, operation: Operation, now: float, answer: Callable[[Reply], None]) -> None:
        """Hand an operation to its feature; `answer` gets the one reply, at once or when what it does is kept.

        None comes if nobody can know whether it was kept, or if the member has left before it was judged.
        """
        feature = self._features.get(operation.feature)
        if feature is None:
            self.operations[OTHER, OTHER, "unknown_feature"] += 1
            answer(_refusal(operation, "unknown_feature", "this room has no such feature"))
            return
        kind = operation.type if operation.type in feature.operations else OTHER

        def reply(reply: Reply) -> None:
            self.operations[feature.name, kind, "ok" if reply.result.ok else reply.result.code] += 1
            answer(reply)

        declared = feature.operations.get(operation.type)
        if declared is None:
            reply(_refusal(operation, "unknown_type", f"{feature.name} has no such operation"))
            return
        try:
            body = convert_body(operation.body, declared)
        except MalformedMessage as error:
            reply(_refusal(operation, "malformed", str(error)))
            return
        self._judge_in_turn(Asked(feature, member, operation, body, reply), now)

    def _judge_in_turn(self, asked: Asked, now: float) -> None:
        """Judge an operation, unless it was done before, or what it is about is just being kept: then after that."""
        identity, op = identity_of(asked.member.participant), asked.operation.op
        known = self._keeping.known(identity, op)
        if known is not None:
            asked.reply(Reply(known, blamed=False))
            return

        def judge_late(later: float) -> None:
            if self._members.get(asked.member.entity) is asked.member:
                self._judge_in_turn(asked, later)

        if self._keeping.repeats(identity, op, judge_late):
            return
        key = asked.feature.key_of(asked.member, asked.operation.type, asked.body)
        if not key or not self._keeping.waits(asked.feature.name, key, judge_late):
            self._judge(asked, now)

    def _judge(self, asked: Asked, now: float) -> None:
        feature, operation = asked.feature, asked.operation
        try:
            if operation.type in feature.audited:
                self._audit.demand_available()
            answer = feature.on_operation(asked.member, operation.type, asked.body, now)
            if not isinstance(answer, Keep):
                self._record(asked)
        except OperationRefused as error:
            reply = _refusal(operation, error.result_code, error.detail, error.body, blamed=not error.blameless)
        except Exception as error:  # noqa: BLE001 - a feature's fault ends its call, not the session or the tick
            self._report(feature.name, "on_operation", now, error)
            reply = _refusal(operation, "failed", "the server could not do this", blamed=False)
        else:
            if isinstance(answer, Keep):
                self._keep(asked, answer)
                return
            reply = Reply(Result(op=operation.op, ok=True, body=dict(answer or {})), blamed=False)
        asked.reply(reply)

    def _keep(self, asked: Asked, keep: Keep) -> None:
        result = Result(op=asked.operation.op, ok=True, body=dict(keep.body))

        def settled(outcome: Outcome, now: float) -> None:
            if outcome is Outcome.KEPT:
                self._call(asked.feature.name, "then", now, keep.then, now)
                self._call(asked.feature.name, "audit_detail", now, self._record, asked)
                asked.reply(Reply(result, blamed=False))
            elif outcome is Outcome.REFUSED:
                if keep.otherwise is not None:
                    self._call(asked.feature.name, "otherwise", now, keep.otherwise)
                asked.reply(_refusal(asked.operation, "failed", "this cannot be kept just now", blamed=False))

        self._keeping.keep(asked.feature.name, keep, asked.member.participant, result, settled)

    def _record(self, asked: Asked) -> None:
        """Have written down what was done, if it is of what is."""
        action = asked.feature.audited.get(asked.operation.type)
        if action is not None:
            detail = asked.feature.audit_detail(asked.operation.type, asked.body)
            self._audit.record(action, asked.member, detail=detail)

    def _call(
        self,
        feature: str,
        callback: str,
        now: float,
        function: Callable[P, None],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        try:
            function(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - a feature's fault ends its call, not the tick
            self._report(feature, callback, now, error)

    def _report(self, feature: str, callback: str, now: float, error: Exception) -> None:
        self.faults += 1
        fault = self._faults.setdefault((feature, callback), _Fault())
        if now < fault.quiet_until:
            fault.unlogged += 1
            return
        _log.error(
            "feature_raised",
            room=self._room_id,
            feature=feature,
            callback=callback,
            count=fault.unlogged + 1,
            exc_info=error,
        )
        fault.quiet_until = now + LOG_SECONDS
        fault.unlogged = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation on its way to be judged."""

    feature: Feature
    member: Member
    operation: Operation
    body: Any
    """An instance of what the feature declares for the operation."""
    reply: Callable[[Reply], None]


class _Fault:
    """How often a callback raised since it was last logged."""

    __slots__ = ("quiet_until", "unlogged")

    def __init__(self) -> None:
        self.quiet_until = float("-inf")
        self.unlogged = 0


def _refusal(
    operation: Operation, code: str, detail: str, body: Mapping[str, object] | None = None, *, blamed: bool = True
) -> Reply:
    return Reply(Result(op=operation.op, ok=False, code=code, detail=detail, body=dict(body or {})), blamed)


__all__ = ["EncodedEvent", "Feature", "FeatureHost", "FeatureRoom", "Keep", "OperationRefused"]
