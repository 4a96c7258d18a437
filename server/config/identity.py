"""Settings of who is let in and how: parts of the tables of the facility file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Never, Protocol
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from server.config.limits import LimitSettings
from server.config.words import ALGORITHM, ISSUER, KIND_OF_PROOF, ORIGIN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Origin = Annotated[str, Meta(pattern=ORIGIN)]
Text = Annotated[str, Meta(min_length=1, max_length=256)]

SecondDevice = Literal["join", "supersede"]

ALGORITHMS = ("RS256", "ES256", "ES384", "EdDSA")
"""Signatures of tokens that can be checked, by their names of RFC 7518 and RFC 8037."""


class AdmissionSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What of `[server]` decides which pages and connections are let in."""

    origins: tuple[Origin, ...] | None = None
    """The origins (RFC 6454) whose pages may join; left out, those at which this front desk is reached itself."""
    tls_cert: Text | None = None
    """The file of the certificate chain (PEM) that both public ports show, relative to where the server is started."""
    tls_key: Text | None = None
    """The file of its key; left out, the key is in the same file."""
    tls_self_signed: bool = False
    """Whether both public ports show a certificate of the server's own making, kept beside the store."""
    behind_proxy: bool = False
    """Whether a proxy speaks TLS before this server, which may then listen in the clear off the loopback address.

    Then the last entry of X-Forwarded-For says where somebody comes from.
    """
    limits: LimitSettings = LimitSettings()
    """How much may come from one address and one person."""


class GuestSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where people without an account may come in, and as what; `[[identity.guests]]`."""

    roles: tuple[Text, ...]
    """The roles they may come in."""
    rooms: tuple[Text, ...] | None = None
    """Rooms by their ids."""
    types: tuple[Text, ...] | None = None
    """Rooms by their type, those opened on demand too. With neither `rooms` nor `types`: every room."""

    def covers(self, room_type: str, room: str = "") -> bool:
        """Whether they may come into a room; `room` is the id of a named one, "" for one opened on demand."""
        if self.rooms is None and self.types is None:
            return True
        return room in (self.rooms or ()) or room_type in (self.types or ())


class IdentitySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How it is known who somebody is; `[identity]`."""

    issuer: Annotated[str, Meta(pattern=ISSUER)] | None = None
    """The OpenID provider's issuer identifier, letter for letter; left out, nobody has an account."""
    client_id: Text | None = None
    """What the provider calls the web client."""
    audience: Text | None = None
    """Whom tokens are to be for (`aud`); left out, `client_id`."""
    token: Annotated[str, Meta(pattern=KIND_OF_PROOF)] = "access_token"  # noqa: S105 - which kind
    """Which of the provider's tokens says who somebody is; it has to be a JSON Web Token."""
    algorithms: tuple[Annotated[str, Meta(pattern=ALGORITHM)], ...] = ALGORITHMS
    """How tokens may be signed."""
    scopes: tuple[Text, ...] = ("openid",)
    """What the web client asks the provider for."""
    scope_prefix: Text = "polyclinic:"
    """Of the token's scopes, those that begin so limit what it may be used for; without one, nothing does."""
    role_claim: Text = "roles"
    """The claim that says what somebody is; dots lead into maps, where no claim has the whole name."""
    roles: dict[Text, Text] = {}
    """The role that each value of that claim stands for; left out, a value stands for the role of its name."""
    everyone: tuple[Text, ...] = ()
    """Roles that everybody with an account may come in."""
    name_claim: Text | None = None
    """The claim with the name that others see, without which a token is refused; left out, people choose it."""
    staff: tuple[Text, ...] | None = None
    """Roles that need more than one factor of authentication. A facility with an issuer says so, if of none."""
    amr: tuple[Text, ...] = ("mfa",)
    """Values of the claim `amr` (RFC 8176) that say so."""
    acr: tuple[Text, ...] = ()
    """Values of the claim `acr` that say so."""
    leeway_seconds: Annotated[float, Meta(ge=0.0, le=300.0)] = 30.0
    """How far the provider's clock may be off this machine's."""
    refetch_seconds: Annotated[float, Meta(ge=1.0, le=3600.0)] = 30.0
    """The provider is asked for its keys at most as often, whatever tokens come."""
    second_device: SecondDevice = "join"
    """What becomes of somebody with an account who is in already and comes in again: the second session joins the
    first, as the same person, or supersedes it, in whatever room that is. Who was invited always supersedes it."""
    device_seconds: Annotated[float, Meta(ge=60.0, le=43_200.0)] = 3_600.0
    """How long a headset stays in that somebody with an account let in from their phone."""
    guests: tuple[GuestSettings, ...] | None = None
    """People without an account; left out, nobody where there is an issuer, else everybody everywhere."""

    @property
    def wanted_audience(self) -> str:
        """Whom tokens are to be for."""
        return self.audience or self.client_id or ""

    def needs_factors(self, role: str) -> bool:
        """Whether somebody comes in a role by more than one factor alone."""
        return role in (self.staff or ())

    def guest_roles(self, roles: Iterable[str]) -> frozenset[str]:
        """Give what guests may come in as in one room or another; `roles` are the facility's."""
        if self.guests is None:
            return frozenset(roles) if self.issuer is None else frozenset()
        return frozenset(role for guests in self.guests for role in guests.roles)

    def guest_roles_in(self, roles: Iterable[str], room_type: str, room: str = "") -> frozenset[str]:
        """Give what they may come in as in a room; `room` is the id of a named one, "" for one opened on demand."""
        if self.guests is None:
            return self.guest_roles(roles)
        return frozenset(role for guests in self.guests if guests.covers(room_type, room) for role in guests.roles)


class Fail(Protocol):
    """Raises `ConfigError` for a key of the facility file."""

    def __call__(self, key: str, expected: str, got: str) -> Never:
        """Say what was expected and what stands there."""


def check_identity(
    identity: IdentitySettings, roles: Collection[str], rooms: Collection[str], types: Collection[str], fail: Fail
) -> None:
    """Check what no single key of `[identity]` can show, against the facility's roles, room ids and room types."""

    def known(key: str, said: Iterable[str], there: Collection[str], what: str) -> None:
        for each in said:
            if each not in there:
                fail(key, f"{what} of the facility ({', '.join(there)})", repr(each))

    known("identity.roles", identity.roles.values(), roles, "roles")
    known("identity.everyone", identity.everyone, roles, "roles")
    known("identity.staff", identity.staff or (), roles, "roles")
    for index, guests in enumerate(identity.guests or ()):
        key = f"identity.guests[{index}]"
        known(f"{key}.roles", guests.roles, roles, "roles")
        known(f"{key}.rooms", guests.rooms or (), rooms, "rooms")
        known(f"{key}.types", guests.types or (), types, "room types")
    if identity.issuer is None:
        return
    parts = urlsplit(identity.issuer)
    if parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        fail("identity.issuer", "https, or an address of this machine", repr(identity.issuer))
    if not identity.wanted_audience:
        fail("identity.audience", "whom tokens are for: audience, or client_id", "neither")
    if not identity.algorithms:
        fail("identity.algorithms", f"some of {', '.join(ALGORITHMS)}", "none")
    if identity.staff is None:
        fail("identity.staff", "the roles that need more than one factor, [] for none", "nothing")
    for index, guests in enumerate(identity.guests or ()):
        if staff := [role for role in guests.roles if identity.needs_factors(role)]:
            fail(f"identity.guests[{index}].roles", "no roles of staff, who need an account", repr(staff[0]))
