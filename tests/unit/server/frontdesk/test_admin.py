"""The admin interface over real rooms, without a port."""

from collections.abc import Callable
from random import Random
from urllib.parse import urlencode

import msgspec
import pytest

from server.config import SAMPLE_FACILITY, load_facility
from server.frontdesk.admin import create_admin
from server.ops.logging import LogCounts
from server.ops.metrics import Metrics, WorldCounts
from server.room_types import ROOM_TYPES, find_room_type
from server.world.directory import Directory
from server.world.explanation import Explanation
from server.world.member import Member, Participant
from tests.support.front_desk import Answer, FrontDesk, call
from tests.support.rooms import Inbox

Join = Callable[..., Member]

METRICS = Metrics(lambda: WorldCounts(avatars=3), LogCounts(), tickets=lambda: 0)


@pytest.fixture
def directory() -> Directory:
    directory = Directory(load_facility(SAMPLE_FACILITY, ROOM_TYPES).settings, find_room_type, Random(7))
    directory.open_named(0.0)
    return directory


@pytest.fixture
def join(directory: Directory) -> Join:
    def join(name: str, room: str = "lobby", role: str = "patient", entity: int | None = None) -> Member:
        place = directory.find(room)
        participant = Participant(entity or place.new_entity(), name, role, "plain", f"subject-{name}")
        return place.join(participant, Inbox(), 0.0)

    return join


async def get(directory: Directory, path: str, method: str = "GET", **query: str) -> Answer:
    target = f"{path}?{urlencode(query)}" if query else path
    return await call(create_admin(directory, METRICS), method, target, {"host": "127.0.0.1:8082"}, [])


async def ask_why(directory: Directory, observer: object, subject: object, **more: str) -> Answer:
    return await get(directory, "/v1/admin/why", observer=str(observer), subject=str(subject), **more)


async def test_ids_are_answered_with_terms_and_words(directory: Directory, join: Join) -> None:
    ann, bo = join("Ann"), join("Bo")
    answer = await ask_why(directory, ann.entity, bo.entity)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    told = msgspec.json.decode(answer.body, type=Explanation)
    assert (told.observer.entity, told.subject.entity, told.room) == (ann.entity, bo.entity, "lobby")
    assert told.lines
    assert told.answer.startswith("Ann ")


async def test_names_and_objects_are_found_and_an_accent_may_be_two_characters(
    directory: Directory, join: Join
) -> None:
    join("Zoë", "simulation")
    answer = await ask_why(directory, " Zoe\u0308 ", "Crash cart")
    assert (answer.json["observer"]["name"], answer.json["subject"]["kind"]) == ("Zoë", "prop")


async def test_a_name_of_digits_is_a_name_when_it_is_nobodys_id(directory: Directory, join: Join) -> None:
    join("17")
    bo = join("Bo")
    assert (await ask_why(directory, "17", bo.entity)).json["observer"]["name"] == "17"
    assert (await ask_why(directory, "9" * 30, bo.entity)).code == "entity_unknown"
    assert (await ask_why(directory, "0" * 20 + "9" * 5000, bo.entity)).code == "invalid_request"
    assert (await ask_why(directory, f"000{bo.entity}", "17")).json["observer"]["name"] == "Bo"


async def test_who_is_unknown_is_told_without_repeating_the_name(directory: Directory, join: Join) -> None:
    ann = join("Ann")
    answer = await ask_why(directory, "Mrs Hidden", ann.entity)
    assert (answer.status, answer.code) == (404, "entity_unknown")
    assert answer.json["detail"].startswith("observer: ")
    assert b"Hidden" not in answer.body
    assert (await ask_why(directory, ann.entity, "Bo")).json["detail"].startswith("subject: ")


async def test_a_name_that_two_have_is_ambiguous_until_the_room_is_told(directory: Directory, join: Join) -> None:
    join("Ann")
    bo = join("Bo")
    other = join("Ann", "ward")
    answer = await ask_why(directory, "Ann", bo.entity)
    assert (answer.status, answer.code) == (409, "name_ambiguous")
    assert str(other.entity).encode() not in answer.body
    assert b"ward" not in answer.body
    assert (await ask_why(directory, "Ann", "Bo", room="lobby")).status == 200
    assert (await ask_why(directory, "Ann", "Bo", room="ward")).code == "entity_unknown"


async def test_an_id_that_two_rooms_have_takes_the_room(directory: Directory, join: Join) -> None:
    join("Ann", entity=5)
    join("Bo", entity=6)
    join("Cy", "ward", entity=5)
    assert (await ask_why(directory, 5, 6)).code == "name_ambiguous"
    assert (await ask_why(directory, 5, 6, room="lobby")).json["observer"]["name"] == "Ann"


async def test_who_is_in_another_room_is_not_together(directory: Directory, join: Join) -> None:
    answer = await ask_why(directory, join("Ann").entity, join("Bo", "ward").entity)
    assert (answer.status, answer.code) == (409, "not_together")


async def test_what_cannot_be_asked_is_invalid(directory: Directory, join: Join) -> None:
    join("Ann", "simulation")
    for query in (
        {"observer": "Ann", "subject": "Ann"},
        {"observer": "Crash cart", "subject": "Ann"},
        {"observer": "Ann"},
        {"observer": "", "subject": "Ann"},
        {"observer": "x" * 65, "subject": "Ann"},
        {"observer": "Ann", "subject": "Crash cart", "verbose": "1"},
    ):
        answer = await get(directory, "/v1/admin/why", **query)
        assert (answer.status, answer.code) == (422, "invalid_request"), query
    twice = await get(directory, "/v1/admin/why?observer=Ann&observer=Bo&subject=Cy")
    assert twice.code == "invalid_request"


async def test_a_room_that_is_none_is_told_as_the_front_desk_tells_it(directory: Directory) -> None:
    directory.remember_closed("consult-gone")
    assert (await ask_why(directory, 1, 2, room="attic")).code == "room_unknown"
    assert (await get(directory, "/v1/admin/rooms/attic/people")).code == "room_unknown"
    assert (await get(directory, "/v1/admin/rooms/consult-gone/people")).code == "room_closed"


async def test_rooms_are_listed_with_their_load_visits_too(directory: Directory, join: Join) -> None:
    visit = directory.open_visit("consult", "Visit 17", 0.0)
    join("Ann")
    directory.find("lobby").took(0.01, 0.0)
    told = {room["id"]: room for room in (await get(directory, "/v1/admin/rooms")).json["rooms"]}
    assert visit.id in told
    assert told["lobby"] == {
        "id": "lobby",
        "type": "lobby",
        "people": 1,
        "tick_hz": 30,
        "strain": 0,
        "tick_load": pytest.approx(0.015),
    }
    assert told["auditorium"]["tick_load"] == 0.0


async def test_people_and_objects_of_a_room_are_listed_by_id(directory: Directory, join: Join) -> None:
    ann = join("Ann", "simulation", "learner")
    directory.find("simulation").suspend(ann, 0.0)
    told = (await get(directory, "/v1/admin/rooms/simulation/people")).json
    assert told["people"] == [
        {"entity": ann.entity, "role": "learner", "subject": "subject-Ann", "name": "Ann", "suspended": True}
    ]
    assert {thing["name"]: thing["kind"] for thing in told["objects"]} == {
        "Manikin": "prop",
        "Crash cart": "prop",
        "Patient monitor": "panel",
        "Syringe tray": "prop",
    }


async def test_metrics_are_told_here_too_for_a_server_behind_a_proxy(directory: Directory) -> None:
    answer = await get(directory, "/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert b"polyclinic_avatars 3.0" in answer.body


async def test_nothing_else_is_here_and_nothing_can_be_changed(directory: Directory) -> None:
    assert (await get(directory, "/v1/rooms")).code == "not_found"
    assert (await get(directory, "/v1/admin/rooms/")).code == "not_found"
    assert (await get(directory, "/v1/admin/rooms", method="POST")).code == "method_not_allowed"


async def take_back(front_desk: FrontDesk, body: object, headers: dict[str, str] | None = None) -> Answer:
    said = {"host": "127.0.0.1:8082", "content-type": "application/json"} | (headers or {})
    app = create_admin(front_desk.directory, front_desk.desk.metrics, front_desk.desk.revoking)
    return await call(app, "POST", "/v1/admin/revocations", said, [msgspec.json.encode(body)])


async def test_access_is_taken_back_by_subject(front_desk: FrontDesk) -> None:
    answer = await take_back(front_desk, {"subject": "account-0123456789abcdef"})
    assert answer.json == {"subject": "account-0123456789abcdef", "sessions": 1}
    assert front_desk.ended == ["account-0123456789abcdef"]


@pytest.mark.parametrize(
    "body", [{}, {"subject": "Ann"}, {"subject": "account-"}, {"subject": "account-" + "0" * 33}, []]
)
async def test_what_is_no_subject_takes_nothing_back(front_desk: FrontDesk, body: object) -> None:
    answer = await take_back(front_desk, body)
    assert (answer.status, answer.code, front_desk.ended) == (422, "invalid_request", [])


async def test_a_page_takes_nothing_back(front_desk: FrontDesk) -> None:
    wish = {"subject": "account-0123456789abcdef"}
    answer = await take_back(front_desk, wish, {"origin": "http://127.0.0.1:8082"})
    assert (answer.status, front_desk.ended) == (403, [])
    answer = await take_back(front_desk, wish, {"content-type": "text/plain"})
    assert (answer.status, front_desk.ended) == (415, [])
