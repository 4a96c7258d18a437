"""The bodies of the features' operations and events (SPEC.md section 6.1): one home for the server and every client."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Literal, TypeVar

from msgspec import Struct

from protocol.messages import EntityId, Grip, GripNumber, Hand, PackedRotation, Position, Uint32


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody in the room."""

    entity: EntityId
    name: str
    role: str


P = TypeVar("P")
"""A `Person`; for who sends the same people to many, one that is encoded already."""


class Roster(Struct, Generic[P], frozen=True, forbid_unknown_fields=True):
    """A page of everybody, at most 200; the first page replaces what the client knew."""

    people: tuple[P, ...]
    more: bool
    """Whether another page follows."""


class Changed(Struct, Generic[P], frozen=True, forbid_unknown_fields=True):
    """Who came and who left since the client was last told, at most 200 of each."""

    joined: tuple[P, ...]
    left: tuple[EntityId, ...]


class Say(Struct, frozen=True, forbid_unknown_fields=True):
    """Say something to those who may perceive the sender."""

    text: str
    """1 to 500 characters; the length is the feature's to check, for too long a text has a code of its own."""


class Said(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody said something."""

    entity: EntityId
    name: str
    text: str
    time: Uint32
    """Server clock, ms."""


class Line(Struct, frozen=True, forbid_unknown_fields=True):
    """Something that was said before one came."""

    name: str
    text: str
    age: float
    """Seconds since then."""


class Earlier(Struct, frozen=True, forbid_unknown_fields=True):
    """What was said before one came, in a room that keeps it: the last lines, oldest first."""

    lines: tuple[Line, ...]


class Grab(Struct, frozen=True, forbid_unknown_fields=True):
    """Take a thing into a hand, or into the other one."""

    prop: EntityId
    hand: Literal["left", "right"]
    grip: Grip
    ownership: Uint32


class Put(Struct, frozen=True, forbid_unknown_fields=True):
    """Put down what one holds."""

    prop: EntityId
    position: Position
    rotation: PackedRotation
    ownership: Uint32


class Offer(Struct, frozen=True, forbid_unknown_fields=True):
    """Let others take what one holds, or no longer."""

    prop: EntityId
    offered: bool


class Move(Struct, frozen=True, forbid_unknown_fields=True):
    """Push or turn what nobody holds."""

    prop: EntityId
    position: Position
    rotation: PackedRotation
    ownership: Uint32
    authority: Uint32


class Truth(Struct, frozen=True, forbid_unknown_fields=True):
    """How a thing is, as the result of an operation on it tells.

    While somebody holds it, `position` is that of the hand to its holder alone; to others, who may not be shown where
    that hand really is, it is the place that the facility has it at. `rotation` is then the one it had before.
    """

    prop: EntityId
    holder: Uint32
    hand: Hand
    grip: tuple[GripNumber, ...]
    ownership: Uint32
    authority: Uint32
    offered: bool
    position: Position
    rotation: PackedRotation


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody wishes for what one holds."""

    prop: EntityId
    entity: EntityId
    name: str


class Recent(Struct, frozen=True, forbid_unknown_fields=True):
    """Ask who saw one just now."""


class Seer(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who saw who asks, or may see them; perhaps gone by now."""

    entity: EntityId
    name: str
    role: str
    seconds: Uint32
    """For how long."""
    ago: Uint32
    """s since it ended; 0 while it lasts."""
    unseen: bool
    """Whether who asks may not perceive them now, and they may see who asks: no more is told of it, the times are 0."""


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """Who saw who asks: those who do now, those unseen, then the newest first, at most 100."""

    people: tuple[Seer, ...]


AlertReason = Literal["life_threat", "no_response", "risk_to_others", "safety_check", "other"]
AlertEnding = Literal["done", "time", "left", "unavailable"]


class BreakGlass(Struct, frozen=True, forbid_unknown_fields=True):
    """Open every curtain of the room, for an emergency."""

    reason: AlertReason
    text: str
    """1 to 500 characters that say why; for the audit log alone."""
    minutes: Uint32
    """1 to 60."""


class Broken(Struct, frozen=True, forbid_unknown_fields=True):
    """The glass is broken as soon as that is written down."""

    until: Uint32
    """Server clock, ms."""


class EndEmergency(Struct, frozen=True, forbid_unknown_fields=True):
    """Close the curtains again."""


class Alert(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody sees behind every curtain of the room."""

    entity: EntityId
    name: str
    role: str
    reason: AlertReason
    until: Uint32
    """Server clock, ms; it may end before."""


class AlertEnded(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody sees behind the curtains no more."""

    entity: EntityId
    why: AlertEnding


class Overwrite(Struct, frozen=True, forbid_unknown_fields=True):
    """Write on a panel, in place of all that stands there."""

    panel: EntityId
    text: str
    """At most 2,000 characters; the length is the feature's to check, for too long a text has a code of its own."""
    version: Uint32
    """Of the text that is replaced; 0 if none was ever written."""


class Written(Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on a panel."""

    panel: EntityId
    text: str
    version: Uint32
    """How often it was written on, over restarts too."""


RemovalReason = Literal["disturbing", "private", "unsafe", "wrong_room", "other"]


class Remove(Struct, frozen=True, forbid_unknown_fields=True):
    """Show somebody out; why is a word and never a text, because it goes into the reason of the close."""

    entity: EntityId
    reason: RemovalReason


class Mute(Struct, frozen=True, forbid_unknown_fields=True):
    """Silence somebody's voice and chat for all others."""

    entity: EntityId


class Unmute(Struct, frozen=True, forbid_unknown_fields=True):
    """Lift that again."""

    entity: EntityId


class Muted(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody was silenced, or is heard again."""

    entity: EntityId
    muted: bool


class Here(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody is there: a key was pressed, a question answered."""


class Away(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the headset is off, or the page hidden."""

    away: bool


class Warned(Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody seems to be there, and the session is locked in so many seconds; 0: somebody is there after all."""

    seconds: float


Purpose = Literal["treat", "observe", "record_audio", "record_motion", "transcribe", "research"]
RecordingKind = Literal["audio", "motion", "transcript"]
RecordingState = Literal["on", "paused", "off"]
RecordingFailure = Literal["", "failed", "behind", "unavailable"]
"""The disk refused it or is too slow, or what is done can be written down no more; empty: none of it."""

GIVEN_BY_COMING: Final[tuple[Purpose, ...]] = ("treat", "observe")
"""Whoever walks in is there to be treated, and to be seen by those who come to see; all else is asked for."""
RECORDING_NEEDS: Final[Mapping[RecordingKind, Purpose]] = {
    "audio": "record_audio",
    "motion": "record_motion",
    "transcript": "transcribe",
}
"""The purpose to which everybody in the room must consent, by what is recorded."""


class SetConsent(Struct, frozen=True, forbid_unknown_fields=True):
    """Give consent for a purpose, or withdraw it."""

    purpose: Purpose
    given: bool


class ClearFor(Struct, frozen=True, forbid_unknown_fields=True):
    """Take somebody into one's care team, who then sees one as one is, or out of it."""

    entity: EntityId
    cleared: bool


class SetRecording(Struct, frozen=True, forbid_unknown_fields=True):
    """Begin or end a recording of the room."""

    kind: RecordingKind
    on: bool


class Consents(Struct, frozen=True, forbid_unknown_fields=True):
    """What one has given consent for."""

    given: tuple[str, ...]


class Hidden(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the client does not perceive because they withdrew what it is there for."""

    entities: tuple[EntityId, ...]


class Ending(Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody who is there allows any more what the client is there for."""

    seconds: float
    """Until its session ends; 0: it does not."""


class RecordingTold(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the room is being recorded."""

    kind: RecordingKind
    state: RecordingState
    why: RecordingFailure = ""
    """Where the server could not go on; what people did is not told."""


@dataclass(frozen=True, slots=True)
class FeatureBodies:
    """What a feature's operations and events carry, by their type."""

    operations: dict[str, Any] = field(default_factory=dict)
    events: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    """By the operation that is answered with a body."""
    unattended: frozenset[str] = frozenset()
    """Operations that clients ask by themselves, again and again: no sign that somebody is there."""
    bounds_itself: frozenset[str] = frozenset()
    """Operations of which the feature bounds how many wait to be kept: it knows which may not be refused."""


FEATURES: Final[dict[str, FeatureBodies]] = {
    "presence": FeatureBodies(events={"roster": Roster[Person], "changed": Changed[Person]}),
    "chat": FeatureBodies(operations={"say": Say}, events={"said": Said, "earlier": Earlier}),
    "props": FeatureBodies(
        operations={"grab": Grab, "put": Put, "offer": Offer, "move": Move},
        events={"wanted": Wanted},
        results={"grab": Truth, "put": Truth, "offer": Truth, "move": Truth},
    ),
    "access": FeatureBodies(operations={"recent": Recent}, results={"recent": Seen}, unattended=frozenset({"recent"})),
    "emergency": FeatureBodies(
        operations={"break_glass": BreakGlass, "end": EndEmergency},
        events={"alert": Alert, "ended": AlertEnded},
        results={"break_glass": Broken},
    ),
    "panels": FeatureBodies(operations={"write": Overwrite}, events={"written": Written}, results={"write": Written}),
    "moderation": FeatureBodies(operations={"remove": Remove, "mute": Mute, "unmute": Unmute}, events={"muted": Muted}),
    "safety": FeatureBodies(operations={"here": Here, "away": Away}, events={"warned": Warned}),
    "consent": FeatureBodies(
        operations={"set": SetConsent, "clear": ClearFor, "record": SetRecording},
        events={"consents": Consents, "hidden": Hidden, "ending": Ending, "recording": RecordingTold},
        results={"set": Consents},
        bounds_itself=frozenset({"set"}),
    ),
}

UNATTENDED: Final = frozenset((name, type_) for name, bodies in FEATURES.items() for type_ in bodies.unattended)
"""Feature and type of each such operation."""

BOUND_BY_FEATURES: Final = frozenset(
    (name, type_) for name, bodies in FEATURES.items() for type_ in bodies.bounds_itself
)
"""The same of those whose number the feature bounds."""
