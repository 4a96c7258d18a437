"""The entity table: slots, poses and what becomes of them, zones."""

from __future__ import annotations

import pytest

from core_ext import BUILD, POSE_CORRECTED, POSE_MALFORMED, POSE_STORED, EntityTable, TableFull
from protocol.ids import FACTS_BYTES_MAX, EntityKind, StateFlag
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose

ROOM = (-10_000, 0, -10_000, 10_000, 3000, 10_000)
UPRIGHT = (3, 0, 0, 0)
BOUNDS, SPEED = 1, 2


@pytest.fixture
def table() -> EntityTable:
    return EntityTable(4, ROOM)


@pytest.fixture
def ann(table: EntityTable) -> int:
    slot = table.add(77, EntityKind.AVATAR, b"\x80", 0)
    table.place(slot, 0, 1600, 0, UPRIGHT)
    return slot


def head_at(x: int, y: int = 1600, z: int = 0) -> AvatarState:
    return AvatarState(flags=StateFlag.HEAD, head=TrackedPart(x, y, z, *UPRIGHT))


def message(state: AvatarState, *, sequence: int = 1, sampled_at: int = 0) -> bytes:
    return encode_pose(Pose(state, sequence, sampled_at))


def full_state() -> AvatarState:
    return AvatarState(
        flags=0xFF,
        voice=200,
        head=TrackedPart(100, 1650, -200, 2, -400, 400, 390),
        left=TrackedPart(-300, -400, 250, 0, 1, -1, 2),
        right=TrackedPart(310, -405, 260, 1, 400, 0, 0),
        left_fingers=bytes(range(20)),
        right_fingers=bytes(range(20, 40)),
        face=bytes(range(100, 152)),
    )


def test_the_build_is_named() -> None:
    assert BUILD in {"release", "debug"}


def test_what_was_sent_is_stored_integer_for_integer(table: EntityTable, ann: int) -> None:
    state = full_state()
    assert table.apply_pose(ann, message(state), 0) == POSE_STORED
    stored = table.state(ann)
    assert stored[:2] == (0xFF, 200)
    assert stored[2:5] == tuple(
        (p.x, p.y, p.z, p.largest, p.a, p.b, p.c) for p in (state.head, state.left, state.right)
    )
    assert stored[5:] == (state.left_fingers, state.right_fingers, state.face)
    assert table.position(ann) == (100, 1650, -200)
    assert table.poses_stored == 1


def test_the_lowest_free_slot_is_taken_and_a_full_table_says_so(table: EntityTable) -> None:
    assert [table.add(n, EntityKind.PROP, b"", 0) for n in range(4)] == [0, 1, 2, 3]
    with pytest.raises(TableFull, match="4 slots"):
        table.add(9, EntityKind.PROP, b"", 0)
    table.remove(1)
    assert table.count == 3
    assert table.add(9, EntityKind.PROP, b"", 0) == 1


def test_a_slot_begins_anew_with_each_entity(table: EntityTable, ann: int) -> None:
    table.apply_pose(ann, message(head_at(20_000)), 0)
    table.remove(ann)
    assert table.take_corrections() == []
    assert table.add(78, EntityKind.AVATAR, b"", 0) == ann
    assert table.corrections(ann) == 0
    assert table.state(ann)[0] == 0
    assert table.position(ann) == (0, 0, 0)


def test_an_entity_begins_at_the_point_of_the_room_nearest_to_its_origin() -> None:
    table = EntityTable(1, (500, 100, -300, 900, 200, -200))
    assert table.position(table.add(1, EntityKind.AVATAR, b"", 0)) == (500, 100, -200)


@pytest.mark.parametrize("slot", [-1, 1, 4, 2**31 - 1])
def test_a_free_slot_is_refused(table: EntityTable, ann: int, slot: int) -> None:
    calls = (
        lambda: table.remove(slot),
        lambda: table.place(slot, 0, 0, 0, UPRIGHT),
        lambda: table.set_present(slot, present=False),
        lambda: table.apply_pose(slot, b"", 0),
        lambda: table.state(slot),
        lambda: table.position(slot),
        lambda: table.zone(slot),
        lambda: table.corrections(slot),
    )
    for call in calls:
        with pytest.raises(IndexError, match="no entity"):
            call()


@pytest.mark.parametrize(
    ("capacity", "bounds"),
    [(0, ROOM), (1 << 21, ROOM), (4, ROOM[:5]), (4, (1, 0, 0, 0, 1, 1)), (4, (0, 0, 0, 1 << 23, 1, 1))],
)
def test_an_impossible_room_is_refused(capacity: int, bounds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"capacity|box"):
        EntityTable(capacity, bounds)


def test_facts_and_kinds_have_limits(table: EntityTable) -> None:
    assert table.add(1, EntityKind.PANEL, bytes(FACTS_BYTES_MAX), 0) == 0
    with pytest.raises(ValueError, match="1024 bytes"):
        table.add(2, EntityKind.PANEL, bytes(FACTS_BYTES_MAX + 1), 0)
    with pytest.raises(ValueError, match="kind"):
        table.add(2, 3, b"", 0)
    assert table.count == 1


@pytest.mark.parametrize(
    ("position", "rotation"),
    [
        ((1 << 23, 0, 0), UPRIGHT),
        ((0, -(1 << 23), 0), UPRIGHT),
        ((0, 0, 0), (4, 0, 0, 0)),
        ((0, 0, 0), (0, 1023, 1023, 0)),
    ],
)
def test_nothing_is_placed_that_the_wire_cannot_carry(
    table: EntityTable, ann: int, position: tuple[int, int, int], rotation: tuple[int, int, int, int]
) -> None:
    with pytest.raises(ValueError, match=r"24 bits|rotation"):
        table.place(ann, *position, rotation)
    assert table.position(ann) == (0, 1600, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(9),
        b"\x10" + bytes(7),
        message(AvatarState())[:-1],
        message(AvatarState()) + b"\0",
        b"\x11" + message(head_at(0))[1:],
        b"\x10\x08" + bytes(7 + 20),
        b"\x10\x10" + bytes(7 + 20),
        message(head_at(0))[:-1],
        message(head_at(0))[:-4] + b"\xff" * 4,
        message(head_at(0))[:-1] + b"\xff",
        message(full_state())[:-1],
    ],
)
def test_a_malformed_pose_changes_nothing(table: EntityTable, ann: int, data: bytes) -> None:
    before = table.state(ann)
    assert table.apply_pose(ann, data, 5) == POSE_MALFORMED
    assert table.state(ann) == before
    assert table.poses_stored == 0
    assert table.take_corrections() == []


def test_a_head_outside_the_room_is_held_at_the_nearest_point_inside(table: EntityTable, ann: int) -> None:
    table.place(ann, 9000, 1600, 0, UPRIGHT)
    assert table.apply_pose(ann, message(head_at(10_400, -50), sequence=9), 0) == POSE_CORRECTED
    assert table.position(ann) == (10_000, 0, 0)
    assert table.state(ann)[2][:3] == (10_000, 0, 0)
    assert table.take_corrections() == [(ann, 9, 10_000, 0, 0, BOUNDS)]


def test_moves_within_the_budget_cost_no_jump(table: EntityTable, ann: int) -> None:
    assert table.apply_pose(ann, message(head_at(6000)), 0) == POSE_STORED
    # Four jumps, and then the budget of 2 s for the fifth move of six metres: not one of the jumps was gone.
    sides = (-9000, 9000, -9000, 6000)
    assert [table.apply_pose(ann, message(head_at(x)), 0) for x in sides] == [POSE_STORED] * 4
    assert table.apply_pose(ann, message(head_at(-9000)), 0) == POSE_CORRECTED


def test_who_runs_out_of_budget_and_jumps_stays_where_he_was(table: EntityTable, ann: int) -> None:
    table.apply_pose(ann, message(head_at(6000)), 0)
    for x in (6001, 6002, 6003, 6004):
        assert table.apply_pose(ann, message(head_at(x)), 0) == POSE_STORED
    assert table.apply_pose(ann, message(head_at(6005), sequence=3), 0) == POSE_CORRECTED
    assert table.position(ann) == (6004, 1600, 0)
    assert table.take_corrections() == [(ann, 3, 6004, 1600, 0, SPEED)]
    assert table.apply_pose(ann, message(head_at(6005)), 1) == POSE_STORED


def test_the_budget_fills_at_three_metres_a_second(table: EntityTable, ann: int) -> None:
    table.apply_pose(ann, message(head_at(6000)), 0)
    for _ in range(4):
        table.apply_pose(ann, message(head_at(-6000)), 0)
        table.apply_pose(ann, message(head_at(6000)), 0)
    assert table.position(ann) == (6000, 1600, 0)
    assert table.apply_pose(ann, message(head_at(5699)), 100) == POSE_CORRECTED
    assert table.apply_pose(ann, message(head_at(5700)), 100) == POSE_STORED
    assert table.apply_pose(ann, message(head_at(5699)), 100) == POSE_CORRECTED


def test_a_free_jump_comes_back_every_two_seconds(table: EntityTable, ann: int) -> None:
    sides = (9000, -9000)
    assert [table.apply_pose(ann, message(head_at(sides[n % 2])), 0) for n in range(5)] == [POSE_STORED] * 4 + [
        POSE_CORRECTED
    ]
    table.take_corrections()
    assert table.position(ann) == (-9000, 1600, 0)
    assert table.apply_pose(ann, message(head_at(9000)), 1999) == POSE_CORRECTED
    assert table.apply_pose(ann, message(head_at(9000)), 2000) == POSE_STORED
    assert table.apply_pose(ann, message(head_at(-9000)), 2000) == POSE_CORRECTED


def test_a_clock_that_wraps_fills_the_budget_all_the_same() -> None:
    table = EntityTable(1, ROOM)
    slot = table.add(1, EntityKind.AVATAR, b"", 0xFFFFFFFF)
    for x in (6000, -6000, 6000, -6000, 6000):
        table.apply_pose(slot, message(head_at(x, 0)), 0xFFFFFFFF)
    assert table.apply_pose(slot, message(head_at(5700, 0)), 0xFFFFFFFF) == POSE_CORRECTED
    assert table.apply_pose(slot, message(head_at(5700, 0)), 99) == POSE_STORED


def test_only_the_newest_correction_of_each_is_told_once(table: EntityTable, ann: int) -> None:
    bo = table.add(2, EntityKind.AVATAR, b"", 0)
    for slot, sequence in ((bo, 1), (ann, 2), (bo, 3)):
        table.apply_pose(slot, message(head_at(0, 4000), sequence=sequence), 0)
    assert [taken[:2] for taken in table.take_corrections()] == [(bo, 3), (ann, 2)]
    assert table.take_corrections() == []
    assert (table.corrections(ann), table.corrections(bo)) == (1, 2)


def test_leaving_between_corrections_forgets_ones_own(table: EntityTable, ann: int) -> None:
    bo, cy = (table.add(n, EntityKind.AVATAR, b"", 0) for n in (2, 3))
    for slot in (ann, bo, cy):
        table.apply_pose(slot, message(head_at(0, 4000)), 0)
    table.remove(bo)
    assert [taken[0] for taken in table.take_corrections()] == [ann, cy]


def test_an_untracked_head_keeps_its_last_place(table: EntityTable, ann: int) -> None:
    assert table.apply_pose(ann, message(AvatarState(voice=3)), 0) == POSE_STORED
    assert table.state(ann)[:2] == (0, 3)
    assert table.position(ann) == (0, 1600, 0)


def test_a_hand_out_of_reach_is_not_tracked_nor_are_its_fingers(table: EntityTable, ann: int) -> None:
    near, far = TrackedPart(8000, 0, 0, *UPRIGHT), TrackedPart(8000, 1, 0, *UPRIGHT)
    both = AvatarState(
        flags=0x1F, head=TrackedPart(0, 1600, 0, *UPRIGHT), left=near, right=far, left_fingers=b"a" * 20,
        right_fingers=b"b" * 20,
    )  # fmt: skip
    assert table.apply_pose(ann, message(both), 0) == POSE_STORED
    flags, _, _, left, right, left_fingers, right_fingers, _ = table.state(ann)
    assert flags == StateFlag.HEAD | StateFlag.LEFT | StateFlag.LEFT_FINGERS
    assert (left, right) == ((8000, 0, 0, *UPRIGHT), (0,) * 7)
    assert (left_fingers, right_fingers) == (b"a" * 20, bytes(20))


def test_a_head_is_in_the_first_zone_that_contains_it(table: EntityTable, ann: int) -> None:
    table.set_zones([(1000, 0, -500, 2000, 3000, 500), (0, 0, -500, 2000, 3000, 500)], 0)
    assert table.zone(ann) == 1
    table.place(ann, 1000, 1600, 500, UPRIGHT)
    assert table.zone(ann) == 0
    table.apply_pose(ann, message(head_at(1500, 1600, 501)), 0)
    assert table.zone(ann) == -1
    table.assign_zones()
    assert table.zone(ann) == -1


@pytest.mark.parametrize(
    ("boxes", "private"),
    [([(0, 0, 0, 1, 1, 1)] * 65, 0), ([(0, 0, 0, 1, 1, 1)], 0b10), ([(1, 0, 0, 0, 1, 1)], 0), ([(0, 0, 0)], 0)],
)
def test_impossible_zones_are_refused_and_change_nothing(
    table: EntityTable, ann: int, boxes: list[tuple[int, ...]], private: int
) -> None:
    table.set_zones([(-1, 0, -1, 1, 3000, 1)], 1)
    with pytest.raises(ValueError, match=r"zones|box"):
        table.set_zones(boxes, private)
    assert table.zone(ann) == 0


def test_there_may_be_64_zones(table: EntityTable, ann: int) -> None:
    table.set_zones([(9000, 0, 0, 9001, 1, 1)] * 63 + [(-1, 0, -1, 1, 3000, 1)], 1 << 63)
    assert table.zone(ann) == 63


@pytest.mark.parametrize("weight", [0.0, 0.2, 0.3, 16.25, -1.0, float("nan")])
def test_a_weight_is_some_quarters(table: EntityTable, ann: int, weight: float) -> None:
    table.set_weight(ann, 0.25)
    table.set_weight(ann, 16.0)
    with pytest.raises(ValueError, match="quarters"):
        table.set_weight(ann, weight)
