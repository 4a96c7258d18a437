"""The auditor writes what it took, signs it in time, and after a failure takes no more."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.audit.log import SUBJECT_FILE, Log
from server.audit.record import Record, decode
from server.audit.subjects import Subjects
from server.audit.verify import LOG_FILE, AuditFault, verify
from server.audit.witness import FileWitness, WitnessPost
from server.audit.writer import AuditWriter
from server.errors import AuditUnavailable
from server.world.auditing import Action, AuditEvent
from tests.support.audit import BEGAN, lines_of

SAID = AuditEvent(action=Action.CHAT_SAID, subject="guest-ann", role="patient", room="lobby", about=("guest-bo",))

SIGNED_SECONDS = 60.0
"""Far more than the second it takes."""


class Auditing:
    """An auditor over a folder, and what it wrote."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.witness = folder.parent / "witness"
        self.log = Log.open(folder, BEGAN)
        self.subjects = Subjects(folder / SUBJECT_FILE)
        self.writer = AuditWriter(
            self.log, self.subjects, WitnessPost(FileWitness(self.witness)), wall=lambda: BEGAN, clock=lambda: 0.0
        )

    @property
    def records(self) -> list[Record]:
        return [decode(line[65:-1]) for line in lines_of(self.folder)]


@pytest.fixture
def auditing(tmp_path: Path) -> Iterator[Auditing]:
    auditing = Auditing(tmp_path / "audit")
    yield auditing
    if not auditing.writer._ended.is_set():
        auditing.writer.close()


async def test_what_is_settled_is_on_the_disk(auditing: Auditing) -> None:
    await auditing.writer.settle(auditing.writer.record(SAID))
    (written,) = auditing.records[1:]
    assert (written.action, written.role, written.room) == ("chat_said", "patient", "lobby")
    ann, bo = auditing.subjects.find("guest-ann"), auditing.subjects.find("guest-bo")
    assert (written.agent, written.about) == (ann, (bo,))
    assert b"guest" not in b"".join(lines_of(auditing.folder))
    await auditing.writer.settle(1)
    assert (auditing.writer.waiting, auditing.writer.records) == (0, 2)


async def test_what_is_settled_was_synced_first(auditing: Auditing, monkeypatch: pytest.MonkeyPatch) -> None:
    """What opens a curtain has to be there after a cut of the power, too."""
    log, sync = auditing.folder / LOG_FILE, os.fsync
    synced: list[tuple[int, int]] = []

    def told(handle: int) -> None:
        sync(handle)
        if os.path.samestat(os.fstat(handle), log.stat()):
            synced.append((log.stat().st_size, auditing.writer.written))

    monkeypatch.setattr(os, "fsync", told)
    await auditing.writer.settle(auditing.writer.record(SAID))
    assert synced == [(log.stat().st_size, 0)]


def test_what_was_taken_is_written_and_signed_at_the_end(auditing: Auditing) -> None:
    for _ in range(2_500):
        auditing.writer.record(SAID)
    auditing.writer.close()
    assert not auditing.writer.available
    found = verify(auditing.folder, witness=auditing.witness)
    assert (found.tree.size, found.signed, found.witnessed) == (2_501, 2_501, 2_501)
    # None is followed by 1,000 that are signed no sooner: the clock stands still, so numbers alone drove it.
    assert found.checkpoints >= 4


async def test_a_record_is_signed_within_a_second(tmp_path: Path) -> None:
    now = [0.0]
    log = Log.open(tmp_path, BEGAN)
    writer = AuditWriter(log, Subjects(tmp_path / SUBJECT_FILE), wall=lambda: BEGAN, clock=lambda: now[0])
    await writer.settle(writer.record(SAID))
    assert writer.unsigned == 1
    now[0] = 1.0
    await writer.settle(writer.record(SAID))
    writer.close()
    assert [line.split(b'"size":')[1][:1] for line in lines_of(tmp_path, "checkpoints")] == [b"1", b"3"]
    assert verify(tmp_path).signed == 3


async def idle_until_signed(folder: Path) -> None:
    """Have one record written that the next second signs, by real clocks, and wait until it is."""
    log = Log.open(folder, BEGAN)
    writer = AuditWriter(log, Subjects(folder / SUBJECT_FILE))
    try:
        while not writer.unsigned:
            await writer.settle(writer.record(SAID))
        async with asyncio.timeout(SIGNED_SECONDS):
            while writer.unsigned:  # noqa: ASYNC110 - it is another thread that signs
                await asyncio.sleep(0.01)
    finally:
        writer.close()


async def test_what_nothing_comes_after_is_signed_too(tmp_path: Path) -> None:
    await idle_until_signed(tmp_path)
    assert verify(tmp_path).signed == verify(tmp_path).tree.size


@pytest.mark.unguarded
async def test_a_writer_that_waits_for_the_next_record_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rest(writer: AuditWriter) -> None:
        writer._wake.wait()
        writer._wake.clear()

    monkeypatch.setattr(AuditWriter, "_rest", rest)
    monkeypatch.setattr(f"{__name__}.SIGNED_SECONDS", 3.0)
    with pytest.raises(TimeoutError):
        await idle_until_signed(tmp_path)


async def test_words_are_sealed(auditing: Auditing) -> None:
    event = AuditEvent(action=Action.EMERGENCY_BEGAN, subject="ann", about=("bo",), text="she does not answer")
    await auditing.writer.settle(auditing.writer.record(event))
    (written,) = auditing.records[1:]
    assert auditing.subjects.unseal(written.sealed, [written.agent, *written.about]) == "she does not answer"
    other = Subjects(auditing.folder / SUBJECT_FILE)
    other.erase("bo")
    assert other.unseal(written.sealed, [written.agent, *written.about]) is None
    other.close()


async def test_an_erasure_is_recorded_and_who_comes_again_is_somebody_new(auditing: Auditing) -> None:
    await auditing.writer.settle(auditing.writer.record(SAID))
    other = Subjects(auditing.folder / SUBJECT_FILE)
    erased = other.erase("guest-ann")
    other.close()
    await auditing.writer.settle(auditing.writer.record(SAID))
    before, erasure, after = auditing.records[1:]
    assert (erasure.action, erasure.about) == ("subject_erased", (erased,))
    assert before.agent == erased != after.agent
    assert before.about == after.about


def test_after_an_erasure_no_store_holds_the_subject_and_the_log_verifies(auditing: Auditing) -> None:
    subject = "guest-3f9ac2e1-searched-for"
    auditing.writer.record(AuditEvent(action=Action.JOINED, subject=subject, text="about " + subject))
    auditing.writer.record(AuditEvent(action=Action.SIGHT_BEGAN, subject="guest-bo", about=(subject,)))
    auditing.writer.close()
    assert holders(auditing.folder, subject) == [SUBJECT_FILE]
    store = Subjects(auditing.folder / SUBJECT_FILE)
    store.erase(subject)
    assert holders(auditing.folder, subject) == []
    store.close()
    assert holders(auditing.folder, subject) == []
    assert verify(auditing.folder, witness=auditing.witness).tree.size == 3


@pytest.mark.unguarded
def test_the_search_for_an_erased_subject_finds_one_that_was_not_overwritten(auditing: Auditing) -> None:
    """The check above proves itself: without the scrubbing, it fails."""
    subject = "guest-3f9ac2e1-searched-for"
    auditing.writer.record(AuditEvent(action=Action.JOINED, subject=subject))
    auditing.writer.close()
    store = Subjects(auditing.folder / SUBJECT_FILE)
    store._run("PRAGMA secure_delete = OFF")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Subjects, "scrub", lambda _: None)
        store.erase(subject)
    assert holders(auditing.folder, subject)
    store.close()


def holders(folder: Path, subject: str) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if subject.encode() in file.read_bytes())


@pytest.mark.parametrize("file", ["_log", "_checkpoints"])
async def test_after_a_write_that_failed_nothing_is_taken(auditing: Auditing, file: str) -> None:
    writer = auditing.writer
    await writer.settle(writer.record(SAID))
    full = os.open("/dev/full", os.O_WRONLY)
    kept = os.dup(getattr(auditing.log, file))
    os.dup2(full, getattr(auditing.log, file))
    writer._clock = lambda: 10.0
    number = writer.record(SAID)
    if file == "_log":
        with pytest.raises(AuditUnavailable):
            await writer.settle(number)
    writer._thread.join()
    assert not writer.available
    # A disk that works again changes nothing.
    os.dup2(kept, getattr(auditing.log, file))
    size = len(lines_of(auditing.folder))
    with pytest.raises(AuditUnavailable):
        await writer.settle(writer.record(SAID))
    assert writer.lost == 1
    writer.close()
    assert len(lines_of(auditing.folder)) == size
    os.close(full)
    os.close(kept)
    assert Log.open(auditing.folder, BEGAN).size == size + 1


@pytest.mark.unguarded
async def test_without_its_guard_a_writer_that_failed_would_go_on(auditing: Auditing) -> None:
    """The check above proves itself: an auditor that tries again writes a log with a hole, which does not verify."""
    writer = auditing.writer
    full = os.open("/dev/full", os.O_WRONLY)
    kept = os.dup(auditing.log._log)
    os.dup2(full, auditing.log._log)
    number = writer.record(SAID)
    with pytest.raises(AuditUnavailable):
        await writer.settle(number)
    os.dup2(kept, auditing.log._log)
    writer._thread.join()
    writer.failed = False
    writer._thread = threading.Thread(target=writer._run)
    writer._thread.start()
    assert writer.available
    writer.record(SAID)
    writer.close()
    os.close(full)
    os.close(kept)
    with pytest.raises(AuditFault):
        verify(auditing.folder)


async def test_a_fault_of_the_writer_is_a_failure_too(auditing: Auditing) -> None:
    auditing.subjects.pseudonym = lambda _: 1 / 0  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(AuditUnavailable):
        await auditing.writer.settle(auditing.writer.record(SAID))
    assert not auditing.writer.available


def test_a_disk_too_far_behind_is_as_good_as_failed(auditing: Auditing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.audit.writer.WAITING_MAX", 3)
    blocked = threading.Event()
    begin = auditing.subjects.begin
    monkeypatch.setattr(auditing.subjects, "begin", lambda: (blocked.wait(10.0), begin())[1])
    for _ in range(10):
        auditing.writer.record(SAID)
    assert not auditing.writer.available
    blocked.set()


async def test_nobody_waits_for_an_auditor_that_ended(auditing: Auditing) -> None:
    auditing.writer.close()
    with pytest.raises(AuditUnavailable):
        await auditing.writer.settle(99)
