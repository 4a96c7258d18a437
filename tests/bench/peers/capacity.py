"""How many avatars a server carries on its core: a search with short windows."""

from collections.abc import Callable

import msgspec


class Probe(msgspec.Struct, frozen=True):
    """One attempt with so many avatars."""

    avatars: int
    held: bool
    words: str


def search(holds: Callable[[int], bool], first: int, unit: int, precision: float) -> int:
    """Return the most avatars, of multiples of `unit`, that `holds`; 0 if not even one unit does.

    Begins with `first`, goes up by a quarter or down by a third until it is between two, and halves what is between
    them down to `precision`, a share of the capacity.
    """
    low, high = 0, 0
    asked = _whole(first, unit)
    while True:
        if holds(asked):
            low = asked
        else:
            high = asked
        if low and high and high - low <= max(unit, precision * high):
            return low
        if not high:
            asked = max(_whole(low * 1.25, unit), low + unit)
        elif not low and high == unit:
            return 0
        elif not low:
            asked = max(min(_whole(high / 1.5, unit), high - unit), unit)
        else:
            asked = min(max(_whole((low + high) / 2, unit), low + unit), high - unit)


def _whole(avatars: float, unit: int) -> int:
    return max(1, round(avatars / unit)) * unit
