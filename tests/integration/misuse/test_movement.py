"""Bodies that go where no body goes, and clocks that tell another decade."""

import asyncio
import struct

import pytest

from protocol.codec import decode_server
from protocol.ids import CORRECTIONS_MAX, VERSION, CloseCode, Kind, StateFlag
from protocol.messages import Clock, ClockReply, Correction, Hello, Welcome
from protocol.pose import Pose, encode_pose
from protocol.schema import SCHEMA_HASH
from protocol.snapshot import ObserverView
from protocol.state import AvatarState, TrackedPart
from tests.support.bystanders import Bystanders
from tests.support.misuse import Door
from tests.support.raw_websocket import AWAITED_SECONDS, BINARY, RawWebSocket, frame

TEN_YEARS_MS = 10 * 365 * 24 * 3600 * 1000
FREE_JUMPS = 4
AGE_MAX_MS = 1_000
AGE_UNIT_MS = 4


def pose(place: tuple[int, int, int], sequence: int, sampled_at: int = 0) -> bytes:
    state = AvatarState(flags=StateFlag.HEAD, head=TrackedPart(*place, 3))
    return frame(BINARY, encode_pose(Pose(state, sequence & 0xFFFF, sampled_at & 0xFFFFFFFF)))


async def correction(client: RawWebSocket) -> Correction:
    told = decode_server(await client.read_until(BINARY, Kind.CORRECTION))
    assert isinstance(told, Correction)
    return told


async def test_who_leaps_is_told_where_they_are_and_at_last_sent_away(door: Door, others: Bystanders) -> None:
    async with door.socket() as client:
        welcome = await client.join(await door.ticket())
        corners = ((-11_000, 1_600, -8_000), (11_000, 1_600, 8_000))
        client.send(*(pose(corners[number % 2], number) for number in range(FREE_JUMPS + 1)))
        told = await correction(client)
        assert told.reason == "speed"
        # The jumps that were free were taken; then the body stays where it was last believed to be.
        assert tuple(told.position) == corners[(FREE_JUMPS - 1) % 2]
        client.send(*(pose(corners[number % 2], number) for number in range(3 * CORRECTIONS_MAX)))
        code, _ = await client.read_close()
        assert code == CloseCode.MOVEMENT_ABUSE
    await others.undisturbed()
    assert others.seen(welcome.entity) is None


@pytest.mark.parametrize(
    "place",
    [(8_388_607, 8_388_607, 8_388_607), (-8_388_608, -8_388_608, -8_388_608), (0, -8_388_608, 0), (0, 8_388_607, 0)],
)
async def test_nobody_leaves_the_room(door: Door, place: tuple[int, int, int]) -> None:
    async with door.socket() as client:
        welcome = await client.join(await door.ticket())
        client.send(pose(place, 1))
        told = await correction(client)
        lower, upper = welcome.room.bounds
        for axis, least, most in zip(told.position, lower, upper, strict=True):
            assert least * 1000 <= axis <= most * 1000


async def look(client: RawWebSocket, view: ObserverView, entity: int, after: int) -> int:
    """The next age that is told of somebody, ms, in a snapshot after a tick."""
    async with asyncio.timeout(AWAITED_SECONDS):
        while True:
            changes = view.apply(await client.read_until(BINARY, Kind.SNAPSHOT))
            for update in changes.updated:
                if update.held.entity == entity and changes.tick > after:
                    assert update.age_ms is not None
                    return update.age_ms


@pytest.mark.parametrize("offset", [-TEN_YEARS_MS, TEN_YEARS_MS, -(2**31) + 60_000, 2**31 - 60_000, -60_000, 60_000])
async def test_a_sample_of_another_decade_is_a_second_old_at_most(door: Door, offset: int) -> None:
    async with door.socket() as witness, door.socket() as client:
        witness.say(
            Hello(version=VERSION, schema=SCHEMA_HASH, ticket=await door.ticket("Wit"), client="raw", ages=True)
        )
        watching = decode_server((await witness.read_frame())[1])
        assert isinstance(watching, Welcome)
        welcome = await client.join(await door.ticket())
        x, y, z = (round(axis * 1000) for axis in welcome.spawn.position)
        view, ages = ObserverView(), []
        for number in range(4):
            client.send(pose((x + 100 * (number % 2), y, z), number, welcome.time + offset))
            ages.append(await look(witness, view, welcome.entity, welcome.tick))
        # What comes too late counts as a second old, what comes from the future as of now.
        for age in ages[1:]:
            assert (age >= AGE_MAX_MS - AGE_UNIT_MS) is (offset < 0)
        client.say(Clock(sent=float(offset)))
        told = decode_server(await client.read_until(BINARY, Kind.CLOCK_REPLY))
        assert isinstance(told, ClockReply)
        assert told.sent == offset
        # The server's clock is its own.
        assert (told.time - welcome.time) % 2**32 < 60_000


@pytest.mark.parametrize("fault", ["cut short", "too long", "a flag without its part", "a rotation that is none"])
async def test_a_pose_that_is_none_costs_the_connection(door: Door, fault: str) -> None:
    whole = encode_pose(Pose(AvatarState(flags=1, head=TrackedPart(0, 1_600, 0, 3)), 1, 0))
    data = {
        "cut short": whole[:-1],
        "too long": whole + b"\0",
        "a flag without its part": struct.pack("<BBHIB", Kind.POSE, 0x08, 1, 0, 0),
        "a rotation that is none": whole[:-4] + b"\xff" * 4,
    }[fault]
    async with door.joined() as client:
        client.send(frame(BINARY, data))
        assert (await client.read_close())[0] == CloseCode.MALFORMED
