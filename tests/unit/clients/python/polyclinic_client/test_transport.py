from typing import Any

import pytest
from polyclinic_client import transport
from polyclinic_client.transport import TransportClosed, WebSocketTransport, open_websocket
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK, InvalidHandshake
from websockets.frames import Close


class Connection:
    """A websockets connection, as far as it is used."""

    def __init__(self, *script: Any, subprotocol: str | None = "polyclinic.v1") -> None:
        self.script = list(script)
        self.sent: list[bytes] = []
        self.closed: list[int] = []
        self.subprotocol = subprotocol

    def _next(self) -> Any:
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    async def recv(self) -> Any:
        return self._next()

    async def send(self, data: bytes) -> None:
        self.sent.append(data)
        if self.script:
            self._next()

    async def close(self, code: int) -> None:
        self.closed.append(code)


def over(connection: Connection) -> WebSocketTransport:
    return WebSocketTransport(connection)  # type: ignore[arg-type]  # a stand-in with the methods that are used


async def opened(monkeypatch: pytest.MonkeyPatch, result: Any) -> Any:
    async def connect(_address: str, **_options: Any) -> Any:
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(transport, "connect", connect)
    return await open_websocket("ws://desk/world")


async def test_messages_go_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection(b"in")
    socket = await opened(monkeypatch, connection)
    assert await socket.receive() == b"in"
    await socket.send(b"out")
    await socket.close()
    assert (connection.sent, connection.closed) == ([b"out"], [1000])


@pytest.mark.parametrize("error", [ConnectionRefusedError("no"), InvalidHandshake("no")])
async def test_a_socket_that_does_not_open_is_lost(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    with pytest.raises(TransportClosed) as closed:
        await opened(monkeypatch, error)
    assert closed.value.code == 1006


async def test_a_server_of_something_else_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Connection(subprotocol=None)
    with pytest.raises(TransportClosed, match="1002"):
        await opened(monkeypatch, connection)
    assert connection.closed == [1002]


async def test_the_servers_close_code_is_told() -> None:
    socket = over(Connection(ConnectionClosedOK(Close(4503, "removed"), None), ConnectionClosedError(None, None)))
    with pytest.raises(TransportClosed) as closed:
        await socket.receive()
    assert (closed.value.code, closed.value.reason) == (4503, "removed")
    with pytest.raises(TransportClosed) as closed:
        await socket.send(b"")
    assert closed.value.code == 1006


async def test_text_closes_the_socket() -> None:
    connection = Connection("text")
    with pytest.raises(TransportClosed, match="1003"):
        await over(connection).receive()
    assert connection.closed == [1003]
