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
    "signing": HANDS | F.SIGNING,
    "everything": 0xFF,
}
EXTREMES: Final = AvatarState(
    flags=HANDS,
    voice=255,
    head=TrackedPart(8_388_607, -8_388_607, 0, 0, 400, 0, -400),
    left=TrackedPart(-32_767, 32_767, 0, 1, 400, 400, -400),
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
    cases = {
        "kind_only": (whole[:1], "fewer than 9 bytes"),
        "header_cut_short": (whole[:8], "fewer than 9 bytes"),
        "left_fingers_without_the_hand": (_with_flags(fingers, F.HEAD | F.LEFT_FINGERS), "flags: bit 3 needs bit 1"),
        "right_fingers_without_the_hand": (_with_flags(fingers, F.LEFT | F.RIGHT_FINGERS), "flags: bit 4 needs bit 2"),
        "one_byte_short": (whole[:-1], "length for the flags"),
        "one_byte_long": (whole + b"\0", "length for the flags"),
        "flags_promise_more": (_with_flags(header_only, F.HEAD), "length for the flags"),
        "flags_promise_less": (_with_flags(whole, F.HEAD), "length for the flags"),
        "head_rotation_out_of_range": (
            whole[:18] + rotation_to_bytes((3, 0, 0, 401)) + whole[22:],
            "rotation: a biased value of 801",
        ),
        "left_rotation_out_of_range": (whole[:28] + b"\xff" * 4 + whole[32:], "rotation: a biased value of 1023"),
        "right_rotation_out_of_range": (
            whole[:38] + rotation_to_bytes((0, 401, 0, 0)),
            "rotation: a biased value of 801",
        ),
    }
    return [
        {"name": name, "hex": data.hex(), "close": int(CloseCode.MALFORMED), "reason": reason}
        for name, (data, reason) in cases.items()
    ]


def _with_flags(message: bytes, flags: int) -> bytes:
    return _with(message, 1, flags)


def _with(message: bytes, offset: int, value: int) -> bytes:
    return message[:offset] + bytes((value,)) + message[offset + 1 :]
