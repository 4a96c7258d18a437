"""The verifier names the place: each byte, each record, each way of going behind the log's back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from server.audit import checkpoint, record
from server.audit.checkpoint import Signer
from server.audit.log import KEY_FILE, Log
from server.audit.verify import CHECKPOINT_FILE, LOG_FILE, WITNESS, AuditFault, Walk, verify
from tests.support.audit import (
    BEGAN,
    another_key,
    copy_of,
    lines_of,
    make_log,
    offset,
    own_key,
    rewrite,
    some_record,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_log(tmp_path / "audit")


@pytest.fixture
def witness(folder: Path, tmp_path: Path) -> Path:
    file = tmp_path / "witness"
    file.write_bytes((folder / CHECKPOINT_FILE).read_bytes())
    return file


def test_a_witness_that_was_told_twice_saw_the_same(folder: Path, witness: Path) -> None:
    lines = witness.read_bytes().splitlines(keepends=True)
    witness.write_bytes(b"".join(line * 2 for line in lines))
    assert verify(folder, witness=witness).witnessed == 6
    witness.write_bytes(b"".join(lines + lines[:1]))
    assert place(fault_of(folder, witness=witness)) == (WITNESS, len(lines), len(b"".join(lines)))
    (folder / CHECKPOINT_FILE).write_bytes(b"".join(lines[:1] + lines))
    assert fault_of(folder).file == CHECKPOINT_FILE


def fault_of(folder: Path, *, witness: Path | None = None, key: str | None = None) -> AuditFault:
    with pytest.raises(AuditFault) as caught:
        verify(folder, witness=witness, key=key)
    return caught.value


def place(fault: AuditFault) -> tuple[str, int, int]:
    return fault.file, fault.record, fault.offset


def flips(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each byte changed, in one bit and then another, so that case and digits are among the changes."""
    for at in range(len(data)):
        for bit in (0x01, 0x20, 0x80):
            yield at, data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :]


def record_at(lines: list[bytes], at: int) -> int:
    number = 0
    while offset(lines, number + 1) <= at:
        number += 1
    return number


def check_flips(folder: Path, file: str) -> int:
    """Flip each byte of a file; how many of the changes the verifier placed, which must be all of them."""
    data, lines = (folder / file).read_bytes(), lines_of(folder, file)
    placed = 0
    for at, changed in flips(data):
        (folder / file).write_bytes(changed)
        number = record_at(lines, at)
        assert place(fault_of(folder)) == (file, number, offset(lines, number)), f"byte {at}"
        placed += 1
    (folder / file).write_bytes(data)
    verify(folder)
    return placed


def test_each_byte_of_the_log_that_is_flipped(folder: Path) -> None:
    assert check_flips(folder, LOG_FILE) > 3_000


def test_each_byte_of_the_checkpoints_that_is_flipped(folder: Path) -> None:
    assert check_flips(folder, CHECKPOINT_FILE) > 1_000


@pytest.mark.parametrize("file", [LOG_FILE, CHECKPOINT_FILE])
def test_each_record_that_is_deleted_doubled_or_out_of_order(folder: Path, file: str) -> None:
    lines = lines_of(folder, file)
    for number in range(len(lines)):
        less = lines[:number] + lines[number + 1 :]
        more = lines[: number + 1] + lines[number:]
        swapped = [*lines[:number], *reversed(lines[number : number + 2]), *lines[number + 2 :]]
        last = number == len(lines) - 1
        # Without its last checkpoint, it is the first record that this one alone covered.
        deleted = (LOG_FILE, 4, offset(lines_of(folder), 4)) if last and file == CHECKPOINT_FILE else None
        for damaged, where in ((less, number), (more, number + 1), (swapped, number)):
            if damaged == lines:
                continue
            (folder / file).write_bytes(b"".join(damaged))
            expected = (file, where, offset(damaged, where))
            assert place(fault_of(folder)) == (deleted if damaged is less and deleted else expected)


def test_the_log_cut_at_every_byte(folder: Path) -> None:
    data, lines = (folder / LOG_FILE).read_bytes(), lines_of(folder)
    for size in range(len(data)):
        (folder / LOG_FILE).write_bytes(data[:size])
        number = record_at(lines, size)
        assert place(fault_of(folder)) == (LOG_FILE, number, offset(lines, number)), f"cut to {size} bytes"


def test_the_checkpoints_cut_at_every_byte(folder: Path) -> None:
    data, lines = (folder / CHECKPOINT_FILE).read_bytes(), lines_of(folder, CHECKPOINT_FILE)
    for size in range(len(data)):
        (folder / CHECKPOINT_FILE).write_bytes(data[:size])
        number = record_at(lines, size)
        fault = fault_of(folder)
        if size == offset(lines, number):
            # Between two lines nothing of the file is wrong: the records beyond are not signed.
            since = [0, 1, 4][number]
            assert place(fault) == (LOG_FILE, since, offset(lines_of(folder), since))
            assert "no checkpoint covers" in fault.what
        else:
            assert place(fault) == (CHECKPOINT_FILE, number, offset(lines, number))


def cut_both(folder: Path) -> None:
    (folder / LOG_FILE).write_bytes(b"".join(lines_of(folder)[:4]))
    (folder / CHECKPOINT_FILE).write_bytes(b"".join(lines_of(folder, CHECKPOINT_FILE)[:2]))


def test_log_and_checkpoints_cut_together_are_seen_by_the_witness_alone(folder: Path, witness: Path) -> None:
    end = offset(lines_of(folder), 4)
    cut_both(folder)
    assert verify(folder).tree.size == 4
    fault = fault_of(folder, witness=witness)
    assert place(fault) == (LOG_FILE, 4, end)
    assert "the witness saw 6 records" in fault.what


@pytest.mark.parametrize("since", range(1, 6))
def test_a_tail_rewritten_and_signed_by_another_key(folder: Path, since: int) -> None:
    rewrite(folder, since, another_key())
    first = [size for size in (1, 4, 6) if size <= since]
    lines = lines_of(folder, CHECKPOINT_FILE)
    fault = fault_of(folder)
    assert place(fault) == (CHECKPOINT_FILE, len(first), offset(lines, len(first)))
    assert "did not sign" in fault.what


@pytest.mark.parametrize("since", range(1, 6))
def test_a_tail_rewritten_and_not_signed_anew(folder: Path, since: int) -> None:
    signed = (folder / CHECKPOINT_FILE).read_bytes()
    rewrite(folder, since, own_key(folder))
    (folder / CHECKPOINT_FILE).write_bytes(signed)
    covered = max(size for size in (1, 4) if size <= since)
    fault = fault_of(folder)
    assert place(fault) == (LOG_FILE, covered, offset(lines_of(folder), covered))
    assert "not the records that were signed" in fault.what


@pytest.mark.parametrize("since", range(1, 6))
def test_a_fork_under_the_same_key_is_seen_by_the_witness_alone(folder: Path, witness: Path, since: int) -> None:
    rewrite(folder, since, own_key(folder))
    verify(folder)
    covered = max(size for size in (1, 4) if size <= since)
    fault = fault_of(folder, witness=witness)
    assert place(fault) == (LOG_FILE, covered, offset(lines_of(folder), covered))
    assert "forked" in fault.what


def begin_anew(folder: Path) -> str:
    """Make a whole other log under another key in its place; that key."""
    for file in folder.iterdir():
        file.unlink()
    make_log(folder)
    return own_key(folder).public


def test_a_log_swapped_for_one_of_another_key(folder: Path, witness: Path) -> None:
    expected = own_key(folder).public
    verify(folder, key=expected, witness=witness)
    begin_anew(folder)
    verify(folder)
    assert place(fault_of(folder, key=expected)) == (LOG_FILE, 0, 0)
    fault = fault_of(folder, witness=witness)
    assert place(fault) == (WITNESS, 0, 0)
    assert "did not sign" in fault.what


def test_the_key_file_swapped(folder: Path) -> None:
    (folder / KEY_FILE).unlink()
    swapped = Signer.make(folder / KEY_FILE)
    lines = lines_of(folder, CHECKPOINT_FILE)
    rewrite(folder, 4, swapped)
    assert place(fault_of(folder)) == (CHECKPOINT_FILE, 2, offset(lines, 2))


def test_checkpoints_of_another_log_under_the_same_key(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / KEY_FILE).touch(0o600)
    (other / KEY_FILE).write_bytes((folder / KEY_FILE).read_bytes())
    make_log(other)
    fault = fault_of(folder, witness=other / CHECKPOINT_FILE)
    assert place(fault) == (WITNESS, 0, 0)
    assert "another log" in fault.what


def test_a_witness_that_missed_some_serves(folder: Path, witness: Path) -> None:
    lines = lines_of(folder, CHECKPOINT_FILE)
    witness.write_bytes(lines[0] + lines[2])
    found = verify(folder, witness=witness)
    assert (found.witnessed, found.checkpoints) == (6, 3)


@pytest.mark.parametrize("said", ["root", "head"])
def test_a_checkpoint_of_the_right_key_that_says_another_root_or_head(folder: Path, said: str) -> None:
    """Each of the two is held to the records by itself."""
    signer, lines = own_key(folder), lines_of(folder, CHECKPOINT_FILE)
    wrong = msgspec.structs.replace(checkpoint.read_line(lines[-1], signer.public), **{said: "0" * 64})
    (folder / CHECKPOINT_FILE).write_bytes(b"".join(lines[:-1]) + signer.line_of(wrong))
    assert place(fault_of(folder)) == (LOG_FILE, 4, offset(lines_of(folder), 4))


@pytest.mark.parametrize(("order", "at"), [((1, 0, 2), 1), ((0, 2, 1), 2)])
def test_a_witness_whose_lines_are_out_of_order(folder: Path, witness: Path, order: tuple[int, ...], at: int) -> None:
    lines = lines_of(folder, CHECKPOINT_FILE)
    told = [lines[number] for number in order]
    witness.write_bytes(b"".join(told))
    assert place(fault_of(folder, witness=witness)) == (WITNESS, at, offset(told, at))


def test_a_copy_of_a_running_log_may_end_unsigned(folder: Path) -> None:
    log = Log.open(folder, BEGAN)
    log.append([some_record(log.size)])
    log.close()
    assert verify(folder, live=True).signed == 7
    assert place(fault_of(folder)) == (LOG_FILE, 7, offset(lines_of(folder), 7))


def test_the_last_record_of_a_running_log_may_be_half_written_while_nothing_signed_is_missing(folder: Path) -> None:
    lines = lines_of(folder)
    log = Log.open(folder, BEGAN)
    log.append([some_record(log.size)])
    log.close()
    whole = (folder / LOG_FILE).read_bytes()
    (folder / LOG_FILE).write_bytes(whole[:-1])
    found = verify(folder, live=True)
    assert (found.tree.size, found.signed) == (7, 7)
    with pytest.raises(AuditFault, match="cut short"):
        verify(folder)
    (folder / LOG_FILE).write_bytes(whole[:-1] + b" " + b"x" * record.LINE_BYTES_MAX)
    with pytest.raises(AuditFault, match="so long"):
        verify(folder, live=True)
    # The last that was signed is not.
    (folder / LOG_FILE).write_bytes(b"".join(lines)[:-1])
    with pytest.raises(AuditFault, match="cut short"):
        verify(folder, live=True)


@pytest.mark.parametrize("left", [0, 1])
def test_checkpoints_that_were_taken_away_are_missed_of_a_running_server_too(tmp_path: Path, left: int) -> None:
    """Whoever writes the records anew and has no key can only leave them unsigned."""
    folder = make_log(tmp_path / "audit", apart=61)
    kept = lines_of(folder, CHECKPOINT_FILE)[:left]
    (folder / CHECKPOINT_FILE).write_bytes(b"".join(kept))
    with pytest.raises(AuditFault, match="checkpoints are missing") as caught:
        verify(folder, live=True)
    assert place(caught.value) == (CHECKPOINT_FILE, left, offset(kept, left))


def test_runs_that_ended_before_they_signed_are_no_fault(folder: Path) -> None:
    log = Log.open(folder, BEGAN)
    log.append([some_record(log.size)])
    for run in range(3):
        later = record.time_text(BEGAN + (run + 1) * 3_600_000_000_000)
        log.append([record.Record(number=log.size, time=later, action=record.OPENED_AGAIN)])
    log.close()
    assert verify(folder, live=True).tree.size == 11


def test_what_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify(folder, witness=tmp_path / "none")
    (folder / CHECKPOINT_FILE).unlink()
    assert place(fault_of(folder)) == (CHECKPOINT_FILE, 0, 0)
    assert place(fault_of(tmp_path / "nowhere")) == (LOG_FILE, 0, 0)


def test_a_first_record_that_names_no_log(folder: Path) -> None:
    body = record.encode(some_record(0))
    (folder / LOG_FILE).write_bytes(record.line_of(record.chain_hash(record.BEFORE_FIRST, body), body))
    assert "which log this is" in fault_of(folder).what


# The checks above prove themselves: with any one guard of the verifier removed, one of them fails. --------------------


def _nothing(*_: object) -> None:
    """A check that checks nothing."""


def without_chain(patch: pytest.MonkeyPatch) -> None:
    def read(self: Walk, line: bytes, number: int) -> tuple[record.Record, bytes, bytes]:
        body = line[65:-1]
        try:
            return record.decode(body), body, bytes.fromhex(line[:64].decode())
        except ValueError:
            raise self._fault("unreadable") from None

    patch.setattr(Walk, "_read", read)


def without_signatures(patch: pytest.MonkeyPatch) -> None:
    def read(line: bytes, public: str) -> checkpoint.Checkpoint:
        return checkpoint._decoder.decode(line[checkpoint.SIGNATURE_HEX + 1 : -1])

    patch.setattr(checkpoint, "read_line", read)


def without_roots(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Walk, "_compare", _nothing)


def without_ends(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Walk, "_demand_end", _nothing)


def without_recent(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Walk, "_demand_recent", _nothing)


def forked(folder: Path) -> None:
    rewrite(folder, 4, own_key(folder))


def signed_by_another(folder: Path) -> None:
    rewrite(folder, 4, another_key())


def flipped(folder: Path) -> None:
    data = bytearray((folder / LOG_FILE).read_bytes())
    data[offset(lines_of(folder), 2) + 66 + data[offset(lines_of(folder), 2) + 66 :].index(b"consult-1")] ^= 1
    (folder / LOG_FILE).write_bytes(data)


Guard = Callable[[pytest.MonkeyPatch], None]
Damage = Callable[[Path], None]


@pytest.mark.unguarded
@pytest.mark.parametrize(
    ("removed", "damage"),
    [
        ((without_chain, without_roots), flipped),
        ((without_signatures,), signed_by_another),
        ((without_roots,), forked),
        ((without_ends,), cut_both),
    ],
)
def test_each_guard_is_what_finds_the_damage(
    folder: Path, witness: Path, tmp_path: Path, removed: tuple[Guard, ...], damage: Damage
) -> None:
    seen = witness if damage in {forked, cut_both} else None
    damaged = copy_of(folder, tmp_path / "damaged")
    damage(damaged)
    fault_of(damaged, witness=seen)
    with pytest.MonkeyPatch.context() as patch:
        for guard in removed:
            guard(patch)
        # `fault_of` fails here, as a test would: nothing is raised any more.
        with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
            fault_of(damaged, witness=seen)


@pytest.mark.unguarded
def test_that_checkpoints_were_taken_away_is_found_by_one_guard_alone(tmp_path: Path) -> None:
    folder = make_log(tmp_path / "audit", apart=61)
    (folder / CHECKPOINT_FILE).write_bytes(lines_of(folder, CHECKPOINT_FILE)[0])
    with pytest.raises(AuditFault, match="checkpoints are missing"):
        verify(folder, live=True)
    with pytest.MonkeyPatch.context() as patch:
        without_recent(patch)
        assert verify(folder, live=True).signed == 1
