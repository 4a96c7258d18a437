"""Rate against distortion: what other steps, predictions and codes would cost, and the error they would make."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from loadtest.motion.statistics import rotation_angles
from protocol.ids import PREDICTION, PREDICTION_SHIFT, ROTATION_MAX
from tests.bench.bytes.families import Motion
from tests.bench.bytes.outcome import Outcome
from tests.bench.bytes.study import (
    DAMPED,
    Choice,
    Code,
    Predictor,
    Steps,
    accelerated,
    adaptive_rice,
    arithmetic,
    averaged,
    bytes_a_sample,
    damped,
    entropy,
    fixed_rice,
    half_accelerated,
    hold,
    quantise,
    shown_rotation,
    told_rotation,
    whole_bytes,
)
from tests.bench.support.show import table

MILLIMETRES: Final = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0)
COUNTS: Final = (150, 200, 250, 300, 350, 400, 511, 700, 1023)
UNIT_COUNTS: Final = (255, 511, 1023)
"""Of 9, 10 and 11 bits."""
SIXTEENTHS: Final = (0, 4, 6, 8, 10, 11, 12, 13, 14, 15, 16)
_ROTATIONS: Final = 300_000
WIRE: Final = "adaptive Rice"
PREDICTORS: Final[dict[str, Predictor]] = {
    "nothing moves": hold,
    "14/16 of the last step": DAMPED,
    "mean of the last two steps": averaged,
    "last step and its change": accelerated,
    "18/16 of the last, -4/16 of the one before": half_accelerated,
}
CODES: Final[dict[str, Code]] = {
    "4, 8, 12 or 16 bits": whole_bytes,
    "Rice, one spread a family": fixed_rice,
    WIRE: adaptive_rice,
    "entropy of single residuals": entropy,
    "arithmetic, adaptive": arithmetic,
}
Sets = dict[str, Sequence[Motion]]
"""Motions by family."""


@dataclass(frozen=True)
class Point:
    """One choice."""

    label: str
    setting: float
    error: float
    """At most, mm or degrees; 0 where the choice makes none."""
    bytes: dict[str, float]
    """For each update, by family."""
    chosen: bool = False

    @property
    def told(self) -> dict[str, Any]:
        return {"choice": self.label, "error_max": self.error, "bytes": self.bytes, "chosen": self.chosen}


def sweep_places(sets: Sets) -> list[Point]:
    """Steps of a position: half a step on each axis is the most that rounding takes."""
    return [
        Point(f"{step:g} mm", step, step * np.sqrt(3) / 2, _bytes(sets, Steps(millimetres=step)), step == 1.0)
        for step in MILLIMETRES
    ]


def sweep_rotations(sets: Sets) -> list[Point]:
    """Counts of a rotation, over the largest component."""
    return [_rotation_point(sets, Steps(counts=counts), f"{counts} over the largest") for counts in COUNTS]


def sweep_unit_rotations(sets: Sets) -> list[Point]:
    """Counts of the usual smallest three."""
    return [
        _rotation_point(sets, Steps(counts=counts, of_unit=True), f"{counts} of the unit quaternion")
        for counts in UNIT_COUNTS
    ]


def sweep_predictions(sets: Sets) -> list[Point]:
    """How much of the last step is expected again."""
    points = []
    for sixteenths in SIXTEENTHS:
        told = _bytes(sets, choice=Choice(damped(sixteenths), damped(sixteenths)))
        label = f"{sixteenths}/{1 << PREDICTION_SHIFT}"
        points.append(Point(label, sixteenths, 0.0, told, sixteenths == PREDICTION))
    return points


def sweep_predictors(sets: Sets) -> list[Point]:
    """Kinds of prediction."""
    return [
        Point(name, index, 0.0, _bytes(sets, choice=Choice(each, each)), name.startswith("14/16"))
        for index, (name, each) in enumerate(PREDICTORS.items())
    ]


def sweep_codes(sets: Sets) -> list[Point]:
    """Kinds of code, from whole bytes to what theory allows."""
    return [
        Point(name, index, 0.0, _bytes(sets, choice=Choice(code=code)), name == WIRE)
        for index, (name, code) in enumerate(CODES.items())
    ]


SWEEPS: Final = {
    "position step": sweep_places,
    "rotation counts": sweep_rotations,
    "rotation counts, smallest three": sweep_unit_rotations,
    "prediction": sweep_predictions,
    "predictor": sweep_predictors,
    "code": sweep_codes,
}


def rotation_error(steps: Steps) -> float:
    """Degrees, the most of many rotations, half of them drawn from everywhere and half from where it is worst.

    Counts over the largest component are coarsest where the others are small; the smallest three where the largest
    component, which is left out, follows least from them: all four alike.
    """
    random = np.random.default_rng(1)
    anywhere = random.normal(size=(_ROTATIONS, 4))
    worst = np.ones(4) if steps.of_unit else np.array([0.0, 0.0, 0.0, 1.0])
    near = worst + random.normal(scale=0.02, size=(_ROTATIONS, 4))
    unit = np.concatenate([anywhere, near])
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    largest, counts = told_rotation(unit, steps)
    off = rotation_angles(unit, shown_rotation(largest, counts, steps))
    return float(np.degrees(off.max()))


def _rotation_point(sets: Sets, steps: Steps, label: str) -> Point:
    chosen = steps.counts == ROTATION_MAX and not steps.of_unit
    return Point(label, steps.counts, rotation_error(steps), _bytes(sets, steps), chosen)


def _bytes(sets: Sets, steps: Steps = Steps(), choice: Choice = Choice()) -> dict[str, float]:  # noqa: B008 - frozen
    return {family: bytes_a_sample(quantise(motions, steps), choice) for family, motions in sets.items()}


def outcome_of(sweeps: dict[str, list[Point]]) -> Outcome:
    """Lay the sweeps out; what the wire has is marked."""
    families = list(next(iter(sweeps.values()))[0].bytes)
    rows = []
    for name, points in sweeps.items():
        for index, point in enumerate(points):
            unit = "mm" if name.startswith("position") else "degrees"
            error = f"{point.error:.3f} {unit}" if point.error else "-"
            marked = f"[bold]{point.label} <[/]" if point.chosen else point.label
            told = (f"{point.bytes[family]:.2f}" for family in families)
            rows.append((name if index == 0 else "", marked, error, *told))
    shown = table("Other choices: bytes an update; < is the wire's", ("sweep", "choice", "error max", *families), rows)
    return Outcome({"sweeps": {name: [point.told for point in points] for name, points in sweeps.items()}}, [shown])
