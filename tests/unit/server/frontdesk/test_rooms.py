import pytest

from protocol.schema import SCHEMA_HASH
from server.errors import StoreError
from server.frontdesk.desk import Phase
from server.store.writing import OpenedRoom
from tests.support.front_desk import FrontDesk

SAMPLE_ROOMS = ["lobby", "waiting", "consult-1", "consult-2", "ward", "simulation", "auditorium"]


async def test_the_facility_tells_its_name_types_roles_and_looks(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/v1/facility")
    assert answer.status == 200
    told = answer.json
    assert told["name"] == "Harbour Clinic"
    assert told["roles"] == [
        *("patient", "proxy", "clinician", "therapist", "interpreter", "reception", "facilitator"),
        *("learner", "observer", "privacy officer", "technician"),
    ]
    assert told["avatars"] == ["plain", "vrm-robin"]
    assert told["schema"] == SCHEMA_HASH
    # What clients keep to: nothing of who wore them, and when nobody is there any more.
    assert (told["shared_devices"], told["idle_seconds"], told["away_seconds"]) == (False, 900.0, 120.0)
    assert {"name": "consult", "on_demand": True} in told["room_types"]
    assert {"name": "lobby", "on_demand": False} in told["room_types"]


async def test_the_list_has_every_named_room_with_what_a_map_needs(front_desk: FrontDesk) -> None:
    rooms = (await front_desk.get("/v1/rooms?role=patient")).json["rooms"]
    assert [room["id"] for room in rooms] == SAMPLE_ROOMS
    for room in rooms:
        assert set(room) == {
            *(
                "id",
                "name",
                "type",
                "occupancy",
                "capacity",
                "scene",
                "tick_hz",
                "bounds",
                "zones",
                "objects",
                "portals",
            )
        }
    lobby = rooms[0]
    assert (lobby["name"], lobby["type"], lobby["occupancy"], lobby["capacity"]) == ("Lobby", "lobby", 0, 400)
    assert lobby["scene"] == "/v1/scenes/lobby.glb"
    assert lobby["tick_hz"] == 30
    assert lobby["bounds"] == [[-12.0, 0.0, -9.0], [12.0, 4.0, 9.0]]
    assert lobby["zones"] == [{"name": "Reception", "box": [[-4.0, 0.0, -9.0], [4.0, 4.0, -5.0]], "private": False}]


async def test_objects_are_told_as_the_facility_file_has_them(front_desk: FrontDesk) -> None:
    for room in (await front_desk.get("/v1/rooms?role=patient")).json["rooms"]:
        placed = front_desk.directory.rooms[room["id"]].settings.objects
        assert [thing["name"] for thing in room["objects"]] == [thing.name for thing in placed]
        assert all(set(thing) == {"name", "kind", "model", "position", "yaw", "grabbable"} for thing in room["objects"])


async def test_portals_are_told_with_the_name_of_where_they_lead(front_desk: FrontDesk) -> None:
    rooms = {room["id"]: room for room in (await front_desk.get("/v1/rooms?role=patient")).json["rooms"]}
    assert rooms["ward"]["portals"] == [
        {"to": "lobby", "name": "Lobby", "position": [8.0, 0.0, 0.0], "yaw": -90.0, "width": 1.6}
    ]
    assert {portal["to"] for portal in rooms["lobby"]["portals"]} == {"waiting", "auditorium", "ward", "simulation"}


async def test_the_seats_of_a_room_are_told_where_one_asks_for_that_room(front_desk: FrontDesk) -> None:
    seats = (await front_desk.get("/v1/rooms/consult-1?role=patient")).json["seats"]
    assert len(seats) == 3
    assert seats[0] == {"position": [-1.6, 0.52, -1.85], "yaw": 180.0}
    assert len((await front_desk.get("/v1/rooms/auditorium?role=patient")).json["seats"]) == 1792
    assert all("seats" not in room for room in (await front_desk.get("/v1/rooms?role=patient")).json["rooms"])


async def test_one_room_is_told_by_its_id(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/v1/rooms/ward?role=patient")
    assert (answer.status, answer.json["type"]) == (200, "ward")


async def test_an_unknown_room_and_a_closed_one_are_told_apart(front_desk: FrontDesk) -> None:
    front_desk.directory.remember_closed("consult-gone")
    unknown = await front_desk.get("/v1/rooms/nowhere")
    closed = await front_desk.get("/v1/rooms/consult-gone?role=patient")
    assert (unknown.status, unknown.code) == (404, "room_unknown")
    assert (closed.status, closed.code) == (410, "room_closed")


async def test_a_visit_is_opened_kept_and_found_by_its_id_alone(front_desk: FrontDesk) -> None:
    front_desk.now = 12.0
    answer = await front_desk.post("/v1/rooms", {"type": "consult", "name": "  Visit 17 ", "role": "patient"})
    assert answer.status == 201
    room = answer.json
    assert (room["name"], room["type"], room["occupancy"]) == ("Visit 17", "consult", 0)
    assert answer.headers["location"] == f"/v1/rooms/{room['id']}"
    assert front_desk.kept == [OpenedRoom(id=room["id"], type="consult", name="Visit 17")]
    assert (await front_desk.get(answer.headers["location"] + "?role=patient")).json == room
    assert [told["id"] for told in (await front_desk.get("/v1/rooms?role=patient")).json["rooms"]] == SAMPLE_ROOMS


async def test_two_visits_of_one_name_are_two_rooms(front_desk: FrontDesk) -> None:
    first, second = [
        await front_desk.post("/v1/rooms", {"type": "consult", "name": "Visit", "role": "patient"}) for _ in range(2)
    ]
    assert first.json["id"] != second.json["id"]


@pytest.mark.parametrize(
    "wish",
    [
        {"type": "lobby", "name": "Another lobby", "role": "patient"},
        {"type": "no-such-type", "name": "x"},
        {"type": "consult", "name": "", "role": "patient"},
        {"type": "consult", "name": "\u202eevil", "role": "patient"},
        {"type": "consult"},
        {"type": "consult", "name": "x", "capacity": 5000},
    ],
)
async def test_a_room_that_may_not_be_opened_is_refused(front_desk: FrontDesk, wish: dict[str, object]) -> None:
    answer = await front_desk.post("/v1/rooms", wish)
    assert (answer.status, answer.code) == (422, "invalid_request")
    assert front_desk.kept == []


@pytest.mark.parametrize("passing", [False, True])
async def test_a_room_that_cannot_be_kept_is_not_promised(front_desk: FrontDesk, passing: bool) -> None:
    async def fail(_room: OpenedRoom) -> None:
        raise StoreError("/srv/clinic/store.sqlite3: cannot be written: disk I/O error", passing=passing)

    front_desk.keep = fail
    answer = await front_desk.post("/v1/rooms", {"type": "consult", "name": "Visit", "role": "patient"})
    assert (answer.status, answer.code) == (503, "store_unavailable")
    # Where the store is and what SQLite said of it is nobody's business here.
    assert not any(word in answer.json["detail"] for word in ("store.sqlite3", "disk", "/"))
    assert ("try again" in answer.json["detail"]) is passing


async def test_no_room_is_opened_while_the_server_stops(front_desk: FrontDesk) -> None:
    front_desk.readiness.phase = Phase.STOPPING
    answer = await front_desk.post("/v1/rooms", {"type": "consult", "name": "Visit", "role": "patient"})
    assert (answer.status, answer.code) == (503, "stopping")


async def test_a_role_is_told_of_the_rooms_it_may_join_and_of_doors_to_those_alone(front_desk: FrontDesk) -> None:
    rooms = (await front_desk.get("/v1/rooms?role=facilitator")).json["rooms"]
    assert [room["id"] for room in rooms] == ["lobby", "waiting", "simulation", "auditorium"]
    assert {portal["to"] for portal in rooms[1]["portals"]} == {"lobby"}
    everybodys = (await front_desk.get("/v1/rooms")).json["rooms"]
    assert [room["id"] for room in everybodys] == ["lobby", "auditorium"]


@pytest.mark.parametrize("query", ["?role=proxy", ""])
async def test_a_forbidden_room_is_told_as_one_that_is_not_there(front_desk: FrontDesk, query: str) -> None:
    forbidden, unknown = [await front_desk.get(f"/v1/rooms/{room}{query}") for room in ("simulation", "nowhere")]
    assert (forbidden.status, forbidden.headers, forbidden.body) == (unknown.status, unknown.headers, unknown.body)
    assert (unknown.status, unknown.code) == (404, "room_unknown")


@pytest.mark.parametrize(
    ("query", "code"),
    [("?role=wizard", "role_unknown"), ("?role=patient&role=patient", "invalid_request"), ("?x=1", "invalid_request")],
)
async def test_a_query_that_is_no_role_is_refused(front_desk: FrontDesk, query: str, code: str) -> None:
    for path in ("/v1/rooms", "/v1/rooms/lobby"):
        answer = await front_desk.get(path + query)
        assert (answer.status, answer.code) == (422, code)


@pytest.mark.parametrize(("role", "status"), [("reception", 201), ("learner", 403), (None, 403), ("wizard", 422)])
async def test_a_room_is_opened_by_roles_that_may(front_desk: FrontDesk, role: str | None, status: int) -> None:
    wish = {"type": "consult", "name": "Visit"} | ({} if role is None else {"role": role})
    answer = await front_desk.post("/v1/rooms", wish)
    assert answer.status == status
    if status == 403:
        assert answer.code == "forbidden"
        assert front_desk.kept == []
