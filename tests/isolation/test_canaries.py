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
    # An alias that stands for another than before is where a mark could cross: without one, nothing was tried.
    for what in ("room changes", "resumed exactly", "tokens tried", "aliases taken over", "words heard"):
        assert counts[what] > 0, what


@pytest.mark.unguarded
@pytest.mark.parametrize(
    ("without", "found"),
    [
        ("rooms", "foreign marks"),
        ("events", "words missed"),
        ("replay", "gap wrong"),
        ("spent", "tokens taken"),
    ],
)
def test_a_server_without_a_guard_is_found(without: str, found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WITHOUT", without)
    counts = wander(60, 3, 8.0, module="tests.support.unguarded")
    assert faults(counts)[found] > 0
    if without == "events":
        # The server's own numbers say nothing of what had none.
        assert counts["gap wrong"] == 0
