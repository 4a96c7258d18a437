"""What a room has written down, and what it does not do while nothing can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol.ids import CloseCode
from protocol.messages import Operation
from server.config import ObjectSettings
from server.errors import AuditUnavailable
from server.features.chat import Chat
from server.features.presence import Presence
from server.features.props import Props
from server.world.auditing import Action, AuditEvent
from tests.support.audit import Notebook
from tests.support.rooms import World

if TYPE_CHECKING:
    from server.world.feature import Reply

CUP = ObjectSettings(name="Cup", kind="prop", model="cup", position=(0.0, 1.0, 0.0), grabbable=True)


def test_coming_and_going_are_written_down() -> None:
    notebook = Notebook()
    world = World(auditor=notebook)
    ann, bo = world.join("Ann"), world.join("Bo", role="clinician")
    world.room.leave(ann.member, world.now, CloseCode.REMOVED)
    world.room.leave(bo.member, world.now)
    world.room.leave(bo.member, world.now)
    assert notebook.events == [
        AuditEvent(action=Action.JOINED, subject="subject-Ann", role="patient", room="hall"),
        AuditEvent(action=Action.JOINED, subject="subject-Bo", role="clinician", room="hall"),
        AuditEvent(
            action=Action.REMOVED, subject="subject-Ann", role="patient", room="hall", detail={"close_code": 4503}
        ),
        AuditEvent(
            action=Action.LEFT, subject="subject-Bo", role="clinician", room="hall", detail={"close_code": 1000}
        ),
    ]


def test_nobody_comes_in_unrecorded() -> None:
    notebook = Notebook()
    world = World(auditor=notebook)
    notebook.available = False
    with pytest.raises(AuditUnavailable):
        world.join("Ann")
    assert (world.room.members, world.room.table.count, notebook.events) == ({}, 0, [])


def test_what_is_said_is_written_down_without_its_words() -> None:
    notebook = Notebook()
    ann = World(auditor=notebook).join("Ann")
    assert ann.say("my knee hurts").ok
    assert not ann.say("").ok
    (said,) = notebook.of(Action.CHAT_SAID)
    assert said == AuditEvent(action=Action.CHAT_SAID, subject="subject-Ann", role="patient", room="hall")


def test_what_is_handled_is_written_down_with_what_it_was() -> None:
    notebook = Notebook()
    world = World(auditor=notebook, objects=(CUP,), features=(Presence, Props))
    ann = world.join("Ann")
    (cup,) = world.room.things.placed
    grip = (0, 0, 0, 3, 0, 0, 0)
    result = ann.ask("props", "grab", {"prop": cup, "hand": "right", "grip": grip, "ownership": 0})
    assert result.ok, result
    (handled,) = notebook.of(Action.PROP_HANDLED)
    assert handled.detail == {"type": "grab", "prop": cup}


def test_what_cannot_be_written_down_is_refused_and_not_done() -> None:
    notebook = Notebook()
    world = World(auditor=notebook, features=(Presence, Chat))
    ann = world.join("Ann")
    notebook.available = False
    result = ann.say("hello")
    assert (result.ok, result.code) == (False, "audit_unavailable")
    assert ann.inbox.heard == []
    assert notebook.of(Action.CHAT_SAID) == []


def test_the_refusal_is_not_held_against_who_asked() -> None:
    notebook = Notebook()
    world = World(auditor=notebook)
    ann = world.join("Ann")
    notebook.available = False
    operation = Operation(op=bytes(16), feature="chat", type="say", body={"text": "x"})
    replies: list[Reply] = []
    world.room.operate(ann.member, operation, 0.0, replies.append)
    assert [reply.blamed for reply in replies] == [False]
