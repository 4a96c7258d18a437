import pytest
from msgspec import ValidationError

from server.features.consent.book import BY_COMING, ConsentBook, Given, key_of


def test_whoever_comes_is_there_to_be_treated_and_seen() -> None:
    assert ConsentBook().given("ann") == ConsentBook().asked("ann") == BY_COMING == {"treat", "observe"}


def test_what_is_given_and_withdrawn_is_one_persons() -> None:
    book = ConsentBook()
    book.ask("ann", "research")
    assert (book.given("ann"), book.asked("ann")) == (BY_COMING, BY_COMING | {"research"})
    assert book.give("ann", "research")
    assert book.withdraw("ann", "treat")
    assert not book.withdraw("ann", "treat")
    assert book.given("ann") == book.asked("ann") == {"observe", "research"}
    assert book.given("bo") == BY_COMING


def test_what_was_withdrawn_meanwhile_is_not_given() -> None:
    book = ConsentBook()
    book.ask("ann", "research")
    assert book.withdraw("ann", "research")
    assert not book.give("ann", "research")
    assert book.given("ann") == BY_COMING


def test_what_cannot_be_kept_was_never_asked_unless_it_is_given_already() -> None:
    book = ConsentBook()
    for purpose in ("treat", "research"):
        book.ask("ann", purpose)
        book.undo("ann", purpose)
    assert book.asked("ann") == BY_COMING


def test_a_book_begins_with_what_was_kept() -> None:
    book = ConsentBook()
    kept = {key_of("ann", "treat"): {"given": False}, key_of("ann", "research"): {"given": Given(given=True).given}}
    book.recall(kept)
    assert book.given("ann") == book.asked("ann") == {"observe", "research"}
    assert book.given("bo") == BY_COMING
    assert not any("ann" in key for key in kept)


def test_who_is_forgotten_is_anybody() -> None:
    book = ConsentBook()
    book.withdraw("ann", "treat")
    book.forget("ann")
    assert book.given("ann") == book.asked("ann") == BY_COMING


def test_what_is_damaged_of_what_was_kept_is_no_consent_and_the_rest_counts() -> None:
    book = ConsentBook()
    with pytest.raises(ValidationError):
        book.recall({key_of("ann", "treat"): {"given": "maybe"}, key_of("bo", "treat"): {"given": False}})
    for subject in ("ann", "bo"):
        assert "treat" not in book.given(subject)
        assert "treat" not in book.asked(subject)
    assert "treat" in book.given("cy")
