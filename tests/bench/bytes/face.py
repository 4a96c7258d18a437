"""Faces: what 52 blendshapes add to an update while somebody speaks.

A recording without sound does not say when somebody speaks. The jaw does: a sample counts as speech if the opening of
the jaw varies (standard deviation over a second around it) by more than so much. How much is a choice, so the bytes are
given for several, and the budget is held to the dearest of them.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from loadtest.motion.rows import Floats, quantise_rows
from loadtest.motion.traces import read_traces, squeeze_pauses
from protocol.fields import BLENDSHAPES
from protocol.ids import UNIT_MAX
from tests.bench.bytes.families import HZ, Motion, motion_from, own_motions
from tests.bench.bytes.motion import quantiles
from tests.bench.bytes.outcome import Budget, Outcome
from tests.bench.bytes.synthetic import speaking_face
from tests.bench.bytes.wire import poses_of, send
from tests.bench.support.show import table

BYTES_MAX: Final = 12.0
JAW_MOVES: Final = (0.005, 0.01, 0.015, 0.02, 0.03, 0.05)
"""Standard deviations of the jaw's opening, 1 being as wide as it goes, from which on a sample counts as speech."""
SAMPLES_MIN: Final = 100
"""Fewer make no average."""
JAW: Final = BLENDSHAPES.index("jawOpen")
DIALOGUE: Final = "dialogue, speaking"
GRIMACES: Final = "range of motion"
OWN: Final = "our own, speaking"
_MAPPING: Final = Path(__file__).with_name("meta_to_arkit.toml")


@dataclass(frozen=True)
class Face:
    """A face at 20 Hz, with the motion it was recorded with."""

    source: str
    motion: Motion
    weights: Floats
    """(n, 52), 0 to 1."""


@dataclass(frozen=True)
class FaceCost:
    """What faces of one kind add, by sample."""

    source: str
    bytes: NDArray[np.int64]
    jaw: Floats
    """How much the jaw moves around each sample."""
    errors: Floats
    """Of weights."""

    def while_jaw_moves(self, at_least: float) -> tuple[float, int]:
        """Bytes more for each update while the jaw moves so much, and how many updates that were."""
        speaks = self.jaw >= at_least
        return float(self.bytes[speaks].mean()) if speaks.any() else 0.0, int(speaks.sum())

    @property
    def dearest(self) -> float:
        """Bytes for the threshold that gives most, of those with samples enough."""
        averages = [self.while_jaw_moves(moves) for moves in JAW_MOVES]
        return max((average for average, samples in averages if samples >= SAMPLES_MIN), default=0.0)

    @property
    def told(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "samples": len(self.bytes),
            "bytes_more_per_sample": float(self.bytes.mean()),
            "by_jaw": [(moves, *self.while_jaw_moves(moves)) for moves in JAW_MOVES],
            "weight_error": quantiles(self.errors),
        }


def faces_of(recordings: Path | None) -> list[Face]:
    """All faces there are: a dialogue's, a performance's, or made up."""
    if recordings is None:
        return [
            Face(OWN, motion, speaking_face(len(motion.rows), HZ, seed))
            for seed, motion in enumerate(own_motions(avatars=4))
        ]
    return [*_dialogue(recordings / "vr-dialogue-fraga"), *_performance(recordings / "face-arkit-livelink")]


def arkit_from_meta() -> Floats:
    """(63, 52): what each ARKit blendshape takes of each of Meta's weights."""
    mapping = tomllib.loads(_MAPPING.read_text())
    shares = np.zeros((len(mapping["weights"]), len(BLENDSHAPES)))
    for column, shape in enumerate(BLENDSHAPES):
        taken = mapping["shapes"][shape]
        for weight in taken:
            shares[mapping["weights"].index(weight), column] = 1 / len(taken)
    return shares


def _dialogue(folder: Path) -> list[Face]:
    found = []
    for trace in read_traces(folder):
        with np.load(folder / f"{trace.name}.npz") as file:
            if "face" not in file.files:
                continue
            weights = file["face"].astype(np.float64) @ arkit_from_meta()
        motion = motion_from(trace)
        moments = np.arange(len(motion.rows)) / HZ
        found.append(Face(DIALOGUE, motion, _sampled(squeeze_pauses(trace.t, 1 / HZ), weights, moments)))
    return found


def _performance(folder: Path) -> list[Face]:
    """Every shape there is, one after another, on a head that stands still."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            names = [str(name) for name in file["face_names"]]
            columns = [names.index(shape[0].upper() + shape[1:]) for shape in BLENDSHAPES]
            t, weights = file["t"], file["face"][:, columns].astype(np.float64)
        moments = np.arange(0.0, t[-1], 1 / HZ)
        still = np.tile((0.0, 1.6, 0.0, 0.0, 0.0, 0.0, 1.0), (len(moments), 1))
        missing = np.full_like(still, np.nan)
        rows = quantise_rows(still, missing, missing)
        found.append(Face(GRIMACES, Motion(path.stem, (still, missing, missing), rows), _sampled(t, weights, moments)))
    return found


def _sampled(t: Floats, weights: Floats, moments: Floats) -> Floats:
    sampled = np.stack([np.interp(moments, t, column) for column in weights.T], axis=1)
    inside: Floats = sampled.clip(0.0, 1.0)
    return inside


def face_costs(faces: Sequence[Face]) -> list[FaceCost]:
    """Send all faces, and their heads and hands without them."""
    found = []
    for source in dict.fromkeys(face.source for face in faces):
        parts = [_cost_of(face) for face in faces if face.source == source]
        joined = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        found.append(FaceCost(source, *joined))
    return found


def _cost_of(face: Face) -> tuple[NDArray[np.int64], Floats, Floats]:
    values = np.floor(face.weights * UNIT_MAX + 0.5).astype(np.uint8)
    full, bare = send(poses_of(face.motion.rows, face=values)), send(poses_of(face.motion.rows))
    off = np.abs(full.face / UNIT_MAX - face.weights)
    return full.sizes - bare.sizes, _varies(face.weights[:, JAW]), off.ravel()


def _varies(opening: Floats) -> Floats:
    """Standard deviation over the second around each sample."""
    half = HZ // 2
    windows = [opening[max(0, index - half) : index + half + 1] for index in range(len(opening))]
    return np.array([window.std() for window in windows])


def outcome_of(costs: Sequence[FaceCost]) -> Outcome:
    """Lay out bytes by how much the jaw moves."""
    columns = ("52 blendshapes", "samples", "bytes more", *(f"jaw > {moves:g}" for moves in JAW_MOVES), "error max")
    rows = []
    for cost in costs:
        averages = [cost.while_jaw_moves(moves) for moves in JAW_MOVES]
        told = [f"{average:.1f} ({samples})" if samples >= SAMPLES_MIN else "-" for average, samples in averages]
        rows.append((cost.source, f"{len(cost.bytes)}", f"{cost.bytes.mean():.1f}", *told, f"{cost.errors.max():.4f}"))
    budgets = [
        Budget(f"face more, {cost.source}, at the dearest threshold", BYTES_MAX, cost.dearest, "bytes")
        for cost in costs
        if cost.source != GRIMACES
    ]
    return Outcome({"faces": [cost.told for cost in costs]}, [table("Faces, 20 Hz", columns, rows)], budgets)
