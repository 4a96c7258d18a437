"""Who somebody is at the front desk."""

from server.identity.person import Person


def test_only_who_came_for_one_room_was_invited() -> None:
    assert Person(subject="invited-1", room="ward").invited
    assert not Person(subject="account-1", account=True).invited
    assert not Person(subject="guest-1").invited
