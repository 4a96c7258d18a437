"""Robin, a volunteer: a rounded figure in a honey-coloured cardigan, with large eyes and a bun."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.avatars.flesh import Flesh, Hold, flattened, shifted, stretched
from tools.avatars.skeleton import (
    ANKLE,
    ELBOW_X,
    FINGERS,
    HAND_Y,
    HIP,
    JOINTS,
    KNEE,
    SHOULDER,
    SIDES,
    THUMB,
    THUMB_TIP,
    WRIST_X,
)
from tools.avatars.vrm import VrmDocument
from tools.scenes.piece import NOT_TURNED
from tools.scenes.shapes import Shape, Vector, ball, box, lathe, tube, turn_of, turned

if TYPE_CHECKING:
    from tools.avatars.flesh import Move
    from tools.scenes.palette import Floats

SKIN: Final = "#c98e66"
SKIN_DEEP: Final = "#b67a55"
HAIR: Final = "#3a2620"
CARDIGAN: Final = "#e0a84c"
CARDIGAN_DEEP: Final = "#bd8533"
SHIRT: Final = "#f4f1e8"
TROUSERS: Final = "#2f6468"
SHOES: Final = "#f1efe9"
SOLES: Final = "#8c6a4c"
LIPS: Final = "#a4574a"
MOUTH: Final = "#5a2022"
EYE_WHITE: Final = "#fbfaf6"
IRIS: Final = "#4b6f5f"
PUPIL: Final = "#17130f"
BADGE: Final = "#3f8583"

HEAD: Final = (0.0, 1.6, 0.0)
HEAD_HALF: Final = (0.098, 0.122, 0.106)
EYE_AT: Final = (0.036, 1.6)
MOUTH_Y: Final = 1.538
MOUTH_HALF: Final = 0.024

TRUNK: Final = Hold(("hips", "spine", "chest"), (1.03, 1.18), blend=0.06)


def robin() -> bytes:
    """Give the file."""
    document = VrmDocument("Robin", ("The Polyclinic authors",))
    document.worn("body", _body())
    document.face("face", _face())
    return document.written()


def _body() -> Flesh:
    flesh = Flesh()
    _trunk(flesh)
    _head(flesh)
    for side, sign in SIDES:
        _arm(flesh, side, sign)
        _hand(flesh, side, sign)
        _leg(flesh, side, sign)
    return flesh


def _oval(profile: list[tuple[float, float]], depth: float, at: Vector = (0.0, 0.0, 0.0), sides: int = 22) -> Shape:
    """Turn a profile, and press it flat from the front."""
    return stretched(lathe(profile, sides), (1.0, 1.0, depth), at)


CARDIGAN_PROFILE: Final = [
    (0.0, 0.862), (0.15, 0.865), (0.172, 0.873), (0.176, 0.9), (0.168, 0.97), (0.156, 1.05), (0.157, 1.13),
    (0.164, 1.22), (0.17, 1.3), (0.166, 1.35), (0.146, 1.395), (0.108, 1.425), (0.068, 1.445),
]  # fmt: skip
DEPTH: Final = 0.68
"""Of the trunk from front to back, as a share of its width."""


def _front(x: float, y: float, above: float) -> Vector:
    """Give a place on the cardigan's front, or `above` it."""
    heights = [height for _, height in CARDIGAN_PROFILE]
    radius = float(np.interp(y, heights, [radius for radius, _ in CARDIGAN_PROFILE]))
    return (x, y, round(DEPTH * math.sqrt(radius * radius - x * x) + above, 5))


def _trunk(flesh: Flesh) -> None:
    flesh.add(_oval(CARDIGAN_PROFILE, DEPTH), CARDIGAN, TRUNK)
    hem = [(0.178, 0.866), (0.181, 0.874), (0.181, 0.893), (0.178, 0.9)]
    flesh.add(_oval(hem, 0.685), CARDIGAN_DEEP, TRUNK)
    flesh.add(ball((0.158, 0.09, 0.112), 20, 10).moved(NOT_TURNED, (0.0, 0.885, 0.0)), TROUSERS, "hips")
    # The shirt shows in the cardigan's opening, and its collar round the neck.
    flesh.add(ball((0.052, 0.1, 0.055), 18, 14).moved(turn_of(pitch=-20), (0.0, 1.35, 0.071)), SHIRT, "chest")
    collar = [(0.084, 1.418), (0.074, 1.436), (0.064, 1.452), (0.054, 1.458)]
    flesh.add(_oval(collar, 0.84, (0.0, 0.0, -0.006)), SHIRT, "chest")
    for sign in (1.0, -1.0):
        edge = [_front(sign * x, y, 0.002) for x, y in ((0.058, 1.418), (0.05, 1.38), (0.033, 1.32), (0.009, 1.262))]
        flesh.add(tube(edge, 0.01, 8), CARDIGAN_DEEP, "chest")
    placket = [_front(0.0, 1.27 - n * 0.0445, 0.0) for n in range(10)]
    flesh.add(tube(placket, 0.0125, 8), CARDIGAN_DEEP, TRUNK)
    for n in range(4):
        flesh.add(
            ball((0.008, 0.008, 0.004), 10, 6).moved(NOT_TURNED, _front(0.0, 1.21 - n * 0.09, 0.0125)), SHIRT, TRUNK
        )
    flesh.add(
        box((0.05, 0.032, 0.008), 0.003).moved(turn_of(yaw=24, pitch=-6), _front(0.09, 1.285, 0.002)), BADGE, "chest"
    )
    flesh.add(
        box((0.036, 0.008, 0.004), 0.001).moved(turn_of(yaw=24, pitch=-6), _front(0.092, 1.29, 0.006)), SHIRT, "chest"
    )


def _head(flesh: Flesh) -> None:
    neck = Hold(("chest", "neck", "head"), (1.43, 1.525), blend=0.035)
    flesh.add(
        _oval([(0.062, 1.4), (0.055, 1.44), (0.05, 1.48), (0.053, 1.53), (0.05, 1.56)], 1.0, (0.0, 0.0, -0.012)),
        SKIN,
        neck,
    )
    flesh.add(ball(HEAD_HALF, 24, 16).moved(NOT_TURNED, HEAD), SKIN, "head")
    # The hair's edge is where it meets the head: high over the forehead, low at the nape.
    flesh.add(ball((0.108, 0.116, 0.112), 24, 16).moved(turn_of(pitch=-14), (0.0, 1.632, -0.02)), HAIR, "head")
    flesh.add(ball((0.085, 0.075, 0.06), 20, 10).moved(NOT_TURNED, (0.0, 1.56, -0.062)), HAIR, "head")
    flesh.add(ball((0.052, 0.046, 0.052), 18, 12).moved(NOT_TURNED, (0.0, 1.742, -0.07)), HAIR, "head")
    flesh.add(tube(_ring(0.031, (0.0, 1.717, -0.055)), 0.008, 8), BADGE, "head")
    for sign in (1.0, -1.0):
        flesh.add(
            ball((0.013, 0.028, 0.018), 12, 8).moved(turn_of(yaw=-sign * 14), (sign * 0.101, 1.588, -0.004)),
            SKIN,
            "head",
        )
        flesh.add(ball((0.006, 0.006, 0.006), 8, 6).moved(NOT_TURNED, (sign * 0.108, 1.562, 0.002)), CARDIGAN, "head")


def _ring(radius: float, at: Vector) -> list[Vector]:
    angles = [2 * math.pi * n / 16 for n in range(17)]
    tilt = turn_of(pitch=-35)
    flat = np.array([(round(radius * math.cos(a), 6), 0.0, round(radius * math.sin(a), 6)) for a in angles])
    return [(float(x), float(y), float(z)) for x, y, z in turned(tilt, flat) + np.array(at)]


def _along(profile: list[tuple[float, float]], sign: float, height: float = SHOULDER[1], sides: int = 14) -> Shape:
    """Turn a profile of (radius, how far out) about an arm's line."""
    lying = lathe([(radius, x) for radius, x in profile], sides)
    return lying.moved(turn_of(roll=-90 * sign), (0.0, height, 0.0))


def _arm(flesh: Flesh, side: str, sign: float) -> None:
    hold = Hold(
        (f"{side}UpperArm", f"{side}LowerArm", f"{side}Hand"), (ELBOW_X, WRIST_X), (sign, 0.0, 0.0), blend=0.045
    )
    flesh.add(
        ball((0.051, 0.046, 0.051), 16, 10).moved(NOT_TURNED, (sign * 0.156, 1.374, 0.0)), CARDIGAN, f"{side}UpperArm"
    )
    sleeve = [
        (0.044, 0.14), (0.05, 0.18), (0.05, 0.25), (0.049, 0.33), (0.046, 0.4), (0.0455, 0.432), (0.045, 0.464),
        (0.043, 0.52), (0.041, 0.57), (0.04, 0.6),
    ]  # fmt: skip
    flesh.add(_along(sleeve, sign), CARDIGAN, hold)
    flesh.add(
        _along([(0.039, 0.592), (0.044, 0.597), (0.044, 0.622), (0.039, 0.627), (0.03, 0.625)], sign),
        CARDIGAN_DEEP,
        hold,
    )
    flesh.add(_along([(0.034, 0.6), (0.029, 0.65), (0.027, 0.68), (0.03, 0.705)], sign), SKIN, hold)


def _hand(flesh: Flesh, side: str, sign: float) -> None:
    palm = box((0.088, 0.03, 0.078), 0.013, 0.03)
    flesh.add(palm.moved(NOT_TURNED, (sign * 0.726, HAND_Y, -0.003)), SKIN, f"{side}Hand")
    flesh.add(
        ball((0.036, 0.018, 0.026), 12, 8).moved(turn_of(yaw=-sign * 36), (sign * 0.706, 1.384, 0.03)),
        SKIN,
        f"{side}Hand",
    )
    for finger, (x, z, lengths) in FINGERS.items():
        width = 0.0095 if finger != "Little" else 0.008
        ends = [x, x + lengths[0], x + lengths[0] + lengths[1], x + sum(lengths)]
        hold = Hold(
            tuple(f"{side}{finger}{joint}" for joint in JOINTS), (ends[1], ends[2]), (sign, 0.0, 0.0), blend=0.006
        )
        inner = [(width, x - 0.012 + n * (ends[3] - x + 0.004) / 8) for n in range(9)]
        tip = [(width * 0.9, ends[3] - 0.004), (width * 0.6, ends[3] + 0.001), (0.0, ends[3] + 0.003)]
        flesh.add(_along(inner + tip, sign, HAND_Y, 10).moved(NOT_TURNED, (0.0, 0.0, z)), SKIN, hold)
    places = [*(place for _, place in THUMB), THUMB_TIP]
    for number, (joint, _) in enumerate(THUMB):
        here, there = ((sign * x, y, z) for x, y, z in places[number : number + 2])
        radius = 0.0125 if joint == "Metacarpal" else 0.0105
        flesh.add(tube([here, there], radius, 10), SKIN, f"{side}Thumb{joint}")
        flesh.add(ball((radius, radius, radius), 10, 8).moved(NOT_TURNED, there), SKIN, f"{side}Thumb{joint}")


def _leg(flesh: Flesh, side: str, sign: float) -> None:
    hold = Hold(
        (f"{side}UpperLeg", f"{side}LowerLeg", f"{side}Foot"), (-KNEE[1], -ANKLE[1]), (0.0, -1.0, 0.0), blend=0.06
    )
    leg = [
        (0.05, 0.06), (0.054, 0.075), (0.054, 0.1), (0.056, 0.2), (0.062, 0.33), (0.063, 0.42), (0.066, 0.49),
        (0.072, 0.57), (0.08, 0.7), (0.086, 0.82), (0.084, 0.9), (0.06, 0.95),
    ]  # fmt: skip
    flesh.add(lathe(leg, 18).moved(NOT_TURNED, (sign * HIP[0], 0.0, -0.002)), TROUSERS, hold)
    foot = f"{side}Foot"
    shoe = ball((0.05, 0.07, 0.128), 18, 12).moved(NOT_TURNED, (sign * 0.089, 0.03, 0.04))
    flat = Shape(np.maximum(shoe.positions, np.array([-9.0, 0.012, -9.0])), shoe.normals, shoe.triangles)
    flesh.add(flat, SHOES, foot)
    sole = _oval(
        [(0.0, 0.0), (0.05, 0.0), (0.053, 0.006), (0.053, 0.016), (0.05, 0.022)], 2.45, (sign * 0.089, 0.0, 0.04)
    )
    flesh.add(sole, SOLES, foot)


# The face -------------------------------------------------------------------------------------------------------------


def _face() -> Flesh:
    flesh = Flesh()
    for side, sign in SIDES:
        _eye(flesh, side, sign)
        flesh.add(
            ball((0.015, 0.01, 0.003), 12, 8).moved(turn_of(yaw=sign * 34), (sign * 0.058, 1.56, 0.0785)),
            "#cb8762",
            "head",
            {"happy": shifted(y=0.003, z=0.001)},
        )
    flesh.add(ball((0.0125, 0.0135, 0.014), 14, 10).moved(NOT_TURNED, (0.0, 1.573, 0.104)), SKIN_DEEP, "head")
    _mouth(flesh)
    return flesh


def _eye(flesh: Flesh, side: str, sign: float) -> None:
    x, y = sign * EYE_AT[0], EYE_AT[1]
    blink = f"blink{side.capitalize()}"
    low = y - 0.011
    shut = {blink: flattened(low, 0.02)}
    outward = turn_of(yaw=sign * 14)
    flesh.add(ball((0.0165, 0.0185, 0.009), 18, 12).moved(outward, (x, y, 0.0925)), EYE_WHITE, "head", shut)
    iris = ball((0.0095, 0.0115, 0.004), 16, 8).moved(outward, (x, y, 0.0998))
    flesh.add(iris, IRIS, f"{side}Eye", shut)
    flesh.add(ball((0.0055, 0.007, 0.003), 12, 8).moved(outward, (x, y, 0.1023)), PUPIL, f"{side}Eye", shut)
    flesh.add(
        ball((0.0022, 0.0022, 0.0015), 8, 6).moved(NOT_TURNED, (x + 0.003, y + 0.0045, 0.1046)),
        EYE_WHITE,
        f"{side}Eye",
        shut,
    )
    lash = _arch(x, y - 0.002, 0.0178, 0.021, sign)
    flesh.add(
        tube(lash, 0.0024, 6),
        HAIR,
        "head",
        {blink: lambda p: p * np.array([1.0, -0.55, 1.0]) + np.array([0.0, 1.55 * low + 0.004, 0.0])},
    )
    brow = [
        (x + dx * sign, y + dy, dz)
        for dx, dy, dz in (
            (-0.02, 0.031, 0.0985),
            (-0.006, 0.0365, 0.0975),
            (0.008, 0.036, 0.094),
            (0.02, 0.0305, 0.088),
        )
    ]
    flesh.add(tube(brow, 0.0042, 8), HAIR, "head", {"happy": shifted(y=0.002)})


def _arch(x: float, y: float, wide: float, high: float, sign: float) -> list[Vector]:
    """Give points of an arch over (x, y), on a face that goes back at its sides."""
    found = []
    for n in range(11):
        angle = math.radians(18 + 14.4 * n)
        across, up = round(wide * math.cos(angle), 6), round(high * math.sin(angle), 6)
        found.append((x + across, y + up, round(0.1 - 0.27 * sign * across, 6)))
    return found


def _mouth(flesh: Flesh) -> None:
    flesh.add(tube(_lip(0.0012), 0.0034, 8), LIPS, "head", {"happy": _smiling, "ou": _pursed})
    lower: dict[str, Move] = {
        "happy": _smiling,
        "aa": lambda positions: _opened(positions, 0.02),
        "ou": lambda positions: _opened(_pursed(positions), 0.006),
    }
    flesh.add(tube(_lip(-0.0014), 0.0036, 8), LIPS, "head", lower)
    inside = ball((0.02, 0.0012, 0.003), 14, 8).moved(NOT_TURNED, (0.0, MOUTH_Y + 0.001, 0.0915))
    opening: dict[str, Move] = {
        "happy": lambda positions: positions + np.array([0.0, 0.0, -0.003]),
        "aa": lambda positions: flattened(MOUTH_Y + 0.001, 8.0)(positions) + np.array([0.0, -0.0095, 0.001]),
        "ou": lambda positions: flattened(MOUTH_Y + 0.001, 3.0)(_pursed(positions)) + np.array([0.0, -0.003, 0.0]),
    }
    flesh.add(inside, MOUTH, "head", opening)


def _lip(rise: float) -> list[Vector]:
    steps = [n / 5 for n in range(-5, 6)]
    return [
        (round(MOUTH_HALF * s, 6), round(MOUTH_Y + rise + 0.006 * s * s, 6), round(0.0945 - 0.0065 * s * s, 6))
        for s in steps
    ]


def _smiling(positions: Floats) -> Floats:
    """Draw the corners of the mouth out and up."""
    out = np.abs(positions[:, 0:1]) / MOUTH_HALF
    way: Floats = np.concatenate([positions[:, 0:1] * 0.22, 0.009 * out * out - 0.001, -0.002 * out], axis=1)
    return positions + way


def _opened(positions: Floats, fall: float) -> Floats:
    """Let the lower lip fall, in its middle the most."""
    inner = np.clip(1 - (positions[:, 0:1] / MOUTH_HALF) ** 2, 0, 1)
    way: Floats = np.concatenate([np.zeros_like(inner), -fall * inner, np.zeros_like(inner)], axis=1)
    return positions + way


def _pursed(positions: Floats) -> Floats:
    narrow: Floats = positions * np.array([0.5, 1.0, 1.0]) + np.array([0.0, 0.0, 0.006])
    return narrow
