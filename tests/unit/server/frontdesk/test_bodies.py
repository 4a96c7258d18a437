import json

import pytest

from server.errors import InvalidRequest
from server.frontdesk import bodies
from server.frontdesk.bodies import BODY_BYTES_MAX, Revocation, RoomWish, TicketWish, parse_body
from tests.support.front_desk import Client, FrontDesk

TICKETS = "/v1/rooms/lobby/tickets"


def test_a_wish_without_an_avatar_gets_the_plain_one() -> None:
    wish = parse_body(b'{"name": "Ann", "role": "patient"}', TicketWish)
    assert wish == TicketWish(name="Ann", role="patient", avatar="plain")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"{",
        b'{"name": "Ann"}',
        b'{"name": 7, "role": "patient"}',
        b'{"name": "Ann", "role": "patient", "admin": true}',
        b'{"name": "Ann", "role": "patient", "avatar": ""}',
        b'{"name": "Ann", "role": "patient", "avatar": "Plain"}',
        b'{"name": "Ann", "role": "patient", "avatar": "../../etc/passwd"}',
        b'{"name": "Ann", "role": "patient", "avatar": "plain\\n"}',
        b'{"name": "Ann", "role": "patient"} {}',
        b'{"name": "\xff", "role": "patient"}',
        b'{"name": "\\ud800", "role": "patient"}',
        b"[" * 8000,
        b'{"x":' * 3000,
    ],
)
def test_a_body_of_another_shape_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parse_body(body, TicketWish)


def test_the_refusal_says_where_and_repeats_no_value() -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_body(b'{"name": "Ann Example", "role": ["secret"]}', TicketWish)
    assert "$.role" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("subject", ["", "Ann Example", "account-", "account-5F0C2A9D3E71B684", "5f0c2a9d3e71b684"])
def test_a_subject_that_is_none_is_told_what_one_looks_like(subject: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        parse_body(json.dumps({"subject": subject}).encode(), Revocation)
    assert str(caught.value) == (
        "the body is not what was expected: Expected account-, invited- or guest- and 16 to 32 of 0-9 and a-f, "
        "as the list of people in a room has it - at `$.subject`"
    )


def test_no_refusal_shows_an_expression() -> None:
    with pytest.raises(InvalidRequest, match="Expected a small letter, then at most 31") as caught:
        parse_body(b'{"name": "Ann", "role": "patient", "avatar": "Plain"}', TicketWish)
    assert "regex" not in str(caught.value)


def test_a_type_of_any_length_is_refused_before_it_is_looked_up() -> None:
    with pytest.raises(InvalidRequest):
        parse_body(json.dumps({"type": "x" * 65, "name": "n"}).encode(), RoomWish)


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp"])
async def test_a_body_that_does_not_say_it_is_json_is_not_read(front_desk: FrontDesk, media_type: str) -> None:
    answer = await front_desk.post(TICKETS, [b"x" * 100_000], {"content-type": media_type})
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


async def test_json_may_name_its_character_set(front_desk: FrontDesk) -> None:
    wish = {"name": "Ann", "role": "patient"}
    answer = await front_desk.post(TICKETS, wish, {"content-type": "Application/JSON; charset=utf-8"})
    assert answer.status == 201


async def test_a_body_announced_too_large_is_refused_before_it_comes(front_desk: FrontDesk) -> None:
    answer = await front_desk.post(TICKETS, [Client.HANGS_UP], {"content-length": str(BODY_BYTES_MAX + 1)})
    assert (answer.status, answer.code) == (413, "too_large")


async def test_a_body_that_grows_too_large_is_refused_while_it_comes(front_desk: FrontDesk) -> None:
    answer = await front_desk.post(TICKETS, [b" " * 1000] * 17)
    assert (answer.status, answer.code) == (413, "too_large")


async def test_the_largest_body_is_read(front_desk: FrontDesk) -> None:
    wish = json.dumps({"name": "Ann", "role": "patient"}).encode()
    answer = await front_desk.post(TICKETS, [wish, b" " * (BODY_BYTES_MAX - len(wish))])
    assert answer.status == 201


async def test_a_client_that_hangs_up_half_way_costs_nothing(front_desk: FrontDesk) -> None:
    answer = await front_desk.post(TICKETS, [b'{"name":', Client.HANGS_UP])
    assert (answer.status, answer.code) == (408, "too_slow")


async def test_a_body_that_does_not_come_is_not_waited_for(
    front_desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.0)
    answer = await front_desk.post(TICKETS, [b"{", Client.SAYS_NO_MORE])
    assert (answer.status, answer.code) == (408, "too_slow")
