"""The wire's numbers in C# 7, as .NET Standard 2.1 and mono take it: enums, constants and tables."""

import json
from enum import IntFlag
from typing import Final

from protocol import ids
from protocol.fields import BLENDSHAPES
from protocol.reference_hand import FINGERS, GRIP_IN_WRIST, JOINTS, MOVABLE, ReferenceFinger
from tools.clients.model import ENUMS, SCALES, camel, constants, words

HEADER: Final = """\
// Written by tools/generate.py from protocol/. Do not edit: change that and run `make generate`.

namespace Polyclinic.Protocol.Generated
{
"""


def render_constants() -> str:
    """Return the whole text of Constants.cs."""
    blocks = [_enum(members) for members in ENUMS]
    lines = [f"        public const int {camel(name)} = {value};" for name, value in constants().items()]
    lines += [f"        public const double {camel(name)} = {value!r};" for name, value in SCALES]
    lines += [f"        public const string {camel(name)} = {quoted(value)};" for name, value in words().items()]
    blocks.append(static_class("Wire", "Versions, sizes, ranges and limits; times are milliseconds.", lines))
    return csharp_file(blocks)


def render_tables() -> str:
    """Return the whole text of Tables.cs."""
    lines = [
        _array("int", "TierFlags", [str(int(ids.TIER_FLAGS[tier])) for tier in ids.Tier]),
        _array("int", "TierPositionShift", [str(ids.TIER_POSITION_SHIFT[tier]) for tier in ids.Tier]),
        _array("int", "TierRotationShift", [str(ids.TIER_ROTATION_SHIFT[tier]) for tier in ids.Tier]),
        _array("string", "Blendshapes", [quoted(name) for name in BLENDSHAPES]),
        _array("string", "Joints", [quoted(name) for name in JOINTS]),
        _array("int", "MovableJoints", [str(joint) for joint in MOVABLE]),
        "        /// <summary>Of a right hand: metres, then a quaternion x y z w.</summary>",
        _array("double", "GripInWrist", [repr(number) for number in GRIP_IN_WRIST]),
        _array("ReferenceFinger", "Fingers", [_finger(finger) for finger in FINGERS]),
    ]
    return csharp_file([REFERENCE_FINGER, static_class("Tables", "What the wire counts by index.", lines)])


REFERENCE_FINGER: Final = """\
    /// <summary>A finger of the reference hand (SPEC 4.1): millimetres and degrees about X, Y, Z.</summary>
    public sealed class ReferenceFinger
    {
        public readonly int First;
        public readonly double[] Root;
        public readonly double[] Bones;
        public readonly double[][] Tilts;
        public readonly double[][] Turns;

        /// <summary>Null where the metacarpal is the first movable joint.</summary>
        public readonly double[] Metacarpal;
        public readonly double[] MetacarpalTurn;
        public readonly bool SpreadFirst;

        public ReferenceFinger(
            int first, double[] root, double[] bones, double[][] tilts, double[][] turns, double[] metacarpal,
            double[] metacarpalTurn, bool spreadFirst)
        {
            First = first;
            Root = root;
            Bones = bones;
            Tilts = tilts;
            Turns = turns;
            Metacarpal = metacarpal;
            MetacarpalTurn = metacarpalTurn;
            SpreadFirst = spreadFirst;
        }
    }
"""


def quoted(text: str) -> str:
    """Give a string literal: C# has every escape of JSON."""
    return json.dumps(text)


def csharp_file(blocks: list[str]) -> str:
    """Put classes into the namespace."""
    return HEADER + "\n".join(blocks) + "}\n"


def _enum(members: type) -> str:
    flags = ["    [System.Flags]"] if issubclass(members, IntFlag) else []
    values = [f"        {camel(name)} = {int(value)}," for name, value in members.__members__.items()]  # type: ignore[attr-defined]
    return "\n".join([*flags, f"    public enum {members.__name__}", "    {", *values, "    }"]) + "\n"


def static_class(name: str, about: str, lines: list[str]) -> str:
    """Give a class of constants and functions."""
    head = [f"    /// <summary>{about}</summary>", f"    public static class {name}", "    {"]
    return "\n".join([*head, *lines, "    }"]) + "\n"


def _array(of: str, name: str, items: list[str]) -> str:
    lines = [f"        public static readonly {of}[] {name} =", "        {"]
    return "\n".join([*lines, *(f"            {item}," for item in items), "        };"])


def _finger(finger: ReferenceFinger) -> str:
    triples = (
        "new[] {" + ", ".join(_doubles(triple) for triple in triples) + "}" for triples in (finger.tilts, finger.turns)
    )
    metacarpal = "null" if finger.metacarpal is None else _doubles(finger.metacarpal)
    arguments = [
        str(finger.first),
        _doubles(finger.root),
        _doubles(finger.bones),
        *triples,
        metacarpal,
        _doubles(finger.metacarpal_turn),
        str(finger.spread_first).lower(),
    ]
    return f"new ReferenceFinger(\n                {', '.join(arguments)})"


def _doubles(values: tuple[float, ...]) -> str:
    return "new double[] {" + ", ".join(map(repr, values)) + "}"
