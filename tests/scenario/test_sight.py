"""Who sees whom as people move about a room."""

from __future__ import annotations

from server.config import ObjectSettings
from tests.support.rooms import World

CART = ObjectSettings(name="Crash cart", kind="prop", model="crash-cart", position=(1.0, 0.0, 1.0))


def test_people_in_reach_see_each_other_where_they_are() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", role="clinician", x=3.0)
    world.step()
    assert ann.seen == {bo.entity}
    assert bo.seen == {ann.entity}
    assert ann.sees_at(bo.entity) == (3000, 1600, 0)
    assert ann.role_of(bo.entity) == "clinician"
    bo.move(3.5, z=1.25)
    world.step()
    assert ann.sees_at(bo.entity) == (3500, 1600, 1250)


def test_nobody_sees_themselves() -> None:
    world = World()
    ann = world.join("Ann")
    world.step(3)
    assert ann.seen == set()


def test_leaving_the_aoi_sends_one_leave() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step()
    bo.move(30.0)
    world.step(10)
    assert ann.left == [bo.entity]
    assert ann.seen == set()
    assert bo.left == [ann.entity]


def test_a_step_back_over_the_edge_is_no_coming_and_going() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=9.8)
    world.step()
    assert ann.entered == [bo.entity]
    for turn in range(20):
        bo.move(10.6 if turn % 2 else 9.8)
        world.step()
    assert (ann.entered, ann.left) == ([bo.entity], [])
    bo.move(11.2)
    world.step()
    assert ann.left == [bo.entity]
    # Back inside the hysteresis only: a newcomer has to come nearer.
    bo.move(10.6)
    world.step()
    assert ann.entered == [bo.entity]


def test_of_a_crowd_the_nearest_are_seen() -> None:
    world = World()
    ann = world.join("Ann")
    crowd = [world.join(f"Guest {number}", x=1.0 + 0.5 * number) for number in range(12)]
    world.step()
    assert ann.seen == {guest.entity for guest in crowd[:8]}


def test_objects_are_seen_like_people() -> None:
    world = World(objects=[CART])
    ann = world.join("Ann")
    world.step()
    assert ann.seen_names == {"Crash cart"}
    ann.move(30.0)
    world.step()
    assert ann.seen == set()
    assert len(ann.left) == 1


def test_who_stands_still_costs_a_few_bytes() -> None:
    world = World()
    ann = world.join("Ann")
    world.join("Bo", x=2.0)
    world.step(2)
    first, second = (len(frame) for frame in ann.frames)
    assert first > 40
    assert second == 5


def test_a_frame_that_was_skipped_is_made_good_by_the_next() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step()
    for x in (2.1, 2.2, 2.3):
        bo.move(x)
        world.tick += 1
        world.now += 0.05
        world.room.step(world.tick, world.now)
        bo.look()
    bo.move(2.4)
    world.step()
    assert ann.sees_at(bo.entity) == (2400, 1600, 0)


def test_what_the_server_corrected_is_what_others_see() -> None:
    world = World(bounds=5.0)
    ann, bo = world.join("Ann", x=4.0), world.join("Bo")
    bo.move(5.5)
    world.step()
    assert ann.sees_at(bo.entity) == (5000, 1600, 0)
    assert [reason for _, _, reason in bo.inbox.corrections] == ["bounds"]
