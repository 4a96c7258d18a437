"""A WebSocket client that sends exactly the bytes it is told to: for what no proper client would do."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Self

from protocol.codec import decode_server, encode
from protocol.ids import SUBPROTOCOL, VERSION, WORLD_PATH
from protocol.messages import Hello, Welcome
from protocol.schema import SCHEMA_HASH

if TYPE_CHECKING:
    from protocol.messages import ClientMessage

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
SECONDS = 5.0
AWAITED_SECONDS = 120.0
"""What has not come by then will not come, though snapshots go on: whoever waits for it fails, and is not stuck."""
MASK = b"\x12\x34\x56\x78"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""The key and its answer of RFC 6455 section 1.3."""

HEADERS = (
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    f"Sec-WebSocket-Key: {KEY}",
    "Sec-WebSocket-Version: 13",
    f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
)


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    length_bytes: int | None = None,
) -> bytes:
    """Lay a frame out; `length_bytes` (0, 2 or 8) chooses the form of the length, by default the shortest."""
    if length_bytes is None:
        length_bytes = 0 if len(payload) < 126 else 2 if len(payload) < 65_536 else 8
    marker = {0: len(payload), 2: 126, 8: 127}[length_bytes]
    header = bytes((fin << 7 | reserved << 4 | opcode, masked << 7 | marker))
    if length_bytes:
        header += len(payload).to_bytes(length_bytes, "big")
    if not masked:
        return header + payload
    return header + MASK + bytes(byte ^ MASK[index % 4] for index, byte in enumerate(payload))


def close_frame(code: int, reason: bytes = b"") -> bytes:
    """Lay a close frame out."""
    return frame(CLOSE, struct.pack(">H", code) + reason)


class RawWebSocket:
    """One connection; an async context manager that drops the socket at its end."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def knock(
        cls, port: int, request: bytes, *, receive_buffer: int | None = None, source: str = "127.0.0.1"
    ) -> Self:
        """Connect, from an address of this machine, and send the bytes of an HTTP request."""
        stream = socket.socket()
        stream.bind((source, 0))
        if receive_buffer is not None:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        stream.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(stream, ("127.0.0.1", port))
        except OSError:
            stream.close()
            raise
        # A small limit, so that bytes stay in the kernel while nobody reads here.
        reader, writer = await asyncio.open_connection(sock=stream, limit=1_024)
        writer.write(request)
        return cls(reader, writer)

    @classmethod
    async def open(cls, port: int, *, receive_buffer: int | None = None, source: str = "127.0.0.1") -> Self:
        """Open a WebSocket to the world."""
        opened = await cls.knock(port, upgrade_request(), receive_buffer=receive_buffer, source=source)
        head = await opened.read_head()
        assert head.startswith(b"HTTP/1.1 101 "), head
        assert ACCEPT in head
        return opened

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()
        await asyncio.sleep(0)

    async def read_head(self) -> bytes:
        """Read the head of an HTTP response."""
        return await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), SECONDS)

    def send(self, *frames: bytes) -> None:
        """Send frames as they are, in one piece."""
        self.writer.write(b"".join(frames))

    def say(self, message: ClientMessage) -> None:
        """Send a message in one frame."""
        self.send(frame(BINARY, encode(message)))

    async def join(self, ticket: str) -> Welcome:
        """Join a room and read the welcome."""
        self.say(Hello(version=VERSION, schema=SCHEMA_HASH, ticket=ticket, client="raw"))
        opcode, payload = await self.read_frame()
        assert opcode == BINARY, payload
        welcome = decode_server(payload)
        assert isinstance(welcome, Welcome)
        return welcome

    async def read_frame(self) -> tuple[int, bytes]:
        """Read one frame of the server: whole, unmasked, without reserved bits."""
        first, second = await self._read(2)
        assert first & 0xF0 == 0x80
        size = second
        if size == 126:
            (size,) = struct.unpack(">H", await self._read(2))
            assert size >= 126
        elif size == 127:
            (size,) = struct.unpack(">Q", await self._read(8))
            assert size >= 65_536
        return first & 0x0F, await self._read(size)

    async def read_until(self, opcode: int, kind: int | None = None) -> bytes:
        """Read frames up to the first of an opcode, and of a kind of message if that is given."""
        async with asyncio.timeout(AWAITED_SECONDS):
            while True:
                seen, payload = await self.read_frame()
                if seen == opcode and (kind is None or payload[0] == kind):
                    return payload
                assert seen != CLOSE, payload

    async def read_close(self) -> tuple[int, str]:
        """Read up to the close frame, answer it, and see the socket end."""
        payload = await self.read_until(CLOSE)
        code: int = struct.unpack(">H", payload[:2])[0]
        try:
            self.send(frame(CLOSE, payload[:2]))
            rest = await asyncio.wait_for(self.reader.read(), SECONDS)
        except ConnectionError:
            # What the server had not read of us makes its close a reset.
            rest = b""
        assert rest == b""
        return code, payload[2:].decode()

    async def _read(self, size: int) -> bytes:
        return await asyncio.wait_for(self.reader.readexactly(size), SECONDS)


def upgrade_request(path: str = WORLD_PATH, headers: tuple[str, ...] = HEADERS) -> bytes:
    """Lay the upgrade request out."""
    return "\r\n".join((f"GET {path} HTTP/1.1", *headers, "", "")).encode("latin-1")
