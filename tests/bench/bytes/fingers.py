"""Fingers: what 26 joints of both hands add to an update, and how far each joint is from where it was tracked.

Two errors are told apart. The codec's own: between the flexion model fitted without rounding and what a viewer poses
from the values it read. And the whole one: between the tracked joint and what the viewer poses, which has the
reference hand in it. Where the device gives rotations, errors are those of whole rotations; a sensor that gives places
alone says nothing of turns about a bone, and errors are those of the bones' directions.

The reference hand was learned from recordings. What it would be worth to a hand it had never seen shows beside it: the
same model, learned from the left hand where it is judged by the right one, and the other way round.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from loadtest.motion.rows import FLAGS, Floats
from protocol.hands import JOINTS, MOVABLE, PALM, WRIST
from protocol.ids import StateFlag
from tests.bench.bytes.hand_model import (
    ALONG_BONE,
    Hand,
    fit_bones,
    fit_rotations,
    learn_hand,
    plain_hand,
    pose,
    reference_hand,
)
from tests.bench.bytes.motion import quantiles
from tests.bench.bytes.outcome import Budget, Outcome
from tests.bench.bytes.tracked_hands import LEAP, QUEST, Hands, every_joint, movable, shown_angles
from tests.bench.bytes.turns import degrees_between, turned
from tests.bench.bytes.wire import poses_of, send
from tests.bench.support.show import table

BYTES_MAX: Final = 20.0
DEGREES_MAX: Final = 5.0
BOTH: Final = int(StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS)
SIDE_COUNT: Final = 2
CODEC: Final = "codec: read against fitted"
WHOLE: Final = "whole: read against tracked"
OTHER_HAND: Final = "whole, by anatomy learned from the other hand"
PLAIN_HAND: Final = "whole, by fingers without fixed turns"
LEAP_REASON: Final = "its skeleton has other bones and axes than a hand that is tracked with rotations"


@dataclass(frozen=True)
class FingerCost:
    """Of all hands from one kind of device."""

    source: str
    seconds: float
    samples: int
    bytes: int
    """More than the same motion without fingers."""
    errors: dict[str, Floats]
    """Degrees of every joint and sample, by how it was shown."""
    by_joint: dict[str, Floats]
    """Of the whole error."""

    @property
    def per_update(self) -> float:
        return self.bytes / self.samples

    @property
    def told(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "seconds": self.seconds,
            "samples": self.samples,
            "bytes_more_per_update": self.per_update,
            "degrees": {name: quantiles(errors) for name, errors in self.errors.items()},
            "beyond_5_degrees": {name: float((each > DEGREES_MAX).mean()) for name, each in self.errors.items()},
            "degrees_by_joint": {name: quantiles(errors) for name, errors in self.by_joint.items()},
        }


def finger_costs(hands: Sequence[Hands]) -> list[FingerCost]:
    """Send all hands with and without their fingers; one line for each kind of device."""
    learned = [
        learn_hand(movable(each.rotations[:, side]))
        for each in hands
        if each.source == QUEST and each.rotations is not None
        for side in range(SIDE_COUNT)
    ]
    found = []
    for source in dict.fromkeys(each.source for each in hands):
        parts = [_cost_of(each, learned) for each in hands if each.source == source]
        found.append(
            FingerCost(
                source,
                sum(part.seconds for part in parts),
                sum(part.samples for part in parts),
                sum(part.bytes for part in parts),
                {name: np.concatenate([part.errors[name] for part in parts]) for name in parts[0].errors},
                {name: np.concatenate([part.by_joint[name] for part in parts]) for name in parts[0].by_joint},
            )
        )
    return found


def _cost_of(hands: Hands, learned: Sequence[Hand]) -> FingerCost:
    bare, full = send(poses_of(hands.motion.rows)), send(poses_of(hands.motion.rows, hands.values))
    both = (full.rows[:, FLAGS] & BOTH) == BOTH
    read = shown_angles(full.fingers)
    errors: dict[str, list[Floats]] = {}
    by_joint: dict[str, list[Floats]] = {}
    for side in range(SIDE_COUNT):
        # A hand that is learned from is never the one it is judged by.
        other = learned[1 - side] if learned else None
        for name, each in _errors_of(hands, side, read[:, side], other, both).items():
            errors.setdefault(name, []).append(each.ravel())
            if name == WHOLE:
                for joint, column in zip(_joint_names(each.shape[1]), each.T, strict=True):
                    by_joint.setdefault(joint, []).append(column)
    return FingerCost(
        hands.source,
        len(both) / 20,
        int(both.sum()),
        int((full.sizes - bare.sizes)[both].sum()),
        {name: np.concatenate(each) for name, each in errors.items()},
        {name: np.concatenate(each) for name, each in by_joint.items()},
    )


def _errors_of(hands: Hands, side: int, read: Floats, other: Hand | None, both: Any) -> dict[str, Floats]:
    """Degrees (n, joints) of a hand by how it was shown, where both hands have fingers."""
    reference = reference_hand()
    shown = pose(reference, read[both])
    if hands.rotations is None:
        bones = hands.bones[both, side]
        fitted = pose(reference, fit_bones(reference, bones))
        errors = {CODEC: _off_bones(shown, _pointing(fitted)), WHOLE: _off_bones(shown, bones)}
        errors[PLAIN_HAND] = _off_bones(pose(plain_hand(), fit_bones(plain_hand(), bones, levels=True)), bones)
        return errors
    tracked = hands.rotations[both, side]
    apart = degrees_between(pose(reference, fit_rotations(reference, movable(tracked))), shown)
    errors = {CODEC: apart.reshape(len(apart), -1), WHOLE: _off_joints(shown, tracked)}
    if other is not None:
        errors[OTHER_HAND] = _off_joints(pose(other, fit_rotations(other, movable(tracked), levels=True)), tracked)
    return errors


def _off_joints(shown: Floats, tracked: Floats) -> Floats:
    """Degrees (n, 25) of all joints but the palm, which WebXR does not have; those that do not move included."""
    return np.delete(degrees_between(tracked, every_joint(shown)), PALM, axis=1)


def _off_bones(shown: Floats, bones: Floats) -> Floats:
    """Degrees (n, 15) between bones: positions alone say nothing of turns about them."""
    pointing = _pointing(shown)
    across = np.linalg.norm(np.cross(pointing, bones), axis=-1)
    off: Floats = np.degrees(np.arctan2(across, (pointing * bones).sum(axis=-1)))
    return off.reshape(len(off), -1)


def _pointing(shown: Floats) -> Floats:
    return turned(shown, np.broadcast_to(ALONG_BONE, (*shown.shape[:-1], 3)))


def _joint_names(count: int) -> list[str]:
    if count == len(MOVABLE):
        return [JOINTS[joint] for joint in MOVABLE]
    return [name for index, name in enumerate(JOINTS) if index != PALM]


def learned_hand(hands: Sequence[Hands]) -> Hand | None:
    """The anatomy that all hands with rotations have in common."""
    every = [
        movable(each.rotations[:, side])
        for each in hands
        if each.source == QUEST and each.rotations is not None
        for side in range(SIDE_COUNT)
    ]
    return learn_hand(np.concatenate(every)) if every else None


def outcome_of(costs: Sequence[FingerCost]) -> Outcome:
    """Lay out bytes, errors, and which joints the whole error comes from."""
    columns = (
        "fingers of both hands",
        "s",
        "bytes more",
        "error of a joint, degrees",
        "p50",
        "p95",
        "p99",
        "max",
        "> 5",
    )
    rows: list[tuple[str, ...]] = []
    budgets = []
    for cost in costs:
        for index, (name, errors) in enumerate(cost.errors.items()):
            lead = (cost.source, f"{cost.seconds:.0f}", f"{cost.per_update:.1f}") if index == 0 else ("", "", "")
            marks = [f"{value:.1f}" for value in quantiles(errors).values()]
            rows.append((*lead, name, *marks, f"{(errors > DEGREES_MAX).mean():.1%}"))
        budgets.append(Budget(f"fingers of both hands more, {cost.source}", BYTES_MAX, cost.per_update, "bytes"))
        worst = {name: float(errors.max()) for name, errors in cost.errors.items()}
        what = "bone's direction" if cost.source == LEAP else "joint"
        budgets.append(Budget(f"{what}, the codec's error, {cost.source}", DEGREES_MAX, worst[CODEC], "degrees"))
        if cost.source == QUEST:
            budgets.append(Budget(f"{what}, the whole error, {cost.source}", DEGREES_MAX, worst[WHOLE], "degrees"))
        if cost.source == LEAP:
            name = f"{what}, the whole error, {cost.source}"
            budgets.append(Budget(name, DEGREES_MAX, worst[WHOLE], "degrees", reason=LEAP_REASON))
    tables = [table("Fingers, 20 Hz", columns, rows)]
    tables += [_joint_table(cost) for cost in costs if cost.errors[WHOLE].max() > DEGREES_MAX]
    return Outcome({"fingers": [cost.told for cost in costs]}, tables, budgets)


def _joint_table(cost: FingerCost) -> Any:
    rows = []
    for name, errors in cost.by_joint.items():
        if name != JOINTS[WRIST] and errors.max() > DEGREES_MAX:
            rows.append((name, *(f"{value:.1f}" for value in quantiles(errors).values())))
    return table(f"Joints beyond 5 degrees, {cost.source}: whole error", ("joint", "p50", "p95", "p99", "max"), rows)
