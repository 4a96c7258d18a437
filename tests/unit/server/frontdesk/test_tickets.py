import msgspec
import pytest

from protocol.codec import encode_facts
from protocol.ids import FACTS_BYTES_MAX
from protocol.messages import AvatarFacts
from server.frontdesk.desk import Phase
from tests.support.front_desk import FrontDesk, sample_desk

WISH = {"name": "Ann", "role": "patient"}


async def test_a_ticket_opens_the_room_it_was_asked_for(front_desk: FrontDesk) -> None:
    front_desk.now = 5.0
    answer = await front_desk.ticket("ward", {"name": " Ann A\u030adahl ", "role": "clinician"})
    assert answer.status == 201
    assert set(answer.json) == {"ticket", "world", "expires_in"}
    assert answer.json["expires_in"] == 60.0
    claims = front_desk.tickets.redeem(answer.json["ticket"], now=64.9)
    assert (claims.room, claims.name, claims.role, claims.avatar) == ("ward", "Ann \u00c5dahl", "clinician", "plain")


async def test_everybody_is_somebody_else(front_desk: FrontDesk) -> None:
    tickets = [(await front_desk.ticket()).json["ticket"] for _ in range(20)]
    assert len({front_desk.tickets.redeem(ticket, now=1.0).subject for ticket in tickets}) == 20


async def test_a_ticket_is_never_stored_by_anybody_on_its_way(front_desk: FrontDesk) -> None:
    assert (await front_desk.ticket()).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "world"),
    [
        ("127.0.0.1:8080", "ws://127.0.0.1:8081/world"),
        ("192.168.1.20:8080", "ws://192.168.1.20:8081/world"),
        ("clinic.local", "ws://clinic.local:8081/world"),
        ("[fe80::1]:8080", "ws://[fe80::1]:8081/world"),
        ("[::1]", "ws://[::1]:8081/world"),
    ],
)
async def test_the_worlds_address_is_at_the_host_the_client_used(front_desk: FrontDesk, host: str, world: str) -> None:
    answer = await front_desk.post("/v1/rooms/lobby/tickets", WISH, {"host": host})
    assert answer.json["world"] == world


@pytest.mark.parametrize("host", ["evil/path", "a b", "user@host", "host:port", "host:123456", "[::1", "é", ""])
async def test_a_host_that_is_none_gets_no_ticket(front_desk: FrontDesk, host: str) -> None:
    answer = await front_desk.post("/v1/rooms/lobby/tickets", WISH, {"host": host})
    if host:
        assert (answer.status, answer.code) == (422, "invalid_request")
    else:
        assert answer.json["world"] == "ws://127.0.0.1:8081/world"


async def test_the_facilitys_own_address_of_the_world_comes_first() -> None:
    front_desk = sample_desk(world_url="wss://clinic.example/world")
    assert (await front_desk.ticket()).json["world"] == "wss://clinic.example/world"


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"role": "admin"}, "role_unknown"),
        ({"role": ""}, "role_unknown"),
        ({"role": "x" * 10_000}, "role_unknown"),
        ({"role": None}, "invalid_request"),
        ({"name": None}, "invalid_request"),
        ({"name": ""}, "invalid_request"),
        ({"name": "x" * 65}, "invalid_request"),
        ({"name": "Ann\u202e"}, "invalid_request"),
        ({"avatar": "No Such"}, "invalid_request"),
        ({"avatar": "x" * 33}, "invalid_request"),
        ({"entity": 7}, "invalid_request"),
    ],
)
async def test_a_wish_that_cannot_be_granted_is_refused(
    front_desk: FrontDesk, wish: dict[str, object], code: str
) -> None:
    answer = await front_desk.ticket("lobby", wish)
    assert (answer.status, answer.code) == (422, code)
    assert len(answer.json["detail"]) < 300
    assert front_desk.tickets.issued == 0


async def test_there_is_no_ticket_to_a_room_that_is_not_open(front_desk: FrontDesk) -> None:
    front_desk.directory.remember_closed("consult-gone")
    unknown, closed = await front_desk.ticket("nowhere"), await front_desk.ticket("consult-gone")
    assert (unknown.status, unknown.code) == (404, "room_unknown")
    assert (closed.status, closed.code) == (410, "room_closed")


async def test_there_is_no_ticket_to_a_full_room(front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front_desk.directory.rooms["consult-1"], "capacity", 0)
    answer = await front_desk.ticket("consult-1")
    assert (answer.status, answer.code) == (409, "room_full")


@pytest.mark.parametrize("phase", [Phase.STARTING, Phase.STOPPING])
async def test_there_is_no_ticket_while_the_server_comes_or_goes(front_desk: FrontDesk, phase: Phase) -> None:
    front_desk.readiness.phase = phase
    answer = await front_desk.ticket()
    assert (answer.status, answer.code) == (503, "stopping")


def test_the_largest_facts_a_ticket_can_carry_are_within_the_wires_limit() -> None:
    widest = "\U0001f469" * 64
    facts = AvatarFacts(kind="avatar", name=widest, role=widest, avatar="x" * 32)
    assert len(encode_facts(facts)) <= FACTS_BYTES_MAX


def test_the_widest_role_is_what_the_facility_file_allows(front_desk: FrontDesk) -> None:
    facility = front_desk.facility.settings
    entry = {"roles": ["x" * 65], "may": ["join"]}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(msgspec.to_builtins(facility) | {"rights": [entry]}, type(facility))


@pytest.mark.parametrize("wish", [{}, {"avatar": "vrm-nobody"}, {"name": ""}, {"role": "wizard"}])
async def test_a_room_that_may_not_be_joined_and_one_that_is_not_there_are_one_answer(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch, wish: dict[str, object]
) -> None:
    monkeypatch.setattr(front_desk.directory.rooms["simulation"], "capacity", 0)
    asked = {"role": "proxy"} | wish
    forbidden, unknown = await front_desk.ticket("simulation", asked), await front_desk.ticket("nowhere", asked)
    assert (forbidden.status, forbidden.headers, forbidden.body) == (unknown.status, unknown.headers, unknown.body)
    if not wish:
        assert (forbidden.status, forbidden.code) == (404, "room_unknown")
