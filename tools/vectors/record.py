"""record.json: one entity's state in a snapshot, full and as a delta."""

from collections.abc import Iterable
from dataclasses import replace

from protocol.ids import StateFlag, Tier
from protocol.snapshot import (
    NOTHING_HELD,
    AvatarState,
    RecordState,
    TrackedPart,
    apply_record,
    delta_record,
    first_held,
    full_record,
    is_full,
    show_in_tier,
)
from tools.vectors.invalid_record import invalid_records
from tools.vectors.layout import Vector, VectorFile, random_state, seeded, state_json
from tools.vectors.pose import EXTREMES, VALID_FLAGS
from tools.vectors.record_parts import FACE, FACING, FINGERS, HEAD, STANDING, STILL, Told, bits, code, tell

F = StateFlag


def record_file() -> VectorFile:
    """Build record.json."""
    valid = _full() + _deltas() + _journeys() + _tolerated()
    return {"about": "Records: section 5.3.", "valid": valid, "invalid": invalid_records()}


def _full() -> list[Vector]:
    random = seeded(10)
    states = {name: random_state(random, flags) for name, flags in VALID_FLAGS.items()} | {"extremes": EXTREMES}
    nothing: Told = (NOTHING_HELD, [])
    vectors = [
        _valid(f"full_{name}_in_tier_{tier.name.lower()}", nothing, full_record(first_held(state, tier)))
        for name, state in states.items()
        for tier in (Tier if name in {"everything", "extremes", "signing"} else [Tier.FULL])
    ]
    forgets = full_record(first_held(AvatarState(flags=F.HEAD)))
    return [*vectors, _valid("full_forgets_what_was_held", tell(random_state(random, 0xFF)), forgets)]


def _moved(
    part: TrackedPart, x: int = 0, y: int = 0, z: int = 0, turn: tuple[int, int, int] = (0, 0, 0)
) -> TrackedPart:
    a, b, c = turn
    return replace(part, x=part.x + x, y=part.y + y, z=part.z + z, a=part.a + a, b=part.b + b, c=part.c + c)


def _with_head(x: int = 0, y: int = 0, z: int = 0) -> AvatarState:
    return replace(STANDING, head=_moved(HEAD, x, y, z))


def _delta_cases() -> dict[str, tuple[AvatarState, AvatarState]]:
    other_largest = replace(STANDING, head=replace(HEAD, largest=0, a=0, b=0, c=0))
    all_three = replace(_with_head(x=1), left=_moved(STANDING.left, y=2), right=_moved(STANDING.right, z=3))
    far_left = replace(STANDING, left=replace(STANDING.left, x=-32_767))
    far_right = replace(STANDING, left=replace(STANDING.left, x=32_767))
    far_down, far_up = (replace(STANDING, head=replace(HEAD, y=y)) for y in (-8_388_607, 8_388_607))
    return {
        "voice": (STANDING, replace(STANDING, voice=255)),
        "seated": (STANDING, replace(STANDING, flags=STANDING.flags | F.SEATED)),
        "signing": (STANDING, replace(STANDING, flags=STANDING.flags | F.SIGNING)),
        "head_by_one": (STANDING, _with_head(x=-1, y=1)),
        "head_by_the_longest_short_prefix": (STANDING, _with_head(x=15, y=-16)),
        "head_by_the_first_long_prefix": (STANDING, _with_head(x=16, y=-17)),
        "head_by_metres": (STANDING, _with_head(x=-129, y=4000, z=70_000)),
        "head_from_end_to_end": (far_down, far_up),
        "head_turned": (STANDING, replace(STANDING, head=_moved(HEAD, turn=(-128, 127, 1)))),
        "head_turned_to_another_largest": (STANDING, other_largest),
        "head_moved_and_turned": (STANDING, replace(STANDING, head=_moved(HEAD, 1, -2, 3, (4, -5, 6)))),
        "hand_from_end_to_end": (far_left, far_right),
        "all_three_parts": (STANDING, all_three),
        "all_three_parts_and_the_voice": (STANDING, replace(all_three, voice=34)),
        "all_three_parts_one_of_them_anew": (STANDING, replace(all_three, head=other_largest.head)),
        "hand_lost": (STANDING, replace(STANDING, flags=int(F.HEAD | F.RIGHT), left=TrackedPart())),
        "hand_found": (replace(STANDING, flags=int(F.HEAD | F.RIGHT), left=TrackedPart()), STANDING),
        "head_lost": (STANDING, replace(STANDING, flags=int(F.LEFT | F.RIGHT), head=TrackedPart())),
        "everything_lost": (FINGERS, AvatarState(voice=17)),
        "everything_found": (AvatarState(), random_state(seeded(12), 0xFF)),
        "one_finger_value": (FINGERS, replace(FINGERS, left_fingers=FINGERS.left_fingers[:-1] + b"\xff")),
        "fingers_of_both_hands": (FINGERS, replace(FINGERS, left_fingers=bytes(20), right_fingers=bytes(20))),
        "right_fingers": (FINGERS, replace(FINGERS, right_fingers=bytes(20))),
        "fingers_found": (STANDING, FINGERS),
        "fingers_lost": (FINGERS, STANDING),
        "one_hands_fingers_lost": (
            FINGERS,
            replace(FINGERS, flags=FINGERS.flags & ~F.LEFT_FINGERS, left_fingers=bytes(20)),
        ),
        "one_hands_fingers_lost_and_the_others_moved": (
            FINGERS,
            replace(FINGERS, flags=FINGERS.flags & ~F.LEFT_FINGERS, left_fingers=bytes(20), right_fingers=bytes(20)),
        ),
        "one_face_value": (FACE, replace(FACE, face=FACE.face[:-1] + b"\xff")),
        "first_and_last_face_value": (FACE, replace(FACE, face=b"\x28" + FACE.face[1:-1] + b"\x28")),
        "face_found": (STANDING, FACE),
        "face_lost": (FACE, STANDING),
        "everything_changed": (random_state(seeded(13), 0xFF), random_state(seeded(14), 0xFF)),
    }


def _deltas() -> list[Vector]:
    vectors = [_delta(f"delta_{name}", tell(held), after) for name, (held, after) in _delta_cases().items()]
    one, other = random_state(seeded(15), 0xFF), random_state(seeded(16), 0xFF)
    nearer = replace(one, head=_moved(one.head, 300, -5, 9), voice=other.voice)
    for tier in (Tier.UPPER, Tier.HEAD, Tier.PRESENCE):
        name = tier.name.lower()
        vectors.append(_delta(f"delta_of_everything_in_tier_{name}", tell(one, tier), other))
        vectors.append(_delta(f"delta_by_little_in_tier_{name}", tell(one, tier), nearer))
        vectors.append(_delta(f"delta_of_the_voice_in_tier_{name}", tell(one, tier), replace(one, voice=other.voice)))
    return vectors


def _delta(name: str, told: Told, after: AvatarState) -> Vector:
    record, _ = _next(told[0], after)
    return _valid(name, told, record)


def _next(held: RecordState, state: AvatarState) -> tuple[bytes, RecordState]:
    written = delta_record(held, show_in_tier(state, held.tier))
    if written is None:
        raise ValueError("nothing changes")
    return written


def _journeys() -> list[Vector]:
    """Deltas after deltas: what is expected of a motion that goes on, stops, turns over or leaves a part out."""
    walk = [_with_head(x=40 * n, z=-25 * n) for n in range(1, 5)]
    turning = [replace(STANDING, head=replace(HEAD, b=turn)) for turn in (150, 260, 360)]
    turned = replace(STANDING, head=replace(HEAD, largest=1, a=0, b=0, c=380))
    waved = replace(walk[-1], left=_moved(STANDING.left, 30, 40, 50))
    journeys = {
        "walking_on": [*walk, _with_head(x=200, z=-125)],
        "walking_then_still": [*walk, replace(walk[-1], voice=34)],
        "walking_then_only_a_hand": [*walk, waved, replace(waved, head=_moved(waved.head, x=40))],
        "walking_then_back": [*walk, _with_head()],
        "turning_over_the_largest": [*turning, turned, replace(turned, head=replace(turned.head, c=280))],
        "jumping_until_the_spread_is_at_its_limit": [
            _with_head(y=far) for far in (5_000_000, 0, 5_000_000, 0, 5_000_000)
        ],
        "jumping_after_a_long_rest": [
            *(replace(STANDING, voice=17 * n) for n in (2, 3, 4, 5)),
            replace(_with_head(y=5_000_000), voice=85),
        ],
        "hand_lost_and_found_expects_nothing": [
            replace(STANDING, left=_moved(STANDING.left, x=90)),
            replace(STANDING, flags=int(F.HEAD | F.RIGHT), left=TrackedPart()),
            STANDING,
            replace(STANDING, left=_moved(STANDING.left, x=90)),
        ],
    }
    vectors = [_journey(name, tell(STANDING), states) for name, states in journeys.items()]
    for tier in (Tier.UPPER, Tier.HEAD, Tier.PRESENCE):
        far = [_with_head(x=400 * n) for n in range(1, 6)]
        vectors.append(_journey(f"walking_on_in_tier_{tier.name.lower()}", tell(STANDING, tier), far))
    fist = [replace(FINGERS, right_fingers=bytes([level] * 20)) for level in (101, 121, 142, 162)]
    vectors.append(_journey("fingers_closing", tell(FINGERS), fist))
    held, _ = _walked(tell(STANDING), walk)
    vectors.append(_valid("full_record_of_somebody_walking", (NOTHING_HELD, []), full_record(held)))
    goes_on, _ = _next(held, _with_head(x=200, z=-125))
    vectors.append(_valid("delta_after_the_full_record_of_somebody_walking", (held, [full_record(held)]), goes_on))
    return vectors


def _walked(told: Told, states: Iterable[AvatarState]) -> Told:
    held, records = told
    for state in states:
        record, held = _next(held, state)
        records = [*records, record]
    return held, records


def _journey(name: str, told: Told, states: list[AvatarState]) -> Vector:
    return _delta(f"delta_{name}", _walked(told, states[:-1]), states[-1])


def _tolerated() -> list[Vector]:
    """List what no good encoder writes and every decoder accepts."""
    cases = {
        "delta_of_nothing": (STANDING, bits((0, 6))),
        "delta_with_more_of_nothing": (STANDING, bits((0b10, 2), (0, 2), (0, 4))),
        "delta_of_flags_that_stay": (STANDING, bits((0b110, 3), (STANDING.flags, 8), (0, 5))),
        "delta_of_a_voice_that_stays": (STANDING, bits((0b1010, 4), (1, 4), (0, 4))),
        "delta_of_a_part_that_stays": (STANDING, bits((0, 3), (1, 1), *STILL, (0, 1), *STILL, (0, 2))),
        "delta_of_a_rotation_anew_though_near": (
            STANDING,
            bits((0, 3), (1, 1), *STILL, (1, 1), (3, 2), (401, 10), (400, 10), (400, 10), (0, 2)),
        ),
        "delta_of_fingers_that_stay": (FINGERS, bits((0b10, 2), (0, 2), (0b01, 2), (0, 4), (0, 5))),
        "delta_plain_of_parts_that_stay": (STANDING, bits((0b100, 3), *STILL * 6)),
        "delta_plain_of_nobody": (AvatarState(), bits((0b100, 3))),
        "delta_not_plain_of_nobody": (AvatarState(), bits((0, 3))),
        "delta_not_plain_though_all_moved": (
            replace(STANDING, flags=int(F.HEAD), left=TrackedPart(), right=TrackedPart()),
            bits((0, 3), (1, 1), *code(2, 3) * 3, (0, 1), *STILL),
        ),
        "full_with_a_position_wider_than_needed": (
            AvatarState(),
            bits((1, 1), (0, 2), (1, 8), (0, 4), (24, 5), (0, 72), *FACING, (0, 4), (0, 3), (0, 4), (0, 3)),
        ),
    }
    return [_valid(name, tell(held), record, canonical=False) for name, (held, record) in cases.items()]


def _valid(name: str, told: Told, record: bytes, *, canonical: bool = True) -> Vector:
    held, before = told
    after, _ = apply_record(held, record)
    if canonical and not is_full(record) and delta_record(held, after.state) != (record, after):
        raise ValueError(f"{name} is not what an encoder writes")
    return {
        "name": name,
        "before": [earlier.hex() for earlier in before],
        "hex": record.hex(),
        "after": state_json(after.state),
        "full": full_record(after).hex(),
        "canonical": canonical,
    }
