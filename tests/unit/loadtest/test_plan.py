"""How avatars are divided among rooms."""

import re

import pytest

from loadtest.errors import LoadTestError
from loadtest.plan import Request, make_canary, parties
from loadtest.scenario import Scenario, for_room, load_scenario


def request(avatars: int, scenario: Scenario, **more: object) -> Request:
    base: dict[str, object] = {
        "server": "http://x", "avatars": avatars, "seconds": 1.0, "scenario": scenario, "scenario_name": "test"
    }  # fmt: skip
    return Request(**{**base, **more})  # type: ignore[arg-type]  # keys of the dataclass


def visits(size: int | tuple[int, ...]) -> Scenario:
    return Scenario(title="visits", visit="consult", size=size)


def sizes(avatars: int, size: int | tuple[int, ...]) -> list[int]:
    return [party.size for party in parties(request(avatars, visits(size)))]


def test_three_hundred_consult_in_a_hundred_rooms() -> None:
    planned = parties(request(300, load_scenario("consultations")))
    assert [party.size for party in planned] == [3] * 100
    assert len({party.canary for party in planned}) == 100
    assert all(party.room is None for party in planned)


def test_rooms_take_turns_with_several_sizes() -> None:
    assert sizes(20, (2, 6, 4)) == [2, 6, 4, 2, 6]


@pytest.mark.parametrize(
    ("avatars", "size", "expected"), [(7, 3, [3, 2, 2]), (5, 2, [2, 3]), (3, 2, [3]), (2, 6, [2]), (8, 3, [3, 3, 2])]
)
def test_nobody_is_left_alone_in_a_room(avatars: int, size: int, expected: list[int]) -> None:
    assert sizes(avatars, size) == expected
    assert sum(expected) == avatars


def test_one_avatar_makes_no_consultation() -> None:
    with pytest.raises(LoadTestError, match="at least 2"):
        sizes(1, 3)


def test_a_named_room_takes_everybody() -> None:
    (party,) = parties(request(50, for_room("lobby")))
    assert (party.room, party.size) == ("lobby", 50)


def test_a_room_named_on_the_command_line_overrides_the_scenarios() -> None:
    (party,) = parties(request(50, load_scenario("arrivals"), room="ward"))
    assert party.room == "ward"


def test_canaries_are_random_and_of_one_form() -> None:
    assert re.fullmatch(r"cnry-[0-9a-f]{12}", make_canary())
    assert make_canary() != make_canary()


def test_all_bots_check_up_to_a_number_and_then_a_share() -> None:
    assert request(1_000, for_room("x")).checks_every == 1
    assert request(4_000, for_room("x")).checks_every == 3
    assert request(4_000, for_room("x"), sample_every=10).checks_every == 10
