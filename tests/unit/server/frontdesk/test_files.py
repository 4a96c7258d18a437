from pathlib import Path

import pytest

from server.frontdesk.files import STATIC_FOLDER
from tests.support.front_desk import FrontDesk, sample_desk


@pytest.fixture
def page_desk(tmp_path: Path) -> FrontDesk:
    (tmp_path / "index.html").write_text("<!doctype html><title>map</title>")
    (tmp_path / "map.js").write_text("export {};")
    return FrontDesk(sample_desk().facility, static_folder=tmp_path)


async def test_a_scene_is_served_as_what_it_is(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/v1/scenes/lobby.gltf")
    assert answer.status == 200
    assert answer.headers["content-type"] == "model/gltf+json"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.body == (front_desk.facility.scene_folder / "lobby.gltf").read_bytes()


async def test_a_scene_that_has_not_changed_is_not_sent_again(front_desk: FrontDesk) -> None:
    first = await front_desk.get("/v1/scenes/lobby.gltf")
    again = await front_desk.get("/v1/scenes/lobby.gltf", {"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


async def test_the_scene_of_every_room_can_be_had(front_desk: FrontDesk) -> None:
    for room in (await front_desk.get("/v1/rooms")).json["rooms"]:
        assert (await front_desk.get(room["scene"])).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/scenes/missing.gltf",
        "/v1/scenes/../sample.toml",
        "/v1/scenes/%2e%2e/sample.toml",
        "/v1/scenes/..\\sample.toml",
        "/v1/scenes//etc/passwd",
        "/v1/scenes/",
        "/v1/scenes/.",
        "/v1/scenes/" + "x" * 5000 + ".gltf",
    ],
)
async def test_nothing_but_scenes_is_served_from_there(front_desk: FrontDesk, path: str) -> None:
    answer = await front_desk.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


async def test_the_map_page_is_at_the_root_with_its_files_beside_it(page_desk: FrontDesk) -> None:
    page, script = await page_desk.get("/"), await page_desk.get("/map.js")
    assert (page.status, script.status) == (200, 200)
    assert page.headers["content-type"].startswith("text/html")
    assert "javascript" in script.headers["content-type"]
    assert page.headers["cache-control"] == script.headers["cache-control"] == "no-cache"


async def test_outside_the_folder_of_the_page_there_is_nothing(page_desk: FrontDesk) -> None:
    for path in ("/nothing", "/../app.py", "/%2e%2e/app.py"):
        answer = await page_desk.get(path)
        assert (answer.status, answer.code) == (404, "not_found")


def test_the_page_stands_beside_the_code_that_serves_it() -> None:
    assert STATIC_FOLDER.is_dir()
