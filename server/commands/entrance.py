"""Who may come into a facility and how, and how it is reached, in words: what its file comes to, defaults and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.rights import Right
from server.config import NO_PORT
from server.config.rights import roles_over_others
from server.world.rights import Rights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from server.config import FacilitySettings, ServerSettings
    from server.config.identity import GuestSettings, IdentitySettings
    from server.config.safety import SafetySettings

_UNITS: Final = ((3600.0, "h"), (60.0, "min"))


def describe_entrance(settings: FacilitySettings) -> Iterator[str]:
    """Say line by line who comes in, and how the server is reached."""
    yield "who comes in"
    for line in (*_accounts(settings.identity), *_guests(settings), *_invited(settings), *_attended(settings.safety)):
        yield f"  {line}"
    yield ""
    yield "how it is reached"
    for line in _reached(settings.server):
        yield f"  {line}"


def _accounts(identity: IdentitySettings) -> Iterator[str]:
    if identity.issuer is None:
        yield "accounts: none, there is no issuer"
        return
    token = "an ID token" if identity.token == "id_token" else "an access token"  # noqa: S105 - which kind
    signed = ", ".join(identity.algorithms)
    yield f"accounts: of {identity.issuer}, by {token} for {identity.wanted_audience!r}, signed by {signed}"
    stand = (
        ", ".join(f"{value} is {role}" for value, role in identity.roles.items()) or "a value is the role of its name"
    )
    yield f"their roles: by the claim {identity.role_claim!r}: {stand}"
    if identity.everyone:
        yield f"every account: may also be {', '.join(identity.everyone)}"
    shown = [f"{claim} {value}" for claim in ("amr", "acr") for value in getattr(identity, claim)]
    if identity.staff:
        yield f"more than one factor ({' or '.join(shown) or 'no claim says so'}): {', '.join(identity.staff)}"
    else:
        yield "more than one factor: asked of nobody"
    yield f"a second device: {'joins the first' if identity.second_device == 'join' else 'ends the session before'}"
    yield f"a headset let in from a phone: for {_time(identity.device_seconds)}"


def _guests(settings: FacilitySettings) -> Iterator[str]:
    identity = settings.identity
    if not identity.guest_roles(settings.roles):
        yield "guests: nobody"
    elif identity.guests is None:
        yield "guests: whoever reaches it, in every role and every room"
    else:
        for guests in identity.guests:
            if guests.roles:
                roles = "every role" if set(guests.roles) == set(settings.roles) else ", ".join(guests.roles)
                yield f"guests: {roles} in {_places(guests)}"


def _places(guests: GuestSettings) -> str:
    if guests.rooms is None and guests.types is None:
        return "every room"
    types = [f"rooms of the type {each}" for each in guests.types or ()]
    return ", ".join((*(guests.rooms or ()), *types)) or "no room"


def _invited(settings: FacilitySettings) -> Iterator[str]:
    rights, staff = Rights(settings.rights), settings.identity.staff or ()
    rooms = (*settings.rooms, *settings.visits)
    may = {role for room in rooms for role in rights.holders(Right.INVITE, room.type, room.named_id)}
    inviting = [role for role in rights.roles if role in may] if settings.identity.issuer is not None else []
    by = [*([] if settings.server.admin_port == NO_PORT else ["the operator"]), *inviting]
    over = () if settings.identity.issuer is None else roles_over_others(settings.rights)
    barred = [role for role in rights.roles if role in staff or role in over]
    but = f"every role but {', '.join(barred)}" if barred else "every role"
    yield f"by invitation: {but}" if by else "by invitation: nobody"
    if by:
        yield f"who invites: {_or(by)}"


def _attended(safety: SafetySettings) -> Iterator[str]:
    asked = f"{_time(safety.idle_seconds)} without a sign of anybody, {_time(safety.away_seconds)} with the headset off"
    locked = f"locked {_time(safety.warn_seconds)} later, ended after {_time(safety.locked_seconds)} more"
    yield f"logged off: asked after {asked}; {locked}"
    if safety.shared_devices:
        yield "devices are passed on: clients keep nothing of who wore them"


def _reached(server: ServerSettings) -> Iterator[str]:
    admin = "no admin interface" if server.admin_port == NO_PORT else f"admin interface 127.0.0.1:{server.admin_port}"
    yield f"front desk {server.host}:{server.http_port}, world {server.host}:{server.world_port}, {admin}"
    if server.tls_self_signed:
        yield "in TLS, by a certificate of its own making"
    elif server.tls_cert is not None:
        yield f"in TLS, by the certificate {server.tls_cert}"
    elif server.behind_proxy:
        yield "in the clear, behind a proxy that speaks TLS"
    else:
        yield "in the clear, on this machine alone"
    yield f"tickets lead to {server.world_url or 'the host by which one came, at the port of the world'}"
    yield f"pages that may join: {'its own' if server.origins is None else ', '.join(server.origins) or 'none'}"


def _or(words: Iterable[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _time(seconds: float) -> str:
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
