"""The msgpack messages as typed structs (SPEC.md section 3).

What a type says is what the wire admits: a value outside it is malformed. Defaults are the optional keys' and are left
out when encoding.
"""

from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct

from protocol.ids import (
    BUDGET_LEAST,
    BUDGET_NONE,
    GRIP_MAX_MM,
    HEAD_POSITION_MAX,
    OPERATION_ID_BYTES,
    ROTATION_MAX,
    Kind,
)

Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""Of events; up to 2^53 - 1, so that JavaScript counts exactly."""
EventNumber = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Uint16 = Annotated[int, Meta(ge=0, le=2**16 - 1)]
Uint32 = Annotated[int, Meta(ge=0, le=2**32 - 1)]
EntityId = Annotated[int, Meta(ge=1, le=2**32 - 1)]
OperationId = Annotated[bytes, Meta(min_length=OPERATION_ID_BYTES, max_length=OPERATION_ID_BYTES)]
Name = Annotated[str, Meta(max_length=32)]
ShortText = Annotated[str, Meta(max_length=64)]
Ticket = Annotated[str, Meta(max_length=2048)]
ResumeToken = Annotated[str, Meta(max_length=128)]
Point = tuple[float, float, float]
"""x y z in metres, in the room's frame."""
Box = tuple[Point, Point]
"""Least and greatest corner."""
Millimetres = tuple[int, int, int]
Coordinate = Annotated[int, Meta(ge=-HEAD_POSITION_MAX, le=HEAD_POSITION_MAX)]
"""mm, in the room's frame."""
GripNumber = Annotated[int, Meta(ge=-GRIP_MAX_MM, le=GRIP_MAX_MM)]
RotationNumber = Annotated[int, Meta(ge=-ROTATION_MAX, le=ROTATION_MAX)]
Position = tuple[Coordinate, Coordinate, Coordinate]
PackedRotation = tuple[RotationNumber, RotationNumber, RotationNumber, RotationNumber]
"""The index of the largest component, and the others over it (SPEC section 4); `fields.check_rotation` checks it."""
Grip = tuple[GripNumber, GripNumber, GripNumber, GripNumber, GripNumber, GripNumber, GripNumber]
"""A thing in the frame of the hand that holds it: mm, then a packed rotation."""
Hand = Literal["left", "right", ""]
"""Of a holder; empty when nobody holds it."""


class Hello(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """First message of a client that has a ticket."""

    version: int
    schema: ShortText
    ticket: Ticket
    client: ShortText
    ages: bool = False


class Resume(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """First message of a client that comes back to its session."""

    version: int
    schema: ShortText
    token: ResumeToken
    last_event: Count
    ages: bool = False
    ticket: Ticket = ""
    """A fresh one of the same person, which opens a session that is locked."""


class Ack(Struct, frozen=True, forbid_unknown_fields=True):
    """The highest event the client has handled."""

    event: Count


class Operation(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a feature is asked to do; `body` is the feature's to check, see `codec.convert_body`."""

    op: OperationId
    feature: Name
    type: Name
    body: dict[str, Any]


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """Asks for the server's clock; `sent` is the client's own, in milliseconds."""

    sent: float


class Bye(Struct, frozen=True, forbid_unknown_fields=True):
    """The client leaves for good."""


class Budget(Struct, frozen=True, forbid_unknown_fields=True):
    """The most the client wants to be sent, in kbit/s over any second; the greatest value lifts the limit."""

    kbits: Annotated[int, Meta(ge=BUDGET_LEAST, le=BUDGET_NONE)]


class Refresh(Struct, frozen=True, forbid_unknown_fields=True):
    """A fresh ticket, of the same person for the same room: the session goes on for as long as it lets them."""

    ticket: Ticket


class Spawn(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a fresh avatar stands: metres, and radians about +Y from -Z, counterclockwise seen from above."""

    position: Point
    yaw: float


class ZoneDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """A box of the room with its own privacy."""

    name: str
    box: Box
    private: bool


class RoomDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """What a client needs to know of the room it has joined."""

    id: str
    type: str
    name: str
    scene: str
    tick_hz: int
    bounds: Box
    visible: int
    zones: tuple[ZoneDescription, ...]
    features: tuple[str, ...]


class Welcome(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The session is live."""

    session: str
    entity: EntityId
    resumed: bool
    resume_token: ResumeToken
    resume_seconds: float
    event: Count
    room: RoomDescription
    tick: Uint32
    time: Uint32
    spawn: Spawn
    rights: tuple[str, ...] = ()
    """What one may do here (SPEC section 7.1)."""
    expires_in: float = 0.0
    """Seconds until the session ends unless it is refreshed; 0 for never."""


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """Something a feature tells this session; `event` is its number."""

    event: EventNumber
    feature: str
    type: str
    body: dict[str, Any]


class Result(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The one answer to an operation."""

    op: OperationId
    ok: bool
    code: str = ""
    detail: str = ""
    body: dict[str, Any] = {}


class Refreshed(Struct, frozen=True, forbid_unknown_fields=True):
    """The fresh ticket counts."""

    expires_in: float
    """As in the welcome."""


class ClockReply(Struct, frozen=True, forbid_unknown_fields=True):
    """The server's clock, with the client's own as it came."""

    sent: float
    time: Uint32


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the server holds the client's head to be after the pose with this sequence."""

    sequence: Uint16
    position: Millimetres
    reason: Literal["bounds", "speed"]


class AvatarFacts(Struct, frozen=True, forbid_unknown_fields=True):
    """What an observer is told once of an avatar that enters its sight."""

    kind: Literal["avatar"]
    name: str
    role: str
    avatar: str


class ObjectFacts(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an observer is told of an object that enters its sight, and anew whenever it changes."""

    kind: Literal["prop", "panel"]
    name: str
    model: str
    grabbable: bool = False
    holder: Uint32 = 0
    """The entity of who holds it, 0 for nobody."""
    hand: Hand = ""
    grip: tuple[GripNumber, ...] = ()
    """A `Grip`; nothing while nobody holds it."""
    ownership: Uint32 = 0
    """One more whenever somebody else holds it, nobody counted."""
    authority: Uint32 = 0
    """One more whenever the server accepts anything of it."""
    offered: bool = False
    """Whether its holder lets whoever wishes take it."""


Facts = AvatarFacts | ObjectFacts
ClientMessage = Hello | Resume | Ack | Operation | Clock | Bye | Budget | Refresh
ServerMessage = Welcome | Event | Result | Refreshed | ClockReply | Correction
Message = ClientMessage | ServerMessage

CLIENT_MESSAGES: Final[dict[Kind, type[ClientMessage]]] = {
    Kind.HELLO: Hello,
    Kind.RESUME: Resume,
    Kind.ACK: Ack,
    Kind.OPERATION: Operation,
    Kind.CLOCK: Clock,
    Kind.BYE: Bye,
    Kind.BUDGET: Budget,
    Kind.REFRESH: Refresh,
}
SERVER_MESSAGES: Final[dict[Kind, type[ServerMessage]]] = {
    Kind.WELCOME: Welcome,
    Kind.EVENT: Event,
    Kind.RESULT: Result,
    Kind.REFRESHED: Refreshed,
    Kind.CLOCK_REPLY: ClockReply,
    Kind.CORRECTION: Correction,
}
