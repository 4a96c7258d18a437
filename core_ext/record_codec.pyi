"""One entity's records by the writer and the reader that frames use: what studies and tests measure them with."""

from typing import Self, final

from protocol.state import StateNumbers

_Trend = tuple[tuple[int, int, int], int]

@final
class RecordCodec:
    """What one observer holds of one entity: written from poses at one end, read from records at the other."""

    def __new__(cls) -> Self: ...
    def begin(self, pose: bytes, tier: int) -> None:
        """Hold the state of a pose message as one never told of before. Raises MalformedPose, ValueError."""

    def full(self) -> bytes:
        """Return the record that says all that is held."""

    def delta(self, pose: bytes) -> bytes | None:
        """Return the record that leads from what is held to the state of a pose message, which is held from here on.

        None when nothing that the tier shows has changed. Raises MalformedPose.
        """

    def apply(self, record: bytes) -> None:
        """Hold what a whole record says. Raises MalformedFrame: what is held is worthless after that."""

    def state(self) -> StateNumbers:
        """Return what is shown, as the fields of `protocol.state.AvatarState`."""

    def expects(self) -> tuple[int, tuple[tuple[_Trend, _Trend], ...], tuple[int, int, int]]:
        """Return tier, (steps, spread) of position and rotation of head, left and right, and spreads of the values."""
