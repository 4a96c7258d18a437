"""The canonical description of this wire and its hash, which both ends compare (SPEC.md section 11)."""

import hashlib
import json
from enum import IntEnum, IntFlag
from typing import Any, Final

import msgspec
from msgspec import inspect

from protocol import fields, ids
from protocol.features import FEATURES, FeatureBodies
from protocol.messages import CLIENT_MESSAGES, SERVER_MESSAGES, AvatarFacts, ObjectFacts
from protocol.reference_hand import FINGERS, GRIP_IN_WRIST, JOINTS, ReferenceFinger

SCHEMA_HASH_CHARACTERS: Final = 16

# The packed layouts, told in the words of SPEC.md: whoever changes a layout changes its line here.
LAYOUTS: Final[dict[str, list[str]]] = {
    "pose": [
        "u8 kind",
        "u8 flags",
        "u16 sequence",
        "u32 sampled_at",
        "u8 voice",
        "head: i24 i24 i24 rotation",
        "left: i16 i16 i16 rotation",
        "right: i16 i16 i16 rotation",
        "left fingers: 20 u8",
        "right fingers: 20 u8",
        "face: 52 u8",
    ],
    "rotation": ["u2 largest", "u10 a+400", "u10 b+400", "u10 c+400"],
    "snapshot": [
        "u8 kind",
        "u8 frame flags",
        "u32 tick, u32 time; soon: u8 ticks since, u8 ms since",
        "leaves: count, alias",
        "enters: count, (alias, u32 entity, u16 length, facts)",
        "records: count, (alias, record, u8 age if ages)",
        "records by map: count, u8 bits of aliases, lowest bit first, (record, u8 age if ages)",
    ],
    "record": ["u1 full", "full or delta", "zeros to a byte"],
    "full": [
        "u2 tier, u8 flags, u4 voice",
        "head, left, right: part, trend of position, of rotation",
        "left fingers, right fingers, face: u6 values, u4 spread",
    ],
    "delta": [
        "u1 more: u1 flags: u8; u1 voice: u4; u1 each of left fingers, right fingers, face that lasts",
        "u1 plain: parts that last are carried and not turned over, and do not say so",
        "head, left, right: found: part; lasting: u1 carried: 3 codes, u1 turned over: rotation, else 3 codes",
        "left fingers, right fingers, face: found: u6 values; carried: groups of 4: u1 changed: 4 codes",
    ],
    "part": ["u5 width", "3 iN", "rotation: u2 largest, 3 u10-turn; presence: u1 axis, u7"],
    "trend": ["u4 spread", "3 codes"],
    "tiers": ["full: 2^0 mm, 2^0", "upper: 2^2 mm, 2^2", "head: 2^3 mm, 2^3", "presence: 2^7 mm, 2^3"],
    "predicted": ["(step*14+8)>>4"],
}
SCALES: Final[dict[str, str]] = {
    "position": "1000",
    "rotation": "400 over the largest",
    "voice": "255",
    "flexion": "(rad+0.5)/2.5*255",
    "spread": "(rad+0.7)/1.4*255",
    "weight": "255",
    "age": "4 ms",
}


def describe() -> str:
    """Canonical JSON: keys sorted, no spaces, ASCII; the same on every machine and for every version of a library."""
    description = {
        "version": ids.VERSION,
        "subprotocol": ids.SUBPROTOCOL,
        "kinds": _numbers(ids.Kind),
        "client": {kind.name: _describe_struct(struct) for kind, struct in CLIENT_MESSAGES.items()},
        "server": {kind.name: _describe_struct(struct) for kind, struct in SERVER_MESSAGES.items()},
        "facts": [_describe_struct(AvatarFacts), _describe_struct(ObjectFacts)],
        "features": {name: _describe_feature(bodies) for name, bodies in FEATURES.items()},
        "state_flags": _numbers(ids.StateFlag),
        "frame_flags": _numbers(ids.FrameFlag),
        "tiers": _numbers(ids.Tier),
        "layouts": LAYOUTS,
        "scales": SCALES,
        "blendshapes": fields.BLENDSHAPES,
        "hand": {"grip": _spell(GRIP_IN_WRIST), "fingers": [_describe_finger(finger) for finger in FINGERS]},
    }
    return json.dumps(description, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _describe_feature(bodies: FeatureBodies) -> dict[str, object]:
    return {
        "operations": {name: _describe_struct(struct) for name, struct in bodies.operations.items()},
        "events": {name: _describe_struct(struct) for name, struct in bodies.events.items()},
        "results": {name: _describe_struct(struct) for name, struct in bodies.results.items()},
    }


def _numbers(names: type[IntEnum] | type[IntFlag]) -> dict[str, int]:
    return {name: int(member) for name, member in names.__members__.items()}


def _describe_finger(finger: ReferenceFinger) -> dict[str, object]:
    """Constants of section 4.1 and, in the words of its formulas, the order in which a finger's joints turn."""
    first = "Y(spread) X(-flexion)" if finger.spread_first else "X(-flexion) Y(spread)"
    fixed = list(zip(map(_spell, finger.tilts), map(_spell, finger.turns), strict=True))
    moves = (first, *["X(-flexion)"] * (len(fixed) - 1))
    told: dict[str, object] = {
        "first": JOINTS[finger.first],
        "root": _spell(finger.root),
        "bones": _spell(finger.bones),
        "joints": [f"XYZ({tilt}) {move} XYZ({turn})" for (tilt, turn), move in zip(fixed, moves, strict=True)],
    }
    if finger.metacarpal is not None:
        told["metacarpal"] = f"{_spell(finger.metacarpal)} XYZ({_spell(finger.metacarpal_turn)})"
    return told


def _spell(numbers: tuple[float, ...]) -> str:
    """Six digits: libraries of mathematics, and ways to write a number, differ beyond them."""
    return " ".join(f"{number:g}" for number in numbers)


def _describe_struct(struct: type[msgspec.Struct]) -> dict[str, object]:
    """Key to type; an optional key's type ends with `= default`."""
    declared = inspect.type_info(struct)
    if not isinstance(declared, inspect.StructType):
        raise TypeError(f"{struct} is not a struct")
    return {field.encode_name: _describe_field(field) for field in declared.fields}


def _describe_field(field: inspect.Field) -> object:
    if field.required:
        return _describe_type(field.type)
    default = field.default_factory() if field.default is msgspec.NODEFAULT else field.default
    return f"{_describe_type(field.type)} = {json.dumps(default)}"


def _describe_type(declared: Any) -> object:
    """Spell a type of the messages: a string, or an object for a struct. Raises TypeError for one without a word."""
    match declared:
        case inspect.StructType(cls=struct):
            return _describe_struct(struct)
        case inspect.VarTupleType(item_type=item):
            return [_describe_type(item)]
        case inspect.TupleType(item_types=items):
            return {"tuple": [_describe_type(item) for item in items]}
    return _describe_scalar(declared)


def _describe_scalar(declared: Any) -> str:
    match declared:
        case inspect.IntType(ge=low, le=high):
            word = "int" + ("" if low is None else f" >= {low}") + ("" if high is None else f" <= {high}")
        case inspect.StrType(max_length=most):
            word = "str" if most is None else f"str<{most}"
        case inspect.BytesType(min_length=least, max_length=most) if least == most:
            word = f"bytes={most}"
        case inspect.LiteralType(values=values):
            word = "|".join(str(value) for value in values)
        case inspect.BoolType():
            word = "bool"
        case inspect.FloatType():
            word = "float"
        case inspect.DictType():
            word = "map"
        case _:
            raise TypeError(f"the schema has no word for {declared}")
    return word


SCHEMA_HASH: Final = hashlib.sha256(describe().encode()).hexdigest()[:SCHEMA_HASH_CHARACTERS]
