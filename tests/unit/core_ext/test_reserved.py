"""Who is in a set whatever the distance: ties, conversation, and the prominent of the room."""

from __future__ import annotations

import pytest

from protocol.ids import Tier
from tests.support.plaza import Plaza

EVERY_TICK = (Tier.FULL, 1)
HALL = 50_000
"""Far beyond anybody's radius."""


def crowded(*, reserved: int = 1, cap: int = 4) -> Plaza:
    """A plaza with as many people close by as the eye sees at a time."""
    plaza = Plaza(reserved=reserved, cap=cap)
    for n in range(cap):
        plaza.add(300 * n, -1000)
    plaza.look()
    return plaza


# --- the prominent ---


def test_who_speaks_with_weight_is_seen_from_anywhere() -> None:
    plaza = crowded()
    doctor = plaza.add(0, -HALL, weight=2.0)
    plaza.look()
    assert doctor not in plaza.seen
    plaza.speak(doctor)
    plaza.look()
    assert doctor in plaza.seen
    assert len(plaza.seen) == 4
    assert plaza.told(doctor)["reason"] == "prominent"
    assert plaza.shown(doctor) == (Tier.UPPER, 2)


def test_who_falls_silent_is_as_far_as_any_other() -> None:
    plaza = crowded()
    doctor = plaza.add(0, -HALL, weight=2.0)
    plaza.speak(doctor)
    plaza.look()
    plaza.wait(2001)
    plaza.look()
    assert plaza.seen == {1, 2, 3, 4}


def test_who_signs_with_weight_is_seen_from_anywhere_and_in_full_by_who_looks() -> None:
    plaza = crowded()
    interpreter = plaza.add(0, -HALL, weight=2.0)
    plaza.act(interpreter, signing=True)
    plaza.look()
    assert plaza.shown(interpreter) == EVERY_TICK
    plaza.wait(60_000)
    plaza.look()
    assert interpreter in plaza.seen


def test_with_common_weight_nobody_is_prominent() -> None:
    plaza = crowded()
    shouting = plaza.add(0, -HALL)
    plaza.speak(shouting)
    plaza.act(shouting, signing=True)
    plaza.look()
    assert shouting not in plaza.seen


def test_of_the_prominent_who_signs_comes_first_then_who_speaks_then_the_weight_then_the_slot() -> None:
    order = []
    plaza = crowded(reserved=1)
    lighter, heavier, equal, signing = (plaza.add(0, -HALL, weight=weight) for weight in (1.5, 3.0, 3.0, 1.25))
    for slot in (lighter, heavier, equal):
        plaza.speak(slot)
    plaza.act(signing, signing=True)
    for _ in range(4):
        plaza.look()
        (first,) = plaza.seen - {1, 2, 3, 4}
        order.append(first)
        plaza.table.set_present(first, False)
    assert order == [signing, heavier, equal, lighter]


def test_no_more_places_are_taken_than_are_reserved() -> None:
    plaza = crowded(reserved=2)
    for _ in range(5):
        plaza.speak(plaza.add(0, -HALL, weight=2.0))
    plaza.look()
    assert len(plaza.seen - {1, 2, 3, 4}) == 2


def test_the_prominent_of_a_room_are_sixteen_at_most_the_heaviest() -> None:
    plaza = Plaza(reserved=16, cap=40)
    for n in range(20):
        plaza.speak(plaza.add(0, -HALL, weight=1.25 + n / 4))
    plaza.look()
    assert plaza.seen == set(range(5, 21))


def test_a_prominent_one_in_a_private_zone_stays_unseen() -> None:
    plaza = crowded()
    doctor = plaza.add(0, -HALL, weight=2.0)
    plaza.table.set_zones([(-1000, 0, -HALL - 1000, 1000, 3000, -HALL + 1000)], 1)
    plaza.speak(doctor)
    plaza.look()
    assert doctor not in plaza.seen
    plaza.interest.set_granted(plaza.eye, 1)
    plaza.look()
    assert doctor in plaza.seen


def test_the_hidden_take_nobodys_reserved_place() -> None:
    plaza = crowded()
    hidden = [plaza.add(0, -HALL, weight=3.0) for _ in range(20)]
    plaza.table.set_zones([(-1000, 0, -HALL - 1000, 1000, 3000, -HALL + 1000)], 1)
    doctor = plaza.add(HALL, 0, weight=2.0)
    for slot in (*hidden, doctor):
        plaza.speak(slot)
    plaza.look()
    assert doctor in plaza.seen
    assert plaza.seen.isdisjoint(hidden)


def test_another_entity_in_the_slot_of_a_prominent_one_is_not_prominent() -> None:
    plaza = crowded()
    doctor = plaza.add(0, -HALL, weight=2.0)
    plaza.speak(doctor)
    plaza.begin_tick()
    plaza.table.remove(doctor)
    assert plaza.add(0, -HALL) == doctor
    plaza.interest.update(plaza.eye)
    assert doctor not in plaza.seen


# --- ties ---


def test_ties_outlast_distance_and_cap_and_show_everything() -> None:
    plaza = crowded(cap=2)
    patient = plaza.add(0, HALL)
    plaza.interest.tie(plaza.eye, patient)
    plaza.look()
    assert patient in plaza.seen
    assert len(plaza.seen) == 2
    assert plaza.told(patient)["reason"] == "tied"
    assert plaza.shown(patient) == EVERY_TICK
    plaza.interest.untie(plaza.eye, patient)
    plaza.look()
    assert plaza.seen == {1, 2}


def test_ties_never_outlast_permission() -> None:
    plaza = Plaza()
    patient = plaza.add(0, -1000)
    plaza.interest.tie(plaza.eye, patient)
    plaza.look()
    plaza.table.set_zones([(-500, 0, -1500, 500, 3000, -500)], 1)
    plaza.look()
    assert plaza.seen == set()
    plaza.table.set_zones([], 0)
    plaza.table.set_present(patient, False)
    plaza.look()
    assert plaza.seen == set()
    plaza.table.set_present(patient, True)
    plaza.look()
    assert plaza.told(patient)["reason"] == "tied"


def test_a_tie_ends_with_the_entity() -> None:
    plaza = crowded()
    patient = plaza.add(0, HALL)
    plaza.interest.tie(plaza.eye, patient)
    plaza.table.remove(patient)
    assert plaza.add(0, HALL) == patient
    plaza.look()
    assert patient not in plaza.seen


def test_ties_are_eight_at_most_and_those_to_the_gone_do_not_count() -> None:
    plaza = Plaza()
    slots = [plaza.add(0, HALL) for _ in range(9)]
    for slot in slots[:8] * 2:
        plaza.interest.tie(plaza.eye, slot)
    with pytest.raises(ValueError, match="8 ties"):
        plaza.interest.tie(plaza.eye, slots[8])
    plaza.table.remove(slots[3])
    plaza.interest.tie(plaza.eye, slots[8])
    plaza.look()
    assert plaza.seen == set(slots) - {slots[3]}


def test_a_tie_to_nobody_is_refused_and_undoing_none_is_nothing() -> None:
    plaza = Plaza()
    with pytest.raises(IndexError, match="no entity"):
        plaza.interest.tie(plaza.eye, 9)
    plaza.interest.untie(plaza.eye, 9)


def test_nobody_sees_himself_by_a_tie() -> None:
    plaza = Plaza()
    plaza.interest.tie(plaza.eye, 0)
    plaza.look()
    assert plaza.seen == set()


def test_with_fewer_places_than_ties_the_first_tied_are_seen() -> None:
    plaza = crowded(cap=2)
    slots = [plaza.add(0, HALL) for _ in range(3)]
    for slot in slots:
        plaza.interest.tie(plaza.eye, slot)
    plaza.look()
    assert plaza.seen == set(slots[:2])


# --- conversation ---


def talking(*, cap: int = 1, distance: int = 2000) -> tuple[Plaza, int]:
    """The eye and somebody face to face, who has spoken."""
    plaza = Plaza(cap=cap)
    other = plaza.add(0, -distance, yaw=180)
    plaza.speak(other)
    plaza.look()
    return plaza, other


def test_a_conversation_keeps_its_place_against_who_is_nearer() -> None:
    plaza, other = talking()
    plaza.add(0, -500)
    plaza.look(20)
    assert plaza.seen == {other}
    assert plaza.told(other)["reason"] == "conversation"


def test_who_listens_converses_too() -> None:
    plaza = Plaza(cap=1)
    other = plaza.add(0, -2000, yaw=180)
    plaza.speak(0)
    plaza.look()
    plaza.add(0, -500)
    plaza.look()
    assert plaza.seen == {other}


def test_a_conversation_ends_after_ten_silent_seconds() -> None:
    plaza, other = talking()
    nearer = plaza.add(0, -500)
    plaza.wait(9900)
    plaza.look()
    assert plaza.seen == {other}
    plaza.wait(101)
    # It still was one at the update before.
    plaza.look(2)
    assert plaza.seen == {nearer}


@pytest.mark.parametrize("apart", ["turned away", "not looked at", "too far"])
def test_a_conversation_is_face_to_face_and_near(apart: str) -> None:
    plaza, other = talking()
    if apart == "turned away":
        plaza.act(other, yaw=0)
    elif apart == "not looked at":
        plaza.act(0, yaw=180)
    else:
        plaza.put(other, 0, -4001)
    nearer = plaza.add(0, -500)
    plaza.look(2)
    assert plaza.seen == {nearer}


def test_a_conversation_has_head_and_hands_at_each_tick_at_least() -> None:
    plaza = Plaza(tier_mm=(1000, 1500))
    other = plaza.add(0, -3500, yaw=180)
    plaza.speak(0)
    plaza.look()
    assert plaza.shown(other) == (Tier.HEAD, 4)
    plaza.look()
    assert plaza.shown(other) == (Tier.UPPER, 1)


def test_one_converses_with_four_at_most() -> None:
    plaza = Plaza(cap=6)
    slots = [plaza.add(200 * n, -3000, yaw=180) for n in range(6)]
    plaza.speak(0)
    plaza.look(2)
    assert [plaza.told(slot)["reason"] for slot in slots].count("conversation") == 4
