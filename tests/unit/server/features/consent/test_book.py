import pytest
from msgspec import ValidationError

from server.features.consent.book import BY_COMING, ConsentBook, Given, key_of


def test_whoever_comes_is_there_to_be_treated_and_seen() -> None:
    assert ConsentBook().given("ann") == ConsentBook().asked("ann") == BY_COMING == {"treat", "observe"}


def test_what_is_given_and_withdrawn_is_one_persons() -> None:
    book = ConsentBook()
    asking = book.ask("ann", "research")
    assert (book.given("ann"), book.asked("ann")) == (BY_COMING, BY_COMING | {"research"})
    assert book.give("ann", asking)
    assert book.withdraw("ann", "treat")
    assert not book.withdraw("ann", "treat")
    assert book.given("ann") == book.asked("ann") == {"observe", "research"}
    assert book.given("bo") == BY_COMING


def test_what_was_withdrawn_meanwhile_is_not_given() -> None:
    book = ConsentBook()
    asking, other = book.ask("ann", "research"), book.ask("ann", "transcribe")
    assert book.withdraw("ann", "research")
    again = book.ask("ann", "research")
    assert not book.give("ann", asking)
    assert (book.given("ann"), book.asked("ann")) == (BY_COMING, BY_COMING | {"research", "transcribe"})
    assert book.give("ann", other)
    assert book.give("ann", again)
    assert book.given("ann") == BY_COMING | {"research", "transcribe"}


def test_what_cannot_be_kept_was_never_asked_unless_it_is_given_already() -> None:
    book = ConsentBook()
    for purpose in ("treat", "research"):
        assert book.undo("ann", book.ask("ann", purpose))
    assert book.asked("ann") == BY_COMING


def test_what_cannot_be_kept_leaves_what_was_asked_besides() -> None:
    book = ConsentBook()
    first, second = book.ask("ann", "research"), book.ask("ann", "research")
    book.undo("ann", first)
    assert "research" in book.asked("ann")
    assert book.give("ann", second)


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
