"""Taking back again in the content of a copy; the commands over real files are in `server/test_restoring.py`."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from server.store.copies import read_copy
from server.store.restoring import Applied, Held, erase_again, read_held, read_store, revoke_again, withdraw_again
from server.store.sqlite import Store
from server.store.writing import Edit, KeptInvitation

if TYPE_CHECKING:
    from pathlib import Path

NO, YES = b"no", b"yes"


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    store = await Store.open(tmp_path / "store.sqlite3")
    for key, value, author in (("a", YES, "ann"), ("b", NO, "bo")):
        await store.writer.write(
            Edit(room="ward", feature="consent", key=key, value=value, author=author, personal=True)
        )
    await store.writer.write(
        KeptInvitation(
            id="i1", room="ward", role="patient", issuer="", uses=3, used=1, expires=time.time() + 60.0, revoked=False
        )
    )
    await store.close()
    return store.file


def held(file: Path) -> Held:
    found = read_store(file, NO)
    assert found is not None
    return found


def test_what_a_store_holds(file: Path, tmp_path: Path) -> None:
    found = held(file)
    assert (found.last, found.revoked, found.used, found.erasures) == (2, set(), {"i1": 1}, set())
    assert found.withdrawn == {("ward", "b"): "bo"}
    assert read_store(tmp_path / "none", NO) is None


def test_each_is_taken_back_once(file: Path) -> None:
    applied = Applied()
    with closing(read_copy(file)) as content:
        for _ in range(2):
            erase_again(content, {"e1": lambda subject: subject == "ann"}, str.upper, (), applied)
            # Neither fewer uses nor unknown invitations, nor rooms that are not there.
            revoke_again(content, {"i1", "i9"}, {"i1": 2, "i9": 1}, applied)
            revoke_again(content, set(), {"i1": 0}, applied)
            withdraw_again(content, {("ward", "c"): "cy", ("gone", "c"): "cy"}, NO, ["ward"], applied)
        assert applied == Applied(invitations=1, uses=1, consents=1, people=1, rows=1)
        found = read_held(content, NO)
    assert (found.revoked, found.used, found.erasures) == ({"i1"}, {"i1": 2}, {"e1"})
    assert found.withdrawn == {("ward", "b"): "bo", ("ward", "c"): "cy"}
    # The file itself is as it was.
    assert held(file).erasures == set()
