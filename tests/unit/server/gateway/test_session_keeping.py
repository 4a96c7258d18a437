"""Operations that are kept, while sessions come and go: one effect, one answer, the exact gap or a fresh start."""

from typing import Any

import pytest

from protocol.ids import ERRORS_MAX, UNACKNOWLEDGED_EVENTS_MAX, CloseCode
from protocol.messages import Event, Result, Welcome
from server.errors import StoreError
from server.features.consent.underway import UNDERWAY_MAX
from server.gateway.waiting import OPERATIONS_UNANSWERED_MAX
from server.world.event import EncodedEvent
from server.world.keeping import Outcome
from tests.support.gateway_world import ClientDouble, GatewayWorld
from tests.support.rooms import SlowKeeper

OP = b"o" * 16


@pytest.fixture
def keeper() -> SlowKeeper:
    return SlowKeeper()


@pytest.fixture
def kept(keeper: SlowKeeper) -> GatewayWorld:
    return GatewayWorld(keeper)


def move(client: ClientDouble, op: bytes = b"", authority: int = 0) -> ClientDouble:
    (thing,) = client.world.directory.rooms["ward"].things.placed.values()
    body: dict[str, Any] = {"prop": thing.entity, "position": (300, 1000, 0), "rotation": (3, 0, 0, 0)}
    return client.operation("props", "move", op, **body, ownership=0, authority=authority)


def test_the_answer_comes_when_it_is_kept_and_once_however_often_it_is_asked(
    kept: GatewayWorld, keeper: SlowKeeper
) -> None:
    ann = kept.connect().join("ward")
    ann.take()
    move(move(ann, OP), OP)
    assert ann.take() == []
    keeper.settle()
    (result,) = ann.take()
    assert isinstance(result, Result)
    assert (result.op, result.ok) == (OP, True)
    assert len(keeper.edits) == 1


@pytest.mark.parametrize("settled_while_away", [True, False])
def test_who_comes_back_gets_the_gap_and_the_answer_once(
    kept: GatewayWorld, keeper: SlowKeeper, settled_while_away: bool
) -> None:
    ann, bo = kept.connect().join("ward", "Ann"), kept.connect().join("ward", "Bo")
    welcome, *events = ann.take()
    assert isinstance(welcome, Welcome)
    move(ann, OP)
    ann.lose_socket()
    bo.operation("chat", "say", text="meanwhile")
    if settled_while_away:
        keeper.settle()
    again = kept.connect().resume(welcome.resume_token, len(events))
    move(again, OP)
    if not settled_while_away:
        keeper.settle()
    back, *told = again.take()
    assert isinstance(back, Welcome)
    assert back.resumed
    gap = [message for message in told if isinstance(message, Event)]
    assert [event.event for event in gap] == list(range(len(events) + 1, len(events) + 1 + len(gap)))
    assert [event.body["text"] for event in gap if event.type == "said"] == ["meanwhile"]
    assert [message.op for message in told if isinstance(message, Result)] == [OP]
    assert len(keeper.edits) == 1


def test_who_missed_too_much_begins_anew_and_is_answered_all_the_same(kept: GatewayWorld, keeper: SlowKeeper) -> None:
    ann = kept.connect().join("ward", "Ann")
    token = ann.welcomed().resume_token
    move(ann, OP)
    ann.lose_socket()
    (away,) = (member for member in kept.directory.rooms["ward"].members.values() if member.suspended)
    for number in range(UNACKNOWLEDGED_EVENTS_MAX + 1):
        away.outlet.event(EncodedEvent.of("chat", "said", {"text": f"{number}"}))
    again = kept.connect().resume(token, 0)
    move(again, OP)
    keeper.settle()
    welcome, *told = again.take()
    assert isinstance(welcome, Welcome)
    assert not welcome.resumed
    assert [message.op for message in told if isinstance(message, Result)] == [OP]
    assert len(keeper.edits) == 1


def test_an_answer_for_a_session_that_has_ended_goes_nowhere(kept: GatewayWorld, keeper: SlowKeeper) -> None:
    ann = kept.connect().join("ward")
    move(ann)
    ann.connection.shut(CloseCode.NORMAL, "", kept.clock.now)
    ann.take()
    keeper.settle()
    assert ann.take() == []


def test_what_is_lost_is_not_answered(kept: GatewayWorld, keeper: SlowKeeper) -> None:
    ann = kept.connect().join("ward")
    ann.take()
    move(ann)
    keeper.settle(Outcome.LOST)
    assert ann.take() == []


def test_too_many_that_wait_are_refused(kept: GatewayWorld) -> None:
    ann = kept.connect().join("ward")
    for _ in range(OPERATIONS_UNANSWERED_MAX):
        move(ann)
    ann.take()
    move(ann)
    (result,) = ann.take()
    assert isinstance(result, Result)
    assert result.code == "rate_limited"


def test_one_wrong_operation_too_many_closes_also_when_it_was_judged_late(
    kept: GatewayWorld, keeper: SlowKeeper
) -> None:
    ann = kept.connect().join("ward")
    (thing,) = kept.directory.rooms["ward"].things.placed.values()
    move(ann)
    # Waits for the move, and is wrong then.
    ann.operation("props", "offer", prop=thing.entity, offered=True)
    for _ in range(ERRORS_MAX):
        kept.clock.now += 0.1
        ann.operation("props", "juggle")
    assert ann.close_code() is None
    keeper.settle()
    ann.operation("chat", "say", text="hello")
    assert ann.close_code() == CloseCode.TOO_MANY_ERRORS


def test_when_the_store_is_lost_everybody_is_closed_and_nobody_let_in(kept: GatewayWorld) -> None:
    ann, bo = kept.connect().join("ward", "Ann"), kept.connect().join("ward", "Bo")
    token = bo.welcomed().resume_token
    bo.lose_socket()
    ticket, waiting = kept.ticket("ward"), kept.connect()
    kept.gateway.turn_away(StoreError("cannot be kept"))
    assert ann.close_code() == waiting.close_code() == CloseCode.DURABILITY_UNAVAILABLE
    assert kept.directory.rooms["ward"].members == {}
    assert kept.connect().hello(ticket).close_code() == CloseCode.DURABILITY_UNAVAILABLE
    assert kept.connect().resume(token, 0).close_code() == CloseCode.DURABILITY_UNAVAILABLE
    # The ticket was not used up.
    kept.gateway.turned_away = None
    assert kept.connect().hello(ticket).close_code() is None


@pytest.mark.parametrize("before", [(), ("research",), ("research", "treat", "transcribe", "record_audio")])
def test_a_withdrawal_counts_however_much_waits_to_be_kept(
    kept: GatewayWorld, keeper: SlowKeeper, before: tuple[str, ...]
) -> None:
    ann, cy = kept.connect().join("ward"), kept.connect().hello(kept.ticket("ward", "Cy", "learner"))
    for _ in range(OPERATIONS_UNANSWERED_MAX):
        move(ann)
    for purpose in before * 2 * OPERATIONS_UNANSWERED_MAX:
        kept.clock.now += 0.1
        ann.operation("consent", "set", purpose=purpose, given=False)
    edits = len(keeper.edits)
    ann.take()
    ann.operation("consent", "set", purpose="observe", given=False)
    assert cy.close_code() == CloseCode.CONSENT_WITHDRAWN
    assert (ann.take(), len(keeper.edits)) == ([], edits + 1)


def test_a_disk_that_stalls_gathers_no_withdrawals_without_bound(kept: GatewayWorld, keeper: SlowKeeper) -> None:
    ann = kept.connect().join("ward")
    ann.take()
    for _ in range(UNDERWAY_MAX + ERRORS_MAX + 1):
        kept.clock.now += 0.1
        ann.operation("consent", "set", purpose="observe", given=False)
    codes = [message.code for message in ann.take() if isinstance(message, Result)]
    # That the disk stalls is no fault of hers.
    assert (codes, ann.close_code()) == (["rate_limited"] * (ERRORS_MAX + 1), None)
    assert len(keeper.edits) == UNDERWAY_MAX
