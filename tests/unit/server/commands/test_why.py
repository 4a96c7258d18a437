"""`polyclinic why`, over answers that a test gives; see tests/integration/server for a real server's."""

from __future__ import annotations

import http.client
import re
import threading
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from rich.console import Console
from typer.testing import CliRunner

from server.commands import why
from server.commands.admin_client import NoAnswer
from server.commands.why import Question, ask
from server.frontdesk.problems import problem
from server.main import app
from tests.support.rooms import World

if TYPE_CHECKING:
    from collections.abc import Callable

RUNNER = CliRunner(env={"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "200"})

Asked = list[tuple[str, int | None, str]]


class StubConnection:
    """A connection to a server that answers each request with the next of `answers`; the last one for ever."""

    answers: list[tuple[int, bytes] | Exception]
    asked: Asked

    def __init__(self, host: str, port: int | None, timeout: float) -> None:
        self.host, self.port = host, port
        self.status = 0

    def request(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> None:
        self.asked.append((self.host, self.port, target))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        self.status, self.body = answer

    def getresponse(self) -> StubConnection:
        return self

    def read(self) -> bytes:
        return self.body

    def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Asked]:
    def answering(*answers: tuple[int, bytes] | Exception) -> Asked:
        asked: Asked = []
        members = {"answers": list(answers), "asked": asked}
        monkeypatch.setattr(http.client, "HTTPConnection", type("Stub", (StubConnection,), members))
        return asked

    return answering


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(why, "WATCH_SECONDS", 0.0)


def explained(name: str = "Bot 3") -> bytes:
    world = World()
    observer, subject = world.join("Bot 17"), world.join(name, z=-4.9)
    world.step()
    return msgspec.json.encode(world.room.explain(observer.member, subject.entity))


def refused(status: int, code: str, detail: str) -> tuple[int, bytes]:
    return status, bytes(problem(status, code, detail).body)


def test_the_answer_is_on_top_and_the_terms_below(answering: Callable[..., Asked]) -> None:
    asked = answering((200, explained()))
    result = RUNNER.invoke(app, ["why", "Bot 17", "3", "--room", "hall"])
    assert (result.exit_code, result.stderr) == (0, "")
    first, *rest = [line.strip("│├└─` |+-") for line in result.stdout.splitlines()]
    assert first == "Bot 17 gets Bot 3 in tier upper at 10 Hz because it is 4.9 m away and ahead"
    assert rest[0].endswith("distance 4.9 m, head to head")
    assert rest[-1].endswith("room hall, 20 Hz, at tick 1")
    assert asked == [("127.0.0.1", 8082, "/v1/admin/why?observer=Bot+17&subject=3&room=hall")]


def test_a_name_with_brackets_is_no_markup(answering: Callable[..., Asked]) -> None:
    answering((200, explained("Bo [red]")))
    assert "gets Bo [red] in tier" in RUNNER.invoke(app, ["why", "1", "2"]).stdout


LONG = "Bo " + "x" * 240


def test_a_line_stays_whole_in_a_pipe_however_long(answering: Callable[..., Asked]) -> None:
    answering((200, explained(LONG)))
    lines = RUNNER.invoke(app, ["why", "1", "2"]).stdout.splitlines()
    assert lines[0].startswith(f"Bot 17 gets {LONG} in tier upper at 10 Hz because")
    assert max(map(len, lines)) == len(lines[0]) < 400


@pytest.mark.usefixtures("no_pauses")
def test_a_pipe_that_is_to_be_taken_for_a_terminal_has_a_terminals_width(answering: Callable[..., Asked]) -> None:
    gone = refused(404, "entity_unknown", "subject: nobody and nothing here has this id or name")
    answering((200, explained(LONG)), (200, explained(LONG)), gone)
    environment = {"TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": "100"}
    result = RUNNER.invoke(app, ["why", "1", "2", "--watch"], env=environment)
    assert result.exit_code == 2
    shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\r", "", result.stdout)
    assert "Bot 17 gets" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_json_is_the_answer_as_it_came(answering: Callable[..., Asked]) -> None:
    answer = explained()
    answering((200, answer))
    result = RUNNER.invoke(app, ["why", "1", "2", "--json"])
    assert (result.exit_code, result.stdout) == (0, answer.decode() + "\n")


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (
            refused(404, "entity_unknown", "observer: nobody and nothing here has this id or name"),
            "why: observer 'Ann': nobody and nothing here has this id or name\n",
        ),
        (
            refused(409, "not_together", "observer and subject are in different rooms"),
            "why: observer and subject are in different rooms\n",
        ),
        (
            (200, b"<html>"),
            "why: the server's answer is not one that this version understands\n",
        ),
        (
            (502, b"<html>"),
            "why: http://127.0.0.1:8082: status 502, which is no answer of a Polyclinic server\n",
        ),
        (
            ConnectionRefusedError(111, "refused"),
            "why: http://127.0.0.1:8082: no server answers (refused); is it running, and its admin port on?\n",
        ),
        (
            http.client.BadStatusLine(""),
            "why: http://127.0.0.1:8082: no server answers (''); is it running, and its admin port on?\n",
        ),
    ],
)
def test_no_answer_is_one_line_and_status_2(
    answering: Callable[..., Asked], answer: tuple[int, bytes] | Exception, line: str
) -> None:
    answering(answer)
    result = RUNNER.invoke(app, ["why", "Ann", "2"])
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", line)


@pytest.mark.parametrize("admin", ["127.0.0.1:8082", "https://127.0.0.1", "http://", "http://x:port", "http://[::1"])
def test_an_address_that_is_none_is_told(admin: str) -> None:
    with pytest.raises(NoAnswer, match=r"expected an address like http://127\.0\.0\.1:8082, got "):
        ask(Question(admin, "1", "2"))


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_watch_asks_again_until_there_is_no_answer(answering: Callable[..., Asked], options: list[str]) -> None:
    gone = refused(404, "entity_unknown", "subject: nobody and nothing here has this id or name")
    asked = answering((200, explained()), (200, explained()), gone)
    result = RUNNER.invoke(app, ["why", "1", "2", "--watch", *options])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert len(asked) == 3
    assert result.stdout.count("gets Bot 3 in tier") == 2


def test_ctrl_c_ends_a_watch_well(answering: Callable[..., Asked], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: threading.Event, timeout: float) -> Any:
        raise KeyboardInterrupt

    answering((200, explained()))
    monkeypatch.setattr(threading.Event, "wait", interrupted)
    monkeypatch.setattr(Console, "is_terminal", property(lambda _: True))
    result = RUNNER.invoke(app, ["why", "1", "2", "--watch"])
    assert (result.exit_code, result.stderr) == (0, "")
    assert "Bot 17 gets Bot 3" in result.stdout
