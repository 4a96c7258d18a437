"""How many operations of one session may wait for their answer: a disk that stalls must not gather without bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from protocol.messages import Operation

OPERATIONS_UNANSWERED_MAX: Final = 32
"""SPEC section 8. Each may have 8 KiB of text: all of them fit what a client may make the server hold."""

WITHDRAWALS_UNANSWERED_MAX: Final = 32
"""The same, of withdrawals of consent, on top: they count before they are kept, and are not to be refused because
other things wait. They have no text."""


def most_unanswered(operation: Operation) -> int:
    """Say how many may wait already for an operation to be let in."""
    # What is malformed is refused by the feature at once, and waits for nothing.
    withdrawal = (operation.feature, operation.type) == ("consent", "set") and operation.body.get("given") is False
    return OPERATIONS_UNANSWERED_MAX + (WITHDRAWALS_UNANSWERED_MAX if withdrawal else 0)
