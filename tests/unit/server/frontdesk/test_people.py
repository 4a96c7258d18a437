"""Rooms that are there for one and not for another."""

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.config.identity import GuestSettings, IdentitySettings
from server.errors import RoomUnknown
from server.frontdesk.people import newcomer, room_for
from server.identity.person import Person
from server.room_types import ROOM_TYPES
from tests.support.front_desk import FrontDesk


def desk_where(guests: tuple[GuestSettings, ...] | None) -> FrontDesk:
    """The sample facility with other rules for guests, and no provider."""
    facility = load_facility(SAMPLE_FACILITY, ROOM_TYPES)
    settings = msgspec.structs.replace(facility.settings, identity=IdentitySettings(guests=guests))
    return FrontDesk(msgspec.structs.replace(facility, settings=settings))


async def test_without_a_rule_and_a_provider_everybody_may_come_in_anywhere() -> None:
    assert (await desk_where(None).ticket("ward", {"role": "clinician"})).status == 201


async def test_guests_come_in_where_and_as_what_the_facility_says() -> None:
    desk = desk_where((GuestSettings(roles=("patient",), rooms=("lobby",), types=("waiting",)),))
    assert (await desk.ticket("lobby")).status == 201
    assert (await desk.ticket("waiting")).status == 201
    as_staff = await desk.ticket("lobby", {"role": "clinician"})
    assert (as_staff.status, as_staff.code) == (403, "forbidden")
    elsewhere = await desk.ticket("ward")
    assert (elsewhere.status, elsewhere.code) == (404, "room_unknown")


async def test_a_room_that_is_not_ones_own_is_answered_like_one_that_is_not_there() -> None:
    desk = desk_where((GuestSettings(roles=("patient",), rooms=("lobby",)),))
    there = (await desk.ticket("ward"), await desk.get("/v1/rooms/ward?role=patient"))
    del desk.directory.rooms["ward"], desk.directory._doors["ward"]
    gone = (await desk.ticket("ward"), await desk.get("/v1/rooms/ward?role=patient"))
    for one, other in zip(there, gone, strict=True):
        assert (one.status, one.headers, one.body) == (other.status, other.headers, other.body)


async def test_the_list_has_only_rooms_that_one_may_enter() -> None:
    desk = desk_where((GuestSettings(roles=("patient",), rooms=("lobby",), types=("waiting",)),))
    assert {room["id"] for room in (await desk.get("/v1/rooms")).json["rooms"]} == {"lobby", "waiting"}


async def test_a_role_that_is_not_a_guests_is_told_of_no_room() -> None:
    desk = desk_where((GuestSettings(roles=("patient",), rooms=("lobby",)),))
    assert (await desk.get("/v1/rooms?role=clinician")).json["rooms"] == []
    refused, unknown = [await desk.get(f"/v1/rooms/{room}?role=clinician") for room in ("lobby", "nowhere")]
    assert (refused.status, refused.headers, refused.body) == (unknown.status, unknown.headers, unknown.body)


async def test_what_a_token_may_be_used_for_limits_the_rooms_that_are_there() -> None:
    desk = desk_where(None).desk
    for scopes, there in (
        (None, True),
        (("join", "chat"), True),
        (("chat",), False),
        (("unheard-of",), False),
        ((), False),
    ):
        person = Person(subject="account-1", account=True, roles=frozenset({"patient"}), scopes=scopes)
        assert bool(desk.directory.listed(newcomer(desk, person, "patient"))) is there
        if there:
            assert room_for(desk, person, "patient", "ward").id == "ward"
        else:
            with pytest.raises(RoomUnknown):
                room_for(desk, person, "patient", "ward")


async def test_guests_open_rooms_of_the_types_they_may_enter() -> None:
    wish = {"type": "consult", "name": "Visit", "role": "patient"}
    assert (await desk_where(None).post("/v1/rooms", wish)).status == 201
    refused = await desk_where((GuestSettings(roles=("patient",), rooms=("lobby",)),)).post("/v1/rooms", wish)
    assert (refused.status, refused.code) == (403, "forbidden")
    opened = await desk_where((GuestSettings(roles=("patient",), types=("consult",)),)).post("/v1/rooms", wish)
    assert opened.status == 201


async def test_nobody_has_an_account_where_there_is_no_provider() -> None:
    desk = desk_where(None)
    assert (await desk.get("/v1/facility")).json["sign_in"] is None
    # A token for somebody else's server is none of this one's business.
    wish = {"name": "Ann", "role": "patient"}
    answer = await desk.post("/v1/rooms/lobby/tickets", wish, {"authorization": "Bearer abc"})
    assert desk.tickets.redeem(answer.json["ticket"], 1.0).subject.startswith("guest-")
