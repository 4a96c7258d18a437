"""Passes: bearer tokens of this front desk's own, for those who have no token of the provider's on this device.

Who came by an invitation gets one with their first ticket, so that the use they made of it is good for the next ticket
too; a headset that was let in by a phone gets one for the person who holds the phone. A pass says whom it is for and is
good for pages of one origin. Times are seconds since 1970.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from server.identity.house_key import NotOurs
from server.identity.person import Person
from server.identity.refusals import Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.identity.house_key import HouseKey
    from server.identity.invitations import Invitations
    from server.identity.revocations import Revocations

KIND: Final = "polyclinic-pass+jwt"


class Pass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a pass says; see `Person`, which it makes one."""

    sub: str
    roles: tuple[str, ...]
    iat: float
    exp: float
    origin: str
    account: bool = False
    mfa: bool = False
    signed_in_at: float | None = None
    scopes: tuple[str, ...] | None = None
    name: str | None = None
    room: str | None = None
    invitation: str | None = None


class Passes:
    """Issues passes and reads them."""

    def __init__(
        self, key: HouseKey, invitations: Invitations, revocations: Revocations, wall_clock: Callable[[], float]
    ) -> None:
        self._key = key
        self._invitations = invitations
        self._revocations = revocations
        self._wall_clock = wall_clock

    def issue(self, person: Person, origin: str, seconds: float) -> str:
        """Make a pass for a person, for pages of an origin, good for so long.

        Void if their access was taken back since it was looked who they are, whatever was waited for meanwhile.
        """
        said = Pass(
            sub=person.subject,
            roles=tuple(sorted(person.roles)),
            iat=person.known_at,
            exp=self._wall_clock() + seconds,
            origin=origin,
            account=person.account,
            mfa=person.mfa,
            signed_in_at=person.signed_in_at,
            scopes=person.scopes,
            name=person.name,
            room=person.room,
            invitation=person.invitation,
        )
        return self._key.sign(KIND, said)

    def is_one(self, token: str) -> bool:
        """Say whether a token says that it is a pass; `read` says whether it is a good one."""
        return self._key.kind_of(token) == KIND

    def read(self, token: str, now: float) -> Person:
        """Say whom a pass is for; `now` of the server's clock.

        Raises `Unauthenticated` for one that is not good or not any more, and `InvitationExpired` or
        `InvitationRevoked` for one that was got by an invitation which ended.
        """
        try:
            said = self._key.read(KIND, token, Pass)
        except NotOurs:
            raise Unauthenticated(invalid=True) from None
        if said.invitation is not None:
            self._invitations.demand_open(said.invitation, said.exp)
        wall = self._wall_clock()
        if wall >= said.exp or self._revocations.voids(said.sub, said.iat):
            raise Unauthenticated(invalid=True)
        if said.invitation is not None:
            # The use that it stands for may be from before a restart.
            self._invitations.came(said.invitation, said.sub)
        return Person(
            subject=said.sub,
            account=said.account,
            roles=frozenset(said.roles),
            scopes=said.scopes,
            mfa=said.mfa,
            signed_in_at=said.signed_in_at,
            name=said.name,
            known_at=wall,
            expires=now + said.exp - wall,
            room=said.room,
            invitation=said.invitation,
            origin=said.origin,
        )
