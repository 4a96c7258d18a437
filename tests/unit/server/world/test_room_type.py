"""Room types as data."""

import dataclasses

import pytest

from server.features.chat import Chat
from tests.support.rooms import HALL


def test_a_room_type_is_a_list_of_features_and_cannot_be_changed() -> None:
    assert Chat in HALL.features
    with pytest.raises(dataclasses.FrozenInstanceError):
        HALL.capacity = 9  # type: ignore[misc]  # that it cannot is the point


def test_those_whom_the_others_are_there_to_see_weigh_more_unless_a_type_says_otherwise() -> None:
    assert HALL.reserved == 4
    assert HALL.weights["clinician"] == HALL.weights["interpreter"] == 2.0
    assert "patient" not in HALL.weights
    assert dataclasses.replace(HALL, weights={"patient": 3.0}).weights == {"patient": 3.0}
    with pytest.raises(TypeError):
        HALL.weights["patient"] = 9.0  # type: ignore[index]  # that it cannot is the point
