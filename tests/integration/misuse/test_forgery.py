"""Names and numbers that are somebody else's, or nobody's any more."""

import asyncio
import itertools
from random import Random
from typing import Any

import pytest

from protocol.codec import decode_facts, decode_server
from protocol.ids import CloseCode, Kind
from protocol.messages import Ack, Budget, Event, ObjectFacts, Operation, Result
from protocol.snapshot import ObserverView
from tests.support.bystanders import Bystanders
from tests.support.misuse import Door
from tests.support.raw_websocket import AWAITED_SECONDS, BINARY, RawWebSocket

OPS = itertools.count(1)
GRIP = [0, 0, 0, 3, 0, 0, 0]


async def operate(client: RawWebSocket, feature: str, kind: str, body: dict[str, Any]) -> Result:
    """Ask for something; what is answered."""
    op = next(OPS).to_bytes(16, "big")
    client.say(Operation(op=op, feature=feature, type=kind, body=body))
    while True:
        result = decode_server(await client.read_until(BINARY, Kind.RESULT))
        assert isinstance(result, Result)
        if result.op == op:
            return result


@pytest.mark.parametrize("key", ["entity", "name", "subject", "role", "session", "op", "room", "time"])
async def test_who_one_is_cannot_be_said(door: Door, others: Bystanders, key: str) -> None:
    async with door.joined() as client:
        forged = await operate(client, "chat", "say", {"text": "I am Mo", key: others.mover_entity})
        assert (forged.ok, forged.code) == (False, "malformed")
    await others.undisturbed()
    assert [event.body for event in others.said if event.type == "said"] == []


async def test_what_is_said_is_signed_by_the_session(door: Door, others: Bystanders) -> None:
    async with door.socket() as client:
        welcome = await client.join(await door.ticket("Mal"))
        assert (await operate(client, "chat", "say", {"text": "Wil says hello"})).ok
        await others.undisturbed()
    (said,) = (event.body for event in others.said if event.type == "said")
    assert (said["entity"], said["name"]) == (welcome.entity, "Mal")
    assert welcome.entity not in {others.mover_entity, others.witness_entity}


async def test_an_operation_id_of_somebody_else_is_nothing_to_them(door: Door) -> None:
    op = Operation(op=bytes(range(16)), feature="chat", type="say", body={"text": "once"})
    async with door.joined("Ann") as ann, door.joined("Mal") as mal:
        for client in (ann, mal):
            client.say(op)
            result = decode_server(await client.read_until(BINARY, Kind.RESULT))
            assert isinstance(result, Result)
            assert result.ok


async def test_an_acknowledgement_of_what_was_never_sent_costs_the_connection(door: Door) -> None:
    async with door.joined() as client:
        client.say(Ack(event=2**53 - 1))
        assert (await client.read_close())[0] == CloseCode.MALFORMED


@pytest.mark.parametrize("kbits", [0, 7, 1_000_001, 2**63, -8])
async def test_a_budget_that_is_none_costs_the_connection(door: Door, kbits: int) -> None:
    async with door.joined() as client:
        client.say(Budget(kbits=kbits))
        assert (await client.read_close())[0] == CloseCode.MALFORMED


async def thing_in_sight(client: RawWebSocket) -> tuple[int, ObjectFacts]:
    """A thing that can be taken, and its facts."""
    view = ObserverView()
    async with asyncio.timeout(AWAITED_SECONDS):
        while True:
            view.apply(await client.read_until(BINARY, Kind.SNAPSHOT))
            for held in view.entities.values():
                facts = decode_facts(held.facts)
                if isinstance(facts, ObjectFacts) and facts.grabbable:
                    return held.entity, facts


async def test_ids_of_nobody_of_people_and_of_before_are_one_answer(door: Door, others: Bystanders) -> None:
    draw = Random(5)
    async with door.socket() as client:
        gone = await client.join(await door.ticket("Gone", "simulation"))
        client.writer.transport.abort()
    async with door.socket() as client:
        welcome = await client.join(await door.ticket("Mal", "simulation"))
        _, facts = await thing_in_sight(client)
        ids = [
            gone.entity,
            welcome.entity,
            others.mover_entity,
            1,
            2**32 - 1,
            *(draw.getrandbits(32) for _ in range(9)),
        ]
        answers = []
        for entity in ids:
            body = {"prop": entity, "hand": "right", "grip": GRIP, "ownership": facts.ownership}
            result = await operate(client, "props", "grab", body)
            answers.append((result.ok, result.code, result.detail, result.body))
        assert {answer[1] for answer in answers} == {"unknown_prop"}
        assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("step", [-1, 1, 1_000])
async def test_an_owner_of_another_generation_changes_nothing(door: Door, step: int) -> None:
    async with door.socket() as client:
        await client.join(await door.ticket("Mal", "simulation", "facilitator"))
        prop, facts = await thing_in_sight(client)
        stale = (facts.ownership + step) % 2**32
        body = {"prop": prop, "hand": "right", "grip": GRIP, "ownership": stale}
        result = await operate(client, "props", "grab", body)
        assert (result.ok, result.code) == (False, "stale")
        assert result.body["ownership"] == facts.ownership
        assert result.body["holder"] == 0


async def test_an_entity_id_is_never_given_twice(door: Door) -> None:
    ids = []
    for _ in range(20):
        async with door.socket() as client:
            ids.append((await client.join(await door.ticket())).entity)
    assert len(set(ids)) == len(ids)
    assert 0 not in ids
    # And not one after another: an id says nothing of how many there were.
    assert sorted(ids) != ids


async def test_an_event_is_not_for_a_client_to_send(door: Door) -> None:
    async with door.joined() as client:
        client.say(Event(event=1, feature="chat", type="said", body={}))  # type: ignore[arg-type]  # that is the point
        assert (await client.read_close())[0] == CloseCode.MALFORMED
