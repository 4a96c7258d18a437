"""The entities of one room, and the only way a pose gets into it."""

from collections.abc import Sequence
from typing import Final, Self, final

from protocol.state import StateNumbers

BUILD: Final[str]
"""`release`, or `debug` for one with bounds checks and sanitizers."""

POSE_STORED: Final[int]
"""`apply_pose` stored the pose as it was sent."""
POSE_CORRECTED: Final[int]
"""`apply_pose` stored it with its head elsewhere; see `take_corrections`."""
POSE_MALFORMED: Final[int]
"""`apply_pose` changed nothing: the message breaks SPEC 5.1."""
CORRECTED_BOUNDS: Final[int]
"""Reason of a correction: the head was outside the room."""
CORRECTED_SPEED: Final[int]
"""Reason of a correction: the head moved farther than its budget, and no free jump was left."""

_Box = tuple[int, int, int, int, int, int]

class TableFull(Exception):
    """Every slot of the table is taken."""

@final
class EntityTable:
    """The entities of one room by slot: where they are, what they show, who they are.

    A slot is a small number that is used again after `remove`; the entity id is not. Positions are whole millimetres
    from the room's origin. Methods that take a slot raise IndexError when it is free.
    """

    @property
    def capacity(self) -> int:
        """Slots there are."""

    @property
    def count(self) -> int:
        """Slots in use."""

    @property
    def poses_stored(self) -> int:
        """Poses accepted so far, corrected ones included."""

    @property
    def facts_changes(self) -> int:
        """Facts replaced so far, modulo 2**32."""

    def __new__(cls, capacity: int, bounds_mm: Sequence[int]) -> Self:
        """`bounds_mm` is the room as a box: smallest x y z, largest x y z. Raises ValueError, MemoryError."""

    def set_zones(self, boxes_mm: Sequence[Sequence[int]], private_mask: int) -> None:
        """Declare the zones as boxes (smallest x y z, largest x y z; mm, edges included).

        A zone's index is its place in the list; bit i of `private_mask` makes zone i private. Raises ValueError, and
        then nothing changes.
        """

    def add(self, entity_id: int, kind: int, facts: bytes, now_ms: int) -> int:
        """Take the lowest free slot for an entity and return it.

        It is present, with nothing tracked, at the point of the room nearest to its origin. `facts` is the msgpack map
        of SPEC 5.2. Raises TableFull, and ValueError for an unknown kind or facts of more than FACTS_BYTES_MAX bytes.
        """

    def set_facts(self, slot: int, facts: bytes) -> None:
        """Replace what is told of an entity.

        Who holds the old facts sees it leave and enter with the new ones, in one frame. Raises ValueError for facts of
        more than FACTS_BYTES_MAX bytes, and then nothing changes.
        """

    def carry(self, slot: int, carrier: int, right: bool) -> None:
        """Let the entity in `slot` ride in a hand of the one in `carrier`.

        Until `place`, a pose of its own, or `remove` of either. It shows nothing of its own then; for interest it is
        where the hand is, within the room, or where the head is while the hand is not tracked; it is in its carrier's
        zone. Raises ValueError for who carries itself or is carried, and for more than 16 that one carries.
        """

    def carrier(self, slot: int) -> int:
        """Return the slot of who carries it, -1 for nobody."""

    def remove(self, slot: int) -> None:
        """Free the slot. Whoever saw its entity sees it leave, even if another takes the slot at once.

        What it carried stays where it is, still without a place of its own.
        """

    def set_weight(self, slot: int, weight: float) -> None:
        """Say how much it matters what the entity does, from 0.25 to 16 in quarters; 1 is everybody.

        Raises ValueError.
        """

    def place(self, slot: int, x: int, y: int, z: int, rotation: tuple[int, int, int, int]) -> None:
        """Set where an entity is, mm, by the server's own word: a spawn point, an object.

        Only its head (the one part of an object) is tracked then. `rotation` is (largest, a, b, c). Raises ValueError
        for what the wire cannot carry.
        """

    def set_present(self, slot: int, present: bool) -> None:
        """Whether the entity can be perceived at all; that of a suspended session cannot."""

    def set_silent(self, slot: int, silent: bool) -> None:
        """Whether the entity's voice reaches nobody, that of its last pose neither; its hands may still sign."""

    def apply_pose(self, slot: int, data: bytes, now_ms: int) -> int:
        """Check, correct and store one pose message, kind byte included.

        Returns POSE_STORED, POSE_CORRECTED or POSE_MALFORMED. `now_ms` is the server clock (u32).
        """

    def take_corrections(self) -> list[tuple[int, int, int, int, int, int]]:
        """Return the newest correction of each slot corrected since the last call, in the order of its first one.

        (slot, sequence of the pose, x, y, z of the head as held, reason).
        """

    def corrections(self, slot: int) -> int:
        """Return how many poses of this entity were corrected since it was added."""

    def state(self, slot: int) -> StateNumbers:
        """Return what is stored, as the fields of `protocol.state.AvatarState` in their order.

        Flags, voice, head, left, right (x, y, z, largest, a, b, c each), left fingers, right fingers, face; zero where
        the flags name nothing.
        """

    def position(self, slot: int) -> tuple[int, int, int]:
        """Return the last place of the head, mm."""

    def zone(self, slot: int) -> int:
        """Return the index of the zone the head is in, -1 in the room at large."""

    def assign_zones(self) -> None:
        """Put every entity into the first zone that contains its head. Every move does so already for its own."""
