"""Fingers and faces for where there are no recordings: made up, smooth, seeded, and no measure of people."""

from typing import Final

import numpy as np

from loadtest.motion.rows import Floats
from protocol.fields import BLENDSHAPES
from protocol.hands import FINGERS, VALUES_A_FINGER

_GRIPS: Final = 5
_GRIP_SECONDS: Final = 1.2
_GRIP_HASTE: Final = 9.0
_SYLLABLES_HZ: Final = 4.5
_MOUTHS: Final = 6
"""Shapes of the mouth that speech goes through."""
_SHAPES_A_MOUTH: Final = 7
_MOUTH_HASTE: Final = 16.0
_PAUSES: Final = 0.25
_BLINK_HZ: Final = 0.3
_BLINK_SECONDS: Final = 0.15


def finger_angles(count: int, hz: float, seed: int) -> Floats:
    """Angles (n, 2, 5, 4) of hands that go from one grip to another now and then."""
    random = np.random.default_rng(seed)
    low, high = np.array([-0.1, 0.0, 0.0, -0.2]), np.array([1.3, 1.5, 0.9, 0.2])
    grips = random.uniform(low, high, (_GRIPS, len(FINGERS), VALUES_A_FINGER))
    return np.stack([_following(_held(random, grips, count, hz / _GRIP_SECONDS), hz, _GRIP_HASTE) for _ in range(2)], 1)


def speaking_face(count: int, hz: float, seed: int) -> Floats:
    """Weights (n, 52) of a face that speaks, with short pauses, and blinks."""
    random = np.random.default_rng(seed)
    mouths = np.zeros((_MOUTHS, len(BLENDSHAPES)))
    ours = [index for index, name in enumerate(BLENDSHAPES) if name.startswith(("mouth", "jaw"))]
    for mouth in mouths:
        mouth[random.choice(ours, _SHAPES_A_MOUTH, replace=False)] = random.uniform(0.05, 0.5, _SHAPES_A_MOUTH)
    mouths[0] *= _PAUSES
    face = _following(_held(random, mouths, count, hz / _SYLLABLES_HZ), hz, _MOUTH_HASTE)
    shut = random.random(count) < _BLINK_HZ / hz
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        face[:, BLENDSHAPES.index(name)] = _following(np.float64(hz * _BLINK_SECONDS) * shut, hz, 1 / _BLINK_SECONDS)
    return face.clip(0.0, 1.0)


def _held(random: np.random.Generator, choices: Floats, count: int, samples: float) -> Floats:
    """One of the choices at a time, each for about so many samples."""
    changes = random.random(count) < 1 / samples
    chosen = random.integers(0, len(choices), count)
    current = np.maximum.accumulate(np.where(changes, np.arange(count), 0))
    held: Floats = choices[chosen[current]]
    return held


def _following(target: Floats, hz: float, haste: float) -> Floats:
    """What a critically damped spring of this angular frequency makes of it."""
    shown, speed, at = np.empty_like(target), np.zeros_like(target[0]), target[0].copy()
    decay = np.exp(-haste / hz)
    for index, goal in enumerate(target):
        apart = at - goal
        pull = (speed + haste * apart) / hz
        at, speed = goal + (apart + pull) * decay, (speed - haste * pull) * decay
        shown[index] = at
    return shown
