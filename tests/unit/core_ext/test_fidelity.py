"""Who sees whom as they are: circles and clearances, and what the others get."""

from __future__ import annotations

from random import Random

import pytest

from protocol.ids import StateFlag, Tier
from protocol.masking import MASKED_HZ_MAX, Mask, mask_state
from protocol.snapshot import TrackedPart, show_in_tier
from tests.parity.fields import fields
from tests.support.plaza import Plaza

STAFF = 2
HEIGHT, SPAN = 1126, 900
MASK = Mask(HEIGHT, SPAN, floor=0, ceiling=3000)


def guarded(tick_hz: int = 20) -> tuple[Plaza, int]:
    """A plaza with somebody before the eye who is clear to staff alone."""
    plaza = Plaza(tick_hz=tick_hz)
    slot = plaza.add(0, -2000)
    plaza.interest.set_circle(slot, STAFF)
    plaza.interest.set_mask(slot, HEIGHT, SPAN)
    return plaza, slot


def wave(plaza: Plaza, slot: int, step: int, *, signing: bool = False) -> None:
    left = TrackedPart(-250, -400 + 10 * step, -300, 3, 0, 0, 0)
    flags = StateFlag.LEFT | StateFlag.LEFT_FINGERS
    plaza.act(slot, yaw=step, flags=flags, left=left, left_fingers=bytes([7 * step % 256] * 20), signing=signing)


def held(plaza: Plaza) -> object:
    (only,) = plaza.view.entities.values()
    return only.state


def test_who_is_not_cleared_gets_the_masked_stream() -> None:
    plaza, slot = guarded()
    wave(plaza, slot, 3)
    plaza.step()
    state = plaza.bodies[slot].state
    assert held(plaza) == show_in_tier(mask_state(state, MASK), Tier.FULL)
    assert plaza.interest.masked(slot) == fields(mask_state(state, MASK))
    assert plaza.told(slot)["masked"] is True


def test_who_is_cleared_gets_the_clear_one() -> None:
    plaza, slot = guarded()
    plaza.interest.set_clearance(plaza.eye, STAFF)
    wave(plaza, slot, 3)
    plaza.step()
    assert held(plaza) == show_in_tier(plaza.bodies[slot].state, Tier.FULL)
    assert plaza.told(slot)["masked"] is False


def test_a_change_holds_from_the_next_frame_on_though_nobody_is_looked_at_anew() -> None:
    plaza = Plaza(refresh=50)
    slot = plaza.add(0, -2000)
    wave(plaza, slot, 3)
    plaza.step()
    for circle, masked in ((STAFF, True), (1, False), (STAFF, True)):
        plaza.interest.set_circle(slot, circle)
        plaza.step()
        state = plaza.bodies[slot].state
        assert held(plaza) == show_in_tier(mask_state(state, Mask(ceiling=3000)) if masked else state, Tier.FULL)
    plaza.interest.set_clearance(plaza.eye, STAFF)
    plaza.step()
    assert held(plaza) == show_in_tier(plaza.bodies[slot].state, Tier.FULL)


def test_a_change_of_fidelity_lets_nobody_leave_or_enter() -> None:
    plaza, slot = guarded()
    plaza.step()
    plaza.interest.set_circle(slot, 1)
    changes = plaza.step()
    assert changes is not None
    assert (changes.left, [update.held.entity for update in changes.updated]) == ((), [1001])


@pytest.mark.parametrize("tick_hz", [5, 20, 30, 60, 120])
@pytest.mark.parametrize("signing", [False, True])
def test_the_rate_of_who_is_masked_is_clamped_but_that_of_signing(tick_hz: int, signing: bool) -> None:
    plaza, slot = guarded(tick_hz)
    updates = 0
    for tick in range(2 * tick_hz):
        wave(plaza, slot, tick, signing=signing)
        changes = plaza.step()
        updates += len(changes.updated) if changes else 0
    most = tick_hz if signing else min(tick_hz, MASKED_HZ_MAX)
    assert most <= updates <= 2 * most + 1
    assert (1 << plaza.interest.masked_period) * MASKED_HZ_MAX >= tick_hz


def frames_beside(clearance: int, *, looks: bool) -> list[bytes]:
    """What is sent to one who is cleared for nobody and looks now and then, beside one who looks always or never."""
    plaza, random = Plaza(), Random(7)
    for place in range(6):
        slot = plaza.add(400 * place - 1000, -2000)
        plaza.interest.set_circle(slot, STAFF if place else 1)
    other = plaza.interest.add_observer(plaza.add(0, 1000), 0)
    plaza.interest.set_clearance(other, clearance)
    frames = []
    for tick in range(120):
        for slot in range(1, 7):
            wave(plaza, slot, random.randrange(30))
        plaza.begin_tick()
        plaza.interest.step()
        if looks:
            plaza.encoder.frame(other, ages=False)
        if tick % 7 == 0:
            frames.append(plaza.encoder.frame(plaza.eye, ages=True))
    return frames


def test_who_is_not_cleared_is_told_nothing_of_where_others_look_who_are() -> None:
    assert frames_beside(STAFF, looks=True) == frames_beside(STAFF, looks=False)
    # Of those who are cleared for the same it does show: the comparison finds what is shared.
    assert frames_beside(0, looks=True) != frames_beside(0, looks=False)


def test_whoever_is_in_everybodys_circle_shares_what_all_do() -> None:
    assert frames_beside(1, looks=True) == frames_beside(0, looks=True)


def test_a_slot_that_passes_on_passes_no_circle_on() -> None:
    plaza, slot = guarded()
    plaza.table.remove(slot)
    plaza.interest.set_circle(0, 1)
    assert plaza.add(0, -2000) == slot
    plaza.step()
    assert plaza.told(slot)["masked"] is False


def test_what_stands_at_each_scale_is_checked() -> None:
    plaza, slot = guarded()
    for height, span in ((869, 1024), (1024, 1179)):
        with pytest.raises(ValueError, match="a scale is 870 to 1178"):
            plaza.interest.set_mask(slot, height, span)
    with pytest.raises(IndexError):
        plaza.interest.set_circle(70, 1)
    with pytest.raises(IndexError):
        plaza.interest.masked(70)
    with pytest.raises(IndexError):
        plaza.interest.set_clearance(9, 1)


def test_fingers_are_shown_as_posture_where_the_room_says_so() -> None:
    plaza, slot = guarded()
    wave(plaza, slot, 3)
    plaza.interest.show_masked_fingers(True)
    plaza.step()
    assert plaza.interest.masked(slot)[5] == bytes(20)
    wave(plaza, slot, 9)
    assert plaza.interest.masked(slot)[5] == bytes([64] * 20)


def test_a_budget_leaves_the_masked_masked() -> None:
    plaza, slot = guarded()
    plaza.interest.set_budget(plaza.eye, 2000)
    for tick in range(20):
        wave(plaza, slot, tick)
        plaza.step()
    assert plaza.told(slot)["masked"] is True
    assert held(plaza) != show_in_tier(plaza.bodies[slot].state, Tier.FULL)
