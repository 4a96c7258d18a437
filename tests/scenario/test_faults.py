"""What goes wrong in one place stays there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import structlog.testing
from msgspec import Struct

from server.features.chat import Chat
from server.features.presence import Presence
from server.world.feature import Feature
from tests.support.rooms import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.world.member import Member


class Nothing(Struct, frozen=True):
    """No body."""


class Faulty(Feature):
    """A feature that raises whatever is asked of it."""

    name = "faulty"
    operations: ClassVar[Mapping[str, type[Struct]]] = {"try": Nothing}

    def on_join(self, member: Member, now: float) -> None:
        raise RuntimeError("on_join")

    def on_leave(self, member: Member, now: float) -> None:
        raise RuntimeError("on_leave")

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> None:
        raise RuntimeError("on_operation")

    def on_tick(self, tick: int, now: float) -> None:
        raise RuntimeError("on_tick")


def test_a_raising_feature_ends_only_its_call() -> None:
    world = World(features=(Faulty, Presence, Chat))
    with structlog.testing.capture_logs() as logs:
        ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
        assert ann.ask("faulty", "try", {}).code == "failed"
        assert ann.say("still here").ok
        world.step(6)
        bo.leave()
        world.step(6)
    assert bo.inbox.heard == ["still here"]
    assert ann.entered == ann.left == [bo.entity]
    assert set(ann.inbox.roster()) == {ann.entity}
    assert {(log["feature"], log["callback"]) for log in logs} == {
        ("faulty", callback) for callback in ("on_join", "on_leave", "on_operation", "on_tick")
    }


def test_a_malformed_operation_costs_others_nothing() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step(6)
    told = len(bo.inbox.events)
    for body in ({}, {"text": 7}, {"text": "hi", "loud": True}):
        assert ann.ask("chat", "say", body).code == "malformed"
    world.step(6)
    assert len(bo.inbox.events) == told
    assert bo.seen == {ann.entity}


def test_a_malformed_pose_moves_nobody() -> None:
    world = World()
    ann, bo = world.join("Ann"), world.join("Bo", x=2.0)
    world.step()
    assert world.room.table.apply_pose(bo.member.slot, b"\x10\xff" + bytes(40), 0) < 0
    world.step()
    assert ann.sees_at(bo.entity) == (2000, 1600, 0)
