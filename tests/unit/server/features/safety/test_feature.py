"""Safety: who gives no sign is warned, then locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol.ids import CloseCode, StateFlag
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart
from server.features.access import Access
from server.features.chat import Chat
from server.features.presence import Presence
from server.features.safety import Safety
from server.features.safety.feature import SIGN_LASTS
from server.world.auditing import Action
from server.world.wire_time import wire_time
from tests.support.audit import Notebook
from tests.support.rooms import Person, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.world.member import Member

FEATURES = (Presence, Chat, Safety)
IDLE, WARN, AWAY = 900, 60, 120


@pytest.fixture
def world() -> World:
    return World(features=FEATURES)


def live(world: World, seconds: int, each: Callable[[int], object] = lambda _: None) -> None:
    """Let seconds pass, with something done in each."""
    for second in range(seconds):
        each(second)
        world.now += 1.0
        # All turns of a second, one after another.
        for _ in range(world.room.tick_hz):
            world.tick += 1
            world.room.features.sent(world.tick, world.now)


def warned(person: Person) -> list[float]:
    return [body["seconds"] for body in person.inbox.bodies("safety", "warned")]


def locked(person: Person) -> bool:
    return person.inbox.closed is not None and person.inbox.closed[0] == CloseCode.LOCKED


def pose(person: Person, *, x: int = 0, head: bool = True, voice: int = 0) -> None:
    person.sequence += 1
    flags = StateFlag.HEAD if head else StateFlag(0)
    state = AvatarState(flags=flags, voice=voice, head=TrackedPart(x, 1600, 0, largest=3) if head else TrackedPart())
    now_ms = wire_time(person.world.now)
    person.world.room.table.apply_pose(person.member.slot, encode_pose(Pose(state, person.sequence, now_ms)), now_ms)


def test_who_gives_no_sign_is_warned_with_the_seconds_left_and_then_locked(world: World) -> None:
    ann = world.join("Ann")
    live(world, IDLE - 2)
    assert warned(ann) == []
    live(world, 4)
    assert warned(ann) == [WARN]
    live(world, WARN - 4)
    assert not locked(ann)
    live(world, 6)
    assert locked(ann)
    assert world.room.features.counts["safety", "locked"] == 1


def test_a_lock_is_written_down() -> None:
    notebook = Notebook()
    world = World(features=FEATURES, auditor=notebook)
    ann = world.join("Ann")
    live(world, IDLE + WARN + 4)
    assert locked(ann)
    assert [event.subject for event in notebook.of(Action.LOCKED)] == ["subject-Ann"]


@pytest.mark.parametrize(
    "sign",
    [
        lambda ann, second: pose(ann, x=20 * (second % 2)),
        lambda ann, _: pose(ann, voice=80),
        lambda ann, second: ann.say("yes") if second % 600 == 0 else None,
        lambda ann, second: ann.ask("safety", "here", {}) if second % 600 == 0 else None,
        lambda ann, second: ann.ask("chat", "say", {"text": ""}) if second % 600 == 0 else None,
    ],
    ids=["motion", "voice", "chat", "here", "a refused operation"],
)
def test_who_gives_a_sign_is_left_alone(world: World, sign: Callable[[Person, int], object]) -> None:
    ann = world.join("Ann")
    live(world, 2 * IDLE, lambda second: sign(ann, second))
    assert (warned(ann), ann.inbox.closed) == ([], None)


def test_who_gave_a_sign_is_not_looked_at_for_a_while(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, looks = world.join("Ann"), 0
    state = world.room.state

    def counted(member: Member) -> tuple[object, ...]:
        nonlocal looks
        looks += 1
        return state(member)

    monkeypatch.setattr(world.room, "state", counted)
    live(world, 100, lambda second: pose(ann, x=20 * second))
    assert 100 / SIGN_LASTS <= looks <= 100 / SIGN_LASTS + 2
    looks = 0
    live(world, 100)
    assert 100 - SIGN_LASTS - 1 <= looks <= 100


def test_a_sign_calls_the_warning_off_and_the_time_begins_anew(world: World) -> None:
    ann = world.join("Ann")
    live(world, IDLE + 5)
    assert ann.ask("safety", "here", {}).ok
    assert warned(ann) == [WARN, 0.0]
    live(world, IDLE - 5)
    assert (warned(ann), ann.inbox.closed) == ([WARN, 0.0], None)
    live(world, WARN + 10)
    assert ann.inbox.closed is not None


def test_a_pose_that_is_sent_again_and_again_is_no_sign(world: World) -> None:
    ann = world.join("Ann")
    live(world, IDLE + 5, lambda _: pose(ann, voice=10))
    assert warned(ann) == [WARN]


def test_what_a_page_asks_by_itself_is_no_sign() -> None:
    world = World(features=(*FEATURES, Access))
    ann = world.join("Ann")
    live(world, IDLE + 5, lambda _: ann.ask("access", "recent", {}))
    assert warned(ann) == [WARN]


def test_a_headset_that_is_off_is_locked_sooner_and_carrying_it_about_is_no_sign(world: World) -> None:
    ann = world.join("Ann")
    assert ann.ask("safety", "away", {"away": True}).ok
    live(world, AWAY + 3, lambda second: pose(ann, x=50 * (second % 2), voice=80))
    assert warned(ann) == [WARN]
    live(world, WARN + 2)
    assert ann.inbox.closed is not None


def test_who_puts_the_headset_on_again_is_there(world: World) -> None:
    ann = world.join("Ann")
    for second in range(5):
        ann.ask("safety", "away", {"away": second % 2 == 0})
        live(world, AWAY - 20)
    ann.ask("safety", "away", {"away": False})
    live(world, IDLE - 5)
    assert warned(ann) == []


def test_a_head_that_is_not_tracked_counts_as_a_headset_that_is_off(world: World) -> None:
    ann = world.join("Ann")
    live(world, AWAY + 3, lambda _: pose(ann, head=False))
    assert warned(ann) == [WARN]
    pose(ann)
    ann.ask("safety", "here", {})
    live(world, AWAY + 3, lambda _: pose(ann))
    assert warned(ann) == [WARN, 0.0]


def test_who_has_no_socket_is_not_watched_and_to_come_back_is_no_sign(world: World) -> None:
    ann = world.join("Ann")
    live(world, IDLE - 10)
    ann.suspend()
    live(world, 30)
    ann.resume()
    live(world, 7)
    assert (warned(ann), ann.inbox.closed) == ([], None)
    live(world, 6)
    assert warned(ann) == [WARN]


def test_a_connection_that_is_lost_again_and_again_keeps_nobody_unlocked(world: World) -> None:
    ann = world.join("Ann")
    for _ in range((IDLE + WARN) // 20 + 2):
        live(world, 20)
        ann.suspend()
        ann.resume()
        if locked(ann):
            break
    assert locked(ann)
    # Each time it is told anew how long there is: the client has forgotten the question with the connection.
    assert warned(ann) == sorted(warned(ann), reverse=True)
    assert len(warned(ann)) > 2


def test_who_comes_back_with_a_sign_is_there(world: World) -> None:
    ann = world.join("Ann")
    live(world, IDLE + 2)
    ann.suspend()
    live(world, 5)
    ann.resume()
    ann.ask("safety", "here", {})
    live(world, IDLE - 5)
    assert warned(ann)[0] == WARN
    assert warned(ann)[-1] == 0.0
    live(world, 8)
    assert warned(ann)[-1] == WARN


def test_who_has_a_turn_in_ticks_that_a_late_server_skips_is_looked_at_all_the_same(world: World) -> None:
    people = [world.join(f"Person {number}") for number in range(8)]
    assert len({person.entity % world.room.tick_hz % 2 for person in people}) == 2
    for _ in range((IDLE + 2) * world.room.tick_hz // 2):
        world.tick += 2
        world.now += 2 / world.room.tick_hz
        world.room.features.sent(world.tick, world.now)
    assert [warned(person) for person in people] == [[WARN]] * len(people)


def test_a_headset_that_is_taken_off_calls_no_warning_off(world: World) -> None:
    ann = world.join("Ann")
    live(world, IDLE + 2)
    assert warned(ann) == [WARN]
    ann.ask("safety", "away", {"away": True})
    live(world, WARN + 2)
    assert warned(ann) == [WARN]
    assert locked(ann)


def test_who_has_left_is_forgotten(world: World) -> None:
    ann, bo = world.join("Ann"), world.join("Bo")
    ann.leave()
    live(world, IDLE + 5)
    assert (warned(ann), warned(bo)) == ([], [WARN])
    assert world.room.features.faults == 0
