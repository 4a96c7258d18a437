"""Who is asking, and what they may come in as and where: accounts of the provider, and guests where they may be."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import structlog

from server.config.rights import roles_of, roles_over_others
from server.identity.bearer import BearerTokens, bearer_of
from server.identity.erasures import Erasures
from server.identity.house_key import SUFFIX as KEY_SUFFIX
from server.identity.house_key import HouseKey
from server.identity.invitations import Invitations
from server.identity.locks import SUFFIX as LOCKS_SUFFIX
from server.identity.locks import Locks
from server.identity.pairing import Pairings
from server.identity.passes import Passes
from server.identity.person import Person
from server.identity.provider import ProviderKeys
from server.identity.refusals import (
    AuthTimeMissing,
    MfaRequired,
    NameMissing,
    ReauthenticationRequired,
    RoleForbidden,
    Unauthenticated,
)
from server.identity.revocations import SUFFIX, Revocations
from server.identity.subjects import account_subject, guest_subject, is_account
from server.legible import is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from server.config import FacilitySettings
    from server.config.identity import IdentitySettings
    from server.config.rights import RightsSettings
    from server.errors import PolyclinicError

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("identity")


class Admission:
    """The facility's rule."""

    def __init__(
        self,
        settings: IdentitySettings,
        rights: Sequence[RightsSettings],
        keys: ProviderKeys | None,
        wall_clock: Callable[[], float],
        revocations: Revocations | None = None,
        *,
        locks: Locks | None = None,
    ) -> None:
        """`rights` are the facility's; `keys` those of its issuer, if it has one; `wall_clock` gives s since 1970.

        `locks` remembers whose view was locked; without it a lock asks nobody to sign in again.
        """
        self._settings = settings
        self._over_others = frozenset(roles_over_others(rights))
        self.roles = frozenset(roles_of(rights))
        """The facility's."""
        self._keys = keys
        self._revocations = revocations or Revocations()
        self._locks = locks
        self._wall_clock = wall_clock
        self._guests = settings.guest_roles(self.roles)
        self._tokens = None if keys is None else BearerTokens(settings, keys, wall_clock)
        self._house_key = HouseKey()
        self.invitations = Invitations(self._house_key, wall_clock)
        """Those that are open."""
        self.passes = Passes(self._house_key, self.invitations, self._revocations, wall_clock)
        """For who was invited, and for headsets that were let in."""
        self.pairings = Pairings()
        """Headsets that wait to be let in."""

    @classmethod
    def of(cls, facility: FacilitySettings, clock: Callable[[], float]) -> Self:
        """Make the rule of a facility; `clock` gives seconds of any beginning. Raises `StoreError`."""
        settings, store, now = facility.identity, facility.server.store, time.time()
        revocations = Revocations(Path(store + SUFFIX), now)
        keys = None if settings.issuer is None else ProviderKeys(settings.issuer, settings.refetch_seconds, clock)
        asking = facility.safety.reauthenticate and keys is not None
        # What is damaged is told at each start, not when it is needed: after a restore, or once locks ask for sign-ins.
        Erasures(Path(store), HouseKey(), now)
        locks = None
        if asking or os.path.lexists(store + LOCKS_SUFFIX):
            # From the warning on nobody was there, so a sign-in since is later than all that the device saw.
            slack = min(settings.leeway_seconds, facility.safety.warn_seconds)
            locks = Locks(Path(store + LOCKS_SUFFIX), now, slack)
        return cls(settings, facility.rights, keys, time.time, revocations, locks=locks if asking else None)

    def revoke(self, subject: str) -> None:
        """Take no token any more that was issued to a subject up to now; `keep_revoked` has it hold after a restart."""
        self.pairings.forget(subject)
        self._revocations.revoke(subject, self._wall_clock())

    async def keep_revoked(self, subject: str) -> None:
        """Return when it is on the disk whose tokens are taken no more. Raises `StoreError`."""
        await self._revocations.keep(subject)

    def lock(self, subject: str) -> bool:
        """Ask a subject whose view was locked to sign in again, if it can; whether it is asked to."""
        if self._locks is None or not is_account(subject):
            return False
        self._locks.note(subject, self._wall_clock())
        return True

    def demand_present(self, person: Person) -> None:
        """Raise `ReauthenticationRequired` or `AuthTimeMissing` unless a person has signed in since they were locked.

        Who has no account has nowhere to sign in.
        """
        if self._locks is None or not person.account or not self._locks.asks(person.subject, person.signed_in_at):
            return
        max_age = self._wall_clock() - self._locks.since(person.subject)
        if person.origin is not None:
            words = "a view was locked since this device was let in; let it in again"
            raise ReauthenticationRequired(max_age, words)
        if person.signed_in_at is None:
            _log.info("token_refused", reason="auth_time")
            raise AuthTimeMissing(max_age)
        raise ReauthenticationRequired(max_age)

    def demand_kept(self, person: Person) -> None:
        """Raise `Unauthenticated` or `InvitationRevoked` if access was taken back since it was looked who asks."""
        if person.invitation is not None:
            self.invitations.demand_not_revoked(person.invitation)
        if self._revocations.voids(person.subject, person.known_at):
            raise Unauthenticated(invalid=True)

    def seconds_until(self, wall: float) -> float:
        """Say how long it is until a time, in seconds since 1970."""
        return wall - self._wall_clock()

    def device_seconds(self, person: Person, now: float) -> float:
        """Say how long a headset that a person let in is good; `now` of the server's clock."""
        left = float("inf") if person.account or person.expires is None else person.expires - now
        return min(self._settings.device_seconds, left)

    def begin(self, store: Path | None = None) -> None:
        """Sign with the key beside the store. If there is a provider, have its keys fetched, and do not wait for them.

        Raises `KeyUnusable`.
        """
        if store is not None and self._house_key.keep_beside(store):
            # If there was one, what it signed is void: every invitation and every pass.
            _log.info("house_key_made", file=store.name + KEY_SUFFIX)
        if self._keys is not None:
            self._keys.begin()

    async def close(self) -> None:
        """Ask the provider for nothing any more."""
        if self._keys is not None:
            await self._keys.close()

    async def who(self, authorization: Sequence[str], now: float) -> Person:
        """Say who sends these Authorization headers; `now` of the server's clock.

        Raises `Unauthenticated` for a token that is not good or lacks the name by which the facility has people called,
        what `Passes.read` does for a pass, and `IdentityUnavailable` if no token can be checked. Without a token it is
        a guest, and where the facility has no provider without a pass.
        """
        # Without a provider, what else stands in this header is a proxy's affair.
        asked = self._tokens is not None or any(each[:7].lower() == "bearer " for each in authorization)
        token = bearer_of(authorization) if asked else None
        if token is not None and self.passes.is_one(token):
            return self.passes.read(token, now)
        if self._tokens is None or token is None:
            return Person(subject=guest_subject())
        read = await self._tokens.read(token)
        wall = self._wall_clock()
        subject = account_subject(str(self._settings.issuer), read.subject)
        if self._revocations.voids(subject, read.issued_at):
            raise Unauthenticated(invalid=True)
        return Person(
            subject=subject,
            account=True,
            roles=self._claimed_roles(read.claims),
            scopes=self._scopes_of(read.claims),
            mfa=self._is_mfa(read.claims),
            signed_in_at=read.signed_in_at,
            name=self._name_of(read.claims),
            known_at=wall,
            expires=now + read.expires_at - wall,
        )

    def roles_of(self, person: Person) -> frozenset[str]:
        """Give what a person may come in as; what of it a guest may in a room, the facility says room by room."""
        return self._guests if person.is_guest else person.roles

    def demand_role(self, person: Person, role: str) -> None:
        """Raise `Unauthenticated`, `RoleForbidden` or `MfaRequired` unless a person may come in as `role` somewhere."""
        if role not in self.roles_of(person):
            raise self.refusal(person, RoleForbidden())
        if not person.is_guest and self.is_unproved(person, role):
            raise MfaRequired

    def proved_roles(self, person: Person, role: str | None = None) -> frozenset[str]:
        """Give what a person may come in as, in a role or in all of theirs, by the factors that they have shown.

        Raises `MfaRequired` if there is something, and each needs more: before any room is looked at.
        """
        roles = self.roles_of(person) if role is None else self.roles_of(person) & {role}
        if person.is_guest:
            return roles
        proved = frozenset(each for each in roles if not self.is_unproved(person, each))
        if roles and not proved:
            raise MfaRequired
        return proved

    def is_unproved(self, person: Person, role: str) -> bool:
        """Say whether a role needs more than one factor, and a person has shown one or none."""
        return self._settings.needs_factors(role) and not person.mfa

    def is_invitable(self, role: str) -> bool:
        """Say whether anybody is invited in a role of the facility: not in staff's, where they have accounts."""
        # Without an issuer nobody has an account: an operator's invitation is then what proves most.
        accounts = self._settings.issuer is not None
        return not (self._settings.needs_factors(role) or (accounts and role in self._over_others))

    def refusal(self, person: Person, error: PolyclinicError) -> PolyclinicError:
        """Make the answer to who may not: that of `error`, or that an account may help where there are any."""
        return Unauthenticated() if self._tokens is not None and person.is_guest else error

    @property
    def sign_in(self) -> dict[str, object] | None:
        """What a client needs to get a token of the provider; None where nobody has an account."""
        if self._tokens is None:
            return None
        return {
            "issuer": self._settings.issuer,
            "client_id": self._settings.client_id,
            "scopes": self._settings.scopes,
            "token": self._settings.token,
        }

    def _claimed_roles(self, claims: Mapping[str, Any]) -> frozenset[str]:
        said = _texts(_claim(claims, self._settings.role_claim))
        mapped = {self._settings.roles.get(each, "") for each in said} if self._settings.roles else set(said)
        return frozenset(mapped | set(self._settings.everyone)) & self.roles

    def _scopes_of(self, claims: Mapping[str, Any]) -> tuple[str, ...] | None:
        prefix = self._settings.scope_prefix
        words: list[str] = []
        # A text with spaces (RFC 9068), or a list of texts; some providers call it "scp".
        for said in (claims.get("scope"), claims.get("scp")):
            texts = _texts(said)
            if said is not None and said not in (texts, *texts):
                # What cannot be read may be a limit.
                return ()
            words += [word for text in texts for word in text.split()]
        return tuple(word.removeprefix(prefix) for word in words if word.startswith(prefix)) or None

    def _is_mfa(self, claims: Mapping[str, Any]) -> bool:
        return not set(_texts(claims.get("amr"))).isdisjoint(self._settings.amr) or (
            claims.get("acr") in self._settings.acr
        )

    def _name_of(self, claims: Mapping[str, Any]) -> str | None:
        if self._settings.name_claim is None:
            return None
        name = _claim(claims, self._settings.name_claim)
        if isinstance(name, str) and is_text(name) and name.strip():
            return name
        _log.info("token_refused", reason="name")
        raise NameMissing


def _claim(claims: Mapping[str, Any], name: str) -> object:
    if name in claims:
        return claims[name]
    found: object = claims
    for step in name.split("."):
        if not isinstance(found, dict) or step not in found:
            return None
        found = found[step]
    return found


def _texts(value: object) -> list[str]:
    said = [value] if isinstance(value, str) else value
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
