"""The wire's constants as a Cython definition file: anonymous enums, so that the C compiler sees plain numbers."""

from enum import IntEnum, IntFlag
from typing import Final

from protocol import fields, ids, masking

HEADER: Final = """\
# Written by tools/generate.py from protocol/ids.py, fields.py and masking.py. Do not edit: change those and run
# `make generate`. Times are whole milliseconds.
"""
ENUMS: Final[tuple[tuple[str, type[IntEnum] | type[IntFlag]], ...]] = (
    ("KIND", ids.Kind),
    ("CLOSE", ids.CloseCode),
    ("FRAME", ids.FrameFlag),
    ("STATE", ids.StateFlag),
    ("ENTITY", ids.EntityKind),
    ("TIER", ids.Tier),
)
MASKING: Final = (
    "SCALE_BITS",
    "SCALE_ONE",
    "SCALE_LEAST",
    "SCALE_GREATEST",
    "MASKED_HZ_MAX",
    "HEAD_STEP_DEGREES",
    "EYE_VALUES",
    "POSTURE_BITS",
)
# A C enum holds no fractions and no doubles; a macro is the plain constant the compiler folds.
SCALES: Final[tuple[tuple[str, float], ...]] = (
    ("FLEXION_OFFSET", fields.FLEXION_OFFSET),
    ("FLEXION_SPAN", fields.FLEXION_SPAN),
    ("SPREAD_OFFSET", fields.SPREAD_OFFSET),
    ("SPREAD_SPAN", fields.SPREAD_SPAN),
)


def render_wire_pxd() -> str:
    """Return the whole text of core_ext/wire.pxd."""
    blocks = [HEADER]
    blocks.extend(
        _enum_block({f"{prefix}_{name}": int(member) for name, member in members.__members__.items()})
        for prefix, members in ENUMS
    )
    blocks.append(_enum_block({f"TIER_FLAGS_{tier.name}": int(flags) for tier, flags in ids.TIER_FLAGS.items()}))
    blocks.append(_enum_block({f"TIER_POSITION_SHIFT_{tier.name}": n for tier, n in ids.TIER_POSITION_SHIFT.items()}))
    blocks.append(_enum_block({f"TIER_ROTATION_SHIFT_{tier.name}": n for tier, n in ids.TIER_ROTATION_SHIFT.items()}))
    blocks.append(_enum_block(constants()))
    blocks.append(_enum_block({name: getattr(masking, name) for name in MASKING}))
    blocks.append(_scale_block())
    return "\n".join(blocks)


def constants() -> dict[str, int]:
    """Every number that `protocol.ids` names outside an enum; those in seconds as milliseconds, in C's integers."""
    numbers: dict[str, int] = {}
    for name, value in vars(ids).items():
        if not name.isupper() or name.startswith("_"):
            continue
        if name.endswith("_SECONDS"):
            numbers[name.removesuffix("_SECONDS") + "_MS"] = round(value * 1000)
        elif isinstance(value, int):
            numbers[name] = value
    return numbers


def _enum_block(values: dict[str, int]) -> str:
    return "\n".join(["cdef enum:", *(f"    {name} = {value}" for name, value in values.items())]) + "\n"


def _scale_block() -> str:
    defines = [f"    #define POLYCLINIC_{name} {value!r}" for name, value in SCALES]
    names = [f'    const double {name} "POLYCLINIC_{name}"' for name, _ in SCALES]
    return "\n".join(["cdef extern from *:", '    """', *defines, '    """', *names]) + "\n"
