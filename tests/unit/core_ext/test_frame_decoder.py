"""The compiled decoder: the same view as the readable one, and no tolerance for what breaks the rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from core_ext import FrameDecoder
from protocol.ids import StateFlag
from protocol.record import delta_record, first_held, full_record
from protocol.snapshot import AvatarState, Enter, Frame, MalformedFrame, Record, TrackedPart, encode_frame

HEAD = AvatarState(flags=StateFlag.HEAD, voice=17, head=TrackedPart(-1000, 1600, 8_388_607, 3, 1, -2, 3))
FULL = full_record(first_held(HEAD))
MAP = bytes.fromhex("9010 08000000 09000000")
WIDE_MAP = bytes.fromhex("9011 08000000 09000000")
ENTERED = Frame(7, 900, enters=(Enter(3, 55, b"facts"),), records=(Record(3, FULL, 9),), ages=True)


@pytest.fixture
def decoder() -> FrameDecoder:
    decoder = FrameDecoder()
    decoder.apply(encode_frame(ENTERED))
    return decoder


def with_record(data: bytes, *, alias: int = 3) -> bytes:
    return encode_frame(Frame(8, 950, records=(Record(alias, data),)))


def test_an_entered_entity_is_held_with_facts_state_and_age(decoder: FrameDecoder) -> None:
    assert decoder.entities() == [(3, 55)]
    assert decoder.facts(3) == b"facts"
    assert decoder.age_ms(3) == 36
    assert decoder.state(3) == (
        1,
        17,
        (-1000, 1600, 8_388_607, 3, 1, -2, 3),
        (0,) * 7,
        (0,) * 7,
        bytes(20),
        bytes(20),
        bytes(52),
    )
    assert (decoder.tick, decoder.time_ms) == (7, 900)


def test_a_delta_changes_what_it_names_and_nothing_else(decoder: FrameDecoder) -> None:
    written = delta_record(first_held(HEAD), replace(HEAD, head=TrackedPart(-995, 1599, 8_388_607, 3, 1, -2, 1)))
    assert written is not None
    assert decoder.apply(with_record(written[0])) == 1
    assert decoder.state(3)[:3] == (1, 17, (-995, 1599, 8_388_607, 3, 1, -2, 1))
    assert decoder.age_ms(3) is None


def test_leaving_ends_an_alias(decoder: FrameDecoder) -> None:
    assert decoder.apply(encode_frame(Frame(8, 950, leaves=(3,)))) == 0
    assert decoder.entities() == []
    for read in (decoder.state, decoder.facts, decoder.age_ms):
        with pytest.raises(KeyError):
            read(3)


def test_an_alias_may_leave_and_enter_in_one_frame(decoder: FrameDecoder) -> None:
    frame = Frame(
        8, 950, leaves=(3,), enters=(Enter(3, 56, b""),), records=(Record(3, full_record(first_held(AvatarState()))),)
    )
    assert decoder.apply(encode_frame(frame)) == 1
    assert decoder.entities() == [(3, 56)]
    assert decoder.facts(3) == b""
    assert decoder.state(3)[0] == 0


def test_counters_add_up(decoder: FrameDecoder) -> None:
    decoder.apply(encode_frame(Frame(8, 950, leaves=(3,))))
    assert (decoder.frames, decoder.records, decoder.enters, decoder.leaves, decoder.count) == (2, 1, 1, 1, 0)
    assert decoder.bytes == len(encode_frame(ENTERED)) + 13


def test_the_highest_wide_alias_is_held() -> None:
    decoder = FrameDecoder()
    aliases = (0, 300, 65_535)
    enters = tuple(Enter(alias, alias + 1, b"x") for alias in aliases)
    entered = tuple(Record(alias, FULL) for alias in aliases)
    assert decoder.apply(encode_frame(Frame(1, 1, enters=enters, records=entered, wide=True))) == 3
    assert decoder.entities() == [(alias, alias + 1) for alias in aliases]


@pytest.mark.parametrize(
    ("reason", "data"),
    [
        ("cut short", b""),
        ("cut short", encode_frame(Frame(8, 9))[:-1]),
        ("header", b"\x91" + bytes(10)),
        ("header", b"\x90\x40" + bytes(9)),
        ("after the last", encode_frame(Frame(8, 9)) + b"\0"),
        ("not live", encode_frame(Frame(8, 9, leaves=(4,)))),
        ("not live", encode_frame(Frame(8, 9, leaves=(3, 3)))),
        ("cut short", bytes.fromhex("9004 00000000 00000000 05 03")),
        ("is live", encode_frame(Frame(8, 9, enters=(Enter(3, 1, b""),), records=(Record(3, FULL),)))),
        ("without a record", encode_frame(Frame(8, 9, enters=(Enter(4, 1, b""),)))),
        ("full record", encode_frame(Frame(8, 9, enters=(Enter(4, 1, b""),), records=(Record(4, b"\0"),)))),
        ("cut short", bytes.fromhex("9008 00000000 00000000 01 04 00000000 ffff 00")),
        ("not live", with_record(FULL, alias=4)),
        ("not live", with_record(FULL, alias=200)),
        ("two records", encode_frame(Frame(8, 9, records=(Record(3, b"\0"), Record(3, b"\0"))))),
        # What a record may not be is for the vectors of records, see test_record_codec.py: here that a frame asks.
        ("not zero", with_record(b"\x20")),
        ("invalid flags", with_record(b"\x46\0")),
        ("out of range", with_record(b"\x08\x40\0\0")),
        ("cut short", with_record(FULL[:-1])),
        ("cut short", with_record(b"")),
        ("cut short", b"\x90\x20\1"),
        ("cut short", MAP + b"\2\x08"),
        ("ends with nobody", MAP + b"\2\x08\0\0"),
        ("not live", MAP + b"\1\x10\0"),
        ("not live", MAP + b"\x20" + bytes(31) + b"\x80\0"),
        ("longer than aliases go", MAP + b"\x21" + bytes(32) + b"\x01\0"),
        ("longer than aliases go", WIDE_MAP + b"\x01\x20" + bytes(8192) + b"\x01\0"),
        ("not live", WIDE_MAP + b"\x00\x20" + bytes(8191) + b"\x80\0"),
        ("cut short", MAP + b"\1\x08"),
        ("after the last", MAP + b"\1\x08\0\0"),
        ("without a record", encode_frame(Frame(8, 9, enters=(Enter(4, 1, b""),), mapped=True))),
    ],
)
def test_a_frame_that_breaks_a_rule_is_refused(decoder: FrameDecoder, reason: str, data: bytes) -> None:
    with pytest.raises(MalformedFrame, match=reason):
        decoder.apply(data)


def test_what_has_passed_leads_from_frame_to_frame(decoder: FrameDecoder) -> None:
    frames = (Frame(8, 950), Frame(263, 1205), Frame(0, 0), Frame(0xFFFFFFFF, 0xFFFFFFFF), Frame(1, 49))
    for earlier, frame in pairwise((ENTERED, *frames)):
        soon = frame.moment.soon_after(earlier.moment)
        decoder.apply(encode_frame(replace(frame, before=earlier.moment if soon else None)))
        assert (decoder.tick, decoder.time_ms) == (frame.tick, frame.time)


def test_the_first_frame_tells_its_tick_and_clock() -> None:
    with pytest.raises(MalformedFrame, match="before the first"):
        FrameDecoder().apply(b"\x90\x20\1\x10\0")


def test_a_map_tells_whose_the_records_are() -> None:
    decoder, aliases = FrameDecoder(), (0, 7, 8, 300)
    enters = tuple(Enter(alias, alias + 1, b"x") for alias in aliases)
    records = tuple(Record(alias, FULL, alias % 200) for alias in aliases)
    frame = Frame(1, 1, enters=enters, records=records, wide=True, ages=True, mapped=True)
    assert decoder.apply(encode_frame(frame)) == 4
    assert [decoder.age_ms(alias) for alias in aliases] == [0, 28, 32, 400]


def test_a_narrow_map_does_not_reach_a_wide_alias() -> None:
    decoder = FrameDecoder()
    decoder.apply(encode_frame(Frame(1, 1, enters=(Enter(256, 1, b""),), records=(Record(256, FULL),), wide=True)))
    with pytest.raises(MalformedFrame, match="longer than aliases go"):
        decoder.apply(MAP + b"\x21" + bytes(32) + b"\x01\0")


def test_a_decoder_goes_away_with_what_it_holds() -> None:
    for _ in range(50):
        decoder = FrameDecoder()
        decoder.apply(encode_frame(ENTERED))
        assert decoder.count == 1
        del decoder
