"""The power cut at any moment: what was synced by then is all there is, and every acknowledged edit is in it.

The server runs with a record of its writes and syncs (`disk.c`); the files of a moment are rebuilt from what was synced
by then, and once more with an arbitrary half of what was not.
"""

import asyncio
from pathlib import Path
from random import Random

import pytest

from server.store.sqlite import Store
from tests.support.chaos.disk import Done, read_record, rebuild
from tests.support.chaos.ledger import Judge, Noted
from tests.support.chaos.server import Bots, Victim

EDITS = 150
BOTS = 5


def run(folder: Path, shim: Path, *weaknesses: str) -> tuple[list[Done], list[Noted]]:
    """Let bots write, and kill the server; the record of its disk, and the ledger."""
    with Victim(folder, "often", *weaknesses, shim=shim) as victim, Bots(victim, BOTS) as bots:
        bots.wait_for(EDITS)
        victim.kill()
    return read_record(victim.record), bots.noted


def moments(record: list[Done], noted: list[Noted], count: int, random: Random) -> list[float]:
    """Choose when the power goes: half of the time just after an acknowledgement, else whenever."""
    kept = [line.seconds for line in noted if line.what == "kept"]
    last = record[-1].seconds
    return [random.choice(kept) if n % 2 else random.uniform(kept[0], last) for n in range(count)]


def complaints(record: list[Done], noted: list[Noted], cuts: int, folder: Path) -> list[str]:
    """Cut the power again and again; what the judge says of each."""
    random, said = Random(2), []
    for moment in moments(record, noted, cuts, random):
        known = [line for line in noted if line.seconds <= moment]
        for chance in (None, random):
            said += Judge().judge(rebuild(record, moment, chance, folder), known)
    return said


def test_every_acknowledged_edit_survives_a_power_cut(tmp_path: Path, shim: Path, cuts: int) -> None:
    record, noted = run(tmp_path, shim)
    syncs = sum(done.kind == "s" for done in record)
    assert sum((done.kind, done.file) == ("s", "d") for done in record) > 1, "the log was never folded into the file"
    (files := tmp_path / "files").mkdir()
    assert complaints(record, noted, cuts, files) == []
    print(f"{2 * cuts} power cuts among {len(record)} writes and syncs ({syncs}), {EDITS} edits: 0 lost, 0 twice")
    asyncio.run(open_and_close(rebuild(record, record[-1].seconds, None, files)))


async def open_and_close(file: Path) -> None:
    store = await Store.open(file)
    assert (await store.kept_rooms(["office"]))["office"].results
    await store.close()


@pytest.mark.unguarded
@pytest.mark.parametrize("weakness", ["unsynced", "early"])
def test_without_the_guard_the_judge_complains(tmp_path: Path, shim: Path, cuts: int, weakness: str) -> None:
    record, noted = run(tmp_path, shim, weakness)
    (files := tmp_path / "files").mkdir()
    said = complaints(record, noted, cuts, files)
    print(f"{weakness}: {len(said)} complaints, such as: {said[0] if said else 'none'}")
    assert any("acknowledged and is lost" in complaint or "cannot be read" in complaint for complaint in said)
