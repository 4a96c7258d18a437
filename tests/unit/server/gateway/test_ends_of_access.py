"""Sessions end when what proves who somebody is does: by time, or because it was taken back."""

import pytest

from server.identity.refusals import TicketRevoked
from server.identity.tickets import Claims, TicketDesk
from tests.support.gateway_world import RESUME_SECONDS, ClientDouble, GatewayWorld


def join(world: GatewayWorld, subject: str = "account-ann", expires: float | None = None) -> ClientDouble:
    claims = Claims(room="ward", subject=subject, name="Ann", role="patient", avatar="plain", expires=expires)
    return world.connect().hello(world.tickets.issue(claims, world.clock.now))


def test_a_session_ends_when_its_token_does(world: GatewayWorld) -> None:
    client = join(world, expires=world.clock.now + 8.0)
    world.advance(7.9)
    assert client.close_code() is None
    world.advance(0.1)
    assert client.close_code() == 4003
    assert world.directory.rooms["ward"].members == {}
    assert world.telemetry.faults["token_expired"] == 1


def test_a_session_that_waits_cannot_come_back_after_its_token_has_ended(world: GatewayWorld) -> None:
    client = join(world, expires=world.clock.now + 8.0)
    token = client.welcomed().resume_token
    client.lose_socket()
    world.advance(8.0)
    assert world.gateway.session_counts["suspended"] == 1
    again = world.connect().resume(token, 0)
    assert again.close_code() == 4508
    assert world.gateway.session_counts["suspended"] == 0
    assert world.directory.rooms["ward"].members == {}


def test_guests_have_nothing_that_ends(world: GatewayWorld) -> None:
    client = join(world)
    for _ in range(10):
        client.port.last_received_ms += 20_000
        world.advance(20.0)
    assert client.close_code() is None


def test_taking_access_back_ends_every_session_of_that_subject_and_no_other(world: GatewayWorld) -> None:
    live, waiting, other = join(world), join(world), join(world, "account-bo")
    token = waiting.welcomed().resume_token
    waiting.lose_socket()
    assert world.gateway.revoke("account-ann") == 2
    assert live.close_code() == 4510
    assert world.connect().resume(token, 0).close_code() == 4508
    assert other.close_code() is None
    assert len(world.directory.rooms["ward"].members) == 1
    assert world.gateway.revoke("account-ann") == 0


def test_a_ticket_of_before_opens_nothing_and_one_of_later_does(world: GatewayWorld) -> None:
    claims = Claims(room="ward", subject="account-ann", name="Ann", role="patient", avatar="plain")
    before = world.tickets.issue(claims, world.clock.now)
    world.gateway.revoke("account-ann")
    assert world.connect().hello(before).close_code() == 4510
    world.clock.now += 0.001
    assert world.connect().hello(world.tickets.issue(claims, world.clock.now)).close_code() is None


def test_the_desk_forgets_whom_it_refused_once_no_ticket_of_theirs_is_left() -> None:
    desk = TicketDesk(lifetime=10.0)
    claims = Claims(room="ward", subject="a", name="Ann", role="patient", avatar="plain")
    ticket = desk.issue(claims, 0.0)
    desk.revoke("a", 5.0)
    with pytest.raises(TicketRevoked):
        desk.redeem(ticket, 6.0)
    desk.revoke("b", 16.0)
    assert set(desk._revoked) == {"b"}


def test_the_resume_window_is_what_it_was(world: GatewayWorld) -> None:
    client = join(world, expires=world.clock.now + 1_000.0)
    client.lose_socket()
    world.advance(RESUME_SECONDS)
    assert world.gateway.session_counts["suspended"] == 0
