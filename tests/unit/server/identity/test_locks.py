"""Whose view was locked, and since when a sign-in has to be."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.errors import StoreError
from server.identity.locks import Locks
from server.identity.revocations import KEPT_SECONDS

NOW = 1_000_000.0


def test_who_signed_in_before_the_lock_is_asked_and_who_did_after_it_is_not() -> None:
    locks = Locks()
    assert not locks.asks("account-1", NOW)
    assert not locks.asks("account-1", None)
    locks.note("account-1", NOW)
    assert [locks.asks("account-1", at) for at in (NOW - 1.0, NOW, None)] == [True] * 3
    assert not locks.asks("account-1", NOW + 1.0)
    assert not locks.asks("account-2", NOW - 1.0)


def test_a_later_sign_in_ends_no_lock_for_a_token_from_before_it() -> None:
    locks = Locks()
    locks.note("account-1", NOW)
    assert not locks.asks("account-1", NOW + 60.0)
    assert locks.asks("account-1", NOW - 60.0)


def test_the_last_lock_counts_from_when_nobody_was_there() -> None:
    locks = Locks(slack=30.0)
    locks.note("account-1", NOW)
    assert not locks.asks("account-1", NOW - 29.0)
    locks.note("account-1", NOW + 100.0)
    assert locks.asks("account-1", NOW + 70.0)
    assert locks.since("account-1") == NOW + 70.0


def test_it_holds_after_a_restart_and_for_as_long_as_a_token_from_before_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "store.locked"
    locks = Locks(file, NOW)
    for number in range(3):
        locks.note("account-1", NOW + number)
    assert len(file.read_text().splitlines()) == 3
    again = Locks(file, NOW + KEPT_SECONDS - 1.0)
    assert again.since("account-1") == NOW + 2.0
    # Written anew with one line for each, and without a subject in it.
    assert len(file.read_text().splitlines()) == 1
    assert "account" not in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert not Locks(file, NOW + KEPT_SECONDS + 10.0).asks("account-1", NOW - 1.0)
    assert file.read_text() == ""


def test_who_signed_in_in_the_same_millisecond_is_asked_after_a_restart_too(tmp_path: Path) -> None:
    file = tmp_path / "store.locked"
    for number, fraction in enumerate((0.0001, 0.0004, 0.0009)):
        at = NOW + number + fraction
        Locks(file, at).note("account-1", at)
        assert Locks(file, at + 1.0).asks("account-1", at)
        assert not Locks(file, at + 1.0).asks("account-1", at + 0.002)


def test_a_server_that_runs_for_long_forgets_what_no_token_outlives() -> None:
    locks = Locks()
    locks.note("account-1", NOW)
    locks.note("account-2", NOW + KEPT_SECONDS + 1.0)
    assert not locks.asks("account-1", NOW - 1.0)
    assert locks.asks("account-2", NOW)


def test_of_more_than_there_is_room_for_everybody_from_before_is_asked(tmp_path: Path) -> None:
    file = tmp_path / "store.locked"
    locks = Locks(file, NOW, most=2)
    for number in (1, 2, 3):
        locks.note(f"account-{number}", NOW + number)
    restarted = [Locks(file, NOW + 10.0, most=2) for _ in range(2)]
    for each in (locks, *restarted):
        assert each.asks("account-1", NOW + 1.0)
        # Who was never locked is asked too: that costs them a sign-in, and lets nobody in.
        assert each.asks("account-4", NOW)
        assert not each.asks("account-4", NOW + 1.5)
        assert each.asks("account-3", NOW + 2.5)


def test_a_file_that_is_none_is_told_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "store.locked"
    file.write_text("no time\n")
    with pytest.raises(StoreError, match="expected a time"):
        Locks(file, NOW)
    with pytest.raises(StoreError, match="nowhere"):
        Locks(tmp_path / "nowhere" / "store.locked", NOW)


def test_a_disk_that_takes_nothing_is_told_and_the_lock_holds_until_then(tmp_path: Path) -> None:
    file = tmp_path / "store.locked"
    locks = Locks(file, NOW)
    file.unlink()
    file.mkdir()
    with capture_logs() as lines:
        locks.note("account-1", NOW)
    assert locks.asks("account-1", NOW - 1.0)
    assert [(line["event"], line["reason"]) for line in lines] == [("lock_not_kept", "Is a directory")]
