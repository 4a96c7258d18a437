"""Where people appear."""

import math
from random import Random

from server.config import SpawnSettings
from server.world.spawn import Spawns


def test_a_point_is_a_spawn_too() -> None:
    spawn = Spawns([SpawnSettings(box=((1.0, 1.6, 2.0), (1.0, 1.6, 2.0)), yaw=90.0)], Random(1)).draw()
    assert spawn.position == (1.0, 1.6, 2.0)
    assert spawn.yaw == math.pi / 2


def test_places_fill_their_area_evenly() -> None:
    spawns = Spawns([SpawnSettings(box=((-10.0, 1.5, -5.0), (10.0, 1.7, 5.0)))], Random(2))
    places = [spawns.draw().position for _ in range(4000)]
    assert all(-10 <= x <= 10 and 1.5 <= y <= 1.7 and -5 <= z <= 5 for x, y, z in places)
    cells = [0] * 8
    for x, _, z in places:
        cells[int((x + 10) / 5.0001) + 4 * (z > 0)] += 1
    assert min(cells) > 400


def test_thousands_appear_apart() -> None:
    spawns = Spawns([SpawnSettings(box=((-27.0, 1.2, -10.0), (27.0, 1.7, 28.0)))], Random(3))
    places = {tuple(round(value, 3) for value in spawns.draw().position) for _ in range(5000)}
    assert len(places) == 5000


def test_areas_are_drawn_by_their_size() -> None:
    large = SpawnSettings(box=((0.0, 1.6, 0.0), (4.0, 1.6, 4.0)))
    small = SpawnSettings(box=((100.0, 1.6, 0.0), (102.0, 1.6, 2.0)))
    point = SpawnSettings(box=((200.0, 1.6, 0.0), (200.0, 1.6, 0.0)))
    spawns = Spawns([large, small, point], Random(4))
    drawn = [spawns.draw().position[0] for _ in range(8100)]
    assert 6100 < sum(x <= 4 for x in drawn) < 6700
    assert 1400 < sum(100 <= x <= 102 for x in drawn) < 1800
    assert 50 < sum(x == 200 for x in drawn) < 160
