"""What the comparison of clients takes for a difference."""

import pytest

from protocol.ids import Tier
from tests.support.told import Fact, Told, Watcher, compare, same_things

SEEN = Told(Tier.FULL, (0, 1600, 0), ((-250, 1100, 0), None))
LYING = Fact(0, "", offered=False, place=(0, 1100, 2000))


@pytest.mark.parametrize(
    ("other", "hands", "wrong"),
    [
        (SEEN, 1, 0),
        (SEEN._replace(hands=None), 0, 0),
        (SEEN._replace(hands=((-250, 1101, 0), None)), 1, 1),
        (SEEN._replace(hands=(None, None)), 1, 1),
        (SEEN._replace(head=(1, 1600, 0)), 1, 1),
        (SEEN._replace(tier=Tier.UPPER, head=(4, 1600, 0), hands=((-252, 1100, 0), None)), 0, 0),
        (SEEN._replace(tier=Tier.UPPER, head=(5, 1600, 0)), 0, 1),
    ],
)
def test_in_one_tier_head_and_hands_are_the_same_to_the_integer(other: Told, hands: int, wrong: int) -> None:
    found = compare(Watcher("one", {(7, 1): SEEN}), Watcher("other", {(7, 1): other}))
    assert (found.pairs, found.hands, len(found.wrong)) == (1, hands, wrong)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ({9: LYING}, True),
        ({9: LYING._replace(place=(8, 1100, 2000))}, True),
        ({9: LYING._replace(place=(9, 1100, 2000))}, False),
        ({9: LYING._replace(place=None)}, False),
        ({9: LYING._replace(holder=7, hand="left", place=None)}, False),
        ({9: LYING._replace(offered=True)}, False),
        ({}, False),
        ({8: LYING}, False),
    ],
)
def test_things_are_the_same_in_all_their_facts(other: dict[int, Fact], same: bool) -> None:
    assert same_things({9: LYING}, other) is same
