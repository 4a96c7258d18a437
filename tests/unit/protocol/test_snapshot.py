from dataclasses import replace

import pytest

from protocol.errors import MalformedFrame
from protocol.snapshot import (
    AvatarState,
    Enter,
    Frame,
    Moment,
    ObserverView,
    Record,
    TrackedPart,
    age_units,
    decode_frame,
    delta_record,
    encode_frame,
    first_held,
    full_record,
)

STANDING = AvatarState(flags=1, head=TrackedPart(1, 2, 3, 3, 0, 0, 0))
TALKING = replace(STANDING, voice=17)
FULL = full_record(first_held(STANDING))
ANN = Enter(0, 77, b"\x80")


def enter_ann() -> Frame:
    return Frame(5, 600, enters=(ANN,), records=(Record(0, FULL),))


def delta(old: AvatarState, new: AvatarState) -> bytes:
    written = delta_record(first_held(old), new)
    assert written is not None
    return written[0]


def seeing_ann() -> ObserverView:
    view = ObserverView()
    view.apply(encode_frame(enter_ann()))
    return view


def test_an_empty_frame_is_eleven_bytes() -> None:
    assert encode_frame(Frame(0x01020304, 0x05060708)).hex() == "9000040302010807060500"


def test_a_frame_comes_back_in_its_parts() -> None:
    for frame in (
        enter_ann(),
        replace(enter_ann(), wide=True),
        replace(enter_ann(), ages=True, records=(Record(0, FULL, 17),)),
        replace(enter_ann(), mapped=True),
    ):
        assert decode_frame(encode_frame(frame), {}) == (frame, {0: first_held(STANDING)})


def test_an_entity_that_enters_is_seen_as_it_is() -> None:
    view = ObserverView()
    changes = view.apply(encode_frame(enter_ann()))
    (held,) = changes.entered
    assert (held.alias, held.entity, held.facts, held.state) == (0, 77, b"\x80", STANDING)
    assert [update.held for update in changes.updated] == [held]
    assert (changes.tick, changes.time, changes.left) == (5, 600, ())
    assert view.entities == {0: held}


def test_a_delta_changes_what_is_held() -> None:
    view = seeing_ann()
    changes = view.apply(encode_frame(Frame(6, 616, records=(Record(0, delta(STANDING, TALKING), 2),), ages=True)))
    assert view.entities[0].state == TALKING
    assert [update.age_ms for update in changes.updated] == [8]


def test_a_frame_without_ages_tells_none() -> None:
    changes = ObserverView().apply(encode_frame(enter_ann()))
    assert [update.age_ms for update in changes.updated] == [None]


def test_an_entity_that_leaves_is_gone() -> None:
    view = seeing_ann()
    changes = view.apply(encode_frame(Frame(6, 616, leaves=(0,))))
    assert [held.entity for held in changes.left] == [77]
    assert view.entities == {}


def test_an_alias_leaves_before_it_enters() -> None:
    view = seeing_ann()
    frame = Frame(
        6, 616, leaves=(0,), enters=(Enter(0, 78, b""),), records=(Record(0, full_record(first_held(TALKING))),)
    )
    changes = view.apply(encode_frame(frame))
    assert ([held.entity for held in changes.left], [held.entity for held in changes.entered]) == ([77], [78])
    assert view.entities[0].state == TALKING


def test_a_narrow_frame_has_no_room_for_a_wide_alias() -> None:
    with pytest.raises(OverflowError):
        encode_frame(Frame(1, 1, leaves=(256,)))


def test_a_frame_soon_after_another_is_five_bytes() -> None:
    view, first = ObserverView(), Frame(0xFFFFFFFF, 0xFFFFFFF0)
    view.apply(encode_frame(first))
    data = encode_frame(Frame(1, 0x22, before=first.moment))
    assert data.hex() == "9020023200"
    changes = view.apply(data)
    assert (changes.tick, changes.time) == (1, 0x22)
    assert view.last == Moment(1, 0x22)


@pytest.mark.parametrize(
    ("now", "soon"),
    [
        (Moment(7, 100), True),
        (Moment(262, 355), True),
        (Moment(263, 100), False),
        (Moment(7, 356), False),
        (Moment(6, 100), False),
        (Moment(7, 99), False),
    ],
)
def test_a_byte_tells_255_ticks_and_milliseconds(now: Moment, *, soon: bool) -> None:
    assert now.soon_after(Moment(7, 100)) == soon
    if not soon:
        with pytest.raises(OverflowError):
            encode_frame(Frame(now.tick, now.time, before=Moment(7, 100)))


@pytest.mark.parametrize(
    ("now", "may"),
    [
        (Moment(8, 100), True),
        (Moment(8, 101), True),
        (Moment(0x80000006, 100), True),
        (Moment(7, 150), False),
        (Moment(6, 150), False),
        (Moment(0x80000007, 150), False),
        (Moment(8, 99), False),
    ],
)
def test_ticks_go_up_and_the_clock_does_not_go_back(now: Moment, *, may: bool) -> None:
    assert now.may_follow(Moment(7, 100)) == may
    wrapped = Moment((now.tick - 8) & 0xFFFFFFFF, (now.time - 101) & 0xFFFFFFFF)
    assert wrapped.may_follow(Moment(0xFFFFFFFF, 0xFFFFFFFF)) == may


def test_a_map_tells_the_aliases_in_their_order() -> None:
    enters = tuple(Enter(alias, alias + 1, b"") for alias in (9, 0, 3))
    records = tuple(Record(alias, FULL) for alias in (0, 3, 9))
    data = encode_frame(Frame(5, 600, enters=enters, records=records, mapped=True))
    assert data.endswith(b"\x02\x09\x02" + 3 * FULL)
    assert [update.held.alias for update in ObserverView().apply(data).updated] == [0, 3, 9]


def test_a_map_of_nobody_is_empty() -> None:
    assert encode_frame(Frame(5, 600, mapped=True))[10:] == b"\0"


@pytest.mark.parametrize("aliases", [(3, 0), (0, 3, 3), (0, 9, 3)])
def test_the_records_of_a_map_ascend(aliases: tuple[int, ...]) -> None:
    records = tuple(Record(alias, FULL) for alias in aliases)
    with pytest.raises(ValueError, match="ascend by alias"):
        encode_frame(Frame(5, 600, records=records, mapped=True))


@pytest.mark.parametrize(("wide", "greatest", "size"), [(False, 255, 32), (True, 65_535, 8192)])
def test_a_map_has_a_bit_for_each_alias_at_most(*, wide: bool, greatest: int, size: int) -> None:
    enter = Frame(5, 600, enters=(Enter(greatest, 1, b""),), records=(Record(greatest, FULL),), wide=wide, mapped=True)
    data = encode_frame(enter)
    assert data.endswith(size.to_bytes(2 if wide else 1, "little") + bytes(size - 1) + b"\x80" + FULL)
    assert list(decode_frame(data, {})[1]) == [greatest]
    with pytest.raises(OverflowError):
        encode_frame(replace(enter, enters=(), records=(Record(greatest + 1, FULL),)))


def test_a_narrow_map_does_not_reach_a_wide_alias() -> None:
    view = ObserverView()
    view.apply(encode_frame(Frame(5, 600, enters=(Enter(256, 1, b""),), records=(Record(256, FULL),), wide=True)))
    with pytest.raises(MalformedFrame, match="a map of 33 bytes, 32 at most"):
        view.apply(b"\x90\x10" + bytes(8) + b"\x21" + bytes(32) + b"\x01\0")


def test_who_enters_is_in_the_map() -> None:
    data = encode_frame(replace(enter_ann(), enters=(Enter(1, 78, b""), ANN), mapped=True))
    with pytest.raises(MalformedFrame, match="enter without a record"):
        ObserverView().apply(data)


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (Frame(6, 616, leaves=(1,)), "alias 1 leaves"),
        (Frame(6, 616, leaves=(0, 0)), "alias 0 leaves"),
        (enter_ann(), "alias 0 enters, but is live"),
        (Frame(6, 616, enters=(Enter(1, 78, b""),)), "enter without a record"),
        (Frame(6, 616, records=(Record(1, FULL),)), "not live"),
        (Frame(6, 616, records=(Record(0, FULL),) * 2), "twice"),
        (
            Frame(6, 616, enters=(Enter(1, 78, b""),), records=(Record(1, delta(AvatarState(), STANDING)),)),
            "enters with a delta",
        ),
    ],
)
def test_a_frame_that_breaks_a_rule_is_malformed(frame: Frame, why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        seeing_ann().apply(encode_frame(frame))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "cut short"),
        (b"\x91" + bytes(10), "kind 0x91"),
        (b"\x90\x40" + bytes(9), "frame flags 0x40"),
        (b"\x90\x00" + bytes(10), "1 bytes after the last record"),
        (b"\x90\x00" + bytes(8), "cut short"),
        (b"\x90\x20\1\x10\0", "before the first"),
        (b"\x90\x10" + bytes(8) + b"\1\0", "a map that ends with nobody"),
        (b"\x90\x10" + bytes(8) + b"\2\1", "cut short"),
        (b"\x90\x10" + bytes(8) + b"\1\1\0", "not live"),
        (b"\x90\x11" + bytes(8) + b"\x01\x20" + bytes(8192) + b"\1\0", "a map of 8193 bytes, 8192 at most"),
    ],
)
def test_bytes_that_are_no_frame_are_malformed(data: bytes, why: str) -> None:
    with pytest.raises(MalformedFrame, match=why):
        ObserverView().apply(data)


@pytest.mark.parametrize(
    ("now", "sampled_at", "units"),
    [
        (100, 100, 0),
        (103, 100, 0),
        (104, 100, 1),
        (1119, 100, 254),
        (1120, 100, 255),
        (90_000, 0, 255),
        (3, 2**32 - 5, 2),
    ],
)
def test_ages_count_four_milliseconds_up_to_a_second(now: int, sampled_at: int, units: int) -> None:
    assert age_units(now, sampled_at) == units


def test_a_sample_from_after_the_tick_began_has_no_age() -> None:
    assert age_units(100, 105) == 0
