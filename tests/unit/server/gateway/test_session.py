import pytest

from protocol.ids import (
    UNACKNOWLEDGED_EVENTS_MAX,
    CloseCode,
)
from protocol.messages import Ack, Bye, Clock, Event, Welcome
from server.gateway.outbox import HELD_BYTES_MAX
from server.gateway.session import Session, SessionState
from server.world.event import EncodedEvent
from server.world.feature import Feature
from server.world.member import Member
from tests.support.gateway_world import RESUME_SECONDS, ClientDouble, GatewayWorld


def names(events: list[Event]) -> list[tuple[int, str]]:
    return [(event.event, event.type) for event in events]


def say(client: ClientDouble, text: str) -> ClientDouble:
    return client.operation("chat", "say", text=text)


def texts(client: ClientDouble) -> list[str]:
    return [event.body["text"] for event in client.events() if event.type == "said"]


def test_events_of_joining_follow_the_welcome(world: GatewayWorld) -> None:
    welcome, roster = world.connect().join().take()
    assert isinstance(welcome, Welcome)
    assert isinstance(roster, Event)
    assert (welcome.event, roster.event, roster.type) == (0, 1, "roster")


def test_hello_in_a_live_session_is_malformed(world: GatewayWorld) -> None:
    client = world.connect().join()
    assert client.join().close_code() == CloseCode.MALFORMED


def test_bye_ends_the_session_and_closes_normally(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.say(Bye())
    assert client.port.closed == (CloseCode.NORMAL, "bye")
    assert world.directory.rooms["consult"].members == {}
    client.lose_socket(CloseCode.NORMAL)
    assert world.gateway.session_counts == {"connecting": 0, "live": 0, "suspended": 0}


def test_an_acknowledgement_beyond_what_was_sent_is_malformed(world: GatewayWorld) -> None:
    client = world.connect().join()
    assert client.say(Ack(event=1)).close_code() is None
    assert client.say(Ack(event=2)).close_code() == CloseCode.MALFORMED


# Losing the socket ----------------------------------------------------------------------------------------------------


def test_a_lost_socket_suspends_out_of_sight_and_keeps_the_place(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.lose_socket()
    (member,) = world.directory.rooms["consult"].members.values()
    assert member.suspended
    assert world.gateway.session_counts == {"connecting": 0, "live": 0, "suspended": 1}


@pytest.mark.parametrize("code", [1000, 1001, 1006, 4999])
def test_a_close_of_the_peer_without_bye_suspends_whatever_its_code(world: GatewayWorld, code: int) -> None:
    client = world.connect().join()
    client.lose_socket(code)
    assert world.gateway.session_counts["suspended"] == 1


def test_a_resume_replays_every_event_after_the_last_one_in_order(world: GatewayWorld) -> None:
    ann, bo = world.connect().join(name="Ann"), world.connect().join(name="Bo")
    welcome = ann.welcomed()
    say(bo, "one")
    (one,) = ann.events()
    say(bo, "two")
    ann.lose_socket()
    say(bo, "three")
    again = world.connect().resume(welcome.resume_token, one.event)
    back, *replayed = again.take()
    assert isinstance(back, Welcome)
    assert (back.resumed, back.event, back.entity, back.session) == (True, one.event, welcome.entity, welcome.session)
    assert back.resume_token != welcome.resume_token
    assert [event.event - one.event for event in replayed if isinstance(event, Event)] == [1, 2]
    assert [event.body["text"] for event in replayed if isinstance(event, Event)] == [
        "two",
        "three",
    ]
    assert not world.directory.rooms["consult"].members[welcome.entity].suspended


def test_a_resume_whose_gap_is_not_kept_begins_anew(world: GatewayWorld) -> None:
    ann, bo = world.connect().join(name="Ann"), world.connect().join(name="Bo")
    welcome = ann.welcomed()
    say(bo, "one")
    ann.say(Ack(event=2))
    last = ann.events()[-1].event
    ann.lose_socket()
    again = world.connect().resume(welcome.resume_token, 1)
    world.step()
    back, roster = again.take()
    assert isinstance(back, Welcome)
    assert isinstance(roster, Event)
    assert (back.resumed, back.event, back.entity) == (False, last, welcome.entity)
    assert (roster.event, roster.type) == (last + 1, "roster")
    assert world.telemetry.resynced == 1


def test_too_much_for_a_suspended_session_means_a_resync_and_no_memory(world: GatewayWorld) -> None:
    ann = world.connect().join()
    token = ann.welcomed().resume_token
    (member,) = world.directory.rooms["consult"].members.values()
    ann.lose_socket()
    for _ in range(UNACKNOWLEDGED_EVENTS_MAX + 1):
        member.outlet.event(EncodedEvent.of("chat", "said", {}))
    assert session_of(member).outbox.size == 0
    back = world.connect().resume(token, 1).welcomed()
    assert not back.resumed


def session_of(member: Member) -> Session:
    assert isinstance(member.outlet, Session)
    return member.outlet


def test_a_resume_beyond_what_was_sent_is_malformed_and_ends_the_session(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    client.lose_socket()
    assert world.connect().resume(token, 2).close_code() == CloseCode.MALFORMED
    assert world.directory.rooms["consult"].members == {}


def test_a_resume_while_the_old_socket_seems_open_supersedes_it(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    again = world.connect().resume(token, 1)
    assert client.close_code() == CloseCode.SUPERSEDED
    assert again.welcomed().resumed
    client.lose_socket(CloseCode.SUPERSEDED)
    again.take()
    say(again, "still here")
    assert texts(again) == ["still here"]
    assert world.gateway.session_counts == {"connecting": 0, "live": 1, "suspended": 0}


def test_the_place_is_given_up_when_the_resume_window_is_over(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    client.lose_socket()
    world.advance(RESUME_SECONDS - 0.01)
    assert len(world.directory.rooms["consult"].members) == 1
    world.advance(0.01)
    assert world.directory.rooms["consult"].members == {}
    assert world.connect().resume(token, 0).close_code() == CloseCode.REPLAYED


# A socket that does not take everything -------------------------------------------------------------------------------


def test_what_the_socket_does_not_take_waits_in_order_and_not_in_the_transport(world: GatewayWorld) -> None:
    ann, bo = world.connect().join(name="Ann"), world.connect().join(name="Bo")
    ann.take()
    ann.port.writable = False
    say(bo, "one")
    say(bo, "two")
    ann.say(Clock(sent=1.0))
    assert ann.port.sent == []
    ann.port.writable = True
    ann.connection.on_writable()
    first, second, _ = ann.take()
    assert isinstance(first, Event)
    assert isinstance(second, Event)
    assert [first.body["text"], second.body["text"]] == ["one", "two"]


def test_too_much_unacknowledged_closes_as_slow_and_the_resume_begins_anew(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    (member,) = world.directory.rooms["consult"].members.values()
    for _ in range(UNACKNOWLEDGED_EVENTS_MAX):
        member.outlet.event(EncodedEvent.of("chat", "said", {}))
    assert client.close_code() == CloseCode.SLOW
    assert not world.connect().resume(token, 1).welcomed().resumed


def test_replies_to_a_client_that_does_not_read_are_bounded_too(world: GatewayWorld) -> None:
    client = world.connect().join()
    (member,) = world.directory.rooms["consult"].members.values()
    client.port.writable = False
    largest = 0
    for _ in range(20_000):
        world.clock.now += 0.02
        client.say(Clock(sent=1.0))
        largest = max(largest, session_of(member).held_bytes)
        if client.close_code() is not None:
            break
    assert client.close_code() == CloseCode.SLOW
    assert 200_000 < largest <= HELD_BYTES_MAX


def test_what_the_port_holds_counts_with_what_waits_for_it(world: GatewayWorld) -> None:
    client = world.connect().join()
    (member,) = world.directory.rooms["consult"].members.values()
    client.port.held_bytes = 200_000
    said = EncodedEvent.of("chat", "said", {"text": "x" * 10_000})
    events = 0
    while client.close_code() is None:
        assert client.port.held_bytes + session_of(member).held_bytes <= HELD_BYTES_MAX
        member.outlet.event(said)
        events += 1
    assert client.close_code() == CloseCode.SLOW
    assert events == 7
    assert session_of(member).held_bytes == 0


def test_a_port_may_hold_what_the_session_leaves(world: GatewayWorld) -> None:
    client = world.connect()
    assert client.connection.may_hold(HELD_BYTES_MAX)
    client.join()
    (member,) = world.directory.rooms["consult"].members.values()
    client.port.held_bytes = 1_000
    left = HELD_BYTES_MAX - session_of(member).held_bytes - 1_000
    assert client.connection.may_hold(left)
    assert not client.connection.may_hold(left + 1)


def test_the_most_that_was_held_for_a_client_is_told(world: GatewayWorld) -> None:
    world.connect().join().port.held_bytes = 70_000
    world.advance(0.05)
    assert 70_000 < world.gateway.held_bytes_most < 71_000


# The room's will ------------------------------------------------------------------------------------------------------


def test_the_room_can_end_a_session(world: GatewayWorld) -> None:
    client = world.connect().join()
    world.directory.rooms["consult"].close(CloseCode.REMOVED, "closing time")
    assert client.port.closed == (CloseCode.REMOVED, "closing time")
    assert world.directory.rooms["consult"].members == {}


class Bouncer(Feature):
    """Ends a session in the middle of its joining, or says far too much."""

    name = "bouncer"
    verbose = False

    def on_join(self, member: Member, now: float) -> None:
        if self.verbose:
            for _ in range(UNACKNOWLEDGED_EVENTS_MAX + 1):
                member.outlet.event(EncodedEvent.of("bouncer", "talk", {}))
        else:
            member.outlet.close(CloseCode.REMOVED, "not tonight")


class Talker(Bouncer):
    verbose = True


@pytest.mark.parametrize(("feature", "code"), [(Bouncer, CloseCode.REMOVED), (Talker, CloseCode.SLOW)])
def test_a_session_may_end_while_it_joins(world: GatewayWorld, feature: type[Feature], code: CloseCode) -> None:
    room = world.directory.rooms["consult"]
    room.features._features["bouncer"] = feature(room)
    client = world.connect().join()
    assert client.close_code() == code
    assert client.port.sent == []
    assert room.members == {}
    assert world.gateway.session_counts["suspended"] == 0


class Judge(Feature):
    """Ends the session of whoever asks for anything, and fails."""

    name = "judge"
    operations = {"ask": Bye}  # noqa: RUF012 - declared a ClassVar by Feature

    def on_operation(self, member: Member, type_: str, body: object, now: float) -> None:
        member.outlet.close(CloseCode.REMOVED, "asked for it")
        raise RuntimeError


def test_a_session_that_ended_during_an_operation_stays_ended(world: GatewayWorld) -> None:
    room = world.directory.rooms["consult"]
    room.features._features["judge"] = Judge(room)
    client = world.connect().join()
    (member,) = room.members.values()
    client.operation("judge", "ask")
    assert client.close_code() == CloseCode.REMOVED
    session_of(member).lose(CloseCode.RATE_LIMITED, "", world.clock.now)
    assert session_of(member).state is SessionState.CLOSED
    assert world.gateway.session_counts["suspended"] == 0


def test_a_session_without_a_place_cannot_go_on(world: GatewayWorld) -> None:
    session = world.gateway.registry.new_session(world.directory.rooms["consult"])
    with pytest.raises(RuntimeError, match="no place"):
        session.resume(world.connect().port, 0, world.clock.now, ages=False)
    session.sweep(world.clock.now)
    session.end(CloseCode.NORMAL, "", world.clock.now)
    session.end(CloseCode.NORMAL, "", world.clock.now)
    assert session.state is SessionState.CLOSED
