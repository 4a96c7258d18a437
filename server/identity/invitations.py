"""Invitations: a signed word that lets people without an account into one room, in one role, for some time.

What an invitation says is in the word itself, signed with the house's key. How often it was used, and whether it was
taken back, is kept in the store: before somebody is let in by it, that is on the disk, so that a restart gives no use
back. Times are seconds since 1970, because an invitation outlives the process.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Final, Protocol

import msgspec
import structlog

from server.errors import StoreError
from server.identity.house_key import NotOurs, OtherKey
from server.identity.refusals import (
    InvitationExpired,
    InvitationForeign,
    InvitationForged,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    TooManyInvitations,
)
from server.identity.subjects import invited_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from server.identity.house_key import HouseKey

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")

KIND: Final = "polyclinic-invitation+jwt"
OPEN_MAX: Final = 10_000
"""Invitations that are neither expired nor forgotten, at a time."""
OPEN_OF_AN_ISSUER_MAX: Final = 500
"""Of those, by one account, taken back or not: none can use up all."""
USES_MAX: Final = 1_000
HOURS_MAX: Final = 720.0
"""30 days: a revocation of a subject is remembered as long (`revocations.KEPT_SECONDS`)."""


class Invitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the signed word says."""

    jti: str
    """Its id."""
    room: str
    role: str
    exp: float
    name: str | None = None
    """The name that others see; None: whoever comes chooses it."""


class InvitationCount(msgspec.Struct, kw_only=True):
    """How often an invitation was used, and may be: no word of whom it is for. What the store has of it."""

    id: str
    room: str
    role: str
    issuer: str
    """`HouseKey.tag` of who issued it; empty: the operator."""
    uses: int
    used: int = 0
    expires: float
    revoked: bool = False


class InvitationStore(Protocol):
    """Where it is kept what is known of invitations."""

    async def keep(self, count: InvitationCount) -> None:
        """Return when it is on the disk what is known of one now. Raises `StoreError`."""


class Invitations:
    """All that are open."""

    def __init__(self, key: HouseKey, wall_clock: Callable[[], float]) -> None:
        self._key = key
        self._wall_clock = wall_clock
        self._kept: dict[str, InvitationCount] = {}
        self._subjects: dict[str, set[str]] = {}
        """Who came by which, in the life of this process: no session and no ticket outlives it, and a pass says so."""
        self._unkept: set[str] = set()
        """Those taken back of which the store does not know yet: whoever asks again has it told."""
        self._store: InvitationStore | None = None

    def attach(self, kept: Iterable[InvitationCount], store: InvitationStore) -> None:
        """Take what the store has, and keep in it from now on."""
        self._kept = {each.id: each for each in kept}
        self._store = store
        self._forget_expired()

    async def issue(
        self, room: str, role: str, issuer: str = "", *, seconds: float, uses: int = 1, name: str | None = None
    ) -> tuple[InvitationCount, str]:
        """Make an invitation; what is kept of it, and the signed word. `issuer` is a subject, "" the operator.

        Raises `TooManyInvitations` or `StoreError`.
        """
        self._forget_expired()
        tag = self._key.tag(issuer) if issuer else ""
        of_issuer = len(self._issued_by(tag)) if tag else 0
        if len(self._kept) >= OPEN_MAX or of_issuer >= OPEN_OF_AN_ISSUER_MAX:
            raise TooManyInvitations
        expires = self._wall_clock() + seconds
        kept = InvitationCount(id=secrets.token_hex(8), room=room, role=role, issuer=tag, uses=uses, expires=expires)
        self._kept[kept.id] = kept
        try:
            await self._write(kept)
        except StoreError:
            self._kept.pop(kept.id, None)
            raise
        said = Invitation(jti=kept.id, room=room, role=role, exp=expires, name=name)
        return kept, self._key.sign(KIND, said)

    def read(self, word: str) -> Invitation:
        """Check a word, without using it. Raises what `InvitationError` has below it."""
        try:
            said = self._key.read(KIND, word, Invitation)
        except OtherKey:
            raise InvitationForeign from None
        except NotOurs:
            raise InvitationForged from None
        self.demand_open(said.jti, said.exp)
        kept = self._kept[said.jti]
        if kept.used >= kept.uses:
            raise InvitationUsed
        return said

    def demand_open(self, invitation: str, expires: float) -> None:
        """Raise `InvitationExpired` or `InvitationRevoked` unless whoever came by an invitation may still be here."""
        if self._wall_clock() >= expires:
            raise InvitationExpired
        self.demand_not_revoked(invitation)

    def demand_not_revoked(self, invitation: str) -> None:
        """Raise `InvitationRevoked` for one that was taken back."""
        kept = self._kept.get(invitation)
        # One that the store does not know was issued after the copy was made that the store was restored from.
        if kept is None or kept.revoked:
            raise InvitationRevoked

    def came(self, invitation: str, subject: str) -> None:
        """Remember who came by which, to be shown out if it is taken back."""
        self._subjects.setdefault(invitation, set()).add(subject)

    async def use(self, word: str) -> str:
        """Use a word for one person; their subject. It is on the disk before this returns.

        Raises what `read` does, and `StoreError`, which gives the use back.
        """
        said = self.read(word)
        kept = self._kept[said.jti]
        # Before anything is waited for: of two who come at once by the last use, one is late.
        kept.used += 1
        try:
            await self._write(kept)
        except StoreError:
            kept.used -= 1
            raise
        subject = invited_subject()
        self.came(kept.id, subject)
        # Taken back while it was being written.
        self.demand_open(said.jti, said.exp)
        return subject

    def revoke(self, invitation: str, issuer: str | None = None) -> tuple[str, ...]:
        """Take one back; the subjects that came by it. `issuer` may take back their own alone, None any.

        `keep_revoked` has it hold after a restart. Raises `InvitationUnknown`.
        """
        kept = self._kept.get(invitation)
        if kept is None or (issuer is not None and kept.issuer != self._key.tag(issuer)):
            raise InvitationUnknown
        return self._take_back(kept)

    def revoke_all_of(self, issuer: str) -> dict[str, tuple[str, ...]]:
        """Take back what a subject issued and is still open; of each, the subjects that came by it.

        `keep_revoked` has it hold after a restart.
        """
        self._forget_expired()
        mine = self._issued_by(self._key.tag(issuer))
        return {kept.id: self._take_back(kept) for kept in mine if not kept.revoked or kept.id in self._unkept}

    async def keep_revoked(self, invitations: Iterable[str]) -> None:
        """Keep that these were taken back. Raises `StoreError` if one may not hold after a restart."""
        taken = [self._kept[each] for each in invitations if each in self._kept]
        # All of them, whatever becomes of one.
        done = await asyncio.gather(*(self._write(kept) for kept in taken), return_exceptions=True)
        self._unkept -= {kept.id for kept, error in zip(taken, done, strict=True) if error is None}
        failed = [error for error in done if error is not None]
        if failed:
            _log.error("invitations_not_kept_revoked", count=len(failed))
            raise failed[0]

    def listed(self, issuer: str | None = None) -> list[InvitationCount]:
        """Give those that are open: an issuer's, or all."""
        self._forget_expired()
        tag = None if issuer is None else self._key.tag(issuer)
        return [kept for kept in self._kept.values() if not kept.revoked and tag in {None, kept.issuer}]

    def _take_back(self, kept: InvitationCount) -> tuple[str, ...]:
        kept.revoked = True
        self._unkept.add(kept.id)
        return tuple(sorted(self._subjects.get(kept.id, ())))

    def _issued_by(self, tag: str) -> list[InvitationCount]:
        return [kept for kept in self._kept.values() if kept.issuer == tag]

    async def _write(self, kept: InvitationCount) -> None:
        if self._store is not None:
            await self._store.keep(msgspec.structs.replace(kept))

    def _forget_expired(self) -> None:
        now = self._wall_clock()
        for each in [each.id for each in self._kept.values() if each.expires <= now]:
            del self._kept[each]
            self._subjects.pop(each, None)
            self._unkept.discard(each)
