"""What holds in a room is watched: each case takes one guard of the world away, and what watches it has to notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.features.presence import Presence
from server.features.presence.feature import Cohort
from tests.support.rooms import World
from tests.unit.server.features.presence import test_feature as presence

if TYPE_CHECKING:
    from collections.abc import Callable

    from msgspec import Raw

pytestmark = pytest.mark.unguarded


def forget_who_passes(cohort: Cohort, entity: int, _person: Raw) -> None:
    """Tell nobody of who came and left between two turns."""
    for readers in cohort._readers:
        if readers.joined.pop(entity, None) is None:
            readers.left.append(entity)


def with_presence(check: Callable[[World], None]) -> Callable[[], None]:
    return lambda: check(World(features=(Presence,)))


CASES: dict[str, tuple[object, str, object, Callable[[], None]]] = {
    "who perceives a room for a moment is named": (
        Cohort,
        "note_left",
        forget_who_passes,
        with_presence(presence.test_everybody_is_told_of_who_came_and_left_between_two_turns),
    ),
    "a newcomer is told who was there": (
        Cohort,
        "note_left",
        forget_who_passes,
        with_presence(presence.test_a_newcomer_is_told_of_who_left_after_they_came_and_before_their_roster),
    ),
}
"""What is guarded: where the guard is, what stands there instead, and what must notice."""


@pytest.mark.parametrize("guarded", CASES)
def test_a_guard_that_is_gone_is_noticed(guarded: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, instead, check = CASES[guarded]
    check()
    monkeypatch.setattr(where, name, instead)
    with pytest.raises(AssertionError):
        check()
