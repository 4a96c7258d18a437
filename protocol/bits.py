"""A little-endian stream of bits, and the code in which records write what prediction left over (SPEC.md section 5.3).

The code is Rice's with an exponential tail: the spread k says how many low bits follow as they are; what is above them
is told by a run of ones, one for each of the first few numbers and one for each doubling from there on. So a number
near 2^k costs k + 2 bits, and one far beyond it twice the bits of its own length, not thousands.
"""

from protocol.errors import MalformedFrame
from protocol.ids import CODED_BITS_MAX, PREFIX_MAX, SHORT_PREFIXES


def zigzag(value: int) -> int:
    """Fold the sign in: 0, -1, 1, -2, 2 ... become 0, 1, 2, 3, 4 ..."""
    return 2 * value if value >= 0 else -2 * value - 1


def unzigzag(code: int) -> int:
    """Undo `zigzag`."""
    return -(code + 1 >> 1) if code & 1 else code >> 1


class BitWriter:
    """Collects bits; the first one is the lowest of the first byte."""

    def __init__(self) -> None:
        self._bits = 0
        self._count = 0

    def write(self, value: int, width: int) -> None:
        """Append the low `width` bits of `value`, a number that they hold."""
        self._bits |= value << self._count
        self._count += width

    def write_signed(self, value: int, width: int) -> None:
        """Append `value` in two's complement."""
        self.write(value & ((1 << width) - 1), width)

    def write_code(self, number: int, spread: int) -> None:
        """Append a number of at least 0."""
        high = number >> spread
        if high < SHORT_PREFIXES:
            self.write((1 << high) - 1, high + 1)
        else:
            tail = high - SHORT_PREFIXES + 1
            width = tail.bit_length() - 1
            self.write((1 << SHORT_PREFIXES + width) - 1, SHORT_PREFIXES + width + 1)
            self.write(tail - (1 << width), width)
        self.write(number & ((1 << spread) - 1), spread)

    def to_bytes(self) -> bytes:
        """Return the whole bytes, the last one filled with zeros."""
        return self._bits.to_bytes((self._count + 7) // 8, "little")


class BitReader:
    """Reads bits from an offset of some bytes on. Raises MalformedFrame past the end."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data = data
        self._position = 8 * offset

    def read(self, width: int) -> int:
        """Read an unsigned number of `width` bits."""
        start, end = self._position, self._position + width
        if end > 8 * len(self._data):
            raise MalformedFrame(f"cut short: {(end + 7) // 8} bytes needed, {len(self._data)} there")
        self._position = end
        whole = int.from_bytes(self._data[start // 8 : (end + 7) // 8], "little")
        return whole >> start % 8 & ((1 << width) - 1)

    def read_signed(self, width: int) -> int:
        """Read a two's complement number of `width` bits; one of no bits is 0."""
        value = self.read(width)
        return value - (1 << width) if width and value >> width - 1 else value

    def read_code(self, spread: int) -> int:
        """Read what `BitWriter.write_code` wrote."""
        prefix = 0
        while self.read(1):
            prefix += 1
            if prefix > PREFIX_MAX:
                raise MalformedFrame(f"a prefix of more than {PREFIX_MAX} ones")
        high = prefix
        if prefix >= SHORT_PREFIXES:
            width = prefix - SHORT_PREFIXES
            high = SHORT_PREFIXES - 1 + (1 << width) + self.read(width)
        number = high << spread | self.read(spread)
        if number >> CODED_BITS_MAX:
            raise MalformedFrame(f"a number of more than {CODED_BITS_MAX} bits")
        return number

    def end(self) -> int:
        """Read what fills the last byte, zeros, and return the offset of the next one."""
        if self.read(-self._position % 8):
            raise MalformedFrame("the bits after a record are not zero")
        return self._position // 8
