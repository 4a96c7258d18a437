"""Operations between asking and answer."""

import asyncio

import pytest
from polyclinic_client.errors import OperationLost
from polyclinic_client.operations import Operations

from protocol.codec import decode_client
from protocol.messages import Operation, Result


def sent(operations: Operations) -> Operation:
    message = decode_client(operations.take())
    assert isinstance(message, Operation)
    return message


async def test_each_is_answered_by_its_own_result_and_sent_again_until_then() -> None:
    operations = Operations()
    asking = [asyncio.create_task(operations.ask("chat", "say", {"text": text})) for text in ("one", "two")]
    await asyncio.sleep(0)
    first, second = sent(operations), sent(operations)
    assert operations.unsent == 0
    operations.answer(Result(op=second.op, ok=True))
    operations.answer(Result(op=bytes(16), ok=True))
    assert (await asking[1]).op == second.op
    operations.send_again()
    assert (operations.unsent, sent(operations)) == (1, first)
    operations.answer(Result(op=first.op, ok=False, code="held"))
    assert (await asking[0]).code == "held"
    operations.send_again()
    assert operations.unsent == 0


async def test_what_is_lost_is_told_and_not_sent() -> None:
    operations = Operations()
    asking = asyncio.create_task(operations.ask("chat", "say", {"text": "one"}))
    await asyncio.sleep(0)
    operations.lose()
    assert operations.unsent == 0
    with pytest.raises(OperationLost):
        await asking
