"""Hypothesis strategies for what is on the wire: rotations, parts, avatar states; and the settings they run with."""

from hypothesis import settings
from hypothesis import strategies as st

from protocol.fields import Quaternion, pack_rotation
from protocol.ids import FACE_VALUES, FINGER_VALUES, HAND_POSITION_MAX, HEAD_POSITION_MAX, StateFlag, Tier
from protocol.snapshot import AvatarState, TrackedPart, mask_for_tier

# One seed for every run: a property that fails anywhere fails everywhere.
fixed = settings(derandomize=True, deadline=None, max_examples=150)

components = st.floats(-1.0, 1.0)
quaternions = st.tuples(components, components, components, components).filter(
    lambda quaternion: sum(value * value for value in quaternion) > 1e-3
)


def _part(x: int, y: int, z: int, quaternion: Quaternion) -> TrackedPart:
    return TrackedPart(x, y, z, *pack_rotation(quaternion))


def parts(reach: int) -> st.SearchStrategy[TrackedPart]:
    """Parts anywhere within `reach` mm on each axis, the ends of the range among them."""
    axis = st.one_of(st.integers(-300, 300), st.integers(-reach, reach), st.sampled_from((-reach, reach)))
    return st.builds(_part, axis, axis, axis, quaternions)


def _sound_flags(flags: int) -> int:
    """Take the fingers of hands that are not tracked away."""
    if not flags & StateFlag.LEFT:
        flags &= ~StateFlag.LEFT_FINGERS
    if not flags & StateFlag.RIGHT:
        flags &= ~StateFlag.RIGHT_FINGERS
    return flags


def _sound(state: AvatarState) -> AvatarState:
    return mask_for_tier(state, Tier.FULL)


def _bytes(count: int) -> st.SearchStrategy[bytes]:
    # Few values, so that two states often agree on some: what a delta leaves out is the point.
    return st.one_of(
        st.binary(min_size=count, max_size=count),
        st.lists(st.sampled_from((0, 1)), min_size=count, max_size=count).map(bytes),
    )


avatar_states = st.builds(
    AvatarState,
    flags=st.integers(0, 0xFF).map(_sound_flags),
    voice=st.integers(0, 255),
    head=parts(HEAD_POSITION_MAX),
    left=parts(HAND_POSITION_MAX),
    right=parts(HAND_POSITION_MAX),
    left_fingers=_bytes(FINGER_VALUES),
    right_fingers=_bytes(FINGER_VALUES),
    face=_bytes(FACE_VALUES),
).map(_sound)
