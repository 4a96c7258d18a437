"""The wire in TypeScript: constants, tables, and messages as interfaces beside what checks them."""

import json
from collections.abc import Mapping
from typing import Final

from protocol import ids
from protocol.features import GIVEN_BY_COMING, RECORDING_NEEDS
from protocol.fields import BLENDSHAPES
from protocol.reference_hand import FINGERS, GRIP_IN_WRIST, JOINTS, MOVABLE, ReferenceFinger
from protocol.rights import Right
from tools.clients.model import (
    ENUMS,
    SCALES,
    Array,
    Binary,
    Choice,
    Field,
    Integer,
    Plain,
    Reference,
    Struct,
    Text,
    Type,
    build_model,
    camel,
    constants,
    words,
)

HEADER: Final = "// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.\n"
SCHEMAS: Final = """\
export type TypeSchema =
  | { readonly is: "int"; readonly least: number; readonly most: number }
  | { readonly is: "text"; readonly most: number | null }
  | { readonly is: "binary"; readonly length: number }
  | { readonly is: "choice"; readonly words: readonly string[] }
  | { readonly is: "bool" | "float" | "map" }
  | { readonly is: "struct"; readonly struct: StructSchema }
  | { readonly is: "array"; readonly item: TypeSchema; readonly length: number | null };

export interface FieldSchema {
  readonly key: string;
  readonly type: TypeSchema;
  readonly required: boolean;
  readonly fallback?: unknown;
}

/** A map with declared keys. */
export interface StructSchema {
  readonly name: string;
  readonly fields: readonly FieldSchema[];
}

/** A map whose keys a feature declares. */
export type FreeMap = Readonly<Record<string, unknown>>;
"""
FINGER: Final = """\
type Triple = readonly [number, number, number];

/** A finger of the reference hand (SPEC 4.1): millimetres and degrees about X, Y, Z. */
export interface ReferenceFinger {
  readonly first: number;
  readonly root: Triple;
  readonly bones: Triple;
  readonly tilts: readonly [Triple, Triple, Triple];
  readonly turns: readonly [Triple, Triple, Triple];
  /** Null where the metacarpal is the first movable joint. */
  readonly metacarpal: Triple | null;
  readonly metacarpalTurn: Triple;
  readonly spreadFirst: boolean;
}
"""


def render_constants() -> str:
    """Return the whole text of constants.ts."""
    blocks = [HEADER, *(_enum(members.__name__, members.__members__) for members in ENUMS)]
    blocks.append("".join(f"export const {name} = {value};\n" for name, value in constants().items()))
    blocks.append("".join(f"export const {name} = {value!r};\n" for name, value in SCALES))
    blocks.append("".join(f"export const {name} = {json.dumps(value)};\n" for name, value in words().items()))
    return "\n".join(blocks)


def render_tables() -> str:
    """Return the whole text of tables.ts."""
    numbers = {
        "TIER_FLAGS": [int(ids.TIER_FLAGS[tier]) for tier in ids.Tier],
        "TIER_POSITION_SHIFT": [ids.TIER_POSITION_SHIFT[tier] for tier in ids.Tier],
        "TIER_ROTATION_SHIFT": [ids.TIER_ROTATION_SHIFT[tier] for tier in ids.Tier],
        "MOVABLE_JOINTS": list(MOVABLE),
    }
    blocks = [HEADER, FINGER]
    blocks.extend(
        f"export const {name}: readonly number[] = {json.dumps(values)};\n" for name, values in numbers.items()
    )
    blocks.append(_words("BLENDSHAPES", BLENDSHAPES))
    blocks.append(_words("JOINTS", JOINTS))
    blocks.append(_words("RIGHTS", tuple(right.value for right in Right)))
    blocks.append("export type Right = (typeof RIGHTS)[number];\n")
    blocks.append(_words("GIVEN_BY_COMING", GIVEN_BY_COMING))
    needs = "".join(f"  {kind}: {json.dumps(purpose)},\n" for kind, purpose in RECORDING_NEEDS.items())
    blocks.append(f"export const RECORDING_NEEDS = {{\n{needs}}} as const;\n")
    grip = ", ".join(map(repr, GRIP_IN_WRIST))
    blocks.append(
        "/** Of a right hand: metres, then a quaternion x y z w. */\n"
        f"export const GRIP_IN_WRIST: readonly number[] = [{grip}];\n"
    )
    fingers = "".join(f"  {_finger(finger)},\n" for finger in FINGERS)
    blocks.append(f"export const FINGERS: readonly ReferenceFinger[] = [\n{fingers}];\n")
    return "\n".join(blocks)


def render_messages() -> str:
    """Return the whole text of messages.ts."""
    model = build_model()
    sent = set(model.client.values()) | set(model.operations.values())
    blocks = [HEADER, SCHEMAS]
    for struct in model.structs:
        blocks += [_interface(struct, optional=struct.name in sent), _schema(struct)]
    blocks += [
        _by_kind("ClientMessages", "CLIENT_SCHEMAS", model.client),
        _by_kind("ServerMessages", "SERVER_SCHEMAS", model.server),
        _by_feature(model.operations, "Operations", "OPERATION_SCHEMAS"),
        _by_feature(model.events, "Events", "EVENT_SCHEMAS"),
        _by_feature(model.results, "Results", "RESULT_SCHEMAS"),
    ]
    return "\n".join(blocks)


def _enum(name: str, members: Mapping[str, int]) -> str:
    values = "".join(f"  {camel(member)}: {int(value)},\n" for member, value in members.items())
    return (
        f"export const {name} = {{\n{values}}} as const;\nexport type {name} = (typeof {name})[keyof typeof {name}];\n"
    )


def _words(name: str, values: tuple[str, ...]) -> str:
    lines = "".join(f"  {json.dumps(value)},\n" for value in values)
    return f"export const {name} = [\n{lines}] as const;\n"


def _finger(finger: ReferenceFinger) -> str:
    told = {
        "first": finger.first,
        "root": finger.root,
        "bones": finger.bones,
        "tilts": finger.tilts,
        "turns": finger.turns,
        "metacarpal": finger.metacarpal,
        "metacarpalTurn": finger.metacarpal_turn,
        "spreadFirst": finger.spread_first,
    }
    return "{ " + ", ".join(f"{key}: {json.dumps(value)}" for key, value in told.items()) + " }"


def _interface(struct: Struct, *, optional: bool) -> str:
    keys = "".join(
        f"  readonly {field.key}{'?' if optional and not field.required else ''}: {_type(field.type)};\n"
        for field in struct.fields
    )
    about = f"/** {struct.about} */\n"
    if not keys:
        return f"{about}export type {struct.name} = Readonly<Record<string, never>>;\n"
    return f"{about}export interface {struct.name} {{\n{keys}}}\n"


def _type(type_: Type) -> str:  # noqa: PLR0911 - one for each type
    match type_:
        case Integer() | Plain("float"):
            return "number"
        case Text():
            return "string"
        case Choice(allowed):
            return " | ".join(json.dumps(word) for word in allowed)
        case Plain("bool"):
            return "boolean"
        case Plain("map"):
            return "FreeMap"
        case Binary():
            return "Uint8Array"
        case Reference(name):
            return name
        case Array(item, None):
            return f"readonly {_type(item)}[]" if not isinstance(item, Choice) else f"readonly ({_type(item)})[]"
        case Array(item, length) if length is not None:
            return "readonly [" + ", ".join([_type(item)] * length) + "]"
    raise TypeError(f"TypeScript has no type for {type_}")


def _schema(struct: Struct) -> str:
    fields = "".join(f"    {_field_schema(field)},\n" for field in struct.fields)
    return (
        f"export const {_constant(struct.name)}: StructSchema = {{\n"
        f"  name: {json.dumps(struct.name)},\n  fields: [\n{fields}  ],\n}};\n"
    )


def _field_schema(field: Field) -> str:
    fallback = "" if field.required else f", fallback: {json.dumps(field.default)}"
    required = str(field.required).lower()
    return f"{{ key: {json.dumps(field.key)}, type: {_type_schema(field.type)}, required: {required}{fallback} }}"


def _type_schema(type_: Type) -> str:  # noqa: PLR0911 - one for each type
    match type_:
        case Integer(least, most):
            return f'{{ is: "int", least: {least}, most: {most} }}'
        case Text(most):
            return f'{{ is: "text", most: {json.dumps(most)} }}'
        case Binary(length):
            return f'{{ is: "binary", length: {length} }}'
        case Choice(allowed):
            return f'{{ is: "choice", words: {json.dumps(allowed)} }}'
        case Plain(name):
            return f'{{ is: "{name}" }}'
        case Reference(name):
            return f'{{ is: "struct", struct: {_constant(name)} }}'
        case Array(item, length):
            return f'{{ is: "array", item: {_type_schema(item)}, length: {json.dumps(length)} }}'
    raise TypeError(f"TypeScript has no schema for {type_}")


def _constant(name: str) -> str:
    """`ClockReply` as `CLOCK_REPLY`."""
    return "".join(f"_{letter}" if letter.isupper() and at else letter for at, letter in enumerate(name)).upper()


def _by_kind(interface: str, schemas: str, messages: Mapping[ids.Kind, str]) -> str:
    types = "".join(f"  readonly {int(kind)}: {struct};\n" for kind, struct in messages.items())
    checks = "".join(f"  {int(kind)}: {_constant(struct)},\n" for kind, struct in messages.items())
    return (
        f"/** By `Kind`. */\nexport interface {interface} {{\n{types}}}\n\n"
        f"export const {schemas}: Readonly<Partial<Record<number, StructSchema>>> = {{\n{checks}}};\n"
    )


def _by_feature(bodies: Mapping[tuple[str, str], str], interface: str, schemas: str) -> str:
    types = "".join(f'  readonly "{feature}/{name}": {struct};\n' for (feature, name), struct in bodies.items())
    checks = "".join(f'  "{feature}/{name}": {_constant(struct)},\n' for (feature, name), struct in bodies.items())
    return (
        f"/** By feature and type. */\nexport interface {interface} {{\n{types}}}\n\n"
        f"export const {schemas}: Readonly<Partial<Record<string, StructSchema>>> = {{\n{checks}}};\n"
    )
