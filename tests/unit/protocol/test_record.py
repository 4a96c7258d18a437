from collections.abc import Iterable
from dataclasses import replace

import pytest

from protocol.errors import MalformedFrame
from protocol.ids import RECORD_BYTES_MAX, StateFlag, Tier
from protocol.record import RecordState, apply_record, delta_record, first_held, full_record, is_full
from protocol.record_state import NO_TREND
from protocol.snapshot import AvatarState, TrackedPart, show_in_tier

HEAD = TrackedPart(1000, 1600, -2000, 3, 0, 0, 0)
STANDING = AvatarState(
    flags=int(StateFlag.HEAD | StateFlag.LEFT | StateFlag.RIGHT),
    head=HEAD,
    left=TrackedPart(-250, -400, -200, 3, 1, 2, 3),
    right=TrackedPart(250, -400, -200, 3, 4, 5, 6),
)
FINGERS = show_in_tier(
    replace(
        STANDING,
        flags=STANDING.flags | StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS,
        left_fingers=bytes(range(20)),
        right_fingers=bytes(range(20, 40)),
    ),
    Tier.FULL,
)


def moved(x: int = 0, y: int = 0, z: int = 0) -> AvatarState:
    return replace(STANDING, head=replace(HEAD, x=HEAD.x + x, y=HEAD.y + y, z=HEAD.z + z))


def step(held: RecordState, new: AvatarState) -> tuple[bytes, RecordState]:
    """The next record, which is read to what is told to be held after it."""
    written = delta_record(held, show_in_tier(new, held.tier))
    assert written is not None
    assert apply_record(held, written[0]) == (written[1], len(written[0]))
    return written


def delta(old: AvatarState, new: AvatarState, tier: Tier = Tier.FULL) -> bytes:
    return step(first_held(old, tier), new)[0]


def walk(states: Iterable[AvatarState], tier: Tier = Tier.FULL) -> tuple[list[int], RecordState]:
    """The size of each record, and what is held after the last one."""
    held, sizes = first_held(STANDING, tier), []
    for state in states:
        record, held = step(held, state)
        sizes.append(len(record))
    return sizes, held


def test_nothing_changed_is_no_record() -> None:
    assert delta_record(first_held(STANDING), STANDING) is None


def test_what_a_tier_does_not_show_is_no_change() -> None:
    held = first_held(STANDING, Tier.HEAD)
    assert delta_record(held, show_in_tier(replace(moved(x=1), left=HEAD), Tier.HEAD)) is None


def test_a_voice_costs_two_bytes() -> None:
    # Not full, more, no flags, a voice of level 7, not plain, then three parts that stay.
    assert delta(STANDING, replace(STANDING, voice=119)).hex() == "7a00"


def test_a_head_that_begins_to_move_costs_four_bytes() -> None:
    # Not full, no more, not plain, carried; three codes with the spread of 3; not anew, three codes of a rotation that
    # stays; then two parts that stay.
    assert delta(STANDING, moved(1, -2, 3)).hex() == "48c60000"


def alone(x: int = 0, *, voice: int = 0, largest: int = 3, b: int = 0) -> AvatarState:
    """A head and nothing else."""
    head = replace(HEAD, x=HEAD.x + x, largest=largest, b=b)
    return AvatarState(flags=int(StateFlag.HEAD), voice=voice, head=head)


def test_when_all_parts_move_one_bit_says_so() -> None:
    # Not full, no more, plain; three codes with the spread of 3, and three of a rotation that stays.
    assert delta(alone(), alone(1)).hex() == "24000000"
    assert delta(alone(), alone(128), Tier.PRESENCE).hex() == "2400"
    # The same behind a voice of level 7.
    assert delta(alone(), alone(1, voice=119)).hex() == "7a09000000"


@pytest.mark.parametrize(
    ("before", "after", "tier"),
    [
        (STANDING, moved(x=1), Tier.FULL),
        (alone(), alone(1, largest=1), Tier.FULL),
        (alone(), alone(128, b=200), Tier.PRESENCE),
    ],
    ids=["some rest", "a rotation anew", "a turn in presence"],
)
def test_what_rests_or_turns_anew_is_not_plain(before: AvatarState, after: AvatarState, tier: Tier) -> None:
    assert delta(before, after, tier)[0] & 0b111 == 0


def test_a_plain_record_may_say_that_nothing_changed() -> None:
    for state in (AvatarState(), STANDING):
        assert apply_record(first_held(state), b"\4" + bytes(9))[0].state == state


def test_a_walk_at_one_speed_costs_less_and_less() -> None:
    sizes, held = walk(moved(x=40 * n, z=-25 * n) for n in range(1, 9))
    assert sizes[0] > sizes[-1] <= 4
    assert held.trends[0].position.steps == (40, 0, -25)


def test_a_part_that_stays_is_left_out_and_expected_to_stay() -> None:
    _, held = walk([moved(x=40), moved(x=80)])
    spread = held.trends[0].position.spread
    _, held = step(held, replace(moved(x=80), voice=255))
    assert held.trends[0].position.steps == (0, 0, 0)
    assert held.trends[0].position.spread == spread - 1


def test_another_largest_component_comes_anew_and_expects_nothing() -> None:
    turns = [replace(STANDING, head=replace(HEAD, b=turn)) for turn in (150, 260, 360)]
    _, held = walk(turns)
    spread = held.trends[0].rotation.spread
    assert held.trends[0].rotation.steps == (0, 100, 0)
    _, held = step(held, replace(STANDING, head=replace(HEAD, largest=1, c=380)))
    assert held.trends[0].rotation.steps == (0, 0, 0)
    assert held.trends[0].rotation.spread == spread


def test_a_hand_found_again_is_told_without_reference_to_the_past() -> None:
    lost = replace(STANDING, flags=int(StateFlag.HEAD | StateFlag.RIGHT), left=TrackedPart())
    _, held = walk([replace(STANDING, left=replace(STANDING.left, x=90)), lost])
    assert held.trends[1] == NO_TREND
    _, held = step(held, STANDING)
    assert (held.state, held.trends[1]) == (STANDING, NO_TREND)


def test_a_value_costs_its_group_of_four() -> None:
    one = replace(FINGERS, right_fingers=FINGERS.right_fingers[:-1] + b"\xff")
    other = replace(FINGERS, right_fingers=b"\xff" * 4 + FINGERS.right_fingers[4:])
    assert len(delta(FINGERS, one)) <= 6
    assert len(delta(FINGERS, other)) - len(delta(FINGERS, one)) <= 4


def test_what_vanishes_costs_the_flags_alone_and_is_zero_after() -> None:
    record, held = step(first_held(FINGERS), AvatarState())
    assert len(record) == 2
    assert held == first_held(AvatarState())


def test_a_full_record_forgets_what_was_held() -> None:
    record = full_record(first_held(AvatarState(flags=1, head=HEAD)))
    assert apply_record(first_held(FINGERS), record)[0] == first_held(AvatarState(flags=1, head=HEAD))


def test_a_record_is_read_from_its_offset_and_no_further() -> None:
    record = full_record(first_held(STANDING))
    assert is_full(record)
    assert apply_record(first_held(AvatarState()), b"xx" + record + b"yy", 2) == (first_held(STANDING), 2 + len(record))


@pytest.mark.parametrize("tier", [Tier.UPPER, Tier.HEAD, Tier.PRESENCE])
def test_a_tier_counts_in_its_units(tier: Tier) -> None:
    sizes, held = walk([moved(x=512 * n) for n in range(1, 5)], tier)
    assert held.state.head.x == show_in_tier(moved(x=2048), tier).head.x
    assert held.tier is tier
    assert held.trends[0].position.steps[0] == {Tier.UPPER: 128, Tier.HEAD: 64, Tier.PRESENCE: 4}[tier]
    assert max(sizes) <= 6


def test_presence_tells_a_turn_anew_and_keeps_no_trend_of_it() -> None:
    turned = replace(STANDING, head=replace(HEAD, b=200))
    record, held = step(first_held(STANDING, Tier.PRESENCE), turned)
    assert len(record) <= 4
    assert held.state.head.rotation == (3, 0, 200, 0)
    assert held.trends[0].rotation == NO_TREND.rotation


def at_an_end(sign: int) -> AvatarState:
    """Everything as far as it goes, on one side or the other."""
    turn, value, hand = 400 * sign, 255 if sign > 0 else 0, 32_767 * sign
    head, left, right = (TrackedPart(far, far, far, 3, turn, turn, turn) for far in (8_388_607 * sign, hand, hand))
    return AvatarState(0xFF, value, head, left, right, bytes([value] * 20), bytes([value] * 20), bytes([value] * 52))


def test_the_longest_record_is_a_delta_in_which_everything_jumps() -> None:
    held, longest = first_held(at_an_end(1)), 0
    for number in range(40):
        record, held = step(held, at_an_end(1 if number % 2 else -1))
        longest = max(longest, len(record))
        for rest in range(13 if number % 3 == 0 else 0):
            # Rests bring the spreads down, so that the next jump costs the most.
            _, held = step(held, replace(held.state, voice=17 * (rest + 1)))
    assert 200 < longest <= RECORD_BYTES_MAX
    assert len(full_record(held)) < RECORD_BYTES_MAX


@pytest.mark.parametrize(
    ("held", "record", "why"),
    [
        (STANDING, "", "cut short"),
        (STANDING, "40", "not zero"),
        (STANDING, "460000", "left fingers"),
        (STANDING, "0800", "cut short"),
        (STANDING, "f8ffffff0f00000000000000", "prefix"),
        (AvatarState(), "fe07", "cut short"),
    ],
)
def test_a_record_that_breaks_a_rule_is_malformed(held: AvatarState, record: str, why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        apply_record(first_held(held), bytes.fromhex(record))
