"""What features may ask of a room's privacy."""

from msgspec.structs import replace as with_changes

from server.world.room_type import PURPOSES
from tests.support.rooms import World, hall_settings


def test_the_facility_says_where_motion_is_kept() -> None:
    assert World(settings=with_changes(hall_settings(), recordings="here")).room.privacy.recordings == "here"
    assert World().room.privacy.recordings is None


def test_the_rooms_type_says_who_is_there_for_what() -> None:
    world = World()
    people = [world.join(role, role) for role in ("patient", "proxy", "clinician", "observer", "facilitator")]
    privacy = world.room.privacy
    assert [privacy.is_subject(person.member) for person in people] == [True, True, False, False, False]
    purposes = [privacy.purposes(person.member) for person in people]
    assert purposes == [set(), set(), {"treat"}, {"observe"}, set()]
    assert {purpose for each in PURPOSES.values() for purpose in each} == {"treat", "observe"}
