"""Whatever is done to the bytes of a log, the verifier names the record in which they first differ."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.audit.verify import CHECKPOINT_FILE, LOG_FILE, AuditFault, verify
from tests.support.audit import lines_of, make_log, offset, own_key, rewrite

BATCHES = st.lists(st.integers(1, 5), min_size=1, max_size=4)
EXAMPLES = 100


@given(batches=BATCHES, data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_first_difference_is_where_the_fault_is(batches: list[int], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = make_log(Path(name), batches=batches)
        before, lines = (folder / LOG_FILE).read_bytes(), lines_of(folder)
        start = data.draw(st.integers(0, len(before)), label="start")
        end = data.draw(st.integers(start, min(len(before), start + 2 * len(lines[0]))), label="end")
        # What is put there: anything, or what stands elsewhere in the log.
        elsewhere = data.draw(st.integers(0, len(before)), label="elsewhere")
        put = data.draw(st.binary(max_size=80) | st.just(before[elsewhere : elsewhere + 400]), label="put")
        after = before[:start] + put + before[end:]
        if after == before:
            assert verify(folder).tree.size == len(lines)
            return
        (folder / LOG_FILE).write_bytes(after)
        with pytest.raises(AuditFault) as caught:
            verify(folder)
        number = first_record_that_differs(lines, after)
        fault = caught.value
        # What is put behind the last record is a record too many.
        assert (fault.file, fault.record, fault.offset) == (LOG_FILE, number, offset(lines, number))


def first_record_that_differs(lines: list[bytes], after: bytes) -> int:
    at = 0
    for number, line in enumerate(lines):
        if after[at : at + len(line)] != line:
            return number
        at += len(line)
    return len(lines)


@given(batches=BATCHES, data=st.data())
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_fork_is_placed_between_what_the_witness_saw(batches: list[int], data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = make_log(Path(name) / "audit", batches=batches)
        sizes = [1]
        for batch in batches:
            sizes.append(sizes[-1] + batch)
        kept = data.draw(st.lists(st.sampled_from(range(len(sizes))), unique=True, min_size=1), label="witnessed")
        own = lines_of(folder, CHECKPOINT_FILE)
        witness = Path(name) / "witness"
        witness.write_bytes(b"".join(own[number] for number in sorted(kept)))
        since = data.draw(st.integers(1, sizes[-1] - 1), label="since")
        rewrite(folder, since, own_key(folder))
        seen = [sizes[number] for number in sorted(kept)]
        verify(folder)
        if seen[-1] <= since:
            # The witness saw nothing of what was rewritten.
            assert verify(folder, witness=witness).witnessed == seen[-1]
            return
        with pytest.raises(AuditFault) as caught:
            verify(folder, witness=witness)
        agreed = max([size for size in seen if size <= since], default=0)
        assert (caught.value.record, caught.value.offset) == (agreed, offset(lines_of(folder), agreed))
