"""Who somebody is to this server."""

import re

from server.identity.subjects import (
    SUBJECT_PATTERN,
    account_subject,
    guest_subject,
    invited_subject,
    is_guest,
    is_invited,
)


def test_each_says_how_its_person_came() -> None:
    subjects = (guest_subject(), account_subject("https://id.example", "ann@example.org"), invited_subject())
    assert [is_guest(each) for each in subjects] == [True, False, False]
    assert [is_invited(each) for each in subjects] == [False, False, True]
    assert all(re.search(SUBJECT_PATTERN, each) for each in subjects)
    assert not any(
        re.search(SUBJECT_PATTERN, f"{each}\n") or re.search(SUBJECT_PATTERN, each[:-20]) for each in subjects
    )


def test_an_account_is_the_same_each_time_and_no_letter_of_it_is_left() -> None:
    ann = account_subject("a", "b")
    assert ann == account_subject("a", "b")
    assert len({ann, account_subject("a", "c"), account_subject("b", "b")}) == 3
    assert "ann" not in account_subject("https://id.example", "ann@example.org").removeprefix("account-")


def test_guests_and_the_invited_are_somebody_else_each_time() -> None:
    assert len({draw() for draw in (guest_subject, invited_subject) for _ in range(8)}) == 16
