from collections.abc import Callable

import pytest

from protocol.codec import encode, pack
from protocol.ids import HELLO_SECONDS, MESSAGES_BURST, MESSAGES_PER_SECOND, VERSION, CloseCode, Kind
from protocol.messages import Ack, Budget, Bye, Clock, ClockReply, Hello, Resume
from protocol.schema import SCHEMA_HASH
from tests.support.gateway_world import ClientDouble, GatewayWorld


def test_hello_is_answered_with_welcome_and_the_port_is_bound(world: GatewayWorld) -> None:
    client = world.connect().join()
    welcome = client.welcomed()
    room = world.directory.rooms["consult"]
    (member,) = room.members.values()
    assert welcome.entity == member.entity
    assert (welcome.room.id, welcome.resumed, welcome.event) == ("consult", False, 0)
    assert welcome.resume_seconds == 30.0
    assert welcome.time == 1_000_000
    assert client.port.bound == (room.table, member.slot, room.encoder, member.observer, False)
    assert client.port.closed is None


def test_who_asks_for_ages_is_bound_with_ages(world: GatewayWorld) -> None:
    client = world.connect()
    client.say(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=world.ticket(), client="test", ages=True))
    assert client.port.bound is not None
    assert client.port.bound[-1] is True


def wrong_version(world: GatewayWorld, client: ClientDouble) -> None:
    client.hello("no ticket", version=VERSION + 1, schema="other")


def keys_of_a_later_version(world: GatewayWorld, client: ClientDouble) -> None:
    hello = {"version": VERSION + 1, "schema": "f" * 16, "pass": "something new"}
    client.connection.on_message(bytes((Kind.HELLO,)) + pack(hello))


def wrong_schema(world: GatewayWorld, client: ClientDouble) -> None:
    client.hello("no ticket", schema="0123456789abcdef")


def forged_ticket(world: GatewayWorld, client: ClientDouble) -> None:
    client.hello("no ticket")


def expired_ticket(world: GatewayWorld, client: ClientDouble) -> None:
    ticket = world.ticket(room="nowhere")
    world.clock.now += 60.0
    client.hello(ticket)


def used_ticket(world: GatewayWorld, client: ClientDouble) -> None:
    ticket = world.ticket(room="nowhere")
    world.connect().hello(ticket)
    client.hello(ticket)


def unknown_room(world: GatewayWorld, client: ClientDouble) -> None:
    client.join(room="nowhere")


def full_room(world: GatewayWorld, client: ClientDouble) -> None:
    for name in ("Bo", "Cy", "Di"):
        world.connect().join(name=name)
    client.join()


@pytest.mark.parametrize(
    ("knock", "code"),
    [
        (wrong_version, CloseCode.VERSION),
        (keys_of_a_later_version, CloseCode.VERSION),
        (wrong_schema, CloseCode.VERSION),
        (forged_ticket, CloseCode.AUTHENTICATION_INVALID),
        (expired_ticket, CloseCode.AUTHENTICATION_INVALID),
        (used_ticket, CloseCode.REPLAYED),
        (unknown_room, CloseCode.FORBIDDEN),
        (full_room, CloseCode.OVERLOADED),
    ],
)
def test_the_checks_of_hello_close_each_with_its_code_and_in_this_order(
    world: GatewayWorld, knock: Callable[[GatewayWorld, ClientDouble], None], code: CloseCode
) -> None:
    client = world.connect()
    knock(world, client)
    assert client.close_code() == code
    assert client.port.sent == []
    assert client.port.bound is None


def test_the_reason_of_another_schema_tells_both(world: GatewayWorld) -> None:
    client = world.connect().hello(world.ticket(), schema="0123456789abcdef")
    assert client.port.closed == (CloseCode.VERSION, f"schema: server {SCHEMA_HASH}, client 0123456789abcdef")


def test_the_reason_of_another_version_tells_both_and_no_other_number(world: GatewayWorld) -> None:
    for version, told in ((2, "2"), (-1, "none"), (4_917_012_345_678, "none")):
        client = world.connect().say(Hello(version=version, schema=SCHEMA_HASH, ticket="", client=""))
        assert client.port.closed == (CloseCode.VERSION, f"version: server {VERSION}, client {told}")


def test_the_reason_of_an_acknowledgement_of_what_was_not_sent_repeats_no_number(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.say(Ack(event=4_917_012_345_678))
    assert client.port.closed is not None
    code, reason = client.port.closed
    assert (code, "4917" in reason) == (CloseCode.MALFORMED, False)


def test_a_resume_of_another_schema_does_not_spend_the_token(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    client.lose_socket()
    other = world.connect()
    other.say(Resume(version=VERSION, schema="other", token=token, last_event=0))
    assert other.close_code() == CloseCode.VERSION
    assert world.connect().resume(token, 0).close_code() is None


@pytest.mark.parametrize("fate", ["unknown", "used", "ended"])
def test_a_resume_with_a_token_that_is_no_good_is_replayed(world: GatewayWorld, fate: str) -> None:
    client = world.connect().join()
    words = client.welcomed().resume_token
    if fate == "unknown":
        words = "0" * 43
    elif fate == "used":
        world.connect().resume(words, 0)
    else:
        client.say(Bye())
    other = world.connect().resume(words, 0)
    assert other.close_code() == CloseCode.REPLAYED


@pytest.mark.parametrize("message", [Clock(sent=1.0), Ack(event=0), Bye()])
def test_the_first_message_is_hello_or_resume(world: GatewayWorld, message: Clock | Ack | Bye) -> None:
    assert world.connect().say(message).close_code() == CloseCode.MALFORMED


@pytest.mark.parametrize(
    "data",
    [
        b"\x01",
        b"\x01\xc0",
        b"\x01\x80",
        b"\x04\x80",
        b"\x10\x00",
        b"\x81\x80",
        bytes((Kind.CLOCK,)) + b"\x81\xa4sent\x01x",
    ],
)
def test_a_malformed_message_closes_and_ends_the_session(world: GatewayWorld, data: bytes) -> None:
    fresh, live = world.connect(), world.connect().join()
    for client in (fresh, live):
        client.connection.on_message(data)
        assert client.close_code() == CloseCode.MALFORMED
    assert world.directory.rooms["consult"].members == {}
    assert world.telemetry.faults == {"malformed": 2}


def test_nothing_in_time_is_an_authentication_timeout(world: GatewayWorld) -> None:
    client, live = world.connect(), world.connect().join()
    world.advance(HELLO_SECONDS - 0.01)
    assert client.close_code() is None
    world.advance(0.01)
    assert client.close_code() == CloseCode.AUTHENTICATION_TIMEOUT
    assert live.close_code() is None
    assert client.port.checks == 2
    world.advance(1.0)
    assert client.port.checks == 2


def test_the_burst_and_the_rate_of_messages_are_taken_and_one_more_closes(world: GatewayWorld) -> None:
    client = world.connect().join()
    for _ in range(MESSAGES_BURST - 1):
        client.say(Clock(sent=1.0))
    world.clock.now += 1.0
    for _ in range(MESSAGES_PER_SECOND):
        client.say(Clock(sent=1.0))
    assert client.close_code() is None
    client.say(Clock(sent=1.0))
    assert client.close_code() == CloseCode.RATE_LIMITED
    assert world.gateway.session_counts["suspended"] == 1


def test_the_clock_is_told_with_the_clients_own(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.take()
    world.clock.now += 0.5
    assert client.say(Clock(sent=12.5)).take() == [ClockReply(sent=12.5, time=1_000_500)]


def test_a_client_sets_and_lifts_its_own_limit(world: GatewayWorld) -> None:
    client = world.connect().join()
    room = world.directory.rooms["consult"]
    (member,) = room.members.values()
    for kbits, expected in ((8, 1000), (256, 32_000), (1_000_000, 0)):
        client.say(Budget(kbits=kbits))
        assert room.interest.explain(member.observer, member.slot)["bytes_per_second"] == expected


@pytest.mark.parametrize(
    ("code", "waits"), [(4002, True), (4007, True), (4501, False), (1002, False), (1009, False), (1011, True)]
)
def test_a_fault_that_the_port_found_suspends_or_ends_by_its_code(world: GatewayWorld, code: int, waits: bool) -> None:
    client = world.connect().join()
    client.port.closing = True
    client.connection.on_fault(code, "pose_rate")
    assert world.gateway.session_counts["suspended"] == waits
    assert (world.directory.rooms["consult"].members != {}) is waits
    assert world.telemetry.faults == {"pose_rate": 1}


def test_a_fault_of_ours_suspends(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.connection.on_error(RuntimeError())
    assert client.close_code() == CloseCode.INTERNAL_ERROR
    assert world.gateway.session_counts["suspended"] == 1
    assert world.telemetry.errors == 1


def test_faults_before_a_session_touch_nothing_else(world: GatewayWorld) -> None:
    client = world.connect()
    client.connection.on_fault(1002, "text")
    client.connection.on_error(RuntimeError())
    client.connection.on_writable()
    client.lose_socket(1002)
    assert world.telemetry.closes == {"1002": 1}
    assert world.gateway.session_counts == {"connecting": 0, "live": 0, "suspended": 0}


def test_what_comes_after_the_end_of_a_connection_does_nothing(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.lose_socket()
    client.connection.sweep(world.clock.now)
    client.connection.abort()
    client.connection.shut(CloseCode.SERVICE_RESTART, "", world.clock.now)
    assert client.port.checks == 0
    assert not client.port.aborted
    assert client.port.closed is None
    with pytest.raises(RuntimeError, match="not open"):
        client.connection.on_message(encode(Hello(version=VERSION, schema="", ticket="", client="")))


def test_an_open_connection_can_be_dropped(world: GatewayWorld) -> None:
    client = world.connect()
    client.connection.abort()
    assert client.port.aborted


def test_a_room_that_may_not_be_joined_and_one_that_is_not_there_are_one_answer(world: GatewayWorld) -> None:
    forbidden = world.connect().hello(world.ticket("consult", role="porter"))
    unknown = world.connect().hello(world.ticket("no-such-room", role="porter"))
    assert forbidden.port.closed == unknown.port.closed == (CloseCode.FORBIDDEN, "there is no such room")
    assert forbidden.port.sent == unknown.port.sent == []
    assert not world.directory.rooms["consult"].members
    assert world.connect().hello(world.ticket("ward", role="porter")).close_code() is None
