"""sessions.json, run through codec and snapshot by a client that knows nothing but the specification."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from protocol import codec
from protocol.errors import WireError
from protocol.ids import CloseCode, Kind
from protocol.messages import Ack, Bye, Correction, Event, Hello, Operation, Result, Resume, Welcome
from protocol.snapshot import Moment, ObserverView, decode_pose

FILE = Path(__file__).resolve().parents[3] / "protocol" / "vectors" / "sessions.json"
SESSIONS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["sessions"]


@dataclass
class Conversation:
    """What both ends know by now."""

    open: bool = True
    live: bool = False
    welcome: Welcome | None = None
    view: ObserverView = field(default_factory=ObserverView)
    last_event: int = 0
    asked: dict[bytes, bool] = field(default_factory=dict)
    poses: set[int] = field(default_factory=set)
    fault: CloseCode | None = None
    """What the server must close with now: the client's message was malformed or not admitted."""

    def step(self, step: dict[str, Any]) -> None:
        if "close" in step:
            self.closed(CloseCode(step["close"]))
        elif step.get("drop"):
            assert self.live
            self.open = self.live = False
        elif step["from"] == "client":
            self.from_client(bytes.fromhex(step["hex"]))
        else:
            self.from_server(bytes.fromhex(step["hex"]))

    def closed(self, code: CloseCode) -> None:
        assert self.open
        assert self.fault in (None, code)
        self.open, self.live, self.fault = False, False, None

    def from_client(self, data: bytes) -> None:
        assert self.fault is None, "a client said more after a fault"
        if not self.open:
            assert data[0] in (Kind.HELLO, Kind.RESUME), "a new socket begins with hello or resume"
            self.open = True
        declared = codec.declared_wire(data)
        if declared is not None and declared[0] != 1:
            self.fault = CloseCode.VERSION
            return
        try:
            message = decode_pose(data) if data[0] == Kind.POSE else codec.decode_client(data)
        except WireError as error:
            self.fault = error.close_code
            return
        if isinstance(message, Hello | Resume) is self.live:
            self.fault = CloseCode.MALFORMED
        match message:
            case Operation(op=op):
                self.asked[op] = True
            case Ack(event=event) if event > self.last_event:
                self.fault = CloseCode.MALFORMED
            case Bye():
                self.fault = CloseCode.NORMAL
        if data[0] == Kind.POSE:
            self.poses.add(int.from_bytes(data[2:4], "little"))

    def from_server(self, data: bytes) -> None:
        assert self.open
        assert self.fault is None, "the fault was not answered by a close"
        if data[0] == Kind.SNAPSHOT:
            assert self.live
            before = self.view.last
            changes = self.view.apply(data)
            assert before is None or Moment(changes.tick, changes.time).may_follow(before)
            assert self.welcome is not None
            assert self.welcome.entity not in {held.entity for held in self.view.entities.values()}
            return
        message = codec.decode_server(data)
        assert self.live is not isinstance(message, Welcome)
        match message:
            case Welcome():
                self.welcomed(message)
            case Event(event=number):
                assert number == self.last_event + 1
                self.last_event = number
            case Result(op=op):
                assert self.asked.get(op), "a result nobody asked for"
                self.asked[op] = False
            case Correction(sequence=sequence):
                assert sequence in self.poses

    def welcomed(self, welcome: Welcome) -> None:
        if welcome.resumed:
            assert self.welcome is not None
            assert welcome.entity == self.welcome.entity
            assert welcome.resume_token != self.welcome.resume_token
            assert welcome.event <= self.last_event
        self.live, self.welcome, self.last_event = True, welcome, welcome.event
        self.view = ObserverView()


@pytest.mark.parametrize("session", [pytest.param(session, id=session["name"]) for session in SESSIONS])
def test_a_session_follows_the_specification(session: dict[str, Any]) -> None:
    conversation = Conversation()
    for step in session["steps"]:
        assert step["note"]
        conversation.step(step)
    assert conversation.fault is None, "the last message needs a close"
    assert not any(conversation.asked.values()), "an operation was never answered"


def test_the_sessions_show_every_kind() -> None:
    shown = {bytes.fromhex(step["hex"])[0] for session in SESSIONS for step in session["steps"] if "hex" in step}
    assert shown == set(Kind)


def test_the_sessions_show_the_closes_a_joining_client_meets() -> None:
    shown = {step["close"] for session in SESSIONS for step in session["steps"] if "close" in step}
    assert shown >= {1000, 1012, 4006, 4500, 4501, 4502, 4505, 4507, 4508, 4509}
