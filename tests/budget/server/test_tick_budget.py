"""What a tick may cost: instructions for each pose and each frame, and no Python object for either."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING

import pytest

from tests.budget.support.full_room import FullRoom, pose_frames
from tests.budget.support.tick_counts import (
    AVATARS,
    HEADROOM,
    STEPS,
    Counts,
    NoValgrind,
    allocations_in,
    count_ticks,
    read_budget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

ALLOCATIONS_MAX = {"read": 10, "step": 60, "send": 10}
"""For a whole step, however many avatars there are: the tuple of the ports, the turns of presence, this test's own."""


@pytest.fixture(scope="module")
def counts() -> dict[str, Counts]:
    try:
        return count_ticks()
    except NoValgrind as error:
        pytest.fail(str(error))


@pytest.fixture
def room() -> Iterator[FullRoom]:
    room = FullRoom(pose_frames(100))
    yield room
    room.close()


@pytest.mark.parametrize("step", STEPS)
def test_a_tick_costs_each_avatar_few_instructions(counts: dict[str, Counts], step: str) -> None:
    each = counts[step].instructions / AVATARS
    allowed = read_budget()[step] * HEADROOM
    assert each <= allowed, f"{step}: {each:,.0f} instructions for each avatar; make budget-update if this is worth it"


@pytest.mark.parametrize("step", STEPS)
def test_no_step_of_a_tick_allocates_for_each_avatar(counts: dict[str, Counts], step: str) -> None:
    assert counts[step].allocations <= ALLOCATIONS_MAX[step] < AVATARS


def test_allocations_are_counted_where_there_are_any(counts: dict[str, Counts]) -> None:
    # Else the test before this one would hold whatever the tick does.
    assert counts["step"].allocations > 0


def test_ticks_leave_no_python_object_behind(room: FullRoom) -> None:
    def blocks_kept(ticks: int) -> int:
        before = sys.getallocatedblocks()
        room.run(ticks)
        return sys.getallocatedblocks() - before

    # By then everybody knows everybody in sight, and the roster.
    room.run(60)
    gc.collect()
    gc.disable()
    try:
        # The interpreter itself settles during the first of them.
        blocks_kept(100)
        kept = blocks_kept(200)
    finally:
        gc.enable()
    assert room.traffic.snapshots_out == room.traffic.poses_in == 360 * 100
    # The ticks' numbers and the clocks of this test; nothing that grows with the ticks.
    assert kept <= 8


def test_calls_of_the_allocators_are_read_from_what_callgrind_writes() -> None:
    text = """\
fn=(1) broadcast
5 10
cfi=(2)
cfn=(7) malloc
calls=3 +4
5 90
cfn=(8) memcpy
calls=9 1
5 20
fn=(7)
1 90
fn=(9) step
cfn=(7)
calls=2 1
cfn=(10) realloc'2
calls=1 1
cfn=(11) my_malloc
calls=7 1
"""
    assert allocations_in(text) == 6
