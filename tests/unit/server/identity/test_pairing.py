from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.identity import pairing as module
from server.identity.origins import NATIVE
from server.identity.pairing import (
    GUESSES_ALL_MAX,
    GUESSES_MAX,
    GUESSES_SECONDS,
    LIFETIME_SECONDS,
    OPEN_OF_AN_ADDRESS_MAX,
    Pairings,
    plain,
    shown,
)
from server.identity.person import Person
from server.identity.refusals import (
    AccessDenied,
    AuthorizationPending,
    CodeUnknown,
    ExpiredToken,
    SlowDown,
    TooManyGuesses,
    TooManyPairings,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE, ELSEWHERE = "https://clinic.example", "https://other.example"
DOCTOR = Person(subject="account-1", account=True)


@pytest.fixture
def pairings() -> Pairings:
    return Pairings()


def begin(pairings: Pairings, now: float = 0.0, origin: str = HERE, address: str = "192.0.2.1") -> tuple[str, str]:
    device_code, pairing = pairings.begin(origin, address, now)
    return device_code, pairing.user_code


def test_a_headset_comes_in_as_who_let_it_in_and_once(pairings: Pairings) -> None:
    device, user = begin(pairings)
    with pytest.raises(AuthorizationPending):
        pairings.ask(device, HERE, 5.0)
    pairings.settle(shown(user).lower(), HERE, DOCTOR, 7.0, allowed=True)
    with pytest.raises(CodeUnknown):
        pairings.settle(user, HERE, Person(subject="account-2", account=True), 7.0, allowed=True)
    assert pairings.ask(device, HERE, 10.0) is DOCTOR
    with pytest.raises(ExpiredToken):
        pairings.ask(device, HERE, 15.0)


def test_who_says_no_is_heard(pairings: Pairings) -> None:
    device, user = begin(pairings)
    pairings.settle(user, HERE, DOCTOR, 1.0, allowed=False)
    with pytest.raises(AccessDenied):
        pairings.ask(device, HERE, 5.0)
    with pytest.raises(ExpiredToken):
        pairings.ask(device, HERE, 10.0)


def test_who_asks_too_often_waits_longer_each_time(pairings: Pairings) -> None:
    device, user = begin(pairings)
    answers: list[type[Exception]] = []
    for now in (5.0, 9.0, 15.0, 29.9, 50.0):
        with pytest.raises((AuthorizationPending, SlowDown)) as refused:
            pairings.ask(device, HERE, now)
        answers.append(refused.type)
    assert answers == [AuthorizationPending, SlowDown, SlowDown, SlowDown, AuthorizationPending]
    pairings.settle(user, HERE, DOCTOR, 51.0, allowed=True)
    assert pairings.ask(device, HERE, 51.0) is DOCTOR


def test_a_code_ends_by_time(pairings: Pairings) -> None:
    device, user = begin(pairings)
    with pytest.raises(CodeUnknown):
        pairings.find(user, HERE, "account-1", LIFETIME_SECONDS)
    with pytest.raises(ExpiredToken):
        pairings.ask(device, HERE, LIFETIME_SECONDS)


def test_a_headsets_page_is_let_in_from_the_same_origin_and_its_program_from_any(pairings: Pairings) -> None:
    device, user = begin(pairings)
    with pytest.raises(CodeUnknown):
        pairings.find(user, ELSEWHERE, "account-1", 1.0)
    with pytest.raises(ExpiredToken):
        pairings.ask(device, ELSEWHERE, 5.0)
    program, shown_there = begin(pairings, origin=NATIVE)
    pairings.settle(shown_there, HERE, DOCTOR, 2.0, allowed=True)
    assert pairings.ask(program, NATIVE, 5.0) is DOCTOR


def test_guesses_are_counted_by_who_makes_them(pairings: Pairings) -> None:
    _, user = begin(pairings)
    for _ in range(GUESSES_MAX):
        with pytest.raises(CodeUnknown):
            pairings.find("BBBB-BBBB", HERE, "account-1", 1.0)
    with pytest.raises(TooManyGuesses):
        pairings.find(user, HERE, "account-1", 1.0)
    assert pairings.find(user, HERE, "account-2", 1.0).user_code == user
    assert pairings.find(user, HERE, "account-1", 1.0 + GUESSES_SECONDS).user_code == user


def test_a_crowd_gets_no_further_and_what_is_remembered_of_it_goes(pairings: Pairings) -> None:
    _, user = begin(pairings)
    for number in range(GUESSES_ALL_MAX):
        with pytest.raises(CodeUnknown):
            pairings.find("", HERE, f"account-{number}", 1.0)
    with pytest.raises(TooManyGuesses):
        pairings.find(user, HERE, "account-x", 1.0)
    assert pairings.find(user, HERE, "account-x", 1.0 + GUESSES_SECONDS).user_code == user
    assert len(pairings._guesses) <= 1


def test_access_that_was_taken_back_meanwhile_lets_no_headset_in(pairings: Pairings) -> None:
    device, user = begin(pairings)
    pairings.settle(user, HERE, DOCTOR, 1.0, allowed=True)
    pairings.forget("account-1")
    with pytest.raises(AccessDenied):
        pairings.ask(device, HERE, 5.0)


def test_no_more_wait_than_may(pairings: Pairings, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(OPEN_OF_AN_ADDRESS_MAX):
        begin(pairings)
    with pytest.raises(TooManyPairings):
        begin(pairings)
    begin(pairings, address="192.0.2.2")
    monkeypatch.setattr(module, "OPEN_MAX", OPEN_OF_AN_ADDRESS_MAX + 1)
    with pytest.raises(TooManyPairings):
        begin(pairings, address="192.0.2.3")
    begin(pairings, now=LIFETIME_SECONDS)


def test_a_code_that_is_taken_is_not_given_twice() -> None:
    letters: Iterator[str] = iter("B" * 16 + "C" * 8)
    pairings = Pairings(draw=lambda _: next(letters))
    assert [begin(pairings)[1] for _ in range(2)] == ["B" * 8, "C" * 8]


@pytest.mark.parametrize("typed", ["bcdf-ghjk", " BCDF GHJK ", "b c d f g h j k", "BCDFGHJK"])
def test_a_code_is_read_as_people_type_it(typed: str) -> None:
    assert plain(typed) == "BCDFGHJK"
    assert shown("BCDFGHJK") == "BCDF-GHJK"
