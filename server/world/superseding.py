"""Who comes in again: whether that ends the sessions they have. The front desk and the gateway ask it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.identity.subjects import is_guest, is_invited

if TYPE_CHECKING:
    from server.config.identity import SecondDevice
    from server.world.room import Room


def supersedes(subject: str, policy: SecondDevice) -> bool:
    """Whether a person's next session ends those they have, in whatever room.

    With an account that is the facility's to say. Who was invited has one session: an invitation for one person is that
    also if its pass is handed on. A guest is somebody else each time.
    """
    return not is_guest(subject) and (policy == "supersede" or is_invited(subject))


def leaving(subject: str, room: Room, policy: SecondDevice) -> int:
    """How many places of a room become free when a person comes in."""
    if not supersedes(subject, policy):
        return 0
    return sum(member.participant.subject == subject for member in room.members.values())
