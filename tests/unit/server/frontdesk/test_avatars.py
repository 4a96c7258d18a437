from pathlib import Path

import msgspec
import pytest

from tests.support.front_desk import FrontDesk, sample_desk
from tests.support.vrm import vrm, write_vrm


@pytest.fixture
def desk(tmp_path: Path) -> FrontDesk:
    """A desk with one look that is offered and one that is not."""
    write_vrm(tmp_path, "vrm-nurse", vrm())
    write_vrm(tmp_path, "vrm-kept", vrm(avatarPermission="onlyAuthor"))
    (tmp_path / "notes.txt").write_text("ours")
    facility = sample_desk().facility
    settings = msgspec.structs.replace(facility.settings, avatars=str(tmp_path))
    return FrontDesk(msgspec.structs.replace(facility, settings=settings))


async def test_the_looks_are_told_with_whom_they_are_owed_to(desk: FrontDesk) -> None:
    answer = await desk.get("/v1/avatars")
    assert answer.status == 200
    assert answer.json == {
        "avatars": [
            {
                "name": "vrm-nurse",
                "title": "Tiny",
                "authors": ["A. Modeller"],
                "licence": "https://vrm.dev/licenses/1.0/",
                "other_licence": None,
                "credit_required": True,
                "file": "/v1/avatars/vrm-nurse.vrm",
            }
        ]
    }
    assert (await desk.get("/v1/facility")).json["avatars"] == ["plain", "vrm-nurse"]


async def test_a_look_is_served_and_not_sent_again_while_it_has_not_changed(desk: FrontDesk) -> None:
    answer = await desk.get("/v1/avatars/vrm-nurse.vrm")
    assert (answer.status, answer.body) == (200, vrm())
    assert answer.headers["content-type"] == "model/gltf-binary"
    assert answer.headers["cache-control"] == "no-cache"
    again = await desk.get("/v1/avatars/vrm-nurse.vrm", {"if-none-match": answer.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    "path", ["vrm-kept.vrm", "vrm-none.vrm", "notes.txt", "../sample.toml", "%2e%2e/sample.toml", "", ".", "vrm-nurse"]
)
async def test_nothing_else_of_the_folder_is_served(desk: FrontDesk, path: str) -> None:
    answer = await desk.get(f"/v1/avatars/{path}")
    assert (answer.status, answer.code) == (404, "not_found")


async def test_a_ticket_takes_a_look_that_is_offered(desk: FrontDesk) -> None:
    answer = await desk.ticket("lobby", {"avatar": "vrm-nurse"})
    assert answer.status == 201
    assert desk.tickets.redeem(answer.json["ticket"], now=1.0).avatar == "vrm-nurse"


@pytest.mark.parametrize("look", ["vrm-kept", "vrm-none", "vrm-"])
async def test_a_ticket_for_a_file_that_is_not_offered_is_refused(desk: FrontDesk, look: str) -> None:
    answer = await desk.ticket("lobby", {"avatar": look})
    assert (answer.status, answer.code) == (422, "avatar_unknown")
    assert look not in answer.json["detail"] or look == "vrm-"


async def test_looks_that_clients_draw_themselves_are_theirs_to_know(desk: FrontDesk) -> None:
    assert (await desk.ticket("lobby", {"avatar": "robot"})).status == 201


async def test_a_facility_without_a_folder_has_the_clients_own_looks(desk: FrontDesk) -> None:
    settings = msgspec.structs.replace(desk.facility.settings, avatars=None)
    bare = FrontDesk(msgspec.structs.replace(desk.facility, settings=settings))
    assert (await bare.get("/v1/avatars")).json == {"avatars": []}
    assert (await bare.get("/v1/facility")).json["avatars"] == ["plain"]
    assert (await bare.get("/v1/avatars/vrm-nurse.vrm")).status == 404
    assert (await bare.ticket("lobby", {"avatar": "vrm-nurse"})).code == "avatar_unknown"
