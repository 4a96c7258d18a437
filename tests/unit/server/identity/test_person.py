"""Who somebody is at the front desk."""

import pytest

from server.identity.person import Person


def test_only_who_came_for_one_room_was_invited() -> None:
    assert Person(subject="invited-1", room="ward").invited
    assert not Person(subject="account-1", account=True).invited
    assert not Person(subject="guest-1").invited


def test_who_somebody_is_does_not_change() -> None:
    person = Person(subject="guest-1")
    with pytest.raises(AttributeError):
        person.account = True  # type: ignore[misc]
