"""The ways between rooms: whether each leads somewhere, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Never

Fail = Callable[[str, str, str], Never]
"""Called with the key, what was expected there and what was got."""


def check_portals(ways: Mapping[str, Sequence[str]], ways_out: Sequence[Sequence[str]], fail: Fail) -> None:
    """Check that each portal leads to another room, by a way of its own, and that one comes back by another.

    `ways` are the ids that each named room's portals lead to, by its own id; `ways_out` those of each kind of visit.
    """
    for number, (room, leads_to) in enumerate(ways.items()):
        for index, target in enumerate(leads_to):
            key = f"rooms[{number}].portals[{index}].to"
            if target not in ways or target == room:
                fail(key, f"another room ({', '.join(name for name in ways if name != room)})", repr(target))
            if target in leads_to[:index]:
                fail(key, "one portal to a room", repr(target))
            if room not in ways[target]:
                fail(key, f"a room with a portal back to {room!r}", repr(target))
    for number, leads_to in enumerate(ways_out):
        # The address of a room opened on demand is a key: no door leads in, one may lead out.
        for index, target in enumerate(leads_to):
            if target not in ways:
                fail(f"visits[{number}].portals[{index}].to", f"a room ({', '.join(ways)})", repr(target))
