from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from polyclinic_client.errors import JoinRefused
from polyclinic_client.frontdesk import Ticket
from polyclinic_client.proof import LEAST_SECONDS, Proof, refresh_after
from polyclinic_client.transport import TransportClosed

from protocol.codec import decode_client
from protocol.messages import Refresh

if TYPE_CHECKING:
    from collections.abc import Callable


class Lab:
    """A session whose end is known, a front desk and a socket; sleeping lets time go by."""

    def __init__(self, seconds: float | None, answer: Callable[[int], float | None]) -> None:
        """`answer` says for how long the ticket of each try is good; None for one that is refused."""
        self.now = 0.0
        self.ends = seconds
        self.answer = answer
        self.asked: list[float] = []
        self.shown: list[str] = []
        self.open = True
        self.proof = Proof(self.ask, self.sleep, self.left)

    def left(self) -> float | None:
        return None if self.ends is None else self.ends - self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def ask(self) -> Ticket:
        self.asked.append(self.now)
        seconds = self.answer(len(self.asked))
        if seconds is None:
            raise JoinRefused("identity_unavailable", "")
        self.ends = self.now + seconds
        return Ticket(ticket=f"t{len(self.asked)}", world="ws://x", expires_in=60.0)

    async def send(self, data: bytes) -> None:
        if not self.open:
            raise TransportClosed(1006)
        message = decode_client(data)
        assert isinstance(message, Refresh)
        self.shown.append(message.ticket)

    async def receive(self) -> bytes:
        raise AssertionError

    async def close(self, code: int = 1000) -> None:
        raise AssertionError


@pytest.mark.parametrize(("left", "wait"), [(300.0, 240.0), (120.0, 60.0), (10.0, 5.0)])
def test_a_minute_before_the_end_or_half_way_to_it(left: float, wait: float) -> None:
    assert refresh_after(left) == wait


async def test_where_nothing_ends_nothing_is_asked() -> None:
    lab = Lab(None, lambda _: 300.0)
    await lab.proof.keep(lab)
    assert lab.asked == []


async def test_a_fresh_ticket_is_shown_each_time_in_time() -> None:
    lab = Lab(300.0, lambda tries: 300.0 if tries < 3 else 1.0)
    await lab.proof.keep(lab)
    assert lab.asked == [240.0, 480.0, 720.0]
    assert lab.shown == ["t1", "t2", "t3"]


async def test_who_is_refused_tries_again_while_there_is_time_and_not_without_end() -> None:
    lab = Lab(120.0, lambda _: None)
    await lab.proof.keep(lab)
    assert lab.shown == []
    assert lab.asked[:3] == [60.0, 90.0, 105.0]
    assert 120.0 - lab.now < LEAST_SECONDS
    assert len(lab.asked) < 10


async def test_a_provider_that_is_there_again_is_in_time() -> None:
    lab = Lab(120.0, lambda tries: None if tries < 3 else 1.0)
    await lab.proof.keep(lab)
    assert lab.shown == ["t3"]


async def test_a_socket_that_is_gone_is_not_shown_anything() -> None:
    lab = Lab(120.0, lambda _: 300.0)
    lab.open = False
    await lab.proof.keep(lab)
    assert lab.shown == []
