"""What clients of different makes were told of the same room, and whether they were told the same."""

import asyncio
import contextlib
import json
import operator
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from polyclinic_client import Entered, Moved, Room

from protocol.ids import StateFlag, Tier
from protocol.state import AvatarState, TrackedPart
from tests.support.chromium import Page
from tests.support.unity_probe import UnityProbe

UNITS_MM: Final = {Tier.FULL: 1, Tier.UPPER: 4, Tier.HEAD: 8, Tier.PRESENCE: 128}

Place = tuple[int, int, int]
"""mm, in the room."""


class Told(NamedTuple):
    """What a client was told of somebody in a tick. Rotations and voice no client but Python's reports as told."""

    tier: Tier
    head: Place
    hands: tuple[Place | None, Place | None] | None = None
    """Left and right, None for a hand that is not tracked; None for a client that does not report hands."""


class Fact(NamedTuple):
    """What a client was told of a thing."""

    holder: int
    hand: str
    offered: bool
    place: Place | None
    """None while somebody holds it: then it is where that hand is drawn."""


def place_of(axes: Iterable[float]) -> Place:
    x, y, z = (round(value) for value in axes)
    return x, y, z


@dataclass
class Watcher:
    """One client's view: whom it sees now, and each told state by entity and tick."""

    name: str
    told: dict[tuple[int, int], Told] = field(default_factory=dict, repr=False)

    async def look(self) -> None:
        """Take in what was told since the last look."""

    async def everybody(self) -> set[int]:
        """Return all whom the client sees, and itself."""
        raise NotImplementedError

    async def things(self) -> dict[int, Fact]:
        """Return what the client knows now of the things it sees."""
        raise NotImplementedError


class PythonWatcher(Watcher):
    def __init__(self, room: Room) -> None:
        super().__init__("Python")
        self.room = room
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for change in self.room.changes():
            if isinstance(change, Entered | Moved) and change.entity.kind == "avatar":
                seen = change.entity
                state = seen.state
                if state.flags & StateFlag.HEAD:
                    hands = (
                        _from_head(state, StateFlag.LEFT, state.left),
                        _from_head(state, StateFlag.RIGHT, state.right),
                    )
                    self.told[seen.id, seen.tick] = Told(seen.tier, state.head.position, hands)

    async def everybody(self) -> set[int]:
        return {self.room.entity, *self.room.avatars} if self.room.live else set()

    async def things(self) -> dict[int, Fact]:
        facts = {}
        for entity, seen in self.room.things.items():
            thing = seen.thing
            assert thing is not None
            place = None if thing.holder else seen.state.head.position
            facts[entity] = Fact(thing.holder, thing.hand, thing.offered, place)
        return facts

    async def close(self) -> None:
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader


def _from_head(state: AvatarState, flag: StateFlag, hand: TrackedPart) -> Place | None:
    return place_of(map(operator.add, state.head.position, hand.position)) if state.flags & flag else None


class ProbeWatcher(Watcher):
    def __init__(self, probe: UnityProbe) -> None:
        super().__init__("C#")
        self.probe = probe
        self._read = 0
        self._last: dict[str, Any] = {}

    async def look(self) -> None:
        lines = self.probe.lines[self._read :]
        self._read += len(lines)
        for line in lines:
            if line["event"] == "state":
                self._last = {}
            if line["event"] == "sight":
                self._last = line
                for seen in line["people"]:
                    if seen["head"] is not None:
                        self.told[seen["entity"], seen["tick"]] = Told(
                            Tier(seen["tier"]), _metres(seen["head"]), (_hand(seen["left"]), _hand(seen["right"]))
                        )

    async def everybody(self) -> set[int]:
        await self.look()
        return {self._last["self"], *(seen["entity"] for seen in self._last["people"])} if self._last else set()

    async def things(self) -> dict[int, Fact]:
        await self.look()
        return {
            seen["entity"]: Fact(
                seen["holder"], seen["hand"], seen["offered"], None if seen["holder"] else _hand(seen["position"])
            )
            for seen in self._last.get("things", ())
        }


def _metres(axes: Iterable[float]) -> Place:
    return place_of(1000 * axis for axis in axes)


def _hand(axes: Iterable[float] | None) -> Place | None:
    return None if axes is None else _metres(axes)


# What was told is gathered in the page as it comes: to be asked for each state would be too slow.
_GATHER = """
(() => {
  const ticks = new Map();
  window.gathered = [];
  setInterval(() => {
    for (const { entity, tick, tier, head } of polyclinic.told) {
      if (ticks.get(entity) === tick) continue;
      ticks.set(entity, tick);
      gathered.push([entity, tick, tier, head]);
    }
  }, 10);
})()
"""


class WebWatcher(Watcher):
    def __init__(self, page: Page) -> None:
        super().__init__("web")
        self.page = page

    async def gather(self) -> None:
        await self.page.evaluate(_GATHER)

    async def look(self) -> None:
        for entity, tick, tier, head in json.loads(await self.page.evaluate("JSON.stringify(gathered.splice(0))")):
            self.told[entity, tick] = Told(Tier(tier), place_of(head))

    async def everybody(self) -> set[int]:
        live = "polyclinic.status.state === 'live'"
        return set(
            await self.page.evaluate(
                f"{live} ? [polyclinic.self.entity, ...polyclinic.people.map((one) => one.entity)] : []"
            )
        )

    async def things(self) -> dict[int, Fact]:
        return {
            seen["entity"]: Fact(
                # Null where the others say "": nobody's hand.
                seen["holder"],
                seen["hand"] or "",
                seen["offered"],
                None if seen["holder"] else _metres(seen["position"]),
            )
            for seen in json.loads(await self.page.evaluate("JSON.stringify(polyclinic.things)"))
        }


@dataclass(frozen=True)
class Comparison:
    """How two clients were told of the same people in the same ticks."""

    names: str
    pairs: int
    entities: int
    hands: int
    """Of the pairs, those in which both told hands in one tier; each then is the same to the integer."""
    equal: int
    widest_mm: int
    wrong: list[str]
    """Differences that no tier explains."""

    def row(self) -> str:
        counts = f"{self.names:14}{self.entities:8}{self.pairs:10}{self.hands:10}{self.equal:10}"
        return f"{counts}{self.widest_mm:8} mm{len(self.wrong):8}"


HEADING: Final = f"{'clients':14}{'people':>8}{'pairs':>10}{'hands':>10}{'equal':>10}{'widest':>11}{'wrong':>8}"


def compare(first: Watcher, second: Watcher) -> Comparison:
    """Hold what both were told of an entity in a tick against each other.

    In one tier it is the same to the integer; between two tiers it differs by no more than the coarser unit.
    """
    both = first.told.keys() & second.told.keys()
    equal, widest, with_hands, wrong = 0, 0, 0, []
    for key in both:
        here, there = first.told[key], second.told[key]
        apart = max(abs(a - b) for a, b in zip(here.head, there.head, strict=True))
        widest = max(widest, apart)
        equal += apart == 0
        same_tier = here.tier is there.tier
        differs = apart > (0 if same_tier else max(UNITS_MM[here.tier], UNITS_MM[there.tier]))
        if same_tier and here.hands is not None and there.hands is not None:
            with_hands += here.hands != (None, None)
            differs = differs or here.hands != there.hands
        if differs:
            wrong.append(f"entity {key[0]} tick {key[1]}: {here}, {there}")
    names = f"{first.name} - {second.name}"
    entities = len({entity for entity, _ in both})
    return Comparison(names, len(both), entities, with_hands, equal, widest, wrong)


def same_things(first: dict[int, Fact], second: dict[int, Fact]) -> bool:
    """Whether two clients know the same of the same things, and of places as finely as tier HEAD tells them."""
    if first.keys() != second.keys():
        return False
    for entity, here in first.items():
        there = second[entity]
        if here._replace(place=None) != there._replace(place=None) or (here.place is None) != (there.place is None):
            return False
        if here.place is not None and there.place is not None:
            apart = max(abs(a - b) for a, b in zip(here.place, there.place, strict=True))
            if apart > UNITS_MM[Tier.HEAD]:
                return False
    return True
