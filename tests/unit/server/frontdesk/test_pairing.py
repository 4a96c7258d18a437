"""The front desk's answers to a headset that waits to be let in; with accounts: tests/integration/identity."""

import pytest

from tests.support.front_desk import FrontDesk, sample_desk

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
        assert begun["user_code"] not in str(answer.json)
    asked = await front_desk.post("/v1/pairings/token", {"device_code": begun["device_code"]}, PAGE)
    assert "pass" not in asked.json
