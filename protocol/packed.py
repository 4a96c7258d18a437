"""Packed little-endian integers: a bounded reader and the one width Python has no format for."""

from protocol.errors import WireError


def i24_to_bytes(value: int) -> bytes:
    """Lay a signed 24-bit integer out as 3 bytes. Raises OverflowError outside its range."""
    return value.to_bytes(3, "little", signed=True)


class PackedReader:
    """Reads packed integers one after another; past the end it raises the error class it was given."""

    def __init__(self, data: bytes, error: type[WireError], offset: int = 0) -> None:
        self.data = data
        self.offset = offset
        self._error = error

    @property
    def at_end(self) -> bool:
        """Whether every byte has been read."""
        return self.offset == len(self.data)

    def take(self, count: int) -> bytes:
        """Read `count` raw bytes."""
        end = self.offset + count
        if end > len(self.data):
            raise self._error(f"cut short: {end} bytes needed, {len(self.data)} there")
        taken = self.data[self.offset : end]
        self.offset = end
        return taken

    def unsigned(self, count: int) -> int:
        """Read an unsigned integer of `count` bytes."""
        return int.from_bytes(self.take(count), "little")

    def signed(self, count: int) -> int:
        """Read a two's complement integer of `count` bytes."""
        return int.from_bytes(self.take(count), "little", signed=True)

    def signed_triple(self, count: int) -> tuple[int, int, int]:
        """Read three two's complement integers of `count` bytes each."""
        return self.signed(count), self.signed(count), self.signed(count)
