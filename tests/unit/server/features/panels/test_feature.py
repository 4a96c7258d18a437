from collections.abc import Sequence

from msgspec.structs import replace

from protocol.ids import PANEL_CHARACTERS_MAX, PANEL_WRITES_BURST
from protocol.messages import Result
from protocol.rights import Right
from server.config import NamedRoomSettings, ObjectSettings, ZoneSettings
from server.config.rights import RightsSettings
from server.features.panels import Panels
from server.features.panels.feature import TELL_SECONDS
from server.features.presence import Presence
from server.world.auditing import Action
from server.world.keeping import Outcome, Recalled
from tests.support.audit import Notebook
from tests.support.rights import SMALL, only
from tests.support.rooms import Person, SlowKeeper, World, hall_settings

LONGEST = "\N{GRINNING FACE}" * PANEL_CHARACTERS_MAX

CURTAIN = ZoneSettings(name="Bed", box=((10.0, 0.0, -5.0), (20.0, 4.0, 5.0)), private=True)


def board(name: str = "Board", x: float = 1.0) -> ObjectSettings:
    return ObjectSettings(name=name, kind="panel", model="board", position=(x, 1.5, 0.0))


def settings(**changes: object) -> NamedRoomSettings:
    return replace(hall_settings(zones=[CURTAIN], objects=[board(), board("Chart", 15.0)]), **changes)


def office(
    keeper: SlowKeeper | None = None,
    rights: Sequence[RightsSettings] = SMALL,
    auditor: Notebook | None = None,
    **changes: object,
) -> World:
    features = (Presence, Panels)
    return World(features=features, settings=settings(**changes), keeper=keeper, rights=rights, auditor=auditor)


def entity(world: World, name: str = "Board") -> int:
    (found,) = (thing.entity for thing in world.room.things.placed.values() if thing.settings.name == name)
    return found


def write(person: Person, text: str, version: int, name: str = "Board") -> Result:
    return person.ask("panels", "write", {"panel": entity(person.world, name), "text": text, "version": version})


def read(person: Person) -> list[tuple[str, int]]:
    return [(body["text"], body["version"]) for body in person.inbox.bodies("panels", "written")]


def test_everybody_is_told_what_was_written_and_who_comes_later_too() -> None:
    world = office()
    ann, bo = world.join("Ann"), world.join("Bo")
    result = write(ann, "Room 4, 10:00", 0)
    assert result.body == {"panel": entity(world), "text": "Room 4, 10:00", "version": 1}
    assert write(bo, "Room 5, 10:00", 1).ok
    assert read(ann) == read(bo) == [("Room 4, 10:00", 1), ("Room 5, 10:00", 2)]
    assert read(world.join("Cleo")) == [("Room 5, 10:00", 2)]


def test_nobody_is_told_before_it_is_kept() -> None:
    keeper = SlowKeeper()
    world = office(keeper)
    ann = world.join("Ann")
    body = {"panel": entity(world), "text": "one", "version": 0}
    answers, faster = ann.ask_for("panels", "write", body), ann.ask_for("panels", "write", body | {"text": "two"})
    assert (answers, faster, read(ann), read(world.join("Bo"))) == ([], [], [], [])
    keeper.settle()
    assert read(ann) == [("one", 1)]
    assert (answers[0].ok, faster[0].code, faster[0].body["text"]) == (True, "stale", "one")
    ann.ask_for("panels", "write", body | {"version": 1})
    keeper.settle(Outcome.LOST)
    assert read(ann) == [("one", 1)]


def test_a_text_and_its_version_are_there_after_a_restart() -> None:
    keeper = SlowKeeper()
    world = office(keeper)
    ann = world.join("Ann")
    ann.ask_for("panels", "write", {"panel": entity(world), "text": "kept", "version": 0})
    # What somebody wrote is theirs, to be erased with them.
    assert [(edit.author, edit.personal) for edit in keeper.edits] == [(ann.member.participant.subject, True)]
    keeper.settle()
    again = World(features=(Panels,), settings=settings(), recalled=keeper.recalled())
    assert read(again.join("Bo")) == [("kept", 1)]
    assert write(again.people[0], "over", 0).code == "stale"
    assert write(again.people[0], "", 1).ok


def test_what_stands_behind_a_curtain_is_told_to_who_may_look_there_and_when() -> None:
    world = office()
    nurse, ann, bo = world.join("Nurse", "clinician"), world.join("Ann"), world.join("Bo")
    assert write(nurse, "private", 0, "Chart").ok
    assert (read(nurse), read(ann), read(bo)) == ([("private", 1)], [], [])
    ann.move(15.0, 0.0)
    for _ in range(8):
        world.step()
        ann.move(15.0, 0.0)
    assert (read(ann), read(bo)) == ([("private", 1)], [])
    assert write(ann, "seen", 1, "Chart").ok
    bo.leave()
    world.step(20)
    assert (read(ann)[1:], read(bo)) == ([("seen", 2)], [])


def test_what_is_behind_a_curtain_is_not_there_for_others() -> None:
    world = office()
    ann = world.join("Ann")
    hidden = write(ann, "x", 0, "Chart")
    none = ann.ask("panels", "write", {"panel": 4_000_000_000, "text": "x", "version": 0})
    assert hidden.code == none.code == "unknown_panel"
    assert hidden.detail == none.detail


def test_only_those_with_the_right_write() -> None:
    world = office(rights=(only("patient", Right.JOIN), only("clinician", Right.JOIN, Right.WRITE)))
    assert write(world.join("Ann"), "x", 0).code == "forbidden"
    assert write(world.join("Nurse", "clinician"), "x", 0).ok


def test_texts_and_their_rate_have_bounds() -> None:
    world = office()
    ann = world.join("Ann")
    assert write(ann, "x" * 2001, 0).code == "too_long"
    assert write(ann, "\N{HEAVY BLACK HEART}" * 2000, 0).ok
    codes = [write(ann, "x", version).code for version in range(1, 21)]
    assert codes == [""] * 19 + ["rate_limited"]
    world.step(2)
    assert write(ann, "x", 20).ok


def test_who_begins_anew_is_told_again() -> None:
    world = office()
    ann = world.join("Ann")
    write(ann, "x", 0)
    ann.suspend()
    ann.resume(resync=True)
    assert read(ann) == [("x", 1), ("x", 1)]


def test_who_wrote_on_which_panel_is_written_down_and_not_what() -> None:
    keeper, notebook = SlowKeeper(), Notebook()
    world = office(keeper, auditor=notebook)
    ann = world.join("Ann")
    written: list[tuple[str, dict[str, object]]]
    for version, outcome in enumerate((Outcome.REFUSED, Outcome.KEPT)):
        ann.ask_for("panels", "write", {"panel": entity(world), "text": "Ann Example", "version": 0})
        keeper.settle(outcome)
        written = [(event.subject, dict(event.detail)) for event in notebook.of(Action.PANEL_WRITTEN)]
        assert len(written) == version
    assert written == [("subject-Ann", {"panel": entity(world), "version": 1})]


def test_nothing_is_written_while_it_cannot_be_written_down() -> None:
    notebook = Notebook()
    world = office(auditor=notebook)
    ann = world.join("Ann")
    notebook.available = False
    assert write(ann, "Room 4", 0).code == "audit_unavailable"
    assert read(ann) == []


def test_who_comes_where_much_stands_is_told_it_bit_by_bit() -> None:
    """All of it at once is more than a session may have unacknowledged: nobody could come in any more."""
    names = [f"Poster {number}" for number in range(40)]
    world = office(objects=[board(name) for name in names])
    ann = world.join("Ann")
    for name in names:
        world.now += 1.0
        assert write(ann, LONGEST, 0, name).ok
    world.step(10)
    bo, told = world.join("Bo"), 0
    for _ in range(40):
        world.step(int(world.room.tick_hz * TELL_SECONDS))
        # What is told at once as one comes, and what is told at a turn.
        assert len(read(bo)) - told <= (6 if not told else 3)
        told = len(read(bo))
    assert {body["panel"] for body in bo.inbox.bodies("panels", "written")} == {entity(world, name) for name in names}
    assert len(read(bo)) == len(names)


def test_who_writes_a_great_deal_closes_nobody_and_the_newest_is_told() -> None:
    world = office()
    ann, phone, bo = world.join("Ann"), world.join("Ann"), world.join("Bo")
    text = LONGEST
    for version in range(2 * PANEL_WRITES_BURST):
        assert write(ann if version % 2 else phone, text, version).ok
    assert len(read(bo)) == 3
    world.step(int(world.room.tick_hz * TELL_SECONDS) + 1)
    assert read(bo)[-1] == (text, 2 * PANEL_WRITES_BURST)


def test_a_panel_that_is_written_on_all_the_time_does_not_stand_before_others() -> None:
    names = [f"Poster {number}" for number in range(6)]
    world = office(objects=[board(name) for name in names])
    ann, phone, bo = world.join("Ann"), world.join("Ann"), world.join("Bo")
    for name in names:
        assert write(ann, LONGEST, 0, name).ok
    for version in (1, 2, 3):
        for name in names[:3]:
            assert write(phone, LONGEST, version, name).ok
        world.step(int(world.room.tick_hz * TELL_SECONDS) + 1)
    assert {body["panel"] for body in bo.inbox.bodies("panels", "written")} == {entity(world, name) for name in names}


def test_a_text_that_the_disk_damaged_takes_no_other_with_it() -> None:
    kept = {"Board": {"text": 7, "version": 1}, "Chart": {"text": "kept", "version": 3}}
    world = World(features=(Panels,), settings=settings(), recalled=Recalled({"panels": kept}, {}, ()))
    assert read(world.join("Nurse", "clinician")) == [("kept", 3)]
    assert world.room.features.faults == 1
