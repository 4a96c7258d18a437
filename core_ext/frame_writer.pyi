"""Frames as bytes: the head, and the records of those who are due, each encoded once a tick and class."""

from typing import Self

from typing_extensions import disjoint_base

from core_ext import EntityTable, Interest

@disjoint_base
class FrameWriter:
    """Writes the parts of frames. The base of `SnapshotEncoder`, which decides what goes into each."""

    @property
    def table(self) -> EntityTable: ...
    @property
    def interest(self) -> Interest: ...
    @property
    def records_written(self) -> int: ...
    @property
    def encoded(self) -> int:
        """Deltas and full records that were encoded, each for all who got it."""

    def __new__(cls, table: EntityTable, interest: Interest) -> Self:
        """Make one that has written nothing. Raises ValueError for interest sets of another table, MemoryError."""
