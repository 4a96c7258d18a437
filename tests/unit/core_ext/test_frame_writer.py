"""Frames as bytes: headers, maps of aliases, ages, and how large they get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core_ext import EntityTable, FrameDecoder, SnapshotEncoder
from protocol.ids import FrameFlag, Kind, Tier
from protocol.snapshot import (
    AvatarState,
    Frame,
    ObserverView,
    Pose,
    decode_frame,
    encode_frame,
    encode_pose,
    is_full,
    show_in_tier,
)
from tests.parity.fields import fields
from tests.support.stage import ROOM, UPRIGHT, Stage, avatar, records

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_header_says_tick_and_clock() -> None:
    stage = Stage()
    stage.tick, stage.now_ms = 0xFFFFFFFE, 0x01020304 - 50
    stage.begin_tick()
    assert stage.frame() == bytes.fromhex("90 00 ffffffff 04030201 00")


def test_a_frame_soon_after_another_says_what_has_passed() -> None:
    stage = Stage()
    stage.tick, stage.now_ms = 0xFFFFFFFD, 0xFFFFFFF0 - 50
    stage.begin_tick()
    stage.frame()
    stage.begin_tick(ticks=3)
    assert stage.frame() == bytes.fromhex("90 20 03 32 00")


@pytest.mark.parametrize(("ticks", "milliseconds", "size"), [(255, 255, 5), (256, 50, 11), (1, 256, 11), (1, -1, 11)])
def test_a_frame_long_after_another_says_tick_and_clock(ticks: int, milliseconds: int, size: int) -> None:
    stage = Stage()
    stage.step()
    stage.now_ms += milliseconds - 50
    stage.begin_tick(ticks=ticks)
    assert len(stage.frame()) == size


def removed_and_added(stage: Stage) -> None:
    stage.interest.remove_observer(stage.eye)
    assert stage.interest.add_observer(0, 0) == stage.eye


@pytest.mark.parametrize(
    "begin_anew",
    [
        pytest.param(lambda stage: stage.encoder.forget(stage.eye), id="forget"),
        pytest.param(lambda stage: stage.interest.clear(stage.eye), id="clear"),
        pytest.param(removed_and_added, id="another_observer"),
    ],
)
def test_the_first_frame_over_a_socket_says_tick_and_clock(begin_anew: Callable[[Stage], None]) -> None:
    stage = Stage(1000)
    stage.step()
    stage.begin_tick()
    assert stage.frame()[1] & FrameFlag.SOON
    begin_anew(stage)
    stage.view = ObserverView()
    stage.begin_tick()
    frame = stage.frame()
    assert not frame[1] & FrameFlag.SOON
    assert len(stage.view.apply(frame).entered) == 1
    stage.begin_tick()
    assert stage.frame()[1] & FrameFlag.SOON


@pytest.mark.parametrize("charged", [0, 2000], ids=["nothing_new", "no_bytes_left"])
def test_a_frame_that_a_budget_withholds_was_no_last_frame(charged: int) -> None:
    stage = Stage(1000)
    stage.interest.set_budget(stage.eye, 1000)
    stage.step()
    stage.interest.charge(stage.eye, charged)
    stage.table.place(1, 1000, 5 if charged else 0, 0, UPRIGHT)
    for _ in range(2):
        stage.begin_tick()
        assert stage.frame() == b""
    stage.interest.set_budget(stage.eye, 0)
    stage.table.place(1, 1000, 5, 0, UPRIGHT)
    stage.begin_tick()
    frame = stage.frame()
    assert frame[:4] == bytes((Kind.SNAPSHOT, FrameFlag.SOON, 3, 150))
    changes = stage.view.apply(frame)
    assert (changes.tick, changes.time) == (stage.tick, stage.now_ms)


def mapped_aliases(stage: Stage, *moved: int) -> list[int] | None:
    """Whose records come when these slots move; None when each tells its alias."""
    for slot in moved:
        x, _, z = stage.table.position(slot)
        stage.table.place(slot, x, stage.tick, z, UPRIGHT)
    stage.begin_tick()
    frame = stage.frame()
    updated = [update.held.alias for update in stage.view.apply(frame).updated]
    return updated if frame[1] & FrameFlag.MAP else None


def test_a_map_comes_when_it_takes_less_than_the_aliases() -> None:
    stage = Stage(*range(1000, 1020), cap=20)
    stage.step()
    slots = {alias: slot for slot, alias, _ in stage.interest.members(stage.eye)}
    assert mapped_aliases(stage, slots[0]) is None
    assert mapped_aliases(stage, slots[5], slots[1]) == [1, 5]
    assert mapped_aliases(stage, slots[8], slots[1]) is None
    assert mapped_aliases(stage, slots[16], slots[8], slots[1]) is None
    assert mapped_aliases(stage, slots[16], slots[17], slots[8], slots[1]) == [1, 8, 16, 17]
    assert mapped_aliases(stage) is None
    assert mapped_aliases(stage, *slots.values()) == list(range(20))


def test_with_a_budget_the_most_important_come_first() -> None:
    stage = Stage(*range(1000, 1020), cap=20)
    stage.step()
    stage.interest.set_budget(stage.eye, 100_000)
    assert mapped_aliases(stage, *range(1, 21)) is None


def test_ages_count_in_four_milliseconds_from_the_tick() -> None:
    stage = Stage(1000)
    for waited, age in ((0, 0), (3, 0), (4, 4), (903, 900), (5000, 1020)):
        stage.table.apply_pose(1, encode_pose(Pose(avatar(1000 + waited % 7), 0, stage.now_ms)), stage.now_ms)
        stage.now_ms += waited - 50
        stage.begin_tick()
        changes = stage.view.apply(stage.frame(ages=True))
        assert [update.age_ms for update in changes.updated] == [age]


def test_a_sample_from_after_the_tick_began_has_no_age() -> None:
    stage = Stage(1000)
    stage.begin_tick()
    stage.table.apply_pose(1, encode_pose(Pose(avatar(1000), 0, stage.now_ms + 9)), stage.now_ms + 9)
    assert [update.age_ms for update in stage.view.apply(stage.frame(ages=True)).updated] == [0]


def test_many_at_a_time_need_two_bytes() -> None:
    stage = Stage(*range(1, 290), cap=300)
    stage.begin_tick()
    frame = stage.frame()
    assert frame[1] == FrameFlag.WIDE | FrameFlag.ENTERS | FrameFlag.MAP
    assert len(stage.view.apply(frame).entered) == 289
    for slot in range(1, 290):
        stage.table.remove(slot)
    stage.begin_tick()
    assert len(stage.view.apply(stage.frame()).left) == 289


FAR_APART = (0, 63, 64, 130, 288)


def frame_of(stage: Stage, decoder: FrameDecoder, aliases: tuple[int, ...], yaw: int) -> Frame:
    """The parts of the frame when those under these aliases turn, which both decoders read alike."""
    slots = {alias: slot for slot, alias, _ in stage.interest.members(stage.eye)}
    for alias in aliases:
        stage.table.place(slots[alias], *stage.table.position(slots[alias]), (3, 0, yaw, 0))
    stage.begin_tick()
    data = stage.frame(ages=True)
    held = {alias: held.record for alias, held in stage.view.entities.items()}
    frame, _ = decode_frame(data, held, stage.view.last)
    assert encode_frame(frame) == data
    updated = stage.view.apply(data).updated
    assert decoder.apply(data) == len(updated)
    for update in updated:
        assert decoder.state(update.held.alias) == fields(update.held.state)
        assert decoder.age_ms(update.held.alias) == update.age_ms
    return frame


def test_a_map_goes_on_over_many_words() -> None:
    stage, decoder = Stage(*range(1, 290), cap=300), FrameDecoder()
    entered = frame_of(stage, decoder, (), 0)
    assert (len(entered.enters), entered.mapped, entered.wide, entered.ages) == (289, True, True, True)
    # A map of 37 bytes, against two for each of those who are far apart and of some more.
    many = tuple(sorted({*FAR_APART, *range(200, 214)}))
    for yaw, aliases, mapped in ((5, many, True), (9, FAR_APART, False), (12, many, True), (12, (), False)):
        frame = frame_of(stage, decoder, aliases, yaw)
        assert (tuple(sorted(record.alias for record in frame.records)), frame.mapped) == (aliases, mapped)
        assert not any(is_full(record.data) for record in frame.records)


def test_large_records_fit() -> None:
    stage, view = Stage(1000), ObserverView()
    for state in (AvatarState(), avatar(1000), avatar(1000, face=bytes([255] * 52), left_fingers=bytes([255] * 20))):
        stage.show(1, state)
        stage.begin_tick()
        (record,) = records(stage.frame(), view)
    assert view.entities[0].state == show_in_tier(state, Tier.FULL)
    assert len(record) > 60
    assert not is_full(record)


def test_an_encoder_is_of_one_room() -> None:
    with pytest.raises(ValueError, match="another table"):
        SnapshotEncoder(EntityTable(1, ROOM), Stage().interest)
