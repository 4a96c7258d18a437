"""What a person may do, in a room."""

from protocol.rights import Right
from server.config import ZoneSettings
from server.config.rights import RightsSettings
from server.world.rights import Rights
from tests.support.rooms import World, hall_settings

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
COUCH = ZoneSettings(name="Couch", box=((7.0, 0.0, -1.0), (9.0, 3.0, 1.0)), private=True)
RIGHTS = (
    RightsSettings(roles=("patient", "observer"), may=(Right.JOIN,)),
    RightsSettings(roles=("patient",), may=(Right.SPEAK, Right.CHAT)),
    RightsSettings(roles=("nurse",), rooms=("hall",), may=(Right.JOIN, Right.SEE_PRIVATE), zones=("Bed",)),
)


def test_who_may_not_speak_is_silent_whatever_the_poses_say() -> None:
    world = World(rights=RIGHTS)
    assert world.join("Ann").speak() == 200
    assert world.join("Bo", role="observer").speak() == 0


def test_who_may_not_chat_is_told_so_and_nobody_hears_it() -> None:
    world = World(rights=RIGHTS)
    ann, bo = world.join("Ann"), world.join("Bo", role="observer")
    assert bo.say("psst").code == "forbidden"
    assert ann.say("hello").ok
    assert ann.inbox.heard == bo.inbox.heard == ["hello"]


def test_what_is_withheld_holds_at_once_and_until_it_is_given_back() -> None:
    world = World(rights=RIGHTS)
    ann = world.join("Ann")
    assert ann.speak() == 200
    world.room.withhold(ann.member, "muted", frozenset({Right.SPEAK}))
    assert world.room.table.state(ann.member.slot)[1] == 0
    assert ann.speak() == 0
    assert ann.say("still by hand").ok
    world.room.give_back(ann.member, "muted")
    assert ann.speak() == 200


def test_private_zones_are_granted_by_name_in_the_rooms_that_are_meant() -> None:
    settings = hall_settings(zones=[BED, COUCH])
    rights = Rights(RIGHTS)
    assert rights.zones("nurse", "hall", "hall", settings) == {"Bed"}
    assert rights.zones("nurse", "hall", "", settings) == set()
    assert rights.zones("patient", "hall", "hall", settings) == set()


def test_who_sees_into_a_zone_sees_no_more_when_that_is_withheld() -> None:
    world = World(zones=[BED, COUCH], rights=RIGHTS)
    patient, nurse = world.join("Patient", x=5.0), world.join("Nurse", role="nurse", x=3.0)
    world.step(2)
    assert nurse.seen == {patient.entity}
    world.room.withhold(nurse.member, "consent", frozenset({Right.SEE_PRIVATE}))
    world.step()
    assert nurse.seen == set()
    world.room.give_back(nurse.member, "consent")
    world.step(20)
    assert nurse.seen == {patient.entity}


def test_a_ticket_of_a_narrower_scope_gives_no_more_than_it_says() -> None:
    world = World(rights=RIGHTS)
    standing = world.room.standing("patient", frozenset({Right.JOIN, Right.CHAT, Right.REMOVE}))
    assert {right for right in Right if standing.may(right)} == {Right.JOIN, Right.CHAT}
