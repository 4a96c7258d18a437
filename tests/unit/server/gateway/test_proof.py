"""A session that goes on over the end of its token, by a fresh ticket of its person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from protocol.ids import VERSION, CloseCode
from protocol.messages import Refresh, Refreshed, Resume
from protocol.schema import SCHEMA_HASH

if TYPE_CHECKING:
    from tests.support.gateway_world import ClientDouble, GatewayWorld


def ticket(world: GatewayWorld, seconds: float | None = 100.0, **changes: Any) -> str:
    """Of Ann, whose token is good for so long."""
    expires = None if seconds is None else world.clock.now + seconds
    who: dict[str, Any] = {"room": "ward", "subject": "account-ann", "expires": expires} | changes
    return world.ticket(**who)


def joined(world: GatewayWorld, seconds: float | None = 100.0, **changes: Any) -> ClientDouble:
    return world.connect().hello(ticket(world, seconds, **changes))


def pass_by(world: GatewayWorld, client: ClientDouble, seconds: float) -> None:
    """Let time pass for somebody who is not silent meanwhile."""
    for _ in range(round(seconds / 20)):
        client.port.last_received_ms += 20_000
        world.advance(20.0)


def test_the_welcome_says_how_long_the_session_lasts(world: GatewayWorld) -> None:
    assert joined(world, 100.0).welcomed().expires_in == 100.0
    assert joined(world, None).welcomed().expires_in == 0.0


def test_a_fresh_ticket_lets_the_session_go_on(world: GatewayWorld) -> None:
    client = joined(world)
    welcome = client.welcomed()
    pass_by(world, client, 80.0)
    client.say(Refresh(ticket=ticket(world)))
    assert client.take()[-1] == Refreshed(expires_in=100.0)
    pass_by(world, client, 80.0)
    assert client.close_code() is None
    assert list(world.directory.rooms["ward"].members) == [welcome.entity]
    pass_by(world, client, 20.0)
    assert client.close_code() == CloseCode.TOKEN_EXPIRED


def test_a_token_without_an_end_ends_nothing(world: GatewayWorld) -> None:
    client = joined(world)
    client.say(Refresh(ticket=ticket(world, None)))
    assert client.take()[-1] == Refreshed(expires_in=0.0)
    pass_by(world, client, 400.0)
    assert client.close_code() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "account-bo"},
        {"subject": "guest-0123456789abcdef"},
        {"room": "consult"},
        {"role": "clinician"},
        {"scopes": ("join",)},
    ],
)
def test_a_ticket_for_what_the_session_is_not_ends_it_and_nobody_elses(
    world: GatewayWorld, wrong: dict[str, Any]
) -> None:
    client, other = joined(world), joined(world, subject="account-bo", name="Bo")
    client.say(Refresh(ticket=ticket(world, **wrong)))
    assert client.close_code() == CloseCode.AUTHENTICATION_INVALID
    assert other.close_code() is None
    assert len(world.directory.rooms["ward"].members) == 1


def test_a_refresh_is_as_closely_looked_at_as_a_hello(world: GatewayWorld) -> None:
    used = ticket(world)
    assert world.connect().hello(used).close_code() is None
    assert joined(world).say(Refresh(ticket=used)).close_code() == CloseCode.REPLAYED
    assert joined(world).say(Refresh(ticket="forged")).close_code() == CloseCode.AUTHENTICATION_INVALID
    old = ticket(world)
    client = joined(world, 500.0)
    pass_by(world, client, 60.0)
    assert client.say(Refresh(ticket=old)).close_code() == CloseCode.AUTHENTICATION_INVALID
    page = ticket(world, origin="https://elsewhere.example")
    assert joined(world).say(Refresh(ticket=page)).close_code() == CloseCode.AUTHENTICATION_INVALID


def test_access_that_was_taken_back_is_not_refreshed(world: GatewayWorld) -> None:
    before = ticket(world)
    world.clock.now += 0.001
    world.tickets.revoke("account-ann", world.clock.now)
    world.clock.now += 0.001
    client = joined(world)
    assert client.say(Refresh(ticket=before)).close_code() == CloseCode.REVOKED


def test_before_anybody_is_there_nothing_is_refreshed(world: GatewayWorld) -> None:
    assert world.connect().say(Refresh(ticket=ticket(world))).close_code() == CloseCode.MALFORMED


def test_a_suspended_session_comes_back_over_the_end_of_its_token_with_a_fresh_ticket(world: GatewayWorld) -> None:
    client = joined(world, 20.0)
    welcome = client.welcomed()
    client.lose_socket()
    world.advance(25.0)
    resume = Resume(
        version=VERSION, schema=SCHEMA_HASH, token=welcome.resume_token, last_event=0, ticket=ticket(world, 100.0)
    )
    again = world.connect().say(resume)
    back = again.welcomed()
    assert (back.entity, back.resumed, back.expires_in) == (welcome.entity, True, 100.0)


def test_somebody_elses_ticket_does_not_cost_the_resume_token(world: GatewayWorld) -> None:
    client = joined(world)
    token = client.welcomed().resume_token
    client.lose_socket()
    other = ticket(world, subject="account-bo")
    resume = Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0, ticket=other)
    assert world.connect().say(resume).close_code() == CloseCode.AUTHENTICATION_INVALID
    assert world.connect().resume(token, 0).welcomed().resumed
