"""One room."""

from __future__ import annotations

import pytest
from msgspec.structs import replace as with_changes

from protocol.codec import decode_facts
from protocol.ids import BUDGET_NONE, CloseCode
from server.config import NamedRoomSettings, ObjectSettings, SpawnSettings, ZoneSettings
from server.errors import RoomFull
from server.world.member import Participant
from tests.support.rooms import Inbox, World, hall_settings

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
DESK = ZoneSettings(name="Desk", box=((-6.0, 0.0, -1.0), (-4.0, 3.0, 1.0)))
MANIKIN = ObjectSettings(name="Manikin", kind="prop", model="manikin", position=(1.0, 0.5, 2.0), yaw=90.0)


def test_settings_left_out_are_the_types() -> None:
    world = World()
    room = world.room
    assert (room.tick_hz, room.capacity, room.visible) == (20, 16, 8)
    assert World(capacity=3).room.capacity == 3


def test_a_participant_becomes_a_member_at_a_spawn_point() -> None:
    world = World()
    ann = world.join("Ann")
    assert world.room.members == {ann.entity: ann.member}
    assert ann.position == (0, 1600, 0)
    assert ann.member.spawn.position == (0.0, 1.6, 0.0)


def test_a_full_room_refuses_and_stays_as_it_is() -> None:
    world = World(capacity=2)
    world.join("Ann")
    bo = world.join("Bo")
    with pytest.raises(RoomFull):
        world.join("Cy")
    assert len(world.room.members) == 2
    bo.leave()
    world.join("Cy")


def test_objects_take_nobodys_place() -> None:
    world = World(capacity=2, objects=[MANIKIN])
    world.join("Ann")
    world.join("Bo")
    assert world.room.table.count == 3


def test_a_suspended_member_keeps_its_place() -> None:
    world = World(capacity=1)
    world.join("Ann").suspend()
    with pytest.raises(RoomFull):
        world.join("Bo")


def test_an_entity_joins_once() -> None:
    world = World()
    ann = world.join("Ann")
    with pytest.raises(ValueError, match="already"):
        world.room.join(ann.member.participant, Inbox(), world.now)


def test_leaving_twice_is_leaving_once() -> None:
    world = World()
    ann = world.join("Ann")
    ann.leave()
    bo = world.join("Bo")
    world.room.leave(ann.member, world.now)
    assert world.room.members == {bo.entity: bo.member}


def test_a_room_knows_since_when_it_is_empty() -> None:
    world = World()
    empty_since = [world.room.empty_since]
    ann, bo = world.join("Ann"), world.join("Bo")
    empty_since.append(world.room.empty_since)
    ann.leave()
    empty_since.append(world.room.empty_since)
    world.step()
    bo.leave()
    empty_since.append(world.room.empty_since)
    assert empty_since == [100.0, None, None, world.now]


def test_objects_stand_where_the_facility_says() -> None:
    world = World(objects=[MANIKIN])
    ann = world.join("Ann")
    world.step()
    (entity,) = ann.seen
    assert ann.sees_at(entity) == (1000, 500, 2000)
    assert ann.seen_names == {"Manikin"}


def test_corrections_reach_the_outlet_of_the_member_they_are_for() -> None:
    world = World(bounds=10.0)
    ann, bo = world.join("Ann"), world.join("Bo")
    ann.move(11.0)
    world.step()
    assert ann.inbox.corrections == [(1, (10_000, 1600, 0), "bounds")]
    assert bo.inbox.corrections == []
    assert world.room.corrections(ann.member) == 1


def test_a_move_that_is_too_fast_is_corrected_to_where_the_head_was() -> None:
    world = World(bounds=1000.0)
    ann = world.join("Ann")
    for _ in range(6):
        ann.move(400.0)
        ann.move(0.0)
    world.step()
    ((_, position, reason),) = ann.inbox.corrections
    assert reason == "speed"
    assert position in {(0, 1600, 0), (400_000, 1600, 0)}


def test_a_member_that_is_gone_or_away_is_not_corrected() -> None:
    world = World(bounds=10.0)
    ann, bo = world.join("Ann"), world.join("Bo")
    ann.move(11.0)
    bo.move(11.0)
    ann.suspend()
    bo.leave()
    world.step()
    assert ann.inbox.corrections == []
    assert bo.inbox.corrections == []


def test_what_happens_at_large_is_perceived_by_all() -> None:
    world = World(zones=[BED, DESK])
    ann, bo = world.join("Ann"), world.join("Bo", x=5.0)
    assert world.room.perceivers(ann.member) == [ann.member, bo.member]
    ann.move(-5.0)
    assert world.room.perceivers(ann.member) == [ann.member, bo.member]


def test_a_private_zone_is_perceived_from_inside_and_by_granted_roles() -> None:
    world = World(zones=[BED])
    ann, bo = world.join("Ann", x=5.0), world.join("Bo", x=4.5)
    world.join("Cy")
    nurse = world.join("Di", role="clinician")
    assert world.room.perceivers(ann.member) == [ann.member, bo.member, nurse.member]


def test_perceivers_go_by_where_heads_are_now_not_at_the_last_tick() -> None:
    world = World(zones=[BED])
    ann, bo = world.join("Ann"), world.join("Bo")
    world.step()
    ann.move(5.0)
    assert world.room.perceivers(ann.member) == [ann.member]
    bo.move(5.0)
    assert world.room.perceivers(ann.member) == [ann.member, bo.member]


def test_closing_the_room_closes_every_session() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo")
    world.room.close(CloseCode.MOVED, "the room moves")
    assert ann.inbox.closed == bo.inbox.closed == (CloseCode.MOVED, "the room moves")


def test_the_description_is_what_the_welcome_tells() -> None:
    world = World(zones=[BED, DESK])
    room = world.room.describe()
    assert (room.id, room.type, room.name, room.scene) == ("hall", "hall", "Hall", "/v1/scenes/hall.gltf")
    assert (room.tick_hz, room.visible, room.features) == (20, 8, ("presence", "chat"))
    assert room.bounds == ((-50.0, 0.0, -50.0), (50.0, 4.0, 50.0))
    assert [(zone.name, zone.private) for zone in room.zones] == [("Bed", True), ("Desk", False)]


def test_a_resume_begins_with_nothing_in_sight_and_the_same_entity() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step(3)
    entity = ann.entity
    ann.suspend()
    world.step()
    other = Inbox()
    ann.inbox = other
    ann.resume()
    ann.entered.clear()
    world.step()
    assert ann.entity == entity
    assert ann.entered == [bo.entity]
    assert ann.member.outlet is other


def test_the_tick_is_the_one_last_stepped_to() -> None:
    world = World()
    world.room.step(7, world.now)
    assert world.room.tick == 7


def test_settings_of_the_facility_override_the_types() -> None:
    settings = NamedRoomSettings(
        id="hall",
        name="Hall",
        type="hall",
        scene="hall.gltf",
        bounds=((-5.0, 0.0, -5.0), (5.0, 4.0, 5.0)),
        spawns=(SpawnSettings(box=((0.0, 1.6, 0.0), (0.0, 1.6, 0.0))),),
        tick_hz=10,
        visible=1,
        radius=2.0,
        hysteresis=0.5,
        tiers=(0.5, 1.0),
    )
    world = World(settings=settings)
    ann, bo = world.join("Ann"), world.join("Bo", x=1.0)
    world.join("Cy", x=2.0)
    world.step()
    assert ann.seen == {bo.entity}
    assert world.room.tick_hz == 10


def test_facts_name_role_and_look_and_nothing_else() -> None:
    world = World()
    ann = world.join("Ann")
    world.join("Bo", role="clinician", x=1.0)
    world.step()
    (held,) = ann.view.entities.values()
    facts = decode_facts(held.facts)
    assert facts.name == "Bo"
    assert b"subject" not in held.facts


def test_participants_draw_their_entity_from_the_room() -> None:
    room = World().room
    drawn = {room.new_entity() for _ in range(1000)}
    assert len(drawn) == 1000
    assert Participant(next(iter(drawn)), "Ann", "patient", "robot", "s").entity in drawn


def test_a_member_is_sent_no_more_than_its_limit() -> None:
    world = World()
    ann = world.join("Ann")
    for number in range(6):
        world.join(f"P{number}", x=1.0 + number / 4)
    world.room.limit(ann.member, 8)
    world.step()
    told = world.room.interest.explain(ann.member.observer, ann.member.slot)
    assert told["bytes_per_second"] == 1000
    world.room.limit(ann.member, BUDGET_NONE)
    told = world.room.interest.explain(ann.member.observer, ann.member.slot)
    assert told["bytes_per_second"] == 0


def test_a_room_that_empties_is_strained_no_more() -> None:
    world = World()
    ann = world.join("Ann")
    for _ in range(3):
        world.step()
        world.room.took(0.9 / world.room.tick_hz, world.now)
    assert (world.room.strain, world.room.interest.strain) == (1, 1)
    ann.leave()
    world.room.took(0.9 / world.room.tick_hz, world.now)
    assert (world.room.strain, world.room.load, world.room.interest.strain) == (0, 0.0, 0)


def test_a_room_whose_ticks_take_long_shows_what_is_far_less_often() -> None:
    world = World()
    world.join("Ann")
    for _ in range(3):
        world.step()
        world.room.took(0.9 / world.room.tick_hz, world.now)
    assert world.room.interest.strain == 1


def test_people_weigh_what_their_role_does_by_the_facility_or_else_by_the_type() -> None:
    for weights, expected in ((None, (2.0, 1.0)), ({"patient": 4.0}, (1.0, 4.0))):
        world = World(settings=with_changes(hall_settings(), weights=weights))
        doctor, patient = world.join("Ann", role="clinician"), world.join("Bo", role="patient")
        explain = world.room.interest.explain
        observer = doctor.member.observer
        assert tuple(explain(observer, who.member.slot)["weight"] for who in (doctor, patient)) == expected


def test_no_more_places_are_reserved_than_there_are() -> None:
    for visible, reserved, expected in ((None, None, 4), (2, None, 2), (None, 1, 1), (8, 0, 0)):
        settings = with_changes(hall_settings(), visible=visible, reserved=reserved)
        assert World(settings=settings).room.interest.reserved == expected
