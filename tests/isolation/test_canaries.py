"""The marks of a room never cross into another, however people change rooms, lose sockets, come back, take places."""

from __future__ import annotations

import os
from typing import Final

import pytest

from tests.chaos.wander import faults, wander

VISITORS: Final = int(os.environ.get("CANARY_VISITORS", "60"))
SECONDS: Final = float(os.environ.get("CANARY_SECONDS", "8"))


def test_no_mark_crosses() -> None:
    counts = wander(VISITORS, max(VISITORS // 25, 3), SECONDS)
    assert faults(counts) == {}
    assert counts["own marks"] > VISITORS
    for what in ("room changes", "resumed exactly", "tokens tried"):
        assert counts[what] > 0, what


@pytest.mark.unguarded
def test_a_server_that_lets_words_cross_is_found() -> None:
    counts = wander(30, 3, 3.0, module="tests.support.unguarded")
    assert counts["foreign marks"] > 0
