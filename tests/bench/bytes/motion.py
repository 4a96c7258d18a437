"""Head and both hands: bytes for each update in the full tier, and how far what was read is from what was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from loadtest.motion.rows import HEAD, LEFT, RIGHT, Floats
from loadtest.motion.statistics import rotation_angles
from tests.bench.bytes.families import OWN, Family, Motion, seconds_of
from tests.bench.bytes.outcome import Budget, Outcome
from tests.bench.bytes.wire import Sent, places_of, poses_of, rotations_of, send
from tests.bench.support.show import table

POSITION_MM_MAX: Final = 1.0
ROTATION_DEGREES_MAX: Final = 0.25
_NO_RECORDINGS: Final = "No recordings: the project's own motion model; fingers and faces are made up."


@dataclass(frozen=True)
class Errors:
    """Between recorded and read, over all parts and samples. A hand's place is its place in the room."""

    millimetres: Floats
    degrees: Floats
    lost: int
    """Samples of parts that were recorded but not shown: hands out of the wire's reach."""


@dataclass(frozen=True)
class Cost:
    """What a family costs."""

    family: Family
    seconds: float
    samples: int
    records: int
    bytes: int
    errors: Errors

    @property
    def per_sample(self) -> float:
        """Bytes for each sample of the motion, whether a record was sent or nothing had changed."""
        return self.bytes / self.samples

    @property
    def per_record(self) -> float:
        return self.bytes / self.records

    @property
    def told(self) -> dict[str, Any]:
        return {
            "family": self.family.name,
            "folder": self.family.folder,
            "seconds": self.seconds,
            "samples": self.samples,
            "records": self.records,
            "bytes_per_sample": self.per_sample,
            "bytes_per_record": self.per_record,
            "millimetres": quantiles(self.errors.millimetres),
            "degrees": quantiles(self.errors.degrees),
            "parts_lost": self.errors.lost,
        }


def quantiles(values: Floats) -> dict[str, float]:
    """Of a distribution of errors."""
    marks = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return {name: float(np.quantile(values, share)) for name, share in marks.items()}


def cost_of(family: Family, motions: Sequence[Motion]) -> Cost:
    """Send everybody's motion and add it up."""
    sent = [send(poses_of(motion.rows)) for motion in motions]
    errors = [errors_of(motion, each) for motion, each in zip(motions, sent, strict=True)]
    return Cost(
        family,
        seconds_of(motions),
        sum(len(each.sizes) for each in sent),
        sum(int(np.count_nonzero(each.sizes)) for each in sent),
        sum(int(each.sizes.sum()) for each in sent),
        Errors(
            np.concatenate([each.millimetres for each in errors]),
            np.concatenate([each.degrees for each in errors]),
            sum(each.lost for each in errors),
        ),
    )


def errors_of(motion: Motion, sent: Sent) -> Errors:
    """Compare what was read with what was recorded, before any rounding."""
    millimetres, degrees, lost = [], [], 0
    for recorded, columns, place, flag in zip(
        motion.parts, (HEAD, LEFT, RIGHT), places_of(sent.rows), (1, 2, 4), strict=True
    ):
        tracked = np.isfinite(recorded).all(axis=1)
        shown = (sent.rows[:, 0] & flag) != 0
        lost += int(np.count_nonzero(tracked & ~shown))
        both = tracked & shown
        millimetres.append(np.linalg.norm(place[both] - recorded[both, :3], axis=1) * 1000)
        turned = rotations_of(sent.rows[:, columns][both, 3:])
        degrees.append(np.degrees(rotation_angles(recorded[both, 3:], turned)))
    return Errors(np.concatenate(millimetres), np.concatenate(degrees), lost)


def outcome_of(costs: Sequence[Cost]) -> Outcome:
    """Lay out what the families cost."""
    columns = ("head and both hands", "s", "bytes a sample", "a record", "sent", "mm p99", "max", "deg p99", "max")
    rows = []
    for cost in costs:
        far, off = quantiles(cost.errors.millimetres), quantiles(cost.errors.degrees)
        share = cost.records / cost.samples
        figures = (cost.per_sample, cost.per_record)
        errors = (f"{far['p99']:.2f}", f"{far['max']:.2f}", f"{off['p99']:.3f}", f"{off['max']:.3f}")
        rows.append(
            (cost.family.name, f"{cost.seconds:.0f}", *(f"{each:.2f}" for each in figures), f"{share:.0%}", *errors)
        )
    budgets = [
        Budget(f"update, {cost.family.name}", cost.family.bytes_max, cost.per_sample, "bytes")
        for cost in costs
        if cost.family.bytes_max is not None
    ]
    worst_mm = max(float(cost.errors.millimetres.max()) for cost in costs)
    worst_degrees = max(float(cost.errors.degrees.max()) for cost in costs)
    budgets.append(Budget("place of a part, any family", POSITION_MM_MAX, worst_mm, "mm"))
    budgets.append(Budget("rotation of a part, any family", ROTATION_DEGREES_MAX, worst_degrees, "degrees"))
    notes = [] if any(cost.family is not OWN for cost in costs) else [_NO_RECORDINGS]
    lost = sum(cost.errors.lost for cost in costs)
    if lost:
        notes.append(f"{lost} samples of hands beyond the wire's reach were sent as not tracked, as the wire asks.")
    shown = table("Near tier, 20 Hz, alias and masks included", columns, rows)
    return Outcome({"motion": [cost.told for cost in costs]}, [shown], budgets, {}, notes)
