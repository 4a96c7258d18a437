"""record.json: one entity's state in a snapshot, full and as a delta."""

from dataclasses import replace
from typing import Final

from protocol.fields import pack_rotation, rotation_to_bytes
from protocol.ids import RecordMask, StateFlag
from protocol.snapshot import AvatarState, TrackedPart, apply_record, delta_record, full_record
from tools.vectors.layout import Vector, VectorFile, random_state, seeded, state_json
from tools.vectors.pose import EXTREMES, HANDS, VALID_FLAGS

F, M = StateFlag, RecordMask
NOTHING: Final = AvatarState()
HEAD: Final = TrackedPart(1000, 1600, -2000, *pack_rotation((0.0, 0.1, 0.0, 0.995)))
STANDING: Final = AvatarState(
    flags=int(HANDS),
    voice=10,
    head=HEAD,
    left=TrackedPart(-250, -400, -200, 3, 10, 20, 30),
    right=TrackedPart(250, -400, -200, 3, -10, -20, -30),
)
FINGERS: Final = replace(
    STANDING,
    flags=int(HANDS | F.LEFT_FINGERS | F.RIGHT_FINGERS),
    left_fingers=bytes(range(20)),
    right_fingers=bytes(range(100, 120)),
)
FACE: Final = replace(STANDING, flags=int(HANDS | F.FACE), face=bytes(range(52)))


def record_file() -> VectorFile:
    """Build record.json."""
    return {"about": "Records: section 5.3.", "valid": _full() + _deltas() + _tolerated(), "invalid": _invalid()}


def _full() -> list[Vector]:
    random = seeded(10)
    states = {name: random_state(random, flags) for name, flags in VALID_FLAGS.items()} | {"extremes": EXTREMES}
    vectors = [_valid(f"full_{name}", NOTHING, full_record(state)) for name, state in states.items()]
    forgets = _valid("full_forgets_what_was_held", random_state(random, 0x7F), full_record(AvatarState(flags=F.HEAD)))
    return [*vectors, forgets]


def _moved(
    part: TrackedPart, x: int = 0, y: int = 0, z: int = 0, turn: tuple[int, int, int] = (0, 0, 0)
) -> TrackedPart:
    a, b, c = turn
    return replace(part, x=part.x + x, y=part.y + y, z=part.z + z, a=part.a + a, b=part.b + b, c=part.c + c)


def _with_head(x: int = 0, y: int = 0, z: int = 0) -> AvatarState:
    return replace(STANDING, head=_moved(HEAD, x, y, z))


def _delta_cases() -> dict[str, tuple[AvatarState, AvatarState]]:
    other_largest = replace(STANDING, head=replace(HEAD, largest=0, a=0, b=0, c=0))
    far_left = replace(STANDING, left=replace(STANDING.left, x=-32_767))
    far_right = replace(STANDING, left=replace(STANDING.left, x=32_767))
    return {
        "voice": (STANDING, replace(STANDING, voice=11)),
        "seated": (STANDING, replace(STANDING, flags=STANDING.flags | F.SEATED)),
        "head_least_i8": (STANDING, _with_head(x=-128, y=127)),
        "head_beyond_i8_takes_i16": (STANDING, _with_head(x=-129)),
        "head_beyond_i8_upwards_takes_i16": (STANDING, _with_head(z=128)),
        "head_least_i16": (STANDING, _with_head(x=-32_768, y=32_767)),
        "head_beyond_i16_is_absolute": (STANDING, _with_head(x=32_768)),
        "head_turned_by_i8": (STANDING, replace(STANDING, head=_moved(HEAD, turn=(-128, 127, 1)))),
        "head_turned_beyond_i8": (STANDING, replace(STANDING, head=_moved(HEAD, turn=(128, 0, 0)))),
        "head_turned_to_another_largest": (STANDING, other_largest),
        "head_moved_and_turned": (STANDING, replace(STANDING, head=_moved(HEAD, 1, -2, 3, (4, -5, 6)))),
        "hand_across_the_whole_range_is_absolute": (far_left, far_right),
        "hand_by_i16": (STANDING, replace(STANDING, right=_moved(STANDING.right, 300, -300, 300))),
        "all_three_parts": (
            STANDING,
            replace(_with_head(x=1), left=_moved(STANDING.left, y=2), right=_moved(STANDING.right, z=3)),
        ),
        "hand_lost": (STANDING, replace(STANDING, flags=int(F.HEAD | F.RIGHT), left=TrackedPart())),
        "hand_found": (replace(STANDING, flags=int(F.HEAD | F.RIGHT), left=TrackedPart()), STANDING),
        "head_lost": (STANDING, replace(STANDING, flags=int(F.LEFT | F.RIGHT), head=TrackedPart())),
        "everything_lost": (FINGERS, AvatarState(voice=10)),
        "everything_found": (NOTHING, random_state(seeded(12), 0x7F)),
        "one_finger_value": (FINGERS, replace(FINGERS, left_fingers=bytes([*range(19), 200]))),
        "fingers_of_both_hands": (FINGERS, replace(FINGERS, left_fingers=bytes(20), right_fingers=bytes(20))),
        "right_fingers_bring_the_left_with_mask_0": (FINGERS, replace(FINGERS, right_fingers=bytes(20))),
        "fingers_found": (STANDING, FINGERS),
        "fingers_of_zeros_found_come_with_all_20": (
            STANDING,
            replace(STANDING, flags=STANDING.flags | F.LEFT_FINGERS),
        ),
        "fingers_lost": (FINGERS, STANDING),
        "one_hands_fingers_lost": (
            FINGERS,
            replace(FINGERS, flags=FINGERS.flags & ~F.LEFT_FINGERS, left_fingers=bytes(20)),
        ),
        "one_face_value": (FACE, replace(FACE, face=bytes([*range(51), 200]))),
        "first_and_last_face_value": (FACE, replace(FACE, face=bytes([9, *range(1, 51), 9]))),
        "face_found": (STANDING, FACE),
        "face_lost": (FACE, STANDING),
        "everything_changed": (random_state(seeded(13), 0x7F), random_state(seeded(14), 0x7F)),
    }


def _deltas() -> list[Vector]:
    vectors = []
    for name, (held, after) in _delta_cases().items():
        record = delta_record(held, after)
        if record is None:
            raise ValueError(f"{name} changes nothing")
        vectors.append(_valid(f"delta_{name}", held, record))
    return vectors


def _tolerated() -> list[Vector]:
    """List what no good encoder writes and every decoder accepts."""
    cases = {
        "delta_without_parts": (STANDING, bytes((0,))),
        "delta_of_an_unchanged_part": (STANDING, bytes((M.HEAD, 0x00))),
        "delta_of_unchanged_state": (STANDING, bytes((M.STATE, STANDING.flags, STANDING.voice))),
        "delta_with_a_class_wider_than_needed": (STANDING, bytes((M.HEAD, 0x02, 1, 0, 0, 0, 0, 0))),
        "delta_absolute_though_near": (STANDING, bytes((M.LEFT, 0x03, 1, 0, 2, 0, 3, 0))),
        "delta_of_a_value_that_stays": (FACE, bytes((M.FACE, 1, 0, 0, 0, 0, 0, 0, 0))),
        "delta_fingers_with_no_bit_set": (FINGERS, bytes((M.FINGERS, 0, 0, 0, 0, 0, 0))),
    }
    return [_valid(name, held, record, canonical=False) for name, (held, record) in cases.items()]


def _valid(name: str, held: AvatarState, record: bytes, *, canonical: bool = True) -> Vector:
    after, _ = apply_record(held, record)
    return {
        "name": name,
        "held": state_json(held),
        "hex": record.hex(),
        "after": state_json(after),
        "canonical": canonical,
    }


def _invalid() -> list[Vector]:
    found = delta_record(replace(STANDING, flags=int(F.HEAD)), STANDING) or b""
    full = full_record(STANDING)
    edge = replace(STANDING, head=replace(HEAD, x=8_388_607), left=replace(STANDING.left, y=-32_767))
    rotated = replace(STANDING, head=replace(HEAD, largest=3, a=1023, b=0, c=0))
    state = bytes((STANDING.flags, STANDING.voice))
    cases = {
        "empty": (NOTHING, b"", "cut short"),
        "mask_bit_6": (STANDING, b"\x40", "mask: bit 6 is not zero"),
        "full_without_state": (NOTHING, bytes((M.FULL,)), "a full record carries its state"),
        "full_cut_short": (NOTHING, full[:-1], "cut short"),
        "full_lacks_a_tracked_hand": (NOTHING, bytes((full[0] & ~M.LEFT,)) + full[1:], "flags say left, mask does not"),
        "full_with_an_untracked_hand": (
            NOTHING,
            bytes((M.FULL | M.STATE | M.LEFT, 0, 0)) + full[17:28],
            "mask says left, flags do not",
        ),
        "state_flag_bit_7": (STANDING, bytes((M.STATE, 0x80, 0)), "flags: bit 7 is not zero"),
        "state_fingers_without_hand": (STANDING, bytes((M.STATE, F.LEFT_FINGERS, 0)), "flags: bit 3 needs bit 1"),
        "state_cut_short": (STANDING, bytes((M.STATE, 0)), "cut short"),
        "position_class_4": (STANDING, bytes((M.HEAD, 0x04)), "position class 4"),
        "position_class_15": (STANDING, bytes((M.HEAD, 0x0F)), "position class 15"),
        "rotation_class_3": (STANDING, bytes((M.HEAD, 0x30)), "rotation class 3"),
        "part_cut_short": (STANDING, bytes((M.HEAD, 0x01, 1, 1)), "cut short"),
        "delta_of_an_untracked_hand": (
            replace(STANDING, flags=int(F.HEAD)),
            bytes((M.LEFT, 0x01, 1, 1, 1)),
            "untracked",
        ),
        "hand_found_but_not_carried": (
            replace(STANDING, flags=int(F.HEAD)),
            bytes((M.STATE, F.HEAD | F.LEFT, 0)),
            "a part that becomes tracked is carried",
        ),
        "hand_found_with_a_relative_position": (
            replace(STANDING, flags=int(F.HEAD)),
            bytes((M.STATE | M.LEFT, F.HEAD | F.LEFT, 0, 0x21, 1, 1, 1)) + found[-5:],
            "a part that becomes tracked comes absolute",
        ),
        "hand_found_without_rotation": (
            replace(STANDING, flags=int(F.HEAD)),
            bytes((M.STATE | M.LEFT, F.HEAD | F.LEFT, 0, 0x03, 1, 0, 1, 0, 1, 0)),
            "a part that becomes tracked comes absolute",
        ),
        "head_beyond_the_range": (edge, bytes((M.HEAD, 0x01, 1, 0, 0)), "position out of range"),
        "hand_beyond_the_range": (edge, bytes((M.LEFT, 0x01, 0, 255, 0)), "position out of range"),
        "absolute_head_of_the_one_value_too_many": (STANDING, bytes((M.HEAD, 0x03)) + b"\0\0\x80" * 3, "out of range"),
        "absolute_hand_of_the_one_value_too_many": (STANDING, bytes((M.LEFT, 0x03)) + b"\0\x80" * 3, "out of range"),
        "rotation_component_beyond_the_range": (rotated, bytes((M.HEAD, 0x10, 1, 0, 0)), "rotation out of range"),
        "rotation_grown_too_long": (
            replace(rotated, head=replace(rotated.head, a=723, b=723, c=723)),
            bytes((M.HEAD, 0x10, 1, 1, 1)),
            "rotation: squares beyond 1,571,965",
        ),
        "absolute_rotation_too_long": (
            STANDING,
            bytes((M.HEAD, 0x20)) + rotation_to_bytes((3, 1023, 1023, 1)),
            "rotation: squares beyond 1,571,965",
        ),
        "fingers_without_any_flag": (STANDING, bytes((M.FINGERS, 0, 0, 0)), "mask says fingers, flags do not"),
        "finger_mask_bit_20": (FINGERS, bytes((M.FINGERS, 0, 0, 0x10, 0, 0, 0)), "bits 20-23 are not zero"),
        "finger_value_missing": (FINGERS, bytes((M.FINGERS, 0, 0, 0, 1, 0, 0)), "cut short"),
        "fingers_found_but_not_carried": (
            STANDING,
            bytes((M.STATE, STANDING.flags | F.LEFT_FINGERS, 0)),
            "fingers that become present are carried",
        ),
        "fingers_found_with_some_values": (
            STANDING,
            bytes((M.STATE | M.FINGERS, STANDING.flags | F.LEFT_FINGERS, 0, 1, 0, 0, 9)),
            "fingers that become present come with all 20",
        ),
        "face_without_its_flag": (STANDING, bytes((M.FACE,)) + bytes(7), "mask says face, flags do not"),
        "face_mask_bit_52": (FACE, bytes((M.FACE, 0, 0, 0, 0, 0, 0, 0x10)), "bits 52-55 are not zero"),
        "face_found_with_some_values": (
            STANDING,
            bytes((M.STATE | M.FACE, STANDING.flags | F.FACE, 0, 1, 0, 0, 0, 0, 0, 0, 9)),
            "a face that becomes present comes with all 52",
        ),
        "full_head_only_lacks_the_head": (
            NOTHING,
            bytes((M.FULL | M.STATE, F.HEAD, 0)),
            "flags say head, mask does not",
        ),
        "full_of_state_then_nothing": (NOTHING, bytes((full[0],)) + state, "cut short"),
    }
    return [
        {"name": name, "held": state_json(_untracked_are_zero(held)), "hex": record.hex(), "reason": reason}
        for name, (held, record, reason) in cases.items()
    ]


def _untracked_are_zero(state: AvatarState) -> AvatarState:
    return apply_record(NOTHING, full_record(state))[0]
