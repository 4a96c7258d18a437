"""The flexion model by the array and without rounding, and models like it: what errors of fingers are judged against.

A finger's first movable joint turns by two angles and the others by one, each between two fixed turns of the hand's
anatomy:

    frame := frame * tilt * X(-flexion) * turn                       (the others)
    frame := tilt * Y(spread) * X(-flexion) * turn                   (the first)
    frame := tilt * X(-flexion) * Y(spread) * turn                   (the first of a thumb)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from loadtest.motion.rows import Floats
from protocol.fields import FLEXION_OFFSET, FLEXION_SPAN, SPREAD_OFFSET, SPREAD_SPAN
from protocol.finger_fit import HELD
from protocol.hands import FINGERS, VALUES_A_FINGER
from protocol.ids import UNIT_MAX
from tests.bench.bytes.turns import IDENTITY, about, back, in_degrees, middle, times, to_degrees, turned, wrapped

JOINTS_A_FINGER: Final = 3
SPREAD: Final = JOINTS_A_FINGER
ALONG_BONE: Final = np.array([0.0, 0.0, -1.0])
_HELD: Final = np.array(HELD)
_SPREADS: Final = 2 * len(HELD)
"""How many are tried where nothing is rounded."""
_ROUNDS: Final = 150
"""Of the alternating fit of a knuckle: angles for given anatomy, anatomy for given angles. Changes less than 0.01
degrees after half as many."""
_THUMB_BEND: Final = np.radians(20.0)
"""Where the middle of a thumb's flexion is put: room for other people's thumbs on both sides of it."""


@dataclass(frozen=True)
class Finger:
    """The anatomy of a finger, in the frame of the wrist of a right hand."""

    tilts: tuple[Floats, ...]
    turns: tuple[Floats, ...]
    spread_first: bool


Hand = tuple[Finger, ...]
Rounding = Callable[[Floats, int], Floats]


def reference_hand() -> Hand:
    """The one of the wire."""
    return tuple(
        Finger(
            tuple(in_degrees(*tilt) for tilt in finger.tilts),
            tuple(in_degrees(*turn) for turn in finger.turns),
            finger.spread_first,
        )
        for finger in FINGERS
    )


def plain_hand() -> Hand:
    """The wire's with fingers that bend in one plane, as a desk sensor's skeleton has them."""
    bare = (IDENTITY,) * JOINTS_A_FINGER
    return tuple(replace(finger, tilts=(finger.tilts[0], *bare[1:]), turns=bare) for finger in reference_hand())


def told_hand(hand: Hand) -> list[dict[str, object]]:
    """In degrees about X, then Y, then Z, for whoever wants to try it."""
    return [
        {
            "tilts": [to_degrees(tilt) for tilt in finger.tilts],
            "turns": [to_degrees(turn) for turn in finger.turns],
            "spread_first": finger.spread_first,
        }
        for finger in hand
    ]


def pose(hand: Hand, angles: Floats) -> Floats:
    """Rotations (n, 5, 3, 4) of the movable joints in the frame of the wrist, for angles (n, 5, 4)."""
    shown = np.empty((len(angles), len(hand), JOINTS_A_FINGER, 4))
    for number, finger in enumerate(hand):
        frame = IDENTITY
        for joint in range(JOINTS_A_FINGER):
            frame = times(frame, _moved(finger, joint, angles[:, number, joint], angles[:, number, SPREAD]))
            shown[:, number, joint] = frame
    return shown


def fit_rotations(hand: Hand, rotations: Floats, *, levels: bool = False) -> Floats:
    """Angles (n, 5, 4) whose joints come nearest to rotations (n, 5, 3, 4), each given those before it.

    With `levels`, angles are those that a record holds, so that each joint makes up for the rounding of those before.
    """
    rounded = to_levels if levels else _in_range
    angles = np.zeros((len(rotations), len(hand), VALUES_A_FINGER))
    for number, finger in enumerate(hand):
        frame = np.broadcast_to(IDENTITY, (len(rotations), 4))
        spread = _nearest_spread(finger, rotations[:, number, 0], rounded)
        for joint in range(JOINTS_A_FINGER):
            before, after = _around_the_hinge(finger, joint, spread)
            hinge = times(back(times(frame, before)), times(rotations[:, number, joint], back(after)))
            flexion = rounded(wrapped(-2 * np.arctan2(hinge[:, 0], hinge[:, 3])), joint)
            angles[:, number, joint] = flexion
            frame = times(frame, _moved(finger, joint, flexion, spread))
        angles[:, number, SPREAD] = spread
    return angles


def fit_bones(hand: Hand, bones: Floats, *, levels: bool = False) -> Floats:
    """Angles (n, 5, 4) whose bones point as nearly as they can along bones (n, 5, 3, 3), as the wire's sender."""
    rounded = to_levels if levels else _in_range
    spreads = np.linspace(-SPREAD_OFFSET, SPREAD_SPAN - SPREAD_OFFSET, _SPREADS)
    if levels:
        spreads = _HELD / UNIT_MAX * SPREAD_SPAN - SPREAD_OFFSET
    angles = np.zeros((len(bones), len(hand), VALUES_A_FINGER))
    for number, finger in enumerate(hand):
        least = np.full(len(bones), np.inf)
        for spread in spreads:
            off, tried = _bent_along(finger, bones[:, number], float(spread), rounded)
            better = off < least
            least[better], angles[better, number] = off[better], tried[better]
    return angles


def _bent_along(finger: Finger, bones: Floats, spread: float, rounded: Rounding) -> tuple[Floats, Floats]:
    """How far bones (n, 3, 3) are from those with this spread, and the angles (n, 4)."""
    angles, off = np.full((len(bones), VALUES_A_FINGER), spread), np.zeros(len(bones))
    frame: Floats = IDENTITY
    for joint in range(JOINTS_A_FINGER):
        before, after = _around_the_hinge(finger, joint, spread)
        start, rest = times(frame, before), turned(after, ALONG_BONE)
        _, y, z = turned(back(start), bones[:, joint]).T
        angles[:, joint] = rounded(wrapped(np.arctan2(rest[2], rest[1]) - np.arctan2(z, y)), joint)
        frame = times(times(start, about(0, -angles[:, joint])), after)
        off += 1 - (bones[:, joint] * turned(frame, np.broadcast_to(ALONG_BONE, (len(bones), 3)))).sum(axis=1)
    return off, angles


def _around_the_hinge(finger: Finger, joint: int, spread: Floats | float) -> tuple[Floats, Floats]:
    """What a joint turns by before and after its flexion."""
    before, after = finger.tilts[joint], finger.turns[joint]
    if joint > 0:
        return before, after
    aside = about(1, spread)
    return (times(before, aside), after) if finger.spread_first else (before, times(aside, after))


def _moved(finger: Finger, joint: int, flexion: Floats, spread: Floats) -> Floats:
    """What a joint adds to the frame before it."""
    before, after = _around_the_hinge(finger, joint, spread)
    return times(times(before, about(0, -flexion)), after)


def _nearest_spread(finger: Finger, rotations: Floats, rounded: Rounding) -> Floats:
    """See `protocol.finger_fit`, of which this is a copy by the array."""
    x, y, z, w = times(times(back(finger.tilts[0]), rotations), back(finger.turns[0])).T
    z = z if finger.spread_first else -z
    return rounded(np.arctan2(2 * (w * y - x * z), w * w + x * x - y * y - z * z), SPREAD)


def _in_range(radians: Floats, column: int) -> Floats:
    """The nearest angle that the wire has."""
    offset, span = (SPREAD_OFFSET, SPREAD_SPAN) if column == SPREAD else (FLEXION_OFFSET, FLEXION_SPAN)
    within: Floats = np.clip(radians, -offset, span - offset)
    return within


def to_levels(radians: Floats, column: int) -> Floats:
    """The nearest angle that a record tells: flexion (columns 0 to 2) or spread (3), in 6 bits."""
    offset, span = (SPREAD_OFFSET, SPREAD_SPAN) if column == SPREAD else (FLEXION_OFFSET, FLEXION_SPAN)
    borders = (_HELD[1:] + _HELD[:-1]) / 2
    told: Floats = _HELD[np.searchsorted(borders, (radians + offset) / span * UNIT_MAX)] / UNIT_MAX * span - offset
    return told


def angles_of(values: Sequence[bytes] | np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Floats:
    """Angles (n, 5, 4) that the wire's 20 u8 of a hand stand for."""
    told = np.asarray([list(each) for each in values], np.float64).reshape(-1, len(FINGERS), VALUES_A_FINGER) / UNIT_MAX
    angles: Floats = told * FLEXION_SPAN - FLEXION_OFFSET
    angles[..., SPREAD] = told[..., SPREAD] * SPREAD_SPAN - SPREAD_OFFSET
    return angles


def learn_hand(rotations: Floats) -> Hand:
    """The anatomy that fits (n, 5, 3, 4) best; only where it starts from does it know the wire's."""
    made = []
    for number, finger in enumerate(reference_hand()):
        first, second, third = rotations[:, number].transpose(1, 0, 2)
        started = _learn_knuckle(finger, first)
        hinges = [_learn_hinge(before, after) for before, after in ((first, second), (second, third))]
        tilts, turns = zip(*hinges, strict=True)
        made.append(replace(started, tilts=(started.tilts[0], *tilts), turns=(started.turns[0], *turns)))
    return tuple(made)


def _learn_knuckle(finger: Finger, rotations: Floats) -> Finger:
    """Alternate between angles for an anatomy and the anatomy for the angles; then centre a thumb in its range."""
    for _ in range(_ROUNDS):
        flexion, spread = _knuckle_angles(finger, rotations)
        after = times(back(finger.tilts[0]), _moved(finger, 0, flexion, spread))
        finger = replace(finger, tilts=(middle(times(rotations, back(after))), *finger.tilts[1:]))
        flexion, spread = _knuckle_angles(finger, rotations)
        before = times(_moved(finger, 0, flexion, spread), back(finger.turns[0]))
        finger = replace(finger, turns=(middle(times(back(before), rotations)), *finger.turns[1:]))
    return finger if finger.spread_first else _centred(finger, rotations)


def _knuckle_angles(finger: Finger, rotations: Floats) -> tuple[Floats, Floats]:
    """Flexion and spread, as wide as they are."""
    spread = _nearest_spread(finger, rotations, lambda radians, _: radians)
    before, after = _around_the_hinge(finger, 0, spread)
    hinge = times(times(back(before), rotations), back(after))
    return wrapped(-2 * np.arctan2(hinge[:, 0], hinge[:, 3])), spread


def _centred(finger: Finger, rotations: Floats) -> Finger:
    """Count both angles from the middle of what was seen: a thumb's reach is as wide as the wire's range."""
    bend, aside = (np.array([each.max() + each.min() for each in _knuckle_angles(finger, rotations)])) / 2
    tilt = times(finger.tilts[0], about(0, _THUMB_BEND - bend))
    turn = times(about(1, aside), finger.turns[0])
    return replace(finger, tilts=(tilt, *finger.tilts[1:]), turns=(turn, *finger.turns[1:]))


def _learn_hinge(before: Floats, after: Floats) -> tuple[Floats, Floats]:
    """Tilt and turn of a joint that bends about one axis of the joint before it."""
    bends = times(back(before), after)
    rest = middle(bends)
    apart = times(bends, back(rest))
    apart *= np.where(apart[:, 3:] < 0, -1.0, 1.0)
    _, axes = np.linalg.eigh(apart[:, :3].T @ apart[:, :3])
    axis = axes[:, -1] * (1.0 if axes[0, -1] >= 0 else -1.0)
    # The shortest turn that takes X to the axis.
    tilt = np.array([0.0, -axis[2], axis[1], 1.0 + axis[0]])
    tilt /= np.linalg.norm(tilt)
    # Flexion counts from where the bone goes on straight: what turn about X the rest holds belongs to the angle.
    bent = times(back(tilt), rest)
    straight = 2 * np.arctan2(bent[0], bent[3])
    return tilt, times(about(0, -straight), bent)
