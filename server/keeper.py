"""Between the rooms and the store: what a room keeps as the bytes that are written, and back when it opens again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import msgspec
import structlog

from protocol.codec import pack
from protocol.messages import Result
from server.errors import InvalidRequest, StoreError
from server.identity.invitations import InvitationCount
from server.store import writing
from server.world.keeping import Line, Outcome, Recalled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from server.store.sqlite import Store
    from server.store.writing import KeptRoom, OpenedRoom
    from server.world.directory import Directory
    from server.world.keeping import Edit
    from server.world.room import Room

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("keeper")


class StoreKeeper:
    """Keeps the edits of all rooms in the store. A `Keeper`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since the server started. The store is opened later: see `attach`."""
        self._clock = clock
        self._store: Store | None = None

    def attach(self, store: Store) -> None:
        """Keep in this store from now on."""
        self._store = store

    def keep(self, edit: Edit, settled: Callable[[Outcome, float], None]) -> None:
        """Write an edit; `settled` is called by the loop once it is on the disk, or not."""
        if self._store is None:
            raise RuntimeError("an edit before the store is open")

        def told(error: StoreError | None) -> None:
            if error is None:
                outcome = Outcome.KEPT
            elif error.passing:
                _log.warning("edit_refused", room=edit.room, feature=edit.feature, code=error.code)
                outcome = Outcome.REFUSED
            else:
                outcome = Outcome.LOST
            settled(outcome, self._clock())

        self._store.keep(
            writing.Edit(
                room=edit.room,
                feature=edit.feature,
                key=edit.key,
                value=pack(edit.value),
                identity=edit.identity,
                op=edit.op,
                result=b"" if edit.result is None else pack(edit.result),
                author=edit.author,
                personal=edit.personal,
            ),
            told,
        )


def recall(kept: Mapping[str, KeptRoom]) -> dict[str, Recalled]:
    """Read what the store has of rooms, by id. Raises `StoreError` for values that no server wrote."""
    try:
        return {room: _recall(of_room) for room, of_room in kept.items()}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # Neither the room, whose id may let people in, nor what stands there.
        words = "the store is damaged: what it has of a room cannot be read; put a copy back with `polyclinic restore`"
        raise StoreError(words) from None


def _recall(kept: KeptRoom) -> Recalled:
    return Recalled(
        values={
            feature: {key: msgspec.msgpack.decode(value) for key, value in values.items()}
            for feature, values in kept.edits.items()
        },
        lines={
            feature: [Line(msgspec.msgpack.decode(line.value), line.age) for line in lines]
            for feature, lines in kept.lines.items()
        },
        results=[(identity, msgspec.msgpack.decode(result, type=Result)) for identity, _, result in kept.results],
    )


class InvitationKeeper:
    """Keeps in the store how often each invitation was used. An `InvitationStore`.

    `InvitationCount` and `KeptInvitation` have the same fields: whoever adds one to either adds it to both, and neither
    identity nor store has to know the other.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def keep(self, count: InvitationCount) -> None:
        """Write what is known of an invitation now."""
        await self._store.keep_invitation(writing.KeptInvitation(**msgspec.structs.asdict(count)))

    async def recall(self) -> list[InvitationCount]:
        """Read what is known of those that are open."""
        return [InvitationCount(**msgspec.structs.asdict(kept)) for kept in await self._store.invitations()]


class VisitKeeper:
    """Lets rooms opened on demand survive a restart: opened again at the start, forgotten when they close."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._forgetting: set[asyncio.Task[None]] = set()

    def reopen(self, directory: Directory, kept: list[OpenedRoom], now: float) -> None:
        """Open the rooms that were open when the server last ended; forget those the facility has no place for."""
        for room in kept:
            try:
                directory.reopen_visit(room.id, room.type, room.name, now)
            except InvalidRequest as error:
                _log.warning("visit_not_reopened", room=room.id, room_type=room.type, code=error.code)
                self._forget(room.id)

    def room_opened(self, room: Room, now: float) -> None:
        """Leave it to the front desk, which answers only when the room is kept."""

    def room_closed(self, room: Room, now: float) -> None:  # noqa: ARG002 - a listener is told the time
        """Forget a visit; only visits ever close."""
        self._forget(room.id)

    async def finish(self) -> None:
        """Wait until what is to be forgotten is."""
        await asyncio.gather(*self._forgetting)

    def _forget(self, room_id: str) -> None:
        # The loop holds tasks weakly.
        task = asyncio.get_running_loop().create_task(self._forget_in_store(room_id), name=f"forget {room_id}")
        self._forgetting.add(task)
        task.add_done_callback(self._forgetting.discard)

    async def _forget_in_store(self, room_id: str) -> None:
        try:
            await self._store.room_closed(room_id)
        except StoreError as error:
            # It opens again at the next start, stays empty and closes: no harm.
            _log.warning("visit_not_forgotten", room=room_id, code=error.code)
