"""What is said to who is not let in."""

import pytest

from server.errors import PolyclinicError
from server.identity import refusals
from server.identity.refusals import InvitationError, InvitationForged, PairingError, TicketError, TicketInvalid

REFUSALS = [
    each
    for each in vars(refusals).values()
    if isinstance(each, type) and issubclass(each, PolyclinicError) and each.__module__ == refusals.__name__
]
GENERAL = {TicketError, InvitationError, PairingError}
"""What is caught, and never raised itself."""


def test_each_refusal_has_a_code_of_its_own() -> None:
    # Others say a code that is there already in words of their own.
    codes = [each.code for each in REFUSALS if each not in GENERAL and "code" in vars(each)]
    assert len(codes) == len(set(codes)) > 15
    # What is forged is told no more than that it is no good.
    assert (TicketInvalid.code, InvitationForged.code) == (TicketError.code, InvitationError.code)


@pytest.mark.parametrize("refusal", [each for each in REFUSALS if each not in GENERAL | {TicketInvalid}])
def test_each_says_in_words_what_is_wrong(refusal: type[PolyclinicError]) -> None:
    assert str(refusal())
    assert 400 <= refusal.http_status < 500 or refusal is refusals.IdentityUnavailable


@pytest.mark.parametrize("refusal", [each for each in REFUSALS if each.http_status in {429, 503}])
def test_what_passes_says_when_to_ask_again(refusal: type[PolyclinicError]) -> None:
    assert int(refusal().headers["Retry-After"]) > 0
