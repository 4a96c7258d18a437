"""Rooms stepped by hand: people with an inbox and eyes, no sockets and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from protocol.codec import decode_facts, decode_server, pack
from protocol.ids import StateFlag
from protocol.messages import AvatarFacts, Event, Operation
from protocol.pose import Pose, encode_pose
from protocol.snapshot import ObserverView
from protocol.state import AvatarState, TrackedPart
from server.config import NamedRoomSettings, SpawnSettings
from server.features.chat import Chat
from server.features.presence import Presence
from server.store.motion_writer import MotionWriter
from server.world.keeping import NOTHING_KEPT, Edit, Line, Outcome, Recalled
from server.world.member import Participant
from server.world.rights import Rights
from server.world.room import Room
from server.world.room_type import RoomType
from server.world.wire_time import wire_time
from tests.support.rights import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from protocol.ids import CloseCode
    from protocol.messages import Result
    from server.config import ObjectSettings, ZoneSettings
    from server.config.rights import RightsSettings
    from server.world.auditing import Auditor
    from server.world.event import EncodedEvent
    from server.world.feature import Feature
    from server.world.member import CorrectionReason, Member

HALL = RoomType(
    name="hall",
    features=(Presence, Chat),
    tick_hz=20,
    capacity=16,
    visible=8,
    radius=10.0,
    hysteresis=1.0,
    tiers=(3.0, 6.0),
)
"""A room type for tests: round numbers."""


def hall_settings(
    *,
    zones: Sequence[ZoneSettings] = (),
    objects: Sequence[ObjectSettings] = (),
    capacity: int | None = None,
    bounds: float = 50.0,
) -> NamedRoomSettings:
    """A hall that reaches `bounds` metres from its origin; people appear at the origin."""
    return NamedRoomSettings(
        id="hall",
        name="Hall",
        type="hall",
        scene="hall.gltf",
        bounds=((-bounds, 0.0, -bounds), (bounds, 4.0, bounds)),
        spawns=(SpawnSettings(box=((0.0, 1.6, 0.0), (0.0, 1.6, 0.0))),),
        capacity=capacity,
        zones=tuple(zones),
        objects=tuple(objects),
    )


@dataclass
class Inbox:
    """An outlet that keeps what it is told."""

    events: list[Event] = field(default_factory=list)
    corrections: list[tuple[int, tuple[int, int, int], str]] = field(default_factory=list)
    closed: tuple[CloseCode, str] | None = None

    def event(self, event: EncodedEvent) -> None:
        message = decode_server(event.message(len(self.events) + 1))
        assert isinstance(message, Event)
        self.events.append(message)

    def correction(self, sequence: int, position: tuple[int, int, int], reason: CorrectionReason) -> None:
        self.corrections.append((sequence, position, reason))

    def close(self, code: CloseCode, reason: str) -> None:
        self.closed = (code, reason)

    def bodies(self, feature: str, type_: str) -> list[dict[str, Any]]:
        """The bodies of all events of one type so far."""
        return [event.body for event in self.events if (event.feature, event.type) == (feature, type_)]

    @property
    def heard(self) -> list[str]:
        """What was said in the chat."""
        return [body["text"] for body in self.bodies("chat", "said")]

    def roster(self) -> dict[int, tuple[str, str]]:
        """Who is in the room, by all that presence has told: name and role by entity."""
        people: dict[int, tuple[str, str]] = {}
        reading = False
        for event in self.events:
            if event.feature != "presence":
                continue
            if event.type == "roster":
                people = people if reading else {}
                reading = event.body["more"]
                people |= {one["entity"]: (one["name"], one["role"]) for one in event.body["people"]}
            else:
                people |= {one["entity"]: (one["name"], one["role"]) for one in event.body["joined"]}
                for entity in event.body["left"]:
                    del people[entity]
        return people


@dataclass(eq=False)
class Person:
    """Somebody in a room: what they are told, what they see, what they do."""

    world: World
    member: Member
    inbox: Inbox
    view: ObserverView = field(default_factory=ObserverView)
    entered: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    frames: list[bytes] = field(default_factory=list)
    sequence: int = 0

    @property
    def entity(self) -> int:
        return self.member.entity

    @property
    def position(self) -> tuple[int, int, int]:
        """Where the server holds the head to be, mm."""
        return self.world.room.table.position(self.member.slot)

    @property
    def seen(self) -> set[int]:
        """The entities in sight."""
        return {held.entity for held in self.view.entities.values()}

    @property
    def seen_names(self) -> set[str]:
        return {decode_facts(held.facts).name for held in self.view.entities.values()}

    def sees_at(self, entity: int) -> tuple[int, int, int]:
        """Where an entity's head is seen, mm."""
        (held,) = (held for held in self.view.entities.values() if held.entity == entity)
        return held.state.head.position

    def role_of(self, entity: int) -> str:
        """The role an avatar is seen in."""
        (held,) = (held for held in self.view.entities.values() if held.entity == entity)
        facts = decode_facts(held.facts)
        assert isinstance(facts, AvatarFacts)
        return facts.role

    def move(self, x: float, z: float = 0.0, y: float = 1.6) -> int:
        """Send a pose with the head at a place in metres; the core's outcome."""
        head = TrackedPart(round(x * 1000), round(y * 1000), round(z * 1000), largest=3)
        return self._send(AvatarState(flags=StateFlag.HEAD, head=head))

    def speak(self, voice: int = 200) -> int:
        """Send a pose with a voice; the level that others are shown."""
        self._send(AvatarState(flags=StateFlag.HEAD, voice=voice, head=TrackedPart(*self.position, largest=3)))
        return self.world.room.table.state(self.member.slot)[1]

    def _send(self, state: AvatarState) -> int:
        self.sequence = self.sequence + 1 & 0xFFFF
        now_ms = wire_time(self.world.now)
        pose = encode_pose(Pose(state, self.sequence, now_ms))
        return self.world.room.table.apply_pose(self.member.slot, pose, now_ms)

    def ask(self, feature: str, type_: str, body: Mapping[str, Any], op: bytes | None = None) -> Result:
        """Ask a feature for something that is answered at once."""
        (result,) = self.ask_for(feature, type_, body, op)
        return result

    def ask_for(self, feature: str, type_: str, body: Mapping[str, Any], op: bytes | None = None) -> list[Result]:
        """Ask a feature for something; a list to which the answer comes. Without `op` the id is a new one."""
        answers: list[Result] = []
        self.world.operations += 1
        op = op if op is not None else self.world.operations.to_bytes(16, "big")
        operation = Operation(op=op, feature=feature, type=type_, body=dict(body))
        self.world.room.operate(self.member, operation, self.world.now, lambda reply: answers.append(reply.result))
        return answers

    def say(self, text: str) -> Result:
        return self.ask("chat", "say", {"text": text})

    def look(self) -> None:
        """Take this tick's snapshot in."""
        room = self.world.room
        room.interest.update(self.member.observer)
        frame = room.encoder.frame(self.member.observer, False)
        self.frames.append(frame)
        changes = self.view.apply(frame)
        assert (changes.tick, changes.time) == (room.tick, wire_time(self.world.now))
        self.entered += [held.entity for held in changes.entered]
        self.left += [held.entity for held in changes.left]

    def suspend(self) -> None:
        self.world.room.suspend(self.member, self.world.now)

    def resume(self, *, resync: bool = False) -> None:
        """Come back over a new socket: with nothing in sight, as SPEC section 2 has it."""
        self.view = ObserverView()
        self.world.room.resume(self.member, self.inbox, self.world.now, resync=resync)

    def leave(self) -> None:
        self.world.people.remove(self)
        self.world.room.leave(self.member, self.world.now)


class World:
    """One room, its people, and the time, which moves by `step` alone."""

    def __init__(
        self,
        *,
        zones: Sequence[ZoneSettings] = (),
        objects: Sequence[ObjectSettings] = (),
        features: tuple[type[Feature], ...] = (Presence, Chat),
        capacity: int | None = None,
        bounds: float = 50.0,
        seed: int = 1,
        settings: NamedRoomSettings | None = None,
        auditor: Auditor | None = None,
        rights: Sequence[RightsSettings] = SMALL,
        keeper: SlowKeeper | None = None,
        recalled: Recalled = NOTHING_KEPT,
    ) -> None:
        self.motion = MotionWriter(by_hand=True)
        self.now = 100.0
        self.operations = 0
        self.tick = 0
        self.people: list[Person] = []
        settings = settings or hall_settings(zones=zones, objects=objects, capacity=capacity, bounds=bounds)
        room_type = replace(HALL, features=features)
        self.room = Room(
            "hall",
            "Hall",
            room_type,
            settings,
            rights=Rights(rights),
            random=Random(seed),
            now=self.now,
            auditor=auditor,
            keeper=keeper,
            motion=self.motion,
            recalled=recalled,
        )

    def join(
        self, name: str, role: str = "patient", x: float = 0.0, z: float = 0.0, *, invitation: str | None = None
    ) -> Person:
        """Let somebody in, who goes to a place at once."""
        inbox = Inbox()
        entity, subject = self.room.new_entity(), f"subject-{name}"
        participant = Participant(entity, name, role, "robot", subject, invitation=invitation)
        member = self.room.join(participant, inbox, self.now)
        person = Person(self, member, inbox)
        self.people.append(person)
        if (x, z) != (0.0, 0.0):
            person.move(x, z)
        return person

    def step(self, ticks: int = 1, *, looking: bool = True) -> None:
        """Let time pass, and everybody who is not suspended look."""
        for _ in range(ticks):
            self.tick += 1
            self.now += 1.0 / self.room.tick_hz
            self.room.step(self.tick, self.now)
            for person in self.people if looking else ():
                if not person.member.suspended:
                    person.look()
            self.room.tell(self.now)


class SlowKeeper:
    """A keeper that settles when a test says so."""

    def __init__(self) -> None:
        self.edits: list[Edit] = []
        """All that were asked to be kept."""
        self._settled: list[Callable[[Outcome, float], None]] = []
        self._refused: list[Edit] = []

    def keep(self, edit: Edit, settled: Callable[[Outcome, float], None]) -> None:
        self.edits.append(edit)
        self._settled.append(settled)

    @property
    def on_their_way(self) -> int:
        return len(self._settled)

    def settle(self, outcome: Outcome = Outcome.KEPT, now: float = 100.0) -> None:
        """Settle the oldest that is on its way."""
        if outcome is Outcome.REFUSED:
            self._refused.append(self.edits[-self.on_their_way])
        self._settled.pop(0)(outcome, now)

    def recalled(self) -> Recalled:
        """What a room that opens later is told of what was not refused."""
        values: dict[str, dict[str, Any]] = {}
        lines: dict[str, list[Line]] = {}
        kept = [edit for edit in self.edits if not any(edit is refused for refused in self._refused)]
        for edit in kept:
            value = msgspec.msgpack.decode(pack(edit.value))
            if edit.key:
                values.setdefault(edit.feature, {})[edit.key] = value
            else:
                lines.setdefault(edit.feature, []).append(Line(value, 1.0))
        return Recalled(values, lines, [(edit.identity, edit.result) for edit in kept if edit.result])
