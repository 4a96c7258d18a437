"""The numbers of the motion model: how people sitting and standing in talk move their heads and hands.

Fitted to the percentiles of recordings: `seated` to a seated VR dialogue, `standing` to a recording of somebody
standing, talking and gesturing.
"""

from dataclasses import dataclass
from typing import Final

PARTS: Final = ("head", "left", "right")


@dataclass(frozen=True)
class Habit:
    """How one body part moves: bouts of activity, in which it takes new positions around its anchor."""

    anchor: tuple[float, float, float]
    """Where it rests, m from the head in the body's frame (the head itself: zero)."""
    starts: float
    """Bouts that begin per second of rest."""
    ends: float
    """Bouts that end per second of activity."""
    busy: float
    """New positions a second within a bout."""
    idle: float
    """New positions a second at rest."""
    reach: float
    """Median size of a move, m an axis."""
    spread: float
    """Logarithmic spread of that size."""
    haste: float
    """1/s: angular frequency of the spring that carries out the move."""
    turn: float
    """Median size of a turn, rad an axis."""
    turn_spread: float
    """Logarithmic spread of that size."""
    turn_haste: float
    """1/s: angular frequency of the spring of turns."""
    eager: float = 1.0
    """How much more often bouts begin while speaking."""


@dataclass(frozen=True)
class Posture:
    """How somebody sits or stands."""

    head: Habit
    left: Habit
    right: Habit

    @classmethod
    def fitted(cls) -> "dict[str, Posture]":
        """Return the postures by name."""
        return {"standing": STANDING, "seated": SEATED}


_LEFT: Final = (-0.20, -0.42, -0.28)
_RIGHT: Final = (0.20, -0.42, -0.28)

SEATED: Final = Posture(
    head=Habit((0.0, 0.0, 0.0), 0.56, 0.159, 1.9, 0.286, 0.0156, 1.5, 3.31, 0.102, 1.39, 6.27),
    left=Habit(_LEFT, 0.108, 0.393, 1.19, 0.251, 0.0324, 0.987, 8.44, 0.116, 1.5, 5.25, 7.77),
    right=Habit(_RIGHT, 0.404, 0.789, 2.38, 0.169, 0.0793, 0.583, 5.0, 0.341, 1.5, 4.79, 1.76),
)
STANDING: Final = Posture(
    head=Habit((0.0, 0.0, 0.0), 1.46, 0.481, 5.25, 0.619, 0.0302, 1.5, 3.49, 0.12, 1.14, 4.7),
    left=Habit(_LEFT, 1.83, 0.121, 3.44, 3.92, 0.0844, 1.38, 4.87, 0.243, 1.44, 14.7, 1.8),
    right=Habit(_RIGHT, 2.71, 0.86, 3.07, 1.0, 0.189, 0.678, 4.93, 0.537, 0.89, 13.6, 1.86),
)
