"""What a person may do in a room, decided in one place.

The effective right is scope and role and consent and room. Role and room come from the facility's table `[[rights]]`;
the scope is what the ticket was given for; what is taken away from somebody in the room, as by a moderator, is
withheld, each by its own reason, so that the end of one gives nothing back that another still holds.

Consent is other people's, for one of six purposes, and takes no right away: it is asked beside the right, by the
feature `consent`, each time and of everybody it is about. `record` stands for three kinds of recording, and one who
lacks the purpose of one of them leaves the right to begin another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from protocol.rights import Right
from server.config.rights import applies, roles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from server.config import RoomSettings
    from server.config.rights import RightsSettings

EVERY_RIGHT: Final = frozenset(Right)
"""The scope of a ticket that leaves nothing out."""

_WORDS: Final = frozenset(right.value for right in Right)


def scope_of(words: Iterable[str] | None) -> frozenset[Right]:
    """Give the rights that the scopes of a token name; all of them where it does not say (None)."""
    return EVERY_RIGHT if words is None else frozenset(Right(word) for word in words if word in _WORDS)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who asks for a room, as far as rooms are concerned."""

    roles: frozenset[str]
    """What they would come in as: a room is there for them if all of these may join it, and there are any."""
    scope: frozenset[Right] = EVERY_RIGHT
    """What they were let do, of what the roles may."""
    guest: bool = False
    """Whether they have no account: then only rooms are there for them in which the facility has guests as that."""


class Rights:
    """The facility's table, ready to be asked."""

    def __init__(self, entries: Sequence[RightsSettings]) -> None:
        self._entries = tuple(entries)
        self.roles = roles_of(entries)
        """Every role there is, in the order of the file."""

    def of(self, role: str, room_type: str, room: str = "") -> frozenset[Right]:
        """Give what a role may do in a room; `room` is the id of a named one, "" for one opened on demand."""
        return frozenset(right for entry in self._about(role, room_type, room) for right in entry.may)

    def may(self, role: str, right: Right, room_type: str, room: str = "") -> bool:
        """Whether a role has a right in a room."""
        return right in self.of(role, room_type, room)

    def holders(self, right: Right, room_type: str, room: str = "") -> frozenset[str]:
        """Give the roles that have a right in a room."""
        return frozenset(role for role in self.roles if self.may(role, right, room_type, room))

    def zones(self, role: str, room_type: str, room: str, settings: RoomSettings) -> frozenset[str]:
        """Give the names of the private zones that a role perceives from outside."""
        private = {zone.name for zone in settings.zones if zone.private}
        seen: set[str] = set()
        for entry in self._about(role, room_type, room):
            if Right.SEE_PRIVATE in entry.may:
                seen |= private if entry.zones is None else private.intersection(entry.zones)
        return frozenset(seen)

    def _about(self, role: str, room_type: str, room: str) -> Iterable[RightsSettings]:
        return (entry for entry in self._entries if role in entry.roles and applies(entry, room_type, room))


class RoomRights:
    """The facility's table, as it holds for one room."""

    def __init__(self, table: Rights, room_type: str, settings: RoomSettings) -> None:
        """`room_type` and `settings` are the room's."""
        self._table = table
        self._room_type = room_type
        self._room = settings.named_id
        self._settings = settings

    def of(self, role: str) -> frozenset[Right]:
        """Give what a role may do here."""
        return self._table.of(role, self._room_type, self._room)

    def zones(self, role: str, standing: Standing) -> frozenset[str]:
        """Give the names of the private zones that somebody of a role perceives from outside."""
        if not standing.may(Right.SEE_PRIVATE):
            return frozenset()
        return self._table.zones(role, self._room_type, self._room, self._settings)


class Standing:
    """What one person may do in one room, from their coming to their going."""

    __slots__ = ("_granted", "_withheld")

    def __init__(self, by_role: Iterable[Right], scope: frozenset[Right] = EVERY_RIGHT) -> None:
        """`by_role` is what the role may do in this room, `scope` what the ticket is for."""
        self._granted = frozenset(by_role) & scope
        self._withheld: dict[str, frozenset[Right]] = {}

    def may(self, right: Right) -> bool:
        """Whether the person may do this now."""
        return right in self._granted and not any(right in taken for taken in self._withheld.values())

    @property
    def rights(self) -> tuple[str, ...]:
        """What the person may do now, in the order of the rights."""
        return tuple(right.value for right in Right if self.may(right))

    def withhold(self, reason: str, rights: frozenset[Right]) -> None:
        """Take rights away until `give_back`, for a reason that is a word of the program."""
        self._withheld[reason] = rights

    def give_back(self, reason: str) -> None:
        """End what was withheld for a reason; what is withheld for another stays so."""
        self._withheld.pop(reason, None)

    def is_withheld(self, reason: str) -> bool:
        """Whether anything is withheld for a reason."""
        return reason in self._withheld
