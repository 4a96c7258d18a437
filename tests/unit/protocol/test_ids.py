import pytest

from protocol import ids
from protocol.ids import CloseCode, Kind, StateFlag, Tier, reconnects


def test_clients_send_kinds_below_0x80_and_servers_the_rest() -> None:
    assert {kind.name for kind in Kind if kind < 0x80} == {
        "HELLO",
        "RESUME",
        "ACK",
        "OPERATION",
        "CLOCK",
        "BYE",
        "BUDGET",
        "REFRESH",
        "POSE",
    }


@pytest.mark.parametrize("code", [1001, 1006, 1011, 1012, 4000, 4007, 4499])
def test_a_client_comes_back_after(code: int) -> None:
    assert reconnects(code)


@pytest.mark.parametrize("code", [999, 1000, 1002, 1003, 1005, 1007, 1009, 3000, 4500, 4513, 4999, 5000])
def test_a_client_stays_away_after(code: int) -> None:
    assert not reconnects(code)


def test_a_close_code_knows_whether_to_reconnect() -> None:
    assert CloseCode.SLOW.reconnect
    assert CloseCode.SERVICE_RESTART.reconnect
    assert not CloseCode.MALFORMED.reconnect
    assert not CloseCode.NORMAL.reconnect


def test_each_tier_shows_less_than_the_one_before() -> None:
    full, upper, head, presence = (ids.TIER_FLAGS[tier] for tier in Tier)
    assert full == ids.STATE_FLAGS_ALL
    assert upper == full & ~(StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS | StateFlag.FACE)
    assert head == upper & ~(StateFlag.LEFT | StateFlag.RIGHT)
    assert presence == head == StateFlag.HEAD | StateFlag.SEATED | StateFlag.SIGNING


def test_flags_fill_their_byte() -> None:
    assert sum(StateFlag) == ids.STATE_FLAGS_ALL == 0xFF


def test_the_longest_pose_is_every_part_of_it() -> None:
    assert ids.POSE_BYTES_MAX == 9 + 13 + 10 + 10 + 20 + 20 + 52
