"""What is written into the store, and how one transaction's worth of it is laid out in statements."""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from server.store.tables import EDITS, INVITATIONS, LINES, OF_A_ROOM, OPERATIONS, ROOMS_OPENED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

OPERATIONS_OF_A_ROOM: Final = 4_096
"""Results that are kept for a room, the newest; older operations are not known again."""

LINES_OF_A_FEATURE: Final = 1_000
"""Lines that are kept for a feature of a room, the newest."""

PRUNE_EVERY: Final = 256
"""Edits of a room after which what is too old goes: the bounds above are overrun by as many."""


class OpenedRoom(msgspec.Struct, frozen=True):
    """A room that was opened on demand: what is needed to open it again."""

    id: str
    type: str
    name: str


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """What a feature keeps, and the operation that asked for it."""

    room: str
    feature: str
    key: str
    """The value before it under the same key is replaced; empty: a line, which follows those before it."""
    value: bytes
    """msgpack; the feature's own affair."""
    identity: str = ""
    """By whom the operation is known again."""
    author: str = ""
    """The subject of who asked; empty: nobody did."""
    personal: bool = False
    """Whether the value is the author's words, and is erased with them."""
    op: bytes = b""
    """The operation's id; empty: nobody asked, the server did this of itself."""
    result: bytes = b""
    """What the operation is answered with."""


class RoomClosed(msgspec.Struct, frozen=True):
    """A room is closed, and all that was kept of it is forgotten."""

    id: str


class KeptInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as it stands now; what was written of it before is replaced."""

    id: str
    room: str
    role: str
    issuer: str
    """A tag of who issued it."""
    uses: int
    """How many people may come by it."""
    used: int
    """How many have."""
    expires: float
    """Seconds since 1970."""
    revoked: bool


Writing = Edit | KeptInvitation | OpenedRoom | RoomClosed


class KeptLine(msgspec.Struct, frozen=True):
    """A line as the store has it."""

    value: bytes
    age: float
    """Seconds since it was written."""


class KeptRoom(msgspec.Struct, frozen=True):
    """What the store has of a room."""

    edits: dict[str, dict[str, bytes]]
    """Values by feature and key."""
    lines: dict[str, list[KeptLine]]
    """By feature, oldest first."""
    results: list[tuple[str, bytes, bytes]]
    """Identity, operation and result, oldest first."""


_edit = insert(EDITS)
_EDIT: Final = _edit.on_conflict_do_update(
    index_elements=[EDITS.c.room, EDITS.c.feature, EDITS.c.key],
    set_={name: _edit.excluded[name] for name in ("number", "value", "op", "author")},
)
_LINE: Final = insert(LINES)
_OPERATION: Final = insert(OPERATIONS)
_OPENED: Final = insert(ROOMS_OPENED).on_conflict_do_nothing(index_elements=[ROOMS_OPENED.c.id])
_invitation = insert(INVITATIONS)
_INVITATION: Final = _invitation.on_conflict_do_update(
    index_elements=[INVITATIONS.c.id], set_={name: _invitation.excluded[name] for name in ("used", "revoked")}
)
_FORGET: Final = (
    delete(ROOMS_OPENED).where(ROOMS_OPENED.c.id == bindparam("closed")),
    *(delete(table).where(table.c.room == bindparam("closed")) for table in OF_A_ROOM),
)


class Numbers:
    """Numbers edits in the order in which they are written, and knows when a room's oldest have to go."""

    def __init__(self, last: int) -> None:
        self._last = last
        self._since_pruned: dict[str, int] = {}

    def next(self) -> int:
        """Give the next number."""
        self._last += 1
        return self._last

    def due_for_pruning(self, room: str) -> bool:
        """Count an edit of a room; whether its oldest have to go now."""
        count = self._since_pruned.get(room, 0) + 1
        self._since_pruned[room] = count % PRUNE_EVERY
        return count >= PRUNE_EVERY

    def forget(self, room: str) -> None:
        """Count a room's edits no more: it is closed."""
        self._since_pruned.pop(room, None)


def write(connection: Connection, batch: Sequence[Writing], numbers: Numbers) -> None:
    """Execute a batch, in order; who calls commits."""
    for kind, alike in groupby(batch, type):
        run = list(alike)
        if kind is Edit:
            _write_edits(connection, [edit for edit in run if isinstance(edit, Edit)], numbers)
        elif kind is KeptInvitation:
            connection.execute(delete(INVITATIONS).where(INVITATIONS.c.expires < time.time()))
            connection.execute(_INVITATION, [msgspec.structs.asdict(invitation) for invitation in run])
        elif kind is OpenedRoom:
            connection.execute(_OPENED, [msgspec.structs.asdict(room) for room in run])
        else:
            closed = [room.id for room in run if isinstance(room, RoomClosed)]
            for statement in _FORGET:
                connection.execute(statement, [{"closed": room} for room in closed])
            for room in closed:
                numbers.forget(room)


def _write_edits(connection: Connection, edits: Sequence[Edit], numbers: Numbers) -> None:
    now = time.time()
    values, lines, operations, prune = [], [], [], []
    for edit in edits:
        number = numbers.next()
        row = {"number": number, "room": edit.room, "op": edit.op}
        mine = {"author": edit.author if edit.personal else ""}
        if edit.key:
            values.append(row | {"feature": edit.feature, "key": edit.key, "value": edit.value} | mine)
        else:
            lines.append(row | {"feature": edit.feature, "value": edit.value, "written": now} | mine)
        if edit.op:
            operations.append(row | {"identity": edit.identity, "result": edit.result, "author": edit.author})
        if numbers.due_for_pruning(edit.room):
            prune.append(edit.room)
    for statement, rows in ((_EDIT, values), (_LINE, lines), (_OPERATION, operations)):
        if rows:
            connection.execute(statement, rows)
    for room in prune:
        _prune(connection, room)


def _prune(connection: Connection, room: str) -> None:
    features = connection.scalars(select(LINES.c.feature).where(LINES.c.room == room).distinct()).all()
    bounds = [(OPERATIONS, OPERATIONS.c.room == room, OPERATIONS_OF_A_ROOM)]
    bounds += [(LINES, (LINES.c.room == room) & (LINES.c.feature == name), LINES_OF_A_FEATURE) for name in features]
    for table, mine, most in bounds:
        oldest = select(table.c.number).where(mine).order_by(table.c.number.desc()).limit(1).offset(most)
        connection.execute(delete(table).where(mine & (table.c.number <= oldest.scalar_subquery())))


def last_number(connection: Connection) -> int:
    """Find the number of the last edit in the file."""
    tables = (EDITS, LINES, OPERATIONS)
    return max(connection.scalar(select(func.coalesce(func.max(table.c.number), 0))) or 0 for table in tables)


def read_invitations(connection: Connection) -> list[KeptInvitation]:
    """Read the invitations that are not expired."""
    query = select(INVITATIONS).where(INVITATIONS.c.expires >= time.time())
    return [KeptInvitation(**row) for row in connection.execute(query).mappings()]


def read_room(connection: Connection, room: str) -> KeptRoom:
    """Read what is kept of a room, an empty one if there is nothing."""
    now = time.time()
    edits: dict[str, dict[str, bytes]] = {}
    for row in connection.execute(select(EDITS.c.feature, EDITS.c.key, EDITS.c.value).where(EDITS.c.room == room)):
        edits.setdefault(row.feature, {})[row.key] = row.value
    lines: dict[str, list[KeptLine]] = {}
    query = select(LINES.c.feature, LINES.c.value, LINES.c.written).where(LINES.c.room == room).order_by(LINES.c.number)
    for row in connection.execute(query):
        # The clock of the machine may have been set back since.
        lines.setdefault(row.feature, []).append(KeptLine(row.value, max(now - row.written, 0.0)))
    known = (
        select(OPERATIONS.c.identity, OPERATIONS.c.op, OPERATIONS.c.result)
        .where(OPERATIONS.c.room == room)
        .order_by(OPERATIONS.c.number.desc())
        .limit(OPERATIONS_OF_A_ROOM)
    )
    results = [(row.identity, row.op, row.result) for row in connection.execute(known)]
    return KeptRoom(edits=edits, lines=lines, results=results[::-1])
