"""A clinic's store, what is beside it, and the commands of whoever restores it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from protocol.codec import pack
from server import main
from server.audit.opening import open_writer
from server.features.consent.book import Given, key_of
from server.store.sqlite import Store
from server.store.writing import Edit, KeptInvitation

if TYPE_CHECKING:
    from pathlib import Path

    from server.store.writing import KeptRoom, Writing
    from server.world.auditing import AuditEvent

ANN, BO, CY = ("account-" + letter * 32 for letter in "abc")
VISIT = "consult-00000000000000aa"
NO, YES = Given(given=False), Given(given=True)
SOON = time.time() + 3600.0


def invitation(id_: str, *, used: int = 0, revoked: bool = False) -> KeptInvitation:
    return KeptInvitation(
        id=id_, room="ward", role="patient", issuer="", uses=2, used=used, expires=SOON, revoked=revoked
    )


def consent(subject: str, purpose: str, said: Given, room: str = "ward") -> Edit:
    key = key_of(subject, purpose)
    return Edit(room=room, feature="consent", key=key, value=pack(said), author=subject, personal=True)


def words(subject: str, text: bytes, op: int) -> Edit:
    said = bytes(15) + bytes([op])
    return Edit(
        room="ward", feature="chat", key="", value=text, author=subject, identity=subject, op=said, personal=True
    )


class Clinic:
    """A store, what is beside it, and the commands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store.sqlite3"
        self.copy = folder / "copy"
        self.audit = folder / "store.audit"

    def beside(self, end: str) -> Path:
        return self.store.with_name(self.store.name + end)

    async def write(self, *writings: Writing) -> None:
        store = await Store.open(self.store)
        for each in writings:
            await store.writer.write(each)
        await store.close()

    async def kept(self, room: str = "ward") -> KeptRoom:
        store = await Store.open(self.store)
        kept = await store.kept_rooms([room])
        await store.close()
        return kept[room]

    async def given(self, subject: str, purpose: str, room: str = "ward") -> object:
        found = (await self.kept(room)).edits.get("consent", {}).get(key_of(subject, purpose))
        return None if found is None else {pack(YES): True, pack(NO): False}[found]

    async def invitations(self) -> dict[str, tuple[int, bool]]:
        store = await Store.open(self.store)
        found = {each.id: (each.used, each.revoked) for each in await store.invitations()}
        await store.close()
        return found

    def audited(self, *events: AuditEvent) -> None:
        writer = open_writer(self.audit)
        for event in events:
            writer.record(event)
        writer.close()

    def do(self, *arguments: str | Path, status: int = 0) -> tuple[str, str]:
        result = CliRunner().invoke(main.app, [*map(str, arguments), "--store", str(self.store)])
        assert result.exit_code == status, result.output
        return result.stdout, result.stderr

    def begin_log(self) -> None:
        """What a start of the server does that has lost its audit log."""
        open_writer(self.audit).close()

    def backup(self) -> None:
        self.do("backup", self.copy)

    def restore(self) -> tuple[list[str], list[str]]:
        """Restore; what was taken back again, and of what it is told that it could not be."""
        said, warned = self.do("restore", self.copy)
        first, *taken = said.splitlines()
        assert first == f"{self.store}: is what {self.copy} says, checked"
        lines = warned.splitlines()
        assert all(line.startswith("not taken back again: ") for line in lines), lines
        return [line.removeprefix("taken back again: ") for line in taken], [line.split(": ")[1] for line in lines]

    def verify(self) -> None:
        result = CliRunner().invoke(main.app, ["audit", "verify", str(self.audit)])
        assert result.exit_code == 0, result.output
