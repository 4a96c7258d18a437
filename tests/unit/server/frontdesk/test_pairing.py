"""The front desk's answers to a headset that waits to be let in; with accounts: tests/integration/identity."""

from dataclasses import replace

import pytest

from server.doorway.arrivals import Arrivals
from server.frontdesk.app import create_front_desk
from server.identity import pairing
from tests.support.front_desk import FrontDesk, call, sample_desk

PAGE = {"origin": "https://clinic.example"}


@pytest.fixture
def front_desk() -> FrontDesk:
    made = sample_desk()
    made.desk.origins.allow([PAGE["origin"]])
    return made


async def test_a_headset_is_told_what_to_show_and_how_often_to_ask(front_desk: FrontDesk) -> None:
    begun = await front_desk.post("/v1/pairings", {}, PAGE)
    assert begun.status == 201
    assert begun.json["verification_uri"] == f"{PAGE['origin']}/"
    assert begun.json["expires_in"] > begun.json["interval"] > 0
    assert begun.json["user_code"] not in begun.json["device_code"]


async def test_a_headset_that_nobody_has_let_in_yet_asks_again(front_desk: FrontDesk) -> None:
    begun = (await front_desk.post("/v1/pairings", {}, PAGE)).json
    asked = await front_desk.post("/v1/pairings/token", {"device_code": begun["device_code"]}, PAGE)
    assert (asked.status, asked.json["code"]) == (400, "authorization_pending")


async def test_guests_let_nobody_in(front_desk: FrontDesk) -> None:
    begun = (await front_desk.post("/v1/pairings", {}, PAGE)).json
    for step, more in (("show", {}), ("approval", {"allow": True})):
        answer = await front_desk.post(f"/v1/pairings/{step}", {"user_code": begun["user_code"], **more}, PAGE)
        assert (answer.status, answer.json["code"]) == (403, "forbidden"), step
        assert answer.json["detail"] == "only somebody with an account, or who was invited, may let a headset in"
        assert begun["user_code"] not in str(answer.json)
    asked = await front_desk.post("/v1/pairings/token", {"device_code": begun["device_code"]}, PAGE)
    assert "pass" not in asked.json


async def begin_from(front_desk: FrontDesk, told: str, *, behind_proxy: bool = True) -> int:
    """Begin from an address that a proxy tells, on this machine; the answer's status."""
    desk = replace(front_desk.desk, arrivals=Arrivals(behind_proxy=behind_proxy))
    headers = {"host": "127.0.0.1:8080", "content-type": "application/json", "x-forwarded-for": told}
    return (await call(create_front_desk(desk, front_desk.client), "POST", "/v1/pairings", headers, [b"{}"])).status


async def test_behind_a_proxy_one_place_keeps_nobody_elses_headset_out(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pairing, "OPEN_OF_AN_ADDRESS_MAX", 2)
    # What a client writes in front of the proxy's own entry is not believed.
    told = ["192.0.2.7", "192.0.2.1, 192.0.2.7", "192.0.2.2, 192.0.2.7", "192.0.2.8"]
    assert [await begin_from(front_desk, each) for each in told] == [201, 201, 429, 201]


async def test_all_addresses_of_one_64_are_one_place(front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "OPEN_OF_AN_ADDRESS_MAX", 2)
    told = ["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1"]
    assert [await begin_from(front_desk, each) for each in told] == [201, 201, 429, 201]


async def test_without_a_proxy_nobody_says_where_they_are(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This machine's own programs, which count for nobody elsewhere, are one place here."""
    monkeypatch.setattr(pairing, "OPEN_OF_AN_ADDRESS_MAX", 2)
    told = ["192.0.2.7", "192.0.2.8", "192.0.2.9"]
    assert [await begin_from(front_desk, each, behind_proxy=False) for each in told] == [201, 201, 429]
