import pytest

from protocol.codec import decode_server
from protocol.errors import MalformedMessage
from protocol.ids import OPERATIONS_KEPT, UNACKNOWLEDGED_BYTES_MAX, UNACKNOWLEDGED_EVENTS_MAX
from protocol.messages import Event
from server.gateway.outbox import Answers, Outbox
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


def test_answers_are_kept_for_the_last_operations() -> None:
    answers = Answers()
    for op in range(OPERATIONS_KEPT + 1):
        answers.keep(op.to_bytes(16, "big"), b"answer %d" % op)
    assert answers.find(bytes(16)) is None
    assert answers.find((1).to_bytes(16, "big")) == b"answer 1"
    assert answers.find(OPERATIONS_KEPT.to_bytes(16, "big")) == b"answer 1024"
