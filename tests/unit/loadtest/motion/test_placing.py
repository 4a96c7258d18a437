"""Where people stand and sit."""

import numpy as np

from loadtest.motion.placing import Stage, cast_rooms

HALL = (-12_000, 0, -9_000, 12_000, 4_000, 9_000)
CLOSET = (0, 0, 0, 1_000, 3_000, 1_000)


def test_groups_are_inside_the_room_and_of_a_size_that_talks() -> None:
    cast = cast_rooms(Stage(HALL, walkers=0.5, seated=0.25), [60], 1)
    assert cast.count == 60
    assert len(cast.centres) == 10
    assert np.bincount(cast.group).max() == 6
    assert (np.abs(cast.spot) <= (11.4, 8.4)).all()
    assert 5 <= cast.seated.sum() <= 25
    assert not (cast.walks & cast.seated).any()


def test_rooms_share_no_groups_and_small_ones_have_one_in_the_middle() -> None:
    cast = cast_rooms(Stage(CLOSET, walkers=0.0), [3, 2, 3], 1)
    assert cast.group.tolist() == [0, 0, 0, 1, 1, 2, 2, 2]
    assert cast.first_group.tolist() == cast.group.tolist()
    assert cast.centres.tolist() == [[0.5, 0.5]] * 3
    assert ((cast.spot >= 0.25) & (cast.spot <= 0.75)).all()


def test_in_a_corner_everybody_is_within_a_few_metres() -> None:
    cast = cast_rooms(Stage(HALL, "corner"), [50], 1)
    assert np.ptp(cast.spot, axis=0).max() <= 4.0
    assert cast.greatest.max() <= -4.4


def test_a_lecture_has_one_who_stands_and_speaks_and_rows_of_seats() -> None:
    cast = cast_rooms(Stage((-15_000, 0, -10_000, 15_000, 9_000, 30_000), "seats", 0.0, 1.0), [1_000], 1)
    assert not cast.seated[0]
    assert cast.seated[1:].all()
    assert cast.speaker.tolist() == [0]
    assert len(np.unique(cast.spot.round(3), axis=0)) == 1_000
    assert (cast.spot[1:, 1] > cast.spot[0, 1]).all()


def test_several_lectures_have_a_speaker_each() -> None:
    cast = cast_rooms(Stage(HALL, "seats"), [4, 5], 1)
    assert cast.speaker.tolist() == [0, 4]
    assert cast_rooms(Stage(HALL, "seats"), [1], 1).spot.shape == (1, 2)


def test_the_floor_is_the_ground_where_the_room_has_it() -> None:
    assert Stage(HALL).floor == 0.0
    assert Stage((0, 5_000, 0, 1, 8_000, 1)).floor == 5.0
