"""The map page in a real Chromium, in a room with Python clients that walk about."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from polyclinic_client import Room, Said, join
from polyclinic_client.frontdesk import FrontDesk, Ticket

from protocol.ids import WORLD_PATH
from protocol.schema import SCHEMA_HASH
from tests.support.chromium import Chromium, Page
from tests.support.crowd import Role, crowd
from tests.support.cut_wire import CutWire
from tests.support.server_process import ServerProcess

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[3]
STATE = "window.polyclinic.describe()"
COUNT_FAILED_SOCKETS = """(() => {
    window.failedSockets = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...values) {
            super(...values);
            this.addEventListener('close', () => { window.failedSockets += 1; });
        }
    };
})()"""
WALKERS = (
    Role("Bo", "clinician", [(-3, 0), (3, 0), (3, 3), (-3, 3)]),
    Role("Cy", "patient", [(0, -2), (0, 4)], talks=True, hands=False),
    Role("Di", "student", [(2, 2)], looks_at=(0, 0), seated=True),
)


# Tests that count people have a room of their own: a browser that was ended keeps its place for the resume window.


async def enter(browser: Chromium, server: ServerProcess, room: str, *, name: str = "Ada") -> Page:
    """Open the page and come in by the form, as a person does."""
    page = await browser.page(server.http)
    await page.wait_for("document.querySelectorAll('.room').length >= 7")
    await page.evaluate(f"document.querySelector('input[value={room}]').click()")
    await page.evaluate("document.querySelector('#name').focus()")
    await page.write(name)
    await page.evaluate("document.querySelector('#role').value = 'clinician'")
    await page.evaluate("document.querySelector('#join').click()")
    await page.wait_for(f"{STATE}.state === 'live' && {STATE}.furniture > 0 && {STATE}.frames > 2")
    return page


async def described(page: Page) -> dict[str, Any]:
    told: dict[str, Any] = await page.evaluate(STATE)
    return told


async def heard(room: Room, text: str) -> Said:
    async with asyncio.timeout(20):
        async for change in room.changes():
            if isinstance(change, Said) and change.text == text:
                return change
    raise AssertionError("the room ended")


async def test_the_decoder_holds_to_every_vector_of_the_wire(browser: Chromium, server: ServerProcess) -> None:
    page = await browser.page(server.http)
    await page.wait_for("window.polyclinic !== undefined")
    vectors = {
        name: json.loads((ROOT / "protocol" / "vectors" / f"{name}.json").read_text())
        for name in ("pose", "record", "frame", "messages", "quantities")
    }
    check = (Path(__file__).parent / "check_vectors.js").read_text()
    told = await page.evaluate(
        "Promise.all([import('/protocol.js'), import('/msgpack.js')])"
        f".then(([protocol, msgpack]) => ((\n{check})(protocol, msgpack, {json.dumps(vectors)})))"
    )
    assert told["failures"] == []
    assert told["checked"] > 400


async def test_people_are_drawn_where_they_are_and_move(browser: Chromium, server: ServerProcess) -> None:
    async with crowd(server.http, "lobby", WALKERS) as rooms:
        page = await enter(browser, server, "lobby")
        await page.wait_for(f"{STATE}.shown.length === 3 && {STATE}.people.length === 4")
        first = {person["name"]: person for person in (await described(page))["shown"]}
        await asyncio.sleep(1)
        second = {person["name"]: person for person in (await described(page))["shown"]}
        assert {name: person["role"] for name, person in first.items()} == {role.name: role.role for role in WALKERS}
        assert 0.3 < math.dist(first["Bo"]["at"], second["Bo"]["at"]) < 4
        assert math.dist(first["Di"]["at"], (2, 2)) < 0.01
        assert second["Di"]["seated"]
        assert all(second["Bo"]["hands"])
        assert second["Cy"]["hands"] == [None, None]
        # What a Python client sees of them is what the page shows, a moment later.
        entities = {person["entity"] for person in second.values()}
        assert entities == {room.entity for room in rooms}
        assert await drawn_colours(page, second["Di"]["at"]) > 8
        assert page.complaints == []


async def drawn_colours(page: Page, at: list[float]) -> int:
    """Count the colours on the canvas about a place of the room: a figure has many, the floor a few."""
    told = await page.evaluate(f"""(() => {{
        const canvas = document.querySelector('#plan'), ratio = devicePixelRatio;
        const scale = Math.min(canvas.clientWidth / 25, canvas.clientHeight / 19);
        const x = canvas.clientWidth / 2 + {at[0]} * scale, y = canvas.clientHeight / 2 + {at[1]} * scale;
        const about = [(x - 15) * ratio, (y - 15) * ratio, 30 * ratio, 30 * ratio];
        const {{ data }} = canvas.getContext('2d').getImageData(...about);
        const colour = (_, n) => String(data.slice(4 * n, 4 * n + 3).map((v) => v >> 4));
        return new Set(Array.from({{ length: data.length / 4 }}, colour)).size;
    }})()""")
    return int(told)


async def test_motion_between_two_frames_is_smooth(browser: Chromium, server: ServerProcess) -> None:
    async with crowd(server.http, "waiting", [Role("Bo", "clinician", [(-4, 3), (5, 3)])]):
        page = await enter(browser, server, "waiting")
        await page.wait_for(f"{STATE}.shown.length === 1")
        steps = await page.evaluate(f"""new Promise((resolve) => {{
            const places = [];
            const look = () => {{
                const [bo] = {STATE}.shown;
                places.push([performance.now(), bo.at[0]]);
                if (places.length < 60) requestAnimationFrame(look);
                else resolve(places);
            }};
            requestAnimationFrame(look);
        }})""")
        speeds = [abs(b[1] - a[1]) / ((b[0] - a[0]) / 1000) for a, b in pairwise(steps) if b[0] > a[0]]
        # 1.1 m/s all along, but for a turn: neither standing between ticks nor catching up in jumps.
        speeds.sort()
        assert 0.7 < speeds[len(speeds) // 2] < 1.5
        assert speeds[len(speeds) * 9 // 10] < 3.0


WALK = """import('/motion.js').then(({ Track }) => {
    const sample = (time) => ({ time, head: [time / 1000, 1.6, 0], left: null, right: null, yaw: 0, voice: 0 });
    const period = 50, speeds = [];
    const track = new Track(sample(0));
    let tick = 0, last = null;
    for (let now = 16; now < 12000; now += 16) {
        for (; (tick + 1) * period <= now; ) if (++tick % EVERY === 0) track.push(sample(tick * period), period);
        const at = track.at(now - 100).head[0];
        if (now > 8000) speeds.push((at - last) / 0.016);
        last = at;
    }
    return [Math.min(...speeds), Math.max(...speeds)];
})"""


@pytest.mark.parametrize("every", [1, 2, 4, 8, 16])
async def test_who_is_updated_rarely_moves_as_smoothly(browser: Chromium, server: ServerProcess, every: int) -> None:
    page = await browser.page(server.http)
    await page.wait_for("window.polyclinic !== undefined")
    slowest, fastest = await page.evaluate(WALK.replace("EVERY", str(every)))
    # A walk at 1 m/s, shown at 60 frames a second.
    assert 0.5 < slowest <= fastest < 1.5


async def test_keys_walk_and_others_see_it(browser: Chromium, server: ServerProcess) -> None:
    async with join(server.http, room="waiting", name="Bo", role="patient") as bo:
        page = await enter(browser, server, "waiting")
        before = (await described(page))["self"]
        await page.hold_key("ArrowUp", 1.0)
        await page.hold_key("KeyD", 0.5)
        after = (await described(page))["self"]
        assert after["at"][0] - before["at"][0] > 0.2
        assert after["at"][1] - before["at"][1] < -0.5
        async with asyncio.timeout(10):
            # The last pose is on its way: Bo is told of it by a change.
            async for _ in bo.changes():
                ada = bo.avatars.get(after["entity"])
                if ada is not None and ada.head is not None and math.dist(ada.head[0][::2], after["at"]) < 0.01:
                    assert (ada.name, ada.left, ada.right) == ("Ada", None, None)
                    return
        raise AssertionError("Bo left first")


async def test_chat_goes_both_ways(browser: Chromium, server: ServerProcess) -> None:
    async with join(server.http, room="waiting", name="Bo", role="patient") as bo:
        page = await enter(browser, server, "waiting")
        assert (await bo.say("Good morning <b>Ada</b>")).ok
        await page.wait_for(f"{STATE}.said.length === 1")
        assert await page.evaluate("document.querySelector('#messages li').textContent") == "BoGood morning <b>Ada</b>"
        await page.evaluate("document.querySelector('#text').focus()")
        await page.write("Good morning, Bo")
        await page.evaluate("document.querySelector('#say').requestSubmit()")
        assert (await heard(bo, "Good morning, Bo")).name == "Ada"
        await page.wait_for(f"{STATE}.said.length === 2 && document.querySelector('#text').value === ''")


async def until(visitor: Room, holds: Callable[[], bool]) -> None:
    """Follow what a visitor is told until something holds; the order of sight and roster is not promised."""
    async with asyncio.timeout(10):
        while not holds():
            await anext(visitor.changes())


async def test_leaving_removes_on_both_sides(browser: Chromium, server: ServerProcess) -> None:
    async with join(server.http, room="consult-1", name="Bo", role="patient") as bo:
        page = await enter(browser, server, "consult-1")
        await page.wait_for(f"{STATE}.shown.length === 1 && {STATE}.people.length === 2")
        entity = (await described(page))["self"]["entity"]
        await until(bo, lambda: entity in bo.people and entity in bo.avatars)
        async with join(server.http, room="consult-1", name="Cy", role="patient"):
            await page.wait_for(f"{STATE}.shown.length === 2")
        await page.wait_for(f"{STATE}.shown.length === 1 && {STATE}.people.length === 2")
        await page.evaluate("document.querySelector('#leave').click()")
        await page.wait_for(f"{STATE}.view === 'entrance' && {STATE}.state === 'ended'")
        await until(bo, lambda: entity not in bo.people and entity not in bo.avatars)


async def test_a_lost_connection_is_told_and_resumed(browser: Chromium, tmp_path: Path) -> None:
    async with CutWire() as wire:
        with ServerProcess(f"--facility={facility_behind(wire, tmp_path)}") as server:
            wire.far_port = int(server.world.rpartition(":")[2])
            await lose_and_resume(browser, server, wire)


async def lose_and_resume(browser: Chromium, server: ServerProcess, wire: CutWire) -> None:
    async with join_past_the_wire(server) as bo:
        page = await enter(browser, server, "waiting")
        entity = (await described(page))["self"]["entity"]
        await page.wait_for(f"{STATE}.shown.length === 1")
        wire.cut()
        await page.wait_for(f"{STATE}.state === 'reconnecting'")
        told = await page.evaluate("document.querySelector('#connection').textContent")
        assert told == "The connection was lost. Coming back …"
        assert (await bo.say("while you were away")).ok
        wire.mend()
        await page.wait_for(f"{STATE}.state === 'live' && {STATE}.said.length === 1 && {STATE}.shown.length === 1")
        back = await described(page)
        assert (back["self"]["entity"], back["why"]) == (entity, "Back, and nothing was missed.")


@asynccontextmanager
async def join_past_the_wire(server: ServerProcess) -> AsyncIterator[Room]:
    """Bring Bo in straight to the server, wherever its tickets send others."""

    async def ticket() -> Ticket:
        told = await FrontDesk(server.http).ticket("waiting", name="Bo", role="patient", avatar="plain")
        return Ticket(told.ticket, server.world + WORLD_PATH, told.expires_in)

    room = Room(ticket)
    await room.open()
    try:
        yield room
    finally:
        await room.close()


def facility_behind(wire: CutWire, folder: Path) -> Path:
    """Write the sample facility with its WebSocket behind a wire that can be cut."""
    sample = ROOT / "server" / "facility" / "sample.toml"
    text = sample.read_text().replace('scenes = "scenes"', f'scenes = "{sample.parent / "scenes"}"')
    file = folder / "facility.toml"
    file.write_text(text.replace("[server]", f'[server]\nworld_url = "ws://127.0.0.1:{wire.port}/world"', 1))
    return file


async def test_a_server_that_stops_is_told_and_come_back_to(browser: Chromium) -> None:
    with ServerProcess() as first:
        ports = [address.rpartition(":")[2] for address in (first.http, first.world)]
        page = await enter(browser, first, "waiting")
        await page.evaluate(COUNT_FAILED_SOCKETS)
        assert await asyncio.to_thread(first.terminate) == 0
        await page.wait_for(f"{STATE}.state === 'reconnecting'")
        # It tries to come back to a server that is not there yet: that is no news, and what is told stays.
        await page.wait_for("window.failedSockets > 0")
        assert "restarting" in (await described(page))["why"]
        with ServerProcess(f"--http-port={ports[0]}", f"--world-port={ports[1]}"):
            await page.wait_for(f"{STATE}.state === 'live' && {STATE}.frames > 2")
            assert (await described(page))["why"] == "Back, as a fresh arrival."


async def test_a_refusal_is_told_in_words(browser: Chromium, server: ServerProcess) -> None:
    page = await browser.page(f"{server.http}/#room=attic")
    await page.wait_for("document.querySelectorAll('.room').length >= 7")
    await page.evaluate("document.querySelector('#name').value = 'Ada'; document.querySelector('#join').click()")
    words = await page.wait_for("document.querySelector('#entrance-word').textContent")
    assert "attic" in words
    assert await page.evaluate("document.querySelector('#join').disabled") is False


async def test_the_page_can_be_used_without_seeing_the_plan(browser: Chromium, server: ServerProcess) -> None:
    async with crowd(server.http, "consult-2", [Role("Cy", "patient", [(0.5, 1)], looks_at=(0, 0))]):
        page = await enter(browser, server, "consult-2")
        await page.wait_for("document.querySelectorAll('#roster li').length === 2")
        rows = await page.wait_for(
            "(() => { const rows = [...document.querySelectorAll('#roster li')].map((row) => row.textContent);"
            " return rows.every((row) => /you|m |beside/.test(row)) && rows })()"
        )
        assert any(row.startswith("Ada (you) clinician") for row in rows)
        assert any(row.startswith("Cy patient") for row in rows)
        assert (
            await page.evaluate("document.querySelector('#roster-summary').textContent") == "2 in the room, 1 in sight."
        )
        unnamed = await page.evaluate("""[...document.querySelectorAll('button, input, select, canvas')].filter(
            (control) => !(control.labels?.length || control.getAttribute('aria-label') || control.textContent.trim())
        ).length""")
        assert unnamed == 0
        assert await page.evaluate("document.activeElement.id") == "plan"


async def test_the_page_speaks_the_servers_schema(browser: Chromium, server: ServerProcess) -> None:
    page = await browser.page(server.http)
    await page.wait_for("window.polyclinic !== undefined")
    assert await page.evaluate("fetch('/v1/facility').then((a) => a.json()).then((f) => f.schema)") == SCHEMA_HASH
