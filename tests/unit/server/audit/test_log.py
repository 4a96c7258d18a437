"""The log goes on where it ended, puts aside what a crash left, and refuses what was tampered with."""

import errno
import os
from pathlib import Path

import pytest

from server.audit.log import KEY_FILE, SUBJECT_FILE, Log
from server.audit.record import decode
from server.audit.subjects import Subjects
from server.audit.verify import CHECKPOINT_FILE, LOG_FILE, verify
from server.audit.witness import FileWitness
from server.errors import AuditStartError
from tests.support.audit import BEGAN, another_key, lines_of, make_log, rewrite, some_record
from tests.support.disk import owned_by


def reopen(folder: Path) -> Log:
    return Log.open(folder, BEGAN)


def finish(log: Log) -> None:
    if log.signed < log.size:
        log.checkpoint(BEGAN)
    log.close()


def test_a_new_log_names_itself_and_its_key(tmp_path: Path) -> None:
    make_log(tmp_path / "audit")
    found = verify(tmp_path / "audit")
    assert (found.tree.size, found.signed, found.checkpoints) == (6, 6, 3)
    first = decode(lines_of(tmp_path / "audit")[0][65:-1])
    assert first.action == "log_created"
    assert first.detail == {"format": 1, "key": found.key, "log": found.log_id}
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "audit").iterdir()} == {0o600}


def test_what_is_made_in_a_folder_is_its_owners(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = owned_by(monkeypatch, {tmp_path: 1001})
    log = reopen(tmp_path)
    log.close()
    Subjects(tmp_path / SUBJECT_FILE).close()
    FileWitness(tmp_path / "witness").send(b"1\n")
    assert given == dict.fromkeys((LOG_FILE, CHECKPOINT_FILE, KEY_FILE, SUBJECT_FILE, "witness"), 1001)
    given.clear()
    with (tmp_path / LOG_FILE).open("ab") as file:
        file.write(b"torn")
    reopen(tmp_path).close()
    assert list(given.values()) == [1001]


def test_it_goes_on_where_it_ended(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit")
    log = reopen(folder)
    log.append([some_record(log.size)])
    log.sync()
    finish(log)
    found = verify(folder)
    assert (found.tree.size, found.signed) == (8, 8)
    assert decode(lines_of(folder)[6][65:-1]).action == "log_opened"


def test_each_run_signs_as_it_begins(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit")
    reopen(folder).close()
    found = verify(folder)
    assert (found.tree.size, found.signed, found.checkpoints) == (7, 7, 4)


def test_a_log_whose_checkpoints_were_taken_away_is_gone_on_with_by_nobody(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit", apart=61)
    (folder / CHECKPOINT_FILE).write_bytes(b"")
    before = (folder / LOG_FILE).read_bytes()
    with pytest.raises(AuditStartError, match="checkpoints are missing"):
        reopen(folder)
    assert (folder / LOG_FILE).read_bytes() == before


def test_two_servers_cannot_write_it(tmp_path: Path) -> None:
    log = reopen(tmp_path)
    with pytest.raises(AuditStartError, match="another server"):
        reopen(tmp_path)
    log.close()
    reopen(tmp_path).close()


@pytest.mark.parametrize("torn", [b"0123", b"\0" * 100, b"nothing that\nis a record\n"])
def test_what_a_crash_left_unsigned_is_put_aside(tmp_path: Path, torn: bytes) -> None:
    folder = make_log(tmp_path / "audit")
    log = reopen(folder)
    log.append([some_record(log.size)])
    log.close()
    with (folder / LOG_FILE).open("ab") as file:
        file.write(torn)
    with (folder / CHECKPOINT_FILE).open("ab") as file:
        file.write(b"half")
    log = reopen(folder)
    assert decode(lines_of(folder)[8][65:-1]).detail == {"bytes_put_aside": len(torn) + 4}
    finish(log)
    assert verify(folder).tree.size == 9
    aside = list(folder.glob("*.put-aside-*"))
    assert sorted(file.read_bytes() for file in aside) == sorted([torn, b"half"])
    assert {file.stat().st_mode & 0o777 for file in aside} == {0o600}


def test_what_two_crashes_left_at_the_same_place_is_kept_of_both(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit")
    before = {name: (folder / name).read_bytes() for name in (LOG_FILE, CHECKPOINT_FILE)}
    for torn in (b"first", b"second"):
        for name, content in before.items():
            (folder / name).write_bytes(content)
        with (folder / LOG_FILE).open("ab") as file:
            file.write(torn)
        reopen(folder).close()
    assert sorted(file.read_bytes() for file in folder.glob("*.put-aside-*")) == [b"first", b"second"]


@pytest.mark.parametrize("file", [LOG_FILE, CHECKPOINT_FILE])
def test_what_was_signed_and_changed_is_gone_on_with_by_nobody(tmp_path: Path, file: str) -> None:
    folder = make_log(tmp_path / "audit")
    data = bytearray((folder / file).read_bytes())
    data[200] ^= 1
    (folder / file).write_bytes(data)
    with pytest.raises(AuditStartError, match=f"does not verify: {file}: record "):
        reopen(folder)


def test_a_log_cut_to_nothing_is_not_begun_anew(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit")
    (folder / LOG_FILE).write_bytes(b"")
    with pytest.raises(AuditStartError, match="does not verify"):
        reopen(folder)


def test_a_log_of_another_key_is_gone_on_with_by_nobody(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit")
    rewrite(folder, 2, another_key())
    with pytest.raises(AuditStartError, match="did not sign"):
        reopen(folder)
    (folder / KEY_FILE).unlink()
    with pytest.raises(AuditStartError, match="key of this audit log is missing"):
        reopen(folder)


def test_a_place_that_is_no_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(AuditStartError, match="expected a folder"):
        reopen(tmp_path / "file")


def test_a_disk_that_takes_nothing_is_the_callers_to_handle(tmp_path: Path) -> None:
    log = reopen(tmp_path)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, log._log)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        log.append([some_record(log.size)])
    log.close()
    os.close(full)
