"""The Unity package's client, under Mono, against the real server."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from polyclinic_client import Left, Room, Said, join

from protocol.ids import TIER_POSITION_SHIFT, Tier
from tests.support.server_process import ServerProcess
from tests.support.unity_probe import Line, UnityProbe

UPRIGHT = (0.0, 0.0, 0.0, 1.0)


def hears(probe: UnityProbe, event: str, suits: Callable[[Line], bool] = lambda _: True, after: int = 0) -> Any:
    return asyncio.to_thread(probe.hear, event, suits, after=after)


@asynccontextmanager
async def two_in(
    server: ServerProcess, built: Path, room: str = "lobby"
) -> AsyncIterator[tuple[UnityProbe, Room, Line]]:
    """A probe that is live, somebody with the Python client, and the probe's live line."""
    with UnityProbe(built, server.http, room=room, name="Uma") as probe:
        live = await hears(probe, "state", lambda line: line["state"] == "live")
        async with join(server.http, room=room, name="Ann", role="clinician") as ann:
            yield probe, ann, live


def person(line: Line, entity: int) -> Line | None:
    return next((person for person in line["people"] if person["entity"] == entity), None)


async def until_seen(ann: Room, entity: int, suits: Callable[[Any], bool] = lambda _: True) -> Any:
    async with asyncio.timeout(15.0):
        async for _ in ann.changes():
            seen = ann.avatars.get(entity)
            if seen is not None and seen.head is not None and suits(seen):
                return seen
    raise AssertionError("the room ended")


async def stand_near(probe: UnityProbe, ann: Room, uma: int) -> None:
    """Have both near each other, wherever they appeared: from afar a place is told a few millimetres less finely."""
    ann.send_pose(((1.5, 1.5, -2.0), UPRIGHT))
    probe.tell("walk 2 1.5 -2.5")
    await until_seen(ann, uma, lambda seen: seen.head[0] == pytest.approx((2.0, 1.5, -2.5)))


async def test_both_see_each_other_where_they_are(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built) as (probe, ann, live):
        await stand_near(probe, ann, live["entity"])
        head = (1.25, 1.5, -2.0)
        ann.send_pose((head, UPRIGHT), left=((1.0, 1.0, -2.25), UPRIGHT))
        seen = await hears(
            probe, "sight", lambda line: (person(line, ann.entity) or {}).get("head") == pytest.approx(list(head))
        )
        told = person(seen, ann.entity)
        assert told is not None
        assert (told["name"], told["role"], told["left"]) == ("Ann", "clinician", pytest.approx([1.0, 1.0, -2.25]))
        probe.tell("walk 2.25 1.5 -2.5")
        uma = await until_seen(ann, live["entity"], lambda seen: seen.head[0] == pytest.approx((2.25, 1.5, -2.5)))
        assert uma.name == "Uma"
        assert uma.right is not None


async def test_what_is_shown_arrives_where_it_was_told(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built) as (probe, ann, live):
        await stand_near(probe, ann, live["entity"])
        for step in range(20):
            ann.send_pose(((step / 20, 1.5, -2.0), UPRIGHT))
            await asyncio.sleep(0.02)

        def arrived(line: Line) -> bool:
            told = person(line, ann.entity)
            if told is None or told["shown"] is None:
                return False
            # A server that cannot keep up tells in a coarser tier.
            finest = (1 << TIER_POSITION_SHIFT[Tier(told["tier"])]) / 1000
            near: bool = told["head"] == pytest.approx([0.95, 1.5, -2.0], abs=finest)
            return near and bool(told["shown"] == pytest.approx(told["head"], abs=1e-3))

        await hears(probe, "sight", arrived)


async def test_they_talk(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built) as (probe, ann, live):
        ann.send_pose(((0.0, 1.5, 0.0), UPRIGHT))
        await until_seen(ann, live["entity"])
        assert (await ann.say("Grüß Gott")).ok
        assert (await hears(probe, "said"))["text"] == "Grüß Gott"
        probe.tell("say Hello there")
        async with asyncio.timeout(15.0):
            async for change in ann.changes():
                if isinstance(change, Said) and change.name == "Uma":
                    assert change.text == "Hello there"
                    break
        assert (await hears(probe, "outcome"))["ok"]


async def test_a_dropped_socket_is_resumed(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built) as (probe, ann, live):
        ann.send_pose(((0.0, 1.5, 0.0), UPRIGHT))
        await hears(probe, "sight", lambda line: person(line, ann.entity) is not None)
        mark = len(probe.lines)
        probe.tell("drop")
        await hears(probe, "state", lambda line: line["state"] == "reconnecting", after=mark)
        assert (await ann.say("while you were away")).ok
        back = await hears(probe, "state", lambda line: line["state"] == "live", after=mark)
        assert (back["resumed"], back["entity"]) == (True, live["entity"])
        await hears(probe, "sight", lambda line: person(line, ann.entity) is not None, after=mark)
        assert not [line for line in probe.lines[mark:] if line["event"] in {"entered", "left"}]


async def test_who_walks_out_of_bounds_is_told(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built) as (probe, _, _live):
        probe.tell("walk 0 1.5 -20")
        assert (await hears(probe, "corrected"))["reason"] == "bounds"


async def test_who_leaves_is_gone_at_once(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built) as (probe, ann, live):
        ann.send_pose(((0.0, 1.5, 0.0), UPRIGHT))
        await until_seen(ann, live["entity"])
        assert await asyncio.to_thread(probe.leave) == 0
        async with asyncio.timeout(15.0):
            async for change in ann.changes():
                if isinstance(change, Left):
                    assert change.entity.id == live["entity"]
                    break


def test_a_room_that_is_not_there_is_told(server: ServerProcess, built: Path) -> None:
    with UnityProbe(built, server.http, room="nowhere") as probe:
        ended = probe.hear("state", lambda line: line["state"] == "ended")
        assert ended["code"] == "room_unknown"


async def stand_before_a_thing(probe: UnityProbe) -> Line:
    """Have the probe's right hand where a thing is that it may take."""
    sight = await hears(probe, "sight", lambda line: any(thing["grabbable"] for thing in line["things"]))
    thing: Line = next(thing for thing in sight["things"] if thing["grabbable"])
    x, y, z = thing["position"]
    probe.tell(f"walk {x - 0.2} {y + 0.4} {z + 0.3}")
    return thing


async def take(probe: UnityProbe, thing: Line, self: int) -> None:
    """Grab until the server has the hand where it is: poses and operations are not in step."""
    for _ in range(20):
        mark = len(probe.lines)
        probe.tell(f"grab {thing['entity']} right")
        if (await hears(probe, "outcome", after=mark))["ok"]:
            break
    held = await hears(probe, "held", lambda line: line["entity"] == thing["entity"] and line["holder"] == self)
    assert held["hand"] == "right"


async def test_a_thing_is_taken_and_put_down(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built, "simulation") as (probe, ann, live):
        thing = await stand_before_a_thing(probe)
        await take(probe, thing, live["entity"])
        x, y, z = thing["position"]
        async with asyncio.timeout(15.0):
            while ann.things.get(thing["entity"]) is None or ann.things[thing["entity"]].head is not None:
                await anext(ann.changes())
        mark = len(probe.lines)
        probe.tell(f"put {thing['entity']} {x} {y} {z}")
        await hears(probe, "held", lambda line: line["entity"] == thing["entity"] and line["holder"] == 0, after=mark)
        shown = pytest.approx([x, y, z], abs=0.02)
        await hears(
            probe,
            "sight",
            lambda line: any(t["entity"] == thing["entity"] and t["position"] == shown for t in line["things"]),
            after=mark,
        )


async def test_a_thing_that_is_wished_for_passes_from_hand_to_hand(server: ServerProcess, built: Path) -> None:
    async with two_in(server, built, "simulation") as (probe, ann, live):
        thing = await stand_before_a_thing(probe)
        await take(probe, thing, live["entity"])
        x, y, z = thing["position"]
        ann.send_pose(((x + 0.3, y + 0.4, z), UPRIGHT), left=((x + 0.1, y, z), UPRIGHT))
        held = [line for line in probe.lines if line["event"] == "held" and line["entity"] == thing["entity"]][-1]
        wish = {"prop": thing["entity"], "hand": "left", "grip": [0, 0, 0, 3, 0, 0, 0], "ownership": held["ownership"]}
        code = ""
        async with asyncio.timeout(15.0):
            while code != "held":
                code = (await ann.operate("props", "grab", wish)).code
        assert (await hears(probe, "wanted"))["entity"] == ann.entity
        probe.tell(f"put {thing['entity']} {x} {y} {z}")
        passed = await hears(probe, "held", lambda line: line["holder"] == ann.entity)
        assert (passed["entity"], passed["hand"]) == (thing["entity"], "left")


def test_the_c_sharp_tests_pass(built: Path) -> None:
    run = subprocess.run(
        ["mono", "--debug", str(built / "Polyclinic.Core.Tests.exe")],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout
