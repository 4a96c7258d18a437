"""The front desk over HTTP as the load tester needs it: rooms, tickets, metrics. Blocking, for a few threads."""

import http.client
import json
import threading
from typing import Any, Final
from urllib.parse import quote, urlsplit

import msgspec

from loadtest.errors import JoinRefused, LoadTestError, ServerUnreachable

_TIMEOUT_SECONDS: Final = 10.0
_ATTEMPTS: Final = 2
"""A kept-alive connection may have been closed by the server in the meantime: once more on a fresh one."""


class Ticket(msgspec.Struct, frozen=True):
    """A place in a room, for one use."""

    ticket: str
    world: str
    expires_in: float


class FrontDesk:
    """One connection kept alive for each thread that asks.

    Raises ServerUnreachable when nobody answers, JoinRefused for a problem with a stable code, LoadTestError for
    anything that is no front desk's answer.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme != "http" or not parts.hostname:
            raise LoadTestError(f"--server wants an address like http://127.0.0.1:8080, got {address!r}")
        self.address = address.rstrip("/")
        self._host = parts.hostname
        self._port = parts.port or 80
        self._path = parts.path.rstrip("/")
        self._threads = threading.local()
        self._connections: list[http.client.HTTPConnection] = []

    def ticket(self, room: str, *, name: str, role: str, look: str) -> Ticket:
        """Ask for a place in a room."""
        answer = self._ask(
            "POST", f"/v1/rooms/{quote(room, safe='')}/tickets", {"name": name, "role": role, "avatar": look}
        )
        try:
            return msgspec.convert(answer, Ticket)
        except msgspec.ValidationError as error:
            raise LoadTestError(f"{self.address}: not a ticket: {error}") from error

    def open_room(self, room_type: str, name: str, role: str) -> str:
        """Open a room on demand, in a role that may, and return its id."""
        answer = self._ask("POST", "/v1/rooms", {"type": room_type, "name": name, "role": role})
        if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
            raise LoadTestError(f"{self.address}: not a room: {answer!r}")
        return str(answer["id"])

    def roles(self) -> list[str]:
        """Return the roles of the facility, in its order."""
        answer = self._ask("GET", "/v1/facility")
        roles = answer.get("roles") if isinstance(answer, dict) else None
        if not isinstance(roles, list) or not roles:
            raise LoadTestError(f"{self.address}: not a facility: no roles")
        return [str(role["id"] if isinstance(role, dict) and "id" in role else role) for role in roles]

    def metrics(self) -> str:
        """Return the metrics in Prometheus' text format. Raises LoadTestError if this machine may not read them."""
        status, text = self._request("GET", "/metrics")
        if status != http.HTTPStatus.OK:
            raise LoadTestError(f"{self.address}: its metrics are not told to this machine (public_metrics)")
        return text.decode()

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        status, payload = self._request(method, path, body)
        try:
            answer = json.loads(payload)
        except ValueError as error:
            raise LoadTestError(f"{self.address}{path}: not JSON: {payload[:80]!r}") from error
        if status >= http.HTTPStatus.BAD_REQUEST:
            problem = answer if isinstance(answer, dict) else {}
            raise JoinRefused(str(problem.get("code", status)), str(problem.get("detail") or problem.get("title", "")))
        return answer

    def _request(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        payload = None if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        reason: Exception | None = None
        for _ in range(_ATTEMPTS):
            connection = self._connection()
            try:
                connection.request(method, self._path + path, payload, headers)
                response = connection.getresponse()
                return response.status, response.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                reason = error
        raise ServerUnreachable(f"{self.address}: no server answers ({reason}); is it running?") from reason

    def _connection(self) -> http.client.HTTPConnection:
        connection: http.client.HTTPConnection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)
            self._threads.connection = connection
            self._connections.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads, none of which asks any more."""
        for connection in self._connections:
            connection.close()
