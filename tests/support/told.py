"""What clients of different makes were told of the same room, and whether they were told the same."""

import asyncio
import contextlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from polyclinic_client import Entered, Moved, Room

from protocol.ids import Tier
from tests.support.chromium import Page
from tests.support.unity_probe import UnityProbe

UNITS_MM: Final = {Tier.FULL: 1, Tier.UPPER: 4, Tier.HEAD: 8, Tier.PRESENCE: 128}

Head = tuple[int, int, int]


@dataclass
class Watcher:
    """One client's view: whom it sees now, and each told state by entity and tick."""

    name: str
    told: dict[tuple[int, int], tuple[Tier, Head]] = field(default_factory=dict)

    def note(self, entity: int, tick: int, tier: int, head: Iterable[float]) -> None:
        x, y, z = (round(value) for value in head)
        self.told[entity, tick] = Tier(tier), (x, y, z)

    async def look(self) -> None:
        """Take in what was told since the last look."""

    async def everybody(self) -> set[int]:
        """Return all whom the client sees, and itself."""
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
                if seen.state.head is not None:
                    self.note(seen.id, seen.tick, seen.tier, seen.state.head.position)

    async def everybody(self) -> set[int]:
        return {self.room.entity, *self.room.avatars} if self.room.live else set()

    async def close(self) -> None:
        self._reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reader


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
                        self.note(seen["entity"], seen["tick"], seen["tier"], (1000 * axis for axis in seen["head"]))

    async def everybody(self) -> set[int]:
        await self.look()
        return {self._last["self"], *(seen["entity"] for seen in self._last["people"])} if self._last else set()


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
            self.note(entity, tick, tier, head)

    async def everybody(self) -> set[int]:
        live = "polyclinic.status.state === 'live'"
        return set(
            await self.page.evaluate(
                f"{live} ? [polyclinic.self.entity, ...polyclinic.people.map((one) => one.entity)] : []"
            )
        )


@dataclass(frozen=True)
class Comparison:
    """How two clients were told of the same people in the same ticks."""

    names: str
    pairs: int
    entities: int
    equal: int
    widest_mm: int
    wrong: list[str]
    """Differences that no tier explains."""

    def row(self) -> str:
        return f"{self.names:14}{self.entities:8}{self.pairs:10}{self.equal:10}{self.widest_mm:8} mm{len(self.wrong):8}"


HEADING: Final = f"{'clients':14}{'people':>8}{'pairs':>10}{'equal':>10}{'widest':>11}{'wrong':>8}"


def compare(first: Watcher, second: Watcher) -> Comparison:
    """Hold what both were told of an entity in a tick against each other.

    In one tier it is the same to the integer; between two tiers it differs by no more than the coarser unit.
    """
    both = first.told.keys() & second.told.keys()
    equal, widest, wrong = 0, 0, []
    for key in both:
        (tier, here), (other, there) = first.told[key], second.told[key]
        apart = max(abs(a - b) for a, b in zip(here, there, strict=True))
        widest = max(widest, apart)
        equal += apart == 0
        if apart > (0 if tier is other else max(UNITS_MM[tier], UNITS_MM[other])):
            wrong.append(f"entity {key[0]} tick {key[1]}: {tier.name} {here}, {other.name} {there}")
    names = f"{first.name} - {second.name}"
    return Comparison(names, len(both), len({entity for entity, _ in both}), equal, widest, wrong)
