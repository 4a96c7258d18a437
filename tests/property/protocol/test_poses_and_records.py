import math

from hypothesis import example, given
from hypothesis import strategies as st

from protocol.errors import MalformedFrame, MalformedPose
from protocol.fields import Quaternion
from protocol.ids import HAND_POSITION_MAX, RECORD_BYTES_MAX, TIER_POSITION_SHIFT, StateFlag, Tier
from protocol.record_state import PARTS, part_of
from protocol.snapshot import (
    NOTHING_HELD,
    AvatarState,
    Pose,
    apply_record,
    decode_pose,
    delta_record,
    encode_pose,
    first_held,
    full_record,
    mask_for_tier,
    pose_from_floats,
    pose_size,
    show_in_tier,
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
    held, shown = first_held(old, tier), show_in_tier(new, tier)
    written = delta_record(held, shown)
    if written is None:
        assert held.state == shown
        return
    record, after = written
    assert held.state != shown
    assert after.state == shown
    assert len(record) <= RECORD_BYTES_MAX
    assert apply_record(held, record) == (after, len(record))


@fixed
@given(st.lists(avatar_states, min_size=2, max_size=6), tiers, st.data())
def test_who_gets_a_full_record_on_the_way_goes_on_like_who_got_the_deltas(
    states: list[AvatarState], tier: Tier, data: st.DataObject
) -> None:
    joins = data.draw(st.integers(0, len(states) - 2))
    held = first_held(states[0], tier)
    followed, joined = held, NOTHING_HELD
    for number, state in enumerate(states):
        written = delta_record(held, show_in_tier(state, tier))
        if written is not None:
            record, held = written
            followed, _ = apply_record(followed, record)
            joined = apply_record(joined, record)[0] if number > joins else joined
        if number == joins:
            joined, _ = apply_record(NOTHING_HELD, full_record(held))
    assert followed == joined == held


@fixed
@given(avatar_states, avatar_states, tiers)
def test_a_full_record_takes_anything_to_new(old: AvatarState, new: AvatarState, tier: Tier) -> None:
    held = first_held(new, tier)
    record = full_record(held)
    assert len(record) < RECORD_BYTES_MAX
    assert apply_record(first_held(old), record) == (held, len(record))


@fixed
@given(avatar_states, tiers)
def test_what_a_tier_shows_is_the_nearest_it_has(state: AvatarState, tier: Tier) -> None:
    shown = show_in_tier(state, tier)
    half_mm = 1 << TIER_POSITION_SHIFT[tier] >> 1
    for flag in PARTS:
        if shown.flags & flag:
            # Where the range ends between two units, the last one within it is up to a unit away.
            far = 2 * half_mm if max(map(abs, part_of(state, flag).position)) > HAND_POSITION_MAX - 128 else half_mm
            gap = zip(part_of(state, flag).position, part_of(shown, flag).position, strict=True)
            assert max(abs(one - other) for one, other in gap) <= far
    assert abs(shown.voice - state.voice) <= 8
    if shown.flags & StateFlag.FACE:
        assert max(abs(one - other) for one, other in zip(shown.face, state.face, strict=True)) <= 2
    if tier is not Tier.PRESENCE:
        assert show_in_tier(shown, tier) == shown


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
        after, end = apply_record(first_held(held), data)
    except MalformedFrame:
        return
    assert 1 <= end <= len(data)
    # Whatever was accepted is a state an encoder can send on.
    assert apply_record(NOTHING_HELD, full_record(after))[0] == after


@fixed
@given(avatar_states, avatar_states, st.data())
def test_a_record_with_a_byte_spoilt_is_a_record_or_malformed(
    old: AvatarState, new: AvatarState, data: st.DataObject
) -> None:
    held = first_held(old)
    written = delta_record(held, show_in_tier(new, Tier.FULL))
    record = bytearray(written[0] if written and data.draw(st.booleans()) else full_record(first_held(new)))
    record[data.draw(st.integers(0, len(record) - 1))] = data.draw(st.integers(0, 255))
    try:
        after, _ = apply_record(held, bytes(record))
    except MalformedFrame:
        return
    assert apply_record(NOTHING_HELD, full_record(after))[0] == after
