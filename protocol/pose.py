"""The pose a client sends, to bytes and back (SPEC.md section 5.1)."""

import struct
from dataclasses import dataclass
from typing import Final

from protocol.errors import MalformedPose, MalformedRotation
from protocol.fields import rotation_from_bytes, rotation_to_bytes
from protocol.ids import (
    FACE_VALUES,
    FINGER_VALUES,
    HAND_BYTES,
    HEAD_BYTES,
    POSE_HEADER_BYTES,
    ROTATION_BYTES,
    Kind,
    StateFlag,
)
from protocol.packed import PackedReader, i24_to_bytes
from protocol.state import UNTRACKED, AvatarState, TrackedPart, check_flags

_HEADER: Final = struct.Struct("<BBHIB")
_SIZES: Final = (
    (StateFlag.HEAD, HEAD_BYTES),
    (StateFlag.LEFT, HAND_BYTES),
    (StateFlag.RIGHT, HAND_BYTES),
    (StateFlag.LEFT_FINGERS, FINGER_VALUES),
    (StateFlag.RIGHT_FINGERS, FINGER_VALUES),
    (StateFlag.FACE, FACE_VALUES),
)
HEAD_AXIS_BYTES: Final = 3
HAND_AXIS_BYTES: Final = 2


@dataclass(frozen=True, slots=True)
class Pose:
    """A state and when it was sampled (server clock, ms, u32); `sequence` is u16 and wraps."""

    state: AvatarState
    sequence: int
    sampled_at: int


def pose_size(flags: int) -> int:
    """Bytes of a pose message with these valid flags, kind byte included."""
    return POSE_HEADER_BYTES + sum(size for flag, size in _SIZES if flags & flag)


def encode_pose(pose: Pose) -> bytes:
    """Lay a pose out as a whole message, kind byte included."""
    state = pose.state
    header = _HEADER.pack(Kind.POSE, state.flags, pose.sequence, pose.sampled_at, state.voice)
    return header + tracked_parts_to_bytes(state) + fingers_and_face_to_bytes(state)


def tracked_parts_to_bytes(state: AvatarState) -> bytes:
    """Lay the tracked head and hands out."""
    parts = bytearray()
    if state.flags & StateFlag.HEAD:
        parts += head_position_to_bytes(state.head.position) + rotation_to_bytes(state.head.rotation)
    for flag, hand in ((StateFlag.LEFT, state.left), (StateFlag.RIGHT, state.right)):
        if state.flags & flag:
            parts += struct.pack("<3h", *hand.position) + rotation_to_bytes(hand.rotation)
    return bytes(parts)


def fingers_and_face_to_bytes(state: AvatarState) -> bytes:
    """Lay the fingers and the face that are present out."""
    return (
        (state.left_fingers if state.flags & StateFlag.LEFT_FINGERS else b"")
        + (state.right_fingers if state.flags & StateFlag.RIGHT_FINGERS else b"")
        + (state.face if state.flags & StateFlag.FACE else b"")
    )


def head_position_to_bytes(position: tuple[int, int, int]) -> bytes:
    """Lay a head's position out as three i24."""
    return b"".join(i24_to_bytes(value) for value in position)


def decode_pose(data: bytes) -> Pose:
    """Read a whole pose message, checked in the order of section 5.1. Raises MalformedPose.

    Whether the place is to be believed is not asked here: that is the entity table's.
    """
    if len(data) < POSE_HEADER_BYTES:
        raise MalformedPose(f"{len(data)} bytes, at least {POSE_HEADER_BYTES}")
    kind, flags, sequence, sampled_at, voice = _HEADER.unpack_from(data)
    if kind != Kind.POSE:
        raise MalformedPose(f"kind 0x{kind:02x}")
    check_flags(flags, MalformedPose)
    if len(data) != pose_size(flags):
        raise MalformedPose(f"{len(data)} bytes, flags 0x{flags:02x} need {pose_size(flags)}")
    reader = PackedReader(data, MalformedPose, POSE_HEADER_BYTES)
    return Pose(_read_state(reader, flags, voice), sequence, sampled_at)


def _read_state(reader: PackedReader, flags: int, voice: int) -> AvatarState:
    return AvatarState(
        flags=flags,
        voice=voice,
        head=_read_part(reader, HEAD_AXIS_BYTES) if flags & StateFlag.HEAD else UNTRACKED,
        left=_read_part(reader, HAND_AXIS_BYTES) if flags & StateFlag.LEFT else UNTRACKED,
        right=_read_part(reader, HAND_AXIS_BYTES) if flags & StateFlag.RIGHT else UNTRACKED,
        left_fingers=reader.take(FINGER_VALUES) if flags & StateFlag.LEFT_FINGERS else bytes(FINGER_VALUES),
        right_fingers=reader.take(FINGER_VALUES) if flags & StateFlag.RIGHT_FINGERS else bytes(FINGER_VALUES),
        face=reader.take(FACE_VALUES) if flags & StateFlag.FACE else bytes(FACE_VALUES),
    )


def _read_part(reader: PackedReader, axis_bytes: int) -> TrackedPart:
    position = reader.signed_triple(axis_bytes)
    try:
        return TrackedPart(*position, *rotation_from_bytes(reader.take(ROTATION_BYTES)))
    except MalformedRotation as error:
        raise MalformedPose(str(error)) from error
