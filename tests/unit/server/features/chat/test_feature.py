"""Chat."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.config import ZoneSettings
from server.features.chat import Chat
from server.features.chat.feature import Unsaid
from server.world.keeping import NOTHING_KEPT, Line, Outcome, Recalled
from server.world.wire_time import wire_time
from tests.support.consents import ask
from tests.support.rooms import Person, SlowKeeper, World, hall_settings
from tests.support.shared_ward import Ward

BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)


@pytest.fixture
def world() -> World:
    return World(zones=[BED], features=(Chat,))


def test_what_is_said_reaches_everybody_the_sender_too(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo", x=40.0)
    result = ann.say("good morning")
    assert (result.ok, result.body) == (True, {})
    said = {"entity": ann.entity, "name": "Ann", "text": "good morning", "time": wire_time(world.now)}
    assert ann.inbox.bodies("chat", "said") == bo.inbox.bodies("chat", "said") == [said]


def test_what_is_said_in_private_stays_there(world: World) -> None:
    ann, bo, cy = world.join("Ann", x=5.0), world.join("Bo", x=4.5), world.join("Cy")
    nurse = world.join("Di", role="clinician")
    ann.say("it hurts")
    assert ann.inbox.heard == bo.inbox.heard == nurse.inbox.heard == ["it hurts"]
    assert cy.inbox.heard == []


def test_who_is_in_private_hears_what_is_said_at_large(world: World) -> None:
    ann, bo = world.join("Ann", x=5.0), world.join("Bo")
    bo.say("lunch is here")
    assert ann.inbox.heard == ["lunch is here"]


def test_who_is_away_finds_it_when_they_come_back(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    bo.suspend()
    ann.say("back soon?")
    assert bo.inbox.heard == ["back soon?"]


@pytest.mark.parametrize(
    ("text", "code"), [("", "malformed"), ("x" * 501, "too_long"), ("\N{GRINNING FACE}" * 501, "too_long")]
)
def test_a_text_has_1_to_500_characters(world: World, text: str, code: str) -> None:
    ann = world.join("Ann")
    assert ann.say(text).code == code
    assert ann.inbox.heard == []


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "hello\x00",
        "a\x1b[31m",
        "\x7fa",
        "a\x85",
        "a\tb",
        "a\rb",
        "\u200b",
        " \n ",
        "\u202e",
        "\u0301",
        "\u3164\ufe0f",
    ],
)
def test_a_text_without_anything_to_see_or_with_control_characters_is_refused(world: World, text: str) -> None:
    ann = world.join("Ann")
    assert ann.say(text).code == "malformed"
    assert ann.inbox.heard == []


@pytest.mark.parametrize("text", ["one\ntwo", "\u202eleft", "\u0645\u06cc\u200c\u062e", "?", "e\u0301", "\u2764\ufe0f"])
def test_a_text_of_any_script_and_of_several_lines_is_said(world: World, text: str) -> None:
    ann = world.join("Ann")
    assert ann.say(text).ok
    assert ann.inbox.heard == [text]


@pytest.mark.parametrize("text", ["x", "x" * 500, "\N{GRINNING FACE}" * 500])
def test_a_text_at_the_bounds_is_said(world: World, text: str) -> None:
    ann = world.join("Ann")
    assert ann.say(text).ok
    assert ann.inbox.heard == [text]


def test_five_are_said_at_once_and_one_more_a_second(world: World) -> None:
    ann = world.join("Ann")
    assert [ann.say(str(number)).code for number in range(6)] == [""] * 5 + ["rate_limited"]
    world.now += 1.0
    assert [ann.say("more").code for _ in range(2)] == ["", "rate_limited"]
    world.now += 60.0
    assert [ann.say("rested").code for _ in range(6)] == [""] * 5 + ["rate_limited"]


def test_a_refused_text_costs_nothing(world: World) -> None:
    ann = world.join("Ann")
    for _ in range(10):
        ann.say("")
    assert ann.say("fine").ok


def test_each_person_has_a_rate_of_their_own(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    for _ in range(6):
        ann.say("me me me")
    assert bo.say("and me").ok


def test_who_left_is_forgotten(world: World) -> None:
    chat = world.room.features._features["chat"]
    assert isinstance(chat, Chat)
    ann, bo = world.join("Ann"), world.join("Bo")
    ann.say("bye")
    ann.leave()
    bo.leave()
    assert chat._paid_until == {}


# Chat that is kept ----------------------------------------------------------------------------------------------------


def kept_hall(keeper: SlowKeeper, recalled: Recalled = NOTHING_KEPT) -> World:
    bed = ZoneSettings(name="Bed", box=((10.0, 0.0, -5.0), (20.0, 4.0, 5.0)), private=True)
    return World(settings=replace(hall_settings(zones=[bed]), keep_chat=2), keeper=keeper, recalled=recalled)


def test_a_kept_line_is_heard_once_it_is_kept_also_if_who_said_it_has_left() -> None:
    keeper = SlowKeeper()
    world = kept_hall(keeper)
    ann, bo = world.join("Ann"), world.join("Bo")
    answers = ann.ask_for("chat", "say", {"text": "hello"})
    assert (answers, bo.inbox.heard) == ([], [])
    # What somebody said is theirs, to be erased with them.
    assert [(edit.author, edit.personal) for edit in keeper.edits] == [(ann.member.participant.subject, True)]
    ann.leave()
    keeper.settle()
    assert bo.inbox.heard == ["hello"]


def test_who_comes_later_is_told_the_last_lines_over_a_restart_too() -> None:
    keeper = SlowKeeper()
    world = kept_hall(keeper)
    ann = world.join("Ann")
    for text in ("one", "two", "three"):
        ann.ask_for("chat", "say", {"text": text})
        keeper.settle(now=world.now)
    world.step(20)
    (earlier,) = world.join("Bo").inbox.bodies("chat", "earlier")
    assert [(line["name"], line["text"]) for line in earlier["lines"]] == [("Ann", "two"), ("Ann", "three")]
    assert [round(line["age"], 3) for line in earlier["lines"]] == [1.0, 1.0]
    cleo = kept_hall(keeper, keeper.recalled()).join("Cleo")
    (earlier,) = cleo.inbox.bodies("chat", "earlier")
    assert [line["text"] for line in earlier["lines"]] == ["two", "three"]
    cleo.suspend()
    cleo.resume(resync=True)
    assert len(cleo.inbox.bodies("chat", "earlier")) == 2


def test_what_is_said_in_private_is_told_at_once_and_never_kept() -> None:
    keeper = SlowKeeper()
    world = kept_hall(keeper)
    ann, bo = world.join("Ann", x=15.0), world.join("Bo")
    assert ann.say("between us").ok
    assert (ann.inbox.heard, bo.inbox.heard, keeper.edits) == (["between us"], [], [])
    assert world.join("Cleo").inbox.bodies("chat", "earlier") == []


# Who is hidden meanwhile ----------------------------------------------------------------------------------------------


def lines(person: Person) -> list[list[str]]:
    """What a person was told of what was said before."""
    return [[line["text"] for line in body["lines"]] for body in person.inbox.bodies("chat", "earlier")]


def waiting(words: str) -> tuple[Ward, SlowKeeper]:
    """A ward where Ann has said something that is not kept yet."""
    keeper = SlowKeeper()
    world = Ward(keeper=keeper, keep_chat=5)
    world.ann.ask_for("chat", "say", {"text": words})
    return world, keeper


@pytest.mark.parametrize("leaves", [False, True])
def test_a_line_that_waited_is_not_told_to_those_from_whom_its_speaker_is_hidden_since(leaves: bool) -> None:
    world, keeper = waiting("hello")
    ask(world.ann, "treat", given=False)
    if leaves:
        world.ann.leave()
    keeper.settle()
    assert (world.cy.inbox.heard, world.bo.inbox.heard) == ([], ["hello"])
    assert lines(world.join("Di", "clinician")) == []
    # That it is not is kept, however often the store refuses.
    for _ in range(4):  # of the withdrawal, then of the line, and again
        keeper.settle(Outcome.REFUSED)
    assert [isinstance(edit.value, Unsaid) for edit in keeper.edits].count(True) == 3
    # Nor to who comes after a restart, whether or not she is there by then.
    again = Ward(keeper=SlowKeeper(), keep_chat=5, recalled=Recalled(*keeper.recalled()[:2], ()))
    assert lines(again.join("Di", "patient")) == []
    again.ann.ask_for("chat", "say", {"text": "and now"})
    assert again.room.features.faults == 0


@pytest.mark.parametrize("keep_chat", [1, 2, 5])
def test_lines_that_are_told_to_nobody_stay_so_however_few_of_the_others_are_told(keep_chat: int) -> None:
    keeper = SlowKeeper()
    world = Ward(keeper=keeper, keep_chat=2)
    for words in ("one", "two", "three", "four"):
        world.ann.ask_for("chat", "say", {"text": words})
        world.step()
    ask(world.ann, "treat", given=False)
    while keeper.on_their_way:
        keeper.settle()
    again = Ward(keeper=SlowKeeper(), keep_chat=keep_chat, recalled=Recalled(*keeper.recalled()[:2], ()))
    assert lines(world.join("Di", "patient")) == lines(again.join("Di", "patient")) == []
    assert again.room.features.faults == 0


def test_two_lines_of_one_moment_are_two() -> None:
    world, keeper = waiting("not told")
    world.bo.ask_for("chat", "say", {"text": "told"})
    ask(world.ann, "treat", given=False)
    while keeper.on_their_way:
        keeper.settle()
    again = Ward(keeper=SlowKeeper(), keep_chat=5, recalled=Recalled(*keeper.recalled()[:2], ()))
    assert lines(world.join("Di", "patient")) == lines(again.join("Di", "patient")) == [["told"]]


def test_a_line_that_waited_is_told_to_all_if_its_speaker_is_hidden_from_nobody_any_more() -> None:
    world, keeper = waiting("hello")
    withdrawals = world.room.privacy.withdrawals
    withdrawals.note(world.ann.member, frozenset({"treat"}))
    withdrawals.note(world.ann.member, frozenset())
    keeper.settle()
    assert world.cy.inbox.heard == world.bo.inbox.heard == ["hello"]
    assert lines(world.join("Di", "clinician")) == [["hello"]]


@pytest.mark.parametrize("leaves", [False, True])
def test_a_line_that_waited_stays_behind_the_curtain_that_its_speaker_went_behind(leaves: bool) -> None:
    keeper = SlowKeeper()
    world = kept_hall(keeper)
    ann, bo, cleo = world.join("Ann", x=9.0), world.join("Bo"), world.join("Cleo", x=15.0)
    ann.ask_for("chat", "say", {"text": "hello"})
    ann.move(15.0)
    assert world.room.concealed(ann.member)
    if leaves:
        ann.leave()
    keeper.settle()
    assert (bo.inbox.heard, cleo.inbox.heard) == ([], ["hello"])
    assert world.join("Di").inbox.bodies("chat", "earlier") == []
    assert kept_hall(keeper, keeper.recalled()).join("Di").inbox.bodies("chat", "earlier") == []


def test_earlier_lines_of_who_is_hidden_from_a_newcomer_are_left_out() -> None:
    keeper = SlowKeeper()
    world = Ward(keeper=keeper, keep_chat=5)
    for person, words in ((world.ann, "mine"), (world.bo, "yours")):
        person.ask_for("chat", "say", {"text": words})
        keeper.settle(now=world.now)
    ask(world.ann, "treat", given=False)
    keeper.settle()
    di = world.join("Di", "clinician")
    assert lines(di) == [["yours"]]
    assert lines(world.join("Lou", "learner")) == [["mine", "yours"]]
    assert lines(world.join("Eve", "patient")) == [["mine", "yours"]]
    di.suspend()
    di.resume(resync=True)
    assert lines(di) == [["yours"]] * 2
    ask(world.ann, "treat")
    keeper.settle()
    assert lines(world.join("Flo", "clinician")) == [["mine", "yours"]]


def test_a_hidden_speaker_is_known_by_lines_that_were_kept_over_a_restart() -> None:
    keeper = SlowKeeper()
    world = Ward(keeper=keeper, keep_chat=5)
    world.ann.ask_for("chat", "say", {"text": "mine"})
    again = Ward(keeper=SlowKeeper(), keep_chat=5, recalled=Recalled({}, keeper.recalled().lines, ()))
    assert again.ann.member.participant.subject == world.ann.member.participant.subject
    ask(again.ann, "treat", given=False)
    assert lines(again.join("Di", "clinician")) == []
    assert lines(again.join("Eve", "patient")) == [["mine"]]


@pytest.mark.parametrize("damaged", [{"name": "Ann", "text": 7}, {"unsaid": [7]}, {"unsaid": None}, 7, b"unsaid", {}])
def test_a_line_that_the_disk_damaged_takes_no_other_with_it(damaged: object) -> None:
    private = {"name": "Ann", "text": "told to nobody", "id": b"1" * 16}
    kept = [Line(private, 3.0), Line(damaged, 2.0), Line({"unsaid": b"1" * 16}, 2.0)]
    kept.append(Line({"name": "Ann", "text": "mine"}, 1.0))
    world = Ward(keeper=SlowKeeper(), keep_chat=5, recalled=Recalled({}, {"chat": kept}, ()))
    assert lines(world.join("Eve", "patient")) == [["mine"]]
    assert world.room.features.faults == 1
