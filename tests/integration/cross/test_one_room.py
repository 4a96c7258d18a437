"""A browser, the Unity package and the Python client in one room with 30 bots: all are told the same of everybody."""

import asyncio
import json
import math
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import combinations
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from polyclinic_client import Room, join
from polyclinic_client.transport import WebSocketTransport

from tests.support.chromium import Chromium, Page
from tests.support.cut_wire import CutWire
from tests.support.server_process import ROOT, ServerProcess
from tests.support.told import HEADING, ProbeWatcher, PythonWatcher, Watcher, WebWatcher, compare
from tests.support.unity_probe import UnityProbe

ROOM: Final = "cross"
BOTS: Final = 30
EVERYBODY: Final = BOTS + 3
WATCHED_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 90.0
PAIRS_LEAST: Final = 10_000
AGAIN_LEAST: Final = 500
UPRIGHT = (0.0, 0.0, 0.0, 1.0)
VISITOR = json.dumps({"name": "Wanda", "role": "clinician", "look": "", "room": ""})


@contextmanager
def bots(server: ServerProcess) -> Iterator[None]:
    command = [sys.executable, "-m", "loadtest", "--server", server.http, "--avatars", str(BOTS), "--room", ROOM]
    process = subprocess.Popen(
        [*command, "--seconds", "600"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def come_by_browser(browser: Chromium, server: ServerProcess, wire: CutWire) -> Page:
    """Open the real client, which reaches the world through the wire, and this page alone."""
    world = urlsplit(server.world).port
    page = await browser.page("about:blank")
    source = f"""
      window.polyclinicWatched = true;
      try {{ localStorage.setItem("polyclinic.visitor", {json.dumps(VISITOR)}); }} catch {{}}
      window.WebSocket = class extends WebSocket {{
        constructor(address, protocols) {{ super(String(address).replace(":{world}", ":{wire.port}"), protocols); }}
      }};
    """
    await page.command("Page.addScriptToEvaluateOnNewDocument", source=source)
    await page.command("Page.navigate", url=f"{server.http}/#room={ROOM}")
    come_in = "[...document.querySelectorAll('button')].find((one) => one.textContent.startsWith('Come in as'))"
    await page.wait_for(f"{come_in} !== undefined", PATIENCE_SECONDS)
    await page.evaluate(f"{come_in}.click()")
    await page.wait_for("window.polyclinic?.screen === 'room'", PATIENCE_SECONDS)
    # Beside 33 people drawn without a graphics card, nothing else would get its turn: they are told in words.
    words = "[...document.querySelectorAll('button')].find((one) => one.textContent === 'Text view')"
    await page.wait_for(f"{words} !== undefined", PATIENCE_SECONDS)
    await page.evaluate(f"{words}.click()")
    return page


@asynccontextmanager
async def walking(room: Room) -> AsyncIterator[None]:
    """Have the Python client walk in a circle."""
    x, y, z = room.spawn.position

    async def walk() -> None:
        for step in range(1_000_000):
            if room.live:
                angle = step / 40
                room.send_pose(((x * 0.8 + math.sin(angle), y, z * 0.8 + math.cos(angle)), UPRIGHT))
            await asyncio.sleep(0.04)

    task = asyncio.create_task(walk())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def all_see_all(watchers: list[Watcher], expected: set[int] | None = None) -> set[int]:
    """Wait until each sees the same 33; who they are."""
    sights: list[set[int]] = []
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                sights = [await watcher.everybody() for watcher in watchers]
                if all(len(sight) == EVERYBODY and sight == (expected or sights[0]) for sight in sights):
                    return sights[0]
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"not the same people: {[sorted(sight) for sight in sights]}") from None


async def watch(watchers: list[Watcher], probe: UnityProbe, seconds: float) -> None:
    """Gather what all are told, while the probe walks to and fro."""
    for watcher in watchers:
        await watcher.look()
        watcher.told.clear()
    began, steps = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        if passed > steps:
            steps += 1
            probe.tell(f"walk {math.sin(steps) / 2:.3f} 1.6 {2 + math.cos(steps) / 2:.3f}")
        await asyncio.sleep(0.1)
        for watcher in watchers:
            await watcher.look()


def agree(watchers: list[Watcher], what: str, least: int) -> None:
    comparisons = [compare(first, second) for first, second in combinations(watchers, 2)]
    states = ", ".join(f"{watcher.name} {len(watcher.told)}" for watcher in watchers)
    table = [f"\n{what}; states: {states}", HEADING, *(comparison.row() for comparison in comparisons)]
    print(*table, sep="\n")  # noqa: T201 - what was compared is what this test is for
    for comparison in comparisons:
        assert comparison.wrong[:5] == [], comparison.names
        assert comparison.pairs >= least, comparison.names
        assert comparison.entities >= BOTS, comparison.names


async def hears_state(probe: UnityProbe, state: str, after: int) -> None:
    await asyncio.to_thread(
        probe.hear, "state", lambda line: line["state"] == state, after=after, seconds=PATIENCE_SECONDS
    )


async def lose_each_once(page: Page, wire: CutWire, probe: UnityProbe, room: Room) -> None:
    wire.cut()
    await page.wait_for("polyclinic.status.state === 'reconnecting'")
    wire.mend()
    await page.wait_for("polyclinic.status.state === 'live'", PATIENCE_SECONDS)
    mark = len(probe.lines)
    probe.tell("drop")
    await hears_state(probe, "reconnecting", mark)
    await hears_state(probe, "live", mark)
    assert isinstance(room._transport, WebSocketTransport)
    room._transport._connection.transport.abort()
    async with asyncio.timeout(PATIENCE_SECONDS):
        for live in (False, True):
            # A lost connection is told when it is back only.
            while room.live is not live:  # noqa: ASYNC110
                await asyncio.sleep(0.01)


@pytest.mark.browser
@pytest.mark.slow
async def test_three_kinds_of_clients_are_told_the_same(server: ServerProcess, built: Path) -> None:
    async with (
        CutWire() as wire,
        Chromium(width=480, height=320) as browser,
        join(server.http, room=ROOM, name="Ann", role="clinician") as ann,
        walking(ann),
    ):
        wire.far_port = urlsplit(server.world).port or 0
        with UnityProbe(built, server.http, room=ROOM, name="Uma", report="25") as probe, bots(server):
            page = await come_by_browser(browser, server, wire)
            web, python = WebWatcher(page), PythonWatcher(ann)
            await web.gather()
            watchers: list[Watcher] = [web, ProbeWatcher(probe), python]
            them = await all_see_all(watchers)
            await watch(watchers, probe, WATCHED_SECONDS)
            agree(watchers, f"told in {WATCHED_SECONDS:.0f} s, {len(them)} people", PAIRS_LEAST)
            await lose_each_once(page, wire, probe, ann)
            assert await all_see_all(watchers, them) == them
            await watch(watchers, probe, AGAIN_SECONDS)
            agree(watchers, f"told in {AGAIN_SECONDS:.0f} s after each was lost once", AGAIN_LEAST)
            assert await all_see_all(watchers, them) == them
            await python.close()
