from dataclasses import replace

import pytest

from protocol.bits import BitReader, BitWriter
from protocol.errors import MalformedFrame
from protocol.full_record import full_record, read_full, read_part, read_trend, signed_width, write_part, write_trend
from protocol.ids import StateFlag, Tier
from protocol.record import apply_record, first_held, is_full
from protocol.record_state import NOTHING_HELD, PartTrend, RecordState
from protocol.snapshot import AvatarState, TrackedPart
from protocol.trend import Trend

HEAD = TrackedPart(1000, 1600, -2000, 3, 0, 0, 0)
EVERYTHING = AvatarState(0xFF, 255, HEAD, HEAD, HEAD, bytes([255] * 20), bytes(20), bytes([255] * 52))


def test_nothing_tracked_is_two_bytes() -> None:
    assert full_record(NOTHING_HELD).hex() == "0100"
    assert full_record(first_held(AvatarState(voice=255), Tier.PRESENCE)).hex() == "0778"


def test_the_head_of_somebody_far_is_a_few_bytes() -> None:
    sizes = [len(full_record(first_held(AvatarState(flags=1, head=HEAD), tier))) for tier in Tier]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= 8


@pytest.mark.parametrize("tier", list(Tier))
def test_a_full_record_says_all_that_is_held(tier: Tier) -> None:
    held = first_held(EVERYTHING, tier)
    moving = PartTrend(Trend((5, -6, 7000), 9), Trend() if tier is Tier.PRESENCE else Trend((0, 1, -1), 0))
    tracked = tuple(moving if held.state.flags & flag else PartTrend() for flag in (1, 2, 4))
    spreads = (0, 12, 5) if tier is Tier.FULL else held.spreads
    held = replace(held, trends=(tracked[0], tracked[1], tracked[2]), spreads=spreads)
    record = full_record(held)
    assert is_full(record)
    assert apply_record(NOTHING_HELD, record) == (held, len(record))
    assert apply_record(first_held(EVERYTHING), record) == (held, len(record))


@pytest.mark.parametrize(
    ("value", "width"), [(0, 0), (-1, 1), (1, 2), (-2, 2), (2, 3), (127, 8), (-128, 8), (8_388_607, 24)]
)
def test_a_position_takes_the_width_of_its_largest_coordinate(value: int, width: int) -> None:
    assert signed_width(value) == width
    writer = BitWriter()
    part = replace(HEAD, x=0, y=value, z=0)
    write_part(writer, Tier.FULL, part)
    data = writer.to_bytes()
    assert data[0] & 31 == width
    assert len(data) == (5 + 3 * width + 32 + 7) // 8
    assert read_part(BitReader(data, 0), Tier.FULL, StateFlag.HEAD) == part


def test_a_trend_comes_back() -> None:
    for trend in (Trend(), Trend((1, -2, 30_000), 0), Trend((0, 0, 0), 12)):
        writer = BitWriter()
        write_trend(writer, trend)
        assert read_trend(BitReader(writer.to_bytes(), 0)) == trend


@pytest.mark.parametrize("tier", list(Tier))
def test_flags_that_the_tier_does_not_show_are_malformed(tier: Tier) -> None:
    writer = BitWriter()
    writer.write(tier, 2)
    writer.write(StateFlag.LEFT | StateFlag.LEFT_FINGERS, 8)
    writer.write(0, 400)
    if tier is Tier.FULL:
        # Nothing is wrong with them but the rotation that follows: all zeros is one at the end of the range.
        assert read_full(BitReader(writer.to_bytes(), 0)).state.left == TrackedPart(0, 0, 0, 0, -400, -400, -400)
        return
    with pytest.raises(MalformedFrame, match=f"in tier {tier.name}"):
        read_full(BitReader(writer.to_bytes(), 0))


def test_every_cut_of_a_full_record_is_malformed() -> None:
    record = full_record(RecordState(first_held(EVERYTHING).state))
    for size in range(len(record)):
        with pytest.raises(MalformedFrame, match="cut short"):
            apply_record(NOTHING_HELD, record[:size])
