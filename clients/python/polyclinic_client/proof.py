"""Shows the server a fresh ticket before the token behind the last one ends, so that the session goes on (SPEC 2)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from polyclinic_client.errors import JoinRefused
from polyclinic_client.transport import TransportClosed
from protocol.codec import encode
from protocol.messages import Refresh

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from polyclinic_client.frontdesk import Ticket
    from polyclinic_client.transport import Transport

AHEAD_SECONDS: Final = 60.0
LEAST_SECONDS: Final = 2.0
"""What comes later than this before the end would come too late."""


def refresh_after(left: float) -> float:
    """Seconds to wait with a fresh ticket where the end is so many seconds away."""
    return left - AHEAD_SECONDS if left > 2 * AHEAD_SECONDS else left / 2


class Proof:
    """Until when the session is good, and what makes it longer."""

    def __init__(
        self,
        ask: Callable[[], Awaitable[Ticket]],
        sleep: Callable[[float], Awaitable[None]],
        left: Callable[[], float | None],
    ) -> None:
        """`ask` gets a ticket anew and may raise JoinRefused; `left` tells seconds until the session ends, or None."""
        self._ask = ask
        self._sleep = sleep
        self._left = left

    async def keep(self, transport: Transport) -> None:
        """Attend to one connection, which is live."""
        with contextlib.suppress(TransportClosed):
            while (seconds := self._left()) is not None and seconds >= LEAST_SECONDS:
                await self._sleep(refresh_after(seconds))
                # Not this time: unless a later try succeeds, the server says that the session has ended.
                with contextlib.suppress(JoinRefused):
                    ticket = await self._ask()
                    await transport.send(encode(Refresh(ticket=ticket.ticket)))
