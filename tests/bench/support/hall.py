"""Halls of any size at constant density: the facility file of a benchmark."""

import math
from dataclasses import dataclass
from pathlib import Path

from loadtest.motion.placing import Stage

TICK_HZ = 20
_HEIGHT = 6.0
_SCENE = "hall.gltf"
_SIDE_LEAST = 4.0


@dataclass(frozen=True)
class Halls:
    """Equal auditoriums that so many avatars fill evenly."""

    avatars: int
    rooms: int = 1
    visible: int = 32
    density: float = 1.0
    """Avatars for each square metre."""
    spare: int = 0
    """Places of each hall for others than those avatars."""
    tiers: tuple[float, float] | None = None
    """How near everything, and head and hands, are shown; None for those of the room type."""

    @property
    def parties(self) -> list[int]:
        """Avatars of each room."""
        return [self.avatars // self.rooms + (index < self.avatars % self.rooms) for index in range(self.rooms)]

    @property
    def half(self) -> float:
        """From the middle of a hall to its wall, m."""
        return max(_SIDE_LEAST, math.sqrt(self.parties[0] / self.density)) / 2

    @property
    def room_ids(self) -> list[str]:
        return [f"hall-{index + 1}" for index in range(self.rooms)]

    @property
    def stage(self) -> Stage:
        """A hall as motion sees it: people in groups, some of whom walk about."""
        side = round(self.half * 1000)
        return Stage((-side, 0, -side, side, round(_HEIGHT * 1000), side))

    def write(self, folder: Path) -> Path:
        """Write the facility file into a folder, and return it."""
        half = self.half
        spawn = half - 1.0
        tiers = ""
        if self.tiers is not None:
            # In a crowd, too: not only about so many as the room type would show in full.
            tiers = f"tiers = [{self.tiers[0]:.1f}, {self.tiers[1]:.1f}]\ndetailed = {self.visible}\n"
        rooms = "".join(
            f"""
[[rooms]]
id = "{room}"
name = "{room}"
type = "auditorium"
scene = "{_SCENE}"
bounds = [[{-half:.3f}, 0.0, {-half:.3f}], [{half:.3f}, {_HEIGHT}, {half:.3f}]]
capacity = {self.parties[0] + self.spare}
tick_hz = {TICK_HZ}
visible = {self.visible}
{tiers}spawns = [{{ box = [[{-spawn:.3f}, 1.2, {-spawn:.3f}], [{spawn:.3f}, 1.7, {spawn:.3f}]] }}]
"""
            for room in self.room_ids
        )
        # A scene that says nothing of the room: the sizes of halls are their own.
        (folder / _SCENE).write_text('{"asset": {"version": "2.0"}}')
        file = folder / "halls.toml"
        rights = '[[rights]]\nroles = ["patient"]\nmay = ["join", "speak", "chat", "handle"]\n'
        file.write_text(f'name = "Halls"\nscenes = "."\n{rights}{rooms}')
        return file
