"""How many operations of one session may wait for their answer: a disk that stalls must not gather without bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocol.features import BOUND_BY_FEATURES

if TYPE_CHECKING:
    from protocol.messages import Operation

OPERATIONS_UNANSWERED_MAX: Final = 32
"""SPEC section 8. Each may have 8 KiB of text: all of them fit what a client may make the server hold."""


def may_wait(operation: Operation, unanswered: int) -> bool:
    """Whether an operation is let in while so many of its session are not answered."""
    return unanswered < OPERATIONS_UNANSWERED_MAX or (operation.feature, operation.type) in BOUND_BY_FEATURES
