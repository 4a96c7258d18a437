"""One client's side of a session, without sockets or clocks: bytes and times come in, changes and bytes come out."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from polyclinic_client.changes import (
    Change,
    Corrected,
    Entered,
    Entity,
    FeatureEvent,
    Handled,
    Left,
    Moved,
    Person,
    Reconnected,
    RosterChanged,
    Said,
    SaidEarlier,
    Wanted,
    Written,
)
from polyclinic_client.clock import ServerClock
from polyclinic_client.errors import BrokenWorld
from protocol import features
from protocol.codec import convert_body, decode_facts, decode_server, encode
from protocol.errors import WireError
from protocol.ids import ACK_EVENTS, ACK_SECONDS, BUDGET_LEAST, BUDGET_NONE, POSITION_SCALE, VERSION, Kind
from protocol.messages import (
    Ack,
    AvatarFacts,
    Budget,
    Clock,
    ClockReply,
    Correction,
    Event,
    Hello,
    Refreshed,
    Result,
    Resume,
    ServerMessage,
    Welcome,
)
from protocol.schema import SCHEMA_HASH
from protocol.snapshot import AvatarState, ObserverView, Pose, encode_pose

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from protocol.snapshot import HeldEntity

ACK_MS: Final = ACK_SECONDS * 1000
CLOCK_FIRST_MS: Final = 250.0
CLOCK_FIRST_COUNT: Final = 4
CLOCK_MS: Final = 10_000.0
GRIP_NUMBERS: Final = 7


class Session:
    """What a client knows of its room, and what it owes the server.

    `now` is the client's own clock in milliseconds, from any origin. `receive` raises BrokenWorld when the server
    breaks the protocol; the session is worthless then.
    """

    def __init__(self, client: str, on_result: Callable[[Result], None]) -> None:
        self._client = client[:64]
        self._on_result = on_result
        self.clock = ServerClock()
        self.welcome: Welcome | None = None
        self.live = False
        self.entities: dict[int, Entity] = {}
        self.people: dict[int, Person] = {}
        self.panels: dict[int, Written] = {}
        self._view = ObserverView()
        self._unconfirmed: set[int] | None = None
        self._roster_pages: dict[int, Person] | None = None
        self._last_event = 0
        self._acknowledged = 0
        self._ack_due: float | None = None
        self._clock_due = 0.0
        self._clock_asked = 0
        self._suspended_at: float | None = None
        self._expires_at: float | None = None
        self._abandoned = False
        self._sequence = 0
        self._budget: int | None = None
        self._budget_due = False

    # Opening and closing.

    def hello(self, ticket: str) -> bytes:
        """Begin a new session; what the old one knew is dropped when the server says welcome."""
        return encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client=self._client))

    def resume(self) -> bytes:
        """Ask for the session back. Only after `may_resume`."""
        if self.welcome is None:
            raise ValueError("there is no session to resume")
        token = self.welcome.resume_token
        return encode(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=self._last_event))

    def may_resume(self, now: float) -> bool:
        """Whether the server may still keep this session."""
        if self.welcome is None or self._suspended_at is None or self._abandoned:
            return False
        return now - self._suspended_at < self.welcome.resume_seconds * 1000

    def suspend(self, now: float) -> None:
        """Note that the socket is lost."""
        if self.live:
            self._suspended_at = now
        self.live = False

    def abandon(self) -> None:
        """Give the session up: the next one begins with a ticket."""
        self.live = False
        self._abandoned = True

    def seconds_left(self, now: float) -> float | None:
        """How long the session lasts unless it is refreshed; None if nothing ends it."""
        return None if self._expires_at is None else (self._expires_at - now) / 1000

    # From the server.

    def receive(self, data: bytes, now: float) -> list[Change]:
        """Take in one message. Returns what it changed, in order. Raises BrokenWorld."""
        try:
            if not self.live:
                return self._receive_welcome(decode_server(data), now)
            if data[:1] == bytes((Kind.SNAPSHOT,)):
                return self._receive_snapshot(data)
            return self._receive_message(decode_server(data), now)
        except WireError as error:
            raise BrokenWorld(str(error)) from error

    def _receive_welcome(self, message: ServerMessage, now: float) -> list[Change]:
        if not isinstance(message, Welcome):
            raise BrokenWorld(f"{type(message).__name__} before the welcome")
        changes: list[Change] = []
        came_back = self._suspended_at is not None
        if not message.resumed:
            changes += [Left(entity) for entity in self.entities.values()]
            self.entities.clear()
            self.people.clear()
            self.panels.clear()
            self._roster_pages = None
            self._last_event = self._acknowledged = message.event
        self._view = ObserverView()
        self._unconfirmed = set(self.entities)
        self.welcome = message
        self._note_end(message.expires_in, now)
        self.live = True
        self._suspended_at = None
        self._abandoned = False
        self._budget_due = self._budget is not None
        # What was read before the connection was lost may not have been acknowledged: say it again soon.
        self._ack_due = now if self._last_event > self._acknowledged else None
        self.clock.start(message.time, now)
        self._clock_due, self._clock_asked = now, 0
        return [*changes, Reconnected(message.resumed)] if came_back else changes

    def _receive_message(self, message: ServerMessage, now: float) -> list[Change]:
        match message:
            case Event():
                return self._receive_event(message, now)
            case Result():
                self._on_result(message)
            case Refreshed():
                self._note_end(message.expires_in, now)
            case ClockReply():
                self.clock.note(message.sent, message.time, now)
            case Correction():
                x, y, z = (value / POSITION_SCALE for value in message.position)
                return [Corrected((x, y, z), message.reason, message.sequence)]
            case _:
                raise BrokenWorld("a second welcome")
        return []

    def _note_end(self, expires_in: float, now: float) -> None:
        self._expires_at = now + expires_in * 1000 if expires_in > 0.0 else None

    # State.

    def _receive_snapshot(self, data: bytes) -> list[Change]:
        frame = self._view.apply(data)
        entered = {held.entity for held in frame.entered}
        if held_twice := entered & self.entities.keys() - (self._unconfirmed or set()) - {e.entity for e in frame.left}:
            raise BrokenWorld(f"entities {sorted(held_twice)} enter twice")
        seen = [
            replace(
                self._see(update.held, fresh=update.held.entity in entered),
                state=update.held.state,
                tick=frame.tick,
                tier=update.held.record.tier,
            )
            for update in frame.updated
        ]
        # Who leaves and enters in one frame has new facts, and stays.
        changes: list[Change] = [
            Left(self.entities.pop(held.entity)) for held in frame.left if held.entity not in entered
        ]
        for entity in seen:
            before = self.entities.get(entity.id)
            self.entities[entity.id] = entity
            changes.append(_difference(before, entity, frame.time))
        if self._unconfirmed is not None:
            # The first frame after a resume enters all that is in sight: the others left in the meantime.
            changes += [Left(self.entities.pop(gone)) for gone in sorted(self._unconfirmed - entered)]
            self._unconfirmed = None
        return changes

    def _see(self, held: HeldEntity, *, fresh: bool) -> Entity:
        """Show what is held; facts are read once, when the entity enters."""
        if not fresh:
            return self.entities[held.entity]
        facts = decode_facts(held.facts)
        if isinstance(facts, AvatarFacts):
            return Entity(held.entity, "avatar", facts.name, facts.role, facts.avatar, held.state)
        if facts.holder and len(facts.grip) != GRIP_NUMBERS:
            raise BrokenWorld(f"a grip of {len(facts.grip)} numbers")
        return Entity(held.entity, facts.kind, facts.name, "", facts.model, held.state, facts)

    # Events.

    def _receive_event(self, event: Event, now: float) -> list[Change]:
        if event.event != self._last_event + 1:
            raise BrokenWorld(f"event {event.event} after event {self._last_event}")
        self._last_event = event.event
        if self._ack_due is None:
            self._ack_due = now + ACK_MS
        return self._read_event(event)

    def _read_event(self, event: Event) -> list[Change]:
        match event.feature, event.type:
            case "presence", "roster":
                return self._read_roster(convert_body(event.body, features.Roster[features.Person]))
            case "presence", "changed":
                return self._read_roster_change(convert_body(event.body, features.Changed[features.Person]))
            case "chat", "said" | "earlier":
                return _read_chat(event)
            case "panels", "written":
                told = convert_body(event.body, features.Written)
                written = self.panels[told.panel] = Written(told.panel, told.text, told.version)
                return [written]
            case "props", "wanted":
                wanted = convert_body(event.body, features.Wanted)
                return [Wanted(wanted.prop, wanted.entity, wanted.name)]
        return [FeatureEvent(event.feature, event.type, event.body)]

    def _read_roster(self, roster: features.Roster[features.Person]) -> list[Change]:
        pages = {} if self._roster_pages is None else self._roster_pages
        pages |= {listed.entity: _person(listed) for listed in roster.people}
        if roster.more:
            self._roster_pages = pages
            return []
        self._roster_pages = None
        before, self.people = self.people, pages
        joined = tuple(person for entity, person in pages.items() if entity not in before)
        left = tuple(person for entity, person in before.items() if entity not in pages)
        return [self._roster_changed(joined, left)]

    def _read_roster_change(self, change: features.Changed[features.Person]) -> list[Change]:
        # A change may come between two pages of a roster: it then belongs to what has been read of it.
        people = self.people if self._roster_pages is None else self._roster_pages
        # Who came and left between two changes is in both lists, and has come before having left.
        joined = tuple(_person(listed) for listed in change.joined)
        people.update({person.entity: person for person in joined})
        left = tuple(person for entity in change.left if (person := people.pop(entity, None)) is not None)
        return [self._roster_changed(joined, left)] if people is self.people else []

    def _roster_changed(self, joined: tuple[Person, ...], left: tuple[Person, ...]) -> RosterChanged:
        return RosterChanged(MappingProxyType(dict(self.people)), joined, left)

    # To the server.

    def limit(self, kbits: int | None) -> None:
        """Ask to be sent at most so many kbit/s, in this session and in those after it; None lifts the limit."""
        # Checked here, where the mistake is made, rather than by a server that ends the session.
        if kbits is not None and not BUDGET_LEAST <= kbits <= BUDGET_NONE:
            raise ValueError(f"a budget is {BUDGET_LEAST} to {BUDGET_NONE} kbit/s, got {kbits}")
        self._budget = kbits
        self._budget_due = True

    def pose(self, state: AvatarState, sampled_at: int) -> bytes:
        """Lay a pose out under the next number."""
        data = encode_pose(Pose(state, self._sequence, sampled_at))
        self._sequence = (self._sequence + 1) & 0xFFFF
        return data

    def due(self, now: float) -> list[bytes]:
        """Return what must be sent by now: acknowledgements, a budget and questions for the time."""
        messages = []
        unacknowledged = self._last_event - self._acknowledged
        if unacknowledged >= ACK_EVENTS or (unacknowledged and self._ack_due is not None and now >= self._ack_due):
            self._acknowledged = self._last_event
            self._ack_due = None
            messages.append(encode(Ack(event=self._last_event)))
        if self._budget_due:
            self._budget_due = False
            messages.append(encode(Budget(kbits=BUDGET_NONE if self._budget is None else self._budget)))
        if now >= self._clock_due:
            self._clock_asked += 1
            self._clock_due = now + (CLOCK_FIRST_MS if self._clock_asked < CLOCK_FIRST_COUNT else CLOCK_MS)
            messages.append(encode(Clock(sent=now)))
        return messages

    def next_due(self) -> float:
        """When `due` next has something to send, if nothing comes in until then."""
        if self._budget_due or self._last_event - self._acknowledged >= ACK_EVENTS:
            return 0.0
        return self._clock_due if self._ack_due is None else min(self._ack_due, self._clock_due)


def _difference(before: Entity | None, after: Entity, time: int) -> Change:
    if before is None:
        return Entered(after)
    return Moved(after, time) if before.thing == after.thing else Handled(after, time)


def _read_chat(event: Event) -> list[Change]:
    if event.type == "earlier":
        earlier = convert_body(event.body, features.Earlier)
        return [SaidEarlier(line.name, line.text, line.age) for line in earlier.lines]
    said = convert_body(event.body, features.Said)
    return [Said(said.entity, said.name, said.text, said.time)]


def _person(listed: features.Person) -> Person:
    return Person(listed.entity, listed.name, listed.role)


def only(entities: Mapping[int, Entity], *, avatars: bool) -> Mapping[int, Entity]:
    """Return a copy with the avatars, or with everything else."""
    return {number: entity for number, entity in entities.items() if (entity.kind == "avatar") == avatars}
