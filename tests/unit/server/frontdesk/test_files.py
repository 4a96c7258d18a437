from pathlib import Path

import pytest

from server.frontdesk.files import FOR_GOOD, WITHOUT_CLIENT, client_folder
from tests.support.front_desk import FrontDesk, sample_desk


@pytest.fixture
def page_desk(tmp_path: Path) -> FrontDesk:
    (tmp_path / "index.html").write_text("<!doctype html><title>map</title>")
    (tmp_path / "map.js").write_text("export {};")
    return FrontDesk(sample_desk().facility, client=tmp_path)


async def test_a_scene_is_served_as_what_it_is(front_desk: FrontDesk) -> None:
    answer = await front_desk.get("/v1/scenes/lobby.glb")
    assert answer.status == 200
    assert answer.headers["content-type"] == "model/gltf-binary"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.body == (front_desk.facility.scene_folder / "lobby.glb").read_bytes()


async def test_the_look_of_every_object_can_be_had(front_desk: FrontDesk) -> None:
    for room in (await front_desk.get("/v1/rooms?role=patient")).json["rooms"]:
        for thing in room["objects"]:
            answer = await front_desk.get(f"/v1/scenes/models/{thing['model']}.glb")
            assert (answer.status, answer.headers["content-type"]) == (200, "model/gltf-binary")


async def test_a_scene_that_has_not_changed_is_not_sent_again(front_desk: FrontDesk) -> None:
    first = await front_desk.get("/v1/scenes/lobby.glb")
    again = await front_desk.get("/v1/scenes/lobby.glb", {"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


async def test_the_scene_of_every_room_can_be_had(front_desk: FrontDesk) -> None:
    for room in (await front_desk.get("/v1/rooms?role=patient")).json["rooms"]:
        assert (await front_desk.get(room["scene"])).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/scenes/missing.glb",
        "/v1/scenes/../sample.toml",
        "/v1/scenes/%2e%2e/sample.toml",
        "/v1/scenes/..\\sample.toml",
        "/v1/scenes//etc/passwd",
        "/v1/scenes/",
        "/v1/scenes/.",
        "/v1/scenes/" + "x" * 5000 + ".glb",
    ],
)
async def test_nothing_but_scenes_is_served_from_there(front_desk: FrontDesk, path: str) -> None:
    answer = await front_desk.get(path)
    assert (answer.status, answer.code) == (404, "not_found")


async def test_the_client_is_at_the_root_with_its_files_beside_it(page_desk: FrontDesk) -> None:
    page, script = await page_desk.get("/"), await page_desk.get("/map.js")
    assert (page.status, script.status) == (200, 200)
    assert page.headers["content-type"].startswith("text/html")
    assert "javascript" in script.headers["content-type"]
    assert page.headers["cache-control"] == script.headers["cache-control"] == "no-cache"


async def test_outside_the_folder_of_the_page_there_is_nothing(page_desk: FrontDesk) -> None:
    for path in ("/nothing", "/../app.py", "/%2e%2e/app.py"):
        answer = await page_desk.get(path)
        assert (answer.status, answer.code) == (404, "not_found")


@pytest.fixture
def client_desk(tmp_path: Path) -> FrontDesk:
    """The desk with a client as its build leaves it: what is worth it is compressed beside itself."""
    (tmp_path / "index.html").write_text("<!doctype html><title>client</title>")
    (tmp_path / "assets").mkdir()
    for name, data in (("app-1a2b.js", b"export {};"), ("app-1a2b.js.br", b"br"), ("app-1a2b.js.gz", b"gz")):
        (tmp_path / "assets" / name).write_bytes(data)
    return FrontDesk(sample_desk().facility, client=tmp_path)


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"br"),
        ("gzip;q=0.8, deflate", "gzip", b"gz"),
        ("zstd", None, b"export {};"),
        ("", None, b"export {};"),
    ],
)
async def test_a_file_comes_as_its_build_compressed_it(
    client_desk: FrontDesk, accepted: str, encoding: str | None, body: bytes
) -> None:
    answer = await client_desk.get("/assets/app-1a2b.js", {"accept-encoding": accepted})
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers.get("content-encoding") == encoding
    assert "javascript" in answer.headers["content-type"]


async def test_what_has_its_content_in_its_name_is_kept_for_good(client_desk: FrontDesk) -> None:
    assert (await client_desk.get("/assets/app-1a2b.js")).headers["cache-control"] == FOR_GOOD
    assert (await client_desk.get("/", {"accept-encoding": "br"})).headers["cache-control"] == "no-cache"


async def test_what_is_not_there_is_not_there_compressed(client_desk: FrontDesk) -> None:
    answer = await client_desk.get("/assets/other.js", {"accept-encoding": "br"})
    assert (answer.status, answer.code) == (404, "not_found")


@pytest.mark.parametrize("path", ["/" + "a" * 253, "/%00", "/assets/%00.js"])
@pytest.mark.parametrize("accepted", ["br", "gzip", ""])
async def test_a_name_that_no_file_can_have_is_not_there(client_desk: FrontDesk, path: str, accepted: str) -> None:
    answer = await client_desk.get(path, {"accept-encoding": accepted})
    assert (answer.status, answer.code) == (404, "not_found")


def test_without_a_built_client_a_page_says_how_to_get_it(tmp_path: Path) -> None:
    assert client_folder(tmp_path) == WITHOUT_CLIENT
    assert (WITHOUT_CLIENT / "index.html").is_file()
    (tmp_path / "index.html").write_text("<!doctype html>")
    assert client_folder(tmp_path) == tmp_path
