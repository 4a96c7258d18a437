import math

from hypothesis import example, given
from hypothesis import strategies as st

from protocol.errors import MalformedFrame, MalformedPose
from protocol.fields import Quaternion
from protocol.ids import RECORD_BYTES_MAX, Tier
from protocol.snapshot import (
    AvatarState,
    Pose,
    apply_record,
    decode_pose,
    delta_record,
    encode_pose,
    full_record,
    mask_for_tier,
    pose_from_floats,
    pose_size,
    state_to_floats,
)
from tests.support.avatar_states import avatar_states, fixed, quaternions

tiers = st.sampled_from(Tier)
metres = st.floats(-15.0, 15.0)
places = st.tuples(metres, metres, metres)


@fixed
@given(avatar_states, st.integers(0, 2**16 - 1), st.integers(0, 2**32 - 1))
def test_a_pose_comes_back(state: AvatarState, sequence: int, sampled_at: int) -> None:
    pose = Pose(state, sequence, sampled_at)
    data = encode_pose(pose)
    assert len(data) == pose_size(state.flags)
    assert decode_pose(data) == pose


@fixed
@given(avatar_states, avatar_states, tiers)
def test_a_delta_takes_old_to_new(old: AvatarState, new: AvatarState, tier: Tier) -> None:
    old, new = mask_for_tier(old, tier), mask_for_tier(new, tier)
    record = delta_record(old, new)
    if record is None:
        assert old == new
        return
    assert old != new
    assert len(record) <= RECORD_BYTES_MAX
    assert apply_record(old, record) == (new, len(record))


@fixed
@given(avatar_states, avatar_states, tiers)
def test_a_full_record_takes_anything_to_new(old: AvatarState, new: AvatarState, tier: Tier) -> None:
    new = mask_for_tier(new, tier)
    record = full_record(new)
    assert len(record) <= RECORD_BYTES_MAX
    assert apply_record(old, record) == (new, len(record))


@fixed
@given(avatar_states, tiers, tiers)
def test_a_coarser_tier_is_a_part_of_a_finer(state: AvatarState, one: Tier, other: Tier) -> None:
    both = mask_for_tier(mask_for_tier(state, one), other)
    assert both == mask_for_tier(state, max(one, other))


@fixed
@given(places, places, quaternions)
def test_floats_come_back_within_the_stated_error(
    head: tuple[float, float, float], left: tuple[float, float, float], quaternion: Quaternion
) -> None:
    floats = state_to_floats(pose_from_floats(head=(head, quaternion), left=(left, quaternion)))
    assert floats.head is not None
    assert math.dist(floats.head[0], head) <= 0.0005 * math.sqrt(3) + 1e-9
    # A hand is quantised once, in the room's frame: the head's error is not added to its own.
    assert floats.left is not None
    assert math.dist(floats.left[0], left) <= 0.0005 * math.sqrt(3) + 1e-9


@fixed
@given(st.one_of(st.binary(max_size=160), st.binary(max_size=150).map(lambda tail: b"\x10" + tail)))
@example(b"\x10\x00" + bytes(7))
def test_any_bytes_are_a_pose_or_malformed(data: bytes) -> None:
    try:
        pose = decode_pose(data)
    except MalformedPose:
        return
    assert encode_pose(pose) == data


@fixed
@given(avatar_states, st.binary(max_size=40))
def test_any_bytes_are_a_record_or_malformed(held: AvatarState, data: bytes) -> None:
    try:
        after, end = apply_record(held, data)
    except MalformedFrame:
        return
    assert 1 <= end <= len(data)
    # Whatever was accepted is a state an encoder can send on.
    assert apply_record(AvatarState(), full_record(after))[0] == after


@fixed
@given(avatar_states, avatar_states, st.data())
def test_a_record_with_a_byte_spoilt_is_a_record_or_malformed(
    old: AvatarState, new: AvatarState, data: st.DataObject
) -> None:
    record = bytearray(delta_record(old, new) or full_record(new))
    record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    try:
        after, _ = apply_record(old, bytes(record))
    except MalformedFrame:
        return
    assert apply_record(AvatarState(), full_record(after))[0] == after
