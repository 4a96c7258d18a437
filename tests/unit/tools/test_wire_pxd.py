import re

from protocol import fields, ids
from tools.wire_pxd import constants, render_wire_pxd

TEXT = render_wire_pxd()
NUMBERS = {name: int(value) for name, value in re.findall(r"^    (\w+) = (\d+)$", TEXT, re.MULTILINE)}


def test_enum_members_carry_the_prefix_of_their_enum() -> None:
    assert NUMBERS["KIND_SNAPSHOT"] == 0x90
    assert NUMBERS["CLOSE_MALFORMED"] == 4501
    assert NUMBERS["STATE_SEATED"] == 64
    assert NUMBERS["FRAME_ENTERS"] == 8
    assert NUMBERS["TIER_FLAGS_HEAD"] == 193
    assert NUMBERS["TIER_POSITION_SHIFT_PRESENCE"] == 7
    assert NUMBERS["TIER_ROTATION_SHIFT_UPPER"] == 2


def test_limits_are_plain_numbers_and_seconds_are_milliseconds() -> None:
    assert NUMBERS["MESSAGE_BYTES_MAX"] == ids.MESSAGE_BYTES_MAX
    assert NUMBERS["SILENCE_MS"] == 25_000
    assert NUMBERS["MOVEMENT_SPEED_MM_S"] == 3000


def test_every_integer_of_the_wire_is_there() -> None:
    assert set(constants()) <= set(NUMBERS)
    assert all(f" {name} = " in TEXT for name in constants())


def test_no_name_is_given_twice() -> None:
    names = re.findall(r"^    (\w+) = ", TEXT, re.MULTILINE)
    assert len(names) == len(set(names))


def test_scales_are_doubles_to_the_last_digit() -> None:
    (span,) = re.findall(r"#define POLYCLINIC_FLEXION_SPAN (\S+)", TEXT)
    assert float(span) == fields.FLEXION_SPAN
