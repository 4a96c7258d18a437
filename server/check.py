"""What a facility file comes to, in words: what each room has, and what its operator may not have meant."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Final

import typer
from msgspec import Struct

from protocol.rights import Right
from server.config import (
    SAMPLE_FACILITY,
    SAMPLE_WORDS,
    Facility,
    NamedRoomSettings,
    RoomSettings,
    VisitSettings,
    load_facility,
)
from server.errors import StartError
from server.room_types import ROOM_TYPES
from server.world.rights import Rights

if TYPE_CHECKING:
    from collections.abc import Iterator

REASONS: Final = {
    "nobody_can_come_in": "there is neither an issuer, by whose accounts people come in, nor a role for guests",
    "zone_public_by_default": "a zone of a scene is public because nobody says whether it is private",
    "lock_by_a_press": "a view that was locked opens to a press, without a sign-in",
    "model_missing": "the look of a thing is not in the scene folder",
}
"""What each doubt comes to, for the log: nothing that stands in the facility file."""

MODELS: Final = "models"
"""The folder of the things' looks, in the scene folder."""


class Doubt(Struct, frozen=True, kw_only=True):
    """What may be served and may not be meant."""

    code: str
    """Stable, for programs: the code of the log line."""
    key: str
    """Where in the facility file, or which room."""
    words: str


def check(
    facility: Annotated[
        Path, typer.Option(help="The facility file (TOML).", show_default=SAMPLE_WORDS)
    ] = SAMPLE_FACILITY,
) -> None:
    """Load and check a facility file and its scenes, and print what each room has, without serving it.

    What may not be meant is told in lines that begin with `warning`. Exit status: 0, 2 for a wrong facility file.
    """
    try:
        loaded = load_facility(facility, ROOM_TYPES)
    except StartError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    for line in describe(loaded):
        typer.echo(line)


def doubts(facility: Facility) -> Iterator[Doubt]:
    """Say what an operator should look at before people come."""
    identity = facility.settings.identity
    if identity.issuer is None and identity.guests is not None and not any(each.roles for each in identity.guests):
        words = "nobody can come in: name an issuer, or let guests in by [[identity.guests]] with roles"
        yield Doubt(code="nobody_can_come_in", key="identity.guests", words=words)
    if identity.issuer is not None and not facility.settings.safety.reauthenticate:
        words = (
            "whoever takes up a device whose view was locked comes back by a press: leave it out, or say true, where "
        )
        words += "the provider's tokens have auth_time"
        yield Doubt(code="lock_by_a_press", key="safety.reauthenticate", words=words)
    for zone in facility.quiet_zones:
        words = f"the scene's zone {zone.name!r} is public: say private = true or false of it, here or in the scene"
        yield Doubt(code="zone_public_by_default", key=f"{zone.key}.zones", words=words)
    for table, rooms in (("rooms", facility.settings.rooms), ("visits", facility.settings.visits)):
        for number, room in enumerate(rooms):
            for index, thing in enumerate(room.objects):
                file = facility.scene_folder / MODELS / f"{thing.model}.glb"
                if not file.is_file():
                    words = f"there is no {file}: {thing.name!r} is shown as a plain {_plain(thing.kind)}"
                    yield Doubt(code="model_missing", key=f"{table}[{number}].objects[{index}].model", words=words)


def describe(facility: Facility) -> Iterator[str]:
    """Say line by line what each room has, and then what is in doubt."""
    settings = facility.settings
    yield f"{settings.name}: {_count(len(settings.rooms), 'room')}, roles {', '.join(settings.roles)}"
    rights = Rights(settings.rights)
    for room in (*settings.rooms, *settings.visits):
        yield ""
        yield from _describe_room(room, rights)
    for doubt in doubts(facility):
        yield f"warning: {doubt.key}: {doubt.words}"


def _describe_room(room: RoomSettings, rights: Rights) -> Iterator[str]:
    least, greatest = room.bounds
    size = " x ".join(f"{high - low:g}" for low, high in zip(least, greatest, strict=True))
    yield f"{_title(room)}: {room.scene}, {size} m"
    yield f"  people appear in {_count(len(room.spawns), 'place')}, {_count(len(room.seats), 'seat')}"
    joins = rights.holders(Right.JOIN, room.type, room.named_id)
    yield f"  open to {_roles(rights, joins)}"
    seen = {role: rights.zones(role, room.type, room.named_id, room) for role in rights.roles}
    for zone in room.zones:
        # Who may not come in perceives nothing, whatever else the table gives.
        eyes = [role for role in rights.roles if role in joins and zone.name in seen[role]]
        who = f"private, perceived from outside by {', '.join(eyes) or 'nobody'}" if zone.private else "public"
        yield f"  zone {zone.name}: {who}"
    for thing in room.objects:
        yield f"  object {thing.name}: {thing.kind} {thing.model}{', may be taken' if thing.grabbable else ''}"
    for portal in room.portals:
        yield f"  portal to {portal.to}"


def _title(room: RoomSettings) -> str:
    if isinstance(room, NamedRoomSettings):
        return f"{room.id} ({room.type})"
    most = room.open_max if isinstance(room, VisitSettings) else 0
    return f"visits ({room.type}), at most {most} open"


def _roles(rights: Rights, held: frozenset[str]) -> str:
    if held == frozenset(rights.roles):
        return "every role"
    return ", ".join(role for role in rights.roles if role in held) or "nobody"


def _plain(kind: str) -> str:
    return "screen" if kind == "panel" else "box"


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
