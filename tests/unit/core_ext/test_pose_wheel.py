"""The wheel: everybody once a turn, evenly over it, and nothing made up for."""

import pytest

from core_ext import BotPort, PoseWheel
from protocol.pose import decode_pose
from tests.support.bots_room import Room, rows

MS = 1_000_000


def sent_by(port: BotPort) -> int:
    try:
        return decode_pose(port.last_pose()).sequence + 1
    except ValueError:
        return 0


def test_the_wheel_sends_for_every_place_once_a_turn_and_evenly_over_it() -> None:
    room = Room()
    ports = [room.join(entity) for entity in (11, 22, 33)]
    wheel = PoseWheel(100.0, 4)
    for place, port in enumerate(ports):
        port.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
        wheel.put(place, port)
    wheel.advance(1 * MS)
    # A turn is 10 ms, a place has 2.5 ms of it; one place is empty.
    sent = [wheel.advance(1 * MS + quarter * 5 * MS // 2) for quarter in range(1, 9)]
    assert sent == sent[:4] * 2
    assert sorted(sent[:4]) == [0, 1, 1, 1]
    assert [sent_by(port) for port in ports] == [2, 2, 2]
    wheel.clear(0)
    wheel.advance(31 * MS)
    assert [sent_by(port) for port in ports] == [2, 3, 3]


def test_a_wheel_that_is_half_full_is_evenly_full() -> None:
    room = Room()
    wheel = PoseWheel(100.0, 8)
    for place, entity in enumerate((11, 22, 33, 44)):
        port = room.join(entity)
        port.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
        wheel.put(place, port)
    wheel.advance(1)
    quarters = [wheel.advance(1 + quarter * 5 * MS // 2) for quarter in range(1, 5)]
    assert max(quarters) <= 2
    assert sum(quarters) == 4


def test_a_wheel_that_stood_still_sends_one_turn_and_not_all_it_missed() -> None:
    room = Room()
    ann = room.join(11)
    ann.move_along(rows((0, 1_600, 0)), 0, (0, 0, 0))
    wheel = PoseWheel(1000.0, 1)
    wheel.put(0, ann)
    wheel.advance(1)
    assert wheel.advance(20 * MS) == 1


def test_a_wheel_without_places_or_rate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.0 Hz and 1"):
        PoseWheel(0.0, 1)
    with pytest.raises(ValueError, match=r"20\.0 Hz and 0"):
        PoseWheel(20.0, 0)
