"""Errors of the load test itself."""

from loadtest.errors import JoinRefused, LoadTestError, NoTraces, ScenarioInvalid, ServerUnreachable


def test_a_refusal_tells_its_words_and_its_code() -> None:
    assert str(JoinRefused("room_full", "lobby is full")) == "lobby is full (room_full)"
    assert str(JoinRefused("4006", "")) == "4006"
    assert JoinRefused("room_full", "").code == "room_full"


def test_all_are_caught_as_one() -> None:
    assert all(issubclass(each, LoadTestError) for each in (JoinRefused, NoTraces, ScenarioInvalid, ServerUnreachable))
