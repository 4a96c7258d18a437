"""How often consent is given."""

from __future__ import annotations

import pytest

from server.errors import OperationRefused
from server.features.consent.rates import BURST, EACH_SECONDS, Rates


def test_so_many_at_once_and_then_one_more_in_its_time_by_each_person() -> None:
    rates = Rates()
    for _ in range(BURST):
        rates.charge("ann", 0.0)
    with pytest.raises(OperationRefused, match="often"):
        rates.charge("ann", 0.0)
    rates.charge("bo", 0.0)
    rates.charge("ann", EACH_SECONDS)
    with pytest.raises(OperationRefused):
        rates.charge("ann", EACH_SECONDS)


def test_who_has_waited_long_enough_is_forgotten_and_has_as_many_as_at_first() -> None:
    rates = Rates()
    for _ in range(BURST):
        rates.charge("ann", 0.0)
    rates.forget(EACH_SECONDS)
    rates.charge("ann", EACH_SECONDS)
    with pytest.raises(OperationRefused):
        rates.charge("ann", EACH_SECONDS)
    rates.forget(EACH_SECONDS * (BURST + 2))
    for _ in range(BURST):
        rates.charge("ann", EACH_SECONDS * (BURST + 2))
