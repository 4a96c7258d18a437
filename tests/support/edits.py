"""Edits for a store to keep."""

import asyncio
from functools import partial

from server.errors import StoreError
from server.store.sqlite import Store
from server.store.writing import Edit


def edit(number: int, *, key: str = "board", room: str = "lobby", op: bool = True) -> Edit:
    return Edit(
        room=room,
        feature="panels",
        key=key,
        value=b"value %d" % number,
        identity="subject",
        op=number.to_bytes(16, "big") if op else b"",
        result=b"result %d" % number,
    )


async def keep_all(store: Store, edits: list[Edit]) -> list[int]:
    """Submit all at once; the numbers in the order in which they were settled."""
    settled: list[int] = []
    last = asyncio.get_running_loop().create_future()

    def note(number: int, error: StoreError | None) -> None:
        assert error is None
        settled.append(number)
        if len(settled) == len(edits):
            last.set_result(None)

    for number, each in enumerate(edits):
        store.keep(each, partial(note, number))
    assert not settled
    await last
    return settled
