"""What all bots of a load test really sent, and what they found in what they were sent."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, final

@final
class Witness:
    """What all bots of a test really sent, and what they found. Counters cover the measured window, faults all time."""

    FAULT_KINDS: ClassVar[tuple[str, ...]]
    """What a port can find wrong with what it is sent."""
    AGE_BIN_SECONDS: ClassVar[float]
    """Width of a bin of `age_histogram`."""

    measuring: bool
    @property
    def age_max_ns(self) -> int: ...
    @property
    def frames(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def snapshot_bytes(self) -> int:
        """Of snapshots, with the headers of their WebSocket frames."""

    @property
    def messages(self) -> int:
        """Other than snapshots."""

    @property
    def poses(self) -> int:
        """Sent."""

    @property
    def checked(self) -> int:
        """Records compared with what was sent."""

    @property
    def dated(self) -> int:
        """Records whose age was taken: they brought a value that the observer did not hold."""

    @property
    def strangers(self) -> int:
        """Times an entity entered that is no bot of this test: an object, or a person looking on."""

    @property
    def samples(self) -> list[str]:
        """The first faults, in words."""

    def add_room(
        self, canary: bytes, bounds_mm: Sequence[int], zones_mm: Sequence[Sequence[int]], private_zones: int
    ) -> int:
        """Make a room known and return its index.

        Boxes are least x y z, greatest x y z; bit n of `private_zones`: bots outside zone n must not see into it.
        Raises ValueError for a canary of another form or more than 64 zones.
        """

    def add_sender(self, entity: int, room: int, spawn: Sequence[int]) -> int:
        """Make an avatar known that the server put at `spawn` (mm) and return its index."""

    def sender_left(self, sender: int) -> None:
        """Say that an avatar has left: soon nobody may see it any more."""

    def meet(self, entity: int, sender: int) -> None:
        """Judge those who saw the entity before its own bot was told its id."""

    def hear_of(self, room: int, entities: Iterable[int]) -> None:
        """Judge the entities (u32) that a bot of this room was told of by an event.

        One of another room is a fault; of one that is no bot's, or of none yet, nothing is known.
        """

    def begin(self) -> None:
        """Start the measured window: counters from zero, faults kept."""

    def end(self) -> None:
        """End the measured window."""

    def seen(self, sender: int) -> bool:
        """Whether any bot saw this avatar in the measured window."""

    def age_histogram(self) -> bytes:
        """Pose ages of the window: u64 counts in bins of `AGE_BIN_SECONDS`, the last one for all that is older."""

    def fault_counts(self) -> dict[str, int]:
        """Faults so far by kind."""

    def judge_unknown(self, patience: float) -> None:
        """Count as faults the avatars that no bot turned out to be, `patience` seconds after they were seen."""
