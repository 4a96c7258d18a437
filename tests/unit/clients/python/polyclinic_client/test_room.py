"""The room over a transport that a script plays: no sockets, no waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from polyclinic_client import room as room_module
from polyclinic_client.changes import Reconnected, Said
from polyclinic_client.errors import Disconnected, JoinRefused, OperationLost
from polyclinic_client.frontdesk import FrontDesk, Ticket
from polyclinic_client.room import Room, join
from polyclinic_client.transport import TransportClosed

from protocol.codec import encode
from protocol.ids import Kind
from protocol.messages import Bye, Hello, Operation, Result, Resume
from tests.support.client_stage import UPRIGHT, Stage, Wire, next_of, said, welcome


async def test_joining_says_hello_with_the_ticket_and_leaving_says_bye() -> None:
    wire = Wire(welcome())
    async with Stage(wire).room() as room:
        assert room.live
        assert (room.entity, room.description.name, room.spawn.position) == (7, "Lobby", (0.0, 1.6, 0.0))
        assert (room.avatars, room.things, room.people, room.round_trip) == ({}, {}, {}, None)
        (hello,) = wire.heard(Hello)
        assert hello.ticket == "ticket-1"
    assert wire.heard(Bye)
    assert wire.closed == [1000]


async def test_nothing_is_known_before_joining() -> None:
    with pytest.raises(RuntimeError, match="not been joined"):
        _ = Room(Stage().ticket).entity


async def test_poses_go_out_with_the_servers_time() -> None:
    wire = Wire(welcome())
    async with Stage(wire).room() as room:
        room.send_pose(((1.0, 1.6, 0.0), UPRIGHT), voice=0.5)
        room.send_pose(((2.0, 1.6, 0.0), UPRIGHT), voice=0.5)
        pose = await wire.hear_pose()
        assert pose.state.head.x == 2000
        assert pose.sampled_at == 50_000
        with pytest.raises(ValueError, match="not a"):
            room.send_pose(((float("nan"), 1.6, 0.0), UPRIGHT))


async def test_saying_returns_the_result() -> None:
    wire = Wire(welcome())
    async with Stage(wire).room() as room:
        saying = asyncio.create_task(room.say("hello"))
        operation = await wire.hear(Operation)
        assert (operation.feature, operation.type, operation.body) == ("chat", "say", {"text": "hello"})
        wire.far.put_nowait(encode(Result(op=bytes(16), ok=True)))
        wire.far.put_nowait(encode(Result(op=operation.op, ok=False, code="rate_limited")))
        result = await saying
        assert (result.ok, result.code) == (False, "rate_limited")


async def test_a_pose_goes_before_what_is_asked_for_after_it() -> None:
    wire = Wire(welcome())
    async with Stage(wire).room() as room:
        room.send_pose(((1.0, 1.6, 0.0), UPRIGHT))
        first = asyncio.create_task(room.say("here"))
        await wire.hear(Operation)
        room.send_pose(((2.0, 1.6, 0.0), UPRIGHT))
        second = asyncio.create_task(room.say("there"))
        await wire.until(lambda: wire.heard(Operation)[1:])
        kinds = [data[0] for data in wire.sent if data[0] in {Kind.POSE, Kind.OPERATION}]
        assert kinds == [Kind.POSE, Kind.OPERATION] * 2
    for task in (first, second):
        with pytest.raises(OperationLost):
            await task


async def test_what_is_asked_for_while_a_pose_goes_waits_for_the_pose_before_it() -> None:
    class Slow(Wire):
        """Somebody moves and asks for something while the first pose is on its way."""

        async def send(self, data: bytes) -> None:
            await super().send(data)
            if data[0] == Kind.POSE and not asking:
                room.send_pose(((2.0, 1.6, 0.0), UPRIGHT))
                asking.append(asyncio.create_task(room.say("there")))
                await asyncio.sleep(0)

    asking: list[asyncio.Task[Result]] = []
    wire = Slow(welcome())
    async with Stage(wire).room() as room:
        room.send_pose(((1.0, 1.6, 0.0), UPRIGHT))
        await wire.hear(Operation)
        kinds = [data[0] for data in wire.sent if data[0] in {Kind.POSE, Kind.OPERATION}]
        assert kinds == [Kind.POSE, Kind.POSE, Kind.OPERATION]
    with pytest.raises(OperationLost):
        await asking[0]


async def test_changes_are_told_until_one_leaves() -> None:
    wire = Wire(welcome(), said(1), said(2))
    told = []
    async with Stage(wire).room() as room:
        async for change in room.changes():
            told.append(change)
            if len(told) == 2:
                await room.close()
    assert told == [Said(7, "Ada", "hi", 1)] * 2
    with pytest.raises(Disconnected):
        room.send_pose(None)


async def test_a_lost_connection_is_resumed_and_unanswered_operations_are_sent_again() -> None:
    first, second = Wire(welcome()), Wire(welcome(resumed=True))
    stage = Stage(first, second)
    async with stage.room() as room:
        saying = asyncio.create_task(room.say("hello"))
        asked = await first.hear(Operation)
        first.drop()
        again = await second.hear(Operation)
        assert again == asked
        (resume,) = second.heard(Resume)
        assert resume.token.endswith("-0")
        second.far.put_nowait(encode(Result(op=again.op, ok=True)))
        assert (await saying).ok
        assert await next_of(room, Reconnected) == Reconnected(resumed=True)
    assert stage.waits == [0.5]
    assert stage.asked == 1


async def test_events_of_the_gap_are_told_exactly() -> None:
    first, second = Wire(welcome(), said(1, "one")), Wire(welcome(resumed=True, event=1), said(2, "two"))
    async with Stage(first, second).room() as room:
        assert (await next_of(room, Said)).text == "one"
        first.drop()
        assert (await next_of(room, Said)).text == "two"
        assert second.heard(Resume)[0].last_event == 1


async def test_a_resync_loses_what_was_not_answered() -> None:
    first, second = Wire(welcome()), Wire(welcome(resumed=False, event=400))
    async with Stage(first, second).room() as room:
        saying = asyncio.create_task(room.say("hello"))
        await first.hear(Operation)
        first.drop(4002)
        with pytest.raises(OperationLost):
            await saying
        assert await next_of(room, Reconnected) == Reconnected(resumed=False)


async def test_a_forgotten_token_costs_a_new_ticket() -> None:
    first, refusing, third = Wire(welcome()), Wire(TransportClosed(4508)), Wire(welcome(entity=8))
    stage = Stage(first, refusing, third)
    async with stage.room() as room:
        first.drop(1012)
        assert await next_of(room, Reconnected) == Reconnected(resumed=False)
        assert room.entity == 8
        assert third.heard(Hello)[0].ticket == "ticket-2"


async def test_past_the_resume_window_a_new_ticket_is_asked_for() -> None:
    first, second = Wire(welcome()), Wire(welcome(entity=8))
    stage = Stage(first, second)
    stage.slow = 31.0
    async with stage.room() as room:
        first.drop()
        await next_of(room, Reconnected)
        assert second.heard(Hello)
        assert not second.heard(Resume)


async def test_a_session_that_breaks_the_protocol_is_left_and_joined_anew() -> None:
    first, second = Wire(welcome()), Wire(welcome(entity=8))
    async with Stage(first, second).room() as room:
        first.far.put_nowait(said(5))
        assert await next_of(room, Reconnected) == Reconnected(resumed=False)
        assert first.heard(Bye)
        assert first.closed == [4501]


async def test_attempts_go_on_with_longer_waits() -> None:
    first, last = Wire(welcome()), Wire(welcome(resumed=True))
    stage = Stage(first, TransportClosed(1006), Wire(TransportClosed(1012)), Wire(b"\x81\xc1"), last)
    async with stage.room() as room:
        first.drop()
        await next_of(room, Reconnected)
    assert stage.waits == [0.5, 1.0, 2.0, 4.0]


async def test_a_full_room_is_asked_again_an_unknown_one_is_not() -> None:
    first = Wire(welcome())
    stage = Stage(first)
    stage.slow = 31.0
    stage.tickets = []
    async with stage.room() as room:
        stage.tickets = [JoinRefused("room_full", "full"), JoinRefused("room_unknown", "gone")]
        first.drop()
        with pytest.raises(JoinRefused, match="room_unknown"):
            await next_of(room, Said)
        with pytest.raises(JoinRefused):
            room.send_pose(None)
        with pytest.raises(JoinRefused):
            await room.say("anybody?")


@pytest.mark.parametrize("code", [4503, 4509, 1002, 1000])
async def test_codes_that_end_a_session_end_it(code: int) -> None:
    wire = Wire(welcome())
    stage = Stage(wire)
    async with stage.room() as room:
        wire.drop(code, "because")
        with pytest.raises(Disconnected, match="because") as ended:
            await next_of(room, Said)
        assert ended.value.close_code == code
        assert not room.live
    assert stage.waits == []


async def test_a_code_that_ends_it_while_coming_back_ends_it() -> None:
    first = Wire(welcome())
    async with Stage(first, Wire(TransportClosed(4505, "schema"))).room() as room:
        first.drop()
        with pytest.raises(Disconnected, match="schema"):
            await next_of(room, Said)


async def test_patience_ends() -> None:
    first = Wire(welcome())
    stage = Stage(first, *(TransportClosed(1006, "no route") for _ in range(9)))
    stage.slow = 20.0
    async with stage.room(patience=100.0) as room:
        first.drop()
        with pytest.raises(Disconnected, match="no route"):
            await next_of(room, Said)


@pytest.mark.parametrize(
    ("wire", "code"),
    [(TransportClosed(1006), 1006), (Wire(TransportClosed(4006)), 4006), (Wire(said(1)), 1002)],
)
async def test_a_first_join_that_fails_is_told(wire: Wire | Exception, code: int) -> None:
    with pytest.raises(Disconnected) as ended:
        async with Stage(wire).room():
            raise AssertionError("joined")
    assert ended.value.close_code == code


async def test_no_welcome_in_time_is_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_module, "WELCOME_SECONDS", 0.0)
    silent = Wire()
    with pytest.raises(Disconnected, match="no welcome"):
        async with Stage(silent).room():
            raise AssertionError("joined")
    assert silent.closed == [1000]


async def test_join_asks_the_front_desk_and_leaves_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(welcome())

    async def ticket(_desk: FrontDesk, room: str, *, name: str, role: str, avatar: str, token: object) -> Ticket:
        assert token is None
        assert (room, name, role, avatar) == ("lobby", "Ada", "clinician", "plain")
        return Ticket("t", "ws://desk/world", 60)

    class Scripted(Room):
        def __init__(self, ask: Callable[[], Awaitable[Ticket]], **options: Any) -> None:
            super().__init__(ask, connect=Stage(wire).connect, **options)

    monkeypatch.setattr(FrontDesk, "ticket", ticket)
    monkeypatch.setattr(room_module, "Room", Scripted)
    async with join("http://desk", room="lobby", name="Ada", role="clinician") as room:
        assert room.live
    assert wire.closed == [1000]
