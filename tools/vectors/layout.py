"""How vectors are laid out as JSON: one a line, so that a change shows as the lines it changes."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from msgspec import Struct, to_builtins

from protocol.fields import pack_rotation
from protocol.ids import HAND_POSITION_MAX, StateFlag, Tier
from protocol.snapshot import AvatarState, TrackedPart, mask_for_tier

Vector = dict[str, Any]
VectorFile = dict[str, Any]


def render(file: VectorFile) -> str:
    """Lay a file out: each entry of its lists and objects on its own line."""
    return "{\n" + ",\n".join(f"{json.dumps(key)}: {_lines(value)}" for key, value in file.items()) + "\n}\n"


def state_json(state: AvatarState) -> Vector:
    """Spell a state as section 12 says."""
    flags = state.flags
    return {
        "flags": flags,
        "voice": state.voice,
        "head": part_json(state.head) if flags & StateFlag.HEAD else None,
        "left": part_json(state.left) if flags & StateFlag.LEFT else None,
        "right": part_json(state.right) if flags & StateFlag.RIGHT else None,
        "left_fingers": state.left_fingers.hex() if flags & StateFlag.LEFT_FINGERS else None,
        "right_fingers": state.right_fingers.hex() if flags & StateFlag.RIGHT_FINGERS else None,
        "face": state.face.hex() if flags & StateFlag.FACE else None,
    }


def part_json(part: TrackedPart) -> list[int]:
    """Spell a head or a hand as x y z, then its rotation."""
    return [*part.position, *part.rotation]


def body_json(value: object) -> Any:
    """Spell a message's body: binary as {"hex": ...}."""
    if isinstance(value, Struct):
        value = to_builtins(value, builtin_types=(bytes,))
    match value:
        case bytes():
            return {"hex": value.hex()}
        case Mapping():
            return {key: body_json(entry) for key, entry in value.items()}
        case list() | tuple():
            return [body_json(entry) for entry in value]
    return value


def seeded(seed: int) -> Random:
    """Return random numbers that never change, or else the vectors would."""
    return Random(seed)  # noqa: S311 - nothing is secret here


def random_part(random: Random, reach: int) -> TrackedPart:
    """Make a part within `reach` mm of its origin on each axis."""
    x, y, z = (random.randint(-reach, reach) for _ in range(3))
    a, b, c, d = (random.uniform(-1.0, 1.0) for _ in range(4))
    return TrackedPart(x, y, z, *pack_rotation((a, b, c, d)))


def random_state(random: Random, flags: int) -> AvatarState:
    """Make a state with these flags, whatever its values."""
    state = AvatarState(
        flags=int(flags),
        voice=random.randrange(256),
        head=random_part(random, 20_000),
        left=random_part(random, 800),
        right=random_part(random, HAND_POSITION_MAX),
        left_fingers=random.randbytes(20),
        right_fingers=random.randbytes(20),
        face=random.randbytes(52),
    )
    return mask_for_tier(state, Tier.FULL)


def _lines(value: object) -> str:
    if isinstance(value, dict) and value:
        lines = [f"  {json.dumps(key)}: {_line(entry)}" for key, entry in value.items()]
        return "{\n" + ",\n".join(lines) + "\n}"
    if isinstance(value, list) and value:
        return "[\n" + ",\n".join("  " + _line(entry) for entry in value) + "\n]"
    return _line(value)


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
