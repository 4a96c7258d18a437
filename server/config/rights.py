"""What the facility file says of rights: `[[rights]]`, a table of roles by rooms, and nothing beside it.

A role is what some entry of the table names, and what no entry gives to a role, it may not do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Never

from msgspec import Meta, Struct

from protocol.rights import Right
from server.config.words import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

Role = Annotated[str, Meta(min_length=1, max_length=64)]
Identifier = Annotated[str, Meta(pattern=IDENTIFIER)]
ZoneName = Annotated[str, Meta(min_length=1, max_length=64)]


OVER_OTHERS: Final = frozenset(
    {
        Right.INVITE,
        Right.MUTE,
        Right.REMOVE,
        Right.SEE_PRIVATE,
        Right.RECORD,
        Right.BREAK_GLASS,
    }
)
"""Rights over what others may, or to what others are to themselves: staff's. Who uses one answers for it, so it has to
be known who they are: by an account, and not by a link that can be handed on."""


class RightsSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What some roles may do in some rooms; `[[rights]]`. Entries add to each other, none takes anything away."""

    roles: tuple[Role, ...]
    """Who; at least one. The order in which roles are first named is that in which people are offered them."""
    may: tuple[Right, ...]
    """What they may do; nothing is a way to name a role."""
    room_types: tuple[Identifier, ...] = ()
    """In rooms of these types, those opened on demand too."""
    rooms: tuple[Identifier, ...] = ()
    """In these rooms, by id. With neither, in every room; with both, in either."""
    zones: tuple[ZoneName, ...] | None = None
    """Of `see_private`, the private zones that are meant, by name; every one of those rooms if left out."""


def roles_of(rights: Sequence[RightsSettings]) -> tuple[str, ...]:
    """Give every role that is named, each once, in the order of the file."""
    return tuple(dict.fromkeys(role for entry in rights for role in entry.roles))


def roles_over_others(rights: Sequence[RightsSettings]) -> tuple[str, ...]:
    """Give the roles that have a right over others in one room or another, in the order of the file."""
    return tuple(dict.fromkeys(role for entry in rights if OVER_OTHERS & {*entry.may} for role in entry.roles))


def check_rights(
    rights: Sequence[RightsSettings],
    room_types: Collection[str],
    private_zones: Mapping[str, Iterable[tuple[str, Collection[str]]]],
    fail: Callable[[str, str, str], Never],
) -> None:
    """Check that each entry names something, and only what there is.

    `private_zones` are the names of the private zones of each room and kind of visit, each with its id ("" for visits),
    by room type. `fail` is called with the key, what was expected there and what was got.
    """
    if not rights:
        fail("rights", "at least one", "none")
    ids = {room for rooms in private_zones.values() for room, _ in rooms if room}
    for index, entry in enumerate(rights):
        key = f"rights[{index}]"
        if not entry.roles:
            fail(f"{key}.roles", "at least one", "none")
        _known(f"{key}.room_types", entry.room_types, sorted(room_types), fail)
        _known(f"{key}.rooms", entry.rooms, sorted(ids), fail)
        if entry.zones is None:
            continue
        if Right.SEE_PRIVATE not in entry.may:
            fail(f"{key}.zones", '"see_private" among what they may', ", ".join(entry.may) or "nothing")
        meant = {
            zone
            for room_type, rooms in private_zones.items()
            for room, zones in rooms
            if applies(entry, room_type, room)
            for zone in zones
        }
        _known(f"{key}.zones", entry.zones, sorted(meant), fail, "private zones of those rooms")


def applies(entry: RightsSettings, room_type: str, room: str) -> bool:
    """Whether an entry speaks of a room; `room` is "" for those opened on demand, which no file can name."""
    if not entry.room_types and not entry.rooms:
        return True
    return room_type in entry.room_types or (room != "" and room in entry.rooms)


def _known(
    key: str, names: Iterable[str], known: Sequence[str], fail: Callable[[str, str, str], Never], what: str = "one of"
) -> None:
    for name in names:
        if name not in known:
            told = f"{what} {', '.join(known)}" if what == "one of" else f"{what} ({', '.join(known) or 'none'})"
            fail(key, told, repr(name))
