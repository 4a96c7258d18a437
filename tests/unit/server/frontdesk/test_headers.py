from pathlib import Path

import pytest

from server.frontdesk.headers import DATA_POLICY, page_policy
from tests.support.front_desk import FrontDesk, sample_desk


@pytest.mark.parametrize(
    "path", ["/healthz", "/metrics", "/v1/rooms", "/v1/rooms/nowhere", "/v1/scenes/lobby.glb", "/v1/nothing"]
)
async def test_data_and_problems_can_do_nothing_in_a_browser(front_desk: FrontDesk, path: str) -> None:
    headers = (await front_desk.get(path)).headers
    assert headers["content-security-policy"] == DATA_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if "scenes" in path else "no-store")
    assert "server" not in headers


async def test_the_page_may_load_its_own_files_and_speak_to_the_world(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>map</title>")
    headers = (await FrontDesk(sample_desk().facility, client=tmp_path).get("/")).headers
    assert headers["content-security-policy"] == page_policy()
    assert "unsafe" not in page_policy()
    assert "connect-src 'self' ws: wss:" in page_policy()


def test_where_one_signs_in_the_origin_of_the_provider_may_be_asked_and_that_alone() -> None:
    plain, named = page_policy().split("; "), page_policy("https://id.clinic.example:8443/realms/clinic").split("; ")
    for before, after in zip(plain, named, strict=True):
        more = " https://id.clinic.example:8443" if before.startswith(("connect-src", "form-action")) else ""
        assert after == before + more


async def test_a_page_that_was_kept_keeps_its_policy(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>client</title>")
    desk = FrontDesk(sample_desk().facility, client=tmp_path)
    first = await desk.get("/")
    again = await desk.get("/", {"if-none-match": first.headers["etag"]})
    assert again.status == 304
    # What the browser kept may be from before a provider was named.
    assert again.headers["content-security-policy"] == page_policy()
