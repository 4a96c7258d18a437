"""What a person may do, in a room."""

from protocol.ids import StateFlag
from protocol.pose import Pose, encode_pose
from protocol.rights import Right
from protocol.state import AvatarState, TrackedPart
from server.config import ZoneSettings
from server.config.rights import RightsSettings
from server.world.rights import Rights
from server.world.wire_time import wire_time
from tests.support.rooms import Person, World, hall_settings

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
COUCH = ZoneSettings(name="Couch", box=((7.0, 0.0, -1.0), (9.0, 3.0, 1.0)), private=True)
RIGHTS = (
    RightsSettings(roles=("patient", "observer"), may=(Right.JOIN,)),
    RightsSettings(roles=("patient",), may=(Right.SPEAK, Right.CHAT)),
    RightsSettings(roles=("nurse",), rooms=("hall",), may=(Right.JOIN, Right.SEE_PRIVATE), zones=("Bed",)),
)


def speak(person: Person, voice: int = 200) -> int:
    """Send a pose with a voice; the level that others are shown."""
    person.sequence += 1
    table, now_ms = person.world.room.table, wire_time(person.world.now)
    state = AvatarState(flags=StateFlag.HEAD, voice=voice, head=TrackedPart(*person.position, largest=3))
    table.apply_pose(person.member.slot, encode_pose(Pose(state, person.sequence, now_ms)), now_ms)
    return table.state(person.member.slot)[1]


def test_who_may_not_speak_is_silent_whatever_the_poses_say() -> None:
    world = World(rights=RIGHTS)
    assert speak(world.join("Ann")) == 200
    assert speak(world.join("Bo", role="observer")) == 0


def test_who_may_not_chat_is_told_so_and_nobody_hears_it() -> None:
    world = World(rights=RIGHTS)
    ann, bo = world.join("Ann"), world.join("Bo", role="observer")
    assert bo.say("psst").code == "forbidden"
    assert ann.say("hello").ok
    assert ann.inbox.heard == bo.inbox.heard == ["hello"]


def test_what_is_withheld_holds_at_once_and_until_it_is_given_back() -> None:
    world = World(rights=RIGHTS)
    ann = world.join("Ann")
    assert speak(ann) == 200
    world.room.withhold(ann.member, "muted", frozenset({Right.SPEAK}))
    assert world.room.table.state(ann.member.slot)[1] == 0
    assert speak(ann) == 0
    assert ann.say("still by hand").ok
    world.room.give_back(ann.member, "muted")
    assert speak(ann) == 200


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
