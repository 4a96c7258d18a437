"""What an operator may not have meant: what can be served as it stands, and is looked at twice before people come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from msgspec import Struct

from protocol.rights import Right
from server.config import NO_PORT
from server.config.rights import OVER_OTHERS, roles_over_others
from server.errors import CertificateUnusable
from server.identity.certificate_files import read_certificate
from server.identity.local_names import EVERYWHERE, is_loopback
from server.world.rights import Rights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from server.config import Facility, FacilitySettings, RoomSettings, ServerSettings
    from server.config.identity import IdentitySettings

REASONS: Final = {
    "nobody_can_come_in": "there is neither an issuer, by whose accounts people come in, nor a role for guests",
    "open_to_everybody": "other machines reach this server, and whoever does comes in as anything",
    "account_without_issuer": "there are settings of accounts, and no issuer whose accounts they are",
    "client_id_missing": "there is an issuer, and no client_id by which the web client signs anybody in",
    "staff_without_issuer": "roles of staff need more than one factor, and without an issuer nobody shows any",
    "second_factor_unprovable": "roles of staff need more than one factor, and no claim is named that shows it",
    "staff_by_one_factor": "a role with rights over others is not among the staff, who need more than one factor",
    "staff_without_claim": "a role of staff is given to no value of the claim, so that nobody comes in as that",
    "name_unasked": "names are those of accounts, and the web client does not ask the provider for them",
    "audience_of_no_id_token": "ID tokens are for the client alone, and another audience is named, so each is refused",
    "guests_without_join": "guests are let in where their role may not join",
    "guests_in_charge": "guests may do what is for those who answer for a room",
    "proxy_without_world_url": "a proxy stands before this server, and tickets lead past it",
    "clear_past_proxy": "whoever reaches this machine reaches both ports in the clear, past the proxy",
    "world_url_in_clear": "tickets lead to an address in the clear, which no page that came by https may open",
    "origin_in_clear": "pages that come in the clear can neither sign anybody in nor show a headset anything",
    "certificates_both": "a certificate is named, and one of the server's own making is shown in its place",
    "certificate_unusable": "the certificate that is named does not serve",
    "certificate_ends_soon": "the certificate ends within 30 days",
    "zone_public_by_default": "a zone of a scene is public because nobody says whether it is private",
    "lock_by_a_press": "a view that was locked opens to a press, without a sign-in",
    "model_missing": "the look of a thing is not in the scene folder",
}
"""What each doubt comes to, for the log: nothing that stands in the facility file."""

NAMES: Final = frozenset({"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username"})
"""Claims with a name that a provider tells to who asks for the scope `profile` (OpenID Connect Core 1.0, 5.4)."""

MODELS: Final = "models"
"""The folder of the things' looks, in the scene folder."""

ENDS_SOON: Final = timedelta(days=30)


class Doubt(Struct, frozen=True, kw_only=True):
    """What may be served and may not be meant."""

    code: str
    """Stable, for programs: the code of the log line."""
    key: str
    """Where in the facility file, or which room."""
    words: str


def doubts(facility: Facility) -> Iterator[Doubt]:
    """Say what an operator should look at before people come."""
    yield from _of_accounts(facility.settings)
    yield from _of_guests(facility.settings)
    yield from _of_address(facility.settings.server)
    yield from _of_certificate(facility.settings.server)
    yield from _of_rooms(facility)


def _of_accounts(settings: FacilitySettings) -> Iterator[Doubt]:
    identity, roles = settings.identity, settings.identity.staff or ()
    staff = ", ".join(roles)
    if identity.issuer is None:
        if identity.client_id is not None or identity.audience is not None:
            key = "client_id" if identity.client_id is not None else "audience"
            words = "it says nothing without an issuer: nobody has an account; name the issuer, or take this away"
            yield Doubt(code="account_without_issuer", key=f"identity.{key}", words=words)
        if staff:
            guests = [role for role in roles if role in identity.guest_roles(settings.roles)]
            comes = f"anybody comes in as {', '.join(guests)}" if guests else f"nobody comes in as {staff}"
            words = f"a second factor takes an account, and there is no issuer: {comes}"
            yield Doubt(code="staff_without_issuer", key="identity.staff", words=words)
        return
    if identity.client_id is None:
        words = "the web client can sign nobody in: say what the issuer calls it"
        yield Doubt(code="client_id_missing", key="identity.client_id", words=words)
    yield from _of_tokens(identity)
    if not settings.safety.reauthenticate:
        words = (
            "whoever takes up a device whose view was locked comes back by a press: leave it out, or say true, where "
        )
        words += "the provider's tokens have auth_time"
        yield Doubt(code="lock_by_a_press", key="safety.reauthenticate", words=words)
    # Of none at all is an answer.
    if staff and (unproved := [role for role in roles_over_others(settings.rights) if role not in roles]):
        over = ", ".join(right.value for right in Right if right in OVER_OTHERS)
        words = f"one factor is enough for {', '.join(unproved)}, with rights over others ({over})"
        yield Doubt(code="staff_by_one_factor", key="identity.staff", words=words)
    if staff and not identity.amr and not identity.acr:
        words = f"no value of amr or acr shows a second factor, so nobody comes in as {staff}"
        yield Doubt(code="second_factor_unprovable", key="identity.amr", words=words)
    given = {*(identity.roles.values() or settings.roles), *identity.everyone}
    if unheard := [role for role in roles if role not in given]:
        words = f"no value of the claim {identity.role_claim!r} stands for {', '.join(unheard)}, so nobody comes in so"
        yield Doubt(code="staff_without_claim", key="identity.roles", words=words)


def _of_tokens(identity: IdentitySettings) -> Iterator[Doubt]:
    # OpenID Connect Core 1.0 section 2: the audience of an ID token is the client.
    if identity.token == "id_token" and identity.client_id not in (None, identity.wanted_audience):  # noqa: S105
        words = f"ID tokens are for {identity.client_id!r}, so each is refused: leave audience out"
        yield Doubt(code="audience_of_no_id_token", key="identity.audience", words=words)
    if identity.name_claim in NAMES and "profile" not in identity.scopes:
        words = (
            f"most providers put {identity.name_claim!r} into no token unless they are asked for the scope profile, "
        )
        words += "and a token without it is refused: add profile to scopes"
        yield Doubt(code="name_unasked", key="identity.scopes", words=words)


def _of_guests(settings: FacilitySettings) -> Iterator[Doubt]:
    identity, server, key = settings.identity, settings.server, "identity.guests"
    roles = identity.guest_roles(settings.roles)
    if identity.issuer is None and not roles:
        but = "" if server.admin_port == NO_PORT else " but whom the operator invites"
        words = f"nobody can come in{but}: name an issuer, or let guests in by [[identity.guests]] with roles"
        yield Doubt(code="nobody_can_come_in", key=key, words=words)
    if identity.issuer is None and roles == set(settings.roles) and _is_reached_from_elsewhere(server):
        words = (
            "whoever reaches this server comes in as anything: name an issuer, or let guests in with some roles only"
        )
        yield Doubt(code="open_to_everybody", key=key, words=words)
    rights = Rights(settings.rights)
    for index, guests in enumerate(identity.guests or ()):
        rooms = [room for room in (*settings.rooms, *settings.visits) if guests.covers(room.type, room.named_id)]
        for role in guests.roles:
            may = {right for room in rooms for right in _rights_in(rights, role, room)}
            if Right.JOIN not in may:
                words = f"{role!r} may join none of these rooms: give it the right in [[rights]], or leave it out here"
                yield Doubt(code="guests_without_join", key=f"{key}[{index}].roles", words=words)
            elif identity.issuer is not None and (
                much := [right.value for right in Right if right in OVER_OTHERS & may]
            ):
                words = f"people without an account may {', '.join(much)} as {role!r}: leave it to roles with one"
                yield Doubt(code="guests_in_charge", key=f"{key}[{index}].roles", words=words)


def _rights_in(rights: Rights, role: str, room: RoomSettings) -> Iterable[Right]:
    return rights.of(role, room.type, room.named_id)


def _of_address(server: ServerSettings) -> Iterator[Doubt]:
    if server.behind_proxy and server.world_url is None:
        words = "behind a proxy tickets lead past it, to ws:// at the world's own port, which no page by https may open"
        if server.origins is None:
            words += "; the proxy's own pages are refused (origin_refused), and invitations link to this machine"
        words += ": say where the proxy has the world (--world-url wss://clinic.example/world)"
        yield Doubt(code="proxy_without_world_url", key="server.world_url", words=words)
    if server.behind_proxy and server.host in EVERYWHERE and server.tls_cert is None and not server.tls_self_signed:
        words = (
            "both ports are open in the clear on every network of this machine, past the proxy: listen at 127.0.0.1 "
        )
        words += "or at the address by which the proxy comes, or have a firewall let the proxy alone through"
        yield Doubt(code="clear_past_proxy", key="server.host", words=words)
    if server.world_url is not None and _is_in_clear(server.world_url):
        words = f"no page that came by https may open {server.world_url}: say wss://"
        yield Doubt(code="world_url_in_clear", key="server.world_url", words=words)
    for index, origin in enumerate(server.origins or ()):
        if _is_in_clear(origin):
            words = f"pages of {origin} can sign nobody in, and headsets show nothing of them: say https://"
            yield Doubt(code="origin_in_clear", key=f"server.origins[{index}]", words=words)


def _is_in_clear(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in {"http", "ws"} and not is_loopback(parts.hostname or "")


def _is_reached_from_elsewhere(server: ServerSettings) -> bool:
    return server.behind_proxy or not is_loopback(server.host)


def _of_certificate(server: ServerSettings) -> Iterator[Doubt]:
    if server.tls_cert is None:
        return
    if server.tls_self_signed:
        words = "tls_self_signed has another certificate shown in its place: take one of the two away"
        yield Doubt(code="certificates_both", key="server.tls_cert", words=words)
        return
    now = datetime.now(UTC)
    key = None if server.tls_key is None else Path(server.tls_key)
    try:
        ends = read_certificate(Path(server.tls_cert), key, now).not_valid_after_utc
    except CertificateUnusable as error:
        yield Doubt(code="certificate_unusable", key="server.tls_cert", words=error.detail)
        return
    if ends - now < ENDS_SOON:
        words = f"{server.tls_cert} ends on {ends:%Y-%m-%d %H:%M} UTC: renew it, and start the server again"
        yield Doubt(code="certificate_ends_soon", key="server.tls_cert", words=words)


def _of_rooms(facility: Facility) -> Iterator[Doubt]:
    for zone in facility.quiet_zones:
        words = f"the scene's zone {zone.name!r} is public: say private = true or false of it, here or in the scene"
        yield Doubt(code="zone_public_by_default", key=f"{zone.key}.zones", words=words)
    for table, rooms in (("rooms", facility.settings.rooms), ("visits", facility.settings.visits)):
        for number, room in enumerate(rooms):
            for index, thing in enumerate(room.objects):
                file = facility.scene_folder / MODELS / f"{thing.model}.glb"
                if not file.is_file():
                    plain = "screen" if thing.kind == "panel" else "box"
                    words = f"there is no {file}: {thing.name!r} is shown as a plain {plain}"
                    yield Doubt(code="model_missing", key=f"{table}[{number}].objects[{index}].model", words=words)
