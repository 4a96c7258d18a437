"""Bots against a server that breaks the wire's rules, on websockets as an independent peer."""

import asyncio
from collections.abc import Callable

import pytest
from websockets.asyncio.server import ServerConnection

import loadtest.bot
from core_ext import Witness
from loadtest.bot import Bot, BotRoom
from loadtest.errors import JoinRefused
from loadtest.events import EventReader
from loadtest.frontdesk import Ticket
from loadtest.verification import Ledger
from protocol.codec import decode_client, encode
from protocol.messages import (
    Ack,
    Bye,
    Clock,
    ClockReply,
    Correction,
    Event,
    Hello,
    Operation,
    Result,
    RoomDescription,
    Spawn,
    Welcome,
    ZoneDescription,
)
from tests.support.broken_world import Script, world

CANARY = "cnry-0123456789ab"
ROOM = RoomDescription(
    id="r", type="consult", name="R", scene="/s", tick_hz=60, bounds=((-5, 0, -5), (5, 4, 5)), visible=8,
    zones=(ZoneDescription(name="Couch", box=((1, 0, 1), (2, 4, 2)), private=True),), features=("chat", "presence"),
)  # fmt: skip
WELCOME = encode(
    Welcome(
        session="s", entity=7, resumed=False, resume_token="t",  # noqa: S106 - of no session
        resume_seconds=30.0, event=0, room=ROOM, tick=1,
        time=5_000, spawn=Spawn(position=(0.0, 1.6, 0.0), yaw=0.0),
    )
)  # fmt: skip


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(Witness())


@pytest.fixture
def lost() -> list[Bot]:
    return []


@pytest.fixture
def bot(ledger: Ledger, lost: list[Bot]) -> Bot:
    return Bot("Bot 1", BotRoom("r", CANARY), ledger, verifying=True, events=EventReader(), on_lost=lost.append)


async def welcome(connection: ServerConnection) -> None:
    hello = decode_client(as_bytes(await connection.recv()))
    assert isinstance(hello, Hello)
    await connection.send(WELCOME)


def as_bytes(message: str | bytes) -> bytes:
    assert isinstance(message, bytes)
    return message


async def until(condition: Callable[[], object]) -> None:
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


def saying(*messages: bytes) -> Script:
    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        for message in messages:
            await connection.send(message)
        async for _ in connection:
            pass

    return script


async def test_a_bot_joins_sets_its_clock_acknowledges_and_says_goodbye(bot: Bot, ledger: Ledger) -> None:
    heard: list[object] = []

    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        for number in range(1, 21):
            await connection.send(encode(Event(event=number, feature="chat", type="said", body={})))
        async for data in connection:
            message = decode_client(as_bytes(data))
            heard.append(message)
            if isinstance(message, Clock):
                await connection.send(encode(ClockReply(sent=message.sent, time=9_000)))
            elif isinstance(message, Bye):
                # Comes after the goodbye, and is let go.
                await connection.send(b"\xff")
                return

    async with world(script) as address:
        told = await bot.join(Ticket("t", address, 60))
        before = bot.port.clock_offset_ms
        assert (told.entity, bot.live, bot.room.witness_index) == (7, True, 0)
        await until(lambda: bot.event == 20 and bot.port.clock_offset_ms != before)
        bot.acknowledge()
        bot.acknowledge()
        bot.leave()
        await until(lambda: not bot.port.open)
    assert [type(each).__name__ for each in heard] == ["Clock", "Ack", "Ack", "Bye"]
    assert [each.event for each in heard if isinstance(each, Ack)] == [16, 20]
    assert ledger.total == 0


async def test_a_server_that_does_not_answer_a_goodbye_is_let_go_of(
    bot: Bot, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loadtest.bot, "_GOODBYE_SECONDS", 0.05)
    async with world(saying()) as address:
        await bot.join(Ticket("t", address, 60))
        bot.leave()
        assert bot.port.open
        await until(lambda: not bot.port.open)
    assert ledger.total == 0


async def test_a_gap_in_the_events_is_found(bot: Bot, ledger: Ledger) -> None:
    events = [encode(Event(event=number, feature="a", type="b", body={})) for number in (1, 2, 4, 5)]
    async with world(saying(*events)) as address:
        await bot.join(Ticket("t", address, 60))
        await until(lambda: bot.event == 5)
        bot.leave()
    assert ledger.counts() == {"event_gap": 1}


async def test_a_roster_that_tells_of_another_room_is_found(bot: Bot, ledger: Ledger) -> None:
    elsewhere = ledger.witness.add_room(b"cnry-ba9876543210", (0,) * 6, [], 0)
    ledger.witness.add_sender(99, elsewhere, (0, 0, 0))
    people = [{"entity": entity, "name": "Bot", "role": "patient"} for entity in (7, 50, 99)]
    events = [
        Event(event=1, feature="presence", type="roster", body={"people": people, "more": False}),
        Event(event=2, feature="presence", type="changed", body={"joined": people[:2], "left": [99]}),
    ]
    async with world(saying(*map(encode, events))) as address:
        await bot.join(Ticket("t", address, 60))
        await until(lambda: bot.event == 2)
        bot.leave()
    assert ledger.counts() == {"foreign_entity": 2}


async def test_messages_that_should_not_come_are_found(bot: Bot, ledger: Ledger) -> None:
    wrong = [
        b"\x82\xc1",
        b"\xff",
        WELCOME,
        encode(Result(op=bytes(16), ok=True)),
        encode(Correction(sequence=5, position=(0, 0, 0), reason="speed")),
    ]
    async with world(saying(*wrong)) as address:
        await bot.join(Ticket("t", address, 60))
        await until(lambda: ledger.total == 5)
        bot.leave()
    assert ledger.counts() == {"malformed_message": 2, "unexpected_message": 2, "correction": 1}


async def test_text_and_fragments_are_found(bot: Bot, ledger: Ledger) -> None:
    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        await connection.send("text")
        await connection.send([b"\x82", b"\xc1"])
        async for _ in connection:
            pass

    async with world(script) as address:
        await bot.join(Ticket("t", address, 60))
        await until(lambda: ledger.count("fragmented") >= 2)
        bot.leave()
    assert set(ledger.counts()) == {"not_binary", "fragmented"}


async def test_a_snapshot_that_breaks_the_rules_costs_the_server_its_client(bot: Bot, ledger: Ledger) -> None:
    async with world(saying(b"\x90\xff")) as address:
        await bot.join(Ticket("t", address, 60))
        await until(lambda: not bot.port.open)
    assert ledger.count("malformed_frame") == 1


async def test_operations_are_answered_refused_or_forgotten(
    bot: Bot, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        async for data in connection:
            message = decode_client(as_bytes(data))
            if isinstance(message, Operation):
                said.append(message.body["text"])
                if len(said) < 3:
                    await connection.send(
                        encode(Result(op=message.op, ok=len(said) == 1, code="" if len(said) == 1 else "forbidden"))
                    )

    async with world(script) as address:
        await bot.join(Ticket("t", address, 60))
        for text in ("one", "two", "three"):
            bot.say(text)
        await until(lambda: ledger.count("operation_refused"))
        bot.look_about(asyncio.get_running_loop().time())
        assert ledger.count("operation_unanswered") == 0
        monkeypatch.setattr(loadtest.bot, "_ANSWER_SECONDS", -1.0)
        bot.look_about(asyncio.get_running_loop().time())
        bot.look_about(asyncio.get_running_loop().time())
        bot.leave()
    assert said == ["one", "two", "three"]
    assert ledger.counts() == {"operation_refused": 1, "operation_unanswered": 1}


async def test_a_close_instead_of_a_welcome_is_a_refusal_with_its_code(bot: Bot, ledger: Ledger) -> None:
    async def script(connection: ServerConnection) -> None:
        await connection.close(4508, "replayed")

    async with world(script) as address:
        with pytest.raises(JoinRefused, match="replayed") as refused:
            await bot.join(Ticket("t", address, 60))
    assert refused.value.code == "4508"
    assert ledger.total == 0


async def test_a_welcome_that_never_comes_is_a_refusal(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loadtest.bot, "WELCOME_SECONDS", 0.05)

    async def script(connection: ServerConnection) -> None:
        async for _ in connection:
            pass

    async with world(script) as address:
        with pytest.raises(JoinRefused, match="no welcome within"):
            await bot.join(Ticket("t", address, 60))


async def test_a_session_that_is_closed_is_lost_with_its_code(bot: Bot, ledger: Ledger, lost: list[Bot]) -> None:
    async def script(connection: ServerConnection) -> None:
        await welcome(connection)
        await connection.close(4000, "moved")

    async with world(script) as address:
        await bot.join(Ticket("t", address, 60))
        await until(lambda: lost)
    assert lost == [bot]
    assert ledger.close_codes == {4000: 1}
    assert not bot.live
