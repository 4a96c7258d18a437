"""Who saw whom is written down once, and told to whom it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from protocol.ids import ACCESS_PEOPLE_MAX
from server.config import ZoneSettings
from server.features.access import Access
from server.features.presence import Presence
from server.world.auditing import Action, AuditEvent
from tests.support.audit import Notebook
from tests.support.rooms import Person, World

if TYPE_CHECKING:
    import pytest

    from server.world.member import Member

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
SIGHTS = (Action.SIGHT_BEGAN, Action.SIGHT_ENDED)


class Room(World):
    """A hall that writes down; a second is twenty ticks."""

    def __init__(self, capacity: int | None = None, zones: tuple[ZoneSettings, ...] = (BED,)) -> None:
        self.notebook = Notebook()
        super().__init__(zones=zones, features=(Presence, Access), auditor=self.notebook, capacity=capacity)

    def seconds(self, count: int) -> None:
        self.step(20 * count)

    @property
    def sights(self) -> list[tuple[str, str, str, int]]:
        """Observer, subject, what, and for how long."""
        return [
            (name_of(event.subject), name_of(event.about[0]), event.action.value, int(event.detail.get("seconds", -1)))
            for event in self.notebook.of(*SIGHTS)
        ]


def name_of(subject: str) -> str:
    return subject.removeprefix("subject-")


def recent(person: Person) -> list[tuple[str, int, int]]:
    result = person.ask("access", "recent", {})
    assert result.ok
    people: Any = result.body["people"]
    return [(one["name"], one["seconds"], one["ago"]) for one in people if not one["unseen"]]


def unseen(person: Person) -> list[tuple[str, int, int]]:
    people: Any = person.ask("access", "recent", {}).body["people"]
    return [(one["name"], one["seconds"], one["ago"]) for one in people if one["unseen"]]


def test_a_pair_is_written_when_its_sight_begins_and_when_one_leaves() -> None:
    room = Room()
    ann, bo = room.join("Ann"), room.join("Bo", role="clinician", x=1.0)
    room.seconds(2)
    assert sorted(room.sights) == [("Ann", "Bo", "sight_began", -1), ("Bo", "Ann", "sight_began", -1)]
    (began,) = [event for event in room.notebook.of(Action.SIGHT_BEGAN) if event.subject == "subject-Bo"]
    assert began == AuditEvent(
        action=Action.SIGHT_BEGAN,
        subject="subject-Bo",
        role="clinician",
        room="hall",
        about=("subject-Ann",),
        detail={"about_role": "patient"},
    )
    room.seconds(60)
    assert len(room.sights) == 2
    bo.leave()
    assert sorted(room.sights[2:]) == [("Ann", "Bo", "sight_ended", 62), ("Bo", "Ann", "sight_ended", 62)]
    assert recent(ann) == [("Bo", 62, 0)]
    room.seconds(10)
    assert recent(ann) == [("Bo", 62, 10)]


def test_who_is_out_of_sight_for_less_than_thirty_seconds_is_not_written_again() -> None:
    room = Room()
    ann, bo = room.join("Ann"), room.join("Bo", x=1.0)
    room.seconds(2)
    bo.move(40.0)
    room.seconds(25)
    bo.move(1.0)
    room.seconds(2)
    assert len(room.sights) == 2
    bo.move(40.0)
    room.seconds(25)
    assert recent(ann) != []
    room.seconds(10)
    assert [what for _, _, what, _ in room.sights] == ["sight_began"] * 2 + ["sight_ended"] * 2
    bo.move(1.0)
    room.seconds(2)
    assert [what for _, _, what, _ in room.sights[4:]] == ["sight_began"] * 2


def test_who_is_behind_a_curtain_is_seen_by_whom_the_facility_lets_and_by_nobody_else() -> None:
    room = Room()
    room.join("Ann", x=5.0)
    room.join("Bo", x=1.0)
    room.join("Cy", role="clinician", x=2.0)
    room.seconds(2)
    seen = {(observer, subject) for observer, subject, _, _ in room.sights}
    assert seen == {("Ann", "Bo"), ("Ann", "Cy"), ("Bo", "Cy"), ("Cy", "Bo"), ("Cy", "Ann")}


def test_going_behind_a_curtain_is_written_at_the_tick() -> None:
    room = Room()
    ann = room.join("Ann")
    room.step()
    zones = (Action.ZONE_ENTERED, Action.ZONE_LEFT)
    assert room.notebook.of(*zones) == []
    ann.move(5.0)
    room.step()
    (entered,) = room.notebook.of(*zones)
    assert (entered.action, entered.subject, entered.detail) == (Action.ZONE_ENTERED, "subject-Ann", {"zone": 0})
    room.seconds(3)
    ann.move(0.0)
    room.step()
    assert [event.action for event in room.notebook.of(*zones)] == [Action.ZONE_ENTERED, Action.ZONE_LEFT]
    ann.move(5.0)
    room.step()
    ann.leave()
    assert [event.action for event in room.notebook.of(*zones)[2:]] == [Action.ZONE_ENTERED, Action.ZONE_LEFT]


def test_who_lost_the_socket_sees_nobody_and_is_seen_by_nobody() -> None:
    room = Room()
    ann, bo = room.join("Ann"), room.join("Bo", x=1.0)
    room.seconds(2)
    bo.suspend()
    assert [what for _, _, what, _ in room.sights[2:]] == ["sight_ended"] * 2
    room.seconds(5)
    assert len(room.sights) == 4
    bo.resume()
    room.seconds(2)
    assert len(room.sights) == 6
    assert recent(ann)[0][0] == "Bo"


def test_everybody_is_told_of_themselves_alone_and_at_most_a_hundred() -> None:
    room = Room(zones=())
    ann = room.join("Ann")
    room.join("Cy", x=40.0)
    for number in range(ACCESS_PEOPLE_MAX + 5):
        guest = room.join(f"guest {number}", x=1.0)
        room.seconds(2)
        guest.leave()
    assert len(recent(ann)) == ACCESS_PEOPLE_MAX
    assert recent(ann)[0][0] == f"guest {ACCESS_PEOPLE_MAX + 4}"
    assert recent(room.people[1]) == []


def test_those_who_see_one_keep_their_order_while_looks_go_round() -> None:
    room = Room(zones=())
    ann = room.join("Ann")
    for name in ("Bo", "Cy", "Di", "Ed"):
        room.join(name, x=1.0)
    room.seconds(2)
    late = room.join("Fi", x=1.0)
    room.seconds(2)
    orders = set()
    for _ in range(20):
        room.step(1)
        orders.add(tuple(name for name, _, _ in recent(ann)))
    (order,) = orders
    assert order[0] == "Fi"
    late.leave()
    room.seconds(3)
    assert [name for name, _, _ in recent(ann)] == [*order[1:], "Fi"]


def test_of_who_is_behind_a_curtain_one_is_told_that_they_may_see_and_not_for_how_long_nor_since_when() -> None:
    room = Room()
    ann, bo = room.join("Ann"), room.join("Bo", x=1.0)
    room.seconds(10)
    ((_, before, _),) = recent(ann)
    bo.move(5.0)
    room.seconds(20)
    assert unseen(ann) == [("Bo", 0, 0)]
    ((_, seconds, ago),) = recent(ann)
    assert seconds <= before + 1
    assert ago >= 18
    bo.suspend()
    assert unseen(ann) == [("Bo", 0, 0)]
    bo.resume()
    bo.move(1.0)
    room.seconds(2)
    assert unseen(ann) == []
    bo.leave()
    assert [name for name, _, _ in recent(ann)] == ["Bo"]


def test_from_outside_one_is_watched_behind_a_curtain_by_who_may_look_in_alone() -> None:
    room = Room()
    ann = room.join("Ann", x=5.0)
    room.join("Bo", x=1.0)
    room.join("Cy", role="clinician", x=2.0)
    room.seconds(2)
    assert [name for name, _, _ in recent(ann)] == ["Cy"]
    assert unseen(ann) == []


def test_in_a_room_with_curtains_all_count_who_may_see_one_however_far_they_are() -> None:
    room = Room()
    ann = room.join("Ann")
    room.join("Bo", x=40.0)
    room.seconds(2)
    assert [name for name, _, _ in recent(ann)] == ["Bo"]
    assert room.sights == []


def test_a_crowd_is_looked_at_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    room = Room(capacity=16)
    for number in range(16):
        room.join(str(number))
    looks: list[Member] = []
    seen = room.room.eyes.seen

    def look(observer: Member) -> list[Member]:
        looks.append(observer)
        return seen(observer)

    monkeypatch.setattr(room.room.eyes, "seen", look)
    room.step(looking=False)
    assert len(looks) == 1
    room.step(19, looking=False)
    assert len(set(map(id, looks))) == 16


def test_a_server_that_skips_ticks_looks_at_everybody_once_a_second_all_the_same() -> None:
    room = Room()
    names = [f"Person {number}" for number in range(8)]
    for name in names:
        room.join(name)
    room.step()  # people come into sight with the first snapshot
    for _ in range(2):
        room.tick += 9
        room.now += 9 / room.room.tick_hz
        room.step()
    assert {observer for observer, _, what, _ in room.sights if what == "sight_began"} == set(names)
