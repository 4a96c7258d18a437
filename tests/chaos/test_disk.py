"""A disk that fails, by real errors of the system calls: nobody is told what is not kept; a restart has what was."""

import asyncio
import errno
from pathlib import Path

import pytest
from polyclinic_client import Disconnected, Entered, JoinRefused, OperationLost, join

from tests.support.chaos.disk import read_record
from tests.support.chaos.ledger import Judge
from tests.support.chaos.server import Bots, Victim, pause


@pytest.mark.parametrize(("what", "error"), [("sync", errno.EIO), ("write", errno.EIO), ("write", errno.ENOSPC)])
def test_a_disk_that_fails_ends_what_cannot_be_kept(tmp_path: Path, shim: Path, what: str, error: int) -> None:
    with Victim(tmp_path, shim=shim) as victim:
        with Bots(victim, 4) as bots:
            bots.wait_for(20)
            assert victim.readiness() == (200, "ready")
            victim.fail.write_text(f"{what} {error}")
            while victim.readiness() != (503, "store_unavailable"):
                pause(0.02)
            # The disk is well again, and still nothing is written or synced: who knows what the failed sync dropped.
            victim.fail.unlink()
            pause(0.1)
            kept = bots.kept()
            pause(1.0)
            assert bots.kept() == kept
        assert asyncio.run(refused(victim)) == "store_unavailable"
        assert victim.stop() == 1
        record = read_record(victim.record)
        failed = next(number for number, done in enumerate(record) if done.kind in "fe")
        assert [done.kind for done in record[failed:]] == [record[failed].kind]
        assert '"store_lost"' in victim.log
        victim.start()
        with Bots(victim, 4) as bots:
            bots.wait_for(kept + 10)
        victim.stop()
    assert Judge().judge(victim.store, bots.noted) == []


async def refused(victim: Victim) -> str:
    try:
        async with join(victim.http, room="office", name="Late", role="clinician", patience=0.0):
            return "let in"
    except JoinRefused as error:
        return error.code


async def test_sessions_are_closed_with_4009_and_nothing_on_its_way_is_answered(tmp_path: Path, shim: Path) -> None:
    with Victim(tmp_path, shim=shim) as victim:
        async with join(victim.http, room="office", name="Ann", role="clinician", patience=0.0) as room:
            async for change in room.changes():
                if isinstance(change, Entered):
                    break
            panel = next(iter(room.things))
            assert (await room.write(panel, "kept")).ok
            victim.fail.write_text(f"sync {errno.EIO}")
            with pytest.raises(OperationLost):
                await room.write(panel, "lost")
            with pytest.raises(Disconnected) as over:
                await room.write(panel, "too late")
            assert over.value.close_code == 4009
