"""One observer's view of a room, decoded from its snapshot frames without a Python object per entity."""

import builtins
from typing import final

from protocol.state import StateNumbers

@final
class FrameDecoder:
    """What one observer holds after the frames it was sent over one socket, by alias."""

    @property
    def frames(self) -> int: ...
    @property
    def records(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def enters(self) -> int: ...
    @property
    def leaves(self) -> int: ...
    @property
    def count(self) -> int:
        """Entities in sight."""

    @property
    def tick(self) -> int:
        """Of the last frame."""

    @property
    def time_ms(self) -> int:
        """Server clock of the last frame's tick (u32)."""

    def apply(self, data: builtins.bytes) -> int:
        """Apply one whole snapshot message, kind byte included; returns the number of its records.

        Raises MalformedFrame for what breaks SPEC 5.2 or 5.3: the view is worthless after that.
        """

    def entities(self) -> list[tuple[int, int]]:
        """(alias, entity id) of everything in sight, by alias."""

    def state(self, alias: int) -> StateNumbers:
        """Return what is held of an entity, as the fields of `protocol.state.AvatarState`. Raises KeyError."""

    def facts(self, alias: int) -> builtins.bytes:
        """Return the msgpack map that the entity was entered with. Raises KeyError."""

    def age_ms(self, alias: int) -> int | None:
        """Age of the last sample when its tick began, a multiple of 4 ms (1,020 for all that is older).

        None if the frame had no ages. Raises KeyError.
        """
