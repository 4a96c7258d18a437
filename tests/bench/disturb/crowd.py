"""The well-behaved: the load tester's bots, which date every pose, measured window by window in one visit."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from loadtest.frontdesk import FrontDesk
from loadtest.metrics import Lateness, Reading, cpu_cores, lateness_bins, quantiles_of
from loadtest.outcome import Outcome, Sampler, age_at
from loadtest.plan import Request
from loadtest.progress import Watcher
from loadtest.swarm import Swarm
from tests.bench.support.waiting import Waiting
from tests.support.server_process import ROOT

READY_SECONDS: Final = 20.0


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What a window gave."""

    age_p50_ms: float
    age_p99_ms: float
    """From a pose's sending to the arrival of the frame that shows it."""
    dated: int
    frames_hz: float
    """Frames a second for each avatar."""
    lateness_ms: Lateness
    server_cores: float
    bots_cores: float
    waited: float
    """Share of the window in which the server, or the bots, were ready to run and others had their core."""


class Disturbed(msgspec.Struct, frozen=True, kw_only=True):
    """A window beside which somebody misbehaved, and what that was."""

    window: Window
    did: dict[str, float]


class Crowd(Swarm):
    """Bots that stay while windows are measured, one after the other, as `act` asks for them."""

    def __init__(
        self, request: Request, desk: FrontDesk, watcher: Watcher, pid: int, act: Callable[["Crowd"], Awaitable[None]]
    ) -> None:
        """`pid` is the server's."""
        super().__init__(request, desk, watcher)
        self._pid = pid
        self._act = act

    async def _watch(self) -> Outcome:
        sampler = Sampler(self.ledger)
        await self._act(self)
        sampler.take(len(self.bots))
        return sampler.outcome(self._descriptions(), None, None, sampler.seconds)

    async def window(self, seconds: float) -> Window:
        """Measure for so long, from now on."""
        witness = self.ledger.witness
        before, cpu, began = await self._read(), time.process_time(), time.monotonic()
        waiting = Waiting(self._pid), Waiting(os.getpid())
        witness.begin()
        await asyncio.sleep(seconds)
        witness.end()
        took, cpu = time.monotonic() - began, time.process_time() - cpu
        waited = max(each.share for each in waiting)
        after = await self._read()
        ages = np.frombuffer(witness.age_histogram(), np.uint64)
        self._raise_failure()
        return Window(
            age_p50_ms=age_at(ages, 0.50) or float("nan"),
            age_p99_ms=age_at(ages, 0.99) or float("nan"),
            dated=witness.dated,
            frames_hz=witness.frames / took / max(len(self.bots), 1),
            lateness_ms=quantiles_of(lateness_bins(before, after)),
            server_cores=cpu_cores(before, after, time.monotonic() - began) or float("nan"),
            bots_cores=cpu / took,
            waited=waited,
        )

    async def disturbed_window(self, kind: str, settle: float, seconds: float) -> Disturbed:
        """Measure while somebody misbehaves, who began `settle` seconds earlier."""
        command = (sys.executable, "-m", "tests.bench.disturb.disturber", kind, self.desk.address, self.request.room)
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(*map(str, command), cwd=ROOT, stdin=pipe, stdout=pipe)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            word = await asyncio.wait_for(process.stdout.readline(), READY_SECONDS)
            if word.strip() != b"ready":
                raise RuntimeError(f"the disturber did not get in: {word!r}")
            await asyncio.sleep(settle)
            window = await self.window(seconds)
            process.stdin.close()
            words = await asyncio.wait_for(process.stdout.read(), READY_SECONDS)
            await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return Disturbed(window=window, did=msgspec.json.decode(words, type=dict[str, float]))

    async def held_bytes_most(self) -> float:
        """Ask the server for the most it held for any one client so far."""
        text = await self._ask(self.desk.metrics)
        return next(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == "polyclinic_held_bytes_most"
        )

    async def _read(self) -> Reading:
        reading = await self._reading()
        if reading is None:
            raise RuntimeError("the server does not tell its metrics any more")
        return reading
