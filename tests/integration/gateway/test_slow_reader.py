"""A client that does not read: skipped, bounded in memory, and brought up to date when it reads again."""

import asyncio
import fcntl
import struct
import termios
from collections.abc import AsyncIterator
from random import Random

import pytest_asyncio

from core_ext import WorldPort
from protocol.codec import decode_server, encode
from protocol.ids import CloseCode, Kind, Tier
from protocol.messages import Clock, Event, Operation
from protocol.snapshot import AvatarState, ObserverView, Pose, TrackedPart, encode_pose, show_in_tier
from server.world.member import Member, Participant
from tests.support.live_world import LiveWorld
from tests.support.raw_websocket import BINARY, CLOSE, RawWebSocket, frame

CROWD = 24
TICKS_A_ROUND = 50


class Deaf:
    """The outlet of somebody without a client."""

    def event(self, event: object) -> None: ...
    def correction(self, sequence: int, position: object, reason: object) -> None: ...
    def close(self, code: object, reason: str) -> None: ...


class Crowd:
    """People around one place who move everything they have at every tick: some kilobytes a frame."""

    def __init__(self, world: LiveWorld) -> None:
        self.world = world
        self.random = Random(7)
        self.sequence = 0
        self.states: dict[int, AvatarState] = {}
        self.members = [self._join(number) for number in range(CROWD)]

    def _join(self, number: int) -> Member:
        room = self.world.ward
        who = Participant(room.new_entity(), f"C{number}", "patient", "plain", f"C{number}")
        return room.join(who, Deaf(), self.world.clock.now())

    def _state(self) -> AvatarState:
        roll = self.random.randrange
        return AvatarState(
            flags=0x3F,
            voice=roll(256),
            head=TrackedPart(roll(-9, 9), 1_600, roll(-9, 9), 3, roll(400), roll(400), roll(400)),
            left=TrackedPart(roll(-400, 400), -300, -200, 3, roll(400), 0, 0),
            right=TrackedPart(roll(-400, 400), -300, -200, 3, 0, roll(400), 0),
            left_fingers=self.random.randbytes(20),
            right_fingers=self.random.randbytes(20),
            face=self.random.randbytes(52),
        )

    def move(self) -> None:
        """Everybody strikes another attitude."""
        room, now = self.world.ward, self.world.clock.now()
        self.sequence += 1
        for member in self.members:
            state = self._state()
            pose = encode_pose(Pose(state=state, sequence=self.sequence & 0xFFFF, sampled_at=int(now * 1000)))
            room.table.apply_pose(member.slot, pose, int(now * 1000))
            self.states[member.entity] = state

    def tick(self) -> None:
        """One tick of the room, now."""
        room, now = self.world.ward, self.world.clock.now()
        room.step(room.tick + 1, now)
        self.world.gateway.broadcast(room, now)
        room.tell(now)


@pytest_asyncio.fixture
async def crowd(world: LiveWorld) -> AsyncIterator[Crowd]:
    world.scheduler.stop()
    yield Crowd(world)


def only_port(world: LiveWorld) -> WorldPort:
    (port,) = world.gateway.registry.ports("ward")
    assert isinstance(port, WorldPort)
    return port


def held_for(port: WorldPort) -> int:
    """Bytes that the process and the kernel hold for a client, with what the kernel holds that was sent."""
    unacknowledged = fcntl.ioctl(port.fileno(), termios.TIOCOUTQ, bytes(4))
    size: int = struct.unpack("i", unacknowledged)[0]
    return port.unsent_bytes + size


async def stall(world: LiveWorld, crowd: Crowd, port: WorldPort) -> int:
    """Tick until the client has been skipped a hundred times; the most bytes ever held for it."""
    most = 0
    # First the roster, while nobody moves: behind the frames it would wait, and come whenever there is room.
    for _ in range(world.ward.tick_hz):
        crowd.tick()
    async with asyncio.timeout(20.0):
        while port.snapshots_skipped < 100:
            for _ in range(TICKS_A_ROUND):
                crowd.move()
                crowd.tick()
                most = max(most, held_for(port))
            await asyncio.sleep(0.001)
    return most


async def test_a_slow_reader_is_skipped_and_then_gets_the_newest_state(world: LiveWorld, crowd: Crowd) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        port = only_port(world)
        most = await stall(world, crowd, port)
        assert most <= 256 * 1024
        assert not port.writable
        assert port.frames_out < port.snapshots_skipped + 200
        view = ObserverView()
        reading = asyncio.create_task(read_snapshots(client, view))
        await world.until(lambda: port.writable)
        crowd.move()
        crowd.tick()
        await world.until(lambda: port.writable)
        assert await asyncio.wait_for(reading, 5.0) == world.ward.tick
        things = world.ward.things.placed
        seen = {held.entity: held.state for held in view.entities.values() if held.entity not in things}
        assert seen == {entity: show_in_tier(state, Tier.FULL) for entity, state in crowd.states.items()}


async def read_snapshots(client: RawWebSocket, view: ObserverView) -> int:
    """Take snapshots in until none comes for a while; the tick of the last one."""
    tick = -1
    while True:
        try:
            opcode, payload = await asyncio.wait_for(client.read_frame(), 0.3)
        except TimeoutError:
            return tick
        if opcode == BINARY and payload[0] == Kind.SNAPSHOT:
            tick = view.apply(payload).tick


async def test_others_get_every_tick_while_one_is_slow(world: LiveWorld, crowd: Crowd) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as slow:
        await slow.join(world.ticket("Slow"))
        slow_port = only_port(world)
        await stall(world, crowd, slow_port)
        async with await RawWebSocket.open(world.port) as quick:
            await quick.join(world.ticket("Quick"))
            view = ObserverView()
            ticks = []
            for _ in range(20):
                crowd.move()
                crowd.tick()
                ticks.append(view.apply(await quick.read_until(BINARY, Kind.SNAPSHOT)).tick)
            assert ticks == list(range(ticks[0], ticks[0] + 20))


async def test_events_for_a_client_that_does_not_read_wait_and_come_in_order(world: LiveWorld, crowd: Crowd) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        port = only_port(world)
        await stall(world, crowd, port)
        before = held_for(port)
        for number in range(5):
            op = Operation(op=bytes([number]) * 16, feature="chat", type="say", body={"text": f"text {number}"})
            client.send(frame(BINARY, encode(op)))
        await world.until(lambda: port.frames_in >= 6)
        assert held_for(port) <= before
        texts: list[str] = []
        while len(texts) < 5:
            opcode, payload = await client.read_frame()
            if opcode == BINARY and payload[0] == Kind.EVENT:
                event = decode_server(payload)
                assert isinstance(event, Event)
                if event.type == "said":
                    texts.append(event.body["text"])
        assert texts == [f"text {number}" for number in range(5)]


async def test_a_client_that_does_not_read_is_cut_off_when_it_is_closed(world: LiveWorld, crowd: Crowd) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        port = only_port(world)
        await stall(world, crowd, port)
        begun = world.clock.now()
        await world.gateway.close_all(CloseCode.SERVICE_RESTART, "stop")
        assert world.clock.now() - begun < 2.0
        assert world.gateway.session_counts["connecting"] == 0


async def test_pings_of_a_client_that_does_not_read_pile_nothing_up(world: LiveWorld, crowd: Crowd) -> None:
    async with await RawWebSocket.open(world.port, receive_buffer=4_096) as client:
        await client.join(world.ticket())
        port = only_port(world)
        await stall(world, crowd, port)
        before = held_for(port)
        client.send(*(frame(9, bytes(125)) for _ in range(90)))
        client.say(Clock(sent=1.0))
        await world.until(lambda: port.frames_in >= 92)
        assert held_for(port) <= before
        pongs = 0
        while True:
            opcode, payload = await client.read_frame()
            assert opcode != CLOSE
            pongs += opcode == 10
            if opcode == BINARY and payload[0] == Kind.CLOCK_REPLY:
                break
        assert pongs == 1
