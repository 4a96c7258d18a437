"""quantities.json, schema.json and hands.json: numbers, rotations, tiers and the hand model."""

import json
import math
from dataclasses import asdict
from typing import Final

from protocol import fields, hands
from protocol.fields import pack_rotation, rotation_to_bytes, unpack_rotation
from protocol.ids import VALUE_BITS, StateFlag, Tier
from protocol.masking import Mask, mask_state
from protocol.schema import SCHEMA_HASH, describe
from protocol.snapshot import AvatarState, TrackedPart, show_in_tier
from protocol.tiers import to_level, to_value
from tools.vectors.layout import Vector, VectorFile, random_state, seeded, state_json
from tools.vectors.pose import EXTREMES

# Libraries of mathematics differ in the last digit; vectors keep those that agree.
DIGITS: Final = 9
HALF: Final = math.sqrt(0.5)
ROTATIONS: Final[dict[str, fields.Quaternion]] = {
    "identity": (0.0, 0.0, 0.0, 1.0),
    "negated_identity_is_the_same_rotation": (0.0, 0.0, 0.0, -1.0),
    "half_turn_about_x": (1.0, 0.0, 0.0, 0.0),
    "half_turn_about_y_negated": (0.0, -1.0, 0.0, 0.0),
    "half_turn_about_z": (0.0, 0.0, 1.0, 0.0),
    "quarter_turn_left_first_of_two_equals_is_largest": (0.0, HALF, 0.0, HALF),
    "all_equal_first_is_largest": (0.5, 0.5, 0.5, 0.5),
    "all_equal_with_signs": (-0.5, 0.5, -0.5, 0.5),
    "not_of_length_1_is_scaled": (0.0, 3.0, 0.0, 4.0),
    "one_millirad": (0.0005, 0.0, 0.0, 0.999999875),
    "looking_down": (-0.258819045, 0.0, 0.0, 0.965925826),
    "tilted_and_turned": (0.1, -0.2, 0.3, 0.9),
}
SCALED: Final[dict[str, tuple[float, ...]]] = {
    "position_mm": (0.0, 0.0004, 0.0005, -0.0005, -0.0006, 1.2345, -1.2345, 1.2355, 8388.607),
    "voice": (0.0, 0.5, 1.0, 1.5, -0.1),
    "weight": (0.0, 0.25, 1.0, 2.0, -1.0),
    "flexion": (-0.6, -0.5, 0.0, 0.5, 1.5, 2.0, 3.0),
    "spread": (-0.8, -0.7, 0.0, 0.35, 0.7, 1.0),
}
INVALID_ROTATIONS: Final = (
    ("first_component_beyond_the_range", (3, 401, 0, 0), "a biased value of 801"),
    ("second_component_beyond_the_range", (1, 0, 401, 0), "a biased value of 801"),
    ("last_component_beyond_the_range", (0, 0, 0, 623), "a biased value of 1023"),
    ("all_ones", "ffffffff", "a biased value of 1023"),
)
FACING: Final = {
    "halves_of_a_unit": TrackedPart(2, -2, 64, 3, 2, -2, 4),
    "just_below_a_half": TrackedPart(1, -3, 63, 3, 1, -3, 3),
    "half_round_and_tilted": TrackedPart(0, 0, 0, 2, 5, 300, -150),
    "round_when_w_is_not_larger_than_y": TrackedPart(0, 0, 0, 0, 100, -300, 300),
    "upside_down_has_no_turn": TrackedPart(0, 0, 0, 2, 9, 0, 0),
}
HANDS: Final[dict[str, bytes]] = {
    "flat": bytes([51, 51, 51, 128] * 5),
    "fist": bytes([120, 150, 150, 110] + [214, 240, 180, 128] * 4),
    "pointing": bytes([120, 130, 130, 100] + [51, 51, 51, 128] + [200, 235, 170, 128] * 3),
    "pinch": bytes([110, 90, 100, 140] + [120, 110, 80, 120] + [80, 70, 60, 128] * 3),
    "spread_wide": bytes([40, 45, 45, 200, 45, 48, 50, 160, 45, 48, 50, 130, 45, 48, 50, 100, 45, 48, 50, 70]),
    "least_values": bytes(20),
    "greatest_values": bytes([255] * 20),
}


def schema_file() -> VectorFile:
    """Build schema.json."""
    return {
        "about": "What both ends compare before they talk: section 11.",
        "hash": SCHEMA_HASH,
        "description": json.loads(describe()),
    }


def quantities_file() -> VectorFile:
    """Build quantities.json."""
    return {
        "about": "Numbers, rotations, detail tiers and masks: sections 4, 5.3 and 7.2.",
        "scaled": _scaled(),
        "rotations": _rotations(),
        "invalid_rotations": [_invalid_rotation(*vector) for vector in INVALID_ROTATIONS],
        "tiers": _tiers(),
        "masked": _masked(),
    }


def hands_file() -> VectorFile:
    """Build hands.json."""
    return {
        "about": "The reference hand and joints computed from it: section 4.1. Right hand; millimetres and degrees.",
        "grip_in_wrist": _rounded(hands.GRIP_IN_WRIST),
        "fingers": [_finger(finger) for finger in hands.FINGERS],
        "hands": [_hand(f"{name}_{side}", values, side) for name, values in HANDS.items() for side in hands.SIDES],
    }


def quantised(quantity: str, value: float) -> int:
    """Quantise a value the way its quantity is."""
    match quantity:
        case "position_mm":
            return fields.quantise(value, fields.POSITION_SCALE)
        case "flexion":
            return fields.quantise_flexion(value)
        case "spread":
            return fields.quantise_spread(value)
    return fields.quantise_unit(value)


def _scaled() -> list[Vector]:
    return [
        {"name": f"{quantity}_of_{value}", "quantity": quantity, "value": value, "result": quantised(quantity, value)}
        for quantity, values in SCALED.items()
        for value in values
    ]


def _rotations() -> list[Vector]:
    random = seeded(4)
    quaternions = dict(ROTATIONS)
    for number in range(12):
        x, y, z, w = (round(random.uniform(-1.0, 1.0), 6) for _ in range(4))
        quaternions[f"random_{number}"] = (x, y, z, w)
    return [_rotation(name, quaternion) for name, quaternion in quaternions.items()]


def _rotation(name: str, quaternion: fields.Quaternion) -> Vector:
    packed = pack_rotation(quaternion)
    return {
        "name": name,
        "quaternion": list(quaternion),
        "packed": list(packed),
        "hex": rotation_to_bytes(packed).hex(),
        "unpacked": _rounded(unpack_rotation(packed)),
    }


def _invalid_rotation(name: str, rotation: str | fields.Rotation, reason: str) -> Vector:
    data = rotation if isinstance(rotation, str) else rotation_to_bytes(rotation).hex()
    return {"name": name, "hex": data, "reason": reason}


def _tiers() -> list[Vector]:
    everything = random_state(seeded(5), 0xFF)
    standing = random_state(seeded(6), StateFlag.HEAD | StateFlag.RIGHT | StateFlag.FACE)
    nothing = random_state(seeded(7), StateFlag.SEATED)
    shown = {"everything": everything, "standing": standing, "nothing_tracked": nothing, "extremes": EXTREMES}
    shown |= {name: AvatarState(flags=StateFlag.HEAD, head=head) for name, head in FACING.items()}
    return [
        {
            "name": f"{name}_{tier.name.lower()}",
            "state": state_json(state),
            "tier": tier.name.lower(),
            "shown": state_json(show_in_tier(state, tier)),
        }
        for name, state in shown.items()
        for tier in Tier
    ]


def _masked() -> list[Vector]:
    everything = random_state(seeded(5), 0xFF & ~StateFlag.SIGNING)
    signing = random_state(seeded(6), 0xFF)
    head_alone = random_state(seeded(7), StateFlag.HEAD)
    smaller, larger = Mask(880, 1150, -200, 2500, fingers=False), Mask(1170, 960, 0, 2500, fingers=True)
    states = {"everything": everything, "signing": signing, "head_alone": head_alone}
    return [
        {
            "name": f"{name}_{body}",
            "state": state_json(state),
            "mask": asdict(mask),
            "masked": state_json(mask_state(state, mask)),
        }
        for name, state in states.items()
        for body, mask in (("smaller", smaller), ("larger", larger))
    ]


def _finger(finger: hands.ReferenceFinger) -> Vector:
    return {
        "name": hands.JOINTS[finger.first].partition("_")[0],
        "first": hands.JOINTS[finger.first],
        "root": finger.root,
        "bones": finger.bones,
        "spread_first": finger.spread_first,
        "tilts": finger.tilts,
        "turns": finger.turns,
        "metacarpal": finger.metacarpal,
        "metacarpal_turn": finger.metacarpal_turn,
    }


def _hand(name: str, shape: bytes, side: hands.Side) -> Vector:
    # Values that a record can hold are the ones a sender takes back from the joints.
    values = bytes(to_value(to_level(value, VALUE_BITS), VALUE_BITS) for value in shape)
    joints = [_rounded(joint) for joint in hands.joints_from_flexion(values, side)]
    return {"name": name, "values": values.hex(), "side": side, "joints": joints}


def _rounded(values: tuple[float, ...]) -> list[float]:
    # Adding zero turns the -0.0 of some machines into 0.0.
    return [round(value, DIGITS) + 0.0 for value in values]
