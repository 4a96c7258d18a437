"""Whose tokens are good no more, also after a restart."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.errors import StoreError
from server.identity.revocations import KEPT_SECONDS, Revocations

ANN, BO = "account-ann", "account-bo"
NOW = 1_800_000_000.0


async def keep(revocations: Revocations, subject: str, now: float = NOW) -> None:
    revocations.revoke(subject, now)
    await revocations.keep(subject)


def test_what_was_issued_up_to_then_is_void_and_what_comes_later_is_not() -> None:
    revocations = Revocations()
    assert not revocations.voids(ANN, NOW)
    revocations.revoke(ANN, NOW)
    assert revocations.voids(ANN, NOW)
    assert revocations.voids(ANN, 0.0)
    assert not revocations.voids(ANN, NOW + 1.0)
    assert not revocations.voids(BO, NOW)


async def test_a_restart_forgets_nobody(tmp_path: Path) -> None:
    file = tmp_path / "store.revoked"
    first = Revocations(file, NOW)
    await keep(first, ANN)
    await keep(first, ANN, NOW + 5.0)
    await keep(first, BO)
    again = Revocations(file, NOW + 60.0)
    assert again.voids(ANN, NOW + 5.0)
    assert again.voids(BO, NOW)
    assert file.stat().st_mode & 0o777 == 0o600


async def test_what_was_issued_in_the_same_millisecond_is_void_after_a_restart_too(tmp_path: Path) -> None:
    file = tmp_path / "store.revoked"
    for each in range(1, 10):
        since = NOW + each / 10_000
        await keep(Revocations(file, NOW), ANN, since)
        assert Revocations(file, NOW).voids(ANN, since), each


async def test_what_no_token_outlives_is_forgotten(tmp_path: Path) -> None:
    file = tmp_path / "store.revoked"
    await keep(Revocations(file, NOW), ANN)
    assert not Revocations(file, NOW + KEPT_SECONDS).voids(ANN, NOW)
    assert file.read_text() == ""


async def test_nobodys_subject_is_in_the_file_not_even_from_an_older_server(tmp_path: Path) -> None:
    file = tmp_path / "store.revoked"
    file.write_text(f"{NOW:.3f} {ANN}\n")
    await keep(Revocations(file, NOW), BO)
    assert [name for name in (ANN, BO) if name in file.read_text()] == []
    again = Revocations(file, NOW + 60.0)
    assert again.voids(ANN, NOW)
    assert again.voids(BO, NOW)
    assert file.stat().st_mode & 0o777 == 0o600


async def test_a_file_that_cannot_be_written_anew_keeps_the_server_from_starting(tmp_path: Path) -> None:
    file = tmp_path / "store.revoked"
    await keep(Revocations(file, NOW), ANN)
    file.with_name("store.revoked.part").mkdir()
    with pytest.raises(StoreError, match="directory"):
        Revocations(file, NOW)
    file.with_name("store.revoked.part").rmdir()
    assert Revocations(file, NOW).voids(ANN, NOW)


def test_a_file_that_says_something_else_keeps_the_server_from_starting(tmp_path: Path) -> None:
    file = tmp_path / "store.revoked"
    file.write_text("who knows\n")
    with pytest.raises(StoreError, match="a time and a subject's digest in each line"):
        Revocations(file, NOW)


async def test_a_disk_that_takes_nothing_is_told_and_the_revocation_holds_until_then(tmp_path: Path) -> None:
    revocations = Revocations(tmp_path / "nowhere" / "store.revoked", NOW)
    with capture_logs() as lines, pytest.raises(StoreError):
        await keep(revocations, ANN)
    assert [(line["event"], line["reason"]) for line in lines] == [("revocation_not_kept", "No such file or directory")]
    assert revocations.voids(ANN, NOW)
