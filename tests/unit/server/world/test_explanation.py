"""Why somebody gets an avatar as they do, in words: each term, and what it does."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest

from protocol.ids import StateFlag, Tier
from protocol.pose import Pose, encode_pose
from protocol.state import AvatarState, TrackedPart
from server.config import ObjectSettings, ZoneSettings
from server.errors import EntityUnknown, InvalidRequest
from server.world.explanation import Explanation, Party, Sight, Terms, explain
from server.world.wire_time import wire_time
from tests.support.rooms import Person, World, hall_settings

ANN = Party(entity=1, kind="avatar", name="Ann", role="patient")
BO = Party(entity=2, kind="avatar", name="Bo", role="clinician")
SIGHT = Sight(tick_hz=20, radius=40.0, hysteresis=4.0, tiers=(4.0, 10.0), refresh=5)
MANIKIN = ObjectSettings(name="Manikin", kind="prop", model="manikin", position=(1.0, 1.6, -2.0))
BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)


def terms(**changed: Any) -> Terms:
    """Somebody silent 4.9 m ahead, shown as their priority has it."""
    usual: dict[str, Any] = {
        "present": True,
        "permitted": True,
        "distance_mm": 4_900,
        "effective_mm": 4_900,
        "view": "ahead",
        "weight": 1.0,
        "speaking": False,
        "signing": False,
        "members": 12,
        "cap": 32,
        "tiers_mm": (4_000, 10_000),
        "strain": 0,
        "stretch": 0,
        "bytes_per_second": 0,
        "member": True,
        "rank": 3,
        "reason": "near",
        "wanted": (Tier.UPPER, 2),
        "shown": (Tier.UPPER, 2),
        "rate_hz": 10.0,
        "sent_ticks_ago": 2,
    }
    return Terms(**(usual | changed))


def hidden(**changed: Any) -> Terms:
    nothing = dict.fromkeys(("rank", "reason", "wanted", "shown", "rate_hz", "sent_ticks_ago"))
    return terms(member=False, **nothing, **changed)


def told(
    terms: Terms, *, observer: Party = ANN, subject: Party = BO, zone: str | None = None, withdrawn: bool = False
) -> Explanation:
    return explain(
        room="hall",
        tick=9,
        observer=observer,
        subject=subject,
        zone=zone,
        withdrawn=withdrawn,
        sight=SIGHT,
        terms=terms,
    )


# One term after the other ---------------------------------------------------------------------------------------------


def test_in_a_crowd_the_tiers_that_count_are_told() -> None:
    lines = told(terms(members=32, tiers_mm=(2_200, 5_500))).lines
    assert "crowded: tiers end at 2.2 and 5.5 m, not 4 and 10 m" in lines
    assert "tier upper up to 5.5 m" in lines


def test_the_plain_case_goes_from_the_distance_to_the_rate() -> None:
    answer = told(terms())
    assert answer.lines == (
        "distance 4.9 m, head to head",
        "ahead: as far as it is",
        "tier upper up to 10 m",
        "each tick up to 4 m, half as often with each doubling, 2.5 Hz at least",
        "so wanted: tier upper, 1 tick in 2",
        "12 of 32 places in the set are taken",
        "period 2 of 20 Hz: 10 Hz",
        "last record 2 ticks ago",
    )
    assert answer.answer == "Ann gets Bo in tier upper at 10 Hz because it is 4.9 m away and ahead"
    assert (answer.outcome, answer.tier, answer.rate_hz) == ("shown", "upper", 10.0)


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"view": "aside"}, "aside: 1.4 times as far"),
        ({"view": "behind"}, "behind: twice as far"),
        ({"view": "behind", "effective_mm": 9_800}, "effective distance 9.8 m"),
        ({"weight": 2.0}, "role weight 2: half as far"),
        ({"weight": 4.0}, "role weight 4: a quarter as far"),
        ({"weight": 0.5}, "role weight 0.5: twice as far"),
        ({"weight": 3.0}, "role weight 3: 0.33 times as far"),
        ({"speaking": True, "effective_mm": 2_450}, "speaks: half as far"),
        ({"speaking": True, "effective_mm": 2_450}, "effective distance 2.5 m"),
        ({"effective_mm": 3_900, "wanted": (0, 1), "shown": (0, 1)}, "tier full up to 4 m"),
        ({"effective_mm": 10_100, "wanted": (2, 4), "shown": (2, 4)}, "tier head beyond 10 m"),
        ({"effective_mm": 10_100}, "tier upper is kept for a while: heads turn away and back"),
        ({"effective_mm": 3_900}, "tier upper until the set is updated, within 5 ticks"),
        ({"wanted": (0, 1), "shown": (0, 1)}, "so wanted: tier full, each tick"),
        ({"signing": True}, "signs, and the observer looks there: full, each tick"),
        (
            {"reason": "tied"},
            "tied to the observer (both hold one thing, or one examines the other): full, each tick, however far",
        ),
        ({"reason": "conversation"}, "in conversation with the observer: at least upper, each tick"),
        (
            {"reason": "prominent"},
            "prominent in the room (speaks or signs, and its role has weight): at least upper, each second tick, "
            "however far",
        ),
        ({"strain": 1}, "server strained, level 1: 1 step rarer"),
        ({"strain": 2}, "server strained, level 2: 2 steps rarer"),
        ({"strain": 2, "wanted": (0, 1)}, "server strained, level 2: takes nothing from this one"),
        ({"strain": 2, "reason": "tied"}, "server strained, level 2: takes nothing from this one"),
        ({"bytes_per_second": 8_000, "stretch": 3}, "the client's budget of 64 kbit/s: 3 steps rarer"),
        ({"bytes_per_second": 8_000}, "the client's budget of 64 kbit/s: takes nothing from this one"),
        (
            {"bytes_per_second": 8_000, "stretch": 4, "reason": "conversation"},
            "the client's budget of 64 kbit/s: 1 step rarer",
        ),
        (
            {"bytes_per_second": 1_000, "stretch": 8, "shown": (Tier.PRESENCE, 16)},
            "nothing rarer is left: tier presence instead of upper",
        ),
        ({"sent_ticks_ago": 1}, "last record 1 tick ago"),
        ({"sent_ticks_ago": None}, "no record sent yet"),
        ({"sent_ticks_ago": 5}, "that is late: the client's socket does not drain, or its budget is spent"),
    ],
)
def test_each_term_has_its_line(changed: dict[str, Any], line: str) -> None:
    assert line in told(terms(**changed)).lines


@pytest.mark.parametrize(
    ("changed", "because"),
    [
        ({"view": "aside"}, "it is 4.9 m away and aside"),
        ({"speaking": True, "signing": True}, "it is 4.9 m away and ahead, speaks, signs"),
        ({"weight": 2.0}, "it is 4.9 m away and ahead, has a role of weight 2"),
        ({"reason": "conversation"}, "the two converse, it is 4.9 m away and ahead"),
        ({"strain": 1, "shown": (1, 4)}, "it is 4.9 m away and ahead, the server is strained"),
        ({"stretch": 1, "shown": (1, 4)}, "it is 4.9 m away and ahead, the client has a budget"),
    ],
)
def test_the_answer_says_what_counted(changed: dict[str, Any], because: str) -> None:
    assert told(terms(**changed)).answer.endswith(f" Hz because {because}")


def test_who_may_look_into_a_private_zone_is_told_so() -> None:
    assert told(terms(), zone="Bed").lines[0] == "in the private zone Bed: this observer may perceive it"


@pytest.mark.parametrize(
    ("told_of", "outcome", "answer", "line"),
    [
        (
            told(hidden(permitted=False), zone="Bed"),
            "not_permitted",
            "Ann does not get Bo because it is behind a curtain",
            "behind a curtain (private zone Bed): not permitted",
        ),
        (
            told(terms(permitted=False)),
            "not_permitted",
            "Ann does not get Bo because it is behind a curtain",
            "for operators only: nothing tells the observer that anybody is there",
        ),
        (
            told(hidden(permitted=False), zone="Bed", withdrawn=True),
            "withdrawn",
            "Ann does not get Bo because what the observer is there for was withdrawn",
            "it, or who holds it, withdrew what the observer's role is there for: hidden until that is allowed again",
        ),
        (
            told(hidden(distance_mm=40_001)),
            "too_far",
            "Ann does not get Bo because it is too far away",
            "distance 40.0 m: into sight up to 40 m, out of it beyond 44 m",
        ),
        (
            told(hidden(members=32)),
            "no_place",
            "Ann does not get Bo because others hold all places in the set",
            "not in the set: others hold all 32 places, nearer or there at any distance",
        ),
        (
            told(hidden()),
            "not_yet",
            "Ann does not get Bo because it has only just come into reach",
            "not in the set yet: it is looked through again within 5 ticks",
        ),
        (
            told(terms(), observer=msgspec.structs.replace(ANN, suspended=True)),
            "observer_suspended",
            "Ann does not get Bo because the observer's session is suspended",
            "the observer's session is suspended: nothing is sent until it resumes",
        ),
        (
            told(terms(present=False), subject=msgspec.structs.replace(BO, suspended=True)),
            "subject_suspended",
            "Ann does not get Bo because the subject's session is suspended",
            "the subject's session is suspended: out of everybody's sight until it resumes",
        ),
    ],
)
def test_what_is_not_shown_is_told_with_the_first_reason(
    told_of: Explanation, outcome: str, answer: str, line: str
) -> None:
    assert (told_of.outcome, told_of.answer, told_of.tier, told_of.rate_hz) == (outcome, answer, None, None)
    assert line in told_of.lines


def test_an_explanation_survives_json() -> None:
    answer = told(terms(speaking=True))
    assert msgspec.json.decode(msgspec.json.encode(answer), type=Explanation) == answer


# From a room ----------------------------------------------------------------------------------------------------------


def pair(*, x: float = 0.0, z: float = -2.0, **world: Any) -> tuple[World, Person, Person]:
    """Ann at the origin, looking along -Z, and Bo."""
    hall = World(**world)
    ann, bo = hall.join("Ann"), hall.join("Bo", x=x, z=z)
    hall.step()
    return hall, ann, bo


def why(world: World, observer: Person, subject: Person | int) -> Explanation:
    return world.room.explain(observer.member, subject if isinstance(subject, int) else subject.entity)


def test_a_room_tells_the_live_terms() -> None:
    world, ann, bo = pair()
    answer = why(world, ann, bo)
    assert answer.answer == "Ann gets Bo in tier full at 20 Hz because it is 2.0 m away and ahead"
    assert (answer.room, answer.tick, answer.terms.sent_ticks_ago) == ("hall", 1, 0)
    assert (answer.observer.name, answer.subject.role) == ("Ann", "patient")
    bo.move(0.0, 3.5)
    # As far again for who is behind: the distance at once, what is wanted with the set's next update.
    world.step(60)
    after = why(world, ann, bo)
    assert (after.terms.view, after.terms.distance_mm, after.terms.effective_mm) == ("behind", 3_500, 7_000)
    assert (after.tier, after.rate_hz) == ("head", 5.0)


@pytest.mark.parametrize(("x", "z", "view"), [(0.0, -3.0, "ahead"), (3.0, 0.0, "aside"), (0.0, 3.0, "behind")])
def test_the_words_for_a_view_say_what_the_core_reckons(x: float, z: float, view: str) -> None:
    world, ann, bo = pair(x=x, z=z)
    terms = why(world, ann, bo).terms
    assert terms.view == view
    assert terms.effective_mm == pytest.approx(
        3_000 * {"ahead": 1.0, "aside": math.sqrt(2.0), "behind": 2.0}[view], abs=1
    )


def test_the_words_for_weight_and_voice_say_what_the_core_reckons() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", "clinician")
    now_ms = wire_time(world.now)
    head = TrackedPart(0, 1600, -8_000, largest=3)
    pose = Pose(AvatarState(flags=StateFlag.HEAD, voice=255, head=head), 1, now_ms)
    world.room.table.apply_pose(bo.member.slot, encode_pose(pose), now_ms)
    world.step()
    answer = why(world, ann, bo)
    assert (answer.terms.weight, answer.terms.speaking, answer.terms.effective_mm) == (2.0, True, 2_000)
    assert {"role weight 2: half as far", "speaks: half as far", "effective distance 2.0 m"} <= set(answer.lines)


def test_steps_of_budget_and_strain_are_those_the_core_takes() -> None:
    world = World(bounds=100.0)
    ann = world.join("Ann")
    others = [world.join(f"Bo {number}", x=number - 4.0, z=-4.5) for number in range(8)]
    world.room.limit(ann.member, 2)
    for _ in range(3):
        world.room.took(1.0 / world.room.tick_hz, world.now)
    for tick in range(40):
        for number, other in enumerate(others):
            other.move(number - 4.0, -4.5 + 0.01 * (tick % 7))
        world.step(looking=False)
        world.room.interest.update(ann.member.observer)
        # Spends the budget; at times it allows no frame at all.
        world.room.encoder.frame(ann.member.observer, False)
    answer = why(world, ann, others[0])
    terms = answer.terms
    assert terms.wanted is not None
    assert terms.shown is not None
    assert (terms.bytes_per_second, terms.strain) == (250, 1)
    assert terms.stretch > 0
    assert "server strained, level 1: 1 step rarer" in answer.lines
    steps = terms.stretch
    assert f"the client's budget of 2 kbit/s: {steps} step{'' if steps == 1 else 's'} rarer" in answer.lines
    assert terms.shown[1] > terms.wanted[1]


def test_an_object_is_a_subject() -> None:
    world = World(objects=[MANIKIN])
    ann = world.join("Ann")
    world.step()
    (entity,) = world.room.things.placed
    answer = why(world, ann, entity)
    assert (answer.outcome, answer.subject) == ("shown", Party(entity=entity, kind="prop", name="Manikin"))


def test_a_curtain_is_told_of_by_the_name_of_its_zone() -> None:
    world, ann, bo = pair(x=5.0, z=0.0, zones=[BED])
    answer = why(world, ann, bo)
    assert (answer.outcome, answer.zone) == ("not_permitted", "Bed")
    nurse = world.join("Cy", "clinician")
    world.step()
    seen = why(world, nurse, bo)
    assert (seen.outcome, seen.zone) == ("shown", "Bed")


def test_who_is_suspended_sees_nobody_and_is_seen_by_nobody() -> None:
    world, ann, bo = pair()
    bo.suspend()
    assert why(world, ann, bo).outcome == "subject_suspended"
    assert why(world, bo, ann).outcome == "observer_suspended"


def test_where_places_are_few_the_nearer_hold_them() -> None:
    world = World(settings=msgspec.structs.replace(hall_settings(), visible=1))
    ann, _near, far = world.join("Ann"), world.join("Bo", x=1.0), world.join("Cy", x=5.0)
    world.step()
    assert why(world, ann, far).outcome == "no_place"


def test_a_newcomer_is_told_to_come_with_the_next_update() -> None:
    world, ann, _ = pair()
    far = world.join("Cy", x=30.0)
    world.step()
    assert why(world, ann, far).outcome == "too_far"
    far.move(3.0)
    assert why(world, ann, far).outcome == "not_yet"


def test_nobody_and_oneself_are_refused() -> None:
    world, ann, _ = pair()
    with pytest.raises(EntityUnknown):
        why(world, ann, 1)
    with pytest.raises(InvalidRequest, match="their own avatar"):
        why(world, ann, ann)


def test_the_load_follows_the_ticks_and_is_none_in_an_empty_room() -> None:
    world, ann, bo = pair()
    for _ in range(200):
        world.room.took(0.025, world.now)
    assert world.room.load == pytest.approx(0.5, abs=0.01)
    assert world.room.strain == 0
    ann.leave()
    bo.leave()
    assert world.room.load == 0.0
