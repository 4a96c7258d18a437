"""What one may not know of and what is not there: one answer, in bytes, and by the same work, call for call.

Time itself is compared in `tests/integration/misuse/test_probes.py`; here what would make a difference in it.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from protocol.ids import CloseCode
from server.config import SAMPLE_FACILITY, ObjectSettings, ZoneSettings, load_facility
from server.config.identity import GuestSettings, IdentitySettings
from server.features.panels import Panels
from server.identity.person import Person
from server.identity.tickets import Claims
from server.room_types import ROOM_TYPES
from tests.support.front_desk import Answer, FrontDesk
from tests.support.gateway_world import GatewayWorld
from tests.support.props import FEATURES, GRIP, tablet
from tests.support.rooms import World
from tests.support.work import Work, work_of

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = 0xFFFFFFF0
BED = ZoneSettings(name="Bed", box=((4.0, 0.0, -1.0), (6.0, 3.0, 1.0)), private=True)
CHART = ObjectSettings(name="Chart", kind="panel", model="board", position=(5.0, 1.5, 0.0))


@pytest.fixture
def desk() -> FrontDesk:
    return lobby_for_guests()


def lobby_for_guests() -> FrontDesk:
    """The sample facility, whose lobby alone is for guests."""
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    identity = IdentitySettings(guests=(GuestSettings(roles=("patient",), rooms=("lobby",)),))
    settings = msgspec.structs.replace(facility.settings, identity=identity)
    return FrontDesk(msgspec.structs.replace(facility, settings=settings))


async def asked(
    desk: FrontDesk, method: str, path: str, headers: dict[str, str] | None = None
) -> tuple[object, list[str]]:
    with Work() as work:
        if method == "GET":
            answer = await desk.get(path, headers)
        else:
            answer = await desk.post(path, {"name": "Mal", "role": "patient", "avatar": "plain"}, headers)
    return (answer.status, answer.headers, answer.body), work.calls


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1/rooms/{}?role=patient"), ("POST", "/v1/rooms/{}/tickets")])
async def test_a_room_that_is_for_others_is_like_one_that_never_was(desk: FrontDesk, method: str, path: str) -> None:
    for_others, nowhere = [await asked(desk, method, path.format(room)) for room in ("ward", "warp")]
    assert for_others == nowhere
    answer, calls = for_others
    assert isinstance(answer, tuple)
    assert json.loads(answer[2])["code"] == "room_unknown"
    assert len(calls) > 5


async def test_for_who_is_written_down_by_name_too(desk: FrontDesk) -> None:
    person = Person(subject="account-1", account=True, roles=frozenset({"patient"}), scopes=(), known_at=time.time())
    bearer = {"authorization": f"Bearer {desk.desk.admission.passes.issue(person, '', 60.0)}"}
    for_others, nowhere = [await asked(desk, "POST", f"/v1/rooms/{room}/tickets", bearer) for room in ("ward", "warp")]
    assert for_others == nowhere
    assert [event.room for event in desk.auditor.events] == ["ward", ""]


def signed_in(desk: FrontDesk, *roles: str, mfa: bool = True, scopes: tuple[str, ...] | None = None) -> dict[str, str]:
    """The header of somebody with an account, in these roles."""
    who = Person(
        subject="account-1", account=True, roles=frozenset(roles), mfa=mfa, scopes=scopes, known_at=time.time()
    )
    return {"authorization": f"Bearer {desk.desk.admission.passes.issue(who, '', 60.0)}"}


async def asked_into(desk: FrontDesk, room: str, headers: dict[str, str]) -> tuple[Answer, list[str]]:
    with Work() as work:
        answer = await desk.post("/v1/invitations", {"room": room, "role": "patient"}, headers)
    return answer, work.calls


@pytest.mark.parametrize(
    ("roles", "scopes"),
    [(("reception",), None), (("privacy officer", "reception"), None), (("patient",), ()), (("clinician",), ())],
)
async def test_asking_others_into_a_room_that_is_for_others_is_like_into_none(
    desk: FrontDesk, roles: tuple[str, ...], scopes: tuple[str, ...] | None
) -> None:
    headers = signed_in(desk, *roles, scopes=scopes)
    for_others, nowhere = [await asked_into(desk, room, headers) for room in ("simulation", "nowhere")]
    assert for_others == nowhere
    assert nowhere[0].code == "room_unknown"
    assert len(nowhere[1]) > 5


async def test_by_one_factor_each_room_is_answered_alike_and_none_is_looked_for(desk: FrontDesk) -> None:
    identity = msgspec.structs.replace(desk.facility.settings.identity, staff=("clinician", "facilitator"))
    settings = msgspec.structs.replace(desk.facility.settings, identity=identity)
    desk = FrontDesk(msgspec.structs.replace(desk.facility, settings=settings))
    headers = signed_in(desk, "clinician", mfa=False)
    told = [await asked_into(desk, room, headers) for room in ("ward", "auditorium", "lobby", "nowhere")]
    assert told[0] == told[1] == told[2] == told[3]
    assert told[0][0].code == "mfa_required"
    # What one may join by another role is no secret, nor what a role may there.
    headers = signed_in(desk, "clinician", "patient", mfa=False)
    answers = {room: (await asked_into(desk, room, headers))[0].code for room in ("ward", "lobby", "warp")}
    assert answers == {"ward": "mfa_required", "lobby": "forbidden", "warp": "room_unknown"}


async def test_the_work_for_a_room_of_ones_own_is_another(desk: FrontDesk) -> None:
    """What counts the work tells when there is a difference."""
    lobby, nowhere = [await asked(desk, "GET", f"/v1/rooms/{room}?role=patient") for room in ("lobby", "nowhere")]
    assert lobby[1] != nowhere[1]


def test_a_ticket_for_a_room_that_is_for_others_is_like_one_for_none() -> None:
    world = GatewayWorld()

    def hello(room: str, role: str = "patient", scopes: tuple[str, ...] | None = ()) -> tuple[object, list[str]]:
        claims = Claims(room=room, subject="account-a", name="A", role=role, avatar="plain", scopes=scopes)
        ticket = world.tickets.issue(claims, world.clock.now)
        client = world.connect()
        with Work() as work:
            client.hello(ticket)
        return client.port.closed, work.calls

    for_others, nowhere = hello("ward"), hello("nowhere")
    assert for_others == nowhere
    assert isinstance(for_others[0], tuple)
    assert for_others[0][0] == CloseCode.FORBIDDEN


def curtained() -> World:
    """A room with a curtain, behind which stand a thing and a panel."""
    return World(zones=[BED], objects=[tablet(), tablet("Clipboard", x=5.0), CHART], features=(*FEATURES, Panels))


def operations(entity: int) -> list[tuple[str, str, dict[str, Any]]]:
    placed = {"position": [0, 900, 0], "rotation": [3, 0, 0, 0]}
    return [
        ("props", "grab", {"prop": entity, "hand": "right", "grip": GRIP, "ownership": 0}),
        ("props", "put", {"prop": entity, "ownership": 0, **placed}),
        ("props", "offer", {"prop": entity, "offered": True}),
        ("props", "move", {"prop": entity, "ownership": 0, "authority": 0, **placed}),
        ("panels", "write", {"panel": entity, "text": "x", "version": 0}),
    ]


def test_a_thing_behind_a_curtain_is_like_a_person_and_like_nothing() -> None:
    ward = curtained()
    ann, bo = ward.join("Ann"), ward.join("Bo", x=5.0)
    gone = ward.join("Cy").entity
    ward.people[-1].leave()
    ward.step(2)
    named = {thing.settings.name: thing.entity for thing in ward.room.things.placed.values()}
    nothing = [do(ann, operation) for operation in operations(NOBODY)]
    for entity in (named["Clipboard"], named["Chart"], bo.entity, gone, ann.entity):
        told = [do(ann, operation) for operation in operations(entity)]
        assert told == nothing
    assert {answer["code"] for answer, _ in nothing} == {"unknown_prop", "unknown_panel"}
    # For who may look there it is another matter.
    assert do(bo, operations(named["Clipboard"])[2]) != nothing[2]


def do(person: Any, operation: tuple[str, str, dict[str, Any]]) -> tuple[dict[str, Any], list[str]]:
    ask: Callable[[], object] = lambda: person.ask(*operation)  # noqa: E731
    answer, calls = work_of(ask)
    told = msgspec.to_builtins(answer)
    assert isinstance(told, dict)
    # The id of the question is another each time.
    return {key: value for key, value in told.items() if key != "op"}, calls
