"""pose.json: what a client sends of itself."""

from typing import Final

from protocol.fields import rotation_to_bytes
from protocol.ids import CloseCode, StateFlag
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose
from tools.vectors.layout import Vector, VectorFile, random_state, seeded, state_json

F = StateFlag
HANDS: Final = F.HEAD | F.LEFT | F.RIGHT
VALID_FLAGS: Final[dict[str, int]] = {
    "nothing_tracked": 0,
    "nothing_tracked_seated": F.SEATED,
    "head_only": F.HEAD,
    "head_seated": F.HEAD | F.SEATED,
    "head_and_hands": HANDS,
    "left_hand_only": F.HEAD | F.LEFT,
    "right_hand_only": F.HEAD | F.RIGHT,
    "hands_without_a_head": F.LEFT | F.RIGHT,
    "left_fingers": HANDS | F.LEFT_FINGERS,
    "right_fingers": HANDS | F.RIGHT_FINGERS,
    "both_fingers": HANDS | F.LEFT_FINGERS | F.RIGHT_FINGERS,
    "face": F.HEAD | F.FACE,
    "face_without_a_head": F.FACE,
    "everything": 0x7F,
}
EXTREMES: Final = AvatarState(
    flags=HANDS,
    voice=255,
    head=TrackedPart(8_388_607, -8_388_607, 0, 0, 1023, 0, -724),
    left=TrackedPart(-32_767, 32_767, 0, 1, 724, 724, 723),
    right=TrackedPart(0, 0, 0, 2, 0, 0, 0),
)


def pose_file() -> VectorFile:
    """Build pose.json."""
    return {"about": "The pose message: section 5.1.", "valid": _valid(), "invalid": _invalid()}


def _valid() -> list[Vector]:
    random = seeded(1)
    poses = {
        name: Pose(random_state(random, flags), random.randrange(2**16), random.randrange(2**32))
        for name, flags in VALID_FLAGS.items()
    }
    poses["extremes"] = Pose(EXTREMES, 0xFFFF, 0xFFFFFFFF)
    poses["zeros"] = Pose(AvatarState(flags=F.HEAD), 0, 0)
    return [_vector(name, pose) for name, pose in poses.items()]


def _vector(name: str, pose: Pose) -> Vector:
    told = {"sequence": pose.sequence, "sampled_at": pose.sampled_at, "state": state_json(pose.state)}
    return {"name": name, "hex": encode_pose(pose).hex(), "pose": told}


def _invalid() -> list[Vector]:
    whole = encode_pose(Pose(random_state(seeded(2), HANDS), 7, 1000))
    fingers = encode_pose(Pose(random_state(seeded(2), HANDS | F.LEFT_FINGERS), 7, 1000))
    header_only = encode_pose(Pose(AvatarState(), 7, 1000))
    too_long = rotation_to_bytes((3, 1023, 1023, 1))
    cases = {
        "kind_only": (whole[:1], "fewer than 9 bytes"),
        "header_cut_short": (whole[:8], "fewer than 9 bytes"),
        "flag_bit_7": (_with_flags(header_only, 0x80), "flags: bit 7 is not zero"),
        "left_fingers_without_the_hand": (_with_flags(fingers, F.HEAD | F.LEFT_FINGERS), "flags: bit 3 needs bit 1"),
        "right_fingers_without_the_hand": (_with_flags(fingers, F.LEFT | F.RIGHT_FINGERS), "flags: bit 4 needs bit 2"),
        "one_byte_short": (whole[:-1], "length for the flags"),
        "one_byte_long": (whole + b"\0", "length for the flags"),
        "flags_promise_more": (_with_flags(header_only, F.HEAD), "length for the flags"),
        "flags_promise_less": (_with_flags(whole, F.HEAD), "length for the flags"),
        "head_rotation_bit_35": (_with(whole, 18 + 4, whole[22] | 0x08), "rotation: bits 35-39 are not zero"),
        "head_rotation_too_long": (whole[:18] + too_long + whole[23:], "rotation: squares beyond 1,571,965"),
        "left_rotation_out_of_range": (whole[:29] + b"\xff\xff\x03\0\0" + whole[34:], "rotation: biased value of 2047"),
        "right_rotation_all_zero": (whole[:40] + bytes(5), "rotation: squares beyond 1,571,965"),
    }
    return [
        {"name": name, "hex": data.hex(), "close": int(CloseCode.MALFORMED), "reason": reason}
        for name, (data, reason) in cases.items()
    ]


def _with_flags(message: bytes, flags: int) -> bytes:
    return _with(message, 1, flags)


def _with(message: bytes, offset: int, value: int) -> bytes:
    return message[:offset] + bytes((value,)) + message[offset + 1 :]
