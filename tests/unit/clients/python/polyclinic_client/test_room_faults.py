"""Faults of the client's own: whoever waits for the room is told, and nobody waits for ever."""

import asyncio

import pytest
from polyclinic_client.changes import Reconnected, Said
from polyclinic_client.errors import ClientFailed, OperationLost

from protocol.messages import Operation
from tests.support.client_stage import UPRIGHT, Stage, Wire, next_of, said, welcome


class Failing(Wire):
    """A transport with a fault of its own: it fails in what is named, once it has sent the greeting and the first."""

    fault = ""

    async def send(self, data: bytes) -> None:
        if self.fault == "send":
            raise RuntimeError("torn")
        await super().send(data)

    async def receive(self) -> bytes:
        data = await super().receive()
        if self.fault == "receive":
            raise RuntimeError("torn")
        return data


@pytest.mark.parametrize("fault", ["send", "receive"])
async def test_a_fault_of_the_clients_own_ends_the_room_for_all_who_wait(fault: str) -> None:
    wire = Failing(welcome())
    async with Stage(wire).room() as room:
        saying = asyncio.create_task(room.say("hello"))
        await wire.hear(Operation)
        wire.fault = fault
        wire.far.put_nowait(said(1))
        room.send_pose(((1.0, 1.6, 0.0), UPRIGHT))
        with pytest.raises(ClientFailed, match="RuntimeError: torn") as failed:
            await next_of(room, Reconnected)
        assert isinstance(failed.value.__cause__, RuntimeError)
        with pytest.raises(OperationLost):
            await saying
        with pytest.raises(ClientFailed):
            room.send_pose(None)
        assert not room.live
        await asyncio.sleep(0)
    assert fault == "send" or wire.closed == [1011]


async def test_a_fault_in_coming_back_ends_the_room_too() -> None:
    first = Wire(welcome())
    stage = Stage(first, RuntimeError("no such loop"))
    async with stage.room() as room:
        first.drop()
        with pytest.raises(ClientFailed, match="no such loop"):
            await next_of(room, Said)
