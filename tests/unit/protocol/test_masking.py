from __future__ import annotations

import math
from dataclasses import replace

import pytest

from protocol.fields import BLENDSHAPES, pack_rotation, unpack_rotation
from protocol.ids import HEAD_POSITION_MAX, StateFlag
from protocol.masking import (
    EYE_VALUES,
    HEAD_STEP_DEGREES,
    SCALE_GREATEST,
    SCALE_LEAST,
    SCALE_ONE,
    Mask,
    mask_state,
    turn_and_nod,
)
from protocol.quaternion import about_x, about_y, about_z, multiply
from protocol.state import AvatarState, TrackedPart

STATE = AvatarState(
    flags=0x3F,
    voice=100,
    head=TrackedPart(1001, 1600, -2001, 3, 0, 0, 0),
    left=TrackedPart(-250, -400, -300, 3, 1, 2, 3),
    right=TrackedPart(250, -1600, 65, 1, 0, 0, 7),
    left_fingers=bytes(range(0, 240, 12)),
    right_fingers=bytes([255] * 20),
    face=bytes(range(100, 152)),
)
TALL = Mask(height=1126, span=922, fingers=True)


def angles(rotation: tuple[int, int, int, int]) -> tuple[float, float, float]:
    """Turn, nod and tilt in degrees."""
    x, y, z, w = unpack_rotation(rotation)
    turn = math.atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    nod = math.asin(max(-1.0, min(1.0, 2 * (w * x - y * z))))
    tilt = math.atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return math.degrees(turn), math.degrees(nod), math.degrees(tilt)


def test_a_body_has_another_height_from_the_floor_up() -> None:
    masked = mask_state(STATE, replace(TALL, floor=100))
    assert masked.head.position == (1001, 100 + round(1500 * 1126 / SCALE_ONE), -2001)


def test_what_touches_the_floor_still_does() -> None:
    masked = mask_state(STATE, TALL)
    assert masked.head.y + masked.right.y == 0


def test_an_arm_span_has_a_scale_of_its_own() -> None:
    left = mask_state(STATE, TALL).left
    assert left.position == (-225, -440, -270)
    assert left.rotation == STATE.left.rotation


@pytest.mark.parametrize("scale", [SCALE_LEAST, SCALE_GREATEST])
def test_a_head_stays_within_the_room_and_the_wire(scale: int) -> None:
    mask = Mask(height=scale, ceiling=1500)
    assert mask_state(STATE, mask).head.y <= 1500
    deep = replace(STATE, head=replace(STATE.head, y=-HEAD_POSITION_MAX))
    assert mask_state(deep, mask).head.y >= -HEAD_POSITION_MAX


@pytest.mark.parametrize(("turn", "nod"), [(0, 0), (37, -20), (-170, 65), (123, 5), (90, -76)])
@pytest.mark.parametrize("tilt", [0, 11, -30])
def test_a_head_keeps_its_turn_and_nod_to_a_step_and_no_tilt(turn: int, nod: int, tilt: int) -> None:
    nodded = multiply(about_y(math.radians(turn)), about_x(math.radians(nod)))
    packed = pack_rotation(multiply(nodded, about_z(math.radians(tilt))))
    kept_turn, kept_nod, kept_tilt = angles(turn_and_nod(packed))
    for angle, kept in ((turn, kept_turn), (nod, kept_nod)):
        assert abs((kept - angle + 180) % 360 - 180) <= HEAD_STEP_DEGREES / 2 + 0.6
    if abs(nod) < 80:
        assert abs(kept_tilt) < 1
        assert abs(kept_nod / HEAD_STEP_DEGREES - round(kept_nod / HEAD_STEP_DEGREES)) * HEAD_STEP_DEGREES < 0.5


def test_a_small_movement_of_the_head_does_not_show() -> None:
    packed = {turn_and_nod(pack_rotation(about_y(math.radians(angle)))) for angle in (-2.0, -1.0, 0.0, 1.0, 2.0)}
    assert len(packed) == 1


def test_eyes_rest_and_the_mouth_moves() -> None:
    face = mask_state(STATE, TALL).face
    resting = {name for name, weight in zip(BLENDSHAPES, face, strict=True) if not weight}
    assert resting == {name for name in BLENDSHAPES if name.startswith("eye")}
    assert face[EYE_VALUES:] == STATE.face[EYE_VALUES:]


def test_fingers_are_posture_or_nothing() -> None:
    shown = mask_state(STATE, TALL)
    assert set(shown.left_fingers) == {0, 64, 128, 192, 255}
    assert set(shown.right_fingers) == {255}
    hidden = mask_state(STATE, replace(TALL, fingers=False))
    assert not hidden.flags & (StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS)
    assert (hidden.left_fingers, hidden.right_fingers) == (bytes(20), bytes(20))


@pytest.mark.parametrize("fingers", [True, False])
def test_who_signs_is_read_by_the_fingers(fingers: bool) -> None:
    signing = replace(STATE, flags=STATE.flags | StateFlag.SIGNING)
    shown = mask_state(signing, replace(TALL, fingers=fingers))
    assert (shown.flags, shown.left_fingers) == (signing.flags, signing.left_fingers)


def test_what_is_not_tracked_stays_so() -> None:
    assert mask_state(AvatarState(), TALL) == AvatarState()
