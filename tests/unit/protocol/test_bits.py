import pytest

from protocol.bits import BitReader, BitWriter, unzigzag, zigzag
from protocol.errors import MalformedFrame
from protocol.ids import CODED_BITS_MAX, SPREAD_MAX


def code(number: int, spread: int) -> str:
    """The bits of a code, the first one on the left."""
    writer = BitWriter()
    writer.write_code(number, spread)
    writer.write(1, 1)
    # What comes last is highest: without the mark, and turned round.
    return bin(int.from_bytes(writer.to_bytes(), "little"))[:2:-1]


def reader(bits: str) -> BitReader:
    return BitReader(int(bits[::-1], 2).to_bytes((len(bits) + 7) // 8, "little"), 0)


def test_the_sign_is_folded_in() -> None:
    assert [zigzag(value) for value in (0, -1, 1, -2, 2, -300)] == [0, 1, 2, 3, 4, 599]
    assert [unzigzag(zigzag(value)) for value in range(-300, 300)] == list(range(-300, 300))


def test_the_first_bit_is_the_lowest_of_the_first_byte() -> None:
    writer = BitWriter()
    for value, width in ((1, 1), (0, 2), (0b101, 3), (0x1FF, 9)):
        writer.write(value, width)
    assert writer.to_bytes() == bytes((0b11101001, 0b1111111))


def test_a_signed_number_comes_back_and_one_of_no_bits_is_zero() -> None:
    writer = BitWriter()
    for value in (-4, 3, -1, 0):
        writer.write_signed(value, 3)
    writer.write_signed(0, 0)
    back = BitReader(writer.to_bytes(), 0)
    assert [back.read_signed(3) for _ in range(4)] == [-4, 3, -1, 0]
    assert back.read_signed(0) == 0


@pytest.mark.parametrize(
    ("number", "spread", "bits"),
    [
        (0, 0, "0"),
        (3, 0, "1110"),
        (4, 0, "11110"),
        (5, 0, "1111100"),
        (6, 0, "1111101"),
        (7, 0, "1111110" + "00"),
        (0, 3, "0" + "000"),
        (9, 3, "10" + "100"),
        (31, 3, "1110" + "111"),
        (32, 3, "11110" + "000"),
        (40, 3, "111110" + "0" + "000"),
        (0, 12, "0" + "0" * 12),
    ],
)
def test_a_code_is_ones_for_the_high_bits_then_the_low_bits(number: int, spread: int, bits: str) -> None:
    assert code(number, spread) == bits


@pytest.mark.parametrize("spread", range(SPREAD_MAX + 1))
def test_codes_come_back(spread: int) -> None:
    numbers = [*range(70), *((1 << width) + near for width in range(6, CODED_BITS_MAX) for near in (-1, 0, 1))]
    for number in (*numbers, (1 << CODED_BITS_MAX) - 1):
        assert reader(code(number, spread) + "1").read_code(spread) == number


def test_a_number_near_the_spread_costs_two_bits_more_and_one_far_beyond_twice_its_length() -> None:
    assert len(code(1 << 5, 5)) == 5 + 2
    assert len(code(1 << 24, 0)) <= 2 * 25 + 4


def test_a_prefix_longer_than_any_number_needs_is_malformed() -> None:
    assert reader("1" * 29 + "0" * 26).read_code(0) == 3 + (1 << 25)
    with pytest.raises(MalformedFrame, match="prefix"):
        reader("1" * 30 + "0" * 40).read_code(0)


def test_a_number_of_too_many_bits_is_malformed() -> None:
    with pytest.raises(MalformedFrame, match="26 bits"):
        reader("1" * 29 + "0" + "0" * 25 + "0" * 3).read_code(3)


@pytest.mark.parametrize("bits", ["1" * 8, "1" * 5 + "0" + "00", "0" * 8])
def test_a_code_cut_short_is_malformed(bits: str) -> None:
    with pytest.raises(MalformedFrame, match="cut short"):
        reader(bits).read_code(8)


def test_nothing_is_read_past_the_end() -> None:
    short = BitReader(b"\xff\xff", 1)
    assert short.read(8) == 255
    with pytest.raises(MalformedFrame, match="3 bytes needed, 2 there"):
        short.read(1)


def test_what_fills_the_last_byte_is_zero() -> None:
    filled = BitReader(b"xx\x07", 2)
    assert filled.read(3) == 7
    assert filled.end() == 3
    filled = BitReader(b"\x0f", 0)
    filled.read(3)
    with pytest.raises(MalformedFrame, match="not zero"):
        filled.end()
    assert BitReader(b"\xff", 1).end() == 1
