import pytest

from protocol.errors import MalformedFrame, MalformedPose
from protocol.packed import PackedReader, i24_to_bytes


@pytest.mark.parametrize("value", [0, 1, -1, 8_388_607, -8_388_608])
def test_i24_comes_back(value: int) -> None:
    assert PackedReader(i24_to_bytes(value), MalformedPose).signed(3) == value


@pytest.mark.parametrize("value", [8_388_608, -8_388_609])
def test_i24_has_an_end(value: int) -> None:
    with pytest.raises(OverflowError):
        i24_to_bytes(value)


def test_a_reader_goes_from_one_integer_to_the_next() -> None:
    reader = PackedReader(b"\xff\x01\x02\xfe\xff\x01\xff\x80\x7f", MalformedPose, offset=1)
    assert reader.unsigned(2) == 0x0201
    assert reader.signed(2) == -2
    assert reader.take(1) == b"\x01"
    assert not reader.at_end
    assert reader.signed_triple(1) == (-1, -128, 127)
    assert reader.at_end


def test_reading_past_the_end_raises_the_error_it_was_given() -> None:
    with pytest.raises(MalformedFrame, match="2 bytes needed, 1 there"):
        PackedReader(b"a", MalformedFrame).unsigned(2)
