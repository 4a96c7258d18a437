"""Counters, sampled."""

import numpy as np
import pytest

from core_ext import Witness
from loadtest.outcome import Outcome, Sampler, age_at
from loadtest.verification import Ledger


def test_quantiles_of_ages_are_upper_edges_of_their_bins() -> None:
    ages = np.zeros(16_384, np.uint64)
    ages[39], ages[99] = 99, 1
    assert age_at(ages, 0.5) == 10.0
    assert age_at(ages, 0.99) == 10.0
    assert age_at(ages, 1.0) == 25.0
    assert age_at(np.zeros(16_384, np.uint64), 0.5) is None


def test_samples_make_the_status_and_the_outcome() -> None:
    ledger = Ledger(Witness())
    sampler = Sampler(ledger)
    assert sampler.status(3).avatars == 3
    sampler.take(10)
    assert sampler.status(10).updates_per_second == 0.0
    sampler.take(20)
    ledger.note("event_gap", "")
    assert sampler.status(20).errors == 1
    found = sampler.outcome([], None, None, 1.0)
    assert found.seconds == pytest.approx(sampler.samples[-1].seconds)
    assert found.avatar_seconds <= 20 * found.seconds
    assert [sample.avatars for sample in found.samples] == [10, 20]
    assert found.tick_hz == 0


def test_an_outcome_knows_the_rooms_tick_rate(outcome: Outcome) -> None:
    assert outcome.tick_hz == 30
