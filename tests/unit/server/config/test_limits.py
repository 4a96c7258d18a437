"""The table `[server.limits]`."""

import msgspec
import pytest

from server.config.limits import RATES, LimitSettings, RateSettings


def test_the_keys_that_are_rates_are_named() -> None:
    kinds = {name: type(getattr(LimitSettings(), name)) for name in LimitSettings.__struct_fields__}
    assert [name for name, kind in kinds.items() if kind is RateSettings] == list(RATES)


def test_a_rate_is_a_burst_and_what_comes_after_it() -> None:
    settings = msgspec.convert({"tickets": {"burst": 7, "per_second": 0.5}}, LimitSettings)
    assert settings.tickets == RateSettings(burst=7, per_second=0.5)
    assert settings.requests == LimitSettings().requests


@pytest.mark.parametrize(
    "wrong",
    [
        {"sockets_per_address": 0},
        {"tickets": {"burst": 0, "per_second": 1.0}},
        {"tickets": {"burst": 1, "per_second": 0.0}},
        {"tickets": 7},
        {"sockets": 7},
    ],
)
def test_what_lets_nobody_in_is_no_limit(wrong: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, LimitSettings)
