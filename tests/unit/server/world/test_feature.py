"""The plug-in interface and its guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest
import structlog.testing
from msgspec import Struct

from server.errors import OperationRefused
from server.world.feature import LOG_SECONDS, Feature
from tests.support.rooms import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.world.member import Member


class Wave(Struct, frozen=True, forbid_unknown_fields=True):
    times: int


class Greeting(Feature):
    """Notes every call, and answers to waving."""

    name = "greeting"
    operations: ClassVar[Mapping[str, type[Struct]]] = {"wave": Wave, "bow": Wave}
    calls: ClassVar[list[tuple[str, str]]] = []

    def on_join(self, member: Member, now: float) -> None:
        self.calls.append(("join", member.participant.name))

    def on_leave(self, member: Member, now: float) -> None:
        assert member.entity not in self.room.members
        self.calls.append(("leave", member.participant.name))

    def on_resync(self, member: Member, now: float) -> None:
        self.calls.append(("resync", member.participant.name))

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> Mapping[str, object] | None:
        if body.times > 3:
            raise OperationRefused("forbidden", "that is too much waving")
        return {"waved": body.times} if type_ == "wave" else None


class Broken(Feature):
    """Raises wherever it can."""

    name = "broken"
    operations: ClassVar[Mapping[str, type[Struct]]] = {"break": Wave}

    def on_join(self, member: Member, now: float) -> None:
        raise ValueError("join")

    def on_leave(self, member: Member, now: float) -> None:
        raise ValueError("leave")

    def on_suspend(self, member: Member, now: float) -> None:
        raise ValueError("suspend")

    def on_resync(self, member: Member, now: float) -> None:
        raise ValueError("resync")

    def on_operation(self, member: Member, type_: str, body: Any, now: float) -> None:
        raise ValueError("operation")

    def on_tick(self, tick: int, now: float) -> None:
        raise ValueError("tick")

    def on_sent(self, tick: int, now: float) -> None:
        raise ValueError("sent")


class Idle(Feature):
    """Leaves every callback as it is."""

    name = "idle"
    operations: ClassVar[Mapping[str, type[Struct]]] = {"rest": Wave}


@pytest.fixture(autouse=True)
def no_calls() -> None:
    Greeting.calls.clear()


def test_features_are_called_in_order_as_people_come_and_go() -> None:
    world = World(features=(Greeting, Idle))
    assert world.room.features.names == ("greeting", "idle")
    ann = world.join("Ann")
    ann.suspend()
    ann.resume(resync=True)
    world.step()
    ann.leave()
    assert Greeting.calls == [("join", "Ann"), ("resync", "Ann"), ("leave", "Ann")]


def test_an_operation_gets_the_features_answer() -> None:
    ann = World(features=(Greeting,)).join("Ann")
    result = ann.ask("greeting", "wave", {"times": 2}, op=b"0123456789abcdef")
    assert (result.op, result.ok, result.code, result.body) == (b"0123456789abcdef", True, "", {"waved": 2})
    assert ann.ask("greeting", "bow", {"times": 1}).body == {}


@pytest.mark.parametrize(
    ("feature", "type_", "body", "code"),
    [
        ("juggling", "wave", {"times": 1}, "unknown_feature"),
        ("greeting", "hug", {"times": 1}, "unknown_type"),
        ("greeting", "wave", {"times": "often"}, "malformed"),
        ("greeting", "wave", {}, "malformed"),
        ("greeting", "wave", {"times": 1, "hand": "left"}, "malformed"),
        ("greeting", "wave", {"times": 4}, "forbidden"),
        ("broken", "break", {"times": 1}, "failed"),
        ("idle", "rest", {"times": 1}, "failed"),
    ],
)
def test_every_refusal_has_its_code(feature: str, type_: str, body: dict[str, Any], code: str) -> None:
    ann = World(features=(Greeting, Broken, Idle)).join("Ann")
    result = ann.ask(feature, type_, body)
    assert (result.ok, result.code) == (False, code)
    assert result.detail


def test_what_failed_tells_the_client_nothing_of_the_inside() -> None:
    ann = World(features=(Broken,)).join("Ann")
    assert "operation" not in ann.ask("broken", "break", {"times": 1}).detail


def test_a_callback_that_raises_is_logged_by_name_and_ends_that_call_only() -> None:
    world = World(features=(Broken, Greeting))
    with structlog.testing.capture_logs() as logs:
        ann = world.join("Ann")
        ann.ask("broken", "break", {"times": 1})
        ann.suspend()
        ann.resume(resync=True)
        world.step()
        ann.leave()
    assert [(log["feature"], log["callback"]) for log in logs] == [
        ("broken", "on_join"),
        ("broken", "on_operation"),
        ("broken", "on_suspend"),
        ("broken", "on_resync"),
        ("broken", "on_tick"),
        ("broken", "on_sent"),
        ("broken", "on_leave"),
    ]
    assert {log["room"] for log in logs} == {"hall"}
    assert all(isinstance(log["exc_info"], ValueError) for log in logs)
    assert Greeting.calls == [("join", "Ann"), ("resync", "Ann"), ("leave", "Ann")]
    assert world.room.features.faults == 7


def test_a_callback_that_raises_at_every_tick_is_logged_once_a_second() -> None:
    world = World(features=(Broken,))
    ticks = int(3 * LOG_SECONDS * world.room.tick_hz)
    with structlog.testing.capture_logs() as logs:
        world.step(ticks)
    assert 6 <= len(logs) <= 8
    assert logs[2]["count"] == pytest.approx(world.room.tick_hz, abs=2)
    assert world.room.features.faults == 2 * ticks


def test_a_feature_without_a_tick_costs_none() -> None:
    world = World(features=(Greeting, Idle, Broken))
    assert [feature.name for feature in world.room.features._ticking] == ["broken"]
    assert [feature.name for feature in world.room.features._telling] == ["broken"]


def test_operations_are_counted_by_what_there_is_and_not_by_what_was_asked_for() -> None:
    world = World(features=(Greeting, Broken))
    ann = world.join("Ann")
    for feature, kind, times in (
        ("greeting", "wave", 1),
        ("greeting", "wave", 9),
        ("greeting", "wave", "often"),
        ("greeting", "Ann Smith", 1),
        ("Ann Smith", "wave", 1),
        ("broken", "break", 1),
    ):
        ann.ask(feature, kind, {"times": times})
    assert world.room.features.operations == {
        ("greeting", "wave", "ok"): 1,
        ("greeting", "wave", "forbidden"): 1,
        ("greeting", "wave", "malformed"): 1,
        ("greeting", "other", "unknown_type"): 1,
        ("other", "other", "unknown_feature"): 1,
        ("broken", "break", "failed"): 1,
    }
