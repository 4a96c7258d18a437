"""transport.json: WebSocket frames a client sends, and how the server closes."""

from typing import Final

from protocol.codec import encode
from protocol.ids import HELLO_BYTES_MAX, CloseCode
from protocol.messages import Clock
from tools.vectors.layout import Vector, VectorFile
from tools.vectors.messages import CLIENT_MESSAGES

MASK: Final = bytes.fromhex("a1b2c3d4")
FIN: Final = 0x80
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
HELLO: Final = encode(CLIENT_MESSAGES["hello"])
SHORT_LENGTH_MAX: Final = 125


def transport_file() -> VectorFile:
    """Build transport.json."""
    return {
        "about": "WebSocket frames of a client after the upgrade: section 1.1. Each begins on a new connection.",
        "valid": [{"name": name, "hex": data.hex(), "close": int(CloseCode.NORMAL)} for name, data in _valid().items()],
        "invalid": [_invalid(name, *case) for name, case in _broken_frames().items()]
        + [_invalid(name, *case) for name, case in _broken_messages().items()],
    }


def frame(opcode: int, payload: bytes = b"", *, first: int = FIN) -> bytes:
    """Lay out a masked frame of the shortest form; `first` holds FIN and the reserved bits."""
    if len(payload) <= SHORT_LENGTH_MAX:
        length = bytes((0x80 | len(payload),))
    elif len(payload) < 2**16:
        length = b"\xfe" + len(payload).to_bytes(2, "big")
    else:
        length = b"\xff" + len(payload).to_bytes(8, "big")
    masked = bytes(value ^ MASK[index % 4] for index, value in enumerate(payload))
    return bytes((first | opcode,)) + length + MASK + masked


def closing(code: int = CloseCode.NORMAL, reason: bytes = b"") -> bytes:
    """Lay out a client's close frame."""
    return frame(CLOSE, code.to_bytes(2, "big") + reason)


def _invalid(name: str, data: bytes, close: CloseCode, reason: str) -> Vector:
    return {"name": name, "hex": data.hex(), "close": int(close), "reason": reason}


def _valid() -> dict[str, bytes]:
    parts = [HELLO[index : index + 5] for index in range(0, len(HELLO), 5)]
    most = [HELLO[:1], *(b"" for _ in range(14)), HELLO[1:]]
    return {
        "hello_then_close": frame(BINARY, HELLO) + closing(),
        "close_without_a_code": frame(CLOSE),
        "close_with_a_reason": closing(reason="à bientôt".encode()),
        "close_with_a_code_of_an_application": closing(4999),
        "ping_and_pong": frame(PING, b"x" * 125) + frame(PONG) + closing(),
        "hello_in_16_fragments": _fragments(most) + closing(),
        "ping_between_fragments": frame(BINARY, parts[0], first=0)
        + frame(PING, b"?")
        + frame(CONTINUATION, b"".join(parts[1:]))
        + closing(),
    }


def _fragments(parts: list[bytes]) -> bytes:
    opcodes = [BINARY] + [CONTINUATION] * (len(parts) - 1)
    finals = [0] * (len(parts) - 1) + [FIN]
    return b"".join(
        frame(opcode, part, first=final) for opcode, part, final in zip(opcodes, parts, finals, strict=True)
    )


def _broken_frames() -> dict[str, tuple[bytes, CloseCode, str]]:
    protocol = CloseCode.PROTOCOL_ERROR
    return {
        "reserved_bit_1": (frame(BINARY, HELLO, first=FIN | 0x40), protocol, "reserved bit: no extension is on"),
        "reserved_bit_2": (frame(BINARY, HELLO, first=FIN | 0x20), protocol, "reserved bit"),
        "reserved_bit_3_in_a_ping": (frame(PING, first=FIN | 0x10), protocol, "reserved bit"),
        "opcode_3": (frame(0x3, HELLO), protocol, "unknown opcode"),
        "opcode_11": (frame(0xB), protocol, "unknown opcode"),
        "ping_in_fragments": (frame(PING, first=0), protocol, "a control frame is whole"),
        "close_in_fragments": (frame(CLOSE, first=0), protocol, "a control frame is whole"),
        "ping_of_126_bytes": (frame(PING, b"x" * 126), protocol, "a control frame has at most 125 bytes"),
        "not_masked": (bytes((FIN | BINARY, len(HELLO[:100]))) + HELLO[:100], protocol, "client frames are masked"),
        "length_of_5_in_16_bits": (
            bytes((FIN | BINARY,)) + b"\xfe\0\x05" + MASK + bytes(5),
            protocol,
            "length not in its shortest form",
        ),
        "length_of_5_in_64_bits": (
            bytes((FIN | BINARY,)) + b"\xff\0\0\0\0\0\0\0\x05" + MASK + bytes(5),
            protocol,
            "length not in its shortest form",
        ),
        "length_with_the_highest_bit": (
            bytes((FIN | BINARY,)) + b"\xff\x80\0\0\0\0\0\0\x05" + MASK,
            protocol,
            "the highest bit of a length is zero",
        ),
        "close_of_one_byte": (frame(CLOSE, b"\x03"), protocol, "half a close code"),
        "close_code_999": (closing(999), protocol, "close code not allowed on the wire"),
        "close_code_1005": (closing(1005), protocol, "close code not allowed on the wire"),
        "close_code_1006": (closing(1006), protocol, "close code not allowed on the wire"),
        "close_code_5000": (closing(5000), protocol, "close code not allowed on the wire"),
        "close_reason_not_utf_8": (closing(reason=b"\xff"), CloseCode.INVALID_PAYLOAD, "reason is not UTF-8"),
    }


def _broken_messages() -> dict[str, tuple[bytes, CloseCode, str]]:
    protocol, malformed, big = CloseCode.PROTOCOL_ERROR, CloseCode.MALFORMED, CloseCode.TOO_BIG
    begun = frame(BINARY, HELLO[:5], first=0)
    clock = encode(Clock(sent=1.0))
    too_long = (65_537).to_bytes(8, "big")
    return {
        "text": (frame(TEXT, b"hello"), CloseCode.UNSUPPORTED_DATA, "binary only"),
        "text_in_fragments": (frame(TEXT, b"hel", first=0), CloseCode.UNSUPPORTED_DATA, "binary only"),
        "continuation_of_nothing": (frame(CONTINUATION, HELLO), protocol, "no message has begun"),
        "new_message_inside_another": (begun + frame(BINARY, HELLO), protocol, "a message has begun"),
        "declared_65537_bytes": (bytes((FIN | BINARY,)) + b"\xff" + too_long + MASK, big, "more than 65,536 bytes"),
        "fragments_of_65537_bytes": (
            begun + bytes((CONTINUATION,)) + b"\xff" + (65_532 + 4).to_bytes(8, "big") + MASK,
            big,
            "more than 65,536 bytes in all",
        ),
        "declared_16384_bytes_before_the_welcome": (
            bytes((FIN | BINARY,)) + b"\xfe" + HELLO_BYTES_MAX.to_bytes(2, "big") + MASK,
            big,
            "with its header more than 16,384 bytes",
        ),
        "fragment_17": (_fragments([HELLO[:1]] + [b""] * 16), big, "more than 16 fragments"),
        "frame_that_is_never_whole": (
            frame(BINARY, HELLO) + frame(BINARY, clock)[:-1],
            CloseCode.NO_PONG,
            "not whole within 5 s",
        ),
        "message_that_is_never_whole": (
            frame(BINARY, HELLO) + frame(BINARY, clock, first=0),
            CloseCode.NO_PONG,
            "not whole within 5 s",
        ),
        "empty_message": (frame(BINARY), malformed, "a message begins with its kind"),
        "kind_unknown": (frame(BINARY, b"\x07\x80"), malformed, "unknown kind"),
        "kind_of_the_server": (frame(BINARY, b"\x82\x80"), malformed, "a kind only the server sends"),
        "clock_before_hello": (frame(BINARY, encode(Clock(sent=1.0))), malformed, "the state admits hello and resume"),
        "pose_before_hello": (frame(BINARY, b"\x10" + bytes(8)), malformed, "the state admits hello and resume"),
        "hello_with_a_broken_body": (frame(BINARY, HELLO[:-1]), malformed, "not msgpack: cut short"),
    }
