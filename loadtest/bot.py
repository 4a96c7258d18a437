"""One simulated person: joins a room, moves, acknowledges what it is told, says something now and then, leaves."""

import asyncio
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from core_ext import BotPort, Witness
from loadtest.connection import open_socket
from loadtest.errors import JoinRefused
from loadtest.events import EventReader, Told
from loadtest.frontdesk import Ticket
from loadtest.handover import EXPECTED, Hands, things_in_sight
from loadtest.verification import Ledger
from protocol.codec import decode_server, encode
from protocol.errors import MalformedMessage
from protocol.fields import POSITION_SCALE, quantise
from protocol.ids import ACK_EVENTS, OPERATION_ID_BYTES, VERSION, CloseCode, Kind
from protocol.messages import (
    Ack,
    Bye,
    Clock,
    ClockReply,
    Correction,
    Hello,
    Operation,
    Result,
    RoomDescription,
    Welcome,
)
from protocol.pose import decode_pose
from protocol.schema import SCHEMA_HASH

WELCOME_SECONDS: Final = 10.0
_ANSWER_SECONDS: Final = 5.0
_GOODBYE_SECONDS: Final = 2.0
_ACK_AT: Final = ACK_EVENTS // 2


@dataclass
class BotRoom:
    """A room as the load tester knows it; the bots in it share this."""

    id: str
    canary: str
    description: RoomDescription | None = None
    witness_index: int = -1

    def learn(self, description: RoomDescription, witness: Witness) -> None:
        """Take what the first welcome says of the room."""
        if self.description is not None:
            return
        self.description = description
        self.witness_index = witness.add_room(
            self.canary.encode(),
            box_mm(description.bounds),
            [box_mm(zone.box) for zone in description.zones],
            sum(1 << index for index, zone in enumerate(description.zones) if zone.private),
        )


def box_mm(box: tuple[tuple[float, float, float], tuple[float, float, float]]) -> tuple[int, int, int, int, int, int]:
    """Return a box in metres as mm: least x y z, greatest x y z."""
    (x0, y0, z0), (x1, y1, z1) = box
    a, b, c, d, e, f = (quantise(side, POSITION_SCALE) for side in (x0, y0, z0, x1, y1, z1))
    return a, b, c, d, e, f


class Bot:
    """A session: made for one ticket, used once. Implements `core_ext.bot_port.Receiver`.

    `on_lost` is called when the socket closes before `leave`.
    """

    def __init__(
        self,
        name: str,
        room: BotRoom,
        ledger: Ledger,
        *,
        verifying: bool,
        events: EventReader,
        on_lost: Callable[["Bot"], None],
    ) -> None:
        self.name = name
        self.room = room
        self.ledger = ledger
        self.port = BotPort(ledger.witness, self, verifying)
        self.live = False
        self.leaving = False
        self.event = 0
        self._acknowledged = 0
        self._events = events
        self._on_lost = on_lost
        self._ticket = ""
        self._welcome: asyncio.Future[Welcome] | None = None
        self._operations: dict[bytes, tuple[float, str, str]] = {}
        self.entity = 0
        """From the welcome on."""
        self._newest: dict[int, int] = {}
        """By thing: the last count of its changes that this bot knew."""

    async def join(self, ticket: Ticket) -> Welcome:
        """Open the socket, say hello, wait for the welcome. Raises JoinRefused."""
        self._ticket = ticket.ticket
        self._welcome = asyncio.get_running_loop().create_future()
        await open_socket(self.port, ticket.world)
        try:
            return await asyncio.wait_for(self._welcome, WELCOME_SECONDS)
        except TimeoutError:
            self.leaving = True
            self.port.close(CloseCode.NORMAL)
            raise JoinRefused("no_welcome", f"{self.name}: no welcome within {WELCOME_SECONDS:.0f} s") from None

    def leave(self) -> None:
        """Say goodbye; the server closes."""
        self.leaving = True
        self.live = False
        self.port.leave()
        self.port.finish(encode(Bye()))
        # A server that does not close in answer is let go of.
        asyncio.get_running_loop().call_later(_GOODBYE_SECONDS, self.port.close, CloseCode.NORMAL)

    def say(self, text: str) -> None:
        """Say something to those who perceive this avatar."""
        self._operate("chat", "say", {"text": text})

    def _operate(self, feature: str, what: str, body: dict[str, Any]) -> None:
        operation = os.urandom(OPERATION_ID_BYTES)
        self._operations[operation] = time.monotonic(), feature, what
        self.port.send(encode(Operation(op=operation, feature=feature, type=what, body=body)))

    def handle(self, draw: random.Random) -> None:
        """Do something with a thing in sight, if there is one to do something with."""
        try:
            head = decode_pose(self.port.last_pose()).state.head.position
        except ValueError:
            # It has not moved yet.
            return
        things = list(things_in_sight(self.port.decoder, self.ledger.truths.known))
        wish = Hands(self.entity, draw).next_wish(things, head)
        if wish is not None:
            self._operate("props", *wish)

    def look_at_things(self) -> None:
        """Hold what this bot knows of things against what others know."""
        for seen in things_in_sight(self.port.decoder, self.ledger.truths.known):
            newest = self._newest.get(seen.entity, -1)
            self.ledger.truths.judge(self.name, self.room.witness_index, seen, newest)
            self._newest[seen.entity] = max(newest, seen.facts.authority)

    def ask_clock(self) -> None:
        """Ask for the server's clock; the answer sets what poses are stamped with."""
        self.port.send(encode(Clock(sent=time.monotonic() * 1000)))

    def acknowledge(self) -> None:
        """Acknowledge the events handled since the last time."""
        if self.live and self.event > self._acknowledged:
            self._acknowledged = self.event
            self.port.send(encode(Ack(event=self.event)))

    def look_about(self, now: float) -> None:
        """Check what no single message shows: what is held, and operations that were never answered."""
        self.port.check_view()
        for operation, (sent, _, _) in list(self._operations.items()):
            if now - sent > _ANSWER_SECONDS:
                del self._operations[operation]
                self.ledger.note("operation_unanswered", f"{self.name}: {operation.hex()}")

    # ---- the port tells ---------------------------------------------------------------------------------------

    def on_open(self, port: BotPort) -> None:
        """Say hello."""
        port.send(encode(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=self._ticket, client="polyclinic-load")))

    def on_closed(self, code: int, reason: str) -> None:
        """Tell the one who waits for a welcome, or count a lost session."""
        if self._welcome is not None and not self._welcome.done():
            self._welcome.set_exception(JoinRefused(str(code), f"{self.name}: closed instead of a welcome: {reason}"))
        elif self.live and not self.leaving:
            self.live = False
            self.port.leave()
            self.ledger.note_lost(self.name, code, reason)
            self._on_lost(self)

    def on_message(self, data: bytes) -> None:
        """Handle any message but a snapshot."""
        try:
            if data[0] == Kind.EVENT and self.live:
                self._on_event(self._events.read(data))
                return
            message = decode_server(data)
        except MalformedMessage as error:
            self.ledger.note("malformed_message", f"{self.name}: {error}: {data[:60]!r}")
            return
        match message:
            case Welcome() if not self.live and not self.leaving:
                self._on_welcome(message)
            case Result():
                self._on_result(message)
            case ClockReply():
                now = time.monotonic() * 1000
                self.port.clock_offset_ms = round(message.time - (message.sent + now) / 2)
            case Correction():
                self.ledger.note("correction", f"{self.name}: pose {message.sequence}: {message.reason}")
            case _:
                self.ledger.note("unexpected_message", f"{self.name}: {type(message).__name__}")

    def _on_welcome(self, welcome: Welcome) -> None:
        self.room.learn(welcome.room, self.ledger.witness)
        x, y, z = (quantise(value, POSITION_SCALE) for value in welcome.spawn.position)
        self.entity = welcome.entity
        self.port.join(welcome.entity, self.room.witness_index, (x, y, z))
        self.port.clock_offset_ms = round(welcome.time - time.monotonic() * 1000)
        self.event = self._acknowledged = welcome.event
        self.live = True
        self.ask_clock()
        if self._welcome is not None and not self._welcome.done():
            self._welcome.set_result(welcome)

    def _on_event(self, told: Told) -> None:
        if told.number != self.event + 1:
            self.ledger.note("event_gap", f"{self.name}: event {told.number} after {self.event}")
        self.ledger.witness.hear_of(self.room.witness_index, told.entities)
        self.event = told.number
        if told.number - self._acknowledged >= _ACK_AT:
            self.acknowledge()

    def _on_result(self, result: Result) -> None:
        _, feature, what = self._operations.pop(result.op, (0.0, "", ""))
        if feature == "props":
            self.ledger.handling[what if result.ok else f"{what}:{result.code}"] += 1
        if not feature:
            self.ledger.note("unexpected_message", f"{self.name}: a result of no operation: {result.op.hex()}")
        elif not result.ok and not (feature == "props" and result.code in EXPECTED):
            self.ledger.note("operation_refused", f"{self.name}: {result.code}: {result.detail}")
