"""Bots that handle things, and the watch over one truth."""

from __future__ import annotations

from random import Random

import pytest

from core_ext import FrameDecoder
from loadtest.handover import FACTS_KEPT, GRIP, THINGS_KEPT, TRUTHS_KEPT, Hands, Seen, Truths, things_in_sight
from protocol.codec import encode_facts
from protocol.messages import AvatarFacts, ObjectFacts
from protocol.snapshot import (
    AvatarState,
    Enter,
    Frame,
    Record,
    TrackedPart,
    encode_frame,
    first_held,
    full_record,
)

LYING = AvatarState(flags=1, head=TrackedPart(400, 1000, 0, largest=3))
HEAD = (0, 1600, 0)


def tablet(**changes: object) -> ObjectFacts:
    return ObjectFacts(**{"kind": "prop", "name": "Tablet", "model": "tablet", "grabbable": True} | changes)  # type: ignore[arg-type]  # of one map


@pytest.fixture
def noted() -> list[str]:
    return []


@pytest.fixture
def truths(noted: list[str]) -> Truths:
    return Truths(lambda kind, _: noted.append(kind))


def test_only_what_is_grabbable_is_looked_at() -> None:
    everything = [
        (1, encode_facts(AvatarFacts(kind="avatar", name="Ann", role="patient", avatar="plain")), LYING),
        (2, encode_facts(tablet()), LYING),
        (3, encode_facts(tablet(grabbable=False)), LYING),
        (4, encode_facts(tablet(holder=1, hand="left", grip=GRIP)), AvatarState()),
        (5, b"\xc1", LYING),
    ]
    decoder = FrameDecoder()
    enters = tuple(Enter(alias, entity, facts) for alias, (entity, facts, _) in enumerate(everything))
    records = tuple(Record(alias, full_record(first_held(state))) for alias, (_, _, state) in enumerate(everything))
    decoder.apply(encode_frame(Frame(1, 0, enters=enters, records=records)))
    seen = list(things_in_sight(decoder, {}))
    assert [(each.entity, each.place) for each in seen] == [(2, (400, 1000, 0)), (4, None)]


def test_bots_that_know_the_same_agree(truths: Truths, noted: list[str]) -> None:
    held = tablet(holder=1, hand="left", grip=GRIP, ownership=1, authority=1)
    for name in ("A", "B"):
        truths.judge(name, 0, Seen(900, tablet(), (400, 1000, 0)), -1)
        truths.judge(name, 0, Seen(900, held, None), 0)
    assert (truths.compared, noted) == (4, [])


def test_a_place_may_be_told_more_coarsely(truths: Truths, noted: list[str]) -> None:
    for x, known in ((400, []), (528, []), (529, ["prop_mismatch"])):
        truths.judge("A", 0, Seen(900, tablet(), (x, 1000, 0)), -1)
        assert noted == known


@pytest.mark.parametrize(
    ("room", "seen", "newest", "kind"),
    [
        (0, Seen(900, tablet(holder=2, hand="left", grip=GRIP, authority=5), None), 5, "prop_mismatch"),
        (0, Seen(900, tablet(holder=1, hand="right", grip=GRIP, authority=5), None), 5, "prop_mismatch"),
        (0, Seen(900, tablet(holder=1, hand="left", grip=GRIP, authority=5), (0, 0, 0)), 5, "prop_mismatch"),
        (0, Seen(900, tablet(authority=6), None), 5, "prop_mismatch"),
        (0, Seen(900, tablet(authority=4), (0, 0, 0)), 5, "prop_order"),
        (1, Seen(900, tablet(authority=6), (0, 0, 0)), 5, "foreign_prop"),
    ],
)
def test_what_is_not_one_truth_is_noted(room: int, seen: Seen, newest: int, kind: str) -> None:
    noted: list[str] = []
    truths = Truths(lambda kind, _: noted.append(kind))
    truths.judge("A", 0, Seen(900, tablet(holder=1, hand="left", grip=GRIP, authority=5), None), -1)
    truths.judge("B", room, seen, newest)
    assert noted == [kind]


def test_old_truths_are_let_go_of(truths: Truths, noted: list[str]) -> None:
    for authority in range(2 * TRUTHS_KEPT):
        truths.judge("A", 0, Seen(900, tablet(authority=authority), (0, 0, 0)), authority - 1)
    assert noted == []
    assert [len(told.truths) for told in truths._things.values()] == [TRUTHS_KEPT]


def test_things_that_are_gone_are_let_go_of_and_those_still_seen_are_not(truths: Truths, noted: list[str]) -> None:
    for entity in range(2 * THINGS_KEPT):
        truths.judge("A", 0, Seen(entity + 1000, tablet(), (0, 0, 0)), -1)
        truths.judge("A", 7, Seen(1, tablet(), (0, 0, 0)), -1)
    assert len(truths._things) == THINGS_KEPT
    assert noted == []
    truths.judge("B", 0, Seen(1, tablet(), (0, 0, 0)), -1)
    assert noted == ["foreign_prop"]


def test_of_decoded_facts_the_newest_are_kept() -> None:
    known: dict[bytes, ObjectFacts | None] = {}
    for count in range(FACTS_KEPT + 10):
        decoder = FrameDecoder()
        enter = Enter(0, 900, encode_facts(tablet(authority=count)))
        decoder.apply(encode_frame(Frame(1, 0, enters=(enter,), records=(Record(0, full_record(first_held(LYING))),))))
        (seen,) = things_in_sight(decoder, known)
        assert seen.facts.authority == count
    assert len(known) == FACTS_KEPT


def test_a_bot_draws_near_what_is_far_and_takes_what_is_near() -> None:
    hands = Hands(7, Random(1))
    assert hands.next_wish([], HEAD) is None
    assert hands.next_wish([Seen(900, tablet(), (3000, 0, 0))], HEAD) is None
    far, near = Seen(900, tablet(authority=4), (1500, 1000, 0)), Seen(901, tablet(ownership=3), (0, 1200, 0))
    moved = hands.next_wish([far], HEAD)
    assert moved is not None
    assert (moved[0], moved[1]["prop"], moved[1]["authority"]) == ("move", 900, 4)
    taken = hands.next_wish([near], HEAD)
    assert taken is not None
    assert (taken[0], taken[1]["prop"], taken[1]["ownership"]) == ("grab", 901, 3)


def test_a_bot_parts_with_what_it_holds() -> None:
    hands = Hands(7, Random(1))
    held = Seen(900, tablet(holder=7, hand="left", grip=GRIP, ownership=1), None)
    wishes = [hands.next_wish([held], HEAD) for _ in range(20)]
    assert {wish[0] for wish in wishes if wish is not None} == {"offer", "put"}
    offered = Seen(900, tablet(holder=7, hand="left", grip=GRIP, ownership=1, offered=True), None)
    assert all((wish := hands.next_wish([offered], HEAD)) is not None and wish[0] == "put" for _ in range(20))
