from pathlib import Path

import pytest

from server.errors import ConfigError
from server.glb import json_chunk
from tests.support.vrm import glb

FILE = Path("some.glb")


def test_the_json_is_the_first_chunk() -> None:
    assert json_chunk(FILE, glb({"a": 1})).strip() == b'{"a": 1}'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"glTF",
        glb({})[:19],
        b"x" + glb({})[1:],
        glb({}) + b"\0",
        glb({})[:16] + b"BIN\0" + glb({})[20:],
        glb({})[:12] + b"\xff\xff\xff\xff" + glb({})[16:],
    ],
)
def test_what_is_none_is_told_with_the_files_name(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"^some\.glb: "):
        json_chunk(FILE, data)
