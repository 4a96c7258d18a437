"""How much of each member is shown and how often: what the terms of its effective distance do."""

from __future__ import annotations

import math

import pytest

from protocol.ids import StateFlag, Tier
from tests.support.plaza import SPEECH, Plaza, towards

EVERY_TICK = (Tier.FULL, 1)
PATIENCE = 5


def ahead(plaza: Plaza, distance: float, *, weight: float = 1.0) -> int:
    """Somebody right before the eye, who looks away from it."""
    slot = plaza.add(0, -distance, weight=weight)
    plaza.look()
    return slot


@pytest.mark.parametrize(
    ("distance", "tier", "period"),
    [
        (4000, Tier.FULL, 1),
        (4001, Tier.UPPER, 2),
        (8000, Tier.UPPER, 2),
        (8001, Tier.HEAD, 4),
        (16_000, Tier.HEAD, 4),
        (16_001, Tier.HEAD, 8),
        (32_000, Tier.HEAD, 8),
        (32_001, Tier.HEAD, 16),
        (59_000, Tier.HEAD, 16),
    ],
)
def test_the_rate_falls_by_half_with_each_doubling_of_the_distance(distance: int, tier: Tier, period: int) -> None:
    plaza = Plaza(tick_hz=60, radius_mm=80_000)
    assert plaza.shown(ahead(plaza, distance)) == (tier, period)


@pytest.mark.parametrize(
    ("tick_hz", "period"), [(2, 1), (5, 2), (9, 2), (10, 4), (20, 8), (30, 8), (60, 16), (120, 16)]
)
def test_distance_alone_makes_nothing_rarer_than_two_and_a_half_times_a_second(tick_hz: int, period: int) -> None:
    plaza = Plaza(tick_hz=tick_hz, radius_mm=80_000)
    assert plaza.shown(ahead(plaza, 59_000)) == (Tier.HEAD, period)
    assert 1 << plaza.interest.slowest == period


@pytest.mark.parametrize(
    ("degrees", "view", "effective"),
    [(0, "ahead", 3000), (59, "ahead", 3000), (61, "aside", 4242), (119, "aside", 4242), (121, "behind", 6000)],
)
def test_what_is_aside_or_behind_counts_as_farther(degrees: int, view: str, effective: int) -> None:
    for side in (-1, 1):
        plaza = Plaza()
        angle = side * math.radians(degrees)
        slot = plaza.add(3000 * math.sin(angle), -3000 * math.cos(angle))
        plaza.look()
        told = plaza.told(slot)
        assert told["view"] == view
        assert told["effective_mm"] == pytest.approx(effective, abs=2)
        assert plaza.shown(slot) == (EVERY_TICK if view == "ahead" else (Tier.UPPER, 2))


def test_at_ones_own_place_and_looking_straight_up_all_is_ahead() -> None:
    plaza = Plaza()
    here = ahead(plaza, 0)
    assert plaza.told(here)["view"] == "ahead"
    # Pitched by a quarter turn: seen from above the head faces nowhere.
    plaza.table.place(0, 0, 1600, 0, (3, 400, 0, 0))
    behind = plaza.add(0, 3000)
    plaza.look()
    assert plaza.told(behind)["view"] == "ahead"


def test_turning_to_somebody_shows_more_at_once_and_turning_away_less_after_a_while() -> None:
    plaza = Plaza()
    slot = plaza.add(0, 3000)
    plaza.look()
    assert plaza.shown(slot) == (Tier.UPPER, 2)
    plaza.act(0, yaw=180)
    plaza.look()
    assert plaza.shown(slot) == EVERY_TICK
    plaza.act(0, yaw=0)
    plaza.look(PATIENCE - 1)
    assert plaza.shown(slot) == EVERY_TICK
    plaza.look()
    assert plaza.shown(slot) == (Tier.UPPER, 2)


def test_a_glance_back_begins_the_patience_anew() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 3000)
    for _ in range(3):
        plaza.act(0, yaw=180)
        plaza.look(PATIENCE - 1)
        plaza.act(0, yaw=0)
        plaza.look()
    assert plaza.shown(slot) == EVERY_TICK


def test_what_is_finer_is_kept_until_a_tenth_beyond_its_edge() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 4000)
    steps = (
        (4400, EVERY_TICK),
        (4401, (Tier.UPPER, 2)),
        (4001, (Tier.UPPER, 2)),
        (4000, EVERY_TICK),
        (8001, (Tier.HEAD, 4)),
        (8000, (Tier.UPPER, 2)),
        (8800, (Tier.UPPER, 2)),
        (8801, (Tier.HEAD, 4)),
    )
    for distance, shown in steps:
        plaza.put(slot, 0, -distance)
        plaza.look(2 * PATIENCE)
        assert plaza.shown(slot) == shown, distance


@pytest.mark.parametrize(("weight", "effective"), [(1.0, 6000), (2.0, 3000), (1.5, 4000), (0.25, 24_000), (16.0, 375)])
def test_who_has_twice_the_weight_counts_as_half_as_far(weight: float, effective: int) -> None:
    plaza = Plaza()
    told = plaza.told(ahead(plaza, 6000, weight=weight))
    assert (told["weight"], told["effective_mm"]) == (weight, effective)


def test_who_speaks_counts_as_half_as_far_until_the_pause_is_longer_than_between_words() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 6000)
    assert plaza.shown(slot) == (Tier.UPPER, 2)
    plaza.speak(slot)
    plaza.look()
    assert plaza.told(slot)["effective_mm"] == 3000
    assert plaza.shown(slot) == EVERY_TICK
    plaza.wait(1900)
    plaza.look()
    assert plaza.told(slot)["speaking"]
    plaza.wait(100)
    plaza.look(PATIENCE)
    assert not plaza.told(slot)["speaking"]
    assert plaza.shown(slot) == (Tier.UPPER, 2)


def test_breath_is_no_speech() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 6000)
    plaza.act(slot, voice=23)
    assert not plaza.told(slot)["speaking"]
    plaza.act(slot, voice=24)
    assert plaza.told(slot)["speaking"]


def test_the_hands_of_who_signs_in_view_are_shown_in_full_at_each_tick() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 15_000)
    assert plaza.shown(slot) == (Tier.HEAD, 4)
    plaza.act(slot, signing=True)
    plaza.look()
    assert plaza.shown(slot) == EVERY_TICK
    hands = StateFlag.LEFT | StateFlag.RIGHT | StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS
    plaza.step()
    for values in (bytes([10] * 20), bytes([200] * 20), bytes([90] * 20)):
        plaza.act(slot, signing=True, flags=hands, left_fingers=values, right_fingers=values)
        changes = plaza.step()
        assert changes is not None
        (update,) = changes.updated
        assert update.held.state.flags & hands == hands
        assert update.held.state.left_fingers[0] == pytest.approx(values[0], abs=8)


def test_who_signs_behind_ones_back_is_like_any_other() -> None:
    plaza = Plaza()
    slot = plaza.add(0, 7000)
    plaza.act(slot, signing=True)
    plaza.look()
    assert plaza.told(slot)["signing"]
    assert plaza.shown(slot) == (Tier.HEAD, 4)


def test_records_come_at_the_rate_that_is_told() -> None:
    plaza = Plaza(tick_hz=60, radius_mm=80_000)
    slots = [plaza.add(0, -distance) for distance in (3000, 6000, 12_000, 24_000, 48_000)]
    plaza.step()
    counts = dict.fromkeys(slots, 0)
    aliases = {alias: slot for slot, alias, _ in plaza.interest.members(plaza.eye)}
    for tick in range(64):
        for slot in slots:
            plaza.act(slot, yaw=3 * tick + 3)
        changes = plaza.step()
        for update in changes.updated if changes else ():
            counts[aliases[update.held.alias]] += 1
    assert list(counts.values()) == [64, 32, 16, 8, 4]
    assert [plaza.told(slot)["rate_hz"] for slot in slots] == [60.0, 30.0, 15.0, 7.5, 3.75]


def test_those_who_see_an_entity_alike_share_its_records() -> None:
    plaza = Plaza()
    slot = plaza.add(0, -6000)
    others = [plaza.interest.add_observer(0, 0) for _ in range(5)]
    for tick in range(20):
        plaza.act(slot, yaw=4 * tick)
        plaza.step()
        frames = {plaza.encoder.frame(other, ages=False) for other in others}
        assert len(frames) == 1
    # One full record, and a delta every second tick.
    assert plaza.encoder.encoded == 1 + 10


def test_a_strained_server_shows_far_ones_less_often_but_not_those_near() -> None:
    plaza = Plaza(reserved=1)
    near, aside, far = ahead(plaza, 3000), ahead(plaza, 6000), ahead(plaza, 12_000)
    doctor = ahead(plaza, 13_000, weight=2.0)
    plaza.speak(doctor)
    for strain, periods in ((0, (1, 2, 4, 1)), (1, (1, 4, 8, 1)), (3, (1, 16, 16, 1)), (0, (1, 2, 4, 1))):
        plaza.interest.strain = strain
        plaza.look()
        assert tuple(plaza.shown(slot)[1] for slot in (near, aside, far, doctor)) == periods
        assert plaza.told(far)["strain"] == strain
        assert plaza.told(far)["wanted"] == (Tier.HEAD, 4)
        assert [plaza.shown(slot)[0] for slot in (near, aside, far)] == [Tier.FULL, Tier.UPPER, Tier.HEAD]


def test_in_a_crowd_about_as_many_as_the_room_says_are_shown_in_full() -> None:
    plaza = Plaza(cap=16, detailed=4, tier_mm=(10_000, 20_000))
    people = [ahead(plaza, 100 * math.sqrt(number)) for number in range(1, 41)]
    plaza.look(PATIENCE)
    full = [slot for slot, _, tier in plaza.interest.members(plaza.eye) if tier == Tier.FULL]
    assert sorted(full) == people[:4]
    # All of them again once there are places for all.
    for slot in people[15:]:
        plaza.table.remove(slot)
    plaza.look()
    assert {plaza.shown(slot) for slot in people[:15]} == {EVERY_TICK}


def test_all_terms_are_explained() -> None:
    plaza = Plaza(tick_hz=60, reserved=2, cap=5)
    slot = plaza.add(8000, 0, yaw=towards(-1, 0), weight=2.0)
    plaza.act(slot, signing=True, voice=SPEECH)
    plaza.look()
    plaza.interest.set_budget(plaza.eye, 50_000)
    assert plaza.told(slot) == {
        "present": True,
        "permitted": True,
        "distance_mm": 8000,
        "effective_mm": 2828,
        "view": "aside",
        "weight": 2.0,
        "speaking": True,
        "signing": True,
        "members": 1,
        "cap": 5,
        "tiers_mm": (4000, 8000),
        "strain": 0,
        "stretch": 0,
        "bytes_per_second": 50_000,
        "member": True,
        "rank": 1,
        "reason": "prominent",
        "wanted": EVERY_TICK,
        "shown": EVERY_TICK,
        "rate_hz": 60.0,
        "masked": False,
        "sent_ticks_ago": None,
    }
    plaza.step()
    plaza.look(3)
    assert plaza.told(slot)["sent_ticks_ago"] == 3


def test_why_somebody_is_not_seen_is_explained() -> None:
    plaza = Plaza(radius_mm=5000)
    slot = ahead(plaza, 9000)
    told = plaza.told(slot)
    assert not told["member"]
    assert "rank" not in told
    plaza.table.set_zones([(-1000, 0, -10_000, 1000, 3000, -8000)], 1)
    plaza.table.set_present(slot, False)
    told = plaza.told(slot)
    assert (told["present"], told["permitted"]) == (False, False)
    plaza.table.set_present(slot, True)
    told = plaza.told(slot)
    assert (told["present"], told["permitted"]) == (True, False)


def test_what_is_nobody_is_not_explained() -> None:
    plaza = Plaza()
    with pytest.raises(IndexError, match="no entity"):
        plaza.told(7)


def test_another_entity_in_a_slot_has_no_weight_voice_or_facing_of_the_one_before() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 1000, weight=4.0)
    plaza.act(slot, signing=True, voice=SPEECH, yaw=180)
    plaza.table.remove(slot)
    assert ahead(plaza, 1000) == slot
    told = plaza.told(slot)
    assert (told["weight"], told["speaking"], told["signing"]) == (1.0, False, False)
    plaza.speak(0)
    plaza.look(2)
    assert plaza.told(slot)["reason"] == "near"


def test_who_is_set_down_by_the_server_signs_no_more() -> None:
    plaza = Plaza()
    slot = ahead(plaza, 1000)
    plaza.act(slot, signing=True)
    plaza.put(slot, 0, -1500)
    assert not plaza.told(slot)["signing"]
