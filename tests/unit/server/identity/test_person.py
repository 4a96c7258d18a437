"""Who somebody is at the front desk."""

from server.identity.person import Person

INVITED = Person(subject="invited-1", room="ward")
ACCOUNT = Person(subject="account-1", account=True)
GUEST = Person(subject="guest-1")


def test_only_who_came_for_one_room_was_invited() -> None:
    assert [person.invited for person in (INVITED, ACCOUNT, GUEST)] == [True, False, False]


def test_a_guest_is_who_has_neither_an_account_nor_an_invitation() -> None:
    assert [person.is_guest for person in (INVITED, ACCOUNT, GUEST)] == [False, False, True]
