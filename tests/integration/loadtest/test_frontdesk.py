"""The HTTP client against a front desk that says what it is told to."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loadtest.errors import JoinRefused, LoadTestError, ServerUnreachable
from loadtest.frontdesk import FrontDesk


class Desk(BaseHTTPRequestHandler):
    """Answers with what the test put on the server."""

    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        assert isinstance(self.server, Answers)
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.command, self.path, self.rfile.read(length)))
        status, body = self.server.answers.pop(0)
        if status == 0:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


class Answers(ThreadingHTTPServer):
    """A server with a list of answers; status 0 closes without one."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[tuple[str, str, bytes]] = []


@pytest.fixture
def answers() -> Iterator[Answers]:
    server = Answers()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def desk(answers: Answers) -> Iterator[FrontDesk]:
    desk = FrontDesk(f"http://127.0.0.1:{answers.server_port}/")
    yield desk
    desk.close()


def test_a_ticket_is_asked_for_and_read(desk: FrontDesk, answers: Answers) -> None:
    answers.answers.append((201, b'{"ticket": "t", "world": "ws://x/world", "expires_in": 60}'))
    ticket = desk.ticket("a room", name="Bot", role="patient", look="plain")
    assert (ticket.ticket, ticket.world) == ("t", "ws://x/world")
    method, path, body = answers.asked[0]
    assert (method, path) == ("POST", "/v1/rooms/a%20room/tickets")
    assert json.loads(body) == {"name": "Bot", "role": "patient", "avatar": "plain"}


def test_a_connection_that_was_closed_meanwhile_is_opened_again(desk: FrontDesk, answers: Answers) -> None:
    answers.answers += [(200, b"one"), (0, b""), (200, b"two")]
    assert desk.metrics() == "one"
    assert desk.metrics() == "two"
    assert len(answers.asked) == 3


def test_a_server_that_never_answers_is_unreachable(desk: FrontDesk, answers: Answers) -> None:
    answers.answers += [(0, b""), (0, b"")]
    with pytest.raises(ServerUnreachable, match="is it running"):
        desk.metrics()


def test_a_problem_is_told_with_its_code(desk: FrontDesk, answers: Answers) -> None:
    answers.answers += [(409, b'{"code": "room_full", "title": "Full", "detail": "no place in x"}'), (500, b'["odd"]')]
    with pytest.raises(JoinRefused, match=r"no place in x \(room_full\)"):
        desk.open_room("consult", "x", "patient")
    with pytest.raises(JoinRefused, match="500"):
        desk.roles()


def test_rooms_and_roles_are_read(desk: FrontDesk, answers: Answers) -> None:
    answers.answers += [(201, b'{"id": "v-1"}'), (200, b'{"roles": ["patient", "clinician"]}')]
    assert desk.open_room("consult", "x", "patient") == "v-1"
    assert desk.roles() == ["patient", "clinician"]


@pytest.mark.parametrize(
    ("body", "ask", "says"),
    [
        (b"<html>", lambda desk: desk.roles(), "not JSON"),
        (b'{"rooms": []}', lambda desk: desk.roles(), "not a facility"),
        (b'{"name": "x"}', lambda desk: desk.open_room("a", "b", "patient"), "not a room"),
        (b'{"ticket": 5}', lambda desk: desk.ticket("a", name="b", role="c", look="d"), "not a ticket"),
    ],
)
def test_an_answer_that_is_no_front_desks_is_said(
    desk: FrontDesk, answers: Answers, body: bytes, ask: object, says: str
) -> None:
    answers.answers.append((200, body))
    assert callable(ask)
    with pytest.raises(LoadTestError, match=says):
        ask(desk)


@pytest.mark.parametrize("address", ["127.0.0.1:8080", "https://x", "http://", "nonsense"])
def test_an_address_that_is_none_is_said(address: str) -> None:
    with pytest.raises(LoadTestError, match="--server wants an address"):
        FrontDesk(address)
