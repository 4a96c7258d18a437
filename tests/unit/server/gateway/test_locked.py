"""A session that is locked comes back with a fresh ticket of its person, and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from protocol.ids import VERSION, CloseCode
from protocol.messages import Refresh, Resume, Welcome
from protocol.schema import SCHEMA_HASH
from server.config.safety import DEFAULT_SAFETY
from tests.support.gateway_world import GatewayWorld

if TYPE_CHECKING:
    from tests.support.gateway_world import ClientDouble


def lock(world: GatewayWorld, client: ClientDouble, entity: int) -> None:
    """As the room does when nobody seems to be there."""
    world.directory.rooms["consult"].members[entity].outlet.close(CloseCode.LOCKED, "nobody seemed to be there")
    assert client.close_code() == CloseCode.LOCKED


def come_back(world: GatewayWorld, token: str, ticket: str = "") -> ClientDouble:
    client = world.connect()
    return client.say(Resume(version=VERSION, schema=SCHEMA_HASH, token=token, last_event=0, ticket=ticket))


def joined(world: GatewayWorld, **who: Any) -> tuple[ClientDouble, Welcome]:
    client = world.connect().hello(world.ticket(**who))
    return client, client.welcomed()


def test_a_locked_session_is_out_of_sight_and_sent_nothing(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    room = world.directory.rooms["consult"]
    lock(world, client, welcome.entity)
    client.port.sent.clear()
    bo = world.connect().join(name="Bo")
    bo.operation("chat", "say", text="for who is here")
    world.step()
    assert client.port.sent == []
    assert client.port.bound is None
    assert room.members[welcome.entity].suspended
    assert list(world.gateway.registry.ports("consult")) == [bo.port]
    assert world.gateway.session_counts["suspended"] == 1


def test_its_person_comes_back_with_a_fresh_ticket_to_the_same_place(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    lock(world, client, welcome.entity)
    world.advance(600.0)
    again = come_back(world, welcome.resume_token, world.ticket())
    back = again.welcomed()
    assert (back.entity, back.session, back.resumed) == (welcome.entity, welcome.session, True)
    assert not world.directory.rooms["consult"].members[welcome.entity].suspended
    # Not locked any more: the next lost socket needs no ticket.
    again.lose_socket()
    assert come_back(world, back.resume_token).welcomed().resumed


def test_who_comes_back_stays_for_as_long_as_the_fresh_tickets_token(world: GatewayWorld) -> None:
    client, welcome = joined(world, expires=world.clock.now + 100.0)
    lock(world, client, welcome.entity)
    world.advance(200.0)
    again = come_back(world, welcome.resume_token, world.ticket(expires=world.clock.now + 10.0))
    again.welcomed()
    world.advance(9.0)
    assert again.close_code() is None
    world.advance(2.0)
    assert again.close_code() == CloseCode.TOKEN_EXPIRED


def test_without_a_ticket_it_stays_locked_and_the_token_still_serves(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    lock(world, client, welcome.entity)
    assert come_back(world, welcome.resume_token).close_code() == CloseCode.LOCKED
    assert come_back(world, welcome.resume_token, world.ticket()).close_code() is None


@pytest.mark.parametrize("other", [{"subject": "Bo"}, {"subject": "Bo", "name": "Bo"}, {"room": "ward"}])
def test_somebody_elses_ticket_opens_nothing(world: GatewayWorld, other: dict[str, str]) -> None:
    client, welcome = joined(world)
    lock(world, client, welcome.entity)
    refused = come_back(world, welcome.resume_token, world.ticket(**other))
    assert refused.close_code() == CloseCode.AUTHENTICATION_INVALID
    assert [data for data in refused.port.sent if data] == []
    assert come_back(world, welcome.resume_token, "no ticket").close_code() == CloseCode.AUTHENTICATION_INVALID
    assert come_back(world, welcome.resume_token, world.ticket()).close_code() is None


@pytest.mark.parametrize(
    ("wish", "code"),
    [({}, None), ({"name": "Bo"}, 4500), ({"role": "clinician"}, 4500), ({"subject": "an-account"}, 4500)],
)
def test_a_guest_is_whoever_says_the_same_and_has_the_token(
    world: GatewayWorld, wish: dict[str, str], code: int | None
) -> None:
    client, welcome = joined(world, subject="guest-1")
    lock(world, client, welcome.entity)
    asked = world.ticket(**({"subject": "guest-2"} | wish))
    assert come_back(world, welcome.resume_token, asked).close_code() == code


def test_a_ticket_that_was_used_opens_nothing(world: GatewayWorld) -> None:
    used = world.ticket()
    client = world.connect().hello(used)
    welcome = client.welcomed()
    lock(world, client, welcome.entity)
    assert come_back(world, welcome.resume_token, used).close_code() == CloseCode.REPLAYED


def test_after_the_facilitys_time_it_has_ended(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    lock(world, client, welcome.entity)
    world.advance(DEFAULT_SAFETY.locked_seconds - 1.0)
    assert welcome.entity in world.directory.rooms["consult"].members
    world.advance(2.0)
    assert welcome.entity not in world.directory.rooms["consult"].members
    assert come_back(world, welcome.resume_token, world.ticket()).close_code() == CloseCode.REPLAYED


def test_who_only_lost_the_socket_waits_as_long_as_ever_beside_those_who_are_locked(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    lock(world, client, welcome.entity)
    bo = world.connect().join(name="Bo")
    bo.lose_socket()
    world.advance(31.0)
    assert list(world.directory.rooms["consult"].members) == [welcome.entity]
    world.gateway.registry.end_waiting(world.clock.now)
    assert not world.directory.rooms["consult"].members


def test_who_was_removed_is_closed_and_their_tickets_are_refused(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    room = world.directory.rooms["consult"]
    waiting = world.ticket()
    room.remove(room.members[welcome.entity], "disturbing", world.clock.now)
    assert client.port.closed == (CloseCode.REMOVED, "disturbing")
    assert not room.members
    assert world.connect().hello(waiting).close_code() == CloseCode.REMOVED
    assert come_back(world, welcome.resume_token).close_code() == CloseCode.REPLAYED
    assert world.connect().hello(world.ticket(subject="Bo")).close_code() is None
    assert world.connect().hello(world.ticket(room="ward")).close_code() is None


def test_a_ticket_that_was_got_by_another_use_of_the_same_invitation_is_refused_too(world: GatewayWorld) -> None:
    _, welcome = joined(world, subject="invited-1", invitation="link")
    joined(world, subject="invited-2", invitation="link")
    room = world.directory.rooms["consult"]
    waiting = world.ticket(subject="invited-3", invitation="link")
    room.remove(room.members[welcome.entity], "disturbing", world.clock.now)
    assert world.connect().hello(waiting).close_code() == CloseCode.FORBIDDEN
    for subject, invitation in (("invited-2", "link"), ("invited-4", "another link")):
        asked = world.ticket(subject=subject, invitation=invitation)
        assert world.connect().hello(asked).close_code() is None


def test_who_was_removed_is_so_from_every_device_and_resumes_from_none(world: GatewayWorld) -> None:
    (phone, named), (headset, _), (waiting, suspended) = joined(world), joined(world), joined(world)
    waiting.lose_socket()
    room = world.directory.rooms["consult"]
    room.remove(room.members[named.entity], "disturbing", world.clock.now)
    assert [client.port.closed for client in (phone, headset)] == [(CloseCode.REMOVED, "disturbing")] * 2
    assert not room.members
    assert come_back(world, suspended.resume_token).close_code() == CloseCode.REPLAYED


def test_the_welcome_tells_what_one_may_do(world: GatewayWorld) -> None:
    assert "see_private" in joined(world, role="clinician")[1].rights
    patient = joined(world)[1].rights
    assert {"join", "speak", "chat"} <= set(patient)
    assert "see_private" not in patient


def test_who_was_locked_comes_in_by_no_ticket_from_before_and_stays_where_they_are_attended() -> None:
    told: list[str] = []

    def note(subject: str) -> bool:
        told.append(subject)
        return True

    world = GatewayWorld(on_locked=note)
    phone, _ = joined(world)
    client, welcome = joined(world)
    before, fresh = world.ticket(), world.ticket(refreshing=True)
    lock(world, client, welcome.entity)
    assert told == ["Ann"]
    assert come_back(world, welcome.resume_token, before).close_code() == CloseCode.LOCKED
    assert world.connect().hello(world.ticket()).close_code() == CloseCode.LOCKED
    # Of a session that is live nobody has to prove anything else.
    assert phone.say(Refresh(ticket=fresh)).close_code() is None
    world.advance(1.0)
    assert come_back(world, welcome.resume_token, world.ticket()).welcomed().resumed


def test_a_ticket_for_a_live_session_lets_nobody_in(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    lock(world, client, welcome.entity)
    fresh = world.ticket(refreshing=True)
    assert world.connect().hello(fresh).close_code() == CloseCode.AUTHENTICATION_INVALID
    assert come_back(world, welcome.resume_token, fresh).close_code() == CloseCode.AUTHENTICATION_INVALID
    bo, _ = joined(world, subject="Bo")
    assert bo.say(Refresh(ticket=world.ticket(subject="Bo", refreshing=True))).close_code() is None


def test_where_a_lock_asks_for_nothing_a_ticket_from_before_serves(world: GatewayWorld) -> None:
    client, welcome = joined(world)
    before = world.ticket()
    lock(world, client, welcome.entity)
    assert come_back(world, welcome.resume_token, before).welcomed().resumed
