"""A room one has joined: poses and words go in, changes come out, and lost connections come back."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Never

from polyclinic_client.backlog import Backlog
from polyclinic_client.backoff import Backoff
from polyclinic_client.errors import BrokenWorld, ClientError, ClientFailed, Disconnected, JoinRefused
from polyclinic_client.frontdesk import FrontDesk
from polyclinic_client.operations import Operations
from polyclinic_client.proof import Proof
from polyclinic_client.session import Session, only
from polyclinic_client.things import Handling
from polyclinic_client.transport import TransportClosed, open_websocket, take_leave
from protocol.ids import CloseCode, reconnects
from protocol.snapshot import pose_from_floats

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from polyclinic_client.changes import Change, Entity, Person
    from polyclinic_client.frontdesk import Ticket
    from polyclinic_client.transport import Transport
    from protocol.messages import Result, RoomDescription, Spawn, Welcome
    from protocol.snapshot import AvatarState, FloatPose

WELCOME_SECONDS: Final = 10.0
POSE_SECONDS_MIN: Final = 1 / 200
"""Below the server's 240 a second, with some to spare for bunching on the way."""
PATIENCE_SECONDS: Final = 120.0


class Room(Handling):
    """A room, from `join`.

    Properties tell what is known now; nothing waits for the server but `changes` and what asks a feature.
    """

    def __init__(
        self,
        ask_ticket: Callable[[], Awaitable[Ticket]],
        *,
        ask_again: Callable[[], Awaitable[Ticket]] | None = None,
        connect: Callable[[str], Awaitable[Transport]] = open_websocket,
        client: str = "polyclinic-python",
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._ask_ticket = ask_ticket
        self._connect = connect
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._backoff = Backoff(chance)
        self._proof = Proof(ask_again or ask_ticket, sleep, lambda: self._session.seconds_left(self._now()))
        self._operations = Operations()
        self._session = Session(client, self._operations.answer)
        self._backlog = Backlog()
        self._pose: tuple[AvatarState, float] | None = None
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._transport: Transport | None = None
        self._ended: ClientError | None = None
        self._address = ""

    # What is known.

    @property
    def entity(self) -> int:
        """One's own entity id; another after `Reconnected(resumed=False)`."""
        return self._welcome.entity

    @property
    def description(self) -> RoomDescription:
        """What the room is: name, bounds, zones, tick rate, scene."""
        return self._welcome.room

    @property
    def spawn(self) -> Spawn:
        """Where one appeared."""
        return self._welcome.spawn

    @property
    def avatars(self) -> Mapping[int, Entity]:
        """The avatars in sight by entity id, without one's own."""
        return only(self._session.entities, avatars=True)

    @property
    def people(self) -> Mapping[int, Person]:
        """Everybody in the room by entity id, in sight or not."""
        return dict(self._session.people)

    @property
    def live(self) -> bool:
        """Whether the connection stands; while it does not, the client tries to come back."""
        return self._session.live

    @property
    def round_trip(self) -> float | None:
        """Seconds to the server and back; None until measured."""
        milliseconds = self._session.clock.round_trip
        return None if milliseconds is None else milliseconds / 1000

    @property
    def _welcome(self) -> Welcome:
        welcome = self._session.welcome
        if welcome is None:
            raise RuntimeError("the room has not been joined")
        return welcome

    # What one does.

    def send_pose(
        self,
        head: FloatPose | None,
        left: FloatPose | None = None,
        right: FloatPose | None = None,
        *,
        left_fingers: bytes | None = None,
        right_fingers: bytes | None = None,
        face: Sequence[float] | None = None,
        voice: float = 0.0,
        seated: bool = False,
        signing: bool = False,
    ) -> None:
        """Show where one is now: ((x, y, z) in metres, (x, y, z, w)) each, in the room's frame; None for not tracked.

        `voice` is 0 to 1, `face` 52 ARKit weights, fingers 20 bytes a hand (`protocol.hands`). Never waits: of poses
        that come faster than they can be sent the newest goes out. Raises ValueError for what is not finite or not a
        rotation, and Disconnected once the session is over.
        """
        self._check_open()
        state = pose_from_floats(
            head=head,
            left=left,
            right=right,
            left_fingers=left_fingers,
            right_fingers=right_fingers,
            face=face,
            voice=voice,
            seated=seated,
            signing=signing,
        )
        self._pose = state, self._now()
        self._wake.set()

    def limit(self, kbits: int | None) -> None:
        """Ask to be sent at most so many kbit/s over any second, 8 or more; None lifts the limit.

        Fewer and coarser updates then, of those who matter least first. Raises ValueError.
        """
        self._session.limit(kbits)
        self._wake.set()

    async def say(self, text: str) -> Result:
        """Write to those who can perceive one; the result's `ok` tells whether it was said, `code` why not."""
        return await self.operate("chat", "say", {"text": text})

    async def operate(self, feature: str, kind: str, body: Mapping[str, Any], op: bytes | None = None) -> Result:
        """Ask a feature for something and wait for its answer; `op` is its id, 16 random bytes, drawn if left out.

        Over a lost connection that is resumed it is sent again under its id and takes effect once. Raises Disconnected,
        and OperationLost if the session ended unanswered: what is kept may be asked again in another under that id.
        """
        self._check_open()
        self._wake.set()
        return await self._operations.ask(feature, kind, body, op)

    async def changes(self) -> AsyncIterator[Change]:
        """Iterate over what changes, beginning with what was there when one came, until one leaves.

        For one reader. State is told newest-wins, events are all told, in order. Raises Disconnected when the
        session is over for good.
        """
        self._backlog.listen()
        while (change := await self._backlog.get()) is not None:
            yield change

    # Coming, staying, leaving.

    async def open(self) -> None:
        """Join. Raises JoinRefused or Disconnected; `join` calls this."""
        try:
            self._transport = await self._join_anew()
        except TransportClosed as closed:
            raise Disconnected(closed.code, closed.reason) from closed
        except BrokenWorld as broken:
            raise Disconnected(CloseCode.PROTOCOL_ERROR, str(broken)) from broken
        self._task = asyncio.create_task(self._live(self._transport), name="polyclinic room")

    async def close(self) -> None:
        """Leave, with a word of farewell, and wait until the socket is closed. `join` calls this; again is harmless."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        transport, self._transport = self._transport, None
        if transport is not None:
            await take_leave(transport)
        if self._ended is None:
            self._end(Disconnected(CloseCode.NORMAL, "left the room"), told=False)

    async def _live(self, transport: Transport) -> None:
        """Stay until the session is over. A fault of this client's own ends it too: nobody is left waiting."""
        try:
            await self._stay(transport)
        except Exception as error:  # noqa: BLE001 - told to whoever waits, with its cause
            failed = ClientFailed(f"{type(error).__name__}: {error}")
            failed.__cause__ = error
            self._session.abandon()
            self._end(failed)
            if self._transport is not None:
                # It may be the transport that failed; what it failed of has been told.
                with contextlib.suppress(Exception):
                    await take_leave(self._transport, CloseCode.INTERNAL_ERROR)
            self._transport = None

    async def _stay(self, transport: Transport) -> None:
        """Attend to one connection after another, until the session is over."""
        while True:
            began = self._clock()
            try:
                code, reason = await self._attend(transport)
            except BrokenWorld as broken:
                await take_leave(transport, CloseCode.MALFORMED)
                self._session.abandon()
                code, reason = CloseCode.ABNORMAL, str(broken)
            self._transport = None
            self._backoff.note_live(self._clock() - began)
            if not reconnects(code):
                self._end(Disconnected(code, reason))
                return
            try:
                self._transport = transport = await self._come_back(code, reason)
            except ClientError as error:
                self._end(error)
                return

    async def _attend(self, transport: Transport) -> tuple[int, str]:
        """Serve one connection until it closes; how it closed. Raises what reader or writer died of."""
        reader = asyncio.create_task(self._read(transport), name="polyclinic reader")
        writer = asyncio.create_task(self._write(transport), name="polyclinic writer")
        prover = asyncio.create_task(self._proof.keep(transport), name="polyclinic prover")
        try:
            await asyncio.wait({reader, writer}, return_when=asyncio.FIRST_EXCEPTION)
        finally:
            self._session.suspend(self._now())
            reader.cancel()
            writer.cancel()
            prover.cancel()
            await asyncio.gather(reader, writer, prover, return_exceptions=True)
        for task in (writer, prover):
            if not task.cancelled():
                task.result()
        try:
            return reader.result()
        except TransportClosed as closed:
            return closed.code, closed.reason

    async def _read(self, transport: Transport) -> Never:
        """Take in what comes. Raises TransportClosed or BrokenWorld at the latest when the connection is over."""
        while True:
            self._take_in(await transport.receive())
            await self._backlog.room()

    def _take_in(self, data: bytes) -> None:
        expected = self._session.next_due()
        for change in self._session.receive(data, self._now()):
            self._backlog.put(change)
        if self._session.next_due() < expected:
            self._wake.set()

    async def _write(self, transport: Transport) -> None:
        """Send what is due until the connection closes, which the reader sees too."""
        with contextlib.suppress(TransportClosed):
            while True:
                for message in self._session.due(self._now()):
                    await transport.send(message)
                # An operation is judged by where one is: the pose goes first. What is asked for meanwhile has to wait.
                asked, posed = self._operations.unsent, self._pose
                if posed is not None:
                    self._pose = None
                    state, sampled = posed
                    await transport.send(self._session.pose(state, self._session.clock.at(sampled)))
                for _ in range(asked):
                    await transport.send(self._operations.take())
                if posed is not None:
                    await asyncio.sleep(POSE_SECONDS_MIN)
                await self._wait_for_work()

    async def _wait_for_work(self) -> None:
        if self._pose is None and not self._operations.unsent:
            seconds = max(0.0, self._session.next_due() - self._now()) / 1000
            # Not wait_for: up to Python 3.11 it may swallow a cancellation that comes together with the wake.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._wake.wait()
        self._wake.clear()

    async def _come_back(self, code: int, reason: str) -> Transport:
        """Try until a session stands again. Raises what makes it hopeless, or Disconnected when patience is over."""
        lost = self._clock()
        while self._clock() - lost < self._patience:
            await self._sleep(self._backoff.wait())
            try:
                if self._session.may_resume(self._now()):
                    return await self._resume()
                return await self._join_anew()
            except JoinRefused as refused:
                if not refused.temporary:
                    raise
            except BrokenWorld:
                self._session.abandon()
            except TransportClosed as closed:
                code, reason = closed.code, closed.reason
                if not reconnects(code):
                    raise Disconnected(code, reason) from closed
        raise Disconnected(code, reason)

    async def _resume(self) -> Transport:
        try:
            transport = await self._shake_hands(self._address, self._session.resume())
        except TransportClosed as closed:
            # A token is good once, and a server that was restarted has forgotten it: what is left is a new ticket.
            if closed.code != CloseCode.REPLAYED:
                raise
            self._session.abandon()
            return await self._join_anew()
        if not self._welcome.resumed:
            self._operations.lose()
        self._operations.send_again()
        return transport

    async def _join_anew(self) -> Transport:
        self._operations.lose()
        ticket = await self._ask_ticket()
        self._address = ticket.world
        return await self._shake_hands(ticket.world, self._session.hello(ticket.ticket))

    async def _shake_hands(self, address: str, greeting: bytes) -> Transport:
        """Open a socket and wait for the welcome. Raises TransportClosed or BrokenWorld."""
        transport = await self._connect(address)
        try:
            await transport.send(greeting)
            async with asyncio.timeout(WELCOME_SECONDS):
                self._take_in(await transport.receive())
        except TimeoutError:
            await transport.close()
            raise TransportClosed(CloseCode.ABNORMAL, "no welcome") from None
        except BaseException:
            await transport.close()
            raise
        return transport

    def _end(self, error: ClientError, *, told: bool = True) -> None:
        self._ended = error
        self._operations.lose()
        self._backlog.end(error if told else None)

    def _check_open(self) -> None:
        if self._ended is not None:
            raise self._ended

    def _now(self) -> float:
        return self._clock() * 1000


@asynccontextmanager
async def join(
    server: str,
    *,
    room: str,
    name: str,
    role: str,
    avatar: str = "plain",
    token: Callable[[], Awaitable[str]] | None = None,
    patience: float = PATIENCE_SECONDS,
) -> AsyncIterator[Room]:
    """Join a room, and leave it at the end. `server` is the front desk's address, such as `http://127.0.0.1:8080`.

    `token` gives a token of one's account that is good at the moment; without it one is a guest. It is asked again
    before a session would end with the token it came by. A lost connection comes back by itself, for up to `patience`
    seconds at a time. Raises JoinRefused when the front desk says no, and Disconnected when the room does.
    """
    desk = FrontDesk(server)
    wish = partial(desk.ticket, room, name=name, role=role, avatar=avatar, token=token)
    joined = Room(wish, ask_again=partial(wish, refreshing=True), patience=patience)
    await joined.open()
    try:
        yield joined
    finally:
        await joined.close()
