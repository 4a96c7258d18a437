from polyclinic_client.errors import ClientError, Disconnected, JoinRefused


def test_refusals_that_may_pass_are_temporary() -> None:
    assert JoinRefused("room_full", "the lobby is full").temporary
    assert JoinRefused("overloaded", "too many connections").temporary
    assert not JoinRefused("role_unknown", "no such role").temporary


def test_a_refusal_says_code_and_detail() -> None:
    refused = JoinRefused("room_unknown", "there is no attic")
    assert (refused.code, str(refused)) == ("room_unknown", "room_unknown: there is no attic")
    assert isinstance(refused, ClientError)


def test_a_disconnection_says_why_in_words() -> None:
    assert str(Disconnected(4503)) == "removed from the room (4503)"
    assert str(Disconnected(4503, "asked to leave")) == "asked to leave (4503)"
    assert str(Disconnected(4999)) == "the connection was closed (4999)"
