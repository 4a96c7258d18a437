"""Who was shown out, and until when."""

import pytest

from server.errors import Removed
from server.world import bars as bars_module
from server.world.bars import Bars


def is_out(bars: Bars, subject: str, now: float) -> bool:
    try:
        bars.demand_entry(subject, now)
    except Removed:
        return True
    return False


def test_a_subject_stays_out_for_the_time_and_no_longer() -> None:
    bars = Bars(60.0)
    assert not is_out(bars, "ann", 0.0)
    bars.put("ann", 0.0)
    bars.put("bo", 30.0)
    assert [is_out(bars, "ann", now) for now in (0.0, 59.9, 60.0)] == [True, True, False]
    bars.put("ann", 50.0)
    assert [is_out(bars, name, 89.0) for name in ("ann", "bo", "cy")] == [True, True, False]


def test_no_more_are_remembered_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars_module, "BARS_MAX", 2)
    bars = Bars(60.0)
    for name in ("ann", "bo", "cy"):
        bars.put(name, 1.0)
    assert [is_out(bars, name, 2.0) for name in ("ann", "bo", "cy")] == [False, True, True]
