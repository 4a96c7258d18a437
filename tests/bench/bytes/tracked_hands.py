"""Fingers as they were tracked: WebXR joints of a headset, joint positions of a desk sensor, or none but our own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from loadtest.motion.rows import Floats
from loadtest.motion.traces import Trace, resample
from protocol.hands import FINGERS, JOINTS, MOVABLE, SIDES, bones_in_wrist, flexion_from_joints
from tests.bench.bytes.families import HZ, Motion, motion_from, own_motions
from tests.bench.bytes.hand_model import ALONG_BONE, angles_of, pose, reference_hand
from tests.bench.bytes.synthetic import finger_angles
from tests.bench.bytes.turns import MIRROR, back, in_degrees, times, turned
from tests.bench.bytes.wire import Bytes

QUEST: Final = "headset"
LEAP: Final = "desk sensor"
OWN: Final = "our own"
_PALM_TO_WRIST: Final = 0.09
"""Metres. Where the desk sensor's wrist is said to be: it gives none, and only the direction counts."""
_GAP_SECONDS: Final = 0.06
_MIRRORED_PLACE: Final = np.array([-1.0, 1.0, 1.0])
_LEFT, _MOVABLE_JOINTS = 0, (len(FINGERS), 3)


@dataclass(frozen=True)
class Hands:
    """Both hands at `HZ`, for as long as both were seen; everything in the frame of a right hand's wrist."""

    name: str
    source: str
    motion: Motion
    values: Bytes
    """(n, 2, 20): what a client makes of the joints."""
    bones: Floats
    """(n, 2, 5, 3, 3): where each movable joint's bone points."""
    rotations: Floats | None = None
    """(n, 2, 26, 4): every joint, where the device gives rotations; the palm, which WebXR has not, is the wrist's."""


def movable(rotations: Floats) -> Floats:
    """Of all joints (n, 26, 4) those that flexion moves (n, 5, 3, 4)."""
    return np.stack([rotations[:, finger.first : finger.first + 3] for finger in FINGERS], axis=1)


def every_joint(moving: Floats) -> Floats:
    """All joints (n, 26, 4) of the reference hand whose movable ones (n, 5, 3, 4) are these."""
    every = np.zeros((len(moving), len(JOINTS), 4))
    every[:, :, 3] = 1.0
    for number, finger in enumerate(FINGERS):
        if finger.metacarpal is not None:
            every[:, finger.first - 1] = in_degrees(*finger.metacarpal_turn)
        every[:, finger.first : finger.first + 3] = moving[:, number]
        every[:, finger.first + 3] = moving[:, number, -1]
    return every


def tracked_hands(recordings: Path | None) -> list[Hands]:
    """All there are."""
    if recordings is None:
        return own_hands()
    sensed = [hands for path in sorted((recordings / "fingers-leap").glob("*.npz")) for hands in _sensed(path)]
    return [*_captured(recordings / "vr-quest-iwer-capture" / "capture.npz"), *sensed]


def own_hands(seconds: float = 30.0) -> list[Hands]:
    """Hands of the project's own motion, whose fingers grip and point now and then."""
    made = []
    for seed, motion in enumerate(own_motions(seconds, 4)):
        angles = finger_angles(len(motion.rows), HZ, seed)
        rotations = np.stack([every_joint(pose(reference_hand(), angles[:, side])) for side in range(2)], axis=1)
        values = [[_own_values(rotations[index, side]) for side in range(2)] for index in range(len(rotations))]
        made.append(Hands(motion.name, OWN, motion, np.array(values, np.uint8), _bones_of(rotations), rotations))
    return made


def _own_values(rotations: Floats) -> list[int]:
    poses = np.concatenate([np.zeros((len(JOINTS), 3)), rotations], axis=1)
    return list(flexion_from_joints(poses.tolist(), "right"))


def _captured(path: Path) -> list[Hands]:
    """WebXR's 25 joints of both hands: poses in the frame of the target ray, which a hand's own shape does not feel."""
    with np.load(path) as file:
        seen = file["left_is_hand"] & file["right_is_hand"]
        t = file["t"][seen]
        trace = Trace(path.stem, t, *(file[name][seen].astype(np.float64) for name in ("head", "left", "right")))
        joints = [file[f"{side}_joints"][seen][:, :, :7].astype(np.float64) for side in SIDES]
    moments = _within_stretches(t, np.arange(t[0], t[-1], 1 / HZ))
    values, rotations = [], []
    for side, given in zip(SIDES, joints, strict=True):
        sampled = np.stack([resample(t, given[:, joint], moments) for joint in range(given.shape[1])], axis=1)
        sampled[..., 3:] /= np.linalg.norm(sampled[..., 3:], axis=-1, keepdims=True)
        with_palm = np.concatenate([sampled[:, :1], sampled], axis=1)
        values.append([list(flexion_from_joints(frame, side)) for frame in with_palm.tolist()])
        turns = with_palm[..., 3:] * (MIRROR if side == "left" else 1.0)
        rotations.append(times(back(turns[:, 1:2]), turns))
    every = np.stack(rotations, axis=1)
    told = np.array(values, np.uint8).transpose(1, 0, 2)
    return [Hands(path.stem, QUEST, motion_from(trace, moments), told, _bones_of(every), every)]


def _within_stretches(t: Floats, moments: Floats) -> Floats:
    """Leave out what lies in a gap of the tracking: halfway between two poses of a hand is no pose of a hand."""
    after = np.clip(np.searchsorted(t, moments, side="right"), 1, len(t) - 1)
    kept: Floats = moments[t[after] - t[after - 1] < _GAP_SECONDS]
    return kept


def _bones_of(rotations: Floats) -> Floats:
    """Where the movable of all joints (n, 2, 26, 4) point (n, 2, 5, 3, 3)."""
    moving = np.stack([movable(rotations[:, side]) for side in range(rotations.shape[1])], axis=1)
    return turned(moving, np.broadcast_to(ALONG_BONE, (*moving.shape[:-1], 3)))


def _sensed(path: Path) -> list[Hands]:
    """Joint positions, in the stretches in which both hands are seen; the head is thought to stand still over them."""
    with np.load(path) as file:
        t, places = file["t"], file["joints"].astype(np.float64)
        palms = [file[name].astype(np.float64) for name in SIDES]
    seen = np.isfinite(places).all(axis=(1, 2, 3, 4)) & np.isfinite(np.concatenate(palms, axis=1)).all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]])))
    found = []
    for start, end in edges.reshape(-1, 2):
        if t[end - 1] - t[start] < 0.5:
            continue
        stretch = slice(start, end)
        moments = np.arange(t[start], t[end - 1], 1 / HZ)
        flat = places[stretch].reshape(end - start, -1)
        sampled = np.stack([np.interp(moments, t[stretch], column) for column in flat.T], axis=1)
        held = np.tile((0.0, 0.5, 0.3, 0.0, 0.0, 0.0, 1.0), (end - start, 1))
        trace = Trace(path.stem, t[stretch], held, palms[0][stretch], palms[1][stretch])
        motion = motion_from(trace, moments)
        found.append(_from_places(path.stem, motion, sampled.reshape(-1, 2, *places.shape[2:])))
    return found


def _from_places(name: str, motion: Motion, places: Floats) -> Hands:
    values, bones = [], []
    for number, side in enumerate(SIDES):
        deep = turned(motion.parts[1 + number][:, 3:], np.array([0.0, 0.0, 1.0]))
        hand = _with_wrist(places[:, number], deep)
        values.append([list(flexion_from_joints(frame, side)) for frame in hand.tolist()])
        right = hand * _MIRRORED_PLACE if number == _LEFT else hand
        pointing = [[found[joint] for joint in MOVABLE] for found in map(bones_in_wrist, right.tolist())]
        bones.append(np.array(pointing).reshape(len(hand), *_MOVABLE_JOINTS, 3))
    return Hands(name, LEAP, motion, np.array(values, np.uint8).transpose(1, 0, 2), np.stack(bones, axis=1))


def _with_wrist(fingers: Floats, deep: Floats) -> Floats:
    """26 joints (n, 26, 3) of 5 x 4: metacarpals but the thumb's are not known, and nothing asks for them."""
    hand = np.zeros((len(fingers), len(JOINTS), 3))
    for number, finger in enumerate(FINGERS):
        hand[:, finger.first : finger.first + 4] = fingers[:, number]
    hand[:, JOINTS.index("wrist")] = hand[:, JOINTS.index("middle_proximal")] + deep * _PALM_TO_WRIST
    return hand


def shown_angles(fingers: Bytes) -> Floats:
    """Angles (n, 2, 5, 4) of what a viewer read (n, 2, 20)."""
    return np.stack([angles_of(fingers[:, side]) for side in range(2)], axis=1)
