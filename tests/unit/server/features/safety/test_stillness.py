"""Whether what a device reports moves as something worn does: recorded heads, and a breath that is made up."""

from __future__ import annotations

import json
import math
from itertools import cycle, islice, pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from protocol.fields import pack_rotation
from server.features.safety.stillness import LOOKS, REST_MM, Stillness

if TYPE_CHECKING:
    from protocol.state import PartNumbers

HEADS = json.loads((Path(__file__).parent / "heads.json").read_text())
HOUR = 3600
"""Looks in it."""


def signs(parts: list[PartNumbers], looks: int = HOUR) -> list[int]:
    """At which of so many looks a part that goes on and on like this has moved."""
    still = Stillness()
    return [number for number, part in enumerate(islice(cycle(parts), looks)) if still.moved(part)]


def there_and_back(samples: list[list[int]]) -> list[PartNumbers]:
    """So that the end of an excerpt does not jump to its beginning."""
    return [tuple(sample) for sample in (*samples, *samples[-2:0:-1])]  # type: ignore[misc]  # seven numbers each


def test_a_headset_that_lies_still_gives_no_sign_within_an_hour() -> None:
    assert signs(there_and_back(HEADS["lying"])) == []


@pytest.mark.parametrize("who", list(HEADS["worn"]))
def test_a_headset_that_is_worn_gives_a_sign_every_ten_seconds(who: str) -> None:
    found = [-1, *signs(there_and_back(HEADS["worn"][who])), HOUR]
    assert max(b - a for a, b in pairwise(found)) <= LOOKS + 1


def breathing(millimetres: float, seed: int) -> list[PartNumbers]:
    """A head that does nothing but breathe, 15 times a minute or so, with the noise of tracking on it."""
    random, parts = Random(seed), []
    for second in range(600):
        sway = millimetres / 2.0 * math.sin(2.0 * math.pi * second * 0.27)
        x, y, z = (random.gauss(0.0, 0.3) for _ in range(3))
        turn = math.radians(random.gauss(0.0, 0.05)) / 2.0
        rotation = pack_rotation((math.sin(turn), 0.0, 0.0, math.cos(turn)))
        parts.append((round(x), round(1200 + sway + y), round(z + sway / 2.0), *rotation))
    return parts


@pytest.mark.parametrize("seed", range(5))
def test_a_head_that_only_breathes_gives_a_sign_every_half_minute(seed: int) -> None:
    found = [-1, *signs(breathing(5.0, seed), 600), 600]
    assert max(b - a for a, b in pairwise(found)) <= 30


@pytest.mark.parametrize("seed", range(5))
def test_the_noise_of_tracking_alone_gives_no_sign(seed: int) -> None:
    assert signs(breathing(0.0, seed), 600) == []


def test_one_turn_of_the_head_is_a_sign() -> None:
    still = Stillness()
    ahead, aside = ((0, 1600, 0, *pack_rotation((0.0, math.sin(a), 0.0, math.cos(a)))) for a in (0.0, math.radians(1)))
    assert not any(still.moved(ahead) for _ in range(20))
    assert still.moved(aside)


def test_what_moves_slowly_is_seen_over_ten_looks_and_what_is_forgotten_is_not_compared() -> None:
    still, part = Stillness(), (3, 0, 0, 0)
    assert [still.moved((step, 0, 0, *part)) for step in range(REST_MM + 2)] == [False] * (REST_MM + 1) + [True]
    assert not still.moved((REST_MM + 1, 0, 0, *part))
    still.forget()
    assert not still.moved((900, 0, 0, *part))
