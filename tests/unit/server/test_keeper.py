import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from protocol.messages import Result
from server.errors import StoreError
from server.identity.invitations import InvitationCount
from server.keeper import InvitationKeeper, StoreKeeper, recall
from server.store.sqlite import Store
from server.store.writing import KeptLine, KeptRoom, Writing
from server.world.keeping import Edit, Outcome

RESULT = Result(op=bytes(range(16)), ok=True, body={"version": 1})


def edit(key: str = "Board", result: Result | None = RESULT) -> Edit:
    op = b"" if result is None else result.op
    return Edit("lobby", "panels", key, {"text": "x", "version": 1}, "ann", op, result)


async def test_what_a_room_keeps_comes_back_as_it_was(tmp_path: Path) -> None:
    keeper = StoreKeeper(lambda: 7.0)
    with pytest.raises(RuntimeError, match="before the store is open"):
        keeper.keep(edit(), print)
    store = await Store.open(tmp_path / "store.sqlite3")
    keeper.attach(store)
    settled: list[tuple[Outcome, float]] = []
    for each in (edit(), edit("", None)):
        keeper.keep(each, lambda *told: settled.append(told))
    await store.room_closed("other")
    assert settled == [(Outcome.KEPT, 7.0)] * 2
    kept = recall(await store.kept_rooms(["lobby"]))["lobby"]
    await store.close()
    assert kept.values == {"panels": {"Board": {"text": "x", "version": 1}}}
    assert [line.value for line in kept.lines["panels"]] == [{"text": "x", "version": 1}]
    assert kept.results == [("ann", RESULT)]


@pytest.mark.parametrize("damaged", [b"", b"\xc1", b"\xa1\xff", b"\x91" * 100_000 + b"\xc0"])
@pytest.mark.parametrize("place", ["edits", "lines", "results"])
def test_what_the_disk_made_of_a_value_keeps_the_server_from_starting_in_words(place: str, damaged: bytes) -> None:
    kept = {
        "lobby": KeptRoom(
            edits={"panels": {"Board": damaged}} if place == "edits" else {},
            lines={"chat": [KeptLine(damaged, 0.0)]} if place == "lines" else {},
            results=[("ann", b"", damaged)] if place == "results" else [],
        )
    }
    with pytest.raises(StoreError, match="the store is damaged"):
        recall(kept)


async def test_an_invitation_comes_back_as_it_was_with_all_its_fields(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "store.sqlite3")
    keeper = InvitationKeeper(store)
    count = InvitationCount(id="0" * 16, room="ward", role="patient", issuer="tag", uses=3, expires=time.time() + 60.0)
    await keeper.keep(count)
    used = msgspec.structs.replace(count, used=2, revoked=True)
    await keeper.keep(used)
    assert await keeper.recall() == [used]
    await store.close()


@pytest.mark.parametrize(("passing", "outcome"), [(True, Outcome.REFUSED), (False, Outcome.LOST)])
def test_what_went_wrong_is_told_by_whether_it_passes(passing: bool, outcome: Outcome) -> None:
    class Failing:
        def keep(self, writing: Writing, settled: Callable[[StoreError | None], None]) -> None:
            settled(StoreError("the disk is full", passing=passing))

    keeper = StoreKeeper(lambda: 7.0)
    keeper.attach(Failing())  # type: ignore[arg-type]  # the part that is called
    settled: list[tuple[Outcome, float]] = []
    keeper.keep(edit(), lambda *told: settled.append(told))
    assert settled == [(outcome, 7.0)]
