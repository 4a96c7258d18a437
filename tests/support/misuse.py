"""What all that misuse a server begin with: tickets, sockets that send any bytes, and a look at the process."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.support.raw_websocket import RawWebSocket
from tests.support.visitor import ask

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.support.server_process import ServerProcess

JSON = {"content-type": "application/json"}


@dataclass(frozen=True)
class HttpAnswer:
    """All of an HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def essence(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """What a prober sees, but for the time of day."""
        return self.status, [(name, value) for name, value in self.headers if name.lower() != "date"], self.body


@dataclass(frozen=True)
class Door:
    """The two public ports of a server, for who comes with bad intentions."""

    server: ServerProcess

    @property
    def world_port(self) -> int:
        """Of the WebSocket."""
        port = urlsplit(self.server.world).port
        assert port is not None
        return port

    async def ticket(self, name: str = "Mal", room: str = "lobby", role: str = "patient") -> str:
        """A ticket that is quite in order."""
        wish = {"name": name, "role": role, "avatar": "plain"}
        answer = await asyncio.to_thread(ask, f"{self.server.http}/v1/rooms/{room}/tickets", wish)
        ticket: str = answer["ticket"]
        return ticket

    @asynccontextmanager
    async def socket(
        self, *, receive_buffer: int | None = None, source: str = "127.0.0.1"
    ) -> AsyncIterator[RawWebSocket]:
        """A WebSocket that has said nothing yet."""
        async with await RawWebSocket.open(self.world_port, receive_buffer=receive_buffer, source=source) as client:
            yield client

    @asynccontextmanager
    async def joined(
        self, name: str = "Mal", *, room: str = "lobby", role: str = "patient", receive_buffer: int | None = None
    ) -> AsyncIterator[RawWebSocket]:
        """A WebSocket that is in a room."""
        async with self.socket(receive_buffer=receive_buffer) as client:
            await client.join(await self.ticket(name, room, role))
            yield client

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
        *,
        address: str = "",
    ) -> HttpAnswer:
        """One HTTP request of the front desk, or of another address, over a connection of its own."""
        parts = urlsplit(address or self.server.http)
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port, timeout=20.0, source_address=(source, 0)
        )
        try:
            data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
            connection.request(method, path, data, dict(JSON | dict(headers or {})))
            answer = connection.getresponse()
            return HttpAnswer(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def metrics(self) -> str:
        """All metrics, as text."""
        return self.request("GET", "/metrics").body.decode()

    def count(self, name: str, **labels: str) -> float:
        """Of a metric, 0 if there is no such line."""
        told = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        pattern = rf"^{re.escape(name)}{re.escape('{' + told + '}') if told else ''} (\S+)$"
        match = re.search(pattern, self.metrics(), re.MULTILINE)
        return float(match[1]) if match else 0.0

    @property
    def resident_bytes(self) -> int:
        """Memory of the server process."""
        status = Path(f"/proc/{self.server.pid}/status").read_text()
        match = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
        assert match
        return int(match[1]) * 1024

    @property
    def descriptors(self) -> int:
        """File descriptors of the server process."""
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))

    def log(self) -> list[dict[str, Any]]:
        """All that the server has logged, line by line."""
        return [json.loads(line) for line in self.server.errors.splitlines()]
