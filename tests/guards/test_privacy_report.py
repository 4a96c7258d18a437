"""What the report on motion privacy attacks: clear streams as they are, masked ones masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.bench.privacy import __main__ as report
from tests.bench.privacy.attack import Rates
from tests.bench.privacy.sessions import Set, model_set

if TYPE_CHECKING:
    from loadtest.motion.rows import Rows

pytestmark = pytest.mark.unguarded

PEOPLE = 4


@pytest.fixture(scope="module")
def people() -> Set:
    whole = model_set()
    return Set(whole.name, whole.about, whole.people[:PEOPLE])


def recognised(people: Set) -> dict[str, float]:
    """By attack, the share of streams that are a recording of these people, unchanged."""
    recordings = [rows for visits in people.people for rows in visits]

    def attack(train: list[list[Rows]], test: list[Rows], _seed: int) -> Rates:
        streams = [*test, *(rows for sessions in train for rows in sessions)]
        share = np.mean([any(np.array_equal(rows, each) for each in recordings) for rows in streams])
        return Rates(windows=float(share), sessions=float(share))

    return {each.attack: each.sessions for each in report.play(people, 1, attack)}


def test_clear_streams_are_the_recordings_and_masked_ones_are_not(people: Set) -> None:
    assert recognised(people) == {"clear": 1.0, "masked": 0.0, "masked, and the attacker knows how": 0.0}


def test_a_report_that_masks_nothing_is_noticed(people: Set, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "masked", lambda rows, _mask: rows)
    assert recognised(people)["masked"] == 1.0
