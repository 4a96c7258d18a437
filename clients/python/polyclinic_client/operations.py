"""What features were asked for and have not answered yet."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from polyclinic_client.errors import OperationLost
from protocol.codec import encode
from protocol.ids import OPERATION_ID_BYTES
from protocol.messages import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from protocol.messages import Result


class Operations:
    """Operations from the moment they are asked for until they are answered or lost."""

    def __init__(self) -> None:
        self._unsent: list[bytes] = []
        self._unanswered: dict[bytes, tuple[bytes, asyncio.Future[Result]]] = {}

    @property
    def unsent(self) -> int:
        """How many wait to be sent."""
        return len(self._unsent)

    def take(self) -> bytes:
        """Take the oldest that waits to be sent, as a message."""
        return self._unsent.pop(0)

    async def ask(self, feature: str, kind: str, body: Mapping[str, Any], op: bytes | None = None) -> Result:
        """Have an operation sent, and wait for its answer. Raises OperationLost."""
        op = os.urandom(OPERATION_ID_BYTES) if op is None else op
        message = encode(Operation(op=op, feature=feature, type=kind, body=dict(body)))
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._unanswered[op] = message, answer
        self._unsent.append(message)
        try:
            return await answer
        finally:
            self._unanswered.pop(op, None)

    def answer(self, result: Result) -> None:
        """Give a result to who asked for it, if anybody still waits."""
        _, answer = self._unanswered.get(result.op, (b"", None))
        if answer is not None and not answer.done():
            answer.set_result(result)

    def send_again(self) -> None:
        """Send what is not answered over another connection, under the same ids."""
        self._unsent = [message for message, _ in self._unanswered.values()]

    def lose(self) -> None:
        """Tell all who wait that the session is over."""
        for _, answer in self._unanswered.values():
            if not answer.done():
                answer.set_exception(OperationLost("the session ended before the operation was answered"))
        self._unanswered.clear()
        self._unsent.clear()
