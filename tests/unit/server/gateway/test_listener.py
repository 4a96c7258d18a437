import logging

import pytest
from multidict import CIMultiDict
from picows import WSUpgradeRequest, WSUpgradeResponseWithListener

from server.doorway.arrivals import Arrival
from server.errors import PortInUse
from server.gateway.listener import Listener
from server.identity.origins import Origins
from tests.support.gateway_world import GatewayWorld
from tests.support.origins import LISTED, REFUSED


def request(path: str = "/world", *headers: tuple[str, str]) -> WSUpgradeRequest:
    asked = WSUpgradeRequest()
    asked.method, asked.path, asked.version = b"GET", path.encode(), b"HTTP/1.1"
    asked.headers = CIMultiDict([("Connection", "Upgrade"), ("Upgrade", "websocket"), *headers])
    return asked


VERSION = ("Sec-WebSocket-Version", "13")
PROTOCOL = ("Sec-WebSocket-Protocol", "polyclinic.v1")


@pytest.fixture
def listener(world: GatewayWorld) -> Listener:
    return Listener(world.gateway._new_port, Origins(LISTED))


def admit(listener: Listener, asked: WSUpgradeRequest) -> WSUpgradeResponseWithListener:
    return listener.admit(asked, Arrival(), "127.0.0.1")


def test_the_world_is_entered_with_its_subprotocol_and_no_extension(listener: Listener) -> None:
    answer = admit(listener, request("/world", VERSION, PROTOCOL, ("Sec-WebSocket-Extensions", "permessage-deflate")))
    assert answer.response.status == 101
    assert answer.response.headers["Sec-WebSocket-Protocol"] == "polyclinic.v1"
    assert "Sec-WebSocket-Extensions" not in answer.response.headers
    assert answer.listener is not None


@pytest.mark.parametrize(
    "offers",
    [
        [("Sec-WebSocket-Protocol", "chat, polyclinic.v1")],
        [("Sec-WebSocket-Protocol", "chat"), ("sec-websocket-protocol", " polyclinic.v1 ")],
    ],
)
def test_the_subprotocol_may_be_one_of_many(listener: Listener, offers: list[tuple[str, str]]) -> None:
    assert admit(listener, request("/world", VERSION, *offers)).response.status == 101


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request("/", VERSION, PROTOCOL), 404),
        (request("/world/", VERSION, PROTOCOL), 404),
        (request("/world?ticket=x", VERSION, PROTOCOL), 404),
        (request("/world", VERSION), 400),
        (request("/world", VERSION, ("Sec-WebSocket-Protocol", "polyclinic.v2")), 400),
        (request("/world", PROTOCOL), 426),
        (request("/world", PROTOCOL, ("Sec-WebSocket-Version", "8")), 426),
    ],
)
def test_whoever_knocks_wrongly_gets_a_status_and_words(
    listener: Listener, asked: WSUpgradeRequest, status: int
) -> None:
    answer = admit(listener, asked)
    assert answer.response.status == status
    assert answer.listener is None
    assert answer.response.body
    assert (answer.response.headers.get("Sec-WebSocket-Version") == "13") is (status == 426)


@pytest.mark.parametrize("origin", LISTED)
def test_a_page_of_a_listed_origin_is_let_in(listener: Listener, origin: str) -> None:
    assert admit(listener, request("/world", VERSION, PROTOCOL, ("Origin", origin))).response.status == 101


@pytest.mark.parametrize("variant", REFUSED)
def test_a_page_of_another_origin_is_refused_before_the_upgrade(listener: Listener, variant: str) -> None:
    headers = [("Origin", origin) for origin in REFUSED[variant]]
    answer = admit(listener, request("/world", VERSION, PROTOCOL, *headers))
    assert (answer.response.status, answer.listener) == (403, None)


def test_firefox_may_keep_its_connection_alive(listener: Listener) -> None:
    asked = request("/world", VERSION, PROTOCOL)
    asked.headers["Connection"] = "keep-alive, Upgrade"
    admit(listener, asked)
    assert asked.headers.getall("Connection") == ["Upgrade"]


def test_a_connection_that_is_not_to_be_upgraded_stays_so(listener: Listener) -> None:
    asked = request("/world", VERSION, PROTOCOL)
    asked.headers["Connection"] = "keep-alive"
    admit(listener, asked)
    assert asked.headers["Connection"] == "keep-alive"


def test_closing_what_was_never_open_does_nothing(listener: Listener) -> None:
    listener.close()
    listener.close()
    assert admit(listener, request("/world", VERSION, PROTOCOL)).response.status == 101


async def test_an_address_that_cannot_be_had_is_said_in_one_line(listener: Listener) -> None:
    with pytest.raises(PortInUse, match=r"cannot listen on 192\.0\.2\.1:0: "):
        await listener.open("192.0.2.1", 0)
    assert not logging.getLogger("picows.server").isEnabledFor(logging.CRITICAL)
