"""What a facility file comes to, in words: who comes in, what each room has, and what may not be meant."""

from __future__ import annotations

import asyncio
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated

import typer

from protocol.rights import Right
from server.commands.doubts import doubts
from server.commands.entrance import describe_entrance
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
from server.identity.provider import ProviderUnreadable, count_keys
from server.room_types import ROOM_TYPES
from server.world.rights import Rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config.identity import IdentitySettings


def check(
    facility: Annotated[
        Path, typer.Option(help="The facility file (TOML).", show_default=SAMPLE_WORDS)
    ] = SAMPLE_FACILITY,
    provider: Annotated[
        bool, typer.Option("--provider", help="Ask the issuer for its keys, too, as a server would.")
    ] = False,
) -> None:
    """Load and check a facility file and its scenes, and print who comes in and what each room has, without serving it.

    What may not be meant is told in lines that begin with `warning`. Exit status: 0, 1 if the issuer's keys cannot be
    read, 2 for a wrong facility file.
    """
    try:
        loaded = load_facility(facility, ROOM_TYPES)
    except StartError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    for line in describe(loaded):
        typer.echo(line)
    if provider:
        _ask_provider(loaded.settings.identity)


def _ask_provider(identity: IdentitySettings) -> None:
    if identity.issuer is None:
        typer.echo("no issuer is named, so there is no provider to ask")
        return
    try:
        found = asyncio.run(count_keys(identity.issuer))
    except ProviderUnreadable as error:
        typer.echo(f"{identity.issuer}: its keys cannot be read: {error}", err=True)
        typer.echo(f"  asked: {error.asked}", err=True)
        typer.echo(f"  check: {error.to_check}", err=True)
        raise typer.Exit(1) from None
    told = ", ".join(f"{count} for {algorithm}" for algorithm, count in found.items() if count) or "none that sign"
    if not any(found[algorithm] for algorithm in identity.algorithms):
        wanted = ", ".join(identity.algorithms)
        typer.echo(f"{identity.issuer}: its keys sign nothing by {wanted}, which is wanted; it has {told}", err=True)
        typer.echo("  check: `algorithms` in [identity], and the keys at the provider that are for signing", err=True)
        raise typer.Exit(1)
    typer.echo(f"{identity.issuer} answers, with keys: {told}")


def describe(facility: Facility) -> Iterator[str]:
    """Say line by line who comes in, what each room has, and then what is in doubt."""
    settings = facility.settings
    yield f"{settings.name}: {_count(len(settings.rooms), 'room')}, roles {', '.join(settings.roles)}"
    yield ""
    yield from describe_entrance(settings)
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


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
