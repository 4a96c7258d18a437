"""A copy that is restored brings nothing back that was taken back since, by real files and the commands themselves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec
import pytest
from structlog.testing import capture_logs

from server.audit.record import decode
from server.commands import restoring
from server.errors import StoreError
from server.features.consent.book import key_of
from server.identity import erasures
from server.identity.house_key import HouseKey
from server.identity.revocations import Revocations
from server.store.writing import OpenedRoom
from server.world.auditing import Action, AuditEvent
from tests.support.audit import lines_of
from tests.support.restored_clinic import ANN, BO, CY, NO, VISIT, YES, Clinic, consent, invitation, words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
async def clinic(tmp_path: Path) -> Clinic:
    """A clinic of yesterday, of which there is a copy."""
    clinic = Clinic(tmp_path)
    HouseKey().keep_beside(clinic.store)
    await clinic.write(
        OpenedRoom(id=VISIT, type="consult", name="Visit 1"),
        invitation("i1"),
        invitation("i2"),
        consent(ANN, "record_motion", YES),
        consent(BO, "record_motion", YES),
        consent(BO, "research", YES),
        words(ANN, b"ann's words", 1),
        words(BO, b"bo's words", 2),
    )
    clinic.audited(
        AuditEvent(action=Action.JOINED, subject=ANN, room="ward"),
        AuditEvent(action=Action.JOINED, subject=BO, room="ward"),
    )
    clinic.backup()
    return clinic


async def change(clinic: Clinic) -> None:
    """What happens after the copy: taken back, used up, withdrawn, given; a guest withdraws, which is kept nowhere."""
    await clinic.write(
        invitation("i1", revoked=True),
        invitation("i2", used=1),
        consent(BO, "record_motion", NO),
        consent(BO, "treat", NO),
        consent(BO, "observe", NO, VISIT),
        consent(BO, "research", NO),
        consent(BO, "research", YES),
    )
    clinic.audited(
        AuditEvent(action=Action.INVITATION_REVOKED, detail={"invitation": "i1"}),
        AuditEvent(action=Action.TICKET_ISSUED, subject="invited-1", detail={"invitation": "i2"}),
        AuditEvent(action=Action.CONSENT_WITHDRAWN, subject=BO, room="ward", detail={"purpose": "record_motion"}),
        AuditEvent(action=Action.CONSENT_WITHDRAWN, subject=BO, room="ward", detail={"purpose": "treat"}),
        AuditEvent(action=Action.CONSENT_WITHDRAWN, subject=BO, room=VISIT, detail={"purpose": "observe"}),
        AuditEvent(action=Action.CONSENT_WITHDRAWN, subject=BO, room="consult-gone", detail={"purpose": "observe"}),
        AuditEvent(action=Action.CONSENT_WITHDRAWN, subject="guest-1", room="ward", detail={"purpose": "observe"}),
        AuditEvent(action=Action.CONSENT_WITHDRAWN, subject=BO, room="ward", detail={"purpose": "research"}),
        AuditEvent(action=Action.CONSENT_GIVEN, subject=BO, room="ward", detail={"purpose": "research"}),
    )


async def taken_back(clinic: Clinic, ann: bool | None = True) -> bool:
    return (
        await clinic.invitations() == {"i1": (0, True), "i2": (1, False)}
        and (await clinic.given(BO, "record_motion"), await clinic.given(BO, "treat")) == (False, False)
        and (await clinic.given(BO, "observe", VISIT), await clinic.given(BO, "observe")) == (False, None)
        # What was given when the copy was made and is given now stays so.
        and (await clinic.given(BO, "research"), await clinic.given(ANN, "record_motion")) == (True, ann)
        and await clinic.given(BO, "observe", "consult-gone") is None
    )


def gone(clinic: Clinic) -> None:
    for end in ("", "-wal", "-shm"):
        clinic.beside(end).unlink(missing_ok=True)


def damaged(clinic: Clinic) -> None:
    clinic.store.write_bytes(b"no database" * 1000)


def without_log(clinic: Clinic) -> None:
    for file in clinic.audit.iterdir():
        file.unlink()
    clinic.begin_log()


def nothing(clinic: Clinic) -> None:
    pass


@pytest.mark.parametrize("lost", [nothing, gone, without_log])
async def test_what_was_taken_back_since_stays_so(clinic: Clinic, lost: Callable[[Clinic], None]) -> None:
    await change(clinic)
    lost(clinic)
    taken, unknown = clinic.restore()
    assert taken == ["1 invitation, and uses of 1", "3 consents"]
    assert await taken_back(clinic)
    assert unknown == (["revocations"] if lost is without_log else [])
    clinic.verify()
    # And again, over what was restored.
    clinic.restore()
    assert await taken_back(clinic)


@pytest.mark.unguarded
@pytest.mark.parametrize("guard", ["erase_again", "revoke_again", "withdraw_again"])
async def test_without_taking_back_again_it_is_noticed(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    clinic.do("audit", "erase", ANN)
    await change(clinic)
    monkeypatch.setattr(restoring, guard, lambda *_: None)
    clinic.restore()
    if guard == "erase_again":
        assert holders(clinic, ANN, "ann's words") != []
    else:
        assert not await taken_back(clinic, ann=None)


async def begun_anew(clinic: Clinic, rows: int) -> None:
    gone(clinic)
    without_log(clinic)
    await clinic.write(invitation("i9"), *(words(CY, b"cy's words", number) for number in range(1, rows + 1)))


@pytest.mark.parametrize("rows", [0, 1, 50])
async def test_a_store_that_was_begun_anew_is_not_taken_for_what_happened(clinic: Clinic, rows: int) -> None:
    await change(clinic)
    await begun_anew(clinic, rows)
    taken, unknown = clinic.restore()
    assert (taken, unknown) == ([], ["invitations", "consents", "erasures", "revocations"])
    assert await clinic.invitations() == {"i1": (0, False), "i2": (0, False)}


async def test_what_was_restored_without_knowing_is_no_witness_for_another_copy(clinic: Clinic) -> None:
    """Both copies are of one store; what was taken back after both is in neither, nor in what was made of one."""
    first, clinic.copy = clinic.copy, clinic.folder / "later"
    await clinic.write(words(CY, b"cy's words", 9))
    clinic.backup()
    await change(clinic)
    gone(clinic)
    without_log(clinic)
    later, clinic.copy = clinic.copy, first
    assert clinic.restore()[1] == ["invitations", "consents", "erasures", "revocations"]
    without_log(clinic)
    await clinic.write(*(words(CY, b"more of cy", number) for number in range(1, 51)))
    clinic.copy = later
    assert clinic.restore()[1] == ["invitations", "consents", "erasures", "revocations"]


async def test_on_another_machine_it_is_told_what_cannot_be_known(clinic: Clinic, tmp_path: Path) -> None:
    await change(clinic)
    (tmp_path / "elsewhere").mkdir()
    elsewhere = Clinic(tmp_path / "elsewhere")
    elsewhere.copy = clinic.copy
    elsewhere.begin_log()
    assert elsewhere.restore() == ([], ["invitations", "consents", "erasures", "revocations"])
    # Said in words, with what to do: nothing is called done that is not.
    assert await elsewhere.invitations() == {"i1": (0, False), "i2": (0, False)}
    elsewhere.verify()


def holders(clinic: Clinic, *traces: str) -> list[str]:
    return [
        f"{file.name}: {trace}"
        for file in clinic.folder.rglob("*")
        for trace in traces
        if file.is_file() and file != clinic.copy and trace.encode() in file.read_bytes()
    ]


@pytest.mark.parametrize("lost", [nothing, gone, without_log, damaged])
async def test_who_was_erased_since_is_in_no_byte_of_the_restored_store(
    clinic: Clinic, lost: Callable[[Clinic], None]
) -> None:
    clinic.do("audit", "erase", ANN)
    lost(clinic)
    traces = (ANN, "ann's words", key_of(ANN, "record_motion"))
    assert all(trace.encode() in clinic.copy.read_bytes() for trace in traces)
    taken, unknown = clinic.restore()
    assert (taken[0], "erasures" in unknown) == ("1 erasure of people, 3 rows", False)
    assert holders(clinic, *traces) == []
    kept = await clinic.kept()
    assert [line.value for line in kept.lines["chat"]] == [b"bo's words"]
    assert await clinic.given(BO, "record_motion")
    clinic.verify()
    # What was erased once is not erased from what the same person writes afterwards.
    await clinic.write(words(ANN, b"I am back", 9))
    clinic.copy = clinic.folder / "later"
    clinic.backup()
    assert clinic.restore()[0] == []
    assert [line.value for line in (await clinic.kept()).lines["chat"]] == [b"bo's words", b"I am back"]


async def test_a_store_of_an_older_day_brings_nobody_back_who_was_erased(clinic: Clinic) -> None:
    await clinic.write(consent(ANN, "record_motion", NO))
    older = clinic.store.read_bytes()
    clinic.do("audit", "erase", ANN)
    # Put there by hand, and not by `restore`.
    clinic.store.write_bytes(older)
    clinic.restore()
    assert holders(clinic, ANN) == []
    # Who came back since, and said no, is not taken for who was erased.
    await clinic.write(consent(ANN, "record_motion", NO))
    clinic.restore()
    assert await clinic.given(ANN, "record_motion") is False


@pytest.mark.parametrize("author", [ANN, CY])
async def test_an_invitation_of_who_was_erased_is_nobodys_in_the_restored_store(clinic: Clinic, author: str) -> None:
    key = HouseKey()
    key.take_from(clinic.store)
    await clinic.write(msgspec.structs.replace(invitation("i3"), issuer=key.tag(author)))
    clinic.copy = clinic.folder / "later"
    clinic.backup()
    clinic.do("audit", "erase", author)
    if author == ANN:
        # What she wrote tells that they are hers, without the store that was replaced.
        gone(clinic)
    assert holders(clinic, key.tag(author)) == []
    clinic.restore()
    assert holders(clinic, key.tag(author)) == []
    assert (await clinic.invitations())["i3"] == (0, False)


async def test_a_copy_that_was_given_to_the_erasure_needs_nothing_more(clinic: Clinic) -> None:
    clinic.do("audit", "erase", ANN, "--copy", clinic.copy)
    assert clinic.restore() == ([], [])
    assert holders(clinic, ANN) == []


async def test_somebody_of_whom_only_a_copy_has_anything_is_left_out_of_it(clinic: Clinic) -> None:
    gone(clinic)
    without_log(clinic)
    await clinic.write()
    clinic.audited(AuditEvent(action=Action.JOINED, subject=BO))
    _, error = clinic.do("audit", "erase", ANN, status=1)
    assert error.startswith("nothing of this subject is kept, so nothing was changed and nothing noted")
    assert not clinic.beside(".erased").exists()
    clinic.do("audit", "erase", ANN, "--copy", clinic.copy)
    clinic.restore()
    assert holders(clinic, ANN) == []


@pytest.mark.parametrize(("end", "told"), [(".house-key", "Put that key back"), (".erased", "Put that file back")])
async def test_an_erasure_that_cannot_be_done_again_is_told(clinic: Clinic, end: str, told: str) -> None:
    clinic.do("audit", "erase", ANN)
    clinic.do("audit", "erase", BO)
    file = clinic.beside(end)
    kept = file.read_bytes()
    file.unlink()
    _, warned = clinic.do("restore", clinic.copy)
    assert warned.startswith(f"not taken back again: erasures: {'of 2' if end == '.house-key' else '2 done since'}")
    assert told in warned
    assert holders(clinic, "ann's words") == ["store.sqlite3: ann's words"]
    # Doing what it says serves.
    file.write_bytes(kept)
    file.chmod(0o600)
    assert clinic.restore() == (["2 erasures of people, 7 rows"], [])
    assert holders(clinic, "ann's words", "bo's words") == []


def test_no_file_tells_whom_an_erasure_was_of(clinic: Clinic) -> None:
    clinic.do("audit", "erase", ANN)
    file = clinic.beside(".erased")
    (line,) = file.read_text().splitlines()
    assert ANN not in line
    assert file.stat().st_mode & 0o777 == 0o600
    # The same person once more, and somebody else by the same id: no two lines tell of each other.
    clinic.do("audit", "erase", ANN, status=1)
    again = file.read_text().splitlines()[1]
    key = HouseKey()
    key.keep_beside(clinic.store)
    assert set(line.split()) & set(again.split()) <= {line.split()[0], key.id}
    assert holders(clinic, ANN) == []


def test_a_file_that_is_no_list_of_erasures_is_told_and_nothing_is_restored(clinic: Clinic) -> None:
    clinic.beside(".erased").write_text("ann\n")
    before = clinic.store.read_bytes()
    _, error = clinic.do("restore", clinic.copy, status=1)
    assert error == (
        f"{clinic.beside('.erased')}, line 1: expected a time, an id, a key's id and a tag in each line,"
        " got something else\n"
    )
    assert clinic.store.read_bytes() == before
    clinic.beside(".erased").unlink()
    clinic.beside(".erased").mkdir()
    assert "expected a regular file" in clinic.do("audit", "erase", ANN, status=1)[1]


def test_an_erasure_that_cannot_be_noted_is_not_done(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    key = HouseKey()
    with pytest.raises(StoreError, match="No space left"):
        erasures.Erasures(clinic.store, key, 0.0).note(ANN, 0.0)


async def test_a_list_of_revocations_that_was_lost_comes_back_from_the_audit_log(clinic: Clinic) -> None:
    clinic.audited(
        AuditEvent(action=Action.ACCESS_REVOKED, about=(ANN,)), AuditEvent(action=Action.ACCESS_REVOKED, about=(BO,))
    )
    revocations = Revocations(clinic.beside(".revoked"), time.time())
    revocations.revoke(BO, time.time())
    await revocations.keep(BO)
    taken, unknown = clinic.restore()
    assert (taken, unknown) == (["access of 1 person, which the list of revocations had lost"], [])
    kept = Revocations(clinic.beside(".revoked"), time.time())
    assert kept.voids(ANN, time.time() - 60.0)
    assert kept.voids(BO, time.time() - 60.0)
    assert not kept.voids(ANN, time.time() + 60.0)
    assert clinic.restore() == ([], [])


async def test_nothing_was_lost_of_a_list_of_revocations_that_is_whole(clinic: Clinic) -> None:
    revocations = Revocations(clinic.beside(".revoked"), time.time())
    revocations.revoke(ANN, time.time())
    await revocations.keep(ANN)
    # As it is done: the log has it once the file has it, and so with a later time.
    clinic.audited(AuditEvent(action=Action.ACCESS_REVOKED, about=(ANN,)))
    kept = clinic.beside(".revoked").read_bytes()
    assert clinic.restore() == ([], [])
    assert clinic.beside(".revoked").read_bytes() == kept
    # Another one, later, is another: of that the file says nothing.
    clinic.beside(".revoked").write_bytes(kept.replace(kept.split(b" ")[0], b"%.3f" % (time.time() - 60.0)))
    assert clinic.restore() == (["access of 1 person, which the list of revocations had lost"], [])


async def test_people_whose_keys_are_lost_are_counted(clinic: Clinic) -> None:
    clinic.audited(AuditEvent(action=Action.ACCESS_REVOKED, about=(ANN,)))
    for file in clinic.audit.glob("subjects.sqlite3*"):
        file.unlink()
    with capture_logs() as lines:
        assert clinic.restore() == ([], ["people"])
    assert [line["event"] for line in lines] == ["subjects_made"]


async def test_who_restored_is_in_the_log_and_nothing_is_restored_without_it(clinic: Clinic) -> None:
    await change(clinic)
    clinic.restore()
    done = [decode(line[65:-1]) for line in lines_of(clinic.audit)]
    assert [(each.action, each.detail["stage"]) for each in done if "operator" in each.detail] == [
        ("store_copied", "begun"),
        ("store_copied", "ended"),
        ("store_restored", "begun"),
        ("store_restored", "ended"),
    ]
    before = clinic.store.read_bytes()
    (clinic.audit / "signing.pem").unlink()
    for command in (("restore", clinic.copy), ("backup", clinic.folder / "another"), ("audit", "erase", ANN)):
        _, error = clinic.do(*command, status=1)
        assert error.startswith("nothing was done, because it cannot be written down: ")
    assert (clinic.store.read_bytes(), (clinic.folder / "another").exists()) == (before, False)
    assert not clinic.beside(".erased").exists()
