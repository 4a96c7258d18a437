import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest

from protocol.fields import FLEXION_SPAN, SPREAD_SPAN, dequantise_flexion, dequantise_spread
from protocol.finger_fit import (
    ALONG_BONE,
    HELD,
    held_flexion,
    held_spread,
    joint_turn,
    values_from_bones,
    values_from_rotations,
)
from protocol.ids import UNIT_MAX, VALUE_BITS
from protocol.quaternion import IDENTITY, Quaternion, conjugate, dot, from_degrees, multiply, rotate
from protocol.reference_hand import FINGERS, ReferenceFinger
from protocol.tiers import to_level, to_value

THUMB, INDEX, *_ = FINGERS
WIDEST_GAP = max(high - low for low, high in pairwise(HELD))
every_finger = pytest.mark.parametrize("finger", FINGERS, ids=("thumb", "index", "middle", "ring", "little"))


def rotations_of(finger: ReferenceFinger, values: Sequence[int]) -> list[Quaternion]:
    """The rotations of a finger's movable joints in the frame of the wrist."""
    frame, rotations = IDENTITY, []
    for joint, flexion in enumerate(values[:3]):
        frame = multiply(frame, joint_turn(finger, joint, flexion, values[3]))
        rotations.append(frame)
    return rotations


def held_values(random: Random) -> bytes:
    return bytes(random.choice(HELD) for _ in range(4))


def degrees_of(turn: Quaternion) -> float:
    return math.degrees(2 * math.acos(min(1.0, abs(turn[3]))))


def test_the_values_held_are_those_a_record_gives_back() -> None:
    assert len(HELD) == 1 << VALUE_BITS
    assert (HELD[0], HELD[-1]) == (0, UNIT_MAX)
    assert [to_value(to_level(value, VALUE_BITS), VALUE_BITS) for value in HELD] == list(HELD)


@pytest.mark.parametrize("value", HELD)
def test_a_held_value_comes_back_from_its_angle(value: int) -> None:
    assert held_flexion(dequantise_flexion(value)) == value
    assert held_spread(dequantise_spread(value)) == value


def test_an_angle_between_two_held_values_goes_to_the_nearer() -> None:
    for low, high in pairwise(HELD):
        below, above = low * 0.51 + high * 0.49, low * 0.49 + high * 0.51
        for held, span, offset in ((held_flexion, FLEXION_SPAN, 0.5), (held_spread, SPREAD_SPAN, 0.7)):
            assert [held(share / UNIT_MAX * span - offset) for share in (below, above)] == [low, high]


@pytest.mark.parametrize(
    ("flexion", "value"),
    [(-0.9, 0), (2.4, 255), (math.pi, 255), (-math.pi, 255), (-2.3, 0), (4.0, 0), (2.0 - math.tau, 255)],
)
def test_a_flexion_beyond_the_range_stops_at_the_nearer_end(flexion: float, value: int) -> None:
    assert held_flexion(flexion) == value


@pytest.mark.parametrize(("spread", "value"), [(0.8, 255), (3.1, 255), (3.2, 0), (-0.8, 0), (0.7 - math.tau, 255)])
def test_a_spread_beyond_the_range_stops_at_the_nearer_end(spread: float, value: int) -> None:
    assert held_spread(spread) == value


@every_finger
def test_spread_turns_the_first_joint_alone(finger: ReferenceFinger) -> None:
    assert joint_turn(finger, 0, 80, HELD[0]) != joint_turn(finger, 0, 80, HELD[-1])
    for joint in (1, 2):
        assert joint_turn(finger, joint, 80, HELD[0]) == joint_turn(finger, joint, 80, HELD[-1])


@every_finger
def test_a_joint_turns_by_as_much_as_its_flexion_changes(finger: ReferenceFinger) -> None:
    low, high = HELD[10], HELD[30]
    bent = math.degrees(dequantise_flexion(high) - dequantise_flexion(low))
    for joint in range(3):
        between = multiply(conjugate(joint_turn(finger, joint, low, 128)), joint_turn(finger, joint, high, 128))
        assert degrees_of(between) == pytest.approx(bent)


def test_a_knuckle_spreads_before_it_bends() -> None:
    """Bent down, the bone points away from the back of the hand however it is spread; a thumb's does not."""
    for finger in FINGERS:
        first, second = (rotate(joint_turn(finger, 0, 208, spread), ALONG_BONE) for spread in (60, 200))
        assert (math.degrees(math.acos(dot(first, second))) > 30) == (finger is THUMB)


@every_finger
def test_values_come_back_from_the_rotations_they_stand_for(finger: ReferenceFinger) -> None:
    random = Random(1)
    for _ in range(100):
        values = held_values(random)
        assert values_from_rotations(finger, rotations_of(finger, values)) == values


@every_finger
def test_values_come_back_from_the_bones_they_point(finger: ReferenceFinger) -> None:
    random = Random(2)
    for _ in range(50):
        values = held_values(random)
        bones = [rotate(rotation, ALONG_BONE) for rotation in rotations_of(finger, values)]
        assert values_from_bones(finger, bones) == values


def test_a_rotation_and_its_negative_are_the_same() -> None:
    values = bytes((HELD[20], HELD[30], HELD[25], HELD[40]))
    rotations = rotations_of(INDEX, values)
    opposite = [(-x, -y, -z, -w) for x, y, z, w in rotations]
    assert values_from_rotations(INDEX, opposite) == values


@every_finger
def test_what_one_joint_is_rounded_by_does_not_add_up_to_the_tip(finger: ReferenceFinger) -> None:
    """Rounded each by itself, the last of three flexions could be off by one and a half levels."""
    random = Random(3)
    half_a_level = math.degrees(WIDEST_GAP / UNIT_MAX * FLEXION_SPAN) / 2
    half_a_spread = math.degrees(WIDEST_GAP / UNIT_MAX * SPREAD_SPAN) / 2
    for _ in range(100):
        tracked = rotations_of(finger, [random.randrange(20, 236) for _ in range(4)])
        shown = rotations_of(finger, values_from_rotations(finger, tracked))
        for first, second in zip(tracked, shown, strict=True):
            assert degrees_of(multiply(conjugate(first), second)) < half_a_level + half_a_spread


def test_a_twist_that_no_value_stands_for_changes_no_value() -> None:
    """A last joint turned about its own bone, which is no movement of a finger."""
    values = bytes((HELD[20], HELD[30], HELD[25], HELD[40]))
    rotations = rotations_of(INDEX, values)
    rotations[2] = multiply(rotations[2], from_degrees(0.0, 0.0, 5.0))
    assert values_from_rotations(INDEX, rotations) == values
