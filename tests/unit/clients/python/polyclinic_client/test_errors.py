import pytest
from polyclinic_client.errors import ClientError, Disconnected, JoinRefused


@pytest.mark.parametrize(
    ("code", "status", "temporary"),
    [
        ("unreachable", 0, True),
        ("room_full", 409, True),
        ("unexpected", 408, True),
        ("too_many_connections", 429, True),
        ("identity_unavailable", 503, True),
        ("a code of another day", 500, True),
        ("unexpected", 404, False),
        ("role_unknown", 422, False),
        ("invitation_used", 409, False),
    ],
)
def test_refusals_that_may_pass_are_temporary(code: str, status: int, temporary: bool) -> None:
    assert JoinRefused(code, "", status).temporary is temporary


def test_a_refusal_says_code_and_detail() -> None:
    refused = JoinRefused("room_unknown", "there is no attic")
    assert (refused.code, str(refused)) == ("room_unknown", "room_unknown: there is no attic")
    assert isinstance(refused, ClientError)


def test_a_disconnection_says_why_in_words() -> None:
    assert str(Disconnected(4503)) == "removed from the room (4503)"
    assert str(Disconnected(4503, "asked to leave")) == "asked to leave (4503)"
    assert str(Disconnected(4999)) == "the connection was closed (4999)"
