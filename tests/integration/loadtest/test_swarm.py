"""Whole load tests against the real server."""

import asyncio
import signal
from pathlib import Path

import numpy as np
import pytest

from loadtest.errors import LoadTestError, ServerUnreachable
from loadtest.frontdesk import FrontDesk
from loadtest.outcome import Outcome
from loadtest.plan import Request
from loadtest.progress import Status
from loadtest.report import build
from loadtest.scenario import Scenario, for_room, load_scenario
from loadtest.swarm import Swarm
from tests.support.server_process import ServerProcess


class Notebook:
    """A watcher that writes down what it is shown."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.shown: list[Status] = []
        self.phase_seen = asyncio.Event()

    def phase(self, title: str, total: float, unit: str = "") -> None:
        assert total >= 1
        self.phases.append(title)
        if title == "measuring":
            self.phase_seen.set()

    def show(self, done: float, status: Status) -> None:
        assert done >= 0
        self.shown.append(status)

    def close(self) -> None:
        raise AssertionError("whoever made the watcher closes it")


def make(server: str, avatars: int, scenario: Scenario, seconds: float = 1.5, traces: Path | None = None) -> Request:
    return Request(
        server=server, avatars=avatars, seconds=seconds, scenario=scenario, scenario_name="test", traces=traces, seed=3
    )


async def run(request: Request) -> tuple[Swarm, Outcome, Notebook]:
    notebook = Notebook()
    swarm = Swarm(request, FrontDesk(request.server), notebook)
    return swarm, await swarm.run(), notebook


async def test_avatars_in_a_lobby_see_each_other_without_an_error(server: ServerProcess) -> None:
    request = make(server.http, 8, for_room("lobby"), seconds=2.5)
    swarm, outcome, notebook = await run(request)
    report = build(request, outcome, [], "")
    assert (report.errors, report.error_kinds) == (0, {})
    assert (report.avatars, report.avatars_seen, report.joins) == (8, 8, 8)
    assert report.updates_checked == report.updates_received > 8 * 7 * 20
    assert report.frames_per_second == pytest.approx(30, rel=0.2)
    assert report.pose_age_ms.p99 is not None
    assert report.server.cpu_cores is not None
    assert report.tick_lateness_ms.p99 is not None
    assert notebook.phases == ["opening rooms", "preparing motion", "joining", "measuring"]
    assert notebook.shown[-1].avatars == 8
    assert swarm.parts


async def test_things_go_from_hand_to_hand_and_all_bots_know_one_truth(server: ServerProcess) -> None:
    request = make(server.http, 12, load_scenario("handover"), seconds=5.0)
    _, outcome, _ = await run(request)
    report = build(request, outcome, [], "")
    assert (report.errors, report.error_kinds) == (0, {})
    assert report.handling["compared"] > 200
    assert report.handling["grab"] + report.handling.get("move", 0) > 3
    assert set(report.room_types) == {"consult"}


async def test_recorded_motion_arrives_as_it_was_sent(server: ServerProcess, tmp_path: Path) -> None:
    t = np.arange(450) / 90
    head = np.tile(np.array([0, 1.6, 0, 0, 0, 0, 1.0]), (450, 1))
    head[:, 0], head[:, 1] = np.sin(t), 1.6 + 0.1 * np.cos(3 * t)
    left = head.copy()
    left[:, 1] -= 0.5
    left[100:200] = np.nan
    np.savez(tmp_path / "sway.npz", t=t, head=head, left=left, right=head)
    request = make(server.http, 4, for_room("waiting"), traces=tmp_path)
    report = build(request, (await run(request))[1], [], "")
    assert report.error_kinds == {}
    assert report.motion == "traces"
    assert report.updates_checked > 100


async def test_consultations_are_rooms_of_their_own(server: ServerProcess) -> None:
    scenario = Scenario(title="visits", visit="consult", size=(3, 2), walkers=0.0, seated=0.5, chat_seconds=0.4)
    request = make(server.http, 10, scenario)
    _, outcome, _ = await run(request)
    report = build(request, outcome, [], "")
    assert {kind: n for kind, n in report.error_kinds.items() if kind != "unseen"} == {}
    assert (report.rooms, report.room_types, report.tick_hz) == (4, ["consult"], 60)
    assert report.foreign_canaries == 0


async def test_people_who_come_and_go_leave_nothing_behind(server: ServerProcess) -> None:
    scenario = Scenario(
        title="come and go", room="lobby", stay_seconds=(0.3, 0.8), away_seconds=(0.05, 0.2), chat_seconds=0.5
    )
    request = make(server.http, 12, scenario, seconds=4.0)
    _, outcome, _ = await run(request)
    report = build(request, outcome, [], "")
    assert report.error_kinds == {}
    assert report.joins > 24


async def test_a_lecture_has_everybody_seated_but_one(server: ServerProcess) -> None:
    request = make(server.http, 9, load_scenario("lecture"))
    swarm, outcome, _ = await run(request)
    report = build(request, outcome, [], "")
    assert report.error_kinds == {}
    seated = [(int(part.rows[0, 0]) & 64) != 0 for part in swarm.parts]
    assert seated == [False, *([True] * 8)]


async def test_a_room_that_is_not_there_ends_the_test_in_a_line(server: ServerProcess) -> None:
    with pytest.raises(LoadTestError, match="room_unknown"):
        await run(make(server.http, 3, for_room("cellar")))


async def test_a_full_room_ends_the_test_in_a_line(server: ServerProcess) -> None:
    # The front desk turns the ninth away, or the gateway if its ticket came before the eighth had joined; and the bots
    # may hear of a refusal before they hear of the last welcomes.
    with pytest.raises(LoadTestError, match=r"after \d avatars had joined: .*\((room_full|4006)\)$"):
        await run(make(server.http, 20, for_room("consult-1")))


async def test_no_server_ends_the_test_in_a_line() -> None:
    with pytest.raises(ServerUnreachable, match="no server answers"):
        await run(make("http://127.0.0.1:9", 3, for_room("lobby")))


async def test_a_server_that_stops_tells_every_bot_to_come_back() -> None:
    with ServerProcess() as server:
        request = make(server.http, 20, for_room("lobby"), seconds=30.0)
        notebook = Notebook()
        swarm = Swarm(request, FrontDesk(request.server), notebook)
        running = asyncio.ensure_future(swarm.run())
        await notebook.phase_seen.wait()
        server.process.send_signal(signal.SIGTERM)
        outcome = await running
        assert await asyncio.to_thread(server.process.wait, 5) == 0
    report = build(request, outcome, [], "")
    assert report.ended_early
    assert report.sessions_lost == 20
    assert sum(report.close_codes.values()) == 20
    assert set(report.close_codes) <= {"1012", "4000"}


async def test_a_server_killed_while_avatars_join_is_counted_and_not_a_crash() -> None:
    with ServerProcess() as server:
        request = make(server.http, 60, for_room("lobby"), seconds=5.0)
        swarm = Swarm(request, FrontDesk(request.server), Notebook())
        running = asyncio.ensure_future(swarm.run())
        while swarm.joins < 10:  # noqa: ASYNC110 - the swarm tells nobody
            await asyncio.sleep(0.01)
        server.process.kill()
        # Waited for on the loop's own thread: it next looks at its sockets when every one of them is closed, and no bot
        # says goodbye to a process that is half gone.
        server.process.wait()
        with pytest.raises(ServerUnreachable):
            await running
    assert swarm.ledger.close_codes[1006] >= 10
