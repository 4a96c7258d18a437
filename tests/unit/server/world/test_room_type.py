"""Room types as data."""

import dataclasses

import pytest

from server.features.chat import Chat
from tests.support.rooms import HALL


def test_a_room_type_is_a_list_of_features_and_cannot_be_changed() -> None:
    assert Chat in HALL.features
    with pytest.raises(dataclasses.FrozenInstanceError):
        HALL.capacity = 9  # type: ignore[misc]  # that it cannot is the point


def test_every_tier_is_updated_each_tick_unless_a_type_says_otherwise() -> None:
    assert HALL.periods == (1, 1, 1, 1)
