"""Operations of a session: one effect, one answer, and how many may be refused."""

from protocol.ids import ERRORS_MAX, OPERATIONS_KEPT, CloseCode
from protocol.messages import Event, Result
from server.gateway.outbox import HELD_BYTES_MAX
from tests.support.gateway_world import ClientDouble, GatewayWorld
from tests.unit.server.gateway.test_session import session_of

GRIP = (0, 0, -100, 3, 0, 0, 0)


def say(client: ClientDouble, text: str) -> ClientDouble:
    return client.operation("chat", "say", text=text)


def test_an_operation_gets_one_result_and_its_event(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.take()
    event, result = say(client, "hello").take()
    assert isinstance(event, Event)
    assert event.body["text"] == "hello"
    assert result == Result(op=(1).to_bytes(16, "big"), ok=True)


def test_an_operation_that_comes_again_has_no_second_effect_and_the_first_answer(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.take()
    client.operation("chat", "say", op=b"o" * 16, text="once")
    first = client.take()
    client.operation("chat", "say", op=b"o" * 16, text="twice")
    assert client.take() == first[1:]


def test_what_only_reads_is_answered_each_time_and_nothing_of_it_is_held(world: GatewayWorld) -> None:
    client = world.connect().join()
    client.take()
    (member,) = world.directory.rooms["consult"].members.values()
    held = session_of(member).held_bytes
    for _ in range(3):
        client.operation("access", "recent", op=b"o" * 16)
        (result,) = client.take()
        assert isinstance(result, Result)
        assert (result.op, result.ok) == (b"o" * 16, True)
    assert session_of(member).held_bytes == held


def test_the_answers_outlive_the_socket(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    client.operation("chat", "say", op=b"o" * 16, text="once")
    client.lose_socket()
    again = world.connect().resume(token, 2)
    again.take()
    again.operation("chat", "say", op=b"o" * 16, text="once")
    assert again.take() == [Result(op=b"o" * 16, ok=True)]


def test_as_many_refused_operations_as_allowed_are_answered_and_one_more_closes(world: GatewayWorld) -> None:
    client = world.connect().join()
    for _ in range(ERRORS_MAX):
        client.operation("chat", "shout")
    assert client.close_code() is None
    client.take()
    client.operation("chat", "shout")
    (result,) = client.take()
    assert isinstance(result, Result)
    assert result.code == "unknown_type"
    assert client.close_code() == CloseCode.TOO_MANY_ERRORS
    assert world.directory.rooms["consult"].members == {}


def grab(client: ClientDouble, prop: int, op: bytes = b"", ownership: int = 0) -> Result:
    client.take()
    client.operation("props", "grab", op, prop=prop, hand="right", grip=GRIP, ownership=ownership)
    (result,) = (message for message in client.take() if isinstance(message, Result))
    return result


def test_a_grab_that_comes_again_acts_once(world: GatewayWorld) -> None:
    room = world.directory.rooms["ward"]
    (thing,) = room.things.placed.values()
    ann = world.connect().join("ward", "Ann")
    first = grab(ann, thing.entity, b"o" * 16)
    assert first.ok
    facts = thing.facts
    assert (facts.ownership, facts.authority) == (1, 1)
    assert grab(ann, thing.entity, b"o" * 16) == first
    assert thing.facts is facts
    assert room.features.operations["props", "grab", "ok"] == 1
    assert room.features.counts["props", "grabs"] == 1


def test_a_refused_grab_that_comes_again_is_one_wish(world: GatewayWorld) -> None:
    (thing,) = world.directory.rooms["ward"].things.placed.values()
    ann, bo = world.connect().join("ward", "Ann"), world.connect().join("ward", "Bo")
    assert grab(ann, thing.entity).ok
    for _ in range(3):
        assert grab(bo, thing.entity, b"o" * 16, ownership=1).code == "held"
    assert [event.type for event in ann.events()] == ["wanted"]


def test_who_is_slower_than_others_is_not_closed_for_it(world: GatewayWorld) -> None:
    (thing,) = world.directory.rooms["ward"].things.placed.values()
    ann, bo = world.connect().join("ward", "Ann"), world.connect().join("ward", "Bo")
    assert grab(ann, thing.entity).ok
    for number in range(2 * ERRORS_MAX):
        world.clock.now += 0.1
        assert grab(bo, thing.entity, ownership=1 - number % 2).code == ("stale" if number % 2 else "held")
    assert bo.close_code() is None
    # Nor do they use up what is forgiven of real errors.
    for _ in range(ERRORS_MAX):
        bo.operation("props", "juggle")
    assert bo.close_code() is None
    bo.operation("props", "juggle")
    assert bo.close_code() == CloseCode.TOO_MANY_ERRORS


def test_other_refusals_of_a_grab_count(world: GatewayWorld) -> None:
    ann = world.connect().join("ward", "Ann")
    for _ in range(ERRORS_MAX):
        world.clock.now += 0.1
        assert grab(ann, 1).code == "unknown_prop"
    ann.operation("props", "grab", prop=1, hand="right", grip=GRIP, ownership=0)
    assert ann.close_code() == CloseCode.TOO_MANY_ERRORS


def test_who_handles_things_all_day_is_not_closed_for_the_answers(world: GatewayWorld) -> None:
    (thing,) = world.directory.rooms["ward"].things.placed.values()
    ann = world.connect().join("ward", "Ann")
    for _ in range(OPERATIONS_KEPT):
        world.clock.now += 0.1
        assert grab(ann, thing.entity, ownership=thing.facts.ownership).ok
    assert ann.close_code() is None
    (member,) = world.directory.rooms["ward"].members.values()
    assert session_of(member).held_bytes < HELD_BYTES_MAX / 2
