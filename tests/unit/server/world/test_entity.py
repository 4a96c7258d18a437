"""Entities: ids, facts, objects."""

import math
from random import Random

import pytest

from protocol.codec import decode_facts
from protocol.fields import unpack_rotation
from protocol.ids import EntityKind
from protocol.messages import AvatarFacts, ObjectFacts
from server.config import ObjectSettings
from server.world.entity import EntityIds, avatar_facts, object_facts, object_kind, upright_rotation
from server.world.member import Participant


def test_ids_never_repeat_and_are_never_zero() -> None:
    ids = EntityIds(Random(7))
    drawn = [ids.draw() for _ in range(200_000)]
    assert len(set(drawn)) == len(drawn)
    assert 0 not in drawn
    assert max(drawn) < 2**32


def test_ids_are_spread_over_all_32_bits() -> None:
    ids = EntityIds(Random(8))
    drawn = [ids.draw() for _ in range(20_000)]
    for bit in range(32):
        ones = sum(entity >> bit & 1 for entity in drawn)
        assert abs(ones - 10_000) < 500, bit


def test_the_permutation_is_one() -> None:
    # All values with one half fixed: a Feistel network that lost its inverse would repeat within them.
    permute = EntityIds(Random(9))._permute
    assert len({permute(value) for value in range(65_536)}) == 65_536
    assert len({permute(value << 16) for value in range(65_536)}) == 65_536


def test_zero_is_passed_over() -> None:
    ids = EntityIds(Random(10))
    real = ids._permute
    ids._permute = lambda value: 0 if value == 0 else real(value)  # type: ignore[method-assign]  # the rare case, forced
    assert ids.draw() == real(1)


def test_two_rooms_draw_different_ids() -> None:
    random = Random(11)
    first, second = EntityIds(random), EntityIds(random)
    assert [first.draw() for _ in range(10)] != [second.draw() for _ in range(10)]


def test_an_avatars_facts_tell_what_others_may_know() -> None:
    participant = Participant(entity=5, name="Ann", role="patient", avatar="robot", subject="secret")
    facts = avatar_facts(participant)
    assert decode_facts(facts) == AvatarFacts(kind="avatar", name="Ann", role="patient", avatar="robot")
    assert b"secret" not in facts


@pytest.mark.parametrize(("kind", "expected"), [("prop", EntityKind.PROP), ("panel", EntityKind.PANEL)])
def test_an_objects_facts_and_kind_are_those_of_the_facility_file(kind: str, expected: EntityKind) -> None:
    settings = ObjectSettings(name="Cart", kind=kind, model="crash-cart", position=(0.0, 0.0, 0.0))  # type: ignore[arg-type]  # of two words
    assert object_facts(settings) == ObjectFacts(kind=kind, name="Cart", model="crash-cart")  # type: ignore[arg-type]  # of two words
    assert object_kind(settings) is expected


@pytest.mark.parametrize("degrees", [-350, -180, -90, 0, 30, 90, 180, 270])
def test_what_stands_upright_is_turned_about_the_vertical(degrees: int) -> None:
    x, y, z, w = unpack_rotation(upright_rotation(math.radians(degrees)))
    assert (x, z) == (0.0, 0.0)
    turned = math.degrees(2 * math.atan2(y, w)) % 360
    assert abs((turned - degrees + 180) % 360 - 180) < 0.2
