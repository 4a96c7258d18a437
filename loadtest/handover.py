"""Bots that handle things, and the watch over one truth: who holds a thing, and where it is, must be the same for all.

A thing's facts count their changes (`authority`): two bots that know the same count must know the same facts, and see
the thing at the same place. No clock is needed for that, and no bot waits for another.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from protocol.codec import decode_facts
from protocol.errors import WireError
from protocol.ids import StateFlag
from protocol.messages import ObjectFacts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from core_ext import FrameDecoder

    Place = tuple[int, int, int]

TRUTHS_KEPT: Final = 64
"""Of a thing, the newest: a bot is never so many changes behind."""
THINGS_KEPT: Final = 4096
"""Of things, those judged last: rooms for visits come and go, and their things with them."""
FACTS_KEPT: Final = 4096
"""Of facts that were decoded, the newest."""
TOLERANCE_MM: Final = 128
"""Between two tiers in which a place is told."""
GRIP: Final = (0, 0, -100, 3, 0, 0, 0)
REACH_MM: Final = 1900
"""A little less than the server's, since heads move."""
ARM_MM: Final = 700


class Seen(NamedTuple):
    """A thing as one bot knows it."""

    entity: int
    facts: ObjectFacts
    place: Place | None
    """None while somebody holds it."""


def things_in_sight(decoder: FrameDecoder, known: dict[bytes, ObjectFacts | None]) -> Iterator[Seen]:
    """Tell what a bot knows of the props it sees. `known` remembers facts that were decoded."""
    for alias, entity in decoder.entities():
        data = decoder.facts(alias)
        if data not in known:
            known[data] = _props_facts(data)
            if len(known) > FACTS_KEPT:
                del known[next(iter(known))]
        facts = known[data]
        if facts is not None:
            flags, _, head, *_ = decoder.state(alias)
            yield Seen(entity, facts, head[:3] if flags & StateFlag.HEAD else None)


def _props_facts(data: bytes) -> ObjectFacts | None:
    try:
        facts = decode_facts(data)
    except WireError:
        # The port has counted it.
        return None
    return facts if isinstance(facts, ObjectFacts) and facts.grabbable else None


@dataclass(slots=True)
class _Told:
    """What bots were told of a thing."""

    room: int
    truths: dict[int, tuple[ObjectFacts, Place | None]] = field(default_factory=dict)
    """By the count of its changes."""


class Truths:
    """What all bots of a test know of things, compared."""

    def __init__(self, note: Callable[[str, str], None]) -> None:
        """`note` takes the kind of an error and its words."""
        self.known: dict[bytes, ObjectFacts | None] = {}
        """Facts that were decoded once, None for what nobody handles."""
        self.compared = 0
        """How often a bot's knowledge was held against that of others."""
        self._note = note
        self._things: dict[int, _Told] = {}
        """By entity; the one judged longest ago is first."""

    def judge(self, name: str, room: int, seen: Seen, newest: int) -> None:
        """Hold what a bot sees against what others saw; `newest` is the last count it knew, -1 for none."""
        entity, facts, place = seen
        thing = self._things.pop(entity, None) or _Told(room)
        self._things[entity] = thing
        if len(self._things) > THINGS_KEPT:
            del self._things[next(iter(self._things))]
        if thing.room != room:
            self._note("foreign_prop", f"{name}: sees thing {entity} of another room")
            return
        if facts.authority < newest:
            self._note("prop_order", f"{name}: thing {entity} goes back from {newest} to {facts.authority}")
        if (place is None) != bool(facts.holder):
            self._note("prop_mismatch", f"{name}: thing {entity} is held by {facts.holder} and at {place}")
        told = thing.truths
        before = told.setdefault(facts.authority, (facts, place))
        self.compared += 1
        if before[0] != facts:
            self._note("prop_mismatch", f"{name}: thing {entity} is {facts}, to others {before[0]}")
        elif place is not None and before[1] is not None and _apart(place, before[1]) > TOLERANCE_MM:
            self._note("prop_mismatch", f"{name}: thing {entity} lies at {place}, for others at {before[1]}")
        if len(told) > TRUTHS_KEPT:
            del told[min(told)]


def _apart(one: Place, other: Place) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


class Hands:
    """What one bot does with things: draws them near, reaches, offers, puts down."""

    def __init__(self, entity: int, draw: Random) -> None:
        self._entity = entity
        self._draw = draw

    def next_wish(self, things: list[Seen], head: Place) -> tuple[str, dict[str, Any]] | None:
        """Choose an operation: something with what one holds, else a thing within reach, whoever holds it."""
        held = [seen for seen in things if seen.facts.holder == self._entity]
        if held:
            return self._part_with(self._draw.choice(held), head)
        near = [seen for seen in things if seen.place is None or math.dist(seen.place, head) < REACH_MM]
        if not near:
            return None
        seen = self._draw.choice(near)
        if seen.place is not None and math.dist(seen.place, head) > ARM_MM:
            return "move", self._body(seen, head) | {"authority": seen.facts.authority}
        hand = self._draw.choice(("left", "right"))
        body = {"prop": seen.entity, "hand": hand, "grip": GRIP, "ownership": seen.facts.ownership}
        return "grab", body

    def _part_with(self, seen: Seen, head: Place) -> tuple[str, dict[str, Any]]:
        if not seen.facts.offered and self._draw.random() < 0.5:  # noqa: PLR2004 - as often as putting down
            return "offer", {"prop": seen.entity, "offered": True}
        return "put", self._body(seen, head)

    def _body(self, seen: Seen, head: Place) -> dict[str, Any]:
        """Somewhere before one's chest."""
        x, y, z = head
        place = (x + self._draw.randint(-200, 200), y - 300, z + self._draw.randint(-200, 200))
        return {"prop": seen.entity, "position": place, "rotation": (3, 0, 0, 0), "ownership": seen.facts.ownership}


EXPECTED: Final = frozenset({"held", "stale", "out_of_reach", "hand_full", "not_holder", "unknown_prop", "forbidden"})
"""Refusals that are part of the game: somebody else was faster, or the bot has walked on."""
