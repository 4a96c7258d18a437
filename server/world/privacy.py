"""What may be seen of people in a room and recorded, and for what they are there: what features may ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.store.motion_writer import MotionWriter

if TYPE_CHECKING:
    from server.config import RoomSettings
    from server.world.clearances import Clearances
    from server.world.member import Member
    from server.world.room_type import RoomType
    from server.world.withdrawals import Withdrawals


class Privacy:
    """The privacy of a room's members."""

    def __init__(
        self,
        settings: RoomSettings,
        room_type: RoomType,
        clearances: Clearances,
        withdrawals: Withdrawals,
        motion: MotionWriter | None = None,
    ) -> None:
        """`motion` writes what the settings have recorded."""
        self.clearances = clearances
        """Who sees whom as they are."""
        self.withdrawals = withdrawals
        """Who is hidden from whom."""
        self.recordings = settings.recordings
        """The folder for recorded motion; None: none is recorded."""
        self.motion = motion or MotionWriter()
        """Who writes it there."""
        self._type = room_type

    def joined(self, member: Member) -> None:
        """Decide how a newcomer is seen, and whom it sees."""
        self.clearances.joined(member)
        self.withdrawals.joined(member)

    def is_subject(self, member: Member) -> bool:
        """Whether what is done in the room is about a member, who may withdraw what others are there for."""
        return member.participant.role in self._type.subjects

    def purposes(self, member: Member) -> frozenset[str]:
        """For what a member is in the room; for nothing if it is there in its own right."""
        return self.withdrawals.purposes(member)

    def speaks_for_another(self, member: Member) -> bool:
        """Whether a member, of those it is about, consents for somebody who may be there too."""
        return member.participant.role in self._type.speaking_for_others
