"""Runs a step function over generated programs, the same ones in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable


def run_programs(step: Callable[[bytes], int], *, size: int, examples: int) -> int:
    """Run `examples` generated programs of `size` bytes; returns the steps they took."""
    taken = 0

    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        suppress_health_check=list(HealthCheck),
    )
    @given(program=st.binary(min_size=size, max_size=size))
    def run(program: bytes) -> None:
        nonlocal taken
        taken += step(program)

    run()
    return taken
