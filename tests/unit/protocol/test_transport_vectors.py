"""transport.json against a plain reading of SPEC section 1.1: frames in, the close code out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from protocol.codec import decode_client
from protocol.errors import WireError
from protocol.ids import CONTROL_BYTES_MAX, FRAGMENTS_MAX, HELLO_BYTES_MAX, MESSAGE_BYTES_MAX, CloseCode, Kind
from protocol.packed import PackedReader

FILE = Path(__file__).resolve().parents[3] / "protocol" / "vectors" / "transport.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
CLOSE_CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class ClosedError(Exception):
    def __init__(self, code: CloseCode) -> None:
        self.code = code


@dataclass
class Frame:
    final: bool
    opcode: int
    length: int
    payload: bytes
    header_bytes: int


@dataclass
class Server:
    """Decides as section 1.1 says, in its order; it waits for a whole payload only after judging the header."""

    fragments: list[bytes] = field(default_factory=list)
    live: bool = False
    bytes_in: int = 0
    unfinished: bool = False

    def receive(self, data: bytes) -> CloseCode:
        try:
            for frame in read_frames(data):
                self.on_frame(frame)
        except ClosedError as closed:
            return closed.code
        # Nothing more comes: what has begun is never whole.
        assert self.live, "who says nothing whole at first is a matter of the session"
        assert self.fragments or self.unfinished, "nothing was closed"
        return CloseCode.NO_PONG

    def on_frame(self, frame: Frame) -> None:
        self.bytes_in += frame.header_bytes + frame.length
        if not self.live and self.bytes_in > HELLO_BYTES_MAX:
            raise ClosedError(CloseCode.TOO_BIG)
        if frame.opcode == CLOSE:
            raise ClosedError(judge_close(frame.payload))
        if frame.opcode in (PING, PONG):
            return
        if frame.opcode == TEXT:
            raise ClosedError(CloseCode.UNSUPPORTED_DATA)
        if (frame.opcode == CONTINUATION) is not bool(self.fragments):
            raise ClosedError(CloseCode.PROTOCOL_ERROR)
        size = sum(len(fragment) for fragment in self.fragments) + frame.length
        if size > MESSAGE_BYTES_MAX or len(self.fragments) + 1 > FRAGMENTS_MAX:
            raise ClosedError(CloseCode.TOO_BIG)
        self.unfinished = len(frame.payload) < frame.length
        if self.unfinished:
            return
        self.fragments.append(frame.payload)
        if frame.final:
            message, self.fragments = b"".join(self.fragments), []
            self.on_message(message)

    def on_message(self, message: bytes) -> None:
        if not self.live and message[:1] not in (bytes((Kind.HELLO,)), bytes((Kind.RESUME,))):
            raise ClosedError(CloseCode.MALFORMED)
        try:
            decode_client(message)
        except WireError as error:
            raise ClosedError(error.close_code) from error
        self.live = True


def judge_close(payload: bytes) -> CloseCode:
    if not payload:
        return CloseCode.NORMAL
    if len(payload) == 1 or int.from_bytes(payload[:2], "big") not in CLOSE_CODES:
        return CloseCode.PROTOCOL_ERROR
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        return CloseCode.INVALID_PAYLOAD
    return CloseCode.NORMAL


def read_frames(data: bytes) -> Iterator[Frame]:
    reader = PackedReader(data, WireError)
    while not reader.at_end:
        start = reader.offset
        first, second = reader.unsigned(1), reader.unsigned(1)
        final, opcode, short = bool(first & 0x80), first & 0xF, second & 0x7F
        wide = {126: 2, 127: 8}.get(short, 0)
        length = int.from_bytes(reader.take(wide), "big") if wide else short
        control = opcode >= CLOSE
        shortest = not wide or length > (125 if wide == 2 else 0xFFFF)
        if (
            first & 0x70
            or opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG)
            or (control and (not final or length > CONTROL_BYTES_MAX))
            or not second & 0x80
            or not shortest
            or length >> 63
        ):
            raise ClosedError(CloseCode.PROTOCOL_ERROR)
        mask = reader.take(4)
        header_bytes = reader.offset - start
        there = min(length, len(data) - reader.offset)
        payload = bytes(value ^ mask[index % 4] for index, value in enumerate(reader.take(there)))
        yield Frame(final, opcode, length, payload, header_bytes)


@pytest.mark.parametrize(
    "vector", [pytest.param(vector, id=vector["name"]) for vector in VECTORS["valid"] + VECTORS["invalid"]]
)
def test_frames_of_a_client_end_as_told(vector: dict[str, Any]) -> None:
    assert Server().receive(bytes.fromhex(vector["hex"])) == vector["close"]
