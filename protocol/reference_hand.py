"""The reference hand: the 26 joints of a right hand, its bones, and how each of them turns (SPEC.md section 4.1).

Lengths and turns are those of one adult's hands as a headset's tracking fits them, rounded to millimetres and degrees
(ADR 16). People differ from it by some degrees, which a viewer takes for their hand.
"""

from dataclasses import dataclass
from typing import Final

from protocol.quaternion import from_degrees

Turn = tuple[float, float, float]
"""Degrees about X, then the turned Y, then the turned Z."""
Place = tuple[float, float, float]
"""Millimetres in the frame of the wrist."""
STRAIGHT: Final[Turn] = (0, 0, 0)

JOINTS: Final = (
    "palm",
    "wrist",
    "thumb_metacarpal",
    "thumb_proximal",
    "thumb_distal",
    "thumb_tip",
    "index_metacarpal",
    "index_proximal",
    "index_intermediate",
    "index_distal",
    "index_tip",
    "middle_metacarpal",
    "middle_proximal",
    "middle_intermediate",
    "middle_distal",
    "middle_tip",
    "ring_metacarpal",
    "ring_proximal",
    "ring_intermediate",
    "ring_distal",
    "ring_tip",
    "little_metacarpal",
    "little_proximal",
    "little_intermediate",
    "little_distal",
    "little_tip",
)
PALM: Final = JOINTS.index("palm")
WRIST: Final = JOINTS.index("wrist")
INDEX_PROXIMAL: Final = JOINTS.index("index_proximal")
MIDDLE_METACARPAL: Final = JOINTS.index("middle_metacarpal")
MIDDLE_PROXIMAL: Final = JOINTS.index("middle_proximal")
LITTLE_PROXIMAL: Final = JOINTS.index("little_proximal")
GRIP_IN_WRIST: Final = (-0.001, -0.037, -0.066, *from_degrees(90.0, 90.0, 0.0))
"""Of a right hand. OpenXR's grip is the axis of what a hand holds: -Z to the thumb's side, +X out of the back."""


@dataclass(frozen=True, slots=True)
class ReferenceFinger:
    """A finger of the reference hand."""

    first: int
    """Which of JOINTS is its first movable joint; the other two and the tip follow."""
    root: Place
    """Where its first movable joint is."""
    bones: tuple[float, float, float]
    """Millimetres from each movable joint to the next, and to the tip."""
    tilts: tuple[Turn, Turn, Turn]
    """From the frame of the joint before (of the first: of the wrist) to the one a movable joint bends about X of."""
    turns: tuple[Turn, Turn, Turn]
    """From there, bent, to the frame of the joint."""
    metacarpal: Place | None
    """Where its metacarpal joint is; None where that is the first movable one."""
    metacarpal_turn: Turn = STRAIGHT
    spread_first: bool = True
    """A knuckle spreads, then bends; the saddle of a thumb bends, then spreads."""


FINGERS: Final = (
    ReferenceFinger(
        first=2,
        root=(-26, -21, -37),
        bones=(33, 34, 25),
        tilts=((-69, 54, 117), (0, -4, -10), (0, 2, 9)),
        turns=((-8, -21, -2), (0, -4, 0), (0, 5, 0)),
        metacarpal=None,
        spread_first=False,
    ),
    ReferenceFinger(
        first=7,
        root=(-24, -7, -96),
        bones=(38, 24, 22),
        tilts=((-2, 0, 2), (0, -1, -3), (0, -2, -2)),
        turns=((0, -2, 2), STRAIGHT, (0, -1, 0)),
        metacarpal=(-18, -12, -37),
    ),
    ReferenceFinger(
        first=12,
        root=(-2, -3, -96),
        bones=(43, 28, 25),
        tilts=((-1, 0, 1), (0, -1, -1), (0, -6, -5)),
        turns=((0, 1, -2), STRAIGHT, (0, 6, 0)),
        metacarpal=(-1, -9, -35),
    ),
    ReferenceFinger(
        first=17,
        root=(17, -6, -89),
        bones=(39, 27, 24),
        tilts=((-1, 0, -3), (0, -2, -4), (0, -1, 0)),
        turns=((0, 2, -3), (0, 1, 0), (0, 4, 0)),
        metacarpal=(15, -6, -35),
    ),
    ReferenceFinger(
        first=22,
        root=(35, -14, -78),
        bones=(31, 20, 22),
        tilts=((-6, -15, -16), (0, -7, -4), (0, 3, 0)),
        turns=((0, 2, 1), (0, 3, 0), (0, 3, 0)),
        metacarpal=(23, -9, -34),
        metacarpal_turn=(-6, -15, -25),
    ),
)
MOVABLE: Final = tuple(finger.first + joint for finger in FINGERS for joint in range(len(finger.bones)))
"""Which of JOINTS flexion moves; the wrist moves the others, and a tip has the rotation of the joint before it."""
