"""The container of a binary glTF (`.glb`, and `.vrm`, which is one): its header and its first chunk, the JSON."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

from server.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_MAGIC: Final = b"glTF"
_VERSION: Final = 2
_JSON_CHUNK: Final = 0x4E4F534A
_HEADER: Final = struct.Struct("<4sII")
_CHUNK: Final = struct.Struct("<II")


def json_chunk(file: Path, data: bytes) -> bytes:
    """Give the JSON of a binary glTF (glTF 2.0 section 4.4); `file` is for the error.

    Raises `ConfigError` that says which part is not as it should be.
    """
    if len(data) < _HEADER.size + _CHUNK.size:
        raise ConfigError(str(file), "header", "a binary glTF of 20 bytes or more", f"{len(data)} bytes")
    magic, version, length = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != _VERSION:
        raise ConfigError(str(file), "header", "glTF, version 2", f"{magic!r}, version {version}")
    size, kind = _CHUNK.unpack_from(data, _HEADER.size)
    start = _HEADER.size + _CHUNK.size
    if length != len(data):
        raise ConfigError(str(file), "header", f"the file's length {len(data)}", str(length))
    if kind != _JSON_CHUNK or start + size > length:
        raise ConfigError(str(file), "first chunk", "JSON that ends inside the file", f"{size} bytes of type {kind:#x}")
    return data[start : start + size]
