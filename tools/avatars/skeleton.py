"""The bones of a figure: VRM 1.0's humanoid at rest, in a T, looking along +Z, its left at +X; lengths are metres.

The places are those of the web client's own figures, so that a tracked person fits into both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tools.scenes.shapes import Vector

SIDES: Final = (("left", 1.0), ("right", -1.0))

SHOULDER: Final = (0.162, 1.392, 0.0)
ELBOW_X: Final = 0.432
WRIST_X: Final = 0.677
HIP: Final = (0.088, 0.9, 0.0)
KNEE: Final = (0.088, 0.49, 0.004)
ANKLE: Final = (0.088, 0.085, -0.012)
EYE: Final = (0.034, 1.6, 0.03)

FINGERS: Final[dict[str, tuple[float, float, tuple[float, float, float]]]] = {
    "Index": (0.767, 0.027, (0.036, 0.024, 0.022)),
    "Middle": (0.77, 0.006, (0.04, 0.026, 0.023)),
    "Ring": (0.766, -0.014, (0.036, 0.024, 0.022)),
    "Little": (0.757, -0.032, (0.028, 0.019, 0.019)),
}
"""Of each finger: where its knuckle is along X and Z, and how long its three joints are."""

JOINTS: Final = ("Proximal", "Intermediate", "Distal")
THUMB: Final = (
    ("Metacarpal", (0.697, 1.384, 0.026)),
    ("Proximal", (0.726, 1.378, 0.05)),
    ("Distal", (0.752, 1.374, 0.067)),
)
THUMB_TIP: Final = (0.774, 1.371, 0.079)
HAND_Y: Final = 1.392


@dataclass(frozen=True)
class Bone:
    """A humanoid bone."""

    name: str
    above: str | None
    place: Vector
    """In the room, at rest."""


def bones() -> list[Bone]:
    """Give all bones, each after the one above it."""
    trunk = [
        Bone("hips", None, (0.0, 0.93, 0.0)),
        Bone("spine", "hips", (0.0, 1.04, 0.0)),
        Bone("chest", "spine", (0.0, 1.2, 0.0)),
        Bone("neck", "chest", (0.0, 1.44, -0.012)),
        Bone("head", "neck", (0.0, 1.53, 0.0)),
    ]
    return trunk + [bone for side, sign in SIDES for bone in _side(side, sign)]


def _side(side: str, sign: float) -> list[Bone]:
    def at(place: Vector) -> Vector:
        return (sign * place[0], place[1], place[2])

    found = [
        Bone(f"{side}Eye", "head", at(EYE)),
        Bone(f"{side}UpperArm", "chest", at(SHOULDER)),
        Bone(f"{side}LowerArm", f"{side}UpperArm", at((ELBOW_X, SHOULDER[1], 0.0))),
        Bone(f"{side}Hand", f"{side}LowerArm", at((WRIST_X, SHOULDER[1], 0.0))),
    ]
    above = f"{side}Hand"
    for joint, place in THUMB:
        found.append(Bone(f"{side}Thumb{joint}", above, at(place)))
        above = found[-1].name
    for finger, (x, z, lengths) in FINGERS.items():
        above, reach = f"{side}Hand", x
        for joint, length in zip(JOINTS, lengths, strict=True):
            found.append(Bone(f"{side}{finger}{joint}", above, at((reach, HAND_Y, z))))
            above, reach = found[-1].name, reach + length
    return [
        *found,
        Bone(f"{side}UpperLeg", "hips", at(HIP)),
        Bone(f"{side}LowerLeg", f"{side}UpperLeg", at(KNEE)),
        Bone(f"{side}Foot", f"{side}LowerLeg", at(ANKLE)),
    ]
