import pytest

from protocol.messages import Operation
from server.gateway.waiting import OPERATIONS_UNANSWERED_MAX, may_wait


@pytest.mark.parametrize(
    ("feature", "type_", "bounds_itself"),
    [("consent", "set", True), ("consent", "record", False), ("panels", "set", False), ("chat", "say", False)],
)
def test_so_many_may_wait_and_more_only_of_what_its_feature_bounds(
    feature: str, type_: str, bounds_itself: bool
) -> None:
    operation = Operation(op=bytes(16), feature=feature, type=type_, body={})
    assert may_wait(operation, OPERATIONS_UNANSWERED_MAX - 1)
    assert may_wait(operation, OPERATIONS_UNANSWERED_MAX) is bounds_itself
