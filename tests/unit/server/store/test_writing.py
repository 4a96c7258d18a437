import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from server.store import writing
from server.store.sqlite import Store
from server.store.writing import KeptInvitation, OpenedRoom
from tests.support.edits import edit, keep_all


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "store.sqlite3")
    yield opened
    await opened.close()


async def test_the_newest_value_of_a_key_is_what_is_kept_and_lines_follow_each_other(store: Store) -> None:
    await keep_all(
        store,
        [edit(1), edit(2, key=""), edit(3, key="other"), edit(4), edit(5, key=""), edit(6, room="ward", op=False)],
    )
    kept = await store.kept_rooms(["lobby", "ward", "empty"])
    assert kept["lobby"].edits == {"panels": {"board": b"value 4", "other": b"value 3"}}
    assert [line.value for line in kept["lobby"].lines["panels"]] == [b"value 2", b"value 5"]
    assert all(0 <= line.age < 60 for line in kept["lobby"].lines["panels"])
    assert [(who, result) for who, _, result in kept["lobby"].results] == [
        ("subject", b"result %d" % number) for number in range(1, 6)
    ]
    assert kept["ward"].results == []
    assert (kept["empty"].edits, kept["empty"].lines, kept["empty"].results) == ({}, {}, [])


async def test_numbers_go_on_over_a_restart(tmp_path: Path) -> None:
    for number in range(3):
        store = await Store.open(tmp_path / "store.sqlite3")
        await store.writer.write(edit(number, key=f"{number}"))
        await store.close()
    connection = sqlite3.connect(tmp_path / "store.sqlite3")
    assert connection.execute("SELECT number, key FROM edits ORDER BY number").fetchall() == [
        (1, "0"),
        (2, "1"),
        (3, "2"),
    ]
    connection.close()


async def test_a_closed_room_leaves_nothing_behind(store: Store) -> None:
    await store.room_opened(OpenedRoom(id="visit", type="consult", name="Visit"))
    await keep_all(store, [edit(1, room="visit"), edit(2, room="visit", key=""), edit(3)])
    await store.room_closed("visit")
    kept = await store.kept_rooms(["visit", "lobby"])
    assert (kept["visit"].edits, kept["visit"].lines, kept["visit"].results) == ({}, {}, [])
    assert kept["lobby"].edits
    assert await store.opened_rooms() == []


async def test_the_oldest_results_and_lines_go(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "PRUNE_EVERY", 10)
    monkeypatch.setattr(writing, "OPERATIONS_OF_A_ROOM", 20)
    monkeypatch.setattr(writing, "LINES_OF_A_FEATURE", 5)
    await keep_all(store, [edit(number, key="") for number in range(50)] + [edit(99, room="ward")])
    connection = sqlite3.connect(store.file)
    assert connection.execute("SELECT min(number), count(*) FROM operations WHERE room = 'lobby'").fetchone() == (
        31,
        20,
    )
    assert connection.execute("SELECT min(number), count(*) FROM lines").fetchone() == (46, 5)
    assert connection.execute("SELECT count(*) FROM operations WHERE room = 'ward'").fetchone() == (1,)
    connection.close()


async def test_an_invitation_is_kept_as_it_stands_and_goes_when_it_has_expired(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    store = await Store.open(file)
    now = time.time()
    invitation = KeptInvitation(
        id="a", room="ward", role="patient", issuer="", uses=2, used=0, expires=now + 600.0, revoked=False
    )
    over = msgspec.structs.replace(invitation, id="b", expires=now - 1.0)
    for kept in (invitation, over, msgspec.structs.replace(invitation, used=1)):
        await store.keep_invitation(kept)
    await store.keep_invitation(msgspec.structs.replace(invitation, used=1, revoked=True))
    await store.close()
    store = await Store.open(file)
    assert await store.invitations() == [msgspec.structs.replace(invitation, used=1, revoked=True)]
    await store.close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT id FROM invitations").fetchall() == [("a",)]
