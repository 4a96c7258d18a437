from dataclasses import replace
from pathlib import Path

import pytest

from server.frontdesk.app import create_front_desk
from server.frontdesk.headers import DATA_POLICY, TLS_ONLY, page_policy
from tests.support.front_desk import FrontDesk, call, sample_desk


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


def sources(policy: str, directive: str) -> list[str]:
    """What a directive of a policy allows."""
    (found,) = [words.split()[1:] for words in policy.split("; ") if words.split()[0] == directive]
    return found


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<!doctype html><title>map</title>")
    return tmp_path


async def connected(desk: FrontDesk, host: str) -> list[str]:
    """Whom the page may ask that was got by this Host."""
    return sources((await desk.get("/", {"host": host})).headers["content-security-policy"], "connect-src")


async def test_the_page_may_load_its_own_files_and_speak_to_its_world_alone(page: Path) -> None:
    desk = FrontDesk(sample_desk().facility, client=page)
    headers = (await desk.get("/", {"host": "clinic.example"})).headers
    policy = headers["content-security-policy"]
    assert policy == page_policy("ws://clinic.example:8081/world")
    assert "unsafe" not in policy
    assert sources(policy, "default-src") == ["'none'"]
    assert sources(policy, "script-src") == ["'self'"]
    assert sources(policy, "connect-src") == ["'self'", "blob:", "ws://clinic.example:8081"]
    assert headers["permissions-policy"].startswith("microphone=(self), xr-spatial-tracking=(self), camera=()")
    # By nobody's window but those that it opens itself, to sign in again.
    assert headers["cross-origin-opener-policy"] == "same-origin-allow-popups"
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(
    ("host", "world"),
    [
        ("127.0.0.1:8080", "ws://127.0.0.1:8081"),
        ("ward-7.clinic.example", "ws://ward-7.clinic.example:8081"),
        ("clinic.example.", "ws://clinic.example.:8081"),
        ("a" * 253, f"ws://{'a' * 253}:8081"),
        # A policy has no word for these hosts (CSP3 section 2.3.1): any of that scheme, or the page had no world.
        ("[::1]:8080", "ws:"),
        ("ward_7", "ws:"),
    ],
)
async def test_the_world_is_where_a_ticket_by_the_same_host_says(page: Path, host: str, world: str) -> None:
    desk = FrontDesk(sample_desk().facility, client=page)
    assert await connected(desk, host) == ["'self'", "blob:", world]


@pytest.mark.parametrize(
    "host",
    ["a b", "*", "*.example", "x; script-src *", "x wss:", "[::1", "", "evil.example/x", ".", "..", "a..b", "a" * 254],
)
async def test_a_host_that_is_none_opens_nothing(page: Path, host: str) -> None:
    desk = FrontDesk(sample_desk().facility, client=page)
    allowed = await connected(desk, host)
    # No Host at all is the one that is listened on.
    assert allowed == ["'self'", "blob:", *(["ws://127.0.0.1:8081"] if host == "" else [])]


async def test_behind_a_proxy_the_world_is_the_facilitys(page: Path) -> None:
    facility = sample_desk(world_url="wss://clinic.example/world").facility
    assert await connected(FrontDesk(facility, client=page), "any") == ["'self'", "blob:", "wss://clinic.example"]


def test_where_one_signs_in_the_origin_of_the_provider_may_be_asked_and_that_alone() -> None:
    world = "wss://clinic.example/world"
    plain = page_policy(world).split("; ")
    named = page_policy(world, "https://id.clinic.example:8443/realms/clinic").split("; ")
    for before, after in zip(plain, named, strict=True):
        more = " https://id.clinic.example:8443" if before.startswith(("connect-src", "form-action")) else ""
        assert after == before + more


async def test_a_page_that_was_kept_gets_the_policy_of_now(page: Path) -> None:
    desk = FrontDesk(sample_desk().facility, client=page)
    first = await desk.get("/", {"host": "one.example"})
    again = await desk.get("/", {"if-none-match": first.headers["etag"], "host": "two.example"})
    assert again.status == 304
    # What the browser kept may be from before a provider was named, or of another world.
    assert again.headers["content-security-policy"] == page_policy("ws://two.example:8081/world")
    assert again.headers["permissions-policy"] == first.headers["permissions-policy"]


@pytest.mark.parametrize("path", ["/", "/healthz", "/v1/nothing"])
async def test_who_came_by_a_certificate_that_somebody_vouches_for_comes_by_tls_from_now_on(
    page: Path, path: str
) -> None:
    desk = FrontDesk(sample_desk().facility, client=page)
    told = create_front_desk(replace(desk.desk, secure=True, tls_only=True), page)
    assert (await call(told, "GET", path, {}, [])).headers["strict-transport-security"] == TLS_ONLY
    assert "strict-transport-security" not in (await desk.get(path)).headers
