"""Shapes that follow bones: parts of a figure, each vertex between two bones at most, and what moves of the face do."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tools.scenes.palette import linear
from tools.scenes.piece import Part
from tools.scenes.shapes import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tools.scenes.palette import Floats

    Move = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Hold:
    """Bones one after another along an axis, and how a vertex is held by those it is between."""

    bones: tuple[str, ...]
    joints: tuple[float, ...] = ()
    """How far along the way each bone but the first begins."""
    way: tuple[float, float, float] = (0.0, 1.0, 0.0)
    """The way the bones go; of length 1."""
    blend: float = 0.05
    """m; how far to either side of a joint both bones hold."""

    def shares(self, positions: Floats) -> list[Floats]:
        """Give each bone's share of each vertex; they sum to 1."""
        along = positions[:, 0] * self.way[0] + positions[:, 1] * self.way[1] + positions[:, 2] * self.way[2]
        steps = [np.ones(len(positions))]
        for joint in self.joints:
            share = np.clip((along - joint) / (2 * self.blend) + 0.5, 0.0, 1.0)
            steps.append(share * share * (3 - 2 * share))
        steps.append(np.zeros(len(positions)))
        return [here - there for here, there in pairwise(steps)]


@dataclass
class Flesh:
    """A mesh as it grows."""

    parts: list[Part] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    moves: list[Mapping[str, Move]] = field(default_factory=list)

    def add(
        self,
        shape: Shape,
        colour: str,
        hold: Hold | str,
        moves: Mapping[str, Move] | None = None,
    ) -> None:
        """Add a shape that follows a bone, or bones; `moves` says what moves of the face do to it."""
        colours = np.broadcast_to(linear(colour), shape.positions.shape).copy()
        self.parts.append(Part(shape, colours))
        self.holds.append(Hold((hold,)) if isinstance(hold, str) else hold)
        self.moves.append(moves or {})

    def skin(self, numbers: Mapping[str, int]) -> tuple[Floats, Floats]:
        """Give the two bones of each vertex that hold it most, by their numbers, and their shares in 255ths."""
        joints, shares = [], []
        for part, hold in zip(self.parts, self.holds, strict=True):
            found = np.stack(hold.shares(part.shape.positions), axis=1)
            known = np.array([numbers[bone] for bone in hold.bones])
            order = np.argsort(-found, axis=1, kind="stable")[:, :2]
            held = np.take_along_axis(found, order, axis=1)
            second = held[:, 1] if held.shape[1] > 1 else np.zeros(len(held))
            part_of = np.floor(second / (held[:, 0] + second) * 255 + 0.5)
            # A bone with no share is written as number 0, as glTF wants it.
            other = known[order[:, 1]] if held.shape[1] > 1 else np.zeros(len(held), dtype=np.int64)
            zero = np.zeros(len(held))
            joints.append(np.stack([known[order[:, 0]], np.where(part_of > 0, other, 0), zero, zero], axis=1))
            shares.append(np.stack([255 - part_of, part_of, zero, zero], axis=1))
        return np.concatenate(joints), np.concatenate(shares)

    def moved(self, move: str) -> Floats:
        """Give how far a move of the face takes each vertex."""
        return np.concatenate(
            [self._moved(part, moves, move) for part, moves in zip(self.parts, self.moves, strict=True)]
        )

    @staticmethod
    def _moved(part: Part, moves: Mapping[str, Move], move: str) -> Floats:
        positions = part.shape.positions
        return moves[move](positions) - positions if move in moves else np.zeros_like(positions)


def stretched(shape: Shape, by: Sequence[float], at: Sequence[float] = (0.0, 0.0, 0.0)) -> Shape:
    """Stretch a shape along each axis, and then move it."""
    stretch = np.array(by)
    normals = shape.normals / stretch
    length = np.sqrt(normals[:, 0] ** 2 + normals[:, 1] ** 2 + normals[:, 2] ** 2)
    normals = normals / np.where(length > 0, length, 1)[:, None]
    return Shape(shape.positions * stretch + np.array(at), normals, shape.triangles)


def flattened(centre: float, to: float) -> Move:
    """Make a move that presses heights together about `centre`, to a share `to` of what they were."""
    return lambda positions: positions * np.array([1.0, to, 1.0]) + np.array([0.0, centre * (1 - to), 0.0])


def shifted(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Move:
    """Make a move that goes one way."""
    return lambda positions: positions + np.array([x, y, z])
