"""Moderation: who may, silences and shows out."""

from __future__ import annotations

import pytest

from protocol.ids import CloseCode
from protocol.rights import Right
from server.config.rights import RightsSettings
from server.errors import InvitationPaused, Removed
from server.features.chat import Chat
from server.features.moderation import Moderation
from server.features.moderation import feature as moderation
from server.features.presence import Presence
from server.identity.subjects import guest_subject
from server.world.auditing import Action
from server.world.member import Participant
from tests.support.audit import Notebook
from tests.support.rooms import Inbox, Person, World

RIGHTS = (
    RightsSettings(roles=("patient", "reception"), may=(Right.JOIN, Right.SPEAK, Right.CHAT)),
    RightsSettings(roles=("reception",), may=(Right.MUTE, Right.REMOVE)),
)


@pytest.fixture
def world() -> World:
    return World(features=(Presence, Chat, Moderation), rights=RIGHTS)


def ask(person: Person, what: str, entity: int, **more: object) -> str:
    return person.ask("moderation", what, {"entity": entity} | more).code


def muted(person: Person) -> list[tuple[int, bool]]:
    return [(body["entity"], body["muted"]) for body in person.inbox.bodies("moderation", "muted")]


def test_who_is_muted_is_neither_heard_nor_read_until_it_is_lifted(world: World) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    assert ann.speak() == 200
    assert ask(desk, "mute", ann.entity) == ""
    assert ann.speak() == 0
    assert ann.say("hello?").code == "forbidden"
    assert desk.inbox.heard == []
    assert muted(ann) == muted(desk) == [(ann.entity, True)]
    assert ask(desk, "unmute", ann.entity) == ""
    assert ann.speak() == 200
    assert ann.say("hello!").ok
    assert muted(ann) == muted(desk) == [(ann.entity, True), (ann.entity, False)]


def test_who_did_what_to_whom_is_written_down() -> None:
    notebook = Notebook()
    world = World(features=(Presence, Moderation), rights=RIGHTS, auditor=notebook)
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    assert ask(ann, "mute", desk.entity) == "forbidden"
    for what, more in (("mute", {}), ("unmute", {}), ("remove", {"reason": "unsafe"})):
        assert ask(desk, what, ann.entity, **more) == ""
    assert [(event.subject, event.about, event.detail) for event in notebook.of(Action.MODERATED)] == [
        ("subject-Desk", ("subject-Ann",), {"type": "mute"}),
        ("subject-Desk", ("subject-Ann",), {"type": "unmute"}),
        ("subject-Desk", ("subject-Ann",), {"type": "remove", "reason": "unsafe"}),
    ]


def test_to_mute_twice_and_to_lift_nothing_tells_nobody_anything(world: World) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    for what in ("unmute", "mute", "mute"):
        assert ask(desk, what, ann.entity) == ""
    assert muted(ann) == [(ann.entity, True)]


def test_who_comes_later_or_anew_is_told_who_is_muted(world: World) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    ask(desk, "mute", ann.entity)
    late = world.join("Late")
    assert muted(late) == [(ann.entity, True)]
    late.suspend()
    late.resume(resync=True)
    assert muted(late) == [(ann.entity, True)] * 2


def test_who_leaves_and_comes_back_is_still_muted(world: World) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    ask(desk, "mute", ann.entity)
    ann.leave()
    again = world.join("Ann")
    assert again.speak() == 0
    assert (again.entity, True) in muted(desk)
    ask(desk, "unmute", again.entity)
    assert again.speak() == 200


def test_a_person_is_muted_and_heard_again_from_all_their_devices(world: World) -> None:
    phone, headset, bo, desk = world.join("Ann"), world.join("Ann"), world.join("Bo"), world.join("Desk", "reception")
    headset.suspend()
    assert ask(desk, "mute", phone.entity) == ""
    headset.resume()
    assert phone.speak() == headset.speak() == 0
    assert headset.say("from here").code == "forbidden"
    assert sorted(muted(bo)) == sorted([(phone.entity, True), (headset.entity, True)])
    assert bo.speak() == 200
    assert ask(desk, "unmute", headset.entity) == ""
    assert phone.speak() == headset.speak() == world.join("Ann").speak() == 200
    assert world.room.features.counts["moderation", "muted"] == 1


def test_nobody_lifts_from_another_device_what_was_done_to_them(world: World) -> None:
    desk, other = world.join("Desk", role="reception"), world.join("Desk", role="reception")
    colleague = world.join("Colleague", role="reception")
    assert ask(colleague, "mute", desk.entity) == ""
    assert ask(other, "unmute", desk.entity) == ask(desk, "unmute", other.entity) == "forbidden"
    assert desk.speak() == other.speak() == 0


def test_who_is_remembered_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moderation, "REMEMBERED_MAX", 1)
    ann, bo, desk = world.join("Ann"), world.join("Bo"), world.join("Desk", role="reception")
    for person in (ann, bo):
        ask(desk, "mute", person.entity)
        person.leave()
    assert world.join("Bo").speak() == 0
    assert world.join("Ann").speak() == 200


def test_guests_who_left_take_no_place_of_those_who_may_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moderation, "REMEMBERED_MAX", 2)
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    assert ask(desk, "mute", ann.entity) == ""
    ann.leave()
    for _ in range(3):
        guest = Participant(world.room.new_entity(), "Guest", "patient", "robot", guest_subject())
        member = world.room.join(guest, Inbox(), world.now)
        assert ask(desk, "mute", member.entity) == ""
        world.room.leave(member, world.now)
    assert world.join("Ann").speak() == 0


def test_who_is_removed_is_closed_with_a_word_and_kept_out_for_a_time(world: World) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    assert ask(desk, "remove", ann.entity, reason="disturbing") == ""
    assert ann.inbox.closed == (CloseCode.REMOVED, "disturbing")
    bars, subject = world.room.bars, ann.member.participant.subject
    with pytest.raises(Removed):
        bars.demand_entry(subject, None, world.now + world.room.safety.removed_seconds - 1.0)
    bars.demand_entry(subject, None, world.now + world.room.safety.removed_seconds)
    bars.demand_entry(desk.member.participant.subject, None, world.now)


def test_who_is_removed_does_not_come_back_by_another_use_of_their_invitation(world: World) -> None:
    ann, bo = world.join("Ann", invitation="link"), world.join("Bo", invitation="link")
    desk = world.join("Desk", role="reception")
    assert ask(desk, "remove", ann.entity, reason="disturbing") == ""
    with pytest.raises(InvitationPaused):
        world.room.bars.demand_entry("", "link", world.now)
    world.room.bars.demand_entry(bo.member.participant.subject, "link", world.now)
    world.room.bars.demand_entry("", "another link", world.now)


def test_who_is_muted_does_not_speak_as_somebody_else_by_another_use_of_their_invitation(world: World) -> None:
    ann, bo = world.join("Ann", invitation="link"), world.join("Bo", invitation="link")
    desk = world.join("Desk", role="reception")
    assert ask(desk, "mute", ann.entity) == ""
    anew, other = world.join("Anew", invitation="link"), world.join("Other", invitation="another link")
    assert (anew.speak(), other.speak(), bo.speak()) == (0, 200, 200)
    assert (anew.entity, True) in muted(desk)
    bo.leave()
    assert world.join("Bo", invitation="link").speak() == 200
    # Whoever is found to be somebody else is heard, and heard when they come again; the others are not.
    assert ask(desk, "unmute", anew.entity) == ""
    anew.leave()
    assert world.join("Anew", invitation="link").speak() == 200
    assert world.join("Third", invitation="link").speak() == 0
    assert ask(desk, "unmute", ann.entity) == ""
    assert world.join("Fourth", invitation="link").speak() == 200


def test_a_mute_is_held_against_an_invitation_for_a_time(world: World) -> None:
    ann, desk = world.join("Ann", invitation="link"), world.join("Desk", role="reception")
    assert ask(desk, "mute", ann.entity) == ""
    ann.leave()
    world.now += world.room.safety.removed_seconds
    assert world.join("Anew", invitation="link").speak() == 200
    assert world.join("Ann", invitation="link").speak() == 0


def test_who_came_muted_and_is_muted_stays_so_until_it_is_lifted(world: World) -> None:
    ann, desk = world.join("Ann", invitation="link"), world.join("Desk", role="reception")
    assert ask(desk, "mute", ann.entity) == ""
    anew = world.join("Anew", invitation="link")
    assert ask(desk, "mute", anew.entity) == ""
    anew.leave()
    world.now += world.room.safety.removed_seconds
    again = world.join("Anew", invitation="link")
    assert again.speak() == 0
    assert ask(desk, "unmute", again.entity) == ""
    again.leave()
    assert world.join("Anew", invitation="link").speak() == 200


@pytest.mark.parametrize("reason", ["", "he told me about his illness", "disturbing\r\nX: y", None])
def test_a_reason_is_a_word_of_the_list_and_never_a_text(world: World, reason: str | None) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    assert ask(desk, "remove", ann.entity, reason=reason) == "malformed"
    assert ann.inbox.closed is None


def test_who_has_no_right_to_does_nothing_to_anybody(world: World) -> None:
    ann, bo, desk = world.join("Ann"), world.join("Bo"), world.join("Desk", role="reception")
    ask(desk, "mute", bo.entity)
    assert ask(ann, "mute", bo.entity) == ask(ann, "unmute", bo.entity) == "forbidden"
    assert ask(ann, "remove", bo.entity, reason="other") == "forbidden"
    # Whether somebody is here or not is no answer to who may not ask.
    assert ask(ann, "mute", 1) == "forbidden"
    assert bo.inbox.closed is None
    assert bo.speak() == 0


def test_it_is_for_others_who_are_here(world: World) -> None:
    desk = world.join("Desk", role="reception")
    assert ask(desk, "mute", desk.entity) == ask(desk, "remove", desk.entity, reason="other") == "forbidden"
    assert ask(desk, "remove", desk.entity + 1, reason="other") == "unknown_person"


def test_what_is_done_is_counted(world: World) -> None:
    ann, desk = world.join("Ann"), world.join("Desk", role="reception")
    ask(desk, "mute", ann.entity)
    ask(desk, "remove", ann.entity, reason="other")
    counts = world.room.features.counts
    assert (counts["moderation", "muted"], counts["moderation", "removed"]) == (1, 1)
