"""How the server is put together; no port is opened here, see tests/integration/server."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import msgspec
import pytest
import structlog.testing

from server import main
from server.config import SAMPLE_FACILITY, Facility, load_facility, override_server
from server.errors import PortInUse, RoomUnknown, StoreError
from server.frontdesk.desk import Phase
from server.frontdesk.refusals import Refusals
from server.keeper import VisitKeeper
from server.ops.garbage import ALL_SECONDS
from server.ops.logging import LogCounts
from server.room_types import ROOM_TYPES
from server.store.sqlite import Store
from server.store.writing import OpenedRoom
from server.world.auditing import Action
from server.world.member import Participant
from tests.support.audit import Notebook
from tests.support.rooms import Inbox
from tests.support.vrm import vrm, write_vrm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from ssl import SSLContext

    from protocol.ids import CloseCode
    from server.config.identity import SecondDevice
    from server.doorway.arrivals import Arrivals
    from server.identity.origins import Origins
    from server.world.room import Room


class StubGateway:
    """A gateway without sockets."""

    fails: PortInUse | None = None

    def __init__(
        self,
        *arguments: object,
        resume_seconds: float,
        origins: Origins,
        arrivals: Arrivals,
        second_device: SecondDevice,
        on_locked: Callable[[str], bool],
    ) -> None:
        self.origins = origins
        self.on_locked = on_locked
        self.arrivals = arrivals
        self.second_device = second_device
        self.resume_seconds = resume_seconds
        self.calls: list[str] = []
        self.swept = asyncio.Event()
        self.held_bytes_most = 70_000

    @property
    def session_counts(self) -> dict[str, int]:
        return {"connecting": 1, "live": 2, "suspended": 3}

    def revoke(self, subject: str) -> int:
        self.calls.append(f"revoke {subject}")
        return 1

    async def start(self, host: str, port: int, tls: SSLContext | None) -> int:
        if self.fails is not None:
            raise self.fails
        self.calls.append(f"start {host}:{port}")
        return 7001

    def broadcast(self, room: Room, now: float) -> None:
        self.calls.append("broadcast")

    def sweep(self, now: float) -> None:
        self.swept.set()

    async def close_all(self, code: CloseCode, reason: str) -> None:
        self.calls.append(f"close {code.value}")


class StubFrontDesk:
    """A front desk without sockets."""

    calls: ClassVar[Counter[str]] = Counter()

    def __init__(self, app: object, tls: SSLContext | None = None, arrivals: Arrivals | None = None) -> None:
        self.app = app

    async def start(self, host: str, port: int) -> int:
        self.calls["start"] += 1
        return 7000 + port

    async def stop(self, seconds: float) -> None:
        self.calls["stop"] += 1


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "Gateway", StubGateway)
    monkeypatch.setattr(main, "FrontDeskServer", StubFrontDesk)
    monkeypatch.setattr(StubFrontDesk, "calls", Counter())


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


@pytest.fixture
def facility(tmp_path: Path) -> Facility:
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    return override_server(facility, store=str(tmp_path / "store.sqlite3"), http_port=0, world_port=0, admin_port=0)


def gateway_of(server: main.Server) -> StubGateway:
    assert isinstance(server.gateway, StubGateway)
    return server.gateway


# A whole run ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_run_announces_itself_and_ends_when_asked(facility: Facility, number: signal.Signals) -> None:
    lines: list[str] = []

    def announce(line: str) -> None:
        lines.append(line)
        os.kill(os.getpid(), number)

    with structlog.testing.capture_logs() as logs:
        await asyncio.wait_for(main.run(facility, LogCounts(), announce), 10.0)
    assert lines == ["ready http=http://127.0.0.1:7000 world=ws://127.0.0.1:7001 admin=http://127.0.0.1:7000"]
    events = [log["event"] for log in logs]
    assert events == ["store_made", "house_key_made", "audit_opened", "ready", "stopping"]
    assert StubFrontDesk.calls == {"start": 2, "stop": 2}


async def test_without_an_admin_port_nothing_listens_there_and_the_ready_line_is_silent(facility: Facility) -> None:
    async with AsyncExitStack() as stack:
        server = main.Server(override_server(facility, admin_port=-1), LogCounts())
        await server.start(stack)
        assert server.ready_line == "ready http=http://127.0.0.1:7000 world=ws://127.0.0.1:7001"
        assert StubFrontDesk.calls["start"] == 1


async def test_the_admin_interface_is_on_the_loopback_whatever_the_host(facility: Facility) -> None:
    async with AsyncExitStack() as stack:
        server = main.Server(override_server(facility, host="::", admin_port=5, behind_proxy=True), LogCounts())
        await server.start(stack)
        assert " admin=http://127.0.0.1:7005" in server.ready_line


async def test_the_ready_line_brackets_an_ipv6_host(facility: Facility) -> None:
    server = main.Server(override_server(facility, host="::1"), LogCounts())
    assert server.ready_line.startswith("ready http=http://[::1]:")


async def test_a_look_that_is_not_offered_is_one_log_line_and_keeps_nobody_out(
    facility: Facility, tmp_path: Path
) -> None:
    write_vrm(tmp_path / "looks", "vrm-kept", vrm(avatarPermission="onlyAuthor"))
    write_vrm(tmp_path / "looks", "vrm-worn", vrm())
    settings = msgspec.structs.replace(facility.settings, avatars=str(tmp_path / "looks"))
    with structlog.testing.capture_logs() as lines:
        async with AsyncExitStack() as stack:
            await main.Server(msgspec.structs.replace(facility, settings=settings), LogCounts()).start(stack)
    (line,) = [line for line in lines if line["event"] == "avatar_not_offered"]
    assert line["file"] == "vrm-kept.vrm"
    assert line["reason"] == "meta.avatarPermission: expected everyone, got onlyAuthor"


async def test_a_started_server_ticks_sweeps_and_takes_people_until_it_stops(facility: Facility) -> None:
    async with AsyncExitStack() as stack:
        server = main.Server(facility, LogCounts())
        phases = [server.readiness.phase]
        await server.start(stack)
        phases.append(server.readiness.phase)
        gateway = gateway_of(server)
        assert gateway.resume_seconds == 30.0
        assert set(server.directory.rooms) >= {"lobby", "auditorium"}
        lobby = server.directory.find("lobby")
        lobby.join(Participant(lobby.new_entity(), "Ann", "patient", "plain", "ann"), Inbox(), server.clock.now())
        async with asyncio.timeout(5.0):
            await gateway.swept.wait()
            while "broadcast" not in gateway.calls:  # noqa: ASYNC110 - it comes with one of the loop's next turns
                await asyncio.sleep(0)
        assert not gc.isenabled()
    assert [*phases, server.readiness.phase] == [Phase.STARTING, Phase.READY, Phase.STOPPING]
    assert gateway.calls[-1] == "close 1012"
    assert gc.isenabled()


async def test_how_many_strangers_were_refused_is_written_down_at_the_end(facility: Facility) -> None:
    server = main.Server(facility, LogCounts())
    notebook = Notebook()
    server.refusals = Refusals(notebook)
    async with AsyncExitStack() as stack:
        await server.start(stack)
        with pytest.raises(RoomUnknown), server.refusals.noting(Action.TICKET_REFUSED):
            raise RoomUnknown
        assert notebook.events == []
    assert [event.detail for event in notebook.events] == [{"room_unknown": 1}]


async def test_a_port_in_use_leaves_nothing_open(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StubGateway, "fails", PortInUse("127.0.0.1", 1, "taken"))
    with pytest.raises(PortInUse):
        async with AsyncExitStack() as stack:
            await main.Server(facility, LogCounts()).start(stack)
    # Whoever has the file open keeps its write-ahead log beside it.
    assert not list(_file(facility).parent.glob("*.sqlite3-wal"))
    assert StubFrontDesk.calls["start"] == 0


async def test_the_metrics_tell_what_every_part_has_counted(facility: Facility) -> None:
    server = main.Server(facility, LogCounts())
    server.directory.open_named(0.0)
    room = server.directory.find("lobby")
    room.join(Participant(room.new_entity(), "Ann", "patient", "robot", "s"), Inbox(), 0.0)
    server.telemetry.closes["1000"] += 4
    server.telemetry.faults["masking"] += 5
    server.arrivals.refused["tickets"] += 9
    server.telemetry.events = 6
    room.features.faults = 7
    server.scheduler.faults = 8
    text = server.metrics.render()[0].decode()
    for line in (
        "polyclinic_avatars 1.0",
        'polyclinic_sessions{state="live"} 2.0',
        'polyclinic_rooms{type="consult"} 2.0',
        'polyclinic_closes_total{code="1000"} 4.0',
        'polyclinic_faults_total{reason="masking"} 5.0',
        'polyclinic_refused_total{limit="tickets"} 9.0',
        "polyclinic_events_total 6.0",
        "polyclinic_held_bytes_most 70000.0",
        'polyclinic_errors_total{part="feature"} 7.0',
        'polyclinic_errors_total{part="room"} 8.0',
        "polyclinic_poses_total 0.0",
    ):
        assert line in text.splitlines(), line


async def test_what_a_room_has_counted_counts_after_it_has_closed(facility: Facility) -> None:
    async with AsyncExitStack() as stack:
        server = main.Server(facility, LogCounts())
        await server.start(stack)
        visit = server.directory.open_visit("consult", "Visit", server.clock.now())
        visit.features.faults = 3
        visit.features.operations["props", "grab", "ok"] = 4
        visit.features._features["props"].counts["grabs"] = 5
        server._close_empty(server.clock.now() + 1e6)
        assert visit.id not in server.directory.rooms
        lobby = server.directory.find("lobby")
        lobby.features.operations["props", "grab", "ok"] = 1
        lobby.features._features["props"].counts["grabs"] = 1
        told = server.metrics.render()[0].decode()
        assert 'polyclinic_errors_total{part="feature"} 3.0' in told
        assert 'polyclinic_operations_total{feature="props",outcome="ok",type="grab"} 5.0' in told
        assert 'polyclinic_feature_total{feature="props",what="grabs"} 6.0' in told


async def test_everything_is_looked_through_for_garbage_when_nobody_is_there(facility: Facility) -> None:
    async with AsyncExitStack() as stack:
        server = main.Server(facility, LogCounts())
        await server.start(stack)
        now = server.clock.now() + 2 * ALL_SECONDS
        lobby = server.directory.find("lobby")
        ann = Participant(lobby.new_entity(), "Ann", "patient", "plain", "ann")
        member = lobby.join(ann, Inbox(), now)
        server.garbage.check(now)
        assert 'generation="full"' not in server.metrics.render()[0].decode()
        lobby.leave(member, now)
        server.garbage.check(now)
        assert 'polyclinic_gc_pause_seconds_count{generation="full"} 1.0' in server.metrics.render()[0].decode()


# Visits over a restart ------------------------------------------------------------------------------------------------


async def test_visits_are_open_again_after_a_restart(facility: Facility) -> None:
    async with AsyncExitStack() as stack:
        server = main.Server(facility, LogCounts())
        await server.start(stack)
        visit = server.directory.open_visit("consult", "Visit 17", server.clock.now())
    await _keep(facility, OpenedRoom(id=visit.id, type="consult", name="Visit 17"))
    async with AsyncExitStack() as stack:
        again = main.Server(facility, LogCounts())
        await again.start(stack)
        assert again.directory.find(visit.id).name == "Visit 17"
        again._close_empty(again.clock.now() + 1e6)
    assert await _kept(facility) == []


async def test_a_visit_the_facility_has_no_place_for_is_forgotten(facility: Facility) -> None:
    await _keep(facility, OpenedRoom(id="spa-1", type="spa", name="Visit"))
    with structlog.testing.capture_logs() as logs:
        async with AsyncExitStack() as stack:
            server = main.Server(facility, LogCounts())
            await server.start(stack)
            assert "spa-1" not in server.directory.rooms
    assert [log["room"] for log in logs if log["event"] == "visit_not_reopened"] == ["spa-1"]
    assert await _kept(facility) == []


async def test_a_visit_that_cannot_be_forgotten_stops_nothing(facility: Facility) -> None:
    class FullStore:
        async def room_closed(self, room_id: str) -> None:
            raise StoreError("the disk is full")

    keeper = VisitKeeper(FullStore())  # type: ignore[arg-type]  # the part that is called
    with structlog.testing.capture_logs() as logs:
        keeper._forget("consult-1")
        await keeper.finish()
    assert [(log["event"], log["room"], log["code"]) for log in logs] == [
        ("visit_not_forgotten", "consult-1", "store_unavailable")
    ]


async def _keep(facility: Facility, room: OpenedRoom) -> None:
    store = await Store.open(_file(facility))
    await store.room_opened(room)
    await store.close()


async def _kept(facility: Facility) -> list[OpenedRoom]:
    store = await Store.open(_file(facility))
    try:
        return await store.opened_rooms()
    finally:
        await store.close()


def _file(facility: Facility) -> Path:
    return Path(facility.settings.server.store)
