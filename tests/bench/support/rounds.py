"""One round: a fresh server, a hall full of avatars, a measured window."""

import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from loadtest.frontdesk import FrontDesk
from loadtest.metrics import Lateness, Reading, lateness_bins, longest_pause_ms, quantiles_of, read_metrics
from loadtest.motion.placing import Stage
from tests.bench.support.floor import FloorProcess
from tests.bench.support.hall import TICK_HZ, Halls
from tests.bench.support.plan import rings, write_plan
from tests.bench.support.swarm import LOAD_CORE, SERVER_CORE, Measured, RefusedRound, Timing, run_swarm, tickets
from tests.bench.support.waiting import Waiting
from tests.support.server_process import ServerProcess

Say = Callable[[str], None]


class ServerRound(msgspec.Struct, frozen=True, kw_only=True):
    """What a round of the real server gave."""

    measured: Measured
    lateness_ms: Lateness
    """Of the ticks that began within the window."""
    server_waited: float
    """Share of the window in which the server was ready to run and other programs had its core."""
    pause_ms: float
    """The garbage collector's longest pause since the server started, joins included."""


def poses_of(halls: Halls, traces: Path | None) -> Sequence[bytes]:
    """The poses of every avatar; those of the last two stages are kept, for rounds take turns."""
    return _poses_on(halls.stage, tuple(halls.parties), traces)


@lru_cache(maxsize=2)
def _poses_on(stage: Stage, parties: tuple[int, ...], traces: Path | None) -> Sequence[bytes]:
    return rings(stage, parties, TICK_HZ, traces)


def server_round(halls: Halls, timing: Timing, traces: Path | None, say: Say) -> ServerRound:
    """Fill the real server's halls. Raises `RefusedRound` when the figures would mean nothing."""
    say("preparing poses")
    poses = poses_of(halls, traces)
    with tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name:
        folder = Path(name)
        facility = halls.write(folder)
        with ServerProcess(f"--facility={facility}", "--log-level=warning", cores=[SERVER_CORE]) as server:
            say("asking for tickets")
            plan = folder / "plan"
            write_plan(plan, tickets(server.http, halls), poses)
            readings = []
            waiting = Waiting(server.pid)
            server_waited = 0.0

            def watch(line: str) -> None:
                nonlocal waiting, server_waited
                say(line)
                if line in ("begin", "end"):
                    server_waited = waiting.share
                    waiting = Waiting(server.pid)
                    readings.append(read_metrics(desk.metrics(), {"auditorium"}))

            desk = FrontDesk(server.http)
            port = urlsplit(server.world).port
            assert port is not None
            measured = run_swarm(
                plan, port=port, pid=server.pid, hz=TICK_HZ, timing=timing, say=watch, cores=[LOAD_CORE]
            )
            desk.close()
    try:
        measured.refuse_unless_sound(TICK_HZ)
    except RefusedRound as refusal:
        words = f"{refusal}; others had the server's core {server_waited:.0%} of the time"
        raise RefusedRound(words, refusal.lost) from None
    return ServerRound(
        measured=measured,
        lateness_ms=quantiles_of(lateness_bins(*readings)),
        server_waited=server_waited,
        pause_ms=longest_pause_ms(Reading(None, None, {}), readings[-1]),
    )


def floor_round(halls: Halls, timing: Timing, traces: Path | None, sizes: Sequence[int], say: Say) -> Measured:
    """Load the floor alike; it sends frames of these sizes. Raises `RefusedRound`."""
    poses = poses_of(halls, traces)
    with tempfile.TemporaryDirectory(prefix="polyclinic-bench-") as name:
        plan = Path(name) / "plan"
        # A ticket of the length the front desk's have: the floor reads none.
        write_plan(plan, ["x" * 400] * halls.avatars, poses)
        with FloorProcess(sizes, TICK_HZ, cores=[SERVER_CORE]) as floor:
            measured = run_swarm(
                plan, port=floor.port, pid=floor.pid, hz=TICK_HZ, timing=timing, say=say, cores=[LOAD_CORE]
            )
    measured.refuse_unless_sound(TICK_HZ)
    return measured
