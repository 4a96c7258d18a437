"""The compiled writer and reader of one entity's records, against the vectors and the longest motion there is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core_ext import RecordCodec
from protocol.errors import MalformedFrame, MalformedPose
from protocol.ids import RECORD_BYTES_MAX, StateFlag, Tier
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose

RECORDS = json.loads((Path(__file__).parents[3] / "protocol" / "vectors" / "record.json").read_text(encoding="utf-8"))
NOTHING = (((0, 0, 0), 3), ((0, 0, 0), 3))
STANDING = AvatarState(flags=int(StateFlag.HEAD), voice=255, head=TrackedPart(1000, 1600, -2000, 3, 0, 0, 0))


def message(state: AvatarState) -> bytes:
    return encode_pose(Pose(state, 0, 0))


def head_at(x: int) -> AvatarState:
    return AvatarState(flags=int(StateFlag.HEAD), voice=255, head=TrackedPart(x, 1600, -2000, 3, 0, 0, 0))


def holding(records: list[str]) -> RecordCodec:
    codec = RecordCodec()
    for record in records:
        codec.apply(bytes.fromhex(record))
    return codec


def spelled(codec: RecordCodec) -> dict[str, Any]:
    """A state as the vectors spell it."""
    flags, voice, *parts, left_fingers, right_fingers, face = codec.state()
    named = {"head": 1, "left": 2, "right": 4}
    values = {"left_fingers": (8, left_fingers), "right_fingers": (16, right_fingers), "face": (32, face)}
    return {
        "flags": flags,
        "voice": voice,
        **{name: list(part) if flags & flag else None for (name, flag), part in zip(named.items(), parts, strict=True)},
        **{name: value.hex() if flags & flag else None for name, (flag, value) in values.items()},
    }


def state_of(told: dict[str, Any]) -> AvatarState:
    head, left, right = (TrackedPart(*(told[name] or ())) for name in ("head", "left", "right"))
    one, other = (bytes.fromhex(told[name] or "00" * 20) for name in ("left_fingers", "right_fingers"))
    return AvatarState(
        told["flags"], told["voice"], head, left, right, one, other, bytes.fromhex(told["face"] or "00" * 52)
    )


@pytest.mark.parametrize("vector", RECORDS["valid"], ids=lambda vector: vector["name"])
def test_valid_records_are_read(vector: dict[str, Any]) -> None:
    codec = holding([*vector["before"], vector["hex"]])
    assert spelled(codec) == vector["after"]
    assert codec.full().hex() == vector["full"]
    assert codec.expects() == holding([vector["full"]]).expects()


@pytest.mark.parametrize(
    "vector",
    [vector for vector in RECORDS["valid"] if vector["canonical"] and not int(vector["hex"][:2], 16) & 1],
    ids=lambda vector: vector["name"],
)
def test_canonical_deltas_are_written(vector: dict[str, Any]) -> None:
    codec, after = holding(vector["before"]), vector["after"]
    record = codec.delta(message(state_of(after)))
    assert record is not None
    assert record.hex() == vector["hex"]
    assert codec.full().hex() == vector["full"]


@pytest.mark.parametrize("vector", RECORDS["invalid"], ids=lambda vector: vector["name"])
def test_invalid_records_are_refused(vector: dict[str, Any]) -> None:
    codec = holding(vector["before"])
    with pytest.raises(MalformedFrame):
        codec.apply(bytes.fromhex(vector["hex"]))


def test_a_codec_begins_with_nothing() -> None:
    codec = RecordCodec()
    assert codec.state()[0] == 0
    assert codec.expects() == (Tier.FULL, (NOTHING,) * 3, (3, 3, 3))
    assert codec.full().hex() == "0100"


def test_one_end_follows_the_other() -> None:
    sender, receiver = RecordCodec(), RecordCodec()
    sender.begin(message(STANDING), Tier.UPPER)
    receiver.apply(sender.full())
    for x in (1040, 1080, 1120):
        record = sender.delta(message(head_at(x)))
        assert record is not None
        receiver.apply(record)
        assert receiver.state() == sender.state()
        assert receiver.expects() == sender.expects()
    assert receiver.state()[2][:3] == (1120, 1600, -2000)
    assert sender.expects()[1][0][0][0] == (10, 0, 0)


def test_nothing_that_the_tier_shows_is_no_record() -> None:
    codec = RecordCodec()
    codec.begin(message(STANDING), Tier.PRESENCE)
    before = codec.expects()
    assert codec.delta(message(head_at(1010))) is None
    assert codec.expects() == before


def test_bytes_after_a_record_are_refused() -> None:
    codec = RecordCodec()
    with pytest.raises(MalformedFrame, match="bytes after"):
        codec.apply(b"\x01\x00\x00")


def test_what_is_no_pose_and_no_tier_is_refused() -> None:
    codec = RecordCodec()
    with pytest.raises(MalformedPose, match="not a pose"):
        codec.begin(b"\x10", 0)
    with pytest.raises(MalformedPose, match="not a pose"):
        codec.delta(b"")
    for tier in (-1, 4):
        with pytest.raises(ValueError, match="tier"):
            codec.begin(message(STANDING), tier)


def at_an_end(sign: int) -> AvatarState:
    """Everything as far as it goes, on one side or the other."""
    turn, value, hand = 400 * sign, 255 if sign > 0 else 0, 32_767 * sign
    head, left, right = (TrackedPart(far, far, far, 3, turn, turn, turn) for far in (8_388_607 * sign, hand, hand))
    return AvatarState(0xFF, value, head, left, right, bytes([value] * 20), bytes([value] * 20), bytes([value] * 52))


def test_jumps_from_end_to_end_stay_within_the_longest_record() -> None:
    codec, longest = RecordCodec(), 0
    for number in range(60):
        end = at_an_end(1 if number % 2 else -1)
        record = codec.delta(message(end))
        assert record is not None
        longest = max(longest, len(record), len(codec.full()))
        for rest in range(13 if number % 3 == 0 else 0):
            # Rests bring the spreads down, so that the next jump costs the most.
            codec.delta(message(replace(end, voice=17 * rest)))
    assert 200 < longest <= RECORD_BYTES_MAX
