"""Sights of a pair: one while it lasts, and who had one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocol.ids import ACCESS_PEOPLE_MAX
from server.features.access.sights import GAP_SECONDS, LOOK_SECONDS, Sight, Sights
from server.features.presence import Presence
from tests.support.rooms import World

if TYPE_CHECKING:
    from server.world.member import Member


class Watched:
    """Sights among three people, and what was said of them."""

    def __init__(self) -> None:
        world = World(features=(Presence,))
        self.began: list[Sight] = []
        self.ended: list[Sight] = []
        self.sights = Sights(self.began.append, self.ended.append)
        self.ann, self.bo, self.cy = (self._join(world, name) for name in ("Ann", "Bo", "Cy"))

    def _join(self, world: World, name: str) -> Member:
        member = world.join(name).member
        self.sights.came(member)
        return member


def test_a_sight_with_short_gaps_is_one_and_ends_after_a_long_one() -> None:
    seen = Watched()
    for now in (0.0, 1.0, GAP_SECONDS):
        seen.sights.look(seen.ann, [seen.bo], now)
    assert (len(seen.began), seen.ended) == (1, [])
    seen.sights.look(seen.ann, [], 2 * GAP_SECONDS)
    assert [(sight.began, sight.last) for sight in seen.ended] == [(0.0, GAP_SECONDS)]
    seen.sights.look(seen.ann, [seen.bo], 2 * GAP_SECONDS)
    assert len(seen.began) == 2


def test_the_latest_are_first_those_that_are_over_too() -> None:
    seen = Watched()
    seen.sights.look(seen.ann, [seen.bo], 0.0)
    seen.sights.look(seen.ann, [], GAP_SECONDS)
    seen.sights.look(seen.cy, [seen.bo], GAP_SECONDS)
    assert [sight.observer for sight in seen.sights.latest(seen.bo)] == [seen.cy, seen.ann]
    assert seen.sights.latest(seen.ann) == []


def test_who_is_gone_is_in_no_sight_and_what_was_seen_of_others_is_kept() -> None:
    seen = Watched()
    seen.sights.look(seen.ann, [seen.bo], 0.0)
    seen.sights.look(seen.bo, [seen.ann, seen.cy], 0.0)
    seen.sights.left(seen.bo)
    assert len(seen.ended) == 3
    assert [sight.observer for sight in seen.sights.latest(seen.ann)] == [seen.bo]


def test_a_lost_socket_ends_sights_at_its_own_time_if_they_were_just_looked_at() -> None:
    seen = Watched()
    seen.sights.look(seen.ann, [seen.bo], 0.0)
    seen.sights.look(seen.cy, [seen.bo], 5.0)
    seen.sights.lost(seen.bo, 5.0 + LOOK_SECONDS / 2.0)
    assert sorted(sight.last for sight in seen.ended) == [0.0, 5.0 + LOOK_SECONDS / 2.0]


def test_what_is_over_is_kept_of_so_many() -> None:
    seen = Watched()
    for number in range(ACCESS_PEOPLE_MAX + 5):
        seen.sights.look(seen.ann, [seen.bo], 2 * GAP_SECONDS * number)
        seen.sights.look(seen.ann, [], 2 * GAP_SECONDS * number + GAP_SECONDS)
    assert len(seen.sights.latest(seen.bo)) == ACCESS_PEOPLE_MAX
