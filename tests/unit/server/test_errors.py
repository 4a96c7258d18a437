"""The tree of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from protocol.ids import CloseCode
from server import errors
from server.doorway.arrivals import TooManyRequests
from server.errors import ConfigError, OperationRefused, PolyclinicError, PortInUse, RoomClosed, RoomFull
from server.gateway import errors as gateway_errors
from server.identity import refusals

if TYPE_CHECKING:
    from collections.abc import Iterator


def tree(root: type[PolyclinicError] = PolyclinicError) -> Iterator[type[PolyclinicError]]:
    yield root
    for child in root.__subclasses__():
        yield from tree(child)


@pytest.mark.parametrize("error", list(tree()), ids=lambda error: error.__name__)
def test_each_error_knows_how_to_cross_every_boundary(error: type[PolyclinicError]) -> None:
    assert error.code == error.code.lower().strip()
    assert 400 <= error.http_status < 600
    assert isinstance(error.close_code, CloseCode)
    assert error.exit_status in {1, 2}


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (errors.RoomUnknown, "room_unknown", 404),
        (errors.RoomFull, "room_full", 409),
        (errors.RoomClosed, "room_closed", 410),
        (errors.RoleUnknown, "role_unknown", 422),
        (errors.AvatarUnknown, "avatar_unknown", 422),
        (errors.InvalidRequest, "invalid_request", 422),
        (errors.EntityUnknown, "entity_unknown", 404),
        (errors.NameAmbiguous, "name_ambiguous", 409),
        (errors.NotTogether, "not_together", 409),
        (errors.NotFromHere, "forbidden", 403),
        (errors.Stopping, "stopping", 503),
    ],
)
def test_the_front_desks_errors_are_those_of_the_spec(error: type[PolyclinicError], code: str, status: int) -> None:
    assert (error.code, error.http_status) == (code, status)


@pytest.mark.parametrize(
    ("error", "close_code"),
    [
        (refusals.TicketInvalid, 4500),
        (refusals.TicketExpired, 4500),
        (refusals.TicketUsed, 4508),
        (refusals.TicketRevoked, 4510),
        (errors.Removed, 4503),
        (errors.RoomUnknown, 4507),
        (errors.RoomFull, 4006),
        (gateway_errors.SessionError, 4501),
        (gateway_errors.HelloTimeout, 4502),
        (gateway_errors.SessionLocked, 4514),
        (gateway_errors.VersionMismatch, 4505),
        (gateway_errors.ResumeRefused, 4508),
        (gateway_errors.RateLimited, 4007),
        (gateway_errors.TooManyErrors, 4513),
        (errors.Stopping, 1012),
        (errors.StoreError, 4009),
    ],
)
def test_close_codes_are_those_of_the_spec(error: type[PolyclinicError], close_code: int) -> None:
    assert error.close_code == close_code


def test_a_config_error_is_one_line_with_file_key_expected_and_got() -> None:
    error = ConfigError("clinic.toml", "rooms[1].capacity", "int >= 1", "0")
    assert error.detail == "clinic.toml: rooms[1].capacity: expected int >= 1, got 0"
    assert error.exit_status == 2


def test_errors_say_what_happened_in_words() -> None:
    assert "127.0.0.1:80" in PortInUse("127.0.0.1", 80, "address already in use").detail
    assert "closed" in RoomClosed().detail
    assert "400" in RoomFull(400).detail
    assert errors.Stopping().detail
    refused = OperationRefused("too_long", "501 characters")
    assert (refused.result_code, refused.detail, refused.body) == ("too_long", "501 characters", {})


def test_what_a_class_always_says_needs_no_words_where_it_is_raised() -> None:
    said = [error for error in tree() if "words" in vars(error) and "__init__" not in vars(error)]
    assert len(said) > 25
    assert all(str(error()) == error.words for error in said)
    assert str(errors.Stopping("in a moment")) == "in a moment"


def test_who_may_ask_again_is_told_when() -> None:
    assert errors.RoomUnknown().headers == {}
    assert refusals.IdentityUnavailable().headers == {"Retry-After": "5"}
    assert TooManyRequests(1.2).headers == {"Retry-After": "2"}
    assert refusals.Unauthenticated().headers == {"WWW-Authenticate": 'Bearer realm="polyclinic"'}
    invalid = refusals.Unauthenticated(invalid=True)
    assert invalid.headers["WWW-Authenticate"].endswith(', error="invalid_token"')
    assert str(invalid) != str(refusals.Unauthenticated())
