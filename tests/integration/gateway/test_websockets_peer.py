"""The `websockets` library as an independent peer: what it makes of this server, start to end."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from protocol.codec import decode_server, encode
from protocol.ids import VERSION, CloseCode, Kind
from protocol.messages import Bye, Clock, ClockReply, Event, Hello, Operation, Result, Resume, Welcome
from protocol.schema import SCHEMA_HASH
from protocol.snapshot import AvatarState, ObserverView, Pose, TrackedPart, encode_pose
from tests.support.live_world import LiveWorld, running_world
from tests.support.raw_websocket import AWAITED_SECONDS

SUBPROTOCOLS = [Subprotocol("polyclinic.v1")]


class Peer:
    """A joined client that keeps what it sees."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.view = ObserverView()

    async def say(self, message: Hello | Resume | Clock | Bye | Operation) -> None:
        await self.socket.send(encode(message))

    async def next(self, kind: Kind) -> bytes:
        """The next message of a kind; snapshots before it are taken in."""
        async with asyncio.timeout(5.0):
            while True:
                data = await self.socket.recv()
                assert isinstance(data, bytes)
                if data[0] == Kind.SNAPSHOT:
                    self.view.apply(data)
                if data[0] == kind:
                    return data

    async def enter(self, message: Hello | Resume) -> Welcome:
        await self.say(message)
        welcome = decode_server(await self.next(Kind.WELCOME))
        assert isinstance(welcome, Welcome)
        return welcome

    async def join(self, ticket: str) -> Welcome:
        return await self.enter(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="peer"))

    async def sees(self, wanted: Callable[[Mapping[int, AvatarState]], bool]) -> None:
        """Take snapshots until what is seen, by entity, is as wanted."""
        async with asyncio.timeout(AWAITED_SECONDS):
            while not wanted({held.entity: held.state for held in self.view.entities.values()}):
                await self.next(Kind.SNAPSHOT)

    async def closed(self) -> tuple[int | None, str | None]:
        """Read to the end; code and reason of the close frame."""
        try:
            async with asyncio.timeout(5.0):
                while True:
                    await self.socket.recv()
        except ConnectionClosed:
            return self.socket.close_code, self.socket.close_reason


@asynccontextmanager
async def peer(world: LiveWorld) -> AsyncIterator[Peer]:
    async with connect(world.address, subprotocols=SUBPROTOCOLS) as socket:
        yield Peer(socket)


def pose(sequence: int, x: int) -> bytes:
    head = TrackedPart(x, 1_600, 0, 3, 0, 0, 0)
    return encode_pose(Pose(state=AvatarState(flags=1, voice=9, head=head), sequence=sequence, sampled_at=0))


async def see_each_other(world: LiveWorld) -> None:
    """Two people meet, talk, and one of them leaves."""
    async with peer(world) as ann, peer(world) as bo:
        assert ann.socket.subprotocol == "polyclinic.v1"
        assert ann.socket.protocol.extensions == []
        welcome = await ann.join(world.ticket("Ann"))
        other = await bo.join(world.ticket("Bo"))
        await ann.socket.send(pose(1, 250))
        await bo.sees(lambda seen: welcome.entity in seen and seen[welcome.entity].head.x == 250)
        assert {held.entity for held in ann.view.entities.values()} <= {other.entity}
        await ann.say(Operation(op=b"o" * 16, feature="chat", type="say", body={"text": "hello"}))
        assert decode_server(await ann.next(Kind.RESULT)) == Result(op=b"o" * 16, ok=True)
        said = decode_server(await bo.next(Kind.EVENT))
        while not (isinstance(said, Event) and said.type == "said"):
            said = decode_server(await bo.next(Kind.EVENT))
        assert said.body["text"] == "hello"
        await ann.say(Bye())
        assert await ann.closed() == (CloseCode.NORMAL, "bye")
        await bo.sees(lambda seen: welcome.entity not in seen)


async def test_two_people_see_and_hear_each_other(world: LiveWorld) -> None:
    await see_each_other(world)


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_it_works_on_the_loop_of_the_server_and_on_the_plain_one(
    loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    async def live() -> None:
        async with running_world() as world:
            await see_each_other(world)
            await stop_gracefully(world)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(live())


async def test_the_server_answers_pings_and_clocks(world: LiveWorld) -> None:
    async with peer(world) as ann:
        await ann.join(world.ticket())
        pong: Awaitable[float] = await ann.socket.ping()
        await ann.say(Clock(sent=1.5))
        reply = decode_server(await ann.next(Kind.CLOCK_REPLY))
        assert isinstance(reply, ClockReply)
        assert reply.sent == 1.5
        assert abs(reply.time - world.clock.now() * 1000) < 1000
        assert await asyncio.wait_for(pong, 5.0) < 5.0


async def test_a_lost_connection_is_resumed_with_exactly_what_was_missed(world: LiveWorld) -> None:
    async with peer(world) as ann, peer(world) as bo:
        welcome = await ann.join(world.ticket("Ann"))
        await bo.join(world.ticket("Bo"))
        await ann.sees(lambda seen: len(seen) == 2)  # the other, and the tablet
        last = world.ward.members[welcome.entity]
        ann.socket.transport.abort()
        await world.until(lambda: last.suspended)
        await bo.sees(lambda seen: welcome.entity not in seen)
        for number in range(3):
            op = bytes([number]) * 16
            await bo.say(Operation(op=op, feature="chat", type="say", body={"text": f"missed {number}"}))
            await bo.next(Kind.RESULT)
        async with peer(world) as again:
            back = await again.enter(
                Resume(version=VERSION, schema=SCHEMA_HASH, token=welcome.resume_token, last_event=0)
            )
            assert (back.resumed, back.event, back.entity) == (True, 0, welcome.entity)
            missed: list[str] = []
            numbers: list[int] = []
            while len(missed) < 3:
                event = decode_server(await again.next(Kind.EVENT))
                assert isinstance(event, Event)
                numbers.append(event.event)
                if event.type == "said":
                    missed.append(event.body["text"])
            assert missed == ["missed 0", "missed 1", "missed 2"]
            assert numbers == list(range(1, len(numbers) + 1))
            await again.sees(lambda seen: len(seen) == 2)  # the other, and the tablet
            await bo.sees(lambda seen: welcome.entity in seen)


async def test_a_resume_over_a_second_socket_supersedes_the_first(world: LiveWorld) -> None:
    async with peer(world) as ann, peer(world) as again:
        welcome = await ann.join(world.ticket())
        await again.enter(Resume(version=VERSION, schema=SCHEMA_HASH, token=welcome.resume_token, last_event=0))
        assert (await ann.closed())[0] == CloseCode.SUPERSEDED
        await again.next(Kind.SNAPSHOT)
        assert world.gateway.session_counts["live"] == 1


async def test_a_text_message_is_refused(world: LiveWorld) -> None:
    async with peer(world) as ann:
        await ann.join(world.ticket())
        await ann.socket.send("hello")
        assert await ann.closed() == (1003, "text")


async def test_a_large_message_is_refused_and_fragments_are_taken(world: LiveWorld) -> None:
    async with peer(world) as ann, peer(world) as bo:
        await ann.join(world.ticket())
        data = encode(Clock(sent=2.0))
        await ann.socket.send([data[:4], data[4:]])
        await ann.next(Kind.CLOCK_REPLY)
        await bo.join(world.ticket())
        await bo.socket.send(os.urandom(70_000))
        assert (await bo.closed())[0] == 1009


async def test_whoever_does_not_offer_the_subprotocol_gets_400(world: LiveWorld) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(world.address)
    assert refused.value.response.status_code == 400


async def stop_gracefully(world: LiveWorld) -> None:
    """Everybody hears of the restart, within 2 s, one who never reads among them."""
    async with peer(world) as ann, peer(world) as fresh:
        await ann.join(world.ticket())
        begun = world.clock.now()
        _, ann_heard, fresh_heard = await asyncio.gather(world.gateway.close_all(), ann.closed(), fresh.closed())
        assert world.clock.now() - begun < 2.0
        assert ann_heard == fresh_heard == (CloseCode.SERVICE_RESTART, "service restart")
        assert world.gateway.session_counts == {"connecting": 0, "live": 0, "suspended": 0}


async def test_a_stop_is_told_to_everybody(world: LiveWorld) -> None:
    await stop_gracefully(world)
