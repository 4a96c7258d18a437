import pytest

from protocol.messages import Operation
from server.gateway.waiting import OPERATIONS_UNANSWERED_MAX, WITHDRAWALS_UNANSWERED_MAX, most_unanswered


@pytest.mark.parametrize(
    ("feature", "type_", "body", "more"),
    [
        ("consent", "set", {"purpose": "treat", "given": False}, WITHDRAWALS_UNANSWERED_MAX),
        ("consent", "set", {"purpose": "treat", "given": True}, 0),
        ("consent", "set", {"purpose": "treat", "given": 0}, 0),
        ("consent", "set", {}, 0),
        ("panels", "set", {"given": False}, 0),
        ("chat", "say", {"text": "hello"}, 0),
    ],
)
def test_withdrawals_have_places_of_their_own(feature: str, type_: str, body: dict[str, object], more: int) -> None:
    operation = Operation(op=bytes(16), feature=feature, type=type_, body=body)
    assert most_unanswered(operation) == OPERATIONS_UNANSWERED_MAX + more
