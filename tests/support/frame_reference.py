"""The frames of SPEC section 1.1 read plainly: the oracle for the compiled reader."""

from __future__ import annotations

from dataclasses import dataclass, field

from protocol.ids import FRAGMENTS_MAX, MESSAGE_BYTES_MAX, CloseCode, Kind
from tests.support.raw_websocket import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT

CONTROL_BYTES_MAX = 125
CLOSE_CODES = {*range(1000, 1004), *range(1007, 1015), *range(3000, 5000)}
FORMS = {126: (2, 126), 127: (8, 65_536)}
"""Of the longer forms of a length: how many bytes, and the least that needs them."""


class Fault(Exception):
    """The bytes break a rule; it carries the close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Read:
    """What came of a client's bytes."""

    messages: list[bytes] = field(default_factory=list)
    """Whole messages that are for somebody to decode."""
    pongs: list[bytes] = field(default_factory=list)
    controls: int = 0
    close: int | None = None
    """The code that the server closes with, None if it goes on reading."""


@dataclass(frozen=True)
class Header:
    fin: bool
    opcode: int
    mask: bytes
    size: int
    end: int


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """Take the mask off."""
    over = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(over, "big")).to_bytes(len(payload), "big")


def read_header(data: bytes, start: int) -> Header | None:
    """Read a header; None if it is not whole. Raises Fault."""
    if len(data) < start + 2:
        return None
    first, second = data[start], data[start + 1]
    opcode, length, end = first & 0x0F, second & 0x7F, start + 2
    check_reserved(first)
    if opcode not in {CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG} or not second & 0x80:
        raise Fault(CloseCode.PROTOCOL_ERROR)
    if opcode >= CLOSE and (not first & 0x80 or length > CONTROL_BYTES_MAX):
        raise Fault(CloseCode.PROTOCOL_ERROR)
    if length in FORMS:
        size, least = FORMS[length]
        if len(data) < end + size:
            return None
        length, end = int.from_bytes(data[end : end + size], "big"), end + size
        if length < least or length >> 63:
            raise Fault(CloseCode.PROTOCOL_ERROR)
    if len(data) < end + 4:
        return None
    return Header(bool(first & 0x80), opcode, data[end : end + 4], length, end + 4)


def check_reserved(first: int) -> None:
    """Check the bits that are an extension's, of which none is on. Raises Fault."""
    if first & 0x70:
        raise Fault(CloseCode.PROTOCOL_ERROR)


def check_order(header: Header, fragments: list[bytes]) -> None:
    """Check what a data frame may be after those before it. Raises Fault."""
    if header.opcode == TEXT:
        raise Fault(CloseCode.UNSUPPORTED_DATA)
    if (header.opcode == CONTINUATION) is not bool(fragments):
        raise Fault(CloseCode.PROTOCOL_ERROR)


def check_size(header: Header, fragments: list[bytes]) -> None:
    """Check that a message may have so many bytes more. Raises Fault."""
    if header.size + sum(map(len, fragments)) > MESSAGE_BYTES_MAX:
        raise Fault(CloseCode.TOO_BIG)


def check_count(fragments: list[bytes]) -> None:
    """Check that a message may have one fragment more. Raises Fault."""
    if len(fragments) == FRAGMENTS_MAX:
        raise Fault(CloseCode.TOO_BIG)


def check_message(message: bytes) -> None:
    """Check that a message is of a kind that a client may send before it has joined. Raises Fault."""
    if not message or message[0] == Kind.POSE or message[0] not in set(Kind) or message[0] >= Kind.WELCOME:
        raise Fault(CloseCode.MALFORMED)


def close_of(payload: bytes) -> int:
    """The code that answers a close frame."""
    if payload and (len(payload) == 1 or int.from_bytes(payload[:2], "big") not in CLOSE_CODES):
        return CloseCode.PROTOCOL_ERROR
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        return CloseCode.INVALID_PAYLOAD
    return CloseCode.NORMAL


def read_frames(data: bytes) -> Read:
    """Read all that a client has sent so far."""
    read, fragments, start = Read(), list[bytes](), 0
    try:
        while (header := read_header(data, start)) is not None:
            if header.opcode < CLOSE:
                check_order(header, fragments)
                check_size(header, fragments)
            start = header.end + header.size
            if len(data) < start:
                return read
            payload = unmasked(data[header.end : start], header.mask)
            if header.opcode == CLOSE:
                read.close = close_of(payload)
                return read
            if header.opcode in {PING, PONG}:
                read.controls += 1
                read.pongs += [payload] if header.opcode == PING else []
                continue
            check_count(fragments)
            fragments.append(payload)
            if header.fin:
                message, fragments = b"".join(fragments), []
                check_message(message)
                read.messages.append(message)
    except Fault as fault:
        read.close = fault.code
    return read
