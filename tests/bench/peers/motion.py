"""The motion of Polyclinic's avatars as its peers send it: 21 numbers, metres and unit quaternions."""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from protocol.state import AvatarState, state_to_floats
from tests.bench.support.hall import Halls
from tests.bench.support.plan import motion

Numbers = tuple[float, ...]
"""Position and quaternion (x y z w) of the head, the left and the right hand, in the room's axes."""

_NOWHERE: Final = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)


def numbers_of_all(halls: Halls, hz: float, traces: Path | None) -> list[list[Numbers]]:
    """Let everybody move as in Polyclinic's halls; a list for each avatar, in the order of the rooms."""
    return [list(_numbers(states)) for states in motion(halls.stage, halls.parties, hz, traces)]


def _numbers(states: Iterable[AvatarState]) -> Iterator[Numbers]:
    # A peer has no word for a part that is not tracked: it stays where it was, which costs the peer nothing.
    parts: list[Numbers] = [_NOWHERE] * 3
    for state in states:
        floats = state_to_floats(state)
        for at, part in enumerate((floats.head, floats.left, floats.right)):
            if part is not None:
                parts[at] = (*part[0], *part[1])
        yield tuple(itertools.chain.from_iterable(parts))
