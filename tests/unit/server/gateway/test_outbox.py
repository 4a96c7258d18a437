import tracemalloc

import pytest

from protocol.codec import decode_server, encode
from protocol.errors import MalformedMessage
from protocol.ids import OPERATIONS_KEPT, UNACKNOWLEDGED_BYTES_MAX, UNACKNOWLEDGED_EVENTS_MAX
from protocol.messages import Event, Result
from server.gateway.outbox import ANSWERS_BYTES_MAX, Answers, Outbox
from server.world.event import EncodedEvent

SAID = EncodedEvent.of("chat", "said", {"text": "hello"})


def outbox_with(events: int) -> Outbox:
    outbox = Outbox()
    for _ in range(events):
        outbox.add_event(SAID)
    return outbox


def drained(outbox: Outbox) -> list[int | bytes]:
    """Numbers of the events and bytes of the replies that come out."""
    taken: list[int | bytes] = []
    while (message := outbox.take()) is not None:
        taken.append(decode_server(message).event if message[0] == 0x82 else message)  # type: ignore[union-attr]  # 0x82 is an event
    return taken


def test_events_are_numbered_from_one_and_come_out_in_order_with_replies_between() -> None:
    outbox = outbox_with(2)
    outbox.add_reply(b"reply")
    outbox.add_event(SAID)
    assert drained(outbox) == [1, 2, b"reply", 3]
    assert drained(outbox) == []


def test_an_event_is_the_message_of_the_wire() -> None:
    message = outbox_with(1).take()
    assert message is not None
    assert decode_server(message) == Event(event=1, feature="chat", type="said", body={"text": "hello"})


def test_acknowledged_events_are_let_go_and_replies_once_they_are_sent() -> None:
    outbox = outbox_with(3)
    outbox.add_reply(b"reply")
    size = outbox.size
    drained(outbox)
    assert outbox.size == size - len(b"reply")
    outbox.acknowledge(2)
    outbox.acknowledge(1)
    assert outbox.size == len(SAID.message(3))
    outbox.acknowledge(3)
    assert outbox.size == 0


@pytest.mark.parametrize("number", [3, 4])
def test_what_was_never_sent_cannot_be_acknowledged(number: int) -> None:
    outbox = outbox_with(3)
    outbox.take()
    outbox.take()
    with pytest.raises(MalformedMessage, match="not sent"):
        outbox.acknowledge(number)


def test_a_resume_brings_exactly_the_gap() -> None:
    outbox = outbox_with(4)
    drained(outbox)
    outbox.add_event(SAID)
    outbox.add_reply(b"lost with the socket")
    outbox.hold()
    outbox.add_event(SAID)
    outbox.add_reply(b"of an operation that was under way")
    assert outbox.resume(2)
    assert outbox.last_delivered == 2
    assert drained(outbox) == [3, 4, 5, 6]
    assert outbox.last_delivered == 6


def test_a_resume_without_a_gap_brings_nothing() -> None:
    outbox = outbox_with(4)
    drained(outbox)
    outbox.hold()
    assert outbox.resume(4)
    assert outbox.last_delivered == 4
    assert drained(outbox) == []
    assert outbox.size == 0


def test_a_resume_before_what_was_acknowledged_is_not_complete() -> None:
    outbox = outbox_with(4)
    drained(outbox)
    outbox.acknowledge(3)
    outbox.hold()
    assert not outbox.resume(2)


def test_a_resume_after_what_was_sent_is_malformed() -> None:
    outbox = outbox_with(4)
    outbox.take()
    outbox.hold()
    with pytest.raises(MalformedMessage):
        outbox.resume(2)


def test_what_was_sent_before_a_resume_may_be_acknowledged_after_it() -> None:
    outbox = outbox_with(4)
    drained(outbox)
    outbox.hold()
    assert outbox.resume(1)
    outbox.acknowledge(4)
    assert outbox.size == 0


def test_as_many_events_as_allowed_are_kept_and_one_more_overflows() -> None:
    outbox = outbox_with(UNACKNOWLEDGED_EVENTS_MAX)
    before = outbox.overflowed
    drained(outbox)
    outbox.add_event(SAID)
    assert (before, outbox.overflowed) == (False, True)
    assert outbox.size == 0


@pytest.mark.parametrize("reply", [False, True])
def test_as_many_bytes_as_allowed_are_kept_and_one_more_overflows(reply: bool) -> None:
    outbox = Outbox()
    outbox.add_reply(bytes(UNACKNOWLEDGED_BYTES_MAX))
    before = outbox.overflowed
    if reply:
        outbox.add_reply(b"x")
    else:
        outbox.add_event(SAID)
    assert (before, outbox.overflowed) == (False, True)
    assert outbox.take() is None


def test_an_outbox_that_overflowed_holds_nothing_until_it_restarts() -> None:
    outbox = outbox_with(UNACKNOWLEDGED_EVENTS_MAX + 1)
    outbox.add_event(SAID)
    outbox.add_reply(b"reply")
    assert outbox.size == 0
    assert not outbox.resume(0)
    outbox.restart()
    outbox.add_event(SAID)
    assert outbox.last_delivered == UNACKNOWLEDGED_EVENTS_MAX + 1
    assert drained(outbox) == [UNACKNOWLEDGED_EVENTS_MAX + 2]
    outbox.acknowledge(UNACKNOWLEDGED_EVENTS_MAX + 2)
    assert outbox.size == 0


def test_a_client_that_began_anew_may_come_back_before_any_event() -> None:
    outbox = outbox_with(3)
    outbox.take()
    outbox.hold()
    outbox.restart()
    assert outbox.last_delivered == 3
    outbox.hold()
    assert outbox.resume(3)
    assert not outbox.resume(2)


def result(number: int, detail: str = "") -> tuple[bytes, bytes]:
    """An operation's id and its result's message."""
    op = number.to_bytes(16, "big")
    return op, encode(Result(op=op, ok=not detail, detail=detail))


def test_answers_are_kept_for_the_last_operations() -> None:
    answers = Answers()
    for number in range(OPERATIONS_KEPT + 1):
        answers.keep(*result(number, "refused" * (number % 2)))
    assert answers.find(bytes(16)) is None
    for number in (1, 2, OPERATIONS_KEPT - 1, OPERATIONS_KEPT):
        op, message = result(number, "refused" * (number % 2))
        assert answers.find(op) == message


def test_an_id_is_not_found_between_two_others() -> None:
    answers = Answers()
    for op in (bytes(8) + b"12345678", b"87654321" + bytes(8)):
        answers.keep(op, encode(Result(op=op, ok=True)))
    assert answers.find(b"1234567887654321") is None
    assert answers.find(b"87654321" + bytes(8)) is not None


def test_answers_that_say_the_same_cost_little_more_than_their_ids() -> None:
    answers = Answers()
    for number in range(3 * OPERATIONS_KEPT):
        answers.keep(*result(number))
    assert answers.held < 32 * OPERATIONS_KEPT


def test_answers_that_nobody_can_ask_for_any_more_are_let_go() -> None:
    answers = Answers()
    for number in range(OPERATIONS_KEPT):
        answers.keep(*result(number, f"detail {number}"))
    most = answers.held
    for number in range(OPERATIONS_KEPT, 2 * OPERATIONS_KEPT):
        answers.keep(*result(number))
    assert answers.held < most / 2


def test_answers_that_all_differ_are_fewer_and_take_no_more_than_their_share() -> None:
    """Else whoever handles things for an hour, or writes on panels, would be closed as slow."""
    answers = Answers()
    for number in range(2 * OPERATIONS_KEPT):
        answers.keep(*result(number, f"detail {number} ".ljust(2_000, ".")))
        assert answers.held <= ANSWERS_BYTES_MAX
    newest = 2 * OPERATIONS_KEPT - 1
    op, message = result(newest, f"detail {newest} ".ljust(2_000, "."))
    assert answers.find(op) == message
    assert answers.find(result(newest - 20)[0]) is not None
    assert answers.find(result(newest - 40)[0]) is None


@pytest.mark.parametrize("message", [b"pong", bytes(200)])
def test_what_is_held_is_what_it_takes_of_memory(message: bytes) -> None:
    """A reply of a few bytes takes a hundred of memory: counted by its bytes alone, a flood of them would be free."""
    outbox = Outbox()
    tracemalloc.start()
    try:
        for number in range(1_000):
            outbox.add_reply(message + number.to_bytes(2, "big"))
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The interpreter may have had some of the tuples lying ready.
    assert used <= outbox.held <= 3 * used
