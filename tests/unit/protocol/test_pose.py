import pytest

from protocol.errors import MalformedPose
from protocol.ids import POSE_BYTES_MAX, StateFlag
from protocol.pose import Pose, decode_pose, encode_pose, pose_size
from protocol.state import AvatarState, TrackedPart

HEAD = AvatarState(flags=int(StateFlag.HEAD), voice=9, head=TrackedPart(-1, 2, -3, 3, 0, 0, 0))


def test_a_pose_is_laid_out_as_the_specification_says() -> None:
    data = encode_pose(Pose(HEAD, sequence=0x0102, sampled_at=0x03040506))
    assert data.hex() == "100102010605040309ffffff020000fdffff43061964"


def test_a_pose_comes_back() -> None:
    pose = Pose(HEAD, 65_535, 2**32 - 1)
    assert decode_pose(encode_pose(pose)) == pose


def test_the_size_follows_from_the_flags() -> None:
    assert pose_size(0) == 9
    assert pose_size(StateFlag.HEAD | StateFlag.SEATED) == 22
    assert pose_size(0xFF) == POSE_BYTES_MAX == 134


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "at least 9"),
        (b"\x10" + bytes(7), "at least 9"),
        (b"\x11" + bytes(8), "kind 0x11"),
        (b"\x10\x08" + bytes(7), "left fingers"),
        (b"\x10\x00" + bytes(8), "10 bytes, flags 0x00 need 9"),
        (b"\x10\x01" + bytes(7), "9 bytes, flags 0x01 need 22"),
        (b"\x10\x01" + bytes(16) + b"\xff" * 4, "out of range"),
    ],
)
def test_faults_are_found_in_order(data: bytes, why: str) -> None:
    with pytest.raises(MalformedPose, match=why):
        decode_pose(data)
